"""How a device and a server come to hold the same log; sans I/O: requests come out, answers go in, steps come out.

Theory of operation
-------------------
A `Session` is the conversation about one journal. It is told where the device stands (`Standing`), gives the next
request, takes the answer and gives back steps for the device to carry out, all of one answer in one transaction. It
keeps nothing that matters: after a crash a new session begins at the same place, since every request may be sent again.

    CONVERGE  sends what is unsent, takes what is new, until there is neither.
              The server does not know the cursor, or less of this device than it once confirmed -> SEARCH
              Something that a server confirmed once has no place in its log -> takes what is new, sends nothing; REPAIR
    SEARCH    finds the last place where both logs agree, by asking for chain values at up to 64 places at a time.
              Found -> `Rewind`, CONVERGE
    REPAIR    gives the server every event it lacks, whoever wrote it, in causal order, with its original clocks and what
              shows that the server had it. Given -> CONVERGE, which takes the server's new order of things. What is
              `unproven` stays here, and what depends on it waits: it comes with its author's devices
    LEAP      asks for a snapshot, where the first page of a log says that there are more. A good one is begun from:
              the journal can be used and written to at once. Any other is passed over -> CONVERGE, page by page
    ATTEST    asks for what is left of somebody else's event that lost its words here, with the server's receipt for it
    HISTORY   fetches, once all else is done, the log that the snapshot stands for. It must come before REPAIR, and
              before anything else where this version can't read the snapshot it once began from

Where a device was put back as well, or two share a folder's copy, a counter can stand for one event here and for
another one there (`forked`, or met in a page): what is here is written again under another name (`Fork`). That has to
be known before anything is given back, or what had seen the one event would be taken to have seen the other. So a
device first takes all that the server has; and so it does where it hears of a fork, which may begin earlier than that.
"""

from collections.abc import Sequence
from typing import Literal

from milepost.envelope import Event
from milepost.errors import InvalidEvent
from milepost.events import is_known, is_plugin_type
from milepost.events.redaction import REDACTION
from milepost.journal import FOLD_VERSION, State, load_state, state_hash
from milepost.messages import (
    MAX_CHAIN_POINTS,
    ChainAnswer,
    Cursor,
    JournalAnswer,
    JournalSync,
    PushAnswer,
    Snapshot,
)
from milepost.steps import (
    Acknowledge,
    Answer,
    AskChain,
    AskHistory,
    AskSnapshot,
    Attest,
    Behind,
    Claim,
    Converge,
    Fork,
    HistoryAnew,
    KeepReceipts,
    Leap,
    NoSnapshot,
    Repair,
    Request,
    Rewind,
    Standing,
    Step,
    Stop,
    SyncFailed,
    Take,
    TakeHistory,
)
from milepost.store import PushResult

SETTLED = frozenset({"stored", "duplicate", "rejected"})
"""Outcomes after which an event needs not be sent again."""
MAX_REPAIRS = 3
"""How often one session searches or repairs; a server that loses things faster than that needs a person."""

_WAITS = (
    "The server lost what others wrote in this journal, and this device can't show that it once had it. Everything is kept "
    "here. It comes back with the devices of those who wrote it; until then, what you wrote after it waits."
)


