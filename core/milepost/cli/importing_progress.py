"""How far reading a file is, on a terminal; knows no journal."""

import sys
import time

from milepost.cli.importing_words import counted_entries
from milepost.cli.terminal import terminal
from milepost.device_imports import Tally
from milepost.importing.reading import WatchedFile

_SHOWN_EVERY_S = 0.2


class Progress:
    """How far it is, in one line on a terminal that is written over; on anything else nothing."""

    def __init__(self, file: WatchedFile, doing: str, tally: Tally | None = None) -> None:
        self._file, self._doing = file, doing
        self.tally = Tally() if tally is None else tally
        self._shows = terminal.interactive and sys.stderr.isatty()
        self._last, self._width = time.monotonic(), 0

    def __enter__(self) -> "Progress":
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def __call__(self, tally: Tally | None = None) -> None:
        self.tally = tally or self.tally
        if self._shows and time.monotonic() - self._last > _SHOWN_EVERY_S:
            part = min(100, self._file.at * 100 // max(self._file.size, 1))
            line = f"{self._doing} … {part} %" + (
                f", {counted_entries(self.tally.entries)}" if self.tally.entries else ""
            )
            sys.stderr.write("\r" + line.ljust(self._width))
            sys.stderr.flush()
            self._last, self._width = time.monotonic(), len(line)

    def end(self) -> None:
        """Takes the line away."""
        if self._width:
            sys.stderr.write("\r" + " " * self._width + "\r")
            sys.stderr.flush()
            self._width = 0
