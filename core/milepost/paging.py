"""Fetches the pages of a log that will be asked for next while one is being taken; knows no HTTP and no file."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

from milepost.messages import MAX_PAGE_EVENTS, Cursor, JournalAnswer

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


class Pages:
    """The pages of logs, each asked for by its place; `ask` fetches at most so many events of a journal after a `seq`, the
    chain value of which is given where it is to be checked.
    """

    def __init__(self, ask: Callable[[str, int, int, str], JournalAnswer]) -> None:
        self._ask = ask
        self._ahead: dict[str, PagesAhead] = {}

    def page(self, journal: str, after: Cursor, until: int) -> JournalAnswer:
        """The page after a place, none beyond `until`; others that will be asked for next are set going."""
        ahead = self._ahead.get(journal)
        if ahead is None or ahead.until != until:
            # The first place is checked by the server; what follows is checked by its chain when it is taken.
            answer = self._ask(journal, after.seq, min(MAX_PAGE_EVENTS, until - after.seq), after.chain)
            ahead = PagesAhead(lambda at, most: self._ask(journal, at, most, ""), until)
            self._stop(journal)
            self._ahead[journal] = ahead
            if answer.cursor is not None and answer.cursor.seq > after.seq:
                ahead.begin(answer.cursor.seq)
        else:
            try:
                answer = ahead.page(after.seq)
            except BaseException:
                self._stop(journal)
                raise
        if answer.cursor is None or answer.cursor.seq >= until:
            self._stop(journal)
        return answer

    def end(self) -> None:
        """Nothing is on its way any more."""
        for journal in list(self._ahead):
            self._stop(journal)

    def _stop(self, journal: str) -> None:
        ahead = self._ahead.pop(journal, None)
        if ahead is not None:
            ahead.close()
