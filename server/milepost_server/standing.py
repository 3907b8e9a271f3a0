"""A journal as it stands, now or as of an earlier moment, and answers that are not sent twice; knows no route."""

import hashlib
from datetime import datetime
from typing import Annotated, Any

import msgspec
from litestar import MediaType, Response
from litestar.params import QueryParameter
from msgspec import Struct

from milepost.envelope import MAX_COUNTER, Event
from milepost.errors import InvalidInput
from milepost.journal import State
from milepost.messages import MAX_PAGE_BYTES, MAX_PAGE_EVENTS
from milepost.views.history import as_of as as_it_was
from milepost.views.history import state_as_of
from milepost.views.recurrence import zone_of
from milepost_server.services import Services

AsOf = Annotated[
    str,
    QueryParameter(
        description="A `seq`, or an instant with an offset: as things stood then, as in `12` or `2026-12-18T15:00:00Z`."
    ),
]

_encode = msgspec.json.Encoder().encode
_decode_events = msgspec.json.Decoder(list[Event]).decode


class Standing(Struct, frozen=True):
    """A journal's state, the events that it comes from (where they were asked for), and the moment it is seen from."""

    state: State
    events: list[Event]
    now: datetime


async def standing(services: Services, journal: str, as_of: str, *, events: bool = False) -> Standing:
    """A journal as it stands or stood; the moment is local to the journal.

    Raises:
        InvalidInput: `as_of` is neither a place in the log nor an instant.
    """
    log = await log_of(services, journal) if events or as_of else []
    ms = services.now_ms()
    if as_of:
        limits = _moment(as_of)
        log = as_it_was(log, **limits)
        state = state_as_of(journal, log)
        ms = min(ms, limits.get("ms") or max((event.received_at for event in log), default=ms))
    else:
        state = (await services.journals.state(journal)).state
    return Standing(state, log, local(state, ms))


def local(state: State, ms: int) -> datetime:
    """A moment (milliseconds since 1970) in the journal's time zone."""
    return datetime.fromtimestamp(ms / 1000, zone_of(state.fields("journal", state.journal).get("time_zone") or "UTC"))


def _moment(as_of: str) -> dict[str, int]:
    """Where in the log `as_of` points.

    Raises:
        InvalidInput: neither a place nor an instant.
    """
    if as_of.isascii() and as_of.isdigit() and int(as_of) <= MAX_COUNTER:
        return {"seq": int(as_of)}
    try:
        instant = datetime.fromisoformat(as_of)
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None:
        raise InvalidInput("`as_of` must be a place in the log, or an instant with an offset: 2026-12-18T15:00:00Z.")
    return {"ms": int(instant.timestamp() * 1000)}


async def log_of(services: Services, journal: str) -> list[Event]:
    """Every event of a journal."""
    events: list[Event] = []
    more = True
    while more:
        page = await services.store.read(journal, len(events), limit=MAX_PAGE_EVENTS, max_bytes=MAX_PAGE_BYTES)
        events += _decode_events(b"[" + b",".join(page.bodies) + b"]")
        more = page.more
    return events


def tag_of(value: Any) -> str:
    """The entity tag (RFC 9110, section 8.8.3) of what a value is answered as."""
    return f'"{hashlib.sha256(_encode(value)).hexdigest()[:24]}"'


def names(header: str, tag: str) -> bool:
    """Whether an `If-Match` or `If-None-Match` header names a tag, or any."""
    return header.strip() == "*" or tag in (part.strip() for part in header.split(","))


def answer(given: str, value: Any, *, tag: str = "", status: int = 200, location: str = "") -> Response[bytes]:
    """The value with its tag, or 304 where the caller has it already (`given`: its `If-None-Match`; RFC 9110, 13.1.2)."""
    tag = tag or tag_of(value)
    headers = {"etag": tag, "cache-control": "private, no-cache"}
    if names(given.replace("W/", ""), tag):
        return Response(b"", status_code=304, headers=headers)
    if location:
        headers["location"] = location
    return Response(_encode(value), media_type=MediaType.JSON, status_code=status, headers=headers)
