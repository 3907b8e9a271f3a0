"""Looking back and ahead in a real browser with a real server: the timeline, reflections, sessions, and how it was together."""

import uuid
from pathlib import Path

from playwright.sync_api import Browser, expect

from milepost.clock import new_id
from milepost.views.entities import (
    alliances,
)
from tests.processes import ServerProcess
from tests.web.in_browser import WORDS, check_in, go
from tests.web.terminal import beside, day

ID = "04a00000-0000-4000-8000-{:012}"


def test_a_timeline_has_what_was_and_what_comes_and_goes_back_further_when_asked(
    browser: Browser, server: ServerProcess, tmp_path: Path
) -> None:
    with beside(browser, server, tmp_path / "laptop") as (page, terminal):
        (goal,) = terminal.laptop.state(terminal.journal).visible("goal")
        check_in(page, server.url, 4)
        long_ago = [
            {
                "type": "checkin.recorded",
                "fields": {"id": f"02a00000-0000-4000-8000-{n:012}", "subject": goal, "on": day(-400 - n), "value": 3},
            }
            for n in range(3)
        ]
        step = {"id": "03a00000-0000-4000-8000-000000000001", "goal": goal, "title": "Say it once", "due": day(9)}
        terminal.laptop.append(terminal.journal, *long_ago, {"type": "milestone.added", "fields": step})
        terminal.laptop.sync()
        go(page, f"{server.url}/goals")
        page.get_by_role("link", name="Timeline").click()
        expect(page.get_by_role("link", name="Say it once")).to_be_visible()
        expect(page.get_by_role("heading", name="Today, ")).to_be_visible()
        expect(page.get_by_text("something was said")).to_have_count(1)
        page.get_by_role("button", name="Show earlier").click()
        expect(page.get_by_text("something was said")).to_have_count(4)
        expect(page.get_by_role("button", name="Show earlier")).to_have_count(0)
        page.get_by_label("What to show").select_option("Steps")
        expect(page.get_by_text("something was said")).to_have_count(0)
        page.get_by_role("link", name="Say it once").click()
        expect(page.get_by_role("heading", name=WORDS)).to_be_visible()


def test_a_reflection_is_written_put_differently_taken_back_and_there_again(
    browser: Browser, server: ServerProcess, tmp_path: Path
) -> None:
    with beside(browser, server, tmp_path / "laptop") as (page, terminal):
        go(page, f"{server.url}/reflections")
        page.get_by_role("button", name="Keep", exact=True).click()
        expect(page.get_by_text("Nothing is written yet.")).to_be_visible()
        page.get_by_label("What stays with you?").fill("It was **easier** than I thought.")
        page.get_by_text("Something to take along, or what it is about").click()
        page.get_by_label("One thing to take along").fill("Ask early")
        page.get_by_label("What is it about?").select_option(WORDS)
        page.get_by_role("button", name="Keep", exact=True).click()
        expect(page.get_by_text("Taken along: Ask early")).to_be_visible()
        terminal.until(lambda state: state.visible("reflection"))
        (one,) = terminal.reflections()
        assert (one.text, one.takeaway, one.on) == ("It was **easier** than I thought.", "Ask early", day(0))
        assert one.goal in terminal.laptop.state(terminal.journal).visible("goal")
        page.get_by_role("button", name="Change what you wrote").click()
        page.get_by_label("The words").fill("It was hard, and it went.")
        page.reload()
        page.get_by_role("button", name="Change what you wrote").click()
        expect(page.get_by_label("The words")).to_have_value("It was hard, and it went.")
        page.get_by_role("button", name="Keep", exact=True).last.click()
        terminal.until(lambda _: terminal.reflections()[0].text == "It was hard, and it went.")
        assert terminal.types()[-1] == "reflection.revised"
        page.get_by_role("button", name="Take back what you wrote").click()
        expect(page.get_by_text("Nothing is written here yet.")).to_be_visible()
        terminal.until(lambda _: not terminal.reflections())
        page.get_by_role("button", name="Undo").click()
        expect(page.get_by_text("It was hard, and it went.")).to_be_visible()
        terminal.until(lambda _: terminal.reflections())
        assert terminal.reflections()[0].takeaway == "Ask early"


