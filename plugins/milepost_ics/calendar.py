"""Goals' due dates and milestones as events of a calendar.

What goes in is decided by what people meet in a calendar that others may see over their shoulder: without `plain`
there is not one word of theirs in it, yet each entry still says what it is ("Step 2 of 5").
"""

import uuid
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event

from milepost.plugin_api import ExportContext, Exporter, Goal, JournalView

_NAMESPACE = uuid.UUID("6d1c8f2e-4a57-4b0e-9d7b-2f6a3c9e5b11")
_SEQUENCE_EPOCH_MS = 1_577_836_800_000
"""2020-01-01: SEQUENCE counts seconds from here to the last change, so that it grows and stays within 31 bits."""

SHOWN_GOALS = frozenset({"active", "achieved", "ended"})
"""A goal put off, paused or let go has no entry (and neither have its steps)."""
_SHOWN_STEPS = frozenset({"planned", "reached"})


class IcsExporter(Exporter):
    """A calendar of what is due."""

    format = "ics"
    media_type = "text/calendar"
    file_name = "milepost.ics"
    discreet = True

    def render(self, view: JournalView, context: ExportContext) -> bytes:
        calendar = Calendar()
        calendar.add("version", "2.0")
        calendar.add("prodid", "-//Milepost//Milepost calendar//EN")
        name = context.name or (view.title if context.plain else "") or "Milepost"
        calendar.add("name", name)
        calendar.add("x-wr-calname", name)
        calendar.add("color", "teal")
        calendar.add("x-apple-calendar-color", "#008080")
        calendar.add("refresh-interval", timedelta(hours=1), parameters={"VALUE": "DURATION"})
        calendar.add("x-published-ttl", "PT1H")
        for event in _events(view, context):
            calendar.add_component(event)
        return bytes(calendar.to_ical())


def _events(view: JournalView, context: ExportContext) -> Iterator[Event]:
    for goal in view.goals:
        if goal.status not in SHOWN_GOALS:
            continue
        if goal.due is not None:
            done = goal.status in {"achieved", "ended"}
            yield _event("goal", goal.id, goal.due, goal.changed_at, context, _goal_title(goal, context), done=done)
        steps = [step for step in goal.milestones if step.status in _SHOWN_STEPS]
        for place, step in enumerate(steps, 1):
            if step.due is not None:
                title = step.title if context.plain else f"Step {place} of {len(steps)}"
                event = _event(
                    "milestone", step.id, step.due, step.changed_at, context, title, done=step.status == "reached"
                )
                if context.plain:
                    event.add("description", goal.title)
                yield event


def _goal_title(goal: Goal, context: ExportContext) -> str:
    return goal.title if context.plain else "Goal date"


def _event(
    kind: str,
    entity: str,
    due: str | dict[str, str],
    changed_at: str,
    context: ExportContext,
    title: str,
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
    event.add("summary", f"✓ {title}" if done and context.plain else title)
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
