"""`milepost practice …`, `reflect …` and `alliance …`; and what commands on several kinds of entities share."""

from collections.abc import Callable, Sequence
from typing import Annotated, Any

from cyclopts import App, Parameter
from msgspec import Struct

from milepost import commands
from milepost.cli import asking
from milepost.cli.dates import parse_date
from milepost.cli.every import parse_every, say_every
from milepost.cli.numbers import MaybeWhole
from milepost.cli.session_rows import find_session
from milepost.cli.show import STATUS_WORDS, escape, say_date, table
from milepost.cli.terminal import new_entity, read_note, terminal
from milepost.errors import InvalidInput
from milepost.views import entities
from milepost.views.entities import Alliance, Practice, Reflection, plain

practice = App(name="practice", help="An exercise between sessions that comes again.")
reflect = App(name="reflect", help="Words about a session, a goal, or nothing in particular.")
alliance = App(name="alliance", help="How the work together feels. Private, never averaged, never ranked.")

On = Annotated[str, Parameter(help="The day it is about: yesterday, fri, 2026-12-18 …")]
Words = Annotated[str | None, Parameter(allow_leading_hyphen=True)]
PRACTICE_MISSING = "Give the TITLE, as in `milepost practice add 'Breathe slowly' --every weekdays`."
SCALES = {
    "bond": "How well do you feel understood and respected?",
    "goals": "How much do you work on what you want to work on?",
    "tasks": "How well does the way of working fit you?",
}


def answer(
    value: Struct | Sequence[Struct],
    row: Callable[[Any, dict[str, str]], Sequence[str]],
    *columns: str,
    empty: str = "Nothing here yet.",
) -> None:
    """Shows one entity, or a list of them, as a table; `empty` is what is said of a list without any."""
    many = list(value) if isinstance(value, Sequence) else [value]
    rows = [plain(one) for one in many]

    def show(console: Any) -> None:
        ids = terminal.short_ids()
        shown = table("id", *columns)
        for one in many:
            shown.add_row(ids.get(one.id, one.id[:6]), *(escape(cell) for cell in row(one, ids)))  # type: ignore[attr-defined]
        console.print(shown if many else empty)

    terminal.answer(rows if isinstance(value, Sequence) else rows[0], show)


def _practice_row(one: Practice, _: dict[str, str]) -> Sequence[str]:
    minutes = f"{one.minutes} min" if one.minutes else ""
    return one.title, say_every(one.recurrence), minutes, STATUS_WORDS.get(one.status, one.status)


def _answer_practice(entity: str) -> None:
    answer(entities.show(terminal.state(), Practice, "practice", entity), _practice_row, "practice", "every", "", "")


@practice.command(name="add")
def practice_add(
    title: str | None = None,
    /,
    *,
    every: str | None = None,
    goal: str | None = None,
    start: str = "today",
    minutes: MaybeWhole = None,
) -> None:
    """Something to do again and again. At a terminal, run bare, it asks.

    Parameters
    ----------
    every
        daily (as it is if you don't say), weekdays, mon,thu, 2 weeks … or an RRULE.
    goal
        The goal it belongs to.
    minutes
        About how long it takes.
    """
    bare = title is None
    words = terminal.ask_for(title, "What do you want to practise?", PRACTICE_MISSING, asking.line)
    often = parse_every(every) if every else None
    if bare:
        often = terminal.ask_more(often, "How often? [dim](weekdays, mon,thu … Enter: daily)[/]", parse_every)
        minutes = terminal.ask_more(minutes, f"About how many minutes? {asking.SKIP}", asking.number_from(1, 24 * 60))
    terminal.journal_to_write()
    parent = terminal.entity("goal", goal) if goal else None
    entity, drafts = commands.add_practice(
        terminal.state(),
        new_entity,
        words,
        often or parse_every("daily"),
        parse_date(start, terminal.today()).isoformat(),
        goal=parent,
        minutes=minutes,
    )
    terminal.write(drafts)
    _answer_practice(entity)


@practice.command(name="list")
def practice_list() -> None:
    """Your practices."""
    found = entities.practices(terminal.state()) if terminal.begun else []
    none = "No practices yet. `milepost practice add 'Breathe slowly' --every weekdays` adds one."
    answer(found, _practice_row, "practice", "every", "", "", empty=none)


