"""Several people on one server, each with a browser of their own: inviting, joining, proposing, leaving; and whose is whose."""

import re

from playwright.sync_api import Browser, expect

from tests.processes import ServerProcess
from tests.web.in_browser import ON_ITS_WAY, WORDS, add_goal, connect, go, load
from tests.web.sharing import begin, invite, join, owner, somebody


def test_an_invitation_tells_what_it_opens_and_both_see_each_other(browser: Browser, server: ServerProcess) -> None:
    with owner(browser, server) as (_, anna), somebody(browser) as ito:
        go(anna, f"{server.url}/together")
        expect(anna.get_by_text("1 goal", exact=True)).to_be_visible()
        expect(
            anna.get_by_text("Nobody watches this between sessions, and it is not a clinical record.")
        ).to_be_visible()
        expect(anna.get_by_text("Not seen, since it stands in other journals of yours:")).to_be_visible()
        expect(anna.get_by_text("My goals", exact=True)).to_be_visible()
        expect(anna.get_by_text("safety plan")).not_to_be_visible()
        link = invite(anna, server)
        expect(anna.get_by_text("Nobody has used it yet.")).to_be_visible()
        go(ito, link)
        expect(ito.get_by_text("owner invites you to The dragon and I")).to_be_visible()
        expect(ito.get_by_text("A therapist reads everything, plans sessions")).to_be_visible()
        expect(ito.get_by_text("Nobody watches this between sessions")).to_be_visible()
        ito.get_by_role("button", name="Begin an account and join").click()
        expect(ito.get_by_text("Say what the others should call you.")).to_be_visible()
        join(ito, link, "Dr Ito")
        expect(ito.get_by_role("heading", name="Dr Ito (you)")).to_be_visible()
        expect(ito.get_by_role("heading", name="owner")).to_be_visible()
        assert "#" not in ito.url
        go(anna, f"{server.url}/together")
        expect(anna.get_by_role("heading", name="Dr Ito")).to_be_visible()
        expect(anna.get_by_role("link", name="The dragon and I: with Dr Ito")).to_be_visible()
        anna.get_by_text("What Dr Ito sees").click()
        expect(anna.get_by_text("Everybody here reads all of it").first).to_be_visible()
        go(ito, f"{server.url}/goals")
        expect(ito.get_by_text(WORDS)).to_be_visible()
        expect(ito.get_by_role("link", name="Propose a goal")).to_be_visible()
        go(ito, f"{server.url}/safety-plan")
        expect(ito.get_by_text("The long playlist")).not_to_be_visible()
        go(ito, link)
        expect(ito.get_by_text("That code opens nothing here.")).to_be_visible()


