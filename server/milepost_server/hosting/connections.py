"""Connections as they are kept: their rows, and changing them, as units of work. Knows no plugin and no HTTP."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from milepost.database import Database, Query, Row, Work, unit
from milepost.errors import InvalidInput, NotFound
from milepost.plugin_api import SCOPES, Scope
from milepost.projection import Grant
from milepost.sql_scripts import repeated, statements
from milepost_server.access_log import Done, note
from milepost_server.leases import Lease, held, still_held
from milepost_server.records import Caller, new_token, secret_hash

SQL = statements("milepost_server", "hosting.sql")
_RECORDS = statements("milepost_server", "server.sql")
MAX_CONNECTIONS = 50
"""Of one journal."""
MAX_ROWS = 200
"""Deliveries that one statement notes."""
AT_ONCE = 1
"""The `wake_at` of a connection that is asked to try again what was rejected."""
MAX_LINES = 500
"""Lines of a connection's log that are kept."""
NO_MEMBER = "Whoever made it is no member of this journal any more."
NOT_GRANTED = "An owner of this journal has to grant it."
MAX_WORDS = 500
"""Characters of a line, of a reason, of an error."""


class Overtaken(Exception):
    """Another server has taken the connection over meanwhile, or it changed: what was done here does not count."""


class Progress(Struct, frozen=True, kw_only=True):
    """How far a connection is. See `turns`, and `telling` for what it means to a notifier."""

    generation: int = 0
    fingerprint: str = ""
    cursor: int = 0
    walk: str = ""
    until_seq: int = 0
    at_seq: int = 0
    failures: int = 0
    due_at: int = 0
    wake_at: int = 0
    pull_at: int = 0
    success_at: int = 0
    error_at: int = 0
    error: str = ""


class Kept(Struct, frozen=True, kw_only=True):
    """A connection as it is kept. `settings` is sealed."""

    journal: str
    connection: str
    uid: str
    account: str
    brings: str
    settings: str
    scopes: str
    plain: bool
    status: str
    reason: str
    granted_by: str
    made_at: int
    progress: Progress

    @property
    def grant(self) -> Grant:
        """What it may be shown."""
        named = set(self.scopes.split())
        return Grant(frozenset(scope for scope in SCOPES if scope in named), self.plain)

    def is_as(self, other: "Kept") -> bool:
        """Whether it is the same connection, set up in the same way, and held or not."""
        names = ("uid", "status", "settings", "scopes", "plain", "granted_by")
        return all(getattr(self, name) == getattr(other, name) for name in names)


class Delivered(Struct, frozen=True, kw_only=True):
    """What is outside of one entity: see the table `deliveries`."""

    generation: int
    digest: str
    wake_at: int = 0
    rejected: str = ""
    tries: int = 0
    at: int = 0


def as_kept(row: Row) -> Kept:
    """A connection from its row."""
    (journal, connection, uid, account, brings, settings, scopes, plain, status, reason, granted_by, made_at, *rest) = (
        row
    )
    names = Progress.__struct_fields__
    return Kept(
        journal=journal,
        connection=connection,
        uid=uid,
        account=account,
        brings=brings,
        settings=settings,
        scopes=scopes,
        plain=bool(plain),
        status=status,
        reason=reason,
        granted_by=granted_by,
        made_at=made_at,
        progress=Progress(**dict(zip(names, rest, strict=True))),
    )


def connections_of(journal: str, connection: str = "") -> Query:
    """Rows for `as_kept`: of a journal, or one."""
    return Query(SQL["connections_of"], {"journal": journal, "connection": connection})


@unit
def the_connection(journal: str, connection: str) -> Work[Kept]:
    """One connection.

    Raises:
        NotFound: there is none of that name.

    """
    rows = yield connections_of(journal, connection)
    if not rows:
        raise NotFound(
            f"This journal has no connection `{connection}`. `milepost connection list` shows those there are."
        )
    return as_kept(rows[0])


