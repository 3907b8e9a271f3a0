"""The routes of the protocol: each reads its request, asks the services, and writes the answer. No rule lives here."""

import secrets
from typing import Annotated, Any, TypeVar

import msgspec
from litestar import MediaType, Request, Response, delete, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.openapi import ResponseSpec
from litestar.params import FromPath, JSONBody, PathParameter, QueryParameter
from litestar.response.base import ASGIResponse

from milepost.clock import new_id
from milepost.envelope import MAX_COUNTER, MAX_EVENT_BYTES
from milepost.errors import InvalidInput, NotAllowed, NotFound, TooLarge
from milepost.events import EVENT_TYPES
from milepost.messages import (
    MAX_JOURNALS,
    MAX_PAGE_BYTES,
    MAX_PAGE_EVENTS,
    MAX_PUSH_BYTES,
    MAX_PUSH_EVENTS,
    ChainAnswer,
    ClaimRequest,
    Cursor,
    DeviceEntry,
    DeviceRequest,
    Feed,
    FeedRequest,
    JournalAnswer,
    JournalEntry,
    PairAnswer,
    PairRequest,
    PushAnswer,
    PushRequest,
    RepairRequest,
    Snapshot,
    SyncAnswer,
    SyncRequest,
    is_journal_id,
)
from milepost_server import records
from milepost_server.administration import carry_out
from milepost_server.coding import CODINGS
from milepost_server.gate import address_of
from milepost_server.limits import Buckets
from milepost_server.live import MAX_LISTENERS, MAX_OF_ACCOUNT, EventStream
from milepost_server.openapi import takes
from milepost_server.records import Caller
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


def _authorization(request: Call) -> str:
    for name, value in request.scope["headers"]:
        if name == b"authorization":
            return value.decode("latin-1")
    return ""


def _keeps_a_log(caller: Caller) -> Caller:
    """A caller that counts its own events.

    Raises:
        NotAllowed: the server counts them.
    """
    if caller.kind != "log":
        raise NotAllowed("This token is one for scripts: it can't push events. Pair the device: `milepost pair`.")
    return caller


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
    caller = _keeps_a_log(await services.access.member(_authorization(request), journal))
    body = await _read(request, _push_request)
    results = await services.journals.push(journal, caller, body.events, services.now_ms())
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
    await services.access.member(_authorization(request), journal)
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
    await services.access.member(_authorization(request), journal)
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
    await services.access.member(_authorization(request), journal)
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
    caller = _keeps_a_log(await services.access.member(_authorization(request), journal))
    body = await _read(request, _repair_request)
    return PushAnswer(await services.journals.repair(journal, caller, body.events, body.proofs, services.now_ms()))


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
    caller = _keeps_a_log(await services.access.caller(_authorization(request)))
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
        answers[journal] = await services.journals.sync(journal, caller, part, services.now_ms())
    return _answer({"journals": answers, "all_journals": list(mine)})


@get("/live", summary="Hints that a journal grew", media_type="text/event-stream")
async def live(request: Call) -> EventStream:
    """Server-sent events `head` with `{journal, head}`: pull then. Comments keep the stream alive."""
    services = services_of(request)
    authorization = _authorization(request)
    caller = await services.access.caller(authorization)
    listener = services.hub.join(caller.account, caller.device)
    try:
        # Asked again: what was revoked or gained until now was told to those who listened already.
        await services.access.caller(authorization)
        for journal in await services.access.journals(caller.account):
            services.hub.follow(listener, journal)
        await services.hub.begun(listener)
    except BaseException:
        services.hub.leave(listener)
        raise
    return EventStream(listener)


@get("/journals", summary="The account's journals")
async def journals(request: Call) -> list[JournalEntry]:
    """Every journal the account is a member of."""
    services = services_of(request)
    caller = await services.access.caller(_authorization(request))
    return await _entries(services, await services.database.read(records.journals_of(caller.account)))


async def _entries(services: Services, rows: list[tuple[Any, ...]]) -> list[JournalEntry]:
    return [records.as_entry(row, empty=(await services.store.head(row[0])).seq == 0) for row in rows]


@post("/journals", status_code=200, summary="Claim a journal")
async def claim(request: Call, data: JSONBody[ClaimRequest]) -> JournalEntry:
    """Makes a journal that began on a device the account's."""
    services = services_of(request)
    caller = _keeps_a_log(await services.access.caller(_authorization(request)))
    if not is_journal_id(data.id):
        raise InvalidInput("A journal's id is a lowercase UUID.")
    await services.database.write(records.claim(data.id, caller.account, private=data.private, now=services.now_ms()))
    services.access.forget()
    services.hub.gained(caller.account, data.id)
    rows = await services.database.read(records.journals_of(caller.account))
    return (await _entries(services, [row for row in rows if row[0] == data.id]))[0]


@post("/pair", status_code=200, summary="Pair a device")
async def pair(request: Call, data: JSONBody[PairRequest]) -> PairAnswer:
    """A one-time code for a token. The token is told this once."""
    services = services_of(request)
    if data.journal and not is_journal_id(data.journal):
        raise InvalidInput("A journal's id is a lowercase UUID.")
    address = address_of(request.scope)
    services.gate.pairing(address)
    token = records.new_token()
    paired = await services.database.write(
        records.pair(data.code, token, data.name, journal=data.journal, keep=data.keep, now=services.now_ms())
    )
    services.gate.paired(address)
    services.access.forget()
    for journal, *_ in paired.journals:
        services.hub.gained(paired.account, journal)
    return PairAnswer(
        token=token,
        account=paired.account,
        account_name=paired.name,
        claimed=paired.claimed,
        journals=await _entries(services, paired.journals),
    )


