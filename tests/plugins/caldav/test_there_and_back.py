"""Goals and steps through a whole server to calendar servers of others, and what is done there, back."""

from datetime import UTC, date, datetime

import pytest

from tests.plugins.caldav.servers import Radicale, Server
from tests.plugins.caldav.stage import CaldavStage

TODAY = "2027-01-15"


@pytest.fixture
def goal(stage: CaldavStage) -> str:
    return stage.make("goals", title="Say what I need")


def test_without_being_asked_it_makes_its_own_collections_and_tells_nothing(
    stage: CaldavStage, goal: str, server: Server
) -> None:
    stage.make("milestones", goal=goal, title="Ask for a break", due="2027-02-01")
    stage.make("practices", title="Breathe", start=TODAY, recurrence="FREQ=WEEKLY")
    stage.make("sessions", start={"at": "2027-01-20T15:00:00", "time_zone": "Europe/Vienna"}, place="Larch Lane 4")
    stage.to(server, plain=False)
    stage.go()
    assert server.titles() == {
        "Goal": "IN-PROCESS",
        "Step 1 of 1": "NEEDS-ACTION",
        "Practice 2027-01-15": "NEEDS-ACTION",
    }
    (session,) = server.items("Milepost appointments")
    assert str(session["SUMMARY"]) == "Appointment"
    assert "LOCATION" not in session
    assert all("DUE" not in item for item in server.items())
    parent = next(item for item in server.items() if item["SUMMARY"] == "Goal")
    step = next(item for item in server.items() if item["SUMMARY"] == "Step 1 of 1")
    assert (step["RELATED-TO"], step["RELATED-TO"].params["RELTYPE"]) == (parent["UID"], "PARENT")


def test_done_there_it_is_reached_here_and_not_after_all_planned_again(
    stage: CaldavStage, goal: str, server: Server
) -> None:
    step = stage.make("milestones", goal=goal, title="Ask for a break")
    stage.to(server)
    stage.go()
    server.complete("Ask for a break")
    stage.go()
    assert (stage.of("milestone", step)["status"], stage.of("milestone", step)["on"]) == ("reached", TODAY)
    assert server.titles()["Say what I need"] == "IN-PROCESS"
    server.reopen("Ask for a break")
    stage.go()
    assert stage.status("milestone", step) == "planned"
    server.complete("Ask for a break")
    stage.go()
    assert stage.status("milestone", step) == "reached"
    stage.go()
    before = server.bodies()
    stage.go()
    assert server.bodies() == before
    assert stage.proposals() == []


def test_reached_here_it_is_done_there(stage: CaldavStage, goal: str, radicale: Radicale) -> None:
    step = stage.make("milestones", goal=goal, title="Ask for a break")
    stage.to(radicale)
    stage.go()
    stage.revise("milestones", step, status="reached")
    stage.go()
    task = next(item for item in radicale.items() if item["SUMMARY"] == "Ask for a break")
    assert (task["STATUS"], task["PERCENT-COMPLETE"], "COMPLETED" in task) == ("COMPLETED", 100, True)
    stage.revise("milestones", step, status="planned")
    stage.go()
    task = next(item for item in radicale.items() if item["SUMMARY"] == "Ask for a break")
    assert (task["STATUS"], "PERCENT-COMPLETE" in task, "COMPLETED" in task) == ("NEEDS-ACTION", False, False)


@pytest.mark.parametrize(
    "said",
    [
        {"STATUS": "COMPLETED"},
        {"PERCENT_COMPLETE": 100},
        {"COMPLETED": datetime(2027, 1, 13, 20, tzinfo=UTC)},
    ],
)
def test_whichever_way_a_program_says_done_it_counts(
    stage: CaldavStage, goal: str, radicale: Radicale, said: dict[str, object]
) -> None:
    step = stage.make("milestones", goal=goal, title="Ask for a break")
    stage.to(radicale)
    stage.go()
    radicale.change("Ask for a break", **said)
    stage.go()
    assert stage.status("milestone", step) == "reached"
    assert stage.of("milestone", step)["on"] == ("2027-01-13" if "COMPLETED" in said else TODAY)


def test_moved_there_a_step_is_due_on_another_day(stage: CaldavStage, goal: str, server: Server) -> None:
    step = stage.make("milestones", goal=goal, title="Ask for a break", due="2027-02-01")
    at = {"at": "2027-02-03T18:30:00", "time_zone": "Europe/Vienna"}
    call = stage.make("milestones", goal=goal, title="Call", due=at)
    stage.to(server, settings={"due": True})
    stage.go()
    server.change("Ask for a break", DUE=date(2027, 2, 10))
    server.change("Call", DUE=datetime(2027, 7, 3, 16, 30, tzinfo=UTC))
    stage.go()
    assert stage.of("milestone", step)["due"] == "2027-02-10"
    assert stage.of("milestone", call)["due"] == {"at": "2027-07-03T18:30:00", "time_zone": "Europe/Vienna"}
    server.change("Ask for a break", DUE=None)
    stage.go()
    assert stage.of("milestone", step)["due"] is None


