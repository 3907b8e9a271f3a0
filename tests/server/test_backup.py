"""Backups of both engines, put back into both: whole, checked, private, and repaired by devices afterwards."""

import os
import sqlite3
import stat
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from shutil import copytree

import pytest

from milepost_server.data_folder import DataFolder
from milepost_server.services import FILE_NAME
from milepost_server.verify import verify_file, verify_folder
from tests.postgres import PostgresServer
from tests.processes import MILEPOST, Home, run, serving
from tests.server.lived import add_by_script, assert_same, in_file, live_in, rows_of

ENGINES = pytest.mark.parametrize("engine", ["sqlite", "postgres"])


@pytest.fixture(scope="module")
def lived_in(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a server's data, one device's folder and the token of a script: to be copied, not used."""
    folder = tmp_path_factory.mktemp("lived")
    with serving(folder / "data") as server:
        token = live_in(server, Home(folder / "laptop"))
        assert server.stop() == 0
    (folder / "token").write_text(token)
    return folder


@pytest.fixture
def here(lived_in: Path, tmp_path: Path) -> Path:
    return copytree(lived_in, tmp_path / "here")


@pytest.fixture
def another_url(postgres: PostgresServer) -> Iterator[str]:
    with postgres.schema() as url:
        yield url


def begin(here: Path, engine: str, request: pytest.FixtureRequest) -> Path:
    """The data folder, served by an engine."""
    if engine == "postgres":
        run(
            None,
            "admin",
            "migrate-store",
            "--data",
            str(here / "data"),
            "--to",
            request.getfixturevalue("postgres_url"),
        )
    return here / "data"


def in_step(*homes: Home) -> None:
    for _ in range(2):
        for home in homes:
            home("sync")
    assert len({home("status")["state_hash"] for home in homes}) == 1


@ENGINES
def test_a_backup_beside_a_running_server_goes_back_into_either_engine(
    here: Path, engine: str, another_url: str, request: pytest.FixtureRequest
) -> None:
    data, file = begin(here, engine, request), here / "backup.sqlite3"
    with serving(data) as server:
        server.code()
        told = run(None, "admin", "backup", str(file), "--data", str(data))
        assert "Every chain holds" in told
    wanted = rows_of(data)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in here.iterdir() if path.name.startswith("backup")] == ["backup.sqlite3"]
    assert_same(in_file(file), wanted)
    for name, more in (("one", ()), ("other", ("--database", another_url))):
        run(None, "admin", "restore", str(file), "--data", str(here / name), *more)
        assert_same(rows_of(here / name), wanted)
        assert verify_folder(DataFolder(here / name)).ok
    assert stat.S_IMODE((here / "one" / FILE_NAME).stat().st_mode) == 0o600
    assert {path.name for path in (here / "one").iterdir()} == {FILE_NAME, "lock"}


@ENGINES
def test_after_a_restore_devices_bring_back_all_that_came_since(
    here: Path, engine: str, request: pytest.FixtureRequest
) -> None:
    data, file = begin(here, engine, request), here / "backup.sqlite3"
    laptop, phone, token = Home(here / "laptop"), Home(here / "phone"), (here / "token").read_text()
    with serving(data) as server:
        laptop("pair", server.url, server.code(), "--name", "laptop")
        phone("pair", server.url, server.code(), "--name", "phone")
        in_step(laptop, phone)
        run(None, "admin", "backup", str(file), "--data", str(data))
        laptop("goal", "add", "Since the backup")
        phone("checkin", "--note", "since the backup as well")
        add_by_script(server, token, "By a script since the backup")
        in_step(laptop, phone)
        since = laptop("status")
        phone("goal", "add", "Not sent yet")

        refused = run(None, "admin", "restore", str(file), "--data", str(data), expect=7)
        assert "Another process uses" in refused
        server.stop()
        told = run(None, "admin", "restore", str(file), "--data", str(data))
        (before,) = data.glob("before-restore-*.sqlite3")
        assert str(before) in told
        # The journal is shared, so that there is a private one beside it, with an event of its own.
        assert verify_file(before).events == since["head"] + 1
        assert verify_folder(DataFolder(data)).events < since["head"] + 1

        server.start()
        assert laptop("sync")["repaired"] >= 3
        in_step(phone, laptop)
        add_by_script(server, token, "By a script after the restore")
        in_step(phone, laptop)
        titles = {goal["title"] for goal in laptop("goal", "list")}
        assert titles >= {"Since the backup", "By a script since the backup", "Not sent yet"}
        assert "By a script after the restore" in titles
    found = verify_folder(DataFolder(data))
    assert (found.ok, found.events) == (True, since["head"] + 3)


def test_a_database_of_another_server_is_only_replaced_by_force(here: Path, postgres_url: str) -> None:
    data, file, theirs = here / "data", here / "backup.sqlite3", here / "theirs"
    run(None, "admin", "backup", str(file), "--data", str(data))
    DataFolder(theirs).make()
    DataFolder(theirs).remember_database(postgres_url)
    run(None, "admin", "pairing-code", "--data", str(theirs))
    was = rows_of(theirs)
    words = ("admin", "restore", str(file), "--data", str(here / "new"), "--database", postgres_url)
    assert "--force" in run(None, *words, expect=2)
    assert rows_of(theirs) == was
    assert DataFolder(here / "new").database() == ""
    run(None, *words, "--force")
    assert_same(rows_of(here / "new"), in_file(file))
    (before,) = (here / "new").glob("before-restore-*.sqlite3")
    assert in_file(before)["accounts"] == was["accounts"]
    refused = run(None, "admin", "restore", str(file), "--data", str(data), "--database", postgres_url, expect=2)
    assert "has a database of its own" in refused


def test_a_damaged_file_is_replaced_and_kept_aside_as_it_is(here: Path) -> None:
    data, file = here / "data", here / "backup.sqlite3"
    run(None, "admin", "backup", str(file), "--data", str(data))
    garbage = b"not a database any more" * 999
    (data / FILE_NAME).write_bytes(garbage)
    (data / f"{FILE_NAME}-wal").write_bytes(garbage)
    run(None, "admin", "restore", str(file), "--data", str(data))
    assert_same(rows_of(data), in_file(file))
    (before,) = data.glob("before-restore-*.sqlite3")
    assert before.read_bytes() == garbage
    assert before.with_name(f"{before.name}-wal").read_bytes() == garbage
    assert verify_folder(DataFolder(data)).ok


def test_a_damaged_postgres_is_filled_anew_and_what_it_held_is_kept(
    here: Path, postgres_url: str, postgres: PostgresServer
) -> None:
    data, file, schema = here / "data", here / "backup.sqlite3", postgres_url.rpartition("=")[2]
    run(None, "admin", "migrate-store", "--data", str(data), "--to", postgres_url)
    run(None, "admin", "backup", str(file), "--data", str(data))
    postgres.run(f"DELETE FROM {schema}.events WHERE seq % 7 = 0")
    postgres.run(f"UPDATE {schema}.heads SET seq = 3")
    assert not verify_folder(DataFolder(data)).ok
    run(None, "admin", "restore", str(file), "--data", str(data))
    assert_same(rows_of(data), in_file(file))
    assert verify_folder(DataFolder(data)).ok
    (before,) = data.glob("before-restore-*.sqlite3")
    assert not verify_file(before).ok


def test_a_restore_into_postgres_that_is_killed_is_served_by_nobody_until_it_is_done_again(
    here: Path, postgres_url: str, postgres: PostgresServer
) -> None:
    data, file, schema = here / "data", here / "backup.sqlite3", postgres_url.rpartition("=")[2]
    run(None, "admin", "backup", str(file), "--data", str(data))
    other = here / "other"
    DataFolder(other).make()
    DataFolder(other).remember_database(postgres_url)
    run(None, "admin", "pairing-code", "--data", str(other))
    was = rows_of(other)
    words = [*MILEPOST, "admin", "restore", str(file), "--data", str(other)]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
    while not postgres.run(f"SELECT 1 FROM {schema}.schema_parts WHERE part = 'copying'"):
        assert process.poll() is None, "it was not cut short: this shows nothing"
    process.kill()
    process.communicate()
    (before,) = other.glob("before-restore-*.sqlite3")
    assert in_file(before) == {name: rows for name, rows in was.items() if name != "heads"} | {"heads": Counter()}
    assert "not finished" in run(None, "serve", "--data", str(other), "--port", "0", expect=7)
    assert "not finished" in run(None, "admin", "pairing-code", "--data", str(other), expect=7)
    run(None, *words[len(MILEPOST) :])
    assert_same(rows_of(other), in_file(file))
    assert list(other.glob("before-restore-*")) == [before], "what was there, and not half a copy"
    run(None, "admin", "restore", str(before), "--data", str(other))
    assert {name: rows for name, rows in rows_of(other).items() if rows} == {n: r for n, r in was.items() if r}


def test_a_backup_of_a_server_that_was_killed_has_what_was_acknowledged(here: Path) -> None:
    laptop, file = Home(here / "laptop"), here / "backup.sqlite3"
    with serving(here / "data") as server:
        laptop("pair", server.url, server.code())
        laptop("goal", "add", "The last thing")
        laptop("sync")
        server.kill()
        assert (here / "data" / f"{FILE_NAME}-wal").stat().st_size
        run(None, "admin", "backup", str(file), "--data", str(here / "data"))
        assert_same(in_file(file), rows_of(here / "data"))
        run(None, "admin", "restore", str(file), "--data", str(here / "data"))
        (before,) = (here / "data").glob("before-restore-*.sqlite3")
        assert_same(in_file(before), in_file(file))
        assert not (here / "data" / f"{FILE_NAME}-wal").exists()


def test_a_file_is_not_replaced_unasked_and_stays_where_another_can_not_be_made(here: Path) -> None:
    file = here / "backup.sqlite3"
    file.write_text("mine")
    assert "--force" in run(None, "admin", "backup", str(file), "--data", str(here / "data"), expect=2)
    connection = sqlite3.connect(here / "data" / FILE_NAME)
    with connection:
        connection.execute("UPDATE events SET body = replace(CAST(body AS TEXT), 'Wording', 'Warding')")
    told = run(None, "admin", "backup", str(file), "--data", str(here / "data"), "--force", expect=7)
    assert "does not add up" in told
    assert file.read_text() == "mine"
    with connection:
        connection.execute("UPDATE events SET body = CAST(replace(CAST(body AS TEXT), 'Warding', 'Wording') AS BLOB)")
    connection.close()
    run(None, "admin", "backup", str(file), "--data", str(here / "data"), "--force")
    assert verify_file(file).ok
    assert not list(here.glob("*.partial*"))


@ENGINES
def test_what_is_no_whole_backup_is_refused_and_changes_nothing(
    here: Path, engine: str, request: pytest.FixtureRequest
) -> None:
    data, file = begin(here, engine, request), here / "backup.sqlite3"
    run(None, "admin", "backup", str(file), "--data", str(data))
    whole, wanted = file.read_bytes(), rows_of(data)

    def refused(code: int, words: str) -> None:
        assert words in run(None, "admin", "restore", str(file), "--data", str(data), expect=code)
        assert_same(rows_of(data), wanted)
        assert not list(data.glob("before-*"))
        assert not list(data.glob("*.partial*"))

    file.write_bytes(whole[: len(whole) // 2])
    refused(7, "can't be read as a Milepost database")
    file.write_bytes(b"no database at all" * 1000)
    refused(7, "can't be read as a Milepost database")
    file.write_bytes((here / "laptop" / "device.sqlite3").read_bytes())
    refused(3, "no Milepost server's database")
    for change, words in (
        ("DELETE FROM events WHERE seq = (SELECT MAX(seq) - 1 FROM events)", "does not add up"),
        ("UPDATE schema_parts SET version = 99 WHERE part = 'server'", "newer Milepost (server 99"),
    ):
        file.write_bytes(whole)
        connection = sqlite3.connect(file)
        with connection:
            connection.execute(change)
        connection.close()
        refused(7, words)
    file.unlink()
    refused(3, "There is no")


DYING = """
import os, sqlite3, sys
from pathlib import Path
from shutil import copytree
from milepost_server.restoring import restore
from milepost_server.data_folder import DataFolder

calls = 0

def counted(owner, name, last):
    real = getattr(owner, name)

    def called(*args, **kwargs):
        global calls
        calls += 1
        if calls == last:
            os._exit(9)
        return real(*args, **kwargs)

    setattr(owner, name, called)

here, status, number = Path(sys.argv[1]), 9, 0
while os.waitstatus_to_exitcode(status) if number else True:
    number += 1
    data = copytree(here / "data", here / f"cut-{number}")
    child = os.fork()
    if not child:
        for owner, name in ((os, "link"), (os, "fsync"), (os, "open"), (Path, "replace"), (Path, "unlink")):
            counted(owner, name, number)
        counted(sqlite3, "connect", number)
        restore(DataFolder(data), here / "backup.sqlite3")
        os._exit(0)
    _, status = os.waitpid(child, 0)
print(number)
"""
"""Restores again and again, each time cut off at a later call, until one comes to its end."""


def test_a_restore_cut_short_leaves_the_folder_as_it_was_or_as_the_backup_has_it(here: Path) -> None:
    run(None, "admin", "backup", str(here / "backup.sqlite3"), "--data", str(here / "data"))
    run(None, "admin", "pairing-code", "--data", str(here / "data"))
    was, backup = rows_of(here / "data"), in_file(here / "backup.sqlite3")
    assert was != backup
    done = subprocess.run([sys.executable, "-c", DYING, str(here)], capture_output=True, text=True, check=True)
    ends = [rows_of(here / f"cut-{number}") for number in range(1, int(done.stdout) + 1)]
    turned = ends.index(backup)
    assert 5 < turned < len(ends)
    assert all(end == was for end in ends[:turned])
    assert all(end == backup for end in ends[turned:])


@ENGINES
def test_a_backup_while_devices_write_is_of_one_moment(here: Path, engine: str, request: pytest.FixtureRequest) -> None:
    data = begin(here, engine, request)
    laptop = Home(here / "laptop")
    with serving(data, "--unlimited") as server:
        laptop("pair", server.url, server.code())
        pid = os.fork()
        if pid == 0:
            try:
                _write_on(laptop)
            finally:
                os._exit(0)
        try:
            for number in range(4):
                file = here / f"backup-{number}.sqlite3"
                run(None, "admin", "backup", str(file), "--data", str(data))
                assert verify_file(file).ok
        finally:
            os.kill(pid, 9)
            os.waitpid(pid, 0)
        counts = [verify_file(here / f"backup-{number}.sqlite3").events for number in range(4)]
    assert counts[0] < counts[-1], "nothing was written meanwhile: this shows nothing"
    assert counts == sorted(counts)


def _write_on(home: Home) -> None:
    from milepost.client import HttpServer, sync
    from milepost.device import Device
    from milepost.events import Draft

    device = Device(home.folder)
    server = HttpServer(device.log.setting("server"), device.log.setting("token"))
    journal = device.rows()[0].journal
    goal = next(iter(device.state(journal).visible("goal")))
    for number in range(10**6):
        device.append(journal, [Draft("goal.revised", {"id": goal, "title": f"Written on {number}"})])
        sync(device, server)


def test_words_that_were_taken_out_leave_no_trace_in_a_backup(here: Path, server_killed_before_it_scrubs: Path) -> None:
    file = here / "backup.sqlite3"
    run(None, "admin", "backup", str(file), "--data", str(server_killed_before_it_scrubs))
    assert b"Unspeakable" not in file.read_bytes()


@pytest.fixture
def server_killed_before_it_scrubs(here: Path) -> Path:
    """A file in whose unused parts a word is left, as the file itself notes."""
    laptop, data = Home(here / "laptop"), here / "data"
    with serving(data) as server:
        laptop("pair", server.url, server.code())
        server.stop()
    connection = sqlite3.connect(data / FILE_NAME)
    connection.execute("PRAGMA secure_delete = OFF")
    with connection:
        connection.execute("UPDATE accounts SET name = ?", ("Unspeakable " * 500,))
    with connection:
        connection.execute("UPDATE accounts SET name = 'owner'")
        connection.execute("PRAGMA user_version = 1")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    assert b"Unspeakable" in (data / FILE_NAME).read_bytes()
    return data
