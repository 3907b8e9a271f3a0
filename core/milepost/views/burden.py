"""How many minutes a week asks of a person; makes an offer when it is much, and never pushes."""

from datetime import date, timedelta

from msgspec import Struct

from milepost.journal import State
from milepost.views.fields import those
from milepost.views.today import days_of, practices_asked, resting

LIMIT = 60
"""Minutes a week above which an offer is made, unless the caller says otherwise."""
DAYS = 7
CHECKIN_MINUTES = 1
"""What checking in on a goal with a measure takes in a week."""


class Asked(Struct, frozen=True, kw_only=True):
    """What one practice asks in the week: `times` it comes, `minutes` altogether (0 where nobody said how long)."""

    id: str
    title: str
    times: int
    minutes: int


class Burden(Struct, frozen=True, kw_only=True):
    """A week, in minutes. `offer` is null up to the limit."""

    first: str
    last: str
    minutes: int = 0
    checkin_minutes: int = 0
    practices: tuple[Asked, ...] = ()
    limit: int = LIMIT
    offer: str | None = None


def burden(state: State, first: date, limit: int = LIMIT) -> Burden:
    """What the seven days from `first` ask: practices as often as they come, and a minute for each measured goal.

    Days of rest ask nothing.
    """
    last = first + timedelta(DAYS - 1)
    awake = {day for day in (first + timedelta(n) for n in range(DAYS)) if not resting(state, day)}
    asked = []
    for practice in practices_asked(state):
        times = len(awake.intersection(days_of(practice, first, last)))
        if times:
            minutes = times * (practice.minutes or 0)
            asked.append(Asked(id=practice.id, title=practice.title, times=times, minutes=minutes))
    measured = those(state, "goal", "measure", bool).values() if awake else ()
    checkins = CHECKIN_MINUTES * sum((fields.get("status") or "active") == "active" for fields in measured)
    total = checkins + sum(one.minutes for one in asked)
    return Burden(
        first=first.isoformat(),
        last=last.isoformat(),
        minutes=total,
        checkin_minutes=checkins,
        practices=tuple(asked),
        limit=limit,
        offer=_offer(total) if total > limit else None,
    )


def _offer(minutes: int) -> str:
    return (
        f"This week asks for about {minutes} minutes. If you would like it lighter, a practice can pause; "
        "it is all right to leave it as it is, too."
    )
