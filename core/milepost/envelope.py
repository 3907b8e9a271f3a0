"""The envelope every event travels in, its identity digest and the chain over a log; knows no event type.

`data` is the author's payload as JSON bytes: it is sliced out of what was received, never encoded again, so the same
bytes give the same digest everywhere and for ever. The exact byte layouts are part of the protocol (docs/protocol.md).
"""

import hashlib
import re

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType, field

from milepost.clock import HLC_PATTERN, UUID_PATTERN, clamp_hlc
from milepost.errors import InvalidEvent

MAX_EVENT_BYTES = 256 * 1024
MAX_COUNTER = 2**53 - 1
"""JavaScript's greatest exact integer: every number on the wire stays at or below it."""
MAX_REASON = 500
MAX_SEEN = 1000
"""Most entries that one event's causal context may add."""

_TYPE = re.compile(r"[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)+", re.ASCII)
_DIGEST = re.compile(r"[0-9a-f]{64}", re.ASCII)
_SALT = re.compile(r"[A-Za-z0-9_-]{16,64}", re.ASCII)

Seen = dict[str, int]
"""A causal context: device id → the highest counter of that device which the author had applied."""


class Event(Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """One entry of a journal's log.

    The author gives `device` … `data`; the server adds `seq`, `received_at` and, where it differs from `hlc`,
    `merge_hlc`. A rejected event is kept as a stub: `device`, `n`, `seen`, its `digest`, the reason in `rejected`, and
    no payload, so that counters stay gapless and the same answer can be given again. Of a redacted one the words are gone
    from `data`: it has no `salt`, and the salted digest of what it said in `data_digest`. Both bear a `receipt` when a
    server gives them, which is not kept in its log.
    """

    seq: int = 0
    device: str
    n: int
    seen: Seen = field(default_factory=dict)
    hlc: str = ""
    actor: str = ""
    type: str = ""
    v: int = 1
    salt: str = ""
    received_at: int = 0
    merge_hlc: str = ""
    rejected: str = ""
    digest: str = ""
    data_digest: str = ""
    receipt: str = ""
    data: Raw | UnsetType = UNSET

    @property
    def payload(self) -> bytes:
        """The payload's bytes; none where the event was rejected."""
        return bytes(self.data) if self.data else b""

    @property
    def ranked_at(self) -> str:
        """The clock reading that merging uses."""
        return self.merge_hlc or self.hlc


_event_decoder = msgspec.json.Decoder(Event)
_sha256 = hashlib.sha256
_encode = msgspec.json.Encoder().encode
_any_json = msgspec.json.Decoder()


def encode_event(event: Event) -> bytes:
    """The event as the JSON object that is stored and sent; `data` goes in verbatim."""
    return _encode(event)


def decode_event(body: bytes) -> Event:
    """The event in one JSON object.

    Raises:
        InvalidEvent: not an event at all.

    """
    try:
        return _event_decoder.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InvalidEvent(f"This is not an event: {error}.") from error


def authored(event: Event) -> Event:
    """The event without what a server added: what is pushed."""
    return msgspec.structs.replace(event, seq=0, received_at=0, merge_hlc="")


def salted_digest(event: Event) -> str:
    """SHA-256 over the salt and the payload (hexadecimal); of a redacted event, what it was before."""
    return (
        event.data_digest or _sha256(b"milepost data 1\n%b\n%b" % (event.salt.encode(), event.data or b"")).hexdigest()
    )


def identity_digest(journal: str, event: Event) -> bytes:
    """SHA-256 over the author's fields, one to a line, and the salted digest of the payload (32 bytes).

    With (device, n) it is the event's identity: the same counter with another digest is a fork.
    """
    if event.rejected:
        return bytes.fromhex(event.digest)
    # What `salted_digest` says, without a call for each event that is ever hashed.
    salted = (
        event.data_digest or _sha256(b"milepost data 1\n%b\n%b" % (event.salt.encode(), event.data or b"")).hexdigest()
    )
    seen = ",".join(f"{device}={n}" for device, n in sorted(event.seen.items())) if event.seen else ""
    return _sha256(
        f"milepost event 1\n{journal}\n{event.device}\n{event.n}\n{seen}\n{event.hlc}\n{event.actor}\n"
        f"{event.type}\n{event.v}\n{salted}\n".encode()
    ).digest()


def genesis_chain(journal: str) -> bytes:
    """The chain value before a journal's first event (32 bytes)."""
    return _sha256(f"milepost chain 1\n{journal}\n".encode()).digest()


def next_chain(chain: bytes, digest: bytes, event: Event, received_at: int = 0) -> bytes:
    """The chain value after `event` (32 bytes), given the one before it and the event's identity digest.

    `received_at` is given where the event does not carry its own yet.
    """
    placed = f"{received_at or event.received_at}\n{event.merge_hlc or event.hlc}\n{event.rejected}\n"
    return _sha256(chain + digest + placed.encode()).digest()


def clamped(event: Event, received_at: int, *, kept: bool) -> str:
    """The `merge_hlc` to store: the author's clock, never further ahead of the server's than the limit.

    With `kept`, one that another server gave before is taken into account. Empty where it is the author's own.
    """
    if event.rejected:
        return ""
    own = min(event.hlc, event.merge_hlc) if kept and event.merge_hlc else event.hlc
    allowed = clamp_hlc(own, received_at)
    return "" if allowed == event.hlc else allowed


def as_stub(journal: str, event: Event, reason: str, seen: Seen | None = None) -> Event:
    """What is kept of a rejected event: enough to keep counters gapless and to answer the same again.

    Its context stays, since the next one of its device is told as the difference from it.
    """
    digest = identity_digest(journal, event).hex()
    kept = event.seen if seen is None else seen
    return Event(device=event.device, n=event.n, seen=kept, rejected=reason[:MAX_REASON], digest=digest)


def check_identity(event: Event) -> None:
    """Refuses an event that can't even be answered for: whose, which, and what it had seen must be readable.

    Raises:
        InvalidEvent: names the field and what it must be.

    """
    if not UUID_PATTERN.fullmatch(event.device):
        raise InvalidEvent("`device` must be a lowercase UUID.")
    if not 1 <= event.n <= MAX_COUNTER:
        raise InvalidEvent("`n` must be a whole number from 1 to 2^53-1.")
    if event.seen:
        _check_seen(event)
    if event.rejected and not _DIGEST.fullmatch(event.digest):
        raise InvalidEvent("a rejected event keeps its `digest` (64 hexadecimal digits).")


def check_envelope(event: Event) -> None:
    """Refuses the other author's fields where no correct device writes them so.

    Raises:
        InvalidEvent: names the field and what it must be.

    """
    if event.rejected:
        if event.data is not UNSET:
            raise InvalidEvent("a rejected event keeps no `data`.")
        return
    if event.digest:
        raise InvalidEvent("only a rejected event carries its `digest`.")
    if not HLC_PATTERN.fullmatch(event.hlc) or (event.merge_hlc and not HLC_PATTERN.fullmatch(event.merge_hlc)):
        raise InvalidEvent("`hlc` must be 16 lowercase hexadecimal digits.")
    if not UUID_PATTERN.fullmatch(event.actor):
        raise InvalidEvent("`actor` must be a lowercase UUID.")
    if len(event.type) > 100 or not _TYPE.fullmatch(event.type):
        raise InvalidEvent("`type` must be words like `goal.created`, of at most 100 characters.")
    if not 1 <= event.v <= 10_000:
        raise InvalidEvent("`v` must be a whole number from 1 to 10000.")
    if event.data_digest:
        if event.salt or not _DIGEST.fullmatch(event.data_digest):
            raise InvalidEvent(
                "a redacted event has its `data_digest` (64 hexadecimal digits) in the place of a `salt`."
            )
    elif not _SALT.fullmatch(event.salt):
        raise InvalidEvent("`salt` must be 16 to 64 characters of base64url.")
    if not 2 <= len(event.payload) <= MAX_EVENT_BYTES:
        raise InvalidEvent(f"`data` must be a JSON object of at most {MAX_EVENT_BYTES} bytes.")


def _check_seen(event: Event) -> None:
    if len(event.seen) > MAX_SEEN:
        raise InvalidEvent(f"`seen` may name at most {MAX_SEEN} devices.")
    for device, n in event.seen.items():
        if device == event.device or not UUID_PATTERN.fullmatch(device) or not 1 <= n <= MAX_COUNTER:
            raise InvalidEvent("`seen` maps other devices' ids (lowercase UUIDs) to their counters (1 or more).")


def check_json_object(data: bytes) -> None:
    """Refuses a payload of an unknown type that is not one well-formed JSON object.

    Raises:
        InvalidEvent: what is wrong with the bytes.

    """
    try:
        value = _any_json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InvalidEvent(f"`data` is not well-formed JSON: {error}.") from error
    if not isinstance(value, dict):
        raise InvalidEvent("`data` must be a JSON object.")
