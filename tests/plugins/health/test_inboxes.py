"""The addresses that phones send to let in what they should, once, and answer everything else in words."""

import hashlib
import hmac
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from milepost.plugin_api import InvalidInput, Reply, Request, Secret
from milepost.testing import FakeHost, FakeJournal, InboxConformance
from milepost_health import AutoExportInbox, LifeDashboardInbox, OwnJsonInbox, inboxes
from milepost_health.inboxes import BearerSettings, SignedSettings
from tests.plugins.health.conftest import Mina, golden

SECRET = "planted-secret-4711"
NOW_MS = 1_777_930_000_000  # 4 May 2026, in the evening in UTC
MINA = Mina()


def bearing(body: bytes, secret: str = SECRET) -> Request:
    return Request(body=body, headers={"authorization": f"Bearer {secret}"}, received_ms=NOW_MS)


def signed(body: bytes, secret: str = SECRET) -> Request:
    signature = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return Request(body=body, headers={"x-signature": f"sha256={signature}"}, received_ms=NOW_MS)


class OfMina(InboxConformance):
    def journal(self) -> FakeJournal:
        return MINA.journal


class TestAutoExport(OfMina):
    inbox = AutoExportInbox
    settings = BearerSettings(**MINA.all(), secret=Secret(SECRET))

    def good(self) -> Request:
        return bearing(golden("auto-export-days.json"))


class TestLifeDashboard(OfMina):
    inbox = LifeDashboardInbox
    settings = SignedSettings(**MINA.all(), secret=Secret(SECRET))
    signed = True

    def good(self) -> Request:
        return signed(golden("life-dashboard.json"))


class TestOwnJson(OfMina):
    inbox = OwnJsonInbox
    settings = BearerSettings(**MINA.all(), secret=Secret(SECRET))

    def good(self) -> Request:
        return bearing(b'{"what": "mindful", "on": "2026-05-04", "value": 12}')


class TestOwnJsonSigned(TestOwnJson):
    signed = True

    def good(self) -> Request:
        return signed(b'{"what": "mindful", "on": "2026-05-04", "value": 12}')


class Post:
    """One address into one journal, as the host serves it but for what it knows of messages it saw before."""

    def __init__(self, inbox: Any, mina: Mina, name: str = "phone", **rules: Any) -> None:
        cls = SignedSettings if inbox is LifeDashboardInbox else BearerSettings
        self.inbox, self.mina, self.name = inbox, mina, name
        self.host = FakeHost(cls(**rules))

    def __call__(self, body: bytes) -> list[str]:
        reply = self.reply(body)
        assert reply.status == 200, reply.body
        return self.mina.journal.take(reply.entries, self.name)

    def reply(self, body: bytes) -> Reply:
        return self.host.receive(self.inbox(), Request(body=body, received_ms=NOW_MS), self.mina.view())


def values(mina: Mina) -> dict[str, Any]:
    return {one.external_id or "": one.value for one in mina.view().checkins}


def test_what_grew_is_put_right_and_an_old_message_changes_nothing(mina: Mina) -> None:
    post = Post(AutoExportInbox, mina, **mina.all())
    post(golden("auto-export-days.json"))
    assert values(mina)["steps 2026-02-02"] == 1204
    later = post(golden("auto-export-later.json"))
    assert sorted(later) == ["changed", "changed", "nothing"]
    there = values(mina)
    assert (there["mindful 2026-02-01"], there["steps 2026-02-02"]) == (20, 9870)
    assert set(post(golden("auto-export-days.json"))) == {"nothing"}
    assert values(mina) == there


def test_a_mood_stays_as_it_came_whatever_an_old_message_says(mina: Mina) -> None:
    post = Post(OwnJsonInbox, mina, **mina.all())
    mood = {"what": "mood", "start": "2026-05-04T19:00:00Z", "value": 0.5}
    assert post(msgspec.json.encode(mood)) == ["made"]
    assert post(msgspec.json.encode({**mood, "value": -1})) == []


