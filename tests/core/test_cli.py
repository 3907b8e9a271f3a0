"""Every command by hand, on one device without a server."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import icalendar
import pytest

from tests.core.terminal import Milepost, today

TODAY = today().isoformat()


def test_the_first_run_is_a_welcome_and_leaves_nothing_behind(milepost: Milepost, tmp_path: Path) -> None:
    assert "Nothing leaves it until you pair it" in milepost.text()
    assert milepost() == {"goals": [], "near": [], "unsent": 0, "conflicts": 0, "proposals": 0}
    for command in (
        ["goal", "list"],
        ["conflicts"],
        ["log"],
        ["journal", "list"],
        ["milestone", "list"],
        ["checkin", "list"],
    ):
        assert milepost(*command) == []
    assert not (tmp_path / "home" / "device.sqlite3").exists()


def test_a_goal_is_open_until_something_says_otherwise(milepost: Milepost) -> None:
    plain = milepost("goal", "add", "  Feel   lighter ")
    assert (plain["title"], plain["kind"], plain["status"]) == ("Feel lighter", "open", "active")
    assert (plain["milestones"], plain["checkins"], len(plain["id"])) == ([], [], 36)
    dated = milepost("goal", "add", "Call my sister", "--due", "2026-12-18", "--why", "I miss her", "--area", "family")
    assert (dated["kind"], dated["due"], dated["why"], dated["area"]) == ("smart", "2026-12-18", "I miss her", "family")
    still_open = milepost("goal", "add", "Anything", "--kind", "open", "--due", "2026-12-18", "--looks-like", "calm")
    assert (still_open["kind"], still_open["looks_like"]) == ("open", "calm")
    assert [g["title"] for g in milepost("goal", "list")] == ["Feel lighter", "Call my sister", "Anything"]


def test_a_goal_is_revised_cleared_and_found_by_its_first_letters(milepost: Milepost) -> None:
    goal = milepost("goal", "add", "Before", "--due", "fri", "--why", "because")["id"]
    revised = milepost("goal", "revise", goal[:8], "--title", "After", "--reason", "it changed", "--importance", "7")
    assert (revised["title"], revised["importance"], revised["why"]) == ("After", 7, "because")
    cleared = milepost("goal", "revise", goal, "--due", "none", "--clear", "why")
    assert (cleared["due"], cleared["why"], cleared["kind"]) == (None, None, "open")
    assert milepost("log")[-2]["data"]["reason"] == "it changed"
    assert "Say what to change" in milepost.fails(2, "goal", "revise", goal)
    assert "can't be cleared" in milepost.fails(2, "goal", "revise", goal, "--clear", "title")


@pytest.mark.parametrize(
    ("action", "status"),
    [
        ("later", "later"),
        ("pause", "paused"),
        ("resume", "active"),
        ("achieve", "achieved"),
        ("let-go", "let_go"),
        ("reopen", "active"),
    ],
)
def test_every_turn_a_goal_can_take(milepost: Milepost, action: str, status: str) -> None:
    goal = milepost("goal", "add", "Something")["id"]
    turned = milepost("goal", action, goal, "--on", "2026-11-02")
    assert (turned["status"], turned["on"]) == (status, "2026-11-02")
    assert milepost("goal", action, goal)["on"] == TODAY


def test_milestones_go_forward_and_back(milepost: Milepost) -> None:
    goal = milepost("goal", "add", "Big thing")["id"]
    first = milepost("milestone", "add", goal[:5], "A small step", "--due", "in 2 weeks")
    assert (first["goal"], first["status"], first["progress"]) == (goal, "planned", 0)
    assert first["due"] == (date.fromisoformat(TODAY) + timedelta(14)).isoformat()
    step = first["id"]
    milepost("milestone", "add", goal, "Another")
    assert milepost("milestone", "progress", step, "30")["progress"] == 30
    assert "from 0 to 100" in milepost.fails(2, "milestone", "progress", step, "101")
    assert milepost("milestone", "reach", step, "--on", "yesterday")["status"] == "reached"
    assert milepost("milestone", "reopen", step)["status"] == "planned"
    assert milepost("milestone", "drop", step)["status"] == "dropped"
    assert milepost("milestone", "revise", step, "--title", "Smaller", "--due", "none")["due"] is None
    assert [m["title"] for m in milepost("milestone", "list", goal)] == ["Smaller", "Another"]
    assert len(milepost("milestone", "list")) == 2
    assert [m["title"] for m in milepost("goal", "show", goal)["milestones"]] == ["Smaller", "Another"]


def test_checking_in_in_numbers_and_in_words(milepost: Milepost, monkeypatch: pytest.MonkeyPatch) -> None:
    goal = milepost("goal", "add", "Calmer mornings")["id"]
    other = milepost("goal", "add", "Sleep")["id"]
    made = milepost("checkin", goal, "--value", "4", "--note", "better than I thought", "--on", "yesterday")
    assert (made["subject"], made["value"], made["note"]) == (goal, 4, "better than I thought")
    assert len(milepost("checkin", goal, other, "--value", "6.5")) == 2
    assert milepost("checkin", "--note", "a quiet day")["subject"] is None
    monkeypatch.setattr("sys.stdin", _stdin("from a pipe, not from the shell's history\n"))
    assert milepost("checkin", goal, "--note", "-")["note"] == "from a pipe, not from the shell's history"
    assert "needs a value or a note" in milepost.fails(2, "checkin", goal)
    assert "Say what to check in on" in milepost.fails(2, "checkin")
    shown = milepost("goal", "list")[0]
    assert (shown["first"], shown["latest"]) == (4, 6.5)
    assert [c["value"] for c in milepost("checkin", "list", goal)] == [4, 6.5, None]


def _stdin(text: str) -> Any:
    import io

    return io.TextIOWrapper(io.BytesIO(text.encode()))


def test_a_checkin_is_put_right_and_taken_back(milepost: Milepost) -> None:
    goal = milepost("goal", "add", "Calmer")["id"]
    made = milepost("checkin", goal, "--value", "4")["id"]
    amended = milepost("checkin", "amend", made[:7], "--value", "5", "--note", "counted wrong")
    assert (amended["value"], amended["note"], amended["subject"]) == (5, "counted wrong", goal)
    assert milepost("checkin", "retract", made)["retracted"] is True
    assert milepost("checkin", "list") == []
    assert milepost("goal", "list")[0]["latest"] is None
    milepost("checkin", "amend", made, "--value", "6")
    assert [c["value"] for c in milepost("checkin", "list")] == [6]


def test_a_checkin_for_a_goal_not_heard_of_yet_is_kept(milepost: Milepost) -> None:
    unheard = "12345678-1234-4234-8234-123456789012"
    assert milepost("checkin", unheard, "--value", "3")["subject"] == unheard
    assert len(milepost("checkin", "list", unheard)) == 1


def test_journals_are_made_and_chosen(milepost: Milepost) -> None:
    milepost("goal", "add", "In the first")
    second = milepost("journal", "new", "Second", "--time-zone", "America/New_York")
    assert second["in_use"]
    milepost("goal", "add", "In the second")
    first = next(j["id"] for j in milepost("journal", "list") if not j["in_use"])
    assert [g["title"] for g in milepost("goal", "list", "--journal", first[:6])] == ["In the first"]
    assert milepost("journal", "use", first)["title"] == "My journal"
    assert [g["title"] for g in milepost("goal", "list")] == ["In the first"]
    assert "no journal" in milepost.fails(3, "goal", "list", "--journal", "zzz")


def test_status_tells_how_things_stand(milepost: Milepost) -> None:
    assert milepost("status")["state_hash"] is None
    milepost("goal", "add", "One")
    told = milepost("status")
    assert (told["unsent"], told["head"], told["conflicts"], told["quarantined"], told["server"]) == (2, 0, 0, 0, None)
    assert len(told["state_hash"]) == 64
    assert "everything stays on this device" in milepost.text("status")


def test_an_export_is_discreet_unless_asked_and_the_same_bytes_twice(milepost: Milepost, tmp_path: Path) -> None:
    goal = milepost("goal", "add", "Say what I need", "--due", "2026-12-31")["id"]
    milepost("milestone", "add", goal, "Ask for a break", "--due", "2026-12-18")
    first = milepost.text("export", "ics")
    assert "Say what" not in first
    assert first == milepost.text("export", "ics")
    assert len(icalendar.Calendar.from_ical(first).walk("VEVENT")) == 2
    written = milepost("export", "ics", "--plain", "-o", str(tmp_path / "mine.ics"))
    assert written["bytes"] == (tmp_path / "mine.ics").stat().st_size
    assert b"Ask for a break" in (tmp_path / "mine.ics").read_bytes()
    whole = milepost("export", "json")
    assert [(step["title"], step["goal"]) for step in whole["milestones"]] == [("Ask for a break", goal)]
    assert milepost("export", "ics")["media_type"] == "text/calendar"
    assert "Formats here: brief, csv, fhir, ics, json, jsonl, markdown, report" in milepost.fails(
        3, "export", "papyrus"
    )
    assert "can't be written" in milepost.fails(7, "export", "ics", "-o", str(tmp_path / "no" / "such"))


def test_plugins_are_listed(milepost: Milepost) -> None:
    assert [(p["name"], p["exporters"], p["problem"]) for p in milepost("plugin", "list")][:7] == [
        ("caldav", [], ""),
        ("csv", [], ""),
        ("fhir", ["fhir"], ""),
        ("health", [], ""),
        ("ics", ["ics"], ""),
        ("import", [], ""),
        ("json", ["json"], ""),
    ]


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["goal", "show", "abc"], 3, "nothing here yet"),
        (["goal", "frob"], 2, 'Unknown command "frob"'),
        (["goal", "add"], 2, "TITLE"),
        (["goal", "add", "   "], 2, "a title can't be empty"),
        (["goal", "add", "x", "--due", "someday"], 2, "is not a date"),
        (["goal", "add", "x", "--importance", "11"], 2, "`importance` must be a whole number from 0 to 10"),
        (["goal", "add", "x" * 501], 2, "500"),
        (["sync"], 3, "not paired"),
        (["feed", "list"], 3, "not paired"),
        (["pair", "http://127.0.0.1:9", "AAAA-BBBB"], 6, "can't be reached"),
        (["pair", "not a url", "AAAA-BBBB"], 6, "can't be reached"),
        (["conflicts", "keep", "x"], 2, "ID.FIELD"),
    ],
)
def test_what_cannot_be_done_is_said_in_words(milepost: Milepost, arguments: list[str], code: int, words: str) -> None:
    assert words in milepost.fails(code, *arguments)


def test_an_ambiguous_id_asks_for_more(milepost: Milepost) -> None:
    ids = [milepost("goal", "add", f"Goal {n}")["id"] for n in range(40)]
    shared = next(a[0] for i, a in enumerate(ids) for b in ids[i + 1 :] if a[0] == b[0])
    assert "Give a letter or two more" in milepost.fails(2, "goal", "show", shared)
    assert milepost.fails(3, "goal", "show", "zzzz").startswith("milepost: There is no goal")


def test_a_folder_that_cannot_be_used_is_named(
    milepost: Milepost, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("not a folder")
    monkeypatch.setenv("MILEPOST_HOME", str(tmp_path / "file" / "sub"))
    assert "MILEPOST_HOME" in milepost.fails(7, "goal", "add", "x")
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / "device.sqlite3").write_bytes(b"garbage" * 999)
    monkeypatch.setenv("MILEPOST_HOME", str(tmp_path / "bad"))
    assert "can't be read as a Milepost database" in milepost.fails(7, "goal", "list")
    assert (tmp_path / "bad" / "device.sqlite3").read_bytes() == b"garbage" * 999


def test_words_with_brackets_are_shown_as_they_are(milepost: Milepost) -> None:
    milepost("goal", "add", "Be [bold]brave[/] [red]")
    assert "Be [bold]brave[/] [red]" in milepost.text("goal", "list")


def test_every_command_has_help(milepost: Milepost) -> None:
    helped: Callable[..., str] = milepost.text
    assert "Exit codes" in helped("--help")
    for group in ("goal", "milestone", "checkin", "conflicts", "journal", "feed", "plugin", "admin"):
        assert "Usage" in helped(group, "--help")
    for command in ("pair", "sync", "status", "log", "export", "serve", "verify"):
        assert "Usage" in helped(command, "--help")
