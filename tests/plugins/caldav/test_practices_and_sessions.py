"""The next days of practices as tasks, and what is done of them, back; sessions as appointments, one way."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar

from milepost.events import Draft
from tests.plugins.caldav.servers import Radicale, Server
from tests.plugins.caldav.stage import CaldavStage

FIRST = date(2027, 1, 15)
VIENNA = "Europe/Vienna"


def day(number: int) -> str:
    return f"Breathe {FIRST + timedelta(days=number)}"


@pytest.fixture
def practice(stage: CaldavStage) -> str:
    return stage.make("practices", title="Breathe", start="2027-01-15", recurrence="FREQ=DAILY")


def test_the_next_days_are_there_and_move_on_by_themselves(
    stage: CaldavStage, practice: str, radicale: Radicale
) -> None:
    stage.to(radicale)
    stage.go()
    assert sorted(radicale.titles()) == [day(number) for number in range(7)]
    assert not any({"RRULE", "DUE"} & set(item) for item in radicale.items())
    stage.next_day()
    stage.go()
    assert sorted(radicale.titles()) == [day(number) for number in range(1, 8)]
    stage.revise("practices", practice, status="paused")
    stage.go()
    assert radicale.titles() == {}
    stage.revise("practices", practice, status="active", recurrence="FREQ=DAILY;INTERVAL=2")
    stage.go()
    assert sorted(radicale.titles()) == [day(2), day(4), day(6)]


def test_a_day_that_is_done_is_a_check_in_and_one_that_was_not_after_all_is_none(
    stage: CaldavStage, practice: str, server: Server
) -> None:
    stage.to(server)
    stage.go()
    server.complete(day(0))
    stage.go()
    (made,) = stage.all("checkin")
    assert (made["subject"], made["occurrence"], made["on"]) == (practice, "2027-01-15", "2027-01-15")
    server.reopen(day(0))
    stage.go()
    assert stage.all("checkin") == []
    server.complete(day(0), datetime(2027, 1, 15, 7, 45, tzinfo=UTC))
    stage.go()
    stage.go()
    assert len(stage.all("checkin")) == 1


def test_a_day_that_is_done_before_it_comes_counts_for_the_day_on_which_it_was(
    stage: CaldavStage, practice: str, radicale: Radicale
) -> None:
    stage.to(radicale)
    stage.go()
    radicale.complete(day(3))
    stage.go()
    (made,) = stage.all("checkin")
    assert (made["on"], made.get("occurrence")) == ("2027-01-15", "2027-01-15")


def test_a_day_that_is_done_just_as_it_ends_counts_before_it_goes(
    stage: CaldavStage, practice: str, server: Server
) -> None:
    stage.to(server)
    stage.go()
    server.complete(day(0))
    stage.next_day()
    stage.go()
    (made,) = stage.all("checkin")
    assert made["occurrence"] == "2027-01-15"
    stage.next_day()
    stage.go()
    assert day(0) not in server.titles()
    assert len(stage.all("checkin")) == 1


def test_a_day_that_comes_back_done_after_it_ended_counts_once(
    stage: CaldavStage, practice: str, radicale: Radicale
) -> None:
    stage.to(radicale)
    stage.go()
    path, _, calendar, item = radicale.find(day(0))
    stage.next_day()
    stage.go()
    item["STATUS"] = "COMPLETED"
    item.add("COMPLETED", datetime(2027, 1, 15, 21, tzinfo=UTC))
    headers = {"content-type": "text/calendar"}
    assert radicale.http.put(path, content=calendar.to_ical(), headers=headers).is_success
    stage.go()
    (made,) = stage.all("checkin")
    assert (made["occurrence"], made["on"]) == ("2027-01-15", "2027-01-15")
    stage.next_day()
    stage.go()
    stage.go()
    assert day(0) not in radicale.titles()
    assert len(stage.all("checkin")) == 1


def test_a_day_that_is_deleted_there_is_not_sent_again(stage: CaldavStage, practice: str, radicale: Radicale) -> None:
    stage.to(radicale)
    stage.go()
    radicale.delete(day(1))
    stage.go()
    stage.revise("practices", practice, title="Breathe out")
    stage.go()
    assert len(radicale.titles()) == 6
    assert stage.all("checkin") == []


def test_the_days_are_the_persons_own(stage: CaldavStage, practice: str, radicale: Radicale) -> None:
    stage.api.now_ms = int(datetime(2027, 1, 15, 23, 30, tzinfo=UTC).timestamp() * 1000)
    stage.write(Draft("journal.revised", {"time_zone": VIENNA}))
    stage.to(radicale)
    stage.go()
    assert min(radicale.titles()) == day(1)


def at(text: str, zone: str = VIENNA) -> dict[str, str]:
    return {"at": text, "time_zone": zone}


def test_sessions_are_appointments_and_what_differs_in_a_series_is_in_it(stage: CaldavStage, server: Server) -> None:
    once = stage.make("sessions", start=at("2027-01-20T09:00:00"), minutes=25)
    series = stage.make("series", start=at("2027-03-11T15:00:00"), recurrence="FREQ=WEEKLY", minutes=50, place="Room 2")
    stage.to(server, scopes=["titles", "dates", "free-text", "numbers"])
    stage.go()
    (single,) = [one for one in server.items("Milepost appointments") if "RRULE" not in one]
    assert single["DTSTART"].dt == datetime(2027, 1, 20, 9, tzinfo=ZoneInfo(VIENNA))
    assert server.titles("Milepost") == {}
    made = stage.make(
        "sessions", start=at("2027-03-26T16:00:00"), series=series, original=at("2027-03-25T15:00:00"), minutes=50
    )
    gone = stage.make(
        "sessions", start=at("2027-04-01T15:00:00"), series=series, original=at("2027-04-01T15:00:00"), minutes=50
    )
    stage.revise("sessions", gone, status="cancelled")
    stage.go()
    of_series = [one for one in server.items("Milepost appointments") if one["UID"] != single["UID"]]
    main, other = sorted(of_series, key=lambda one: "RECURRENCE-ID" in one)
    assert main["UID"] == other["UID"]
    assert (other["RECURRENCE-ID"].dt.day, other["DTSTART"].dt.hour) == (25, 16)
    assert [one.dt.day for one in main["EXDATE"].dts] == [1]
    assert str(main["LOCATION"]) == "Room 2"
    texts = server.bodies("Milepost appointments").values()
    assert all("BEGIN:VTIMEZONE" in text and "TZID=Europe/Vienna" in text for text in texts)
    stage.revise("sessions", once, status="cancelled")
    stage.take_back("sessions", made)
    stage.go()
    (main,) = server.items("Milepost appointments")
    stage.revise("series", series, ended="2027-03-20")
    stage.go()
    (main,) = server.items("Milepost appointments")
    assert main["RRULE"]["UNTIL"] == [datetime(2027, 3, 20, 22, 59, 59, tzinfo=UTC)]
    stage.take_back("series", series)
    stage.go()
    assert server.items("Milepost appointments") == []


def test_an_appointment_that_is_changed_there_is_put_right_and_one_that_is_deleted_let_go_of(
    stage: CaldavStage, radicale: Radicale
) -> None:
    session = stage.make("sessions", start=at("2027-01-20T09:00:00"))
    stage.to(radicale)
    stage.go()
    radicale.change("Session", "Milepost appointments", SUMMARY="Mine")
    stage.revise("sessions", session, start=at("2027-01-21T09:00:00"))
    stage.go()
    (event,) = radicale.items("Milepost appointments")
    assert (str(event["SUMMARY"]), event["DTSTART"].dt.day) == ("Session", 21)
    radicale.delete("Session", "Milepost appointments")
    stage.revise("sessions", session, start=at("2027-01-22T09:00:00"))
    stage.go()
    assert radicale.items("Milepost appointments") == []
    assert stage.of("session", session)["start"]["at"] == "2027-01-22T09:00:00"


def test_what_is_withdrawn_is_gone_there(stage: CaldavStage, practice: str, server: Server) -> None:
    stage.make("milestones", goal=stage.make("goals", title="Walk"), title="Round the pond")
    stage.make("sessions", start=at("2027-01-20T09:00:00"))
    stage.to(server)
    stage.go()
    stage.steer("withdraw", "caldav")
    assert (server.items(), server.items("Milepost appointments")) == ([], [])
    stage.steer("resume", "caldav")
    stage.go()
    assert len(server.items()) == 9
    assert all(isinstance(Calendar.from_ical(text), Calendar) for text in server.bodies().values())