def test_a_day_to_come_or_long_ago_is_told_to_the_sender_and_the_others_come_in(mina: Mina) -> None:
    post = Post(OwnJsonInbox, mina, **mina.all())
    things = [{"what": "steps", "on": on, "value": 100} for on in ("2026-05-04", "2026-05-05", "1899-12-31")]
    reply = post.reply(msgspec.json.encode({"readings": things}))
    answer = msgspec.json.decode(reply.body)
    assert (answer["taken"], [one.external_id for one in reply.entries]) == (1, ["steps 2026-05-04"])
    assert sorted(answer["not_understood"]) == [
        "readings: 1899-12-31 is too long ago",
        "steps: 2026-05-05 is still to come",
    ]
    assert post.reply(msgspec.json.encode(things[1])).status == 422


def test_a_number_that_its_measure_does_not_take_is_told_to_the_sender(mina: Mina) -> None:
    post = Post(OwnJsonInbox, mina, steps=mina.calm, sleep=mina.rest)
    things = [{"what": "steps", "on": "2026-05-04", "value": 11}, {"what": "sleep", "on": "2026-05-04", "value": 7}]
    reply = post.reply(msgspec.json.encode({"readings": things}))
    answer = msgspec.json.decode(reply.body)
    assert answer["not_understood"] == ["steps: 2026-05-04 has a number outside the range of its measure"]
    assert mina.journal.take(reply.entries, "phone") == ["made"] * answer["taken"] == ["made"]
    assert post(msgspec.json.encode({**things[0], "value": 10})) == ["made"]


def test_a_day_begins_where_the_person_is(mina: Mina) -> None:
    mina.journal.change("journal", mina.view().id, time_zone="Pacific/Auckland")
    post = Post(OwnJsonInbox, mina, **mina.all())
    assert post(b'{"what": "steps", "on": "2026-05-05", "value": 100}') == ["made"]


def test_signs_in_a_note_that_a_journal_does_not_take_are_left_out(mina: Mina) -> None:
    post = Post(OwnJsonInbox, mina, **mina.all(), mood_words=True)
    mood = {"what": "mood", "start": "2026-05-04T08:00:00Z", "value": 0, "note": "calm\u202e\u0007\r\nand tired"}
    assert post(msgspec.json.encode(mood)) == ["made"]
    (checkin,) = mina.view().checkins
    assert checkin.note == "calm\nand tired"


def test_what_somebody_wrote_themselves_is_not_written_over(mina: Mina) -> None:
    post = Post(OwnJsonInbox, mina, **mina.all())
    assert post(b'{"what": "steps", "on": "2026-05-04", "value": 100}') == ["made"]
    (checkin,) = mina.view().checkins
    mina.journal.change("checkin", checkin.id, value=150)
    assert post(b'{"what": "steps", "on": "2026-05-04", "value": 120}') == ["nothing"]
    assert post(b'{"what": "steps", "on": "2026-05-04", "value": 200}') == ["proposed"]


def test_what_has_no_rule_is_named_and_not_kept(mina: Mina) -> None:
    post = Post(AutoExportInbox, mina, mindful=mina.breathing)
    reply = post.reply(golden("auto-export-days.json"))
    answer = msgspec.json.decode(reply.body)
    assert (answer["taken"], answer["no_rule"]["steps"], answer["no_rule"]["workouts"]) == (1, 2, 1)
    (line,) = post.host.logged
    assert line.startswith("no rule for: daylight (1), distance (1), exercise (1), heart_rate (2), mood (1)")
    assert "70" not in line, "names alone, and no number of theirs"


def test_a_unit_of_something_else_is_refused_with_a_word(mina: Mina) -> None:
    post = Post(AutoExportInbox, mina, **mina.all())
    reply = post.reply(
        b'{"data": {"metrics": [{"name": "mindful_minutes", "units": "kg", "data": [{"date": "2026-05-04", "qty": 1}]}]}}'
    )
    assert (reply.status, reply.entries) == (422, ())
    assert b"it is in kg, and not in min" in reply.body
    assert post.host.logged == ["not understood, as the answer told the sender: mindful_minutes"]


def test_a_rule_for_what_is_gone_is_told_to_its_owner_and_not_to_the_sender(mina: Mina) -> None:
    post = Post(OwnJsonInbox, mina, sleep=mina.rest)
    mina.journal.take_back("goal", mina.rest)
    reply = post.reply(b'{"what": "sleep", "on": "2026-05-04", "value": 7}')
    assert (reply.status, reply.entries) == (409, ())
    assert mina.rest.encode() not in reply.body
    assert mina.rest in post.host.logged[0]


