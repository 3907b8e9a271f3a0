"""A change is held against what its author was shown: refused where that has changed, and only there."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from milepost.clock import format_hlc
from milepost.commands import base_of, check, check_drafts
from milepost.commands.basis import differing, register_of, registers_of, written
from milepost.envelope import Event
from milepost.errors import Conflict, InvalidInput
from milepost.events import COMPOSITES, EVENT_TYPES, Draft, encode_payload
from milepost.journal import State
from milepost.register import writes_of
from tests.events import device, entity

JOURNAL, GOAL = entity(9), entity(1)
FIELDS = ("title", "why", "helps")


class Log:
    """Events of a few devices, each having seen whatever it is told to."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.counters: dict[str, int] = {}

    def add(self, who: int, event_type: str, fields: dict[str, Any], *, blind: bool = False) -> None:
        writer = device(who)
        seen = {} if blind else {other: n for other, n in self.counters.items() if other != writer}
        n = self.counters[writer] = self.counters.get(writer, 0) + 1
        self.events.append(
            Event(
                device=writer,
                n=n,
                seen=seen,
                hlc=format_hlc(1_000 + len(self.events)),
                actor=entity(7),
                type=event_type,
                data=msgspec.Raw(encode_payload(event_type, fields)),
            )
        )

    def state(self, upto: int | None = None) -> State:
        state = State(JOURNAL)
        for event in self.events[:upto]:
            state.apply(event)
        return state


def begun() -> Log:
    log = Log()
    log.add(1, "goal.created", {"id": GOAL, "title": "a", "rank": "1"})
    return log


@given(
    before=st.lists(st.tuples(st.integers(1, 3), st.sampled_from(FIELDS), st.sampled_from("abc"), st.booleans())),
    after=st.lists(st.tuples(st.integers(1, 3), st.sampled_from(FIELDS), st.sampled_from("abc"), st.booleans())),
    mine=st.dictionaries(st.sampled_from(FIELDS), st.just("mine"), min_size=1),
)
def test_a_change_is_refused_exactly_where_something_else_stands_now(
    before: list[tuple[int, str, str, bool]], after: list[tuple[int, str, str, bool]], mine: dict[str, str]
) -> None:
    log = begun()
    for who, field, value, blind in before:
        log.add(who, "goal.revised", {"id": GOAL, field: value}, blind=blind)
    then = log.state()
    base, shown = base_of(then, "goal", GOAL), then.fields("goal", GOAL)
    for who, field, value, blind in after:
        log.add(who, "goal.revised", {"id": GOAL, field: value}, blind=blind)
    now = log.state()

    changed = {field for field in FIELDS if base_of(now, "goal", GOAL, [field]) != {field: base[field]}}
    assert {one.field for one in differing(now, "goal", GOAL, base)} == changed
    if changed:
        with pytest.raises(Conflict) as refused:
            check(now, "goal", GOAL, base)
        assert {one.field for one in refused.value.fields} == changed
    else:
        check(now, "goal", GOAL, base)

    registers = now.registers("goal", GOAL)
    others = {
        field
        for field in changed & mine.keys()
        if any(value != shown.get(field) for _, value in writes_of(registers[field]))
    }
    drafts = [Draft("goal.revised", {"id": GOAL, **mine})]
    if others:
        with pytest.raises(Conflict) as refused:
            check_drafts(then, now, drafts)
        assert {one.field for one in refused.value.fields} == others
        for one in refused.value.fields:
            assert one.was == shown.get(one.field)
            assert one.base == base[one.field]
            assert one.versions[0].value == now.fields("goal", GOAL)[one.field]
    else:
        check_drafts(then, now, drafts)


def test_the_message_names_the_fields_and_both_versions_are_in_the_error() -> None:
    log = begun()
    then = log.state()
    log.add(2, "goal.revised", {"id": GOAL, "title": "b"})
    with pytest.raises(Conflict, match=r"title is now “b”.*Nothing was written") as refused:
        check_drafts(then, log.state(), [Draft("goal.revised", {"id": GOAL, "title": "c"})])
    (one,) = refused.value.fields
    assert (one.was, [v.value for v in one.versions], one.base, one.now) == (
        "a",
        ["b"],
        f"{device(1)}.1",
        f"{device(2)}.1",
    )


def test_a_base_names_its_writes_as_a_line_of_the_state_hash_does() -> None:
    log = begun()
    for who in (3, 2, 1):
        log.add(who, "goal.revised", {"id": GOAL, "title": str(who)}, blind=True)
    shown, *rest = base_of(log.state(), "goal", GOAL, ["title"])["title"].split(",")
    assert shown == f"{device(1)}.2"
    assert rest == sorted([f"{device(2)}.1", f"{device(3)}.1"])


def test_taking_back_speaks_of_the_whole_entity_and_a_change_of_one_that_was_taken_back() -> None:
    log = begun()
    then = log.state()
    log.add(2, "goal.revised", {"id": GOAL, "why": "so"})
    with pytest.raises(Conflict, match="why"):
        check_drafts(then, log.state(), [Draft("goal.retracted", {"id": GOAL})])
    then = log.state()
    log.add(2, "goal.retracted", {"id": GOAL})
    with pytest.raises(Conflict, match="retracted"):
        check_drafts(then, log.state(), [Draft("goal.revised", {"id": GOAL, "title": "b"})])


def test_what_is_new_is_based_on_nothing() -> None:
    log = begun()
    then = log.state()
    log.add(2, "goal.created", {"id": entity(2), "title": "b", "rank": "1"})
    check_drafts(then, log.state(), [Draft("goal.created", {"id": entity(3), "title": "b", "rank": "1"})])
    check_drafts(then, log.state(), [Draft("goal.revised", {"id": entity(2), "title": "c"})])


def test_an_accepted_proposal_is_held_against_the_entity_that_it_changes() -> None:
    log = begun()
    change = {"kind": "goal", "id": GOAL, "fields": {"title": "proposed"}}
    log.add(1, "proposal.made", {"id": entity(5), "change": change})
    then = log.state()
    log.add(2, "goal.revised", {"id": GOAL, "title": "b"})
    accepted = Draft(
        "proposal.decided", {"id": entity(5), "decision": "accepted", "on": "2026-12-01", "accepted": change}
    )
    with pytest.raises(Conflict, match="title"):
        check_drafts(then, log.state(), [accepted])


@pytest.mark.parametrize("name", EVENT_TYPES)
def test_every_field_of_every_type_is_in_a_register(name: str) -> None:
    kind = EVENT_TYPES[name].entity
    known = registers_of(kind)
    for register, members in COMPOSITES.get(kind, {}).items():
        assert register in known
        assert {register_of(kind, member) for member in members} == {register}
    (of_entity,) = written(JOURNAL, [Draft(name, {"id": GOAL})]).values()
    assert of_entity <= set(known)


def test_what_is_no_field_or_no_base_is_named() -> None:
    state = begun().state()
    with pytest.raises(InvalidInput, match="titel"):
        base_of(state, "goal", GOAL, ["titel"])
    with pytest.raises(InvalidInput, match="base"):
        check(state, "goal", GOAL, {"title": 7})  # type: ignore[dict-item]
