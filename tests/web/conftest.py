"""One engine with the browser's core for all the tests of a process."""

import logging
from collections.abc import Iterator
from typing import cast

import pytest

from milepost.events import registry
from tests.web.both import Both
from tests.web.core import Core, bundled


@pytest.fixture(scope="session")
def core() -> Core:
    return Core(bundled())


@pytest.fixture
def both(core: Core, monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Both]]:
    """Every sync is held in both."""
    held = cast(type[Both], type("Held", (Both,), {"core": core, "met": set()}))
    monkeypatch.setattr("milepost.client.Session", held)
    logging.disable(logging.WARNING)
    yield held
    core("version", {name: known.v for name, known in registry.EVENT_TYPES.items()}, [])
    logging.disable(logging.NOTSET)
