"""What can't keep its name is written again: the same by everyone who holds it, each having seen what it had seen."""

from hypothesis import given
from hypothesis import strategies as st

from milepost.branch import Branch, Held, write_again
from milepost.envelope import Event, as_stub
from tests.events import JOURNAL, device, event

A, B, C = device(1), device(2), device(3)


def nothing(_: str, __: int) -> None:
    return None


def again(events: list[Event], first: int, placed: int = 0) -> Branch:
    log = [Held(e, confirmed=True, placed=at < placed) for at, e in enumerate(events)]
    return write_again(JOURNAL, log, {}, A, first, nothing)


def test_what_had_seen_the_branch_is_on_it_and_says_so_under_the_new_names() -> None:
    log = [event(1, by=A), event(1, by=B, seen={A: 1}), event(2, by=A, seen={B: 1}), event(2, by=B, seen={A: 2})]
    branch = again([*log, event(1, by=C, seen={A: 1})], 2)
    assert branch.parted == {A: 2, B: 2}, "the third one saw only what stays"
    (of_a, _), (of_b, _) = branch.again
    assert (of_a.device, of_a.n, of_a.seen) == (branch.names[A], 1, {A: 1, B: 1})
    assert (of_b.device, of_b.n, of_b.seen) == (branch.names[B], 1, {A: 1, B: 1, branch.names[A]: 1})
    assert (of_a.salt, of_a.payload, of_a.hlc, of_a.actor) == (log[2].salt, log[2].payload, log[2].hlc, log[2].actor)


def test_what_has_its_place_in_the_servers_log_keeps_its_name() -> None:
    log = [event(1, by=B), event(1, by=A), event(2, by=B, seen={A: 1})]
    assert again(log, 1, placed=3).parted == {A: 1}


def test_a_stub_is_not_written_again_and_leaves_no_gap() -> None:
    log = [event(1), as_stub(JOURNAL, event(2, seen={C: 4}), "why"), event(3), event(1, by=B, seen={A: 2})]
    branch = again(log, 1)
    assert [(e.device, e.n) for e, _ in branch.again] == [
        (branch.names[A], 1),
        (branch.names[A], 2),
        (branch.names[B], 1),
    ]
    assert branch.again[1][0].seen == {C: 4}, "what the stub had said is said by the next one"


def test_what_was_written_again_before_is_not_written_twice() -> None:
    log = [Held(e, confirmed=True, placed=False) for e in (event(1), event(2))]
    (first, _), _ = write_again(JOURNAL, log, {}, A, 1, nothing).again
    kept = write_again(JOURNAL, log, {}, A, 1, lambda d, n: first if (d, n) == (first.device, first.n) else None)
    assert [e.n for e, _ in kept.again] == [2]
    taken = write_again(JOURNAL, log, {}, A, 1, lambda d, _: event(1, by=d) if d == first.device else None)
    assert taken.names[A] != first.device
    assert [e.n for e, _ in taken.again] == [1, 2]


def test_where_there_is_nothing_nothing_is_done() -> None:
    assert again([event(1)], 2) == Branch({}, [], {})


@given(st.lists(st.tuples(st.integers(1, 3), st.booleans()), min_size=2, max_size=30), st.data())
def test_a_branch_keeps_the_order_in_which_things_were_seen(steps: list[tuple[int, bool]], data: st.DataObject) -> None:
    events: list[Event] = []
    counters: dict[str, int] = {}
    for at, (number, looks) in enumerate(steps):
        by = device(number)
        counters[by] = counters.get(by, 0) + 1
        said = {d: n for e in events if e.device == by for d, n in e.seen.items()}
        seen = {d: n for d, n in counters.items() if d != by and n > said.get(d, 0)} if looks else {}
        events.append(event(counters[by], by=by, at_ms=1_000 + at, seen=seen, salt=f"{at:016d}"))
    if A not in counters:
        return
    first = data.draw(st.integers(1, counters[A]))
    branch = again(events, first)
    rest = [e for e in events if e.n < branch.parted.get(e.device, e.n + 1)]
    after = rest + [e for e, _ in branch.again]
    assert sorted(e.salt for e in after) == sorted(e.salt for e in events)
    assert seen_salts(after) == seen_salts(events)


def seen_salts(events: list[Event]) -> dict[str, set[str]]:
    """Event → all that it had seen, by their salts; counters must have no gap, and causes come first."""
    logs: dict[str, list[str]] = {}
    contexts: dict[str, dict[str, int]] = {}
    found: dict[str, set[str]] = {}
    for e in events:
        own = logs.setdefault(e.device, [])
        assert e.n == len(own) + 1
        context = contexts[e.device] = {**contexts.get(e.device, {}), **e.seen}
        assert all(len(logs[d]) >= n for d, n in context.items())
        found[e.salt] = {*own, *(s for d, n in context.items() for s in logs[d][:n])}
        own.append(e.salt)
    return found
