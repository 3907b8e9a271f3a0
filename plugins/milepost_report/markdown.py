"""A whole journal as a text of Markdown (CommonMark) to read and keep; what people wrote never changes how it is laid out."""

import re
from collections.abc import Iterable, Iterator

from milepost.plugin_api import Checkin, ExportContext, Exporter, Goal, JournalView, Measure, Milestone
from milepost_report.chosen import Chosen, Part, choose, goal_of
from milepost_report.wording import (
    counted,
    is_number,
    local_day,
    name_of,
    one_line,
    own,
    say_day,
    say_number,
    say_status,
    say_value,
)

_MARKS = re.compile(r"[\\`*_\[\]<>|~]|&(?=#?\w+;)")
_AT_THE_START = re.compile(r"^[#+=:-]|^(\d{1,9})(?=[.)])")
_AT_THE_END = re.compile(r"(?<=\s)#+$")


class MarkdownExporter(Exporter[Part]):
    """One's own copy, to read."""

    format = "markdown"
    media_type = "text/markdown; charset=utf-8"
    file_name = "milepost.md"
    settings = Part
    private = True

    def render(self, view: JournalView, context: ExportContext[Part]) -> bytes:
        part = choose(view, context, context.settings)
        blocks = [f"# {line(view.title) or 'Milepost'}"]
        blocks += [f"{part.span}."] if part.span else []
        for goal in part.goals:
            blocks += _goal(goal, part)
        blocks += [] if part.named else _besides(part)
        return ("\n\n".join(blocks) + "\n").encode()


def marked(text: object) -> str:
    """Somebody's words on one line, so that nothing inside a line is taken for Markdown."""
    return _MARKS.sub(r"\\\g<0>", one_line(text))


def line(text: object) -> str:
    """The same, where they are a line of their own, a heading or a row."""
    started = _AT_THE_START.sub(lambda found: f"{found[1]}\\" if found[1] else f"\\{found[0]}", marked(text))
    return _AT_THE_END.sub(r"\\\g<0>", started)


def quoted(text: object) -> list[str]:
    """Words as a quotation, each line as it is; nothing where nothing was said."""
    # Two blanks keep the line where it ends.
    rows = [f"> {line(part)}".rstrip() for part in own(text).splitlines()]
    return ["  \n".join(rows)] if own(text) else []


def labelled(label: str, text: object) -> list[str]:
    """A paragraph, or a quotation where there are several lines; nothing where nothing was said."""
    if len(own(text).splitlines()) > 1:
        return [f"**{label}:**", *quoted(text)]
    return [f"**{label}:** {marked(text)}"] if own(text) else []


def listed(heading: str, rows: Iterable[str]) -> list[str]:
    """A list of somebody's words under a heading; nothing where there are no rows."""
    found = "\n".join(f"- {line(row)}" for row in rows if one_line(row))
    return [heading, found] if found else []


def _goal(goal: Goal, part: Chosen) -> list[str]:
    view = part.view
    practices = [one for one in view.practices if one.goal == goal.id]
    rows = [f"{name_of(one)} ({_minutes(one.minutes)}{one.status})" for one in practices]
    steps = view.steps_of(goal)
    blocks = [f"## {line(name_of(goal))}", line(say_status(goal))]
    blocks += labelled("Why it matters", goal.why)
    blocks += labelled("What it looks like", goal.looks_like)
    blocks += labelled("What helps", goal.helps)
    blocks += labelled("In looking back", goal.reflection)
    blocks += listed("**Steps**", map(_step, steps))
    blocks += listed("**Practices**", rows)
    names = {one.id: name_of(one) for one in (*steps, *practices)}
    checkins = part.checkins([goal.id, *names])
    return blocks + listed("**Check-ins**", _checkins(checkins, names, view))


def _minutes(minutes: object) -> str:
    return f"{counted(int(minutes), 'minute')}, " if is_number(minutes) else ""


def _step(step: Milestone) -> str:
    more = [one_line(step.status)] if step.status != "reached" else []
    more += [f"reached {say_day(step.on)}".strip()] if step.status == "reached" else []
    more += [f"planned for {say_day(step.due_day)}"] if step.due_day and step.status == "planned" else []
    return f"{name_of(step)} ({', '.join(more)})"


def _checkins(checkins: Iterable[Checkin], names: dict[str, str], view: JournalView) -> Iterator[str]:
    measures = {measure.id: measure for measure in view.measures}
    for one in checkins:
        about = names.get(one.subject or "")
        words = [_answer(one, measures.get(one.measure or "")), one_line(one.note)]
        said = ". ".join(word for word in words if word)
        yield ": ".join(word for word in (say_day(one.on), about, said) if word)


def _answer(one: Checkin, measure: Measure | None) -> str:
    value = say_value(one.value, measure and measure.unit)
    question = one_line(measure and measure.question)
    return f"{question} {value}" if question and value else value


def _besides(part: Chosen) -> list[str]:
    """What belongs to no goal: other check-ins, practices, topics, sessions, reflections and scores."""
    view = part.view
    ours = goal_of(view)
    apart = [one for one in view.checkins if one.subject not in ours and part.holds(one.on)]
    practices = [one for one in view.practices if one.id not in ours]
    blocks = listed(
        "## Other practices", (f"{name_of(one)} ({_minutes(one.minutes)}{one.status})" for one in practices)
    )
    blocks += listed("## Other check-ins", _checkins(apart, {one.id: name_of(one) for one in practices}, view))
    blocks += listed("## To talk about", (one_line(one.text) for one in view.topics if one.status == "open"))
    days = [(day.isoformat(), one.status) for one in view.sessions if (day := local_day(one.start))]
    rows = [f"{say_day(day)} ({one_line(status).replace('_', ' ')})" for day, status in sorted(days) if part.holds(day)]
    blocks += listed("## Sessions", rows)
    for one in view.reflections:
        words = [*quoted(one.text), *labelled("To keep", one.takeaway)]
        if words and part.holds(one.on):
            blocks += [f"## Reflection, {line(say_day(one.on))}".removesuffix(", "), *words]
    scores = [form for form in view.assessments if part.holds(form.on) and is_number(form.score)]
    forms = (
        f"{say_day(form.on)}: {form.instrument}: {say_number(form.score)}" for form in scores if is_number(form.score)
    )
    return blocks + listed("## Questionnaires", forms)
