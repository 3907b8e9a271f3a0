"""Every earlier schema on either engine: what an earlier version wrote is opened, whole, and devices sync on."""

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from contextlib import closing
from pathlib import Path

import asyncpg
import pytest

from milepost.archiving import unpack as unpack_archive
from milepost.database import SqliteDatabase
from milepost.device import Device
from milepost.envelope import Event, decode_event
from milepost.errors import StorageDamaged
from milepost.journal import State, state_hash
from milepost.schema import migrate
from milepost_server.contents import contents_of, file_source, postgres_source, scripts_at, tables_at, versions_of
from milepost_server.data_folder import DataFolder
from milepost_server.postgres import PostgresDatabase
from milepost_server.services import FILE_NAME, PARTS, open_services
from milepost_server.verify import verify_file, verify_folder
from tests import schemas
from tests.processes import Home, run, serving
from tests.server.lived import BESIDE, in_file, rows_of

SCHEMAS = pytest.mark.parametrize("schema", schemas.kept())
ENGINES = pytest.mark.parametrize("engine", ["sqlite", "postgres"])
TODAY = {part: len(scripts) for part, scripts in PARTS.items()}


@pytest.fixture
def data(tmp_path: Path, schema: str, engine: str, request: pytest.FixtureRequest) -> Path:
    """A server's folder as an earlier version left it. On PostgreSQL: the same rows in the tables of that version."""
    file = tmp_path / "data" / FILE_NAME
    schemas.unpack(schema, schemas.SERVER, file)
    if engine == "postgres":
        url = request.getfixturevalue("postgres_url")
        asyncio.run(into_postgres(file, url))
        file.unlink()
        DataFolder(tmp_path / "data").remember_database(url)
    return tmp_path / "data"


async def into_postgres(file: Path, url: str) -> None:
    async with file_source(file) as source:
        versions = await versions_of(source)
        database = PostgresDatabase(url)
        await database.open(scripts_at(versions))
        await database.close()
        connection = await asyncpg.connect(url)
        for table in tables_at(versions):
            async for rows in source.batches(table):
                places = ", ".join(f"${n}" for n in range(1, len(table.columns) + 1))
                await connection.executemany(f"INSERT INTO {table.name} VALUES ({places})", rows)
        if versions["log"] >= 3:
            await connection.execute(
                "INSERT INTO heads SELECT DISTINCT ON (journal) journal, seq, chain FROM events ORDER BY journal, seq DESC"
            )
        await connection.close()


def log_in(file: Path) -> tuple[str, list[Event]]:
    """The one journal of an example, read by hand."""
    with closing(sqlite3.connect(file)) as connection:
        bodies: list[bytes] = []
        ((journal,),) = connection.execute("SELECT DISTINCT journal FROM events").fetchall()
        if connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'archives'").fetchone():
            for row in connection.execute("SELECT first, start, chain, body FROM archives ORDER BY first"):
                bodies += unpack_archive(journal, row).bodies
        bodies += [body for (body,) in connection.execute("SELECT body FROM events ORDER BY seq")]
    return journal, [decode_event(body) for body in bodies]


def test_every_schema_number_has_an_example_and_so_has_todays() -> None:
    """After a new migration: `python -m tests.schemas`."""
    examples = [schemas.versions(schema) for schema in schemas.kept()]
    assert TODAY in examples
    for part, count in TODAY.items():
        assert {example[part] for example in examples} == set(range(1, count + 1))


@SCHEMAS
def test_a_migration_is_never_changed_afterwards(tmp_path: Path, schema: str) -> None:
    """The scripts up to a number make exactly the tables that the version of then had."""
    schemas.unpack(schema, schemas.SERVER, tmp_path / "then")
    with closing(sqlite3.connect(tmp_path / "now")) as connection:
        for part, scripts in scripts_at(schemas.versions(schema)).items():
            migrate(connection, part, scripts)
    made = "SELECT name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' ORDER BY name"
    found = []
    for name in ("then", "now"):
        with closing(sqlite3.connect(tmp_path / name)) as connection:
            found.append(connection.execute(made).fetchall())
    assert found[0] == found[1]


