"""The browser folds whatever stands in a log to the very state that Python folds it to, and reads what Python wrote down."""

import json
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from milepost.envelope import Event, authored, encode_event, genesis_chain, identity_digest, next_chain, salted_digest
from milepost.journal import dump_state, load_state, state_hash
from milepost.receipts import link_of
from tests.core.views.logs import fold, reordered
from tests.events import JOURNAL
from tests.web.core import Core
from tests.web.journals import Chance, journals, text, told

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
    state = told(fold(log))
    assert core("fold", JOURNAL, text(log)) == state
    other = reordered(log, chance)
    assert core("fold", JOURNAL, text(other)) == told(fold(other))


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
    assert (back["told"], in_order(back["dump"])) == (told(read), in_order(dump_state(read)))
    # What could not be read may be readable once its words were taken out.
    assert (core("load", ours.decode(), True) is None) == (load_state(theirs) is None)
    for event in rest:
        read.apply(event)
    assert told(read) == core("goOn", ours.decode(), text(rest))
    assert state_hash(read) == state_hash(fold(log))


def in_order(body: str | bytes) -> Any:
    """What is written down, with the order in which it stands."""
    return json.loads(body, object_pairs_hook=list)


@settings(often, max_examples=20)
@given(log=journals())
def test_digests_chain_and_links_are_the_same_and_events_are_written_in_the_same_bytes(
    core: Core, log: list[Event]
) -> None:
    chain = genesis_chain(JOURNAL)
    walk = [chain.hex()]
    for event in log:
        digest = identity_digest(JOURNAL, event)
        chain = next_chain(chain, digest, event)
        link = link_of(JOURNAL, event)
        salted = "" if event.rejected else salted_digest(event)
        walk.append([digest.hex(), salted, chain.hex(), [link.digest, link.received_at, link.merge_hlc, link.rejected]])
    assert core("chain", JOURNAL, text(log)) == walk
    assert core("encode", text(log)) == [
        encode_event(one).decode() for event in log for one in (event, authored(event))
    ]
