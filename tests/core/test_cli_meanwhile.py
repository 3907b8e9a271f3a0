"""Something changes while a person writes: they are shown both and asked, and not a word of theirs is lost."""

import io
import stat
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from milepost.cli import run
from milepost.cli.terminal import Terminal
from milepost.device import Device
from milepost.events import Draft
from tests.core.terminal import Milepost

At = Callable[..., str]


@pytest.fixture
def meanwhile(tmp_path: Path) -> Callable[..., None]:
    """Another process writes into the same folder."""

    def write(event_type: str, **fields: Any) -> None:
        device = Device(tmp_path / "home")
        device.append(device.rows()[0].journal, [Draft(event_type, fields)])
        device.close()

    return write


@pytest.fixture
def typed(milepost: Milepost, monkeypatch: pytest.MonkeyPatch) -> At:
    """A person answers, and before some of the answers something else happens."""

    class Keys(io.StringIO):
        def __init__(self, lines: list[str | Callable[[], None]]) -> None:
            super().__init__()
            self.lines = lines

        def readline(self, *_: Any) -> str:
            while self.lines:
                line = self.lines.pop(0)
                if isinstance(line, str):
                    return f"{line}\n"
                line()
            return ""

    def type_in(lines: list[str | Callable[[], None]], *arguments: str, code: int = 0) -> str:
        with monkeypatch.context() as there:
            there.setattr(Terminal, "interactive", property(lambda self: not self.json))
            there.setattr("sys.stdin", Keys(lines))
            ended = run(list(arguments))
        said = milepost.capsys.readouterr()
        assert ended == code, said
        return said.out + said.err

    return type_in


@pytest.fixture
def goal(milepost: Milepost) -> str:
    made: str = milepost("goal", "add", "Calm", "--why", "so")["id"]
    return made


def the_words(home: Path) -> str:
    (path,) = home.glob("not-written-*.txt")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    return path.read_text()


def test_who_is_asked_may_write_all_the_same_and_the_history_keeps_both(
    milepost: Milepost, typed: At, goal: str, meanwhile: Callable[..., None]
) -> None:
    def other() -> None:
        meanwhile("goal.revised", id=goal, why="because of them")

    seen = typed([other, "", "mine [now]", "", "", "", "", "", "", "", "", "y"], "goal", "revise", goal)
    assert "Somebody changed this while you were writing" in seen
    for words in ("yours   mine [now]", "now     because of them", "before  so", "this device"):
        assert words in seen
    assert milepost("goal", "show", goal)["why"] == "mine [now]"
    history = [row["to"] for row in milepost("goal", "history", goal) if row["field"] == "why"]
    assert history == ["so", "because of them", "mine [now]"]


def test_who_would_rather_not_finds_their_words_in_a_file(
    milepost: Milepost, typed: At, goal: str, meanwhile: Callable[..., None], tmp_path: Path
) -> None:
    def other() -> None:
        meanwhile("plan.revised", helps="a call")

    milepost("plan", "write", "--helps", "a walk")
    seen = typed(["", other, "tea\tand quiet", "", "", ""], "plan", "write", code=5)
    assert milepost("plan")["helps"] == "a call"
    assert "tea\tand quiet" in the_words(tmp_path / "home")
    assert "not-written-" in seen


def test_what_others_change_beside_it_is_no_reason_to_ask(
    milepost: Milepost, typed: At, goal: str, meanwhile: Callable[..., None]
) -> None:
    def other() -> None:
        meanwhile("goal.revised", id=goal, helps="theirs")
        meanwhile("goal.revised", id=goal, why="the same")

    seen = typed([other, "", "the same", "", "", "", "", "", "", ""], "goal", "revise", goal)
    assert "Somebody" not in seen
    shown = milepost("goal", "show", goal)
    assert (shown["why"], shown["helps"]) == ("the same", "theirs")


