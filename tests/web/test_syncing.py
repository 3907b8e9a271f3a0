"""The browser holds the conversation of a sync as Python does: the same requests, and the same steps about every answer."""

import logging
from collections.abc import Iterator
from typing import cast

import pytest

from milepost.events import registry
from tests.campaign.campaign import run
from tests.campaign.schedule import random_schedule
from tests.web.both import Both
from tests.web.core import Core

SEEDS = range(6)


@pytest.fixture
def both(core: Core, monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Both]]:
    """Every sync is held in both."""
    held = cast(type[Both], type("Held", (Both,), {"core": core, "met": set()}))
    monkeypatch.setattr("milepost.client.Session", held)
    logging.disable(logging.WARNING)
    yield held
    core("version", {name: known.v for name, known in registry.EVENT_TYPES.items()}, [])
    logging.disable(logging.NOTSET)


def test_in_a_hostile_world_both_ask_the_same_and_do_the_same(both: type[Both]) -> None:
    for seed in SEEDS:
        run(random_schedule(seed), seed)
    print(sorted(both.met))
