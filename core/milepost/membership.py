"""The messages about who is in a journal: members, invitations, and what was done to access. Knows no rule."""

from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from milepost.errors import InvalidInput
from milepost.messages import Scope
from milepost.policy import Role

MAX_INVITATION_DAYS = 30
MAX_NAME = 100
Name = Annotated[str, Meta(min_length=1, max_length=MAX_NAME)]


def short_name(text: str) -> str:
    """What somebody or something is to be called, without spaces around it.

    Raises:
        InvalidInput: it has no letters, or too many.
    """
    if not 1 <= len(text.strip()) <= MAX_NAME:
        raise InvalidInput(f"A name has 1 to {MAX_NAME} letters. Give another.")
    return text.strip()


Code = Annotated[str, Meta(max_length=40)]


class Member(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An account that is in a journal; `id` is what its events bear as `actor`. `you` marks the asker's own."""

    id: str
    name: str
    role: Role
    joined_at: int
    you: bool = False


class RoleRequest(Struct, frozen=True):
    """`PATCH /v1/journals/{journal}/members/{id}`: another role."""

    role: Role


class InvitationRequest(Struct, frozen=True, kw_only=True):
    """`POST /v1/journals/{journal}/invitations`."""

    role: Role = "therapist"
    days: Annotated[int, Meta(ge=1, le=MAX_INVITATION_DAYS)] = 7


class Invitation(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An invitation to a journal. Its `code` is told once, when it is made. It opens nothing before each owner whose id is
    in `waits_for` has consented, nor once it is `used_at`, `withdrawn_at` or past `expires_at` (milliseconds).
    """

    id: str
    journal: str
    role: Role
    invited_by: str
    created_at: int
    expires_at: int
    waits_for: list[str] = []
    used_at: int | None = None
    withdrawn_at: int | None = None
    code: str = ""


class CodeRequest(Struct, frozen=True):
    """`POST /v1/invitations/look` and `POST /v1/join`: an invitation's code."""

    code: Code


class InvitationSeen(Struct, frozen=True, kw_only=True):
    """What a code opens, told before it is used: the journal and its title, the role, who invites (their name), until
    when, and the names and roles of who is in it.
    """

    journal: str
    title: str
    role: Role
    invited_by: str
    expires_at: int
    members: list[Member]
    waits: bool


class DeviceCode(Struct, frozen=True, kw_only=True):
    """A code that pairs one more device with the account, once and before `expires_at` (milliseconds). It is told this once."""

    code: str
    expires_at: int


class DeviceChange(Struct, frozen=True, kw_only=True):
    """`PATCH /v1/devices/{id}`: another name, or fewer or more scopes."""

    name: Name | UnsetType = UNSET
    scopes: Annotated[list[Scope], Meta(min_length=1, max_length=3)] | UnsetType = UNSET


class Account(Struct, frozen=True, kw_only=True):
    """An account: its id, and what others call it."""

    id: str
    name: str


class AccountChange(Struct, frozen=True, kw_only=True):
    """`PATCH /v1/account`: another name."""

    name: Name


class AccessEntry(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line of the access log: who (`by`, an account's id, and the device) did what to whose access.

    No word of anybody's is in it. `chain` is SHA-256 over the one before and this line: nothing was taken out or changed.
    """

    seq: int
    at: int
    what: str
    chain: str
    by: str = ""
    device: str = ""
    subject: str = ""
    role: str = ""
