"""The messages between a device and a server, as typed values; `docs/protocol.md` is their description for others."""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, Raw, Struct, UnsetType, field

from milepost.clock import UUID_PATTERN
from milepost.envelope import Event
from milepost.receipts import Proof, Receipt
from milepost.store import PushResult

PROTOCOL = 1
"""The version of the protocol that is spoken here."""
PROTOCOL_HEADER = "milepost-protocol"
"""In a request, the version that a device speaks; in an answer, those that the server does: `1`, or `1-3` for a range."""
MIN_CODED_BYTES = 1024
"""Bodies below this are sent as they are: coding them costs more than it saves."""

MAX_PUSH_EVENTS = 500
MAX_PUSH_BYTES = 1024 * 1024
MAX_PAGE_EVENTS = 5_000
MAX_PAGE_BYTES = 4 * 1024 * 1024
MAX_JOURNALS = 200
"""Most journals in one `sync`."""
MAX_CHAIN_POINTS = 64

HexDigest = Annotated[str, Meta(min_length=64, max_length=64)]
Count = Annotated[int, Meta(ge=0, le=2**53 - 1)]


class Cursor(Struct, frozen=True):
    """How far a log is known: its `seq` and the chain value there (hexadecimal). Both must lie on the server's log."""

    seq: Count
    chain: HexDigest


