"""The example plugins as their authors have them: their own tests pass, and nothing is wrong from outside."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ["03_custom_plugin", "06_connector", "07_inbox", "08_questionnaire"]


@pytest.mark.parametrize("name", PACKAGES)
def test_the_examples_own_tests_pass(name: str) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:asyncio"],
        check=False,
        capture_output=True,
        text=True,
        cwd=ROOT / "examples" / name,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", PACKAGES)
def test_nothing_is_wrong_with_the_example_from_outside(name: str, tmp_path: Path) -> None:
    copy = shutil.copytree(ROOT / "examples" / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    done = subprocess.run(
        [sys.executable, "-m", "milepost.cli", "plugin", "check", copy, "--json"],
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
    )
    found = json.loads(done.stdout)
    assert [one for one in found if one["result"] in {"wrong", "advice"}] == [], done.stderr
    assert {one["check"]: one["result"] for one in found}["types"] == "ok"
