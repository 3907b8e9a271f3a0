"""What a sync knows of a device, what it asks of a server, and what it has the device do about an answer: values alone."""

from collections.abc import Callable, Sequence

from msgspec import Struct

from milepost.envelope import Event
from milepost.errors import MilepostError
from milepost.journal import State
from milepost.messages import ChainAnswer, Cursor, JournalAnswer, JournalSync, PushAnswer, Snapshot
from milepost.receipts import Proof
from milepost.store import PushResult


class SyncFailed(MilepostError):
    """The server answered something that does not add up; nothing was taken from it."""

    code = "sync-failed"
    exit_code = 6


class Behind(Struct, frozen=True):
    """What is still missing of the log under a snapshot: all after `known` up to `place`, where the snapshot was made.

    `readable` is false where the snapshot was written by another version of the fold than this one.
    """

    place: Cursor
    known: Cursor
    readable: bool


class Standing(Struct, frozen=True, kw_only=True):
    """Where a device stands in one journal, read afresh for each request.

    `unsent` are the next own events to send, in order, and `more_unsent` says whether others follow them. `chain_at`
    gives the own log's chain value at a `seq`. `held` gives, in the order they were applied here and each with its
    ordinal, events that a server confirmed once and that have no place now, after the given ordinal. `placed_to` is the
    last place that an event here is said to have: beyond the cursor, where own events were confirmed there. `behind` is
    there while the log begins with a snapshot, and `may_begin_from` says whether another one (its state, and the `seq`
    where it was made) has all in it that it would take the place of. `proofs` gives as many of the events that are to be
    given back, from the first, as fit one request with what shows that the server had them. `receipted` is the last place
    that there is a receipt for, and `bare` are the places of others' events that lost their words here and have none.
    """

    device: str
    cursor: Cursor
    acknowledged: int
    unsent: Sequence[Event]
    more_unsent: bool
    chain_at: Callable[[int], str]
    held: Callable[[int], Sequence[tuple[int, Event]]]
    placed_to: int
    behind: Behind | None
    may_begin_from: Callable[[State, int], bool]
    proofs: Callable[[Sequence[Event]], tuple[Sequence[Event], list[Proof]]]
    receipted: int
    bare: Sequence[int]


class Converge(Struct, frozen=True):
    """Ask: one journal's part of `POST /v1/sync`."""

    part: JournalSync


class AskChain(Struct, frozen=True):
    """Ask: `GET /v1/journals/{journal}/chain` at these places."""

    seqs: list[int]


class Repair(Struct, frozen=True):
    """Ask: `POST /v1/journals/{journal}/repair` with these events, and what shows that the server once had them."""

    events: Sequence[Event]
    proofs: Sequence[Proof] = ()


class AskSnapshot(Struct, frozen=True):
    """Ask: `GET /v1/journals/{journal}/snapshot`, of a place no earlier than `least`."""

    least: int


class AskHistory(Struct, frozen=True):
    """Ask: `GET /v1/journals/{journal}/events` after a place, and none after `until`."""

    after: Cursor
    until: int


class NoSnapshot(Struct, frozen=True):
    """Answer: the server gives no snapshots."""


Request = Converge | AskChain | Repair | AskSnapshot | AskHistory
Answer = JournalAnswer | ChainAnswer | PushAnswer | Snapshot | NoSnapshot


Results = list[tuple[str, PushResult]]
"""What became of events that were sent, each with the id it was written under."""


class Acknowledge(Struct, frozen=True):
    """Do: stamp the events that the server stored, and set those apart that it rejected."""

    results: Results


class Take(Struct, frozen=True):
    """Do: apply a run of the server's log that begins at `after`; `results` fill the places of own events in it."""

    after: Cursor
    events: list[Event]
    results: Results
    cursor: Cursor


class KeepReceipts(Struct, frozen=True):
    """Do: keep the server's receipts for places up to `end`, if its log is known here up to there."""

    end: Cursor
    given: dict[int, str]


class Attest(Struct, frozen=True):
    """Do: keep the server's receipt for what is left of an event that lost its words, if the same is left of it here."""

    event: Event


class Rewind(Struct, frozen=True):
    """Do: keep every event, but forget the places of those after `seq`, where the logs no longer agree."""

    seq: int


class Fork(Struct, frozen=True):
    """Do: write again, under another name, `event`, all that its device wrote after it, and all that had seen it: the
    server's log has something else there. If that is this device, it goes on under the new name.
    """

    event: Event


class Leap(Struct, frozen=True):
    """Do: begin from a snapshot, which was read as `state`, and hold what is known beyond it on top. With `anew`, what can't
    stand there as it is, since the log lost what it comes from, is written again as something new.
    """

    snapshot: Snapshot
    state: State
    anew: bool = False


class TakeHistory(Struct, frozen=True):
    """Do: put a run of the log in its place under the snapshot; it begins at `after`."""

    after: Cursor
    events: list[Event]
    cursor: Cursor


class HistoryAnew(Struct, frozen=True):
    """Do: fetch all of the log under the snapshot again: what is known of it is not what the server has."""


class Claim(Struct, frozen=True):
    """Do: offer the journal to the server, which does not know it."""


class Stop(Struct, frozen=True):
    """Do: end for now; `problem` says why, in the server's word."""

    problem: str
    detail: str


Step = Acknowledge | Take | KeepReceipts | Attest | Rewind | Fork | Leap | TakeHistory | HistoryAnew | Claim | Stop
