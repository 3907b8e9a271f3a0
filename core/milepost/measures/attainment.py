"""Goal attainment scaling: one figure for how several goals were met; knows levels and weights, and no journal."""

from collections.abc import Sequence
from math import sqrt

from msgspec import Struct

from milepost.errors import InvalidInput

LOWEST, HIGHEST = -2, 2
MAX_WEIGHT = 100
RHO = 0.3
"""How far goals of one person are taken to go together; 0.3 is customary (Kiresuk & Sherman 1968)."""


class Attained(Struct, frozen=True, kw_only=True):
    """Where one goal stands: `level` from −2 (much less than hoped) over 0 (as hoped) to +2, `weight` from 1 to 100."""

    level: int
    weight: int = 1


def attainment_t(goals: Sequence[Attained]) -> float:
    """T = 50 + 10·Σ(w·x) / √(0.7·Σw² + 0.3·(Σw)²), to two decimals; 50 where every goal was met as hoped.

    It says how far a person's goals were met as hoped. It compares only the same goals, with the same weights, at both
    ends of a stretch of time, and never people: each chose their own goals and their own words for the levels.
    Source: Kiresuk & Sherman 1968, Community Mental Health Journal 4, 443–453; ρ = 0.3 as is customary.

    Raises:
        InvalidInput: no goal, or a level or weight outside its range.
    """
    if not goals:
        raise InvalidInput("There is no goal to work this out from. Rate at least one, from -2 to 2.")
    for goal in goals:
        if not LOWEST <= goal.level <= HIGHEST:
            raise InvalidInput(f"A level goes from -2 to 2, and {goal.level} lies outside. Give one of these.")
        if not 1 <= goal.weight <= MAX_WEIGHT:
            raise InvalidInput(f"A weight goes from 1 to 100, and {goal.weight} lies outside. Give one of these.")
    weights = [goal.weight for goal in goals]
    reached = sum(goal.weight * goal.level for goal in goals)
    spread = (1 - RHO) * sum(w * w for w in weights) + RHO * sum(weights) ** 2
    return round(50 + 10 * reached / sqrt(spread), 2)


def start_level(*, can_worsen: bool) -> int:
    """The level a goal starts from: −1, or −2 where it could not get any worse, so that worsening can be seen.

    Source: Turner-Stokes 2009, Clinical Rehabilitation 23, 362–370.
    """
    return -1 if can_worsen else LOWEST
