"""The routes about an account: its devices and its journals; and what this server is."""

import secrets
from http import HTTPStatus
from typing import Any

from litestar import MediaType, Response, delete, get, patch, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody
from litestar.plugins.problem_details import ProblemDetailsException

from milepost.clock import new_id
from milepost.envelope import MAX_EVENT_BYTES
from milepost.errors import DatabaseAway, InvalidInput, NotAllowed, StorageDamaged, StorageFull
from milepost.events import EVENT_TYPES
from milepost.membership import Account, AccountChange, DeviceChange, DeviceCode
from milepost.messages import (
    MAX_JOURNALS,
    MAX_PAGE_BYTES,
    MAX_PAGE_EVENTS,
    MAX_PUSH_BYTES,
    MAX_PUSH_EVENTS,
    SCOPES,
    ClaimRequest,
    DeviceEntry,
    DeviceRequest,
    JournalEntry,
    PairAnswer,
    PairRequest,
    is_journal_id,
)
from milepost_server import records
from milepost_server.accounts import rename_account
from milepost_server.administration import carry_out
from milepost_server.coding import CODINGS
from milepost_server.gate import address_of
from milepost_server.limits import Buckets
from milepost_server.live import MAX_LISTENERS, MAX_OF_ACCOUNT
from milepost_server.members import begin_account
from milepost_server.routes import Call, admitted, services_of
from milepost_server.services import Services


@get("/journals", summary="The account's journals")
async def journals(request: Call) -> list[JournalEntry]:
    """Every journal the account is a member of."""
    services = services_of(request)
    caller = admitted(request).caller
    return await _entries(services, await services.database.read(records.journals_of(caller.account)))


async def _entries(services: Services, rows: list[tuple[Any, ...]]) -> list[JournalEntry]:
    return [records.as_entry(row, empty=(await services.store.head(row[0])).seq == 0) for row in rows]


@post("/journals", status_code=200, summary="Claim a journal")
async def claim(request: Call, data: JSONBody[ClaimRequest]) -> JournalEntry:
    """Makes a journal that began on a device the account's."""
    services = services_of(request)
    caller = admitted(request).caller
    if not is_journal_id(data.id):
        raise InvalidInput("A journal's id is a lowercase UUID.")
    await services.database.write(records.claim(data.id, caller, private=data.private, now=services.now_ms()))
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
    begins: dict[str, Any] = {"journal": data.journal, "keep": data.keep, "now": services.now_ms()}
    if data.account_name:
        work = begin_account(data.code, data.account_name, token, data.name, **begins)
    else:
        work = records.pair(data.code, token, data.name, **begins)
    paired = await services.database.write(work)
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


@patch("/account", summary="Say what others call you")
async def rename(request: Call, data: JSONBody[AccountChange]) -> Account:
    """Everybody who shares a journal with the account is told this name from now on."""
    services = services_of(request)
    by = admitted(request).caller
    await services.database.write(rename_account(by.account, data.name, services.now_ms(), by.account, by.device))
    return Account(id=by.account, name=data.name)


@post("/devices", status_code=201, summary="Make a token for a script")
async def add_device(request: Call, data: JSONBody[DeviceRequest]) -> DeviceEntry:
    """An `api` device of the account, and its token, which is told this once."""
    services = services_of(request)
    caller = admitted(request).caller
    token = records.new_token()
    scopes = [scope for scope in SCOPES if scope in data.scopes] if set(data.scopes) != set(SCOPES) else []
    entry = DeviceEntry(
        id=new_id(), name=data.name, kind="api", created_at=services.now_ms(), token=token, scopes=scopes
    )
    await services.database.write(records.add_api_device(entry, token, caller.account, caller.device))
    return entry


@post("/devices/code", status_code=201, summary="Make a pairing code for one more device")
async def add_code(request: Call) -> DeviceCode:
    """It works once, within five minutes, and is told this once. The device is one of the account's, with all scopes."""
    services = services_of(request)
    return await services.database.write(records.code_for_device(admitted(request).caller, services.now_ms()))


@get("/devices", summary="The account's devices")
async def devices(request: Call) -> list[DeviceEntry]:
    """Every device and script that was ever given a token."""
    services = services_of(request)
    caller = admitted(request).caller
    return await services.database.write(records.devices(caller.account))


@patch("/devices/{device:str}", summary="Rename a device, or change what a token may")
async def change_device(request: Call, device: FromPath[str], data: JSONBody[DeviceChange]) -> DeviceEntry:
    """Counts from the next request on."""
    services = services_of(request)
    work = records.change_device(admitted(request).caller, device, data, services.now_ms())
    changed = await services.database.write(work)
    services.access.forget()
    if changed.scopes and "read" not in changed.scopes:
        services.hub.revoked(device)
    return changed


@delete("/devices/{device:str}", status_code=200, summary="Revoke a device")
async def revoke_device(request: Call, device: FromPath[str]) -> DeviceEntry:
    """Its token opens nothing from the next request on; what it wrote stays."""
    services = services_of(request)
    caller = admitted(request).caller
    revoked = await services.database.write(records.revoke_device(caller, device, services.now_ms()))
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
    try:
        return Response(await carry_out(services, operation, await request.body()), media_type=MediaType.JSON)
    except (DatabaseAway, StorageDamaged, StorageFull) as error:
        # Others are told of these in general alone; who runs the server is told which file, and why.
        raise ProblemDetailsException(
            status_code=error.status,
            type_=f"/problems/{error.code}",
            title=HTTPStatus(error.status).phrase,
            detail=str(error),
        ) from error


def account_routes() -> list[HTTPRouteHandler]:
    """The routes about an account."""
    return [
        journals, claim, pair, rename, add_device, add_code, devices, change_device, revoke_device,
        capabilities, admin,
    ]  # fmt: skip
