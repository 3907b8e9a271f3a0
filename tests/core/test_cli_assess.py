"""Questionnaires by hand: recorded, scored, asked item by item, brought along as files, and taken away."""

import json
import os
import pty
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from milepost.cli.terminal import terminal
from tests.core.terminal import Milepost, today

TODAY = today()

CALM = """\
id = "calm-3"
version = "1"
title = "Calm [in] three"
prompt = "In the last week:"
recall_days = 7
items = ["Were you calm?", "Were you [red]restless[/]?", "Did you sleep?"]
values = [0, 1, 2]
labels = ["no", "a little", "yes"]

[score]
rule = "sum"
better = "up"
reverse = [2]
subscales = { day = [1, 2] }
"""


@pytest.fixture
def calm(tmp_path: Path) -> str:
    path = tmp_path / "whatever.toml"
    path.write_text(CALM)
    return str(path)


@pytest.fixture
def add(milepost: Milepost, tmp_path: Path) -> Callable[[str, str], dict[str, object]]:
    def added(text: str, name: str = "form.toml") -> dict[str, object]:
        (tmp_path / name).write_text(text)
        found: dict[str, object] = milepost("instrument", "add", str(tmp_path / name))
        return found

    return added


# Recording


def test_a_form_is_recorded_with_its_score(milepost: Milepost) -> None:
    made = milepost("assess", "phq-9", "--answers", "1,0,2,3,1,0,1,2,0", "--on", "2026-01-02")
    assert (made["instrument"], made["version"], made["on"], made["score"]) == ("phq-9", "1", "2026-01-02", 10)
    assert made["answers"] == [1, 0, 2, 3, 1, 0, 1, 2, 0]
    assert (made["band"], made["sensitive"], made["missing"], len(made["id"])) == ("moderate", False, 0, 36)
    event = milepost("log")[-1]
    assert event["type"] == "assessment.recorded"
    assert event["data"] == {name: made[name] for name in ("id", "instrument", "version", "answers", "on", "score")}
    assert [form["id"] for form in milepost("assessment", "list")] == [made["id"]]


def test_an_answer_can_be_left_out_and_then_there_is_no_total(milepost: Milepost) -> None:
    for answers in ("1,0,-,3,1,0,1", "1, 0, , 3, 1, 0, 1", "-,0,1,3,1,0,1"):
        made = milepost("assess", "GAD-7", "--answers", answers)
        assert (made["score"], made["band"], made["missing"], made["answers"].count(None)) == (None, None, 1, 1)
    assert "it has to be complete" in milepost.text("assess", "gad", "--answers", "1,0,-,3,1,0,1")


def test_answers_can_come_from_standard_input(milepost: Milepost, monkeypatch: pytest.MonkeyPatch) -> None:
    import io

    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"1,1,1,1,1,1,1\n")))
    assert milepost("assess", "gad-7", "--answers", "-")["score"] == 7


def test_a_sensitive_answer_is_named_before_the_score_and_never_stops_anything(milepost: Milepost) -> None:
    said = milepost.text("assess", "phq-9", "--answers", "1,1,1,1,1,1,1,3,3").splitlines()
    assert said[:4] == [
        "Item 9 is marked 3. It asks about suicide and self-harm.",
        "Milepost has told nobody.",
        "If you want somebody to talk to, at any time: `milepost help-now`.",
        "13 of 27, a screening score, not a diagnosis.",
    ]
    assert milepost("assessment", "list")[0]["score"] == 13
    assert milepost("assess", "phq-9", "--answers", "-,-,-,-,-,-,-,-,1")["sensitive"] is True
    assert "help-now" not in milepost.text("assess", "phq-9", "--answers", "3,3,3,3,3,3,3,3,0")
    assert "help-now" not in milepost.text("assess", "gad-7", "--answers", "3,3,3,3,3,3,3")


def test_who_shares_the_journal_is_told_of_beside_a_sensitive_answer(milepost: Milepost) -> None:
    first = milepost("journal", "new", "Shared")["id"]
    with terminal.device.log.transaction():
        terminal.device.log.set_claimed(first, private=False)
    terminal.close()
    said = milepost.text("assess", "phq-9", "--answers", "0,0,0,0,0,0,0,0,1")
    assert "who shares this journal can read it once it is synced" in said


