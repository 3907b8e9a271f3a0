"""The browser holds the conversation of a sync as Python does: the same requests, and the same steps about every answer."""

from tests.campaign.campaign import run
from tests.campaign.schedule import random_schedule
from tests.web.both import ASKS, NAMES, Both

SEEDS = (0, 1, 6, 12)
PHASES = ("converge", "search", "repair", "leap", "history", "attest", "done")
RARE = {"claim", "history anew"}
"""What no small world comes to in so few rounds."""


def test_in_a_hostile_world_both_ask_the_same_and_do_the_same(both: type[Both]) -> None:
    for seed in SEEDS:
        run(random_schedule(seed), seed)
    assert both.met >= {*ASKS.values(), *NAMES.values(), *PHASES} - RARE
