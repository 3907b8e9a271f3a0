"""Pages on their way side by side: taken in order, none missing, however they are cut."""

import threading
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milepost.errors import Offline
from milepost.messages import MAX_PAGE_EVENTS, Cursor, JournalAnswer
from milepost.paging import Pages, PagesAhead

CHAIN = "0" * 64


@given(
    until=st.integers(1, 60),
    first=st.integers(0, 10),
    size=st.integers(1, 12),
    ahead=st.integers(1, 5),
    cuts=st.lists(st.integers(1, 12), min_size=1, max_size=9),
    begun=st.booleans(),
)
def test_every_place_comes_once_and_in_order(
    until: int, first: int, size: int, ahead: int, cuts: list[int], begun: bool
) -> None:
    """The server ends pages early, as it does with long events; an exact boundary is one of the cases."""
    asked: list[tuple[int, int]] = []
    lock = threading.Lock()

    def ask(after: int, limit: int) -> JournalAnswer:
        with lock:
            asked.append((after, limit))
        assert 1 <= limit <= size
        return JournalAnswer(cursor=Cursor(min(until, after + min(limit, cuts[after % len(cuts)])), CHAIN))

    pages = PagesAhead(ask, until, ahead=ahead, size=size)
    at, taken = min(first, until - 1), []
    start = at
    if begun:
        pages.begin(at)
    while at < until:
        cursor = pages.page(at).cursor
        assert cursor is not None
        taken += range(at + 1, cursor.seq + 1)
        at = cursor.seq
    pages.close()
    assert taken == list(range(start + 1, until + 1))
    assert all(after + limit <= until for after, limit in asked)
    assert len(asked) == len(set(asked))


def test_pages_are_on_their_way_at_the_same_time_and_no_more_than_so_many() -> None:
    together = threading.Barrier(3, timeout=10)
    under_way, most, lock = [0], [0], threading.Lock()

    def ask(after: int, limit: int) -> JournalAnswer:
        with lock:
            under_way[0] += 1
            most[0] = max(most[0], under_way[0])
        if 2 <= after <= 6:
            together.wait()
        with lock:
            under_way[0] -= 1
        return JournalAnswer(cursor=Cursor(after + limit, CHAIN))

    pages = PagesAhead(ask, 8, ahead=3, size=2)
    assert [pages.page(after).cursor for after in (0, 2, 4, 6)] == [Cursor(seq, CHAIN) for seq in (2, 4, 6, 8)]
    pages.close()
    assert most[0] == 3


def test_a_page_that_can_not_be_fetched_says_why_when_it_is_due() -> None:
    def ask(after: int, limit: int) -> JournalAnswer:
        if after == 4:
            raise Offline("The network is gone.")
        return JournalAnswer(cursor=Cursor(after + limit, CHAIN))

    pages = PagesAhead(ask, 8, ahead=2, size=2)
    assert pages.page(0).cursor == Cursor(2, CHAIN)
    assert pages.page(2).cursor == Cursor(4, CHAIN)
    with pytest.raises(Offline):
        pages.page(4)
    pages.close()


def test_when_a_sync_has_ended_nothing_is_on_its_way_and_the_next_begins_anew() -> None:
    asked, under_way = list[tuple[int, str]](), [0]

    def ask(journal: str, after: int, most: int, chain: str) -> JournalAnswer:
        asked.append((after, chain))
        under_way[0] += 1
        time.sleep(0.02)
        under_way[0] -= 1
        return JournalAnswer(cursor=Cursor(after + most, CHAIN))

    pages = Pages(ask)
    until = 10 * MAX_PAGE_EVENTS
    pages.page("j", Cursor(0, "a" * 64), until)
    pages.end()
    count = len(asked)
    assert under_way == [0]
    assert count > 1, "some were asked for ahead"
    time.sleep(0.1)
    assert len(asked) == count
    pages.page("j", Cursor(0, "a" * 64), until)
    assert asked[count] == (0, "a" * 64), "its first place is checked again"
    pages.end()
