"""What a server refused: told with the reason and all its words, written again or let go of, and never lost."""

from pathlib import Path
from typing import Any

import pytest

from milepost.device import Device
from milepost.errors import InvalidInput
from milepost.quarantine import find, let_go, refused, waiting, write_again
from tests.core.terminal import Milepost
from tests.simulation import World


def refuse(device: Device, world: World, old: str, new: str) -> str:
    """Makes the server refuse what the device has yet to send: another version wrote it otherwise."""
    journal = device.rows()[0].journal
    device.log._sql.execute(
        "UPDATE events SET body = replace(CAST(body AS TEXT), ?, ?) WHERE confirmed = 0", (old, new)
    )
    device.log.bump(journal)
    report = world.meet(device)
    assert report is not None
    assert report.rejected
    return journal


@pytest.fixture
def home(milepost: Milepost, tmp_path: Path) -> Path:
    """A device with one refused goal, one refused check-in, and a goal that is fine."""
    milepost("goal", "add", "Calm", "--why", "I stew on it\notherwise")
    milepost("checkin", "--note", "a long walk")
    world = World(tmp_path)
    device = world.device("home")
    refuse(device, world, '"title":"Calm"', '"titel":"Calm"')
    refused_now = refused(device, device.rows()[0].journal)
    assert [one.type for one in refused_now] == ["goal.created"]
    device.close()
    milepost("checkin", "--note", "another walk", "--on", "2026-01-02")
    device = world.device("home")
    refuse(device, world, '"2026-01-02"', '"2026-01-99"')
    device.close()
    world.close()
    return tmp_path / "home"


@pytest.mark.usefixtures("home")
def test_what_was_refused_is_told_with_the_reason_and_every_word(milepost: Milepost) -> None:
    first, second = milepost("refused")
    assert (first["number"], first["type"], second["type"]) == (1, "goal.created", "checkin.recorded")
    assert "titel" in first["reason"]
    assert first["fields"]["why"] == "I stew on it\notherwise"
    seen = milepost.text("refused")
    assert "another walk" in seen
    whole = milepost.text("refused", "show", "1")
    assert "I stew on it\n" in whole
    assert "otherwise" in whole
    status = milepost("status")
    assert (status["quarantined"], [one["number"] for one in status["rejected"]]) == (2, [1, 2])
    assert "Refused    2" in milepost.text("status")


@pytest.mark.usefixtures("home")
def test_it_is_written_again_with_something_put_right(milepost: Milepost) -> None:
    assert "titel" in milepost.fails(2, "refused", "again", "1")
    assert "titel" in milepost.fails(2, "refused", "again", "1", "--set", "title=Calm")
    again = milepost("refused", "again", "1", "--set", "title=Calm at last", "--without", "titel")
    assert again["done"].endswith(".5"), "journal, goal, two check-ins, and this"
    (goal,) = milepost("goal", "list")
    assert (goal["title"], goal["why"]) == ("Calm at last", "I stew on it\notherwise")
    milepost("refused", "again", "2", "--set", "on=2026-01-03")
    assert {one["on"] for one in milepost("checkin", "list")} >= {"2026-01-03"}
    assert milepost("refused") == []
    assert milepost("status")["quarantined"] == 0
    assert [bool(one["done"]) for one in milepost("refused", "--all")] == [True, True]
    assert "written again already" in milepost.fails(2, "refused", "again", "1")


@pytest.mark.usefixtures("home")
def test_what_is_let_go_no_longer_waits_and_is_still_there(milepost: Milepost) -> None:
    assert milepost("refused", "let-go", "2")["waiting"] == 1
    assert [one["number"] for one in milepost("refused")] == [1]
    assert "another walk" in milepost.text("refused", "--all")
    assert milepost("refused", "again", "2", "--set", "on=2026-01-03")["done"], "and can still be written again"
    assert "Nothing with the number 9" in milepost.fails(3, "refused", "show", "9")


def test_with_nothing_refused_it_says_so(milepost: Milepost) -> None:
    assert "refused nothing" in milepost.text("refused")
    assert milepost("refused") == []


def test_what_no_version_here_can_write_is_kept_and_said(tmp_path: Path) -> None:
    world = World(tmp_path)
    device = world.device("d")
    device.open_journal("Mine")
    journal = refuse(device, world, '"type":"journal.opened"', '"type":"Journal"')
    (one,) = waiting(device, journal)
    with pytest.raises(InvalidInput, match="can't write"):
        write_again(device, one, {})
    let_go(device, one)
    assert find(device, journal, 1).fields["title"] == "Mine"
    device.close()
    world.close()


def test_a_payload_that_is_no_json_is_shown_as_it_is(tmp_path: Path) -> None:
    from milepost.quarantine import _fields

    shown: dict[str, Any] = _fields(b"\xff{")
    assert list(shown) == ["words"]
