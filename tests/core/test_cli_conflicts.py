"""What was written twice at once: told with who, when and where, and settled by a person, whatever kind of field it is."""

import io
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest

from milepost.cli import run
from milepost.cli.terminal import Terminal
from milepost.clock import format_hlc, new_salt
from milepost.device import Device
from milepost.envelope import Event
from milepost.events import Draft, encode_payload
from tests.core.terminal import ZONE, Milepost, today
from tests.events import device as device_id

AT_MS = 1_790_000_000_000


class Elsewhere:
    """Another device, whose events come into this folder as a sync would bring them."""

    def __init__(self, home: Path, number: int, name: str = "") -> None:
        self.home, self.id, self.n, self.name = home, device_id(number), 0, name

    def __call__(self, event_type: str, fields: dict[str, Any], *, saw: dict[str, int], at_ms: int = AT_MS) -> None:
        self.n += 1
        device = Device(self.home)
        event = Event(
            device=self.id,
            n=self.n,
            seen=saw if self.n == 1 else {},
            hlc=format_hlc(at_ms, self.n),
            actor=device.account,
            type=event_type,
            salt=new_salt(),
            data=msgspec.Raw(encode_payload(event_type, fields)),
        )
        with device.log.transaction():
            journal = device.rows()[0].journal
            device.log.state(journal)
            device.log.add(journal, event, confirmed=True)
            if self.name:
                known = json.loads(device.log.setting("device_names") or "{}")
                device.log.set("device_names", json.dumps({**known, self.id: self.name}))
        device.close()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def phone(home: Path) -> Elsewhere:
    return Elsewhere(home, 1, "phone")


def here(home: Path) -> dict[str, int]:
    """What somebody who had seen all that is here now would say."""
    device = Device(home)
    journal = device.rows()[0].journal
    found = {one: progress.n for one, progress in device.state(journal).devices.items()}
    device.close()
    return found


@pytest.fixture
def goal(milepost: Milepost) -> str:
    made: str = milepost("goal", "add", "Calm")["id"]
    return made


def at_once(milepost: Milepost, phone: Elsewhere, home: Path, goal: str, mine: str, theirs: str, field: str) -> None:
    saw = here(home)
    milepost("goal", "revise", goal, f"--{field}", mine)
    phone("goal.revised", {"id": goal, field: theirs}, saw=saw)


def test_each_value_is_told_with_who_when_and_on_which_device(
    milepost: Milepost, phone: Elsewhere, home: Path, goal: str
) -> None:
    at_once(milepost, phone, home, goal, "mine", "theirs", "why")
    (told,) = milepost("conflicts")
    assert (told["id"], told["kind"], told["field"], told["title"], told["others"]) == (goal, "goal", "why", "Calm", [])
    versions = {one["value"]: one for one in (told["a"], told["b"])}
    assert told["a"]["value"] == "mine", "the later one is shown"
    assert (versions["theirs"]["by"], versions["theirs"]["device_name"]) == ("you", "phone")
    written = datetime(2026, 9, 21, 14, 13, 20, tzinfo=UTC).astimezone(ZoneInfo(ZONE))
    assert versions["theirs"]["time"] == written.isoformat()
    assert versions["mine"]["device"] == milepost("status")["device"]
    assert told["base"] == ",".join(one["write"] for one in (told["a"], told["b"]))
    seen = milepost.text("conflicts")
    assert "you, today" in seen
    assert "this device" in seen
    assert f"{written:%H:%M}, phone" in seen
    assert f"milepost conflicts keep {goal[:3]}" in seen


def test_a_device_whose_name_is_not_known_is_told_by_its_short_id(milepost: Milepost, home: Path, goal: str) -> None:
    at_once(milepost, Elsewhere(home, 2), home, goal, "mine", "theirs", "why")
    assert f"device {device_id(2)[:6]}" in milepost.text("conflicts")


def test_what_is_settled_and_what_was_not_kept_is_named_and_stays_in_the_history(
    milepost: Milepost, phone: Elsewhere, home: Path, goal: str
) -> None:
    at_once(milepost, phone, home, goal, "mine", "theirs", "why")
    waiting = {row["to"]: row for row in milepost("goal", "history", goal) if row["field"] == "why"}
    assert (waiting["theirs"]["set_aside"], waiting["mine"]["set_aside"]) == (True, False)
    assert waiting["theirs"]["beside"] == [f"{waiting['mine']['device']}.{waiting['mine']['n']}"]
    assert "waits to be settled" in milepost.text("goal", "history", goal)
    settled = milepost("conflicts", "keep", f"{goal[:4]}.why", "b")
    assert settled["why"] == "theirs"
    assert (settled["settled"]["field"], settled["settled"]["value"]) == ("why", "theirs")
    assert [one["value"] for one in settled["settled"]["not_kept"]] == ["mine"]
    assert milepost("conflicts") == []
    rows = [row for row in milepost("goal", "history", goal) if row["field"] == "why"]
    assert rows[-1]["settles"] == ["mine"]
    assert not any(row["set_aside"] for row in rows)
    assert "settles: mine" in milepost.text("goal", "history", goal)


