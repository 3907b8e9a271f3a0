-- name: plugin_settings
SELECT name, enabled, private_hosts, reason FROM plugins ORDER BY name;

-- name: set_plugin
INSERT INTO plugins (name, enabled, private_hosts, reason, changed_at)
VALUES (:name, :enabled, :private_hosts, :reason, :now)
ON CONFLICT (name) DO UPDATE SET enabled = excluded.enabled, private_hosts = excluded.private_hosts,
reason = excluded.reason, changed_at = excluded.changed_at;

-- name: add_connection
INSERT INTO connections (journal, connection, uid, account, brings, settings, scopes, plain, status, reason, granted_by,
made_at, generation, fingerprint, cursor, walk, until_seq, at_seq, failures, due_at, wake_at, pull_at, success_at,
error_at, error)
VALUES (:journal, :connection, :uid, :account, :brings, :settings, :scopes, :plain, :status, :reason, :granted_by,
:now, 0, '', 0, '', 0, 0, 0, 0, 0, 0, 0, 0, '') ON CONFLICT (journal, connection) DO NOTHING RETURNING uid;

-- name: connections_of
SELECT journal, connection, uid, account, brings, settings, scopes, plain, status, reason, granted_by, made_at,
generation, fingerprint, cursor, walk, until_seq, at_seq, failures, due_at, wake_at, pull_at, success_at, error_at, error
FROM connections WHERE journal = :journal AND (connection = :connection OR :connection = '')
ORDER BY made_at, connection;

-- name: active_connections
SELECT journal, connection, brings, cursor, walk, due_at, wake_at, pull_at, fingerprint FROM connections
WHERE status = 'active';

-- name: connections_of_account
SELECT journal, connection FROM connections WHERE account = :account ORDER BY journal, connection;

-- name: sealed_settings
SELECT journal, uid, connection, settings FROM connections WHERE (journal, connection) > (:journal, :name)
ORDER BY journal, connection LIMIT :limit;

-- name: reseal_settings
UPDATE connections SET settings = :sealed WHERE journal = :journal AND uid = :uid AND settings = :was RETURNING uid;

-- name: set_up_connection
UPDATE connections SET settings = :settings, scopes = :scopes, plain = :plain, fingerprint = '', due_at = 0,
failures = 0 WHERE journal = :journal AND connection = :connection;

-- name: set_status
UPDATE connections SET status = :status, reason = :reason, granted_by = :granted_by, due_at = 0, failures = 0
WHERE journal = :journal AND connection = :connection;

-- name: end_connections_of
UPDATE connections SET status = 'paused', reason = :reason, granted_by = ''
WHERE journal = :journal AND account = :account RETURNING uid;

-- name: end_grants_of
UPDATE connections SET status = CASE WHEN status = 'active' THEN 'asks' ELSE status END,
reason = CASE WHEN status = 'active' THEN :reason ELSE reason END, granted_by = ''
WHERE journal = :journal AND granted_by = :account RETURNING uid;

-- name: note_progress
UPDATE connections SET generation = :generation, fingerprint = :fingerprint, cursor = :cursor, walk = :walk,
until_seq = :until_seq, at_seq = :at_seq, failures = :failures, due_at = :due_at, wake_at = :wake_at,
pull_at = :pull_at, success_at = :success_at, error_at = :error_at, error = :error
WHERE journal = :journal AND uid = :uid;

-- name: note_taken
UPDATE connections SET success_at = :at WHERE journal = :journal AND uid = :uid;

-- name: ask_at_once
UPDATE connections SET due_at = 0, pull_at = 0 WHERE journal = :journal AND connection = :connection;

-- name: drop_connection
DELETE FROM connections WHERE journal = :journal AND uid = :uid;

-- name: add_inbox_address
INSERT INTO inbox_addresses (token_hash, journal, connection, uid) VALUES (:token_hash, :journal, :connection, :uid);

-- name: inbox_by_token
SELECT journal, connection, uid FROM inbox_addresses WHERE token_hash = :token_hash;

-- name: drop_inbox_addresses
DELETE FROM inbox_addresses WHERE uid = :uid;

-- name: deliveries_of
SELECT kind, entity, generation, digest, wake_at, rejected, tries, at FROM deliveries
WHERE journal = :journal AND uid = :uid;

-- name: letters_of
SELECT kind, entity, generation, digest, wake_at, rejected, tries, at FROM deliveries
WHERE journal = :journal AND uid = :uid AND rejected <> '' ORDER BY at, kind, entity;

