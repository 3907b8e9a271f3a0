"""Steps, practices and check-ins are put right in a real browser, and the terminal beside it sees the same."""

from pathlib import Path

from playwright.sync_api import Browser, expect

from milepost.views.entities import (
    practices,
)
from tests.processes import ServerProcess
from tests.web.in_browser import check_in, go
from tests.web.terminal import beside, day


def test_a_step_gets_other_words_and_a_date_and_is_left_out_as_the_terminal_does(
    browser: Browser, server: ServerProcess, tmp_path: Path
) -> None:
    with beside(browser, server, tmp_path / "laptop") as (page, terminal):
        (goal,) = terminal.laptop.state(terminal.journal).visible("goal")
        go(page, f"{server.url}/goals/{goal}")
        page.get_by_label("A first small step").fill("Say it once")
        page.get_by_role("button", name="Add", exact=True).click()
        page.get_by_role("button", name="Change the steps").click()
        page.locator("summary", has_text="Say it once").click()
        page.get_by_label("The step").fill("Say it  twice")
        page.get_by_label("A date").fill(day(9))
        page.get_by_role("button", name="Keep", exact=True).first.click()
        expect(page.locator("summary", has_text="Say it twice")).to_be_visible()
        terminal.until(lambda _: terminal.of("milestone", "title") == "Say it twice")
        assert (terminal.of("milestone", "due"), terminal.types()[-1]) == (day(9), "milestone.revised")
        page.get_by_role("button", name="Leave it out").click()
        terminal.until(lambda _: terminal.of("milestone", "status") == "dropped")
        page.get_by_role("button", name="Undo").click()
        terminal.until(lambda _: terminal.of("milestone", "status") == "planned")


def test_a_practice_is_added_put_differently_and_paused_as_the_terminal_does(
    browser: Browser, server: ServerProcess, tmp_path: Path
) -> None:
    with beside(browser, server, tmp_path / "laptop") as (page, terminal):
        (goal,) = terminal.laptop.state(terminal.journal).visible("goal")
        go(page, f"{server.url}/goals/{goal}")
        page.get_by_role("button", name="Add or change what to practise").click()
        practice = page.locator("section", has=page.get_by_role("heading", name="To practise"))
        practice.get_by_label("What do you practise?").fill("Ten slow breaths")
        practice.get_by_label("How often?").select_option("On some days of the week")
        practice.get_by_role("button", name="Keep", exact=True).click()
        expect(page.get_by_text("Choose a day, or another rhythm.")).to_be_visible()
        practice.get_by_label("Thursday").check()
        practice.get_by_label("Monday").check()
        practice.get_by_label("How many minutes?").fill("5")
        practice.get_by_role("button", name="Keep", exact=True).click()
        expect(practice.get_by_text("every week on Monday and Thursday · 5 minutes")).to_be_visible()
        terminal.until(lambda state: state.visible("practice"))
        (made,) = practices(terminal.laptop.state(terminal.journal))
        assert (made.recurrence, made.start, made.goal, made.minutes) == ("FREQ=WEEKLY;BYDAY=MO,TH", day(0), goal, 5)
        practice.locator("summary", has_text="Ten slow breaths").click()
        practice.get_by_label("How often?").first.select_option("Every week")
        practice.get_by_role("button", name="Keep", exact=True).first.click()
        practice.get_by_role("button", name="Pause it").click()
        terminal.until(lambda _: terminal.of("practice", "status") == "paused")
        assert terminal.of("practice", "recurrence") == "FREQ=WEEKLY"


def test_what_was_said_is_put_right_taken_back_and_there_again(
    browser: Browser, server: ServerProcess, tmp_path: Path
) -> None:
    with beside(browser, server, tmp_path / "laptop") as (page, terminal):
        (goal,) = terminal.laptop.state(terminal.journal).visible("goal")
        check_in(page, server.url, 4)
        go(page, f"{server.url}/goals/{goal}")
        page.get_by_text("What was said").click()
        page.get_by_role("button", name="Put something right").click()
        said = page.locator("details", has=page.get_by_text("What was said"))
        said.locator("details summary").click()
        said.get_by_role("radio", name="5", exact=True).check()
        said.get_by_label("A few words").fill("Better than I thought")
        said.get_by_role("button", name="Keep", exact=True).click()
        terminal.until(lambda _: terminal.of("checkin", "value") == 5)
        assert terminal.of("checkin", "note") == "Better than I thought"
        assert terminal.of("checkin", "measure") == terminal.of("goal", "measure")
        said.get_by_role("button", name="Take back what was said").click()
        terminal.until(lambda state: not state.visible("checkin"))
        page.get_by_role("button", name="Undo").click()
        terminal.until(lambda state: state.visible("checkin"))
        assert terminal.of("checkin", "value") == 5
