"""`milepost checkin …`."""

from typing import Annotated, Any

from cyclopts import App, Parameter

from milepost import commands
from milepost.cli import show
from milepost.cli.as_of import AsOf, day_of, state_of
from milepost.cli.terminal import is_whole_id, new_entity, read_note, read_value, terminal
from milepost.errors import InvalidInput
from milepost.journal import State
from milepost.views.checkins import Checkin, checkins
from milepost.views.entities import UNTITLED, plain
from milepost.views.entities import show as entity_view
from milepost.views.journal import journal_view

checkin = App(name="checkin", help="Say how it is going, in a number or in words.")

SUBJECTS = ("goal", "milestone", "practice")

Ids = Annotated[str, Parameter(help="Goals, steps or practices; a practice is ticked off for the day.")]
Value = Annotated[str | None, Parameter(allow_leading_hyphen=True, help="A number, where the goal has a measure.")]
Note = Annotated[str | None, Parameter(allow_leading_hyphen=True, help="In your own words; `-` reads standard input.")]
On = Annotated[str, Parameter(help="The day it is about: yesterday, fri, 2026-12-18 …")]


def _answer(found: list[Checkin], *, one: bool) -> None:
    rows = [plain(c) for c in found]
    terminal.answer(
        rows[0] if one else rows,
        lambda console: show.checkins(console, found, terminal.short_ids(), terminal.today()),
    )


def _titles(state: State) -> dict[str, str]:
    """Of all that a check-in can be about."""
    known = ((kind, entity) for kind in SUBJECTS for entity in state.entities.get(kind, {}))
    return {entity: state.fields(kind, entity).get("title") or UNTITLED for kind, entity in known}


@checkin.default
def record(*ids: Ids, value: Value = None, note: Note = None, on: On = "today") -> None:
    """Check in on goals, steps or practices; without any, walk through the active goals (each can be skipped)."""
    day, words, number = terminal.past_day(on), read_note(note), read_value(value)
    if not ids and number is None and words is None:
        if terminal.interactive:
            terminal.journal_to_write()
            _walk(day)
            return
        raise InvalidInput(
            "Say what to check in on, and how: `milepost checkin ID --value 4`, or `milepost checkin --note 'a calm day'`."
        )
    terminal.journal_to_write()
    subjects: list[str | None] = [_subject(text) for text in ids] or [None]
    made = [_record(subject, day, number, words) for subject in subjects]
    _answer([entity_view(terminal.state(), Checkin, "checkin", entity) for entity in made], one=len(ids) < 2)


def _subject(text: str) -> str:
    """A goal, a step or a practice; a whole id is taken as it is, for one that this device has yet to hear of."""
    if is_whole_id(text):
        return text.strip().lower()
    return terminal.any_entity(SUBJECTS, text)[1]


def _record(subject: str | None, day: str, value: Any, note: str | None) -> str:
    state = terminal.state()
    practised = {"occurrence": day} if subject in state.entities.get("practice", {}) else {}
    entity, drafts = commands.check_in(state, new_entity, subject, day, value=value, note=note, **practised)
    terminal.write(drafts)
    return entity


def _walk(day: str) -> None:
    goals = [g for g in journal_view(terminal.state()).goals if g.status == "active"]
    console = terminal.console()
    if not goals:
        note = terminal.ask("How is it going? (Enter to skip)")
        if note:
            _record(None, day, None, note)
        return
    console.print("[dim]Enter skips a goal; anything you say is enough.[/]")
    for goal in goals:
        said = terminal.ask(
            f"[bold]{show.escape(goal.title)}[/]" + (f" [dim]({show.change(goal)})[/]" if goal.latest else "")
        )
        if not said:
            continue
        value = read_value(said)
        if isinstance(value, str):
            _record(goal.id, day, None, value)
        else:
            _record(goal.id, day, value, terminal.ask("[dim]a word about it?[/]") or None)
    console.print("Kept.")


@checkin.command(name="list")
def list_checkins(id: str | None = None, /, *, as_of: AsOf = None) -> None:
    """What was said, the earliest first."""
    state = state_of(as_of)
    found = checkins(state)
    if id is not None:
        subject = _subject(id)
        found = [c for c in found if c.subject == subject]
    about = _titles(state) if id is None else None
    terminal.answer(
        [plain(c) for c in found],
        lambda console: show.checkins(console, found, terminal.short_ids(), day_of(as_of), about),
    )


@checkin.command
def amend(id: str, /, *, value: Value = None, note: Note = None, on: On | None = None) -> None:
    """Put a check-in right."""
    entity = terminal.entity("checkin", id)
    fields: dict[str, Any] = {}
    if value is not None:
        fields["value"] = read_value(value)
    if note is not None:
        fields["note"] = read_note(note)
    if on is not None:
        fields["on"] = terminal.past_day(on)
    if not fields:
        raise InvalidInput("Say what to put right, as in `--value 5`, `--note '…'` or `--on yesterday`.")
    terminal.write(commands.amend_checkin(terminal.state(), entity, fields))
    _answer([entity_view(terminal.state(), Checkin, "checkin", entity)], one=True)


@checkin.command
def retract(id: str, /) -> None:
    """Take a check-in back."""
    entity = terminal.entity("checkin", id)
    terminal.write(commands.retract_checkin(terminal.state(), entity))
    terminal.answer(
        {**plain(entity_view(terminal.state(), Checkin, "checkin", entity)), "retracted": True},
        lambda console: console.print("Taken back."),
    )
