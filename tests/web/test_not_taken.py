"""What a server does not take any more, what others call somebody, and what is as before when it is undone."""

import re

from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.processes import ServerProcess
from tests.web.in_browser import OFFLINE, ON_ITS_WAY, WORDS, go, person
from tests.web.sharing import REFUSED, invite, join, owner, somebody

TOPIC = "What the owl said about the lighthouse"


def bring(page: Page, words: str) -> None:
    page.get_by_label("Something to talk about").fill(words)
    page.get_by_role("button", name="Keep", exact=True).last.click()
    expect(page.get_by_role("listitem").filter(has_text=words)).to_be_visible()


def away(context: BrowserContext, page: Page, server: ServerProcess, words: str) -> None:
    """Somebody writes while there is no network."""
    go(page, server.url)
    expect(page.locator(".standing")).not_to_have_text(ON_ITS_WAY)
    context.set_offline(True)
    bring(page, words)
    expect(page.locator(".standing")).to_have_text(re.compile("1 change"))


def test_what_a_server_does_not_take_is_shown_and_let_go_of(browser: Browser, server: ServerProcess) -> None:
    with owner(browser, server) as (_, anna), person(browser, allowed=(*OFFLINE, REFUSED)) as (context, ito):
        join(ito, invite(anna, server), "Dr Ito")
        away(context, ito, server, TOPIC)
        go(anna, f"{server.url}/together")
        anna.get_by_text("Change what Dr Ito may do").click()
        anna.get_by_role("listitem").filter(has_text="Dr Ito").get_by_label("As what?").select_option("reader")
        anna.get_by_role("button", name="Change it").click()
        expect(anna.get_by_text("Reads along, changes nothing · here since")).to_be_visible()
        context.set_offline(False)
        ito.get_by_role("link", name="1 change was not taken by the server").click()
        expect(ito.get_by_text(TOPIC)).to_be_visible()
        expect(ito.get_by_text("Your part in this journal does not let you write that.")).to_be_visible()
        expect(ito.locator(".standing")).not_to_have_text(ON_ITS_WAY)
        ito.get_by_role("button", name="Let it go").click()
        expect(ito.get_by_text("Nothing waits here.")).to_be_visible()
        ito.get_by_role("button", name="Undo").click()
        expect(ito.get_by_text(TOPIC)).to_be_visible()

        go(anna, f"{server.url}/together")
        anna.get_by_text("Change what Dr Ito may do").click()
        anna.get_by_role("listitem").filter(has_text="Dr Ito").get_by_label("As what?").select_option("therapist")
        anna.get_by_role("button", name="Change it").click()
        expect(anna.get_by_text("plans sessions · here since")).to_be_visible()
        ito.reload()
        ito.get_by_role("button", name="Write it again").click()
        expect(ito.get_by_text("Nothing waits here.")).to_be_visible()
        expect(ito.get_by_role("link", name="not taken")).to_have_count(0)
        go(anna, server.url)
        expect(anna.get_by_text(TOPIC)).to_be_visible()


def test_what_was_written_while_somebody_was_removed_stays_with_them(browser: Browser, server: ServerProcess) -> None:
    with owner(browser, server) as (_, anna), person(browser, allowed=(*OFFLINE, REFUSED)) as (context, ito):
        join(ito, invite(anna, server), "Dr Ito")
        away(context, ito, server, TOPIC)
        go(anna, f"{server.url}/together")
        anna.get_by_text("Change what Dr Ito may do").click()
        anna.get_by_role("button", name="End access for Dr Ito").click()
        anna.get_by_role("group", name="End access for Dr Ito").get_by_role("button", name="End access").click()
        expect(anna.get_by_role("heading", name="Dr Ito")).not_to_be_visible()
        context.set_offline(False)
        expect(ito.locator(".standing")).not_to_have_text(re.compile("1 change"))
        go(ito, f"{server.url}/journals")
        expect(ito.get_by_text("1 change of yours stays on this device.")).to_be_visible()
        go(ito, f"{server.url}/goals")
        expect(ito.get_by_role("link", name="The dragon and I: you are not in it any more")).to_be_visible()


