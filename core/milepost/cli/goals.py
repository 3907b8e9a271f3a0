"""`milepost goal …` and `milepost milestone …`."""

from collections.abc import Callable
from typing import Annotated, Any, Literal

from cyclopts import App, Parameter

from milepost import commands
from milepost.cli import show
from milepost.cli.dates import parse_date
from milepost.cli.terminal import new_entity, terminal
from milepost.errors import InvalidInput
from milepost.views.entities import milestone as milestone_view
from milepost.views.entities import milestones, plain
from milepost.views.journal import goal_view, journal_view

goal = App(name="goal", help="Something you want to be different.")
milestone = App(name="milestone", help="A step on the way to a goal.")

Kind = Literal["open", "smart"]
NOTHING = "none"
"""What people type to clear a date."""
_CLEARABLE = ("looks_like", "why", "helps", "area", "start", "due", "importance", "confidence", "kind", "measure")


def _date(text: str | None) -> str | None:
    return parse_date(text, terminal.today()).isoformat() if text is not None else None


def answer_goal(entity: str) -> None:
    """Shows one goal."""
    found = goal_view(terminal.state(), entity)
    terminal.answer(plain(found), lambda console: show.goal(console, found, terminal.short_ids(), terminal.today()))


def answer_milestone(entity: str) -> None:
    """Shows one milestone."""
    found = milestone_view(terminal.state(), entity)
    terminal.answer(
        plain(found), lambda console: show.milestones(console, [found], terminal.short_ids(), terminal.today())
    )


@goal.command(name="add")
def goal_add(
    title: str,
    /,
    *,
    kind: Kind | None = None,
    why: str | None = None,
    area: str | None = None,
    due: str | None = None,
    looks_like: str | None = None,
    helps: str | None = None,
    start: str | None = None,
    importance: int | None = None,
    confidence: int | None = None,
) -> None:
    """Write down a goal, in your own words. It is open until a due date, a measure or --kind says otherwise.

    Parameters
    ----------
    title
        What you want to be different.
    kind
        `open` or `smart`; both are fine.
    why
        Why it matters to you.
    area
        For example anxiety, communication, self-esteem.
    due
        A date: 2026-12-18, fri, in 3 weeks …
    looks_like
        How you would notice that it is so.
    helps
        What helps with it.
    start
        When it begins.
    importance
        0 to 10.
    confidence
        How sure you are that you can do it, 0 to 10.

    """
    terminal.journal_to_write()
    entity, drafts = commands.add_goal(
        terminal.state(),
        new_entity,
        title,
        kind=kind,
        why=why,
        area=area,
        due=_date(due),
        looks_like=looks_like,
        helps=helps,
        start=_date(start),
        importance=importance,
        confidence=confidence,
    )
    terminal.write(drafts)
    answer_goal(entity)


@goal.command(name="revise")
def goal_revise(
    id: str,
    /,
    *,
    title: str | None = None,
    kind: Kind | None = None,
    why: str | None = None,
    area: str | None = None,
    due: str | None = None,
    looks_like: str | None = None,
    helps: str | None = None,
    start: str | None = None,
    importance: int | None = None,
    confidence: int | None = None,
    clear: Annotated[list[str] | None, Parameter(negative="")] = None,
    reason: str | None = None,
) -> None:
    """Put a goal differently. Nothing is lost: its history keeps every wording.

    Parameters
    ----------
    due
        A date, or `none`.
    clear
        Fields to empty, as in `--clear why`.
    reason
        Why you change it, if you want to say.

    """
    entity = terminal.entity("goal", id)
    given: dict[str, Any] = {
        "title": title,
        "kind": kind,
        "why": why,
        "area": area,
        "looks_like": looks_like,
        "helps": helps,
        "importance": importance,
        "confidence": confidence,
    }
    fields = {name: value for name, value in given.items() if value is not None}
    for name, text in (("due", due), ("start", start)):
        if text is not None:
            fields[name] = None if text.strip().lower() == NOTHING else _date(text)
    fields.update(_cleared(clear or []))
    if not fields:
        raise InvalidInput("Say what to change, as in `--title 'in other words'`, `--due fri` or `--clear why`.")
    terminal.write(commands.revise_goal(terminal.state(), entity, fields, reason))
    answer_goal(entity)


