"""`milepost measure …`: how progress on a goal is seen."""

from functools import partial
from math import isfinite
from typing import Annotated, Any

from cyclopts import App, Parameter

from milepost import commands
from milepost.cli.asking import SKIP, line, which_goal
from milepost.cli.numbers import MaybeNumber, MaybeWhole
from milepost.cli.show import escape, say_value, table
from milepost.cli.terminal import new_entity, read_value, terminal
from milepost.commands.measuring import ENDS, check_measure
from milepost.errors import InvalidInput
from milepost.events.measure import Better, MeasureType
from milepost.views.entities import Measure, measures, plain, show

measure = App(name="measure", help="How you see progress on a goal, if you want to see it in numbers.")

MISSING = "Say which goal, as in `milepost measure define 3fa 'How calm was it?'`."
NONE = "No measures yet, which is fine: words are enough. `milepost measure define GOAL 'How easy was it?'` adds one."
LEVELS = ("level_minus_2", "level_minus_1", "level_0", "level_plus_1", "level_plus_2")


@measure.command(name="define")
def measure_define(
    goal: str | None = None,
    question: str | None = None,
    /,
    *,
    type: MeasureType = "scale",
    low: MaybeNumber = None,
    high: MaybeNumber = None,
    unit: str | None = None,
    better: Better | None = None,
    target: MaybeNumber = None,
    weight: MaybeWhole = None,
    levels: Annotated[list[str] | None, Parameter(negative="", consume_multiple=True)] = None,
) -> None:
    """Give a goal a measure; redefining it starts a new line in its chart. At a terminal, run bare, it asks.

    Parameters
    ----------
    question
        What you ask yourself, as in "How calm were the mornings?"
    low
        The lowest value (of a scale: 0, unless you say otherwise).
    high
        The highest value (of a scale: 10).
    better
        Whether `up` or `down` is better, or to `keep` it.
    weight
        Of an attainment scale: how much the goal counts beside others.
    levels
        Of an attainment scale: five descriptions, from much less than hoped to much more.
    """
    bare, entity = goal is None, which_goal(goal, MISSING)
    lowest, highest = ENDS.get(type, (None, None))
    if bare and not levels:
        question = terminal.ask_more(
            question, f"What do you ask yourself? [dim](as in: How calm was it?)[/] {SKIP}", line
        )
        if type == "scale":
            low = terminal.ask_more(low, f"From which number? [dim](Enter: {lowest})[/]", _end)
            high = terminal.ask_more(
                high,
                f"Up to which number? [dim](Enter: {highest})[/]",
                partial(_higher, lowest if low is None else low),
            )
    if levels and len(levels) != len(LEVELS):
        raise InvalidInput("An attainment scale has five levels: much less, less, as hoped, more, much more.")
    made, drafts = commands.define_measure(
        terminal.state(),
        new_entity,
        entity,
        question,
        type=type,
        low=_number(low),
        high=_number(high),
        unit=unit,
        better=better,
        target=_number(target),
        weight=weight,
        **dict(zip(LEVELS, levels or [], strict=False)),
    )
    terminal.write(drafts)
    _answer([show(terminal.state(), Measure, "measure", made)], one=True)


def _end(text: str) -> float:
    """Reads an end of a scale."""
    number = read_value(text)
    if not isinstance(number, int | float) or not isfinite(number):
        raise InvalidInput(f"{text!r} is not a number. Try 0 or 10.")
    return float(number)


def _higher(low: float | None, text: str) -> float:
    """Reads the end that is above the other."""
    number = _end(text)
    check_measure({"low": _number(low), "high": _number(number)})
    return number


def _number(value: float | None) -> float | int | None:
    return int(value) if value is not None and float(value).is_integer() else value


@measure.command(name="list")
def measure_list() -> None:
    """The measures there are."""
    _answer(measures(terminal.state()) if terminal.begun else [], one=False)


def _answer(found: list[Measure], *, one: bool) -> None:
    def draw(console: Any) -> None:
        shown = table("id", "question", "type", "from", "to", *([] if one else ["goal", ""]))
        ids = terminal.short_ids()
        for each in found:
            ends = (each.type, say_value(each.low), say_value(each.high))
            goal = {} if one else terminal.state().fields("goal", each.goal)
            of = (
                []
                if one
                else [escape(goal.get("title") or ""), "in use" if goal.get("measure") == each.id else "earlier"]
            )
            shown.add_row(ids[each.id], escape(each.question or ""), *ends, *of)
        console.print(shown if found else NONE)

    rows = [plain(each) for each in found]
    terminal.answer(rows[0] if one else rows, draw)
