-- Segments of a server's log, each kept in one piece: see `device_segments.py`. `ordinal` is the one of the last
-- event in it, at `last` in the server's log; the others come right before, from `first` on. `before` and `chain` are the
-- chain values before the first event and after the last. The events' JSON is compressed by zstd.

CREATE TABLE segments (
  ordinal INTEGER PRIMARY KEY,
  journal TEXT NOT NULL,
  first BIGINT NOT NULL,
  last BIGINT NOT NULL,
  before BYTEA NOT NULL,
  chain BYTEA NOT NULL,
  body BYTEA NOT NULL
);
CREATE INDEX segments_by_place ON segments (journal, last);

-- Which counters of which devices are in a segment.
CREATE TABLE sealed (
  journal TEXT NOT NULL,
  device TEXT NOT NULL,
  first BIGINT NOT NULL,
  last BIGINT NOT NULL,
  segment BIGINT NOT NULL,
  PRIMARY KEY (journal, device, last, segment)
);
CREATE INDEX sealed_by_segment ON sealed (segment);
