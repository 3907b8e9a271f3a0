"""People who share a journal, each with a browser of their own: inviting and joining as they do it."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.processes import ServerProcess
from tests.web.in_browser import OFFLINE, add_goal, connect, go, person

REFUSED = "status of 40"
"""What a browser says of an answer that refuses something."""


@contextmanager
def owner(browser: Browser, server: ServerProcess) -> Iterator[tuple[BrowserContext, Page]]:
    """Somebody with a private journal, and one to share that is open, with a goal in it."""
    with person(browser, allowed=(*OFFLINE, REFUSED)) as (context, page):
        go(page, f"{server.url}/safety-plan/write")
        page.get_by_label("What helps me").fill("The long playlist")
        page.get_by_role("button", name="Keep", exact=True).click()
        expect(page.get_by_text("The plan is kept.")).to_be_visible()
        connect(page, server)
        begin(page, server, "The dragon and I")
        add_goal(page, server.url)
        yield context, page


@contextmanager
def somebody(browser: Browser) -> Iterator[Page]:
    with person(browser, allowed=(*OFFLINE, REFUSED)) as (_, page):
        yield page


def begin(page: Page, server: ServerProcess, title: str) -> None:
    go(page, f"{server.url}/journals")
    page.get_by_label("What should it be called?").fill(title)
    page.get_by_role("button", name="Begin it").click()
    expect(page.get_by_role("heading", name="Together")).to_be_visible()


def invite(page: Page, server: ServerProcess, role: str = "Therapist") -> str:
    """Makes an invitation; returns the address to give on."""
    go(page, f"{server.url}/together")
    expect(page.get_by_text("Invite somebody")).to_be_visible()
    if not page.get_by_role("button", name="Make an invitation").is_visible():
        page.get_by_text("Invite somebody").click()
    page.get_by_role("radio", name=re.compile(role)).check()
    page.get_by_role("button", name="Make an invitation").click()
    link = page.get_by_role("textbox", name="The address to give on").input_value()
    page.get_by_role("button", name="I have it").click()
    return link


def join(page: Page, link: str, name: str) -> None:
    go(page, link)
    page.get_by_label("What should the others call you?").fill(name)
    page.get_by_role("button", name="Begin an account and join").click()
    expect(page.get_by_text("You are in.")).to_be_visible()
