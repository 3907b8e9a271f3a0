"""Leases, on both engines: one holder at a time by the database's clock, and nothing is written by who held it once."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from milepost.clock import new_id
from milepost.database import Database, Query, SqliteDatabase, Work, unit
from milepost_server.data_folder import DataFolder
from milepost_server.leases import Lease, held, release, renew, take
from milepost_server.postgres import PostgresDatabase
from milepost_server.services import PARTS

LONG_MS = 60_000


@pytest.fixture
async def database(tmp_path: Path, engine: str) -> AsyncIterator[Database]:
    made: SqliteDatabase | PostgresDatabase = (
        SqliteDatabase(tmp_path / "x.sqlite3")
        if engine == "sqlite"
        else PostgresDatabase(DataFolder(tmp_path).database())
    )
    await made.open(PARTS)
    yield made
    await made.close()


async def taken(database: Database, holder: str, lasts_ms: int = LONG_MS, journal: str = "j") -> Lease | None:
    return await database.write(take(journal, "task", holder, lasts_ms, database.clock))


async def test_the_databases_clock_tells_milliseconds(database: Database) -> None:
    ((before,),) = await database.read(database.clock)
    await asyncio.sleep(0.05)
    ((after,),) = await database.read(database.clock)
    assert 40 <= after - before < 5_000
    assert before > 1_700_000_000_000


async def test_one_of_many_that_ask_at_once_has_it(database: Database) -> None:
    leases = await asyncio.gather(*[taken(database, f"server {i}") for i in range(10)])
    assert len([lease for lease in leases if lease]) == 1


async def test_each_journal_and_task_has_its_own(database: Database) -> None:
    assert await taken(database, "a", journal="j")
    assert await taken(database, "b", journal="k")
    assert await database.write(take("j", "another", "b", LONG_MS, database.clock))


async def test_one_that_ran_out_is_anybodys_under_a_higher_number(database: Database) -> None:
    first = await taken(database, "a", 1_000)
    assert first
    assert await taken(database, "b") is None
    await asyncio.sleep(1.05)
    second = await taken(database, "b")
    assert second
    assert second.fence > first.fence
    assert not await database.write(renew(first, LONG_MS, database.clock))
    assert not await database.write(held(first))
    assert await database.write(held(second))
    await database.write(release(first))
    assert await database.write(held(second)), "who lost it lets go of nothing"
    assert await taken(database, "c") is None


async def test_one_that_is_renewed_lasts_on_and_one_that_is_released_is_free(database: Database) -> None:
    lease = await taken(database, "a", 1_000)
    assert lease
    assert await database.write(renew(lease, LONG_MS, database.clock))
    await asyncio.sleep(1.05)
    assert await taken(database, "b") is None
    await database.write(release(lease))
    assert await taken(database, "b")


@unit
def _add(lease: Lease) -> Work[bool]:
    """Work that only the holder may do."""
    if not (yield from held(lease)):
        return False
    yield Query("INSERT INTO done (fence, place) SELECT :fence, COUNT(*) FROM done", {"fence": lease.fence})
    return True


@settings(max_examples=15, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 2), st.sampled_from(["take", "work", "hang"])), max_size=25))
def test_what_is_written_is_in_the_order_of_the_takings_whoever_hangs(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[int, str]]
) -> None:
    """Leases run out at any time here; whoever is late finds that it holds nothing."""

    async def play() -> list[int]:
        database = SqliteDatabase(tmp_path_factory.mktemp("leases") / "x.sqlite3")
        await database.open({**PARTS, "test": ["CREATE TABLE done (fence BIGINT, place BIGINT);"]})
        has: dict[int, Lease] = {}
        journal, newest = new_id(), 0
        for server, step in steps:
            if step == "take":
                lease = await database.write(take(journal, "task", str(server), 0, database.clock))
                assert lease, "all have run out"
                assert lease.fence > newest
                has[server], newest = lease, lease.fence
            elif step == "work" and server in has:
                assert await database.write(_add(has[server])) == (has[server].fence == newest)
        rows = await database.read(Query("SELECT fence FROM done ORDER BY place", {}))
        await database.close()
        return [fence for (fence,) in rows]

    fences = asyncio.run(play())
    assert fences == sorted(fences)
