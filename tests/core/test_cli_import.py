"""`milepost import …`, as a person and a script see it."""

import io
from pathlib import Path

import pytest

from milepost.cli import run
from milepost.cli.terminal import Terminal
from tests.core.terminal import Milepost
from tests.core.test_cli_assess import at_a_terminal

LINES = "day,value,about\n2026-02-01,7,Sleep\n2026-02-02,8,Sleep\n2026-02-03,8,Rest\n"


@pytest.fixture
def file(tmp_path: Path) -> str:
    path = tmp_path / "days.csv"
    path.write_text(LINES)
    return str(path)


def test_a_file_is_brought_in_listed_and_taken_back(milepost: Milepost, file: str) -> None:
    milepost("goal", "add", "Sleep")
    tried = milepost("import", "csv", file, "--dry-run")
    done = milepost("import", "csv", file)
    assert {**tried, "import": done["import"], "dry_run": False} == done
    assert (tried["import"], done["made"], done["refused"], len(done["reasons"])) == (None, 2, 1, 1)
    (listed,) = milepost("import", "list")
    assert (listed["import"], listed["status"]) == (done["import"], "done")
    first = milepost("checkin", "list")[0]["id"]
    milepost("checkin", "amend", first, "--note", "mine")
    back = milepost("import", "undo", done["import"][:6])
    assert (back["taken_back"], back["left"]) == (1, [{"kind": "checkin", "id": first}])
    assert [one["id"] for one in milepost("checkin", "list")] == [first]


def test_a_dry_run_where_nothing_is_yet_begins_nothing(milepost: Milepost, file: str) -> None:
    assert milepost("import", "csv", file, "--dry-run")["refused"] == 3
    assert milepost("journal", "list") == []
    assert milepost("import", "list") == []


def test_a_first_file_begins_a_journal(milepost: Milepost, tmp_path: Path) -> None:
    (tmp_path / "notes.csv").write_text("day,note\n2026-02-01,fine\n")
    assert milepost("import", "csv", str(tmp_path / "notes.csv"))["made"] == 1
    assert len(milepost("journal", "list")) == 1


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        ((), 2, "There are: `apple-health` (export.zip of Apple Health), `csv` (check-ins out of a spreadsheet)"),
        (("csv",), 2, "`milepost import FORMAT FILE`"),
        (
            ("diary", "FILE"),
            3,
            "No plugin imports `diary`. Formats here: apple-health, csv, daylio, fhir, health-json, ics, loop.",
        ),
        (("csv", "nowhere.csv"), 2, "nowhere.csv can't be read: No such file or directory."),
        (("csv", "/"), 2, "/ is no file."),
        (("csv", "FILE", "--set", "colour=red"), 2, "There is no setting `colour`"),
        (("csv", "FILE", "--set", "value=Mood"), 2, "There is no column 'Mood'"),
        (("undo",), 3, "There is nothing to take back"),
        (("undo", "abc"), 3, "There is no import whose id begins with 'abc'"),
    ],
)
def test_what_can_not_be_done_is_said(
    milepost: Milepost, file: str, arguments: tuple[str, ...], code: int, words: str
) -> None:
    assert words in milepost.fails(code, "import", *(file if one == "FILE" else one for one in arguments))


def test_at_a_terminal_one_sees_first_what_would_come(milepost: Milepost, tmp_path: Path, file: str) -> None:
    milepost("goal", "add", "Sleep")
    seen = at_a_terminal(tmp_path / "home", "yes\n", "import", "csv", file)
    assert "2 made, 1 not taken. Nothing was written yet." in seen
    assert "Bring it in?" in seen
    assert len(milepost("checkin", "list")) == 2
    seen = at_a_terminal(tmp_path / "home", "yes\n", "import", "undo")
    assert "2 taken back." in seen
    assert milepost("checkin", "list") == []


def test_who_does_not_say_yes_brings_nothing_in(milepost: Milepost, file: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as there:
        there.setattr(Terminal, "interactive", property(lambda self: not self.json))
        there.setattr("sys.stdin", io.StringIO("\n"))
        assert run(["import", "csv", file]) == 2
    assert "Nothing was brought in." in milepost.capsys.readouterr().err
    assert milepost("journal", "list") == []
