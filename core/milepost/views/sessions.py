"""Finding a session, whether somebody wrote it down or a series gives it, and the topics meant for it; knows no clock.

An occurrence of a series has its id before anybody touches it: so it can be named, and topics can be meant for it.
"""

from datetime import UTC, date, datetime, timedelta

from milepost.journal import State
from milepost.views.entities import Session, Topic, sessions, topics
from milepost.views.recurrence import instant, sessions_between

BACK_DAYS, AHEAD_DAYS = 14, 28
"""The days around today whose occurrences are shown without being asked for."""
FAR_DAYS = 366
"""How far from today an occurrence can be found by its id."""


def as_planned(one: Session) -> bool:
    """Whether an occurrence stands just as its series gave it, written down or not."""
    return one.series is not None and one.status == "planned" and one.start == one.original


def near_sessions(state: State, today: date) -> list[Session]:
    """What is written down, the occurrences near `today`, and the next of each series; the earliest first."""
    found = {one.id: one for one in sessions(state)}
    last, served = (today + timedelta(AHEAD_DAYS)).isoformat(), set[str | None]()
    for one in _untouched(state, today - timedelta(BACK_DAYS), today + timedelta(FAR_DAYS)):
        on = one.start["at"][:10]
        if on <= last or one.series not in served:
            found[one.id] = one
        if on >= today.isoformat():
            served.add(one.series)
    return sorted(found.values(), key=lambda one: (instant(one.start), one.id))


def far_sessions(state: State, today: date) -> list[Session]:
    """The occurrences that nobody touched, up to `FAR_DAYS` before and after `today`."""
    return _untouched(state, today - timedelta(FAR_DAYS), today + timedelta(FAR_DAYS))


def listed_sessions(state: State, today: date) -> list[Session]:
    """`near_sessions`, without those further off that are written down just as their series gives them."""
    first, last = (today - timedelta(BACK_DAYS)).isoformat(), (today + timedelta(AHEAD_DAYS)).isoformat()
    written = set(state.visible("session"))
    return [
        one
        for one in near_sessions(state, today)
        if one.id not in written or not as_planned(one) or first <= one.start["at"][:10] <= last
    ]


def _untouched(state: State, first: date, last: date) -> list[Session]:
    written = set(state.visible("session"))
    return [one for one in sessions_between(state, first, last) if one.id not in written]


def session_by_id(state: State, entity: str, today: date) -> Session | None:
    """The session with a whole id, or None where none near or far has it."""
    known = {one.id: one for one in (*far_sessions(state, today), *sessions(state))}
    return known.get(entity)


def topics_for(state: State, one: Session | None, now: datetime) -> list[Topic]:
    """The open topics for a next session: those meant for it, and those meant for no other that is still to come.

    `now` has an offset. So a topic for a session that was called off carries over.
    """
    around = now.astimezone(UTC).date()
    others = {
        other.id
        for other in sessions_between(state, around - timedelta(1), around + timedelta(FAR_DAYS))
        if other.status == "planned" and instant(other.start) >= now
    }
    if one is not None:
        others.discard(one.id)
    return [topic for topic in topics(state) if topic.status == "open" and topic.session not in others]
