-- Old events, many in one row: `body` is their JSON, one to a line, compressed with zlib. `start` and `chain` are the
-- chain values before the first and after the last of them. They are in the log as before, and no longer in `events`.
CREATE TABLE archives (
  journal TEXT NOT NULL,
  last BIGINT NOT NULL,
  first BIGINT NOT NULL,
  start BYTEA NOT NULL,
  chain BYTEA NOT NULL,
  body BYTEA NOT NULL,
  PRIMARY KEY (journal, last)
);
