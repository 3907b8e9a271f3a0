"""The events that are measured with: the demo's mix in any number, made once, and loaded into a store."""

import asyncio
import contextlib
import functools
from collections.abc import Iterator, Sequence
from pathlib import Path

from examples.demo.journal import events
from milepost.clock import wall_clock_ms
from milepost.database import SqliteDatabase
from milepost.envelope import Event
from milepost.sqlite_store import LOG_SCHEMA, SqliteStore
from milepost.store import LogStore

JOURNAL = "11111111-1111-4111-8111-111111111111"
DEVICE = "22222222-2222-4222-8222-222222222222"
ACTOR = "33333333-3333-4333-8333-333333333333"
PUSH = 500


@functools.cache
def corpus(count: int) -> list[Event]:
    """So many events of one journal, as one device would push them."""
    return list(events(count, journal=JOURNAL, device=DEVICE, actor=ACTOR))


@contextlib.contextmanager
def new_store(path: Path) -> Iterator[tuple[asyncio.Runner, SqliteStore]]:
    """A store on a new file, and the event loop it lives on, for as long as the block runs."""
    with asyncio.Runner() as runner:
        database = SqliteDatabase(path)
        runner.run(database.open({"log": LOG_SCHEMA}))
        try:
            yield runner, SqliteStore(database)
        finally:
            runner.run(database.close())


async def load(store: LogStore, journal: str, made: Sequence[Event]) -> None:
    """Appends them all, a push at a time."""
    for at in range(0, len(made), PUSH):
        results = await store.append(journal, made[at : at + PUSH], now_ms=wall_clock_ms())
        if any(result.outcome != "stored" for result in results):
            raise AssertionError("The store did not take the corpus.")