@unit
def add_connection(kept: Kept, by: Caller, token_hash: str = "", *, named: bool = False) -> Work[Kept]:
    """A connection begins, as a device of its member's. Where its name is taken, a number goes behind it, unless it was
    `named` so.

    Raises:
        InvalidInput: the name is taken, or the journal has as many as it may.

    """
    rows = yield connections_of(kept.journal)
    if len(rows) >= MAX_CONNECTIONS:
        raise InvalidInput(f"A journal has {MAX_CONNECTIONS} connections at most. Remove one first.")
    taken = {row[1] for row in rows}
    if named and kept.connection in taken:
        raise InvalidInput(f"This journal has a connection `{kept.connection}` already. Give another name with --id.")
    names = [kept.connection, *(f"{kept.connection}-{number}" for number in range(2, MAX_CONNECTIONS + 2))]
    made = replace(kept, connection=next(name for name in names if name not in taken))
    row = {name: getattr(made, name) for name in Kept.__struct_fields__ if name not in {"progress", "made_at"}}
    yield Query(SQL["add_connection"], {**row, "plain": int(made.plain), "now": made.made_at})
    if token_hash:
        address = {"journal": made.journal, "connection": made.connection, "uid": made.uid, "token_hash": token_hash}
        yield Query(SQL["add_inbox_address"], address)
    # It writes as a device of its own, whose token nobody has.
    device = {"token_hash": secret_hash(new_token()), "device": made.uid, "account": made.account}
    more = {"name": made.connection, "kind": "connection", "scopes": "write", "now": made.made_at}
    yield Query(_RECORDS["add_device"], {**device, **more})
    yield from note(made.journal, _done("connected", by, made), made.made_at)
    return made


def _done(what: str, by: Caller, kept: Kept) -> Done:
    return Done(what=what, actor=by.account, device=by.device, subject=kept.uid, role=kept.brings)


@unit
def set_up(kept: Kept, by: Caller, now: int, *, narrower: bool) -> Work[None]:
    """Settings, scopes or wording of a connection are different from now on. What it kept goes where it may see less, but
    for marks, which have no words.
    """
    named = {"journal": kept.journal, "connection": kept.connection}
    values = {"settings": kept.settings, "scopes": kept.scopes, "plain": int(kept.plain)}
    yield Query(SQL["set_up_connection"], {**named, **values})
    if narrower:
        yield Query(SQL["drop_states_but_marks"], {"journal": kept.journal, "uid": kept.uid})
        yield Query(SQL["retry_letters"], {"journal": kept.journal, "uid": kept.uid, "entity": ""})
    yield from note(kept.journal, _done("changed connection", by, kept), now)


@unit
def set_status(kept: Kept, by: Caller | None, now: int) -> Work[None]:
    """A connection goes on, or is held, as `kept` says; `by` whom, if not by the server itself."""
    named = {"journal": kept.journal, "connection": kept.connection}
    values = {"status": kept.status, "reason": kept.reason[:MAX_WORDS], "granted_by": kept.granted_by}
    yield Query(SQL["set_status"], {**named, **values})
    if by is not None:
        yield from note(kept.journal, _done(f"connection {kept.status}", by, kept), now)


@unit
def end_those_of(journal: str, account: str, *, left: bool) -> Work[None]:
    """Somebody is no owner of a journal any more: what they granted waits for another owner, at once. Where they `left`
    the journal, their own connections stop.
    """
    about = {"journal": journal, "account": account}
    if left:
        yield Query(SQL["end_connections_of"], {**about, "reason": NO_MEMBER})
    yield Query(SQL["end_grants_of"], {**about, "reason": NOT_GRANTED})


@unit
def drop(kept: Kept, by: Caller, now: int) -> Work[None]:
    """A connection ends, and all that was kept for it goes; that it was is in the access log."""
    named = {"journal": kept.journal, "uid": kept.uid}
    for name in ("drop_deliveries", "drop_states", "drop_connection_log", "drop_received", "drop_connection"):
        yield Query(SQL[name], named)
    yield Query(SQL["drop_inbox_addresses"], {"uid": kept.uid})
    yield Query(_RECORDS["revoke_device"], {"account": kept.account, "device": kept.uid, "now": now})
    yield from note(kept.journal, _done("disconnected", by, kept), now)


