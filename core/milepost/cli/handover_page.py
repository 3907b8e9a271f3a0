"""A handover as a page of Markdown (CommonMark); people's words can say anything and never change how it is laid out."""

import re
import unicodedata
from collections.abc import Iterable

from milepost.cli.every import say_every
from milepost.cli.help_now import PARTS
from milepost.views.chosen import Chosen, Line, Reason
from milepost.views.entities import Milestone, Plan, Practice
from milepost.views.handover import Handover
from milepost.views.priorities import counted, say_day, say_number

_STATUS = {
    "active": "Active",
    "later": "Kept for later",
    "paused": "Paused",
    "achieved": "Achieved",
    "let_go": "Let go",
    "ended": "Ended",
}
_GOES_ON = frozenset({"active", "later", "paused"})
_AT_FIRST = {
    "title": "At first it was called",
    "why": "At first it mattered because",
    "looks_like": "At first it was to look like",
    "helps": "At first what helped",
}
_FIELDS = {
    "title": "the words",
    "why": "why it matters",
    "looks_like": "what it looks like",
    "helps": "what helps",
    "due": "the date",
    "recurrence": "how often",
    "minutes": "how long",
}

_JOINERS = "\u200c\u200d"
"""They shape letters and pictures, and are no blanks."""
_MARKS = re.compile(r"[\\`*_\[\]<>|~]|&(?=#?\w+;)")
_AT_THE_START = re.compile(r"^[#+=:-]|^(\d{1,9})(?=[.)])")
_AT_THE_END = re.compile(r"(?<=\s)#+$")


def marked(text: str) -> str:
    """Somebody's words in one line, so that nothing inside a line is taken for Markdown."""
    words = "".join(" " if unicodedata.category(c)[0] in "CZ" and c not in _JOINERS else c for c in text)
    return _MARKS.sub(r"\\\g<0>", " ".join(words.split()))


def line(text: str) -> str:
    """The same, where they are a line of their own, a heading or a row."""
    started = _AT_THE_START.sub(lambda found: f"{found[1]}\\" if found[1] else f"\\{found[0]}", marked(text))
    return _AT_THE_END.sub(r"\\\g<0>", started)


def own_words(label: str, text: str | None) -> list[str]:
    """A paragraph, or a quotation where there are several lines; nothing where nothing was said."""
    lines = [line(part) for part in (text or "").strip().splitlines()]
    if not any(lines):
        return []
    if len(lines) == 1:
        return [f"**{label}:** {marked(text or '')}"]
    # Two blanks keep the line where it ends.
    return [f"**{label}:**", "  \n".join(f"> {part}".rstrip() for part in lines)]


def listed(heading: str, rows: Iterable[str]) -> list[str]:
    """A list of somebody's words under a heading; nothing where there are no rows."""
    found = "\n".join(f"- {line(row)}" for row in rows)
    return [heading, found] if found else []


def page(found: Handover) -> str:
    """The whole page."""
    blocks = [f"# Handover, {say_day(found.on)}"]
    if found.sessions_held:
        since = f" since {say_day(found.sessions_since)}" if found.sessions_since else ""
        blocks.append(f"{counted(found.sessions_held, 'session').capitalize()} held{since}.")
    if found.attainment_t is not None:
        blocks.append(_attainment(found))
    for goal in found.goals:
        blocks += _goal(goal)
    blocks += listed("## Practices", map(_practice, found.practices))
    blocks += listed("## To talk about", found.topics)
    blocks += listed("## To keep", (f"{say_day(one.on)}: {one.text}" for one in found.takeaways))
    blocks += _plan(found.plan) if found.plan else []
    forms = (f"{say_day(one.on)}, {one.title}: {one.words}" for one in found.assessments)
    blocks += listed("## Questionnaires", forms)
    if len(blocks) == 1:
        blocks.append("There is nothing to hand over here, which is fine.")
    *most, last = found.left_out
    blocks.append(f"*Not on this page: {', '.join(most)} and {last}.*")
    return "\n\n".join(blocks) + "\n"


def _attainment(found: Handover) -> str:
    return (
        f"Goal attainment over {counted(found.attainment_goals, 'goal')}: T = {say_number(found.attainment_t or 0)}, "
        "where 50 is as hoped. It can be compared with the same goals at another time, and with nobody else's."
    )


def _goal(goal: Chosen) -> list[str]:
    blocks = [f"## {line(goal.title)}", _standing(goal)]
    blocks += own_words("Why it matters", goal.why)
    blocks += own_words("What it looks like", goal.looks_like)
    blocks += own_words("What helps", goal.helps)
    for one in goal.wordings:
        blocks += own_words(_AT_FIRST[one.field], one.then)
    blocks += own_words("In looking back", goal.reflection)
    blocks += listed("**How it goes**", map(_series, goal.lines))
    blocks += listed("**Steps**", map(_step, [*goal.steps_reached, *goal.steps_open]))
    blocks += listed("**Practices**", map(_practice, goal.practices))
    return blocks + listed("**Why it was changed**", map(_reason, goal.reasons))


def _standing(goal: Chosen) -> str:
    status = _STATUS.get(goal.status, line(goal.status))
    if goal.on:
        status += f" {'since' if goal.status in _GOES_ON else 'on'} {say_day(goal.on)}"
    begun = [f"begun on {say_day(goal.begun)}"] if goal.begun else []
    due = [f"planned for {say_day(goal.due)}"] if goal.due else []
    return f"{', '.join([status, *begun, *due])}."


def _series(one: Line) -> str:
    return f"“{one.question}”: {one.words}" if one.question else one.words


def _step(step: Milestone) -> str:
    if step.status == "reached":
        return f"{step.title} (reached{f' on {say_day(step.on)}' if step.on else ''})"
    more = ["under way" if step.progress else "open"]
    more += [f"planned for {say_day(step.due_day)}"] if step.due_day else []
    return f"{step.title} ({', '.join(more)})"


def _practice(one: Practice) -> str:
    minutes = [counted(one.minutes, "minute")] if one.minutes else []
    status = [] if one.status == "active" else [one.status]
    return f"{one.title} ({', '.join([say_every(one.recurrence), *minutes, *status])})"


def _reason(one: Reason) -> str:
    about = [one.about] if one.about else []
    about += [_FIELDS.get(name, name.replace("_", " ")) for name in one.fields]
    return f"{say_day(one.on)}: {one.reason}" + (f" ({', '.join(about)})" if about else "")


def _plan(plan: Plan) -> list[str]:
    blocks = [block for name, label in PARTS.items() for block in own_words(label, getattr(plan, name))]
    return ["## Safety plan", *blocks] if blocks else []
