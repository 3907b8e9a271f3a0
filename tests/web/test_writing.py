"""The browser writes what Python writes, in the same bytes: drafts into events, and a branch under other names."""

import random
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from milepost import writing
from milepost.branch import Held, write_again
from milepost.clock import HybridClock
from milepost.envelope import Event, encode_event, identity_digest
from milepost.errors import InvalidEvent, InvalidInput
from milepost.events import Draft
from milepost.rank import rank_between
from milepost.writing import write_drafts, written_over
from tests.core.views.logs import EACH, fold
from tests.events import ALICE, JOURNAL, device, entity
from tests.web.core import Core, Refused
from tests.web.journals import SEEDLING, Log, journals, text
from tests.web.test_folding import often

WALL = 1_800_000_000_000
SALTS = [f"{n:016d}" for n in range(5)]
ODD: list[Any] = [
    "",
    "two\nlines",
    "a bell \x07",
    "turned \u202e round",
    SEEDLING * 500,
    SEEDLING * 501,
    "2026-02-30",
    "2028-02-29",
    "not-an-id",
    None,
    -1,
    101,
    0.5,
    True,
    [],
    {"at": "2026-10-20T15:00:00", "time_zone": "Europe/Berlin"},
    {"at": "2026-10-20 15:00:00", "time_zone": "Europe/Berlin"},
    {"kind": "goal", "id": entity(1), "fields": {"title": "t", "status": "paused", "on": "2026-11-01"}},
    {"kind": "goal", "id": entity(1), "fields": {"status": "paused"}},
    {"kind": "goal", "id": entity(1), "fields": {"title": "t", "id": entity(2)}},
    {"kind": "milestone", "id": entity(1), "fields": {"progress": 101}},
    {"kind": "garden", "id": entity(1), "fields": {"title": "t"}},
]
NAMES = ["title", "why", "reason", "id", "due", "on", "importance", "value", "progress", "change", "accepted", "colour"]

drafts = st.one_of([made for _, made in EACH])


@st.composite
def odd_drafts(draw: st.DrawFn) -> tuple[str, dict[str, Any]]:
    name, fields = draw(drafts)
    field, value = draw(st.sampled_from([*NAMES, *fields])), draw(st.sampled_from(ODD))
    # The engine of these tests has no table of time zones to look a name up in; browsers do.
    assume(field != "time_zone" or not isinstance(value, str))
    return name, {**fields, field: value}


def written(core: Core, log: list[Event], by: str, wanted: list[tuple[str, dict[str, Any]]]) -> tuple[Any, Any]:
    """What each writes, or that it refuses to."""
    last = max((event.ranked_at for event in log), default="0" * 16) or "0" * 16
    made = [Draft(name, fields) for name, fields in wanted]
    try:
        clock = HybridClock(last, lambda: WALL)
        ours: Any = [encode_event(event).decode() for event in write_drafts(fold(log), by, ALICE, made, clock)]
    except (InvalidEvent, InvalidInput) as error:
        ours = type(error).__name__
    try:
        plain = [{"type": name, "fields": fields} for name, fields in wanted]
        theirs = core("write", JOURNAL, text(log), by, last, WALL, SALTS, plain)
    except Refused as refused:
        theirs = refused.name
    return ours, theirs


def whole(value: Any) -> Any:
    """A value as JavaScript has it, where 7.0 is 7."""
    if isinstance(value, dict):
        return {name: whole(one) for name, one in value.items()}
    return int(value) if isinstance(value, float) and value.is_integer() else value


@often
@given(log=journals(), wanted=st.lists(drafts, min_size=1, max_size=3), by=st.integers(1, 4))
def test_drafts_become_the_same_events(core: Core, log: Log, wanted: list[tuple[str, dict[str, Any]]], by: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        salts = iter(SALTS)
        patch.setattr(writing, "new_salt", lambda: next(salts))
        ours, theirs = written(core, log, device(by), [(name, whole(fields)) for name, fields in wanted])
    assert ours == theirs


@settings(often, max_examples=400)
@given(wanted=odd_drafts())
def test_what_one_refuses_to_write_the_other_refuses_too(core: Core, wanted: tuple[str, dict[str, Any]]) -> None:
    ours, theirs = written(core, [], device(1), [(wanted[0], whole(wanted[1]))])
    if isinstance(ours, list) and isinstance(theirs, list):
        ours, theirs = [one.partition(',"salt"')[0] for one in ours], [one.partition(',"salt"')[0] for one in theirs]
    assert (wanted, ours) == (wanted, theirs)


@often
@given(log=journals(), others=journals())
def test_events_of_another_journal_are_written_over_in_the_same_bytes(core: Core, log: Log, others: Log) -> None:
    moved = [one for one in others if not one.rejected]
    ours = [encode_event(one).decode() for one in written_over(fold(log), device(2), ALICE, moved)]
    assert core("writtenOver", JOURNAL, text(log), device(2), ALICE, text(moved)) == ours


keys = st.text("0123456789abyz", max_size=5)


@settings(often, max_examples=300)
@given(before=keys, after=keys)
def test_a_place_between_two_others_is_the_same(core: Core, before: str, after: str) -> None:
    try:
        wanted = rank_between(before, after)
    except ValueError:
        wanted = "none"
    try:
        found = core("rank", before, after)
    except Refused as refused:
        assert refused.name == "RangeError"
        found = "none"
    assert found == wanted


@pytest.mark.parametrize("odd", ODD, ids=str)
def test_of_what_may_be_proposed_both_think_the_same(core: Core, odd: Any) -> None:
    proposed = {"id": entity(1), "change": odd}
    decided = {"id": entity(1), "decision": "accepted", "on": "2026-11-01", "accepted": odd}
    for wanted in (("proposal.made", proposed), ("proposal.decided", decided)):
        ours, theirs = written(core, [], device(1), [wanted])
        assert isinstance(ours, str) == isinstance(theirs, str), (wanted, ours, theirs)


@often
@given(log=journals(), seed=st.integers(0, 2**32))
def test_a_branch_is_written_again_as_the_same_events(core: Core, log: Log, seed: int) -> None:
    chance = random.Random(seed)
    names = sorted({event.device for event in log})
    by = chance.choice(names) if names else device(1)
    first = chance.randint(1, max(event.n for event in log if event.device == by)) if names else 1
    known = {device(9): {device(1): 1}}
    held = [Held(event, confirmed=chance.random() < 0.5, placed=chance.random() < 0.3) for event in log]
    nothing = write_again(JOURNAL, held, known, by, first, lambda *_: None)
    there = {(e.device, e.n): e for e, _ in nothing.again if chance.random() < 0.2}
    if there and chance.random() < 0.5:  # somebody else has that very name
        there = dict.fromkeys(there, log[0])
    ours = write_again(JOURNAL, held, known, by, first, lambda d, n: there.get((d, n)))
    theirs = core(
        "writeAgain",
        JOURNAL,
        [(encode_event(one.event).decode(), one.confirmed, one.placed) for one in held],
        list(known.items()),
        by,
        first,
        {f"{d}.{n}": encode_event(event).decode() for (d, n), event in there.items()},
    )
    assert dict(theirs["parted"]) == ours.parted
    assert dict(theirs["names"]) == ours.names
    again = [(core("encode", f"[{body}]")[0], confirmed) for body, confirmed in theirs["again"]]
    assert again == [(encode_event(event).decode(), confirmed) for event, confirmed in ours.again]
    assert all(identity_digest(JOURNAL, event) for event, _ in ours.again)
