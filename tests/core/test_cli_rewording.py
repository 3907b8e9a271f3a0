"""Putting a goal differently, in an editor and at a terminal."""

import stat
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milepost.cli import goal_form
from tests.core.terminal import Milepost, Typed
from tests.core.test_cli_assess import at_a_terminal


@pytest.fixture
def editor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Makes an editor that runs some Python on the text of the form (`t`), each time it is opened."""
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.delenv("EDITOR", raising=False)

    def edits(*each_time: str) -> None:
        program = tmp_path / "an editor.py"
        steps = "\n".join(f"    lambda t: {step}," for step in each_time)
        program.write_text(
            f"#!{sys.executable}\nimport sys, pathlib\nsteps = [\n{steps}\n]\n"
            "file, count = pathlib.Path(sys.argv[-1]), pathlib.Path(__file__ + '.count')\n"
            "at = int(count.read_text()) if count.exists() else 0\n"
            "count.write_text(str(at + 1))\n"
            "text = steps[min(at, len(steps) - 1)](file.read_text())\n"
            "file.write_text(text) if text is not None else sys.exit(1)\n"
        )
        Path(f"{program}.count").unlink(missing_ok=True)
        program.chmod(0o700)
        monkeypatch.setenv("EDITOR", f"'{program}' --wait")

    return edits


def test_a_goal_opens_in_the_persons_editor(milepost: Milepost, editor: Callable[..., None], tmp_path: Path) -> None:
    goal = milepost("goal", "add", "Before", "--why", "because\nof it", "--due", "2026-12-18", "--helps", "a walk")[
        "id"
    ]
    editor(
        "t.replace('Before', 'After').replace('2026-12-18', '').replace('[why you change it]', '[why you change it]\\nkinder')"
    )
    seen = at_a_terminal(tmp_path / "home", "", "goal", "revise", goal)
    assert "After" in seen
    now = milepost("goal", "show", goal)
    assert (now["title"], now["why"], now["due"], now["helps"]) == ("After", "because\nof it", None, "a walk")
    assert milepost("log")[-1]["data"] == {"id": goal, "title": "After", "due": None, "reason": "kinder"}
    assert list((tmp_path / "home").glob("goal-*")) == []


def test_what_is_refused_is_shown_again_and_never_lost(
    milepost: Milepost, typed: Typed, editor: Callable[..., None], tmp_path: Path
) -> None:
    goal = milepost("goal", "add", "Before", "--due", "2026-12-18")["id"]
    kept = tmp_path / "home" / f"goal-{goal}.txt"
    editor("t.replace('Before', 'Long words').replace('2026-12-18', 'someday')")
    said = typed("\n", "goal", "revise", goal, code=2)
    assert "due: 'someday' is not a date I know" in said
    assert str(kept) in said.replace("\n", "")
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert (milepost("goal", "show", goal)["title"], "Long words" in kept.read_text()) == ("Before", True)

    milepost("goal", "revise", goal, "--why", "written meanwhile")
    editor("t.replace('someday', 'nor this')", "t.replace('nor this', '2026-12-24')")
    assert "'nor this' is not a date" in typed("y\n", "goal", "revise", goal)
    now = milepost("goal", "show", goal)
    assert (now["title"], now["due"], now["why"]) == ("Long words", "2026-12-24", "written meanwhile")
    assert not kept.exists()


def test_a_heading_that_is_mistyped_is_asked_about_and_never_words_of_the_part_above(
    milepost: Milepost, typed: Typed, editor: Callable[..., None], tmp_path: Path
) -> None:
    goal = milepost("goal", "add", "Before", "--why", "because")["id"]
    kept = tmp_path / "home" / f"goal-{goal}.txt"
    editor("t.replace('[looks like]', '[lookz]\\nI stay')")
    said = typed("\n", "goal", "revise", goal, code=2)
    assert "lookz: there is no such heading. Did you mean [looks like]?" in said
    assert milepost("goal", "show", goal)["why"] == "because"
    assert "[lookz]\nI stay" in kept.read_text()
    editor("t.replace('[looks like]\\n', '').replace('[lookz]', '[looks like]')")
    typed("", "goal", "revise", goal)
    now = milepost("goal", "show", goal)
    assert (now["why"], now["looks_like"]) == ("because", "I stay")
    editor("t.replace('because', 'because\\n\\\\[sic]')")
    typed("", "goal", "revise", goal)
    assert milepost("goal", "show", goal)["why"] == "because\n[sic]"
    editor("t")
    typed("", "goal", "revise", goal)
    assert milepost("goal", "show", goal)["why"] == "because\n[sic]"


def test_an_editor_that_is_left_without_a_change_changes_nothing(
    milepost: Milepost, typed: Typed, editor: Callable[..., None], tmp_path: Path
) -> None:
    goal = milepost("goal", "add", "Before", "--why", "  # not a note\n[why]\n\\[why]")["id"]
    events = len(milepost("log"))
    for step in ("t", "''", "t.replace('Before', ' Before ')", "t.replace('\\n', '\\r\\n')"):
        editor(step)
        typed("", "goal", "revise", goal)
    editor("None")
    assert "Nothing is changed." in typed("", "goal", "revise", goal, code=2)
    assert len(milepost("log")) == events
    assert list((tmp_path / "home").glob("goal-*")) == []


def test_an_editor_that_crashes_loses_nothing(
    milepost: Milepost, typed: Typed, editor: Callable[..., None], tmp_path: Path
) -> None:
    goal = milepost("goal", "add", "Before")["id"]
    editor("file.write_text(t.replace('Before', 'After')) and None")
    assert "is kept in" in typed("", "goal", "revise", goal, code=2)
    editor("t")
    typed("", "goal", "revise", goal)
    assert milepost("goal", "show", goal)["title"] == "After"


def test_an_editor_that_is_not_there_is_named(
    milepost: Milepost, typed: Typed, monkeypatch: pytest.MonkeyPatch
) -> None:
    goal = milepost("goal", "add", "Before")["id"]
    monkeypatch.setenv("VISUAL", "no-such-editor-here")
    assert "'no-such-editor-here' can't be started" in typed("", "goal", "revise", goal, code=2)


def test_without_an_editor_it_asks_part_by_part(
    milepost: Milepost, typed: Typed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.delenv("EDITOR", raising=False)
    goal = milepost("goal", "add", "Before", "--why", "because", "--importance", "3")["id"]
    seen = typed(f"{goal[:5]}\nAfter\nnone\n\n\n\n\nsomeday\n2026-12-18\n11\n9\n\nkinder\n", "goal", "revise")
    assert "title (Before)" in seen
    assert "'someday' is not a date I know" in seen
    assert "'11' is not a whole number from 0 to 10" in seen
    now = milepost("goal", "show", goal)
    assert (now["title"], now["why"], now["due"], now["importance"]) == ("After", None, "2026-12-18", 9)
    assert milepost("log")[-1]["data"]["reason"] == "kinder"
    assert "a title can't be empty" in typed("none\n", "goal", "revise", goal)
    events = len(milepost("log"))
    typed("", "goal", "revise", goal)
    assert len(milepost("log")) == events


WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\x00")) | st.lists(
    st.sampled_from(
        ["[why]", "[so]", "\\[so] ", "\\[why]", "[title]", "# so", "", "  [area]", "words", "[area]  ", "\\", "\r"]
    )
).map("\n".join)


@given(st.fixed_dictionaries(dict.fromkeys((*goal_form.PARTS, goal_form.REASON), WORDS)))
def test_a_form_says_back_every_word_that_was_put_into_it(parts: dict[str, str]) -> None:
    put = {name: goal_form.tidy(words) for name, words in parts.items()}
    assert goal_form.read_form(goal_form.HEAD + goal_form.write_form(put)) == put
    assert goal_form.read_form(goal_form.write_form(put)) == put


@given(WORDS)
def test_whatever_is_typed_can_be_read(words: str) -> None:
    found = goal_form.read_form(words)
    assert all(f"[{name}]" in words for name in found.keys() - {"title"})


def test_words_above_the_first_heading_are_the_titles() -> None:
    assert goal_form.read_form("# a note\nSay\n[title]\nit\n[why]\nso\n[title]\n") == {
        "title": "Say\nit",
        "why": "so\n[title]",
    }