def test_what_a_therapist_proposes_is_accepted_countered_and_never_accepted_unseen(
    browser: Browser, server: ServerProcess
) -> None:
    with owner(browser, server) as (_, anna), somebody(browser) as ito:
        join(ito, invite(anna, server), "Dr Ito")
        go(ito, f"{server.url}/goals")
        ito.get_by_text(WORDS).click()
        expect(ito.get_by_role("link", name="Change the words")).not_to_be_visible()
        ito.get_by_label("A first small step").fill("Wave from the gate")
        ito.get_by_role("button", name="Propose", exact=True).click()
        expect(ito.get_by_text("Proposed. The others see it when they look.")).to_be_visible()
        ito.get_by_role("link", name="Propose other words").click()
        ito.get_by_label("Something I want to be different").fill("Say it kindly")
        ito.get_by_label("Why, if you like").fill("small is fine")
        ito.get_by_role("button", name="Propose", exact=True).click()
        expect(ito.get_by_text("You propose other words for a goal")).to_be_visible()
        expect(ito.get_by_role("button", name="Accept")).not_to_be_visible()
        go(ito, f"{server.url}/goals/new")
        ito.get_by_label("Something I want to be different").fill("Feed the cloud fish")
        ito.get_by_role("button", name="Propose", exact=True).click()
        expect(ito.get_by_text("You propose a new goal")).to_be_visible()

        go(anna, server.url)
        anna.get_by_role("link", name="3 changes were proposed to you.").click()
        part = anna.locator("section", has_text="Dr Ito proposes other words for a goal")
        expect(part.get_by_text("small is fine")).to_be_visible()
        part.get_by_text("Say something else").click()
        part.get_by_label("The goal").fill("Say it kindly, and once")
        part.get_by_role("button", name="Propose this instead").click()
        expect(anna.get_by_text("You propose other words for a goal")).to_be_visible()
        step = anna.locator("section", has_text="Dr Ito proposes a new step")
        step.get_by_role("button", name="Accept").click()
        goal = anna.locator("section", has_text="Dr Ito proposes a new goal")
        expect(step).to_have_count(0)
        goal.get_by_role("button", name="Accept").click()
        expect(goal).to_have_count(0)
        expect(anna.get_by_text("Answered before")).to_be_visible()
        go(anna, f"{server.url}/goals")
        expect(anna.get_by_text("Feed the cloud fish")).to_be_visible()
        anna.get_by_text(WORDS).click()
        expect(anna.get_by_text("Wave from the gate")).to_be_visible()
        anna.get_by_role("link", name="Change the words").click()
        anna.get_by_label("Something I want to be different").fill("Say it at once")
        anna.get_by_role("button", name="Keep these words").click()
        expect(anna.get_by_role("heading", name="Say it at once")).to_be_visible()

        go(ito, f"{server.url}/together")
        answer = ito.locator("section", has_text="owner proposes other words for a goal")
        expect(answer.get_by_text("Changed since it was proposed")).to_be_visible()
        expect(answer.get_by_text("Say it at once").first).to_be_visible()
        answer.get_by_text("Say something else").click()
        answer.get_by_label("The goal").fill("Say it once")
        answer.get_by_role("button", name="Propose this instead").click()
        go(anna, f"{server.url}/together")
        expect(anna.get_by_text("in answer to an earlier proposal")).to_be_visible()


def test_what_was_changed_since_shows_both_before_it_is_accepted(browser: Browser, server: ServerProcess) -> None:
    with owner(browser, server) as (train, anna), somebody(browser) as ito:
        join(ito, invite(anna, server), "Dr Ito")
        go(anna, f"{server.url}/goals")
        anna.get_by_text(WORDS).click()
        anna.get_by_role("link", name="Change the words").click()
        anna.get_by_label("Something I want to be different").fill("Changed on the train")
        train.set_offline(True)
        anna.get_by_role("button", name="Keep these words").click()
        expect(anna.get_by_role("heading", name="Changed on the train")).to_be_visible()
        go(ito, f"{server.url}/goals")
        ito.get_by_text(WORDS).click()
        ito.get_by_role("link", name="Propose other words").click()
        ito.get_by_label("Something I want to be different").fill("Proposed meanwhile")
        with ito.expect_response("**/v1/sync"):
            ito.get_by_role("button", name="Propose", exact=True).click()
        train.set_offline(False)
        go(anna, server.url)
        anna.get_by_role("link", name="Something was proposed to you.").click()
        expect(anna.get_by_text("Changed since it was proposed")).to_be_visible()
        expect(anna.get_by_text("Changed on the train").first).to_be_visible()
        anna.get_by_role("button", name="Accept all the same").click()
        expect(anna.get_by_text("Accepted.")).to_be_visible()
        go(anna, f"{server.url}/goals")
        expect(anna.get_by_text("Proposed meanwhile")).to_be_visible()


