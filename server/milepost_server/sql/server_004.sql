-- Which device (the one that was paired) writes under an id, so that people can be told its name. Known from the first
-- push after this; a device that is paired again under another name takes its ids along.

ALTER TABLE writer_owners ADD COLUMN paired TEXT NOT NULL DEFAULT '';
CREATE INDEX writer_owners_by_account ON writer_owners (account, paired);
