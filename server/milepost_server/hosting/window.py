"""A run of a journal's log as a turn goes through it, and the journal's state as of its end; knows no connection."""

from milepost.envelope import Event, decode_event
from milepost.events import redaction_of
from milepost.journal import State
from milepost.messages import MAX_PAGE_BYTES
from milepost_server.folded import Folded, nothing
from milepost_server.hosting.planning import Ref, touched
from milepost_server.journals import Journals

PAGE_EVENTS, LEAST_EVENTS = 500, 50


class LogWindow:
    """The log of one journal."""

    def __init__(self, journals: Journals, journal: str) -> None:
        self._journals, self._journal = journals, journal
        self._own: Folded | None = None

    async def events(self, after: int, until: int, most: int = PAGE_EVENTS) -> list[tuple[int, Event]]:
        """The next of them with their places, one page at most."""
        limit = min(PAGE_EVENTS, max(most, LEAST_EVENTS), until - after)
        page = await self._journals.store.read(self._journal, after, limit=limit, max_bytes=MAX_PAGE_BYTES)
        return [(seq, decode_event(body)) for seq, body in enumerate(page.bodies, after + 1)]

    async def state_at(self, until: int) -> State:
        """What the log up to a place adds up to. It is shared: look before anybody else runs, and don't change it."""
        folded = await self._journals.state(self._journal)
        if folded.head.seq == until:
            return folded.state
        if self._own is None or self._own.head.seq != until:
            own = nothing(self._journal)
            while own.head.seq < until:
                limit = min(PAGE_EVENTS, until - own.head.seq)
                own.fold(
                    await self._journals.store.read(self._journal, own.head.seq, limit=limit, max_bytes=MAX_PAGE_BYTES)
                )
            self._own = own
        return self._own.state

    async def touched(self, after: int, until: int) -> tuple[set[Ref] | None, bool]:
        """The entities that events may have made look different (None: any), and whether words were taken out."""
        found: set[Ref] | None = set()
        redacted, at = False, after
        while at < until:
            events = [event for _, event in await self.events(at, until)]
            at += len(events)
            redacted = redacted or any(redaction_of(event) is not None for event in events)
            of_page = touched(self._journal, await self.state_at(until), events) if found is not None else None
            found = None if found is None or of_page is None else found | of_page
        return found, redacted