def test_a_reader_is_offered_nothing_that_would_be_refused(browser: Browser, server: ServerProcess) -> None:
    with owner(browser, server) as (_, anna), somebody(browser) as fable:
        join(fable, invite(anna, server, "Reads along"), "Aunt Fable")
        for address in ("", "/goals", "/sessions", "/together", "/to-settle"):
            go(fable, server.url + address)
            expect(fable.get_by_role("heading", level=1)).to_be_visible()
            main = fable.locator("main")
            assert main.locator("form").filter(has_not=fable.get_by_label("What others should call you")).count() == 0
            kept = ["Leave this journal"] if address == "/together" else []
            assert main.get_by_role("button").all_inner_texts() == kept
        go(fable, f"{server.url}/goals")
        fable.get_by_text(WORDS).click()
        expect(fable.get_by_role("heading", name=WORDS)).to_be_visible()
        assert fable.locator("main").get_by_role("button").count() == 0
        assert fable.locator("main").get_by_role("link", name=re.compile("words", re.IGNORECASE)).count() == 0
        go(fable, f"{server.url}/goals/new")
        expect(fable.get_by_text("Nothing is here")).to_be_visible()
        # What is theirs alone they write, whichever journal is open.
        go(fable, f"{server.url}/safety-plan/write")
        fable.get_by_label("What helps me").fill("Cold water")
        fable.get_by_role("button", name="Keep", exact=True).click()
        expect(fable.get_by_text("The plan is kept.")).to_be_visible()
        go(anna, f"{server.url}/help-now")
        expect(anna.get_by_text("The long playlist")).to_be_visible()
        expect(anna.get_by_text("Cold water")).not_to_be_visible()


def test_a_role_is_changed_and_who_is_removed_or_leaves_is_gone_at_once(
    browser: Browser, server: ServerProcess
) -> None:
    with owner(browser, server) as (_, anna), somebody(browser) as ito, somebody(browser) as fable:
        join(ito, invite(anna, server), "Dr Ito")
        join(fable, invite(anna, server, "Reads along"), "Aunt Fable")
        go(anna, f"{server.url}/together")
        anna.get_by_text("Change what Aunt Fable may do").click()
        anna.get_by_role("listitem").filter(has_text="Aunt Fable").get_by_label("As what?").select_option("therapist")
        anna.get_by_role("button", name="Change it").click()
        expect(
            anna.get_by_role("listitem").filter(has_text="Aunt Fable").get_by_text("Therapist: reads").first
        ).to_be_visible()
        anna.get_by_text("Change what Dr Ito may do").click()
        anna.get_by_role("button", name="End access for Dr Ito").click()
        anna.get_by_role("group", name="End access for Dr Ito").get_by_role("button", name="End access").click()
        expect(anna.get_by_role("heading", name="Dr Ito")).not_to_be_visible()
        go(ito, f"{server.url}/together")
        expect(ito.get_by_text("You are not in it any more.")).to_be_visible()
        go(ito, f"{server.url}/goals")
        expect(ito.get_by_role("link", name="Propose a goal")).not_to_be_visible()
        go(fable, f"{server.url}/together")
        fable.get_by_role("button", name="Leave this journal").click()
        fable.get_by_role("group", name="Leave this journal").get_by_role("button", name="Leave this journal").click()
        expect(fable.get_by_text("You are not in it any more.")).to_be_visible()
        go(anna, f"{server.url}/together")
        expect(anna.get_by_text("Nobody else is in this journal.")).to_be_visible()


def test_another_owner_agrees_and_an_invitation_is_taken_back(browser: Browser, server: ServerProcess) -> None:
    with owner(browser, server) as (_, anna), somebody(browser) as bo, somebody(browser) as ito:
        join(bo, invite(anna, server, "Owner"), "Bo")
        link = invite(anna, server)
        go(ito, link)
        expect(ito.get_by_text("Another owner has to agree first.")).to_be_visible()
        go(bo, f"{server.url}/together")
        bo.get_by_role("button", name="I agree").click()
        expect(bo.get_by_text("Nobody has used it yet.")).to_be_visible()
        go(ito, f"{server.url}/today-nowhere")
        go(ito, link)
        expect(ito.get_by_role("button", name="Begin an account and join")).to_be_visible()
        go(anna, f"{server.url}/together")
        anna.get_by_role("button", name="Take this invitation back").click()
        anna.get_by_role("group", name="Take this invitation back").get_by_role("button", name="Take this").click()
        anna.get_by_text("What became of earlier ones").click()
        expect(anna.get_by_text("taken back", exact=True)).to_be_visible()
        ito.get_by_label("What should the others call you?").fill("Dr Ito")
        ito.get_by_role("button", name="Begin an account and join").click()
        expect(ito.get_by_text("That code opens nothing here.")).to_be_visible()