@ENGINES
@SCHEMAS
def test_what_an_earlier_version_kept_is_all_there_and_devices_sync_on(
    tmp_path: Path, data: Path, schema: str, engine: str
) -> None:
    homes = [Home(tmp_path / name) for name in (schemas.LAPTOP, schemas.PHONE)]
    for home in homes:
        schemas.unpack(schema, home.folder.name, home.folder / "device.sqlite3")
    schemas.unpack(schema, schemas.SERVER, tmp_path / "then.sqlite3")
    then, (journal, log) = in_file(tmp_path / "then.sqlite3"), log_in(tmp_path / "then.sqlite3")
    state = State(journal)
    for event in log:
        state.apply(event)

    asyncio.run(open_and_close(data))
    now = rows_of(data)
    for name in then.keys() - {"schema_parts", *BESIDE}:
        width = len(next(iter(then[name]), ()))
        assert Counter(row[:width] for row in now[name].elements()) == then[name], name
    found = verify_folder(DataFolder(data))
    assert (found.ok, found.journals, found.events) == (True, 1, len(log))
    standing = asyncio.run(standing_of(data))[journal]
    assert (standing.seq, standing.state_hash) == (len(log), state_hash(state))

    with serving(data) as server:
        for home in homes:
            point_to(home, server.url)
        assert [home("sync")["sent"] for home in homes] == [1, 1]
        assert [home("sync")["repaired"] for home in homes] == [0, 0]
        tablet = Home(tmp_path / "tablet")
        tablet("pair", server.url, server.code())
        tablet("sync")
        titles = {goal["title"] for goal in tablet("goal", "list")}
        assert titles >= {f"Written on the {name} before the upgrade" for name in ("laptop", "phone")}
        (conflict,) = tablet("conflicts")
        assert {conflict[side]["value"] for side in "ab"} == {"Say what I need, kindly", "Say what I need, at once"}
        assert len({home("status")["state_hash"] for home in (*homes, tablet)}) == 1
        assert [feed["format"] for feed in tablet("feed", "list")] == ["ics"]
    assert verify_folder(DataFolder(data)).events == len(log) + 2


async def open_and_close(data: Path) -> None:
    _, database = await open_services(data)
    await database.close()


async def standing_of(data: Path) -> dict[str, object]:
    url = DataFolder(data).database()
    async with postgres_source(url) if url else file_source(data / FILE_NAME) as source:
        assert await versions_of(source) == TODAY
        return dict((await contents_of(source, tables_at(TODAY))).journals)


def point_to(home: Home, url: str) -> None:
    """The server is where it always was; in a test it is on another port."""
    with closing(Device(home.folder)) as device, closing(sqlite3.connect(home.folder / "device.sqlite3")) as connection:
        assert device.log.setting("server")
        with connection:
            connection.execute("UPDATE settings SET value = ? WHERE name = 'server'", (url,))


@ENGINES
@SCHEMAS
def test_a_backup_of_an_earlier_version_goes_back_into_this_one(
    tmp_path: Path, data: Path, schema: str, engine: str, request: pytest.FixtureRequest
) -> None:
    file = tmp_path / "backup.sqlite3"
    run(None, "admin", "backup", str(file), "--data", str(data))
    schemas.unpack(schema, schemas.SERVER, tmp_path / "then.sqlite3")
    then = in_file(tmp_path / "then.sqlite3")
    assert {**in_file(file), "leases": Counter()} == {**then, "leases": Counter()}, "only reading it upgrades nothing"
    run(None, "admin", "restore", str(file), "--data", str(tmp_path / "new"))
    assert verify_file(tmp_path / "new" / FILE_NAME).ok
    with closing(sqlite3.connect(tmp_path / "new" / FILE_NAME)) as connection:
        assert dict(connection.execute("SELECT part, version FROM schema_parts").fetchall()) == TODAY


@pytest.mark.parametrize("schema", schemas.kept()[:-1])
def test_a_store_of_an_earlier_version_moves_to_postgres_and_its_file_stays(
    tmp_path: Path, schema: str, postgres_url: str
) -> None:
    data = tmp_path / "data"
    schemas.unpack(schema, schemas.SERVER, data / FILE_NAME)
    file = (data / FILE_NAME).read_bytes()
    run(None, "admin", "migrate-store", "--data", str(data), "--to", postgres_url)
    assert (data / FILE_NAME).read_bytes() == file
    assert {path.name for path in data.iterdir()} == {FILE_NAME, "lock", "database.json"}
    assert rows_of(data)["pairing_codes"] == in_file(data / FILE_NAME)["pairing_codes"]
    assert verify_folder(DataFolder(data)).events == len(log_in(data / FILE_NAME)[1])


