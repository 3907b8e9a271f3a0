"""Tells the streams of this server what happens on the others that share its database.

Theory of operation
-------------------
What a server tells its own streams it also says to the others by NOTIFY: after the commit and not in it, for PostgreSQL
lets those who notify commit one after the other. What there is to say while the last message is under way is said in
the next one, each journal once.

These are hints. The listening connection may be cut, a message lost, or the database know no NOTIFY. What counts is
looked up every few seconds: where the journals end that our streams follow, which journals their accounts are in, and
which of their devices were revoked. Where nobody listens at the moment it is looked up more often, and at once when
somebody does again.
"""

import asyncio
import contextlib
import logging
import random
from collections.abc import Iterator, Sequence
from secrets import token_hex
from typing import Any, TypeVar

import msgspec
from msgspec import Struct

from milepost.database import Query, Row
from milepost.errors import MilepostError
from milepost_server.live import Hub, Listener
from milepost_server.postgres import SQL, PostgresDatabase

CHANNEL = "milepost"
LOOK_S, LOOK_UNHINTED_S = 5.0, 1.0
"""Between two looks, while hints come and while they can't."""
CHECK_S = 15.0
"""How often a listening connection that is silent is asked whether it is still there."""
FIRST_WAIT_S, LONGEST_WAIT_S = 0.1, 15.0
MAX_SAID = 100
"""Hints in one message: about 6,000 bytes of the 8,000 that PostgreSQL takes."""
MAX_ASKED = 1_000
"""Journals or accounts in one question."""

T = TypeVar("T")

_log = logging.getLogger("milepost")


class Grew(Struct, frozen=True, array_like=True, tag=True):
    """A journal's log ends at `head`."""

    journal: str
    head: int


class Gained(Struct, frozen=True, array_like=True, tag=True):
    """An account is in a journal."""

    account: str
    journal: str


class Lost(Struct, frozen=True, array_like=True, tag=True):
    """An account is in a journal no more."""

    account: str
    journal: str


class Revoked(Struct, frozen=True, array_like=True, tag=True):
    """A device's token opens nothing any more."""

    device: str


class Message(Struct, frozen=True, array_like=True):
    """What one server says to the others."""

    sender: str
    hints: list[Grew | Gained | Lost | Revoked]


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Message).decode


