"""Reminders through a whole server: at their time, once, discreet, and not when it is to be quiet."""

import asyncio
from typing import Any

import pytest

from milepost_server.hosting.reminders import GRACE
from milepost_server.hosting.schedule import Schedule
from milepost_server.hosting.telling import DISCREET, DISCREET_TITLE
from tests.server.conftest import NOW, Api, api, engine  # noqa: F401 - fixtures
from tests.server.hosting.phone import HOUR_MS, MINUTE_MS, PhoneStage
from tests.server.people import member


@pytest.fixture
def stage(api: Api) -> PhoneStage:  # noqa: F811
    return PhoneStage(api)


def test_a_reminder_comes_at_its_time_and_once(stage: PhoneStage) -> None:
    stage.wish("09:00")
    stage.connect("phone")
    stage.look()
    assert stage.phone.told == []
    assert stage.look_when_due() == NOW + HOUR_MS
    assert stage.phone.words == [("Breathe", "")]
    stage.look()
    stage.run("phone")
    assert len(stage.phone.told) == 1
    assert stage.look_when_due() == NOW + 25 * HOUR_MS
    assert len(stage.phone.told) == len({one.key for one in stage.phone.told}) == 2


def test_a_reminder_says_nothing_of_the_persons_unless_it_is_to(stage: PhoneStage) -> None:
    goal = stage.make("goals", title="planted-goal")
    entity = stage.wish("08:30", what="planted-what", about=goal)
    stage.connect("phone", plain=False, id="one")
    stage.connect("phone", plain=True, scopes=["dates"], id="two")
    stage.connect("phone", plain=True, scopes=["titles"], id="three")
    previews = [stage.api.get(f"{stage.path}/connections/{name}/preview").json()[0] for name in ("one", "two", "three")]
    stage.look_when_due()
    words = [(DISCREET_TITLE, DISCREET)] * 2 + [("planted-what", "planted-goal")]
    assert sorted(stage.phone.words) == words
    assert [(one["view"]["title"], one["view"]["body"]) for one in previews] == words
    assert {one["id"] for one in previews} == {entity}
    logs = [[(line["what"], line["words"]) for line in stage.shown(name)["log"]] for name in ("one", "three")]
    assert logs == [[("sent", "reminder: that there is one")], [("sent", "reminder: what")]]


def test_a_reminder_that_can_not_be_sent_is_tried_again_within_its_grace_under_the_same_key(
    stage: PhoneStage,
) -> None:
    stage.wish("08:30")
    stage.connect("phone")
    keys = []

    def away(message: Any) -> None:
        keys.append(message.key)
        raise RuntimeError("away, and planted-secret is told")

    stage.phone.behave = away
    stage.look_when_due()
    shown = stage.shown("phone")["connection"]
    assert (shown["failures"], shown["error"]) == (1, "RuntimeError: away, and … is told.")
    stage.look_when_due()
    assert len(keys) == 2
    stage.phone.behave = lambda _: None
    stage.look_when_due()
    assert {*keys, *(one.key for one in stage.phone.told)} == {keys[0]}
    assert len(stage.phone.told) == 1
    assert stage.shown("phone")["connection"]["failures"] == 0


def test_a_reminder_that_is_too_late_is_not_told_and_the_log_says_so(stage: PhoneStage) -> None:
    stage.wish("08:30")
    stage.connect("phone")

    def away(_: Any) -> None:
        raise RuntimeError("away")

    stage.phone.behave = away
    tries = 0
    while stage.look_when_due() <= NOW + 30 * MINUTE_MS + GRACE.total_seconds() * 1000:
        tries += 1
    assert stage.phone.told == []
    assert 10 < tries < 30
    assert stage.shown("phone")["log"][0]["what"] == "missed"
    stage.phone.behave = lambda _: None
    stage.look_when_due()
    assert [one.title for one in stage.phone.told] == ["Breathe"]


def test_reminders_that_were_missed_while_the_server_was_away_collapse_to_one(stage: PhoneStage) -> None:
    stage.wish("09:00")
    stage.connect("phone")
    stage.look()
    stage.later(5 * 24 * HOUR_MS + HOUR_MS + 30 * MINUTE_MS)
    stage.look()
    assert len(stage.phone.told) == 1
    stage.later(5 * 24 * HOUR_MS + 3 * HOUR_MS)
    stage.look()
    assert len(stage.phone.told) == 1, "three hours late is too late"


def test_a_reminder_waits_for_the_end_of_quiet_hours(stage: PhoneStage) -> None:
    stage.wish("09:00", quiet_from="08:30", quiet_to="10:15")
    stage.connect("phone")
    stage.look_when_due()
    assert stage.phone.told == []
    assert stage.look_when_due() == NOW + 2 * HOUR_MS + 15 * MINUTE_MS
    assert len(stage.phone.told) == 1


def test_nothing_comes_while_a_person_rests(stage: PhoneStage) -> None:
    stage.wish("09:00")
    stage.connect("phone")
    stage.look()
    stage.write("rest.set", {"on": "2027-01-15", "until": None})
    stage.look_when_due()
    stage.write("rest.ended", {"on": "2027-01-15"})
    stage.look()
    assert stage.phone.told == []
    assert stage.look_when_due() == NOW + 25 * HOUR_MS
    assert len(stage.phone.told) == 1