@post("/journals/{journal:str}/feeds", status_code=201, summary="Make a calendar feed")
async def add_feed(request: Call, journal: Journal, data: JSONBody[FeedRequest]) -> Feed:
    """A subscription with a secret address, which is told this once."""
    services = services_of(request)
    caller = await services.access.member(_authorization(request), journal)
    exporter = services.plugins.exporter(data.format)
    if not data.plain and not exporter.discreet:
        raise InvalidInput(f"`{data.format}` always has your own words in it: ask for a plain feed.")
    token = records.new_token()
    feed = Feed(
        id=new_id(),
        journal=journal,
        format=data.format,
        plain=data.plain,
        name=data.name,
        created_at=services.now_ms(),
        url=f"{str(request.base_url).rstrip('/')}/feeds/{token}.{data.format}",
    )
    await services.database.write(records.add_feed(feed, token, caller.account))
    return feed


@get("/journals/{journal:str}/feeds", summary="The journal's feeds")
async def feeds(request: Call, journal: Journal) -> list[Feed]:
    """Without their addresses: those were told when the feeds were made."""
    services = services_of(request)
    await services.access.member(_authorization(request), journal)
    return [records.as_feed(row) for row in await services.database.read(records.feeds_of(journal))]


@delete("/journals/{journal:str}/feeds/{feed:str}", status_code=200, summary="Revoke a feed")
async def revoke_feed(request: Call, journal: Journal, feed: FromPath[str]) -> Feed:
    """From now on its address gives an empty calendar, and later nothing."""
    services = services_of(request)
    await services.access.member(_authorization(request), journal)
    return await services.database.write(records.revoke_feed(journal, feed, services.now_ms()))


@post("/devices", status_code=201, summary="Make a token for a script")
async def add_device(request: Call, data: JSONBody[DeviceRequest]) -> DeviceEntry:
    """An `api` device of the account, and its token, which is told this once."""
    services = services_of(request)
    caller = _keeps_a_log(await services.access.caller(_authorization(request)))
    token = records.new_token()
    entry = DeviceEntry(id=new_id(), name=data.name, kind="api", created_at=services.now_ms(), token=token)
    await services.database.write(records.add_api_device(entry, token, caller.account))
    return entry


@get("/devices", summary="The account's devices")
async def devices(request: Call) -> list[DeviceEntry]:
    """Every device and script that was ever given a token."""
    services = services_of(request)
    caller = await services.access.caller(_authorization(request))
    return await services.database.write(records.devices(caller.account))


@delete("/devices/{device:str}", status_code=200, summary="Revoke a device")
async def revoke_device(request: Call, device: FromPath[str]) -> DeviceEntry:
    """Its token opens nothing from the next request on; what it wrote stays."""
    services = services_of(request)
    caller = _keeps_a_log(await services.access.caller(_authorization(request)))
    revoked = await services.database.write(records.revoke_device(caller.account, device, services.now_ms()))
    services.access.forget()
    services.hub.revoked(device)
    return revoked


@get("/capabilities", summary="What this server can do")
async def capabilities(request: Call) -> dict[str, Any]:
    """Versions, limits and known event types; needs no token."""
    services = services_of(request)
    return {
        "server": "milepost",
        "version": services.version,
        "protocol": services.gate.versions[1],
        "protocols": list(services.gate.versions),
        "codings": list(CODINGS),
        "limits": {
            "push_events": MAX_PUSH_EVENTS,
            "push_bytes": MAX_PUSH_BYTES,
            "event_bytes": MAX_EVENT_BYTES,
            "page_events": MAX_PAGE_EVENTS,
            "page_bytes": MAX_PAGE_BYTES,
            "journals_per_sync": MAX_JOURNALS,
            "requests": _stated(services.gate.tokens),
            "requests_without_token": _stated(services.gate.addresses),
            "refused_pairings": _stated(services.gate.pairings),
            "streams": MAX_LISTENERS,
            "streams_of_account": MAX_OF_ACCOUNT,
        },
        "event_types": {name: known.v for name, known in EVENT_TYPES.items()},
    }


def _stated(buckets: Buckets) -> dict[str, float]:
    return {"at_once": buckets.rate.burst, "per_minute": round(buckets.rate.per_second * 60, 1)}


@post("/admin/{operation:str}", status_code=200, include_in_schema=False)
async def admin(request: Call, operation: FromPath[str]) -> Response[bytes]:
    """What `milepost admin` asks for, for who holds the key in the data folder."""
    services = services_of(request)
    key = request.headers.get("x-milepost-admin-key", "")
    if not services.admin_key or not secrets.compare_digest(key, services.admin_key):
        raise NotAllowed("This needs the admin key from the server's data folder.")
    return Response(await carry_out(services, operation, await request.body()), media_type=MediaType.JSON)


def protocol() -> list[HTTPRouteHandler]:
    """The routes that devices use."""
    return [
        push, pull, snapshot, chain, repair, sync, live, journals, claim, pair, add_feed, feeds, revoke_feed,
        add_device, devices, revoke_device, capabilities, admin,
    ]  # fmt: skip
