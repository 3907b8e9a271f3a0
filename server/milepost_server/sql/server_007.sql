-- Feeds with settings of their own, and addresses that can be replaced.

-- What was set for the format, as JSON; when that, the words or the name last changed (0: never); and whether the address
-- was given up for another of the same feed, which then has a row of its own.
ALTER TABLE feeds ADD COLUMN settings TEXT NOT NULL DEFAULT '{}';
ALTER TABLE feeds ADD COLUMN changed_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE feeds ADD COLUMN replaced BIGINT NOT NULL DEFAULT 0;
