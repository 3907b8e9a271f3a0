"""Tasks of a calendar file (VTODO) as milestones of a goal: their titles, when they are due, and whether they are done."""

import hashlib
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Annotated, Any, BinaryIO, ClassVar
from zoneinfo import ZoneInfo

from icalendar import Todo
from msgspec import Meta, Struct

from milepost.plugin_api import Entry, Importer, InvalidInput, NewEntry
from milepost_ics.lines import Component, check_size, components, too_many

_WANTED = frozenset({"UID", "SUMMARY", "DUE", "STATUS", "COMPLETED", "PERCENT-COMPLETE", "RECURRENCE-ID"})
MAX_TASKS = 5_000
"""In one file."""
MAX_TITLE = 200
MAX_ID = 500


class Tasks(Struct, frozen=True, kw_only=True):
    """What the tasks of a file become."""

    goal: Annotated[
        str,
        Meta(min_length=1, description="The goal that they are milestones of: its title, or its id, as in goal=Sleep."),
    ]
    done: Annotated[
        bool, Meta(description="Whether tasks that are done come along, as milestones that were reached.")
    ] = True


class IcsImporter(Importer[Tasks]):
    """A milestone for each task."""

    format = "ics"
    title = "tasks out of a calendar file, as milestones"
    settings: ClassVar[type[Struct]] = Tasks

    def read(self, file: BinaryIO, settings: Tasks) -> Iterator[Entry]:
        check_size(file, "VTODO", MAX_TASKS, "tasks")
        for number, component in enumerate(components(file, "VTODO", _WANTED), 1):
            if number > MAX_TASKS:
                raise too_many(MAX_TASKS, "tasks")
            fields = _fields(component, settings)
            if fields is not None:
                uid = fields.pop("uid")
                yield NewEntry(kind="milestone", external_id=uid, fields=fields)


def _fields(component: Component, settings: Tasks) -> dict[str, Any] | None:
    """The fields of a milestone; None for a task that becomes none.

    Raises:
        InvalidInput: it can't be read.

    """
    todo = _read(component)
    title = " ".join(str(todo.get("SUMMARY", "")).split())[:MAX_TITLE]
    status = str(todo.get("STATUS", "")).strip().upper()
    if not title or status == "CANCELLED" or "RECURRENCE-ID" in todo:
        return None
    try:
        due = _due(todo.decoded("DUE")) if "DUE" in todo else None
        done_on = todo.decoded("COMPLETED") if "COMPLETED" in todo else None
    except (ValueError, TypeError, AttributeError, OverflowError):
        raise InvalidInput(f"Line {component.line}: when this task is due, or was done, can't be read.") from None
    fields: dict[str, Any] = {"goal": settings.goal, "title": title}
    if due is not None:
        fields["due"] = due
    if status == "COMPLETED" or done_on is not None or str(todo.get("PERCENT-COMPLETE", "")).strip() == "100":
        if not settings.done:
            return None
        fields["status"] = "reached"
        if isinstance(done_on, date):
            fields["on"] = (done_on.date() if isinstance(done_on, datetime) else done_on).isoformat()
    uid = str(todo.get("UID", "")).strip()
    if not uid or len(uid) > MAX_ID:
        uid = hashlib.sha256(repr((uid, sorted(fields.items(), key=str))).encode()).hexdigest()
    return {"uid": uid, **fields}


def _read(component: Component) -> Todo:
    seen: dict[bytes, bytes] = {}
    for line in component.lines:
        seen.setdefault(line[:40].split(b":")[0].split(b";")[0].upper(), line)
    body = b"\r\n".join([b"BEGIN:VTODO", *seen.values(), b"END:VTODO", b""])
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        raise InvalidInput(f"Line {component.line}: this task is not text in UTF-8.") from None
    try:
        todo = Todo.from_ical(text)
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, OverflowError) as error:
        raise InvalidInput(f"Line {component.line}: this task can't be read: {str(error)[:200]}") from None
    if not isinstance(todo, Todo):
        raise InvalidInput(f"Line {component.line}: this is no task.")
    return todo


def _due(due: date | datetime) -> Any:
    """A day; or a time with its zone, where that is one that everybody knows."""
    if not isinstance(due, datetime):
        return due.isoformat()
    zone = due.tzinfo
    if zone is None:
        return due.date().isoformat()
    at = due.replace(tzinfo=None, microsecond=0)
    if isinstance(zone, ZoneInfo):
        return {"at": at.isoformat(), "time_zone": zone.key}
    if due.utcoffset() == UTC.utcoffset(None):
        return {"at": at.isoformat(), "time_zone": "UTC"}
    return due.date().isoformat()
