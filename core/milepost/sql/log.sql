-- The statements of the log; the one of the hot path stands in sqlite_store.py, with positions for names.

-- name: last_event
SELECT seq, chain, body FROM events WHERE journal = :journal ORDER BY seq DESC LIMIT 1;

-- name: kept_end
SELECT seq, writers FROM ends WHERE journal = :journal;

-- name: keep_end
INSERT INTO ends (journal, seq, writers) VALUES (:journal, :seq, :writers)
ON CONFLICT (journal) DO UPDATE SET seq = excluded.seq, writers = excluded.writers;

-- name: bodies_after
SELECT body FROM events WHERE journal = :journal AND seq > :after ORDER BY seq;

-- name: events_of_device
SELECT n, seq, body FROM events WHERE journal = :journal AND device = :device AND n BETWEEN :first AND :last
ORDER BY seq DESC LIMIT :count;

-- name: page
SELECT body, chain FROM events WHERE journal = :journal AND seq > :after ORDER BY seq LIMIT :limit;

-- name: head
SELECT seq, chain FROM events WHERE journal = :journal ORDER BY seq DESC LIMIT 1;

-- name: chain_at
SELECT chain FROM events WHERE journal = :journal AND seq = :seq;
