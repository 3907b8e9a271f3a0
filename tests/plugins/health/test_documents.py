"""What docs/health.md tells people to send is taken in as it says."""

import re
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from milepost_health import own_json
from milepost_health.readings import ABOUT, UNITS, WHATS

GUIDE = (Path(__file__).parents[3] / "docs" / "health.md").read_text()
EXAMPLES = re.findall(r"^```json\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)


def test_there_are_examples() -> None:
    assert len(EXAMPLES) == 2


@pytest.mark.parametrize("example", EXAMPLES)
def test_what_is_shown_can_be_sent(example: str) -> None:
    found = own_json.told(example.encode(), ZoneInfo("Europe/Vienna"))
    assert found.readings
    assert (found.wrong, found.left) == ([], {})


def test_each_thing_that_can_come_in_is_told_with_its_unit() -> None:
    rows = dict(re.findall(r"^\| `(\w+)` \| .* \| ([^|]+) \|$", GUIDE, re.MULTILINE))
    assert [what for what in rows if what in WHATS] == list(WHATS)
    words = {"min": "minutes", "h": "hours", "km": "kilometres", "count": "steps"}
    assert all(words[ABOUT[what].unit] in rows[what] for what in WHATS if ABOUT[what].unit)


def test_the_units_that_are_named_are_known() -> None:
    (said,) = re.findall(r"^\| `unit` \| where it is another: (.*) \|$", GUIDE, re.MULTILINE)
    assert all(unit in UNITS for unit in re.findall(r"`(\w+)`", said))
