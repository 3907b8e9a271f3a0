"""`milepost handover`: a page about chosen goals for somebody new. What is not asked for is not on it."""

import sys
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from milepost.cli.as_of import AsOf, moment, read
from milepost.cli.files import write_file
from milepost.cli.handover_page import page
from milepost.cli.instruments import recorded, usable
from milepost.cli.show import escape, table
from milepost.cli.terminal import terminal
from milepost.errors import InvalidInput, NotFound
from milepost.journal import State
from milepost.views.entities import UNTITLED, plain
from milepost.views.handover import handover as handed_over
from milepost.views.journal import goal_ids

Yes = Annotated[bool, Parameter(negative="")]


def handover(
    *goals: str,
    all: Yes = False,
    notes: Yes = False,
    plan: Yes = False,
    assessments: Yes = False,
    output: Annotated[Path | None, Parameter(name=["--output", "-o"])] = None,
    force: Yes = False,
    as_of: AsOf = None,
) -> None:
    """A page about your goals for a new therapist, in Markdown: to standard output, or to a file.

    Parameters
    ----------
    goals
        Which ones, and nothing that belongs to no goal; without any, those that are active.
    all
        Every goal, also those that are put away.
    notes
        With what was to be kept of your reflections.
    plan
        With your safety plan.
    assessments
        With the scores of questionnaires.
    output
        The file to write.
    force
        Write over a file that is there already.
    """
    if goals and all:
        raise InvalidInput("Name the goals, or give --all for every one of them: one of the two.")
    state, events = read(as_of)
    chosen = _chosen(state, goals, all_of_them=all)
    found = handed_over(
        state,
        events,
        moment(as_of, events).date(),
        chosen,
        notes=notes,
        plan=plan,
        forms=usable(recorded(state)) if assessments else None,
        only=chosen is not None and not all,
    )
    if output is None:
        terminal.answer(plain(found), lambda _: _print(page(found)))
        return
    body = page(found).encode()
    write_file(output, body, force=force)
    terminal.answer(
        {"file": str(output), "bytes": len(body)},
        lambda console: console.print(f"Wrote {escape(str(output))} ({len(body):,} bytes)."),
    )


def _print(text: str) -> None:
    """As it is: nothing in it is a style, and no line is broken."""
    sys.stdout.write(text)


def _chosen(state: State, named: tuple[str, ...], *, all_of_them: bool) -> set[str] | None:
    """The goals that are named, or picked by the person; None for those that are active."""
    known = goal_ids(state)
    if all_of_them:
        return set(known)
    if not named:
        return _ask(state, known) if terminal.interactive else None
    return {_one(text, known) for text in named}


def _one(text: str, known: list[str]) -> str:
    """The goal that is meant, where it was there at the time."""
    entity = terminal.entity("goal", text)
    if entity not in known:
        raise NotFound(f"The goal {text} is not there, or was not there then. `milepost goal list` shows those of now.")
    return entity


def _ask(state: State, known: list[str]) -> set[str] | None:
    active = [goal for goal in known if (state.fields("goal", goal).get("status") or "active") == "active"]
    if len(active) < 2:
        return None
    ids, shown = terminal.short_ids(), table("id", "goal")
    for goal in active:
        shown.add_row(ids[goal], escape(state.fields("goal", goal).get("title") or UNTITLED))
    terminal.console().print(shown)

    def pick(said: str) -> set[str]:
        return {_one(text, known) for text in said.replace(",", " ").split()}

    return terminal.ask_more(None, "Which goals? [dim](their ids; Enter takes all of these)[/]", pick)