def test_somebody_says_what_others_call_them(browser: Browser, server: ServerProcess) -> None:
    with owner(browser, server) as (_, anna), somebody(browser) as ito:
        go(anna, f"{server.url}/together")
        anna.get_by_text("Others see no name of yours yet").wait_for()
        anna.get_by_label("What others should call you").fill("Anna")
        anna.get_by_role("button", name="Keep", exact=True).click()
        expect(anna.get_by_text("Others see you as Anna")).to_be_visible()
        join(ito, invite(anna, server), "Dr Ito")
        expect(ito.get_by_role("heading", name="Anna")).to_be_visible()
        ito.get_by_text("Others see you as Dr Ito").click()
        ito.get_by_label("What others should call you").fill("Dr Ito, Mondays")
        ito.get_by_role("button", name="Keep", exact=True).click()
        expect(ito.get_by_role("heading", name="Dr Ito, Mondays (you)")).to_be_visible()
        go(anna, f"{server.url}/together")
        expect(anna.get_by_role("heading", name="Dr Ito, Mondays")).to_be_visible()


def test_what_was_accepted_by_mistake_is_as_before_when_it_is_undone(browser: Browser, server: ServerProcess) -> None:
    with owner(browser, server) as (_, anna), somebody(browser) as ito:
        join(ito, invite(anna, server), "Dr Ito")
        go(ito, f"{server.url}/goals")
        ito.get_by_text(WORDS).click()
        ito.get_by_role("link", name="Propose other words").click()
        ito.get_by_label("Something I want to be different").fill("Say it kindly")
        ito.get_by_role("button", name="Propose", exact=True).click()
        expect(ito.get_by_text("You propose other words for a goal")).to_be_visible()
        go(ito, f"{server.url}/goals/new")
        ito.get_by_label("Something I want to be different").fill("Feed the cloud fish")
        ito.get_by_role("button", name="Propose", exact=True).click()
        expect(ito.get_by_text("You propose a new goal")).to_be_visible()
        expect(ito.locator(".standing")).not_to_have_text(ON_ITS_WAY)
        go(anna, f"{server.url}/together")
        for what, there, gone in (
            ("Dr Ito proposes other words for a goal", WORDS, "Say it kindly"),
            ("Dr Ito proposes a new goal", WORDS, "Feed the cloud fish"),
        ):
            anna.locator("section", has_text=what).get_by_role("button", name="Accept").click()
            expect(anna.get_by_text("Accepted.")).to_be_visible()
            anna.keyboard.press("Control+z")
            expect(anna.get_by_text("It is as it was before.")).to_be_visible()
            anna.get_by_role("link", name="Goals", exact=True).click()
            expect(anna.get_by_text(there)).to_be_visible()
            expect(anna.get_by_text(gone)).to_have_count(0)
            go(anna, f"{server.url}/together")
        expect(anna.get_by_text("Answered before")).to_be_visible()


def test_words_that_were_kept_by_mistake_are_there_to_be_kept_otherwise(
    browser: Browser, server: ServerProcess
) -> None:
    with person(browser) as (_, page):
        go(page, server.url)
        bring(page, TOPIC)
        box = page.get_by_label("Something to talk about")
        expect(box).to_have_value("")
        page.get_by_role("button", name="Undo").focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("listitem").filter(has_text=TOPIC)).to_have_count(0)
        expect(box).to_have_value(TOPIC)
        assert page.evaluate("document.activeElement !== document.body")


def test_a_code_that_was_used_is_told_in_the_readers_language(browser: Browser, server: ServerProcess) -> None:
    with owner(browser, server) as (_, anna), somebody(browser) as ito:
        link = invite(anna, server)
        join(ito, link, "Dr Ito")
        with person(browser, locale="de-DE", allowed=(REFUSED,)) as (_, late):
            go(late, link)
            expect(late.get_by_text("Dieser Code öffnet hier nichts.")).to_be_visible()
