"""A host for tests: calls plugins of every kind as the real one does, and remembers what they said and kept.

Its calls are plain functions, each with an event loop of its own; in a test that is a coroutine use `context`.
"""

import asyncio
import io
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any, BinaryIO, TypeVar

import httpx
from msgspec import Struct

from milepost.plugin_api import (
    SCOPES,
    Answer,
    Change,
    Connector,
    Context,
    Done,
    Entry,
    ExportContext,
    Exporter,
    FromFile,
    Importer,
    Inbox,
    InboxContext,
    JournalView,
    Later,
    Message,
    NewEntry,
    NoSettings,
    Notifier,
    Rejected,
    Reply,
    Request,
    Scope,
)
from milepost.testing.entries import check_entries, check_read
from milepost.testing.findings import require, take_only
from milepost.testing.outside import Fault, Line, Outside
from milepost.testing.restoring import journal_of
from milepost.testing.state import FakeState

T = TypeVar("T")


class DidNotComeBack(TimeoutError):
    """A call took longer than the plugin itself allows, or than is waited for."""


class FakeHost:
    """One connection of one plugin, with its settings. `fault` is what goes wrong outside; it can be changed any time."""

    def __init__(
        self,
        settings: Struct | None = None,
        outside: Outside | None = None,
        *,
        scopes: Sequence[Scope] = SCOPES,
        plain: bool = True,
        now: datetime = datetime(2026, 5, 4, 9, 30, tzinfo=UTC),
        time_zone: str = "Europe/Vienna",
    ) -> None:
        self.settings: Struct = NoSettings() if settings is None else settings
        self.outside = outside if outside is not None else Outside()
        self.scopes: frozenset[Scope] = frozenset(scopes)
        self.plain = plain
        self.now = now
        self.time_zone = time_zone
        self.fault: Fault | None = None
        self.state = FakeState()
        self.logged: list[str] = []
        self.sent = 0
        """Requests that went outside."""
        self.strayed: list[str] = []
        """Hosts that were asked for and not declared."""
        self.patience_s = float("inf")
        """How long a call may take at most, whatever the plugin's own `timeout_s` is."""

    # Connectors

    def push(self, connector: Connector[Any], changes: Sequence[Change]) -> list[Answer]:
        """What a connector answers. What it raises is raised, and its state is then as it was."""
        return asyncio.run(self.pushing(connector, changes))

    async def pushing(self, connector: Connector[Any], changes: Sequence[Change]) -> list[Answer]:
        """The same in a running loop."""
        answers = await self._call(connector, lambda context: connector.push(changes, context), connector.timeout_s)
        return checked_answers(answers, len(changes))

    def pull(self, connector: Connector[Any]) -> list[Entry]:
        """What came in."""
        return check_entries(asyncio.run(self._call(connector, connector.pull, connector.timeout_s)))

    def check(self, connector: Connector[Any]) -> str:
        """What it found when it tried its settings."""
        found = asyncio.run(self._call(connector, connector.check, connector.timeout_s))
        require(isinstance(found, str), f"`check` gave {type(found).__name__} and should give a text.")
        return found

    # Others

    def notify(self, notifier: Notifier[Any], message: Message) -> None:
        """Has a message sent."""
        asyncio.run(self._call(notifier, lambda context: notifier.notify(message, context), notifier.timeout_s))

    def receive(self, inbox: Inbox[Any], request: Request, view: JournalView | None = None) -> Reply:
        """How an inbox answers a request."""
        shown = JournalView(id="journal") if view is None else view
        context = InboxContext(settings=self.settings, view=shown, log=self.logged.append)
        reply = inbox.receive(request, context)
        require(isinstance(reply, Reply), f"`receive` gave {type(reply).__name__} and should give a Reply.")
        require(100 <= reply.status <= 599, f"A Reply has the status {reply.status}, which is none.")
        check_entries(reply.entries)
        return reply

    def check_inbox(self, inbox: Inbox[Any], view: JournalView | None = None) -> str:
        """What an inbox found when it held its settings against a journal."""
        shown = JournalView(id="journal") if view is None else view
        found = inbox.check(InboxContext(settings=self.settings, view=shown, log=self.logged.append))
        require(isinstance(found, str), f"`check` gave {type(found).__name__} and should give a text.")
        return found

    def read(
        self, importer: Importer[Any], file: bytes | BinaryIO, view: JournalView | None = None
    ) -> Iterator[FromFile]:
        """What an importer finds in a file, one by one, for a journal."""
        if view is not None:
            importer.view = view
        for found in importer.read(io.BytesIO(file) if isinstance(file, bytes) else file, self.settings):
            yield check_read(found)

    def restore(self, importer: Importer[Any], file: bytes) -> JournalView:
        """What an empty journal is, once an importer has put a file back into it that was written from another."""
        found = list(importer.restore(io.BytesIO(file), self.settings))
        for entry in found:
            require(isinstance(entry, NewEntry), f"`restore` gave {entry!r} and should give a NewEntry.")
        return journal_of(found, today=self.now.date().isoformat())

    def render(self, exporter: type[Exporter[Any]], view: JournalView, **context: Any) -> bytes:
        """What an exporter writes; `context` are fields of `ExportContext`."""
        body = exporter().render(view, ExportContext(**{"settings": self.settings, "salt": view.id, **context}))
        require(isinstance(body, bytes), f"`render` gave {type(body).__name__} and should give bytes.")
        return body

    # How they are called

    @asynccontextmanager
    async def context(self, plugin: Connector[Any] | Notifier[Any]) -> AsyncIterator[Context[Any]]:
        """What a plugin is given while it is called; its client reaches the hosts that it declares, and no others."""
        line = Line(self.outside, checked_hosts(plugin.hosts(self.settings)), self.fault)
        async with httpx.AsyncClient(transport=line, timeout=5.0) as client:
            try:
                yield Context(
                    settings=self.settings,
                    connection="6f1ed002-ab56-4ae4-a1f6-7e0b1a6b2d7c",
                    journal="2d7c6f1e-4ae4-4b56-8f6a-d0027e0b1a6b",
                    scopes=self.scopes,
                    plain=self.plain,
                    time_zone=self.time_zone,
                    locale="en",
                    now=self.now,
                    state=self.state,
                    http=client,
                    log=self.logged.append,
                )
            finally:
                self.sent += line.count
                self.strayed += line.strayed

    async def _call(
        self,
        plugin: Connector[Any] | Notifier[Any],
        call: Callable[[Context[Any]], Coroutine[Any, Any, T]],
        timeout_s: float,
    ) -> T:
        most = min(timeout_s, self.patience_s)
        limit = asyncio.timeout(most)
        try:
            async with self.context(plugin) as context, limit:
                result = await call(context)
        except BaseException as error:
            self.state.forget()
            if isinstance(error, TimeoutError) and limit.expired():
                raise DidNotComeBack(f"it did not come back within {most:g} seconds") from error
            raise
        self.state.keep()
        return result


