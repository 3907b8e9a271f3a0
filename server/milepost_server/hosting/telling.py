"""A notifier's turn: tells a person what they wanted to be reminded of; knows no schedule and no HTTP.

Theory of operation
-------------------
A turn is done under the connection's lease, by one server at a time. Before each message it looks anew what is due
(`reminders`), and whether the connection still is as it was, for the person may begin to rest at any moment. A message
is sent first and then noted: if the process is killed in between, the same message is sent again under the same key, and
once it is noted it never is. What can't be sent is tried again a little later each time, until its grace is over.

A connection's `cursor` is the end of the log for which it was worked out when to look again (`wake_at`), and `at_seq`
the moment until which it was looked, in milliseconds. What was told is in `deliveries`: the newest tick of each reminder
as its `digest`.
"""

import random
import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from milepost.connection_messages import Previewed
from milepost.database import Database, Query, Work, unit
from milepost.journal import State
from milepost.plugin_api import VIEWS, Context, Message, Notifier
from milepost.projection import Grant, project_entity
from milepost.views.entities import Reminder, Rest, own, reminders
from milepost.views.today import covers
from milepost_server.hosting.calling import Called, Failed
from milepost_server.hosting.connections import (
    SQL,
    Delivered,
    Kept,
    Overtaken,
    Progress,
    achieved,
    as_delivered,
    as_kept,
    connections_of,
    deliveries_of,
    log_lines,
    still_ours,
)
from milepost_server.hosting.kept_state import KeptState
from milepost_server.hosting.keyring import Keyring
from milepost_server.hosting.planning import Ref
from milepost_server.hosting.reminders import Tick, Wishes, due, next_look
from milepost_server.journals import Journals
from milepost_server.leases import Lease

REMINDER = "reminder"
"""The kind of what was told among the deliveries."""
DISCREET_TITLE, DISCREET = "Milepost", "Time for what you wanted to be reminded of."
FIRST_WAIT_MS, LONGEST_WAIT_MS = 15_000, 600_000


class Telling:
    """A notifier's turn, for one connection, under a lease."""

    def __init__(
        self,
        database: Database,
        journals: Journals,
        keyring: Keyring,
        called: Called,
        kept: Kept,
        lease: Lease,
        now_ms: Callable[[], int],
    ) -> None:
        self._database, self._journals, self._keyring = database, journals, keyring
        self._called, self._kept, self._lease, self._now_ms = called, kept, lease, now_ms
        self._told: dict[str, str] = {}
        self._failed: dict[str, Failed] = {}
        self._lines: list[tuple[str, str, str, int]] = []

    async def tell(self) -> None:
        """Sends what is due.

        Raises:
            Failed: some of it could not be sent now. That is noted.
            Overtaken: somebody else has the connection now, or it changed.

        """
        known = as_delivered(await self._database.read(deliveries_of(self._kept)))
        self._told = {entity: one.digest for (kind, entity), one in known.items() if kind == REMINDER}
        sent = False
        while True:
            looked = await self._look()
            found = due(looked.wishes, _moment(looked.now_ms))
            await self._note({tick.reminder.id: tick for tick in found.passed}, looked.now_ms)
            tick = next((one for one in found.tell if one.reminder.id not in self._failed), None)
            if tick is None:
                break
            sent = await self._send(tick, message(tick, looked.about.get(tick.reminder.id, ""), self._kept)) or sent
        await self._close(looked, sent)

    async def _look(self) -> "_Looked":
        """The person's wishes as they are now."""
        folded = await self._journals.state(self._kept.journal)
        state = folded.state  # shared: all of it is looked at before anybody else runs
        wanted = [one for one in reminders(state) if is_for(one, self._kept)]
        now_ms = self._now_ms()
        wishes = Wishes(
            reminders=wanted,
            time_zone=state.fields("journal", state.journal).get("time_zone") or "UTC",
            resting=partial(covers, own(state, Rest, "rest")),
            told=self._told,
            since=_moment(self._kept.made_at),
            looked=_moment(min(self._kept.progress.at_seq or now_ms, now_ms)),
        )
        about = {one.id: about_title(state, one, self._kept.grant) for one in wanted if one.about}
        return _Looked(wishes, about, folded.head.seq, now_ms)

    async def _send(self, tick: Tick, told: Message) -> bool:
        """Sends one message and notes it; returns whether it could be sent."""
        notifier: Any = self._called.cls
        await still_ours(self._database, self._kept, self._lease)
        rows = await self._database.read(Query(SQL["state_of"], {"journal": self._kept.journal, "uid": self._kept.uid}))
        state = KeptState(dict(rows), self._keyring, self._kept.uid)

        async def notifying(plugin: Notifier[Any], context: Context[Any]) -> None:
            await plugin.notify(told, context)

        words = "reminder: what" if told.title != DISCREET_TITLE else "reminder: that there is one"
        try:
            await self._called.call(notifying, notifier.timeout_s, state, self._store_state, self._now_ms())
        except Failed as error:
            self._failed[tick.reminder.id] = error
            self._lines.append(("tried", words, ", ".join(self._called.hosts), 1))
            return False
        self._lines.append(("sent", words, ", ".join(self._called.hosts), 1))
        try:
            await self._note({tick.reminder.id: tick}, self._now_ms(), state.changed())
        except Overtaken:
            # It was sent all the same, and whoever has the connection now should not send it again.
            noted = Delivered(generation=0, digest=tick.local, at=self._now_ms())
            await self._database.write(_sent_all_the_same(self._kept, tick.reminder.id, noted, self._lines))
            raise
        return True

    async def _store_state(self, changed: Mapping[str, str | None]) -> None:
        work = achieved(self._kept, self._lease, self._kept.progress, state=changed, now=self._now_ms())
        await self._database.write(work)

    async def _note(
        self, ticks: Mapping[str, Tick], now_ms: int, state: Mapping[str, str | None] | None = None
    ) -> None:
        """Notes what was told or passed over."""
        if not ticks:
            return
        delivered: dict[Ref, Delivered | None] = {
            (REMINDER, entity): Delivered(generation=0, digest=tick.local, at=now_ms) for entity, tick in ticks.items()
        }
        await self._achieved(self._kept.progress, delivered, now_ms, state)
        self._told.update({entity: tick.local for entity, tick in ticks.items()})

    async def _achieved(
        self,
        progress: Progress,
        delivered: Mapping[Ref, Delivered | None],
        now_ms: int,
        state: Mapping[str, str | None] | None = None,
    ) -> None:
        lines = [*self._lines, *(("said", line, "", 0) for line in self._called.lines)]
        work = achieved(
            self._kept, self._lease, progress, delivered=delivered, state=state or {}, lines=lines, now=now_ms
        )
        await self._database.write(work)
        self._lines.clear()
        self._called.lines.clear()

    async def _close(self, looked: "_Looked", sent: bool) -> None:
        """Notes how far it is, and when to look again.

        Raises:
            Failed: something could not be sent.

        """
        now_ms, before = looked.now_ms, self._kept.progress
        wake_at = int(next_look(looked.wishes, _moment(now_ms)).timestamp() * 1000)
        done = replace(before, cursor=looked.head, wake_at=wake_at, failures=0, due_at=0)
        if sent or not before.success_at:
            done = replace(done, success_at=now_ms)
        failed = next(iter(self._failed.values()), None)
        if failed is not None:
            wait = min(FIRST_WAIT_MS * 2 ** min(before.failures, 20), LONGEST_WAIT_MS)
            wait = int(wait * random.uniform(0.8, 1.2))  # noqa: S311 - no secret
            due_at = now_ms + max(wait, min(int(max(failed.after_s, 0) * 1000), LONGEST_WAIT_MS))
            done = replace(done, failures=before.failures + 1, due_at=due_at, wake_at=due_at)
            done = replace(done, error=failed.reason, error_at=now_ms)
        else:
            done = replace(done, at_seq=now_ms)
            if before.failures and not sent:
                self._lines.append(("missed", "reminder: it could not be sent in time", "", 1))
        here = {one.id for one in looked.wishes.reminders}
        gone: dict[Ref, Delivered | None] = {(REMINDER, entity): None for entity in self._told.keys() - here}
        await self._achieved(done, gone, now_ms)
        if failed is not None:
            raise failed


