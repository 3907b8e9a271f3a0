"""What every store of a server's logs must be able to do; knows no database.

A store puts events in order, keeps them for good and gives them back. It never looks into a payload, save a
redaction's, which is meant for it: whether one is valid is decided before, and an invalid one comes in as a stub.
`tests/contract/` holds the suite that each implementation passes.
"""

from collections.abc import Mapping, Sequence
from typing import Literal, Protocol

from msgspec import UNSET, Struct, UnsetType

from milepost.database import Unit
from milepost.envelope import Event

Outcome = Literal["stored", "duplicate", "gap", "missing", "forked", "rejected", "unproven"]


class PushResult(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What became of one pushed event.

    `stored` and `duplicate` (and `rejected`: a stub has a place too) carry `seq`, `received_at` in milliseconds and
    the `merge_hlc` in force. `gap` says in `last` which counter of the device the server has; `missing` names in
    `needs` an event that has to come first. `rejected` gives the reason. `unproven` is what somebody
    else is said to have written, in a repair that does not show it. `gap`, `missing` and `unproven` may be sent again.
    """

    n: int
    outcome: Outcome
    seq: int = 0
    received_at: int = 0
    merge_hlc: str = ""
    last: int | UnsetType = UNSET
    needs: tuple[str, int] | UnsetType = UNSET
    reason: str = ""


class Head(Struct, frozen=True):
    """Where a journal's log ends: the last `seq` (0: empty) and the chain value there (32 bytes)."""

    seq: int
    chain: bytes


class Page(Struct, frozen=True):
    """A run of a log: events as the JSON bytes they are stored in, and the chain value after the last of them."""

    bodies: list[bytes]
    end: Head
    more: bool


class LogStore(Protocol):
    """The logs of many journals. Every method may raise `StorageFull`, `StorageDamaged` or `Busy`."""

    async def append(
        self,
        journal: str,
        events: Sequence[Event],
        *,
        now_ms: int,
        repair: bool = False,
        also: Unit[None] | None = None,
    ) -> list[PushResult]:
        """Stores the events of one push durably and in order, each or not by the rules of the log.

        Ordinary pushes carry author's fields alone. In a `repair`, `received_at` and `merge_hlc` are kept as given,
        within the limits of this server's clock. When this returns, what is `stored` has been synced to the disk. Where
        a redaction is among it, nothing of the words that it names is left in the log. `also` is carried out in the
        same transaction.
        """
        ...

    async def append_at(
        self, journal: str, end: Head, events: Sequence[Event], *, now_ms: int, also: Unit[None] | None = None
    ) -> list[PushResult]:
        """The same, only if the log still ends at `end`; `also` is carried out in the same transaction.

        Raises:
            Conflict: the log has grown, or was put back; nothing was stored, and `also` was not carried out.
        """
        ...

    async def head(self, journal: str) -> Head:
        """The end of the log; an unknown journal is an empty one."""
        ...

    async def read(self, journal: str, after: int, *, limit: int, max_bytes: int) -> Page:
        """Events with `seq` above `after`: at most `limit`, and after the first no more than `max_bytes` of them."""
        ...

    async def chains(self, journal: str, seqs: Sequence[int]) -> dict[int, bytes]:
        """The chain values at those of `seqs` that the log has; 0 is its genesis."""
        ...

    async def counters(self, journal: str) -> Mapping[str, int]:
        """Device id → the highest counter stored."""
        ...

    async def archive(self, journal: str, *, keep: int) -> int:
        """Packs old events away, all but about the newest `keep`; they stay in the log. Returns how many were moved."""
        ...
