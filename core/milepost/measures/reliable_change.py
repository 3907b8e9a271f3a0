"""Whether a change of score is more than chance would give; knows scores and published figures, and no instrument."""

from math import isfinite, sqrt
from typing import Literal

from msgspec import Struct

from milepost.errors import InvalidInput

Direction = Literal["better", "worse", "none"]
Better = Literal["up", "down"]


class Threshold(Struct, frozen=True, kw_only=True, tag="threshold"):
    """A published change, in points, from which on a change counts as reliable; `citation` says where."""

    points: float
    citation: str


class Reliability(Struct, frozen=True, kw_only=True, tag="reliability"):
    """A published standard deviation, in points, and reliability (0 to 1, neither included); `citation` says where."""

    sd: float
    reliability: float
    citation: str


ChangeRule = Threshold | Reliability


class Change(Struct, frozen=True, kw_only=True):
    """A change between two scores of the same person.

    `difference` is later minus earlier, in points. Without a published rule nothing is claimed: `threshold`, `reliable`
    and `citation` are None. `direction` is `better` or `worse` only where the change is reliable, else `none`.
    """

    difference: float
    threshold: float | None = None
    reliable: bool | None = None
    direction: Direction = "none"
    citation: str | None = None


def threshold_of(rule: ChangeRule) -> float:
    """The change, in points, that chance alone would seldom (one time in twenty) exceed.

    A published threshold as it stands; else 1.96·SD·√2·√(1−r) (Jacobson & Truax 1991, Journal of Consulting and
    Clinical Psychology 59, 12–19).

    Raises:
        InvalidInput: a figure that can't be one, or no citation.
    """
    if not rule.citation.strip():
        raise InvalidInput("A rule for reliable change needs a citation: say where its figures were published.")
    if isinstance(rule, Threshold):
        if not (isfinite(rule.points) and rule.points > 0):
            raise InvalidInput(
                "A threshold for reliable change is a number above 0. Look it up where it was published."
            )
        return rule.points
    if not (isfinite(rule.sd) and rule.sd > 0 and 0 < rule.reliability < 1):
        raise InvalidInput(
            "Reliable change needs a standard deviation above 0 and a reliability between 0 and 1. "
            "Look them up where they were published."
        )
    return 1.96 * rule.sd * sqrt(2) * sqrt(1 - rule.reliability)


def reliable_change(
    earlier: float, later: float, *, rule: ChangeRule | None = None, better: Better | None = None
) -> Change:
    """How a score changed, and whether reliably; `better` is the way in which scores get better.

    A published threshold counts from itself on ("6 or more"); a change worked out from a reliability must exceed it.

    Raises:
        InvalidInput: the rule is none (see `threshold_of`).
    """
    difference = round(later - earlier, 2)
    if rule is None:
        return Change(difference=difference)
    threshold = threshold_of(rule)
    size = abs(difference)
    reliable = size >= threshold if isinstance(rule, Threshold) else size > threshold
    direction: Direction = "none"
    if reliable and better is not None:
        direction = "better" if (difference > 0) == (better == "up") else "worse"
    return Change(
        difference=difference, threshold=threshold, reliable=reliable, direction=direction, citation=cited(rule)
    )


def cited(rule: ChangeRule) -> str:
    """Where a rule's figures were published, and after whom they are used."""
    return rule.citation if isinstance(rule, Threshold) else f"{rule.citation}; after Jacobson & Truax 1991"
