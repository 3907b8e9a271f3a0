"""Opens the gallery in a real browser: every state of every screen, in any size, theme and language."""

import functools
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from tests.web.building import WEB, chromium

_, _, _STATES = (WEB / "src" / "gallery" / "states.ts").read_text().partition("export const STATES")
STATES = re.findall(r'^  "?([a-z-]+)"?: \{', _STATES, re.MULTILINE)
WIDTHS = (360, 1280)
THEMES = ("light", "dark")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'"


class _Quiet(SimpleHTTPRequestHandler):
    def handle(self) -> None:
        with suppress(ConnectionError):  # A page that is closed takes no more of its files.
            super().handle()

    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", POLICY)
        super().end_headers()

    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """The address of a folder's files, for as long as the block runs."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def browsing() -> Iterator[Browser]:
    """A Chromium, for as long as the block runs."""
    path = chromium()
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=path, args=ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


class Gallery:
    """The gallery at an address, in one page of a browser. What the page complains about fails the test."""

    def __init__(self, address: str, browser: Browser) -> None:
        self.address = address
        self._trouble: list[str] = []
        context = browser.new_context(locale="en-GB")
        context.set_default_timeout(10_000)
        context.add_init_script(path=Path(__file__).with_name("looking.js"))
        self._page = context.new_page()
        self._page.on("pageerror", lambda error: self._trouble.append(str(error)))
        self._page.on("console", self._said)

    def _said(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self._trouble.append(message.text)

    @contextmanager
    def open(self, state: str, *, width: int = 360, theme: Any = "light", **asked: str) -> Iterator[Page]:
        """One state of one screen. Motion is off, so that nothing has to be waited for."""
        self._trouble.clear()
        self._page.set_viewport_size({"width": width, "height": 800})
        self._page.emulate_media(color_scheme=theme, reduced_motion="reduce", media="null")
        more = "".join(f"&{name}={value}" for name, value in asked.items())
        self._page.goto(f"{self.address}/gallery.html?state={state}{more}")
        self._page.wait_for_selector("h1")
        yield self._page
        assert self._trouble == []
