"""Calling a connector: what it is lent, what it may answer, and what is told of it where it fails; knows no walk.

Whatever a plugin says is rid of its own secrets before anybody else sees it.
"""

import logging
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, TypeVar

import httpx
from msgspec import Struct

from milepost.aside import Ended, TookTooLong
from milepost.backoff import retry_after_s
from milepost.errors import PluginFailed
from milepost.inbound import is_named_well
from milepost.plugin_api import (
    Answer,
    Changed,
    Connectable,
    Connector,
    Context,
    Done,
    Entry,
    Inbox,
    Later,
    Message,
    NewEntry,
    Notifier,
    Rejected,
    Retraction,
    Revision,
    Scope,
    Secret,
)
from milepost.plugin_places import package_of, place_of, said, sentence
from milepost_server.hosting.connections import MAX_WORDS
from milepost_server.hosting.kept_state import KeptState, Store
from milepost_server.hosting.loops import Lent, PluginLoop
from milepost_server.hosting.outside import Reach, client, judged
from milepost_server.hosting.planning import Item

_log = logging.getLogger("milepost")
T = TypeVar("T")

HOSTS_S = 5.0
SHORTEST_SECRET = 4
MAX_LINES = 20
"""Lines that a plugin may write in one call."""
MAX_ENTRIES = 10_000
"""Entries that one pull may give."""
MAX_WAKE = timedelta(days=3660)
SOONEST_WAKE = timedelta(seconds=60)
TRIED = Message(key="milepost-check", title="Milepost", body="This is how a reminder reaches you.")
"""What a notifier sends where a person tries it out."""


class Failed(Exception):
    """A call did not do what it was to: `reason` is for people, `after_s` is how long the other side wants to be left."""

    def __init__(self, reason: str, after_s: float = 0.0) -> None:
        super().__init__(reason)
        self.reason, self.after_s = reason, after_s