class _Looked(Struct, frozen=True):
    """What was seen in one look: wishes, titles of what reminders are about, the log's end, the time."""

    wishes: Wishes
    about: dict[str, str]
    head: int
    now_ms: int


def is_for(reminder: Reminder, kept: Kept) -> bool:
    """Whether a reminder goes over a connection: those of a channel over the one that is called so, others over all."""
    return not reminder.channel or reminder.channel in {kept.connection, kept.brings}


def about_title(state: State, reminder: Reminder, grant: Grant) -> str:
    """The title of what a reminder is about, as far as it may be told."""
    for kind in VIEWS:
        if reminder.about in state.entities.get(kind, {}):
            view = project_entity(state, kind, str(reminder.about), grant)
            title = getattr(view, "title", "")
            return title if isinstance(title, str) else ""
    return ""


def message(tick: Tick, about: str, kept: Kept) -> Message:
    """What is sent for a tick: the person's own words where they want them and granted titles."""
    key = str(uuid.uuid5(uuid.UUID(kept.uid), f"{REMINDER}/{tick.reminder.id}/{tick.local}"))
    title, body = words_of(tick.reminder, about, kept)
    return Message(key=key, title=title, body=body)


def words_of(reminder: Reminder, about: str, kept: Kept) -> tuple[str, str]:
    """The title and the words of a message."""
    if kept.plain and "titles" in kept.grant.scopes:
        return reminder.what, about
    return DISCREET_TITLE, DISCREET


def previewed(state: State, kept: Kept) -> list[Previewed]:
    """What each reminder would say."""
    found = []
    for one in reminders(state):
        if is_for(one, kept):
            title, body = words_of(one, about_title(state, one, kept.grant), kept)
            found.append(
                Previewed(kind=REMINDER, id=one.id, what="changed", view={"title": title, "body": body}, text="")
            )
    return found


def _moment(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)


@unit
def _sent_all_the_same(
    kept: Kept, reminder: str, told: Delivered, lines: list[tuple[str, str, str, int]]
) -> Work[None]:
    """Notes what was sent while the connection was changed, or another server took it over, if it is still there."""
    rows = yield connections_of(kept.journal, kept.connection)
    if not rows or as_kept(rows[0]).uid != kept.uid:
        return
    of_reminder = {"journal": kept.journal, "uid": kept.uid, "kind": REMINDER, "entity": reminder}
    values = {name: getattr(told, name) for name in Delivered.__struct_fields__}
    yield Query(SQL["note_delivery"], {**of_reminder, **values})
    yield from log_lines(kept.journal, kept.uid, lines, told.at)
