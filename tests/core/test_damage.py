"""A device's file with bytes overwritten anywhere: every command says so and points at the doctor, who mends it."""

import json
import sqlite3
from pathlib import Path
from random import Random

import pytest

from milepost.cli import run
from milepost.device import FILE_NAME
from tests.core.terminal import Milepost

COMMANDS = ("goal list", "checkin list", "status", "goal add Another", "journal list", "refused", "log", "sync")


@pytest.fixture
def file(milepost: Milepost, tmp_path: Path) -> Path:
    milepost("goal", "add", "Calm", "--why", "so")
    for number in range(12):
        milepost("checkin", "--note", f"Words of day {number}, and a few more of them")
    path = tmp_path / "home" / FILE_NAME
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return path


def overwrite(path: Path, name: str) -> None:
    """The first page of a table or an index becomes garbage."""
    connection = sqlite3.connect(path)
    (page,) = connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = ?", (name,)).fetchone()
    connection.close()
    body = bytearray(path.read_bytes())
    body[(page - 1) * 4096 : page * 4096] = b"\xbd" * 4096
    path.write_bytes(body)


@pytest.mark.parametrize("part", ["events", "settings", "journals", "events_by_device"])
def test_each_command_on_a_damaged_file_says_so_and_names_the_doctor(milepost: Milepost, file: Path, part: str) -> None:
    overwrite(file, part)
    before = file.read_bytes()
    said = {command: (run(command.split()), milepost.capsys.readouterr().err) for command in COMMANDS}
    damaged = [words for code, words in said.values() if code == 7]
    assert damaged
    assert all("`milepost doctor` brings all that can be read of it into a new one." in words for words in damaged)
    assert run(["help-now"]) == 0
    assert "emergency number" in milepost.capsys.readouterr().out
    assert run(["doctor", "--offline"]) == 7
    milepost.capsys.readouterr()
    assert run(["doctor", "--offline", "--fix"]) in {0, 7}
    told = milepost.capsys.readouterr()
    (aside,) = file.parent.glob(f"damaged-*{FILE_NAME}")
    assert str(aside) in told.out + told.err
    assert aside.read_bytes() == before
    assert run(["doctor", "--offline"]) == 0
    assert run(["goal", "add", "It goes on"]) == 0


def test_an_entry_that_is_no_text_any_more_is_damage_and_the_others_are_saved(milepost: Milepost, file: Path) -> None:
    body = file.read_bytes()
    assert body.count(b"Words of day 11") == 1
    file.write_bytes(body.replace(b"Words of day 11", b"W\xf0rds of day 11"))
    assert "`milepost doctor`" in milepost.fails(7, "log")
    assert run(["doctor", "--offline", "--fix", "--json"]) == 0
    told = json.loads(milepost.capsys.readouterr().out)
    (found,) = [one for one in told["findings"] if one["code"] == "damaged"]
    assert found["saved"]["events"] == 13
    assert len(milepost("checkin", "list")) == 11


@pytest.mark.parametrize("seed", range(12))
def test_bytes_overwritten_anywhere_end_in_no_traceback_and_the_doctor_mends_them(
    milepost: Milepost, file: Path, seed: int
) -> None:
    rnd = Random(seed)
    body = bytearray(file.read_bytes())
    for _ in range(rnd.choice([1, 2, 5, 20])):
        at, length = rnd.randrange(100, len(body) - 4096), rnd.choice([1, 4, 40, 400, 4096])
        body[at : at + length] = rnd.choice([rnd.randbytes(length), bytes(length)])
    file.write_bytes(body)
    for command in (*COMMANDS, "help-now", "doctor --offline"):
        run(command.split())
        milepost.capsys.readouterr()
    run(["doctor", "--offline", "--fix"])
    milepost.capsys.readouterr()
    assert run(["goal", "add", "It goes on"]) == 0
    assert run(["goal", "list"]) == 0
    assert "It goes on" in milepost.capsys.readouterr().out
