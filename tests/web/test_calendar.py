"""The pages about calendars and connections in a real browser, with a real server, a real plugin and a real service outside."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from icalendar import Calendar
from playwright.sync_api import Browser, Page, expect

from tests.processes import ServerProcess, run
from tests.server.hosting.installed import BROKEN, SHELF, ShelfOutside, install, shelf
from tests.web.in_browser import OFFLINE, ON_ITS_WAY, WORDS, add_goal, connect, go, person

KEY = "a-key-4711"
REFUSED = ("the server responded with a status of 4",)
"""What the browser itself says of an answer that is no good news."""


@pytest.fixture(autouse=True)
def plugins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    installed = install(tmp_path / "plugins", shelf=SHELF, broken=BROKEN)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([installed, *filter(None, [os.environ.get("PYTHONPATH")])]))


@pytest.fixture
def outside() -> Iterator[ShelfOutside]:
    with shelf() as found:
        yield found


def button(page: Page, name: str) -> Any:
    return page.get_by_role("button", name=name, exact=True)


def at_calendar(page: Page, server: ServerProcess) -> None:
    """A browser with a goal that is due, connected to the server."""
    add_goal(page, server.url)
    page.get_by_role("link", name="Change the words").click()
    page.get_by_text("A date", exact=True).click()
    page.get_by_label("When would you like it to be so?").fill("2033-05-30")
    button(page, "Keep these words").click()
    page.wait_for_url("**/goals/*-*")
    connect(page, server)
    expect(page.get_by_text(ON_ITS_WAY)).not_to_be_visible()
    go(page, f"{server.url}/calendar")


def to_shelf(page: Page, server: ServerProcess, outside: ShelfOutside) -> None:
    """A browser whose journal is to be connected to the shelf, in its own words; nothing has left yet."""
    run(None, "plugin", "enable", "shelf", "--data", str(server.data))
    at_calendar(page, server)
    page.get_by_role("link", name="Shelf").click()
    page.get_by_label("Url").fill(outside.url)
    page.get_by_label("Token").fill(KEY)
    page.get_by_label("In your own words").check()
    button(page, "See what would leave").click()
    page.wait_for_url("**/calendar/shelf")


def address_told(page: Page) -> str:
    expect(page.get_by_role("heading", name="Shown this once")).to_be_visible()
    expect(page.get_by_role("img", name="The same as a code for a phone’s camera")).to_be_visible()
    return page.get_by_role("textbox", name="The secret address").input_value()


def in_feed(address: str) -> list[str]:
    answer = httpx.get(address)
    assert answer.status_code == 200
    return [str(event["SUMMARY"]) for event in Calendar.from_ical(answer.text).walk("VEVENT")]


def test_a_feed_is_made_changed_given_another_address_and_ended(browser: Browser, server: ServerProcess) -> None:
    with person(browser) as (context, page):
        context.grant_permissions(["clipboard-read", "clipboard-write"], origin=server.url)
        at_calendar(page, server)
        page.get_by_label("What do you call it?").fill("Kitchen wall")
        page.get_by_label("What you practise").uncheck()
        button(page, "Make the address").click()
        address = address_told(page)
        assert in_feed(address) == ["Goal"]
        page.get_by_role("button", name="Copy: The secret address").click()
        expect(button(page, "Copied")).to_be_visible()
        assert page.evaluate("navigator.clipboard.readText()") == address
        webcal = page.get_by_role("link", name="Subscribe on this device")
        expect(webcal).to_have_attribute("href", address.replace("http:", "webcal:"))
        page.get_by_role("link", name="Goals", exact=True).click()
        page.go_back()
        assert address_told(page) == address
        button(page, "I have it").click()
        expect(page.get_by_text("Shown this once")).not_to_be_visible()
        page.reload()
        expect(page.get_by_role("heading", name="Kitchen wall")).to_be_visible()
        assert address.rpartition("/")[2] not in page.content()

        page.get_by_text("Change what it shows").click()
        form = page.locator("form").filter(has=button(page, "Keep"))
        form.get_by_label("In your own words").check()
        form.get_by_text("More about it").click()
        form.get_by_label("For how many days").fill("many")
        button(page, "Keep").click()
        expect(form.get_by_text("A whole number of days, from 0 to 36,500.")).to_be_visible()
        form.get_by_label("For how many days").fill("30")
        button(page, "Keep").click()
        expect(page.get_by_text("The feed shows that from now on.")).to_be_visible()
        assert in_feed(address) == [WORDS]

        button(page, "Give it another address").click()
        expect(page.get_by_text("shows an empty calendar from now on")).to_be_visible()
        button(page, "Not now").click()
        button(page, "Give it another address").click()
        button(page, "Give it another address").click()
        newer = address_told(page)
        assert newer != address
        assert (in_feed(newer), in_feed(address)) == ([WORDS], [])

        button(page, "End this feed").click()
        button(page, "End this feed").click()
        expect(page.get_by_text("The feed is ended.")).to_be_visible()
        expect(page.get_by_role("heading", name="Kitchen wall")).not_to_be_visible()
        assert in_feed(newer) == []


def test_a_connection_is_set_up_looked_at_and_begun(
    browser: Browser, server: ServerProcess, outside: ShelfOutside
) -> None:
    run(None, "plugin", "enable", "shelf", "--data", str(server.data))
    with person(browser, allowed=REFUSED) as (_, page):
        at_calendar(page, server)
        expect(page.get_by_role("link", name="Calendar of your own server")).to_be_visible()
        page.get_by_text("What does not run on your server").click()
        expect(page.get_by_text("broken: It is not switched on there.")).to_be_visible()
        page.get_by_role("link", name="Shelf").click()
        button(page, "See what would leave").click()
        expect(page.get_by_text("Something is needed here.")).to_have_count(2)
        expect(page.get_by_label("Url")).to_be_focused()
        page.get_by_label("Url").fill(outside.url)
        page.get_by_label("Token").fill(KEY)
        page.get_by_role("textbox", name="Days").fill("0")
        button(page, "See what would leave").click()
        expect(page.get_by_text("It is 1 or more.")).to_be_visible()
        page.get_by_role("textbox", name="Days").fill("7")
        page.get_by_label("In your own words").check()
        page.get_by_text("Give it a name").click()
        page.get_by_label("What do you call the connection?").fill("Küche und Flur")
        button(page, "See what would leave").click()
        page.wait_for_url("**/calendar/kueche-und-flur")
        expect(page.get_by_text(WORDS)).to_be_visible()
        expect(page.get_by_text("Nothing has left.")).to_be_visible()
        assert not outside.things

        button(page, "Let it begin").click()
        expect(page.get_by_text("It works.").or_(page.get_by_text("It begins."))).to_be_visible()
        button(page, "Run now").click()
        expect(page.get_by_text("It ran.")).to_be_visible()
        expect(page.get_by_text("It works.")).to_be_visible()
        assert [view["title"] for view in outside.things.values()] == [WORDS]
        assert outside.tokens == {KEY}
        expect(page.get_by_text("1 thing was sent")).to_be_visible()

        page.get_by_text("Try the settings").click()
        button(page, "Try").click()
        expect(page.get_by_text("It works: The shelf is there.")).to_be_visible()


def test_a_connection_is_paused_changed_taken_back_and_ended(
    browser: Browser, server: ServerProcess, outside: ShelfOutside
) -> None:
    with person(browser) as (_, page):
        to_shelf(page, server, outside)
        button(page, "Let it begin").click()
        button(page, "Run now").click()
        expect(page.get_by_text("It ran.")).to_be_visible()
        button(page, "Pause it").click()
        expect(page.get_by_text("Paused. Nothing leaves and nothing comes in.")).to_be_visible()
        page.get_by_text("Change it", exact=True).click()
        expect(page.get_by_label("Token")).to_have_value("")
        expect(page.get_by_role("textbox", name="Days")).to_have_value("14")
        page.get_by_role("textbox", name="Days").fill("30")
        page.get_by_label("In neutral words").check()
        button(page, "Keep").click()
        expect(page.get_by_text("That is set.")).to_be_visible()
        page.reload()
        page.get_by_text("Change it", exact=True).click()
        expect(page.get_by_role("textbox", name="Days")).to_have_value("30")
        expect(page.get_by_label("In neutral words")).to_be_checked()
        button(page, "Let it go on").click()
        button(page, "Run now").click()
        expect(page.get_by_text("It ran.")).to_be_visible()
        assert [view["title"] for view in outside.things.values()] == ["Goal"]
        assert outside.tokens == {KEY}

        button(page, "Take back what was sent").click()
        button(page, "Take back what was sent").click()
        expect(page.get_by_text("What was sent is taken back.")).to_be_visible()
        assert list(outside.things.values()) in ([], [None])
        button(page, "End this connection").click()
        button(page, "End this connection").click()
        page.wait_for_url("**/calendar")
        expect(page.get_by_role("heading", name="Connect to something")).to_be_visible()
        expect(page.get_by_role("link", name="shelf", exact=True)).not_to_be_visible()


def test_what_the_other_side_would_not_take_waits_to_be_decided_on(
    browser: Browser, server: ServerProcess, outside: ShelfOutside
) -> None:
    outside.rejects = WORDS
    with person(browser) as (_, page):
        to_shelf(page, server, outside)
        button(page, "Let it begin").click()
        button(page, "Run now").click()
        expect(page.get_by_role("heading", name="To decide")).to_be_visible()
        outside.rejects = ""
        button(page, "Send it again").click()
        expect(page.get_by_text("It is sent again.")).to_be_visible()
        button(page, "Run now").click()
        expect(page.get_by_role("heading", name="To decide")).not_to_be_visible()
        assert [view["title"] for view in outside.things.values()] == [WORDS]
        outside.status = 503
        button(page, "Pause it").click()
        expect(page.get_by_text("It is paused.")).to_be_visible()


def test_an_inbox_tells_its_address_once_and_takes_in_what_is_sent_there(
    browser: Browser, server: ServerProcess
) -> None:
    run(None, "plugin", "enable", "shelf", "--data", str(server.data))
    with person(browser) as (_, page):
        at_calendar(page, server)
        page.get_by_role("link", name="Box").click()
        button(page, "Make the address").click()
        address = page.get_by_role("textbox", name="The secret address of this inbox").input_value()
        button(page, "I have it").click()
        button(page, "Let it begin").click()
        expect(page.get_by_role("heading", name="How it goes")).to_be_visible()
        assert httpx.post(address, content=b"4").text == "yes"
        page.reload()
        expect(page.get_by_text("1 thing came in")).to_be_visible()
        assert address.rpartition("/")[2] not in page.content()


def test_what_a_server_refuses_is_said_at_the_setting_and_a_made_up_secret_is_told_once(
    browser: Browser, server: ServerProcess
) -> None:
    with person(browser, allowed=REFUSED) as (_, page):
        at_calendar(page, server)
        page.get_by_role("link", name="Webhook").click()
        url = page.get_by_label("Where is it sent to?")
        url.fill("http://example.org/milepost")
        button(page, "See what would leave").click()
        expect(page.get_by_text("must begin with https:// there")).to_be_visible()
        expect(url).to_have_attribute("aria-invalid", "true")
        url.fill("https://hooks.example.org/milepost")
        button(page, "See what would leave").click()
        expect(page.get_by_role("heading", name="Shown this once")).to_be_visible()
        secret = page.get_by_role("textbox", name="The secret that signs it").first
        assert secret.input_value().startswith("whsec_")
        page.reload()
        expect(page.get_by_role("heading", name="This would leave")).to_be_visible()
        expect(page.get_by_text("Nothing has left.")).to_be_visible()
        assert "whsec_" not in page.content()


def test_without_a_server_or_without_a_network_the_page_says_so(browser: Browser, server: ServerProcess) -> None:
    with person(browser, allowed=OFFLINE) as (context, page):
        go(page, f"{server.url}/calendar")
        expect(page.get_by_text("This browser is not connected to one yet.")).to_be_visible()
        page.get_by_role("link", name="Connect to a server").click()
        connect(page, server)
        go(page, f"{server.url}/calendar")
        expect(page.get_by_text("There is nothing yet that could be shown")).to_be_visible()
        add_goal(page, server.url)
        expect(page.get_by_text(ON_ITS_WAY)).not_to_be_visible()
        page.get_by_role("link", name="More").click()
        page.get_by_role("link", name="Calendar").click()
        expect(page.get_by_role("heading", name="Connections")).to_be_visible()
        context.set_offline(True)
        page.get_by_role("link", name="More").first.click()
        page.get_by_role("link", name="Calendar").click()
        expect(page.get_by_text("This is how it was before.")).to_be_visible()
        expect(page.get_by_role("heading", name="Connections")).to_be_visible()


def test_a_connected_browser_makes_a_link_for_another_device(browser: Browser, server: ServerProcess) -> None:
    with person(browser, allowed=OFFLINE) as (context, phone), person(browser) as (_, desk):
        add_goal(phone, server.url)
        connect(phone, server)
        button(phone, "Make a link").click()
        expect(phone.get_by_role("img", name="The same as a code for a phone’s camera")).to_be_visible()
        link = phone.get_by_role("textbox", name="The link").input_value()
        assert link.startswith(f"{server.url}/connect#")
        expect(phone.get_by_text(link.partition("#")[2])).to_be_visible()
        phone.evaluate("Object.defineProperty(navigator, 'clipboard', {value: undefined})")  # as without https
        phone.get_by_role("button", name="Copy: The link").click()
        expect(button(phone, "Copied")).to_be_visible()
        go(desk, link)
        button(desk, "Connect").click()
        expect(desk.get_by_text("Connected.").first).to_be_visible()
        go(desk, f"{server.url}/goals")
        expect(desk.get_by_text(WORDS)).to_be_visible()
        button(phone, "I have it").click()
        context.set_offline(True)
        button(phone, "Make a link").click()
        expect(phone.get_by_text("That was not done: The server can’t be reached.")).to_be_visible()
