"""Runs a plugin out of its folder, in a process of its own: `python -m milepost.kit.trial WHAT FOLDER OPTIONS RESULT`.

`check` gives findings, `show` what the plugin makes of the sample journal; both are written to the file RESULT as JSON.
"""

import contextlib
import os
import sys
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from milepost.kit.bounded import PATIENCE_S
from milepost.kit.conforming import Tried, conforming
from milepost.kit.packaging import Finding
from milepost.kit.showing import Shown, showing
from milepost.kit.source import Source, read_source
from milepost.plugin_loading import load_plugin
from milepost.plugin_places import Place, place_of, with_place
from milepost.plugins import DATA, KINDS, Plugin, Plugins


class Options(Struct, frozen=True, kw_only=True):
    """What a person gives along: settings as they type them, and a file for what reads one."""

    settings: dict[str, str] = {}
    file: str | None = None
    patience_s: float = PATIENCE_S
    """How long each test may take."""
    at: str | None = None
    """The file in which to say what is under way: somebody may have to end it."""

    def under_way(self, what: str) -> None:
        """Says what is under way."""
        if self.at is not None:
            Path(self.at).write_text(what, "utf-8")


def check(source: Source, options: Options) -> list[Finding]:
    """What is found where the plugin is loaded, and run as far as that goes without its author's own tests."""
    found: list[Finding] = []
    for point in source.points:
        plugins = Plugins()
        options.under_way(f"loading {point.module}")
        plugin, place = _loaded(plugins, point)
        brought = [name for kind in (*KINDS, *DATA) for name in getattr(plugin, kind)]
        if plugin.problem:
            found.append(Finding(check="loads", result="wrong", words=f"{with_place(plugin.problem, place)}."))
        elif not brought:
            words = "It loads and brings nothing: mark a function as @hookimpl, and return a class from it."
            found.append(Finding(check="loads", result="wrong", words=words))
        else:
            found.append(Finding(check="loads", result="ok", words=f"brings {', '.join(brought)}"))
            found += _version(point)
            found += conforming(plugins, Tried(options.settings, options.patience_s, options.under_way))
    return found


def _version(point: EntryPoint) -> list[Finding]:
    said = getattr(sys.modules.get(point.module), "milepost_api", None)
    if said is not None:
        return [Finding(check="API version", result="ok", words=f"{said[0]} to {said[1]}")]
    words = "It does not say which versions of the API it works with: add `milepost_api = (1, 1)` to its module."
    return [Finding(check="API version", result="advice", words=words)]


def show(source: Source, options: Options) -> list[Shown]:
    """What each part of the plugin gives."""
    found: list[Shown] = []
    for point in source.points:
        plugins = Plugins()
        plugin, place = _loaded(plugins, point)
        if plugin.problem:
            problem = with_place(plugin.problem, place)
            found.append(Shown(title=f"{point.name} can't be loaded", lines=[problem], failed=True))
        else:
            file = Path(options.file) if options.file else None
            found += showing(plugins, options.settings, file, options.patience_s)
    return found


def _loaded(plugins: Plugins, point: EntryPoint) -> tuple[Plugin, Place | None]:
    """A plugin that was loaded, or could not be, and then where that is seen in its own files."""
    raised: list[Exception] = []
    plugin = load_plugin(plugins, point, raised=raised.append)
    return plugin, place_of(raised[0], point.module.partition(".")[0]) if raised else None


def main(what: str, folder: str, options: str, result: str) -> None:
    """Writes down what is found."""
    source = read_source(Path(folder))
    sys.path[:0] = [str(root) for root in source.roots]
    run: Any = {"check": check, "show": show}[what]
    found = run(source, msgspec.json.decode(options, type=Options))
    with contextlib.suppress(FileNotFoundError):  # whoever asked may have ended meanwhile
        Path(result).write_bytes(msgspec.json.encode(found))


if __name__ == "__main__":
    main(*sys.argv[1:5])
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)  # whatever the plugin left running is not waited for
