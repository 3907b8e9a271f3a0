"""`milepost import …`: bringing in files of other programs, and taking that back."""

import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Annotated, Any

from cyclopts import App, Parameter
from msgspec import Struct

from milepost.cli.importing_progress import Progress
from milepost.cli.importing_words import counted_entries, say_back, say_done, say_reasons
from milepost.cli.permission import refuse_early
from milepost.cli.setting_names import settled
from milepost.cli.settings import given
from milepost.cli.show import escape, table
from milepost.cli.terminal import terminal
from milepost.clock import new_id, wall_clock_ms
from milepost.device_imports import Import, Tally
from milepost.errors import InvalidInput, MilepostError, NotFound
from milepost.importing.going_back import go_back
from milepost.importing.reading import How, digest, entries, opened
from milepost.importing.restoring import is_empty, restored
from milepost.importing.running import Copy, Known, begun, bring_in, dry_run, known_of
from milepost.inbound import take
from milepost.journal import State
from milepost.plugin_api import NAMES, Importer, JournalView
from milepost.plugin_loading import load_plugins
from milepost.plugin_settings import described, read, required, schema, written
from milepost.plugins import Plugins
from milepost.projection import project

import_app = App(name="import", help="Bring in what you have elsewhere; it can be tried first, and taken back.")
Flag = Annotated[bool, Parameter(negative="")]


@import_app.default
def import_file(
    format: str | None = None,
    file: Path | None = None,
    /,
    *,
    set: Annotated[list[str] | None, Parameter(negative="")] = None,
    restore: Flag = False,
    dry_run: Flag = False,
    yes: Flag = False,
) -> None:
    """Bring in a file. The same file again makes nothing twice; cut short, it goes on where it was.

    Parameters
    ----------
    format
        What the file is: `csv`, or what a plugin brings.
    file
        The file to read.
    set
        A setting of the format, as in `--set goal=Sleep`; again for another. `milepost plugin show` names them all.
    restore
        Put a whole journal back, from a file that `milepost export` wrote, into one with nothing in it.
    dry_run
        Only say what would be brought in.
    yes
        Don't ask first.

    """
    plugins = load_plugins()
    if format is None or file is None:
        raise InvalidInput(f"Say what to bring in: `milepost import FORMAT FILE`. {_formats(plugins)}")
    importer = plugins.importer(format)
    settings = _named(importer, read(importer.settings, _completed(importer, given(set)), texts=True))
    run = _Run(importer, settings, file, "restore" if restore else "read")
    if restore:
        run.check_empty()
    if dry_run:
        _answer(run.begin(), run.tried(), dry=True)
        return
    if terminal.interactive and not yes:
        one, tally = run.begin(), run.tried()
        terminal.console().print(f"{say_done(one, tally, dry=True)}{say_reasons(tally)}")
        if terminal.ask("Bring it in? [dim](yes / Enter for no)[/]") != "yes":
            raise InvalidInput("Nothing was brought in.")
    done = run.brought_in()
    _answer(done, done.tally, dry=False)


def _completed(importer: type[Importer[Any]], typed: dict[str, str]) -> dict[str, str]:
    """What was set, and what a person at a terminal is asked for as it must be."""
    if terminal.interactive:
        for name in required(importer.settings):
            if name not in typed and (said := terminal.ask(f"{name}: {escape(described(importer.settings, name))}")):
                typed[name] = said
    return typed


def _named(importer: type[Importer[Any]], settings: Struct) -> Struct:
    """The settings, with ids for what they name in the journal, if there is one."""
    about = schema(importer.settings)
    if not terminal.begun or not any(NAMES in field for field in about.get("properties", {}).values()):
        return settings
    return read(importer.settings, settled(about, written(settings), terminal.state()))


class _Run:
    """One file on its way into the journal in use."""

    def __init__(self, importer: type[Importer[Any]], settings: Struct, path: Path, how: How) -> None:
        self._importer, self._settings, self._path, self._how = importer, settings, path, how
        self._taking = restored if how == "restore" else take
        self._digest = ""
        self._one: Import | None = None

    def check_empty(self) -> None:
        """A journal is put back into one with nothing in it, but for what the same file put there before it was cut short.

        Raises:
            InvalidInput: there is something in it.

        """
        if terminal.begun and self.begin().tally.entries == 0 and not is_empty(terminal.state()):
            raise InvalidInput(
                "There is something in this journal, and a file is put back into an empty one. Begin one: `milepost journal "
                "new TITLE`."
            )

    def begin(self, *, write: bool = False) -> Import:
        """The import: one that was cut short, or a new one that nothing was written of. Reads the file once."""
        if not self._digest:
            file = opened(self._path)
            with file, Progress(file, "reading") as told:
                self._digest = digest(file, self._importer.format, self._settings, told, self._how)
        journal = terminal.journal_to_write() if write else terminal.journal() if terminal.begun else ""
        if self._one is None or self._one.journal != journal:
            name, today = self._path.name, terminal.today().isoformat()
            fresh = begun(journal, self._importer.format, name, self._digest, wall_clock_ms(), today)
            there = terminal.device.log.imports.cut_short(journal, self._digest) if journal else None
            self._one = there or fresh
        return self._one

    def tried(self) -> Tally:
        """What bringing it in would come to."""
        one, device = self.begin(), terminal.device
        if one.journal:
            writer, known = device.log.journal(one.journal).device, known_of(device, one.journal, one.format)
            refuse = partial(refuse_early, device, one.journal)
            place = Copy(device.state(one.journal), writer, device.account, refuse, device.folder)
        else:
            known = Known()
            place = Copy(State(new_id()), device.id, device.account, lambda _: None, device.folder)
        file = opened(self._path)
        with Progress(file, "looking") as told:
            found = entries(self._importer, file, self._settings, self._how, _view(one), told)
            return dry_run(place, one, known, found, told, self._taking)

    def brought_in(self) -> Import:
        """Brings it in.

        Raises:
            InvalidInput, PluginFailed, StorageFull: says what came in all the same.

        """
        one = self.begin(write=True)
        file = opened(self._path)
        told = Progress(file, "bringing in", one.tally)
        refuse = partial(refuse_early, terminal.device, one.journal)
        try:
            found = entries(self._importer, file, self._settings, self._how, _view(one), told)
            return bring_in(terminal.device, one, found, refuse, told, self._taking)
        except MilepostError as error:
            error.args = (f"{error} {self._so_far(told.tally)}",)
            raise
        except KeyboardInterrupt:
            told.end()
            print(f"\nInterrupted. {self._so_far(told.tally)}", file=sys.stderr)
            raise
        finally:
            told.end()

    def _so_far(self, tally: Tally) -> str:
        if not tally.entries:
            return "Nothing was brought in."
        return (
            f"The first {counted_entries(tally.entries)} are in and stay. The same command goes on from there; "
            "`milepost import undo` takes them back."
        )


