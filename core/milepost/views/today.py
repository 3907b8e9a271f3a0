"""What one local day holds: what comes again on it, what is near, the next session; names nothing that is not due.

While somebody rests, nothing is suggested: what they set up themselves (sessions, topics) stays to be seen.
"""

from datetime import UTC, date, datetime, time, timedelta

from msgspec import Struct

from milepost.events import Fields
from milepost.journal import State
from milepost.views.checkins import checkins_about
from milepost.views.entities import UNTITLED, Practice, Rest, Session, own, practices
from milepost.views.fields import those
from milepost.views.priorities import counted, say_day
from milepost.views.recurrence import instant, occurrences, sessions_within, zone_of

NEAR_DAYS = 14
AHEAD_DAYS = (31, 366)
"""How far ahead the next session is looked for; first near, where it mostly is."""
PUT_AWAY = frozenset({"later", "paused", "let_go", "ended"})
"""Statuses of a goal in which nothing of it is asked."""


class Due(Struct, frozen=True, kw_only=True):
    """A practice that comes on this day. `done`: somebody checked in on it for this occurrence."""

    id: str
    title: str
    minutes: int | None = None
    goal: str | None = None
    done: bool = False


class Near(Struct, frozen=True, kw_only=True):
    """A goal or step with a date; `days` counts from the day that is asked about, below 0 where it lies behind."""

    kind: str
    id: str
    title: str
    due: str
    days: int


class Today(Struct, frozen=True, kw_only=True):
    """One day; `session` is the next one, with its time zone. `words` says it in a sentence or two."""

    on: str
    resting: bool = False
    resting_until: str | None = None
    practices: tuple[Due, ...] = ()
    near: tuple[Near, ...] = ()
    session: Session | None = None
    topics_open: int = 0
    words: str = ""


def today(state: State, day: date, now: datetime | None = None) -> Today:
    """What a day holds. `now` (with an offset) is when the next session is looked for from; else the day's beginning."""
    rest = resting(state, day)
    now = now or datetime.combine(
        day, time(), zone_of(state.fields("journal", state.journal).get("time_zone") or "UTC")
    )
    due, close = ((), ()) if rest else (_due(state, day), near(state, day))
    session = next_session(state, now)
    topics = len(those(state, "topic", "status", lambda status: (status or "open") == "open"))
    return Today(
        on=day.isoformat(),
        resting=rest is not None,
        resting_until=rest.until if rest else None,
        practices=due,
        near=close,
        session=session,
        topics_open=topics,
        words=_in_words(rest, due, bool(close or session), topics),
    )


def _in_words(rest: Rest | None, due: tuple[Due, ...], more: bool, topics: int) -> str:
    words = []
    if rest:
        words.append(
            f"Resting until {say_day(rest.until)}: nothing is asked." if rest.until else "Resting: nothing is asked."
        )
    if due:
        done = sum(one.done for one in due)
        so_far = "" if not done else ", done" if done == len(due) else f", {done} of them done"
        words.append(f"{counted(len(due), 'practice').capitalize()} for this day{so_far}.")
    if topics:
        words.append(f"{counted(topics, 'topic').capitalize()} for the next session.")
    if not words and not more:
        words.append("Nothing is planned for this day, which is fine.")
    return " ".join(words)


def resting(state: State, day: date) -> Rest | None:
    """The rest that covers a local day, its last one included, or None."""
    found = own(state, Rest, "rest")
    return found if covers(found, day) else None


def covers(rest: Rest, day: date) -> bool:
    """Whether a rest covers a local day."""
    text = day.isoformat()
    return rest.resting and (rest.on or "") <= text and (rest.until is None or text <= rest.until)


def practices_asked(state: State) -> list[Practice]:
    """The active practices, the first begun first; those of a goal that is put away are not asked for."""
    away = those(state, "goal", "status", PUT_AWAY.__contains__)
    return [one for one in practices(state) if one.status == "active" and one.goal not in away]


def days_of(practice: Practice, first: date, last: date) -> list[date]:
    """The days from `first` to `last` on which a practice comes."""
    try:
        start = date.fromisoformat(practice.start)
    except ValueError:
        return []
    return occurrences(practice.recurrence, start, first, last)


def _due(state: State, day: date) -> tuple[Due, ...]:
    found = [one for one in practices_asked(state) if days_of(one, day, day)]
    return tuple(
        Due(
            id=one.id,
            title=one.title,
            minutes=one.minutes,
            goal=one.goal,
            done=_is_done(state, one.id, day.isoformat()),
        )
        for one in found
    )


def _is_done(state: State, practice: str, on: str) -> bool:
    return any((one.occurrence or one.on) == on for one in checkins_about(state, practice))


def near(state: State, day: date) -> tuple[Near, ...]:
    """Active goals and their open steps that are due within `NEAR_DAYS`, the soonest first; then those past their date."""
    goals = those(state, "goal", "status", lambda status: (status or "active") == "active")
    steps = those(state, "milestone", "status", lambda status: (status or "planned") == "planned")
    found = [_near("goal", entity, fields, day) for entity, fields in goals.items()]
    found += [
        _near("milestone", entity, fields, day) for entity, fields in steps.items() if fields.get("goal") in goals
    ]
    close = [one for one in found if one is not None and one.days <= NEAR_DAYS]
    return tuple(sorted(close, key=lambda one: (one.days < 0, abs(one.days), one.title, one.id)))


def _near(kind: str, entity: str, fields: Fields, day: date) -> Near | None:
    due = fields.get("due")
    text: str = (due["at"][:10] if isinstance(due, dict) else due) or ""
    try:
        days = (date.fromisoformat(text) - day).days
    except ValueError:
        return None
    return Near(kind=kind, id=entity, title=fields.get("title") or UNTITLED, due=text, days=days)


def next_session(state: State, now: datetime) -> Session | None:
    """The first session that is planned and has not begun; `now` has an offset."""
    around = now.astimezone(UTC).date()
    # A day before, too: it may be another date where the session is.
    for found in sessions_within(state, ((around - timedelta(1), around + timedelta(days)) for days in AHEAD_DAYS)):
        for one in found:
            if one.status == "planned" and instant(one.start) >= now:
                return one
    return None
