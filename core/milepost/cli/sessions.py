"""`milepost session …`: series of sessions, and each of their occurrences as a session of its own."""

from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any

from cyclopts import App, Parameter

from milepost import commands
from milepost.cli.asking import time_of_day
from milepost.cli.dates import parse_date
from milepost.cli.every import parse_every
from milepost.cli.numbers import MaybeWhole
from milepost.cli.session_rows import (
    One,
    answer_one,
    find,
    find_session,
    journal_zone,
    print_sessions,
    print_words,
    row_of,
    written,
)
from milepost.cli.show import counted
from milepost.cli.terminal import new_entity, terminal
from milepost.cli.topics import topic_words
from milepost.commands import sessions as deeds
from milepost.errors import InvalidInput
from milepost.views import entities
from milepost.views import sessions as known_sessions
from milepost.views.entities import Series, Session, plain
from milepost.views.priorities import say_day
from milepost.views.today import next_session

session = App(name="session", help="Your sessions: one by one, or as they come again.")

ADD_MISSING = "Say on which day and at what time, as in `milepost session add fri --at 15:00`."
_CLEARABLE = ("place", "minutes")


def _again(one: One) -> One:
    """The same as it is after a change; an occurrence that was not changed is not written down."""
    kind = "series" if isinstance(one, Series) else "session"
    return written(kind, one.id) if one.id in terminal.state().entities.get(kind, {}) else one


def _time(at: str) -> str:
    return time_of_day(at)


def _day(text: str) -> date:
    return parse_date(text, terminal.today())