def _cleared(names: list[str]) -> dict[str, None]:
    cleared = {name.replace("-", "_"): None for name in names}
    for name in cleared:
        if name not in _CLEARABLE:
            raise InvalidInput(f"`{name}` can't be cleared. These can: {', '.join(_CLEARABLE)}.")
    return cleared


@goal.command(name="list")
def goal_list(*, active: Annotated[bool, Parameter(negative="")] = False) -> None:
    """Your goals, in your own order; with --active those you work on now."""
    found = journal_view(terminal.state()).goals if terminal.begun else ()
    listed = [g for g in found if not active or g.status == "active"]
    rows = [{k: v for k, v in plain(g).items() if k not in {"milestones", "checkins"}} for g in listed]
    terminal.answer(rows, lambda console: show.goals(console, listed, terminal.short_ids(), terminal.today()))


# By name: what reads a journal back may use what is here.
goal.command("milepost.cli.reading:goal_history_command", name="history")


@goal.command(name="show")
def goal_show(id: str, /) -> None:
    """One goal with its steps and check-ins."""
    answer_goal(terminal.entity("goal", id))


def _status_command(app: App, action: str, words: str, run: Callable[[str, str], None]) -> None:
    def command(id: str, /, *, on: str = "today") -> None:
        run(id, parse_date(on, terminal.today(), past=True).isoformat())

    command.__doc__ = f"""{words}

    Parameters
    ----------
    on
        The day it is about.
    """
    app.command(command, name=action)


def _goal_status(action: str) -> Callable[[str, str], None]:
    def run(text: str, on: str) -> None:
        entity = terminal.entity("goal", text)
        terminal.write(commands.change_goal_status(terminal.state(), entity, action, on))
        answer_goal(entity)

    return run


def _milestone_status(action: str) -> Callable[[str, str], None]:
    def run(text: str, on: str) -> None:
        entity = terminal.entity("milestone", text)
        terminal.write(commands.change_milestone_status(terminal.state(), entity, action, on))
        answer_milestone(entity)

    return run


for _action, _words in {
    "later": "Keep a goal for later.",
    "pause": "Put a goal down for a while.",
    "resume": "Take a goal up again.",
    "achieve": "It is as you wanted it.",
    "let-go": "Let a goal go. That is a decision, not a failure.",
    "reopen": "Begin again with a goal that had ended.",
}.items():
    _status_command(goal, _action, _words, _goal_status(_action))

for _action, _words in {
    "reach": "You got there.",
    "drop": "This step is not needed any more.",
    "reopen": "Plan a step again.",
}.items():
    _status_command(milestone, _action, _words, _milestone_status(_action))


@goal.command(name="rank")
def goal_rank(id: str, place: int, /) -> None:
    """Put a goal at a place in your own order; 1 is first."""
    entity = terminal.entity("goal", id)
    terminal.write(commands.rank_goal(terminal.state(), entity, place))
    answer_goal(entity)


@milestone.command(name="add")
def milestone_add(goal: str, title: str, /, *, due: str | None = None) -> None:
    """Break a goal into a step.

    Parameters
    ----------
    goal
        The goal's id, or the first letters of it.
    title
        The step, in your own words.
    due
        A date, if you want one.

    """
    parent = terminal.entity("goal", goal)
    entity, drafts = commands.add_milestone(terminal.state(), new_entity, parent, title, _date(due))
    terminal.write(drafts)
    answer_milestone(entity)


@milestone.command(name="list")
def milestone_list(goal: str | None = None, /) -> None:
    """The steps of one goal, or of all."""
    by_goal = milestones(terminal.state()) if terminal.begun else {}
    wanted = [terminal.entity("goal", goal)] if goal else list(by_goal)
    found = [step for entity in wanted for step in by_goal.get(entity, [])]
    terminal.answer(
        [plain(step) for step in found],
        lambda console: show.milestones(console, found, terminal.short_ids(), terminal.today()),
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
        fields["due"] = None if due.strip().lower() == NOTHING else _date(due)
    if not fields:
        raise InvalidInput("Say what to change, as in `--title 'in other words'` or `--due fri`.")
    terminal.write(commands.revise_milestone(terminal.state(), entity, fields, reason))
    answer_milestone(entity)


@milestone.command(name="progress")
def milestone_progress(id: str, percent: int, /) -> None:
    """Say how far a step is, from 0 to 100. Any progress counts."""
    entity = terminal.entity("milestone", id)
    terminal.write(commands.revise_milestone(terminal.state(), entity, {"progress": percent}))
    answer_milestone(entity)