def test_a_second_change_while_being_asked_is_asked_about_too(
    milepost: Milepost, typed: At, goal: str, meanwhile: Callable[..., None]
) -> None:
    def first() -> None:
        meanwhile("goal.revised", id=goal, title="First")

    def second() -> None:
        meanwhile("goal.revised", id=goal, title="Second")

    lines = [first, "Mine", "", "", "", "", "", "", "", "", "", second, "y", "y"]
    seen = typed(lines, "goal", "revise", goal)
    assert seen.count("Somebody changed this") == 2
    assert "now     Second" in seen
    assert milepost("goal", "show", goal)["title"] == "Mine"


def test_a_script_is_refused_and_told_what_changed(
    milepost: Milepost, goal: str, meanwhile: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Slow(io.BytesIO):
        def read(self, *_: Any) -> bytes:
            meanwhile("topic.revised", id=topic, text="theirs")
            return b"mine"

    topic = milepost("bring", "first")["id"]
    with monkeypatch.context() as there:
        there.setattr("sys.stdin", io.TextIOWrapper(Slow()))
        said = milepost.fails(5, "topic", "revise", topic, "-")
    assert "text is now “theirs”" in said
    assert [one["text"] for one in milepost("topic", "list")] == ["theirs"]


# With an editor


EDITOR = """
import subprocess, sys
from pathlib import Path
from milepost.device import Device
from milepost.events import Draft
path = Path(sys.argv[-1])
turn = Path(sys.argv[1])
goal, words = sys.argv[2:4]
first = not turn.exists()
turn.touch()
if first:
    device = Device(path.parent)
    device.append(device.rows()[0].journal, [Draft("goal.revised", {"id": goal, "title": "Theirs", "helps": "tea"})])
    device.close()
    path.write_text(path.read_text().replace("Calm", words))
else:
    (turn.parent / "second.txt").write_text(path.read_text())
"""


@pytest.fixture
def editor(tmp_path: Path, goal: str, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "editor.py").write_text(EDITOR)
    command = f"{sys.executable} {tmp_path / 'editor.py'} {tmp_path / 'turn'} {goal} 'My own words'"
    monkeypatch.setenv("EDITOR", command)
    monkeypatch.delenv("VISUAL", raising=False)


@pytest.mark.usefixtures("editor")
def test_what_was_typed_in_the_editor_is_kept_and_gone_on_with(
    milepost: Milepost, typed: At, goal: str, tmp_path: Path
) -> None:
    seen = typed([""], "goal", "revise", goal, code=5)
    assert "yours   My own words" in seen
    assert "now     Theirs" in seen
    kept = tmp_path / "home" / f"goal-{goal}.txt"
    assert str(kept) in seen.replace("\n", "")
    assert "My own words" in kept.read_text()
    assert milepost("goal", "show", goal)["title"] == "Theirs"
    typed([], "goal", "revise", goal)
    shown = milepost("goal", "show", goal)
    assert (shown["title"], shown["helps"]) == ("My own words", "tea")
    assert not kept.exists()


@pytest.mark.usefixtures("editor")
def test_the_editor_opens_again_with_ones_own_words_and_what_is_new_around_them(
    milepost: Milepost, typed: At, goal: str, tmp_path: Path
) -> None:
    typed(["again"], "goal", "revise", goal)
    again = (tmp_path / "second.txt").read_text()
    assert "My own words" in again
    assert "tea" in again
    shown = milepost("goal", "show", goal)
    assert (shown["title"], shown["helps"]) == ("My own words", "tea")


@pytest.mark.usefixtures("editor")
def test_from_the_editor_it_is_written_all_the_same_where_the_person_says_so(
    milepost: Milepost, typed: At, goal: str, tmp_path: Path
) -> None:
    typed(["y"], "goal", "revise", goal)
    assert milepost("goal", "show", goal)["title"] == "My own words"
    assert not (tmp_path / "home" / f"goal-{goal}.txt").exists()
