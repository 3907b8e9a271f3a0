-- The statements of the log; the two of the hot path stand in sqlite_store.py, with positions for names.

-- name: last_event
SELECT seq, chain, body FROM events WHERE journal = :journal ORDER BY seq DESC LIMIT 1;

-- name: writers_of
SELECT device, n, context FROM writers WHERE journal = :journal;

-- name: events_of_device
SELECT n, seq, body FROM events WHERE journal = :journal AND device = :device AND n BETWEEN :first AND :last
ORDER BY seq DESC LIMIT :count;

-- name: page
SELECT body, chain FROM events WHERE journal = :journal AND seq > :after ORDER BY seq LIMIT :limit;

-- name: head
SELECT seq, chain FROM events WHERE journal = :journal ORDER BY seq DESC LIMIT 1;

-- name: chain_at
SELECT chain FROM events WHERE journal = :journal AND seq = :seq;

-- name: journals
SELECT DISTINCT journal FROM writers ORDER BY journal;
