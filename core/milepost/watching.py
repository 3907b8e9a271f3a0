"""Following a server: syncs whenever something changes on either side, for as long as it runs. Knows no terminal.

Theory of operation
-------------------
One thread listens to the server's hints (`GET /v1/live`, one stream) and connects again when it ends, later and later,
each time with some chance in it so that many devices don't come at once. The main thread owns the device's file: it
syncs when a hint names a place beyond what is known here, when another process on this device wrote something, when
the stream begins or ends (what was missed meanwhile), and every few minutes whatever happens: hints are only hints. A
sync that fails is tried again, later and later; nothing is lost by that, since a sync goes on where it was.
"""

import random
import threading
import time
from collections.abc import Callable
from typing import Literal

import httpx
import msgspec
from msgspec import Struct

from milepost.client import HttpServer, SyncReport
from milepost.device import Device
from milepost.errors import Busy, MilepostError, Offline, StorageFull
from milepost.steps import SyncFailed

LOOK_S = 0.5
"""How often it is looked whether another process wrote."""
SYNC_AT_LEAST_S = 300.0
FIRST_WAIT_S = 1.0
LONGEST_WAIT_S = 60.0

_AGAIN = (Offline, Busy, SyncFailed, StorageFull)
"""What is tried again; anything else (a revoked token) needs the person."""


class News(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Something to tell: `online` and `offline` when that changes, `synced` when a sync moved anything, `ended`."""

    event: Literal["online", "offline", "synced", "ended"]
    detail: str = ""
    sent: int = 0
    received: int = 0
    rejected: int = 0
    repaired: int = 0
    conflicts: int = 0
    problems: dict[str, str] = msgspec.field(default_factory=dict)


class Waits:
    """How long to wait after a failure: twice as long each time up to a limit, and up to half of it left to chance."""

    def __init__(self, chance: Callable[[], float] = random.random) -> None:
        self._chance = chance
        self._next_s = FIRST_WAIT_S

    def next_s(self) -> float:
        """Seconds until the next try."""
        wait, self._next_s = self._next_s, min(self._next_s * 2, LONGEST_WAIT_S)
        return wait * (0.5 + self._chance() / 2)

    def reset(self) -> None:
        """It worked: the next failure is the first again."""
        self._next_s = FIRST_WAIT_S


class _Hint(Struct, frozen=True):
    journal: str
    head: int


_decode_hint = msgspec.json.Decoder(_Hint).decode


class Listener:
    """The thread with the stream. `woken` is set whenever there is a reason to look."""

    def __init__(self, server: HttpServer) -> None:
        self.woken = threading.Event()
        self._server = server
        self._heads: dict[str, int] = {}
        self._must_sync = False
        self._again = False
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        threading.Thread(target=self._run, name="live", daemon=True).start()

    def stop(self) -> None:
        """Listens no more; the thread ends with the next line, or with the process."""
        self._stopped.set()

    def connect_again(self) -> None:
        """The account has another journal now, and a stream follows those that there were when it began."""
        self._again = True

    def take(self) -> tuple[bool, dict[str, int]]:
        """(whether anything may have been missed, journal → the end of its log, as far as hints told) since last asked."""
        with self._lock:
            self.woken.clear()
            taken = self._must_sync, self._heads
            self._must_sync, self._heads = False, {}
        return taken

    def _wake(self, hint: _Hint | None = None) -> None:
        with self._lock:
            if hint is None:
                self._must_sync = True
            else:
                self._heads[hint.journal] = hint.head
            self.woken.set()

    def _run(self) -> None:
        waits = Waits()
        while not self._stopped.is_set():
            self._again = False
            try:
                with self._server.live() as lines:
                    self._wake()
                    waits.reset()
                    for line in lines:
                        if self._stopped.is_set() or self._again:
                            break
                        if line.startswith("data:"):
                            self._wake(_decode_hint(line[5:].encode()))
                if self._again:
                    continue
                self._wake()
            except (MilepostError, httpx.HTTPError, msgspec.DecodeError):
                self._wake()
            self._stopped.wait(waits.next_s())


class Watch:
    """The main thread's part: when to sync, and what to tell of it."""

    def __init__(
        self,
        device: Device,
        listener: Listener,
        sync: Callable[[], SyncReport],
        tell: Callable[[News], None],
        waiting: Callable[[], int],
    ) -> None:
        """`sync` syncs once, `tell` is given the news, `waiting` counts what is to be settled."""
        self._device = device
        self._listener = listener
        self._sync = sync
        self._tell = tell
        self._waiting = waiting
        self._online: bool | None = None
        self._seen = -1
        self._again_at = 0.0
        self._waits = Waits()

    def run(self) -> None:
        """Follows until it is interrupted.

        Raises:
            KeyboardInterrupt: somebody ended it.
            NotSignedIn …: what needs the person.
        """
        while True:
            if self._is_time():
                self._once()
            self._listener.woken.wait(LOOK_S)

    def _is_time(self) -> bool:
        missed, heads = self._listener.take()
        known = {row.journal: row.cursor.seq for row in self._device.rows()}
        news = any(head > known.get(journal, 0) for journal, head in heads.items())
        return missed or news or self._written_elsewhere() or time.monotonic() >= self._again_at

    def _written_elsewhere(self) -> bool:
        # SQLite's number for this: it changes when another process wrote to the file, and costs next to nothing.
        (version,) = self._device.log.connection.execute("PRAGMA data_version").fetchone()
        if version == self._seen:
            return False
        self._seen = version
        rows = self._device.rows()
        return self._online is not False and any(
            not row.claimed or self._device.log.unsent_count(row.journal) for row in rows
        )

    def _once(self) -> None:
        before = len(self._device.rows())
        try:
            report = self._sync()
        except _AGAIN as error:
            self._again_at = time.monotonic() + self._waits.next_s()
            if self._online is not False:
                self._online = False
                self._tell(News(event="offline", detail=str(error)))
            return
        self._waits.reset()
        self._again_at = time.monotonic() + SYNC_AT_LEAST_S
        if self._online is not True:
            self._online = True
            self._tell(News(event="online"))
        if len(self._device.rows()) > before:
            self._listener.connect_again()
        if report.sent or report.received or report.rejected or report.problems:
            self._tell(
                News(
                    event="synced",
                    sent=report.sent,
                    received=report.received,
                    rejected=report.rejected,
                    repaired=report.repaired,
                    conflicts=self._waiting(),
                    problems=report.problems,
                )
            )