def test_bands_are_said_only_when_asked_for(milepost: Milepost) -> None:
    answers = ["assess", "phq-9", "--answers", "2,2,2,2,2,0,0,0,0"]
    assert "moderate" not in milepost.text(*answers)
    assert "Scores from 10 on are called moderate (Kroenke" in milepost.text(*answers, "--bands")


def test_a_change_is_told_since_the_last_and_the_first_time(milepost: Milepost) -> None:
    def filled_in(ago: int, *answers: int) -> str:
        on = (TODAY - timedelta(ago)).isoformat()
        return milepost.text("assess", "gad-7", "--answers", ",".join(map(str, answers)), "--on", on)

    assert "than the" not in filled_in(60, 3, 3, 3, 3, 3, 3, 3)
    second = filled_in(30, 3, 3, 3, 3, 3, 3, 2)
    assert "1 point lower than the last time" in second
    assert "may be chance: a reliable change is 4 or more (NHS England" in second
    assert "first time" not in second
    third = filled_in(5, 1, 1, 1, 1, 1, 1, 1)
    assert "13 points lower than the last time" in third
    assert "14 points lower than the first time" in third
    assert "a reliable change, for the better (4 or more; NHS England" in third
    assert "You filled this in" not in third
    fourth = milepost("assess", "gad-7", "--answers", "1,1,1,1,1,1,1")
    assert fourth["repeat"] == "You filled this in 5 days ago; it asks about the last 14 days."
    assert (fourth["since_last"]["difference"], fourth["since_first"]["direction"]) == (0, "better")


def test_another_form_or_another_version_is_never_compared(
    milepost: Milepost, add: Callable[..., dict[str, object]]
) -> None:
    milepost("assess", "phq-9", "--answers", "1,1,1,1,1,1,1,1,0", "--on", "yesterday")
    assert milepost("assess", "gad-7", "--answers", "1,1,1,1,1,1,1")["since_last"] is None
    add(CALM)
    milepost("assess", "calm-3", "--answers", "0,0,0", "--on", "yesterday")
    assert milepost("assess", "calm-3", "--answers", "1,0,0")["since_last"]["reliable"] is None
    add(CALM.replace('version = "1"', 'version = "2"'))
    assert milepost("assess", "calm-3", "--answers", "2,0,0")["since_last"] is None


def test_a_form_is_taken_back(milepost: Milepost) -> None:
    made = milepost("assess", "gad-7", "--answers", "1,1,1,1,1,1,1")["id"]
    assert milepost("assessment", "retract", made[:8]) == {"id": made, "retracted": True}
    assert milepost("assessment", "list") == []
    assert milepost("assess", "gad-7", "--answers", "1,1,1,1,1,1,1")["repeat"] is None


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["phq-9", "--answers", "1,2,3"], 2, "PHQ-9 has 9 items, and 3 answers were given"),
        (["phq-9", "--answers", "1"], 2, "1 answer was given"),
        (["gad-7", "--answers", "1,4,0,0,0,0,-1"], 2, "answer 2 is 4 and can be 0 to 3; answer 7 is -1"),
        (["gad-7", "--answers", "1,x,0,0,0,0,0"], 2, "Answer 2 of GAD-7 is 'x'"),
        (["gad-7", "--answers", "1;2;0;0;0;0;0"], 2, "whole numbers with commas between"),
        (["gad-7", "--answers", ",,,,,,"], 2, "Nothing is answered, so nothing is kept"),
        (["gad-7", "--answers", "1,1,1,1,1,1,1", "--on", "someday"], 2, "is not a date"),
        (["gad-7"], 2, "The words of GAD-7 are not here; fill it in on paper. Give the 7 answers in order"),
        (["mystery", "--answers", "1"], 3, "`milepost instrument list` shows them"),
    ],
)
def test_what_cannot_be_recorded_is_refused_and_leaves_nothing(
    milepost: Milepost, tmp_path: Path, arguments: list[str], code: int, said: str
) -> None:
    assert said in milepost.fails(code, "assess", *arguments)
    assert milepost("assessment", "list") == []
    assert not (tmp_path / "home" / "device.sqlite3").exists()


# Forms of one's own


