"""`milepost assess …`, `assessment …` and `instrument …`: filled-in forms and their files; knows no rule of scoring."""

import contextlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any

from cyclopts import App, Parameter
from msgspec import Struct, to_builtins

from milepost.cli.dates import parse_date
from milepost.cli.planning import answer
from milepost.cli.show import escape, say_date, say_value, table
from milepost.cli.terminal import new_entity, read_note, terminal
from milepost.errors import InvalidInput, StorageDamaged
from milepost.events import Draft
from milepost.measures import Instrument, Scored, builtin_instruments, load_instrument, score
from milepost.measures import telling as tell
from milepost.measures.loading import MAX_BYTES, is_json
from milepost.measures.scoring import read_answers, say_values
from milepost.views.entities import Assessment, assessments, plain, show

instrument = App(name="instrument", help="The questionnaires you can record: two are built in, others you bring.")
assessment = App(name="assessment", help="The forms you filled in.")


class Known(Struct, frozen=True, kw_only=True):
    """An instrument that is built in or lies in the device's folder; `problem` says why its file can't be used."""

    id: str
    found: Instrument | None = None
    file: Path | None = None
    problem: str = ""


def _folder() -> Path:
    return terminal.folder / "instruments"


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(MAX_BYTES + 1)


def _known() -> dict[str, Known]:
    """Id → instrument; a file with the id of a built-in one brings its wording."""
    known = {one.id: Known(id=one.id, found=one) for one in builtin_instruments()}
    for path in sorted([*_folder().glob("*.toml"), *_folder().glob("*.json")]):
        try:
            found = load_instrument(_read(path), path.name)
            known[found.id] = Known(id=found.id, found=found, file=path)
        except (InvalidInput, OSError) as error:
            known[path.stem.lower()] = Known(id=path.stem.lower(), file=path, problem=str(error))
    return known


def _one(text: str) -> Known:
    known = _known()
    return known[terminal.match(text, known, "instrument")]


def _usable(text: str) -> Instrument:
    one = _one(text)
    if one.found is None:
        raise InvalidInput(f"{one.problem} Or take the file away: `milepost instrument remove {one.id}`.")
    return one.found


def _row(one: Known) -> dict[str, Any]:
    built_in = any(one.id == known.id for known in builtin_instruments())
    row = {"id": one.id, "built_in": built_in, "file": one.file and str(one.file), "problem": one.problem}
    return row | (tell.summary(one.found) if one.found else {})


@contextlib.contextmanager
def _writing() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StorageDamaged(f"{_folder()} can't be written: {error.strerror}. See to its rights and room.") from error


@instrument.command(name="add")
def instrument_add(file: Path, /) -> None:
    """Add a questionnaire you may use, or the wording of one that is built in. It is kept on this device only.

    Parameters
    ----------
    file
        TOML, or a FHIR R4 Questionnaire in JSON.
    """
    try:
        data = _read(file)
    except OSError as error:
        raise InvalidInput(f"{file} can't be read ({error.strerror}). Give the path of a TOML or JSON file.") from error
    found = load_instrument(data, file.name)
    suffix, other = (".json", ".toml") if is_json(data, file.name) else (".toml", ".json")
    with _writing():
        for folder in (terminal.folder, _folder()):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        part = _folder() / f"{found.id}.part"
        part.write_bytes(data)
        part.replace(part.with_suffix(suffix))
        part.with_suffix(other).unlink(missing_ok=True)
    terminal.answer(_row(_known()[found.id]), lambda console: console.print(escape("\n".join(tell.say_added(found)))))


@instrument.command(name="list")
def instrument_list() -> None:
    """The questionnaires there are."""
    known = sorted(_known().values(), key=lambda one: one.id)

    def draw(console: Any) -> None:
        shown = table("id", "")
        for one in known:
            shown.add_row(escape(one.id), escape(tell.say_kind(one.found) if one.found else one.problem))
        console.print(shown)

    terminal.answer([_row(one) for one in known], draw)


@instrument.command(name="show")
def instrument_show(id: str, /) -> None:
    """How one is scored, and where that was published."""
    one, found = _one(id), _usable(id)

    def draw(console: Any) -> None:
        console.print(f"[bold]{escape(found.title)}[/]  [dim]{found.id}, version {escape(found.version)}[/]")
        for label, text in tell.describe(found):
            console.print(f"  [dim]{escape(label):<10}[/] {escape(text)}")

    terminal.answer({**_row(one), **to_builtins(found), "low": found.low, "high": found.high}, draw)


@instrument.command(name="remove")
def instrument_remove(id: str, /) -> None:
    """Take the file of one away. What you recorded with it stays."""
    one = _one(id)
    if one.file is None:
        raise InvalidInput(f"{one.id} is built in and stays. `milepost instrument list` shows what you added.")
    with _writing():
        one.file.unlink()
    terminal.answer({"id": one.id, "removed": True}, lambda console: console.print("Removed. What you recorded stays."))


