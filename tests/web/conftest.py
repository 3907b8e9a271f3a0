"""One engine with the browser's core for all the tests of a process."""

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest
from playwright.sync_api import Browser, expect

from milepost.events import registry
from tests.processes import ServerProcess, serving
from tests.web.both import Both
from tests.web.building import app
from tests.web.core import Core, bundled
from tests.web.in_browser import PATIENCE_MS
from tests.web.looking import browsing


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


@pytest.fixture(scope="session")
def built() -> Path:
    return app()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One for a module's tests, and no longer: it brings an event loop along, and no other can run beside that."""
    with browsing() as found:
        expect.set_options(timeout=PATIENCE_MS)
        yield found


@pytest.fixture
def server(built: Path, tmp_path: Path) -> Iterator[ServerProcess]:
    assert (built / "index.html").is_file()
    with serving(tmp_path / "server") as running:
        yield running
