"""The web app itself in a real browser, with a real server or with none: what a person does with it, on a train and at home."""

from pathlib import Path
from shutil import copytree

import httpx
from playwright.sync_api import Browser, expect

from milepost.journal import state_hash
from milepost.views.journal import conflicts
from tests.processes import ServerProcess
from tests.web.in_browser import OFFLINE, WORDS, add_goal, check_in, connect, go, load, person, worker_ready
from tests.web.laptop import Laptop, beside
from tests.web.looking import serving as serving_files


def test_it_begins_without_an_account_and_opens_again_without_a_network(
    browser: Browser, server: ServerProcess
) -> None:
    with person(browser, allowed=OFFLINE) as (context, page):
        add_goal(page, server.url)
        check_in(page, server.url, 6)
        worker_ready(page)
        server.kill()
        context.set_offline(True)
        load(page, f"{server.url}/goals")
        expect(page.get_by_text(WORDS)).to_be_visible()
        check_in(page, server.url, 7)
        page.get_by_role("button", name="Undo").click()
        expect(page.get_by_text("Today you said 6.")).to_be_visible()
        load(page, f"{server.url}/help-now")
        expect(page.get_by_label("In which country are you?")).to_be_visible()


def test_a_browser_that_can_not_tell_when_it_is_idle_opens_it_too(browser: Browser, server: ServerProcess) -> None:
    with person(browser) as (context, page):
        context.add_init_script("delete Window.prototype.requestIdleCallback; delete window.requestIdleCallback;")
        load(page, server.url)
        assert page.evaluate("'requestIdleCallback' in window") is False
        expect(page.get_by_role("link", name="Goals")).to_be_visible()


def test_a_browser_that_keeps_no_app_has_it_from_the_server_each_time(browser: Browser, server: ServerProcess) -> None:
    with person(browser, service_workers="block") as (_, page):
        add_goal(page, server.url)
        load(page, f"{server.url}/goals")
        expect(page.get_by_text(WORDS)).to_be_visible()


def test_two_browsers_and_a_terminal_are_on_one_journal_and_what_was_written_twice_is_settled(
    browser: Browser, server: ServerProcess, tmp_path: Path
) -> None:
    with person(browser, allowed=OFFLINE) as (train, phone), person(browser) as (_, desk):
        add_goal(phone, server.url)
        connect(phone, server)
        connect(desk, server)
        go(desk, f"{server.url}/goals")
        expect(desk.get_by_text(WORDS)).to_be_visible()
        with beside(tmp_path, server) as (laptop, journal):
            (goal,) = laptop.state(journal).visible("goal")
            train.set_offline(True)
            go(phone, f"{server.url}/goals/{goal}/revise")
            phone.get_by_label("Something I want to be different").fill("Said on the train")
            phone.get_by_role("button", name="Keep these words").click()
            expect(phone.get_by_role("heading", name="Said on the train")).to_be_visible()
            laptop.append(journal, {"type": "goal.revised", "fields": {"id": goal, "title": "Said at the laptop"}})
            laptop.sync()
            expect(desk.get_by_text("Said at the laptop")).to_be_visible()
            train.set_offline(False)
            expect(phone.get_by_text("One thing was written twice. You can choose.")).to_be_visible()
            go(desk, f"{server.url}/to-settle")
            expect(desk.get_by_text("Said on the train")).to_be_visible()
            desk.get_by_role("button", name="Keep this: Said on the train").click()
            expect(desk.get_by_text("There is nothing to settle.")).to_be_visible()
            expect(phone.get_by_text("One thing was written twice.")).not_to_be_visible()
            expect(phone.get_by_role("heading", name="Said on the train")).to_be_visible()
            laptop.sync()
            assert laptop.state(journal).fields("goal", goal)["title"] == "Said on the train"
            assert _hash_on_server(server, laptop, journal) == state_hash(laptop.state(journal))


def _hash_on_server(server: ServerProcess, laptop: Laptop, journal: str) -> str:
    token = laptop.device.log.setting("token")
    answer = httpx.get(f"{server.url}/v1/journals/{journal}/snapshot", headers={"authorization": f"Bearer {token}"})
    found: str = answer.json()["state_hash"]
    return found


