"""Walks the chain of every journal in a data folder, reading only: nothing missing, nothing changed, nothing out of place."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from milepost.archiving import unpack
from milepost.database import storage_error
from milepost.envelope import decode_event, genesis_chain, identity_digest, next_chain
from milepost.errors import InvalidEvent, NotFound, StorageDamaged

_JOURNALS = "SELECT journal FROM events UNION SELECT journal FROM archives ORDER BY journal"
_ARCHIVES = "SELECT first, start, chain, body FROM archives WHERE journal = ? ORDER BY first"
_EVENTS = "SELECT seq, device, n, chain, body FROM events WHERE journal = ? ORDER BY seq"

_Stored = tuple[int, tuple[str, int] | None, bytes | None, bytes]
"""(seq, (device, n) and chain value as they stand beside it, body); an archive has neither beside each event."""


class Fault(Struct, frozen=True):
    """The first place in a journal's log that does not add up."""

    journal: str
    seq: int
    problem: str


class Verified(Struct, frozen=True):
    """What a walk found."""

    ok: bool
    journals: int
    events: int
    faults: list[Fault]


def verify_file(path: Path) -> Verified:
    """Walks every log in a server's database.

    Raises:
        NotFound: there is no database.
        StorageDamaged: it can't be read as one.

    """
    if not path.exists():
        raise NotFound(f"There is no Milepost database at {path}.")
    try:
        connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        try:
            walks = [_Walk(journal) for (journal,) in connection.execute(_JOURNALS).fetchall()]
            for walk in walks:
                walk.over(_archived(connection, walk.journal))
                walk.over(_plain(connection, walk.journal))
        finally:
            connection.close()
    except sqlite3.Error as error:
        raise storage_error(error, path) from error
    faults = [walk.fault for walk in walks if walk.fault is not None]
    return Verified(not faults, len(walks), sum(walk.events for walk in walks), faults)


def _archived(connection: sqlite3.Connection, journal: str) -> Iterator[_Stored]:
    for row in connection.execute(_ARCHIVES, (journal,)):
        archive = unpack(journal, row)
        for seq, body in enumerate(archive.bodies, archive.first):
            yield seq, None, archive.end if seq == archive.last else None, body


def _plain(connection: sqlite3.Connection, journal: str) -> Iterator[_Stored]:
    for seq, device, n, chain, body in connection.execute(_EVENTS, (journal,)):
        yield seq, (device, n), chain, body


class _Walk:
    """Over one journal's log, up to the first thing that is wrong."""

    def __init__(self, journal: str) -> None:
        self.journal = journal
        self.events = 0
        self.fault: Fault | None = None
        self._chain, self._seq = genesis_chain(journal), 0
        self._counters: dict[str, int] = {}

    def over(self, stored: Iterator[_Stored]) -> None:
        """Goes on over a part of the log; after a fault the events are counted, and no more."""
        try:
            for one in stored:
                self.events += 1
                if self.fault is None and (problem := self._step(*one)):
                    self.fault = Fault(self.journal, one[0], problem)
        except StorageDamaged as error:
            self.fault = self.fault or Fault(self.journal, self._seq + 1, str(error))

    def _step(self, seq: int, beside: tuple[str, int] | None, chain: bytes | None, body: bytes) -> str:
        if seq != self._seq + 1:
            return f"event {self._seq + 1} is missing"
        try:
            event = decode_event(body)
        except InvalidEvent as error:
            return str(error)
        if event.seq != seq or beside not in {None, (event.device, event.n)}:
            return "the event is not the one that should stand here"
        if event.n != self._counters.get(event.device, 0) + 1:
            return f"device {event.device} goes from {self._counters.get(event.device, 0)} to {event.n}"
        self._chain = next_chain(self._chain, identity_digest(self.journal, event), event)
        self._seq, self._counters[event.device] = seq, event.n
        return "" if chain in {None, self._chain} else "the event was changed after it was stored"
