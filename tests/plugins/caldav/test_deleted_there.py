"""What somebody deleted there stays so, whatever the connection may see from then on; of what it kept, no word stays."""

from collections.abc import Callable

import pytest

from milepost.database import Query
from milepost_server.hosting.connections import SQL, connections_of
from tests.plugins.caldav.servers import Radicale
from tests.plugins.caldav.stage import CaldavStage
from tests.server.hosting.conftest import redact

TITLE = "Ask for a break"


def less_is_granted(stage: CaldavStage) -> None:
    stage.change_connection(scopes=["titles", "dates"])


def words_are_neutral(stage: CaldavStage) -> None:
    stage.change_connection(plain=False)


def something_is_redacted(stage: CaldavStage) -> None:
    entity = stage.make("topics", text="planted words")
    redact(stage, "topic", entity)


FORGETS = pytest.mark.parametrize("forgets", [less_is_granted, words_are_neutral, something_is_redacted])


def kept(stage: CaldavStage) -> set[str]:
    ((*_, uid), *_) = [
        row[:3] for row in stage.api.run(stage.services.database.read(connections_of(stage.api.journal)))
    ]
    named = {"journal": stage.api.journal, "uid": uid}
    return {name for name, _ in stage.api.run(stage.services.database.read(Query(SQL["state_of"], named)))}


@FORGETS
def test_what_was_deleted_there_is_not_sent_again_though_all_else_was_forgotten(
    stage: CaldavStage, radicale: Radicale, forgets: Callable[[CaldavStage], None]
) -> None:
    goal = stage.make("goals", title="Say what I need")
    step = stage.make("milestones", goal=goal, title=TITLE)
    stage.make("milestones", goal=goal, title="Sing")
    practice = stage.make("practices", title="Breathe", start="2027-01-15", recurrence="FREQ=DAILY")
    at = {"at": "2027-01-20T09:00:00", "time_zone": "Europe/Vienna"}
    session = stage.make("sessions", start=at)
    stage.to(radicale, scopes=["titles", "dates", "numbers"])
    stage.go()
    radicale.delete(TITLE)
    radicale.delete("Breathe 2027-01-16")
    radicale.delete("Session", "Milepost appointments")
    stage.go()
    stage.revise("sessions", session, minutes=30)
    stage.go()
    left = len(radicale.items())
    forgets(stage)
    stage.go()
    stage.revise("milestones", step, title="Ask for a long break")
    stage.revise("practices", practice, title="Breathe out")
    stage.go()
    assert len(radicale.items()) == left
    assert radicale.items("Milepost appointments") == []
    stage.next_day(3)
    stage.go()
    marks = {name for name in kept(stage) if name.startswith("mark ")}
    assert {f"mark milestone {step}"} == {name for name in marks if "practice" not in name and "session" not in name}
    assert not any("practice" in name for name in marks), "the day is over"
    stage.steer("withdraw", "caldav")
    assert kept(stage) == set()
    stage.steer("resume", "caldav")
    stage.go()
    assert len(radicale.items()) == left + 2, "the step, and a day in the place of the one that is over"


@FORGETS
def test_what_was_done_there_counts_though_all_else_was_forgotten(
    stage: CaldavStage, radicale: Radicale, forgets: Callable[[CaldavStage], None]
) -> None:
    goal = stage.make("goals", title="Say what I need")
    step = stage.make("milestones", goal=goal, title=TITLE)
    stage.to(radicale, scopes=["titles", "dates", "numbers"])
    stage.go()
    path, *_ = radicale.find(TITLE)
    forgets(stage)
    stage.go()
    title = next(str(item["SUMMARY"]) for item in radicale.items() if str(item["UID"]) in path)
    radicale.complete(title)
    stage.next_day()
    stage.go()
    assert stage.status("milestone", step) == "reached"


def test_of_what_was_kept_nothing_but_that_it_was_deleted_outlives_that_less_is_granted(
    stage: CaldavStage, radicale: Radicale
) -> None:
    goal = stage.make("goals", title="Say what I need")
    step = stage.make("milestones", goal=goal, title=TITLE)
    stage.to(radicale, scopes=["titles", "dates", "numbers"])
    stage.go()
    radicale.delete(TITLE)
    stage.go()
    assert len(kept(stage)) > 3
    less_is_granted(stage)
    assert kept(stage) == {f"mark milestone {step}"}


@FORGETS
def test_what_was_put_back_there_is_ours_again_though_all_else_was_forgotten(
    stage: CaldavStage, radicale: Radicale, forgets: Callable[[CaldavStage], None]
) -> None:
    goal = stage.make("goals", title="Say what I need")
    step = stage.make("milestones", goal=goal, title=TITLE)
    stage.to(radicale, scopes=["titles", "dates", "numbers"])
    stage.go()
    path, _, calendar, _ = radicale.find(TITLE)
    radicale.delete(TITLE)
    stage.go()
    forgets(stage)
    stage.go()
    calendar.walk("VTODO")[0]["STATUS"] = "COMPLETED"
    put = radicale.http.put(path, content=calendar.to_ical(), headers={"content-type": "text/calendar"})
    assert put.is_success
    stage.next_day()
    stage.go()
    assert stage.status("milestone", step) == "reached"
    assert f"mark milestone {step}" not in kept(stage)


@FORGETS
def test_what_is_gone_here_is_forgotten_though_it_was_deleted_there_before(
    stage: CaldavStage, radicale: Radicale, forgets: Callable[[CaldavStage], None]
) -> None:
    goal = stage.make("goals", title="Say what I need")
    step = stage.make("milestones", goal=goal, title=TITLE)
    stage.to(radicale, scopes=["titles", "dates", "numbers"])
    stage.go()
    radicale.delete(TITLE)
    stage.go()
    forgets(stage)
    stage.take_back("milestones", step)
    stage.go()
    assert not any(step in name for name in kept(stage))