def test_what_was_changed_elsewhere_while_a_form_was_open_is_shown_in_it(
    browser: Browser, server: ServerProcess, tmp_path: Path
) -> None:
    with person(browser) as (_, page):
        add_goal(page, server.url)
        connect(page, server)
        with beside(tmp_path, server) as (laptop, journal):
            (goal,) = laptop.state(journal).visible("goal")
            go(page, f"{server.url}/goals/{goal}/revise")
            laptop.append(journal, {"type": "goal.revised", "fields": {"id": goal, "title": "Told at the laptop"}})
            laptop.sync()
            expect(page.get_by_text("Told at the laptop")).to_be_visible()
            page.get_by_role("button", name="Take these words").click()
            assert page.get_by_label("Something I want to be different").input_value() == "Told at the laptop"


def test_a_check_in_is_about_an_earlier_day_and_a_practice_is_taken_back(
    browser: Browser, server: ServerProcess, tmp_path: Path
) -> None:
    with person(browser) as (_, page):
        add_goal(page, server.url)
        connect(page, server)
        with beside(tmp_path, server) as (laptop, journal):
            (goal,) = laptop.state(journal).visible("goal")
            fields = {"id": "01a00000-0000-4000-8000-000000000001", "title": "One slow breath", "start": "2026-01-01"}
            laptop.append(journal, {"type": "practice.added", "fields": {**fields, "recurrence": "FREQ=DAILY"}})
            laptop.sync()
            go(page, server.url)
            page.get_by_text("Add a few words").click()
            page.locator("input[type=radio][value='4']").check()
            page.get_by_label("About another day").fill("2999-01-01")
            page.get_by_role("button", name="Keep", exact=True).first.click()
            expect(page.get_by_text("That day is still to come.")).to_be_visible()
            page.get_by_label("About another day").fill("2026-01-02")
            page.get_by_role("button", name="Keep", exact=True).first.click()
            laptop.sync_until(lambda: len(laptop.state(journal).visible("checkin")) == 1)
            (checkin,) = laptop.state(journal).visible("checkin")
            said = laptop.state(journal).fields("checkin", checkin)
            assert (said["subject"], said["on"], said["value"]) == (goal, "2026-01-02", 4)
            page.get_by_role("button", name="Done: One slow breath").click()
            page.get_by_role("button", name="Take back: One slow breath").click()
            expect(page.get_by_role("button", name="Done: One slow breath")).to_be_visible()
            laptop.sync_until(lambda: len(laptop.state(journal).entities["checkin"]) == 2)
            laptop.sync_until(lambda: laptop.state(journal).visible("checkin") == [checkin])


def test_what_was_refused_stays_where_it_was_typed(browser: Browser, server: ServerProcess) -> None:
    with person(browser) as (_, page):
        go(page, f"{server.url}/goals/new")
        title = page.get_by_label("Something I want to be different")
        title.fill("a" * 501)
        page.get_by_role("button", name="Keep this goal").click()
        expect(page.get_by_text("That has 501 letters, and 500 fit here.")).to_be_visible()
        assert title.input_value() == "a" * 501
        title.fill("a" * 500)
        page.get_by_role("button", name="Keep this goal").click()
        page.wait_for_url("**/goals/*-*")
        step = page.get_by_label("A first small step")
        step.fill("b" * 501)
        page.get_by_role("button", name="Add", exact=True).click()
        expect(page.get_by_text("That has 501 letters")).to_be_visible()
        assert step.input_value() == "b" * 501


def test_what_was_begun_is_there_after_a_reload_and_gone_once_it_was_kept(
    browser: Browser, server: ServerProcess
) -> None:
    with person(browser) as (_, page):
        go(page, f"{server.url}/safety-plan/write")
        helps = page.get_by_label("What helps me")
        helps.fill("The long playlist")
        page.reload()
        expect(helps).to_have_value("The long playlist")
        page.get_by_role("button", name="Keep", exact=True).click()
        expect(page.get_by_text("The plan is kept.")).to_be_visible()
        helps.wait_for(state="detached")
        page.reload()
        page.get_by_role("link", name="Change the plan").click()
        helps.fill("The short one")
        page.wait_for_timeout(600)
        page.goto("about:blank")  # as when a phone takes the page away
        go(page, f"{server.url}/safety-plan/write")
        expect(helps).to_have_value("The short one")


