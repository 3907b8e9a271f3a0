-- A device's own file: its settings, its journals, the log with the outbox in it (what is not confirmed yet), what a
-- server rejected, and folded states, which are a cache and never trusted over the log.

CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL);

-- `generation` grows when events already in the log change (their clock, their place among others' or their author).
CREATE TABLE journals (
  journal TEXT PRIMARY KEY,
  device TEXT NOT NULL,
  cursor_seq BIGINT NOT NULL,
  cursor_chain TEXT NOT NULL,
  claimed BIGINT NOT NULL,
  private BIGINT NOT NULL,
  generation BIGINT NOT NULL
);

-- `ordinal` is the order in which events were applied here, a causal one. `confirmed`: a server has (or had) it.
CREATE TABLE events (
  ordinal INTEGER PRIMARY KEY AUTOINCREMENT,
  journal TEXT NOT NULL,
  device TEXT NOT NULL,
  n BIGINT NOT NULL,
  seq BIGINT,
  chain BYTEA,
  confirmed BIGINT NOT NULL,
  body BYTEA NOT NULL
);
CREATE UNIQUE INDEX events_by_device ON events (journal, device, n);
CREATE INDEX events_by_seq ON events (journal, seq);
CREATE INDEX events_unsent ON events (journal, ordinal) WHERE confirmed = 0;

CREATE TABLE quarantine (
  journal TEXT NOT NULL,
  device TEXT NOT NULL,
  n BIGINT NOT NULL,
  reason TEXT NOT NULL,
  body BYTEA NOT NULL,
  PRIMARY KEY (journal, device, n)
);

CREATE TABLE states (journal TEXT PRIMARY KEY, ordinal BIGINT NOT NULL, generation BIGINT NOT NULL, body BYTEA NOT NULL);
