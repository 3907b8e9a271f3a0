-- Plugins, and connections to what they bring: what was set and granted, how far each was delivered, what waits.

-- Whether a plugin may run on this server, and reach private addresses. One that is not named here may if it came with
-- Milepost. `reason` says why it was disabled.
CREATE TABLE plugins (
  name TEXT PRIMARY KEY,
  enabled BIGINT NOT NULL,
  private_hosts BIGINT NOT NULL,
  reason TEXT NOT NULL,
  changed_at BIGINT NOT NULL
);

-- `uid` is never used twice; it is the id of the device that writes for the connection, too. `settings` is sealed.
-- `cursor`: delivered so far. A window that is open goes to `until_seq`, and through events it has come to `at_seq`;
-- `walk` says what it goes through. `due_at`: nothing before it, after what did not work.
CREATE TABLE connections (
  journal TEXT NOT NULL,
  connection TEXT NOT NULL,
  uid TEXT NOT NULL,
  account TEXT NOT NULL,
  brings TEXT NOT NULL,
  settings TEXT NOT NULL,
  scopes TEXT NOT NULL,
  plain BIGINT NOT NULL,
  status TEXT NOT NULL,
  reason TEXT NOT NULL,
  granted_by TEXT NOT NULL,
  made_at BIGINT NOT NULL,
  generation BIGINT NOT NULL,
  fingerprint TEXT NOT NULL,
  cursor BIGINT NOT NULL,
  walk TEXT NOT NULL,
  until_seq BIGINT NOT NULL,
  at_seq BIGINT NOT NULL,
  failures BIGINT NOT NULL,
  due_at BIGINT NOT NULL,
  wake_at BIGINT NOT NULL,
  pull_at BIGINT NOT NULL,
  success_at BIGINT NOT NULL,
  error_at BIGINT NOT NULL,
  error TEXT NOT NULL,
  PRIMARY KEY (journal, connection)
);

-- The secret addresses of inboxes, as hashes.
CREATE TABLE inbox_addresses (
  token_hash TEXT PRIMARY KEY,
  journal TEXT NOT NULL,
  connection TEXT NOT NULL,
  uid TEXT NOT NULL
);

-- What is outside of each entity: the digest of the view that was taken there, of which generation. Where it was
-- rejected, `rejected` says why, and it is not sent again before it changes. An event that was rejected has the kind
-- `event`, and its place in the log as the id.
CREATE TABLE deliveries (
  journal TEXT NOT NULL,
  uid TEXT NOT NULL,
  kind TEXT NOT NULL,
  entity TEXT NOT NULL,
  generation BIGINT NOT NULL,
  digest TEXT NOT NULL,
  wake_at BIGINT NOT NULL,
  rejected TEXT NOT NULL,
  tries BIGINT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (journal, uid, kind, entity)
);

-- What a connector keeps for itself; sealed.
CREATE TABLE connection_state (
  journal TEXT NOT NULL,
  uid TEXT NOT NULL,
  name TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (journal, uid, name)
);

-- What was done by a connection, for the person to read: what left (where to, which fields of which kinds, no content),
-- and lines that the plugin wrote. The newest are kept.
CREATE TABLE connection_log (
  journal TEXT NOT NULL,
  uid TEXT NOT NULL,
  seq BIGINT NOT NULL,
  at BIGINT NOT NULL,
  what TEXT NOT NULL,
  words TEXT NOT NULL,
  hosts TEXT NOT NULL,
  things BIGINT NOT NULL,
  PRIMARY KEY (journal, uid, seq)
);

-- Bodies that an inbox took in, by their digests, so that one sent again changes nothing.
CREATE TABLE received (
  journal TEXT NOT NULL,
  uid TEXT NOT NULL,
  digest TEXT NOT NULL,
  at BIGINT NOT NULL,
  status BIGINT NOT NULL,
  media_type TEXT NOT NULL,
  body BYTEA NOT NULL,
  PRIMARY KEY (journal, uid, digest)
);
