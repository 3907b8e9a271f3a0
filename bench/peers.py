"""What Milepost is measured beside: an application of the `eventsourcing` library as it ships, and bare sqlite3."""

import contextlib
import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, ClassVar
from uuid import UUID

import msgspec
from eventsourcing.application import Application
from eventsourcing.domain import Aggregate

from milepost.envelope import Event

SECTION = 500
"""Notifications read at a time. The library's default is 10; `log_section_size` is its own way to ask for more."""


class Goal(Aggregate):
    """A goal, or the journal itself: all that is written about it is an event of this aggregate."""

    class Changed(Aggregate.Event):
        """The same payload as Milepost's, under the same name of a type."""

        type: str
        fields: dict[str, Any]


class Diary(Application[UUID]):
    """The library's application, its SQLite store left as it comes (WAL, and synchronous FULL)."""

    env: ClassVar[dict[str, str]] = {"PERSISTENCE_MODULE": "eventsourcing.sqlite"}
    log_section_size = SECTION


def diary(path: Path) -> Diary:
    """An application on a new file."""
    return Diary(env={"SQLITE_DBNAME": str(path)})


def changed(goal: Goal, made: Sequence[Event]) -> list[Any]:
    """The same events as the aggregate's own, triggered and collected but not saved."""
    for event in made:
        goal.trigger_event(Goal.Changed, type=event.type, fields=msgspec.json.decode(event.payload))
    return list(goal.collect_events())


def saved_singly(app: Diary, pending: Sequence[Any]) -> float:
    """Events a second, saved one after the other."""
    started = time.perf_counter()
    for event in pending:
        app.save(event)
    return len(pending) / (time.perf_counter() - started)


def saved_by_threads(app: Diary, pending: Sequence[Sequence[Any]]) -> float:
    """Events a second, each thread saving its own aggregate's one after the other."""
    failed: list[BaseException] = []

    def save(events: Sequence[Any]) -> None:
        try:
            for event in events:
                app.save(event)
        except Exception as error:  # noqa: BLE001 - told below, in the thread that can fail the run
            failed.append(error)

    threads = [threading.Thread(target=save, args=(events,)) for events in pending]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    elapsed = time.perf_counter() - started
    if failed:
        raise failed[0]
    return sum(map(len, pending)) / elapsed


def saved_by_hundreds(app: Diary, pending: Sequence[Any]) -> float:
    """Events a second, a hundred to a save."""
    groups = [pending[at : at + 100] for at in range(0, len(pending), 100)]
    started = time.perf_counter()
    for group in groups:
        app.save(*group)
    return len(pending) / (time.perf_counter() - started)


def load(app: Diary, made: Sequence[Event]) -> dict[str, UUID]:
    """The whole corpus, an aggregate to a goal, in the order it was written; gives whose aggregate is which."""
    goals: dict[str, Goal] = {}
    for at in range(0, len(made), SECTION):
        pending: list[Any] = []
        for event in made[at : at + SECTION]:
            fields = msgspec.json.decode(event.payload)
            about = fields.get("goal") or fields.get("subject") or fields.get("id") or ""
            if about not in goals:
                goals[about] = Goal()
            goals[about].trigger_event(Goal.Changed, type=event.type, fields=fields)
            pending.extend(goals[about].collect_events())
        app.save(*pending)
    return {about: goal.id for about, goal in goals.items()}


class Bare:
    """A bare sqlite3 file with one table, synced at every commit."""

    def __init__(self, path: Path) -> None:
        self.sql = sqlite3.connect(path, isolation_level=None)
        self.sql.execute("PRAGMA journal_mode = WAL")
        self.sql.execute("PRAGMA synchronous = FULL")
        self.sql.execute("CREATE TABLE log (id INTEGER PRIMARY KEY, body BLOB NOT NULL)")

    def insert_by(self, size: int, bodies: Sequence[bytes]) -> float:
        """Rows a second, inserted one by one, so many to a transaction."""
        started = time.perf_counter()
        for at in range(0, len(bodies), size):
            self.sql.execute("BEGIN IMMEDIATE")
            for body in bodies[at : at + size]:
                self.sql.execute(_INSERT, (body,))
            self.sql.execute("COMMIT")
        return len(bodies) / (time.perf_counter() - started)

    def insert_many_by(self, size: int, bodies: Sequence[bytes]) -> float:
        """Rows a second, all of a transaction in one `executemany`."""
        rows = [(body,) for body in bodies]
        started = time.perf_counter()
        for at in range(0, len(rows), size):
            self.sql.execute("BEGIN IMMEDIATE")
            self.sql.executemany(_INSERT, rows[at : at + size])
            self.sql.execute("COMMIT")
        return len(rows) / (time.perf_counter() - started)

    def pages(self, size: int) -> Iterator[bytes]:
        """Every body, so many of them joined to one page."""
        after = 0
        while rows := self.sql.execute(_PAGE, (after, size)).fetchall():
            yield b",".join([body for _, body in rows])
            after = rows[-1][0]


_INSERT = "INSERT INTO log (body) VALUES (?)"
_PAGE = "SELECT id, body FROM log WHERE id > ? ORDER BY id LIMIT ?"


@contextlib.contextmanager
def bare(path: Path) -> Iterator[Bare]:
    """A bare file for as long as the block runs."""
    file = Bare(path)
    try:
        yield file
    finally:
        file.sql.close()
