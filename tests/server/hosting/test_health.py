"""Phones send to a server's addresses: what is theirs comes in once, and nothing else at all."""

import hashlib
import hmac
from typing import Any

import pytest

import milepost_health
from tests.plugins.health.conftest import golden
from tests.server.hosting.conftest import Stage


class Phone:
    """A journal with something to note things for, and an address of it."""

    def __init__(self, stage: Stage, to: str, **settings: Any) -> None:
        self.stage = stage
        stage.installed(health=vars(milepost_health))
        self.breathing = stage.make("practices", title="Breathing", recurrence="FREQ=DAILY", start="2026-01-01")
        self.walk = stage.make("goals", title="Get out more")
        self.to = to
        rules = {"mindful": self.breathing, "steps": self.walk, **settings}
        self.path = stage.connect(to, settings=rules)["address"].partition("/in/")[2]

    def send(self, body: bytes, **headers: str) -> tuple[int, Any]:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        response = self.stage.api.client.post(f"/in/{self.path}", content=body, headers=named)
        return response.status_code, response.json()

    def there(self) -> dict[str, Any]:
        found = self.stage.api.get(f"{self.stage.path}/checkins").json()
        return {one["external_id"]: one["value"] for one in found}

    def log(self) -> list[str]:
        return [line["words"] for line in self.stage.shown(self.to)["log"]]


def sign(body: bytes, secret: str) -> str:
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def test_totals_grow_and_what_is_sent_again_changes_nothing(stage: Stage) -> None:
    phone = Phone(stage, "health-auto-export")
    days, later = golden("auto-export-days.json"), golden("auto-export-later.json")
    status, answer = phone.send(days)
    assert (status, answer["taken"], answer["no_rule"]["sleep"]) == (200, 3, 1)
    assert phone.there() == {"mindful 2026-02-01": 12.5, "steps 2026-02-01": 8123, "steps 2026-02-02": 1204}
    phone.send(later)
    grown = {"mindful 2026-02-01": 20, "steps 2026-02-01": 8123, "steps 2026-02-02": 9870}
    assert phone.there() == grown
    assert phone.send(days) == (200, answer), "it is answered as it was"
    stage.later(31 * 24 * 3_600_000)
    phone.send(days)
    phone.send(days + b"\n")
    assert phone.there() == grown, "and also when nobody remembers that it came before"


def test_a_rule_that_is_made_later_counts_for_what_is_sent_from_then_on(stage: Stage) -> None:
    phone = Phone(stage, "health-auto-export", mindful="")
    phone.send(golden("auto-export-days.json"))
    assert "mindful 2026-02-01" not in phone.there()
    changed = stage.api.client.patch(
        f"{stage.path}/connections/{phone.to}",
        json={"settings": {"mindful": phone.breathing}},
        headers=stage.api.headers(),
    )
    assert changed.status_code == 200, changed.text
    phone.send(golden("auto-export-later.json"))
    assert phone.there()["mindful 2026-02-01"] == 20


def test_only_what_is_signed_with_the_secret_comes_in(stage: Stage) -> None:
    phone = Phone(stage, "life-dashboard", secret="planted-secret")
    body = golden("life-dashboard.json")
    for forged in ("", "sha256=", sign(body, "a guess"), sign(body + b" ", "planted-secret")):
        assert phone.send(body, x_signature=forged)[0] == 401
    assert phone.there() == {}
    assert phone.send(body, x_signature=sign(body, "planted-secret"))[0] == 200
    assert phone.send(body.replace(b"8421", b"9999"), x_signature=sign(body, "planted-secret"))[0] == 401
    assert phone.there()["steps 2026-02-04"] == 8421
    assert "planted-secret" not in str(stage.shown("life-dashboard"))


def test_two_addresses_that_tell_of_the_same_record_it_once(stage: Stage) -> None:
    phone = Phone(stage, "health-auto-export")
    phone.send(golden("auto-export-single.json"))
    before = phone.there()
    phone.path = stage.connect("health-json", settings={"mindful": phone.breathing})["address"].partition("/in/")[2]
    status, _ = phone.send(b'{"what": "mindful", "start": "2026-02-03T05:30:00Z", "value": 6}')
    assert (status, phone.there()) == (200, before)
    phone.send(b'{"what": "mindful", "on": "2026-02-03", "value": 15}')
    assert phone.there() == before, "a day's total gives way to the sittings that make it up"
    phone.send(b'{"what": "mindful", "start": "2026-02-06T05:30:00Z", "value": 6}')
    assert len(phone.there()) == len(before) + 1


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        (b"", 400, "not JSON"),
        (b"[" * 500_000, 400, "not JSON"),
        (b'{"data": 1}', 400, 'no "data"'),
        (b" " * 2_000_000, 413, "at most 1,048,576 bytes"),
    ],
)
def test_a_body_that_makes_no_sense_is_refused_with_a_word(stage: Stage, body: bytes, status: int, said: str) -> None:
    phone = Phone(stage, "health-auto-export")
    found, answer = phone.send(body)
    assert found == status
    assert said in str(answer)
    assert phone.there() == {}


def test_a_message_that_was_taken_counts_as_a_success_and_one_that_was_refused_does_not(stage: Stage) -> None:
    phone = Phone(stage, "health-json", secret="planted-secret")
    body = b'{"what": "steps", "on": "2026-01-05", "value": 100}'
    assert phone.send(body, authorization="Bearer a guess")[0] == 401
    assert stage.shown(phone.to)["connection"]["success_at"] == 0
    assert phone.send(body, authorization="Bearer planted-secret")[0] == 200
    assert stage.shown(phone.to)["connection"]["success_at"] == stage.api.now_ms


def test_refused_secrets_are_in_the_log_once_a_day_however_many_there_are(stage: Stage) -> None:
    phone = Phone(stage, "health-json", secret="planted-secret")
    for _ in range(3):
        phone.send(b"{}", authorization="Bearer a guess")
    refused = "a message without the right secret or signature (401)"
    assert phone.log() == [refused]
    stage.later(24 * 3_600_000 + 1)
    phone.send(b"{}", authorization="Bearer a guess")
    assert phone.log() == [refused, refused]
    assert "a guess" not in str(stage.shown(phone.to))


def test_a_check_says_which_rule_the_journal_does_not_fit(stage: Stage) -> None:
    phone = Phone(stage, "health-json")
    assert stage.steer("check", phone.to)["ok"]
    stage.take_back("goals", phone.walk)
    found = stage.steer("check", phone.to)
    assert not found["ok"]
    assert "`steps`: there is no practice, goal or measure called" in found["words"]
    assert "mindful" not in found["words"]