class Called(Struct):
    """A plugin, ready to be called for a connection: its class, settings, loop, what it may reach and what it may know."""

    cls: type[Connectable[Any]]
    settings: Struct
    loop: PluginLoop
    reach: Reach
    connection: str
    journal: str
    scopes: frozenset[Scope]
    plain: bool
    time_zone: str
    locale: str
    lines: list[str]
    hosts: list[str]

    def scrub(self, text: str) -> str:
        """A text of the plugin's without its secrets, on one line, and not too long."""
        return " ".join(self.scrub_all(text).split())[:MAX_WORDS]

    def scrub_all(self, text: str) -> str:
        """A text of the plugin's without its secrets."""
        for secret in sorted(_secrets(self.settings), key=len, reverse=True):
            text = text.replace(secret, "…")
        return text

    def log(self, line: str) -> None:
        """Notes a line that the plugin wrote."""
        if len(self.lines) < MAX_LINES:
            self.lines.append(self.scrub(str(line)))

    def _declared(self, plugin: Any) -> list[str]:
        """The hosts that a plugin's object declares; an inbox connects to none."""
        declared = [] if isinstance(plugin, Inbox) else plugin.hosts(self.settings)
        if isinstance(declared, str) or not all(isinstance(host, str) for host in declared):
            raise PluginFailed("`hosts` must return a list of texts")
        return [str(host) for host in declared]

    async def reached(self) -> list[str]:
        """The hosts that it connects to; none where it can't say."""

        async def declaring() -> list[str]:
            return self._declared(self.cls())

        try:
            return [self.scrub(host) for host in await self.loop.call(declaring, HOSTS_S)]
        except (TookTooLong, Ended, Exception):  # noqa: BLE001 - whatever a plugin raises is its own
            return []

    async def call(
        self,
        made: Callable[[Any, Context[Any]], Awaitable[T]],
        timeout_s: float,
        state: KeptState,
        store: Store,
        now_ms: int,
    ) -> T:
        """What a plugin's object gives in its own loop.

        Raises:
            Failed: it raised, took too long, or may not connect to where it wanted.

        """
        lent = Lent()
        state.lend(lent, store)
        now = datetime.fromtimestamp(now_ms / 1000, UTC)

        async def calling() -> T:
            plugin: Any = self.cls()
            self.hosts[:] = self._declared(plugin)
            async with client(self.hosts, self.reach) as http:
                context: Context[Any] = Context(
                    settings=self.settings,
                    connection=self.connection,
                    journal=self.journal,
                    scopes=self.scopes,
                    plain=self.plain,
                    time_zone=self.time_zone,
                    locale=self.locale,
                    now=now,
                    state=state,
                    http=http,
                    log=self.log,
                    addresses=partial(judged, hosts=tuple(self.hosts), reach=self.reach),
                )
                return await made(plugin, context)

        try:
            return await self.loop.call(calling, timeout_s, lent)
        except TookTooLong as late:
            raise Failed(f"It {late}.") from late
        except httpx.HTTPStatusError as error:
            asked = retry_after_s(error.response.headers.get("retry-after", ""), now)
            raise Failed(self.scrub(_said(error)), asked) from None
        except (Ended, Exception) as error:  # noqa: BLE001 - whatever a plugin raises is its own
            raise Failed(self.raised(error)) from None

    def raised(self, error: Exception) -> str:
        """What a plugin raised, in words for people; who runs the server finds in its log where that was, and no words."""
        log_raised(self.cls, error)
        if isinstance(error, TookTooLong):
            return f"It {error}."
        return sentence(self.scrub(str(error) if isinstance(error, PluginFailed | Ended) else said(error)))

    async def push(self, items: Sequence[Item], state: KeptState, store: Store, now_ms: int) -> "Pushed":
        """The answers to a batch of changes, one to each, and when to look at each view again.

        Raises:
            Failed: all of them are to be sent again.

        """
        cls: Any = self.cls
        now = datetime.fromtimestamp(now_ms / 1000, UTC)

        async def pushing(connector: Connector[Any], context: Context[Any]) -> tuple[Any, list[Any]]:
            given = await connector.push([item.change for item in items], context)
            views = [item.change.view if isinstance(item.change, Changed) else None for item in items]
            return given, [connector.wake(view, now) if view is not None else None for view in views]

        given, wakes = await self.call(pushing, cls.timeout_s, state, store, now_ms)
        answers = [self._scrubbed(answer) for answer in _checked_answers(given, len(items))]
        return Pushed(answers, [_wake_ms(wake, now) for wake in wakes])

    def _scrubbed(self, answer: Answer) -> Answer:
        if isinstance(answer, Rejected):
            return Rejected(self.scrub(str(answer.reason)) or "No reason was given.")
        if isinstance(answer, Later):
            asked: Any = answer.after_s
            return Later(self.scrub(str(answer.reason)), float(asked) if isinstance(asked, int | float) else 0.0)
        return answer

    async def pull(self, state: KeptState, store: Store, now_ms: int) -> list[Entry]:
        """What changed outside.

        Raises:
            Failed: it is to be asked again.

        """
        cls: Any = self.cls

        async def pulling(connector: Connector[Any], context: Context[Any]) -> Any:
            return await connector.pull(context)

        return checked_entries(await self.call(pulling, cls.timeout_s, state, store, now_ms))

    async def check(self, state: KeptState, store: Store, now_ms: int) -> str:
        """What trying it out came to.

        Raises:
            Failed: it does not work.

        """

        async def checking(connectable: Any, context: Context[Any]) -> Any:
            if isinstance(connectable, Notifier):
                await connectable.notify(TRIED, context)
                return "A message was sent. Look whether it came."
            return await connectable.check(context) if isinstance(connectable, Connector) else ""

        return self.scrub(str(await self.call(checking, 30.0, state, store, now_ms) or ""))


