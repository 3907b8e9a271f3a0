"""`milepost assess …` and `assessment …`: forms that were filled in; knows no rule of scoring and no file."""

from collections.abc import Sequence
from functools import partial
from typing import Annotated, Any

from cyclopts import App, Parameter

from milepost.cli.instruments import one_usable, usable
from milepost.cli.planning import answer
from milepost.cli.show import escape, say_date, say_value, table
from milepost.cli.terminal import new_entity, read_note, terminal
from milepost.errors import InvalidInput
from milepost.events import Draft
from milepost.measures import Instrument, Scored, score
from milepost.measures import telling as tell
from milepost.measures.scoring import check_answers, read_answers, say_values
from milepost.views.entities import Assessment, assessments, plain, show
from milepost.views.priorities import say_day

assessment = App(name="assessment", help="The forms you filled in.")


SKIPPED = "-"
MISSING = "Say which form, and your answers, as in `milepost assess gad-7 --answers 1,0,2,1,0,1,0`."


def assess(
    instrument: str | None = None,
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
    found = one_usable(instrument, MISSING)
    day = terminal.past_day(on)
    given = _ask(found) if answers is None else read_answers(found, read_note(answers) or "")
    scored = score(found, given)
    if scored.missing == len(given):
        raise InvalidInput("Nothing is answered, so nothing is kept. Give at least one answer, today or another day.")
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
    """Item by item, each to be skipped, where the wording is there to be asked; else all answers in one line."""
    why = "" if found.worded else f"The words of {found.title} are not here; fill it in on paper. "
    if not terminal.interactive:
        raise InvalidInput(
            f"{why}Give the {len(found.items)} answers in order, with `-` for one you leave out: "
            f"`milepost assess {found.id} --answers 1,0,…`."
        )
    console, given = terminal.console(), []
    if not found.worded:
        console.print(f"{why}Then give the {len(found.items)} answers in order, with `-` for one you leave out.")
        line = terminal.ask_more(None, "Your answers: [dim](as in 1,0,2 …)[/]", partial(_read_line, found))
        return line if line is not None else [None] * len(found.items)
    console.print(f"[dim]Enter or `{SKIPPED}` skips a question; any of them can be left out.[/]")
    console.print(escape(found.prompt or ""))
    for number, item in enumerate(found.items, 1):
        console.print(f"[bold]{number} of {len(found.items)}[/]  {escape(item.text or '')}")
        for option in item.options:
            console.print(f"  {option.value:>3}  {escape(option.label or '')}")
        known = {str(value): value for value in item.values}
        while (said := terminal.ask("[dim]your answer:[/]")) not in {"", SKIPPED} and said not in known:
            console.print(f"That is none of its answers: {say_values(item.values)}, or Enter to skip it.")
        given.append(known.get(said))
        console.print()
    return given


def _read_line(found: Instrument, text: str) -> list[int | None]:
    """All answers in one line, each one of the form's."""
    given = read_answers(found, text)
    check_answers(found, given)
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
    return (
        say_date(form.on, terminal.today()),
        form.instrument,
        "incomplete" if form.score is None else say_value(form.score),
    )


@assessment.command(name="list")
def assess_list() -> None:
    """The forms you filled in, the earliest first."""
    found = assessments(terminal.state()) if terminal.begun else []
    none = "No forms yet. `milepost assess gad-7 --answers 1,0,2,1,0,1,0` adds one."
    answer(found, _assessment_row, "day", "form", "score", empty=none)


@assessment.command(name="show")
def assess_show(id: str, /) -> None:
    """One form with its answers."""
    entity = terminal.entity("assessment", id)
    form = show(terminal.state(), Assessment, "assessment", entity)
    found = usable([form.instrument]).get(form.instrument)
    items = found.items if found and found.version == form.version and len(found.items) == len(form.answers) else ()

    def draw(console: Any) -> None:
        console.print(f"[bold]{escape(found.title if found else form.instrument)}[/]  {say_day(form.on)}")
        shown = table("", "answer", "")
        for at, answer_ in enumerate(form.answers):
            item = items[at] if items else None
            label = next((o.label for o in item.options if o.value == answer_), None) if item else None
            said = "left out" if answer_ is None else f"{answer_}" + (f"  {label}" if label else "")
            shown.add_row(str(at + 1), escape(said), escape(item.text or "" if item else ""))
        console.print(shown)
        console.print(
            f"Score: {say_value(form.score)}" if form.score is not None else "Incomplete, so without a score."
        )

    terminal.answer(plain(form), draw)


@assessment.command(name="retract")
def assess_retract(id: str, /) -> None:
    """Take one back, for example if it was mistyped."""
    entity = terminal.entity("assessment", id)
    terminal.write([Draft("assessment.retracted", {"id": entity})])
    terminal.answer({"id": entity, "retracted": True}, lambda console: console.print("Taken back."))
