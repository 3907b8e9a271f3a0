"""The made-up half-year holds what it promises, and the demo that serves it runs."""

import itertools
import os
import re
import signal
import subprocess
import sys
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import icalendar
import msgspec
import pytest

from examples.demo.__main__ import READY
from examples.demo.journal import events, write_half_year
from examples.demo.story import StoryClock
from milepost.clock import new_id
from milepost.device import Device
from milepost.envelope import Event, check_envelope, check_identity
from milepost.events import EVENT_TYPES, REDACTION, check_payload
from milepost.journal import State
from milepost.views.journal import conflicts, journal_view

ENDS = date(2026, 6, 30)
ROOT = Path(__file__).parents[2]


def told(folder: Path, seed: int = 1) -> tuple[list[Event], dict[str, Any]]:
    clock = StoryClock()
    device = Device(folder, wall=clock)
    try:
        journal = write_half_year(device, clock, ends=ENDS, seed=seed)
        assert not conflicts(device.state(journal))
        written = [event for _, event in device.log.events(journal)]
        view = msgspec.json.encode(journal_view(device.state(journal)))
        return written, msgspec.json.decode(view.replace(journal.encode(), b"the journal"))
    finally:
        device.close()


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_half_year_has_every_type_of_event_and_each_keeps_the_rules(tmp_path: Path, seed: int) -> None:
    written, _ = told(tmp_path, seed)
    assert 400 <= len(written) <= 600
    assert {event.type for event in written} == set(EVENT_TYPES) - {REDACTION}, "nothing of a story is taken out of it"
    for event in written:
        check_identity(event)
        check_envelope(event)
        check_payload(event)
    assert [event.hlc for event in written] == sorted(event.hlc for event in written)


def test_the_same_seed_tells_the_same_and_another_seed_another(tmp_path: Path) -> None:
    views = [told(tmp_path / name, seed)[1] for name, seed in (("a", 1), ("b", 1), ("c", 2))]
    assert views[0] == views[1]
    assert views[0] != views[2]


def test_days_pass_as_in_a_life(tmp_path: Path) -> None:
    _, view = told(tmp_path)
    assert {goal["status"] for goal in view["goals"]} >= {"active", "achieved", "let_go"}
    assert {goal["area"] for goal in view["goals"]} == {"anxiety", "communication", "coping", "self-esteem"}
    assert {goal["kind"] for goal in view["goals"]} == {"open", "smart"}
    days = {checkin["on"] for checkin in view["checkins"]}
    assert len(days) < 182
    assert max(days) <= ENDS.isoformat()
    assert any(step["due"] and step["status"] == "planned" for goal in view["goals"] for step in goal["milestones"])
    assert {checkin["value"] is None for checkin in view["checkins"]} == {True, False}
    bus = next(goal for goal in view["goals"] if "bus" in goal["title"])
    values = [checkin["value"] for checkin in bus["checkins"] if checkin["value"] is not None]
    assert sum(values[-8:]) < sum(values[:8])
    assert any(later > earlier for earlier, later in itertools.pairwise(values))


def test_any_number_of_events_in_the_same_mix(tmp_path: Path) -> None:
    journal = new_id()
    made = list(events(3_000, journal=journal, device=new_id(), actor=new_id()))
    assert [event.n for event in made] == list(range(1, 3_001))
    state = State(journal)
    for event in made:
        check_payload(event)
        state.apply(event)
    assert not state.unfolded
    share = Counter(event.type for event in made)["checkin.recorded"] / len(made)
    of_one = [event.type for event in told(tmp_path)[0]]
    assert abs(share - of_one.count("checkin.recorded") / len(of_one)) < 0.05


def started(folder: Path, port: str = "0") -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "examples.demo", "--port", port]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        command, cwd=folder, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


def until_ready(demo: "subprocess.Popen[str]") -> str:
    assert demo.stdout is not None
    lines = []
    for line in demo.stdout:
        lines.append(line)
        if line.startswith(READY):
            return "".join(lines)
    raise AssertionError(f"It ended: {''.join(lines)} {demo.stderr.read() if demo.stderr else ''}")


def test_the_demo_runs_a_second_time_and_says_when_a_port_is_taken(tmp_path: Path) -> None:
    for _ in range(2):
        with started(tmp_path) as demo:
            try:
                said = until_ready(demo)
                address = re.search(r"http://\S+/feeds/\S+", said)
                assert address is not None
                answer = httpx.get(address[0])
                assert answer.status_code == 200
                calendar = icalendar.Calendar.from_ical(answer.text)
                summaries = [str(entry.get("summary")) for entry in calendar.walk() if entry.get("summary")]
                assert any("To the coast and back" in summary for summary in summaries)
                port = re.search(r"served on http://127\.0\.0\.1:(\d+)", said)
                assert port is not None
                elsewhere = tmp_path / "elsewhere"
                elsewhere.mkdir(exist_ok=True)
                with started(elsewhere, port[1]) as second:
                    _, complaint = second.communicate(timeout=30)
                assert second.returncode == 2
                assert "Address already in use" in complaint
                assert "make demo PORT=" in complaint
            finally:
                demo.send_signal(signal.SIGTERM)
                rest, complaint = demo.communicate(timeout=30)
        assert (demo.returncode, complaint) == (0, "")
        assert "Stopped" in rest
