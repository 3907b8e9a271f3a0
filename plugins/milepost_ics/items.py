"""Goals, milestones and practices as entries of a calendar; knows no bytes and keeps nothing."""

import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from msgspec import structs

from milepost.plugin_api import ExportContext, Goal, JournalView, Milestone, Practice, Revised, View, Withheld
from milepost_ics.fragments import Entry
from milepost_ics.rules import Ruled, instant, last_day, ruled, zone
from milepost_ics.settings import IcsSettings
from milepost_ics.words import Words, words_for

_NAMESPACE = uuid.UUID("6d1c8f2e-4a57-4b0e-9d7b-2f6a3c9e5b11")
SHOWN_GOALS = frozenset({"active", "achieved", "ended"})
"""A goal put off, paused or let go has no entry (and neither have its steps)."""
PUT_AWAY = frozenset({"later", "paused", "let_go", "ended"})
"""The exercises of such a goal are not asked for."""
DUE_MINUTES = 15
"""How long a milestone that is due at a time of day is drawn."""

Context = ExportContext[IcsSettings]
Moment = Mapping[str, str]


class Scene(NamedTuple):
    """What all entries of one calendar have in common. What is over before `from_day` is left out."""

    context: Context
    words: Words
    from_day: str

    @property
    def fixed(self) -> tuple[object, ...]:
        """What entries are made of beside the views: where it is the same, so are they."""
        return (*self.settled, self.context.reminders, self.words)

    @property
    def settled(self) -> tuple[object, ...]:
        """What a calendar is: where it is another, all of it has changed."""
        one = self.context
        return (one.salt, one.plain, one.settings, one.set_ms)

    def uid(self, kind: str, entity: str, more: str = "") -> str:
        """An id that no other feed's can be compared with."""
        return str(uuid.uuid5(_NAMESPACE, f"{self.context.salt}/{kind}/{entity}" + (f"/{more}" if more else "")))

    def said(self, own: str | Withheld | None, neutral: str, *, done: bool = False) -> str:
        """The person's own words where they asked for them, else neutral ones, without a word on how it went."""
        if not self.context.plain:
            return neutral
        return f"✓ {own or neutral}" if done else own or neutral

    def changed_ms(self, *views: View | None) -> int:
        """When what an entry is about last changed, or the feed's own settings did."""
        return max(self.context.set_ms, *(one.changed_ms for one in views if one is not None))

    def alarms(self, entity: str, words: str) -> tuple[tuple[timedelta, str], ...]:
        """The times of day at which the person wants to be reminded of something, for an entry that is all day."""
        if not self.context.settings.alarms:
            return ()
        text = words if self.context.plain else self.words.reminder
        return tuple((_after_midnight(at), text) for at in sorted(set(self.context.reminders.get(entity, ()))))


def scene(view: JournalView, context: Context) -> Scene:
    """The scene of a rendering."""
    if not isinstance(context.settings, IcsSettings):
        context = structs.replace(context, settings=IcsSettings())
    words = words_for(context.settings.language, view.locale)
    try:
        from_day = (date.fromisoformat(context.today) - timedelta(context.settings.past_days)).isoformat()
    except (ValueError, OverflowError):
        from_day = ""
    return Scene(context, words, from_day)


def _after_midnight(at: str) -> timedelta:
    hours, _, minutes = at.partition(":")
    return timedelta(hours=int(hours), minutes=int(minutes))


def is_chosen(wanted: Sequence[str], goal: str | None) -> bool:
    """Whether a goal is one of those that the person chose, or all are."""
    return not wanted or (goal is not None and any(goal.startswith(one) for one in wanted))


def goal_entry(of: Scene, goal: Goal) -> Entry | None:
    """A goal's due date."""
    if not isinstance(goal.due, str) or goal.due < of.from_day or goal.status not in SHOWN_GOALS:
        return None
    summary = of.said(goal.title, of.words.goal, done=goal.status in {"achieved", "ended"})
    return Entry(
        uid=of.uid("goal", goal.id),
        summary=summary,
        begins=date.fromisoformat(goal.due),
        alarms=of.alarms(goal.id, summary),
    )


