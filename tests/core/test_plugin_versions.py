"""Views that plugins are shown change only with the version of the plugin API."""

import json

import pytest

from milepost.plugin_api import API_VERSION
from tests.plugin_views import FOLDER, described, path_of, write_now


def test_no_view_changes_without_another_version_of_the_plugin_api() -> None:
    """One that has to change: add to `API_VERSION`, then `python -m tests.plugin_views` writes it down."""
    assert path_of(API_VERSION).exists(), (
        "`.venv/bin/python -m tests.plugin_views` writes the views of this version down"
    )
    assert described() == json.loads(path_of(API_VERSION).read_text())


def test_the_views_of_every_version_are_kept() -> None:
    assert {int(path.stem) for path in FOLDER.glob("*.json")} == set(range(1, API_VERSION + 1))


@pytest.mark.parametrize("version", range(1, API_VERSION + 1))
def test_what_a_version_had_is_there_until_it_is_taken_away_by_another(version: int) -> None:
    before = json.loads(path_of(version).read_text())
    assert before.keys() <= described().keys()


def test_what_was_written_down_is_never_written_again() -> None:
    before = path_of(API_VERSION).read_bytes()
    assert not write_now()
    assert path_of(API_VERSION).read_bytes() == before
