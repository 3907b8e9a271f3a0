"""`milepost practice …`, `session …`, `bring`, `topic …`, `reflect …` and `alliance …`."""

import re
from collections.abc import Callable, Sequence
from typing import Annotated, Any

from cyclopts import App, Parameter
from msgspec import Struct

from milepost import commands
from milepost.cli.dates import parse_date
from milepost.cli.every import parse_every, say_every
from milepost.cli.show import STATUS_WORDS, escape, say_date, table
from milepost.cli.terminal import local_zone, new_entity, read_note, terminal
from milepost.errors import InvalidInput
from milepost.views import entities
from milepost.views.entities import Alliance, Practice, Reflection, Series, Session, Topic, plain

practice = App(name="practice", help="An exercise between sessions that comes again.")
session = App(name="session", help="Your sessions: one by one, or as they come again.")
topic = App(name="topic", help="What you want to bring to a session.")
reflect = App(name="reflect", help="Words about a session, a goal, or nothing in particular.")
alliance = App(name="alliance", help="How the work together feels. Private, never averaged, never ranked.")

On = Annotated[str, Parameter(help="The day it is about: yesterday, fri, 2026-12-18 …")]
Words = Annotated[str | None, Parameter(allow_leading_hyphen=True)]


def _day(text: str, *, past: bool = True) -> str:
    return parse_date(text, terminal.today(), past=past).isoformat()


def _moment(day: str, at: str | None) -> dict[str, str]:
    if at is None or not re.fullmatch(r"\d{1,2}:\d{2}", at):
        raise InvalidInput("Say at what time, as in `--at 15:00`.")
    zone = terminal.state().fields("journal", terminal.journal()).get("time_zone") or local_zone()
    return {"at": f"{_day(day, past=False)}T{at:0>5}:00", "time_zone": zone}


def answer(
    value: Struct | Sequence[Struct], row: Callable[[Any, dict[str, str]], Sequence[str]], *columns: str
) -> None:
    """Shows one entity, or a list of them, as a table."""
    many = list(value) if isinstance(value, Sequence) else [value]
    rows = [plain(one) for one in many]

    def show(console: Any) -> None:
        ids = terminal.short_ids()
        shown = table("id", *columns)
        for one in many:
            shown.add_row(ids.get(one.id, one.id[:6]), *(escape(cell) for cell in row(one, ids)))  # type: ignore[attr-defined]
        console.print(shown if many else "Nothing here yet.")

    terminal.answer(rows if isinstance(value, Sequence) else rows[0], show)


def _practice_row(one: Practice, _: dict[str, str]) -> Sequence[str]:
    minutes = f"{one.minutes} min" if one.minutes else ""
    return one.title, say_every(one.recurrence), minutes, STATUS_WORDS.get(one.status, one.status)


def _answer_practice(entity: str) -> None:
    answer(entities.show(terminal.state(), Practice, "practice", entity), _practice_row, "practice", "every", "", "")


@practice.command(name="add")
def practice_add(
    title: str,
    /,
    *,
    every: str = "daily",
    goal: str | None = None,
    start: str = "today",
    minutes: int | None = None,
) -> None:
    """Something to do again and again.

    Parameters
    ----------
    every
        daily, weekdays, mon,thu, 2 weeks … or an RRULE.
    goal
        The goal it belongs to.
    minutes
        About how long it takes.
    """
    terminal.journal_to_write()
    parent = terminal.entity("goal", goal) if goal else None
    entity, drafts = commands.add_practice(
        terminal.state(), new_entity, title, parse_every(every), _day(start, past=False), goal=parent, minutes=minutes
    )
    terminal.write(drafts)
    _answer_practice(entity)


@practice.command(name="list")
def practice_list() -> None:
    """Your practices."""
    found = entities.practices(terminal.state()) if terminal.begun else []
    answer(found, _practice_row, "practice", "every", "", "")


