"""The routes of feeds: making, changing and ending them, and the secret addresses themselves."""

from collections.abc import Mapping
from email.utils import formatdate, parsedate_to_datetime
from typing import Any

from litestar import Response, delete, get, patch, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody
from msgspec import UNSET
from msgspec.structs import replace

from milepost.clock import new_id
from milepost.errors import InvalidInput
from milepost.messages import Feed, FeedChange, FeedRequest
from milepost.plugin_api import Exporter
from milepost.plugin_settings import read, secret_names, written
from milepost_server import feeds as subscriptions
from milepost_server import records
from milepost_server.routes import Call, Journal, admitted, services_of


@post("/journals/{journal:str}/feeds", status_code=201, summary="Make a calendar feed")
async def add_feed(request: Call, journal: Journal, data: JSONBody[FeedRequest]) -> Feed:
    """A subscription with a secret address, which is told this once."""
    services = services_of(request)
    exporter = services.plugins.exporter(data.format)
    _check_words(exporter, plain=data.plain)
    token = records.new_token()
    feed = Feed(
        id=new_id(),
        journal=journal,
        format=data.format,
        plain=data.plain,
        name=data.name,
        created_at=services.now_ms(),
        settings=_settings(exporter, data.settings),
        url=_url(request, token, data.format),
    )
    await services.database.write(subscriptions.add_feed(feed, token, admitted(request).caller))
    return feed


@get("/journals/{journal:str}/feeds", summary="The journal's feeds")
async def feeds(request: Call, journal: Journal) -> list[Feed]:
    """Without their addresses: those were told when the feeds were made."""
    rows = await services_of(request).database.read(subscriptions.feeds_of(journal, _owned(request)))
    return [subscriptions.as_feed(row) for row in rows]


@patch("/journals/{journal:str}/feeds/{feed:str}", summary="Change a feed")
async def change_feed(request: Call, journal: Journal, feed: FromPath[str], data: JSONBody[FeedChange]) -> Feed:
    """Its words, its name or its settings; its address stays."""
    services, now_ms = services_of(request), services_of(request).now_ms()
    now = await services.database.write(subscriptions.feed_of(journal, feed, _owned(request)))
    exporter = services.plugins.exporter(now.format)
    changed = replace(
        now,
        plain=now.plain if data.plain is UNSET else data.plain,
        name=now.name if data.name is UNSET else data.name,
        settings=now.settings if data.settings is UNSET else _changed(exporter, now.settings, data.settings),
        changed_at=now_ms,
    )
    _check_words(exporter, plain=changed.plain)
    if replace(changed, changed_at=now.changed_at) == now and now.revoked_at is None:
        return now
    await services.database.write(subscriptions.change_feed(changed, admitted(request).caller, now_ms))
    services.access.forget()
    return changed


@post("/journals/{journal:str}/feeds/{feed:str}/rotate", status_code=200, summary="Give a feed another address")
async def rotate_feed(request: Call, journal: Journal, feed: FromPath[str]) -> Feed:
    """The new address, which is told this once. The one before gives an empty calendar, and later nothing."""
    services = services_of(request)
    found = await services.database.write(subscriptions.feed_of(journal, feed, _owned(request)))
    token = records.new_token()
    work = subscriptions.rotate_feed(found, token, admitted(request).caller, services.now_ms())
    await services.database.write(work)
    services.access.forget()
    return replace(found, url=_url(request, token, found.format))


@delete("/journals/{journal:str}/feeds/{feed:str}", status_code=200, summary="Revoke a feed")
async def revoke_feed(request: Call, journal: Journal, feed: FromPath[str]) -> Feed:
    """From now on its address gives an empty calendar, and later nothing."""
    services = services_of(request)
    work = subscriptions.revoke_feed(journal, feed, admitted(request).caller, _owned(request), services.now_ms())
    revoked = await services.database.write(work)
    services.access.forget()
    return revoked


def _owned(request: Call) -> str:
    """Whose feeds are told of and revoked: a member's own, or everybody's by an owner."""
    by = admitted(request)
    return "" if by.role == "owner" else by.caller.account


def _url(request: Call, token: str, format_name: str) -> str:
    return f"{str(request.base_url).rstrip('/')}/feeds/{token}.{format_name}"


def _check_words(exporter: type[Exporter[Any]], *, plain: bool) -> None:
    if not plain and exporter.private:
        raise InvalidInput(f"`{exporter.format}` always has your own words in it: ask for a plain feed.")


def _settings(exporter: type[Exporter[Any]], given: Mapping[str, Any]) -> dict[str, Any]:
    """What was set, as the format has it.

    Raises:
        InvalidInput: there is no such setting, or it can't be that, or it is secret.

    """
    if secret := sorted(secret_names(exporter.settings) & given.keys()):
        raise InvalidInput(f"`{secret[0]}` is a secret, and a feed keeps none: export a file instead.")
    whole = written(read(exporter.settings, given, texts=True))
    return {name: whole[name] for name in given}


def _changed(exporter: type[Exporter[Any]], now: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    merged = {**now, **given}
    return _settings(exporter, {name: value for name, value in merged.items() if value is not None})


@get("/feeds/{name:str}", include_in_schema=False)
async def feed(request: Call, name: FromPath[str]) -> Response[bytes]:
    """A calendar by its secret address. An unknown one is not found; a revoked one is empty for some weeks."""
    given = await request.app.state.feeds.answer(name.rpartition(".")[0])
    headers = {
        "etag": given.etag,
        "last-modified": formatdate(given.changed_ms / 1000, usegmt=True),
        "cache-control": "private, no-cache",
        "x-robots-tag": "noindex",
    }
    if _unchanged(request, given.etag, given.changed_ms):
        return Response(b"", status_code=304, headers=headers, media_type=given.media_type)
    return Response(given.body, headers=headers, media_type=given.media_type)


def _unchanged(request: Call, etag: str, changed_ms: int) -> bool:
    """RFC 9110, section 13.2.2: If-None-Match decides where it is given, If-Modified-Since only where it is not."""
    given = request.headers.get("if-none-match")
    if given is not None:
        return given.strip() == "*" or etag in (tag.strip().removeprefix("W/") for tag in given.split(","))
    since = request.headers.get("if-modified-since")
    if since is None:
        return False
    try:
        return changed_ms // 1000 <= parsedate_to_datetime(since).timestamp()
    except (ValueError, TypeError):
        return False


def feed_routes() -> list[HTTPRouteHandler]:
    """The routes about feeds; `feed` is what they are about."""
    return [add_feed, feeds, change_feed, rotate_feed, revoke_feed]
