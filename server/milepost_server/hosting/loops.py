"""Where a plugin's code runs: on a daemon thread of its own with an event loop, for a limited time. Knows no delivery.

Theory of operation
-------------------
The server's loop never runs a plugin's code. A call is handed to the plugin's loop and waited for; one that takes too
long is cancelled there. If it does not end then, it blocks its thread or will not be cancelled: the thread is left
behind with all that runs on it, and the next call gets a new one. Whatever a call gives after its time is dropped, and
what it was lent (`Lent`) is dead by then, so that it can store nothing any more. A plugin that is left behind
`MAX_ABANDONED` times runs no more until it is enabled again.

This keeps a plugin's faults from others, and is no sandbox: code that keeps the interpreter's lock, or ends the process,
stops everything.
"""

import asyncio
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from typing import TypeVar

from milepost.aside import Ended, TookTooLong
from milepost.errors import PluginFailed

T = TypeVar("T")

MAX_ABANDONED = 3
GRACE_S = 2.0
"""How long a call that was cancelled may take to end."""


class Lent:
    """What is lent to a call: alive as long as its answer counts."""

    def __init__(self) -> None:
        self.alive = True

    def check(self) -> None:
        """Refuses a call whose time is over.

        Raises:
            PluginFailed: it is.

        """
        if not self.alive:
            raise PluginFailed("This call took too long, and what it does now does not count any more.")


class PluginLoop:
    """The thread and loop of one plugin."""

    def __init__(self, plugin: str, given_up: Callable[[str], None], *, grace_s: float = GRACE_S) -> None:
        self.plugin = plugin
        self.abandoned = 0
        self._given_up = given_up
        self._grace_s = grace_s
        self._loop: asyncio.AbstractEventLoop | None = None

    async def call(self, made: Callable[[], Awaitable[T]], timeout_s: float, lent: Lent | None = None) -> T:
        """What a call gives.

        Raises:
            TookTooLong: it was cancelled, or left behind.
            Ended: it wanted to end the process.
            Exception: whatever it raised.

        """
        lent = lent or Lent()
        loop, ended = self._running(), Future[None]()
        running = asyncio.run_coroutine_threadsafe(_kept_in(made, ended), loop)
        try:
            future = asyncio.wrap_future(running)
            done, _ = await asyncio.wait({future}, timeout=timeout_s)
            if done:
                return future.result()
            raise TookTooLong(f"took over {timeout_s:g} seconds")
        finally:
            lent.alive = False
            if not running.done():
                running.cancel()
                await asyncio.shield(self._ended(ended, loop))

    async def _ended(self, ended: "Future[None]", loop: asyncio.AbstractEventLoop) -> None:
        """Waits a little for a call that was cancelled; leaves its thread behind where it goes on."""
        done, _ = await asyncio.wait({asyncio.wrap_future(ended)}, timeout=self._grace_s)
        if done or self._loop is not loop:
            return
        self._loop = None
        self.abandoned += 1
        loop.call_soon_threadsafe(loop.stop)
        if self.abandoned >= MAX_ABANDONED:
            self._given_up(self.plugin)

    def _running(self) -> asyncio.AbstractEventLoop:
        if self._loop is None:
            made: Future[asyncio.AbstractEventLoop] = Future()
            threading.Thread(target=_run, args=(made,), name=f"plugin {self.plugin}", daemon=True).start()
            self._loop = made.result()
        return self._loop

    def end(self) -> None:
        """Ends the thread, if nothing keeps it."""
        loop, self._loop = self._loop, None
        if loop is not None:
            loop.call_soon_threadsafe(loop.stop)


def _run(made: "Future[asyncio.AbstractEventLoop]") -> None:
    loop = asyncio.new_event_loop()
    loop.set_exception_handler(lambda _loop, _context: None)  # what nobody waits for is nobody's
    made.set_result(loop)
    loop.run_forever()
    loop.close()


async def _kept_in(made: Callable[[], Awaitable[T]], ended: "Future[None]") -> T:
    """A call, so that nothing that it raises ends the loop."""
    try:
        return await made()
    except (Exception, asyncio.CancelledError, GeneratorExit):
        raise
    except BaseException as error:
        raise Ended(f"{type(error).__name__}: {error}") from error
    finally:
        ended.set_result(None)
