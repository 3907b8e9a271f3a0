"""A task as it stands on a calendar server (VTODO, RFC 5545, section 3.6.2): made, read, and changed where it is; pure.

What somebody added to a task there (a note, an alarm, a place) is not ours, and stays. A task is completed if anything
says so: `STATUS`, `COMPLETED` or `PERCENT-COMPLETE`; programs do not agree on which, so we write all three.
"""

import re
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from icalendar import Calendar, Todo
from msgspec import Struct

PRODID = "-//Milepost//Milepost tasks//EN"
REVISION = "X-MILEPOST-REVISION"
MAX_TITLE = 500
MAX_PARTS = 500
"""Parts of one calendar object that are read: a task, its alarms, and times at which it differs."""
_EPOCH_MS = 1_577_836_800_000
"""2020-01-01: SEQUENCE counts seconds from here to the last change, so that it grows and stays within 31 bits."""
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]+")


class Shown(Struct, frozen=True, omit_defaults=True):
    """What of a task may be said on either side. `due` is a day, or a moment in UTC; empty where it has none."""

    title: str = ""
    done: bool = False
    due: str = ""


class Task(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A task as it is to be: what may be said on either side, and the rest, which is ours."""

    shown: Shown
    status: str = "NEEDS-ACTION"
    parent: str = ""
    start: str = ""
    percent: int = -1
    """How much of a goal is done, below 100; -1 where there is no saying."""
    completed_ms: int = 0
    changed_ms: int = 0
    has_due: bool = False
    """Whether when it is due is for us to say."""
    revision: str = ""

    @property
    def ours(self) -> str:
        """What is for the journal alone to say, as one text to compare."""
        return f"{self.status}/{self.parent}/{self.start}/{self.percent}/{self.has_due}"


class There(Struct, frozen=True, kw_only=True):
    """A task as it was found there: its whole calendar, what it shows, which revision of ours it builds upon, and when
    it was completed, if that is told.
    """

    calendar: Any
    shown: Shown
    revision: str
    completed_at: datetime | None
    etag: str = ""


def made(uid: str, task: Task) -> bytes:
    """A new task."""
    calendar, todo = Calendar(), Todo()
    calendar.add("version", "2.0")
    calendar.add("prodid", PRODID)
    todo.add("uid", uid)
    calendar.add_component(todo)
    return _as_bytes(calendar, todo, task)


def changed(there: There, uid: str, task: Task) -> bytes:
    """The task that is there, as it is to be; all else in it stays."""
    todo = _todo(there.calendar, uid)
    return made(uid, task) if todo is None else _as_bytes(there.calendar, todo, task)


def read(body: bytes, uid: str, zone: str) -> There | None:
    """What stands in a body; None where that is no task of this name, or nothing that can be read."""
    if body.upper().count(b"BEGIN:") > MAX_PARTS:
        return None
    try:
        calendar = Calendar.from_ical(body.decode("utf-8", errors="replace"))
        todo = _todo(calendar, uid)
        if todo is None:
            return None
        percent = _number(todo.get("PERCENT-COMPLETE"))
        status = str(todo.get("STATUS", "")).upper()
        shown = Shown(
            title=clean(str(todo.get("SUMMARY", ""))),
            done=status == "COMPLETED" or "COMPLETED" in todo or percent == 100,
            due=_due_text(_moment(todo, "DUE"), zone),
        )
        completed = _moment(todo, "COMPLETED")
        at = completed.astimezone(UTC) if isinstance(completed, datetime) and completed.tzinfo else None
        revision = str(todo.get(REVISION, ""))[:64]
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, OverflowError, RecursionError):
        return None  # whatever stands there, it is none of ours as it is
    return There(calendar=calendar, shown=shown, revision=revision, completed_at=at)


def clean(title: str) -> str:
    """A title on one line, without what can't be seen."""
    return " ".join(_UNSEEN.sub(" ", title).split())[:MAX_TITLE].strip()


def due_of(due: Any) -> str:
    """When a step is due, as `Shown` has it; `due` is a day, a local time with its zone, or nothing."""
    if not due:
        return ""
    if isinstance(due, str):
        return due
    try:
        local = datetime.fromisoformat(due["at"]).replace(tzinfo=ZoneInfo(due["time_zone"]))
    except (ValueError, KeyError, ZoneInfoNotFoundError):
        return str(due.get("at", ""))[:10]
    return _due_text(local, "UTC")


def due_for_journal(due: str, zone: str) -> Any:
    """The other way round: what the journal is told; a moment is local in a zone."""
    if not due.endswith("Z"):
        return due or None
    local = datetime.strptime(due, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC).astimezone(zone_of(zone))
    return {"at": local.replace(tzinfo=None).isoformat(timespec="seconds"), "time_zone": zone}


def zone_of(name: str) -> ZoneInfo:
    """A zone by its name; UTC where there is none of it."""
    try:
        return ZoneInfo(name)
    except (ValueError, ZoneInfoNotFoundError):
        return ZoneInfo("UTC")


def moment_of(ms: int) -> datetime:
    """A time in milliseconds, to the second, from 2020 on."""
    return datetime.fromtimestamp(max(ms, _EPOCH_MS) // 1000, UTC)


def sequence_of(ms: int) -> int:
    """A number that grows from change to change."""
    return max(ms - _EPOCH_MS, 0) // 1000


def _due_text(moment: date | datetime | None, zone: str) -> str:
    if not isinstance(moment, datetime):
        return moment.isoformat() if moment is not None else ""
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone_of(zone))
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _todo(calendar: Any, uid: str) -> Any:
    """The task of a name in a calendar, but none that stands for one time of many."""
    for todo in calendar.walk("VTODO"):
        if str(todo.get("UID", "")) == uid and "RECURRENCE-ID" not in todo:
            return todo
    return None


def _moment(todo: Any, name: str) -> date | datetime | None:
    value = todo.get(name)
    moment = getattr(value, "dt", None)
    return moment if isinstance(moment, date) else None


def _number(value: Any) -> int:
    try:
        return int(value)
    except (TypeError, ValueError):
        return -1


def _set(todo: Any, name: str, value: Any) -> None:
    todo.pop(name, None)
    todo.add(name, value)


def _as_bytes(calendar: Any, todo: Any, task: Task) -> bytes:
    shown = task.shown
    changed = moment_of(task.changed_ms)
    for name in ("DTSTAMP", "LAST-MODIFIED"):
        _set(todo, name, changed)
    _set(todo, "SEQUENCE", sequence_of(task.changed_ms))
    _set(todo, "SUMMARY", shown.title)
    _set_done(todo, task)
    if task.has_due:
        _set_due(todo, shown.due)
    if task.start:
        _set(todo, "DTSTART", date.fromisoformat(task.start))
    if task.parent and "RELATED-TO" not in todo:
        todo.add("RELATED-TO", task.parent, parameters={"RELTYPE": "PARENT"})
    _set(todo, REVISION, task.revision)
    return bytes(calendar.to_ical())


def _set_done(todo: Any, task: Task) -> None:
    was_done = str(todo.get("STATUS", "")).upper() == "COMPLETED" or "COMPLETED" in todo
    if task.shown.done:
        _set(todo, "STATUS", "COMPLETED")
        _set(todo, "PERCENT-COMPLETE", 100)
        if "COMPLETED" not in todo:
            todo.add("COMPLETED", moment_of(task.completed_ms or task.changed_ms))
        return
    todo.pop("COMPLETED", None)
    if was_done or "STATUS" not in todo or task.status != "NEEDS-ACTION" or task.percent >= 0:
        _set(todo, "STATUS", task.status)
    if task.percent >= 0:
        _set(todo, "PERCENT-COMPLETE", task.percent)
    elif was_done or _number(todo.get("PERCENT-COMPLETE")) == 100:
        todo.pop("PERCENT-COMPLETE", None)


def _set_due(todo: Any, due: str) -> None:
    todo.pop("DURATION", None)
    if not due:
        if todo.pop("DUE", None) is not None:  # an alarm so long before nothing is none
            todo.subcomponents = [one for one in todo.subcomponents if one.name != "VALARM"]
        return
    moment: date = (
        datetime.strptime(due, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC) if due.endswith("Z") else date.fromisoformat(due)
    )
    _set(todo, "DUE", moment)
    begins = _moment(todo, "DTSTART")
    if begins is not None and (type(begins) is not type(moment) or begins.isoformat() >= moment.isoformat()):
        todo.pop("DTSTART", None)
