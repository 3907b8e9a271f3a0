"""How long `sync --watch` waits after a failure."""

from hypothesis import given
from hypothesis import strategies as st

from milepost.watching import FIRST_WAIT_S, LONGEST_WAIT_S, Waits


@given(chances=st.lists(st.floats(0, 1, exclude_max=True), min_size=1, max_size=40))
def test_waits_grow_to_a_limit_and_are_never_at_once(chances: list[float]) -> None:
    left = list(chances)
    waits = Waits(lambda: left.pop(0))
    for turn in range(len(chances)):
        whole = min(FIRST_WAIT_S * 2**turn, LONGEST_WAIT_S)
        assert whole / 2 <= waits.next_s() <= whole
    waits.reset()
    left.append(0.0)
    assert waits.next_s() == FIRST_WAIT_S / 2
