-- Journals that began from a server's snapshot, until all of the log up to its place is here. `ordinal` is the one of
-- the event at `seq`: the ordinals before it are kept free for the others. The state's JSON is compressed by zstd.
-- `waiting`: the types and versions of events that are not folded into it.

CREATE TABLE snapshots (
  journal TEXT PRIMARY KEY,
  seq BIGINT NOT NULL,
  chain TEXT NOT NULL,
  known_seq BIGINT NOT NULL,
  known_chain TEXT NOT NULL,
  ordinal BIGINT NOT NULL,
  fold BIGINT NOT NULL,
  state_hash TEXT NOT NULL,
  waiting TEXT NOT NULL,
  body BYTEA NOT NULL
);