class Session:
    """The conversation about one journal, from wherever it stands until both sides hold the same."""

    def __init__(self, *, history: bool = True, wait: bool = True) -> None:
        """With `history` false, the log under a snapshot is left for another time, unless it is needed now. With `wait`
        false, nobody is waited for who might bring back what a server lost.
        """
        self._wait = wait
        self.phase: Literal["converge", "search", "repair", "leap", "history", "attest", "done"] = "converge"
        self._after_history: Literal["converge", "repair", "done"] = "done"
        self._history = history
        self._anew = False
        self._leapt = False
        self._lost = False
        self._least = 0
        self._agreed = 0
        self._parted = 0
        self._asked: list[int] = []
        self._sent: Sequence[Event] = ()
        self._held: Sequence[tuple[int, Event]] = []
        self._given_to = 0
        self._look = True
        self._taking = False
        self._searches = 0
        self._repairs = 0
        self._stuck = False
        self._claimed = False
        self._gave = False
        self.unproven = 0
        """How many events of others' were not taken, when they were last given back."""
        self._attested = set[int]()

    @property
    def done(self) -> bool:
        """Whether nothing is left to ask."""
        return self.phase == "done"

    def end(self) -> None:
        """Asks nothing more."""
        self.phase = "done"

    def is_unknown(self) -> bool:
        """In the middle of it the server does not know the journal any more, or not as this account's; returns whether to
        offer it once more. Then it is begun from the beginning.
        """
        if self._claimed:
            return False
        self._claimed, self._look, self.phase = True, True, "converge"
        return True

    def look_again(self) -> None:
        """Something was written again under another name: it has to be sent, or given back."""
        self._look = True
        if self.phase == "done":
            self.phase = "converge"
        elif self._after_history == "done":
            self._after_history = "converge"

    def request(self, standing: Standing) -> Request | None:
        """What to ask next; nothing where another process did what was left."""
        behind = standing.behind
        if behind is not None and not behind.readable and self.phase == "converge":
            self.phase, self._after_history = "history", "converge"
        if self.phase == "history":
            if behind is not None:
                return AskHistory(behind.known, behind.place.seq)
            self.phase = self._after_history
        if self.phase == "repair":
            self._held = standing.held(self._given_to)
            if self._held:
                return self._give(standing)
            if self._given_to and not self._gave:
                self._stuck = True  # another time would be the same
            self.phase, self._look = "converge", True
        match self.phase:
            case "done" | "attest":
                return self._bare(standing) if self.phase == "attest" else None
            case "leap":
                return AskSnapshot(self._least)
            case "search":
                self._asked = _spread(self._agreed, self._parted)
                return AskChain(self._asked)
        return self._part(standing)

    def _give(self, standing: Standing) -> Request:
        """As much of what is held as fits one request, with what shows that the server had it."""
        events, proofs = standing.proofs([event for _, event in self._held])
        self._held = self._held[: len(events)]
        return Repair(events, proofs)

    def _part(self, standing: Standing) -> Request:
        if self._look:
            self._look = False
            self._taking = self._repairs < MAX_REPAIRS and not self._stuck and bool(standing.held(0))
        self._sent = () if self._taking else standing.unsent
        return Converge(
            JournalSync(
                cursor=standing.cursor,
                device=standing.device,
                acknowledged=0 if self._taking else standing.acknowledged,
                events=list(self._sent),
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
        if isinstance(answer, PushAnswer) and self.phase == "repair":
            return self._repaired(answer)
        if isinstance(answer, Snapshot | NoSnapshot) and self.phase == "leap":
            return self._offered(standing, answer)
        if isinstance(answer, JournalAnswer) and self.phase == "history":
            return self._remembered(standing, answer)
        if isinstance(answer, JournalAnswer) and self.phase == "attest":
            return [Attest(event) for event in answer.events]
        raise SyncFailed(f"The server answered with {type(answer).__name__} in phase {self.phase}. Sync again.")

    def _converged(self, standing: Standing, answer: JournalAnswer) -> list[Step]:
        if answer.problem == "not-found" and not self._claimed:
            # The server lost it, or is another one: it is offered again, and given back as after any loss.
            self._claimed = True
            return [Claim()]
        if answer.problem == "history" and self._searches < MAX_REPAIRS:
            self._searches += 1
            # The place of a snapshot is the first that can be compared, and so the first that is asked about.
            least = standing.behind.place.seq - 1 if standing.behind else 0
            self.phase, self._agreed, self._parted = "search", least, max(standing.cursor.seq, least + 1)
            return []
        if answer.problem:
            self.phase = "done"
            detail = _WAITS if answer.problem == "history" and self.unproven else answer.detail
            return [Stop(answer.problem, detail)]
        if answer.cursor is None or len(answer.results) != len(self._sent):
            raise SyncFailed("The server's answer is not whole; nothing was taken from it. Sync again.")
        results = list(zip(self._sent, answer.results, strict=True))
        settled = [(event.device, r) for event, r in results if r.outcome in SETTLED]
        forks = _forks(results)
        moved = answer.cursor.seq > standing.cursor.seq
        steps: list[Step] = []
        if settled:
            steps.append(Acknowledge(settled))
        if moved:
            steps.append(Take(standing.cursor, answer.events, settled, answer.cursor))
        if forks and answer.more:
            self._taking = True  # earlier ones may be forked as well: that shows in what is still to come
        else:
            steps += forks
        if answer.receipts and (moved or standing.receipted < answer.cursor.seq):
            steps.append(KeepReceipts(answer.cursor, answer.receipts))
        lost = not answer.more and standing.placed_to > answer.cursor.seq
        if lost:
            steps.append(Rewind(answer.cursor.seq))
            self._look = True
        # What is `missing` or behind a `gap` waits for somebody else's events: ask again only while something moves.
        waiting = len(settled) < len(results)
        again = answer.more or lost or bool(forks) or (bool(settled) or moved if waiting else standing.more_unsent)
        bare = bool(standing.bare) or any(event.type == REDACTION for event in answer.events)
        self._go_on(standing, again=again, more=answer.more)
        if self.phase == "done" and self.unproven and waiting:
            steps.append(Stop("history", _WAITS))
        elif self.phase == "done" and answer.receipts and bare:
            self.phase = "attest"
        return steps

    def _bare(self, standing: Standing) -> Request | None:
        """Asks for an event whose receipt is missing, each once."""
        for seq in standing.bare:
            before = standing.chain_at(seq - 1)
            if before and seq not in self._attested:
                self._attested.add(seq)
                return AskHistory(Cursor(seq - 1, before), seq)
        self.phase = "done"
        return None

    def _go_on(self, standing: Standing, *, again: bool, more: bool) -> None:
        """What comes after a part of the server's log was taken."""
        if self._taking and not more:
            self._taking, self._repairs, self._given_to = False, self._repairs + 1, 0
            self._gave, self.unproven = False, 0
            self.phase = "repair"
            if standing.behind is not None:
                self.phase, self._after_history = "history", "repair"
        elif more and standing.cursor.seq == 0 and not self._leapt and not self._taking:
            self.phase, self._leapt = "leap", True
        elif not again and not self._taking:
            self.phase = "history" if standing.behind and self._history else "done"

    def _offered(self, standing: Standing, snapshot: Snapshot | NoSnapshot) -> list[Step]:
        self.phase = "converge"
        if isinstance(snapshot, Snapshot):
            state = _read(snapshot)
            if state is not None and standing.may_begin_from(state, snapshot.cursor.seq):
                return [Leap(snapshot, state)]
            if state is not None and self._lost and not self._wait:
                return [Leap(snapshot, state, anew=True)]
        if not self._lost:
            return []
        self.phase = "done"
        return [
            Stop(
                "history",
                "The server was put back to before the snapshot that this device began from. Everything is kept here; "
                "sync again when another device has brought back what the server lost. If none will, `milepost sync --go-on` "
                "writes anew what is known here.",
            )
        ]

    def _remembered(self, standing: Standing, answer: JournalAnswer) -> list[Step]:
        behind = standing.behind
        if behind is None:
            return []
        if answer.problem:
            if not self._anew and behind.known.seq:
                self._anew = True
                return [HistoryAnew()]
            self.phase = "done"
            return [Stop(answer.problem, answer.detail)]
        if answer.cursor is not None and _elsewhere(behind, answer.cursor, more=answer.more):
            if not self._anew and behind.known.seq:
                self._anew = True
                return [HistoryAnew()]
            self.phase, self._leapt, self._lost, self._least = "leap", True, True, answer.cursor.seq
            return []
        if answer.cursor is None or not behind.known.seq < answer.cursor.seq <= behind.place.seq:
            raise SyncFailed("The server's answer is not whole; nothing was taken from it. Sync again.")
        if answer.cursor.seq == behind.place.seq:
            self.phase = self._after_history
        taken: list[Step] = [TakeHistory(behind.known, answer.events, answer.cursor)]
        return [*taken, KeepReceipts(answer.cursor, answer.receipts)] if answer.receipts else taken

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
        if standing.behind is not None and agreed < standing.behind.place.seq:
            # All that came back since may be needed: one that is a little older would not do.
            self.phase, self._leapt, self._lost, self._least = "leap", True, True, answer.head.seq
            return []
        self.phase, self._look = "converge", True
        if agreed < standing.cursor.seq:
            self._stuck = False  # the server was put back meanwhile
        return [Rewind(agreed)]

    def _repaired(self, answer: PushAnswer) -> list[Step]:
        if len(answer.results) != len(self._held):
            raise SyncFailed("The server's answer is not whole. Sync again.")
        if self._held:
            self._given_to = self._held[-1][0]
        self._gave |= any(result.outcome in {"stored", "rejected", "forked"} for result in answer.results)
        self.unproven += sum(result.outcome == "unproven" for result in answer.results)
        return _forks([(event, result) for (_, event), result in zip(self._held, answer.results, strict=True)])


def _elsewhere(behind: Behind, end: Cursor, *, more: bool) -> bool:
    """Whether the log does not lead to where the snapshot was made: it ends before, or is another one there."""
    if end.seq == behind.place.seq:
        return end.chain != behind.place.chain
    return not more and end.seq < behind.place.seq


def _forks(results: list[tuple[Event, PushResult]]) -> list[Step]:
    """A step for each device that another event stands for in the server's log: its first such one."""
    first: dict[str, Event] = {}
    for event, result in results:
        if result.outcome == "forked":
            first.setdefault(event.device, event)
    return [Fork(event) for event in first.values()]


def _read(snapshot: Snapshot) -> State | None:
    """The state in a snapshot, or None where this version can't trust it, or can't read all that went into it."""
    if snapshot.fold != FOLD_VERSION:
        return None
    try:
        state = load_state(bytes(snapshot.state))
    except InvalidEvent:
        return None
    if state is None or state_hash(state) != snapshot.state_hash:
        return None
    passed_over = {(event.type, event.v) for event in state.unfolded}
    read = all(is_known(t, v) or is_plugin_type(t) or (t, v) in passed_over for t, v in snapshot.types)
    return state if read else None


def _spread(agreed: int, parted: int) -> list[int]:
    """Up to `MAX_CHAIN_POINTS` places in (agreed, parted], the last one included; evenly, so that few rounds do."""
    width = parted - agreed
    if width <= 0:
        return [agreed]
    if width <= MAX_CHAIN_POINTS:
        return list(range(agreed + 1, parted + 1))
    return sorted({agreed + 1 + (width - 1) * i // (MAX_CHAIN_POINTS - 1) for i in range(MAX_CHAIN_POINTS)})
