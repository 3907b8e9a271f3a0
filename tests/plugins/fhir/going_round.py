"""A journal out to a FHIR file and back into an empty one, and what of two journals is to be the same."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from milepost.plugin_api import Checkin, ExportContext, Goal, JournalView, Measure, Milestone
from milepost.testing import FakeHost
from milepost_fhir import FhirExporter, FhirImporter
from milepost_fhir.elements import text
from milepost_fhir.exporter import FhirSettings

TODAY = "2026-12-24"
LISTED: dict[str, tuple[str, ...]] = {
    "goals": (
        "title", "kind", "status", "on", "looks_like", "why", "helps", "area", "start", "due", "importance", "confidence",
        "reflection", "first", "latest", "steps", "reached",
    ),
    "measures": ("type", "question", "low", "high", "unit", "better", "target", "weight", "levels"),
    "milestones": ("title", "due", "status", "on", "progress", "place", "of"),
    "practices": ("title", "recurrence", "start", "minutes", "status", "on"),
    "sessions": ("start", "minutes", "place", "status", "on"),
    "checkins": ("on", "at", "value", "baseline", "occurrence", "note"),
    "assessments": ("instrument", "version", "answers", "on", "score", "subscores"),
}  # fmt: skip
"""The fields that a round trip keeps, beside what names what."""


def exported(view: JournalView, **settings: Any) -> bytes:
    chosen = FhirSettings(**{"assessments": "answers", **settings})
    return FhirExporter().render(view, ExportContext(plain=True, salt="salt", today=TODAY, settings=chosen))


def put_back(body: bytes) -> JournalView:
    """What an empty journal is, once the file was put back into it."""
    return FakeHost(now=datetime.fromisoformat(f"{TODAY}T09:00:00+00:00")).restore(FhirImporter(), body)


def listed(view: JournalView) -> dict[str, Any]:
    """What is to be the same: the listed fields of each thing in order, and what names what by its place.

    Of what can't be in FHIR, what becomes of it: spaces of other kinds are plain ones, and a time of another day is none.
    """
    shown = _Names(view)
    checkins = [
        {
            **_fields(one, LISTED["checkins"]),
            "subject": shown.subject(one.subject),
            "measure": shown.measure(one.measure),
        }
        for one in view.checkins
    ]
    practices = [{**_fields(one, LISTED["practices"]), "goal": shown.goal(one.goal)} for one in view.practices]
    sessions = [_fields(one, LISTED["sessions"]) for one in view.sessions]
    return {
        **{
            name: [_fields(one, LISTED[name]) for one in getattr(view, name)]
            for name in ("goals", "milestones", "assessments")
        },
        "measures": [sorted(shown.measure(one.id) for one in shown.measures_of(goal)) for goal in view.goals],
        "measure of goal": [shown.measure(one.measure) for one in view.goals],
        "goal of milestone": [shown.goal(one.goal) for one in view.milestones],
        # Those that begin at once have no order.
        "practices": sorted(practices, key=repr),
        "sessions": sorted(sessions, key=repr),
        # One whose day nobody knows is of today, once it is put back.
        "checkins": sorted(checkins, key=lambda one: one["on"]),
    }


class _Names:
    """What is called how in a journal: by its kind and place; a measure or a practice by what it is, as they have none."""

    def __init__(self, view: JournalView) -> None:
        self._view = view
        self._goals = _places("goal", view.goals)
        practices = {one.id: f"practice {_fields(one, LISTED['practices'])}" for one in view.practices}
        self._subjects = {**self._goals, **_places("milestone", view.milestones), **practices}
        self._measures = {
            one.id: f"{self.goal(goal.id)} {_fields(one, LISTED['measures'])}"
            for goal in view.goals
            for one in self.measures_of(goal)
        }

    def measures_of(self, goal: Goal) -> list[Measure]:
        return [one for one in self._view.measures if one.goal == goal.id]

    def goal(self, id_: str | None) -> str | None:
        return self._goals.get(id_ or "")

    def subject(self, id_: str | None) -> str | None:
        return self._subjects.get(id_ or "")

    def measure(self, id_: str | None) -> str:
        return self._measures.get(id_, "another") if id_ else "none"


def _places(kind: str, things: Iterable[Goal | Milestone]) -> dict[str, str]:
    return {one.id: f"{kind} {place}" for place, one in enumerate(things)}


def _fields(thing: Any, names: Sequence[str]) -> dict[str, Any]:
    found = {name: _plain(getattr(thing, name)) for name in names}
    if isinstance(thing, Checkin) and found["at"] and not str(found["at"]).startswith(str(found["on"])):
        found["at"] = None
    for name in ("start", "on"):
        if found.get(name) == "":
            found[name] = TODAY
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return text(value) if value else value
    return [_plain(one) for one in value] if isinstance(value, list | tuple) else value