@ENGINES
@pytest.mark.parametrize("schema", [schemas.kept()[0]])
def test_a_newer_schema_is_refused_before_anything_is_changed(data: Path, schema: str, engine: str) -> None:
    """Also where another part of it is older than this version."""
    newer(data)
    before = rows_of(data)
    for command in (("serve", "--port", "0"), ("admin", "pairing-code"), ("admin", "backup", str(data / "b"))):
        told = run(None, *command, "--data", str(data), expect=7)
        assert "newer Milepost (server 99" in told
        assert "Upgrade" in told
    assert rows_of(data) == before


def newer(data: Path) -> None:
    change = "UPDATE schema_parts SET version = 99 WHERE part = 'server'"
    if url := DataFolder(data).database():

        async def run_there() -> None:
            connection = await asyncpg.connect(url)
            await connection.execute(change)
            await connection.close()

        asyncio.run(run_there())
    else:
        with closing(sqlite3.connect(data / FILE_NAME)) as connection, connection:
            connection.execute(change)


KILLED = """
import asyncio, sys
from milepost.database import SqliteDatabase
from milepost_server.postgres import PostgresDatabase
from milepost_server.services import PARTS

made = "CREATE TABLE made (n BIGINT); INSERT INTO made {}; CREATE TABLE more (n BIGINT)"
counted = "WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 3000000) SELECT n FROM c"
database = {"sqlite": lambda: SqliteDatabase(sys.argv[2]), "postgres": lambda: PostgresDatabase(sys.argv[2])}[sys.argv[1]]()
print("begins", flush=True)
asyncio.run(database.open({**PARTS, "server": [*PARTS["server"], made.format(counted)]}))
print("done", flush=True)
"""
"""Opens a database with a migration of some seconds more."""


@ENGINES
@pytest.mark.parametrize("schema", [schemas.kept()[-1]])
def test_a_migration_that_is_killed_leaves_the_schema_as_it_was(data: Path, schema: str, engine: str) -> None:
    before = rows_of(data)
    where = DataFolder(data).database() or str(data / FILE_NAME)
    for wait_s in (0.05, 0.3, 0.8):
        process = subprocess.Popen([sys.executable, "-c", KILLED, engine, where], stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        assert process.stdout.readline() == "begins\n"
        time.sleep(wait_s)
        os.kill(process.pid, signal.SIGKILL)
        rest = process.communicate()[0]
        assert rest == "", "it was done before: this shows nothing"
        assert rows_of(data) == before
    asyncio.run(open_and_close(data))
    assert verify_folder(DataFolder(data)).ok


async def test_a_newer_part_keeps_older_ones_from_being_migrated(tmp_path: Path, postgres_url: str) -> None:
    """`log` would come first."""
    older = {"log": PARTS["log"][:1], "server": PARTS["server"]}
    for database in (SqliteDatabase(tmp_path / "a.sqlite3"), PostgresDatabase(postgres_url)):
        await database.open(older)
        await database.close()
    for database in (SqliteDatabase(tmp_path / "a.sqlite3"), PostgresDatabase(postgres_url)):
        with pytest.raises(StorageDamaged, match="newer Milepost"):
            await database.open({"log": PARTS["log"], "server": PARTS["server"][:-1]})
    async with file_source(tmp_path / "a.sqlite3") as one, postgres_source(postgres_url) as other:
        assert (await versions_of(one))["log"] == (await versions_of(other))["log"] == 1


OPENING = """
import asyncio, sys
from pathlib import Path
from milepost_server.services import open_services

async def run():
    _, database = await open_services(Path("."), database_url=sys.argv[1])
    await database.close()

sys.stdin.readline()
asyncio.run(run())
"""


@pytest.mark.parametrize("schema", [schemas.kept()[0]])
@pytest.mark.parametrize("engine", ["postgres"])
def test_servers_that_start_at_once_on_an_earlier_schema_migrate_it_once(
    tmp_path: Path, data: Path, schema: str, engine: str
) -> None:
    """Processes of their own, each on a folder of its own."""
    url = DataFolder(data).database()
    started = [
        subprocess.Popen([sys.executable, "-c", OPENING, url], cwd=tmp_path, stdin=subprocess.PIPE) for _ in range(4)
    ]
    for process in started:
        assert process.stdin is not None
        process.stdin.write(b"\n")
        process.stdin.flush()
    for process in started:
        process.communicate()
    assert [process.returncode for process in started] == [0] * 4
    assert verify_folder(DataFolder(data)).ok
    assert asyncio.run(standing_of(data))
    assert rows_of(data)["accounts"].total() == 1
