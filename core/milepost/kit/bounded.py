"""Has a plugin do something for a limited time, and says where it is if it does not come back."""

import itertools
import sys
import threading
from collections.abc import Callable
from concurrent.futures import wait

from milepost.aside import begun
from milepost.plugin_places import Place, place_in

PATIENCE_S = 30.0
"""For one test, most of which take milliseconds: a slow machine has enough of it."""
_number = itertools.count(1)


class Hangs(Exception):
    """It did not come back: `place` is where it is, if that is in a file of its own."""

    def __init__(self, seconds: float, place: Place | None) -> None:
        super().__init__(f"It did not come back within {seconds:g} seconds: somewhere it waits for ever.")
        self.place = place


def bounded(call: Callable[[], object], seconds: float, package: str) -> None:
    """Runs a call; what it raises is raised.

    Raises:
        Hangs: it is left behind.
    """
    name = f"plugin tried {next(_number)}"
    future = begun(call, name)
    if not wait({future}, seconds).done:
        idents = [thread.ident for thread in threading.enumerate() if thread.name == name]
        frames = sys._current_frames()  # noqa: SLF001 - the one way to see where a thread is
        raise Hangs(seconds, place_in(frames.get(idents[0] or 0), package) if idents else None)
    future.result()
