-- Folded states, one for each long journal: a cache, made anew from the log at any time. `answer` is what a device that
-- asks for a snapshot is sent, compressed by zstd, and `answer_hash` its SHA-256. It holds for the log whose chain at
-- `seq` is `chain`, and for the version of the fold that made it.

CREATE TABLE snapshots (
  journal TEXT PRIMARY KEY,
  seq BIGINT NOT NULL,
  chain BYTEA NOT NULL,
  fold BIGINT NOT NULL,
  answer BYTEA NOT NULL,
  answer_hash TEXT NOT NULL
);
