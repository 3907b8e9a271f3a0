"""What somebody changed at the server in what came from here, as proposals for the journal; knows no HTTP.

A record is read and written by people who treat the person. What they set there about a goal or a step (its status, its
title, when it is due) is for the person to decide on, so it becomes a proposal, and what is the journal's stands there again.
What can't be said in a journal stays there as it is. Neutral titles are never taken in, nor days where those are not shown.

Goals and Observations of others are left alone: a record has many that are none of the journal's, and which of them the
person wants is asked where that can be looked at first, in an import.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from msgspec import Struct

from milepost.plugin_api import Entry, Revision
from milepost_fhir.codes import GOAL_STATUS_OF
from milepost_fhir.links import Link, Links, Ref, packed
from milepost_fhir.merging import last_written
from milepost_fhir.reading import version_of
from milepost_fhir.wanting import WRITES

TYPES = frozenset({"Goal", "Task"})
"""What is looked at."""
_TASK_STATUS_OF = {
    **dict.fromkeys(("draft", "requested", "received", "accepted", "ready", "in-progress", "on-hold"), "planned"),
    "completed": "reached",
    "cancelled": "dropped",
    "rejected": "dropped",
}
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_ELEMENTS: dict[str, dict[str, tuple[str, ...]]] = {
    "Goal": {
        "lifecycleStatus": ("status", "on"),
        "achievementStatus": ("status", "on"),
        "statusDate": ("on",),
        "description": ("title",),
        "startDate": ("start",),
        "target": ("due",),
    },
    "Task": {"status": ("status", "on"), "description": ("title",)},
}
"""Type → element → the fields that it says something of."""


class Entity(Struct, frozen=True):
    """What a resource is of, and what the journal had when they were last the same."""

    kind: str
    id: str
    base: dict[str, str]


class TakingIn:
    """Reads what was found there. Titles and days are taken in only where they are shown."""

    def __init__(self, links: Links, base: str, today: str, *, titles: bool, dates: bool) -> None:
        self._links, self._base, self._today = links, base, today
        self._takes = {"status", "on", *(("title",) if titles else ()), *(("due", "start") if dates else ())}
        self.told: list[str] = []
        """Lines for the person: which elements stay as they are there."""

    def entries(self, found: Sequence[Mapping[str, Any]], entities: Mapping[Ref, Entity]) -> list[Entry]:
        """What to propose; the links are kept as of now."""
        entries: list[Entry] = []
        for resource in found:
            ref = next((one for one in self._links.refs_of(resource) if one in entities), None)
            link = self._links.get(ref) if ref is not None else None
            if ref is None or link is None or not link.id or link.id != resource.get("id"):
                continue
            if link.unseen or link.version != version_of(resource):
                entries += self._one(ref, link, resource, entities[ref])
        return entries

    def _one(self, ref: Ref, link: Link, resource: Mapping[str, Any], entity: Entity) -> list[Entry]:
        there = self._links.digests(resource, self._base)
        wrote = last_written(link, there) or {}
        ours = WRITES[ref.type].elements - {"identifier", "extension"}
        changed = {name for name in ours if there.get(name) != wrote.get(name)}
        fields = self._fields(ref.type, resource, changed)
        taken = {name for name in changed if set(_ELEMENTS[ref.type].get(name, ())) & fields.keys()}
        left = sorted(changed - taken)
        if left:
            self.told.append(
                f"Somebody changed a {ref.type} there ({', '.join(left)}): that stays there, and is not taken in."
            )
        # What was taken in counts as seen: the journal's stands there again, unless the person wants what was proposed.
        now = {name: there[name] for name in taken if name in there}
        kept = {name: digest for name, digest in wrote.items() if name not in taken}
        link.wrote, link.sent = packed({**kept, **now}), ""
        link.version, link.unseen = version_of(resource), False
        link.kept = bool(left) or any(name not in wrote for name in there.keys() - ours)
        self._links.keep(ref, link)
        if not fields:
            return []
        return [Revision(kind=entity.kind, id=entity.id, fields=fields, base=entity.base, asks=True)]  # type: ignore[arg-type]

    def _fields(self, kind: str, resource: Mapping[str, Any], changed: set[str]) -> dict[str, Any]:
        """What the changed elements say, in the journal's words."""
        named = {name for element in changed for name in _ELEMENTS[kind].get(element, ())} & self._takes
        read = _of_goal(resource) if kind == "Goal" else _of_task(resource)
        fields = {name: read[name] for name in named if read.get(name) is not None}
        if "status" not in fields:
            fields.pop("on", None)
        elif "on" not in fields or fields["on"] > self._today:
            fields["on"] = self._today
        return fields


def _of_goal(goal: Mapping[str, Any]) -> dict[str, Any]:
    status = GOAL_STATUS_OF.get(_text(goal.get("lifecycleStatus")))
    codes = _list(_map(goal.get("achievementStatus")).get("coding"))
    if status == "ended" and any(_text(_map(one).get("code")) == "achieved" for one in codes):
        status = "achieved"
    due = next((found for one in _list(goal.get("target")) if (found := _day(_map(one).get("dueDate")))), None)
    return {
        "status": status,
        "on": _day(goal.get("statusDate")),
        "title": _text(_map(goal.get("description")).get("text")).strip() or None,
        "start": _day(goal.get("startDate")),
        "due": due,
    }


def _of_task(task: Mapping[str, Any]) -> dict[str, Any]:
    status = _TASK_STATUS_OF.get(_text(task.get("status")))
    return {"status": status, "title": _text(task.get("description")).strip() or None}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _map(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _day(value: object) -> str | None:
    if not isinstance(value, str) or _DAY.fullmatch(value) is None:
        return None
    try:
        return date.fromisoformat(value).isoformat()
    except ValueError:
        return None