def _view(one: Import) -> JournalView | None:
    return project(terminal.device.state(one.journal)) if one.journal else None


def _formats(plugins: Plugins) -> str:
    known = ", ".join(f"`{name}` ({one.title})" for name, one in sorted(plugins.importers.items()))
    return f"There are: {known}." if known else "No plugin here brings a format."


def _answer(one: Import, tally: Tally, *, dry: bool) -> None:
    kept = any(found.id == one.id for found in _all())
    told = {
        "import": one.id if kept else None,
        "format": one.format,
        "file": one.file,
        "dry_run": dry,
        **_counts(tally),
        "reasons": tally.reasons,
    }

    def show(console: Any) -> None:
        console.print(f"{say_done(one, tally, dry=dry)}{say_reasons(tally)}")
        if kept and not dry:
            console.print(f"[dim]milepost import undo {_short(one)} takes it back.[/]")

    terminal.answer(told, show)


def _counts(tally: Tally) -> dict[str, int]:
    return {name: getattr(tally, name) for name in Tally.__struct_fields__ if name != "reasons"}


def _all() -> list[Import]:
    return terminal.device.log.imports.all(terminal.journal()) if terminal.begun else []


def _short(one: Import) -> str:
    others = [other.id for other in _all() if other.id != one.id]
    length = next(n for n in range(3, 37) if not any(other.startswith(one.id[:n]) for other in others))
    return one.id[:length]


@import_app.command(name="list")
def import_list() -> None:
    """What was brought in on this device, the latest last."""
    found = _all()

    def show(console: Any) -> None:
        shown = table("id", "when", "format", "file", "made", "changed", "proposed", "")
        for one in found:
            day = time.strftime("%Y-%m-%d", time.localtime(one.begun_at / 1000))
            counts = [str(n or "") for n in (one.tally.made, one.tally.changed, one.tally.proposed)]
            status = {"begun": "cut short", "done": ""}.get(one.status, one.status)
            shown.add_row(_short(one), day, one.format, escape(one.file), *counts, status)
        console.print(shown if found else "Nothing was brought in on this device.")

    terminal.answer([_row(one) for one in found], show)


def _row(one: Import) -> dict[str, Any]:
    about = {"import": one.id, "format": one.format, "file": one.file, "begun_at": one.begun_at, "status": one.status}
    return {**about, **_counts(one.tally)}


@import_app.command(name="undo")
def import_undo(id: str | None = None, /, *, yes: Flag = False) -> None:
    """Take back what an import made, and put back what it changed, where nobody changed it since.

    Parameters
    ----------
    id
        Which one; the latest if you don't say.
    yes
        Don't ask first.

    """
    found = _all()
    if id is not None:
        chosen = terminal.match(id, [one.id for one in found], "import")
    else:
        open_ = [one.id for one in found if one.status != "taken back"]
        if not open_:
            raise NotFound("There is nothing to take back: nothing was brought in on this device, or all is back.")
        chosen = open_[-1]
    one = terminal.device.log.imports.get(chosen)
    if terminal.interactive and not yes:
        terminal.console().print(f"{escape(one.file)}: {counted_entries(one.tally.made)} made.")
        if terminal.ask("Take it back? [dim](yes / Enter for no)[/]") != "yes":
            raise InvalidInput("Nothing was taken back.")
    refuse: Callable[[Any], None] = partial(refuse_early, terminal.device, one.journal)
    went = go_back(terminal.device, one, terminal.today().isoformat(), refuse)
    state = terminal.device.state(one.journal)
    left = went.of("left")
    told = {
        "import": one.id,
        "taken_back": len(went.of("taken back")),
        "put_back": len(went.of("put back")),
        "gone": len(went.of("gone")),
        "left": [{"kind": kind, "id": entity} for kind, entity in left],
    }
    terminal.answer(told, lambda console: console.print(say_back(one, went, state, terminal.short_ids())))
