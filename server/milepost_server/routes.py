"""The routes of the protocol: each reads its request, asks the services, and writes the answer. No rule lives here."""

from typing import Annotated, Any, TypeVar

import msgspec
from litestar import MediaType, Request, Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.openapi import ResponseSpec
from litestar.params import PathParameter, QueryParameter
from litestar.response.base import ASGIResponse

from milepost.envelope import MAX_COUNTER
from milepost.errors import InvalidInput, NotFound, TooLarge
from milepost.messages import (
    MAX_PAGE_EVENTS,
    MAX_PUSH_EVENTS,
    ChainAnswer,
    Cursor,
    JournalAnswer,
    PushAnswer,
    PushRequest,
    RepairRequest,
    Snapshot,
    SyncAnswer,
    SyncRequest,
)
from milepost_server.access import Admitted
from milepost_server.live import EventStream
from milepost_server.openapi import takes
from milepost_server.services import Services

Call = Request[Any, Any, Any]
Journal = Annotated[str, PathParameter(description="A journal's id.")]

T = TypeVar("T")

_encode = msgspec.json.Encoder().encode
_push_request = msgspec.json.Decoder(PushRequest)
_repair_request = msgspec.json.Decoder(RepairRequest)
_sync_request = msgspec.json.Decoder(SyncRequest)


def services_of(request: Call) -> Services:
    """The running server's services."""
    services: Services = request.app.state.services
    return services


async def _read(request: Call, decoder: msgspec.json.Decoder[T]) -> T:
    """The request's body. The framework's own way would decode payloads and lose their bytes.

    Raises:
        InvalidInput: what is wrong, and where.

    """
    try:
        return decoder.decode(await request.body())
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InvalidInput(f"The body can't be read: {error}.") from error


def admitted(request: Call) -> Admitted:
    """Who makes the request, as the rule of its route let in."""
    found: Admitted = request.state["admitted"]
    return found


def _answer(value: Any) -> Response[bytes]:
    return Response(_encode(value), media_type=MediaType.JSON)


@post(
    "/journals/{journal:str}/events",
    status_code=200,
    summary="Push events",
    operation_class=takes(PushRequest),
    responses={200: ResponseSpec(PushAnswer, generate_examples=False)},
)
async def push(request: Call, journal: Journal) -> ASGIResponse:
    """Stores events durably and in order. One result for each; see the protocol for what they mean."""
    services = services_of(request)
    body = await _read(request, _push_request)
    results = await services.journals.push(journal, admitted(request), body.events, services.now_ms())
    return ASGIResponse(body=_encode(PushAnswer(results)), media_type=MediaType.JSON)


@get(
    "/journals/{journal:str}/events",
    summary="Pull events",
    responses={200: ResponseSpec(JournalAnswer, generate_examples=False)},
)
async def pull(
    request: Call,
    journal: Journal,
    after: Annotated[int, QueryParameter(ge=0, le=MAX_COUNTER, description="The last `seq` known.")] = 0,
    chain: Annotated[str, QueryParameter(description="The chain value there; given, it is checked.")] = "",
    limit: Annotated[int, QueryParameter(ge=1)] = MAX_PAGE_EVENTS,
) -> Response[bytes]:
    """Events after a place, until `more` is false."""
    services = services_of(request)
    cursor = Cursor(after, chain) if chain else after
    return _answer(await services.journals.page(journal, cursor, limit))


@get(
    "/journals/{journal:str}/snapshot",
    summary="The state to begin from",
    responses={200: ResponseSpec(Snapshot, generate_examples=False)},
)
async def snapshot(
    request: Call,
    journal: Journal,
    least: Annotated[int, QueryParameter(ge=0, le=MAX_COUNTER, description="The first `seq` that will do.")] = 0,
) -> Response[bytes]:
    """What the log adds up to, as written down lately: a device begins from it before it has the log."""
    services = services_of(request)
    return Response(
        await services.journals.snapshots.answer(journal, least),
        media_type=MediaType.JSON,
        headers={"content-encoding": "zstd", "cache-control": "no-store"},
    )


@get(
    "/journals/{journal:str}/chain",
    summary="Compare histories",
    responses={200: ResponseSpec(ChainAnswer, generate_examples=False)},
)
async def chain(
    request: Call,
    journal: Journal,
    at: Annotated[str, QueryParameter(description="Places, as in `1,5,25`.")] = "0",
) -> Response[bytes]:
    """Chain values at the places asked for, the end of the log, and each device's counter."""
    services = services_of(request)
    try:
        seqs = [int(part) for part in at.split(",")]
    except ValueError:
        raise InvalidInput("`at` must be whole numbers with commas between, as in `1,5,25`.") from None
    if any(not 0 <= seq <= MAX_COUNTER for seq in seqs):
        raise InvalidInput("`at` must be places in a log: whole numbers from 0 to 2^53-1.")
    return _answer(await services.journals.chain(journal, seqs))


@post(
    "/journals/{journal:str}/repair",
    status_code=200,
    summary="Give back lost events",
    operation_class=takes(RepairRequest),
)
async def repair(request: Call, journal: Journal) -> PushAnswer:
    """Takes back events that this server once had, with the clocks they had: the caller's own, and those that are proven."""
    services = services_of(request)
    body = await _read(request, _repair_request)
    by = admitted(request)
    return PushAnswer(await services.journals.repair(journal, by, body.events, body.proofs, services.now_ms()))


@post(
    "/sync",
    status_code=200,
    summary="Push and pull, all journals at once",
    operation_class=takes(SyncRequest),
    responses={200: ResponseSpec(SyncAnswer, generate_examples=False)},
)
async def sync(request: Call) -> Response[bytes]:
    """Cursors and unsent events in; results, news and new cursors out."""
    services = services_of(request)
    caller = admitted(request).caller
    data = await _read(request, _sync_request)
    if sum(len(part.events) for part in data.journals.values()) > MAX_PUSH_EVENTS:
        raise TooLarge(f"A sync may push at most {MAX_PUSH_EVENTS} events; send the rest in the next one.")
    mine = await services.access.journals(caller.account)
    answers: dict[str, Any] = {}
    for journal, part in data.journals.items():
        if journal not in mine:
            answers[journal] = JournalAnswer(
                problem=NotFound.code, detail=f"There is no journal {journal} here that is yours."
            )
            continue
        by = Admitted(caller, mine[journal])
        answers[journal] = await services.journals.sync(journal, by, part, services.now_ms())
    others = {journal: role for journal, role in mine.items() if role != "owner"}
    return _answer({"journals": answers, "all_journals": list(mine), **({"roles": others} if others else {})})


@get("/live", summary="Hints that a journal grew", media_type="text/event-stream")
async def live(request: Call) -> EventStream:
    """Server-sent events `head` with `{journal, head}`: pull then. Comments keep the stream alive."""
    services = services_of(request)
    caller = admitted(request).caller
    listener = services.hub.join(caller.account, caller.device)
    try:
        # Asked again: what was revoked or gained until now was told to those who listened already.
        await services.access.caller(request.headers["authorization"])
        for journal in await services.access.journals(caller.account):
            services.hub.follow(listener, journal)
        await services.hub.begun(listener)
    except BaseException:
        services.hub.leave(listener)
        raise
    return EventStream(listener)


def sync_routes() -> list[HTTPRouteHandler]:
    """The routes of devices that keep a log."""
    return [push, pull, snapshot, chain, repair, sync, live]
