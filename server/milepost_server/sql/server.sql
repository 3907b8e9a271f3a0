-- name: all_journals
SELECT DISTINCT journal FROM members ORDER BY journal;

-- name: all_accounts
SELECT account, name, created_at FROM accounts ORDER BY created_at, account;

-- name: first_account
SELECT account, name FROM accounts ORDER BY created_at, account LIMIT 1;

-- name: add_account
INSERT INTO accounts (account, name, created_at) VALUES (:account, :name, :now);

-- name: account_name
SELECT name FROM accounts WHERE account = :account;

-- name: count_devices
SELECT COUNT(*) FROM devices;

-- name: add_code
INSERT INTO pairing_codes (code_hash, account, expires_at) VALUES (:code_hash, :account, :expires_at);

-- name: drop_old_codes
DELETE FROM pairing_codes WHERE expires_at < :before;

-- name: use_code
UPDATE pairing_codes SET used_at = :now
WHERE code_hash = :code_hash AND used_at IS NULL AND expires_at > :now RETURNING account;

-- name: find_code
SELECT expires_at, used_at FROM pairing_codes WHERE code_hash = :code_hash;

-- name: add_device
INSERT INTO devices (token_hash, device, account, name, created_at, kind, scopes)
VALUES (:token_hash, :device, :account, :name, :now, :kind, :scopes);

-- name: device_by_token
SELECT device, account, kind, revoked_at, scopes FROM devices WHERE token_hash = :token_hash;

-- name: devices_of
SELECT device, name, kind, created_at, revoked_at, scopes FROM devices WHERE account = :account ORDER BY created_at, device;

-- name: revoke_device
UPDATE devices SET revoked_at = :now WHERE account = :account AND device = :device AND revoked_at IS NULL;

-- name: add_api_writer
INSERT INTO api_writers (journal, device, writer) VALUES (:journal, :device, :writer)
ON CONFLICT (journal, device) DO NOTHING;

-- name: api_writer
SELECT writer FROM api_writers WHERE journal = :journal AND device = :device;

-- name: drop_api_writers
DELETE FROM api_writers WHERE journal = :journal;

-- name: drop_old_requests
DELETE FROM done_requests WHERE journal = :journal AND made_at < :before;

-- name: keep_request
INSERT INTO done_requests (journal, key_hash, fingerprint, entity, made_at)
VALUES (:journal, :key_hash, :fingerprint, :entity, :now) ON CONFLICT (journal, key_hash) DO NOTHING RETURNING entity;

-- name: done_request
SELECT fingerprint, entity FROM done_requests
WHERE journal = :journal AND key_hash = :key_hash AND made_at >= :before;

-- name: own_writer
INSERT INTO writer_owners (device, account, paired) VALUES (:device, :account, :paired)
ON CONFLICT (device) DO UPDATE SET paired = excluded.paired WHERE writer_owners.account = excluded.account;

-- name: writers_of
SELECT paired, device FROM writer_owners WHERE account = :account AND paired <> '' ORDER BY device;

-- name: writer_owner
SELECT account FROM writer_owners WHERE device = :device;

-- name: bind_writer
INSERT INTO writer_owners (device, account, paired) VALUES (:device, :account, '') ON CONFLICT (device) DO NOTHING;

-- name: members_of
SELECT account, role FROM members WHERE journal = :journal;

-- name: journals_of
SELECT journal, role, private FROM members WHERE account = :account ORDER BY joined_at, journal;

-- name: private_journal
SELECT journal FROM members WHERE account = :account AND private = 1;

-- name: add_member
INSERT INTO members (journal, account, role, private, joined_at) VALUES (:journal, :account, :role, :private, :now)
ON CONFLICT (journal, account) DO NOTHING;

-- name: add_feed
INSERT INTO feeds (token_hash, feed, journal, account, format, plain, name, created_at, settings, changed_at)
VALUES (:token_hash, :feed, :journal, :account, :format, :plain, :name, :now, :settings, 0);

-- name: feed_by_token
SELECT feed, journal, format, plain, name, created_at, revoked_at, settings, changed_at FROM feeds
WHERE token_hash = :token_hash;

-- name: feeds_of
SELECT feed, journal, format, plain, name, created_at, revoked_at, settings, changed_at FROM feeds
WHERE journal = :journal AND (account = :owned OR :owned = '') AND replaced = 0 ORDER BY created_at, feed;

-- name: change_feed
UPDATE feeds SET plain = :plain, name = :name, settings = :settings, changed_at = :now
WHERE journal = :journal AND feed = :feed AND revoked_at IS NULL RETURNING feed;

-- name: copy_feed
INSERT INTO feeds (token_hash, feed, journal, account, format, plain, name, created_at, settings, changed_at)
SELECT :token_hash, feed, journal, account, format, plain, name, created_at, settings, changed_at FROM feeds
WHERE journal = :journal AND feed = :feed AND revoked_at IS NULL RETURNING feed;

-- name: replace_feed
UPDATE feeds SET revoked_at = :now, replaced = 1
WHERE journal = :journal AND feed = :feed AND revoked_at IS NULL AND token_hash <> :token_hash;

-- name: revoke_feed
UPDATE feeds SET revoked_at = :now WHERE journal = :journal AND feed = :feed AND revoked_at IS NULL;

