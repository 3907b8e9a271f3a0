"""Webhooks through a whole server to a real receiver: signed, in order, and never lost, whatever the receiver does."""

import base64
import json
import os
from collections.abc import Iterator
from email.utils import formatdate
from typing import Any

import msgspec
import pytest
from standardwebhooks import WebhookVerificationError

from milepost.errors import InvalidInput
from milepost.plugin_settings import read
from milepost_webhook import WebhookSettings, webhook
from tests.plugins.receiver import TAKEN, Receiver
from tests.server.conftest import Api, api  # noqa: F401 - fixtures
from tests.server.hosting.conftest import Stage
from tests.server.on_sqlite import engine  # noqa: F401 - a fixture

HOUR_MS = 3_600_000
DATE = "a date in two hours"


def new_secret() -> str:
    return "whsec_" + base64.b64encode(os.urandom(32)).decode()


SECRET = new_secret()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    yield receiver
    receiver.end()


class WebhookStage(Stage):
    def to(self, receiver: Receiver, **more: Any) -> dict[str, Any]:
        settings = {"url": receiver.url, "secret": SECRET, **more.pop("settings", {})}
        return self.connect("webhook", settings=settings, **more)

    def send(self) -> dict[str, Any]:
        return self.run("webhook")

    def log(self) -> list[tuple[str, str, int]]:
        return [
            (line["what"], line.get("words", ""), line.get("things", 0))
            for line in reversed(self.shown("webhook")["log"])
        ]


@pytest.fixture
def stage(api: Api) -> WebhookStage:  # noqa: F811
    return WebhookStage(api, None)  # type: ignore[arg-type]


def test_the_official_library_reads_every_message(stage: WebhookStage, receiver: Receiver) -> None:
    goal = stage.make("goals", title="Walk", why="for the dög")
    stage.to(receiver, scopes=["titles", "free-text"])
    stage.send()
    stage.revise("goals", goal, title="Walk more")
    told = stage.send()
    assert (told["behind"], told["failures"], told["letters"]) == (0, 0, 0)
    first, then = [received.verified(SECRET) for received in receiver.all]
    assert (first["type"], first["data"]["reason"], first["data"]["id"]) == ("goal.current", "new", goal)
    assert first["data"]["view"]["why"] == "for the dög"
    assert (then["type"], then["data"]["fields"]) == ("goal.revised", ["title"])
    assert then["data"]["view"]["title"] == "Walk more"
    assert then["timestamp"].endswith("Z")
    assert len({received.key for received in receiver.all}) == 2
    with pytest.raises(WebhookVerificationError):
        receiver.all[0].verified(new_secret())


def test_a_secret_is_changed_without_a_gap(stage: WebhookStage, receiver: Receiver) -> None:
    stage.make("goals", title="Walk")
    new = new_secret()
    stage.to(receiver, settings={"secret": new, "previous_secret": SECRET})
    stage.send()
    (received,) = receiver.all
    assert received.verified(new) == received.verified(SECRET)
    assert len(received.headers["webhook-signature"].split(" ")) == 2


def test_a_secret_that_nobody_gives_is_made_up_and_told_once(stage: WebhookStage, receiver: Receiver) -> None:
    stage.make("goals", title="Walk")
    made = stage.connect("webhook", settings={"url": receiver.url})
    secret = made["made_up"]["secret"]
    shown = stage.shown("webhook")["connection"]
    assert (shown["made_up"], shown["settings"]["secret"]) == ({}, "(set)")
    stage.send()
    (received,) = receiver.all
    assert received.verified(secret)["type"] == "goal.current"


def test_what_was_not_granted_is_in_no_message(stage: WebhookStage, receiver: Receiver) -> None:
    goal = stage.make("goals", title="planted-title", why="planted-why")
    stage.make("topics", text="planted-topic")
    stage.to(receiver, scopes=["dates"])
    stage.send()
    stage.revise("goals", goal, why="planted-again", title="planted-title-2")
    stage.send()
    assert [one["type"] for one in receiver.once()] == ["goal.current", "goal.revised"]
    assert not any(b"planted" in received.body or b"why" in received.body for received in receiver.all)


def test_discreet_words_are_all_that_is_sent_unless_plain_ones_are_wanted(
    stage: WebhookStage, receiver: Receiver
) -> None:
    stage.make("goals", title="planted-title")
    stage.to(receiver, plain=False)
    stage.send()
    assert [one["data"]["view"]["title"] for one in receiver.once()] == ["Goal"]