@practice.command(name="revise")
def practice_revise(
    id: str,
    /,
    *,
    title: str | None = None,
    every: str | None = None,
    minutes: int | None = None,
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


def _turns(app: App, kind: str, statuses: dict[str, str], shown: Callable[[str], None], words: dict[str, str]) -> None:
    """The commands that turn an entity to another status."""
    for action, status in statuses.items():

        def turn(id: str, /, *, on: On = "today", _status: Annotated[str, Parameter(parse=False)] = status) -> None:
            entity = terminal.entity(kind, id)
            terminal.write(commands.change_status(terminal.state(), kind, entity, _status, _day(on)))
            shown(entity)

        turn.__doc__ = words[action]
        app.command(turn, name=action)


_turns(
    practice,
    "practice",
    commands.PRACTICE_STATUSES,
    _answer_practice,
    {"pause": "Put it down for a while.", "resume": "Take it up again.", "end": "It has done its work."},
)


def _session_row(one: Session | Series, _: dict[str, str]) -> Sequence[str]:
    when = say_date(one.start, terminal.today())
    turned = STATUS_WORDS.get(one.status, one.status.replace("_", " ")) if isinstance(one, Session) else ""
    again = say_every(one.recurrence) if isinstance(one, Series) else turned
    return when, f"{one.minutes} min" if one.minutes else "", one.place or "", again


def _answer_session(entity: str) -> None:
    answer(
        entities.show(terminal.state(), Session, "session", entity, start=_start(entity)),
        _session_row,
        "when",
        "",
        "",
        "",
    )


def _start(entity: str) -> dict[str, str]:
    found: dict[str, str] = terminal.state().fields("session", entity)["start"]
    return found


@session.command(name="add")
def session_add(
    day: str,
    /,
    *,
    at: str | None = None,
    every: str | None = None,
    minutes: int | None = None,
    place: str | None = None,
) -> None:
    """A session on a day, or with --every as many as come.

    Parameters
    ----------
    day
        A date: fri, 2026-12-18 …
    at
        The local time, as in 15:00.
    every
        weekly, 2 weeks … or an RRULE.
    """
    terminal.journal_to_write()
    start = _moment(day, at)
    if every is None:
        entity, drafts = commands.schedule(new_entity, start, minutes=minutes, place=place)
        terminal.write(drafts)
        _answer_session(entity)
        return
    entity, drafts = commands.plan_series(new_entity, start, parse_every(every), minutes=minutes, place=place)
    terminal.write(drafts)
    answer(
        entities.show(terminal.state(), Series, "series", entity, start=start), _session_row, "when", "", "", "again"
    )


@session.command(name="list")
def session_list() -> None:
    """Sessions that were written down, and those that come again."""
    found: list[Session | Series] = []
    if terminal.begun:
        found = [*entities.series(terminal.state()), *entities.sessions(terminal.state())]
    answer(found, _session_row, "when", "", "", "")


@session.command(name="move")
def session_move(id: str, day: str, /, *, at: str | None = None, reason: str | None = None) -> None:
    """A session takes place at another time."""
    entity = terminal.entity("session", id)
    start = _moment(day, at or _start(entity)["at"][11:16])
    terminal.write(commands.revise(terminal.state(), "session", entity, {"start": start}, reason))
    _answer_session(entity)


_turns(
    session,
    "session",
    commands.SESSION_STATUSES,
    _answer_session,
    {
        "hold": "It took place.",
        "cancel": "It was called off.",
        "missed": "It did not take place.",
        "reopen": "It is planned again.",
    },
)


def _topic_row(one: Topic, _: dict[str, str]) -> Sequence[str]:
    about = f"{one.about['kind']} {one.about['id'][:6]}" if one.about else ""
    return one.text or about, "" if one.status == "open" else one.status


def _answer_topic(entity: str) -> None:
    answer(entities.show(terminal.state(), Topic, "topic", entity), _topic_row, "topic", "")


def bring(text: Words = None, /, *, about: str | None = None) -> None:
    """Something to bring to the next session; it stays open until it was talked about.

    Parameters
    ----------
    text
        In your own words (`-` reads standard input).
    about
        A goal, milestone or practice that it is about.
    """
    journal = terminal.journal_to_write()
    reference = None
    if about is not None:
        kind, named = terminal.any_entity(("goal", "milestone", "practice", "checkin"), about)
        reference = {"journal": journal, "kind": kind, "id": named}
    entity, drafts = commands.bring(new_entity, read_note(text), reference)
    terminal.write(drafts)
    _answer_topic(entity)


@topic.command(name="list")
def topic_list(*, all: Annotated[bool, Parameter(negative="")] = False) -> None:
    """What is open; with --all everything that ever was."""
    found = entities.topics(terminal.state()) if terminal.begun else []
    answer([one for one in found if all or one.status == "open"], _topic_row, "topic", "")


@topic.command(name="revise")
def topic_revise(id: str, text: Words, /) -> None:
    """Put it differently."""
    entity = terminal.entity("topic", id)
    terminal.write(commands.revise(terminal.state(), "topic", entity, {"text": read_note(text)}))
    _answer_topic(entity)


_turns(
    topic,
    "topic",
    commands.TOPIC_STATUSES,
    _answer_topic,
    {"discuss": "It was talked about.", "drop": "It is not needed any more.", "reopen": "It is open again."},
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
    """
    terminal.journal_to_write()
    if text is None and terminal.interactive:
        text = terminal.ask("What stays with you?")
    entity, drafts = commands.reflect(
        terminal.state(),
        new_entity,
        read_note(text),
        _day(on),
        takeaway=takeaway,
        goal=terminal.entity("goal", goal) if goal else None,
        session=terminal.entity("session", session) if session else None,
    )
    terminal.write(drafts)
    answer(entities.show(terminal.state(), Reflection, "reflection", entity), _reflection_row, "day", "", "takeaway")


@reflect.command(name="list")
def reflect_list() -> None:
    """What you wrote, the earliest first."""
    found = entities.reflections(terminal.state()) if terminal.begun else []
    answer(found, _reflection_row, "day", "", "takeaway")


def _alliance_row(one: Alliance, _: dict[str, str]) -> Sequence[str]:
    return say_date(one.on, terminal.today()), *(
        str(v) if v is not None else "" for v in (one.bond, one.goals, one.tasks)
    )


@alliance.default
def alliance_record(
    *,
    bond: int | None = None,
    goals: int | None = None,
    tasks: int | None = None,
    note: Words = None,
    on: On = "today",
) -> None:
    """Say how it feels: the bond, the goals you work on, what you do for them. 0 to 10, each as you like.

    Parameters
    ----------
    bond
        How well you feel understood and respected.
    goals
        How much you work on what you want to work on.
    tasks
        How well the way of working fits you.
    """
    terminal.journal_to_write()
    scales = {"bond": bond, "goals": goals, "tasks": tasks}
    entity, drafts = commands.record_alliance(new_entity, _day(on), **scales, note=read_note(note))
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
    answer(found, _alliance_row, "day", "bond", "goals", "tasks")
