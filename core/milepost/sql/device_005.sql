-- Stretches of a server's log that are kept in one piece each: see `device_volumes.py`. `ordinal` is the one of the last
-- event in it, at `last` in the server's log; the others come right before, from `first` on. `before` and `chain` are the
-- chain values before the first event and after the last. The events' JSON is compressed by zstd.

CREATE TABLE volumes (
  ordinal INTEGER PRIMARY KEY,
  journal TEXT NOT NULL,
  first BIGINT NOT NULL,
  last BIGINT NOT NULL,
  before BYTEA NOT NULL,
  chain BYTEA NOT NULL,
  body BYTEA NOT NULL
);
CREATE INDEX volumes_by_place ON volumes (journal, last);

-- Which counters of which devices are in a volume.
CREATE TABLE bound (
  journal TEXT NOT NULL,
  device TEXT NOT NULL,
  first BIGINT NOT NULL,
  last BIGINT NOT NULL,
  volume BIGINT NOT NULL,
  PRIMARY KEY (journal, device, last, volume)
);
CREATE INDEX bound_by_volume ON bound (volume);
