"""What is shown of a journal and kept up with it, whatever is written and in whatever pieces it comes."""

from hypothesis import given
from hypothesis import strategies as st

from milepost.envelope import Event
from milepost.journal import State, dump_state, load_state
from milepost.plugin_api import JournalView
from milepost.projected import MOST_ONE_BY_ONE, projected
from milepost.projection import DISCREET, EVERYTHING, Grant, project
from tests.core.test_projection import grants, moving_logs
from tests.core.views.logs import slowly
from tests.events import JOURNAL, device, entity, event, redaction


@slowly
@given(moving_logs, grants, st.integers(1, 7), st.data())
def test_what_is_kept_up_with_is_what_is_shown_anew(
    log: list[Event], grant: Grant, every: int, data: st.DataObject
) -> None:
    state = State(JOURNAL)
    grants = {EVERYTHING, grant}
    for place, one in enumerate(log):
        state.apply(one)
        if place % every == 0:
            assert {one: projected(state, one) for one in grants} == {one: project(state, one) for one in grants}
    if log:
        target = data.draw(st.sampled_from(log))
        seen = {name: progress.n for name, progress in state.devices.items()}
        state.apply(redaction(1, target, by=device(9), seen=seen, at_ms=1_900_000_000_000))
    assert projected(state, grant) == project(state, grant)
    again = load_state(dump_state(state))
    assert again is not None
    assert projected(again, grant) == project(state, grant)


def _of_many(steps: int) -> State:
    state = State(JOURNAL)
    state.apply(event(1, id=entity(1), title="Walk"))
    state.apply(event(2, id=entity(2), title="Rest"))
    for n in range(3, steps + 3):
        goal = entity(1 + n % 2)
        state.apply(event(n, type="milestone.added", id=entity(n), goal=goal, title=f"Part {n}"))
    return state


def _same(before: JournalView, now: JournalView) -> int:
    """Steps that are the very objects that they were."""
    return sum(one is was for one, was in zip(now.milestones, before.milestones, strict=True))


def test_what_did_not_change_is_the_very_object_that_it_was() -> None:
    state = _of_many(200)
    before = projected(state, DISCREET)
    state.apply(event(203, type="milestone.revised", id=entity(77), title="Part of it"))
    now = projected(state, DISCREET)
    assert _same(before, now) == 199
    assert now.goals[0] is before.goals[0] or now.goals[1] is before.goals[1]
    assert projected(state, DISCREET).milestones is now.milestones


def test_much_that_comes_at_once_is_put_in_order_as_little_is() -> None:
    state = _of_many(1)
    projected(state)
    for n in range(4, 4 + 2 * MOST_ONE_BY_ONE):
        day = f"2026-{n % 12 + 1:02}-{n % 28 + 1:02}"
        state.apply(event(n, type="checkin.recorded", id=entity(500 - n), subject=entity(1), on=day, note="x"))
    assert projected(state) == project(state)
