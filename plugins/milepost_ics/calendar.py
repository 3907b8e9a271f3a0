"""Goals' due dates and milestones as events of a calendar.

Titles come as they may be read by whoever looks over somebody's shoulder ("Step 2 of 5"), or in the person's own words
where they said so: a tick, a goal's name below a step and a name of the whole are for the latter alone.
"""

import uuid
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event

from milepost.plugin_api import ExportContext, Exporter, JournalView, NoSettings, Withheld

_NAMESPACE = uuid.UUID("6d1c8f2e-4a57-4b0e-9d7b-2f6a3c9e5b11")
_SEQUENCE_EPOCH_MS = 1_577_836_800_000
"""2020-01-01: SEQUENCE counts seconds from here to the last change, so that it grows and stays within 31 bits."""

SHOWN_GOALS = frozenset({"active", "achieved", "ended"})
"""A goal put off, paused or let go has no entry (and neither have its steps)."""

Context = ExportContext[NoSettings]


class IcsExporter(Exporter[NoSettings]):
    """A calendar of what is due."""

    format = "ics"
    media_type = "text/calendar"
    file_name = "milepost.ics"

    def render(self, view: JournalView, context: Context) -> bytes:
        calendar = Calendar()
        calendar.add("version", "2.0")
        calendar.add("prodid", "-//Milepost//Milepost calendar//EN")
        name = context.name or view.title or "Milepost"
        calendar.add("name", name)
        calendar.add("x-wr-calname", name)
        calendar.add("color", "teal")
        calendar.add("x-apple-calendar-color", "#008080")
        calendar.add("refresh-interval", timedelta(hours=1), parameters={"VALUE": "DURATION"})
        calendar.add("x-published-ttl", "PT1H")
        for event in _events(view, context):
            calendar.add_component(event)
        return bytes(calendar.to_ical())


def _events(view: JournalView, context: Context) -> Iterator[Event]:
    for goal in view.goals:
        if goal.status not in SHOWN_GOALS:
            continue
        if goal.due:
            done = goal.status in {"achieved", "ended"}
            yield _event("goal", goal.id, goal.due, goal.changed_at, context, goal.title, done=done)
        for step in view.steps_of(goal):
            if step.due and step.place:
                event = _event(
                    "milestone", step.id, step.due, step.changed_at, context, step.title, done=step.status == "reached"
                )
                if context.plain and goal.title:
                    event.add("description", goal.title)
                yield event


def _event(
    kind: str,
    entity: str,
    due: str | Mapping[str, str],
    changed_at: str,
    context: Context,
    title: str | Withheld,
    *,
    done: bool,
) -> Event:
    changed_ms = max(int(changed_at[:12] or "0", 16), _SEQUENCE_EPOCH_MS)
    changed = datetime.fromtimestamp(changed_ms // 1000, UTC)
    event = Event()
    event.add("uid", str(uuid.uuid5(_NAMESPACE, f"{context.salt}/{kind}/{entity}")))
    event.add("dtstamp", changed)
    event.add("last-modified", changed)
    event.add("sequence", (changed_ms - _SEQUENCE_EPOCH_MS) // 1000)
    said = title or kind.capitalize()
    event.add("summary", f"✓ {said}" if done and context.plain else said)
    if isinstance(due, str):
        day = date.fromisoformat(due)
        event.add("dtstart", day)
        event.add("dtend", day + timedelta(days=1))
    else:
        begins = datetime.fromisoformat(due["at"]).replace(tzinfo=ZoneInfo(due["time_zone"])).astimezone(UTC)
        event.add("dtstart", begins)
        event.add("dtend", begins + timedelta(minutes=15))
    event.add("transp", "TRANSPARENT")
    event.add("x-microsoft-cdo-busystatus", "FREE")
    return event
