"""Where a device keeps its things, and who owns a folder at the moment."""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

import platformdirs


def device_folder() -> Path:
    """`MILEPOST_HOME`, or the place the operating system has for a user's application data."""
    named = os.environ.get("MILEPOST_HOME")
    return Path(named).expanduser() if named else Path(platformdirs.user_data_dir("milepost", appauthor=False))


@contextlib.contextmanager
def exclusive(path: Path) -> Iterator[bool]:
    """Holds a lock file for as long as the block runs; gives False where another process holds it."""
    with path.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True
