"""Commands on practices, sessions, topics, reflections, alliance checks and what looks after a person; pure."""

from typing import Any

from milepost.commands.goals import NewId, given, require, said
from milepost.commands.settling import put
from milepost.errors import InvalidInput
from milepost.events import COMPOSITES, Draft, Fields
from milepost.journal import State

PRACTICE_STATUSES = {"pause": "paused", "resume": "active", "end": "ended"}
SESSION_STATUSES = {"hold": "held", "cancel": "cancelled", "missed": "not_held", "reopen": "planned"}
TOPIC_STATUSES = {"discuss": "discussed", "drop": "dropped", "reopen": "open"}


def revise(state: State, kind: str, entity: str, fields: Fields, reason: str | None = None) -> list[Draft]:
    """Changes fields of any entity; what is as it was already is left out."""
    require(state, kind, entity)
    return revised(state, kind, entity, fields, reason)


def revised(state: State, kind: str, entity: str, fields: Fields, reason: str | None = None) -> list[Draft]:
    """The same of an entity that may be about to be made."""
    now = state.fields(kind, entity)
    changed = {name: value for name, value in fields.items() if now.get(name) != value}
    for members in COMPOSITES.get(kind, {}).values():
        if any(name in changed for name in members):
            # What shares a register is written whole, or what is left out would be emptied.
            changed |= {name: fields.get(name, now.get(name)) for name in members}
    if not changed:
        return []
    *rest, last = put(state, kind, entity, changed)
    return [*rest, Draft(last.type, {**last.fields, **given({"reason": reason})})]


def change_status(state: State, kind: str, entity: str, status: str, on: str) -> list[Draft]:
    """Turns a practice, a session or a topic to another status, on a local date."""
    require(state, kind, entity)
    return [Draft(f"{kind}.status_changed", {"id": entity, "status": status, "on": on})]


def add_practice(
    state: State, new_id: NewId, title: str, recurrence: str, start: str, **more: Any
) -> tuple[str, list[Draft]]:
    """An exercise that comes again by an RRULE from a day on; `more`: `goal`, `minutes`."""
    if more.get("goal") is not None:
        require(state, "goal", more["goal"])
    practice = new_id()
    fields = {"id": practice, "title": said(title), "recurrence": recurrence, "start": start, **given(more)}
    return practice, [Draft("practice.added", fields)]


def schedule(new_id: NewId, start: Fields, **more: Any) -> tuple[str, list[Draft]]:
    """One session; `start` is `{at, time_zone}`, `more`: `minutes`, `place`."""
    session = new_id()
    return session, [Draft("session.scheduled", {"id": session, "start": start, **given(more)})]


def plan_series(new_id: NewId, start: Fields, recurrence: str, **more: Any) -> tuple[str, list[Draft]]:
    """Sessions that come again."""
    series = new_id()
    return series, [Draft("series.planned", {"id": series, "start": start, "recurrence": recurrence, **given(more)})]


def bring(new_id: NewId, text: str | None, about: Fields | None = None, **more: Any) -> tuple[str, list[Draft]]:
    """A topic for a session, in words or as a reference to something in a journal; `more`: `session`."""
    if not (text and text.strip()) and about is None:
        raise InvalidInput("Say what to bring, in a few words.")
    topic = new_id()
    return topic, [Draft("topic.added", {"id": topic, **given({"text": text, "about": about, **more})})]


def reflect(state: State, new_id: NewId, text: str | None, on: str, **more: Any) -> tuple[str, list[Draft]]:
    """Words about a session, a goal, or nothing in particular; `more`: `takeaway`, `session`, `goal`."""
    if not text:
        raise InvalidInput("Write a few words, or give `-` to read them from standard input.")
    if more.get("goal") is not None:
        require(state, "goal", more["goal"])
    reflection = new_id()
    return reflection, [Draft("reflection.written", {"id": reflection, "on": on, "text": text, **given(more)})]


def record_alliance(new_id: NewId, on: str, **scales: Any) -> tuple[str, list[Draft]]:
    """How bond, goals and tasks feel, 0 to 10, each as one likes; also `note` and `session` (a reference)."""
    if all(scales.get(name) is None for name in ("bond", "goals", "tasks")):
        raise InvalidInput("Give at least one of --bond, --goals and --tasks, from 0 to 10.")
    alliance = new_id()
    return alliance, [Draft("alliance.recorded", {"id": alliance, "on": on, **given(scales)})]


def write_plan(state: State, fields: Fields) -> list[Draft]:
    """The journal's safety plan; only what changes is written."""
    first = not state.fields("plan", state.journal)
    now = state.fields("plan", state.journal)
    changed = {name: value for name, value in fields.items() if now.get(name) != value}
    return [Draft("plan.written" if first else "plan.revised", changed)] if changed else []
