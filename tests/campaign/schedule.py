"""Schedules: what may happen, how often, and with which choices; made by chance or by Hypothesis, kept as JSON."""

import json
from random import Random
from typing import Any

from hypothesis import strategies as st
from msgspec import Struct

from milepost.clock import CLAMP_MS
from tests.campaign.network import FAULTS

YEAR_MS = 365 * 86_400_000
Step = list[Any]
"""A name, and a choice for each thing that is to be chosen."""

_DEVICE = (0, 1, 2, 3)
_API = (0, 1)
_WHAT = tuple(range(14))
_TARGET = (0, 1)
_FAULTS = ("none", "none", "none", "none", *FAULTS)
_STATEMENT = tuple(range(40))
_DOING = ("write", "sync", "sync")


class Kind(Struct, frozen=True):
    """A kind of step: how often it comes among the others, and what is to be chosen."""

    weight: int
    choices: tuple[tuple[Any, ...], ...]


KINDS: dict[str, Kind] = {
    "write": Kind(40, (_DEVICE, _WHAT, _TARGET)),
    "sync": Kind(30, (_DEVICE, _FAULTS, _FAULTS, _FAULTS)),
    "redact": Kind(6, (_DEVICE, tuple(range(6)), _TARGET)),
    "sync_without_history": Kind(6, (_DEVICE, _FAULTS, _FAULTS, _FAULTS)),
    "join": Kind(3, (_FAULTS, _FAULTS, _FAULTS, _FAULTS)),
    "replace_device": Kind(3, (_DEVICE, _FAULTS, _FAULTS, _FAULTS, _FAULTS)),
    "archive": Kind(6, ((0, 0, 3, 7, 12),)),
    "ask": Kind(10, (_API, _WHAT, _TARGET, _FAULTS)),
    "ask_again": Kind(2, (_API,)),
    "tick": Kind(6, ((1, 1_000, CLAMP_MS, 86_400_000),)),
    "set_clock": Kind(3, (_DEVICE, (0, YEAR_MS, -YEAR_MS, 3 * CLAMP_MS))),
    "settle": Kind(5, (_DEVICE, _TARGET)),
    "deliver_late": Kind(4, ()),
    "back_up_server": Kind(5, (_TARGET,)),
    "put_server_back": Kind(5, (_TARGET,)),
    "restart_server": Kind(1, ()),
    "upgrade_server": Kind(1, ()),
    "copy_device": Kind(6, (_DEVICE,)),
    "put_device_back": Kind(6, (_DEVICE,)),
    "relive": Kind(4, (_DEVICE, _WHAT, _FAULTS)),
    "clone_device": Kind(2, (_DEVICE,)),
    "put_both_back": Kind(3, (_DEVICE, _TARGET)),
    "restart_device": Kind(2, (_DEVICE,)),
    "upgrade_device": Kind(2, (_DEVICE,)),
    "crash_device": Kind(4, (_DEVICE, _STATEMENT, _DOING)),
    "fail_device": Kind(3, (_DEVICE, _STATEMENT, _DOING)),
    "fill_device_disk": Kind(1, (_DEVICE, _DOING)),
    "fail_server": Kind(3, (_DEVICE, _STATEMENT)),
    "fill_server_disk": Kind(1, (_DEVICE,)),
    "strand": Kind(
        3, (_DEVICE, _DEVICE, _TARGET, _WHAT, ("at the server", "everywhere"), ("nothing", "write", "redact"))
    ),
    "two_at_once": Kind(4, (_DEVICE, ("write", "sync", "other", "restore"), _DEVICE)),
    "revoke": Kind(1, (_DEVICE,)),
    "pair": Kind(5, (_DEVICE,)),
    "break_a_rule": Kind(2, (_DEVICE,)),
}

LONGEST = 90


def random_schedule(seed: int) -> list[Step]:
    """A schedule by chance: of a random length, and each with a taste of its own."""
    chance = Random(seed)
    names = list(KINDS)
    weights = [KINDS[name].weight * chance.choice((0, 1, 1, 1, 2, 4)) for name in names]
    for always in ("write", "sync"):
        weights[names.index(always)] = max(weights[names.index(always)], KINDS[always].weight)
    chosen = chance.choices(names, weights, k=chance.randint(10, LONGEST))
    return [[name, *(chance.choice(options) for options in KINDS[name].choices)] for name in chosen]


def _step(name: str) -> st.SearchStrategy[Step]:
    choices = [st.sampled_from(options) for options in KINDS[name].choices]
    return st.tuples(*choices).map(lambda chosen: [name, *chosen])


def schedules(longest: int) -> st.SearchStrategy[list[Step]]:
    """Schedules that shrink: fewer steps, and the first of each choice."""
    names = [name for name, kind in KINDS.items() for _ in range(kind.weight)]
    return st.lists(st.sampled_from(names).flatmap(_step), min_size=5, max_size=longest)


def as_text(steps: list[Step]) -> str:
    """One step to a line."""
    return "[\n" + ",\n".join(json.dumps(step) for step in steps) + "\n]\n"
