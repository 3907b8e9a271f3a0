"""What the first pull of a long journal weighs on the wire, for each of its events."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import msgspec
from msgspec import Struct

from bench.corpus import JOURNAL, corpus
from bench.figures import Figure, Sizes, less
from bench.snapshot import There, filled
from milepost.messages import Cursor

TARGET_BYTES = 60


class _End(Struct):
    cursor: Cursor
    more: bool = False


def run(sizes: Sizes) -> list[Figure]:
    """`wire`: bytes of compressed bodies; a head of some 300 bytes comes once a page."""
    made = corpus(sizes.corpus)
    with tempfile.TemporaryDirectory() as folder, filled(Path(folder) / "server", made) as there:
        zstd, packed, plain = (sum(_bodies(there, coding)) / len(made) for coding in ("zstd", "gzip", "identity"))
        snapshot = _snapshot(there) / len(made)
    return [
        less("wire", "bytes/event", zstd, "target", TARGET_BYTES),
        less("wire", "bytes/event", zstd, "Milepost by gzip", packed),
        less("wire", "bytes/event", zstd, "Milepost uncompressed", plain),
        less("wire", "bytes/event", snapshot, "all events by zstd, beside the snapshot of them", zstd),
    ]


def _bodies(there: There, coding: str) -> Iterator[int]:
    """The bytes of each page, as they come over the wire."""
    after, more = 0, True
    while more:
        path = f"{there.url}/v1/journals/{JOURNAL}/events"
        with there.http.stream("GET", path, params={"after": after}, headers={"accept-encoding": coding}) as answer:
            body = answer.read()
            yield answer.num_bytes_downloaded
        end = msgspec.json.decode(body, type=_End)
        after, more = end.cursor.seq, end.more


def _snapshot(there: There) -> int:
    with there.http.stream("GET", f"{there.url}/v1/journals/{JOURNAL}/snapshot") as answer:
        answer.read()
        return answer.num_bytes_downloaded