def test_sessions_are_added_moved_called_off_and_held_as_the_terminal_does(
    browser: Browser, server: ServerProcess, tmp_path: Path
) -> None:
    with beside(browser, server, tmp_path / "laptop") as (page, terminal):
        go(page, f"{server.url}/sessions")
        page.get_by_role("link", name="Add a session").click()
        page.get_by_role("button", name="Keep", exact=True).click()
        expect(page.get_by_text("Say the day and the time.")).to_be_visible()
        page.get_by_label("On which day?").fill(day(-7))
        page.get_by_label("At what time?").fill("16:30")
        page.get_by_label("Does it come again?").select_option("Every week")
        page.get_by_label("Where it is").fill("The round house")
        page.get_by_label("How many minutes?").fill("0")
        page.get_by_role("button", name="Keep", exact=True).click()
        expect(page.get_by_text("A whole number from 1 to 1,440 fits here.")).to_be_visible()
        page.get_by_label("How many minutes?").fill("50")
        page.get_by_role("button", name="Keep", exact=True).click()
        page.wait_for_url("**/sessions")
        terminal.until(lambda state: state.visible("series"))
        (one,) = terminal.series()
        assert (one.start["at"], one.recurrence, one.minutes) == (f"{day(-7)}T16:30:00", "FREQ=WEEKLY", 50)
        # What was: it took place, and was written about.
        page.locator("section", has=page.get_by_role("heading", name="Before")).locator("h3 a").last.click()
        page.get_by_role("button", name="It took place").click()
        expect(page.get_by_text("Took place · The round house · 50 minutes")).to_be_visible()
        page.get_by_label("What stayed with you?").fill("That a pause is allowed.")
        page.get_by_role("button", name="Keep", exact=True).last.click()
        terminal.until(lambda state: state.visible("reflection"))
        (held,) = terminal.sessions()
        assert (held.status, held.on, held.series, held.original) == ("held", day(-7), one.id, held.start)
        assert terminal.reflections()[0].session == held.id
        assert terminal.types()[-3:] == ["session.scheduled", "session.status_changed", "reflection.written"]
        # What comes: one is moved, the next called off.
        go(page, f"{server.url}/sessions")
        page.locator("section", has=page.get_by_role("heading", name="After that")).get_by_role("link").first.click()
        page.get_by_text("Move it, or change where it is").click()
        page.get_by_label("At what time?").fill("09:15")
        page.get_by_label("Where it is").fill("")
        page.get_by_role("button", name="Keep", exact=True).first.click()
        expect(page.get_by_role("heading", name="at 09:15")).to_be_visible()
        page.get_by_role("button", name="Call it off").click()
        expect(page.get_by_text("Called off · 50 minutes")).to_be_visible()
        terminal.until(lambda _: any(found.status == "cancelled" for found in terminal.sessions()))
        moved = terminal.sessions()[-1]
        assert (moved.start["at"][10:], moved.place, moved.minutes, moved.on) == ("T09:15:00", None, 50, day(0))
        assert terminal.types()[-3:] == ["session.scheduled", "session.revised", "session.status_changed"]


