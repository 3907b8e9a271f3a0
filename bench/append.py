"""Durable appends: one at a time, 64 at a time, and pushes of a hundred. Events are made before the clock starts."""

import asyncio
import contextlib
import sqlite3
import tempfile
import time
from collections.abc import Callable, Coroutine, Iterator
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from bench.corpus import JOURNAL, corpus, new_store
from bench.figures import Contender, Figure, Sizes, alternate, faster
from bench.peers import Diary, Goal, bare, changed, diary, saved_by_hundreds, saved_by_threads, saved_singly
from milepost.clock import new_id, wall_clock_ms
from milepost.envelope import Event, encode_event
from milepost.sqlite_store import SqliteStore
from milepost_server.verify import verify_file

T = TypeVar("T")
WRITERS = 64
PEER_EACH = 10
"""Saves of each thread of the peer's: it is slower, and a rate needs no more."""


def one(sizes: Sizes) -> list[Figure]:
    """`append-1`."""
    made = corpus(sizes.singles * (sizes.rounds + 1))
    bodies = [encode_event(event) for event in made]

    async def ours(store: SqliteStore, events: list[Event]) -> float:
        started = time.perf_counter()
        for event in events:
            await store.append(JOURNAL, [event], now_ms=wall_clock_ms())
        return len(events) / (time.perf_counter() - started)

    def theirs(app: Diary) -> Contender:
        pending = iter(changed(Goal(), made))
        return lambda: saved_singly(app, take(sizes.singles, pending))

    return _beside(
        "append-1",
        sizes,
        (ours, made, sizes.singles),
        ("eventsourcing Application.save", theirs),
        ("bare sqlite3 insert + commit", lambda file: lambda: file.insert_by(1, bodies[: sizes.singles])),
    )


def sixty_four(sizes: Sizes) -> list[Figure]:
    """`append-64`: as many tasks, each with its own journal."""
    each, peer_each = sizes.each_of_64, min(sizes.each_of_64, PEER_EACH)
    made = corpus(each * (sizes.rounds + 1))
    bodies = [encode_event(event) for event in made[:each]] * WRITERS
    journals = [new_id() for _ in range(WRITERS)]

    async def ours(store: SqliteStore, events: list[Event]) -> float:
        async def write(journal: str) -> None:
            for event in events:
                await store.append(journal, [event], now_ms=wall_clock_ms())

        started = time.perf_counter()
        await asyncio.gather(*map(write, journals))
        return len(events) * WRITERS / (time.perf_counter() - started)

    def theirs(app: Diary) -> Contender:
        wanted = made[: peer_each * (sizes.rounds + 1)]
        pending = [iter(changed(Goal(), wanted)) for _ in range(WRITERS)]
        return lambda: saved_by_threads(app, [take(peer_each, events) for events in pending])

    return _beside(
        "append-64",
        sizes,
        (ours, made, each),
        (f"eventsourcing Application.save, {WRITERS} threads", theirs),
        ("bare grouped sqlite3", lambda file: lambda: file.insert_by(WRITERS, bodies)),
    )


def batch(sizes: Sizes) -> list[Figure]:
    """`append-batch`: a hundred events to a push."""
    size = sizes.batches * 100
    made = corpus(size * (sizes.rounds + 1))
    bodies = [encode_event(event) for event in made[:size]]

    async def ours(store: SqliteStore, events: list[Event]) -> float:
        pushes = [events[at : at + 100] for at in range(0, len(events), 100)]
        started = time.perf_counter()
        for push in pushes:
            await store.append(JOURNAL, push, now_ms=wall_clock_ms())
        return len(events) / (time.perf_counter() - started)

    def theirs(app: Diary) -> Contender:
        pending = iter(changed(Goal(), made))
        return lambda: saved_by_hundreds(app, take(size, pending))

    return _beside(
        "append-batch",
        sizes,
        (ours, made, size),
        ("eventsourcing Application.save of 100", theirs),
        ("bare sqlite3 executemany of 100 + commit", lambda file: lambda: file.insert_many_by(100, bodies)),
    )


def take(count: int, items: Iterator[T]) -> list[T]:
    """The next so many."""
    return list(islice(items, count))


def check_whole(file: Path, each: int) -> None:
    """Every journal has every event that was made for it, once: a figure of anything less would be none.

    Raises:
        AssertionError: something is missing, or the chain does not hold.
    """
    with contextlib.closing(sqlite3.connect(file)) as connection:
        counts = [count for (count,) in connection.execute("SELECT COUNT(*) FROM events GROUP BY journal")]
    if not counts or set(counts) != {each} or not verify_file(file).ok:
        raise AssertionError(f"Not everything was stored: {counts} instead of {each} in each journal.")


def _beside(
    name: str,
    sizes: Sizes,
    ours: tuple[Callable[..., Coroutine[Any, Any, float]], list[Event], int],
    library: tuple[str, Callable[[Diary], Contender]],
    floor: tuple[str, Callable[..., Contender]],
) -> list[Figure]:
    """Three in turns on one disk: Milepost, the library, the bare database."""
    run, made, count = ours
    with (
        tempfile.TemporaryDirectory() as folder,
        new_store(Path(folder) / "milepost") as (runner, store),
        diary(Path(folder) / "eventsourcing") as app,
        bare(Path(folder) / "bare") as file,
    ):
        events = iter(made)
        value, *others = alternate(
            sizes.rounds,
            lambda: runner.run(run(store, take(count, events))),
            library[1](app),
            floor[1](file),
        )
        check_whole(Path(folder) / "milepost", len(made))
    peers = (library[0], floor[0])
    return [faster(name, "events/s", value, peer, other) for peer, other in zip(peers, others, strict=True)]
