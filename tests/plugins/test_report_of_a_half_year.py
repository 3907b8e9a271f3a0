"""The made-up half-year as pages: with all of the person's words where they asked for them, and else with none."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from examples.demo.journal import write_half_year
from examples.demo.story import StoryClock
from milepost.device import Device
from milepost.journal import State
from milepost.plugin_api import ExportContext, plain
from milepost.plugin_loading import load_plugins
from milepost.projection import DISCREET, EVERYTHING, project

OPEN = (
    "id changed_at status kind type better rank subject measure goal session series source external_id instrument "
    "version recurrence time_zone locale on at due start"
)
"""Fields that are no words of the person's."""


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Iterator[State]:
    clock = StoryClock()
    device = Device(tmp_path_factory.mktemp("half-year"), wall=clock)
    try:
        yield device.state(write_half_year(device, clock, ends=date(2026, 11, 25)))
    finally:
        device.close()


def own_words(value: Any, name: str = "") -> Iterator[str]:
    """All that the person wrote, but for single words: those may be anybody's."""
    if isinstance(value, dict):
        for field, one in value.items():
            yield from own_words(one, field)
    elif isinstance(value, list):
        for one in value:
            yield from own_words(one, name)
    elif isinstance(value, str) and name not in OPEN.split() and " " in value:
        yield value


def page(state: State, name: str, *, plainly: bool) -> str:
    plugins = load_plugins()
    exporter = plugins.exporter(name)
    view = project(state, EVERYTHING if plainly or exporter.private else DISCREET)
    context: ExportContext[Any] = ExportContext(plain=plainly, today="2026-11-26")
    return plugins.render_now(exporter, view, context).body.decode()


def test_a_report_that_others_may_see_has_none_of_the_persons_words(state: State) -> None:
    words = set(own_words(plain(project(state))))
    assert len(words) > 100
    body = page(state, "report", plainly=False)
    assert not [word for word in words if word in body]
    assert body.count("<svg") > 3, "and still shows how the numbers went"


def test_a_report_in_the_persons_words_names_every_goal(state: State) -> None:
    body = page(state, "report", plainly=True)
    assert all(str(goal.title).replace("'", "&#x27;") in body.replace("'", "&#x27;") for goal in project(state).goals)


@pytest.mark.parametrize("name", ["csv", "jsonl", "markdown"])
def test_ones_own_copy_has_every_note(state: State, name: str) -> None:
    body = page(state, name, plainly=False).replace("\\", "").replace('""', '"')
    assert not [one.note for one in project(state).checkins if one.note and str(one.note).replace("\\", "") not in body]
