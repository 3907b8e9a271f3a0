"""The example scripts, run as a person runs them."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def run(script: str, folder: Path, **environment: str) -> "subprocess.CompletedProcess[str]":
    """One script in an empty home, with all that it makes for a while in `folder`."""
    return subprocess.run(
        [sys.executable, script],
        check=False,
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(folder), **environment},
        timeout=60,
    )


def test_two_devices_tell_their_story_and_leave_nothing_behind(tmp_path: Path) -> None:
    told = run("examples/01_two_devices/story.py", tmp_path)
    assert told.returncode == 0, told.stdout + told.stderr
    assert told.stderr == ""
    assert "Both devices hold the same state" in told.stdout
    assert "It shows {'Ask for a break': '2031-12-18'}." in told.stdout
    assert list(tmp_path.iterdir()) == []


def test_two_people_share_a_journal_and_leave_nothing_behind(tmp_path: Path) -> None:
    told = run("examples/05_together/together.py", tmp_path)
    assert told.returncode == 0, told.stdout + told.stderr
    assert told.stderr == ""
    assert "what was accepted is so for both" in told.stdout
    assert "the access log has it all" in told.stdout
    assert list(tmp_path.iterdir()) == []


def test_the_calendar_is_discreet_unless_asked_and_leaves_nothing_behind(tmp_path: Path) -> None:
    told = run("examples/02_calendar_feed/feed.py", tmp_path)
    assert told.returncode == 0, told.stdout + told.stderr
    assert told.stderr == ""
    discreet, _, rest = told.stdout.partition("A file, in plain words:")
    assert "sentence" not in discreet
    assert "Say one sentence" in rest
    assert "304" in told.stdout
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("script", ["examples/01_two_devices/story.py", "examples/02_calendar_feed/feed.py"])
def test_a_script_that_can_not_go_on_ends_with_an_exit_code_and_stops_its_server(script: str, tmp_path: Path) -> None:
    (tmp_path / "httpx.py").touch()  # an empty one: nothing can be asked of a server
    (tmp_path / "temporary").mkdir()
    told = run(script, tmp_path / "temporary", PYTHONPATH=str(tmp_path))
    assert told.returncode != 0
    assert list((tmp_path / "temporary").iterdir()) == []