def test_nothing_is_written_over_that_nobody_was_shown(browser: Browser, server: ServerProcess, tmp_path: Path) -> None:
    with person(browser) as (_, page):
        add_goal(page, server.url)
        connect(page, server)
        with beside(tmp_path, server) as (laptop, journal):
            go(page, f"{server.url}/safety-plan/write")
            page.get_by_label("What helps me").fill("The long playlist")
            laptop.append(journal, {"type": "plan.written", "fields": {"helps": "Feeding the cloud fish"}})
            laptop.sync()
            expect(page.get_by_text("These words were changed somewhere else")).to_be_visible()
            expect(page.get_by_text("Feeding the cloud fish")).to_be_visible()
            page.get_by_role("button", name="Keep", exact=True).click()
            expect(page.get_by_text("The plan is kept.")).to_be_visible()
            laptop.sync_until(lambda: laptop.state(journal).fields("plan", journal)["helps"] == "The long playlist")
            assert not conflicts(laptop.state(journal))


def test_a_session_that_was_is_written_about_and_a_rest_has_no_end(
    browser: Browser, server: ServerProcess, tmp_path: Path
) -> None:
    with person(browser) as (_, page):
        add_goal(page, server.url)
        connect(page, server)
        with beside(tmp_path, server) as (laptop, journal):
            start = {"at": "2026-10-20T15:00:00", "time_zone": "UTC"}
            fields = {"id": "01a00000-0000-7000-8000-000000000001", "start": start}
            laptop.append(journal, {"type": "session.scheduled", "fields": fields})
            laptop.sync()
            go(page, f"{server.url}/sessions")
            page.get_by_text("Write something about it").click()
            page.get_by_label("What stayed with you?").fill("That a pause is allowed.")
            page.get_by_role("group").get_by_role("button", name="Keep", exact=True).click()
            expect(page.get_by_text("Your words are kept.")).to_be_visible()
            go(page, f"{server.url}/settings")
            page.get_by_role("button", name="Begin to rest").click()
            expect(page.get_by_role("button", name="End the rest")).to_be_visible()
            laptop.sync_until(lambda: "resting" in laptop.state(journal).fields("rest", journal))
            (reflection,) = laptop.state(journal).visible("reflection")
            assert laptop.state(journal).fields("reflection", reflection)["text"] == "That a pause is allowed."
            rest = laptop.state(journal).fields("rest", journal)
            assert rest["resting"]
            assert rest.get("until") is None


def test_a_plan_a_status_and_an_order_that_were_written_twice_are_shown_and_settled(
    browser: Browser, server: ServerProcess, tmp_path: Path
) -> None:
    with person(browser, allowed=OFFLINE) as (train, phone):
        add_goal(phone, server.url)
        connect(phone, server)
        with beside(tmp_path, server) as (laptop, journal):
            (goal,) = laptop.state(journal).visible("goal")
            train.set_offline(True)
            go(phone, f"{server.url}/safety-plan/write")
            phone.get_by_label("What helps me").fill("The long playlist")
            phone.get_by_role("button", name="Keep", exact=True).click()
            expect(phone.get_by_text("The plan is kept.")).to_be_visible()
            go(phone, f"{server.url}/goals/{goal}")
            phone.get_by_text("Done, later, or let go").click()
            phone.get_by_role("button", name="Pause it").click()
            expect(phone.get_by_role("button", name="Take it up again")).to_be_visible()
            status = {"id": goal, "status": "later", "on": "2026-11-20"}
            laptop.append(
                journal,
                {"type": "plan.written", "fields": {"helps": "Feeding the cloud fish"}},
                {"type": "goal.status_changed", "fields": status},
                {"type": "goal.ranked", "fields": {"id": goal, "rank": "c"}},
            )
            laptop.sync()
            train.set_offline(False)
            go(phone, server.url)
            phone.get_by_role("link", name="2 things were written twice. You can choose.").click()
            phone.get_by_role("button", name="Keep this: The long playlist").click()
            phone.get_by_role("button", name="Keep this: For later").click()
            expect(phone.get_by_text("There is nothing to settle.")).to_be_visible()
            laptop.sync_until(lambda: laptop.state(journal).fields("plan", journal)["helps"] == "The long playlist")
            laptop.sync_until(lambda: not conflicts(laptop.state(journal)))
            assert laptop.state(journal).fields("goal", goal)["status"] == "later"


