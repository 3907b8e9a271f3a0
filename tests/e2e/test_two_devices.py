"""The main story, told by real processes: two devices, one server, a calendar."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import httpx
import icalendar
import pytest

from tests.processes import Home, ServerProcess, run, serving


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ServerProcess]:
    with serving(tmp_path / "data") as server:
        yield server


@pytest.fixture
def phone(tmp_path: Path) -> Home:
    return Home(tmp_path / "phone")


@pytest.fixture
def laptop(tmp_path: Path) -> Home:
    return Home(tmp_path / "laptop")


def test_two_devices_a_conflict_and_a_calendar(server: ServerProcess, phone: Home, laptop: Home) -> None:
    goal = phone("goal", "add", "Say what I need", "--why", "I stew on it otherwise")["id"]
    step = phone("milestone", "add", goal, "Ask for a break", "--due", "2026-12-18")["id"]
    on_laptop = laptop("goal", "add", "Sleep before midnight")["id"]
    assert phone("status")["unsent"] == 3

    phone("pair", server.url, server.code(), "--name", "phone")
    assert phone("sync")["sent"] == 3
    laptop("pair", server.url, server.code(), "--name", "laptop")
    laptop("sync")
    phone("sync")
    for home in (phone, laptop):
        assert [g["id"] for g in home("goal", "list")] in ([goal, on_laptop], [on_laptop, goal])
    assert len(laptop("journal", "list")) == 1

    phone("goal", "revise", goal[:6], "--title", "Say what I need, kindly")
    laptop("goal", "revise", goal[:6], "--title", "Say what I need, at once", "--reason", "it helps")
    phone("milestone", "progress", step, "40")
    laptop("checkin", goal, "--value", "4", "--note", "harder than I thought")
    phone("sync")
    laptop("sync")
    phone("sync")
    (conflict,) = phone("conflicts")
    assert (conflict["id"], conflict["field"]) == (goal, "title")
    assert {conflict["a"]["value"], conflict["b"]["value"]} == {"Say what I need, kindly", "Say what I need, at once"}
    assert phone("status")["conflicts"] == 1

    settled = laptop("conflicts", "keep", f"{goal[:5]}.title", "--write", "Say what I need, kindly and soon")
    assert settled["title"] == "Say what I need, kindly and soon"
    laptop("sync")
    phone("sync")
    assert phone("conflicts") == laptop("conflicts") == []
    shown = phone("goal", "show", goal)
    assert shown["title"] == "Say what I need, kindly and soon"
    assert [m["progress"] for m in shown["milestones"]] == [40]
    assert [(c["value"], c["note"]) for c in shown["checkins"]] == [(4, "harder than I thought")]
    standing = [home("status") for home in (phone, laptop)]
    assert standing[0]["state_hash"] == standing[1]["state_hash"]
    assert [s["unsent"] for s in standing] == [0, 0]
    assert standing[0]["head"] == standing[1]["head"] == len(phone("log"))

    feed = laptop("feed", "add", "--plain")
    calendar = icalendar.Calendar.from_ical(httpx.get(feed["url"]).content)
    assert {str(e["SUMMARY"]) for e in calendar.walk("VEVENT")} == {"Ask for a break"}
    laptop("feed", "revoke", feed["id"][:6])
    assert b"VEVENT" not in httpx.get(feed["url"]).content
    assert [f["id"] for f in phone("feed", "list")] == [feed["id"]]

    assert server.stop() == 0
    verified = Home(phone.folder)("verify", "--data", str(server.data))
    assert (verified["ok"], verified["journals"], verified["events"]) == (True, 1, standing[0]["head"])


def test_a_device_may_keep_its_journal_apart_or_join_another(server: ServerProcess, phone: Home, laptop: Home) -> None:
    phone("goal", "add", "Mine")
    phone("pair", server.url, server.code())
    shared = phone("journal", "new", "Us two")["id"]
    phone("sync")
    goal = laptop("goal", "add", "Ours")["id"]
    answer = laptop("pair", server.url, server.code(), "--join", shared[:8])
    assert answer["journal"] == shared
    laptop("sync")
    phone("sync")
    assert [g["id"] for g in phone("goal", "list", "--journal", shared)] == [goal]
    tablet = Home(phone.folder.parent / "tablet")
    own = tablet("goal", "add", "Apart")["id"]
    tablet("pair", server.url, server.code(), "--keep")
    tablet("sync")
    assert [g["id"] for g in tablet("goal", "list")] == [own]
    assert len(tablet("journal", "list")) == 3


def test_nothing_leaves_before_pairing_and_everything_is_kept_without_a_server(
    server: ServerProcess, phone: Home
) -> None:
    phone("goal", "add", "Quiet")
    assert "not paired" in phone.fails(3, "sync")
    phone("pair", server.url, server.code())
    server.kill()
    phone("checkin", "--note", "on the train, no signal")
    assert "can't be reached" in phone.fails(6, "sync")
    assert phone("status")["unsent"] == 3
    server.start()
    assert phone("sync")["sent"] == 3


def test_a_code_is_used_up_and_says_so(server: ServerProcess, phone: Home, laptop: Home) -> None:
    code = server.lines[1].split()[-1]
    phone("pair", server.url, code)
    assert "used already" in laptop.fails(4, "pair", server.url, code)
    assert "did not give out" in laptop.fails(4, "pair", server.url, "AAAA-AAAA")


def test_a_paired_device_makes_a_link_for_another(server: ServerProcess, phone: Home, laptop: Home) -> None:
    assert "not paired" in phone.fails(3, "pair", "--show-link")
    assert "URL CODE" in phone.fails(2, "pair")
    phone("goal", "add", "Walk")
    phone("pair", server.url, server.code())
    phone("sync")
    made = phone("pair", "--show-link")
    assert made["link"] == f"{server.url}/connect#{made['code']}"
    laptop("pair", server.url, made["code"])
    laptop("sync")
    assert [goal["title"] for goal in laptop("goal", "list")] == ["Walk"]
    said = phone.text("pair", "--show-link", "--qr")
    assert f"{server.url}/connect#" in said
    assert "within 5 minutes" in said
    assert "▀" in said
    assert "paired already" in phone.fails(2, "pair", server.url, "--show-link")
    assert "made code" in phone.text("access-log")


def test_a_server_put_back_gets_everything_again(server: ServerProcess, phone: Home, laptop: Home) -> None:
    phone("goal", "add", "First")
    phone("pair", server.url, server.code())
    phone("sync")
    laptop("pair", server.url, server.code())
    laptop("sync")
    server.stop()
    backup = {f.name: f.read_bytes() for f in server.data.iterdir() if "sqlite" in f.name}
    server.start()
    laptop("goal", "add", "Second")
    laptop("sync")
    phone("goal", "add", "Third")
    phone("sync")
    server.stop()
    for file in server.data.iterdir():
        file.unlink()
    for name, body in backup.items():
        (server.data / name).write_bytes(body)
    server.start()
    phone("goal", "add", "Fourth")
    report = phone("sync")
    assert report["repaired"] >= 2
    laptop("sync")
    assert {g["title"] for g in laptop("goal", "list")} == {"First", "Second", "Third", "Fourth"}
    phone("sync")
    assert phone("status")["state_hash"] == laptop("status")["state_hash"]


def test_a_device_moves_to_another_server_with_all_it_has(
    server: ServerProcess, phone: Home, laptop: Home, tmp_path: Path
) -> None:
    phone("goal", "add", "Taken along")
    phone("pair", server.url, server.code())
    phone("sync")
    phone("goal", "add", "Not sent yet")
    with serving(tmp_path / "elsewhere") as other:
        phone("pair", other.url, other.code())
        report = phone("sync")
        assert (report["sent"], report["repaired"], report["rejected"]) == (1, 2, 0)
        laptop("pair", other.url, other.code())
        laptop("sync")
        assert {g["title"] for g in laptop("goal", "list")} == {"Taken along", "Not sent yet"}
        assert laptop("status")["state_hash"] == phone("status")["state_hash"]
        assert laptop("verify", "--data", str(other.data))["ok"]


def test_one_process_owns_a_server_folder(server: ServerProcess) -> None:
    words = run(None, "serve", "--data", str(server.data), "--port", "0", expect=7)
    assert "Another process uses" in words
    assert "choose another folder" in words


def test_a_folder_is_the_owners_alone(server: ServerProcess, phone: Home) -> None:
    phone("goal", "add", "Private")
    for folder in (phone.folder, server.data):
        assert stat.S_IMODE(os.stat(folder).st_mode) == 0o700  # noqa: PTH116 - the mode itself is what matters
    assert stat.S_IMODE((server.data / "admin.json").stat().st_mode) == 0o600


def test_beyond_this_machine_it_wants_to_be_told(tmp_path: Path) -> None:
    words = run(None, "serve", "--data", str(tmp_path / "d"), "--host", "0.0.0.0", expect=2)  # noqa: S104
    assert "--behind-proxy" in words


def test_a_busy_port_and_a_garbage_file_are_named(server: ServerProcess, tmp_path: Path) -> None:
    words = run(None, "serve", "--data", str(tmp_path / "other"), "--port", str(server.port), expect=2)
    assert f"port {server.port}" in words
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / "milepost.sqlite3").write_bytes(b"garbage" * 999)
    words = run(None, "serve", "--data", str(tmp_path / "bad"), "--port", "0", expect=7)
    assert "can't be read as a Milepost database" in words
    assert "Traceback" not in words


def test_live_hints_come_at_once_and_end_with_the_server(server: ServerProcess, phone: Home, laptop: Home) -> None:
    for home in (phone, laptop):
        home("pair", server.url, server.code())
    phone("goal", "add", "Seen at once")
    phone("sync")
    import sqlite3

    connection = sqlite3.connect(laptop.folder / "device.sqlite3")
    token = connection.execute("SELECT value FROM settings WHERE name = 'token'").fetchone()[0]
    connection.close()
    journal = phone("journal", "list")[0]["id"]
    with httpx.stream("GET", f"{server.url}/v1/live", headers={"authorization": f"Bearer {token}"}, timeout=20) as live:
        assert live.headers["content-type"].startswith("text/event-stream")
        lines = live.iter_lines()
        assert next(lines) == ": here"
        phone("goal", "add", "Another")
        phone("sync")
        said = [line for line in (next(lines), next(lines), next(lines)) if line]
        assert said == ["event: head", f'data: {{"journal":"{journal}","head":3}}']
        assert server.stop() == 0
