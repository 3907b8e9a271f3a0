"""What part of a journal a page is about: the days and the goals that its settings choose; knows no format."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from msgspec import Meta, Struct

from milepost.plugin_api import Checkin, ExportContext, Goal, InvalidInput, JournalView
from milepost_report.wording import day_of, say_day

Days = Annotated[int, Meta(ge=1, le=36_525)]


class Part(Struct, frozen=True, kw_only=True):
    """Which part of a journal."""

    days: Annotated[Days | None, Meta(description="Only the latest so many days, today included.")] = None
    since: Annotated[date | None, Meta(description="Only from this day on, as in 2026-06-01.")] = None
    goals: Annotated[str, Meta(description="Only these goals: their ids, or how they begin, with commas between.")] = ""


class Chosen(Struct, frozen=True, kw_only=True):
    """The part of a journal: `first` is its first day (None: from the beginning), `today` the last (None: not known).

    With `named`, goals were asked for by name, and what belongs to none is left out.
    """

    view: JournalView
    first: date | None
    today: date | None
    goals: tuple[Goal, ...]
    named: bool

    def holds(self, on: object) -> bool:
        """Whether a day is among those asked for; one that can't be read is, where none were."""
        day = day_of(on)
        return self.first is None or (day is not None and day >= self.first)

    def checkins(self, about: Iterable[str | None]) -> list[Checkin]:
        """Check-ins about these things, of the days asked for, the earliest first."""
        subjects = set(about)
        return [one for one in self.view.checkins if one.subject in subjects and self.holds(one.on)]

    @property
    def span(self) -> str:
        """The days that it is about, in words."""
        until = f"p to {say_day(self.today.isoformat())}" if self.today else ""
        if self.first is None:
            return until and f"U{until}"
        return f"From {say_day(self.first.isoformat())} {until and f'u{until}'}".strip()


def choose(view: JournalView, context: ExportContext[Any], part: Part) -> Chosen:
    """What the settings choose.

    Raises:
        InvalidInput: no goal, or more than one, is meant by a name; or both `days` and `since` are given.

    """
    today = today_of(view, context)
    if part.days is not None and part.since is not None:
        raise InvalidInput("Give `days` or `since`, and not both.")
    first = part.since
    if part.days is not None and today is not None:
        first = date.fromordinal(max(today.toordinal() - part.days + 1, 1))
    wanted = [name.strip() for name in part.goals.split(",") if name.strip()]
    goals = view.goals
    if wanted:
        ids = {_meant(view, name).id for name in wanted}
        goals = tuple(goal for goal in view.goals if goal.id in ids)
    return Chosen(view=view, first=first, today=today, goals=goals, named=bool(wanted))


def _meant(view: JournalView, name: str) -> Goal:
    found = [goal for goal in view.goals if goal.id.startswith(name)]
    if len(found) != 1:
        raise InvalidInput(
            f"{'No goal has' if not found else 'More than one goal has'} an id that begins with `{name}`. "
            "`milepost goal list` shows them."
        )
    return found[0]


def goal_of(view: JournalView) -> dict[str, str]:
    """What a check-in can be about → the goal that it belongs to: goals, their steps and their practices."""
    found = {goal.id: goal.id for goal in view.goals}
    found |= {step.id: step.goal for step in view.milestones if step.goal in found}
    return found | {one.id: one.goal for one in view.practices if one.goal and one.goal in found}


def today_of(view: JournalView, context: ExportContext[Any]) -> date | None:
    """The person's day; where that is not said, the one on which something last changed."""
    if context.today:
        return day_of(context.today)
    if not context.changed_ms:
        return None
    changed = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=context.changed_ms)
    return changed.astimezone(zone_of(view.time_zone)).date()


def zone_of(name: str) -> ZoneInfo:
    """A time zone by its name; UTC where nobody here knows it."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")