def test_a_form_is_added_listed_shown_recorded_and_removed(milepost: Milepost, calm: str, tmp_path: Path) -> None:
    assert [one["id"] for one in milepost("instrument", "list")] == ["gad-7", "phq-9"]
    added = milepost("instrument", "add", calm)
    assert (added["id"], added["built_in"], added["worded"], added["scored"]) == ("calm-3", False, True, True)
    kept = tmp_path / "home" / "instruments" / "calm-3.toml"
    assert kept.read_text() == CALM
    assert added["file"] == str(kept)
    assert [one["id"] for one in milepost("instrument", "list")] == ["calm-3", "gad-7", "phq-9"]
    assert "Calm [in] three, 3 items, with its wording" in milepost.text("instrument", "list")
    shown = milepost("instrument", "show", "calm")
    assert (shown["low"], shown["high"], shown["reverse"]) == (0, 6, [2])
    assert "Were you [red]restless[/]?" in milepost.text("instrument", "show", "calm-3")
    made = milepost("assess", "calm-3", "--answers", "2,0,1")
    assert (made["score"], made["subscores"], made["sensitive"]) == (5, {"day": 4}, False)
    assert "day: 4" in milepost.text("assess", "calm-3", "--answers", "2,0,1")
    assert milepost("instrument", "remove", "calm-3") == {"id": "calm-3", "removed": True}
    assert not kept.exists()
    assert milepost("assessment", "list")[0]["id"] == made["id"]
    assert "is built in and stays" in milepost.fails(2, "instrument", "remove", "gad-7")


def test_a_form_added_again_takes_the_place_of_the_first_whatever_its_format(
    milepost: Milepost, add: Callable[..., dict[str, object]], tmp_path: Path
) -> None:
    add(CALM)
    options = [{"valueInteger": 1}, {"valueInteger": 2}]
    form = {"resourceType": "Questionnaire", "id": "Calm-3", "title": "Other", "item": []}
    item = {"linkId": "1", "type": "choice", "text": "Well?", "answerOption": options}
    (tmp_path / "form.json").write_text(json.dumps({**form, "item": [item, {"linkId": "2", "type": "string"}]}))
    refused = milepost.fails(2, "instrument", "add", str(tmp_path / "form.json"))
    assert "Calm [in] three has the id calm-3 already" in refused
    added = milepost("instrument", "add", str(tmp_path / "form.json"), "--force")
    assert (added["id"], added["title"], added["scored"], added["passed_over"]) == ("calm-3", "Other", False, 1)
    assert [path.name for path in (tmp_path / "home" / "instruments").iterdir()] == ["calm-3.json"]
    said = milepost.text("instrument", "add", str(tmp_path / "form.json"))
    assert "answers are kept as they are" in said
    assert "passed over" in said
    assert "takes the place of the file before" in said
    assert "without a rule for a score" in milepost.text("assess", "calm-3", "--answers", "2")


def test_a_built_in_form_can_be_given_its_words(milepost: Milepost, add: Callable[..., dict[str, object]]) -> None:
    words = [f"made-up words {n}" for n in range(1, 10)]
    added = add(f'id = "phq-9"\nitems = {json.dumps(words)}\nlabels = ["w", "x", "y", "z"]\n')
    assert (added["built_in"], added["worded"], added["title"]) == (True, True, "PHQ-9")
    said = milepost.text("assess", "phq-9", "--answers", "0,0,0,0,0,0,0,0,2")
    assert said.startswith("Item 9 is marked 2, y. It says: made-up words 9\nMilepost has told nobody.")
    milepost("instrument", "remove", "phq-9")
    assert [one["worded"] for one in milepost("instrument", "list")] == [False, False]


def test_a_file_that_cannot_be_used_is_refused_and_not_kept(milepost: Milepost, tmp_path: Path) -> None:
    bad = tmp_path / "bad.toml"
    bad.write_text("id = 'x'\nversion = 1\n")
    assert milepost.fails(2, "instrument", "add", str(bad)).startswith("milepost: bad.toml: `items` is missing")
    bad.write_text("id = 'x'\nitems = = 1\n")
    assert "bad.toml, line 2" in milepost.fails(2, "instrument", "add", str(bad))
    assert "can't be read (No such file" in milepost.fails(2, "instrument", "add", str(tmp_path / "none.toml"))
    assert not (tmp_path / "home").exists()


