"""The example connector and inbox, installed as anybody would, in a real server beside what they connect to."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PIP = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", "install", "--no-deps"]


def told(name: str, folder: Path) -> str:
    """What an example's story prints, with the example installed, and nothing of it left behind."""
    source = shutil.copytree(ROOT / "examples" / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    subprocess.run([*PIP, "--no-build-isolation", "--target", folder / "site", source], check=True)
    (folder / "temporary").mkdir()
    done = subprocess.run(
        [sys.executable, ROOT / "examples" / name / "story.py"],
        check=False,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(folder / "site"), "TMPDIR": str(folder / "temporary")},
        timeout=120,
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stdout + done.stderr
    assert list((folder / "temporary").iterdir()) == []
    return done.stdout


def test_milestones_go_to_a_list_and_come_back_done_also_where_the_list_is_killed_between(tmp_path: Path) -> None:
    story = told("06_connector", tmp_path)
    for said in (
        "Done there, it is reached here",
        "While the list is away, that is said, and nothing is lost",
        "Once it is back, all is there",
        "Deleted there, a milestone stays here as it was",
        "What is withdrawn is gone there",
    ):
        assert said in story


def test_minutes_that_are_sent_come_in_once_and_what_is_not_signed_does_not(tmp_path: Path) -> None:
    story = told("07_inbox", tmp_path)
    for said in (
        "The check-in is there once",
        "Signed by somebody else, it is refused",
        "Removed, its address is none any more",
    ):
        assert said in story


@pytest.mark.parametrize("name", ["06_connector", "07_inbox"])
def test_a_story_without_its_plugin_says_what_to_do_and_stops_its_servers(name: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "examples" / name / "story.py"],
        check=False,
        capture_output=True,
        text=True,
        env={**os.environ, "TMPDIR": str(tmp_path)},
        timeout=60,
    )
    assert done.returncode != 0
    assert "milepost plugin list" in done.stderr
    assert list(tmp_path.iterdir()) == []
