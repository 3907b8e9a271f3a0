-- The server's own records: who there is, which devices write for them, which journals they are in, which calendars
-- may look. Secrets are kept as SHA-256 of 256 random bits (a pairing code: of its 40, for five minutes).

CREATE TABLE accounts (
  account TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  created_at BIGINT NOT NULL
);

CREATE TABLE members (
  journal TEXT NOT NULL,
  account TEXT NOT NULL,
  role TEXT NOT NULL,
  private BIGINT NOT NULL,
  joined_at BIGINT NOT NULL,
  PRIMARY KEY (journal, account)
);
CREATE INDEX members_by_account ON members (account, journal);

CREATE TABLE pairing_codes (
  code_hash TEXT PRIMARY KEY,
  account TEXT NOT NULL,
  expires_at BIGINT NOT NULL,
  used_at BIGINT
);

CREATE TABLE devices (
  token_hash TEXT PRIMARY KEY,
  device TEXT NOT NULL,
  account TEXT NOT NULL,
  name TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  revoked_at BIGINT
);

-- Which account an id that writes events belongs to: the first that used it.
CREATE TABLE writer_owners (
  device TEXT PRIMARY KEY,
  account TEXT NOT NULL
);

CREATE TABLE feeds (
  token_hash TEXT PRIMARY KEY,
  feed TEXT NOT NULL,
  journal TEXT NOT NULL,
  account TEXT NOT NULL,
  format TEXT NOT NULL,
  plain BIGINT NOT NULL,
  name TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  revoked_at BIGINT
);
CREATE INDEX feeds_by_journal ON feeds (journal, feed);
