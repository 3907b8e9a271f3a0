"""Runs what may never come back on a daemon thread of its own, for a limited time; knows nothing of plugins.

A thread can't be stopped from outside. One that takes too long is left behind, and what it gives in the end is dropped.
As a daemon it keeps no process from ending.
"""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future, wait
from typing import TypeVar

T = TypeVar("T")


class TookTooLong(Exception):
    """A call did not come back in time."""


class Ended(Exception):
    """A call wanted to end the process: the error that was raised is its cause."""


def begun(call: Callable[[], T], name: str) -> "Future[T]":
    """Begins a call on a new thread. What it raises is raised by the future, as `Ended` where it is no `Exception`."""
    future: Future[T] = Future()

    def run() -> None:
        try:
            result = call()
        except Exception as error:  # noqa: BLE001 - handed over to who waits
            future.set_exception(error)
        except BaseException as error:  # noqa: BLE001 - the same
            ended = Ended(f"{type(error).__name__}: {error}")
            ended.__cause__ = error
            future.set_exception(ended)
        else:
            future.set_result(result)

    threading.Thread(target=run, name=name, daemon=True).start()
    return future


def aside(call: Callable[[], T], timeout_s: float, name: str) -> T:
    """What a call gives, waited for in this thread.

    Raises:
        TookTooLong: it is left behind.
        Ended: it wanted to end the process.

    """
    future = begun(call, name)
    # Looked at and not asked for its result: a call may raise a time-out of its own.
    if not wait({future}, timeout_s).done:
        raise TookTooLong(f"took over {timeout_s:g} seconds")
    return future.result()


async def aside_async(call: Callable[[], T], timeout_s: float, name: str) -> T:
    """What a call gives, while others go on.

    Raises:
        TookTooLong: it is left behind.
        Ended: it wanted to end the process.

    """
    future = asyncio.wrap_future(begun(call, name))
    done, _ = await asyncio.wait({future}, timeout=timeout_s)
    if not done:
        # Left alone and not cancelled: the thread goes on, and nobody waits for it any more.
        future.add_done_callback(lambda late: late.cancelled() or late.exception())
        raise TookTooLong(f"took over {timeout_s:g} seconds")
    return future.result()
