import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Raw

from milepost.envelope import (
    Event,
    as_stub,
    check_envelope,
    check_identity,
    decode_event,
    encode_event,
    genesis_chain,
    identity_digest,
    next_chain,
)
from milepost.errors import InvalidEvent
from milepost.events import COMPOSITES, EVENT_TYPES, PAYLOADS, by_register, check_payload, encode_payload, read_fields
from milepost.journal import State
from tests.events import ALICE, JOURNAL, device, entity, event

VECTORS = Path(__file__).parent.parent / "vectors"


def written(type: str, data: Any, v: int = 1) -> Event:
    raw = data if isinstance(data, bytes) else msgspec.json.encode(data)
    return msgspec.structs.replace(event(1), type=type, v=v, data=Raw(raw))


def test_the_byte_layouts_are_what_they_were_published_as() -> None:
    """Golden: these bytes are the protocol. A change here is a change of the protocol."""
    golden = json.loads((VECTORS / "digest_and_chain.json").read_text(encoding="utf-8"))
    chain = genesis_chain(golden["journal"])
    assert chain.hex() == golden["genesis"]
    for case in golden["events"]:
        stored = decode_event(case["body"].encode())
        digest = identity_digest(golden["journal"], stored)
        chain = next_chain(chain, digest, stored)
        assert (digest.hex(), chain.hex()) == (case["digest"], case["chain"]), case["about"]


@given(st.integers(1, 10**6), st.text(max_size=50), st.dictionaries(st.integers(2, 9).map(device), st.integers(1, 99)))
def test_an_event_survives_its_journey_byte_for_byte(n: int, words: str, seen: dict[str, int]) -> None:
    data = json.dumps({"id": entity(1), "title": words or "x"}, ensure_ascii=bool(n % 2), indent=n % 3).encode()
    sent = msgspec.structs.replace(event(n, seen=seen), data=Raw(data))
    arrived = decode_event(encode_event(sent))
    assert bytes(arrived.data) == data
    assert identity_digest(JOURNAL, arrived) == identity_digest(JOURNAL, sent)
    assert encode_event(arrived) == encode_event(sent)


@given(st.data())
def test_the_digest_notices_any_change_of_the_authors_fields(data: st.DataObject) -> None:
    sent = event(3, seen={device(2): 5})
    change = data.draw(
        st.sampled_from(
            [
                {"device": device(9)}, {"n": 4}, {"seen": {device(2): 6}}, {"seen": {}}, {"hlc": "f" * 16},
                {"actor": device(8)}, {"type": "goal.revised"}, {"v": 2}, {"salt": "s" * 16},
                {"data": Raw(bytes(sent.data) + b" ")},
            ]
        )
    )  # fmt: skip
    assert identity_digest(JOURNAL, msgspec.structs.replace(sent, **change)) != identity_digest(JOURNAL, sent)
    assert identity_digest(entity(1), sent) != identity_digest(JOURNAL, sent)
    placed = msgspec.structs.replace(sent, seq=9, received_at=8, merge_hlc="0" * 16)
    assert identity_digest(JOURNAL, placed) == identity_digest(JOURNAL, sent)


def test_a_stub_keeps_the_digest_and_none_of_the_words() -> None:
    sent = event(1, title="private words")
    stub = decode_event(encode_event(as_stub(JOURNAL, sent, "no")))
    assert identity_digest(JOURNAL, stub) == identity_digest(JOURNAL, sent)
    assert b"private" not in encode_event(stub)


@given(st.binary(max_size=200))
def test_garbage_is_refused_in_words_and_never_crashes(garbage: bytes) -> None:
    try:
        found = decode_event(garbage)
        check_identity(found)
        check_envelope(found)
        check_payload(found)
    except InvalidEvent as error:
        assert str(error)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@given(
    st.sampled_from(sorted(EVENT_TYPES)),
    st.dictionaries(st.sampled_from(["id", "title", "due", "on", "status", "value", "goal", "note", "x"]), json_values),
)
def test_what_passes_the_check_folds_and_what_does_not_is_told_why(name: str, data: dict[str, Any]) -> None:
    sent = written(name, data)
    try:
        check_payload(sent)
    except InvalidEvent as error:
        assert name in str(error)
    else:
        assert read_fields(JOURNAL, sent) is not None


