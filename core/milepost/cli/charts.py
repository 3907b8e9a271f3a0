"""Small pictures and pages of plain text for a terminal; knows the shapes of views, and no journal."""

import textwrap
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from milepost.cli.show import STATUS_WORDS, escape, say_value, table
from milepost.views.brief import Brief, GoalNews, Revision
from milepost.views.burden import Burden
from milepost.views.priorities import counted, say_day, say_number
from milepost.views.progress import Measured, Point, Progress
from milepost.views.proposals import Proposal
from milepost.views.then_now import ThenNow

BLOCKS = " ▁▂▃▄▅▆▇█"
WIDTH, HEIGHT = 60, 3
PAGE_WIDTH, PAGE_LINES = 76, 60
_WHOLE = frozenset({"scale", "attainment"})
_QUIET = frozenset({"later", "let_go", "ended"})
"""Goals that are not drawn unless they are asked for."""
_FIELDS = {
    "title": "called",
    "looks_like": "looks like",
    "why": "why",
    "helps": "what helps",
    "due": "planned for",
    "kind": "kind",
    "status": "status",
    "goal": "part of",
}


def _eighths(value: float, low: float, high: float, most: int) -> int:
    """How many eighths of a line a value fills: 1 at the least, so that it is seen."""
    part = (value - low) / (high - low) if high > low else 0.5
    return 1 + round(min(max(part, 0), 1) * (most - 1))


def chart(of: Measured, width: int = WIDTH, height: int = HEIGHT) -> list[str]:
    """A block chart with its range on the left and its first and last day below; no lines where there is one point.

    Days stand where they lie in time. One on which nothing was said is blank, as is one that can't be read. Where
    several fall into one column, the latest shows.
    """
    days = [(_ordinal(point), point.value) for point in of.points]
    known = [(day, value) for day, value in days if day]
    if len({day for day, _ in known}) < 2:
        return []
    values = [value for _, value in known]
    low = min(values) if of.low is None else of.low
    # What can be counted without end may have a far limit; a scale is seen whole.
    high = max(values) if of.high is None or of.type not in _WHOLE else of.high
    first, span = known[0][0], known[-1][0] - known[0][0]
    columns = [0] * min(width, span + 1)
    for day, value in known:
        columns[round((day - first) / span * (len(columns) - 1))] = _eighths(value, low, high, 8 * height)
    top, bottom = say_number(high), say_number(low)
    margin = max(len(top), len(bottom))
    lines = []
    for row in range(height - 1, -1, -1):
        label = top if row == height - 1 else bottom if row == 0 else ""
        blocks = "".join(BLOCKS[min(max(filled - 8 * row, 0), 8)] for filled in columns)
        lines.append(f"{label:>{margin}} │{blocks}".rstrip())
    begin, end = say_day(of.points[0].on), say_day(of.points[-1].on)
    return [*lines, f"{'':>{margin}}  {begin}{end:>{max(len(columns) - len(begin), len(end) + 3)}}"]


def _ordinal(point: Point) -> int:
    try:
        return date.fromisoformat(point.on).toordinal()
    except ValueError:
        return 0


def progress(console: Any, found: Progress, *, all_of_it: bool) -> None:
    """Goals with their charts and a sentence or two; those that are put away only with `all_of_it`."""
    drawn = [one for one in found.goals if all_of_it or one.status not in _QUIET]
    for one in drawn:
        words = STATUS_WORDS.get(one.status, one.status)
        console.print(f"[bold]{escape(one.title)}[/]" + (f"  [dim]{words}[/]" if words else ""))
        _series(console, one.series)
        console.print(f"  {escape(one.words)}\n")
    if found.apart:
        _series(console, found.apart)
        console.print(f"  {escape(' '.join(one.words for one in found.apart))}\n")
    if not drawn and not found.apart:
        console.print("Nothing is noted in numbers here, which is fine.")


def _series(console: Any, series: Sequence[Measured]) -> None:
    for one in series:
        lines = chart(one, min(WIDTH, max(console.width - 12, 20)))
        if lines and one.question:
            console.print(f"  [dim]{escape(one.question)}[/]")
        for text in lines:
            console.print(f"  {escape(text)}", soft_wrap=True)


def then_now(console: Any, found: Sequence[ThenNow]) -> None:
    """Two columns, then and now."""
    for one in found:
        console.print(f"[bold]{escape(one.title or 'Without a goal')}[/]")
        shown = table("", "then", "now")
        for pair in one.wordings:
            shown.add_row(f"[dim]{pair.field.replace('_', ' ')}[/]", escape(pair.then or ""), escape(pair.now or ""))
        if one.first:
            latest = one.latest.text if one.latest else ""
            shown.add_row("[dim]words[/]", escape(one.first.text), escape(latest))
        console.print(shown)
    if not found:
        console.print("Nothing has been put differently yet, which is fine.")


