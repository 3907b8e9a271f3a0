"""A journal's dates as a calendar (RFC 5545): goals' due dates, milestones, practices and sessions.

Titles come as they may be read by whoever looks over somebody's shoulder ("Step 2 of 5"), or in the person's own words
where they said so: a tick, a goal's name below a step, a place and a name of the whole are for the latter alone.

Of a calendar that is asked for again, only what has changed is written again: views that are the very same as before have
the very same bytes.
"""

from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from datetime import timedelta
from functools import lru_cache
from typing import Any, ClassVar

from icalendar import Calendar
from msgspec import Struct

from milepost.plugin_api import Exporter, Goal, JournalView, Milestone, Practice, Series, Session
from milepost_ics.fragments import Entry, Fragments, Row
from milepost_ics.items import (
    PUT_AWAY,
    SHOWN_GOALS,
    Context,
    Scene,
    goal_entry,
    is_chosen,
    practice_entries,
    scene,
    spans,
    step_entry,
)
from milepost_ics.rules import readable
from milepost_ics.sessions import grouped, series_entries, session_entry, zones_of
from milepost_ics.settings import COLOURS, IcsSettings
from milepost_ics.words import NAME
from milepost_ics.zones import definition

_END = b"END:VCALENDAR\r\n"


class IcsExporter(Exporter[IcsSettings]):
    """A calendar of what is due, what comes again, and sessions."""

    format = "ics"
    media_type = "text/calendar"
    file_name = "milepost.ics"
    settings: ClassVar[type[Struct]] = IcsSettings

    def render(self, view: JournalView, context: Context) -> bytes:
        of = scene(view, context)
        kept = context.kept.get("rendered")
        if not isinstance(kept, _Rendered) or kept.settled != of.settled:
            kept = _Rendered(of, Fragments())
        elif kept.fixed != of.fixed:
            kept = _Rendered(of, kept.fragments)
        context.kept["rendered"] = kept
        return b"".join([_head(_name(view, of), of.context.settings.colour), *kept.again(view, of), _END])