def test_a_kept_file_that_went_bad_is_named_and_can_be_taken_away(
    milepost: Milepost, add: Callable[..., dict[str, object]], tmp_path: Path
) -> None:
    add(CALM)
    (tmp_path / "home" / "instruments" / "calm-3.toml").write_text("id = ")
    assert "calm-3.toml, line 1" in {one["id"]: one for one in milepost("instrument", "list")}["calm-3"]["problem"]
    assert "calm-3.toml, line 1" in milepost.text("instrument", "list")
    assert "milepost instrument remove calm-3" in milepost.fails(2, "assess", "calm-3", "--answers", "1,1,1")
    assert milepost("assess", "gad-7", "--answers", "1,1,1,1,1,1,1")["score"] == 7
    milepost("instrument", "remove", "calm-3")


def test_a_folder_that_cannot_be_written_is_named(milepost: Milepost, calm: str, tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "instruments").write_text("not a folder")
    assert "can't be written" in milepost.fails(7, "instrument", "add", calm)


# Item by item


def at_a_terminal(home: Path, typed: str, *arguments: str) -> str:
    """What a person sees who types this, on a real terminal."""
    mine, theirs = pty.openpty()
    command = [sys.executable, "-m", "milepost.cli", *arguments]
    environment = {**os.environ, "MILEPOST_HOME": str(home), "TERM": "dumb", "COLUMNS": "200"}
    with subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=environment) as process:
        os.close(theirs)
        seen = _read(mine)  # once something is asked, so that a key like Ctrl-D finds who reads keys
        os.write(mine, typed.encode())
        while chunk := _read(mine):
            seen += chunk
        process.wait()
    os.close(mine)
    return seen.decode().replace("\r\n", "\n")


def _read(terminal_end: int) -> bytes:
    try:
        return os.read(terminal_end, 65536)
    except OSError:  # how Linux says that the other end is closed
        return b""


def test_a_worded_form_is_asked_item_by_item_and_each_can_be_skipped(
    milepost: Milepost, calm: str, tmp_path: Path
) -> None:
    milepost("instrument", "add", calm)
    seen = at_a_terminal(tmp_path / "home", "2\n7\nyes\n0\n-\n", "assess", "calm-3")
    for words in ("In the last week:", "1 of 3  Were you calm?", "2 of 3  Were you [red]restless[/]?", "  1  a little"):
        assert words in seen
    assert seen.count("That is none of its answers: 0 to 2") == 2
    assert "1 answer is left out" in seen
    assert [form["answers"] for form in milepost("assessment", "list")] == [[2, 0, None]]


def test_the_answers_of_a_form_without_words_are_asked_for_in_one_line(milepost: Milepost, tmp_path: Path) -> None:
    seen = at_a_terminal(tmp_path / "home", "1,0\n1,2,3\n0,0,0,1,1,1,9\n1,0,-,1,0,1,0\n", "assess", "gad-7")
    assert "fill it in on paper" in seen
    assert "1 of 7" not in seen
    assert seen.count("GAD-7 has 7 items") == 2
    [form] = milepost("assessment", "list")
    assert form["answers"] == [1, 0, None, 1, 0, 1, 0]
    shown = milepost.text("assessment", "show", form["id"])
    assert "left out" in shown
    assert "without a score" in shown
    assert "nothing is kept" in at_a_terminal(tmp_path / "home", "\n", "assess", "gad-7")


def test_one_form_is_shown_with_its_answers_and_their_words(milepost: Milepost, calm: str) -> None:
    milepost("instrument", "add", calm)
    made = milepost("assess", "calm-3", "--answers", "2,0,1")["id"]
    shown = milepost.text("assessment", "show", made)
    for words in ("Calm [in] three", "Were you calm?", "2  yes", "1  a little", "Score: 5"):
        assert words in shown


def test_skipping_every_question_keeps_nothing(milepost: Milepost, calm: str, tmp_path: Path) -> None:
    milepost("instrument", "add", calm)
    assert "nothing is kept" in at_a_terminal(tmp_path / "home", "\n\n\n", "assess", "calm-3")
    assert milepost("assessment", "list") == []
