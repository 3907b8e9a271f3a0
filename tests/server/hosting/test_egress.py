"""The log of a connection: it says of all that left, or may have left, that it did."""

from typing import Any

from milepost.plugin_api import Answer, Done, Later, Rejected
from tests.server.hosting.conftest import Stage


def _lines(stage: Stage, answer: Answer | None) -> list[tuple[Any, ...]]:
    stage.to_world()
    stage.make("goals", title="Walk")
    stage.world.behave = lambda _: answer
    stage.connect(scopes=["titles"])
    stage.run()
    return [(line["what"], line["words"], line["hosts"], line["things"]) for line in stage.shown()["log"]]


def test_what_was_taken_was_sent(stage: Stage) -> None:
    assert _lines(stage, Done()) == [("sent", "goal: title", "outside.example", 1)]


def test_what_was_rejected_has_left_too(stage: Stage) -> None:
    assert _lines(stage, Rejected("too round")) == [("rejected", "goal: title", "outside.example", 1)]


def test_what_is_sent_again_later_may_have_left(stage: Stage) -> None:
    assert _lines(stage, Later("busy")) == [("tried", "goal: title", "outside.example", 1)]


def test_what_the_connector_did_not_send_did_not_leave(stage: Stage) -> None:
    assert _lines(stage, Done(sent=False)) == []