def test_long_texts_stand_one_under_the_other_or_side_by_side(
    milepost: Milepost, phone: Elsewhere, home: Path, goal: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_once(milepost, phone, home, goal, "one\ntwo [b]", "eins\nzwei", "why")
    narrow = milepost.text("conflicts").splitlines()
    assert [line.strip() for line in narrow if line.strip() in {"one", "two [b]", "eins", "zwei"}] == [
        "one",
        "two [b]",
        "eins",
        "zwei",
    ]
    monkeypatch.setenv("COLUMNS", "140")
    assert any("two [b]" in line and "zwei" in line for line in milepost.text("conflicts").splitlines())


def test_a_letter_means_what_was_shown_under_it(milepost: Milepost, phone: Elsewhere, home: Path, goal: str) -> None:
    at_once(milepost, phone, home, goal, "mine", "theirs", "why")
    milepost.text("conflicts")
    Elsewhere(home, 3, "tablet")("goal.revised", {"id": goal, "why": "a third"}, saw={}, at_ms=AT_MS + 5)
    before = here(home)
    refused = milepost.fails(5, "conflicts", "keep", f"{goal}.why", "b")
    assert "something else came in" in refused
    assert "a third" in refused
    assert here(home) == before
    assert milepost("conflicts", "keep", f"{goal}.why", "b")["why"] == "a third", "now it was shown"


def test_a_script_may_say_itself_what_it_was_shown(milepost: Milepost, phone: Elsewhere, home: Path, goal: str) -> None:
    at_once(milepost, phone, home, goal, "mine", "theirs", "why")
    (told,) = milepost("conflicts")
    Elsewhere(home, 3)("goal.revised", {"id": goal, "why": "a third"}, saw={})
    milepost("conflicts")
    milepost.fails(5, "conflicts", "keep", f"{goal}.why", "b", "--base", told["base"])
    (told,) = milepost("conflicts")
    milepost("conflicts", "keep", f"{goal}.why", "b", "--base", told["base"])


def test_at_a_terminal_it_goes_through_all_and_asks_again_where_another_comes_in(
    milepost: Milepost, phone: Elsewhere, home: Path, goal: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    saw = here(home)
    milepost("goal", "revise", goal, "--why", "mine", "--helps", "tea")
    phone("goal.revised", {"id": goal, "why": "theirs", "helps": "milk"}, saw=saw)
    tablet = Elsewhere(home, 3, "tablet")

    class Keys(io.StringIO):
        turn = 0

        def readline(self, *_: Any) -> str:
            self.turn += 1
            if self.turn == 2:
                tablet("goal.revised", {"id": goal, "why": "a third"}, saw={})
            return ["tea and milk\n", "a\n", "b\n", ""][self.turn - 1]

    with monkeypatch.context() as there:
        there.setattr(Terminal, "interactive", property(lambda self: True))
        there.setattr("sys.stdin", Keys())
        assert run(["conflicts", "keep"]) == 0
    seen = milepost.capsys.readouterr().out
    assert "Something else came in here meanwhile" in seen
    assert "tablet" in seen
    assert milepost("conflicts") == []
    assert milepost("goal", "show", goal)["helps"] == "tea and milk"


def test_what_is_no_conflict_is_named(milepost: Milepost, goal: str) -> None:
    assert "Nobody wrote `why`" in milepost.fails(3, "conflicts", "keep", f"{goal}.why", "a")
    assert "ID.FIELD" in milepost.fails(2, "conflicts", "keep", "why", "a")
    assert "ID.FIELD" in milepost.fails(2, "conflicts", "keep")


# Every kind of field


def ids(milepost: Milepost) -> dict[str, str]:
    goal = milepost("goal", "add", "Calm")["id"]
    measure = milepost("measure", "define", goal, "How?", "--low", "0", "--high", "10")["id"]
    return {
        "goal": goal,
        "measure": measure,
        "milestone": milepost("milestone", "add", goal, "Step")["id"],
        "practice": milepost("practice", "add", "Breathe")["id"],
        "checkin": milepost("checkin", goal, "--value", "4", "--note", "so")["id"],
        "session": milepost("session", "add", "2026-12-01", "--at", "10:00")["id"],
        "topic": milepost("bring", "A talk")["id"],
        "reflection": milepost("reflect", "Words")["id"],
        "reminder": milepost("reminder", "set", "Breathe", "--at", "08:00")["id"],
    }


BERLIN = {"time_zone": "Europe/Berlin"}
FIELDS: list[tuple[str, str, dict[str, Any], dict[str, Any], str, Any]] = [
    ("goal", "goal.revised", {"due": "2026-12-01"}, {"due": None}, "2027-01-02", "2027-01-02"),
    ("goal", "goal.revised", {"due": "2026-12-01"}, {"due": "2026-12-02"}, "none", None),
    ("goal", "goal.revised", {"importance": 3}, {"importance": 7}, "5", 5),
    ("goal", "goal.revised", {"kind": "open"}, {"kind": "smart"}, "smart", "smart"),
    ("goal", "goal.ranked", {"rank": "a"}, {"rank": "b"}, "c", "c"),
    (
        "goal",
        "goal.status_changed",
        {"status": "paused", "on": "2026-01-02"},
        {"status": "achieved", "on": "2026-01-03"},
        "let go on 2026-01-04",
        {"status": "let_go", "on": "2026-01-04"},
    ),
    ("measure", "measure.revised", {"target": 3}, {"target": 4.5}, "7.5", 7.5),
    ("measure", "measure.revised", {"better": "up"}, {"better": "down"}, "keep", "keep"),
    (
        "milestone",
        "milestone.revised",
        {"due": "2026-12-01"},
        {"due": {"at": "2026-12-02T15:00:00", **BERLIN}},
        "2026-12-03 16:30 Europe/Vienna",
        {"at": "2026-12-03T16:30:00", "time_zone": "Europe/Vienna"},
    ),
    ("milestone", "milestone.revised", {"due": "2026-12-01"}, {"due": None}, "2026-12-03", "2026-12-03"),
    ("milestone", "milestone.revised", {"progress": 10}, {"progress": 20}, "15", 15),
    ("practice", "practice.revised", {"recurrence": "FREQ=DAILY"}, {"recurrence": "FREQ=WEEKLY"}, "weekdays", None),
    (
        "practice",
        "practice.status_changed",
        {"status": "paused", "on": "2026-01-02"},
        {"status": "ended", "on": "2026-01-02"},
        "active",
        None,
    ),
    ("checkin", "checkin.amended", {"value": 2}, {"value": 3}, "5", None),
    ("checkin", "checkin.amended", {"note": "x"}, {"note": "y\nz"}, "both\nof them", "both\nof them"),
    ("checkin", "checkin.amended", {"baseline": True}, {"baseline": False}, "yes", True),
    (
        "session",
        "session.revised",
        {"start": {"at": "2026-12-01T11:00:00", **BERLIN}},
        {"start": {"at": "2026-12-01T12:00:00", **BERLIN}},
        "2026-12-01 13:00",
        {"at": "2026-12-01T13:00:00", **BERLIN},
    ),
    ("topic", "topic.revised", {"text": "x"}, {"text": "y"}, "z", "z"),
    ("reflection", "reflection.revised", {"on": "2026-01-02"}, {"on": "2026-01-03"}, "2026-01-04", "2026-01-04"),
    ("reminder", "reminder.revised", {"at": "09:00"}, {"at": "10:00"}, "7:30", "07:30"),
    ("plan", "plan.revised", {"helps": "x"}, {"helps": None}, "both", "both"),
    (
        "rest",
        "rest.set",
        {"until": "2026-12-01", "on": "2026-01-02"},
        {"until": "2026-12-02", "on": "2026-01-02"},
        "2027-01-04",
        None,
    ),
    ("journal", "journal.revised", {"owners_only": True}, {"owners_only": False}, "no", False),
]  # fmt: skip


@pytest.mark.parametrize("case", FIELDS, ids=[f"{case[0]}.{next(iter(case[2]))}" for case in FIELDS])
@pytest.mark.parametrize("how", ["a", "b", "write"])
def test_every_kind_of_field_can_be_settled(
    milepost: Milepost,
    phone: Elsewhere,
    home: Path,
    case: tuple[str, str, dict[str, Any], dict[str, Any], str, Any],
    how: str,
) -> None:
    kind, event_type, mine, theirs, words, means = case
    named = ids(milepost)
    if kind == "plan":
        milepost("plan", "write", "--helps", "a walk")
    ident = {"id": named[kind]} if kind in named else {}
    saw = here(home)
    device = Device(home)
    device.append(device.rows()[0].journal, [Draft(event_type, {**ident, **mine})])
    device.close()
    phone(event_type, {**ident, **theirs}, saw=saw)
    assert milepost.text("conflicts").strip()
    (told,) = milepost("conflicts")
    field = f"{told['id']}.{told['field']}"
    if how == "write":
        settled = milepost("conflicts", "keep", field, "--write", words)
        assert means is None or settled["settled"]["value"] == means
    else:
        settled = milepost("conflicts", "keep", field, how)
        assert settled["settled"]["value"] == told[how]["value"]
    assert milepost("conflicts") == []


@pytest.mark.parametrize(
    ("field", "words", "says"),
    [
        ("status", "won", "none of: active, later"),
        ("due", "someday", "not a date I know"),
        ("importance", "lots", "not a number"),
        ("importance", "12", "importance"),
    ],
)
def test_what_a_field_can_not_hold_is_refused_and_still_waits(
    milepost: Milepost, phone: Elsewhere, home: Path, goal: str, field: str, words: str, says: str
) -> None:
    saw = here(home)
    if field == "status":
        milepost("goal", "pause", goal)
        phone("goal.status_changed", {"id": goal, "status": "later", "on": today().isoformat()}, saw=saw)
    else:
        milepost("goal", "revise", goal, f"--{field}", {"due": "2026-12-01", "importance": "3"}[field])
        phone("goal.revised", {"id": goal, field: None}, saw=saw)
    assert says in milepost.fails(2, "conflicts", "keep", f"{goal}.{field}", "--write", words)
    assert len(milepost("conflicts")) == 1