def test_sessions_that_come_again_are_put_at_another_time_and_ended_as_the_terminal_does(
    browser: Browser, server: ServerProcess, tmp_path: Path
) -> None:
    with beside(browser, server, tmp_path / "laptop") as (page, terminal):
        # Early in the day, so that today's is over whenever this runs.
        start = {"at": f"{day(-7)}T00:01:00", "time_zone": "Europe/London"}
        planned = {"id": new_id(), "start": start, "recurrence": "FREQ=WEEKLY", "minutes": 50}
        terminal.laptop.append(terminal.journal, {"type": "series.planned", "fields": planned})
        terminal.laptop.sync()
        (one,) = terminal.series()
        # From a day on it comes at another time, and less often; what it gave before that stays.
        go(page, f"{server.url}/sessions")
        page.get_by_text("Change when it comes, or where").click()
        series = page.locator("section", has=page.get_by_role("heading", name="What comes again"))
        expect(series.get_by_label("From which day on?")).to_have_value(day(7))
        series.get_by_label("At what time?").fill("18:00")
        series.get_by_label("How often will it be?").select_option("Every two weeks")
        series.get_by_label("How many minutes?").fill("")
        series.get_by_role("button", name="Keep", exact=True).click()
        expect(page.get_by_text("Changed from that day on.")).to_be_visible()
        terminal.until(lambda _: terminal.series()[0].minutes is None)
        (changed,) = terminal.series()
        assert (changed.start["at"], changed.recurrence) == (f"{day(7)}T18:00:00", "FREQ=WEEKLY;INTERVAL=2")
        assert [one.start["at"][:10] for one in terminal.sessions()] == [day(-7), day(0)]
        page.get_by_role("button", name="Undo").click()
        terminal.until(lambda _: terminal.series()[0].recurrence == "FREQ=WEEKLY")
        (changed,) = terminal.series()
        assert (changed.start, changed.minutes) == (one.start, 50)
        # And the series ends, and goes on.
        go(page, f"{server.url}/sessions")
        page.get_by_text("Bring it to an end").click()
        page.get_by_label("The last day on which it may come").fill(day(3))
        page.get_by_role("button", name="End it").click()
        terminal.until(lambda _: terminal.series()[0].ended == day(3))
        page.get_by_role("button", name="Let it go on").click()
        terminal.until(lambda _: terminal.series()[0].ended is None)


def test_how_it_was_together_is_kept_private_and_told_to_nobody(
    browser: Browser, server: ServerProcess, tmp_path: Path
) -> None:
    with beside(browser, server, tmp_path / "laptop") as (page, terminal):
        fields = {
            "id": "01a00000-0000-7000-8000-000000000001",
            "start": {"at": f"{day(-1)}T15:00:00", "time_zone": "UTC"},
        }
        terminal.laptop.append(terminal.journal, {"type": "session.scheduled", "fields": fields})
        terminal.laptop.sync()
        go(page, f"{server.url}/sessions/{fields['id']}")
        page.get_by_text("Say how it was").click()
        expect(page.get_by_text("Only you see this.")).to_be_visible()
        saying = page.locator("form", has=page.get_by_text("Answer what you like"))
        saying.get_by_role("button", name="Keep", exact=True).click()
        expect(page.get_by_text("Nothing is chosen yet. One number is enough.")).to_be_visible()
        page.get_by_role("group", name="How well did you feel understood").get_by_role("radio", name="3").check()
        saying.get_by_role("button", name="Keep", exact=True).click()
        expect(page.get_by_text("Worth raising if you feel able. Nobody was told.")).to_be_visible()
        terminal.until(lambda state: state.visible("alliance"))
        (one,) = terminal.alliances()
        assert (one.bond, one.goals, one.tasks, one.on) == (3, None, None, day(0))
        assert one.session == {"journal": terminal.journal, "kind": "session", "id": fields["id"]}
        page.get_by_role("button", name="Take back what you said").click()
        terminal.until(lambda _: not terminal.alliances())
        page.get_by_role("button", name="Undo").click()
        terminal.until(lambda _: terminal.alliances())
        assert terminal.alliances()[0].bond == 3


