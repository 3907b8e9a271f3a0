"""What tests of every room share: a PostgreSQL server for the whole run, and an empty schema on it."""

import gc
import ssl
import sys
from collections.abc import Iterator
from functools import cache
from importlib import metadata
from pathlib import Path

import pytest

from milepost import database
from tests.postgres import PostgresServer, postgres_server


def pytest_configure() -> None:
    """A server is begun many times a run: what is looked up for each is looked up once, and no log file is as long."""
    database.WAL_PAGES = 100
    _look_for_plugins_once()
    _read_certificates_once()
    gc.disable()


def _look_for_plugins_once() -> None:
    anew = metadata.entry_points
    once = cache(lambda group, _as_they_are: anew(group=group))
    metadata.entry_points = lambda **named: (
        once(named["group"], tuple(map(_as_it_is, sys.path))) if named.keys() == {"group"} else anew(**named)
    )


def _read_certificates_once() -> None:
    """Each client of httpx reads them all, for longer than most tests take."""
    anew = ssl.create_default_context
    once = cache(lambda file: anew(cafile=file))
    ssl.create_default_context = lambda *given, **named: (
        once(named["cafile"]) if not given and named.keys() == {"cafile"} else anew(*given, **named)
    )


def _as_it_is(path: str) -> tuple[str, int]:
    """A folder, and when something in it came or went."""
    folder = Path(path)
    return path, folder.stat().st_mtime_ns if folder.exists() else 0


def pytest_collection_finish() -> None:
    """All that was imported and collected stays to the end; it is not to be looked through again and again."""
    gc.freeze()
    gc.enable()


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    with postgres_server() as server:
        yield server


@pytest.fixture
def postgres_url(postgres: PostgresServer) -> Iterator[str]:
    with postgres.schema() as url:
        yield url
