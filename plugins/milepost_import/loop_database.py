"""Reads the database that Loop Habit Tracker backs up. A file of somebody else's: read in memory, and nothing in it runs."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from typing import Any

from milepost.plugin_api import InvalidInput
from milepost_import.habits import DONE, Done, Habit, value_of

BEGINS = b"SQLite format 3\0"
VERSIONS = range(9, 27)
"""`PRAGMA user_version` of the databases whose tables are known; a later one is read if it has the same columns."""
MAX_HABITS, MAX_DAYS = 2_000, 40_000
MAX_STEPS = 200_000_000
"""Of SQLite's machine, in all: what goes round in circles ends."""
_DAMAGED = "The backup is damaged, or is none of Loop Habit Tracker's."


def habits(body: bytes) -> Iterator[Habit]:
    """The habits in their order.

    Raises:
        InvalidInput: it is no such database.

    """
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.deserialize(body)
        connection.execute("PRAGMA trusted_schema = OFF")
        connection.execute("PRAGMA query_only = ON")
        connection.text_factory = lambda raw: raw.decode("utf-8", "replace")
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, 4 * 1024 * 1024)
        steps = iter(range(MAX_STEPS // 100_000))
        connection.set_progress_handler(lambda: int(next(steps, None) is None), 100_000)
        try:
            found = list(_habits(connection))
        except (sqlite3.Error, OverflowError) as error:
            raise InvalidInput(_DAMAGED) from error
    yield from found


def _columns(connection: sqlite3.Connection, table: str) -> set[str]:
    """The columns of a real table; none of a view, which could compute anything."""
    is_table = connection.execute(
        "SELECT 1 FROM sqlite_master WHERE type = 'table' AND lower(name) = ?", (table,)
    ).fetchone()
    return {str(row[1]).lower() for row in connection.execute(f"PRAGMA table_info({table})")} if is_table else set()


def _habits(connection: sqlite3.Connection) -> Iterator[Habit]:
    have, days = _columns(connection, "habits"), _columns(connection, "repetitions")
    if not {"id", "name", "freq_num", "freq_den"} <= have or not {"habit", "timestamp"} <= days:
        raise InvalidInput(_DAMAGED)
    wanted = [name if name in have else "0" for name in ("type", "archived")]
    order = "position" if "position" in have else "id"
    rows = connection.execute(
        f"SELECT id, name, freq_num, freq_den, {', '.join(wanted)} FROM habits ORDER BY {order}, id LIMIT ?",
        (MAX_HABITS,),
    )
    for id_, name, times, every, type_, archived in rows.fetchall():
        counted = type_ == 1
        yield Habit(
            name=" ".join(str(name or "").split()),
            counted=counted,
            times=_whole(times, 1),
            days=_whole(every, 1),
            archived=bool(archived),
            done=tuple(_days(connection, id_, days, counted=counted)),
        )


def _days(connection: sqlite3.Connection, habit: Any, have: set[str], *, counted: bool) -> Iterator[Done]:
    value, notes = ("value" if "value" in have else str(DONE)), ("notes" if "notes" in have else "''")
    rows = connection.execute(
        f"SELECT timestamp, {value}, {notes} FROM repetitions WHERE habit = ? ORDER BY timestamp LIMIT ?",
        (habit, MAX_DAYS),
    )
    last = ""
    for at, raw, note in rows:
        done, amount = value_of(_whole(raw, 0), counted=counted)
        on = _day(at)
        if done and on and on != last:
            last = on
            yield Done(on, amount, str(note or ""))


def _whole(value: Any, otherwise: int) -> int:
    return value if isinstance(value, int) else otherwise


def _day(at: Any) -> str:
    """The day of milliseconds since 1970: Loop keeps a day as its midnight in UTC."""
    try:
        return datetime.fromtimestamp(at / 1000, UTC).date().isoformat()
    except (TypeError, ValueError, OverflowError, OSError):
        return ""
