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
SELECT seq, body, chain FROM events WHERE journal = :journal AND seq > :after ORDER BY seq LIMIT :limit;

-- name: head
SELECT seq, chain FROM events WHERE journal = :journal ORDER BY seq DESC LIMIT 1;

-- name: chain_at
SELECT chain FROM events WHERE journal = :journal AND seq = :seq;

-- name: change_event
UPDATE events SET body = :body WHERE journal = :journal AND seq = :seq RETURNING seq;

-- name: run
SELECT body, chain FROM events WHERE journal = :journal AND seq BETWEEN :first AND :last ORDER BY seq;

-- name: drop_run
DELETE FROM events WHERE journal = :journal AND seq BETWEEN :first AND :last;

-- name: add_archive
INSERT INTO archives (journal, last, first, start, chain, body)
VALUES (:journal, :last, :first, :start, :chain, :body);

-- name: last_archive
SELECT last, chain FROM archives WHERE journal = :journal ORDER BY last DESC LIMIT 1;

-- name: archive_with
SELECT first, start, chain, body FROM archives
WHERE journal = :journal AND last >= :seq AND first <= :seq ORDER BY last LIMIT 1;

-- name: archive_before
SELECT first, start, chain, body FROM archives WHERE journal = :journal AND last < :seq ORDER BY last DESC LIMIT 1;

-- name: change_archive
UPDATE archives SET body = :body WHERE journal = :journal AND first = :first;