def test_an_outage_loses_nothing_and_keeps_the_order(stage: WebhookStage, receiver: Receiver) -> None:
    goal = stage.make("goals", title="Walk")
    stage.to(receiver)
    stage.send()
    receiver.end()
    for number in range(60):
        stage.make("checkins", subject=goal, value=number, on="2027-01-15")
    for days in range(10):
        told = stage.send()
        assert told["failures"] == days + 1
        stage.later(24 * HOUR_MS)
    assert told["letters"] == 0
    receiver.begin()
    told = stage.send()
    assert (told["failures"], told["behind"], told["letters"]) == (0, 0, 0)
    values = [one["data"]["view"]["value"] for one in receiver.once() if one["data"]["kind"] == "checkin"]
    assert values == list(range(60))


def test_errors_in_the_middle_are_gone_through_again_under_the_same_ids(
    stage: WebhookStage, receiver: Receiver
) -> None:
    goal = stage.make("goals", title="Walk")
    stage.to(receiver)
    stage.send()
    for number in range(25):
        stage.make("checkins", subject=goal, value=number, on="2027-01-15")
    statuses = iter([204, 204, 500, 503, 204, 400, 401, 404, 302, 429, *[204] * 100])
    receiver.answers = lambda _: (next(statuses), {})
    for _ in range(8):
        stage.send()
    assert stage.send()["behind"] == 0
    taken = [one.key for one in receiver.taken]
    assert len(taken) == len(set(taken)) == 26
    assert [one["data"]["view"]["value"] for one in receiver.once()[1:]] == list(range(25))
    refused = [one.key for one in receiver.all if one not in receiver.taken]
    assert set(refused) <= set(taken)


@pytest.mark.parametrize(
    ("status", "headers", "at_least_s"),
    [
        (429, {"retry-after": "7200"}, 7200),
        (503, {"retry-after": DATE}, 7100),
        (503, {"retry-after": "x"}, 4),
        (500, {}, 4),
        (410, {}, 86_400),
    ],
)
def test_a_receiver_is_left_alone_as_long_as_it_asks(
    stage: WebhookStage, receiver: Receiver, status: int, headers: dict[str, str], at_least_s: int
) -> None:
    stage.make("goals", title="Walk")
    stage.to(receiver)
    told_when = formatdate(stage.api.now_ms / 1000 + 7200, usegmt=True)
    receiver.answers = lambda _: (status, {name: told_when if said == DATE else said for name, said in headers.items()})
    told = stage.send()
    assert told["letters"] == 0
    assert str(status) in told["error"]
    assert told["next_at"] >= stage.api.now_ms + at_least_s * 1000
    assert len(receiver.all) == 1


def test_a_redirect_is_not_followed(stage: WebhookStage, receiver: Receiver) -> None:
    stage.make("goals", title="Walk")
    stage.to(receiver)
    receiver.answers = lambda _: (307, {"location": f"{receiver.url}/elsewhere"})
    assert "moved" in stage.send()["error"]
    assert {received.path for received in receiver.all} == {"/hook"}


@pytest.mark.parametrize("status", [413, 422])
def test_what_a_receiver_will_never_take_is_put_aside_and_the_rest_goes_on(
    stage: WebhookStage, receiver: Receiver, status: int
) -> None:
    goal = stage.make("goals", title="Walk")
    stage.to(receiver)
    stage.send()
    for number in range(3):
        stage.make("checkins", subject=goal, value=number, on="2027-01-15")
    receiver.answers = lambda one: (status, {}) if one.message["data"]["view"].get("value") == 1 else TAKEN
    told = stage.send()
    assert (told["behind"], told["letters"], told["failures"]) == (0, 1, 0)
    assert [one["data"]["view"].get("value") for one in receiver.once()] == [None, 0, 2]
    receiver.answers = lambda _: TAKEN
    stage.steer("retry", "webhook")
    assert stage.send()["letters"] == 0
    assert receiver.once()[-1]["data"]["view"]["value"] == 1


