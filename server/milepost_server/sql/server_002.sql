-- Tokens for scripts. A device either keeps a log and counts its own events (`log`), or has the server count for it
-- (`api`).

ALTER TABLE devices ADD COLUMN kind TEXT NOT NULL DEFAULT 'log';
CREATE INDEX devices_by_account ON devices (account, device);

-- The id that the server writes under for an `api` device in a journal. A new one is taken once the log's history
-- turns out to differ: what was lost may hold events under the old one.
CREATE TABLE api_writers (
  journal TEXT NOT NULL,
  device TEXT NOT NULL,
  writer TEXT NOT NULL,
  PRIMARY KEY (journal, device)
);

-- Requests that were carried out, so that one sent again is not carried out again. No content: which entity it was
-- about, and whether what is sent under the same key is the same.
CREATE TABLE done_requests (
  journal TEXT NOT NULL,
  key_hash TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  entity TEXT NOT NULL,
  made_at BIGINT NOT NULL,
  PRIMARY KEY (journal, key_hash)
);
