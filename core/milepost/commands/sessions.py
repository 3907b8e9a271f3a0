"""Commands on one session, be it an occurrence that nobody has touched yet, and on a whole series; pure.

An occurrence is written down when it is first touched, under the id that every device works out for it, together with
the change: two devices that touch it at once write down one session.
"""

import re
from datetime import date, datetime, timedelta

from milepost.commands.goals import given, require
from milepost.errors import InvalidInput
from milepost.events import Draft, Fields
from milepost.journal import State
from milepost.views.entities import Series, Session, Zoned
from milepost.views.recurrence import instant, occurrences, read_rule, series_sessions, sessions_between, zone_of

KEPT_DAYS = 366
"""When a series changes, what it gave is written down for so many days back."""
AHEAD_DAYS = 3_660
"""How far ahead the first day of a changed series is looked for."""
_OVER = "No session of it would come any more. `milepost session reopen` lets an ended series go on."


def write_down(state: State, one: Session) -> list[Draft]:
    """An occurrence as its series gives it, or nothing where somebody has written it down already."""
    if state.is_visible("session", one.id):
        return []
    fields = {"minutes": one.minutes, "place": one.place, "series": one.series, "original": one.original}
    return [Draft("session.scheduled", {"id": one.id, "start": one.start, **given(fields)})]


def turn_session(state: State, one: Session, status: str, on: str) -> list[Draft]:
    """Turns a session to another status, on a local date."""
    changed = Draft("session.status_changed", {"id": one.id, "status": status, "on": on})
    return [*write_down(state, one), changed]


def revise_session(state: State, one: Session, fields: Fields, reason: str | None = None) -> list[Draft]:
    """Changes `start`, `minutes` or `place` of one session; None empties, and what is so already is left out."""
    changed = {name: value for name, value in fields.items() if getattr(one, name) != value}
    if not changed:
        return []
    revised = Draft("session.revised", {"id": one.id, **changed, **given({"reason": reason})})
    return [*write_down(state, one), revised]


def end_series(state: State, series: str, ended: str | None, reason: str | None = None) -> list[Draft]:
    """No session of a series comes after a local date; None: it goes on."""
    require(state, "series", series)
    if state.fields("series", series).get("ended") == ended:
        return []
    return [Draft("series.ended", {"id": series, "ended": ended, **given({"reason": reason})})]


def revise_series(
    state: State,
    of: Series,
    fields: Fields,
    now: datetime,
    *,
    day: date | None = None,
    at: str | None = None,
    reason: str | None = None,
) -> list[Draft]:
    """Changes a series from its next session on, or from `day` on; what it gave before that stays, written down.

    `fields` may hold `recurrence`, `minutes` and `place`; `at` is the new time of day (`HH:MM`), `now` has an offset.

    Raises:
        InvalidInput: no session would come, or none on `day`.
    """
    changed = {name: value for name, value in fields.items() if getattr(of, name) != value}
    if day is not None or at is not None or "recurrence" in changed:
        changed |= _new_start(of, changed.get("recurrence"), now, day, at)
    changed = {name: value for name, value in changed.items() if getattr(of, name) != value}
    if not changed:
        return []
    local = now.astimezone(zone_of(of.start["time_zone"])).date()
    until = day or local
    stay = [
        one
        for one in sessions_between(state, until - timedelta(KEPT_DAYS), until)
        if one.series == of.id and _is_before(one, day, now)
    ]
    kept = [draft for one in stay for draft in write_down(state, one)]
    return [*kept, Draft("series.revised", {"id": of.id, **changed, **given({"reason": reason})})]


def _is_before(one: Session, day: date | None, now: datetime) -> bool:
    return instant(one.start) < now if day is None else one.start["at"][:10] < day.isoformat()


def _new_start(of: Series, recurrence: str | None, now: datetime, day: date | None, at: str | None) -> Fields:
    """`start`, and `recurrence` where it changes: the first session from `now` or `day` on."""
    zone, wanted = of.start["time_zone"], recurrence or of.recurrence
    time = f"{at}:00" if at else of.start["at"][11:]
    first = day or _first_day(of, recurrence, now)
    if first is None:
        raise InvalidInput(_OVER)
    rule = read_rule(wanted)
    if recurrence is None and rule is not None and rule.count is not None:
        begun = date.fromisoformat(of.start["at"][:10])
        left = rule.count - len(occurrences(wanted, begun, begun, first - timedelta(1)))
        wanted = re.sub(r"COUNT=\d+", f"COUNT={max(left, 0)}", wanted)
    days = occurrences(wanted, first, first, first + timedelta(AHEAD_DAYS))
    moments: list[Zoned] = [{"at": f"{one.isoformat()}T{time}", "time_zone": zone} for one in days]
    if day is not None and days[:1] != [day]:
        raise InvalidInput(f"It does not come on {day.isoformat()}. Say how often as well, as in `--every thu`.")
    if day is None:
        moments = [moment for moment in moments if instant(moment) >= now]
    if not moments or (of.ended and moments[0]["at"][:10] > of.ended):
        raise InvalidInput(_OVER)
    return {"start": moments[0], "recurrence": wanted}


def _first_day(of: Series, recurrence: str | None, now: datetime) -> date | None:
    """Where a new rhythm begins: at once where it names its days, else on the next day on which the series comes."""
    today = now.astimezone(zone_of(of.start["time_zone"])).date()
    if recurrence and _names_days(recurrence):
        return max(date.fromisoformat(of.start["at"][:10]), today)
    coming = series_sessions(of, today, today + timedelta(AHEAD_DAYS))
    days = (one.start["at"][:10] for one in coming if instant(one.start) >= now)
    return next(map(date.fromisoformat, days), None)


def _names_days(recurrence: str) -> bool:
    """Whether a rule says itself which days it falls on, whatever its first day."""
    rule = read_rule(recurrence)
    return rule is not None and any((rule.byday, rule.bymonthday, rule.byyearday, rule.byweekno))