def test_an_ending_gathers_what_is_there_and_keeps_what_is_written_as_reflections(
    browser: Browser, server: ServerProcess, tmp_path: Path
) -> None:
    with beside(browser, server, tmp_path / "laptop") as (page, terminal):
        (goal,) = terminal.laptop.state(terminal.journal).visible("goal")
        words = {"text": "It was easier than I thought.", "takeaway": "Ask early"}
        terminal.laptop.append(
            terminal.journal,
            {"type": "goal.revised", "fields": {"id": goal, "title": "Say it at once", "helps": "Writing it down"}},
            {"type": "reflection.written", "fields": {"id": ID.format(1), "on": day(-9), "goal": goal, **words}},
            {
                "type": "reflection.written",
                "fields": {"id": ID.format(2), "on": day(-2), "goal": goal, "text": "Done."},
            },
            {"type": "plan.written", "fields": {"signs": "I count the geese twice."}},
        )
        terminal.laptop.sync()
        go(page, f"{server.url}/ending")
        for gathered in ("Writing it down", "I count the geese twice.", "Ask early", f"First put as: {WORDS}", "Done."):
            expect(page.get_by_text(gathered)).to_be_visible()
        page.get_by_role("button", name="Write: What helped").click()
        page.get_by_label("What helped you, in your own words?").fill("- Saying it *at once*")
        page.get_by_role("button", name="Keep", exact=True).click()
        expect(page.get_by_role("listitem").get_by_text("Saying it")).to_be_visible()
        terminal.until(lambda state: len(state.visible("reflection")) == 3)
        answer = str(uuid.uuid5(uuid.UUID(terminal.journal), "ending helped"))
        written = next(one for one in terminal.reflections() if one.id == answer)
        assert (written.text, written.on) == ("- Saying it *at once*", day(0))
        page.emulate_media(media="print")
        assert page.get_by_role("button").filter(visible=True).count() == 0
        page.emulate_media(media="screen")
        page.get_by_role("button", name="Change: What helped").click()
        page.get_by_label("What helped you, in your own words?").fill("")
        page.get_by_role("button", name="Keep", exact=True).click()
        terminal.until(lambda state: len(state.visible("reflection")) == 2)
        page.get_by_role("button", name="Undo").click()
        terminal.until(lambda state: len(state.visible("reflection")) == 3)
        go(page, f"{server.url}/reflections")
        page.get_by_role("link", name="What helped").click()
        expect(page.get_by_role("heading", name="An ending")).to_be_visible()


def test_in_a_journal_that_others_read_how_it_was_goes_into_the_private_one(
    browser: Browser, server: ServerProcess, tmp_path: Path
) -> None:
    with beside(browser, server, tmp_path / "laptop") as (page, terminal):
        laptop = terminal.laptop
        shared = laptop.device.open_journal("With Dr Ito", time_zone="UTC")
        fields = {"id": ID.format(1), "start": {"at": f"{day(-1)}T15:00:00", "time_zone": "UTC"}}
        laptop.append(shared, {"type": "session.scheduled", "fields": fields})
        laptop.sync()
        go(page, f"{server.url}/connect")
        page.get_by_role("button", name="Bring both sides together now").click()
        go(page, f"{server.url}/journals")
        page.get_by_role("button", name="Open “With Dr Ito”").click()
        expect(page.get_by_role("link", name="With Dr Ito: to share")).to_be_visible()
        go(page, f"{server.url}/sessions/{fields['id']}")
        page.get_by_text("Say how it was").click()
        saying = page.locator("form", has=page.get_by_text("Answer what you like"))
        page.get_by_role("group", name="How well did the way of working").get_by_role("radio", name="2").check()
        saying.get_by_role("button", name="Keep", exact=True).click()
        expect(page.get_by_text("Only you can read this.")).to_be_visible()
        terminal.until(lambda state: state.visible("alliance"))
        assert terminal.alliances()[0].session == {"journal": shared, "kind": "session", "id": fields["id"]}
        page.get_by_role("group", name="How well did the way of working").get_by_role("radio", name="8").check()
        saying.get_by_label("Let everybody in this journal read it").check()
        saying.get_by_role("button", name="Keep", exact=True).click()
        expect(page.get_by_text("All in this journal can read this.")).to_be_visible()
        laptop.sync_until(lambda: bool(laptop.state(shared).visible("alliance")))
        assert [one.tasks for one in alliances(laptop.state(shared))] == [8]
        assert [one.tasks for one in terminal.alliances()] == [2]
