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

-- Where each device stood at `seq`, as JSON: device -> [counter, causal context]. Written now and then, so that a commit
-- touches few pages; what came later is read off the log.
CREATE TABLE ends (
  journal TEXT PRIMARY KEY,
  seq BIGINT NOT NULL,
  writers TEXT NOT NULL
);