def test_a_receiver_that_hangs_is_given_up_on_and_asked_again(
    stage: WebhookStage, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhook, "REQUEST_S", 0.3)
    stage.make("goals", title="Walk")
    stage.to(receiver)
    receiver.waits_s = 1.0
    assert "no answer within 0.3 seconds" in stage.send()["error"]
    receiver.waits_s = 0.0
    assert stage.send()["failures"] == 0
    assert len({received.key for received in receiver.all}) == 1


def test_kinds_that_are_not_wanted_are_not_sent_nor_said_to_be(stage: WebhookStage, receiver: Receiver) -> None:
    goal = stage.make("goals", title="Walk")
    stage.make("milestones", goal=goal, title="Round the pond")
    stage.to(receiver, settings={"kinds": "goal, checkin"})
    previewed = stage.api.get(f"{stage.path}/connections/webhook/preview").json()
    assert json.loads(previewed[0]["text"])["data"]["id"] == goal
    assert previewed[1]["text"] == "Nothing: `kinds` leaves out every milestone."
    stage.send()
    assert [one["type"] for one in receiver.once()] == ["goal.current"]
    assert [(what, things) for what, _, things in stage.log()] == [("sent", 1)]
    assert "milestone" not in stage.log()[0][1]


def test_the_log_says_of_every_try_that_it_may_have_left(stage: WebhookStage, receiver: Receiver) -> None:
    stage.make("goals", title="Walk")
    stage.to(receiver)
    receiver.answers = lambda _: (500, {})
    stage.send()
    receiver.answers = lambda _: (422, {})
    stage.send()
    assert [what for what, _, _ in stage.log()] == ["tried", "rejected"]


def test_taking_back_says_so_to_the_receiver(stage: WebhookStage, receiver: Receiver) -> None:
    goal = stage.make("goals", title="Walk")
    other = stage.make("goals", title="Swim")
    stage.to(receiver)
    stage.send()
    stage.take_back("goals", goal)
    stage.send()
    stage.steer("withdraw", "webhook")
    gone = [(one["type"], one["data"]["id"], one["data"]["view"]) for one in receiver.once()[2:]]
    assert gone == [("goal.retracted", goal, None), ("goal.withdrawn", other, None)]


def test_trying_it_out_sends_a_message_that_says_so(stage: WebhookStage, receiver: Receiver) -> None:
    stage.make("goals", title="planted")
    stage.to(receiver)
    assert stage.api.post(f"{stage.path}/connections/webhook/check", {}).json()["ok"] is True
    (received,) = receiver.all
    assert received.verified(SECRET)["type"] == "milepost.check"
    assert b"planted" not in received.body
    receiver.answers = lambda _: (401, {})
    tried = stage.api.post(f"{stage.path}/connections/webhook/check", {}).json()
    assert (tried["ok"], "401" in tried["words"]) == (False, True)


def test_the_secret_is_told_to_nobody(
    stage: WebhookStage, receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    stage.make("goals", title="Walk")
    made = stage.to(receiver)
    receiver.end()
    stage.send()
    told = msgspec.json.encode([made, stage.shown("webhook")]).decode() + caplog.text
    assert SECRET not in told
    assert SECRET.removeprefix("whsec_") not in told
    receiver.begin()


GOOD = {"url": "https://receiver.example/hook", "secret": SECRET}


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"url": "ftp://receiver.example"}, "must be an address"),
        ({"url": "https://"}, "must be an address"),
        ({"url": "http://receiver.example/hook"}, "others can read along"),
        ({"url": "http://93.184.216.34/hook"}, "others can read along"),
        ({"url": "https://me:planted@receiver.example/"}, "no password"),
        ({"secret": "planted"}, "whsec_"),
        ({"secret": "whsec_planted!"}, "whsec_"),
        ({"secret": "whsec_" + base64.b64encode(b"planted").decode()}, "whsec_"),
        ({"previous_secret": "planted"}, "previous_secret"),
        ({"kinds": "goal, planet"}, "'planet'"),
    ],
)
def test_settings_that_can_not_work_are_refused_when_they_are_made(given: dict[str, str], words: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read(WebhookSettings, {**GOOD, **given})
    assert words in str(refused.value)
    assert "planted" not in str(refused.value)


@pytest.mark.parametrize("url", ["http://localhost:9/x", "http://10.0.0.7/x", "http://hub.local/x", "http://[::1]:9/x"])
def test_a_receiver_in_ones_own_network_needs_no_certificate(url: str) -> None:
    assert read(WebhookSettings, {**GOOD, "url": url}) is not None
