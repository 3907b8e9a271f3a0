"""An example plugin: the export format `markdown`, one page with every goal, its steps and its latest check-in."""

import re
from collections.abc import Iterator, Sequence

from milepost.plugin_api import Checkin, ExportContext, Exporter, Goal, JournalView, Milestone, hookimpl

STATUS_WORDS = {"later": "for later", "let_go": "let go"}
BOXES = {"planned": "[ ]", "reached": "[x]"}


class MarkdownExporter(Exporter):
    """A page for oneself. Like the JSON export it always has the person's own words, whatever `context.plain` says; a
    format that is made to be shown to others should be discreet without it.
    """

    format = "markdown"
    media_type = "text/markdown"
    file_name = "milepost.md"

    def render(self, view: JournalView, context: ExportContext) -> bytes:  # noqa: ARG002 - see the class
        parts = [f"# {_words(view.title or 'Milepost')}", *(_goal(goal) for goal in view.goals)]
        return ("\n\n".join(parts) + "\n").encode()


def _goal(goal: Goal) -> str:
    return "\n\n".join(part for part in _goal_parts(goal) if part)


def _goal_parts(goal: Goal) -> Iterator[str]:
    yield f"## {_words(goal.title)}"
    facts = [] if goal.status == "active" else [STATUS_WORDS.get(goal.status, goal.status)]
    facts += [f"due {goal.due}"] if goal.due else []
    yield f"*{', '.join(facts)}*" if facts else ""
    yield _words(goal.why or "")
    yield "\n".join(_step(step) for step in goal.milestones if step.status in BOXES)
    yield _checkin(goal.checkins[-1]) if goal.checkins else ""


def _step(step: Milestone) -> str:
    return f"- {BOXES[step.status]} {_words(step.title)}" + (f", due {step.due_day}" if step.due_day else "")


def _checkin(checkin: Checkin) -> str:
    said = ", ".join(_words(str(part)) for part in (checkin.value, checkin.note) if part is not None)
    return f"Latest check-in, {checkin.on}: {said}"


def _words(text: str) -> str:
    """Somebody's words on one line, with nothing in them taken for Markdown."""
    escaped = re.sub(r"([\\`*_{}\[\]<>#|~])", r"\\\1", " ".join(text.split()))
    return re.sub(r"^(\d*)([-+.)])", r"\1\\\2", escaped)


@hookimpl
def milepost_exporters() -> Sequence[type[Exporter]]:
    return [MarkdownExporter]
