"""`milepost milestone …`."""

from collections.abc import Callable
from typing import Any

from cyclopts import App

from milepost import commands
from milepost.cli import show
from milepost.cli.as_of import AsOf, day_of, state_of
from milepost.cli.asking import NOTHING, SKIP, line, which_goal
from milepost.cli.goals import read_date, status_command
from milepost.cli.numbers import Whole
from milepost.cli.terminal import new_entity, terminal
from milepost.errors import InvalidInput
from milepost.views.entities import milestone as milestone_view
from milepost.views.entities import milestones, plain

MISSING = "Give a GOAL and a TITLE, as in `milepost milestone add 3fa 'Ask for a break once'`."

milestone = App(name="milestone", help="A step on the way to a goal.")


def answer_milestone(entity: str) -> None:
    """Shows one milestone."""
    found = milestone_view(terminal.state(), entity)
    terminal.answer(
        plain(found), lambda console: show.milestones(console, [found], terminal.short_ids(), terminal.today())
    )


def _milestone_status(action: str) -> Callable[[str, str], None]:
    def run(text: str, on: str) -> None:
        entity = terminal.entity("milestone", text)
        terminal.write(commands.change_milestone_status(terminal.state(), entity, action, on))
        answer_milestone(entity)

    return run


for _action, _words in {
    "reach": "You got there.",
    "drop": "This step is not needed any more.",
    "reopen": "Plan a step again.",
}.items():
    status_command(milestone, _action, _words, _milestone_status(_action))


@milestone.command(name="add")
def milestone_add(goal: str | None = None, title: str | None = None, /, *, due: str | None = None) -> None:
    """Break a goal into a step. At a terminal, what you leave out is asked.

    Parameters
    ----------
    goal
        The goal's id, or the first letters of it.
    title
        The step, in your own words.
    due
        A date, if you want one.

    """
    parent, bare = which_goal(goal, MISSING), title is None
    words = terminal.ask_for(title, "What is the step?", MISSING, line)
    day = terminal.ask_more(None, f"By when? {SKIP}", read_date) if bare and due is None else None
    day = day or (read_date(due) if due is not None else None)
    entity, drafts = commands.add_milestone(terminal.state(), new_entity, parent, words, day)
    terminal.write(drafts)
    answer_milestone(entity)


@milestone.command(name="list")
def milestone_list(goal: str | None = None, /, *, as_of: AsOf = None) -> None:
    """The steps of one goal, or of all."""
    by_goal = milestones(state_of(as_of))
    wanted = [terminal.entity("goal", goal)] if goal else list(by_goal)
    found = [step for entity in wanted for step in by_goal.get(entity, [])]
    terminal.answer(
        [plain(step) for step in found],
        lambda console: show.milestones(console, found, terminal.short_ids(), day_of(as_of)),
    )


@milestone.command(name="revise")
def milestone_revise(
    id: str,
    /,
    *,
    title: str | None = None,
    due: str | None = None,
    reason: str | None = None,
) -> None:
    """Put a step differently, or move it (`--due none`: no date)."""
    entity = terminal.entity("milestone", id)
    fields: dict[str, Any] = {"title": title} if title is not None else {}
    if due is not None:
        fields["due"] = None if due.strip().lower() == NOTHING else read_date(due)
    if not fields:
        raise InvalidInput("Say what to change, as in `--title 'in other words'` or `--due fri`.")
    terminal.write(commands.revise_milestone(terminal.state(), entity, fields, reason))
    answer_milestone(entity)


@milestone.command(name="progress")
def milestone_progress(id: str, percent: Whole, /) -> None:
    """Say how far a step is, from 0 to 100. Any progress counts."""
    entity = terminal.entity("milestone", id)
    terminal.write(commands.revise_milestone(terminal.state(), entity, {"progress": percent}))
    answer_milestone(entity)
