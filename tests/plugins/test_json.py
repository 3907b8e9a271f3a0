"""One's own copy: everything that a journal shows, as JSON that any program reads back."""

import json

from hypothesis import given
from hypothesis import strategies as st

from milepost.envelope import Event
from milepost.plugin_api import WITHHELD, ExportContext, JournalView, plain
from milepost.projection import DISCREET, project
from milepost_json import JsonExporter
from tests.core.views.logs import fold, logs, slowly
from tests.events import entity
from tests.plugins.test_ics import views


def copied(view: JournalView, **context: bool) -> bytes:
    return JsonExporter().render(view, ExportContext(salt="s", **context))


@given(views(), st.booleans())
def test_what_is_read_back_is_the_view(view: JournalView, plainly: bool) -> None:
    body = copied(view, plain=plainly)
    assert json.loads(body) == json.loads(json.dumps(plain(view)))
    assert set(json.loads(body)) == set(JournalView.__struct_fields__)
    assert body == copied(view), "with everything in it, and the same bytes, whoever it is for"


@slowly
@given(logs())
def test_a_journals_own_copy_has_all_that_it_shows(log: list[Event]) -> None:
    state = fold(log)
    copy = json.loads(copied(project(state)))
    for kind, name in (("goal", "goals"), ("measure", "measures"), ("checkin", "checkins"), ("practice", "practices"),
                       ("topic", "topics"), ("reflection", "reflections"), ("assessment", "assessments")):  # fmt: skip
        assert {one["id"] for one in copy[name]} == set(state.visible(kind))
    assert {one["goal"] for one in copy["milestones"]} <= {one["id"] for one in copy["goals"]}


@slowly
@given(logs())
def test_what_is_withheld_is_left_out_of_a_copy(log: list[Event]) -> None:
    body = copied(project(fold(log), DISCREET))
    assert str(WITHHELD.value).encode() not in body
    for goal in json.loads(body)["goals"]:
        assert goal["title"] == "Goal"
        assert "why" not in goal


def test_an_empty_journal_is_an_empty_copy() -> None:
    copy = json.loads(copied(JournalView(id=entity(0))))
    assert copy["id"] == entity(0)
    assert not any(value for name, value in copy.items() if isinstance(value, list))
    assert copied(JournalView(id=entity(0))).endswith(b"}\n")
