"""A journal as it was, at the terminal: every reading that takes `--as-of`."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest

from milepost.cli import as_of
from milepost.cli.terminal import terminal
from milepost.clock import new_id
from milepost.device import Device
from milepost.events import Draft
from tests.core.terminal import ZONE, Milepost, today


@pytest.fixture(autouse=True)
def a_closed_terminal() -> Iterator[None]:
    yield
    terminal.close()


def ago(days: int) -> str:
    return (today() - timedelta(days)).isoformat()


def noon(days: int) -> int:
    """Milliseconds since 1970 at noon so many days ago."""
    day = today() - timedelta(days)
    return int(datetime(day.year, day.month, day.day, 12, tzinfo=ZoneInfo(ZONE)).timestamp() * 1000)


class Past:
    """Writes to a journal as if it were an earlier day."""

    def __init__(self, home: Path) -> None:
        self.home = home
        device = Device(home, wall=lambda: noon(20))
        self.journal = device.open_journal("Mine", time_zone=ZONE)
        device.close()

    def write(self, days: int, *drafts: tuple[str, dict[str, Any]]) -> None:
        device = Device(self.home, wall=lambda: noon(days))
        device.append(self.journal, [Draft(name, fields) for name, fields in drafts])
        device.close()


GOAL, STEP, SAID, LATER = (new_id() for _ in range(4))


@pytest.fixture
def past(milepost: Milepost, tmp_path: Path) -> Past:
    """A goal of 15 days ago, with a step and a word 10 days ago; put differently 5 days ago; another goal 2 days ago."""
    past = Past(tmp_path / "home")
    past.write(15, ("goal.created", {"id": GOAL, "title": "Be better", "rank": "h", "confidence": 8}))
    past.write(
        10,
        ("milestone.added", {"id": STEP, "goal": GOAL, "title": "Ask once", "rank": "h", "due": ago(-3)}),
        ("checkin.recorded", {"id": SAID, "subject": GOAL, "on": ago(10), "note": "could not"}),
    )
    past.write(5, ("goal.revised", {"id": GOAL, "title": "Say what I need", "reason": "kinder"}))
    past.write(2, ("goal.created", {"id": LATER, "title": "Sleep", "rank": "p"}))
    return past


def test_a_goal_is_shown_in_the_words_it_had(milepost: Milepost, past: Past) -> None:
    assert milepost("goal", "show", GOAL)["title"] == "Say what I need"
    told = milepost("goal", "show", GOAL[:8], "--as-of", ago(6))
    assert (told["title"], [step["title"] for step in told["milestones"]]) == ("Be better", ["Ask once"])
    assert milepost("goal", "show", GOAL, "--as-of", ago(12))["milestones"] == []
    assert milepost.text("goal", "show", GOAL, "--as-of", ago(6)).startswith("Be better  ")
    assert "was not written down yet as of" in milepost.fails(3, "goal", "show", LATER, "--as-of", ago(6))


def test_lists_hold_what_there_was(milepost: Milepost, past: Past) -> None:
    for days, goals, steps, said in ((18, 0, 0, 0), (15, 1, 0, 0), (10, 1, 1, 1), (3, 1, 1, 1), (2, 2, 1, 1)):
        assert len(milepost("goal", "list", "--as-of", ago(days))) == goals
        assert len(milepost("milestone", "list", "--as-of", ago(days))) == steps
        assert len(milepost("milestone", "list", GOAL, "--as-of", ago(days))) == steps
        assert len(milepost("checkin", "list", "--as-of", ago(days))) == said
        assert len(milepost("checkin", "list", GOAL, "--as-of", ago(days))) == said
    assert "Be better" in milepost.text("goal", "list", "--as-of", ago(6))
    assert milepost("goal", "list", "--active", "--as-of", ago(15))[0]["id"] == GOAL


def test_priorities_summary_and_history_stop_there_too(milepost: Milepost, past: Past) -> None:
    assert [goal["title"] for goal in milepost("priorities", "--as-of", ago(6))["goals"]] == ["Be better"]
    assert milepost("priorities", "--as-of", ago(12))["early_win"]["step"] is None
    assert milepost("priorities", "--as-of", ago(6))["early_win"]["step"] == "Ask once"
    assert milepost("summary", "--as-of", ago(18))["goals"] == {}
    assert milepost("summary", "--as-of", ago(3))["goals"] == {"active": 1}
    assert milepost("summary")["goals"] == {"active": 2}

    def titles(*more: str) -> list[str]:
        return [one["to"] for one in milepost("goal", "history", GOAL, *more) if one["field"] == "title"]

    assert titles() == ["Be better", "Say what I need"]
    assert titles("--as-of", ago(6)) == ["Be better"]
    assert titles("--as-of", ago(16)) == []


def test_today_is_the_day_of_that_moment_unless_another_is_named(milepost: Milepost, past: Past) -> None:
    told = milepost("today", "--as-of", ago(6))
    assert (told["on"], [(one["title"], one["days"]) for one in told["near"]]) == (ago(6), [("Ask once", 9)])
    other = milepost("today", "--as-of", ago(6), "--on", "today")
    assert (other["on"], [one["days"] for one in other["near"]]) == (ago(0), [3])
    assert milepost("today", "--as-of", ago(12))["near"] == []
    assert milepost("today", "--as-of", ago(-1))["on"] == ago(0), "what is yet to come is not known yet"
    assert milepost("today")["on"] == ago(0)


def test_a_brief_of_then_begins_at_the_session_before_then(milepost: Milepost, past: Past) -> None:
    held = [{"at": f"{ago(days)}T09:00:00", "time_zone": ZONE} for days in (12, 4)]
    past.write(1, *(("session.scheduled", {"id": new_id(), "start": start}) for start in held))
    assert milepost("brief")["since"] == held[1]
    assert milepost("brief", "--as-of", ago(0))["since"] == held[1]
    assert milepost("brief", "--as-of", ago(5))["since"] is None, "nobody had written it down"
    then = f"{ago(1)}T12:00:00.500"
    past.write(1, ("session.status_changed", {"id": _session(milepost, held[1]), "status": "cancelled", "on": ago(1)}))
    assert milepost("brief")["since"] == held[0]
    assert milepost("brief", "--as-of", then)["until"].startswith(ago(1))


def _session(milepost: Milepost, start: dict[str, str]) -> str:
    [found] = {event["data"]["id"] for event in milepost("log") if (event["data"] or {}).get("start") == start}
    return str(found)


def test_a_place_in_the_log_is_the_moment_it_was_written(milepost: Milepost, past: Past) -> None:
    device = Device(past.home)
    with device.log.transaction():
        for at, (_, event) in enumerate(list(device.log.events(past.journal)), 1):
            device.log.place(past.journal, msgspec.structs.replace(event, seq=at), None)
    device.close()
    assert [len(milepost("goal", "list", "--as-of", seq)) for seq in "126"] == [0, 1, 2]
    assert milepost("goal", "show", GOAL, "--as-of", "4")["title"] == "Be better"
    assert milepost("today", "--as-of", "2")["on"] == ago(15)
    assert milepost("brief", "--as-of", "4")["until"].startswith(ago(10))
    assert milepost("today", "--as-of", "0")["on"] == ago(0), "nothing was written then, so there is no moment"


@pytest.mark.parametrize(
    "command",
    [
        ["goal", "list"],
        ["milestone", "list"],
        ["checkin", "list"],
        ["priorities"],
        ["summary"],
        ["today"],
        ["brief"],
        ["goal", "show", GOAL],
        ["goal", "history", GOAL],
    ],
)
def test_a_moment_that_cannot_be_told_is_refused(milepost: Milepost, past: Past, command: list[str]) -> None:
    assert "not a date I know" in milepost.fails(2, *command, "--as-of", "whenever")
    assert "No server has numbered" in milepost.fails(2, *command, "--as-of", "2")


def test_on_an_empty_device_there_was_nothing_then_either(milepost: Milepost, tmp_path: Path) -> None:
    for command in (["goal", "list"], ["milestone", "list"], ["checkin", "list"]):
        assert milepost(*command, "--as-of", "yesterday") == []
    assert milepost("summary", "--as-of", "yesterday")["goals"] == {}
    assert not (tmp_path / "home" / "device.sqlite3").exists()


def test_a_moment_beyond_now_is_now(milepost: Milepost, past: Past) -> None:
    found = as_of.moment("2126-01-01", [])
    assert abs((datetime.now(ZoneInfo(ZONE)) - found).total_seconds()) < 60
    assert str(found.tzinfo) == ZONE


def test_days_are_counted_from_the_day_that_is_looked_at(milepost: Milepost, tmp_path: Path) -> None:
    past = Past(tmp_path / "home")
    past.write(15, ("goal.created", {"id": GOAL, "title": "Be better", "due": ago(2)}))
    past.write(12, ("milestone.added", {"id": STEP, "goal": GOAL, "title": "A step", "due": ago(2)}))
    past.write(10, ("checkin.recorded", {"id": SAID, "subject": GOAL, "on": ago(10), "note": "so"}))
    for command in (["goal", "list"], ["goal", "show", GOAL], ["timeline"], ["milestone", "list"]):
        assert "in 7 days" in milepost.text(*command, "--as-of", ago(9)), command
        assert "in 7 days" not in milepost.text(*command), command
    assert "yesterday" in milepost.text("checkin", "list", "--as-of", ago(9))
