"""Reads a file by an importer on a thread of its own, and notices when it does nothing any more; knows no journal."""

import hashlib
import io
import queue
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO, Literal

import msgspec
from msgspec import Struct

from milepost.errors import InvalidInput, PluginFailed
from milepost.plugin_api import Importer, JournalView
from milepost.plugin_settings import secret_names, shown, written

IDLE_S = 60.0
"""How long an importer may neither read a piece of the file nor give an entry."""
_PIECE, _BUFFER = 1024 * 1024, 64 * 1024
_TOGETHER = 100
_HELD_S = 0.2
"""Entries are handed over so many at once, or when so much time went by."""


class WatchedFile(io.RawIOBase):
    """A file that can be asked when it was last read from, and how far."""

    def __init__(self, raw: BinaryIO, size: int) -> None:
        self._raw, self.size = raw, size
        self.at = 0
        self.touched = time.monotonic()

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._raw.read(len(buffer))
        buffer[: len(data)] = data
        self._note()
        return len(data)

    def seek(self, offset: int, whence: int = 0) -> int:
        found = self._raw.seek(offset, whence)
        self._note()
        return found

    def tell(self) -> int:
        return self._raw.tell()

    def close(self) -> None:
        if not self.closed:
            self._raw.close()
        super().close()

    def _note(self) -> None:
        self.at, self.touched = self._raw.tell(), time.monotonic()


def opened(path: Path) -> WatchedFile:
    """A file, to be read as often as need be.

    Raises:
        InvalidInput: it is none, or can't be read.

    """
    try:
        if path.exists() and not path.is_file():
            raise InvalidInput(f"{path} is no file. What comes another way has to be put into one first.")
        return WatchedFile(path.open("rb", buffering=0), path.stat().st_size)
    except OSError as error:
        raise InvalidInput(f"{path} can't be read: {error.strerror}.") from error


How = Literal["read", "restore"]
"""What an importer is asked for: what is in a file, or all of the journal that it was written from."""


def digest(
    file: WatchedFile, format_: str, settings: Struct, told: Callable[[], None] = lambda: None, how: How = "read"
) -> str:
    """What an import is known by: the file's content, the format, the settings but for secrets, and what it is for."""
    found = hashlib.sha256(format_.encode() + b"\0" + (b"restore\0" if how == "restore" else b""))
    about = shown(type(settings), written(settings))
    found.update(msgspec.json.encode(about, order="sorted") + b"\0")
    try:
        while piece := file.read(_PIECE):
            found.update(piece)
            told()
        file.seek(0)
    except OSError as error:
        raise InvalidInput(f"The file can't be read to its end: {error.strerror}.") from error
    return found.hexdigest()


_Given = list[Any] | BaseException | None
"""What the thread hands over: things that the importer gave, why it ended early, or that it came to its end."""


def entries(
    importer: type[Importer[Any]],
    file: WatchedFile,
    settings: Struct,
    how: How = "read",
    view: JournalView | None = None,
    waiting: Callable[[], None] = lambda: None,
) -> Iterator[Any]:
    """What an importer gives, whatever that is; the file is closed after it. `view` is the journal that it is for; `waiting`
    is called now and then while nothing comes, as in gigabytes of which little is wanted.

    Raises:
        InvalidInput: the file is not what it should be, as the importer says.
        PluginFailed: it raised, or did nothing for too long.

    """
    given: queue.Queue[_Given] = queue.Queue(maxsize=2)
    left = threading.Event()

    def reading() -> Iterator[Any]:
        made = importer()
        if view is not None:
            made.view = view
        found: Iterator[Any] = getattr(made, how)(io.BufferedReader(file, _BUFFER), settings)
        return found

    thread = threading.Thread(
        target=_read, args=(reading, file, given, left), name=f"import {importer.format}", daemon=True
    )
    since = time.monotonic()
    thread.start()
    try:
        while True:
            try:
                found = given.get(timeout=0.5)
            except queue.Empty:
                waiting()
                if time.monotonic() - max(since, file.touched) > IDLE_S:
                    raise PluginFailed(
                        f"The plugin for `{importer.format}` neither read nor gave anything for {IDLE_S:g} seconds."
                    ) from None
                continue
            if found is None:
                return
            if isinstance(found, BaseException):
                raise _said(importer, settings, found) from found
            yield from found
            since = time.monotonic()
    finally:
        left.set()


def _read(
    reading: Callable[[], Iterator[Any]],
    file: WatchedFile,
    given: "queue.Queue[_Given]",
    left: threading.Event,
) -> None:
    def hand_over(what: _Given) -> bool:
        while not left.is_set():
            try:
                given.put(what, timeout=0.5)
            except queue.Full:
                continue
            return True
        return False

    held: list[Any] = []
    ended: _Given = None
    try:
        last = time.monotonic()
        for one in reading():
            held.append(one)
            if len(held) >= _TOGETHER or time.monotonic() - last > _HELD_S:
                if not hand_over(held):
                    held = []
                    break
                held, last = [], time.monotonic()
    except BaseException as error:  # noqa: BLE001 - handed over to who waits, whatever it is
        ended = error
    if not held or hand_over(held):
        hand_over(ended)
    file.close()


def _said(importer: type[Importer[Any]], settings: Struct, error: BaseException) -> Exception:
    """Why an importer ended early, without a secret of its settings."""
    words = str(error)
    for name in secret_names(type(settings)):
        secret = written(settings).get(name)
        words = words.replace(secret, "…") if isinstance(secret, str) and secret else words
    if isinstance(error, InvalidInput):
        return InvalidInput(words)
    return PluginFailed(f"The plugin for `{importer.format}` failed: {type(error).__name__}: {words}")
