"""Goals to begin with, in a real browser: what comes of one is what comes of it at a terminal."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from milepost.clock import new_id
from milepost.journal import State
from milepost.templates import LANGUAGES, built_in, plant
from tests.processes import ServerProcess
from tests.web.building import WEB
from tests.web.in_browser import connect, go, person
from tests.web.laptop import Laptop, beside

EXAMPLE = "sleep-quiet-evening"
KINDS = ("goal", "measure", "milestone", "practice")


@pytest.mark.parametrize("language", ["en", *LANGUAGES])
def test_every_area_has_its_words(language: str) -> None:
    words = json.loads((WEB / "src" / "app" / "words" / "later" / f"{language}.json").read_text())
    for area in built_in(language).areas:
        assert words[f"area.{area.id}"] == area.name


def test_an_example_becomes_the_goal_that_it_becomes_at_a_terminal(
    browser: Browser, server: ServerProcess, tmp_path: Path
) -> None:
    template = built_in().template(EXAMPLE)
    with person(browser) as (_, page):
        go(page, f"{server.url}/goals/new")
        page.get_by_text("Begin from an example").click()
        page.get_by_label("What is it about?").select_option("Sleep")
        page.get_by_role("button", name=f"Begin with this: {template.title}").click()
        title = page.get_by_label("Something I want to be different")
        expect(title).to_have_value(template.title)
        expect(title).to_be_focused()
        expect(page.get_by_text(template.why_prompt)).to_be_attached()
        page.get_by_role("button", name="Keep this goal").click()
        page.wait_for_url("**/goals/*-*")
        for step in template.milestones:
            expect(page.get_by_text(step)).to_be_visible()
        connect(page, server)
        with beside(tmp_path, server) as (laptop, journal):
            state = laptop.state(journal)
            on = state.fields("practice", state.visible("practice")[0])["start"]
            assert told(state) == planted(laptop, on)


def planted(laptop: Laptop, on: str) -> dict[str, Any]:
    """What the terminal makes of it, in a journal of its own."""
    journal = laptop.device.open_journal("Mine")
    _, drafts = plant(
        laptop.state(journal), new_id, built_in().template(EXAMPLE), start=on, milestones=True, practices=True
    )
    laptop.append(journal, *[{"type": one.type, "fields": one.fields} for one in drafts])
    return told(laptop.state(journal))


def told(state: State) -> dict[str, Any]:
    """All that is in it, but for names that are drawn by chance."""
    names = {one: f"{kind} {at}" for kind in KINDS for at, one in enumerate(state.visible(kind))}
    return {
        kind: [
            {name: names.get(value, value) for name, value in state.fields(kind, one).items()}
            for one in state.visible(kind)
        ]
        for kind in KINDS
    }


def test_words_of_ones_own_stay_and_what_is_emptied_is_left_out(browser: Browser, server: ServerProcess) -> None:
    with person(browser) as (_, page):
        go(page, f"{server.url}/goals/new")
        page.get_by_label("Something I want to be different").fill("Quiet, after the geese are in")
        page.get_by_text("Begin from an example").click()
        page.get_by_label("What is it about?").select_option("Sleep")
        page.get_by_role("button", name="Begin with this: Let the evening grow quiet").click()
        expect(page.get_by_label("Something I want to be different")).to_have_value("Quiet, after the geese are in")
        page.get_by_label("What could you do first?").fill("")
        page.get_by_role("textbox", name="Every day").fill("")
        page.get_by_role("button", name="Keep this goal").click()
        page.wait_for_url("**/goals/*-*")
        expect(page.get_by_role("heading", name="Quiet, after the geese are in")).to_be_visible()
        expect(page.get_by_text("Give the phone a place for the night")).to_be_visible()
        expect(page.get_by_text("Choose when the day is over")).to_have_count(0)
        practised = page.locator("section").filter(has=page.get_by_role("heading", name="To practise"))
        expect(practised.get_by_role("listitem")).to_have_count(0)


def test_a_reader_of_german_begins_from_german_words(browser: Browser, server: ServerProcess) -> None:
    template = built_in("de").template(EXAMPLE)
    with person(browser, locale="de-AT") as (_, page):
        go(page, f"{server.url}/goals/new")
        page.get_by_text("Mit einem Beispiel beginnen").click()
        page.get_by_label("Worum geht es?").select_option("Schlaf")
        shown = page.get_by_role("listitem").filter(has=page.get_by_role("button", name="Damit beginnen"))
        ours = built_in("de").of("sleep")
        assert [one.locator(".own").inner_text() for one in shown.all()] == [one.title for one in ours]
        expect(shown.first.locator("small")).to_have_text(ours[0].looks_like or "")
        page.get_by_role("button", name=f"Damit beginnen: {template.title}").click()
        expect(page.get_by_label("Etwas, das anders werden soll")).to_have_value(template.title)
        expect(page.get_by_text(template.why_prompt)).to_be_attached()
        expect(page.get_by_role("textbox", name="Jeden Tag")).to_have_value(template.practices[0].title)
        assert template.measure
        expect(page.get_by_label("Auf welche Frage wirst du antworten?")).to_have_value(template.measure.question)
        page.get_by_role("button", name="Dieses Ziel behalten").click()
        page.wait_for_url("**/goals/*-*")
        expect(page.get_by_role("heading", name=template.title)).to_be_visible()
        for step in template.milestones:
            expect(page.get_by_text(step)).to_be_visible()


@pytest.mark.parametrize(
    ("locale", "begin", "fetched"),
    [("en-GB", "Begin from an example", "templates"), ("de-DE", "Mit einem Beispiel beginnen", "templates_de")],
)
def test_a_page_fetches_the_examples_of_its_language_alone_and_only_when_asked(
    browser: Browser, server: ServerProcess, locale: str, begin: str, fetched: str
) -> None:
    with person(browser, locale=locale) as (_, page):
        go(page, f"{server.url}/goals/new")
        expect(page.get_by_text(begin)).to_be_visible()
        assert examples_fetched(page) == []
        page.get_by_text(begin).click()
        expect(page.get_by_role("option")).to_have_count(len(built_in().areas) + 1)
        assert examples_fetched(page) == [fetched]


def examples_fetched(page: Page) -> list[str]:
    """The files of examples that this page has asked for; what the service worker keeps for later is not among them."""
    asked = page.evaluate("performance.getEntriesByType('resource').map(({ name }) => name)")
    return [found[1] for name in asked if (found := re.search(r"/(templates(?:_[a-z]+)?)-[^/]*\.js$", name))]