-- name: keep_snapshot
INSERT INTO snapshots (journal, seq, chain, fold, answer, answer_hash)
VALUES (:journal, :seq, :chain, :fold, :answer, :answer_hash)
ON CONFLICT (journal) DO UPDATE SET seq = excluded.seq, chain = excluded.chain, fold = excluded.fold,
answer = excluded.answer, answer_hash = excluded.answer_hash;

-- name: snapshot
SELECT seq, chain, fold, answer, answer_hash FROM snapshots WHERE journal = :journal;

-- name: snapshot_place
SELECT seq, chain, fold FROM snapshots WHERE journal = :journal;

-- name: drop_snapshot
DELETE FROM snapshots WHERE journal = :journal;

-- name: bodies_since
SELECT body FROM events WHERE journal = :journal AND seq > :after;

-- name: logs
SELECT journal FROM events UNION SELECT journal FROM archives ORDER BY journal;

-- name: logs_before_archives
SELECT DISTINCT journal FROM events ORDER BY journal;

-- name: archives_of
SELECT first, start, chain, body FROM archives WHERE journal = :journal ORDER BY first;

-- name: events_of
SELECT seq, device, n, chain, body FROM events WHERE journal = :journal ORDER BY seq;

-- name: take_lease
INSERT INTO leases (journal, task, holder, fence, until) VALUES (:journal, :task, :holder, 1, :until)
ON CONFLICT (journal, task) DO UPDATE SET holder = excluded.holder, fence = leases.fence + 1, until = excluded.until
WHERE leases.until <= :now OR leases.holder = excluded.holder RETURNING fence;

-- name: renew_lease
UPDATE leases SET until = :until WHERE journal = :journal AND task = :task AND fence = :fence RETURNING fence;

-- name: fence_of_lease
SELECT fence FROM leases WHERE journal = :journal AND task = :task AND fence = :fence;

-- name: hold_lease
UPDATE leases SET until = until WHERE journal = :journal AND task = :task AND fence = :fence RETURNING fence;

-- name: rename_account
UPDATE accounts SET name = :name WHERE account = :account;

-- name: account_named
SELECT account FROM accounts WHERE name = :name ORDER BY created_at, account LIMIT 2;

-- name: rename_device
UPDATE devices SET name = :name WHERE account = :account AND device = :device;

-- name: rescope_device
UPDATE devices SET scopes = :scopes WHERE account = :account AND device = :device AND kind = 'api';

-- name: people_in
SELECT m.account, a.name, m.role, m.joined_at, m.private FROM members m JOIN accounts a ON a.account = m.account
WHERE m.journal = :journal ORDER BY m.joined_at, m.account;

-- name: set_role
UPDATE members SET role = :role WHERE journal = :journal AND account = :account;

-- name: remove_member
DELETE FROM members WHERE journal = :journal AND account = :account;

-- name: no_longer_private
UPDATE members SET private = 0 WHERE journal = :journal AND private = 1 RETURNING account;

-- name: add_invitation
INSERT INTO invitations (code_hash, invitation, journal, role, account, created_at, expires_at)
VALUES (:code_hash, :invitation, :journal, :role, :account, :now, :expires_at);

-- name: invitation_by_code
SELECT invitation, journal, role, account, created_at, expires_at, used_at, withdrawn_at FROM invitations
WHERE code_hash = :code_hash;

-- name: invitations_of
SELECT invitation, journal, role, account, created_at, expires_at, used_at, withdrawn_at FROM invitations
WHERE journal = :journal ORDER BY created_at, invitation;

-- name: consents_of
SELECT invitation, account FROM consents WHERE journal = :journal;

-- name: add_consent
INSERT INTO consents (journal, invitation, account) VALUES (:journal, :invitation, :account)
ON CONFLICT (journal, invitation, account) DO NOTHING;

-- name: use_invitation
UPDATE invitations SET used_at = :now WHERE code_hash = :code_hash AND used_at IS NULL AND withdrawn_at IS NULL
RETURNING invitation;

-- name: withdraw_invitation
UPDATE invitations SET withdrawn_at = :now
WHERE journal = :journal AND invitation = :invitation AND used_at IS NULL AND withdrawn_at IS NULL;

-- name: drop_old_consents
DELETE FROM consents WHERE journal = :journal AND invitation IN
(SELECT invitation FROM invitations WHERE journal = :journal AND expires_at < :before);

-- name: drop_old_invitations
DELETE FROM invitations WHERE journal = :journal AND expires_at < :before;

-- name: revoke_feeds_of
UPDATE feeds SET revoked_at = :now WHERE journal = :journal AND account = :account AND revoked_at IS NULL;

-- name: last_of_access_log
SELECT seq, chain FROM access_log WHERE about = :about ORDER BY seq DESC LIMIT 1;

-- name: add_to_access_log
INSERT INTO access_log (about, seq, at, what, actor, device, subject, role, chain)
VALUES (:about, :seq, :at, :what, :actor, :device, :subject, :role, :chain);

-- name: access_log_of
SELECT seq, at, what, actor, device, subject, role, chain FROM access_log WHERE about = :about ORDER BY seq;

-- name: access_logs
SELECT DISTINCT about FROM access_log ORDER BY about;