@pytest.mark.parametrize("data", [b"[1]", b"1", b'{"a":', b'{"a": "\xff"}', b"{" * 5000, b'{"a": "\\ud800"}'])
def test_an_unknown_type_must_still_be_a_json_object(data: bytes) -> None:
    with pytest.raises(InvalidEvent, match="data"):
        check_payload(written("goal.dreamt_of", data))
    check_payload(written("goal.dreamt_of", {"anything": ["goes"]}))
    check_payload(written("goal.created", {"from": "the future"}, v=99))


def test_an_event_that_changes_nothing_is_refused() -> None:
    with pytest.raises(InvalidEvent, match="changes nothing"):
        check_payload(written("goal.revised", {"id": entity(1), "reason": "just because"}))


def test_every_type_names_an_entity_kind_and_every_composite_is_made_of_its_fields() -> None:
    for name, cls in PAYLOADS.items():
        assert name.split(".")[0] == cls.entity
    for kind, registers in COMPOSITES.items():
        fields = {f for cls in PAYLOADS.values() if cls.entity == kind for f in (*cls.__struct_fields__, *cls.sets)}
        assert all(member in fields for members in registers.values() for member in members)


def test_fields_that_belong_together_share_a_register() -> None:
    fields = {"status": "paused", "on": "2026-12-01", "reflection": "enough for now"}
    assert by_register("goal", fields) == {
        "status": {"status": "paused", "on": "2026-12-01"},
        "reflection": "enough for now",
    }
    assert by_register("checkin", {"on": "2026-12-01", "value": 3}) == {"on": "2026-12-01", "value": {"value": 3}}


def test_a_payload_is_checked_before_it_is_written() -> None:
    with pytest.raises(InvalidEvent, match="`due` must be a date"):
        encode_payload("goal.created", {"id": entity(1), "title": "x", "due": "2026-02-30"})
    with pytest.raises(InvalidEvent, match="no event type"):
        encode_payload("goal.wished", {})
    assert ALICE not in encode_payload("goal.created", {"id": entity(1), "title": "x"}).decode()


MOMENT = {"at": "2026-12-18T15:00:00", "time_zone": "Europe/Berlin"}


@pytest.mark.parametrize(
    ("name", "fields", "words"),
    [
        ("practice.added", {"title": "Breathe", "recurrence": "FREQ=DAILY", "start": "2026-12-01"}, ""),
        (
            "practice.added",
            {"title": "x", "recurrence": "FREQ=SECONDLY", "start": "2026-12-01"},
            "must be a recurrence",
        ),
        ("practice.added", {"title": "x", "recurrence": "FREQ=WEEKLY;BYDAY=XX", "start": "2026-12-01"}, "a recurrence"),
        (
            "practice.added",
            {"title": "x", "recurrence": "FREQ=DAILY;BYHOUR=1,2", "start": "2026-12-01"},
            "a recurrence",
        ),
        ("session.scheduled", {"start": MOMENT, "minutes": 50}, ""),
        ("session.scheduled", {"start": {**MOMENT, "time_zone": "Mars/Base"}}, "`start.time_zone` must be a time zone"),
        ("session.scheduled", {"start": {**MOMENT, "at": "2026-12-18T25:00:00"}}, "`start.at` must be a local time"),
        ("reminder.set", {"what": "Breathe", "recurrence": "FREQ=DAILY", "at": "08:30"}, ""),
        ("reminder.set", {"what": "x", "recurrence": "FREQ=DAILY", "at": "8:30am"}, "must be a time of day"),
        ("reminder.set", {"what": "x", "recurrence": "FREQ=DAILY", "at": "25:30"}, "must be a time of day"),
        ("topic.added", {"about": {"journal": entity(3), "kind": "goal", "id": entity(4)}}, ""),
        ("topic.added", {"about": {"journal": entity(3), "kind": "goal", "id": "x" * 36}}, "`about.id` must be"),
        ("alliance.recorded", {"on": "2026-12-01", "bond": 11}, "from 0 to 10"),
        ("assessment.recorded", {"instrument": "phq-9", "version": "1", "answers": [], "on": "2026-12-01"}, "answers"),
    ],
)
def test_every_entity_is_checked_in_words(name: str, fields: dict[str, Any], words: str) -> None:
    if not words:
        check_payload(written(name, encode_payload(name, {"id": entity(1), **fields})))
        return
    with pytest.raises(InvalidEvent) as raised:
        encode_payload(name, {"id": entity(1), **fields})
    assert words in str(raised.value)


