"""The web app in a real browser: what its first load weighs, and how soon it opens and answers, beside a bare page."""

import contextlib
import gzip
import re
import shutil
import statistics
import tempfile
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, Page

from bench.corpus import corpus
from bench.figures import Figure, Sizes, alternate, less, sooner
from bench.snapshot import filled
from examples.demo.server import pairing_code
from tests.web.building import app, modules, node
from tests.web.looking import browsing, serving

BARE = Path(__file__).with_name("bare_page")
FIRST_LOAD_BYTES, INTERACTIVE_S, PAINT_S, OPEN_S = 60_000, 1.0, 0.05, 0.5
SLOWER = 4
"""How many times slower the processor is made, as a cheap phone's would be."""
SHOWN = """
new MutationObserver((_, watched) => {
  if (!document.querySelector("h1")) return;
  watched.disconnect();
  requestAnimationFrame(() => setTimeout(() => console.debug("shown", performance.now() / 1000)));
}).observe(document, { subtree: true, childList: true });
"""
"""Says when the heading is painted and the page can answer. The page says it itself: a driver that looks for the heading
brings hundreds of kilobytes of its own code, which a slowed processor reads in the middle of what is measured."""
KEPT_S = """
async () => {
  const keep = [...document.querySelectorAll("button")].find((one) => one.textContent === "Keep");
  document.querySelector("input[type=radio][value='6']")?.click();
  const painted = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  await painted();
  const begun = performance.now();
  const said = new Promise((done) => {
    const watched = new MutationObserver(() => {
      if (document.querySelector(".toast p")) done(watched.disconnect());
    });
    watched.observe(document.body, { subtree: true, childList: true });
  });
  keep.click();
  await said;
  await painted();
  return (performance.now() - begun) / 1000;
}
"""


def run(sizes: Sizes) -> list[Figure]:
    """`web-app`."""
    built = app()
    rounds = min(sizes.rounds, 5)
    with tempfile.TemporaryDirectory() as scratch:
        bare, data = Path(scratch) / "bare", Path(scratch) / "server"
        _build_bare(bare)
        # The server first: what drives the browser has an event loop of its own.
        with (
            filled(data, corpus(sizes.journal)) as there,
            browsing() as browser,
            serving(built) as ours,
            serving(bare) as theirs,
        ):
            opened = alternate(sizes.rounds, lambda: _opens(browser, ours), lambda: _opens(browser, theirs))
            painted = [_answers(browser, url, rounds) for url in (ours, theirs)]
            long = _long_journal(browser, there.url, pairing_code(data), rounds)
        return [
            less("web-app-load", "bytes", first_load(built), "target, JavaScript by gzip", FIRST_LOAD_BYTES),
            less("web-app-load", "bytes", first_load(built), "a bare page's", first_load(bare)),
            sooner("web-app-open", opened[0], f"target, at {SLOWER} x CPU", INTERACTIVE_S),
            sooner("web-app-open", opened[0], "a bare page", opened[1]),
            sooner("web-app-check-in", painted[0], "target, painted", PAINT_S),
            sooner("web-app-check-in", painted[0], "a bare page", painted[1]),
            sooner("web-app-long", long, "target, opened from what is kept", OPEN_S),
        ]


def _build_bare(target: Path) -> None:
    """The bare page, built as the app is; it lies in the app's folder for as long as that takes, to find its modules."""
    place = modules().parent / ".bare"
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(BARE, place)
    try:
        vite = modules() / "vite" / "bin" / "vite.js"
        ran = node(vite, "build", place.name, "--outDir", target, "--emptyOutDir", "--config", place / "vite.config.ts")
        if ran.returncode:
            raise RuntimeError(ran.stderr)
    finally:
        shutil.rmtree(place)


def first_scripts(folder: Path) -> list[Path]:
    """The JavaScript that the page asks for at once."""
    page = (folder / "index.html").read_text()
    return [folder / script for script in re.findall(r'(?:src|href)="\.?/(assets/[^"]+\.js)"', page)]


def first_load(folder: Path) -> int:
    """What it weighs by gzip."""
    return sum(len(gzip.compress(script.read_bytes(), 9)) for script in first_scripts(folder))


@contextlib.contextmanager
def _fresh(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 390, "height": 844}, locale="en-GB", service_workers="block")
    try:
        context.add_init_script(SHOWN)
        yield context.new_page()
    finally:
        context.close()


def _shown(page: Page, url: str) -> float:
    """Seconds from the beginning of a navigation until the page's heading is painted."""
    with page.expect_console_message(lambda said: said.text.startswith("shown")) as said:
        page.goto(url, wait_until="commit")
    return float(said.value.text.split()[1])


def _opens(browser: Browser, url: str) -> float:
    with _fresh(browser) as page:
        page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
        return _shown(page, url)


def _answers(browser: Browser, url: str, rounds: int) -> float:
    """Seconds from a press of the button until what it says is painted."""
    taken: list[float] = []
    with _fresh(browser) as page:
        for number in range(rounds):
            _shown(page, url)
            if number == 0 and page.get_by_role("link", name="Goals").count():
                _add_goal(page)
                _shown(page, url)
            taken.append(float(page.evaluate(KEPT_S)))
    return statistics.median(taken)


def _add_goal(page: Page) -> None:
    page.get_by_role("link", name="Goals").click()
    page.get_by_role("link", name="A new goal").first.click()
    page.get_by_label("Something I want to be different").fill("Measured")
    page.get_by_text("How you follow it").click()
    page.get_by_label("By a number from 0 to 10").check()
    page.get_by_label("Which question will you answer?").fill("How much?")
    page.get_by_role("button", name="Keep this goal").click()
    page.wait_for_url("**/goals/*-*")


def _long_journal(browser: Browser, url: str, code: str, rounds: int) -> float:
    """Seconds until the page shows a long journal, of which the browser has all."""
    with _fresh(browser) as page:
        page.goto(f"{url}/connect#{code}")
        page.get_by_role("button", name="Connect").click()
        page.get_by_role("button", name="Bring both sides together now").wait_for(timeout=120_000)
        page.get_by_role("link", name="Goals").click()
        page.locator("main li a").first.wait_for(timeout=120_000)
        return statistics.median(_shown(page, f"{url}/goals") for _ in range(rounds))
