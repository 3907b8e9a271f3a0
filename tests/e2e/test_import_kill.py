"""An import is killed at any moment, again and again; in the end it is as if it never had been."""

import os
import random
import signal
import subprocess
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.processes import MILEPOST, Home

LINES = 6_000
KILLS = 8


def file_of(lines: int, path: Path) -> Path:
    first = date(2020, 1, 1)
    rows = (f"{first + timedelta(n // 4)},{n % 11},note {n}" for n in range(lines))
    path.write_text("\n".join(["day,value,note", *rows, "2026-01-01,1," + "x" * 30_000, ""]))
    return path


def what_is_there(home: Home) -> Any:
    found = home("checkin", "list")
    return sorted((one["on"], one["value"], one["note"]) for one in found)


@pytest.mark.parametrize("seed", [random.SystemRandom().randrange(10**6)], ids=["by chance"])
def test_killed_at_any_moment_an_import_comes_to_the_same(tmp_path: Path, seed: int) -> None:
    rnd = random.Random(seed)
    file = file_of(LINES, tmp_path / "days.csv")
    whole, killed = Home(tmp_path / "whole"), Home(tmp_path / "killed")
    expected = whole("import", "csv", str(file))
    killed("goal", "add", "before the storm")
    stood = []
    for kill in range(KILLS):
        process = subprocess.Popen(
            [*MILEPOST, "import", "csv", str(file)],
            env={**os.environ, "MILEPOST_HOME": str(killed.folder)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        time.sleep(rnd.uniform(0.5, 1.3))
        process.send_signal(signal.SIGINT if kill % 3 == 2 else signal.SIGKILL)
        process.communicate(timeout=30)
        listed = killed("import", "list")
        stood.append(listed[-1]["entries"] if listed else 0)
        assert stood == sorted(stood), seed
        assert len(listed) <= 1
        if listed and listed[0]["status"] == "done":
            break
    assert any(0 < n < LINES for n in stood), f"it was never cut short in the middle: {stood} (seed {seed})"
    if killed("import", "list")[0]["status"] == "begun":
        done = killed("import", "csv", str(file))
        assert {**done, "import": ""} == {**expected, "import": ""}
    assert what_is_there(killed) == what_is_there(whole), seed
    again = killed("import", "csv", str(file))
    assert (again["made"], again["passed_over"], again["refused"]) == (0, LINES, 1)