def test_a_rule_that_can_not_be_followed_is_left_out_and_the_others_count(mina: Mina) -> None:
    mina.journal.change("measure", mina.hours, unit="km")
    post = Post(OwnJsonInbox, mina, **mina.all())
    things = [{"what": "sleep", "on": "2026-05-04", "value": 7}, {"what": "steps", "on": "2026-05-04", "value": 100}]
    reply = post.reply(msgspec.json.encode({"readings": things}))
    answer = msgspec.json.decode(reply.body)
    assert (reply.status, answer["taken"], answer["unfit"], answer["no_rule"]) == (200, 1, {"sleep": 1}, {})
    assert [one.external_id for one in reply.entries] == ["steps 2026-05-04"]
    (line,) = post.host.logged
    assert line.startswith("left out: `sleep`: sleep can't be counted in km")


def test_a_check_tells_which_rule_can_not_be_followed(mina: Mina) -> None:
    host = FakeHost(BearerSettings(**mina.all()))
    assert host.check_inbox(OwnJsonInbox(), mina.view()) == ""
    mina.journal.change("measure", mina.hours, unit="km")
    with pytest.raises(InvalidInput, match="`sleep`: sleep can't be counted in km"):
        host.check_inbox(OwnJsonInbox(), mina.view())
    assert "no rule yet" in FakeHost(BearerSettings()).check_inbox(OwnJsonInbox(), mina.view())


def test_single_steps_are_passed_by_under_a_word_of_their_own(mina: Mina) -> None:
    post = Post(LifeDashboardInbox, mina, **mina.all())
    answer = msgspec.json.decode(post.reply(golden("life-dashboard.json")).body)
    assert (answer["passed_by"], answer["no_rule"]) == ({"steps": 2}, {"heart_rate": 1})
    assert [line for line in post.host.logged if "steps" in line] == [], "its days are there"
    only = {"source": "health_connect", "steps": [{"count": 5}]}
    assert post(msgspec.json.encode(only)) == []
    assert "have the app send daily totals" in post.host.logged[-1]


def test_more_than_one_message_may_come_to_is_refused_whole(mina: Mina, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inboxes, "MAX_ENTRIES", 2)
    post = Post(AutoExportInbox, mina, **mina.all())
    reply = post.reply(golden("auto-export-single.json"))
    assert (reply.status, reply.entries) == (413, ())
    assert b"send a shorter time at once" in reply.body


def test_only_a_post_is_read(mina: Mina) -> None:
    request = Request(method="PUT", body=b'{"what": "steps", "on": "2026-05-04", "value": 1}')
    host = FakeHost(BearerSettings(**mina.all()))
    assert host.receive(OwnJsonInbox(), request, mina.view()).status == 405


@pytest.mark.parametrize("inbox", [AutoExportInbox, OwnJsonInbox])
@pytest.mark.parametrize("header", ["", "Bearer", f"Bearer {SECRET}x", SECRET, f"bearer {SECRET}", "Bearer ünlaut"])
def test_who_does_not_know_the_secret_sends_nothing(inbox: Any, header: str, mina: Mina) -> None:
    host = FakeHost(BearerSettings(**mina.all(), secret=Secret(SECRET)))
    request = Request(body=golden("auto-export-days.json"), headers={"authorization": header})
    reply = host.receive(inbox(), request, mina.view())
    assert (reply.status, reply.entries) == (401, ())


@settings(deadline=None)
@given(order=st.permutations([0, 1, 2, 0, 1]), cut=st.integers(1, 5))
def test_messages_in_any_order_and_number_come_to_the_same(order: list[int], cut: int) -> None:
    bodies = [golden("auto-export-days.json"), golden("auto-export-later.json"), golden("auto-export-single.json")]
    mina, other = Mina(), Mina()
    post, straight = Post(AutoExportInbox, mina, **mina.all()), Post(AutoExportInbox, other, **other.all())
    for number in [*order[:cut], *order]:
        post(bodies[number])
    for body in bodies:
        straight(body)
    assert values(mina) == values(other)
