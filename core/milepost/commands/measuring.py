"""What makes a measure one that can be answered; pure.

It is looked at wherever a measure is defined or revised. A log may hold others, and there no number is refused for it.
"""

from math import isfinite
from typing import Any

from milepost.errors import InvalidInput
from milepost.events import Fields

ENDS: dict[str, tuple[int, int]] = {"scale": (0, 10), "attainment": (-2, 2)}
"""The lowest and the highest value where nobody says otherwise."""


def with_ends(fields: Fields) -> Fields:
    """A new measure's fields with the ends that its type has where none are given."""
    low, high = ENDS.get(fields.get("type") or "scale", (None, None))
    ends = {name: end for name, end in (("low", low), ("high", high)) if end is not None and fields.get(name) is None}
    return {**fields, **ends}


def check_measure(fields: Fields) -> None:
    """Refuses a measure that no number, or not its own target, could answer; `fields` are all that it has.

    Raises:
        InvalidInput: says what to give instead.
    """
    low, high, target = fields.get("low"), fields.get("high"), fields.get("target")
    if any(isinstance(value, float) and not isfinite(value) for value in (low, high, target)):
        raise InvalidInput("The ends and the target of a measure must be numbers, as in 0 and 10.")
    if low is not None and high is not None and not low < high:
        raise InvalidInput(f"A measure goes from a lower number to a higher one, and {low} is not below {high}.")
    if fields.get("type") == "attainment":
        if (low, high) != ENDS["attainment"]:
            raise InvalidInput("An attainment scale goes from -2 to 2: it has five levels.")
        if target is not None and target not in range(-2, 3):
            raise InvalidInput(f"An attainment scale has five levels, -2 to 2, and {target} is none of them.")
    if target is not None and not in_range(low, high, target):
        raise InvalidInput(
            f"The target must lie on the measure, which goes {say_range(low, high)}, and {target} doesn't."
        )


def in_range(low: float | None, high: float | None, value: float) -> bool:
    """Whether a number lies between two ends, either of which may be open."""
    return (low is None or value >= low) and (high is None or value <= high)


def say_range(low: Any, high: Any) -> str:
    """`from 0 to 10`, `from 0 up`, `up to 10`."""
    return f"up to {high}" if low is None else f"from {low} up" if high is None else f"from {low} to {high}"
