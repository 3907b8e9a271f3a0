from hypothesis import given
from hypothesis import strategies as st

from milepost.clock import CLAMP_MS, HybridClock, clamp_hlc, format_hlc, hlc_ms
from milepost.rank import rank_between

wall_times = st.lists(st.integers(-(2**40), 2**49), min_size=1, max_size=40)


@given(wall_times, st.lists(st.integers(0, 2**64 - 2**33)))
def test_a_clock_only_goes_forward_whatever_the_wall_says_and_others_claim(times: list[int], heard: list[int]) -> None:
    now = iter(times)
    clock = HybridClock(wall=lambda: next(now))
    read: list[str] = []
    for i in range(len(times)):
        if i < len(heard):
            clock.observe(f"{heard[i]:016x}")
            assert clock.last >= f"{heard[i]:016x}"
        read.append(clock.tick())
    assert read == sorted(set(read))
    assert all(len(r) == 16 for r in read)


def test_a_counter_that_runs_over_carries_into_the_milliseconds() -> None:
    clock = HybridClock(last=format_hlc(5, 0xFFFF), wall=lambda: 0)
    assert clock.tick() == format_hlc(6, 0)


@given(st.integers(0, 2**47), st.integers(0, 2**47))
def test_only_a_clock_too_far_ahead_is_clamped(ms: int, received_at: int) -> None:
    hlc = format_hlc(ms, 7)
    clamped = clamp_hlc(hlc, received_at)
    assert clamped == (hlc if ms < received_at + CLAMP_MS else format_hlc(received_at + CLAMP_MS))
    assert hlc_ms(clamped) <= received_at + CLAMP_MS


def test_after_a_clamp_the_clock_goes_back_to_the_truth() -> None:
    clock = HybridClock(last=format_hlc(10**12), wall=lambda: 1_000)
    clock.reset(format_hlc(5_000))
    assert clock.tick() == format_hlc(5_000, 1)


@given(st.randoms(use_true_random=False), st.integers(1, 120))
def test_there_is_always_room_between_two_ranks(choices: object, count: int) -> None:
    ranks: list[str] = []
    for _ in range(count):
        at = choices.randint(0, len(ranks))  # type: ignore[attr-defined]
        before = ranks[at - 1] if at else ""
        after = ranks[at] if at < len(ranks) else ""
        ranks.insert(at, rank_between(before, after))
    assert ranks == sorted(set(ranks))


def test_a_list_that_only_grows_keeps_short_ranks() -> None:
    rank = ""
    for _ in range(1_000):
        rank = rank_between(rank, "")
    assert len(rank) < 40
