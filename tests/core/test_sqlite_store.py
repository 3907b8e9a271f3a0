import asyncio
import resource
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from milepost.clock import new_id
from milepost.database import Query, SqliteDatabase, Work, unit
from milepost.errors import Busy, StorageDamaged, StorageFull
from milepost.sqlite_store import LOG_SCHEMA, SqliteStore
from milepost.store import LogStore
from tests.contract.suite_log_store import ALL, NOW, LogStoreContract, walk
from tests.events import JOURNAL, event


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[SqliteDatabase]:
    database = SqliteDatabase(tmp_path / "milepost.sqlite3")
    await database.open({"log": LOG_SCHEMA})
    yield database
    await database.close()


class TestSqliteStore(LogStoreContract):
    @pytest.fixture
    async def store(self, database: SqliteDatabase) -> LogStore:
        return SqliteStore(database)

    async def test_a_new_process_goes_on_where_the_last_one_was(
        self, store: LogStore, database: SqliteDatabase
    ) -> None:
        await store.append(JOURNAL, [event(1), event(2)], now_ms=NOW)
        later = SqliteStore(database)
        results = await later.append(JOURNAL, [event(2), event(3)], now_ms=NOW - 5)
        assert [r.outcome for r in results] == ["forked", "forked"]
        (result,) = await later.append(JOURNAL, [event(3)], now_ms=NOW - 5)
        assert (result.seq, result.received_at) == (3, NOW)
        await walk(later, JOURNAL)


async def fill_up(database: SqliteDatabase, pages: int) -> None:
    def limit(connection: sqlite3.Connection) -> None:
        used = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {used + pages}")

    await database.submit(limit, savepoint=False)


@contextmanager
def no_room_to_write() -> Iterator[None]:
    """As on a full disk, the commit itself fails: what it writes to the write-ahead log does not fit."""
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))


async def test_a_disk_that_is_full_at_the_commit_loses_nothing_acknowledged(database: SqliteDatabase) -> None:
    store = SqliteStore(database)
    (first,) = await store.append(JOURNAL, [event(1)], now_ms=NOW)
    second = event(2, why="w" * 20_000)
    with no_room_to_write():
        for _ in range(3):
            with pytest.raises(StorageFull, match="Free some"):
                await store.append(JOURNAL, [second], now_ms=NOW)
    assert (await store.head(JOURNAL)).seq == 1
    (again,) = await store.append(JOURNAL, [second], now_ms=NOW)
    assert (first.outcome, again.outcome, again.seq) == ("stored", "stored", 2)
    await walk(store, JOURNAL)


async def test_a_full_disk_in_the_middle_of_a_group_loses_nothing_acknowledged(database: SqliteDatabase) -> None:
    store = SqliteStore(database)
    journals = [new_id() for _ in range(40)]
    await store.append(JOURNAL, [event(1)], now_ms=NOW)
    await fill_up(database, 20)
    acknowledged: dict[str, int] = {}
    for n in range(1, 30):
        results = await asyncio.gather(
            *(store.append(j, [event(n)], now_ms=NOW) for j in journals), return_exceptions=True
        )
        for journal, result in zip(journals, results, strict=True):
            if isinstance(result, BaseException):
                assert isinstance(result, StorageFull)
                assert "Free some" in str(result)
            elif result[0].outcome == "stored":
                acknowledged[journal] = n
        if any(isinstance(r, BaseException) for r in results):
            break
    else:
        pytest.fail("the disk was never full")
    assert (await store.read(JOURNAL, 0, **ALL)).end.seq == 1
    await fill_up(database, 10_000)
    for journal in journals:
        assert (await store.head(journal)).seq == acknowledged.get(journal, 0)
        (result,) = await store.append(journal, [event(acknowledged.get(journal, 0) + 1)], now_ms=NOW)
        assert result.outcome == "stored"
        await walk(store, journal)


async def test_a_work_that_raises_takes_back_only_itself(database: SqliteDatabase) -> None:
    store = SqliteStore(database)

    @unit
    def spoiled() -> Work[None]:
        yield Query("INSERT INTO ends VALUES (:j, 1, '{}')", {"j": "spoiled"})
        raise ValueError("on purpose")

    @unit
    def broken() -> Work[None]:
        yield Query("INSERT INTO nowhere VALUES (1)", {})

    appended, first, second = await asyncio.gather(
        store.append(JOURNAL, [event(1)], now_ms=NOW),
        database.write(spoiled()),
        database.write(broken()),
        return_exceptions=True,
    )
    assert not isinstance(appended, BaseException)
    assert isinstance(first, ValueError)
    assert isinstance(second, StorageDamaged)
    assert await database.read(Query("SELECT 1 FROM ends WHERE journal = 'spoiled'", {})) == []
    assert (await store.head(JOURNAL)).seq == 1


async def test_the_queue_is_bounded(database: SqliteDatabase, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("milepost.database.MAX_WAITING", 5)
    store = SqliteStore(database)
    results = await asyncio.gather(
        *(store.append(new_id(), [event(1)], now_ms=NOW) for _ in range(9)), return_exceptions=True
    )
    assert sum(isinstance(r, Busy) for r in results) == 4
    assert (await store.append(JOURNAL, [event(1)], now_ms=NOW))[0].outcome == "stored"


@pytest.mark.parametrize(
    "garbage", [b"not a database at all, only text" * 200, b"SQLite format 3\x00" + b"\x07" * 5000]
)
async def test_a_garbage_file_is_named_and_left_alone(tmp_path: Path, garbage: bytes) -> None:
    path = tmp_path / "milepost.sqlite3"
    path.write_bytes(garbage)
    with pytest.raises(StorageDamaged, match=r"milepost\.sqlite3 can't be read"):
        await SqliteDatabase(path).open({"log": LOG_SCHEMA})
    assert path.read_bytes() == garbage


async def test_a_file_of_a_newer_version_is_refused(tmp_path: Path, database: SqliteDatabase) -> None:
    @unit
    def newer() -> Work[None]:
        yield Query("UPDATE schema_parts SET version = 99", {})

    await database.write(newer())
    with pytest.raises(StorageDamaged, match="newer Milepost"):
        await SqliteDatabase(database.path).open({"log": LOG_SCHEMA})
