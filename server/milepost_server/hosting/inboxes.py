"""Inboxes: a request to a secret address, read by a plugin, into a journal; knows no plugin.

The same message again is answered as it was before, and changes nothing; the plugin looks at its signature all the same.
A message that was taken counts as a success of its connection, and one without the right secret is in its log.
What is taken in is in the log before the answer is given, so that who sends it may forget it.
"""

import hashlib
from typing import Any

from litestar import Request, Response

from milepost.aside import Ended, TookTooLong, aside_async
from milepost.database import Query, Unit
from milepost.errors import NotFound, PluginFailed, TooLarge
from milepost.plugin_api import Inbox, InboxContext, Reply
from milepost.plugin_api import Request as Received
from milepost.plugin_places import sentence
from milepost.projection import project
from milepost_server.hosting.calling import Called, Failed, checked_entries, log_raised
from milepost_server.hosting.connections import SQL, Kept, log_lines, the_connection
from milepost_server.hosting.schedule import Held
from milepost_server.hosting.taking_in import Intake
from milepost_server.records import secret_hash
from milepost_server.services import Services

RECEIVE_S = 30.0
KEPT_MS = 30 * 24 * 3600 * 1000
"""For so long a message that comes again changes nothing."""
REFUSED_EVERY_MS = 24 * 3600 * 1000
"""Messages without the right secret are noted once in so long: whoever has the address could fill the log with them."""
MAX_REPLY_BYTES = 64 * 1024
_UNKNOWN = "There is no such address."


async def receive(request: Request[Any, Any, Any], token: str, path: str) -> Response[bytes]:
    """Takes in what was sent to an inbox.

    Raises:
        NotFound: there is no such address, or it is held.
        TooLarge: the inbox takes no body of that length.
        PluginFailed: the plugin could not read it.

    """
    services: Services = request.app.state.services
    rows = await services.database.read(Query(SQL["inbox_by_token"], {"token_hash": secret_hash(token)}))
    if not rows:
        raise NotFound(_UNKNOWN)
    journal, connection, _ = rows[0]
    kept = await services.database.write(the_connection(journal, connection))
    try:
        called, by = await services.schedule.prepared(kept)
    except Held as held:
        raise NotFound(_UNKNOWN) from held
    body = await _body(request, getattr(called.cls, "max_bytes", 0))
    named = {"journal": journal, "uid": kept.uid}
    now = services.now_ms()
    read = Received(
        method=request.method,
        path=path,
        query=dict(request.query_params.items()),
        headers={name.lower(): value for name, value in request.headers.items()},
        body=body,
        received_ms=now,
    )
    reply = await _read(services, kept, called, read)
    seen = _known_by(read, reply.key)
    if counts := request.method != "GET" and reply.status < 400:
        before = await services.database.read(Query(SQL["received_before"], {**named, "digest": seen}))
        if before:
            status, media_type, answer = before[0]
            return Response(bytes(answer), status_code=status, media_type=media_type)
    lines = [("said", line, "", 0) for line in called.lines]
    if reply.status < 400:
        entries = checked(reply, called)
        taken = await Intake(services.database, services.journals, kept, by, now).take(entries)
        lines = [*taken.lines(), *lines]
    if reply.status in {401, 403}:
        since = {**named, "what": "refused", "since": now - REFUSED_EVERY_MS}
        if not await services.database.read(Query(SQL["said_since"], since)):
            lines.append(("refused", f"a message without the right secret or signature ({reply.status})", "", 0))
    values = {"digest": seen, "at": now, "status": reply.status, "media_type": reply.media_type, "body": reply.body}
    await services.database.write(Unit(lambda: _noted(named, values, lines, note=counts)))
    return Response(reply.body, status_code=reply.status, media_type=reply.media_type)


def _known_by(read: Received, key: str) -> str:
    """What tells a message from others: what its sender calls it, or all that it says."""
    said = ("key", key) if key else (read.method, read.path, str(sorted(read.query.items())))
    return hashlib.sha256(
        "\0".join(said).encode(errors="surrogatepass") + (b"" if key else b"\0" + read.body)
    ).hexdigest()


def checked(reply: Reply, called: Called) -> Any:
    """The entries of a reply.

    Raises:
        PluginFailed: they are none.

    """
    try:
        return checked_entries(reply.entries)
    except Failed as error:
        raise PluginFailed(called.scrub(error.reason)) from error


async def _body(request: Request[Any, Any, Any], most: int) -> bytes:
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > most:
            raise TooLarge(f"This address takes at most {most:,} bytes at a time.")
    return body


async def _read(services: Services, kept: Kept, called: Called, received: Received) -> Reply:
    inbox, context = await _looking(services, kept, called)
    try:
        reply: Any = await aside_async(lambda: inbox.receive(received, context), RECEIVE_S, f"inbox {kept.brings}")
    except (TookTooLong, Ended, Exception) as error:  # noqa: BLE001 - whatever a plugin raises is its own
        log_raised(called.cls, error)
        words = str(error).strip() or type(error).__name__
        raise PluginFailed(called.scrub(sentence(f"The plugin for `{kept.brings}` failed: {words}"))) from None
    if not _can_be_sent(reply):
        raise PluginFailed(f"The plugin for `{kept.brings}` gave no reply that can be sent.")
    answer: Reply = reply
    return answer


async def check(services: Services, kept: Kept, called: Called) -> str:
    """What an inbox found when it held its settings against the journal.

    Raises:
        Failed: they don't fit.

    """
    inbox, context = await _looking(services, kept, called)
    try:
        found: Any = await aside_async(lambda: inbox.check(context), RECEIVE_S, f"inbox {kept.brings}")
    except (TookTooLong, Ended, Exception) as error:  # noqa: BLE001 - whatever a plugin raises is its own
        raise Failed(called.raised(error)) from None
    return called.scrub(str(found or ""))


async def _looking(services: Services, kept: Kept, called: Called) -> tuple[Inbox[Any], InboxContext[Any]]:
    """An inbox, and what it may look at."""
    inbox: Inbox[Any] = called.cls()  # type: ignore[assignment]
    view = project((await services.journals.state(kept.journal)).state, kept.grant)
    return inbox, InboxContext(settings=called.settings, view=view, log=called.log)


def _can_be_sent(reply: Any) -> bool:
    if not isinstance(reply, Reply):
        return False
    body, status, media_type, key = (getattr(reply, name) for name in ("body", "status", "media_type", "key"))
    texts = isinstance(media_type, str) and isinstance(key, str)
    return (
        isinstance(body, bytes)
        and isinstance(status, int)
        and texts
        and 200 <= status < 600
        and len(body) <= MAX_REPLY_BYTES
    )


def _noted(named: dict[str, Any], values: dict[str, Any], lines: list[Any], *, note: bool) -> Any:
    if note:
        yield Query(SQL["drop_old_received"], {**named, "before": values["at"] - KEPT_MS})
        yield Query(SQL["note_received"], {**named, **values})
        yield Query(SQL["note_taken"], {**named, "at": values["at"]})
    yield from log_lines(named["journal"], named["uid"], lines, values["at"])
