"""Which part this device's account has in each journal, and what the others in it are called: small copies of what the
server told last, kept on the device, so that a terminal knows them offline. Knows no rule.
"""

from collections.abc import Iterable
from typing import Protocol

import msgspec

from milepost.device import Device
from milepost.membership import Member

MAX_KEPT = 5_000
"""Most names that are kept."""
LEFT = "none"
"""The role in a journal that the account is in no more: what is here stays, and is synced no further."""

_NAMES = "member_names"
_Known = dict[str, tuple[str, dict[str, str]]]
"""Account id → (name, journal → role)."""
_decode_names = msgspec.json.Decoder(_Known).decode


class Servers(Protocol):
    """Who knows a journal's members; a `milepost.client.HttpServer` does."""

    def members(self, journal: str) -> list[Member]:
        """`GET /v1/journals/{journal}/members`."""
        ...


def role_in(device: Device, journal: str) -> str:
    """The account's role in a journal on this device: `owner`, unless a server said otherwise."""
    return device.log.roles().get(journal, "owner")


def left(device: Device) -> set[str]:
    """The journals that the account is in no more."""
    return {journal for journal, role in device.log.roles().items() if role == LEFT}


def note_roles(device: Device, told: dict[str, str], mine: Iterable[str]) -> None:
    """What an answer told: the roles of those journals where it is not `owner`, and all that the account is in."""
    before, again = device.log.roles(), set(mine)
    now = {journal: role for journal, role in before.items() if role == LEFT and journal not in again} | told
    if now != before:
        with device.log.transaction():
            device.log.set_roles(now)


def note_left(device: Device, journal: str) -> None:
    """The account is in a journal no more."""
    with device.log.transaction():
        device.log.set_roles({**device.log.roles(), journal: LEFT})


def member_names(device: Device) -> dict[str, str]:
    """Account id → name, of all that are or were in a journal of this device's, as far as was told."""
    return {account: name for account, (name, _) in _kept(device).items()}


def member_role(device: Device, journal: str, account: str) -> str:
    """The role of a member as last told; empty where that is not known."""
    _, roles = _kept(device).get(account, ("", {}))
    return roles.get(journal, "")


def learn_members(device: Device, server: Servers, journals: Iterable[str]) -> None:
    """Asks who is in these journals, and keeps their names and roles.

    Raises:
        Offline, NotSignedIn …: what the server answered.
    """
    before = _kept(device)
    found = {account: (name, dict(roles)) for account, (name, roles) in before.items()}
    for journal in journals:
        for _, roles in found.values():
            roles.pop(journal, None)
        for member in server.members(journal):
            _, roles = found.get(member.id, ("", {}))
            found[member.id] = (member.name, {**roles, journal: member.role})
    found = dict(list(found.items())[-MAX_KEPT:])
    if found != before:
        with device.log.transaction():
            device.log.set(_NAMES, msgspec.json.encode(found).decode())


def _kept(device: Device) -> _Known:
    kept = device.log.setting(_NAMES)
    try:
        return _decode_names(kept) if kept else {}
    except msgspec.DecodeError:
        return {}
