"""A whole log read, decoded and folded, as when a server or a device opens a long journal."""

import tempfile
import time
from pathlib import Path

import msgspec

from bench.corpus import JOURNAL, corpus, load, new_store
from bench.figures import Figure, Sizes, alternate, faster
from bench.peers import SECTION, Diary, diary
from bench.peers import load as load_peer
from milepost.envelope import Event
from milepost.journal import State, paused_collector
from milepost.sqlite_store import SqliteStore

PAGE = 500
_decode_events = msgspec.json.Decoder(list[Event]).decode


def run(sizes: Sizes) -> list[Figure]:
    """`fold`."""
    made = corpus(sizes.corpus)
    with (
        tempfile.TemporaryDirectory() as folder,
        new_store(Path(folder) / "milepost") as (runner, store),
        diary(Path(folder) / "eventsourcing") as app,
    ):
        runner.run(load(store, JOURNAL, made))
        load_peer(app, made)
        pages = runner.run(_pages(store))
        value, library, floor = alternate(
            min(sizes.rounds, 5),
            lambda: runner.run(_fold(store, len(made))),
            lambda: _read(app, len(made)),
            lambda: _decode(pages, len(made)),
        )
    return [
        faster("fold", "events/s", value, "eventsourcing notification log, decoded", library),
        faster("fold", "events/s", value, "bare msgspec decode", floor),
    ]


async def _fold(store: SqliteStore, count: int) -> float:
    state, after, more = State(JOURNAL), 0, True
    started = time.perf_counter()
    with paused_collector():
        while more:
            page = await store.read(JOURNAL, after, limit=PAGE, max_bytes=2**30)
            for event in _decode_events(b"[" + b",".join(page.bodies) + b"]"):
                state.apply(event)
            after, more = page.end.seq, page.more
    elapsed = time.perf_counter() - started
    if sum(progress.n for progress in state.devices.values()) != count or state.unfolded:
        raise AssertionError("Not every event was folded.")
    return count / elapsed


def _read(app: Diary, count: int) -> float:
    """The library's log: sections of as many notifications, each made a domain event again."""
    start, read = 1, 0
    started = time.perf_counter()
    with paused_collector():
        while True:
            section = app.notification_log.select(start=start, limit=SECTION)
            for notification in section:
                app.mapper.to_domain_event(notification)
            read += len(section)
            if len(section) < SECTION:
                break
            start = section[-1].id + 1
    elapsed = time.perf_counter() - started
    if read < count:
        raise AssertionError("The library did not give every event.")
    return read / elapsed


async def _pages(store: SqliteStore) -> list[bytes]:
    pages, after, more = [], 0, True
    while more:
        page = await store.read(JOURNAL, after, limit=PAGE, max_bytes=2**30)
        pages.append(b"[" + b",".join(page.bodies) + b"]")
        after, more = page.end.seq, page.more
    return pages


def _decode(pages: list[bytes], count: int) -> float:
    """The same pages, in memory already, made plain objects of."""
    started = time.perf_counter()
    with paused_collector():
        for page in pages:
            msgspec.json.decode(page)
    return count / (time.perf_counter() - started)
