"""Words hold letters: what a terminal would obey is refused where somebody writes, and shown harmlessly where it is."""

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milepost.cli.terminal import terminal
from milepost.errors import InvalidInput
from milepost.events.letters import check_letters, escaped, harmless
from tests.core.terminal import Milepost
from tests.core.test_cli_assess import at_a_terminal

MARKS = "\u202a\u202b\u202c\u2066\u2067\u2068\u2069"
SWITCH = "a\x1b[31mred\x9b2J\u202eback"


@pytest.mark.parametrize("bad", ["a\x1b[31mred", "\x01", "a\x7f", "a\x9b", "\u202eback", "a\rb", "two\nlines", "a\tb"])
def test_a_title_takes_letters_alone(milepost: Milepost, bad: str) -> None:
    assert "title" in milepost.fails(2, "goal", "revise", milepost("goal", "add", "One")["id"], "--title", bad)
    assert [one["title"] for one in milepost("goal", "list")] == ["One"]


def test_long_words_may_have_lines_and_tabs_and_pasted_marks(milepost: Milepost) -> None:
    words = "one\n\ttwo \u2067\u05d0\u2069 \u202a+49 30 123\u202c"
    assert milepost("goal", "add", "One", "--why", words)["why"] == words
    assert "U+001B" in milepost.fails(2, "goal", "add", "Two", "--why", "a\x1b[2J")


def test_what_is_in_a_log_already_is_read_and_shown_harmlessly(
    milepost: Milepost, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As from another device, or from before this was refused."""
    goal = milepost("goal", "add", "One")["id"]
    with monkeypatch.context() as before:
        before.setattr("milepost.writing.check_words", lambda _: None)
        milepost("goal", "revise", goal, "--title", SWITCH, "--why", SWITCH)
    for command in (["goal", "list"], ["goal", "show", goal], ["log"], ["goal", "history", goal], ["brief"], []):
        shown = milepost.text(*command)
        assert "\u241b[31mred" in shown, command
        assert not {"\x1b", "\x9b", "\u202e"} & set(shown), command
    assert milepost("goal", "show", goal)["title"] == SWITCH
    assert milepost("goal", "revise", goal, "--title", "Red")["why"] == SWITCH


def test_json_for_scripts_says_the_same_and_is_harmless_on_a_terminal(milepost: Milepost) -> None:
    for text in (SWITCH, "\x85", "plain", "\U0001f9e1"):
        shown = escaped(json.dumps({"title": text}, ensure_ascii=False))
        assert json.loads(shown) == {"title": text}
        assert not {"\x1b", "\x9b", "\x85", "\u202e"} & set(shown)


@given(st.text())
def test_what_is_shown_holds_nothing_that_a_terminal_obeys(text: str) -> None:
    shown = harmless(text)
    assert not [c for c in shown if unicodedata.category(c) in {"Cc", "Cs"} and c not in "\n\t"]
    assert not [c for c in shown if unicodedata.bidirectional(c) in {"LRE", "RLE", "LRO", "RLO", "PDF"}]
    assert harmless(shown) == shown


@given(st.text())
def test_what_is_accepted_is_shown_as_it_is_but_for_marks_of_direction(text: str) -> None:
    try:
        check_letters("That", text, lines=True)
    except InvalidInput:
        assert harmless(text) != text
    else:
        assert harmless(text) == "".join("\ufffd" if c in MARKS else c for c in text)


def test_arrow_keys_home_and_end_edit_the_line(milepost: Milepost) -> None:
    left, home, end = "\x1b[D", "\x1b[H", "\x1b[F"
    at_a_terminal(terminal.folder, f"walk{left}{left}{home}A {end} by the river\n\n\n\n", "plan", "write")
    assert milepost("plan")["signs"] == "A walk by the river"