@practice.command(name="revise")
def practice_revise(
    id: str,
    /,
    *,
    title: str | None = None,
    every: str | None = None,
    minutes: MaybeWhole = None,
    reason: str | None = None,
) -> None:
    """Put a practice differently, or let it come at other times."""
    entity = terminal.entity("practice", id)
    given = {"title": title, "recurrence": parse_every(every) if every else None, "minutes": minutes}
    fields = {name: value for name, value in given.items() if value is not None}
    if not fields:
        raise InvalidInput("Say what to change, as in `--every weekdays` or `--minutes 5`.")
    terminal.write(commands.revise(terminal.state(), "practice", entity, fields, reason))
    _answer_practice(entity)


def turns(app: App, kind: str, statuses: dict[str, str], shown: Callable[[str], None], words: dict[str, str]) -> None:
    """The commands that turn an entity to another status."""
    for action, status in statuses.items():

        def turn(id: str, /, *, on: On = "today", _status: Annotated[str, Parameter(parse=False)] = status) -> None:
            entity = terminal.entity(kind, id)
            terminal.write(commands.change_status(terminal.state(), kind, entity, _status, terminal.past_day(on)))
            shown(entity)

        turn.__doc__ = words[action]
        app.command(turn, name=action)


turns(
    practice,
    "practice",
    commands.PRACTICE_STATUSES,
    _answer_practice,
    {"pause": "Put it down for a while.", "resume": "Take it up again.", "end": "It has done its work."},
)


def _reflection_row(one: Reflection, _: dict[str, str]) -> Sequence[str]:
    return say_date(one.on, terminal.today()), one.text, one.takeaway or ""


@reflect.default
def reflect_write(
    text: Words = None,
    /,
    *,
    takeaway: str | None = None,
    goal: str | None = None,
    session: str | None = None,
    on: On = "today",
) -> None:
    """Write a reflection (Markdown; `-` reads standard input).

    Parameters
    ----------
    takeaway
        One sentence to keep of it.
    session
        The session it is about, as `milepost session list` shows it.
    """
    if text is None and terminal.interactive:
        text = terminal.ask_more(None, "What stays with you?", asking.text)
    terminal.journal_to_write()
    entity, drafts = commands.reflect(
        terminal.state(),
        new_entity,
        read_note(text),
        terminal.past_day(on),
        takeaway=takeaway,
        goal=terminal.entity("goal", goal) if goal else None,
        session=find_session(session).id if session else None,
    )
    terminal.write(drafts)
    answer(entities.show(terminal.state(), Reflection, "reflection", entity), _reflection_row, "day", "", "takeaway")


@reflect.command(name="list")
def reflect_list() -> None:
    """What you wrote, the earliest first."""
    found = entities.reflections(terminal.state()) if terminal.begun else []
    none = "No reflections yet. `milepost reflect 'It was easier than I thought'` adds one."
    answer(found, _reflection_row, "day", "", "takeaway", empty=none)


def _alliance_row(one: Alliance, _: dict[str, str]) -> Sequence[str]:
    return say_date(one.on, terminal.today()), *(
        str(v) if v is not None else "" for v in (one.bond, one.goals, one.tasks)
    )


@alliance.default
def alliance_record(
    *,
    bond: MaybeWhole = None,
    goals: MaybeWhole = None,
    tasks: MaybeWhole = None,
    note: Words = None,
    on: On = "today",
) -> None:
    """Say how it feels: the bond, the goals you work on, what you do for them. 0 to 10, each as you like.

    At a terminal, run bare, it asks for each.

    Parameters
    ----------
    bond
        How well you feel understood and respected.
    goals
        How much you work on what you want to work on.
    tasks
        How well the way of working fits you.
    """
    scales = asking.scales(SCALES, {"bond": bond, "goals": goals, "tasks": tasks})
    entity, drafts = commands.record_alliance(new_entity, terminal.past_day(on), **scales, note=read_note(note))
    terminal.write(drafts)
    found = entities.show(terminal.state(), Alliance, "alliance", entity)
    if not terminal.json and min(v for v in scales.values() if v is not None) <= LOW_ALLIANCE:
        terminal.console().print("Worth raising if you feel able. Nobody was told.")
    answer(found, _alliance_row, "day", "bond", "goals", "tasks")


LOW_ALLIANCE = 4


@alliance.command(name="list")
def alliance_list() -> None:
    """What you said so far; nobody else sees it."""
    found = entities.alliances(terminal.state()) if terminal.begun else []
    none = "Nothing is said of the work together yet. `milepost alliance --bond 7` says it."
    answer(found, _alliance_row, "day", "bond", "goals", "tasks", empty=none)
