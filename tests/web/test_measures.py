"""Numbers, amounts and levels in a real browser, and the same journal at a terminal."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, expect

from milepost import commands
from milepost.clock import new_id
from milepost.views.entities import Measure, measures
from tests.processes import ServerProcess
from tests.web.in_browser import add_goal, connect, go, person
from tests.web.laptop import beside


def keep(page: Page, name: str = "Keep these words") -> None:
    page.get_by_role("button", name=name).click()


def follow(page: Page, how: str) -> None:
    summary = page.locator("summary", has_text="How you follow it")
    if summary.locator("..").get_attribute("open") is None:
        summary.click()
    page.get_by_label(how).check()


def test_an_amount_is_asked_for_with_its_unit_and_said_with_it(
    browser: Browser, server: ServerProcess, tmp_path: Path
) -> None:
    with person(browser) as (_, page):
        go(page, f"{server.url}/goals/new")
        page.get_by_label("Something I want to be different").fill("Read before the lamps go out")
        follow(page, "By an amount")
        page.get_by_label("Which question will you answer?").fill("How many pages did I read?")
        page.get_by_label("In what is it counted?").fill("pages")
        page.get_by_label("A number to aim for").fill("ten")
        keep(page, "Keep this goal")
        expect(page.get_by_text("A number is needed here")).to_be_visible()
        assert page.evaluate("document.activeElement.name") == "target"
        page.get_by_label("A number to aim for").fill("10")
        keep(page, "Keep this goal")
        page.wait_for_url("**/goals/*-*")
        connect(page, server)
        go(page, server.url)
        page.get_by_label("How many pages did I read?").fill("12.5")
        page.get_by_role("button", name="Keep", exact=True).first.click()
        expect(page.get_by_text("Today you said 12.5 pages.")).to_be_visible()
        with beside(tmp_path, server) as (laptop, journal):
            laptop.sync_until(lambda: len(laptop.state(journal).visible("checkin")) == 1)
            (found,) = measures(laptop.state(journal))
            assert (found.type, found.unit, found.low, found.high, found.target) == ("amount", "pages", None, None, 10)
            (checkin,) = laptop.state(journal).visible("checkin")
            fields = laptop.state(journal).fields("checkin", checkin)
            assert (fields["value"], fields["measure"]) == (12.5, found.id)


def test_levels_of_a_terminal_are_asked_for_in_words_and_one_without_is_called_by_its_place(
    browser: Browser, server: ServerProcess, tmp_path: Path
) -> None:
    with person(browser) as (_, page):
        add_goal(page, server.url)
        connect(page, server)
        with beside(tmp_path, server) as (laptop, journal):
            (goal,) = laptop.state(journal).visible("goal")
            levels = {"level_minus_2": "I hide", "level_0": "I say it late", "level_plus_2": "I say it"}
            _, drafts = commands.define_measure(
                laptop.state(journal), new_id, goal, "How did I say it?", type="attainment", **levels
            )
            laptop.append(journal, *[{"type": one.type, "fields": one.fields} for one in drafts])
            laptop.sync()
            go(page, f"{server.url}/goals/{goal}")
            asked = page.get_by_role("group", name="How did I say it?")
            expect(asked.get_by_role("radio")).to_have_count(5)
            asked.get_by_label("less than hoped", exact=True).check()
            page.get_by_role("button", name="Keep", exact=True).first.click()
            expect(page.get_by_text("“less than hoped” on")).to_be_visible()
            laptop.sync_until(lambda: len(laptop.state(journal).visible("checkin")) == 1)
            (checkin,) = laptop.state(journal).visible("checkin")
            assert laptop.state(journal).fields("checkin", checkin)["value"] == -1


def test_other_words_begin_a_new_line_and_another_aim_does_not(
    browser: Browser, server: ServerProcess, tmp_path: Path
) -> None:
    with person(browser) as (_, page):
        add_goal(page, server.url)
        connect(page, server)
        with beside(tmp_path, server) as (laptop, journal):
            (goal,) = laptop.state(journal).visible("goal")
            (first,) = measures(laptop.state(journal))
            revise = f"{server.url}/goals/{goal}/revise"

            def told() -> tuple[list[Measure], Any]:
                laptop.sync()
                state = laptop.state(journal)
                return measures(state), state.fields("goal", goal).get("measure")

            go(page, revise)
            page.get_by_label("A number to aim for").fill("11")
            keep(page)
            expect(page.get_by_text("This goes from 0 to 10.")).to_be_visible()
            page.get_by_label("A number to aim for").fill("7")
            keep(page)
            page.wait_for_url(f"**/goals/{goal}")
            laptop.sync_until(lambda: told()[0][0].target == 7)
            assert [one.id for one in told()[0]] == [first.id]
            go(page, revise)
            page.get_by_label("What does 10 mean?").fill("comes easily")
            keep(page)
            page.wait_for_url(f"**/goals/{goal}")
            expect(page.get_by_text("comes easily")).to_be_visible()
            laptop.sync_until(lambda: len(told()[0]) == 2)
            now = next(one for one in told()[0] if one.id == told()[1])
            assert (now.id != first.id, now.low, now.high, now.target) == (True, 0, 10, 7)
            assert (now.question, now.level_plus_2) == (first.question, "comes easily")
            go(page, revise)
            follow(page, "In words alone")
            keep(page)
            expect(page.get_by_label("In your own words")).to_be_visible()
            laptop.sync_until(lambda: told()[1] is None)
            page.get_by_role("button", name="Undo").click()
            laptop.sync_until(lambda: told()[1] == now.id)
