"""A client's requests about who has access: devices and their tokens, calendar feeds, members, invitations, the access log."""

from collections.abc import Sequence

from milepost.membership import (
    AccessEntry,
    Account,
    AccountChange,
    CodeRequest,
    DeviceChange,
    DeviceCode,
    Invitation,
    InvitationRequest,
    InvitationSeen,
    Member,
    RoleRequest,
)
from milepost.messages import SCOPES, DeviceEntry, DeviceRequest, Feed, FeedChange, FeedRequest, JournalEntry, Scope
from milepost.policy import Role
from milepost.transport import Transport


class AccessRequests:
    """Every method raises `Offline` where the server can't be reached, or the error that it answered."""

    _transport: Transport

    def add_feed(self, journal: str, request: FeedRequest) -> Feed:
        """`POST /v1/journals/{journal}/feeds`."""
        return self._transport.ask("POST", f"/v1/journals/{journal}/feeds", Feed, request)

    def change_feed(self, journal: str, feed: str, change: FeedChange) -> Feed:
        """`PATCH /v1/journals/{journal}/feeds/{feed}`."""
        return self._transport.ask("PATCH", f"/v1/journals/{journal}/feeds/{feed}", Feed, change)

    def rotate_feed(self, journal: str, feed: str) -> Feed:
        """`POST /v1/journals/{journal}/feeds/{feed}/rotate`."""
        return self._transport.ask("POST", f"/v1/journals/{journal}/feeds/{feed}/rotate", Feed, None)

    def feeds(self, journal: str) -> list[Feed]:
        """`GET /v1/journals/{journal}/feeds`."""
        return self._transport.ask("GET", f"/v1/journals/{journal}/feeds", list[Feed])

    def devices(self) -> list[DeviceEntry]:
        """`GET /v1/devices`."""
        return self._transport.ask("GET", "/v1/devices", list[DeviceEntry])

    def add_device(self, name: str, scopes: Sequence[Scope] = SCOPES) -> DeviceEntry:
        """`POST /v1/devices`: a token for a script."""
        return self._transport.ask("POST", "/v1/devices", DeviceEntry, DeviceRequest(name=name, scopes=list(scopes)))

    def device_code(self) -> DeviceCode:
        """`POST /v1/devices/code`: a code for one more device."""
        return self._transport.ask("POST", "/v1/devices/code", DeviceCode, None)

    def change_device(self, device: str, change: DeviceChange) -> DeviceEntry:
        """`PATCH /v1/devices/{device}`."""
        return self._transport.ask("PATCH", f"/v1/devices/{device}", DeviceEntry, change)

    def rename_account(self, name: str) -> Account:
        """`PATCH /v1/account`: what others call whoever asks."""
        return self._transport.ask("PATCH", "/v1/account", Account, AccountChange(name=name))

    def journals(self) -> list[JournalEntry]:
        """`GET /v1/journals`."""
        return self._transport.ask("GET", "/v1/journals", list[JournalEntry])

    def members(self, journal: str) -> list[Member]:
        """`GET /v1/journals/{journal}/members`."""
        return self._transport.ask("GET", f"/v1/journals/{journal}/members", list[Member])

    def change_member(self, journal: str, member: str, role: Role) -> Member:
        """`PATCH /v1/journals/{journal}/members/{member}`."""
        return self._transport.ask("PATCH", f"/v1/journals/{journal}/members/{member}", Member, RoleRequest(role))

    def remove_member(self, journal: str, member: str) -> Member:
        """`DELETE /v1/journals/{journal}/members/{member}`."""
        return self._transport.ask("DELETE", f"/v1/journals/{journal}/members/{member}", Member)

    def invite(self, journal: str, asked: InvitationRequest) -> Invitation:
        """`POST /v1/journals/{journal}/invitations`."""
        return self._transport.ask("POST", f"/v1/journals/{journal}/invitations", Invitation, asked)

    def invitations(self, journal: str) -> list[Invitation]:
        """`GET /v1/journals/{journal}/invitations`."""
        return self._transport.ask("GET", f"/v1/journals/{journal}/invitations", list[Invitation])

    def consent(self, journal: str, invitation: str) -> Invitation:
        """`POST /v1/journals/{journal}/invitations/{invitation}/consent`."""
        return self._transport.ask("POST", f"/v1/journals/{journal}/invitations/{invitation}/consent", Invitation)

    def withdraw_invitation(self, journal: str, invitation: str) -> Invitation:
        """`DELETE /v1/journals/{journal}/invitations/{invitation}`."""
        return self._transport.ask("DELETE", f"/v1/journals/{journal}/invitations/{invitation}", Invitation)

    def look(self, code: str) -> InvitationSeen:
        """`POST /v1/invitations/look`: what a code opens.

        Raises:
            CodeRefused: it opens nothing.

        """
        return self._transport.ask("POST", "/v1/invitations/look", InvitationSeen, CodeRequest(code))

    def join(self, code: str) -> JournalEntry:
        """`POST /v1/join`.

        Raises:
            CodeRefused: it opens nothing.
            NotAllowed: not yet, or the account is in the journal already.

        """
        return self._transport.ask("POST", "/v1/join", JournalEntry, CodeRequest(code))

    def access_log(self, journal: str = "") -> list[AccessEntry]:
        """`GET /v1/journals/{journal}/access-log`, or the account's own without a journal."""
        path = f"/v1/journals/{journal}/access-log" if journal else "/v1/access-log"
        return self._transport.ask("GET", path, list[AccessEntry])

    def revoke_device(self, device: str) -> DeviceEntry:
        """`DELETE /v1/devices/{device}`."""
        return self._transport.ask("DELETE", f"/v1/devices/{device}", DeviceEntry)

    def revoke_feed(self, journal: str, feed: str) -> Feed:
        """`DELETE /v1/journals/{journal}/feeds/{feed}`."""
        return self._transport.ask("DELETE", f"/v1/journals/{journal}/feeds/{feed}", Feed)