def test_moved_on_both_sides_it_is_proposed_and_put_right_there(stage: CaldavStage, goal: str, server: Server) -> None:
    step = stage.make("milestones", goal=goal, title="Ask for a break", due="2027-02-01")
    stage.to(server, settings={"due": True})
    stage.go()
    server.change("Ask for a break", DUE=date(2027, 2, 10))
    stage.revise("milestones", step, due="2027-02-20")
    stage.go()
    assert stage.of("milestone", step)["due"] == "2027-02-20"
    assert stage.proposals() == [(step, {"due": "2027-02-10"})]
    stage.go()
    task = next(item for item in server.items() if item["SUMMARY"] == "Ask for a break")
    assert task["DUE"].dt == date(2027, 2, 20)


def test_done_there_while_it_changes_here_both_hold(stage: CaldavStage, goal: str, server: Server) -> None:
    step = stage.make("milestones", goal=goal, title="Ask for a break")
    stage.to(server)
    stage.go()
    server.complete("Ask for a break")
    stage.revise("milestones", step, title="Ask for a long break")
    stage.go()
    assert stage.status("milestone", step) == "reached"
    assert server.titles()["Ask for a long break"] == "COMPLETED"


def test_dropped_here_while_it_was_done_there_a_person_decides(
    stage: CaldavStage, goal: str, radicale: Radicale
) -> None:
    step = stage.make("milestones", goal=goal, title="Ask for a break")
    stage.to(radicale)
    stage.go()
    radicale.complete("Ask for a break")
    stage.revise("milestones", step, status="dropped")
    stage.go()
    assert stage.proposals() == [(step, {"status": "reached", "on": TODAY})]
    stage.go()
    assert "Ask for a break" not in radicale.titles()


def test_deleted_there_a_step_stays_here_and_is_not_sent_again(stage: CaldavStage, goal: str, server: Server) -> None:
    step = stage.make("milestones", goal=goal, title="Ask for a break")
    stage.to(server)
    stage.go()
    server.delete("Ask for a break")
    stage.go()
    assert any("was deleted there" in line for line in stage.log())
    stage.revise("milestones", step, title="Ask for a long break")
    stage.go()
    assert stage.status("milestone", step) == "planned"
    assert server.titles() == {"Say what I need": "IN-PROCESS"}


def test_that_a_goal_is_reached_is_for_the_person_to_say_and_so_is_what_was_done_along_with_it(
    stage: CaldavStage, goal: str, radicale: Radicale
) -> None:
    step = stage.make("milestones", goal=goal, title="Ask for a break")
    stage.to(radicale)
    stage.go()
    radicale.complete("Say what I need")
    radicale.complete("Ask for a break")
    stage.go()
    assert stage.status("goal", goal) == "active"
    assert stage.status("milestone", step) == "planned"
    assert sorted(stage.proposals()) == sorted(
        [(goal, {"status": "achieved", "on": TODAY}), (step, {"status": "reached", "on": TODAY})]
    )
    stage.go()
    assert radicale.titles() == {"Say what I need": "IN-PROCESS", "Ask for a break": "NEEDS-ACTION"}
    before = len(stage.proposals())
    stage.go()
    assert len(stage.proposals()) == before


def test_all_steps_done_a_goal_shows_ninety_nine_and_not_done(
    stage: CaldavStage, goal: str, radicale: Radicale
) -> None:
    step = stage.make("milestones", goal=goal, title="Ask for a break")
    stage.to(radicale)
    stage.revise("milestones", step, status="reached")
    stage.go()
    task = next(item for item in radicale.items() if item["SUMMARY"] == "Say what I need")
    assert (task["STATUS"], task["PERCENT-COMPLETE"]) == ("IN-PROCESS", 99)
    stage.revise("goals", goal, status="achieved")
    stage.go()
    task = next(item for item in radicale.items() if item["SUMMARY"] == "Say what I need")
    assert (task["STATUS"], task["PERCENT-COMPLETE"]) == ("COMPLETED", 100)


