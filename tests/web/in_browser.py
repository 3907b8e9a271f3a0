"""What a person does in a browser of their own, on the web app as it is served: for tests that need more than one screen."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.processes import ServerProcess

PATIENCE_MS = 30_000
WORDS = "Say what I need, even when it is hard"


@contextmanager
def person(
    browser: Browser, *, locale: str = "en-GB", allowed: tuple[str, ...] = (), **options: Any
) -> Iterator[tuple[BrowserContext, Page]]:
    """A browser of somebody's own. What the page complains about fails the test, but for what is `allowed`."""
    context = browser.new_context(locale=locale, viewport={"width": 390, "height": 844}, **options)
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    trouble: list[str] = []
    page.on("pageerror", lambda error: trouble.append(str(error)))
    page.on("console", lambda said: said.type == "error" and trouble.append(said.text))
    try:
        yield context, page
        assert not [one for one in trouble if not any(part in one for part in allowed)]
    finally:
        context.close()


ON_ITS_WAY = re.compile("on (its|their) way")
OFFLINE = ("ERR_INTERNET_DISCONNECTED", "ERR_CONNECTION_REFUSED", "ERR_CONNECTION_RESET", "ERR_EMPTY_RESPONSE")


FOLLOW = """address => {
  const { origin, pathname, hash } = new URL(address);
  if (origin !== location.origin || hash || pathname === location.pathname || !document.querySelector("h1")) return false;
  document.activeElement?.blur();
  const link = Object.assign(document.createElement("a"), { href: pathname });
  document.body.append(link);
  link.click();
  link.remove();
  return true;
}"""


def go(page: Page, address: str) -> None:
    """Comes to an address as who presses a link to it, or loads it where the app is not on the screen, or is there."""
    if page.evaluate(FOLLOW, address):
        page.wait_for_selector(":is(h1, h2, h3):focus")
    else:
        load(page, address)


def load(page: Page, address: str) -> None:
    """Comes to an address as who opens the app anew."""
    page.goto(address)
    page.wait_for_selector("h1")


def add_goal(page: Page, url: str, words: str = WORDS) -> None:
    go(page, f"{url}/goals/new")
    page.get_by_label("Something I want to be different").fill(words)
    page.get_by_text("How you follow it").click()
    page.get_by_label("By a number from 0 to 10").check()
    page.get_by_label("Which question will you answer?").fill("How well did I speak up?")
    page.get_by_role("button", name="Keep this goal").click()
    page.wait_for_url("**/goals/*-*")


def check_in(page: Page, url: str, number: int) -> None:
    go(page, url)
    page.locator(f'input[type=radio][value="{number}"]').first.check()
    page.get_by_role("button", name="Keep", exact=True).first.click()
    expect(page.get_by_text(f"Today you said {number}.")).to_be_visible()


def connect(page: Page, server: ServerProcess) -> None:
    go(page, f"{server.url}/connect#{server.code()}")
    page.get_by_role("button", name="Connect").click()
    expect(page.get_by_role("button", name="Bring both sides together now")).to_be_visible()


def worker_ready(page: Page) -> None:
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