def test_a_proposal_changes_nothing_until_it_is_accepted_and_then_by_itself() -> None:
    change = {"kind": "goal", "id": entity(1), "fields": {"title": "Together"}}
    state = State(JOURNAL)
    state.apply(event(1, id=entity(1), title="Alone"))
    state.apply(event(2, type="proposal.made", id=entity(2), change=change, why="it helps"))
    assert state.fields("goal", entity(1))["title"] == "Alone"
    state.apply(event(3, type="proposal.decided", id=entity(2), decision="accepted", on="2026-12-01", accepted=change))
    assert state.fields("goal", entity(1))["title"] == "Together"
    assert state.fields("proposal", entity(2))["decision"] == "accepted"
    for bad in (
        {**change, "kind": "journal"},
        {**change, "fields": {"titel": "x"}},
        {**change, "fields": {"title": ""}},
    ):
        with pytest.raises(InvalidEvent):
            encode_payload("proposal.made", {"id": entity(2), "change": bad})


def test_rest_and_a_safety_plan_are_the_journals_own() -> None:
    state = State(JOURNAL)
    state.apply(event(1, type="plan.written", signs="I stop answering", people="Mara"))
    state.apply(event(2, type="rest.set", on="2026-12-01", until=None))
    assert state.fields("plan", JOURNAL) == {"signs": "I stop answering", "people": "Mara"}
    assert state.fields("rest", JOURNAL) == {"resting": True, "on": "2026-12-01", "until": None}
    state.apply(event(3, type="rest.ended", on="2026-12-03"))
    assert state.fields("rest", JOURNAL)["resting"] is False


@pytest.mark.parametrize("name", sorted(EVENT_TYPES))
def test_what_was_written_reads_the_same_for_ever(name: str) -> None:
    """Golden: one file for each type and version. They are added to and never edited."""
    for v in range(1, EVENT_TYPES[name].v + 1):
        golden = json.loads((VECTORS / "events" / f"{name}.{v}.json").read_text(encoding="utf-8"))
        sent = written(name, golden["data"], v)
        check_payload(sent)
        assert read_fields(JOURNAL, sent) == (golden["kind"], golden["entity"], golden["fields"])


def test_an_older_version_is_read_as_if_it_were_the_current_one(monkeypatch: pytest.MonkeyPatch) -> None:
    from milepost.events import registry

    newest = msgspec.structs.replace(EVENT_TYPES["goal.ranked"], v=3)
    monkeypatch.setitem(registry.EVENT_TYPES, "goal.ranked", newest)
    monkeypatch.setitem(registry.UPCASTERS, ("goal.ranked", 1), lambda f: {"id": f["goal"], "place": f["place"]})
    monkeypatch.setitem(registry.UPCASTERS, ("goal.ranked", 2), lambda f: {"id": f["id"], "rank": f["place"].lower()})
    old = written("goal.ranked", {"goal": entity(1), "place": "ABC"}, v=1)
    check_payload(old)
    assert read_fields(JOURNAL, old) == ("goal", entity(1), {"rank": "abc"})
    assert read_fields(JOURNAL, written("goal.ranked", {}, v=4)) is None


CHANGE = {"kind": "goal", "id": entity(1), "fields": {"title": "Together"}}