def test_a_goal_at_rest_urges_nobody_and_one_let_go_is_gone_with_its_steps(
    stage: CaldavStage, goal: str, radicale: Radicale
) -> None:
    stage.make("milestones", goal=goal, title="Ask for a break", due="2027-02-01")
    stage.to(radicale, settings={"due": True})
    stage.go()

    def due() -> object:
        task = next(item for item in radicale.items() if item["SUMMARY"] == "Ask for a break")
        return task["DUE"].dt if "DUE" in task else None

    assert due() == date(2027, 2, 1)
    stage.revise("goals", goal, status="paused")
    stage.go()
    assert due() is None
    stage.revise("goals", goal, status="let_go")
    stage.go()
    assert radicale.titles() == {}
    stage.revise("goals", goal, status="active")
    stage.go()
    assert due() == date(2027, 2, 1)


def test_what_somebody_added_to_a_task_there_stays(stage: CaldavStage, goal: str, radicale: Radicale) -> None:
    step = stage.make("milestones", goal=goal, title="Ask for a break")
    stage.to(radicale)
    stage.go()
    radicale.change("Ask for a break", DESCRIPTION="bring tea", PRIORITY=1, STATUS="IN-PROCESS")
    stage.revise("milestones", step, title="Ask for a long break")
    stage.go()
    task = next(item for item in radicale.items() if item["SUMMARY"] == "Ask for a long break")
    assert (task["DESCRIPTION"], task["PRIORITY"], task["STATUS"]) == ("bring tea", 1, "IN-PROCESS")
    assert stage.status("milestone", step) == "planned"


def test_a_title_changed_there_comes_in_where_titles_are_the_persons_own_and_never_where_they_are_neutral(
    stage: CaldavStage, goal: str, radicale: Radicale
) -> None:
    step = stage.make("milestones", goal=goal, title="Ask for a break")
    stage.to(radicale)
    stage.go()
    radicale.change("Ask for a break", SUMMARY="Ask for two breaks")
    stage.go()
    assert stage.of("milestone", step)["title"] == "Ask for two breaks"
    stage.change_connection(plain=False)
    stage.go()
    radicale.change("Step 1 of 1", SUMMARY="Whatever")
    radicale.complete("Whatever")
    stage.go()
    assert (stage.of("milestone", step)["title"], stage.status("milestone", step)) == ("Ask for two breaks", "reached")
    assert stage.proposals() == []


def test_a_title_given_there_is_written_over_where_they_are_neutral(
    stage: CaldavStage, goal: str, radicale: Radicale
) -> None:
    step = stage.make("milestones", goal=goal, title="Ask for a break")
    practice = stage.make("practices", title="Breathe", recurrence="FREQ=DAILY")
    stage.to(radicale, plain=False)
    stage.go()
    neutral = radicale.titles()
    radicale.change("Step 1 of 1", SUMMARY="Tell Robin about it")
    radicale.change("Goal", SUMMARY="What I never say", DESCRIPTION="a note")
    radicale.change(min(title for title in neutral if title.startswith("Practice")), SUMMARY="Sigh")
    stage.go()
    stage.go()
    assert radicale.titles() == neutral
    assert [one["DESCRIPTION"] for one in radicale.items() if "DESCRIPTION" in one] == ["a note"]
    said = [
        stage.of("milestone", step)["title"],
        stage.of("goal", goal)["title"],
        stage.of("practice", practice)["title"],
    ]
    assert said == ["Ask for a break", "Say what I need", "Breathe"]
    before = radicale.bodies()
    stage.go()
    assert radicale.bodies() == before, "and that is the end of it"


def test_what_others_have_there_is_left_alone(stage: CaldavStage, goal: str, radicale: Radicale) -> None:
    stage.make("milestones", goal=goal, title="Ask for a break")
    radicale.add(radicale.make("Mine"), "milk", "Milk", "STATUS:NEEDS-ACTION")
    stage.to(radicale, settings={"tasks": "Mine"})
    stage.go()
    assert sorted(radicale.titles("Mine")) == ["Ask for a break", "Milk", "Say what I need"]
    radicale.change("Milk", "Mine", STATUS="COMPLETED")
    radicale.change("Ask for a break", "Mine", STATUS="COMPLETED")
    stage.go()
    assert len(stage.all("milestone")) == 1
    stage.steer("withdraw", "caldav")
    assert radicale.titles("Mine") == {"Milk": "COMPLETED"}


def test_another_list_is_used_and_what_was_done_in_the_old_one_counts(
    stage: CaldavStage, goal: str, radicale: Radicale
) -> None:
    step = stage.make("milestones", goal=goal, title="Ask for a break")
    radicale.make("Mine")
    stage.to(radicale)
    stage.go()
    radicale.complete("Ask for a break")
    stage.change_connection(settings={"tasks": "/robin/mine/"})
    stage.go()
    assert radicale.titles() == {}
    assert sorted(radicale.titles("Mine")) == ["Ask for a break", "Say what I need"]
    assert stage.status("milestone", step) == "reached"