-- name: count_letters
SELECT COUNT(*) FROM deliveries WHERE journal = :journal AND uid = :uid AND rejected <> '';

-- name: note_delivery
INSERT INTO deliveries (journal, uid, kind, entity, generation, digest, wake_at, rejected, tries, at)
VALUES (:journal, :uid, :kind, :entity, :generation, :digest, :wake_at, :rejected, :tries, :at)
ON CONFLICT (journal, uid, kind, entity) DO UPDATE SET generation = excluded.generation, digest = excluded.digest,
wake_at = excluded.wake_at, rejected = excluded.rejected, tries = excluded.tries, at = excluded.at;

-- name: drop_delivery
DELETE FROM deliveries WHERE journal = :journal AND uid = :uid AND kind = :kind AND entity = :entity;

-- name: drop_deliveries
DELETE FROM deliveries WHERE journal = :journal AND uid = :uid;

-- name: retry_letters
UPDATE deliveries SET generation = -1 WHERE journal = :journal AND uid = :uid AND rejected <> ''
AND (entity = :entity OR :entity = '') RETURNING kind, entity;

-- name: skip_letters
UPDATE deliveries SET rejected = '' WHERE journal = :journal AND uid = :uid AND rejected <> '' AND kind <> 'event'
AND (entity = :entity OR :entity = '') RETURNING kind, entity;

-- name: drop_event_letters
DELETE FROM deliveries WHERE journal = :journal AND uid = :uid AND kind = 'event'
AND (entity = :entity OR :entity = '') RETURNING kind, entity;

-- name: state_of
SELECT name, value FROM connection_state WHERE journal = :journal AND uid = :uid;

-- name: sealed_state
SELECT journal, uid, name, value FROM connection_state WHERE (journal, uid, name) > (:journal, :uid, :name)
ORDER BY journal, uid, name LIMIT :limit;

-- name: reseal_state
UPDATE connection_state SET value = :sealed
WHERE journal = :journal AND uid = :uid AND name = :name AND value = :was RETURNING uid;

-- name: keep_state
INSERT INTO connection_state (journal, uid, name, value) VALUES (:journal, :uid, :name, :value)
ON CONFLICT (journal, uid, name) DO UPDATE SET value = excluded.value;

-- name: drop_state
DELETE FROM connection_state WHERE journal = :journal AND uid = :uid AND name = :name;

-- name: drop_states
DELETE FROM connection_state WHERE journal = :journal AND uid = :uid;

-- name: drop_states_but_marks
DELETE FROM connection_state WHERE journal = :journal AND uid = :uid AND substr(name, 1, 5) <> 'mark ';

-- name: last_of_connection_log
SELECT COALESCE(MAX(seq), 0) FROM connection_log WHERE journal = :journal AND uid = :uid;

-- name: add_to_connection_log
INSERT INTO connection_log (journal, uid, seq, at, what, words, hosts, things)
VALUES (:journal, :uid, :seq, :at, :what, :words, :hosts, :things);

-- name: shorten_connection_log
DELETE FROM connection_log WHERE journal = :journal AND uid = :uid AND seq <= :seq;

-- name: connection_log_of
SELECT seq, at, what, words, hosts, things FROM connection_log WHERE journal = :journal AND uid = :uid
ORDER BY seq DESC LIMIT :limit;

-- name: said_since
SELECT seq FROM connection_log WHERE journal = :journal AND uid = :uid AND what = :what AND at > :since LIMIT 1;

-- name: drop_connection_log
DELETE FROM connection_log WHERE journal = :journal AND uid = :uid;

-- name: received_before
SELECT status, media_type, body FROM received WHERE journal = :journal AND uid = :uid AND digest = :digest;

-- name: note_received
INSERT INTO received (journal, uid, digest, at, status, media_type, body)
VALUES (:journal, :uid, :digest, :at, :status, :media_type, :body) ON CONFLICT (journal, uid, digest) DO NOTHING;

-- name: drop_old_received
DELETE FROM received WHERE journal = :journal AND uid = :uid AND at < :before;

-- name: drop_received
DELETE FROM received WHERE journal = :journal AND uid = :uid;

-- name: wake_now
UPDATE connections SET wake_at = 1, due_at = 0 WHERE journal = :journal AND uid = :uid AND :entity = :entity;

-- name: device_of
SELECT revoked_at FROM devices WHERE account = :account AND device = :device;