class SharedHub(Hub):
    """A `Hub` whose streams are also told what other servers do."""

    alone = False

    def __init__(self, database: PostgresDatabase) -> None:
        super().__init__()
        self.hinted = False
        """Whether hints come in at the moment."""
        self._database = database
        self._name = token_hex(8)
        self._told: dict[str, int] = {}
        self._unsaid: dict[Any, Grew | Gained | Lost | Revoked] = {}
        self._has_unsaid, self._missed = asyncio.Event(), asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    def begin(self) -> None:
        """Listens, speaks and looks from now on, until `end`."""
        self._tasks = [asyncio.create_task(work()) for work in (self._listening, self._speaking, self._looking)]

    async def end(self) -> None:
        """Says what is still to be said, and stops."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        with contextlib.suppress(MilepostError):
            while self._unsaid:
                await self._say_some()

    async def begun(self, listener: Listener) -> None:
        """A stream that is about to begin will be told of whatever comes after this."""
        unknown = [journal for journal in listener.journals if journal not in self._told]
        for journal, head in await self._ask("heads_of", journals=unknown):
            self._told.setdefault(journal, head)

    def tell(self, journal: str, head: int) -> None:
        self._hear(Grew(journal, head))
        self._say(("grew", journal), Grew(journal, head))

    def gained(self, account: str, journal: str) -> None:
        super().gained(account, journal)
        self._say(("in", account, journal), Gained(account, journal))

    def lost(self, account: str, journal: str) -> None:
        super().lost(account, journal)
        self._say(("in", account, journal), Lost(account, journal))

    def revoked(self, device: str) -> None:
        super().revoked(device)
        self._say(("revoked", device), Revoked(device))

    def _hear(self, hint: Grew | Gained | Lost | Revoked) -> None:
        match hint:
            case Grew(journal, head):
                # The hint and the look may both find it: it is told once.
                if journal in self._by_journal and self._told.get(journal) != head:
                    self._told[journal] = head
                    super().tell(journal, head)
            case Gained(account, journal):
                super().gained(account, journal)
            case Lost(account, journal):
                super().lost(account, journal)
            case Revoked(device):
                super().revoked(device)

    def _say(self, about: Any, hint: Grew | Gained | Lost | Revoked) -> None:
        self._unsaid[about] = hint
        self._has_unsaid.set()

    async def _speaking(self) -> None:
        waits = _waits()
        while True:
            await self._has_unsaid.wait()
            self._has_unsaid.clear()
            try:
                while self._unsaid:
                    await self._say_some()
                waits = _waits()
            except MilepostError as error:
                # Nobody waits for a hint that is late: the others look.
                self._unsaid.clear()
                _log.info("Other servers could not be told at once: %s", error)
                await asyncio.sleep(next(waits))

    async def _say_some(self) -> None:
        about = list(self._unsaid)[:MAX_SAID]
        message = Message(self._name, [self._unsaid.pop(one) for one in about])
        await self._database.read(Query(SQL["say"], {"channel": CHANNEL, "message": _encode(message).decode()}))

    async def _listening(self) -> None:
        waits = _waits()
        while True:
            try:
                async with self._database.listening(CHANNEL, self._heard) as connection:
                    self.hinted, waits = True, _waits()
                    self._missed.set()
                    await connection.until_lost(CHECK_S)
            except MilepostError as error:
                _log.info("No hints of other servers for now, they are looked up: %s", error)
            self.hinted = False
            self._missed.set()
            await asyncio.sleep(next(waits))

    def _heard(self, text: str) -> None:
        try:
            message = _decode(text)
        except (msgspec.DecodeError, UnicodeDecodeError):
            self._missed.set()  # a newer server says what is not known here: look
            return
        if message.sender != self._name:
            for hint in message.hints:
                self._hear(hint)

    async def _looking(self) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOK_S if self.hinted else LOOK_UNHINTED_S):
                    await self._missed.wait()
            self._missed.clear()
            try:
                await self.look()
            except MilepostError as error:
                _log.warning("What other servers wrote could not be looked up: %s", error)

    async def look(self) -> None:
        """Tells our streams what other servers did, as the database has it."""
        for journals in _parts(list(self._by_journal)):
            before = {journal: self._told.get(journal) for journal in journals}
            for journal, head in await self._ask("heads_of", journals=journals):
                # What was told meanwhile is newer than what was read.
                if self._told.get(journal) == before[journal] != head:
                    self._hear(Grew(journal, head))
        for accounts in _parts(list(self._by_account)):
            await self._look_at(accounts)
        self._told = {journal: head for journal, head in self._told.items() if journal in self._by_journal}

    async def _look_at(self, accounts: list[str]) -> None:
        """Accounts may be in other journals by now, and some of their devices revoked."""
        followed = {
            (account, journal)
            for account in accounts
            for listener in self._by_account.get(account, ())
            for journal in listener.journals
        }
        are_in = {(account, journal) for account, journal in await self._ask("members_of_accounts", accounts=accounts)}
        for account, journal in are_in:
            super().gained(account, journal)
        for account, journal in followed - are_in:
            super().lost(account, journal)
        revoked = {device for (device,) in await self._ask("revoked_devices", accounts=accounts)}
        for account in accounts:
            for listener in self._by_account.get(account, ()):
                if listener.device in revoked:
                    listener.end()

    async def _ask(self, statement: str, **about: list[str]) -> Sequence[Row]:
        return await self._database.read(Query(SQL[statement], about)) if any(about.values()) else []


def _waits() -> Iterator[float]:
    """Seconds between tries: longer each time, and up to half by chance, so that servers don't come all at once."""
    wait_s = FIRST_WAIT_S
    while True:
        yield wait_s * random.uniform(0.5, 1)  # noqa: S311
        wait_s = min(2 * wait_s, LONGEST_WAIT_S)


def _parts(names: list[T]) -> Iterator[list[T]]:
    for begin in range(0, len(names), MAX_ASKED):
        yield names[begin : begin + MAX_ASKED]