@unit
def own(kept: Kept, lease: Lease) -> Work[Kept]:
    """The connection as it stands in this transaction, which nobody else writes for meanwhile.

    Raises:
        Overtaken: somebody took it over, or it was set up anew, held or removed.

    """
    if not (yield from held(lease)):
        raise Overtaken
    rows = yield connections_of(kept.journal, kept.connection)
    now = as_kept(rows[0]) if rows else None
    if now is None or not now.is_as(kept):
        raise Overtaken
    return now


async def still_ours(database: Database, kept: Kept, lease: Lease) -> None:
    """Looks, before anything leaves, whether a connection may still do what it is about to.

    Raises:
        Overtaken: it may not.

    """
    rows = await database.read(connections_of(kept.journal, kept.connection))
    if not rows or not as_kept(rows[0]).is_as(kept) or not await database.read(still_held(lease)):
        raise Overtaken


@unit
def achieved(
    kept: Kept,
    lease: Lease,
    progress: Progress,
    *,
    delivered: Mapping[tuple[str, str], Delivered | None] | None = None,
    state: Mapping[str, str | None] | None = None,
    lines: Sequence[tuple[str, str, str, int]] = (),
    now: int = 0,
) -> Work[None]:
    """Notes what a turn achieved, all of it or nothing: how far it is, what is outside (None: gone from there), what the
    connector keeps (sealed; None: dropped), and lines (what, words, hosts, things) for the log.

    Raises:
        Overtaken: it does not count any more.

    """
    current = yield from own(kept, lease)
    named = {"journal": kept.journal, "uid": kept.uid}
    rows: list[dict[str, Any]] = []
    for (kind, entity), one in (delivered or {}).items():
        of_entity = {**named, "kind": kind, "entity": entity}
        if one is None:
            yield Query(SQL["drop_delivery"], of_entity)
        else:
            rows.append({**of_entity, **msgspec.structs.asdict(one)})
    for start in range(0, len(rows), MAX_ROWS):
        yield Query(*repeated(SQL["note_delivery"], rows[start : start + MAX_ROWS]))
    for name, value in (state or {}).items():
        if value is None:
            yield Query(SQL["drop_state"], {**named, "name": name})
        else:
            yield Query(SQL["keep_state"], {**named, "name": name, "value": value})
    yield from log_lines(kept.journal, kept.uid, lines, now)
    if current.progress.wake_at == AT_ONCE and kept.progress.wake_at != AT_ONCE:
        progress = replace(progress, wake_at=AT_ONCE)  # asked for while this was under way
    yield Query(SQL["note_progress"], {**named, **msgspec.structs.asdict(progress)})


@unit
def log_lines(journal: str, uid: str, lines: Iterable[tuple[str, str, str, int]], now: int) -> Work[None]:
    """Adds lines (what, words, hosts, things) to a connection's log; the oldest go."""
    lines = list(lines)
    if not lines:
        return
    named = {"journal": journal, "uid": uid}
    ((seq,),) = yield Query(SQL["last_of_connection_log"], named)
    for what, words, hosts, things in lines:
        seq += 1
        values = {"seq": seq, "at": now, "what": what, "words": words[:MAX_WORDS], "hosts": hosts, "things": things}
        yield Query(SQL["add_to_connection_log"], {**named, **values})
    yield Query(SQL["shorten_connection_log"], {**named, "seq": seq - MAX_LINES})


def device_of(kept: Kept) -> Query:
    """Rows (revoked_at) of the device that writes for a connection."""
    return Query(SQL["device_of"], {"account": kept.account, "device": kept.uid})


def deliveries_of(kept: Kept) -> Query:
    """Rows for `as_delivered`."""
    return Query(SQL["deliveries_of"], {"journal": kept.journal, "uid": kept.uid})


def as_delivered(rows: Iterable[Row]) -> dict[tuple[str, str], Delivered]:
    """(kind, entity) → what is outside."""
    names = Delivered.__struct_fields__
    return {(kind, entity): Delivered(**dict(zip(names, rest, strict=True))) for kind, entity, *rest in rows}


def scopes_text(scopes: Iterable[Scope]) -> str:
    """Scopes as they are kept."""
    given: set[Any] = set(scopes)
    return " ".join(scope for scope in SCOPES if scope in given)
