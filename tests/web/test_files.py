"""Copies in a real browser: made there without a network, brought in elsewhere, once, and taken out again."""

import json
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from milepost.plugin_api import ExportContext
from milepost.projection import project
from milepost_json import JsonExporter
from tests.processes import ServerProcess
from tests.web.in_browser import OFFLINE, WORDS, add_goal, check_in, connect, go, person, worker_ready
from tests.web.laptop import beside


def copied(page: Page, url: str) -> bytes:
    go(page, f"{url}/files")
    with page.expect_download() as found:
        page.get_by_role("button", name="Make a copy").click()
    assert found.value.suggested_filename.startswith("milepost-")
    return Path(found.value.path()).read_bytes()


def look(page: Page, url: str, body: bytes, name: str = "milepost-2026-11-26.json") -> None:
    go(page, f"{url}/files")
    if page.get_by_role("button", name="Not now").is_visible():  # what was looked at before is still there
        page.get_by_role("button", name="Not now").click()
    page.get_by_label("A copy of a journal").set_input_files({"name": name, "mimeType": "", "buffer": body})
    page.get_by_role("button", name="Look at it first").click()


def test_a_copy_is_made_without_a_network_and_brought_in_once_elsewhere(
    browser: Browser, server: ServerProcess, tmp_path: Path
) -> None:
    with person(browser, allowed=OFFLINE) as (train, phone), person(browser) as (_, desk):
        go(phone, f"{server.url}/files")
        expect(phone.get_by_text("There is nothing to copy yet")).to_be_visible()
        add_goal(phone, server.url)
        check_in(phone, server.url, 6)
        worker_ready(phone)
        go(phone, f"{server.url}/files")
        train.set_offline(True)
        body = copied(phone, server.url)
        assert [one["title"] for one in json.loads(body)["goals"]] == [WORDS]
        add_goal(desk, server.url, "Row the cloud boat")
        look(desk, server.url, body)
        heading = desk.get_by_role("heading", name="What is in milepost-2026-11-26.json")
        expect(heading).to_be_focused()
        expect(desk.get_by_text("1 check-in", exact=True)).to_be_visible()
        go(desk, f"{server.url}/goals")
        expect(desk.get_by_text(WORDS)).to_have_count(0)
        look(desk, server.url, body)
        desk.get_by_role("button", name="Bring it in").click()
        expect(desk.get_by_text("The copy is brought in.")).to_be_visible()
        look(desk, server.url, body)
        expect(desk.get_by_text("Nothing in it is new here.")).to_be_visible()
        expect(desk.get_by_text("3 entries are here already")).to_be_visible()
        connect(desk, server)
        with beside(tmp_path, server) as (laptop, journal):
            laptop.sync_until(lambda: len(laptop.state(journal).visible("goal")) == 2)
            found = project(laptop.state(journal))
            assert [one.title for one in found.goals] == ["Row the cloud boat", WORDS]
            assert [(one.value, one.source) for one in found.checkins] == [(6, "import json")]
            assert found.goals[1].latest == 6
            look(desk, server.url, body)
            desk.get_by_role("button", name="Take back the 3 entries that came from it").click()
            expect(desk.get_by_text("What came from it is taken back.")).to_be_visible()
            laptop.sync_until(lambda: len(laptop.state(journal).visible("goal")) == 1)
            look(desk, server.url, body)
            desk.get_by_label("3 entries were taken back here.").check()
            desk.get_by_role("button", name="Bring it in").click()
            laptop.sync_until(lambda: len(laptop.state(journal).visible("goal")) == 2)
            desk.get_by_role("button", name="Undo").click()
            laptop.sync_until(lambda: len(laptop.state(journal).visible("goal")) == 1)


def test_a_copy_of_the_terminals_comes_in_and_ones_own_is_the_same(
    browser: Browser, server: ServerProcess, tmp_path: Path
) -> None:
    with person(browser) as (_, page), person(browser) as (_, other):
        add_goal(page, server.url)
        check_in(page, server.url, 4)
        connect(page, server)
        with beside(tmp_path, server) as (laptop, journal):
            laptop.sync_until(lambda: len(laptop.state(journal).visible("checkin")) == 1)
            body = JsonExporter().render(project(laptop.state(journal)), ExportContext(salt="s"))
            assert json.loads(copied(page, server.url)) == json.loads(body)
        look(page, server.url, body)
        expect(page.get_by_text("Nothing in it is new here.")).to_be_visible()
        look(other, server.url, body)
        other.get_by_role("button", name="Bring it in").click()
        expect(other.get_by_text("The copy is brought in.")).to_be_visible()
        go(other, f"{server.url}/goals")
        expect(other.get_by_text(WORDS)).to_be_visible()


def test_what_is_no_copy_is_refused_in_plain_words(browser: Browser, server: ServerProcess, tmp_path: Path) -> None:
    with person(browser) as (_, page):
        for name, body, words in (
            ("walks.csv", b"day,value", "milepost import csv"),
            ("therapy.ics", b"BEGIN:VCALENDAR", "milepost import ics"),
            ("x.json", b"\xff\xfe", "That file is no copy of a Milepost journal."),
            ("x.json", b"[" * 200_000, "That file is no copy of a Milepost journal."),
        ):
            look(page, server.url, body, name)
            expect(page.get_by_text(words)).to_be_visible()
        go(page, f"{server.url}/files")
        page.get_by_role("button", name="Look at it first").click()
        expect(page.get_by_text("Choose a file first.")).to_be_visible()
        (tmp_path / "x.json").write_bytes(b" " * (20 * 1024 * 1024 + 1))
        page.get_by_label("A copy of a journal").set_input_files(tmp_path / "x.json")
        page.get_by_role("button", name="Look at it first").click()
        expect(page.get_by_text("That file is larger than 20 megabytes.")).to_be_visible()
