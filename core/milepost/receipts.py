"""What shows that a server once had an event, whoever gives it back: the links of its chain, and receipts. Knows no key.

Theory of operation
-------------------
A chain value stands for all that a log holds up to there. A server that signs one (with a key that nobody else has)
can be shown later what led to it: the chain value at some place before, and a `Link` for each event from there on. If
they come to the value that was signed, then each link stands for an event that stood there, and an event with the
digest in a link is that event, word for word. Nothing else could come to the same value. So the way need not begin
where both sides still agree, and an event that was written again under another name, or is at the server already, is
one link among the others.

Of two kinds of events the digest leaves something open: a stub's device, counter and context, and what was left of
words that were taken out. Such an event bears a receipt of its own when a server gives it.
"""

import hashlib
from collections.abc import Iterable, Sequence
from typing import Annotated

from msgspec import Meta, Struct

from milepost.clock import HLC_PATTERN
from milepost.envelope import MAX_COUNTER, MAX_REASON, Event, identity_digest

STRIDE = 256
"""Besides the one for the end of an answer, a server gives a receipt for each place divisible by this."""
MAX_RECEIPT = 200
MAX_LINKS = 4_000
"""Most links in the proofs of one repair: with half of the bytes of a push, they fit its body."""

Receipt = Annotated[str, Meta(max_length=MAX_RECEIPT)]
Chain = Annotated[str, Meta(pattern="^[0-9a-f]{64}$", max_length=64)]


class Link(Struct, frozen=True, array_like=True):
    """What one event adds to a chain: its digest, its `received_at`, its merge clock, and why it was rejected if it was."""

    digest: Chain
    received_at: Annotated[int, Meta(ge=0, le=MAX_COUNTER)]
    merge_hlc: Annotated[str, Meta(max_length=16)]
    rejected: Annotated[str, Meta(max_length=MAX_REASON)] = ""

    @property
    def well_formed(self) -> bool:
        """Whether it reads in one way only: a stub has no clock, and any other event has one."""
        return not self.merge_hlc if self.rejected else HLC_PATTERN.fullmatch(self.merge_hlc) is not None


class Proof(Struct, frozen=True):
    """A way along a log, from the chain value before its first link to the place `seq`, for which there is a `receipt`."""

    chain: Chain
    links: Annotated[list[Link], Meta(min_length=1, max_length=MAX_LINKS)]
    seq: Annotated[int, Meta(ge=1, le=MAX_COUNTER)]
    receipt: Receipt


def link_of(journal: str, event: Event) -> Link:
    """The link of an event, as it stands in a log."""
    digest = identity_digest(journal, event).hex()
    return Link(digest, event.received_at, event.merge_hlc or event.hlc, event.rejected)


def walk(chain: str, links: Iterable[Link]) -> str:
    """The chain value after these links."""
    value = bytes.fromhex(chain)
    for link in links:
        placed = f"{link.received_at}\n{link.merge_hlc}\n{link.rejected}\n"
        value = hashlib.sha256(value + bytes.fromhex(link.digest) + placed.encode()).digest()
    return value.hex()


def places(after: int, end: int) -> list[int]:
    """Where an answer that leads from one place to another has receipts: each `STRIDE` on the way, and the end."""
    found = list(range((after // STRIDE + 1) * STRIDE, end, STRIDE))
    return [*found, end] if end else []


def says_all(event: Event) -> bool:
    """Whether the digest of an event covers all of it."""
    return not event.rejected and not event.data_digest


def place_text(journal: str, seq: int, chain: str) -> bytes:
    """What a receipt for a place of a log signs."""
    return f"milepost receipt 1\n{journal}\n{seq}\n{chain}\n".encode()


def event_text(journal: str, event: Event) -> bytes:
    """What a receipt of an event's own signs: all that its digest leaves open, and the digest."""
    seen = ",".join(f"{device}={n}" for device, n in sorted(event.seen.items()))
    data = hashlib.sha256(event.payload).hexdigest()
    digest = identity_digest(journal, event).hex()
    head = f"milepost event receipt 1\n{journal}\n{event.device}\n{event.n}\n{seen}\n{digest}\n{data}\n"
    return f"{head}{event.rejected}\n".encode()


def bytes_of(proofs: Sequence[Proof]) -> int:
    """About how much proofs take in a request."""
    return sum(200 + sum(110 + 6 * len(link.rejected) for link in proof.links) for proof in proofs)
