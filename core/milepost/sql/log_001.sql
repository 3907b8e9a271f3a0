-- The logs. Every key starts with the journal, so a journal is a shard. `body` is the event as JSON, ready to be sent;
-- what the server needs to find it by stands beside it. One dialect for SQLite and PostgreSQL.

CREATE TABLE events (
  journal TEXT NOT NULL,
  seq BIGINT NOT NULL,
  device TEXT NOT NULL,
  n BIGINT NOT NULL,
  chain BYTEA NOT NULL,
  body BYTEA NOT NULL,
  PRIMARY KEY (journal, seq)
);

-- No index by (journal, device, n): it would double the pages that a commit touches, to serve only pushes that are sent
-- again. Those look backwards from the end of the log, where a lost acknowledgement is found at once.

-- Where each device stands: its last counter, and the whole causal context (JSON) of the event that bears it.
CREATE TABLE writers (
  journal TEXT NOT NULL,
  device TEXT NOT NULL,
  n BIGINT NOT NULL,
  context TEXT NOT NULL,
  PRIMARY KEY (journal, device)
);
