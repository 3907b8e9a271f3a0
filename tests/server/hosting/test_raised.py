"""Who runs a server finds in its log where in a plugin something was raised, and not one word of a person's."""

import logging
from typing import Any

import httpx
import pytest

from milepost.plugin_api import Changed, Connector, Context
from tests.server.hosting.conftest import Stage
from tests.server.hosting.world import Settings, bringing

WORDS = "Tell my brother about the flat"


class Bad(Connector[Settings]):
    name = "bad"
    title = "Raises"
    settings = Settings

    def hosts(self, settings: Settings) -> list[str]:
        return ["outside.example"]

    def preview(self, change: Any, settings: Settings) -> str:
        raise LookupError(change.view.title)


class SaysWords(Bad):
    async def push(self, changes: Any, context: Context[Settings]) -> Any:
        raise ValueError(*[change.view.title for change in changes if isinstance(change, Changed)])


class SaysNothing(Bad):
    async def push(self, changes: Any, context: Context[Settings]) -> Any:
        raise httpx.ReadTimeout("")


class Leaves(Bad):
    async def push(self, changes: Any, context: Context[Settings]) -> Any:
        raise SystemExit(changes[0].view.title)


class Reaches(Bad):
    async def push(self, changes: Any, context: Context[Settings]) -> Any:
        raise httpx.ConnectError("All connection attempts failed")


@pytest.mark.parametrize(
    ("cls", "kind", "told"),
    [
        (SaysWords, "ValueError", f"ValueError: {WORDS}."),
        (SaysNothing, "ReadTimeout", "ReadTimeout."),
        (Leaves, "SystemExit", f"SystemExit: {WORDS}."),
        (Reaches, "ConnectError", "ConnectError: All connection attempts failed."),
    ],
)
def test_what_a_plugin_raises_is_a_sentence_to_its_person_and_a_place_in_the_log(
    stage: Stage, caplog: pytest.LogCaptureFixture, cls: type[Bad], kind: str, told: str
) -> None:
    stage.installed(bad=bringing(cls))
    stage.make("goals", title=WORDS)
    stage.connect("bad")
    caplog.set_level(logging.DEBUG, "milepost")
    assert stage.run("bad")["error"] == told
    line = cls.push.__code__.co_firstlineno + 1
    (record,) = [one for one in caplog.records if "plugin" in one.getMessage()]
    away = cls in {SaysNothing, Reaches}
    assert record.levelno == (logging.DEBUG if away else logging.WARNING), "a service that is away is no warning"
    said = record.getMessage()
    assert said == f"a plugin (tests) raised {kind} at tests/server/hosting/test_raised.py:{line} in push"
    assert "brother" not in caplog.text


def test_a_preview_that_raises_is_in_the_log_too(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    stage.installed(bad=bringing(SaysWords))
    stage.make("goals", title=WORDS)
    stage.connect("bad", paused=True)
    caplog.set_level(logging.WARNING, "milepost")
    response = stage.api.client.get(f"{stage.path}/connections/bad/preview", headers=stage.api.headers())
    assert response.status_code == 400, response.text
    assert "raised LookupError at tests/server/hosting/test_raised.py:" in caplog.text
    assert " in preview" in caplog.text
    assert "brother" not in caplog.text
