-- What shows that a server had the events that are here: see `receipts.py`. `receipts` are for places of the log as it
-- is known now; `proofs` (JSON, compressed by zstd) are of events that lost their places, by way of `proven`, until all
-- have one again. `bare`: events of others that lost their words here, and wait for the server's receipt for what is left.

CREATE TABLE receipts (journal TEXT NOT NULL, seq BIGINT NOT NULL, receipt TEXT NOT NULL, PRIMARY KEY (journal, seq));

CREATE TABLE proofs (proof INTEGER PRIMARY KEY AUTOINCREMENT, journal TEXT NOT NULL, body BYTEA NOT NULL);
CREATE INDEX proofs_by_journal ON proofs (journal);

CREATE TABLE proven (
  journal TEXT NOT NULL,
  device TEXT NOT NULL,
  n BIGINT NOT NULL,
  proof BIGINT NOT NULL,
  PRIMARY KEY (journal, device, n, proof)
);

CREATE TABLE bare (journal TEXT NOT NULL, device TEXT NOT NULL, n BIGINT NOT NULL, PRIMARY KEY (journal, device, n));
