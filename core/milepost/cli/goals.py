"""`milepost goal …`."""

from collections.abc import Callable
from typing import Annotated, Any, Literal

from cyclopts import App, Parameter

from milepost import commands
from milepost.cli import show
from milepost.cli.as_of import AsOf, day_of, state_of, state_with
from milepost.cli.asking import NOTHING, SKIP, line, text, which_goal
from milepost.cli.dates import parse_date
from milepost.cli.numbers import MaybeWhole, Whole
from milepost.cli.terminal import new_entity, terminal
from milepost.errors import Conflict, InvalidInput
from milepost.views.entities import plain
from milepost.views.journal import goal_view, goals

goal = App(name="goal", help="Something you want to be different.")

Kind = Literal["open", "smart"]
_CLEARABLE = ("looks_like", "why", "helps", "area", "start", "due", "importance", "confidence", "kind", "measure")


ADD_MISSING = "Give the TITLE, as in `milepost goal add 'Say what I need'`."
REVISE_MISSING = "Say which goal, and what to change: `milepost goal revise ID --title 'in other words'`."


def read_date(text: str) -> str:
    """The day that somebody means, in ISO 8601."""
    return parse_date(text, terminal.today()).isoformat()


def _day_or_none(text: str) -> str | None:
    return None if text.strip().lower() == NOTHING else read_date(text)


def answer_goal(entity: str, as_of: str | None = None) -> None:
    """Shows one goal."""
    found = goal_view(state_with("goal", entity, as_of), entity)
    terminal.answer(plain(found), lambda console: show.goal(console, found, terminal.short_ids(), day_of(as_of)))


@goal.command(name="add")
def goal_add(
    title: str | None = None,
    /,
    *,
    kind: Kind | None = None,
    why: str | None = None,
    area: str | None = None,
    due: str | None = None,
    looks_like: str | None = None,
    helps: str | None = None,
    start: str | None = None,
    importance: MaybeWhole = None,
    confidence: MaybeWhole = None,
) -> None:
    """Write down a goal, in your own words. It is open until a due date, a measure or --kind says otherwise.

    At a terminal, without a title, it asks for one, and then why it matters and how it looks. Enter skips those.

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
    bare = title is None
    words = terminal.ask_for(title, "What do you want to be different?", ADD_MISSING, line)
    if bare:
        why = terminal.ask_more(why, f"Why does it matter to you? {SKIP}", text)
        looks_like = terminal.ask_more(looks_like, f"How would you notice that it is so? {SKIP}", text)
    days = {name: _day_or_none(said) if said is not None else None for name, said in (("due", due), ("start", start))}
    terminal.journal_to_write()
    entity, drafts = commands.add_goal(
        terminal.state(),
        new_entity,
        words,
        kind=kind,
        why=why,
        area=area,
        looks_like=looks_like,
        helps=helps,
        **days,
        importance=importance,
        confidence=confidence,
    )
    terminal.write(drafts)
    answer_goal(entity)


@goal.command(name="revise")
def goal_revise(
    id: str | None = None,
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
    importance: MaybeWhole = None,
    confidence: MaybeWhole = None,
    clear: Annotated[list[str] | None, Parameter(negative="")] = None,
    reason: str | None = None,
) -> None:
    """Put a goal differently. Nothing is lost: its history keeps every wording.

    At a terminal, with nothing to change given, it opens the goal in your editor (VISUAL or EDITOR), or without one
    asks for it part by part.

    Parameters
    ----------
    due
        A date, or `none`.
    clear
        Fields to empty, as in `--clear why`.
    reason
        Why you change it, if you want to say.

    """
    entity = which_goal(id, REVISE_MISSING)
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
    for name, said in (("due", due), ("start", start)):
        if said is not None:
            fields[name] = _day_or_none(said)
    fields.update(_cleared(clear or []))
    if not fields:
        _reword(entity, reason)
    else:
        terminal.write(commands.revise_goal(terminal.state(), entity, fields, reason))
    answer_goal(entity)


def _reword(entity: str, reason: str | None) -> None:
    """Puts a goal differently together with the person; what they typed is let go once it is written down."""
    if not terminal.interactive:
        raise InvalidInput("Say what to change, as in `--title 'in other words'`, `--due fri` or `--clear why`.")
    from milepost.cli.meanwhile import ask
    from milepost.cli.rewording import forget, left, reword

    while True:
        fields, because = reword(entity, reason)
        drafts = commands.revise_goal(terminal.state(), entity, fields, because)
        try:
            terminal.write(drafts, ask=False)
            break
        except Conflict as conflict:
            kept = left(entity, fields, because)
            answer = ask(conflict, drafts, again=True)
            if answer == "leave":
                raise Conflict(
                    f"Nothing is changed. What you typed is kept in {kept}; `milepost goal revise` goes on with it.",
                    conflict.fields,
                ) from conflict
            if answer == "write":
                terminal.write(commands.revise_goal(terminal.state(), entity, fields, because))
                break
    forget(entity)


def _cleared(names: list[str]) -> dict[str, None]:
    cleared = {name.replace("-", "_"): None for name in names}
    for name in cleared:
        if name not in _CLEARABLE:
            raise InvalidInput(f"`{name}` can't be cleared. These can: {', '.join(_CLEARABLE)}.")
    return cleared


@goal.command(name="list")
def goal_list(*, active: Annotated[bool, Parameter(negative="")] = False, as_of: AsOf = None) -> None:
    """Your goals, in your own order; with --active those you work on now."""
    found = goals(state_of(as_of))
    listed = [g for g in found if not active or g.status == "active"]
    rows = [{k: v for k, v in plain(g).items() if k not in {"milestones", "checkins"}} for g in listed]
    terminal.answer(rows, lambda console: show.goals(console, listed, terminal.short_ids(), day_of(as_of)))


# By name: what reads a journal back may use what is here.
goal.command("milepost.cli.reading:goal_history_command", name="history")


@goal.command(name="show")
def goal_show(id: str, /, *, as_of: AsOf = None) -> None:
    """One goal with its steps and check-ins."""
    answer_goal(terminal.entity("goal", id), as_of)


def status_command(app: App, action: str, words: str, run: Callable[[str, str], None]) -> None:
    """A command that turns something to another status, on a day."""

    def command(id: str, /, *, on: str = "today") -> None:
        run(id, terminal.past_day(on))

    command.__doc__ = f"""{words}

    Parameters
    ----------
    on
        The day it is about.
    """
    app.command(command, name=action)


def _goal_status(action: str) -> Callable[[str, str], None]:
    def run(id: str, on: str) -> None:
        entity = terminal.entity("goal", id)
        terminal.write(commands.change_goal_status(terminal.state(), entity, action, on))
        answer_goal(entity)

    return run


for _action, _words in {
    "later": "Keep a goal for later.",
    "pause": "Put a goal down for a while.",
    "resume": "Take a goal up again.",
    "achieve": "It is as you wanted it.",
    "let-go": "Let a goal go. That is a decision, not a failure.",
    "reopen": "Begin again with a goal that had ended.",
}.items():
    status_command(goal, _action, _words, _goal_status(_action))


@goal.command(name="rank")
def goal_rank(id: str, place: Whole, /) -> None:
    """Put a goal at a place in your own order; 1 is first."""
    entity = terminal.entity("goal", id)
    terminal.write(commands.rank_goal(terminal.state(), entity, place))
    answer_goal(entity)
