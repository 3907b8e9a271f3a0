-- What only the PostgreSQL engine and its log store say; everything else is shared with SQLite.

-- name: durability
SELECT setting FROM pg_settings WHERE name = 'synchronous_commit';

-- name: make_parts
CREATE TABLE IF NOT EXISTS schema_parts (part TEXT PRIMARY KEY, version BIGINT NOT NULL);

-- name: versions
SELECT part, version FROM schema_parts;

-- name: add_part
INSERT INTO schema_parts (part, version) VALUES (:part, 0) ON CONFLICT (part) DO NOTHING;

-- name: lock_part
SELECT version FROM schema_parts WHERE part = :part FOR UPDATE;

-- name: move_part
UPDATE schema_parts SET version = :version WHERE part = :part;

-- name: add_head
INSERT INTO heads (journal, seq, chain) VALUES (:journal, 0, :chain) ON CONFLICT (journal) DO NOTHING;

-- name: lock_head
SELECT seq, chain FROM heads WHERE journal = :journal FOR UPDATE;

-- name: put_head
UPDATE heads SET seq = :seq, chain = :chain WHERE journal = :journal;

-- name: move_head
UPDATE heads SET seq = :seq, chain = :chain
WHERE journal = :journal AND seq = :was_seq AND chain = :was_chain RETURNING seq;

-- name: move_and_add
WITH moved AS (
  UPDATE heads SET seq = :seq, chain = :chain
  WHERE journal = :journal AND seq = :was_seq AND chain = :was_chain RETURNING journal
), added AS (
  INSERT INTO events (journal, seq, device, n, chain, body)
  SELECT moved.journal, CAST(:first AS BIGINT) + new.at - 1, new.device, new.n, new.chain, new.body
  FROM moved, UNNEST(CAST(:devices AS TEXT[]), CAST(:ns AS BIGINT[]), CAST(:chains AS BYTEA[]), CAST(:bodies AS BYTEA[]))
  WITH ORDINALITY AS new (device, n, chain, body, at)
)
SELECT journal FROM moved;

-- name: add_events
INSERT INTO events (journal, seq, device, n, chain, body)
SELECT CAST(:journal AS TEXT), CAST(:first AS BIGINT) + new.at - 1, new.device, new.n, new.chain, new.body
FROM UNNEST(CAST(:devices AS TEXT[]), CAST(:ns AS BIGINT[]), CAST(:chains AS BYTEA[]), CAST(:bodies AS BYTEA[]))
WITH ORDINALITY AS new (device, n, chain, body, at);

-- name: clock
SELECT CAST(EXTRACT(EPOCH FROM CLOCK_TIMESTAMP()) * 1000 AS BIGINT);

-- name: say
SELECT pg_notify(:channel, :message);

-- name: heads_of
SELECT journal, seq FROM heads WHERE journal = ANY(CAST(:journals AS TEXT[]));

-- name: members_of_accounts
SELECT account, journal FROM members WHERE account = ANY(CAST(:accounts AS TEXT[]));

-- name: revoked_devices
SELECT device FROM devices WHERE account = ANY(CAST(:accounts AS TEXT[])) AND revoked_at IS NOT NULL;
