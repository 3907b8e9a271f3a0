"""What tests of every room share: a PostgreSQL server for the whole run, and an empty schema on it."""

import sys
from collections.abc import Iterator
from functools import cache

import pytest

from milepost import database, plugin_loading
from tests.postgres import PostgresServer, postgres_server


def pytest_configure() -> None:
    """A server is begun many times a run: what is looked up for each is looked up once, and no log file is as long."""
    database.WAL_PAGES = 100
    found = cache(lambda _path, look=plugin_loading.installed: look())
    plugin_loading.installed = lambda: found(tuple(sys.path))


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    with postgres_server() as server:
        yield server


@pytest.fixture
def postgres_url(postgres: PostgresServer) -> Iterator[str]:
    with postgres.schema() as url:
        yield url