def log_raised(cls: type, error: BaseException) -> None:
    """Logs what kind of error a plugin raised, and where in its own files: never its text, which may have a person's words.

    That a service could not be reached is no fault of the plugin's, and is no warning.
    """
    cause = error.__cause__ if isinstance(error, Ended) and error.__cause__ is not None else error
    place = place_of(error, package_of(cls))
    where = f"at {place} in {place.function}" if place else "outside its own files"
    level = logging.DEBUG if isinstance(cause, httpx.TransportError) else logging.WARNING
    _log.log(level, "a plugin (%s) raised %s %s", package_of(cls), type(cause).__name__, where)


class Pushed(Struct, frozen=True):
    """Answers to changes, in order: after a `Later` some may be missing; and when to look at each again (ms, 0: never)."""

    answers: list[Answer]
    wakes: list[int]


def checked_entries(given: Any) -> list[Entry]:
    """Entries that a plugin gave.

    Raises:
        Failed: they are none, or too many.

    """
    if not isinstance(given, Sequence) or isinstance(given, str | bytes):
        raise Failed(f"It gave {type(given).__name__}, and should give a list of entries.")
    if len(given) > MAX_ENTRIES:
        raise Failed(f"It gave {len(given):,} entries at once; {MAX_ENTRIES:,} are the most.")
    for entry in given:
        if not isinstance(entry, NewEntry | Revision | Retraction):
            raise Failed(f"It gave {type(entry).__name__} among its entries.")
        if not _is_well_formed(entry):
            raise Failed("An entry's kind and ids must be texts, and its fields a dictionary with texts as keys.")
        if isinstance(entry, NewEntry) and not is_named_well(entry):
            raise Failed("`known_as` and `grows` of an entry must be texts, and `unless` a tuple of a few texts.")
    return list(given)


def _is_well_formed(entry: Any) -> bool:
    texts = [entry.kind, entry.id if isinstance(entry, Revision) else entry.external_id]
    maps: list[Any] = [] if isinstance(entry, Retraction) else [entry.fields]
    maps += [entry.base] if isinstance(entry, Revision) else []
    return all(isinstance(text, str) and 0 < len(text) <= MAX_WORDS for text in texts) and all(
        isinstance(one, Mapping) and all(isinstance(name, str) for name in one) for one in maps
    )


def _checked_answers(given: Any, wanted: int) -> list[Answer]:
    if not isinstance(given, Sequence) or isinstance(given, str | bytes):
        raise Failed(f"`push` gave {type(given).__name__}, and should give a list with an answer to each change.")
    for answer in given:
        if not isinstance(answer, Done | Rejected | Later):
            raise Failed(f"`push` answered {type(answer).__name__}; an answer is Done(), Rejected(reason) or Later().")
    put_off = any(isinstance(answer, Later) for answer in given)
    if len(given) > wanted or (len(given) < wanted and not put_off):
        raise Failed(f"`push` gave {len(given)} answers to {wanted} changes.")
    return list(given)


def _wake_ms(wake: Any, now: datetime) -> int:
    if wake is None:
        return 0
    if not isinstance(wake, datetime) or wake.tzinfo is None:
        raise Failed("`wake` must give a datetime with a time zone, or None.")
    return int(min(max(wake, now + SOONEST_WAKE), now + MAX_WAKE).timestamp() * 1000)


def _secrets(value: Any) -> Iterator[str]:
    """Every secret that is long enough to be one, wherever it stands in settings."""
    if isinstance(value, Secret) and len(value.reveal()) >= SHORTEST_SECRET:
        yield value.reveal()
    elif isinstance(value, Struct):
        value = [getattr(value, name) for name in value.__struct_fields__]
    elif isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, list | tuple | set | frozenset):
        for part in value:
            yield from _secrets(part)


def _said(error: httpx.HTTPStatusError) -> str:
    return f"{error.request.headers.get('host', error.request.url.host)} answered {error.response.status_code}."
