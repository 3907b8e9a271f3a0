"""Numbers that somebody types are kept as they are, or refused; never rounded."""

import inspect
import typing
from collections.abc import Iterator

import pytest
from cyclopts import App, Parameter

from milepost.cli import build
from milepost.errors import InvalidEvent
from milepost.events import EVENT_TYPES, PAYLOADS, encode_payload
from milepost.events.expected import in_words
from tests.core.terminal import Milepost

ID = "0f5c1d9e-3a77-4c1b-9d55-000000000001"


@pytest.mark.parametrize(
    "command",
    [
        ["alliance", "--bond", "7.5"],
        ["goal", "add", "x", "--importance", "7.6"],
        ["goal", "rank", "GOAL", "1.5"],
        ["milestone", "progress", "STEP", "40.5"],
        ["practice", "add", "x", "--minutes", "7.6"],
        ["session", "add", "fri", "--at", "15:00", "--minutes", "1e2"],
        ["burden", "--limit", "x"],
        ["measure", "define", "GOAL", "q", "--low", "nan"],
        ["measure", "define", "GOAL", "q", "--high", "inf"],
    ],
)
def test_what_is_no_whole_number_is_refused_and_not_rounded(milepost: Milepost, command: list[str]) -> None:
    goal = milepost("goal", "add", "One")["id"]
    step = milepost("milestone", "add", goal, "Step")["id"]
    before = milepost("log")
    said = milepost.fails(2, *({"GOAL": goal, "STEP": step}.get(word, word) for word in command))
    assert "number" in said
    assert milepost("log") == before


def every_parameter(app: App) -> Iterator[tuple[str, object]]:
    for name in app:
        if not name.startswith("-"):
            yield from every_parameter(app[name])
    if app.default_command is not None:
        hints = typing.get_type_hints(app.default_command, include_extras=True)
        for name in inspect.signature(app.default_command).parameters:
            yield f"{app.name} {name}", hints.get(name)


def test_no_command_reads_a_number_in_a_way_that_rounds() -> None:
    for name, hint in every_parameter(build(eager=True)):
        kinds = {hint, *typing.get_args(hint)}
        kinds |= {inner for kind in kinds for inner in typing.get_args(kind)}
        if kinds & {int, float}:
            read = [one.converter for one in kinds if isinstance(one, Parameter)]
            assert [one for one in read if one], name


@pytest.mark.parametrize(
    ("kind", "fields", "says"),
    [
        (
            "alliance.recorded",
            {"id": ID, "on": "2026-12-18", "bond": 11},
            "`bond` must be a whole number from 0 to 10.",
        ),
        ("goal.created", {"id": ID, "title": "x" * 501}, "`title` must be words of 1 to 500 letters."),
        ("goal.created", {"id": ID, "title": ""}, "`title` must be words of 1 to 500 letters."),
        ("goal.created", {"id": ID}, "`title` is missing."),
        ("goal.created", {"id": ID, "title": "x", "mood": 1}, "`mood` is no field of this."),
        ("goal.created", {"id": ID, "title": "x", "kind": "big"}, "`kind` must be one of open, smart."),
        ("goal.created", {"id": ID, "title": "x", "due": 3}, "`due` must be a date like 2026-12-18."),
        ("goal.created", {"id": ID, "title": "x", "due": "2026-13-18"}, "`due` must be a date like 2026-12-18, not"),
        ("checkin.recorded", {"id": ID, "on": "2026-12-18", "value": []}, "`value` must be a number or words of 1 to"),
        ("checkin.recorded", {"id": ID, "on": "2026-12-18", "baseline": 1}, "`baseline` must be true or false."),
        ("session.scheduled", {"id": ID, "start": {"at": "x", "time_zone": "UTC"}}, "`start.at`: expected"),
    ],
)
def test_what_a_field_may_hold_is_said_to_a_person(kind: str, fields: dict[str, object], says: str) -> None:
    with pytest.raises(InvalidEvent) as refused:
        encode_payload(kind, fields)
    assert str(refused.value).startswith(says)


@pytest.mark.parametrize("name", sorted(EVENT_TYPES))
def test_every_field_of_one_value_can_be_said(name: str) -> None:
    for field in PAYLOADS[name].__struct_fields__:
        said = in_words(PAYLOADS[name], Exception(f"Expected `x` - at `$.{field}`"))
        assert said.startswith(f"`{field}`")
