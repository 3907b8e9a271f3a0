-- What only copying says: a whole database read or filled. Rows of tables are read and written by statements that are made
-- of the schema (contents.py, copying.py), so that a table added later is copied too.

-- name: has_parts
SELECT to_regclass('schema_parts');

-- name: versions
SELECT part, version FROM schema_parts;

-- name: note_unfinished
INSERT INTO schema_parts (part, version) VALUES ('copying', 1) ON CONFLICT (part) DO NOTHING;

-- name: drop_unfinished
DELETE FROM schema_parts WHERE part = 'copying';

-- name: unfinished
SELECT 1 FROM schema_parts WHERE part = 'copying';

-- name: drop_head
DELETE FROM heads WHERE journal = :journal;

-- name: all_heads
SELECT journal, seq, chain FROM heads;

-- name: put_head
INSERT INTO heads (journal, seq, chain)
SELECT journal, seq, chain FROM events WHERE journal = :journal ORDER BY seq DESC LIMIT 1;

-- name: ends_of_logs
SELECT events.journal, events.seq, events.chain FROM events
JOIN (SELECT journal, MAX(seq) AS seq FROM events GROUP BY journal) AS last
ON last.journal = events.journal AND last.seq = events.seq;
