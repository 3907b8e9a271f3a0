"""What a thing of the journal looks like outside: views into what is wanted there, and that into tasks; pure."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from milepost.plugin_api import Goal, Milestone, Practice, Series, Session, occurrences
from milepost_caldav.links import Link, Links, Want
from milepost_caldav.sessions import MINUTES, Sitting
from milepost_caldav.todos import Shown, Task, clean, due_of, zone_of

DAYS = 7
"""So many days of a practice are there, today among them."""
FINISHED = frozenset({"achieved", "ended"})
AT_REST = frozenset({"paused", "later"})


class Wording(Struct, frozen=True, kw_only=True):
    """What was granted: whether titles are the person's own, and whether days are told; and whether steps show theirs."""

    own: bool
    has_due: bool
    zone: str


def want_of(view: Goal | Milestone, zone: str) -> Want:
    """What the journal says of a goal or a step."""
    want = Want(title=clean(view.title or ""), status=view.status, changed_ms=view.changed_ms)
    want.on_ms = on_ms(view.on or "", view.changed_ms, zone)
    if isinstance(view, Goal):
        want.percent = min(100 * view.reached // view.steps, 99) if view.steps else 0
    else:
        want.goal, want.due = view.goal, due_of(view.due)
        want.zone = view.due["time_zone"] if view.due and not isinstance(view.due, str) else ""
    return want


def on_ms(on: str, changed_ms: int, zone: str) -> int:
    """When something was reached, of which the day is known: the time of its last change if that is on it, else noon."""
    changed = datetime.fromtimestamp(changed_ms / 1000, zone_of(zone))
    if not on or changed.date().isoformat() == on:
        return changed_ms
    return int(datetime.fromisoformat(f"{on}T12:00:00").replace(tzinfo=zone_of(zone)).timestamp() * 1000)


def days_of(practice: Practice, today: date) -> list[str]:
    """The days of a practice that are to be there."""
    if practice.status != "active" or not practice.recurrence or not practice.start:
        return []
    last = today + timedelta(days=DAYS - 1)
    return [
        day.isoformat() for day in occurrences(practice.recurrence, date.fromisoformat(practice.start), today, last)
    ]


def sitting_of(view: Session | Series) -> Sitting | None:
    """What is shown of a session or a series; None where not even when it is may be told."""
    if not view.start:
        return None
    more: dict[str, Any] = {
        "minutes": view.minutes or MINUTES,
        "place": view.place or "",
        "changed_ms": view.changed_ms,
    }
    if isinstance(view, Series):
        if not view.recurrence:
            return None
        return Sitting(start=view.start, rule=view.recurrence, ended=view.ended or "", **more)
    return Sitting(start=view.start, status=view.status, original=view.original or None, **more)


def wording_for(link: Link, links: Links, wording: Wording) -> Wording:
    """What holds for one thing: when a step is due whose goal is at rest is not for us to say, nor to be told."""
    goal = links.get("goal", link.want.goal) if link.want is not None and link.want.goal else None
    at_rest = goal is not None and goal.want is not None and goal.want.status in AT_REST
    return replace(wording, has_due=False) if at_rest else wording


def task_of(link: Link, links: Links, wording: Wording) -> Task | None:
    """A task as it is to be; None where there is to be none."""
    want = link.want
    if want is None or link.ended:
        return None
    return _MAKERS[link.kind](link, want, links, wording_for(link, links, wording))


def _goal(_: Link, want: Want, __: Links, ___: Wording) -> Task | None:
    if want.status == "let_go":
        return None
    return Task(
        shown=Shown(title=want.title or "Goal", done=want.status in FINISHED),
        status="NEEDS-ACTION" if want.status in AT_REST else "IN-PROCESS",
        percent=want.percent,
        completed_ms=want.on_ms,
        changed_ms=want.changed_ms,
    )


def _milestone(_: Link, want: Want, links: Links, wording: Wording) -> Task | None:
    goal = links.get("goal", want.goal)
    status = goal.want.status if goal is not None and goal.want is not None else ""
    if want.status == "dropped" or status == "let_go":
        return None
    return Task(
        shown=Shown(
            title=want.title or "Step",
            done=want.status == "reached",
            due=want.due if wording.has_due else "",
        ),
        parent=links.uid(goal) if goal is not None else "",
        completed_ms=want.on_ms,
        changed_ms=want.changed_ms,
        has_due=wording.has_due,
    )


def _practice(link: Link, want: Want, _: Links, __: Wording) -> Task:
    # Whether it is done is said there alone. The day is in the title: programs hide what has no due date, or its start.
    done = link.shown is not None and link.shown.done
    title = f"{want.title or 'Practice'} {link.day}"
    return Task(shown=Shown(title=title, done=done), start=link.day, changed_ms=want.changed_ms)


_MAKERS: dict[str, Callable[[Link, Want, Links, Wording], Task | None]] = {
    "goal": _goal,
    "milestone": _milestone,
    "practice": _practice,
}
