"""One's own copy: everything that a journal shows, as JSON that any program reads back."""

import json

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from milepost.envelope import Event
from milepost.plugin_api import ExportContext, JournalView, plain
from milepost.views.journal import journal_view
from milepost_json import JsonExporter
from tests.core.test_views_properties import fold, logs, slowly
from tests.events import entity
from tests.plugins.test_ics import views


def copied(view: JournalView, **context: bool) -> bytes:
    return JsonExporter().render(view, ExportContext(salt="s", **context))


@given(views(), st.booleans())
def test_what_is_read_back_is_the_view(view: JournalView, plainly: bool) -> None:
    body = copied(view, plain=plainly)
    assert msgspec.json.decode(body, type=JournalView) == view
    assert json.loads(body) == json.loads(json.dumps(plain(view)))
    assert body == copied(view), "with everything in it, and the same bytes, whoever it is for"


@slowly
@given(logs())
def test_a_journals_own_copy_has_all_that_it_shows(log: list[Event]) -> None:
    state = fold(log)
    copy = json.loads(copied(journal_view(state)))
    for kind, name in (("goal", "goals"), ("measure", "measures"), ("checkin", "checkins"), ("practice", "practices"),
                       ("topic", "topics"), ("reflection", "reflections")):  # fmt: skip
        assert {one["id"] for one in copy[name]} == set(state.visible(kind))
    within = [one["id"] for goal in copy["goals"] for one in goal["checkins"]]
    assert set(within) <= {one["id"] for one in copy["checkins"]}


def test_an_empty_journal_is_an_empty_copy() -> None:
    copy = json.loads(copied(JournalView(id=entity(0))))
    assert copy["id"] == entity(0)
    assert not any(value for name, value in copy.items() if isinstance(value, list))
    assert copied(JournalView(id=entity(0))).endswith(b"}\n")