def step_entry(of: Scene, step: Milestone, goal: Goal) -> Entry | None:
    """A milestone's due date, or its time."""
    if not step.due or not step.place or isinstance(step.due, Withheld) or (step.due_day or "") < of.from_day:
        return None
    neutral = of.words.step_of.format(place=step.place, of=step.of)
    return Entry(
        uid=of.uid("milestone", step.id),
        summary=of.said(step.title, neutral, done=step.status == "reached"),
        begins=date.fromisoformat(step.due) if isinstance(step.due, str) else moment_utc(step.due),
        minutes=DUE_MINUTES,
        description=goal.title if of.context.plain and isinstance(goal.title, str) else "",
    )


def moment_utc(moment: Moment) -> datetime:
    """A zoned local time in UTC."""
    return instant(datetime.fromisoformat(moment["at"]), zone(moment["time_zone"]))


class Span(NamedTuple):
    """A time for which a practice was or is active: first and last day, none where it goes on. `name` tells it from
    others: empty for the one that begins with the practice.
    """

    first: date
    last: date | None
    name: str = ""


def spans(practice: Practice, history: Callable[[str], Sequence[Revised]]) -> list[Span]:
    """The times for which a practice was or is active, the earliest first."""
    start, on = _day(practice.start), _day(practice.on)
    if start is None:
        return []
    if on is None:
        return [Span(start, None)] if practice.status == "active" else []
    turns = list(_turns(history(practice.id)))
    if not turns or turns[-1] != (practice.status, on):
        turns = [] if practice.status != "active" else [("paused", start)]
        turns.append((practice.status, on))
    found: list[Span] = []
    begun, name = start, ""
    active = True
    for status, day in turns:
        if active and status != "active":
            found += [Span(begun, day - timedelta(1), name)] if day > begun else []
        elif not active and status == "active":
            begun, name = max(day, start), day.isoformat()
        active = status == "active"
    return [*found, Span(begun, None, name)] if active else found


def _turns(history: Iterable[Revised]) -> Iterator[tuple[str, date]]:
    """(status, since which day) of each change of a practice's status: both are written at once, in either order."""
    status: object = None
    on: date | None = None
    for one in history:
        if one.field == "status":
            status = one.now
        elif one.field == "on":
            on = _day(one.now)
        if isinstance(status, str) and on is not None:
            yield status, on
            status, on = None, None


def _day(value: object) -> date | None:
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def practice_entries(of: Scene, practice: Practice, active: Sequence[Span]) -> list[Entry]:
    """A practice: one entry that comes again, for each time that it was active."""
    start = _day(practice.start)
    if not isinstance(practice.recurrence, str) or start is None:
        return []
    until = last_day(practice.recurrence)
    found = []
    for span in active:
        last = min((day for day in (span.last, until) if day), default=None)
        rule = ruled(practice.recurrence, start, span.first, last)
        if rule is None or (rule.over and rule.over.isoformat() < of.from_day):
            continue
        summary = of.said(practice.title, of.words.practice)
        found.append(
            Entry(
                uid=of.uid("practice", practice.id, span.name),
                summary=summary,
                begins=rule.first,
                rule=all_day(rule),
                alarms=of.alarms(practice.id, summary),
            )
        )
    return found


def all_day(rule: Ruled) -> str:
    """The rule of an entry that is all day: its end is a day (RFC 5545, section 3.3.10)."""
    if rule.count is not None:
        return f"{rule.rule};COUNT={rule.count}"
    return f"{rule.rule};UNTIL={rule.last:%Y%m%d}" if rule.last else rule.rule


def timed(rule: Ruled, begins: datetime, of_zone: str) -> str:
    """The rule of an entry at a time of day in a zone: its end is in UTC."""
    if rule.count is not None:
        return f"{rule.rule};COUNT={rule.count}"
    if rule.last is None:
        return rule.rule
    until = instant(datetime.combine(rule.last, begins.time()), zone(of_zone)).astimezone(UTC)
    return f"{rule.rule};UNTIL={until:%Y%m%dT%H%M%SZ}"