def burden(console: Any, found: Burden, short: Mapping[str, str]) -> None:
    """What a week asks for, row by row, and an offer where there is one."""
    days = f"{say_day(found.first)} to {say_day(found.last)}"
    shown = table("id", "", "times", "minutes")
    for one in found.practices:
        minutes = str(one.minutes) if one.minutes else ""
        shown.add_row(short[one.id], escape(one.title), str(one.times), minutes)
    if found.checkin_minutes:
        shown.add_row("", "checking in", "", str(found.checkin_minutes))
    if not shown.row_count:
        console.print(f"Nothing is asked from {days}, which is fine.")
        return
    console.print(shown)
    console.print(f"From {days}: about {counted(found.minutes, 'minute')}.")
    if found.offer:
        console.print(escape(found.offer))


def page(found: Brief) -> list[str]:
    """A brief as one page: at most `PAGE_LINES` lines, headings at the margin and what belongs to them indented."""
    of = "the session of " if found.session else ""
    head = f"Since {of}{say_day(found.since['at'][:10])}" if found.since else "Since the beginning"
    title = f"{head}, up to {say_day(found.until[:10])}"
    told = ["  Nobody said whether it was held; `--since` goes from another day or session."] if found.assumed else []
    for most in range(12, 0, -1):
        lines = [title, *told]
        for heading, rows in ((heading, rows) for heading, rows in _sections(found, most // 3) if rows):
            more = [f"  and {len(rows) - most} more"] if len(rows) > most else []
            lines += ["", heading, *(line for row in rows[:most] for line in row), *more]
        if len(lines) <= PAGE_LINES:
            break
    begun = len(told) + 1
    return lines[:PAGE_LINES] if lines[begun:] else [title, *told, "", "Nothing was noted since then, which is fine."]


def _wrapped(row: str, margin: str = "  ") -> list[str]:
    then = margin + "  "
    return textwrap.wrap(row, PAGE_WIDTH, initial_indent=margin, subsequent_indent=then, max_lines=3, placeholder=" …")


def _sections(found: Brief, notes: int) -> Iterable[tuple[str, list[list[str]]]]:
    """(heading, rows of lines); of each goal the latest so many notes."""
    plain_rows = (
        ("Worth talking about", found.worth),
        ("To bring", [one.title for one in found.topics]),
        ("What to keep of last time", found.takeaways),
    )
    for heading, rows in plain_rows:
        yield heading, [_wrapped(row) for row in rows]
    yield "How it went", [_goal_lines(goal, notes) for goal in found.goals]
    other_rows = (
        ("Other notes", [f"{say_day(note.on)}: {note.text}" for note in found.notes]),
        ("Reached", [f"{one.title} ({say_day(one.on)})" for one in found.reached]),
        ("Put differently", [_revision(one) for one in found.revisions]),
        ("Proposed", [_proposed(one) for one in found.proposals]),
        ("Filled in", [f"{one.title} ({say_day(one.on)}){_score(one.score)}" for one in found.assessments]),
        ("Written twice at once", [f"{one.title}: {(one.field or '').replace('_', ' ')}" for one in found.conflicts]),
    )
    for heading, rows in other_rows:
        yield heading, [_wrapped(row) for row in rows]


def _proposed(one: Proposal) -> str:
    said = "; ".join(f"{field.field.replace('_', ' ')}: {field.proposed}" for field in one.fields)
    return f"{one.title} → {said} ({one.decision or 'waits for an answer'})"


def _score(score: float | None) -> str:
    return ", incomplete" if score is None else f": {say_number(score)}"


def _goal_lines(goal: GoalNews, notes: int) -> list[str]:
    first, latest = say_value(goal.first), say_value(goal.latest)
    so_far = "" if not latest else f": {latest}" if first == latest else f": {first} → {latest}"
    head = f"{goal.title}{so_far} ({counted(goal.checkins, 'check-in')})"
    shown = goal.notes[-notes:] if notes else ()
    return [*_wrapped(head), *(line for one in shown for line in _wrapped(f"{say_day(one.on)}: {one.text}", "    "))]


def _revision(one: Revision) -> str:
    because = f" ({one.reason})" if one.reason else ""
    if one.field == "title":
        return f"New: {one.to}" if one.from_ is None else f"“{one.from_}” is now “{one.to}”{because}"
    return f"{one.title}: {_FIELDS.get(one.field, one.field)}: {say_field(one.to)}{because}"


def say_field(value: Any) -> str:
    """The value of a field, in a line."""
    if isinstance(value, dict):
        return f"{say_day(value['at'][:10])} {value['at'][11:16]}" if "at" in value else "changed"
    if value is None:
        return "–"
    return say_day(value).replace("let_go", "let go") if isinstance(value, str) else say_value(value)