def test_a_reminder_comes_by_the_clock_of_the_journals_time_zone(stage: PhoneStage) -> None:
    stage.wish("10:00")
    stage.connect("phone")
    stage.look()
    stage.write("journal.revised", {"time_zone": "Europe/Vienna"})
    assert stage.look_when_due() == NOW + HOUR_MS
    assert len(stage.phone.told) == 1


def test_a_reminder_that_was_changed_or_removed_no_longer_comes_as_it_was(stage: PhoneStage) -> None:
    changed, removed = stage.wish("09:00"), stage.wish("09:00")
    stage.connect("phone")
    stage.look()
    stage.write("reminder.revised", {"id": changed, "at": "09:30", "what": "Breathe out"})
    stage.write("reminder.removed", {"id": removed})
    assert stage.look_when_due() == NOW + HOUR_MS + 30 * MINUTE_MS
    assert stage.phone.words == [("Breathe out", "")]


def test_a_channel_names_the_connection_that_a_reminder_goes_over(stage: PhoneStage) -> None:
    stage.wish("08:30", what="Everywhere")
    stage.wish("08:30", what="There", channel="there")
    stage.wish("08:30", what="Nowhere", channel="nowhere")
    stage.connect("phone", id="here")
    stage.connect("phone", id="there")
    stage.look_when_due()
    assert sorted(one.title for one in stage.phone.told) == ["Everywhere", "Everywhere", "There"]


def test_one_reminder_that_fails_keeps_no_other_back(stage: PhoneStage) -> None:
    stage.wish("08:30", what="Bad")
    stage.wish("08:30", what="Good")
    stage.connect("phone")

    def behave(message: Any) -> None:
        if message.title == "Bad":
            raise RuntimeError("away")

    stage.phone.behave = behave
    stage.look_when_due()
    stage.look_when_due()
    assert [one.title for one in stage.phone.told] == ["Good"]


def test_a_process_that_is_killed_after_sending_sends_the_same_again_and_then_no_more(stage: PhoneStage) -> None:
    stage.wish("08:30")
    stage.connect("phone")
    stage.later(31 * MINUTE_MS)

    async def killed() -> None:
        turn = asyncio.create_task(stage.services.schedule.turn(stage.api.journal, "phone"))
        loop = asyncio.get_running_loop()

        async def kill() -> None:
            loop.call_soon_threadsafe(turn.cancel)

        stage.phone.behave = lambda _: kill()
        await asyncio.gather(turn, return_exceptions=True)

    stage.api.run(killed())
    stage.phone.behave = lambda _: None
    before = len(stage.phone.told)
    stage.run("phone")
    stage.run("phone")
    assert len(stage.phone.told) == before + 1
    assert len({one.key for one in stage.phone.told}) == 1


def test_what_was_sent_while_the_connection_was_paused_is_not_sent_again(stage: PhoneStage) -> None:
    stage.wish("08:30")
    stage.connect("phone")
    stage.later(31 * MINUTE_MS)
    stage.phone.behave = lambda _: asyncio.to_thread(stage.steer, "pause", "phone")
    stage.look()
    assert len(stage.phone.told) == 1
    stage.phone.behave = lambda _: None
    stage.steer("resume", "phone")
    stage.look()
    assert len(stage.phone.told) == 1


def test_of_several_servers_one_tells(stage: PhoneStage) -> None:
    stage.wish("08:30")
    stage.connect("phone")
    stage.later(31 * MINUTE_MS)
    stage.phone.behave = lambda _: asyncio.sleep(0.2)
    of = stage.services
    another = Schedule(
        of.database, of.journals, of.access, of.hub, of.host, of.schedule.keyring, now_ms=lambda: stage.api.now_ms
    )
    of.schedule.name, another.name = "one", "another"

    async def both() -> None:
        for schedule in (of.schedule, another):
            await schedule._due()
        await asyncio.gather(*of.schedule._running, *another._running)

    stage.api.run(both())
    assert len(stage.phone.told) == 1
    stage.api.run(another._due())
    stage.look()
    assert len(stage.phone.told) == 1


def test_only_owners_are_reminded(stage: PhoneStage) -> None:
    therapist = member(stage.api, stage.person, "therapist")
    asked = therapist.ask("POST", f"{stage.path}/connections", {"to": "phone"})
    assert asked.status_code == 403
    assert "owner of the journal" in asked.json()["detail"]


def test_trying_a_connection_out_sends_a_message(stage: PhoneStage) -> None:
    stage.connect("phone")
    tried = stage.api.post(f"{stage.path}/connections/phone/check", {}).json()
    assert tried == {"ok": True, "words": "A message was sent. Look whether it came."}
    assert stage.phone.words == [("Milepost", "This is how a reminder reaches you.")]


def test_what_was_told_can_not_be_taken_back_and_the_answer_says_so(stage: PhoneStage) -> None:
    stage.connect("phone")
    answer = stage.api.post(f"{stage.path}/connections/phone/withdraw", {})
    assert answer.status_code == 400
    assert "could be taken back" in answer.json()["detail"]


def test_reminders_can_not_be_taken_back_and_go_on_if_somebody_tries(stage: PhoneStage) -> None:
    stage.wish("08:30")
    stage.connect("phone")
    answer = stage.api.client.post(f"{stage.path}/connections/phone/withdraw", headers=stage.api.headers())
    assert answer.status_code == 400
    assert "`milepost connection pause` holds it" in answer.json()["detail"]
    stage.later(31 * MINUTE_MS)
    stage.look()
    assert len(stage.phone.told) == 1
