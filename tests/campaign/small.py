"""A small world: little pages, archives and snapshots, so that little is much; ids by chance that can be had again."""

import sqlite3
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any

from milepost import (
    archiving,
    client,
    clock,
    database,
    device_file,
    device_log,
    device_segments,
    device_states,
    paging,
    sqlite_store,
)
from milepost_server import journals, snapshots
from tests.campaign.versions import upcasting

KEPT_EVENTS = 3
"""How many of the newest events are not archived."""
MAX_BEHIND = 7
"""How many events a snapshot that is given out may lack."""


class _Chance:
    """In the place of the system's chance: the same seed gives the same ids, and so the same ties."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)

    def uuid4(self) -> uuid.UUID:
        return uuid.UUID(int=self.random.getrandbits(128), version=4)

    def token_urlsafe(self, size: int) -> str:
        return f"{self.random.getrandbits(96):024x}"


class _AtOnce:
    """In the place of threads that fetch pages ahead: each is fetched when it is asked for, so that a seed plays again."""

    def __init__(self, *_: object, **__: object) -> None: ...

    def submit(self, do: Callable[..., Any], *given: Any) -> "Future[Any]":
        done: Future[Any] = Future()
        try:
            done.set_result(do(*given))
        except Exception as error:
            done.set_exception(error)
        return done

    def shutdown(self, **_: object) -> None: ...


@contextmanager
def small_world(seed: int) -> Iterator[None]:
    """Inside, all is small; ids go by the seed; nothing waits for a disk, since no power fails here."""
    chance: Any = _Chance(seed)
    opened = database.open_sqlite

    def open_quickly(path: Path, **options: Any) -> sqlite3.Connection:
        connection = opened(path, **options)
        connection.execute("PRAGMA synchronous = OFF")
        return connection

    places: list[tuple[Any, str, Any]] = [
        (clock, "uuid", chance),
        (clock, "secrets", chance),
        (database, "open_sqlite", open_quickly),
        (device_file, "open_sqlite", open_quickly),
        (database, "WAL_PAGES", 16),
        (journals, "MAX_PAGE_EVENTS", 5),
        (client, "MAX_PUSH_EVENTS", 4),
        (device_log, "MAX_PUSH_EVENTS", 4),
        (device_states, "KEEP_STATE_AFTER", 5),
        (snapshots, "EVERY", 6),
        (snapshots, "MAX_BEHIND", MAX_BEHIND),
        (archiving, "ARCHIVE_EVENTS", 4),
        (device_segments, "SEGMENT_EVENTS", 3),
        (paging, "ThreadPoolExecutor", _AtOnce),
        (sqlite_store, "KEEP_END_EVERY", 3),
    ]
    before = [(module, name, getattr(module, name)) for module, name, _ in places]
    for module, name, value in places:
        setattr(module, name, value)
    try:
        with upcasting():
            yield
    finally:
        for module, name, value in before:
            setattr(module, name, value)
