"""What may never come back is waited for as long as was said, and no longer."""

import asyncio
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from milepost.aside import Ended, TookTooLong, aside, aside_async


def at_once(call: Callable[[], Any], timeout_s: float, name: str) -> Any:
    return aside(call, timeout_s, name)


def beside(call: Callable[[], Any], timeout_s: float, name: str) -> Any:
    return asyncio.run(aside_async(call, timeout_s, name))


both = pytest.mark.parametrize("run", [at_once, beside])


def raising(error: BaseException) -> Callable[[], None]:
    def call() -> None:
        raise error

    return call


@both
def test_what_a_call_gives_and_what_it_raises_comes_back(run: Callable[..., Any]) -> None:
    assert run(lambda: 7, 5, "seven") == 7
    with pytest.raises(KeyError, match="lost"):
        run(raising(KeyError("lost")), 5, "raising")


@both
def test_a_time_out_that_the_call_raised_itself_is_its_own(run: Callable[..., Any]) -> None:
    with pytest.raises(TimeoutError, match="the other side"):
        run(raising(TimeoutError("the other side")), 5, "raising")


@both
@pytest.mark.parametrize("error", [SystemExit(3), KeyboardInterrupt(), GeneratorExit("x")])
def test_a_call_that_wants_to_end_the_process_ends_nothing(run: Callable[..., Any], error: BaseException) -> None:
    with pytest.raises(Ended, match=f"^{type(error).__name__}: ") as raised:
        run(raising(error), 5, "ending")
    assert raised.value.__cause__ is error


@both
def test_a_call_that_takes_too_long_is_left_behind_and_what_it_gives_is_dropped(run: Callable[..., Any]) -> None:
    may_end, ended = threading.Event(), threading.Event()

    def call() -> None:
        may_end.wait(10)
        ended.set()
        raise RuntimeError("too late to be heard")

    begun = time.monotonic()
    with pytest.raises(TookTooLong, match=r"^took over 0\.2 seconds$"):
        run(call, 0.2, "late")
    assert time.monotonic() - begun < 5
    may_end.set()
    assert ended.wait(5)


def test_a_loop_goes_on_while_a_call_is_waited_for() -> None:
    async def counted() -> int:
        waiting, turns = asyncio.create_task(aside_async(lambda: time.sleep(0.2), 5, "sleeping")), 0
        while not waiting.done():
            await asyncio.sleep(0.01)
            turns += 1
        return turns

    assert asyncio.run(counted()) > 3


def test_a_call_is_on_a_thread_of_its_own_that_bears_its_name() -> None:
    name, daemon, ident = aside(
        lambda: (t := threading.current_thread()).name and (t.name, t.daemon, t.ident), 5, "mine"
    )
    assert (name, daemon) == ("mine", True)
    assert ident != threading.get_ident()


def test_a_call_that_never_comes_back_keeps_no_process_from_ending() -> None:
    source = """
import time
from milepost.aside import TookTooLong, aside
try:
    aside(lambda: time.sleep(600), 0.1, "for ever")
except TookTooLong as late:
    print(late)
"""
    run = subprocess.run([sys.executable, "-c", source], check=True, capture_output=True, text=True, timeout=30)
    assert run.stdout == "took over 0.1 seconds\n"
