"""The example plugin beside a Milepost that was built and installed as anybody would, and a broken one beside both."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "03_custom_plugin"
PIP = ["-m", "pip", "--quiet", "--disable-pip-version-check"]
BUILT_HERE = ["--no-deps", "--no-build-isolation"]

BROKEN_PROJECT = """
[build-system]
requires = ["hatchling>=1.27"]
build-backend = "hatchling.build"

[project]
name = "milepost-broken-example"
version = "1.2.3"

[project.entry-points."milepost.plugins"]
broken = "milepost_broken_example"

[tool.hatch.build.targets.wheel]
only-include = ["milepost_broken_example.py"]
"""


class Installed:
    """A fresh environment with Milepost and the example in it, and a device of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.python = folder / "venv" / "bin" / "python"
        subprocess.run([sys.executable, "-m", "venv", folder / "venv"], check=True)

    def install(self, *what: str | Path) -> None:
        subprocess.run([self.python, *PIP, "install", *what], check=True, cwd=self.folder)

    def milepost(self, *words: str) -> str:
        """What one command of that environment wrote."""
        run = subprocess.run(
            [self.folder / "venv" / "bin" / "milepost", *words],
            check=False,
            capture_output=True,
            text=True,
            cwd=self.folder,
            env={"PATH": os.environ["PATH"], "MILEPOST_HOME": str(self.folder / "device")},
        )
        assert run.returncode == 0, run.stderr
        return run.stdout

    def plugins(self) -> dict[str, dict[str, Any]]:
        return {plugin["name"]: plugin for plugin in json.loads(self.milepost("plugin", "list", "--json"))}


def copied(source: Path, folder: Path) -> Path:
    """A copy to build from, so that nothing is left in the tree."""
    return Path(
        shutil.copytree(source, folder / source.name, ignore=shutil.ignore_patterns("__pycache__", "node_modules"))
    )


def wheel_of_milepost(folder: Path) -> Path:
    checkout = folder / "checkout"
    checkout.mkdir()
    for name in ("core", "server", "plugins"):
        copied(ROOT / name, checkout)
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, checkout)
    subprocess.run([sys.executable, *PIP, "wheel", *BUILT_HERE, "--wheel-dir", folder, checkout], check=True)
    (wheel,) = folder.glob("milepost-*.whl")
    return wheel


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    folder = tmp_path_factory.mktemp("installed")
    installed = Installed(folder)
    installed.install("--require-hashes", "-r", ROOT / "requirements.lock")
    installed.install(*BUILT_HERE, wheel_of_milepost(folder), copied(EXAMPLE, folder))
    goal = json.loads(installed.milepost("goal", "add", "Say what I need", "--why", "I go *quiet*", "--json"))["id"]
    step = json.loads(installed.milepost("milestone", "add", goal, "Ask for a break", "--json"))["id"]
    installed.milepost("milestone", "reach", step)
    installed.milepost("milestone", "add", goal, "Say no to one thing", "--due", "2031-11-20")
    installed.milepost("checkin", goal, "--value", "2", "--on", "2026-11-01")
    installed.milepost("checkin", goal, "--value", "4", "--note", "asked\nonce", "--on", "2026-11-02")
    installed.milepost("goal", "let-go", json.loads(installed.milepost("goal", "add", "Run far", "--json"))["id"])
    return installed


PAGE = """\
# My journal

## Say what I need

I go \\*quiet\\*

- [x] Ask for a break
- [ ] Say no to one thing, due 2031-11-20

Latest check-in, 2026-11-02: 4, asked once

## Run far

*let go*
"""


def test_a_plugin_installed_beside_milepost_is_listed_and_exports(installed: Installed) -> None:
    found = installed.plugins()["checklist"]
    assert (found["package"], found["version"]) == ("milepost-checklist-example", "0.1.0")
    assert (found["exporters"], found["importers"], found["problem"]) == (["checklist"], [], "")
    assert not found["built_in"]
    assert installed.milepost("export", "checklist") == PAGE
    installed.milepost("export", "checklist", "-o", "goals.md")
    assert (installed.folder / "goals.md").read_text() == PAGE


def test_a_plugin_that_can_not_be_loaded_is_listed_with_the_reason_and_changes_nothing_else(
    installed: Installed, tmp_path: Path
) -> None:
    before = installed.plugins()
    assert {name: plugin["problem"] for name, plugin in before.items()} == dict.fromkeys(before, "")
    (tmp_path / "pyproject.toml").write_text(BROKEN_PROJECT)
    (tmp_path / "milepost_broken_example.py").write_text('raise RuntimeError("no such calendar")\n')
    installed.install(*BUILT_HERE, tmp_path)
    after = installed.plugins()
    broken = after.pop("broken")
    assert broken["problem"] == "RuntimeError: no such calendar"
    assert (broken["package"], broken["version"], broken["exporters"]) == ("milepost-broken-example", "1.2.3", [])
    assert after == before
    assert installed.milepost("export", "checklist") == PAGE
    assert "BEGIN:VCALENDAR" in installed.milepost("export", "ics")


def test_building_leaves_nothing_in_the_tree(installed: Installed) -> None:
    assert sorted(path.name for path in EXAMPLE.iterdir() if path.name != "__pycache__") == [
        "README.md",
        "milepost_checklist_example.py",
        "pyproject.toml",
        "tests",
    ]


def test_an_installed_milepost_has_the_web_app_with_it(installed: Installed) -> None:
    (page,) = installed.folder.glob("**/site-packages/milepost_server/web_dist/index.html")
    assert "/assets/" in page.read_text()
