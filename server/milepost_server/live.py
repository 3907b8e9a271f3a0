"""Tells listeners that a journal grew; hints only: what is missed is caught up by the next pull."""

import asyncio
from collections.abc import AsyncIterator, Iterable

import msgspec

HEARTBEAT_S = 15.0
MAX_LISTENERS = 10_000

_encode = msgspec.json.Encoder().encode


class Listener:
    """One stream: the journals that grew since it was last asked, each once, with its newest head."""

    def __init__(self) -> None:
        self.heads: dict[str, int] = {}
        self.woken = asyncio.Event()

    def tell(self, journal: str, head: int) -> None:
        """A journal grew; several times before it is asked is told as one."""
        self.heads[journal] = head
        self.woken.set()


class Hub:
    """Who listens to which journal."""

    def __init__(self) -> None:
        self._listeners: dict[str, set[Listener]] = {}
        self._all: set[Listener] = set()
        self.closing = False

    def tell(self, journal: str, head: int) -> None:
        """Called after a commit."""
        for listener in self._listeners.get(journal, ()):
            listener.tell(journal, head)

    def close(self) -> None:
        """Ends every stream."""
        self.closing = True
        for listener in self._all:
            listener.woken.set()

    async def listen(self, journals: Iterable[str], heartbeat_s: float = HEARTBEAT_S) -> AsyncIterator[bytes]:
        """Server-sent events (WHATWG HTML, section 9.2) until the listener leaves or the hub closes."""
        listener = Listener()
        followed = list(journals)
        self._all.add(listener)
        for journal in followed:
            self._listeners.setdefault(journal, set()).add(listener)
        try:
            yield b": here\n\n"
            while not self.closing:
                try:
                    await asyncio.wait_for(listener.woken.wait(), heartbeat_s)
                except TimeoutError:
                    yield b": still here\n\n"
                    continue
                listener.woken.clear()
                heads, listener.heads = listener.heads, {}
                for journal, head in heads.items():
                    yield b"event: head\ndata: %b\n\n" % _encode({"journal": journal, "head": head})
        finally:
            self._all.discard(listener)
            for journal in followed:
                listeners = self._listeners.get(journal)
                if listeners is not None:
                    listeners.discard(listener)
                    if not listeners:
                        del self._listeners[journal]
