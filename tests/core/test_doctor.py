"""`milepost doctor`: what is wrong is found, explained and mended, and no words are lost by that."""

import io
import os
import sqlite3
import stat
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest

from milepost.cli import run
from milepost.cli.terminal import Terminal
from milepost.cli.watching import LOCK_NAME
from milepost.clock import format_hlc, wall_clock_ms
from milepost.device import FILE_NAME, Device
from milepost.device_file import SCHEMA
from milepost.device_snapshot import packed, unpacked
from milepost.errors import StorageDamaged
from milepost.folder import exclusive
from milepost.journal import state_hash
from milepost.quarantine import waiting
from milepost.salvage import salvage
from milepost.views.journal import journal_view
from tests.core.terminal import Milepost, today
from tests.core.test_device import add
from tests.simulation import World


@pytest.fixture
def home(milepost: Milepost, tmp_path: Path) -> Path:
    goal = milepost("goal", "add", "Calm", "--why", "so")["id"]
    for number in range(5):
        milepost("checkin", goal, "--value", str(number))
    return tmp_path / "home"


def codes(milepost: Milepost, *arguments: str) -> set[str]:
    return {one["code"] for one in milepost("doctor", *arguments)["findings"]} - {"sqlite"}


def sql(home: Path, statement: str, *values: object) -> None:
    connection = sqlite3.connect(home / FILE_NAME)
    connection.execute(statement, values)
    connection.commit()
    connection.close()


@pytest.mark.usefixtures("home")
def test_a_device_in_order_is_well(milepost: Milepost) -> None:
    assert codes(milepost) == set()
    assert milepost("doctor")["ok"]
    assert milepost.text("doctor").splitlines()[-1] == "All is well."


def test_where_nothing_has_begun_there_is_nothing_to_look_at(milepost: Milepost, tmp_path: Path) -> None:
    assert "nothing here yet" in milepost.text("doctor")
    assert not (tmp_path / "home").exists()


def test_a_folder_that_others_may_look_into_is_closed(milepost: Milepost, home: Path) -> None:
    home.chmod(0o755)
    assert run(["doctor", "--json"]) == 7
    assert '"permissions"' in milepost.capsys.readouterr().out
    assert stat.S_IMODE(os.stat(home).st_mode) == 0o755, "it only looks"  # noqa: PTH116
    assert "permissions" in codes(milepost, "--fix")
    assert stat.S_IMODE(os.stat(home).st_mode) == 0o700  # noqa: PTH116
    assert codes(milepost) == set()


