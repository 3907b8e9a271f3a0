"""Fetches the pages of a log that will be asked for next while one is being taken; knows no HTTP and no file."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

from milepost.messages import MAX_PAGE_EVENTS, JournalAnswer

AHEAD = 4
"""Pages on their way at a time."""

Ask = Callable[[int, int], JournalAnswer]
"""Fetches one page: at most so many events (second) after a `seq` (first)."""


class PagesAhead:
    """Pages of one log up to `until`. A page that ends early loses nothing: what is missing is fetched when it is due."""

    def __init__(self, ask: Ask, until: int, *, ahead: int = AHEAD, size: int = MAX_PAGE_EVENTS) -> None:
        self._ask, self.until, self._size = ask, until, size
        self._pool = ThreadPoolExecutor(ahead, thread_name_prefix="milepost-page")
        self._room = ahead
        self._coming: dict[int, Future[JournalAnswer]] = {}
        self._next = 0

    def page(self, after: int) -> JournalAnswer:
        """The page after `after`, and others set going."""
        found = self._coming.pop(after, None) or self._fetch(after, min(self._coming, default=self.until))
        self.begin(after + self._size)
        return found.result()

    def begin(self, after: int) -> None:
        """Sets pages from there on going, as many as have room."""
        self._next = max(self._next, after)
        while len(self._coming) < self._room and self._next < self.until:
            self._coming[self._next] = self._fetch(self._next, self.until)
            self._next += self._size

    def _fetch(self, after: int, until: int) -> "Future[JournalAnswer]":
        return self._pool.submit(self._ask, after, min(self._size, until - after))

    def close(self) -> None:
        """Fetches nothing more; when this returns, nothing is on its way."""
        self._pool.shutdown(cancel_futures=True)