class JournalSync(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One journal's part of a `sync`: where the device stands, and what it has to send.

    `acknowledged` is the highest own counter that a server ever confirmed: if the server's is lower, it lost something.
    """

    cursor: Cursor
    device: str
    acknowledged: Count = 0
    events: list[Event] = field(default_factory=list)


class SyncRequest(Struct, frozen=True):
    """`POST /v1/sync`."""

    journals: Annotated[dict[str, JournalSync], Meta(max_length=MAX_JOURNALS)]


class JournalAnswer(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a server answers for one journal.

    `events` are those after the request's cursor, up to `cursor`; the ones that `results` confirm in this very answer
    are not repeated. `last` is the server's highest counter of the asking device. `receipts` are for places
    (`seq`) on the way to `cursor`, itself included. With a `problem` (`history` or `not-found`) nothing was stored and
    there is nothing else.
    """

    problem: str = ""
    detail: str = ""
    results: list[PushResult] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    cursor: Cursor | None = None
    last: int = 0
    more: bool = False
    receipts: dict[int, Receipt] = field(default_factory=dict)


class SyncAnswer(Struct, frozen=True, omit_defaults=True):
    """The answer to a `sync`: an entry for each journal asked about, the ids of all that the account has, and its role in
    those of which it is no owner.
    """

    journals: dict[str, JournalAnswer]
    all_journals: list[str]
    roles: dict[str, str] = field(default_factory=dict)


class RawAnswer(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A `JournalAnswer` as the server writes it: the events as the bytes they are stored in."""

    problem: str = ""
    detail: str = ""
    results: list[PushResult] = field(default_factory=list)
    events: list[Raw] = field(default_factory=list)
    cursor: Cursor | None = None
    last: int = 0
    more: bool = False
    receipts: dict[int, str] = field(default_factory=dict)


class PushRequest(Struct, frozen=True):
    """`POST /v1/journals/{journal}/events`."""

    events: list[Event]


class PushAnswer(Struct, frozen=True):
    """One result for each event, in order."""

    results: list[PushResult]


class RepairRequest(Struct, frozen=True, omit_defaults=True):
    """`POST /v1/journals/{journal}/repair`: events with the `received_at` and `merge_hlc` they once had, and what shows
    that this server once had them.
    """

    events: list[Event]
    proofs: list[Proof] = field(default_factory=list)


class ChainAnswer(Struct, frozen=True):
    """`GET /v1/journals/{journal}/chain`: chain values at the places asked for, the end, and each device's counter."""

    head: Cursor
    chains: dict[int, str]
    counters: dict[str, int]


class Snapshot(Struct, frozen=True, kw_only=True):
    """`GET /v1/journals/{journal}/snapshot`: what the log adds up to at `cursor`, to begin from before the log is here.

    `state` is of the form that fold version `fold` writes, and `state_hash` must be its hash. `clock` is the greatest
    merge clock up to there (empty where there is none), `received_at` when the last event was stored (milliseconds).
    `types` are the types and versions of the events up to there: who can't read one of them may not begin from it, or
    would say that it had seen what it could not.
    """

    fold: int
    cursor: Cursor
    state_hash: HexDigest
    clock: str
    received_at: Count
    types: list[tuple[str, int]]
    state: Raw


class PairRequest(Struct, frozen=True, kw_only=True):
    """`POST /v1/pair`: a one-time code, and what the device is called.

    `journal` is one that began on the device and was never sent: it becomes the account's private journal where there
    is none yet, or one more where the device wants to `keep` it. With `account_name` the code is one of an invitation, and
    somebody new begins an account of that name.
    """

    code: Annotated[str, Meta(max_length=40)]
    name: Annotated[str, Meta(min_length=1, max_length=100)]
    journal: str = ""
    keep: bool = False
    account_name: Annotated[str, Meta(max_length=100)] = ""


class JournalEntry(Struct, frozen=True, kw_only=True):
    """A journal of an account, and the account's role in it."""

    id: str
    role: str
    private: bool
    empty: bool


class PairAnswer(Struct, frozen=True, kw_only=True):
    """The device's token (shown once), whom it belongs to, and the journals that account has."""

    token: str
    account: str
    account_name: str
    claimed: bool
    journals: list[JournalEntry]


class ClaimRequest(Struct, frozen=True):
    """`POST /v1/journals`: makes a journal that began on a device the account's. Asking again changes nothing."""

    id: str
    private: bool = False


class FeedRequest(Struct, frozen=True, kw_only=True):
    """`POST /v1/journals/{journal}/feeds`."""

    format: Annotated[str, Meta(max_length=50)] = "ics"
    plain: bool = False
    name: Annotated[str, Meta(max_length=100)] = ""
    settings: dict[str, Any] = field(default_factory=dict)


class FeedChange(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`PATCH /v1/journals/{journal}/feeds/{feed}`. What is left out stays; a setting that is null goes back to its default."""

    plain: bool | UnsetType = UNSET
    name: Annotated[str, Meta(max_length=100)] | UnsetType = UNSET
    settings: dict[str, Any] | UnsetType = UNSET


class Feed(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A calendar subscription; its secret `url` is told once, when it is made. `settings` are those of its format that were
    set, `changed_at` is when they, the words or the name last changed.
    """

    id: str
    journal: str
    format: str
    plain: bool
    name: str
    created_at: int
    revoked_at: int | None = None
    settings: dict[str, Any] = field(default_factory=dict)
    changed_at: int = 0
    url: str = ""


Scope = Literal["read", "write", "manage"]
"""What a token may: read journals, write to them, manage what has access."""
SCOPES: tuple[Scope, ...] = ("read", "write", "manage")


class DeviceRequest(Struct, frozen=True, kw_only=True):
    """`POST /v1/devices`: a token for a script, what it is called, and what it may."""

    name: Annotated[str, Meta(min_length=1, max_length=100)]
    scopes: Annotated[list[Scope], Meta(min_length=1, max_length=3)] = field(default_factory=lambda: list(SCOPES))


class DeviceEntry(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A device of an account. `log`: it keeps a log of its own; `api`: a script, whose events the server counts.

    The `token` of an `api` device is told once, when it is made. Times are in milliseconds since 1970. `writes_as` are
    the ids that its events bear. `scopes` are what its token may; left out where that is everything.
    """

    id: str
    name: str
    kind: str
    created_at: int
    revoked_at: int | None = None
    token: str = ""
    scopes: list[Scope] = field(default_factory=list)
    writes_as: list[str] = field(default_factory=list)


class Problem(Struct, frozen=True, kw_only=True):
    """An error as `application/problem+json` (RFC 9457); `type` leads to its description."""

    type: str
    title: str
    status: int
    detail: str


def is_journal_id(text: str) -> bool:
    """Whether `text` has the form of a journal's id."""
    return UUID_PATTERN.fullmatch(text) is not None


def versions_in(header: str) -> tuple[int, int] | None:
    """The least and the greatest version that a `Milepost-Protocol` header names, or None where it is none."""
    least, dash, most = header.strip().partition("-")
    if not all(part.isascii() and part.isdigit() and len(part) <= 6 for part in ([least, most] if dash else [least])):
        return None
    return int(least), int(most if dash else least)


encode = msgspec.json.Encoder().encode
