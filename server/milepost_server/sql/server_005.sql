-- Several accounts in a journal: who was invited, who consented to it, and a log of all that was done to access.

-- What a token may: any of `read`, `write` and `manage`, separated by spaces.
ALTER TABLE devices ADD COLUMN scopes TEXT NOT NULL DEFAULT 'read write manage';

-- An invitation opens a journal once. Where a journal has several owners, each of the others has to consent first.
CREATE TABLE invitations (
  code_hash TEXT PRIMARY KEY,
  invitation TEXT NOT NULL,
  journal TEXT NOT NULL,
  role TEXT NOT NULL,
  account TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  used_at BIGINT,
  withdrawn_at BIGINT
);
CREATE INDEX invitations_by_journal ON invitations (journal, invitation);

CREATE TABLE consents (
  journal TEXT NOT NULL,
  invitation TEXT NOT NULL,
  account TEXT NOT NULL,
  PRIMARY KEY (journal, invitation, account)
);

-- Who did what to whose access, for each journal and each account (`about`), in an order of its own. Each line's `chain`
-- covers the one before. No word of anybody's is in it.
CREATE TABLE access_log (
  about TEXT NOT NULL,
  seq BIGINT NOT NULL,
  at BIGINT NOT NULL,
  what TEXT NOT NULL,
  actor TEXT NOT NULL,
  device TEXT NOT NULL,
  subject TEXT NOT NULL,
  role TEXT NOT NULL,
  chain BYTEA NOT NULL,
  PRIMARY KEY (about, seq)
);

-- Which of several servers does a task of a journal, and until when by this database's clock (milliseconds). `fence`
-- grows with every taking and never goes back, so a row stays for good.

CREATE TABLE leases (
  journal TEXT NOT NULL,
  task TEXT NOT NULL,
  holder TEXT NOT NULL,
  fence BIGINT NOT NULL,
  until BIGINT NOT NULL,
  PRIMARY KEY (journal, task)
);
