"""What a feed's address gives: written again only where something changed, and rather as it last was than an error.

Theory of operation
-------------------
Some calendar programs give a subscription up for good after a single answer that is an error, and all of them may ask at
any time. So what was last given is kept in memory, by address, together with all that it depends on: the feed's own row,
the end of the log, and the person's day. Where these are the same, so is the answer, and nothing is folded or written.

Where writing it fails, what was last given is given again, but only while the row is the same (nothing was revoked, made
discreet or narrowed), and no words were taken out of the journal since; both are looked up first. Where that can't be
looked up, or there is nothing to give, the address is not found, which programs get over. An error they would not.
"""

import asyncio
import hashlib
import logging
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime, tzinfo
from typing import Any

from msgspec import Struct, field

from milepost.envelope import Event
from milepost.errors import NotFound
from milepost.export_history import ExportHistory
from milepost.journal import State
from milepost.messages import Feed
from milepost.plugin_api import ExportContext
from milepost.plugin_settings import read
from milepost.projection import DISCREET, EVERYTHING
from milepost.store import Head
from milepost.views.entities import reminders
from milepost_server.feeds import as_feed, feed_by_token
from milepost_server.folded import Folded
from milepost_server.services import Services
from milepost_server.standing import local, log_of

REVOKED_FEED_DAYS = 28
"""How long a revoked feed still answers, empty: calendar programs that meet an error may keep old entries for ever."""
MAX_KEPT_BYTES = 64 * 1024 * 1024
"""Memory for what was last given, over all feeds; the one asked for last is kept whatever it takes."""
BYTES_PER_BYTE = 4
"""What is kept takes so many times what is sent: that, its parts, and what they were made of."""
MAX_ROWS = 10_000

_log = logging.getLogger("milepost")


class Given(Struct, frozen=True):
    """An answer: its bytes and what they are, their entity tag, and when they last changed (milliseconds since 1970)."""

    body: bytes
    media_type: str
    etag: str
    changed_ms: int


class _Kept(Struct):
    """What was last given at an address, and what it depends on."""

    feed: Feed
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    head: Head | None = None
    told: int = -1
    day: str = ""
    zone: tzinfo | None = None
    redactions: int = 0
    given: Given | None = None
    of_exporter: dict[str, Any] = field(default_factory=dict)