def test_a_private_journal_is_shared_by_nobodys_mistake(browser: Browser, server: ServerProcess) -> None:
    with somebody(browser) as anna, somebody(browser) as ito:
        add_goal(anna, server.url)
        connect(anna, server)
        go(anna, f"{server.url}/together")
        expect(anna.get_by_text("This is your private journal.")).to_be_visible()
        assert not anna.get_by_role("button", name="Make an invitation").is_visible()
        anna.get_by_role("button", name="Share this one all the same").click()
        anna.get_by_role("button", name="Make an invitation").click()
        link = anna.get_by_role("textbox", name="The address to give on").input_value()
        join(ito, link, "Dr Ito")
        # From now on there is another private one, and what is nobody's business goes there.
        go(anna, f"{server.url}/connect")
        anna.get_by_role("button", name="Bring both sides together now").click()
        go(anna, f"{server.url}/safety-plan/write")
        anna.get_by_label("What helps me").fill("The long playlist")
        anna.get_by_role("button", name="Keep", exact=True).click()
        expect(anna.get_by_text("The plan is kept.")).to_be_visible()
        go(anna, f"{server.url}/journals")
        expect(anna.get_by_text("Yours alone.")).to_be_visible()
        expect(anna.get_by_text("With Dr Ito.")).to_be_visible()
        go(anna, f"{server.url}/together")
        anna.get_by_text("What Dr Ito sees").click()
        expect(anna.get_by_text("1 goal", exact=True).first).to_be_visible()
        expect(anna.get_by_text("1 safety plan")).not_to_be_visible()


def test_what_was_begun_in_one_journal_is_not_found_in_another(browser: Browser, server: ServerProcess) -> None:
    with owner(browser, server) as (_, anna):
        go(anna, server.url)
        anna.get_by_label("Something to talk about").fill("About the dragon")
        anna.get_by_role("link", name="The dragon and I: to share").click()
        anna.get_by_role("button", name="Open “My goals”").click()
        expect(anna.get_by_role("link", name="My goals: yours alone")).to_be_visible()
        expect(anna.get_by_label("Something to talk about")).to_have_value("")
        anna.get_by_label("Something to talk about").fill("For myself")
        anna.get_by_role("button", name="Keep", exact=True).last.click()
        expect(anna.get_by_text("For myself")).to_be_visible()
        go(anna, f"{server.url}/journals")
        anna.get_by_role("button", name="Open “The dragon and I”").click()
        expect(anna.get_by_label("Something to talk about")).to_have_value("About the dragon")
        expect(anna.get_by_text("For myself")).not_to_be_visible()
        anna.reload()
        expect(anna.get_by_role("link", name="The dragon and I: to share")).to_be_visible()


