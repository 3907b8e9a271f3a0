-- Where each log ends, for engines with many writers: the row is the journal's lock and its cursor at once, and moves in
-- the transaction that adds the events. SQLite has one writer, needs none, and leaves this empty.
CREATE TABLE heads (
  journal TEXT PRIMARY KEY,
  seq BIGINT NOT NULL,
  chain BYTEA NOT NULL
);
