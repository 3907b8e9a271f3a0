"""The routes about who is in a journal: members, invitations, joining, and the access log."""

from typing import Any

from litestar import delete, get, patch, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody

from milepost.errors import NotAllowed
from milepost.membership import (
    AccessEntry,
    CodeRequest,
    Invitation,
    InvitationRequest,
    InvitationSeen,
    Member,
    RoleRequest,
)
from milepost.messages import JournalEntry
from milepost_server import members, records
from milepost_server.access_log import as_entry, log_of
from milepost_server.gate import address_of
from milepost_server.routes import Call, Journal, admitted, services_of
from milepost_server.services import Services


@get("/journals/{journal:str}/members", summary="Who is in a journal")
async def list_members(request: Call, journal: Journal) -> list[Member]:
    """Everybody who reads it, the longest in it first."""
    services = services_of(request)
    people = members.People(await services.database.read(members.people_in(journal)))
    return people.told(admitted(request).caller.account)


@patch("/journals/{journal:str}/members/{member:str}", summary="Give a member another role")
async def change_member(request: Call, journal: Journal, member: FromPath[str], data: JSONBody[RoleRequest]) -> Member:
    """Counts from the next request on. An owner's rights are given up by that owner alone."""
    services = services_of(request)
    work = members.change_role(journal, member, data.role, admitted(request).caller, services.now_ms())
    changed = await services.database.write(work)
    services.access.forget()
    return changed


@delete("/journals/{journal:str}/members/{member:str}", status_code=200, summary="Leave a journal, or remove a member")
async def remove_member(request: Call, journal: Journal, member: FromPath[str]) -> Member:
    """From the next request on they read and write nothing here; what they wrote stays."""
    services = services_of(request)
    removed = await services.database.write(
        members.remove(journal, member, admitted(request).caller, services.now_ms())
    )
    services.access.forget()
    services.hub.lost(member, journal)
    return removed


@get("/journals/{journal:str}/invitations", summary="A journal's invitations")
async def list_invitations(request: Call, journal: Journal) -> list[Invitation]:
    """Without their codes: each was told when it was made."""
    return await services_of(request).database.write(members.invitations(journal))


@post("/journals/{journal:str}/invitations", status_code=201, summary="Invite somebody")
async def invite(request: Call, journal: Journal, data: JSONBody[InvitationRequest]) -> Invitation:
    """A code that works once. Where there are other owners, it opens nothing before each has consented."""
    services = services_of(request)
    return await services.database.write(members.invite(journal, admitted(request).caller, data, services.now_ms()))


@post(
    "/journals/{journal:str}/invitations/{invitation:str}/consent", status_code=200, summary="Consent to an invitation"
)
async def consent(request: Call, journal: Journal, invitation: FromPath[str]) -> Invitation:
    """As another owner of the journal."""
    services = services_of(request)
    return await services.database.write(
        members.consent(journal, invitation, admitted(request).caller, services.now_ms())
    )


@delete("/journals/{journal:str}/invitations/{invitation:str}", status_code=200, summary="Take an invitation back")
async def withdraw(request: Call, journal: Journal, invitation: FromPath[str]) -> Invitation:
    """From now on its code opens nothing."""
    services = services_of(request)
    return await services.database.write(
        members.withdraw(journal, invitation, admitted(request).caller, services.now_ms())
    )


@post("/invitations/look", status_code=200, summary="What a code opens")
async def look(request: Call, data: JSONBody[CodeRequest]) -> InvitationSeen:
    """Told to who holds the code, before it is used."""
    services = services_of(request)
    opened = await _guarded(request, services, members.look(data.code, services.now_ms()))
    found = opened.invitation
    state = (await services.journals.state(found.journal)).state
    return InvitationSeen(
        journal=found.journal,
        title=state.fields("journal", found.journal).get("title") or "",
        role=found.role,
        invited_by=opened.inviter,
        expires_at=found.expires_at,
        members=opened.people.told(""),
        waits=bool(found.waits_for),
    )


@post("/join", status_code=200, summary="Join a journal")
async def join(request: Call, data: JSONBody[CodeRequest]) -> JournalEntry:
    """By an invitation's code, which is used up."""
    services = services_of(request)
    caller = admitted(request).caller
    journal = await _guarded(request, services, members.join(data.code, caller, services.now_ms()))
    services.access.forget()
    for row in await services.database.read(members.people_in(journal)):
        for mine, *_ in await services.database.read(records.journals_of(row[0])):
            services.hub.gained(row[0], mine)
    rows = await services.database.read(records.journals_of(caller.account))
    mine = next(row for row in rows if row[0] == journal)
    return records.as_entry(mine, empty=(await services.store.head(journal)).seq == 0)


async def _guarded(request: Call, services: Services, work: Any) -> Any:
    """Carries out what needs a code; who tries many that are refused has to wait."""
    address = address_of(request.scope)
    services.gate.pairing(address)
    try:
        result = await services.database.write(work)
    except NotAllowed:  # the code is a good one
        services.gate.paired(address)
        raise
    services.gate.paired(address)
    return result


@get("/access-log", summary="What was done to the account's access")
async def account_log(request: Call) -> list[AccessEntry]:
    """Devices, tokens and their scopes, the earliest first."""
    return await _entries(services_of(request), admitted(request).caller.account)


@get("/journals/{journal:str}/access-log", summary="What was done to access to a journal")
async def journal_log(request: Call, journal: Journal) -> list[AccessEntry]:
    """Members, invitations and feeds, the earliest first."""
    return await _entries(services_of(request), journal)


async def _entries(services: Services, about: str) -> list[AccessEntry]:
    return [as_entry(row) for row in await services.database.read(log_of(about))]


def member_routes() -> list[HTTPRouteHandler]:
    """The routes about who is in a journal."""
    return [
        list_members, change_member, remove_member, list_invitations, invite, consent, withdraw, look, join,
        account_log, journal_log,
    ]  # fmt: skip
