from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.core.snapshots.joining import PAGE
from tests.simulation import World


@pytest.fixture(autouse=True)
def small_pages(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr("milepost_server.journals.MAX_PAGE_EVENTS", PAGE)
    monkeypatch.setattr("milepost_server.snapshots.MAX_BEHIND", 4)
    monkeypatch.setattr("milepost_server.snapshots.EVERY", 5)
    monkeypatch.setattr("milepost.device_states.KEEP_STATE_AFTER", 5)
    yield


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    yield made
    made.close()
