"""A connection as people are told of it: how it goes, what would leave, and setting one up; knows no HTTP."""

import contextlib
import itertools
import uuid
from typing import Any, cast

import msgspec
from msgspec import UNSET
from msgspec.structs import replace

from milepost.connection_messages import (
    Checked,
    Connection,
    ConnectionChange,
    ConnectionDetails,
    ConnectionRequest,
    Letter,
    Line,
    Previewed,
)
from milepost.database import Query, Unit
from milepost.errors import InvalidInput, MilepostError, NotAllowed
from milepost.plugin_api import Changed, Connector, Inbox, Notifier, Scope, Withdrawn, plain
from milepost.plugin_settings import made_up, read, shown, written
from milepost_server.access import Admitted
from milepost_server.hosting import inboxes
from milepost_server.hosting.calling import Called, Failed
from milepost_server.hosting.connections import (
    NOT_GRANTED,
    SQL,
    Kept,
    Progress,
    add_connection,
    as_delivered,
    as_kept,
    connections_of,
    deliveries_of,
    drop,
    scopes_text,
    set_status,
    set_up,
    the_connection,
)
from milepost_server.hosting.kept_state import KeptState
from milepost_server.hosting.planning import Item, Plan, due
from milepost_server.hosting.schedule import FOR_OWNERS, Held
from milepost_server.hosting.telling import previewed
from milepost_server.records import new_token, secret_hash
from milepost_server.services import Services

MAX_PREVIEWED = 50
PREVIEW_S = 10.0
MAX_LINES = 50
PAUSED = "It was paused; `milepost connection resume` lets it go on."


