"""Old events packed away: many in one row, compressed, still in the log and still read from it; knows no database.

An archive holds a run of a journal's log: the stored events as JSON, one to a line, compressed with zlib, with the
chain values on either side of the run. So it is a seventh of the size, can be checked by itself, and any program with
zlib can read it. Moving events into one is a unit of work, the same on every engine.
"""

import zlib
from collections.abc import Sequence

from msgspec import Struct

from milepost.database import Query, Work, unit
from milepost.envelope import decode_event, genesis_chain, identity_digest, next_chain
from milepost.errors import InvalidEvent, StorageDamaged
from milepost.sql_scripts import statements

ARCHIVE_EVENTS = 500
"""Events in one archive: what a page that begins in it has to unpack."""
KEPT_EVENTS = 1_000
"""The newest events of a journal are never archived: nearly all that is read is among them."""
MAX_ARCHIVE_BYTES = 256 * 1024 * 1024
"""Bytes that one archive unpacks to at most: so many of the longest events there can be."""

_SQL = statements("milepost", "log.sql")


class Archive(Struct, frozen=True):
    """A run of a log, unpacked: from `first` on, with the chain value before it and the one after it."""

    first: int
    bodies: list[bytes]
    start: bytes
    end: bytes

    @property
    def last(self) -> int:
        """The place of its last event."""
        return self.first + len(self.bodies) - 1

    def chain_at(self, journal: str, seq: int) -> bytes:
        """The chain value after the event at `seq`."""
        if seq == self.last:
            return self.end
        return walked(journal, self.start, self.bodies[: seq - self.first + 1])

    def find(self, device: str, counters: set[int]) -> dict[int, tuple[int, bytes]]:
        """N → (seq, body) of one device's events in it."""
        found = {}
        for seq, body in enumerate(self.bodies, self.first):
            event = decode_event(body)
            if event.device == device and event.n in counters:
                found[event.n] = (seq, body)
        return found


def pack(bodies: Sequence[bytes]) -> bytes:
    """A run of events, compressed."""
    return zlib.compress(b"\n".join(bodies), 9)


def unpack(journal: str, row: tuple[int, bytes, bytes, bytes]) -> Archive:
    """The archive in a row (first, start, end, body).

    Raises:
        StorageDamaged: it is not what was packed.

    """
    first, start, end, body = row
    unpacking = zlib.decompressobj()
    try:
        text = unpacking.decompress(bytes(body), MAX_ARCHIVE_BYTES)
        if unpacking.unconsumed_tail or not unpacking.eof:
            raise zlib.error("cut off")
    except zlib.error as error:
        raise StorageDamaged(
            f"The archive of journal {journal} at event {first} can't be unpacked ({error}). Put back a backup: "
            "devices give back what it lacks."
        ) from error
    return Archive(first, text.split(b"\n"), bytes(start), bytes(end))


def walked(journal: str, chain: bytes, bodies: Sequence[bytes]) -> bytes:
    """The chain value after a run of stored events, given the one before it.

    Raises:
        InvalidEvent: one of them is no event.

    """
    for body in bodies:
        event = decode_event(body)
        chain = next_chain(chain, identity_digest(journal, event), event)
    return chain


@unit
def archive_run(journal: str, keep: int = KEPT_EVENTS) -> Work[int]:
    """Moves the oldest run of a journal's events into an archive, if there are enough of them; returns how many.

    Nothing is moved that does not add up, and nothing is deleted that can't be read back.

    Raises:
        StorageDamaged: the chain does not hold.

    """
    heads = yield Query(_SQL["head"], {"journal": journal})
    kept = yield Query(_SQL["kept_end"], {"journal": journal})
    last = min(heads[0][0] - max(keep, 1), kept[0][0]) if heads and kept else 0
    before = yield Query(_SQL["last_archive"], {"journal": journal})
    first, start = (before[0][0] + 1, before[0][1]) if before else (1, genesis_chain(journal))
    if last - first + 1 < ARCHIVE_EVENTS:
        return 0
    last = first + ARCHIVE_EVENTS - 1
    rows = yield Query(_SQL["run"], {"journal": journal, "first": first, "last": last})
    bodies = [bytes(body) for body, _ in rows]
    packed, end = pack(bodies), bytes(rows[-1][1])
    try:
        again = unpack(journal, (first, start, end, packed))
        holds = len(rows) == ARCHIVE_EVENTS and again.bodies == bodies and walked(journal, start, again.bodies) == end
    except InvalidEvent:
        holds = False
    if not holds:
        raise StorageDamaged(
            f"Events {first} to {last} of journal {journal} do not add up, so they stay where they are: run `milepost verify`."
        )
    yield Query(
        _SQL["add_archive"],
        {"journal": journal, "first": first, "last": last, "start": start, "chain": end, "body": packed},
    )
    yield Query(_SQL["drop_run"], {"journal": journal, "first": first, "last": last})
    return len(rows)


def repacked(archive: Archive, seq: int, body: bytes) -> bytes:
    """The archive with another body (of the same digest) at a place."""
    return pack([body if at == seq else old for at, old in enumerate(archive.bodies, archive.first)])
