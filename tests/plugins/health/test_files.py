"""What an app sent, or would send, can be brought in out of a file, once a rule is made."""

import pytest

from milepost.plugin_api import InvalidInput, NotTaken
from milepost.testing import FakeHost, FakeJournal, ImporterConformance
from milepost_health import PhoneFileImporter
from milepost_health.rules import Rules
from tests.plugins.health.conftest import Mina, golden

MINA = Mina()


class TestFiles(ImporterConformance):
    importer = PhoneFileImporter
    settings = Rules(**MINA.all())

    def journal(self) -> FakeJournal:
        return MINA.journal

    def file(self) -> bytes:
        return golden("auto-export-days.json")


def ids(body: bytes, mina: Mina, **rules: str) -> list[str]:
    found = FakeHost(Rules(**rules)).read(PhoneFileImporter(), body, mina.view())
    return [one.external_id for one in found]  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("body", "name"),
    [
        (golden("auto-export-days.json"), "sleep 2026-02-01"),
        (golden("life-dashboard.json"), "sleep 2026-02-05"),
        (b'{"what": "sleep", "on": "2026-05-04", "value": 7}', "sleep 2026-05-04"),
    ],
)
def test_any_of_the_payloads_can_be_a_file(body: bytes, name: str, mina: Mina) -> None:
    assert ids(body, mina, sleep=mina.rest) == [name]


def test_a_rule_made_later_is_applied_to_what_came_before_it(mina: Mina) -> None:
    body = golden("auto-export-days.json")
    host = FakeHost(Rules(mindful=mina.breathing))
    mina.journal.take(host.read(PhoneFileImporter(), body, mina.view()), "import health-json")
    host = FakeHost(Rules(mindful=mina.breathing, sleep=mina.rest))
    outcomes = mina.journal.take(host.read(PhoneFileImporter(), body, mina.view()), "import health-json")
    assert sorted(outcomes) == ["made", "nothing"]


@pytest.mark.parametrize(
    ("body", "rules", "said"),
    [
        (b"{}", {"sleep": "Sleep through"}, "none of the JSON that is read here"),
        (golden("life-dashboard.json"), {}, "Say what is to come of it.*It has: mindful, sleep, steps"),
        (b'{"what": "sleep", "on": "2026-05-04", "value": 99}', {"sleep": "Sleep through"}, "99 h can't be"),
        (golden("life-dashboard.json"), {"sleep": "Flying"}, "no practice, goal or measure called 'Flying'"),
    ],
)
def test_what_can_not_be_brought_in_is_said(body: bytes, rules: dict[str, str], said: str, mina: Mina) -> None:
    with pytest.raises(InvalidInput, match=said):
        ids(body, mina, **rules)


def test_what_is_not_understood_in_a_file_is_told_and_the_rest_comes_in(mina: Mina) -> None:
    body = b'{"readings": [{"what": "steps", "on": "2026-05-04", "value": 5}, {"what": "steps", "value": 7}]}'
    first, second = FakeHost(Rules(steps=mina.walk)).read(PhoneFileImporter(), body, mina.view())
    assert first.external_id == "steps 2026-05-04"  # type: ignore[union-attr]
    assert second == NotTaken(name="readings", reason="Not understood: steps: give `on`, a day like 2026-05-04.")
