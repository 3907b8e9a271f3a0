"""One engine with the browser's core for all the tests of a process."""

import pytest

from tests.web.core import Core, bundled


@pytest.fixture(scope="session")
def core() -> Core:
    return Core(bundled())
