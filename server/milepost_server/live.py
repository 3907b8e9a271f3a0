"""Tells listeners that a journal grew; hints only: what is missed is caught up by the next pull.

Theory of operation
-------------------
A listener is one open stream of one device. It follows the account's journals, those gained later included, and holds
at most one hint for each: however often a journal grew since the stream was last written to, it is told once, with its
newest head. So a reader that stalls costs no memory. A stream ends when its reader leaves, its device is revoked or the
server stops; whichever it is, it is forgotten in the same moment.
"""

import asyncio
import contextlib
from collections.abc import Callable
from typing import Any

import msgspec
from litestar.response.base import ASGIResponse
from litestar.types import Receive, Scope, Send

from milepost.errors import Busy, TooMany

HEARTBEAT_S = 15.0
MAX_LISTENERS = 10_000
MAX_OF_ACCOUNT = 200
"""Open streams of one account: one for each of its devices, and some to spare."""
COME_AGAIN_S = 10.0

_encode = msgspec.json.Encoder().encode


class Listener:
    """One stream: the journals that grew since it was last asked, each once, with its newest head."""

    def __init__(self, hub: "Hub", account: str, device: str) -> None:
        self.hub, self.account, self.device = hub, account, device
        self.journals: set[str] = set()
        self.heads: dict[str, int] = {}
        self.woken = asyncio.Event()
        self.ended = False

    def tell(self, journal: str, head: int) -> None:
        """A journal grew; several times before it is asked is told as one."""
        self.heads[journal] = head
        self.woken.set()

    def end(self) -> None:
        """The stream ends, whatever it has to tell."""
        self.ended = True
        self.woken.set()

    async def next(self, heartbeat_s: float = HEARTBEAT_S) -> bytes:
        """What to write next, after a while at the latest; nothing when the stream ends."""
        if not self.woken.is_set():
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(heartbeat_s):
                    await self.woken.wait()
        if self.ended:
            return b""
        self.woken.clear()
        heads, self.heads = self.heads, {}
        if not heads:
            return b": still here\n\n"
        return b"".join(
            b"event: head\ndata: %b\n\n" % _encode({"journal": journal, "head": head})
            for journal, head in heads.items()
        )


class Hub:
    """Who listens to which journal."""

    alone = True
    """Whether no other server writes to the same database."""

    def __init__(self) -> None:
        self._by_journal: dict[str, set[Listener]] = {}
        self._by_account: dict[str, set[Listener]] = {}
        self._count = 0
        self.closing = False
        self.watchers: list[Callable[[str], None]] = []
        """What else is told that a journal grew."""

    @property
    def count(self) -> int:
        """Open streams."""
        return self._count

    def tell(self, journal: str, head: int) -> None:
        """Called after a commit."""
        for listener in self._by_journal.get(journal, ()):
            listener.tell(journal, head)
        for watch in self.watchers:
            watch(journal)

    def join(self, account: str, device: str) -> Listener:
        """A stream begins; it follows nothing yet.

        Raises:
            TooMany: the account has as many as it may.
            Busy: the server has.

        """
        if self.closing or self._count >= MAX_LISTENERS:
            error = Busy("The server has no room for another stream. Ask with a sync now and then, and come again.")
            error.retry_after_s = COME_AGAIN_S
            raise error
        mine = self._by_account.setdefault(account, set())
        if len(mine) >= MAX_OF_ACCOUNT:
            refused = TooMany(f"Your account has {MAX_OF_ACCOUNT} streams open, which is the most. Close one first.")
            refused.retry_after_s = COME_AGAIN_S
            raise refused
        listener = Listener(self, account, device)
        mine.add(listener)
        self._count += 1
        return listener

    def follow(self, listener: Listener, journal: str) -> None:
        """From now on the stream tells of the journal as well."""
        listener.journals.add(journal)
        self._by_journal.setdefault(journal, set()).add(listener)

    async def begun(self, listener: Listener) -> None:
        """A stream that follows what it should is about to begin."""

    def leave(self, listener: Listener) -> None:
        """A stream is over."""
        mine = self._by_account.get(listener.account, set())
        if listener not in mine:
            return
        self._count -= 1
        _take_out(self._by_account, listener.account, listener)
        for journal in listener.journals:
            _take_out(self._by_journal, journal, listener)

    def gained(self, account: str, journal: str) -> None:
        """The account has a journal that it may not have had: its open streams follow that as well."""
        for listener in self._by_account.get(account, ()):
            self.follow(listener, journal)

    def lost(self, account: str, journal: str) -> None:
        """The account is in a journal no more: its streams tell nothing of it from now on."""
        for listener in self._by_account.get(account, ()):
            listener.journals.discard(journal)
            listener.heads.pop(journal, None)
            _take_out(self._by_journal, journal, listener)

    def revoked(self, device: str) -> None:
        """The device's streams end at once."""
        for mine in self._by_account.values():
            for listener in mine:
                if listener.device == device:
                    listener.end()

    def close(self) -> None:
        """Ends every stream, and begins none."""
        self.closing = True
        for mine in self._by_account.values():
            for listener in mine:
                listener.end()


def _take_out(table: dict[str, set[Listener]], key: str, listener: Listener) -> None:
    listeners = table.get(key)
    if listeners is not None:
        listeners.discard(listener)
        if not listeners:
            del table[key]


class EventStream(ASGIResponse):
    """Server-sent events (WHATWG HTML, section 9.2) of one listener, until its reader leaves or it ends."""

    def __init__(self, listener: Listener) -> None:
        super().__init__(
            media_type="text/event-stream", headers={"cache-control": "no-store", "x-accel-buffering": "no"}
        )
        self._listener = listener

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        """Writes what there is to tell; nothing stays behind, however it ends."""
        leaving = asyncio.ensure_future(self._until_left(receive))
        try:
            await send({"type": "http.response.start", "status": 200, "headers": self._head()})
            told = b": here\n\n"
            while told:
                await send({"type": "http.response.body", "body": told, "more_body": True})
                told = await self._listener.next()
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        finally:
            self._listener.hub.leave(self._listener)
            leaving.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await leaving

    def _head(self) -> list[tuple[bytes, bytes]]:
        return [
            (b"content-type", b"text/event-stream; charset=utf-8"),
            (b"cache-control", b"no-store"),
            (b"x-accel-buffering", b"no"),
        ]

    async def _until_left(self, receive: Receive) -> None:
        message: Any = await receive()
        while message["type"] != "http.disconnect":
            message = await receive()
        self._listener.end()
