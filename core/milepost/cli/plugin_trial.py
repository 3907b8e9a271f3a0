"""`milepost plugin dev` and `plugin check`: a plugin in its folder, tried out in a process of its own."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from importlib import util
from pathlib import Path
from typing import Annotated, Any

import msgspec
from cyclopts import Parameter

from milepost.cli.settings import given
from milepost.cli.show import escape
from milepost.cli.terminal import terminal
from milepost.errors import InvalidInput, MilepostError, PluginFailed
from milepost.kit.bounded import PATIENCE_S
from milepost.kit.packaging import Finding, packaging
from milepost.kit.source import Source, files_in, module_file, read_source

OVERALL = 4
"""How many times as long as one test all of them may take: enough for a slow machine, where each comes back."""
LOOK_EVERY_S = 0.5
MARKS = {"ok": "ok", "wrong": "WRONG", "advice": "advice", "skipped": "not run"}


def plugin_check(
    path: Path,
    /,
    *,
    set: Annotated[list[str] | None, Parameter(negative="")] = None,
    types: bool = True,
) -> None:
    """Look at a plugin from outside: its package, whether it loads, what it does, its types; each finding says what to do.

    Parameters
    ----------
    path
        The folder with its pyproject.toml.
    set
        A setting to try it out with, as in `--set url=https://…`; again for another. What is left out is made up.
    types
        Whether its types are checked, where mypy is installed.

    """
    source = read_source(path)
    options = {"settings": given(set)}
    found = [*packaging(source)]
    if any(module_file(source, point.module) for point in source.points):
        found += _checked(source, options)
        found += _types(source) if types else []

    def show(console: Any) -> None:
        for one in found:
            console.print(f"{MARKS[one.result]:8} {escape(one.check)}{': ' * bool(one.words)}{escape(one.words)}")

    terminal.answer(found, show)
    if wrong := sum(one.result == "wrong" for one in found):
        raise _Wrong(f"{wrong} to put right.")


class _Wrong(MilepostError):
    """Something is wrong with a plugin; what it is was said."""


def plugin_dev(
    path: Path,
    /,
    *,
    set: Annotated[list[str] | None, Parameter(negative="")] = None,
    file: Path | None = None,
    once: Annotated[bool, Parameter(negative="")] = False,
) -> None:
    """Show what a plugin makes of a sample journal, again whenever one of its files changes; Ctrl-C ends.

    Nothing leaves this machine: what it sends goes to a service in memory, and your own journals are not looked at.

    Parameters
    ----------
    path
        The folder with its pyproject.toml.
    set
        A setting to try it out with, as in `--set heading=Mine`; again for another. What is left out is made up.
    file
        What an importer reads, and what an inbox is sent.
    once
        Show it once, and end.

    """
    options = {"settings": given(set), "file": str(file.resolve()) if file else None}
    if once or terminal.json:
        _show(path, options)
        return
    watched = [path.expanduser(), *([file] if file else [])]
    try:
        while True:
            before = _stamps(watched)
            try:
                _show(path, options)
            except MilepostError as error:
                terminal.console().print(str(error), markup=False)
            terminal.console().print("\n[dim]Waiting for a change; Ctrl-C ends.[/]")
            while _stamps(watched) == before:
                time.sleep(LOOK_EVERY_S)
    except KeyboardInterrupt:
        terminal.console().print()


def _show(path: Path, options: dict[str, Any]) -> None:
    source = read_source(path)
    if not source.points:
        raise InvalidInput("It has no entry point. `milepost plugin check` says what is missing.")
    found = _run("show", source, options)

    def show(console: Any) -> None:
        for one in found:
            console.print(f"[bold]{escape(one['title'])}[/]")
            for line in one["lines"]:
                console.print(f"  {line}", markup=False)

    terminal.answer(found, show)


def _checked(source: Source, options: dict[str, Any]) -> list[Finding]:
    try:
        return msgspec.convert(_run("check", source, options), list[Finding])
    except PluginFailed as error:
        return [Finding(check="runs", result="wrong", words=str(error))]


def _run(what: str, source: Source, options: dict[str, Any]) -> list[Any]:
    """What comes of it in a process of its own, which sees no journal; what the plugin prints goes to standard error.

    Raises:
        PluginFailed: the process did not come back, or ended without a word.
    """
    with tempfile.TemporaryDirectory(prefix="milepost-") as home:
        result = Path(home) / "result.json"
        at = Path(home) / "under_way.txt"
        said = msgspec.json.encode({**options, "patience_s": PATIENCE_S, "at": str(at)}).decode()
        command = [sys.executable, "-m", "milepost.kit.trial", what, str(source.folder), said, str(result)]
        env = {**os.environ, "MILEPOST_HOME": home, "PYTHONDONTWRITEBYTECODE": "1"}
        try:
            done = subprocess.run(  # noqa: S603 - the author's own
                command,
                cwd=source.folder,
                env=env,
                stdin=subprocess.DEVNULL,
                stdout=2,  # what the plugin prints is beside the point
                timeout=PATIENCE_S * OVERALL,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            under_way = at.read_text("utf-8") if at.exists() else ""
            raise PluginFailed(
                f"It took over {PATIENCE_S * OVERALL:g} seconds: somewhere it waits for ever. "
                f"{f'Under way was {under_way}. ' * bool(under_way)}Time-outs belong around what waits."
            ) from error
        if not result.exists():
            raise PluginFailed(
                f"It ended the process it ran in (exit code {done.returncode}): a plugin may only raise."
            )
        found: list[Any] = msgspec.json.decode(result.read_bytes())
        return found


def _types(source: Source) -> list[Finding]:
    """What mypy says, where it is installed."""
    check = "types"
    if util.find_spec("mypy") is None:
        words = "mypy is not installed here: `python -m pip install mypy` has the types checked, too."
        return [Finding(check=check, result="skipped", words=words)]
    files = sorted({str(_root(file)) for point in source.points if (file := module_file(source, point.module))})
    done = subprocess.run(  # noqa: S603 - the author's own
        [sys.executable, "-m", "mypy", "--strict", "--no-error-summary", "--hide-error-context", *files],
        cwd=source.folder,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode == 0:
        return [Finding(check=check, result="ok")]
    lines = (done.stdout or done.stderr).strip().splitlines()
    more = f" And {len(lines) - 1} lines more: `mypy --strict`." if len(lines) > 1 else ""
    return [Finding(check=check, result="wrong", words=f"{lines[0] if lines else 'mypy failed.'}{more}")]


def _root(file: Path) -> Path:
    return file.parent if file.name == "__init__.py" else file


def _stamps(watched: Iterable[Path]) -> dict[str, tuple[int, int]]:
    """When each file that counts was last written, and its size."""
    found = {}
    for path in watched:
        for file in files_in(path) if path.is_dir() else [path]:
            if file.suffix in {".py", ".toml", ".typed"} or path == file:
                try:
                    about = file.stat()
                except OSError:
                    continue
                found[str(file)] = (about.st_mtime_ns, about.st_size)
    return found
