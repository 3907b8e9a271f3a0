"""A device's file that can't be used any more: it is put aside, and all that can be read of it goes into a new one.

The damaged file is never deleted. What is read is checked before it is taken: each event must be one, and must follow
its device's previous one. What can't be read and was synced comes back with the next sync.
"""

import contextlib
import sqlite3
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from msgspec import Struct

from milepost.clock import new_id
from milepost.device import FILE_NAME
from milepost.device_file import SEE_DOCTOR
from milepost.device_log import DeviceLog
from milepost.device_segments import UNREADABLE, events_in
from milepost.envelope import MAX_COUNTER, Event, decode_event, genesis_chain
from milepost.errors import MilepostError, StorageDamaged
from milepost.messages import Cursor
from milepost.sqlite_file import file_trouble

LEFT = "The file was damaged, and something written before this could not be read."
_UNREADABLE = (sqlite3.Error, UnicodeDecodeError)
"""What reading a damaged page may end in; the second where what SQLite says of it has a piece of it."""
_BATCH = 200
MAX_ROWS = 10_000_000
"""Highest row number that is tried."""


class Salvaged(Struct, frozen=True, kw_only=True):
    """What was saved: where the old file is now, how many journals, events and refused entries could be read, and how
    many events that were read could not be taken, since some before them are missing (they stay in the old file).
    """

    put_aside: str
    journals: int
    events: int
    refused: int
    left: int


def readable(path: Path) -> str:
    """Why a device's file is damaged, or empty where it can be opened.

    Raises:
        Busy, StorageFull, StorageDamaged: it can't be opened now for a reason that is no damage: somebody uses it, the
            disk is full, it may not be written to, or a newer version wrote it. Such a file is left where it is.
    """
    try:
        with file_trouble(path, SEE_DOCTOR), contextlib.closing(DeviceLog(path)) as log:
            log.setting("device")
            log.journals()
    except StorageDamaged as error:
        if _is_sound(path):
            raise
        return str(error)
    return ""


def _is_sound(path: Path) -> bool:
    """Whether SQLite can read the file, and finds a device's tables in it."""
    try:
        with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as sql:
            sql.execute("SELECT COUNT(*) FROM journals").fetchone()
            return bool(sql.execute("PRAGMA integrity_check(1)").fetchone() == ("ok",))
    except _UNREADABLE:
        return False


def salvage(folder: Path, now: datetime) -> Salvaged:
    """Puts the file of a device's folder aside, and makes a new one of all that can be read.

    Raises:
        StorageDamaged: nothing at all could be read; the old file is put aside all the same.
    """
    old = _put_aside(folder, now)
    settings, journals, events, refused = _read(old)
    log = DeviceLog(folder / FILE_NAME)
    try:
        with log.transaction():
            for name, value in settings:
                log.set(name, value)
            taken, left = _take(log, journals, events)
            for journal, event, reason in refused:
                log.set_apart(journal, event, reason)
            paired = log.setting("server") is not None
            for journal, event, confirmed in left:
                if not (confirmed and paired) and not event.rejected:
                    log.set_apart(journal, event, LEFT)
            if left:
                _become_another(log)
    finally:
        log.close()
    if not settings and not events:
        raise StorageDamaged(
            f"Nothing could be read of it. The old file is {old}; keep it, and put back a backup if you have one. A new "
            "one is begun: pair it, and what was synced comes back."
        )
    return Salvaged(put_aside=str(old), journals=len(journals), events=taken, refused=len(refused), left=len(left))


def _put_aside(folder: Path, now: datetime) -> Path:
    old = folder / f"damaged-{now:%Y-%m-%d-%H%M%S}-{FILE_NAME}"
    for suffix in ("-wal", "-shm", ""):
        beside = folder / f"{FILE_NAME}{suffix}"
        if beside.exists():
            beside.rename(old.with_name(f"{old.name}{suffix}"))
    return old


_Events = list[tuple[int, str, Event, bool]]


