"""What a connection shows of itself: where it reaches, whether it works, and no secret."""

from typing import Any

from msgspec import Struct

from milepost.plugin_api import NoSettings, Secret
from tests.server.hosting.conftest import Stage
from tests.server.hosting.world import Box, bringing


class Login(Struct, frozen=True):
    name: str
    password: Secret


class Logins(Struct, frozen=True, kw_only=True):
    keys: list[Secret]
    login: Login
    by_name: dict[str, Secret]
    short: Secret


GIVEN = {
    "keys": ["planted-one", "planted-one-more"],
    "login": {"name": "anna", "password": "planted-two"},
    "by_name": {"a": "planted-three"},
    "short": "is",
}


def test_a_secret_is_taken_out_of_what_a_plugin_says_wherever_it_stands_in_the_settings(stage: Stage) -> None:
    stage.to_world(settings=Logins)
    stage.make("goals", title="Walk")
    stage.world.raises = RuntimeError("planted-one-more, planted-one, planted-two and planted-three: this is it")
    made = stage.connect(settings=GIVEN)
    assert stage.run()["error"] == "RuntimeError: …, …, … and …: this is it."
    told: list[Any] = [made, stage.shown(), stage.api.get(f"{stage.path}/connections").json()]
    assert "planted" not in str(told)


def test_a_connection_tells_which_hosts_it_reaches(stage: Stage) -> None:
    stage.to_world()
    stage.connect()
    assert stage.shown()["connection"]["hosts"] == ["outside.example"]

    def fails(_self: Any, _settings: Any) -> list[str]:
        raise RuntimeError("no idea")

    stage.to_world(hosts=fails)
    assert stage.shown()["connection"]["hosts"] == []


def test_the_settings_of_an_inbox_can_be_tried_out_too(stage: Stage) -> None:
    class Open(Box):
        name = "open"
        settings = NoSettings

    stage.installed(open=bringing(Open))
    stage.connect(to="open")
    assert stage.steer("check", "open") == {"ok": True, "words": "It works."}
    assert stage.shown("open")["connection"]["hosts"] == []