def checked_answers(answers: Any, count: int) -> list[Answer]:
    """Answers to so many changes, if that is what they are.

    Raises:
        WouldBeRefused: says what is wrong with them.
    """
    take_only(isinstance(answers, Sequence) and not isinstance(answers, str), "`push` must return a list of answers.")
    for answer in answers:
        take_only(
            isinstance(answer, Done | Rejected | Later),
            f"`push` gave {answer!r}, which is neither Done, Rejected nor Later.",
        )
    later = any(isinstance(answer, Later) for answer in answers)
    take_only(
        len(answers) == count or (later and len(answers) < count),
        f"`push` gave {len(answers)} answers to {count} changes: give one to each, in order.",
    )
    return list(answers)


def checked_hosts(hosts: Any) -> list[str]:
    """The hosts that a plugin declares, if they are names.

    Raises:
        WouldBeRefused: says what is wrong with them.
    """
    good = isinstance(hosts, Sequence) and not isinstance(hosts, str)
    take_only(good, '`hosts` must return a list of names, as in ["calendar.example"].')
    for host in hosts:
        plain = isinstance(host, str) and bool(host) and not set(host) & set("/@?# *")
        plain = plain and host.count(":") != 1  # an IPv6 address has several
        take_only(plain, f"`hosts` gave {host!r}: give the name alone, without scheme, port or path.")
    return list(hosts)
