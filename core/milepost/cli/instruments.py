"""`milepost instrument …`: questionnaires that are built in, come with plugins or lie in the device's folder; knows no
rule of scoring.
"""

from collections.abc import Collection
from pathlib import Path
from typing import Annotated, Any

from cyclopts import App, Parameter
from msgspec import Struct, to_builtins

from milepost import instrument_files
from milepost.cli.asking import which
from milepost.cli.show import escape, table
from milepost.cli.terminal import terminal
from milepost.errors import InvalidInput
from milepost.journal import State
from milepost.measures import Instrument, builtin_instruments, load_instrument
from milepost.measures import telling as tell
from milepost.views.entities import assessments

instrument = App(name="instrument", help="The questionnaires you can record: two are built in, others you bring.")


class Known(Struct, frozen=True, kw_only=True):
    """An instrument that is built in, comes with a plugin or lies in the device's folder; `problem` says why its file
    can't be used.
    """

    id: str
    found: Instrument | None = None
    plugin: str | None = None
    file: Path | None = None
    problem: str = ""


def _known(*, plugins: bool = True) -> dict[str, Known]:
    """Id → instrument; a file with the id of a built-in one brings its wording, and goes before a plugin's.

    Without `plugins` none is loaded, which saves a moment.
    """
    known = {one.id: Known(id=one.id, found=one) for one in builtin_instruments()}
    if plugins:
        from milepost.cli.plugin_data import plugin_instruments

        known |= {one: Known(id=one, found=of.found, plugin=of.plugin) for one, of in plugin_instruments().items()}
    for path in instrument_files.files_in(terminal.folder):
        try:
            found = load_instrument(instrument_files.read_file(path), path.name)
            known[found.id] = Known(id=found.id, found=found, file=path)
        except (InvalidInput, OSError) as error:
            known[path.stem.lower()] = Known(id=path.stem.lower(), file=path, problem=str(error))
    return known


def _one(text: str) -> Known:
    known = _known()
    return known[terminal.match(text, known, "instrument")]


def usable(wanted: Collection[str] | None = None) -> dict[str, Instrument]:
    """Id → instrument, of all whose file can be used. Where only some are `wanted`, plugins are loaded for the sake of
    those that are not known without.
    """
    known = _known(plugins=wanted is None)
    if wanted is not None and not known.keys() >= set(wanted):
        known = _known()
    return {name: one.found for name, one in known.items() if one.found is not None}


def recorded(state: State) -> set[str]:
    """The ids of the instruments that a journal has something of."""
    return {form.instrument for form in assessments(state)}


def one_usable(text: str | None, missing: str) -> Instrument:
    """The instrument whose id `text` begins; else the one that the person picks.

    Raises:
        InvalidInput: its file can't be used, or they pick none, or nobody is there to be asked.
        NotFound: there is none.
    """
    if text is None:
        rows = [(found.id, found.title) for _, found in sorted(usable().items())]
        text = which(rows, "Which one? [dim](its id)[/]", missing, lambda said: _one(said).id)
    one = _one(text)
    if one.found is None:
        raise InvalidInput(f"{one.problem} Or take the file away: `milepost instrument remove {one.id}`.")
    return one.found


def _row(one: Known) -> dict[str, Any]:
    built_in = any(one.id == known.id for known in builtin_instruments())
    file = one.file and str(one.file)
    row = {"id": one.id, "built_in": built_in, "plugin": one.plugin, "file": file, "problem": one.problem}
    return row | (tell.summary(one.found) if one.found else {})


@instrument.command(name="add")
def instrument_add(file: Path, /, *, force: Annotated[bool, Parameter(negative="")] = False) -> None:
    """Add a questionnaire you may use, or the wording of one that is built in. It is kept on this device only.

    Parameters
    ----------
    file
        TOML, or a FHIR R4 Questionnaire in JSON.
    force
        Put it in the place of another with the same id.
    """
    try:
        data = instrument_files.read_file(file)
    except OSError as error:
        raise InvalidInput(f"{file} can't be read ({error.strerror}). Give the path of a TOML or JSON file.") from error
    found = load_instrument(data, file.name)
    before = _known(plugins=False).get(found.id)
    other_form = before.found if before and before.file and before.found and before.found.title != found.title else None
    if other_form is not None and not force:
        raise InvalidInput(
            f"{other_form.title} has the id {found.id} already. Give this one another id, or --force to put it in the "
            "other's place; what you recorded stays."
        )
    instrument_files.keep(terminal.folder, data, file.name, found.id)
    said = [*tell.say_added(found), *(["It takes the place of the file before it."] if before and before.file else [])]
    terminal.answer(_row(_known(plugins=False)[found.id]), lambda console: console.print(escape("\n".join(said))))


@instrument.command(name="list")
def instrument_list() -> None:
    """The questionnaires there are."""
    known = sorted(_known().values(), key=lambda one: one.id)

    def draw(console: Any) -> None:
        shown = table("id", "form")
        for one in known:
            shown.add_row(escape(one.id), escape(tell.say_kind(one.found) if one.found else one.problem))
        console.print(shown)

    terminal.answer([_row(one) for one in known], draw)


@instrument.command(name="show")
def instrument_show(id: str, /) -> None:
    """How one is scored, and where that was published."""
    one, found = _one(id), one_usable(id, missing="")

    def draw(console: Any) -> None:
        console.print(f"[bold]{escape(found.title)}[/]  [dim]{found.id}, version {escape(found.version)}[/]")
        for label, text in tell.describe(found):
            console.print(f"  [dim]{escape(label):<10}[/] {escape(text)}")

    terminal.answer({**_row(one), **to_builtins(found), "low": found.low, "high": found.high}, draw)


@instrument.command(name="remove")
def instrument_remove(id: str, /) -> None:
    """Take the file of one away. What you recorded with it stays."""
    one = _one(id)
    if one.plugin is not None:
        raise InvalidInput(f"{one.id} comes with the plugin {one.plugin}, and stays as long as that is installed.")
    if one.file is None:
        raise InvalidInput(f"{one.id} is built in and stays. `milepost instrument list` shows what you added.")
    try:
        one.file.unlink()
    except OSError as error:
        raise instrument_files.cant_write(terminal.folder, error) from error
    terminal.answer({"id": one.id, "removed": True}, lambda console: console.print("Removed. What you recorded stays."))