@session.command(name="add")
def session_add(
    day: str | None = None,
    /,
    *,
    at: str | None = None,
    every: str | None = None,
    minutes: MaybeWhole = None,
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
    bare = day is None
    said = terminal.ask_for(day, "On which day? [dim](fri, in 3 days, 2026-12-18)[/]", ADD_MISSING, _day)
    time = terminal.ask_for(at, "At what time? [dim](as in 15:00)[/]", "Say at what time, as in `--at 15:00`.", _time)
    if bare and every is None:
        every = terminal.ask_more(
            None, "How often does it come again? [dim](weekly, 2 weeks … Enter: just this once)[/]", parse_every
        )
    terminal.journal_to_write()
    start = {"at": f"{_day(said).isoformat()}T{_time(time)}:00", "time_zone": journal_zone()}
    if every is None:
        entity, drafts = commands.schedule(new_entity, start, minutes=minutes, place=place)
    else:
        entity, drafts = commands.plan_series(new_entity, start, parse_every(every), minutes=minutes, place=place)
    terminal.write(drafts)
    answer_one(written("series" if every else "session", entity))


@session.command(name="list")
def session_list() -> None:
    """What comes again, what is written down, and the occurrences of the last two and the next four weeks."""
    found: list[One] = []
    if terminal.begun:
        state = terminal.state()
        found = [*entities.series(state), *known_sessions.listed_sessions(state, terminal.today())]

    def show(console: Any) -> None:
        if found:
            print_sessions(console, found, kinds=True)
        else:
            console.print("No sessions yet. `milepost session add fri --at 15:00` adds one.")

    terminal.answer([row_of(one) for one in found], show)


@session.command(name="show")
def session_show(id: str, /) -> None:
    """One session with what is meant for it and what was written about it, or a series with the sessions it gives."""
    one, state, today = find(id), terminal.state(), terminal.today()
    if isinstance(one, Series):
        near = [s for s in known_sessions.near_sessions(state, today) if s.series == one.id]
        terminal.answer(
            {**row_of(one), "sessions": [row_of(s) for s in near]},
            lambda console: print_sessions(console, [one, *near], kinds=True),
        )
        return
    topics = [topic for topic in entities.topics(state) if topic.session == one.id]
    reflections = [found for found in entities.reflections(state) if found.session == one.id]

    def show(console: Any) -> None:
        print_sessions(console, [one])
        ids = terminal.short_ids()
        print_words(console, "To bring", [(ids[t.id], topic_words(t)) for t in topics])
        print_words(console, "Written about it", [(ids[r.id], r.takeaway or r.text) for r in reflections])

    more = {"topics": [plain(t) for t in topics], "reflections": [plain(r) for r in reflections]}
    terminal.answer({**row_of(one), **more}, show)


@session.command(name="next")
def session_next() -> None:
    """The next session, and the open topics for it."""
    now, state = datetime.now(UTC), terminal.state() if terminal.begun else None
    coming = next_session(state, now) if state else None
    topics = known_sessions.topics_for(state, coming, now) if state else []

    def show(console: Any) -> None:
        if coming:
            print_sessions(console, [coming])
        else:
            console.print("No session is planned, which is fine.")
        ids = terminal.short_ids()
        print_words(console, "To bring", [(ids[t.id], topic_words(t)) for t in topics])

    terminal.answer({"session": row_of(coming) if coming else None, "topics": [plain(t) for t in topics]}, show)


@session.command(name="move")
def session_move(id: str, day: str, /, *, at: str | None = None, reason: str | None = None) -> None:
    """One session takes place at another time; the others of its series stay."""
    one = find_session(id)
    time = f"{_time(at)}:00" if at else one.start["at"][11:]
    start = {**one.start, "at": f"{_day(day).isoformat()}T{time}"}
    terminal.write(deeds.revise_session(terminal.state(), one, {"start": start}, reason))
    answer_one(_again(one))


@session.command(name="revise")
def session_revise(
    id: str,
    /,
    *,
    place: str | None = None,
    minutes: MaybeWhole = None,
    clear: Annotated[list[str] | None, Parameter(negative="")] = None,
    day: str | None = None,
    at: str | None = None,
    every: str | None = None,
    reason: str | None = None,
) -> None:
    """Change one session; or a series, from its next session on: what lies behind you stays as it was.

    Parameters
    ----------
    clear
        What to empty: place or minutes.
    day
        Another day. Of a series: the first day on which it comes as you say now.
    at
        Another time of day, as in 15:00.
    every
        Another rhythm of a series: 2 weeks, thu …
    """
    one = find(id)
    fields: dict[str, Any] = {name: v for name, v in (("place", place), ("minutes", minutes)) if v is not None}
    for name in clear or []:
        if name not in _CLEARABLE:
            raise InvalidInput(f"`{name}` can't be cleared. These can: {', '.join(_CLEARABLE)}.")
        fields[name] = None
    if not fields and day is None and at is None and every is None:
        raise InvalidInput("Say what to change, as in `--place 'Room 3'`, `--minutes 60` or `--at 16:00`.")
    time = _time(at) if at else None
    state = terminal.state()
    if isinstance(one, Series):
        if every is not None:
            fields["recurrence"] = parse_every(every)
        first = _day(day) if day else None
        drafts = deeds.revise_series(state, one, fields, datetime.now(UTC), day=first, at=time, reason=reason)
        terminal.write(drafts)
        _answer_series(one, max(terminal.today(), first or date.min).isoformat() if drafts else None)
        return
    if every is not None:
        raise InvalidInput(f"{id} is one session. --every is for a series: `milepost session list` shows them.")
    on, o_clock = one.start["at"].split("T")
    start = {**one.start, "at": f"{_day(day).isoformat() if day else on}T{f'{time}:00' if time else o_clock}"}
    terminal.write(deeds.revise_session(state, one, {"start": start, **fields}, reason))
    answer_one(_again(one))


def _answer_series(one: Series, since: str | None) -> None:
    """A series after a change, and its sessions from the day `since` on that were changed one by one, so that they stay."""
    stay = [
        other
        for other in entities.sessions(terminal.state())
        if since is not None and other.series == one.id and other.start["at"][:10] >= since
    ]

    def show(console: Any) -> None:
        print_sessions(console, [_again(one)])
        if stay:
            console.print(f"\nWhat had been changed of it stays as it is ({counted(len(stay), 'session')}):")
            print_sessions(console, stay)

    terminal.answer(row_of(_again(one)), show)


def _about(one: Session, status: str, on: str | None) -> str:
    """The day that is said; else, of what took place or did not, the session's own, unless that is still to come."""
    today = terminal.today().isoformat()
    if status in {"held", "not_held"} and one.start["at"][:10] > terminal.past_day("today"):
        raise InvalidInput(
            f"That session is yet to come ({say_day(one.start['at'][:10])}). `milepost session cancel` calls it off, "
            "`milepost session move` says on which day it was instead."
        )
    if on is not None:
        return terminal.past_day(on)
    return min(one.start["at"][:10], today) if status in {"held", "not_held"} else today


def _turning(action: str, words: str) -> None:
    status = commands.SESSION_STATUSES[action]

    def turn(id: str, /, *, on: str | None = None) -> None:
        one = find(id) if status == "planned" else find_session(id)
        if isinstance(one, Series):
            terminal.write(deeds.end_series(terminal.state(), one.id, None))
        else:
            terminal.write(deeds.turn_session(terminal.state(), one, status, _about(one, status, on)))
        answer_one(_again(one))

    turn.__doc__ = f"""{words}

    Parameters
    ----------
    on
        The day it is about.
    """
    session.command(turn, name=action)


for _action, _words in {
    "hold": "It took place.",
    "cancel": "One session is called off; the others of its series stay.",
    "missed": "It did not take place.",
    "reopen": "A session is planned again; a series that was ended goes on.",
}.items():
    _turning(_action, _words)


@session.command(name="end")
def session_end(id: str, /, *, on: str = "today", reason: str | None = None) -> None:
    """A series comes to its end. What was written down of it stays.

    Parameters
    ----------
    on
        The last day on which it may come: today, fri (the next one), 2026-12-18 …
    """
    one = find(id)
    if isinstance(one, Session):
        raise InvalidInput(f"{id} is one session, and no series. `milepost session cancel {id}` calls it off.")
    last = _day(on)
    terminal.write(deeds.end_series(terminal.state(), one.id, last.isoformat(), reason))
    _answer_series(one, (last + timedelta(1)).isoformat())