def assess(
    instrument: str,
    /,
    *,
    answers: Annotated[str | None, Parameter(allow_leading_hyphen=True)] = None,
    on: str = "today",
    bands: Annotated[bool, Parameter(negative="")] = False,
) -> None:
    """Record a filled-in questionnaire. It is kept like everything else, and Milepost alerts nobody.

    Parameters
    ----------
    instrument
        Its id, as `milepost instrument list` shows it.
    answers
        In the order of the form: 1,0,2 … with `-` for one you leave out; `-` alone reads standard input.
    on
        The day you filled it in.
    bands
        Say also what scores like yours are called in the literature.
    """
    found = _usable(instrument)
    given = _ask(found) if answers is None else read_answers(found, read_note(answers) or "")
    scored = score(found, given)
    if scored.missing == len(given):
        raise InvalidInput("Nothing is answered, so nothing is kept. Give at least one answer, today or another day.")
    day = parse_date(on, terminal.today(), past=True).isoformat()
    terminal.journal_to_write()
    earlier, entity = _earlier(found, day), new_entity()
    fields: dict[str, Any] = {
        "id": entity,
        "instrument": found.id,
        "version": found.version,
        "answers": given,
        "on": day,
    }
    reached = {"score": scored.score, "subscores": scored.subscores}
    fields |= {name: value for name, value in reached.items() if value not in (None, {})}
    terminal.write([Draft("assessment.recorded", fields)])
    _answer(found, entity, scored, earlier, bands=bands)


def _ask(found: Instrument) -> list[int | None]:
    """Item by item, each to be skipped; only where the wording is there to be asked."""
    if not (found.worded and terminal.interactive):
        why = "" if found.worded else f"The words of {found.title} are not here; fill it in on paper. "
        raise InvalidInput(
            f"{why}Give the {len(found.items)} answers in order, with `-` for one you leave out: "
            f"`milepost assess {found.id} --answers 1,0,…`."
        )
    console, given = terminal.console(), []
    console.print("[dim]Enter skips a question; any of them can be left out.[/]")
    console.print(escape(found.prompt or ""))
    for number, item in enumerate(found.items, 1):
        console.print(f"[bold]{number} of {len(found.items)}[/]  {escape(item.text or '')}")
        for option in item.options:
            console.print(f"  {option.value:>3}  {escape(option.label or '')}")
        known = {str(value): value for value in item.values}
        while (said := terminal.ask("[dim]your answer:[/]")) and said not in known:
            console.print(f"That is none of its answers: {say_values(item.values)}, or Enter to skip it.")
        given.append(known.get(said))
        console.print()
    return given


def _earlier(found: Instrument, day: str) -> list[tell.Earlier]:
    """The same form in the same version, filled in by the same account: scores of two people are never compared."""
    mine = terminal.device.account
    return [
        tell.Earlier(on=form.on, score=form.score)
        for form in assessments(terminal.state())
        if (form.instrument, form.version, form.actor) == (found.id, found.version, mine) and form.on <= day
    ]


def _answer(found: Instrument, entity: str, scored: Scored, earlier: Sequence[tell.Earlier], *, bands: bool) -> None:
    form = show(terminal.state(), Assessment, "assessment", entity)
    changes = tell.changes(found, scored.score, earlier)
    repeat = tell.say_repeat(found, form.on, earlier, terminal.today().isoformat())
    journal = terminal.device.log.journal(terminal.journal())
    shared = journal.claimed and not journal.private
    said = tell.say_all(found, form.answers, scored, changes, repeat=repeat, bands=bands, shared=shared)
    row = dict(plain(form)) | {name: getattr(scored, name) for name in ("score", "band", "sensitive", "missing")}
    row["repeat"] = repeat
    row |= {name: changes[name][1] if name in changes else None for name in ("since_last", "since_first")}
    terminal.answer(row, lambda console: console.print(escape("\n".join(said))))


def _assessment_row(form: Assessment, _: dict[str, str]) -> Sequence[str]:
    return say_date(form.on, terminal.today()), form.instrument, say_value(form.score)


@assessment.command(name="list")
def assess_list() -> None:
    """The forms you filled in, the earliest first."""
    answer(assessments(terminal.state()) if terminal.begun else [], _assessment_row, "day", "form", "score")


@assessment.command(name="retract")
def assess_retract(id: str, /) -> None:
    """Take one back, for example if it was mistyped."""
    entity = terminal.entity("assessment", id)
    terminal.write([Draft("assessment.retracted", {"id": entity})])
    terminal.answer({"id": entity, "retracted": True}, lambda console: console.print("Taken back."))