@lru_cache(maxsize=256)
def _head(name: str, colour: str) -> bytes:
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", "-//Milepost//Milepost calendar//EN")
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    calendar.add("color", colour)
    calendar.add("x-apple-calendar-color", COLOURS[colour])
    calendar.add("refresh-interval", timedelta(hours=1), parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")
    return bytes(calendar.to_ical()).removesuffix(_END)


def _name(view: JournalView, of: Scene) -> str:
    """What the calendar is called. The name that the person gave it may have words of theirs."""
    if of.context.plain:
        return of.context.name or view.title or NAME
    kinds = of.context.settings.kinds
    return of.words.names[kinds[0]] if len(kinds) == 1 else NAME


class _Rendered:
    """What was written of one calendar, thing by thing."""

    def __init__(self, of: Scene, fragments: Fragments) -> None:
        self.fixed, self.settled = of.fixed, of.settled
        self.fragments = fragments
        self._from_day: str | None = None
        self._goals, self._steps = Row[Goal](), Row[Milestone]()
        self._steps_of: dict[str, list[int]] = {}
        self._parts: dict[str, tuple[Any, bytes]] = {}

    def again(self, view: JournalView, of: Scene) -> list[bytes]:
        """The parts of the calendar as it is now."""
        kinds = of.context.settings.kinds
        if self._from_day != of.from_day:
            self._goals, self._steps, self._parts = Row[Goal](), Row[Milestone](), {}
            self._from_day = of.from_day
        changed = self._goals.differing(view.goals)
        found: list[bytes] = []
        if "goals" in kinds:
            found += self._goals.again(view.goals, changed, lambda goals: self._written_goals(of, goals))
        if "milestones" in kinds:
            places = self._places(view, changed)
            found += self._steps.again(
                view.milestones, places, lambda steps: self._written_steps(of, steps, view.goals)
            )
        self._goals.views = view.goals
        if "practices" in kinds:
            own = {one.goal for one in view.practices}
            away = {goal.id for goal in view.goals if goal.id in own and goal.status in PUT_AWAY} if own else set()
            practices = lambda: b"".join(self._practices(of, view.practices, away))  # noqa: E731
            found.append(self._part("practices", (view.practices, away), practices))
        if "sessions" in kinds:
            made_of = (view.series, view.sessions)
            sessions = lambda: b"".join(self._sessions(of, view.series, view.sessions))  # noqa: E731
            found.append(self._part("sessions", made_of, sessions))
        self._tidy(view)
        return found

    def _places(self, view: JournalView, changed: Iterable[int]) -> list[int]:
        """Where milestones are that changed, or whose goals did."""
        before, now = self._steps.views, view.milestones
        places = self._steps.differing(now)
        if len(before) != len(now) or any(before[at].goal != now[at].goal for at in places):
            self._steps_of = {}
            for at, step in enumerate(now):
                self._steps_of.setdefault(step.goal, []).append(at)
        return sorted({*places, *(at for goal in changed for at in self._steps_of.get(view.goals[goal].id, ()))})

    def _written_goals(self, of: Scene, goals: Iterable[Goal]) -> Iterator[bytes]:
        for goal in goals:
            entry = readable(lambda: goal_entry(of, goal)) if is_chosen(of.context.settings.goals, goal.id) else None  # noqa: B023
            yield self.fragments.of(("goal", goal.id), [entry], of.changed_ms(goal)) if entry else b""

    def _written_steps(self, of: Scene, steps: Iterable[Milestone], goals: Iterable[Goal]) -> Iterator[bytes]:
        steps = list(steps)
        wanted = {step.goal for step in steps}
        shown = {
            goal.id: goal
            for goal in goals
            if goal.id in wanted and goal.status in SHOWN_GOALS and is_chosen(of.context.settings.goals, goal.id)
        }
        for step in steps:
            goal = shown.get(step.goal)
            entry = readable(lambda: step_entry(of, step, goal)) if goal else None  # noqa: B023
            # Its place among the others and the goal's title are in it: so it counts as changed when the goal did.
            name = ("milestone", step.id)
            yield self.fragments.of(name, [entry], of.changed_ms(step, goal)) if goal and entry else b""

    def _practices(self, of: Scene, practices: Iterable[Practice], away: Container[str | None]) -> Iterator[bytes]:
        for one in practices:
            if one.goal not in away and is_chosen(of.context.settings.goals, one.goal):
                entries = readable(lambda: practice_entries(of, one, spans(one, of.context.history))) or []  # noqa: B023
                yield self.fragments.of(("practice", one.id), entries, of.changed_ms(one))

    def _sessions(self, of: Scene, series: Sequence[Series], sessions: Sequence[Session]) -> Iterator[bytes]:
        found: list[bytes] = []
        written: list[Entry] = []
        for again, own in grouped(series, sessions):
            if again is not None:
                entries = readable(lambda: series_entries(of, again, own)) or []  # noqa: B023
                found.append(self.fragments.of(("series", again.id), entries, of.changed_ms(again, *own)))
            elif entry := readable(lambda: session_entry(of, own[0])):  # noqa: B023
                entries = [entry]
                found.append(self.fragments.of(("session", own[0].id), entries, of.changed_ms(own[0])))
            else:
                continue
            written += entries
        yield from (definition(name, year) for name, year in sorted(zones_of(written).items()))
        yield from found

    def _part(self, name: str, made_of: Any, make: Callable[[], bytes]) -> bytes:
        kept = self._parts.get(name)
        if kept is None or kept[0] != made_of:
            kept = self._parts[name] = (made_of, make())
        return kept[1]

    def _tidy(self, view: JournalView) -> None:
        """What is gone is not kept for ever."""
        if self.fragments.are_many:
            lists = {
                "goal": view.goals,
                "milestone": view.milestones,
                "practice": view.practices,
                "series": view.series,
                "session": view.sessions,
            }
            self.fragments.keep({(kind, one.id) for kind, found in lists.items() for one in found})
