"""Reading a journal without keeping a log of it: goals and what belongs to them, now or as of any earlier moment."""

from datetime import datetime
from typing import Annotated, Any

import msgspec
from litestar import MediaType, Response, Router, get
from litestar.openapi import ResponseSpec
from litestar.params import FromPath, QueryParameter
from msgspec import Struct

from milepost.envelope import MAX_COUNTER, Event
from milepost.errors import InvalidInput, NotFound
from milepost.journal import State
from milepost.messages import MAX_PAGE_BYTES, MAX_PAGE_EVENTS
from milepost.views.entities import Goal
from milepost.views.history import state_as_of
from milepost.views.journal import goal_view, goals
from milepost_server.routes import Call, Journal, services_of
from milepost_server.services import Services

AsOf = Annotated[
    str,
    QueryParameter(
        description="A `seq`, or an instant with an offset: as things stood then, as in `12` or `2026-12-18T15:00:00Z`."
    ),
]

_encode = msgspec.json.Encoder().encode
_decode_events = msgspec.json.Decoder(list[Event]).decode


class _Standing(Struct, frozen=True):
    """A state to read from, and a tag that changes whenever an answer read from it could."""

    state: State
    tag: str


async def _standing(request: Call, journal: str, as_of: str) -> _Standing:
    services = services_of(request)
    await services.access.member(request.headers.get("authorization", ""), journal)
    folded = await services.journals.state(journal)
    chain = folded.head.chain.hex()[:24]
    if not as_of:
        return _Standing(folded.state, chain)
    state = state_as_of(journal, await _log(services, journal), **_moment(as_of))
    return _Standing(state, f"{chain}-{as_of}")


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


async def _log(services: Services, journal: str) -> list[Event]:
    events: list[Event] = []
    more = True
    while more:
        page = await services.store.read(journal, len(events), limit=MAX_PAGE_EVENTS, max_bytes=MAX_PAGE_BYTES)
        events += _decode_events(b"[" + b",".join(page.bodies) + b"]")
        more = page.more
    return events


def _answer(request: Call, standing: _Standing, value: Any) -> Response[bytes]:
    """The value with its tag, or 304 where the caller has it already (RFC 9110, section 13.1.2)."""
    tag = f'"{standing.tag}"'
    headers = {"etag": tag, "cache-control": "private, no-cache"}
    given = request.headers.get("if-none-match", "")
    if given.strip() == "*" or tag in (part.strip().removeprefix("W/") for part in given.split(",")):
        return Response(b"", status_code=304, headers=headers)
    return Response(_encode(value), media_type=MediaType.JSON, headers=headers)


@get(
    "/journals/{journal:str}/goals",
    summary="Goals, in the person's own order",
    responses={200: ResponseSpec(list[Goal], generate_examples=False)},
)
async def read_goals(request: Call, journal: Journal, as_of: AsOf = "") -> Response[bytes]:
    """Every goal with its milestones and check-ins."""
    standing = await _standing(request, journal, as_of)
    return _answer(request, standing, goals(standing.state))


@get(
    "/journals/{journal:str}/goals/{goal:str}",
    summary="One goal",
    responses={200: ResponseSpec(Goal, generate_examples=False)},
)
async def read_goal(request: Call, journal: Journal, goal: FromPath[str], as_of: AsOf = "") -> Response[bytes]:
    """One goal with its milestones and check-ins."""
    standing = await _standing(request, journal, as_of)
    if goal not in standing.state.visible("goal"):
        raise NotFound(f"There is no goal {goal} in that journal.")
    return _answer(request, standing, goal_view(standing.state, goal))


def reading() -> Router:
    """The reads of the convenience API, under `/v1`."""
    return Router("/v1", route_handlers=[read_goals, read_goal])
