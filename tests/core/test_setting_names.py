"""What a person calls something in a setting is its id once it is set."""

from typing import Annotated

import pytest
from msgspec import Meta, Struct

from milepost.cli.setting_names import settled
from milepost.clock import new_id
from milepost.errors import InvalidInput, NotFound
from milepost.journal import State
from milepost.plugin_api import names
from milepost.plugin_settings import schema
from tests.events import JOURNAL, device, event


class Rules(Struct):
    sat: Annotated[str, names("practice", "goal"), Meta(description="What sitting is for.")] = ""
    others: Annotated[tuple[str, ...], names("practice"), Meta(description="What is what.")] = ()
    words: str = ""


SCHEMA = schema(Rules)


@pytest.fixture
def state() -> State:
    return State(JOURNAL)


def test_it_is_found_by_its_title_or_the_beginning_of_its_id(state: State) -> None:
    practice = _practice(state, "Breathing = calm")
    assert settled(SCHEMA, {"sat": "  breathing =  CALM"}, state) == {"sat": practice}
    assert settled(SCHEMA, {"sat": practice[:8]}, state) == {"sat": practice}
    assert settled(SCHEMA, {"sat": practice}, state) == {"sat": practice}


def test_in_a_list_it_stands_behind_the_last_equals_sign(state: State) -> None:
    practice = _practice(state, "Stretch")
    assert settled(SCHEMA, {"others": ["a = b=Stretch", "loose", "empty="]}, state) == {
        "others": [f"a = b={practice}", "loose", "empty="]
    }


def test_what_names_nothing_is_left_as_it_is(state: State) -> None:
    _practice(state, "Stretch")
    given = {"words": "Stretch", "sat": "", "others": None}
    assert settled(SCHEMA, given, state) == given


def test_what_is_not_there_or_there_twice_is_said(state: State) -> None:
    with pytest.raises(NotFound, match="no practice or goal called 'Stretch'"):
        settled(SCHEMA, {"sat": "Stretch"}, state)
    _practice(state, "Stretch")
    state.apply(event(1, by=device(9), title="stretch"))
    with pytest.raises(InvalidInput, match="Several are called 'Stretch'"):
        settled(SCHEMA, {"sat": "Stretch"}, state)
    assert settled(SCHEMA, {"others": ["x=Stretch"]}, state) != {"others": ["x=Stretch"]}, "only one is a practice"


def _practice(state: State, title: str) -> str:
    state.apply(event(1, by=device(len(state.devices)), type="practice.added", id=(made := new_id()), title=title,
                      recurrence="FREQ=DAILY", start="2026-05-01"))  # fmt: skip
    return made
