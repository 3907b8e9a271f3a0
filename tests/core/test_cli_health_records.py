"""`milepost export fhir` and `milepost import fhir`, as a person and a script see them."""

from pathlib import Path

from tests.core.terminal import Milepost
from tests.plugins.fhir.test_import import FORM, GOAL, SEEN, file


def test_at_the_terminal_it_is_tried_first_asked_and_taken_back(milepost: Milepost, tmp_path: Path) -> None:
    path = tmp_path / "record.json"
    path.write_bytes(file(SEEN, GOAL, FORM, {"resourceType": "Immunization"}))
    tried = milepost("import", "fhir", str(path), "--dry-run")
    assert (tried["proposed"], tried["made"], tried["refused"]) == (1, 2, 1)
    assert milepost("journal", "list") == []
    done = milepost("import", "fhir", str(path))
    assert (done["proposed"], done["made"]) == (1, 2)
    assert done["reasons"] == ["4. Immunization (1): Only goals, observations and questionnaires come in."]
    (waits,) = milepost("proposals")
    milepost("proposals", "accept", waits["id"])
    assert [one["title"] for one in milepost("goal", "list")] == ["Walk outside"]
    assert "rest" in {one["id"] for one in milepost("instrument", "list")}
    assert milepost("import", "fhir", str(path))["passed_over"] == 3
    milepost("import", "undo")
    assert milepost("checkin", "list") == []


def test_a_journal_is_written_out_and_put_back_at_the_terminal(milepost: Milepost, tmp_path: Path) -> None:
    goal = milepost("goal", "add", "Walk", "--why", "air")["id"]
    milepost("milestone", "add", goal, "Once")
    milepost("checkin", goal, "--value", "4")
    path = tmp_path / "whole.json"
    milepost("export", "fhir", "--plain", "--output", str(path))
    assert "into an empty one" in milepost.fails(2, "import", "fhir", "--restore", str(path))
    milepost("journal", "new", "Another")
    assert milepost("import", "fhir", "--restore", str(path), "--dry-run")["made"] == 3
    assert milepost("import", "fhir", "--restore", str(path))["made"] == 3
    (back,) = milepost("goal", "list")
    assert (back["title"], back["id"] == goal) == ("Walk", False)
    assert [one["value"] for one in milepost("checkin", "list")] == [4]


def test_a_format_that_can_put_nothing_back_says_so(milepost: Milepost, tmp_path: Path) -> None:
    path = tmp_path / "days.csv"
    path.write_text("day,value\n2026-02-01,7\n")
    assert "`csv` has no files that a journal can be put back from" in milepost.fails(
        2, "import", "csv", "--restore", str(path)
    )
