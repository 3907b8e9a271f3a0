"""How a device and a server come to hold the same log; sans I/O: requests come out, answers go in, steps come out.

Theory of operation
-------------------
A `Session` is the conversation about one journal. It is told where the device stands (`Standing`), gives the next
request, takes the answer and gives back steps for the device to carry out, all of one answer in one transaction. It
keeps nothing that matters: after a crash a new session begins at the same place, since every request may be sent again.

    CONVERGE  sends what is unsent, takes what is new, until there is neither.
              The server does not know the cursor, or less of this device than it once confirmed -> SEARCH
    SEARCH    finds the last place where both logs agree, by asking for chain values at up to 64 places at a time.
              Found -> `Rewind`, CHECK
    CHECK     shows the server what it may have as well, of events without a place. Where it has another under the same
              counter (both sides were put back), that and all that has seen it is written again (`Fork`) before any of
              it could be taken for what it is not. Shown -> REPAIR
    REPAIR    gives the server every event it lacks, whoever wrote it, in causal order, with its original clocks.
              Given -> CONVERGE, which takes the server's new order of things

What stays `missing` when nothing moves any more is held here, and given in a repair, or lost for good: then what has
seen it is written again without it (`LetGo`).

A device that was itself put back meets its own counters with other events under them (`forked`, or in a page): before
anything is stamped it becomes a new device (`Fork`), whose first event carries the whole context.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Literal

from msgspec import Struct

from milepost.envelope import MAX_COUNTER, Event
from milepost.errors import MilepostError
from milepost.messages import (
    MAX_CHAIN_POINTS,
    ChainAnswer,
    Cursor,
    JournalAnswer,
    JournalSync,
    PushAnswer,
)
from milepost.store import PushResult

SETTLED = frozenset({"stored", "duplicate", "rejected"})
"""Outcomes after which an event needs not be sent again."""
MAX_REPAIRS = 3
"""How often one session repairs; a server that loses things faster than that needs a person."""


class SyncFailed(MilepostError):
    """The server answered something that does not add up; nothing was taken from it."""

    code = "sync-failed"
    exit_code = 6


class Standing(Struct, frozen=True, kw_only=True):
    """Where a device stands in one journal, read afresh for each request.

    `unsent` are the next own events to send, in order, and `more_unsent` says whether others follow them. `chain_at`
    gives the own log's chain value at a `seq`. `held` gives, in the order they were applied here and each with its
    ordinal, events that a server confirmed once, that have no place now, and that lie after the given ordinal and above
    the given counters (or, if that is said, at or below them).
    """

    device: str
    cursor: Cursor
    acknowledged: int
    unsent: Sequence[Event]
    more_unsent: bool
    chain_at: Callable[[int], str]
    held: Callable[[Mapping[str, int], int, bool], Sequence[tuple[int, Event]]]


class Converge(Struct, frozen=True):
    """Ask: one journal's part of `POST /v1/sync`."""

    part: JournalSync


class AskChain(Struct, frozen=True):
    """Ask: `GET /v1/journals/{journal}/chain` at these places."""

    seqs: list[int]


class Repair(Struct, frozen=True):
    """Ask: `POST /v1/journals/{journal}/repair` with these events."""

    events: Sequence[Event]


Request = Converge | AskChain | Repair
Answer = JournalAnswer | ChainAnswer | PushAnswer


class Acknowledge(Struct, frozen=True):
    """Do: stamp the events of `device` that the server stored, and set those apart that it rejected."""

    device: str
    results: list[PushResult]


class Take(Struct, frozen=True):
    """Do: apply a run of the server's log that begins at `after`; `own` (`seq` → device and counter) are the places in
    it of what was sent in the same request.
    """

    after: Cursor
    events: list[Event]
    own: dict[int, tuple[str, int]]
    cursor: Cursor


class Rewind(Struct, frozen=True):
    """Do: keep every event, but forget the places of those after `seq`, where the logs no longer agree."""

    seq: int


class Fork(Struct, frozen=True):
    """Do: become a new device, and write again under its name all of `device` from counter `n` on that is not in the
    server's log.
    """

    device: str
    n: int


class LetGo(Struct, frozen=True):
    """Do: where the event that `device`'s event `n` has seen is held nowhere any more, write that one again without it."""

    device: str
    n: int
    needs: tuple[str, int]


class Claim(Struct, frozen=True):
    """Do: offer the journal to the server, which does not know it."""


class Stop(Struct, frozen=True):
    """Do: end for now; `problem` says why, in the server's word."""

    problem: str
    detail: str


Step = Acknowledge | Take | Rewind | Fork | LetGo | Claim | Stop