def test_at_a_terminal_it_asks_before_it_mends(milepost: Milepost, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home.chmod(0o755)
    for answer, code in (("\n", 7), ("y\n", 0)):
        with monkeypatch.context() as there:
            there.setattr(Terminal, "interactive", property(lambda self: True))
            there.setattr("sys.stdin", io.StringIO(answer * 2))
            assert run(["doctor"]) == code
        assert "Do it?" in milepost.capsys.readouterr().out


def test_a_kept_state_that_is_not_what_the_log_adds_up_to_is_worked_out_anew(
    milepost: Milepost, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as small:
        small.setattr("milepost.device_states.KEEP_STATE_AFTER", 1)
        milepost("goal", "add", "Another")
    database = sqlite3.connect(home / FILE_NAME)
    (body,) = database.execute("SELECT body FROM states").fetchone()
    database.execute("UPDATE states SET body = ?", (packed(unpacked(body).replace(b"goal", b"goat")),))
    database.commit()
    database.close()
    assert "state" in codes(milepost, "--fix")
    assert codes(milepost) == set()
    assert {goal["title"] for goal in milepost("goal", "list")} == {"Calm", "Another"}


def test_a_kept_state_that_is_garbage_is_passed_over(
    milepost: Milepost, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as small:
        small.setattr("milepost.device_states.KEEP_STATE_AFTER", 1)
        milepost("goal", "add", "Another")
    for garbage in ("X''", "X'28b52ffd00ff'", "CAST('{}' AS BLOB)", "CAST('{\"fold\": 2}' AS BLOB)"):
        sql(home, f"UPDATE states SET body = {garbage}")
        assert {goal["title"] for goal in milepost("goal", "list")} == {"Calm", "Another"}


def test_a_log_that_does_not_add_up_is_compared_with_the_servers_again(milepost: Milepost, home: Path) -> None:
    world = World(home.parent)
    device = world.device("home")
    world.meet(device)
    before = state_hash(device.state(device.rows()[0].journal))
    device.close()
    sql(home, "UPDATE events SET chain = zeroblob(32) WHERE seq = 3")
    assert codes(milepost, "--fix") == {"chain"}
    assert codes(milepost) == set()
    device = world.device("home")
    journal = device.rows()[0].journal
    report = world.meet(device)
    assert report is not None
    assert report.problems == {}
    assert state_hash(device.state(journal)) == before
    assert device.log.journal(journal).cursor.seq == 7
    device.close()
    world.close()
    assert codes(milepost) == set()


def test_what_waits_is_told(milepost: Milepost, home: Path) -> None:
    old = format_hlc(wall_clock_ms() - 30 * 86_400_000)
    device = Device(home)
    with device.log.transaction():
        device.log.set("server", "http://127.0.0.1:9")
        device.log.set("token", "none")
        device.log._sql.execute("UPDATE events SET body = json_set(CAST(body AS TEXT), '$.hlc', ?)", (old,))
    device.close()
    assert codes(milepost, "--offline") == {"unsent"}
    assert codes(milepost) == {"unsent", "offline"}, "a server that can't be reached is no reason to fail"
    assert "for more than a week" in milepost.text("doctor", "--offline")


# A file that can't be used


def broken(home: Path) -> None:
    """The first page is gone: SQLite opens nothing of it any more."""
    connection = sqlite3.connect(home / FILE_NAME)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    body = bytearray((home / FILE_NAME).read_bytes())
    body[:100] = b"\0" * 100
    (home / FILE_NAME).write_bytes(body)


def test_a_file_that_is_no_database_is_put_aside_and_never_deleted(milepost: Milepost, home: Path) -> None:
    broken(home)
    body = (home / FILE_NAME).read_bytes()
    assert run(["doctor"]) == 7
    said = milepost.capsys.readouterr()
    assert "can't be read as a Milepost database" in said.out
    assert "Nothing was changed. `milepost doctor --fix`" in said.err
    assert (home / FILE_NAME).read_bytes() == body
    assert run(["doctor", "--fix"]) == 7
    said = milepost.capsys.readouterr().err
    assert "Nothing could be read" in said
    (aside,) = home.glob(f"damaged-*{FILE_NAME}")
    assert aside.read_bytes() == body
    assert milepost("goal", "add", "Begun again")["title"] == "Begun again"


def test_what_only_can_not_be_opened_now_is_left_where_it_is(milepost: Milepost, home: Path) -> None:
    sql(home, "UPDATE schema_parts SET version = 99")
    assert "newer Milepost" in milepost.fails(7, "doctor", "--fix")
    sql(home, f"UPDATE schema_parts SET version = {len(SCHEMA)}")
    assert not list(home.glob("damaged-*"))
    assert codes(milepost) == set()


def test_a_file_that_somebody_follows_with_is_not_put_aside(milepost: Milepost, home: Path) -> None:
    broken(home)
    with exclusive(home / LOCK_NAME):
        assert run(["doctor", "--fix"]) == 7
    assert "End it first" in milepost.capsys.readouterr().err
    assert not list(home.glob("damaged-*"))


@pytest.mark.parametrize("seed", range(8))
def test_whatever_can_be_read_of_a_damaged_file_is_saved(tmp_path: Path, seed: int) -> None:
    rnd = Random(seed)
    folder = tmp_path / "d"
    device = Device(folder)
    journal = device.open_journal("Mine")
    titles = {f"Goal {number} {'words ' * 40}".strip() for number in range(60)}
    for title in sorted(titles):
        add(device, journal, title)
    device.close()
    connection = sqlite3.connect(folder / FILE_NAME)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    body = bytearray((folder / FILE_NAME).read_bytes())
    pages = len(body) // 4096
    for page in rnd.sample(range(1, pages), 3):
        body[page * 4096 : (page + 1) * 4096] = rnd.randbytes(4096)
    (folder / FILE_NAME).write_bytes(body)
    try:
        saved = salvage(folder, datetime.now(UTC))
    except StorageDamaged:
        assert list(folder.glob("damaged-*"))
        return
    (aside,) = folder.glob(f"damaged-*{FILE_NAME}")
    assert aside.read_bytes() == bytes(body)
    again = Device(folder)
    if not again.rows():
        again.close()
        return
    kept = {goal.title for goal in journal_view(again.state(journal)).goals}
    apart = {one.fields["title"] for one in waiting(again, journal) if "title" in one.fields}
    assert kept | apart <= titles | {"Mine"}
    assert len(kept) + len(apart - {"Mine"}) >= saved.events - 1
    add(again, journal, "Goes on")
    assert "Goes on" in {goal.title for goal in journal_view(again.state(journal)).goals}
    again.close()


def test_own_words_behind_a_gap_are_kept_to_be_written_again_and_no_counter_is_given_twice(
    milepost: Milepost, home: Path
) -> None:
    sql(home, "DELETE FROM events WHERE n = 3")
    before = Device(home)
    journal, old = before.rows()[0].journal, before.id
    before.close()
    saved = salvage(home, datetime.now(UTC))
    assert (saved.events, saved.left) == (2, 4)
    values = [one["fields"]["value"] for one in milepost("refused")]
    assert values == [1, 2, 3, 4]
    assert "damaged" in milepost("refused")[0]["reason"]
    device = Device(home)
    assert device.id != old
    assert device.log.journal(journal).device != old
    device.close()
    for number in range(1, 5):
        milepost("refused", "again", str(number))
    assert [one["value"] for one in milepost("checkin", "list")] == [1, 2, 3, 4]
    assert {one["on"] for one in milepost("checkin", "list")} == {today().isoformat()}


def test_what_was_saved_syncs_and_what_was_lost_comes_back(home: Path) -> None:
    world = World(home.parent)
    device = world.device("home")
    with device.log.transaction():
        device.log.set("server", "http://127.0.0.1:9")
    world.meet(device)
    journal = device.rows()[0].journal
    whole = state_hash(device.state(journal))
    device.close()
    sql(home, "DELETE FROM events WHERE n IN (3, 5)")
    salvage(home, datetime.now(UTC))
    device = world.device("home")
    assert not waiting(device, journal), "the server has them"
    world.settle([device], journal)
    assert state_hash(device.state(journal)) == whole
    device.close()
    world.close()
