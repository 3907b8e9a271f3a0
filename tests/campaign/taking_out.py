"""Whether words that were taken out are gone: from every file of every device and of the server, packed or not."""

import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import zstandard

from milepost.envelope import Event
from tests.campaign.stage import Stage
from tests.campaign.truth import ALL, key_of

MAX_BYTES = 10**8


def check_words(stage: Stage, log: list[Event]) -> None:
    """No file has words that a redaction in the log took out, unless somebody wrote them elsewhere too."""
    taken = stage.truth.taken_out(log)
    there = {key_of(event) for event in log if not event.rejected}
    there |= {key_of(r.event) for party in stage.parties for r in party.device.log.rejected(stage.journal)}
    out, stay = set[str](), set[str]()
    for key in there:
        fields = taken.get(key, frozenset())
        for name, words in stage.truth.written[key].words.items():
            (out if fields >= ALL or name in fields else stay).update(words)
    for folder in (*(party.folder for party in stage.parties), stage.folder / "server"):
        text = b"\n".join(_texts(folder))
        left = sorted(words for words in out - stay if words.encode() in text)
        assert not left, f"{folder.name} still has {left}: {sorted(_where(folder, left[0].encode()))}"


def _texts(folder: Path) -> Iterator[bytes]:
    for file in folder.iterdir():
        yield file.read_bytes()
    for _, value in _packed(folder):
        yield value


def _where(folder: Path, words: bytes) -> Iterator[str]:
    yield from (file.name for file in folder.iterdir() if words in file.read_bytes())
    yield from (table for table, value in _packed(folder) if words in value)


def _packed(folder: Path) -> Iterator[tuple[str, bytes]]:
    """(table, what is in it) of all that stands compressed in the databases of a folder."""
    for file in folder.glob("*.sqlite3"):
        database = sqlite3.connect(f"file:{file}?mode=ro", uri=True)
        for (table,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            for row in database.execute(f"SELECT * FROM {table}"):
                for value in row:
                    if isinstance(value, bytes) and value.startswith(zstandard.FRAME_HEADER):
                        yield table, zstandard.ZstdDecompressor().decompress(value, MAX_BYTES)
                    elif isinstance(value, bytes) and value.startswith((b"\x78\xda", b"\x78\x9c")):
                        with suppress(zlib.error):  # a digest may begin like that as well
                            yield table, zlib.decompress(value)
        database.close()
