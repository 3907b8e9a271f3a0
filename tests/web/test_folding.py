"""The browser folds whatever stands in a log to the very state that Python folds it to, and reads what Python wrote down."""

import json
import random
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from milepost.envelope import Event, authored, encode_event, genesis_chain, identity_digest, next_chain, salted_digest
from milepost.events import read_fields
from milepost.journal import dump_state, load_state, state_hash
from milepost.receipts import link_of
from tests.campaign.versions import OLD, version
from tests.core.views.logs import fold, reordered
from tests.events import JOURNAL, entity, event
from tests.web.core import Core
from tests.web.journals import ODD, UNTAKEN, Chance, journals, text, told

often = settings(
    max_examples=60,
    phases=[Phase.generate],  # to make a journal that differs small takes minutes
    deadline=None,
    suppress_health_check=[
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
        HealthCheck.function_scoped_fixture,
        HealthCheck.large_base_example,
    ],
)


@often
@given(log=journals(), chance=st.randoms(use_true_random=False))
def test_a_log_comes_to_the_same_state_in_any_order(core: Core, log: list[Event], chance: Chance) -> None:
    for order in (log, reordered(log, chance)):
        assert alike(core("fold", JOURNAL, text(order))) == alike(told(fold(order)))


@often
@given(log=journals(), at=st.floats(0, 1))
def test_a_state_written_down_by_either_is_read_by_the_other_and_goes_on(
    core: Core, log: list[Event], at: float
) -> None:
    cut = int(at * len(log))
    before, rest = fold(log[:cut]), log[cut:]
    ours, theirs = dump_state(before), core("dump", JOURNAL, text(log[:cut])).encode()
    assert in_order(theirs) == in_order(ours)
    read = load_state(theirs, whole=False)
    assert read is not None
    back = core("load", ours.decode(), False)
    assert (alike(back["told"]), in_order(back["dump"])) == (alike(told(read)), in_order(dump_state(read)))
    # What could not be read may be readable once its words were taken out.
    assert (core("load", ours.decode(), True) is None) == (load_state(theirs) is None)
    for one in rest:
        read.apply(one)
    assert alike(told(read)) == alike(core("goOn", ours.decode(), text(rest)))
    assert state_hash(read) == state_hash(fold(log))


def test_a_state_of_a_version_that_knew_less_is_folded_anew(core: Core) -> None:
    log = [event(1, title="Mine"), event(2, type="goal.ranked", id=entity(1), rank="m")]
    with version(OLD):
        kept = dump_state(fold(log))
    assert load_state(kept) is None
    assert core("load", kept.decode(), True) is None
    assert core("load", kept.decode(), False)["told"]["unfolded"] == [encode_event(log[1]).decode()]
    assert core("load", dump_state(fold(log)).replace(b'"fold":2', b'"fold":1').decode(), False) is None


def alike(found: dict[str, Any]) -> dict[str, Any]:
    """What was told, whatever way numbers are written in what is left of a redacted event: that does not matter."""
    return {**found, "unfolded": [json.loads(one) for one in found["unfolded"]]}


def in_order(body: str | bytes) -> Any:
    """What is written down, with the order in which it stands."""
    return json.loads(body, object_pairs_hook=list)


BASES = [
    event(1, title="Mine"),
    event(1, type="checkin.recorded", id=entity(1), on="2026-11-01", value=3),
    event(1, type="proposal.decided", id=entity(1), decision="accepted", on="2026-11-01"),
    event(1, type="session.scheduled", id=entity(1), start={"at": "2026-10-20T15:00:00", "time_zone": "UTC"}),
    event(1, type="assessment.recorded", id=entity(1), instrument="phq-9", version="1", answers=[1], on="2026-11-01"),
    event(1, type="journal.revised", title="Ours"),
]


@pytest.mark.parametrize("base", BASES, ids=lambda base: base.type)
def test_of_every_odd_payload_both_read_the_same_or_nothing(core: Core, base: Event) -> None:
    chance = random.Random(1)
    found = [odd(base, chance) for odd in (*ODD, *UNTAKEN)]
    for one in [*found, *(replace(one, data_digest="0" * 64, salt="") for one in found)]:
        read = read_fields(JOURNAL, one)
        assert core("read", JOURNAL, encode_event(one).decode()) == (list(read) if read else None), one.payload


@settings(often, max_examples=20)
@given(log=journals())
def test_digests_chain_and_links_are_the_same_and_events_are_written_in_the_same_bytes(
    core: Core, log: list[Event]
) -> None:
    chain = genesis_chain(JOURNAL)
    walk = [chain.hex()]
    for one in log:
        digest = identity_digest(JOURNAL, one)
        chain = next_chain(chain, digest, one)
        link = link_of(JOURNAL, one)
        salted = "" if one.rejected else salted_digest(one)
        walk.append([digest.hex(), salted, chain.hex(), [link.digest, link.received_at, link.merge_hlc, link.rejected]])
    assert core("chain", JOURNAL, text(log)) == walk
    assert core("encode", text(log)) == [
        encode_event(one).decode() for event in log for one in (event, authored(event))
    ]