def _read(path: Path) -> tuple[list[tuple[str, str]], list[tuple[Any, ...]], _Events, list[tuple[str, Event, str]]]:
    """Settings, journals, events (ordinal, journal, event, confirmed) and refused entries, as far as they can be read."""
    with contextlib.closing(sqlite3.connect(path)) as sql:
        settings = list(_rows(sql, "settings", "name, value"))
        journals = list(_rows(sql, "journals", "journal, device, claimed, private"))
        events: _Events = []
        for ordinal, journal, confirmed, body in _rows(sql, "events", "ordinal, journal, confirmed, body"):
            with contextlib.suppress(MilepostError, TypeError, UnicodeDecodeError):
                event = decode_event(body)
                event.payload.decode()
                events.append((ordinal, journal, event, bool(confirmed)))
        for last, journal, body in _rows(sql, "segments", "ordinal, journal, body"):
            with contextlib.suppress(*UNREADABLE):
                sealed = events_in(body)
                begin = last - len(sealed) + 1
                events += [(ordinal, journal, event, True) for ordinal, event in enumerate(sealed, begin)]
        refused = []
        for journal, reason, body in _rows(sql, "quarantine", "journal, reason, body"):
            with contextlib.suppress(MilepostError, TypeError):
                refused.append((journal, decode_event(body), reason))
    return settings, journals, sorted(events, key=lambda row: row[0]), refused


def _rows(sql: sqlite3.Connection, table: str, columns: str) -> Iterator[tuple[Any, ...]]:
    """The rows of a table that can be read: a run at a time, and one by one where a run can't be."""
    try:
        last = sql.execute(f"SELECT MAX(rowid) FROM {table}").fetchone()[0] or 0
    except _UNREADABLE:
        last = _highest(sql, table)
    first = 1
    while first <= min(last, MAX_ROWS):
        try:
            yield from sql.execute(
                f"SELECT {columns} FROM {table} WHERE rowid BETWEEN ? AND ?", (first, first + _BATCH - 1)
            ).fetchall()
        except _UNREADABLE:
            for rowid in range(first, first + _BATCH):
                with contextlib.suppress(*_UNREADABLE):
                    yield from sql.execute(f"SELECT {columns} FROM {table} WHERE rowid = ?", (rowid,)).fetchall()
        first += _BATCH


def _highest(sql: sqlite3.Connection, table: str) -> int:
    """A row number that no row is above, found by looking ahead in steps; 0 where the table can't be read at all."""
    highest, step = 0, _BATCH
    while step <= MAX_ROWS:
        try:
            found = sql.execute(f"SELECT rowid FROM {table} WHERE rowid >= ? LIMIT 1", (step,)).fetchone()
        except _UNREADABLE:
            found = (step,) if step < _BATCH * 50 else None
        if found:
            highest = max(highest, found[0])
        step *= 2
    return highest and highest * 2


def _become_another(log: DeviceLog) -> None:
    """Where counters are missing they must not be given again: from now on everything is written under a new id."""
    new = new_id()
    log.set("device", new)
    for row in log.journals():
        log.set_device(row.journal, new)


def _take(
    log: DeviceLog, journals: list[tuple[Any, ...]], events: _Events
) -> tuple[int, list[tuple[str, Event, bool]]]:
    """Puts what follows without a gap into the new file; returns how many did, and those (with whether a server has
    them) that did not.

    Places are forgotten: the next sync compares with the server's log from the beginning.
    """
    known = {journal for journal, *_ in journals}
    for journal, device, claimed, private in journals:
        log.add_journal(journal, device, claimed=bool(claimed), private=bool(private))
    last: dict[tuple[str, str], int] = {}
    taken, left = 0, list[tuple[str, Event, bool]]()
    for _, journal, event, confirmed in events:
        key = (journal, event.device)
        follows = event.n == last.get(key, 0) + 1
        has_seen = all(last.get((journal, other), 0) >= n for other, n in event.seen.items())
        if journal not in known or not follows or not has_seen:
            left.append((journal, event, confirmed))
            continue
        last[key] = event.n
        log.add(journal, event, confirmed=confirmed)
        taken += 1
    for journal in known:
        log.unplace(journal, 0, MAX_COUNTER)
        log.set_cursor(journal, Cursor(0, genesis_chain(journal).hex()))
    return taken, left