class Session:
    """The conversation about one journal, from wherever it stands until both sides hold the same."""

    def __init__(self) -> None:
        self.phase: Literal["converge", "search", "check", "repair", "done"] = "converge"
        self._agreed = 0
        self._parted = 0
        self._asked: list[int] = []
        self._held: Sequence[tuple[int, Event]] = []
        self._counters: dict[str, int] = {}
        self._given_to = 0
        self._repairs = 0
        self._claimed = False

    @property
    def done(self) -> bool:
        """Whether nothing is left to ask."""
        return self.phase == "done"

    def end(self) -> None:
        """Asks nothing more."""
        self.phase = "done"

    def request(self, standing: Standing) -> Request:
        """What to ask next."""
        match self.phase:
            case "search":
                self._asked = _spread(self._agreed, self._parted)
                return AskChain(self._asked)
            case "check" | "repair":
                self._held = standing.held(self._counters, self._given_to, self.phase == "check")
                return Repair([event for _, event in self._held])
        return Converge(
            JournalSync(
                cursor=standing.cursor,
                device=standing.device,
                acknowledged=standing.acknowledged,
                events=list(standing.unsent),
            )
        )

    def receive(self, standing: Standing, answer: Answer) -> list[Step]:
        """What to do about an answer to the request that was made from this same `standing`.

        Raises:
            SyncFailed: the answer is not one to that request.

        """
        if isinstance(answer, JournalAnswer) and self.phase == "converge":
            return self._converged(standing, answer)
        if isinstance(answer, ChainAnswer) and self.phase == "search":
            return self._searched(standing, answer)
        if isinstance(answer, PushAnswer) and self.phase in {"check", "repair"}:
            return self._repaired(answer)
        raise SyncFailed(f"The server answered with {type(answer).__name__} in phase {self.phase}. Sync again.")

    def _converged(self, standing: Standing, answer: JournalAnswer) -> list[Step]:
        if answer.problem == "not-found" and not self._claimed:
            # The server lost it, or is another one: it is offered again, and given back as after any loss.
            self._claimed = True
            return [Claim()]
        if answer.problem == "history" and self._repairs < MAX_REPAIRS:
            self._repairs += 1
            self.phase, self._agreed, self._parted = "search", 0, standing.cursor.seq
            return []
        if answer.problem:
            self.phase = "done"
            return [Stop(answer.problem, answer.detail)]
        if answer.cursor is None or len(answer.results) != len(standing.unsent):
            raise SyncFailed("The server's answer is not whole; nothing was taken from it. Sync again.")
        sent = list(zip(standing.unsent, answer.results, strict=True))
        settled: dict[str, list[PushResult]] = {}
        for event, result in sent:
            if result.outcome in SETTLED:
                settled.setdefault(event.device, []).append(result)
        forked = next(((event.device, r.n) for event, r in sent if r.outcome == "forked"), None)
        moved = answer.cursor.seq > standing.cursor.seq
        steps: list[Step] = [Acknowledge(device, results) for device, results in settled.items()]
        if forked is not None:
            steps.append(Fork(*forked))
        if moved:
            own = {r.seq: (device, r.n) for device, results in settled.items() for r in results}
            steps.append(Take(standing.cursor, answer.events, own, answer.cursor))
        # What is `missing` or behind a `gap` waits for somebody else's events: ask again only while something moves.
        waiting = sum(map(len, settled.values())) < len(answer.results)
        again = answer.more or forked is not None or (bool(settled) or moved if waiting else standing.more_unsent)
        if not again:
            steps += self._stuck(sent, standing.cursor.seq)
        return steps

    def _stuck(self, sent: Sequence[tuple[Event, PushResult]], parted: int) -> list[Step]:
        """Nothing moves any more. What is `missing` is either held here, and given in a repair, or lost for good."""
        missing = next(((event, r.needs) for event, r in sent if r.outcome == "missing" and r.needs), None)
        if missing is None or self._repairs >= MAX_REPAIRS:
            self.phase = "done"
            return []
        event, (device, n) = missing
        self._repairs += 1
        self.phase, self._agreed, self._parted = "search", 0, parted
        return [LetGo(event.device, event.n, (device, n))]

    def _searched(self, standing: Standing, answer: ChainAnswer) -> list[Step]:
        agreed, parted = self._agreed, self._parted
        for seq in self._asked:
            if answer.chains.get(seq) == standing.chain_at(seq):
                agreed = max(agreed, seq)
            else:
                parted = min(parted, seq - 1)
        self._agreed, self._parted = agreed, parted
        if agreed < parted:
            return []
        self.phase, self._counters, self._given_to = "check", dict(answer.counters), 0
        return [Rewind(agreed)]

    def _repaired(self, answer: PushAnswer) -> list[Step]:
        if len(answer.results) != len(self._held):
            raise SyncFailed("The server's answer is not whole. Sync again.")
        steps: list[Step] = []
        for (ordinal, event), result in zip(self._held, answer.results, strict=True):
            if result.outcome in SETTLED:
                self._counters[event.device] = max(self._counters.get(event.device, 0), event.n)
            elif result.outcome == "forked" and self._counters.get(event.device, 0) < MAX_COUNTER:
                self._counters[event.device] = MAX_COUNTER
                steps.append(Fork(event.device, event.n))
            self._given_to = ordinal
        if not self._held:
            self.phase, self._given_to = ("repair", 0) if self.phase == "check" else ("converge", 0)
        return steps


def _spread(agreed: int, parted: int) -> list[int]:
    """Up to `MAX_CHAIN_POINTS` places in (agreed, parted], the last one included; evenly, so that few rounds do."""
    width = parted - agreed
    if width <= 0:
        return [agreed]
    if width <= MAX_CHAIN_POINTS:
        return list(range(agreed + 1, parted + 1))
    return sorted({agreed + 1 + (width - 1) * i // (MAX_CHAIN_POINTS - 1) for i in range(MAX_CHAIN_POINTS)})
