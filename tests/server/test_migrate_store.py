"""`milepost admin migrate-store`: from SQLite to PostgreSQL, all of it or on with it later, and devices notice nothing."""

import asyncio
import re
import sqlite3
import subprocess
from pathlib import Path
from shutil import copytree

import pytest

from milepost.clock import new_id
from milepost.database import SqliteDatabase
from milepost.sqlite_store import SqliteStore
from milepost_server.contents import contents_of, file_source, postgres_source, tables_at, versions_of
from milepost_server.data_folder import DATABASE_FILE, DataFolder
from milepost_server.services import FILE_NAME, PARTS
from milepost_server.verify import verify_folder
from tests.events import event
from tests.postgres import PostgresServer
from tests.processes import MILEPOST, Home, run, serving
from tests.server.lived import BESIDE, add_by_script, assert_same, in_file, live_in, rows_of

NOW = 1_800_000_000_000


def move(data: Path, url: str, *, expect: int = 0) -> str:
    return run(None, "admin", "migrate-store", "--data", str(data), "--to", url, expect=expect)


def begin(data: Path) -> None:
    """A folder with an account and a pairing code."""
    DataFolder(data).make()
    run(None, "admin", "pairing-code", "--data", str(data))


async def fill_logs(data: Path, journals: int, events: int) -> None:
    database = SqliteDatabase(data / FILE_NAME)
    await database.open(PARTS)
    store = SqliteStore(database)
    for _ in range(journals):
        await store.append(new_id(), [event(n) for n in range(1, events + 1)], now_ms=NOW)
    await database.close()


def test_everything_is_carried_over_and_devices_go_on_as_if_nothing_was(tmp_path: Path, postgres_url: str) -> None:
    laptop, phone, data = Home(tmp_path / "laptop"), Home(tmp_path / "phone"), tmp_path / "data"
    with serving(data) as server:
        token = live_in(server, laptop)
        phone("pair", server.url, server.code())
        phone("sync")
        assert "Another process uses" in move(data, postgres_url, expect=7)
        server.stop()
        laptop("goal", "add", "Not sent yet")
        wanted, file = rows_of(data), (data / FILE_NAME).read_bytes()
        told = move(data, postgres_url)
        rows = sum(found.total() for name, found in wanted.items() if name not in {"schema_parts", *BESIDE})
        assert f"{rows:,} rows." in told
        assert f"{data / FILE_NAME} was not changed" in told
        assert (data / FILE_NAME).read_bytes() == file
        assert_same(rows_of(data), wanted)

        server.start()
        assert laptop("sync")["sent"] == 1
        assert phone("sync")["received"] >= 1
        add_by_script(server, token, "By a script, later")
        for home in (phone, laptop):
            home("sync")
        assert laptop("status")["state_hash"] == phone("status")["state_hash"]
        assert "By a script, later" in {goal["title"] for goal in phone("goal", "list")}
        assert server.stop() == 0
    assert verify_folder(DataFolder(data)).ok
    assert (data / FILE_NAME).read_bytes() == file
    assert "is in PostgreSQL already" in move(data, postgres_url, expect=2)


def test_killed_again_and_again_it_goes_on_where_it_was(
    tmp_path: Path, postgres_url: str, postgres: PostgresServer
) -> None:
    data, schema = tmp_path / "data", postgres_url.rpartition("=")[2]
    begin(data)
    asyncio.run(fill_logs(data, 40, 200))
    wanted = rows_of(data)
    seen = []
    for least in (1, 10, 20, 30):
        process = subprocess.Popen([*MILEPOST, "admin", "migrate-store", "--data", str(data), "--to", postgres_url])
        while process.poll() is None:
            if postgres.run("SELECT to_regclass($1)", f"{schema}.heads") != [(None,)]:
                ((there,),) = postgres.run(f"SELECT COUNT(*) FROM {schema}.heads")
                if there >= least:
                    process.kill()
                    process.wait()
        ((there,),) = postgres.run(f"SELECT COUNT(*) FROM {schema}.heads")
        seen.append(there)
        assert not (data / DATABASE_FILE).exists()
        ((written,),) = postgres.run(f"SELECT COUNT(*) FROM {schema}.events")
        assert written == 200 * there, "a journal is there whole or not at all"
    assert seen == sorted(seen), "what was there stays there"
    assert seen[0] < 40, "it was never cut short: this shows nothing"
    out = move(data, postgres_url)
    assert "40 journals, 8,000 events" in out
    assert int(re.findall(r"\(([\d,]+) were", out)[0].replace(",", "")) >= 200 * seen[-1]
    found = rows_of(data)
    assert found.pop("heads").total() == 40
    del wanted["heads"]
    assert found == wanted
    assert verify_folder(DataFolder(data)).events == 8_000


