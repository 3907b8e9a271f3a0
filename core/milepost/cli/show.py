"""How entities look on a terminal: tables and short sentences. Knows views, and writes nothing but to the console."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from milepost.cli.dates import relative
from milepost.views.checkins import Checkin
from milepost.views.entities import Goal, Milestone

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

STATUS_WORDS = {
    "active": "",
    "later": "for later",
    "paused": "paused",
    "achieved": "achieved",
    "let_go": "let go",
    "ended": "ended",
    "planned": "",
    "reached": "reached",
    "dropped": "dropped",
}


def say_date(text: str | dict[str, str] | None, today: date) -> str:
    """A date (or zoned time) relative to today."""
    if text is None:
        return ""
    if isinstance(text, dict):
        return f"{say_date(text['at'][:10], today)} {text['at'][11:16]}"
    try:
        return relative(date.fromisoformat(text), today)
    except ValueError:
        return text


def say_value(value: Any) -> str:
    """A check-in's value."""
    return f"{value:g}" if isinstance(value, float) else "" if value is None else str(value)


def change(goal: Goal) -> str:
    """First → latest value."""
    if goal.latest is None:
        return ""
    first, latest = say_value(goal.first), say_value(goal.latest)
    return latest if len(goal.checkins) < 2 or first == latest else f"{first} → {latest}"


def table(*columns: str) -> "Table":
    """A quiet table."""
    from rich.table import Table

    made = Table(box=None, pad_edge=False, header_style="dim", show_edge=False)
    for column in columns:
        made.add_column(column, overflow="fold", style="dim" if column == "id" else "")
    return made


def counted(number: int, what: str) -> str:
    """`1 event`, `2 events`."""
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def escape(text: str) -> str:
    """Text of a person's, with nothing in it taken for a style."""
    from rich.markup import escape as escaped

    return escaped(text)


def goals(console: "Console", found: Sequence[Goal], short: dict[str, str], today: date) -> None:
    """A list of goals."""
    if not found:
        console.print("No goals here, which is fine. `milepost goal add 'something I want to be different'` adds one.")
        return
    shown = table("id", "goal", "due", "steps", "so far", "")
    for goal in found:
        reached = sum(m.status == "reached" for m in goal.milestones)
        counted = [m for m in goal.milestones if m.status != "dropped"]
        steps = f"{reached} of {len(counted)}" if counted else ""
        words = STATUS_WORDS.get(goal.status, goal.status)
        shown.add_row(short[goal.id], escape(goal.title), say_date(goal.due, today), steps, change(goal), words)
    console.print(shown)


def goal(console: "Console", found: Goal, short: dict[str, str], today: date) -> None:
    """One goal with all that belongs to it."""
    words = STATUS_WORDS.get(found.status, found.status)
    console.print(f"[bold]{escape(found.title)}[/]  [dim]{short[found.id]}[/]" + (f"  ({words})" if words else ""))
    lines = [
        ("why", found.why),
        ("looks so", found.looks_like),
        ("helps", found.helps),
        ("area", found.area),
        ("from", say_date(found.start, today)),
        ("due", say_date(found.due, today)),
        ("matters", f"{found.importance} of 10" if found.importance is not None else ""),
        ("sure", f"{found.confidence} of 10" if found.confidence is not None else ""),
        ("so far", change(found)),
        ("reflection", found.reflection),
    ]
    for label, text in lines:
        if text:
            console.print(f"  [dim]{label:<10}[/] {escape(text)}")
    if found.milestones:
        console.print()
        milestones(console, found.milestones, short, today)
    if found.checkins:
        console.print()
        checkins(console, found.checkins[-10:], short, today)


def milestones(console: "Console", found: Sequence[Milestone], short: dict[str, str], today: date) -> None:
    """A list of milestones."""
    if not found:
        console.print("No milestones yet. `milepost milestone add GOAL 'a first small step'` adds one.")
        return
    shown = table("id", "step", "due", "")
    for step in found:
        words = STATUS_WORDS.get(step.status, step.status)
        partly = words or (f"{step.progress} %" if step.progress else "")
        shown.add_row(short[step.id], escape(step.title), say_date(step.due, today), partly)
    console.print(shown)


def checkins(
    console: "Console",
    found: Sequence[Checkin],
    short: dict[str, str],
    today: date,
    about: Mapping[str, str] | None = None,
) -> None:
    """A list of check-ins; with `about` (id → title) each says what it is about."""
    if not found:
        console.print("No check-ins yet, which is fine. `milepost checkin --note 'a calm day'` makes one.")
        return
    shown = table("id", "day", *([] if about is None else ["about"]), "value", "note")
    for checkin in found:
        subject = [] if about is None else [escape(about.get(checkin.subject or "", ""))]
        day, value = say_date(checkin.on, today), say_value(checkin.value)
        shown.add_row(short[checkin.id], day, *subject, value, escape(checkin.note or ""))
    console.print(shown)