def test_what_cannot_be_done_is_said_and_what_was_chosen_is_remembered(browser: Browser, server: ServerProcess) -> None:
    with person(browser, allowed=("status of 403",)) as (_, page):
        go(page, f"{server.url}/connect")
        page.get_by_role("button", name="Connect").click()
        expect(page.get_by_text("Type the pairing code here.")).to_be_visible()
        page.get_by_label("Pairing code").fill("AAAA-AAAA")
        page.get_by_role("button", name="Connect").click()
        expect(page.get_by_text("This code opens nothing.")).to_be_visible()
        page.goto(f"{server.url}/connect#ABCD-EFGH")
        expect(page.get_by_label("Pairing code")).to_have_value("ABCD-EFGH")
        go(page, f"{server.url}/settings")
        page.get_by_label("Until when?").fill("2020-01-01")
        page.get_by_role("button", name="Begin to rest").click()
        expect(page.get_by_text("That day is over.")).to_be_visible()
        go(page, f"{server.url}/help-now")
        page.get_by_label("In which country are you?").select_option("DE")
        expect(page.get_by_role("link", name="116 123")).to_have_attribute("href", "tel:116123")
        expect(page.get_by_role("link", name="0800 111 0 222")).to_be_visible()
        page.reload()
        expect(page.get_by_role("link", name="116 123")).to_be_visible()


def test_a_browser_that_lost_its_storage_gets_everything_again(browser: Browser, server: ServerProcess) -> None:
    with person(browser) as (context, page):
        add_goal(page, server.url)
        connect(page, server)
        with page.expect_response(lambda answer: "checkin.recorded" in (answer.request.post_data or "")):
            check_in(page, server.url, 4)
        page.goto("about:blank")  # what a browser takes back is of a site that is not open
        session = context.new_cdp_session(page)
        session.send("Storage.clearDataForOrigin", {"origin": server.url, "storageTypes": "all"})
        go(page, server.url)
        expect(page.get_by_text("Nothing is planned for today")).to_be_visible()
        connect(page, server)
        go(page, server.url)
        expect(page.get_by_text("Today you said 4.")).to_be_visible()


def test_two_tabs_of_one_browser_are_in_step(browser: Browser, server: ServerProcess) -> None:
    with person(browser) as (context, one):
        add_goal(one, server.url)
        other = context.new_page()
        go(other, server.url)
        check_in(one, server.url, 8)
        expect(other.get_by_text("Today you said 8.")).to_be_visible()


def test_a_newer_version_is_offered_and_taken_when_the_person_says_so(
    browser: Browser, built: Path, tmp_path: Path
) -> None:
    folder = Path(copytree(built, tmp_path / "files"))
    with serving_files(folder) as url, person(browser) as (_, page):
        go(page, url)
        worker_ready(page)
        page.reload()
        index, worker = folder / "index.html", folder / "sw.js"
        index.write_text(index.read_text().replace("<html lang", "<html data-newer lang"))
        worker.write_text(worker.read_text() + "// newer\n")
        page.evaluate("navigator.serviceWorker.getRegistration().then((found) => found.update())")
        expect(page.get_by_text("There is a newer Milepost.")).to_be_visible()
        assert page.locator("html[data-newer]").count() == 0
        with page.expect_navigation():
            page.get_by_role("button", name="Use it now").click()
        page.wait_for_selector("h1")


def test_it_can_be_installed(browser: Browser, server: ServerProcess) -> None:
    with person(browser) as (context, page):
        go(page, server.url)
        worker_ready(page)
        session = context.new_cdp_session(page)
        manifest = session.send("Page.getAppManifest")
        assert manifest["errors"] == []
        assert manifest["url"] == f"{server.url}/manifest.webmanifest"
        errors = session.send("Page.getInstallabilityErrors")["installabilityErrors"]
        assert [one for one in errors if one["errorId"] != "in-incognito"] == []


def test_people_with_german_browsers_read_german(browser: Browser, server: ServerProcess) -> None:
    with person(browser, locale="de-DE") as (_, page):
        go(page, f"{server.url}/goals/new")
        expect(page.get_by_role("heading", level=1)).to_have_text("Ein neues Ziel")
        assert page.locator("html").get_attribute("lang") == "de-DE"
