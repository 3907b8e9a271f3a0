"""Where a command's words go: a pipe that closes, a disk that is full, a file that is there already."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.core.terminal import Milepost

MILEPOST = [sys.executable, "-m", "milepost.cli"]


@pytest.fixture
def several(milepost: Milepost) -> Milepost:
    for number in range(3):
        milepost("goal", "add", f"Goal {number}")
    return milepost


def test_what_is_not_text_is_refused_in_one_line(milepost: Milepost, tmp_path: Path) -> None:
    done = subprocess.run([*MILEPOST, b"goal", b"add", b"\xff\xfe"], capture_output=True, check=False)
    assert (done.returncode, done.stdout, done.stderr.count(b"\n")) == (2, b"", 1)
    assert b"not text (UTF-8)" in done.stderr
    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize("command", [["goal", "list"], ["log", "--json"], ["export", "json"], ["completion", "bash"]])
def test_output_that_fails_as_on_a_full_disk_is_said_in_one_line(
    several: Milepost, tmp_path: Path, command: list[str]
) -> None:
    (tmp_path / "out").touch()
    with (tmp_path / "out").open("rb") as unwritable:
        done = subprocess.run([*MILEPOST, *command], stdout=unwritable, stderr=subprocess.PIPE, check=False)
    assert (done.returncode, done.stderr.count(b"\n")) == (7, 1)
    assert b"What was to be printed can't be" in done.stderr


@pytest.mark.parametrize("command", [["goal", "list"], ["brief"], ["log", "--json"], ["export", "json"]])
def test_a_reader_who_has_read_enough_is_no_error(several: Milepost, command: list[str]) -> None:
    read, write = os.pipe()
    os.close(read)
    try:
        done = subprocess.run([*MILEPOST, *command], stdout=write, stderr=subprocess.PIPE, check=False)
    finally:
        os.close(write)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize("kind", ["json", "ics"])
def test_an_export_is_for_its_owner_and_writes_over_nothing(several: Milepost, tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"journal.{kind}"
    several("export", kind, "-o", str(path))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.write_text("mine")
    path.chmod(0o644)
    assert "is there already" in several.fails(2, "export", kind, "-o", str(path))
    assert path.read_text() == "mine"
    several("export", kind, "-o", str(path), "--force")
    assert (stat.S_IMODE(path.stat().st_mode), path.read_text() == "mine") == (0o600, False)
    assert "can't be written" in several.fails(7, "export", kind, "-o", str(tmp_path / "none" / "x"))
    several("export", kind, "-o", "/dev/null")


def test_what_is_asked_of_a_server_out_of_reach_is_not_said_to_go_out_later(several: Milepost) -> None:
    said = several.fails(6, "pair", "http://127.0.0.1:9", "K7QM-2XTP")
    assert "can't be reached" in said
    assert "A request is not kept for later" in said
    assert "goes out with the next sync" not in said


@pytest.mark.parametrize(
    "command",
    [
        "milestone list", "checkin list", "practice list", "session list", "topic list", "reflect list", "alliance list",
        "reminder list", "measure list", "assessment list",
    ],
)  # fmt: skip
def test_a_list_without_anything_in_it_names_what_would_add_something(milepost: Milepost, command: str) -> None:
    for _ in range(2):
        said = milepost.text(*command.split())
        assert " yet" in said
        assert "`milepost " in said
        assert milepost(*command.split()) == []
        milepost("journal", "new", "One without anything")
