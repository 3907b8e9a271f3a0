"""Days, numbers and the words of fields as people read them, and a person's words made fit to print; knows no format."""

import unicodedata
from collections.abc import Mapping
from datetime import date
from typing import Any, TypeGuard

from milepost.plugin_api import Goal, Withheld

Number = int | float

LARGEST = 10**15
"""Numbers beyond it are shown as they were written, and not drawn: their sums would lose what they say."""
MOST_OF_A_UNIT, MOST_OF_AN_ANSWER = 24, 40
GOES_ON = frozenset({"active", "later", "paused"})
STATUS_WORDS = {
    "active": "Active",
    "later": "Kept for later",
    "paused": "Paused",
    "achieved": "Achieved",
    "let_go": "Let go",
    "ended": "Ended",
}
_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()  # noqa: SIM905 - the same, in every locale
_KEPT = frozenset("\n\t\u200c\u200d")
"""Marks among the controls that print as they are: ends of lines, and joiners that shape letters and pictures."""


def own(text: object) -> str:
    """A person's words without what no page can hold (controls, halves of characters), and nothing where there are none."""
    if text is None or isinstance(text, Withheld):
        return ""
    kept = "".join(c if c in _KEPT or unicodedata.category(c) not in {"Cc", "Cs"} else " " for c in str(text))
    return kept.strip()


def one_line(text: object) -> str:
    """The same on one line."""
    return " ".join(own(text).split())


def short(text: object, most: int) -> str:
    """The same on one line of at most so many characters, shortened at a word where it can be."""
    line = one_line(text)
    if len(line) <= most:
        return line
    cut = line[: most - 1]
    at_word = cut.rfind(" ")
    return (cut[:at_word] if at_word > most // 2 else cut).rstrip() + "…"


def day_of(text: object) -> date | None:
    """A day, where the text is one."""
    if not isinstance(text, str):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def say_day(text: object) -> str:
    """`2026-12-18` as `18 Dec 2026`; as it is where it is no day."""
    found = day_of(text)
    return one_line(text) if found is None else f"{found.day} {_MONTHS[found.month - 1]} {found.year}"


def local_day(start: object) -> date | None:
    """The local day of a zoned time."""
    return day_of(str(start.get("at", ""))[:10]) if isinstance(start, Mapping) else None


def say_month(day: date) -> str:
    """A month and its year."""
    return f"{_MONTHS[day.month - 1]} {day.year}"


def is_number(value: object) -> TypeGuard[Number]:
    """Whether it can be drawn and reckoned with."""
    return isinstance(value, int | float) and not isinstance(value, bool) and -LARGEST <= value <= LARGEST


def say_number(value: Number) -> str:
    """A number as people write it."""
    return str(int(value)) if float(value).is_integer() else f"{value:.2f}".rstrip("0").rstrip(".")


def say_value(value: Any, unit: object = None) -> str:
    """A number with its unit, or what else was answered."""
    said = say_number(value) if is_number(value) else one_line(value)
    return f"{said} {one_line(unit)}".strip() if said else ""


def say_change(first: Any, latest: Any, unit: object = None) -> str:
    """From a first to a latest value; once, where they are the same."""
    was, now = short(say_value(first), MOST_OF_AN_ANSWER), short(say_value(latest), MOST_OF_AN_ANSWER)
    said = f"{now} {short(unit, MOST_OF_A_UNIT)}".strip()
    return said if was == now else f"{was} → {said}"


def isolated(text: object) -> str:
    """Words on one line inside others, so that neither turns the other round (Unicode's FIRST STRONG ISOLATE)."""
    return f"\u2068{one_line(text)}\u2069"


def counted(count: int, what: str) -> str:
    """`1 step`, `3 steps`."""
    return f"{count} {what if count == 1 else what + 's'}"


def name_of(thing: object, nothing: str = "(untitled)") -> str:
    """Its title, on one line."""
    return one_line(getattr(thing, "title", None)) or nothing


def say_status(goal: Goal) -> str:
    """How a goal stands and since when, in a sentence."""
    words = STATUS_WORDS.get(goal.status, one_line(goal.status))
    if goal.on:
        words += f" {'since' if goal.status in GOES_ON else 'on'} {say_day(goal.on)}"
    parts = [words]
    parts += [f"begun on {say_day(goal.start)}"] if goal.start else []
    parts += [f"planned for {say_day(goal.due)}"] if goal.due else []
    parts += [f"{goal.reached} of {counted(goal.steps, 'step')} reached"] if goal.steps else []
    return f"{', '.join(parts)}."