def test_a_therapist_finds_the_journals_of_two_people_in_one_plain_list(
    browser: Browser, server: ServerProcess
) -> None:
    with owner(browser, server) as (_, anna), somebody(browser) as ito:
        join(ito, invite(anna, server), "Dr Ito")
        begin(anna, server, "The marmalade works")
        link = invite(anna, server)
        go(ito, link)
        expect(ito.get_by_text("owner invites you to The marmalade works")).to_be_visible()
        ito.get_by_role("button", name="Join", exact=True).click()
        expect(ito.get_by_text("You are in.")).to_be_visible()
        go(anna, server.url)
        anna.get_by_label("Something to talk about").fill("The owl post")
        with anna.expect_response("**/v1/sync"):
            anna.get_by_role("button", name="Keep", exact=True).last.click()
        go(ito, f"{server.url}/more")
        ito.get_by_role("link", name="People you work with").click()
        cases = ito.locator("main li")
        expect(cases).to_have_count(2)
        works = cases.filter(has_text="The marmalade works")
        expect(works.get_by_text("1 topic waits")).to_be_visible()
        expect(works.get_by_text("No session is planned.")).to_be_visible()
        works.get_by_role("button", name="Open").click()
        expect(ito.get_by_text("The owl post")).to_be_visible()
        expect(ito.get_by_text("from owner")).to_be_visible()


def test_devices_are_named_and_signed_out_and_a_token_is_told_once(browser: Browser, server: ServerProcess) -> None:
    with owner(browser, server) as (_, anna):
        go(anna, f"{server.url}/connect")
        expect(anna.get_by_text(ON_ITS_WAY)).not_to_be_visible()
        anna.get_by_role("link", name="Your devices, and who had access").click()
        expect(anna.get_by_text("this one")).to_be_visible()
        anna.get_by_text("Change Browser").click()
        anna.get_by_label("What it is called").fill("Kitchen browser")
        anna.get_by_role("button", name="Keep", exact=True).click()
        expect(anna.get_by_role("heading", name="Kitchen browser")).to_be_visible()
        anna.get_by_text("A token for a script").click()
        anna.get_by_label("What is the script called?").fill("my chart")
        anna.get_by_role("button", name="Make a token").click()
        assert len(anna.get_by_role("textbox", name="Token").input_value()) > 20
        anna.get_by_role("button", name="I have it").click()
        expect(anna.get_by_role("heading", name="my chart")).to_be_visible()
        expect(anna.get_by_text("It may read all that you can read.")).to_be_visible()
        anna.get_by_text("Who had access, and when").click()
        expect(anna.get_by_text("You: made a token. my chart")).to_be_visible()
        anna.get_by_role("button", name="Sign Kitchen browser out").click()
        expect(anna.get_by_text("This is the browser that you are in.")).to_be_visible()
        anna.get_by_role("group", name="Sign Kitchen browser out").get_by_role("button", name="Sign Kitchen").click()
        expect(anna.get_by_text("Signed out. What was written with it stays.")).to_be_visible()
        go(anna, f"{server.url}/connect")
        expect(anna.get_by_text("This device was signed out on the server.")).to_be_visible()
        go(anna, f"{server.url}/goals")
        expect(anna.get_by_text(WORDS)).to_be_visible()
        anna.clock.install()
        load(anna, f"{server.url}/connect")
        expect(anna.get_by_text("This device was signed out on the server.")).to_be_visible()
        with anna.expect_response("**/v1/live"):
            anna.clock.run_for(10_000)
        asked: list[str] = []
        anna.on("request", lambda request: asked.append(request.url))
        anna.clock.run_for(3_600_000)
        anna.wait_for_timeout(500)
        assert asked == [], "it is for a person to sign in again"
        with anna.expect_response(lambda answer: answer.url.endswith("/v1/live") and answer.ok):
            connect(anna, server)


def test_offline_it_is_said_and_all_that_is_known_is_shown(browser: Browser, server: ServerProcess) -> None:
    with owner(browser, server) as (train, anna), somebody(browser) as ito:
        join(ito, invite(anna, server), "Dr Ito")
        go(anna, f"{server.url}/together")
        expect(anna.get_by_role("heading", name="Dr Ito")).to_be_visible()
        anna.evaluate("navigator.serviceWorker.ready.then(() => true)")
        train.set_offline(True)
        go(anna, f"{server.url}/together")
        expect(anna.get_by_text("The server can’t be reached.")).to_be_visible()
        expect(anna.get_by_role("heading", name="Dr Ito")).to_be_visible()