@pytest.mark.parametrize("decision", ["declined", "countered", "withdrawn"])
def test_only_an_accepted_proposal_carries_what_was_accepted_and_a_log_that_has_another_still_folds(
    decision: str,
) -> None:
    fields = {"id": entity(2), "decision": decision, "on": "2026-12-01", "accepted": CHANGE}
    with pytest.raises(InvalidEvent, match="only a `decision` of accepted"):
        encode_payload("proposal.decided", fields)
    odd = written("proposal.decided", fields)
    with pytest.raises(InvalidEvent, match=r"`proposal\.decided`: only a `decision` of accepted"):
        check_payload(odd)
    assert read_fields(JOURNAL, odd) is not None


def test_a_redacted_decision_is_checked_as_far_as_it_can_be_read() -> None:
    left = {"id": entity(2), "on": None, "accepted": {**CHANGE, "fields": {"title": None}}}
    wordless = {"data_digest": "ab" * 32, "salt": ""}
    check_payload(msgspec.structs.replace(written("proposal.decided", {**left, "decision": None}), **wordless))
    with pytest.raises(InvalidEvent, match="only a `decision` of accepted"):
        check_payload(
            msgspec.structs.replace(written("proposal.decided", {**left, "decision": "declined"}), **wordless)
        )


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({**CHANGE, "kind": "plan"}, "`change.kind` must be one of goal, measure"),
        ({**CHANGE, "fields": {"title": "x", "reason": "y"}}, "`change.fields` may not have reason"),
        ({**CHANGE, "fields": {"id": entity(1), "title": "x"}}, "`change.fields` may not have id"),
        ({**CHANGE, "fields": {"mood": "good"}}, "`change.fields`: `mood` is no field of this."),
        ({**CHANGE, "fields": {"status": "active"}}, "`change.fields`: `on` is missing."),
        ({**CHANGE, "fields": {"status": "reached", "on": "2026-05-20"}}, "`change.fields`: `status` must be "),
        ({**CHANGE, "fields": {"status": "active", "on": "someday"}}, "`change.fields`: `on` must be "),
        (
            {**CHANGE, "kind": "measure", "fields": {"status": "active"}},
            "`change.fields`: `status` is no field of this.",
        ),
        ({**CHANGE, "fields": {"due": "2026-02-30"}}, "`change.fields`: `due` must be a date"),
    ],
)
def test_a_proposed_change_is_checked_in_words_both_where_it_is_written_and_where_it_comes_in(
    change: dict[str, Any], words: str
) -> None:
    with pytest.raises(InvalidEvent) as here:
        encode_payload("proposal.made", {"id": entity(2), "change": change})
    assert str(here.value).startswith(words)
    with pytest.raises(InvalidEvent) as there:
        check_payload(written("proposal.made", {"id": entity(2), "change": change}))
    assert str(there.value).startswith(f"`proposal.made`: {words}")


def test_half_of_a_letter_is_refused_in_words_however_deep_it_stands() -> None:
    for fields in ({"title": "\ud800"}, {"title": "x", "area": "\udc00"}):
        with pytest.raises(InvalidEvent, match="no text"):
            encode_payload("goal.created", {"id": entity(1), **fields})
    with pytest.raises(InvalidEvent, match=r"`change\.fields`: .*no text"):
        encode_payload("proposal.made", {"id": entity(2), "change": {**CHANGE, "fields": {"title": "\ud83c"}}})


def test_an_answer_in_a_form_is_no_greater_than_any_integer_on_the_wire() -> None:
    form = {"id": entity(1), "instrument": "phq-9", "version": "1", "on": "2026-12-01"}
    encode_payload("assessment.recorded", {**form, "answers": [2**53 - 1, -(2**53) + 1, None]})
    great = {**form, "answers": [2**53]}
    with pytest.raises(InvalidEvent, match=r"`answers` may have no whole number beyond 2\^53-1"):
        encode_payload("assessment.recorded", great)
    assert read_fields(JOURNAL, written("assessment.recorded", great)) is not None


@pytest.mark.parametrize("name", ["localtime", "posixrules", "Factory", "posix/Europe/Berlin", "right/Europe/Berlin"])
def test_what_only_this_machine_calls_a_time_zone_is_none(name: str) -> None:
    with pytest.raises(InvalidEvent, match="`time_zone` must be a time zone"):
        encode_payload("journal.opened", {"time_zone": name})