class FeedServing:
    """Answers at the addresses of feeds."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._kept: OrderedDict[str, _Kept] = OrderedDict()
        self._kept_bytes = 0
        self._rows: OrderedDict[str, Feed] = OrderedDict()
        self._generation = -1
        self._told: dict[str, int] = {}
        services.hub.watchers.append(self._grown)
        self.max_kept_bytes = MAX_KEPT_BYTES

    async def answer(self, token: str) -> Given:
        """What is to be read at an address.

        Raises:
            NotFound: there is none, any more or at the moment.

        """
        try:
            found = await self._feed(token)
            now_ms = self._services.now_ms()
            if found.revoked_at is not None and now_ms - found.revoked_at > REVOKED_FEED_DAYS * 86_400_000:
                raise NotFound("There is no such feed.")
            return await self._current(token, found, now_ms)
        except NotFound:
            raise
        except Exception as error:
            _log.error("A feed can't be given: %s", _why(error))
            raise NotFound("This feed can't be read at the moment.") from error

    @property
    def spoken(self) -> str:
        """The versions of the protocol that are spoken here."""
        return self._services.gate.spoken

    def _grown(self, journal: str) -> None:
        self._told[journal] = self._told.get(journal, 0) + 1

    def at_hand(self, token: str) -> Given | None:
        """What was last given at an address, where that is still so and nothing has to be looked up or written for it."""
        if self._generation != self._services.access.generation:
            return None
        feed, kept = self._rows.get(token), self._kept.get(token)
        if feed is None or kept is None or kept.feed != feed or feed.revoked_at is not None:
            return None
        is_so = kept.told == self._told.get(feed.journal, 0) and kept.day == _day(self._services.now_ms(), kept.zone)
        return kept.given if is_so else None

    async def _feed(self, token: str) -> Feed:
        access = self._services.access
        if self._generation != access.generation:
            self._rows.clear()
            self._generation = access.generation
        if (known := self._rows.get(token)) is not None:
            return known
        generation = self._generation
        rows = await self._services.database.read(feed_by_token(token))
        if not rows:
            raise NotFound("There is no such feed.")
        found = as_feed(rows[0])
        if access.remembers and generation == access.generation == self._generation:
            self._rows[token] = found
            if len(self._rows) > MAX_ROWS:
                self._rows.popitem(last=False)
        return found

    async def _current(self, token: str, feed: Feed, now_ms: int) -> Given:
        kept = self._kept.get(token)
        if kept is None or kept.feed != feed:
            self._drop(token)
            kept = self._kept[token] = _Kept(feed)
        self._kept.move_to_end(token)
        async with kept.lock:
            told = self._told.get(feed.journal, 0)
            head = await self._services.store.head(feed.journal)
            if kept.given is not None and kept.head == head and kept.day == _day(now_ms, kept.zone):
                kept.told = told
                return kept.given
            before = len(kept.given.body) if kept.given else 0
            folded = await self._services.journals.state(feed.journal)
            redactions = len(folded.state.entities.get("redaction", ()))
            try:
                given = await self._written(kept, folded, now_ms)
            except Exception as error:
                kept.of_exporter = {}
                if kept.given is None or kept.redactions != redactions:
                    kept.given = None
                    raise
                _log.error("A feed is given as it last was: %s", _why(error))
                return kept.given
            # The state goes on as the log grows: what was written is that of the place where it stood.
            kept.head, kept.told, kept.redactions, kept.given = head, told, redactions, given
            kept.zone = local(folded.state, now_ms).tzinfo
            kept.day = _day(now_ms, kept.zone)
            if self._kept.get(token) is kept:
                self._kept_bytes += len(given.body) - before
                self._make_room()
            return given

    async def _written(self, kept: _Kept, folded: Folded, now_ms: int) -> Given:
        feed, plugins = kept.feed, self._services.plugins
        exporter = plugins.exporter(feed.format)
        grant = EVERYTHING if feed.plain else DISCREET
        view = folded.shown(grant)
        today = local(folded.state, now_ms)
        # By when it came, not by when it was written: what was written offline long ago is still news to a subscriber.
        set_ms = max(feed.created_at, feed.changed_at)
        midnight = today.replace(hour=0, minute=0, second=0, microsecond=0)
        changed_ms = max(set_ms, folded.received_at, int(midnight.timestamp() * 1000))
        if feed.revoked_at is not None:
            view, changed_ms = view.emptied(), feed.revoked_at
        context: ExportContext[Any] = ExportContext(
            settings=read(exporter.settings, feed.settings),
            plain=feed.plain,
            salt=feed.id,
            name=feed.name,
            changed_ms=changed_ms,
            set_ms=feed.changed_at,
            today=today.date().isoformat(),
            history=ExportHistory(self._reading(folded.state.journal), folded.state, grant),
            reminders=_reminders(folded.state),
            kept=kept.of_exporter,
        )
        exported = await plugins.render(exporter, view, context)
        etag = f'"{hashlib.sha256(exported.body).hexdigest()[:32]}"'
        return Given(exported.body, exported.media_type, etag, changed_ms)

    def _reading(self, journal: str) -> Callable[[], list[Event]]:
        """Reads the log for an exporter, which is on a thread of its own."""
        loop = asyncio.get_running_loop()
        return lambda: asyncio.run_coroutine_threadsafe(log_of(self._services, journal), loop).result()

    def _drop(self, token: str) -> None:
        kept = self._kept.pop(token, None)
        if kept is not None and kept.given is not None:
            self._kept_bytes -= len(kept.given.body)

    def _make_room(self) -> None:
        while len(self._kept) > 1 and self._kept_bytes * BYTES_PER_BYTE > self.max_kept_bytes:
            self._drop(next(iter(self._kept)))


def _why(error: Exception) -> str:
    """What went wrong, without what it says: that may have words of the person's."""
    return type(error.__cause__ or error).__name__


def _day(ms: int, zone: tzinfo | None) -> str:
    return datetime.fromtimestamp(ms / 1000, zone).date().isoformat()


def _reminders(state: State) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for one in reminders(state):
        if one.about:
            found.setdefault(one.about, []).append(one.at)
    return {about: tuple(times) for about, times in found.items()}