async def heads(url: str) -> list[object]:
    import asyncpg

    connection = await asyncpg.connect(url)
    try:
        return list(await connection.fetch("SELECT journal FROM heads"))
    except asyncpg.UndefinedTableError:
        return []
    finally:
        await connection.close()


def test_half_a_copy_is_served_by_nobody_and_what_was_written_meanwhile_is_carried_over_too(
    tmp_path: Path, postgres_url: str, postgres: PostgresServer
) -> None:
    laptop, data = Home(tmp_path / "laptop"), tmp_path / "data"
    with serving(data) as server:
        laptop("goal", "add", "First")
        laptop("pair", server.url, server.code())
        laptop("sync")
        server.stop()
        spare = copytree(data, tmp_path / "spare")
        move(spare, postgres_url)
        schema = postgres_url.rpartition("=")[2]
        postgres.run(f"INSERT INTO {schema}.schema_parts VALUES ('copying', 1)")
        postgres.run(f"DELETE FROM {schema}.members")
        postgres.run(f"INSERT INTO {schema}.ends VALUES ('a journal of another try', 1, '')")
        refused = run(
            None, "serve", "--port", "0", "--data", str(tmp_path / "new"), "--database", postgres_url, expect=7
        )
        assert "a copy that was not finished" in refused
        server.start()
        laptop("goal", "add", "Second")
        laptop("sync")
        server.stop()
        told = move(data, postgres_url)
        assert "were there already" in told
        found, wanted = rows_of(data), in_file(data / FILE_NAME)
        del found["heads"], wanted["heads"]
        assert found == wanted
        server.start()
        laptop("goal", "add", "Third")
        assert laptop("sync")["sent"] == 1


def test_a_finished_copy_that_the_folder_was_not_told_of_is_only_noted(tmp_path: Path, postgres_url: str) -> None:
    data = tmp_path / "data"
    begin(data)
    move(data, postgres_url)
    (data / DATABASE_FILE).unlink()
    assert "(2 were there already)" in move(data, postgres_url)
    assert DataFolder(data).database() == postgres_url


def test_a_database_with_other_data_is_left_alone(tmp_path: Path, postgres_url: str) -> None:
    mine, theirs = tmp_path / "mine", tmp_path / "theirs"
    begin(mine)
    DataFolder(theirs).make()
    DataFolder(theirs).remember_database(postgres_url)
    begin(theirs)
    before = rows_of(theirs)
    assert "holds other data" in move(mine, postgres_url, expect=2)
    assert rows_of(theirs) == before
    assert not (mine / DATABASE_FILE).exists()


def test_what_does_not_add_up_is_not_carried_over(tmp_path: Path, postgres_url: str) -> None:
    data = tmp_path / "data"
    begin(data)
    asyncio.run(fill_logs(data, 1, 20))
    connection = sqlite3.connect(data / FILE_NAME)
    with connection:
        connection.execute("DELETE FROM events WHERE seq = 7")
    connection.close()
    assert "event 7 is missing" in move(data, postgres_url, expect=7)
    assert asyncio.run(heads(postgres_url)) == []
    assert not (data / DATABASE_FILE).exists()


@pytest.mark.parametrize(
    ("url", "code", "words"),
    [
        ("mysql://x/y", 2, "takes an address like postgresql://"),
        ("postgresql://x/y?sslmode=never", 2, "no address of a database"),
        ("postgresql://me:secret@127.0.0.1:1/goals", 6, "goals at 127.0.0.1:1) can't be reached"),
    ],
)
def test_a_database_that_can_not_be_used_is_named(tmp_path: Path, url: str, code: int, words: str) -> None:
    data = tmp_path / "data"
    assert "There is no Milepost database" in move(data, url, expect=3)
    begin(data)
    told = move(data, url, expect=code)
    assert words in told
    assert "secret" not in told


async def test_a_copy_is_compared_by_what_it_holds_and_not_by_its_order(tmp_path: Path, postgres_url: str) -> None:
    await fill_logs(tmp_path, 3, 70)
    DataFolder(tmp_path).make()
    await asyncio.to_thread(move, tmp_path, postgres_url)
    async with file_source(tmp_path / FILE_NAME) as one, postgres_source(postgres_url) as other:
        tables = tables_at(await versions_of(one))
        assert {table.name for table in tables if table.by_journal} > {"events", "ends", "archives"}
        first, second = await contents_of(one, tables), await contents_of(other, tables)
        assert first == second
        assert first.events == 210
        assert all(len(standing.state_hash) == 64 for standing in first.journals.values())
