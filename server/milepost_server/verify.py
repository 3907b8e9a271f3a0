"""Walks the chain of every journal in a data folder, reading only: nothing missing, nothing changed, nothing out of place."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from milepost.database import storage_error
from milepost.envelope import decode_event, genesis_chain, identity_digest, next_chain
from milepost.errors import InvalidEvent, NotFound

_ALL = "SELECT journal, seq, device, n, chain, body FROM events ORDER BY journal, seq"


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
            return _walk(connection.execute(_ALL))
        finally:
            connection.close()
    except sqlite3.Error as error:
        raise storage_error(error, path) from error


def _walk(rows: Iterator[tuple[str, int, str, int, bytes, bytes]]) -> Verified:
    events, faults = 0, []
    journals: set[str] = set()
    faulty: set[str] = set()
    chain, last, counters = b"", 0, dict[str, int]()
    for journal, seq, device, n, stored_chain, body in rows:
        events += 1
        if journal not in journals:
            journals.add(journal)
            chain, last, counters = genesis_chain(journal), 0, {}
        if journal in faulty:
            continue
        chain, problem = _step(journal, chain, last, counters, (seq, device, n, stored_chain, body))
        if problem:
            faulty.add(journal)
            faults.append(Fault(journal, seq, problem))
        last, counters[device] = seq, n
    return Verified(not faults, len(journals), events, faults)


def _step(
    journal: str, chain: bytes, last: int, counters: dict[str, int], row: tuple[int, str, int, bytes, bytes]
) -> tuple[bytes, str]:
    seq, device, n, stored_chain, body = row
    if seq != last + 1:
        return chain, f"event {last + 1} is missing"
    if n != counters.get(device, 0) + 1:
        return chain, f"device {device} goes from {counters.get(device, 0)} to {n}"
    try:
        event = decode_event(body)
    except InvalidEvent as error:
        return chain, str(error)
    if (event.seq, event.device, event.n) != (seq, device, n):
        return chain, "the event is not the one that should stand here"
    chain = next_chain(chain, identity_digest(journal, event), event)
    return chain, "" if chain == stored_chain else "the event was changed after it was stored"
