-- Files that were brought in, and which events each import wrote: see `importing/`. `digest` is of the file, its format
-- and the settings, so that an import that was cut short is found again; `done` entries of it were gone through. In
-- `imported`, runs of an own device's counters; `back` is 1 for what took the import back. `moved`: journals whose
-- events, imports among them, were written again in another one.

CREATE TABLE imports (
  id TEXT PRIMARY KEY,
  journal TEXT NOT NULL,
  format TEXT NOT NULL,
  file TEXT NOT NULL,
  digest TEXT NOT NULL,
  begun_at BIGINT NOT NULL,
  today TEXT NOT NULL,
  status TEXT NOT NULL,
  tally TEXT NOT NULL
);
CREATE INDEX imports_by_journal ON imports (journal);

CREATE TABLE imported (
  import TEXT NOT NULL,
  journal TEXT NOT NULL,
  device TEXT NOT NULL,
  first BIGINT NOT NULL,
  last BIGINT NOT NULL,
  back BIGINT NOT NULL,
  PRIMARY KEY (import, device, first)
);
CREATE INDEX imported_by_journal ON imported (journal);

CREATE TABLE moved (journal TEXT NOT NULL, source TEXT NOT NULL, PRIMARY KEY (journal, source));
