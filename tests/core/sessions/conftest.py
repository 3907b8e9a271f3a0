import pytest

from tests.core.sessions.by_hand import FIRST
from tests.core.terminal import Milepost


@pytest.fixture
def weekly(milepost: Milepost) -> str:
    options = ("--at", "15:00", "--every", "weekly", "--minutes", "50", "--place", "Room 2")
    made: str = milepost("session", "add", FIRST.isoformat(), *options)["id"]
    return made
