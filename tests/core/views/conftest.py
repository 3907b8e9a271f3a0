import pytest

from tests.core.views.pages import BERLIN, Pages
from tests.events import entity


@pytest.fixture
def pages() -> Pages:
    return Pages()


@pytest.fixture
def weekly(pages: Pages) -> Pages:
    start = {"at": "2026-11-03T15:00:00", "time_zone": BERLIN}
    pages.write("series.planned", id=entity(1), start=start, recurrence="FREQ=WEEKLY", minutes=50)
    return pages
