"""For modules whose tests are about nothing that is stored: what is stored where is tested elsewhere, on both engines."""

import pytest


@pytest.fixture
def engine() -> str:
    return "sqlite"
