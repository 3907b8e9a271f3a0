"""An example plugin: the export format `checklist`, one page with every goal, its steps and its latest check-in."""

import re
from collections.abc import Iterator, Sequence

from milepost.plugin_api import (
    Checkin,
    ExportContext,
    Exporter,
    Goal,
    JournalView,
    Milestone,
    NoSettings,
    Withheld,
    hookimpl,
)

milepost_api = (1, 1)
"""The versions of the plugin API that this works with."""

STATUS_WORDS = {"later": "for later", "let_go": "let go"}
BOXES = {"planned": "[ ]", "reached": "[x]"}


class ChecklistExporter(Exporter[NoSettings]):
    """A page for oneself, with the person's own words in it: `private`. A format that others may see leaves that out, and
    is given neutral titles ("Step 2 of 5") unless the person asks for plain ones. What is withheld counts as false, here
    as everywhere, and is passed over.
    """

    format = "checklist"
    media_type = "text/markdown"
    file_name = "checklist.md"
    private = True

    def render(self, view: JournalView, context: ExportContext[NoSettings]) -> bytes:  # noqa: ARG002 - it is the same for all
        parts = [f"# {_words(view.title or 'Milepost')}", *(_goal(goal, view) for goal in view.goals)]
        return ("\n\n".join(parts) + "\n").encode()


def _goal(goal: Goal, view: JournalView) -> str:
    return "\n\n".join(part for part in _goal_parts(goal, view) if part)


def _goal_parts(goal: Goal, view: JournalView) -> Iterator[str]:
    yield f"## {_words(goal.title)}"
    facts = [] if goal.status == "active" else [STATUS_WORDS.get(goal.status, goal.status)]
    facts += [f"due {goal.due}"] if goal.due else []
    yield f"*{', '.join(facts)}*" if facts else ""
    yield _words(goal.why)
    yield "\n".join(_step(step) for step in view.steps_of(goal) if step.status in BOXES)
    checkins = view.checkins_about(goal.id)
    yield _checkin(checkins[-1]) if checkins else ""


def _step(step: Milestone) -> str:
    return f"- {BOXES[step.status]} {_words(step.title)}" + (f", due {step.due_day}" if step.due_day else "")


def _checkin(checkin: Checkin) -> str:
    value = "" if checkin.value is None or isinstance(checkin.value, Withheld) else str(checkin.value)  # 0 is a value
    said = ", ".join(words for words in (_words(value), _words(checkin.note)) if words)
    return "Latest check-in" + (f", {checkin.on}" if checkin.on else "") + (f": {said}" if said else "")


def _words(text: str | Withheld | None) -> str:
    """Somebody's words on one line, with nothing in them taken for Markdown."""
    escaped = re.sub(r"([\\`*_{}\[\]<>#|~])", r"\\\1", " ".join((text or "").split()))
    return re.sub(r"^(\d*)([-+.)])", r"\1\\\2", escaped)


@hookimpl
def milepost_exporters() -> Sequence[type[Exporter[NoSettings]]]:
    return [ChecklistExporter]