class Looking:
    """The connections of one journal, as one of its members asks for them."""

    def __init__(self, services: Services, journal: str, by: Admitted) -> None:
        self._services, self._journal, self._by = services, journal, by
        self._database, self._schedule = services.database, services.schedule

    async def all(self) -> list[Connection]:
        """Every connection: one's own, or, for an owner, anybody's."""
        rows = await self._database.read(connections_of(self._journal))
        return [await self.told(kept) for kept in map(as_kept, rows) if self._may_see(kept)]

    def _may_see(self, kept: Kept) -> bool:
        return self._by.role == "owner" or kept.account == self._by.caller.account

    async def one(self, connection: str) -> Kept:
        """A connection that the member may see.

        Raises:
            NotFound: there is none of that name.

        """
        kept = await self._database.write(the_connection(self._journal, connection))
        if not self._may_see(kept):
            raise NotAllowed("That connection is another member's. An owner of the journal can look at it.")
        return kept

    async def told(self, kept: Kept, address: str = "", made_up: dict[str, str] | None = None) -> Connection:
        """A connection and how it goes."""
        named = {"journal": kept.journal, "uid": kept.uid}
        head = await self._services.store.head(kept.journal)
        ((letters,),) = await self._database.read(Query(SQL["count_letters"], named))
        now = kept.progress
        plugin, settings, problem = self._settings(kept)
        delivers = kept.brings in self._services.plugins.connectors
        return Connection(
            id=kept.connection,
            journal=kept.journal,
            to=kept.brings,
            plugin=plugin,
            by=kept.account,
            status=cast(Any, kept.status),
            reason=kept.reason or problem,
            scopes=cast(list[Scope], kept.scopes.split()),
            plain=kept.plain,
            settings=settings,
            made_at=kept.made_at,
            generation=now.generation,
            behind=max(head.seq - now.cursor, 0) if delivers else 0,
            letters=letters,
            failures=now.failures,
            success_at=now.success_at,
            error_at=now.error_at,
            error=now.error,
            next_at=now.due_at if now.failures else 0,
            address=address,
            made_up=made_up or {},
        )

    def _settings(self, kept: Kept) -> tuple[str, dict[str, Any], str]:
        """The plugin's name, the settings without secrets, and what is wrong with them, if anything."""
        try:
            cls = self._services.plugins.connectable(kept.brings)
            plugin = self._services.plugins.bringer(kept.brings).name
            text = self._schedule.keyring.open(kept.settings, kept.uid, "settings")
            return plugin, shown(cls.settings, msgspec.json.decode(text)), ""
        except MilepostError as error:
            return "", {}, str(error)

    async def details(self, kept: Kept) -> ConnectionDetails:
        """A connection, what waits to be decided on, and the newest lines of its log."""
        named = {"journal": kept.journal, "uid": kept.uid}
        letters = as_delivered(await self._database.read(Query(SQL["letters_of"], named)))
        lines = await self._database.read(Query(SQL["connection_log_of"], {**named, "limit": MAX_LINES}))
        told = await self.told(kept)
        with contextlib.suppress(Held):
            told = replace(told, hosts=await (await self._schedule.called(kept)).reached())
        return ConnectionDetails(
            connection=told,
            letters=[
                Letter(id=entity, kind=kind, reason=one.rejected, tries=one.tries, at=one.at)
                for (kind, entity), one in letters.items()
            ],
            log=[
                Line(at=at, what=what, words=words, hosts=hosts, things=things)
                for _, at, what, words, hosts, things in lines
            ],
        )

    async def add(self, asked: ConnectionRequest, base_url: str) -> Connection:
        """Begins a connection. An owner's own goes on at once; another member's waits for an owner.

        Raises:
            NotFound: nothing here is called so.
            InvalidInput: its settings can't be used.

        """
        cls = self._services.plugins.connectable(asked.to)
        settings = read(cls.settings, asked.settings)
        uid = str(uuid.uuid4())
        owner = self._by.role == "owner"
        if issubclass(cls, Notifier) and not owner:
            raise NotAllowed(FOR_OWNERS)
        begins, reason = ("paused", PAUSED) if asked.paused else ("active", "")
        kept = Kept(
            journal=self._journal,
            connection=cls.name if asked.id is UNSET else asked.id,
            uid=uid,
            account=self._by.caller.account,
            brings=cls.name,
            settings=self._sealed(uid, written(settings)),
            scopes=scopes_text(cls.defaults if asked.scopes is UNSET else asked.scopes),
            plain=asked.plain,
            status=begins if owner else "asks",
            reason=reason if owner else NOT_GRANTED,
            granted_by=self._by.caller.account if owner else "",
            made_at=self._services.now_ms(),
            progress=Progress(),
        )
        token = new_token() if issubclass(cls, Inbox) else ""
        work = add_connection(kept, self._by.caller, secret_hash(token) if token else "", named=asked.id is not UNSET)
        made = await self._database.write(work)
        self._schedule.hint()
        address = f"{base_url}/in/{token}" if token else ""
        return await self.told(made, address, made_up(cls.settings, settings, asked.settings))

    def _sealed(self, uid: str, values: dict[str, Any]) -> str:
        return self._schedule.keyring.seal(msgspec.json.encode(values).decode(), uid, "settings")

    async def change(self, kept: Kept, asked: ConnectionChange) -> Connection:
        """Sets a connection up in another way; one's own alone. What is so already changes nothing.

        Raises:
            NotAllowed: it is another member's.
            InvalidInput: its settings can't be used so.

        """
        if kept.account != self._by.caller.account:
            raise NotAllowed("Whoever made a connection sets it up. You can hold it: `milepost connection pause`.")
        cls = self._services.plugins.connectable(kept.brings)
        values = msgspec.json.decode(self._schedule.keyring.open(kept.settings, kept.uid, "settings"))
        given_anew = values
        if asked.settings is not UNSET:
            merged = {**values, **asked.settings}
            given = {name: value for name, value in merged.items() if asked.settings.get(name, value) is not None}
            given_anew = written(read(cls.settings, given))
        now = replace(
            kept,
            settings=kept.settings if asked.settings is UNSET else self._sealed(kept.uid, given_anew),
            scopes=kept.scopes if asked.scopes is UNSET else scopes_text(asked.scopes),
            plain=kept.plain if asked.plain is UNSET else asked.plain,
        )
        if given_anew == values and (now.scopes, now.plain) == (kept.scopes, kept.plain):
            return await self.told(kept)
        narrower = bool(kept.grant.scopes - now.grant.scopes) or (kept.plain and not now.plain)
        work = set_up(now, self._by.caller, self._services.now_ms(), narrower=narrower)
        await self._database.write(work)
        self._schedule.hint()
        return await self.told(await self.one(kept.connection))

    async def pause(self, kept: Kept) -> Connection:
        """Holds a connection: what is due stays due."""
        return await self._turned(kept, replace(kept, status="paused", reason=PAUSED))

    async def resume(self, kept: Kept) -> Connection:
        """Lets a connection go on; by an owner, that is the grant it may have waited for."""
        caller = self._by.caller
        if self._by.role == "owner":
            return await self._turned(kept, replace(kept, status="active", reason="", granted_by=caller.account))
        if not kept.granted_by:
            raise NotAllowed("An owner of this journal has to grant it first: `milepost connection resume` by them.")
        return await self._turned(kept, replace(kept, status="active", reason=""))

    async def _turned(self, kept: Kept, now: Kept) -> Connection:
        if (now.status, now.granted_by) == (kept.status, kept.granted_by):
            return await self.told(kept)
        work: Unit[None] = set_status(now, self._by.caller, self._services.now_ms())
        await self._database.write(work)
        self._schedule.hint()
        return await self.told(await self.one(kept.connection))

    async def remove(self, kept: Kept) -> None:
        """Ends a connection; what is outside stays there."""
        await self._database.write(drop(kept, self._by.caller, self._services.now_ms()))

    async def run(self, kept: Kept) -> Connection:
        """Delivers and fetches now, as much as there is.

        Raises:
            InvalidInput: it can't be run, and why.

        """
        named = {"journal": kept.journal, "connection": kept.connection}
        await self._database.write(Unit(lambda: _asked_at_once(named)))
        try:
            while await self._schedule.turn(kept.journal, kept.connection):
                pass
        except Held as held:
            raise InvalidInput(f"`{kept.connection}` can't run: {held}") from held
        except Failed:
            pass  # how it went is in its row
        return await self.told(await self.one(kept.connection))

    async def check(self, kept: Kept) -> Checked:
        """Tries a connection's settings out; nothing is changed anywhere, but a notifier sends a short message."""
        try:
            called = await self._schedule.called(kept)
            state = KeptState({}, self._schedule.keyring, kept.uid)
            if issubclass(called.cls, Inbox):
                words = await inboxes.check(self._services, kept, called)
            else:
                words = await called.check(state, _nowhere, self._services.now_ms())
        except (Held, Failed) as error:
            return Checked(ok=False, words=str(error))
        return Checked(ok=True, words=words or "It works.")

    async def withdraw(self, kept: Kept) -> Connection:
        """Takes back from outside all that was sent there, and holds the connection.

        Raises:
            InvalidInput: it can't now, and why.

        """
        if kept.brings not in self._services.plugins.connectors:
            raise InvalidInput(
                "Nothing of the journal was sent there that could be taken back. `milepost connection pause` holds it."
            )
        if kept.status != "paused":
            await self.pause(kept)
        try:
            await self._schedule.withdraw(kept.journal, kept.connection)
        except (Held, Failed) as error:
            raise InvalidInput(
                f"Not all was withdrawn: {error} It is paused; what is left is withdrawn when you try again."
            ) from error
        return await self.told(await self.one(kept.connection))

    async def retry(self, kept: Kept, letter: str) -> Connection:
        """Has what was rejected sent again, as it is now: one, or all."""
        return await self._decided(kept, letter, ("retry_letters", "wake_now"))

    async def skip(self, kept: Kept, letter: str) -> Connection:
        """Lets what was rejected be: one, or all. What changes is sent anew."""
        return await self._decided(kept, letter, ("skip_letters", "drop_event_letters"))

    async def _decided(self, kept: Kept, letter: str, statements: tuple[str, ...]) -> Connection:
        values = {"journal": kept.journal, "uid": kept.uid, "entity": letter}
        found = await self._database.write(Unit(lambda: _each(statements, values)))
        if not found:
            raise InvalidInput(
                f"Nothing that was rejected is called {letter!r}. `milepost connection show` lists what was."
                if letter
                else "Nothing of this connection was rejected."
            )
        self._schedule.hint()
        return await self.told(await self.one(kept.connection))

    async def preview(self, kept: Kept) -> list[Previewed]:
        """What would leave now, at most so much of it; nothing does.

        Raises:
            InvalidInput: it sends nothing, or can't.

        """
        cls = self._services.plugins.connectors.get(kept.brings)
        if kept.brings in self._services.plugins.notifiers:
            return previewed((await self._services.journals.state(kept.journal)).state, kept)[:MAX_PREVIEWED]
        if cls is None:
            raise InvalidInput(f"`{kept.connection}` sends nothing of the journal.")
        folded = await self._services.journals.state(kept.journal)
        outside = as_delivered(await self._database.read(deliveries_of(kept)))
        again = not kept.progress.fingerprint
        plan = Plan(
            state=folded.state,
            grant=kept.grant,
            kinds=cls.kinds,
            uid=kept.uid,
            generation=kept.progress.generation + again,
            until=folded.head.seq,
            now_ms=self._services.now_ms(),
        )
        found = (item for item in due(plan, "all", outside) if item is not None)
        items = list(itertools.islice(found, MAX_PREVIEWED))
        try:
            texts = await _texts(await self._schedule.called(kept), items)
        except (Held, Failed) as error:
            raise InvalidInput(f"What would leave can't be shown: {error}") from error
        return [_previewed(item, text) for item, text in zip(items, texts, strict=True)]


async def _texts(called: Called, items: list[Item]) -> list[str]:
    async def previewing() -> list[str]:
        connector: Connector[Any] = called.cls()  # type: ignore[assignment]
        return [str(connector.preview(item.change, called.settings) or "") for item in items]

    try:
        texts = await called.loop.call(previewing, PREVIEW_S)
    except Exception as error:  # noqa: BLE001 - whatever a plugin raises is its own
        raise Failed(called.raised(error)) from None
    return [called.scrub_all(text) for text in texts]


def _previewed(item: Item, text: str) -> Previewed:
    change = item.change
    if isinstance(change, Changed):
        return Previewed(kind=change.kind, id=change.id, what="changed", view=plain(change.view), text=text)
    what = "withdrawn" if isinstance(change, Withdrawn) else "removed"
    return Previewed(kind=change.kind, id=change.id, what=cast(Any, what), text=text)


async def _nowhere(_: Any) -> None:
    """Trying out keeps nothing."""


def _asked_at_once(named: dict[str, Any]) -> Any:
    yield Query(SQL["ask_at_once"], named)


def _each(statements: tuple[str, ...], values: dict[str, Any]) -> Any:
    found = []
    for name in statements:
        found += yield Query(SQL[name], values)
    return found
