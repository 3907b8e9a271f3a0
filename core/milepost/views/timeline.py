"""Everything with a date, past and coming, in one line; tells what stands, and never what could have been."""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from operator import attrgetter

from msgspec import Struct

from milepost.envelope import Event
from milepost.events import Fields
from milepost.journal import State
from milepost.views.checkins import checkins
from milepost.views.entities import UNTITLED, assessments, reflections
from milepost.views.fields import shown_fields
from milepost.views.journal import goal_fields
from milepost.views.priorities import counted
from milepost.views.recurrence import sessions_between, zone_of
from milepost.views.then_now import first_writes

AHEAD_DAYS = 28
"""How far ahead a series of sessions is followed where no last day is given."""
EXCERPT = 80
"""Characters of a text that has no title of its own."""

_GOAL_WORDS = {
    "active": "taken up again",
    "later": "kept for later",
    "paused": "paused",
    "achieved": "achieved",
    "let_go": "let go",
    "ended": "ended",
    "written": "written down",
    "due": "planned for this day",
}
_SESSION_WORDS = {"planned": "", "held": ", held", "cancelled": ", cancelled", "not_held": ", did not take place"}
_KINDS = {kind: at for at, kind in enumerate(("goal", "milestone", "session", "checkin", "assessment", "reflection"))}
"""Kinds in the order in which they stand on one day."""


class Dated(Struct, frozen=True, gc=False):
    """One thing on a local day, before anybody puts it into words of a language.

    `kind` is `goal`, `milestone`, `session`, `checkin`, `assessment` or `reflection`. `title` is somebody's own words,
    or empty; of a session it is the place. `became` is what became of it: a status, or `written`, `due`, `said` or
    `filled_in`. `at` is a local time of day, with the zone where it has one of its own. The check-ins of a day are one,
    with the id of the first; `count` says how many.
    """

    on: str
    kind: str
    id: str
    title: str
    became: str
    at: str = ""
    time_zone: str = ""
    count: int = 1


class Entry(Struct, frozen=True, gc=False):
    """One thing on a local day.

    `kind` is `goal`, `milestone`, `session`, `checkin`, `assessment` or `reflection`; `what` says in words what became
    of it. The check-ins of a day are one entry, with the id of the first.
    """

    on: str
    kind: str
    id: str
    title: str
    what: str


def timeline(
    state: State, events: Iterable[Event], today: date, first: date | None = None, last: date | None = None
) -> tuple[Entry, ...]:
    """What has a date from `first` to `last`, in English words. See `dated`."""
    return tuple(
        Entry(one.on, one.kind, one.id, *_WORDS[one.kind](one)) for one in dated(state, events, today, first, last)
    )


def dated(
    state: State, events: Iterable[Event], today: date, first: date | None = None, last: date | None = None
) -> tuple[Dated, ...]:
    """What has a date from `first` to `last` (both included; None: no end), the earliest first.

    Sessions of a series are worked out up to `last`, else for `AHEAD_DAYS` from `today`. What a goal or step is now
    counts: one that was reached and opened again is not there as reached.
    """
    begins, ends = first.isoformat() if first else "", last.isoformat() if last else "~"
    goals = goal_fields(state)
    found = [
        entry
        for entry in (*_goals(state, goals, events), *_steps(state), *_written(state))
        if entry.on and begins <= entry.on <= ends
    ]
    found += _sessions(state, first or date.min, last or today + timedelta(AHEAD_DAYS))
    found.sort(key=lambda one: (_KINDS[one.kind], one.at, one.time_zone, one.became, one.title, one.id))
    # Of check-ins there is one entry a day, which has its place between two kinds.
    at = bisect_left(found, _KINDS["checkin"], key=lambda one: _KINDS[one.kind])
    said = [entry for entry in _checkins(state, goals, begins, ends) if entry.on]
    return tuple(sorted([*found[:at], *said, *found[at:]], key=attrgetter("on")))


def _goals(state: State, goals: Mapping[str, Fields], events: Iterable[Event]) -> Iterator[Dated]:
    begun = first_writes(events, state.journal, "goal")
    zone = zone_of(state.fields("journal", state.journal).get("time_zone") or "UTC")
    for entity, fields in goals.items():
        title, status = fields.get("title") or UNTITLED, fields.get("status") or "active"
        if entity in begun:
            try:
                on = datetime.fromtimestamp(begun[entity].at / 1000, UTC).astimezone(zone).date().isoformat()
            except (ValueError, OverflowError, OSError):
                on = ""
            yield Dated(on, "goal", entity, title, "written")
        if fields.get("on"):
            yield Dated(fields["on"], "goal", entity, title, status)
        if fields.get("due") and status == "active":
            yield Dated(fields["due"], "goal", entity, title, "due")


def _steps(state: State) -> Iterator[Dated]:
    for entity, fields in shown_fields(state, "milestone").items():
        title, status = fields.get("title") or UNTITLED, fields.get("status") or "planned"
        due = fields.get("due")
        if status == "reached" and fields.get("on"):
            yield Dated(fields["on"], "milestone", entity, title, "reached")
        if status == "planned" and due:
            on, at = (due["at"][:10], due["at"][11:16]) if isinstance(due, dict) else (due, "")
            yield Dated(on, "milestone", entity, title, "due", at)


def _written(state: State) -> Iterator[Dated]:
    for one in reflections(state):
        yield Dated(one.on, "reflection", one.id, excerpt(one.takeaway or one.text), "written")
    for form in assessments(state):
        yield Dated(form.on, "assessment", form.id, form.instrument, "filled_in")


def _checkins(state: State, goals: Mapping[str, Fields], first: str, last: str) -> Iterator[Dated]:
    """One entry for each day on which somebody checked in, with the goals it was about."""
    titles: dict[str | None, str] = {
        entity: excerpt(fields.get("title") or UNTITLED) for entity, fields in goals.items()
    }
    for on, of_day in groupby(checkins(state, first, last), attrgetter("on")):
        ours = list(of_day)
        about = {titles.get(one.subject): None for one in ours}
        yield Dated(on, "checkin", ours[0].id, _cut(", ".join(filter(None, about))), "said", count=len(ours))


def _sessions(state: State, first: date, last: date) -> Iterator[Dated]:
    for one in sessions_between(state, first, last):
        at, zone = one.start["at"], one.start["time_zone"]
        yield Dated(at[:10], "session", one.id, one.place or "", one.status, at[11:16], zone)


_WORDS: Mapping[str, Callable[[Dated], tuple[str, str]]] = {
    "goal": lambda one: (one.title, _GOAL_WORDS.get(one.became, one.became)),
    "milestone": lambda one: (
        one.title,
        "reached" if one.became == "reached" else f"planned for this day{f' at {one.at}' if one.at else ''}",
    ),
    "session": lambda one: (
        f"Session, {one.title}" if one.title else "Session",
        f"at {one.at} ({one.time_zone}){_SESSION_WORDS.get(one.became, '')}",
    ),
    "checkin": lambda one: (one.title or "Check-in", counted(one.count, "check-in")),
    "assessment": lambda one: (one.title, "filled in"),
    "reflection": lambda one: (one.title, "reflection"),
}
"""Kind → its title and what became of it, in English."""


def excerpt(text: str) -> str:
    """The first words of a text, in one line."""
    return _cut(" ".join(text.split()))


def _cut(line: str) -> str:
    return line if len(line) <= EXCERPT else f"{line[: EXCERPT - 1].rstrip()}…"
