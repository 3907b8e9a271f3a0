"""A sync session that is held twice, in Python and in the browser's core, and that fails where they differ."""

import itertools
from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec.structs import replace

from milepost.envelope import Event, encode_event
from milepost.events import registry
from milepost.journal import State, state_hash
from milepost.messages import ChainAnswer, PushAnswer, RepairRequest, Snapshot, SyncRequest
from milepost.receipts import Proof
from milepost.steps import (
    Acknowledge,
    Answer,
    AskChain,
    AskHistory,
    AskSnapshot,
    Attest,
    Claim,
    Converge,
    Fork,
    HistoryAnew,
    KeepReceipts,
    Leap,
    NoSnapshot,
    Repair,
    Request,
    Results,
    Rewind,
    Standing,
    Step,
    Stop,
    SyncFailed,
    Take,
    TakeHistory,
)
from milepost.sync import Session
from tests.web.core import Core, Refused
from tests.web.journals import text


def plain(value: Any) -> Any:
    """A value as it comes out of JSON."""
    return msgspec.json.decode(msgspec.json.encode(value))


ASKS: dict[type, str] = {
    Converge: "sync",
    AskChain: "chain",
    Repair: "repair",
    AskSnapshot: "snapshot",
    AskHistory: "history",
}
KINDS: dict[type, str] = {ChainAnswer: "chain", PushAnswer: "repair", Snapshot: "snapshot", NoSnapshot: "snapshot"}
"""What each answer is to; others may be to two kinds of requests."""
NAMES: dict[type, str] = {
    Acknowledge: "acknowledge",
    Take: "take",
    KeepReceipts: "keep receipts",
    Attest: "attest",
    Rewind: "rewind",
    Fork: "fork",
    Leap: "leap",
    TakeHistory: "take history",
    HistoryAnew: "history anew",
    Claim: "claim",
    Stop: "stop",
}


class Recorded:
    """A standing, and all that was asked of it."""

    def __init__(self, standing: Standing) -> None:
        self._of = standing
        self._chains: dict[int, str] = {}
        self._helds: dict[int, list[tuple[int, str]]] = {}
        self._given: dict[str, dict[str, Any]] = {}
        self._begins: dict[str, bool] = {}
        self.standing = replace(
            standing,
            chain_at=self._chain_at,
            held=self._held,
            proofs=self._proofs,
            may_begin_from=self._may_begin_from,
        )

    def _chain_at(self, seq: int) -> str:
        return self._chains.setdefault(seq, self._of.chain_at(seq))

    def _held(self, after: int) -> Sequence[tuple[int, Event]]:
        held = self._of.held(after)
        self._helds[after] = [(ordinal, encode_event(event).decode()) for ordinal, event in held]
        return held

    def _proofs(self, events: Sequence[Event]) -> tuple[Sequence[Event], list[Proof]]:
        taken, proofs = self._of.proofs(events)
        named = ",".join(encode_event(event).decode() for event in events)
        self._given[named] = {"events": len(taken), "proofs": plain(proofs)}
        return taken, proofs

    def _may_begin_from(self, state: State, seq: int) -> bool:
        return self._begins.setdefault(f"{seq} {state_hash(state)}", self._of.may_begin_from(state, seq))

    @property
    def asked(self) -> dict[str, Any]:
        of = self._of
        return {
            "device": of.device,
            "cursor": plain(of.cursor),
            "acknowledged": of.acknowledged,
            "unsent": text(of.unsent),
            "moreUnsent": of.more_unsent,
            "placedTo": of.placed_to,
            **({"behind": plain(of.behind)} if of.behind else {}),
            "receipted": of.receipted,
            "bare": list(of.bare),
            "chains": self._chains,
            "helds": self._helds,
            "given": self._given,
            "begins": self._begins,
        }


class Both(Session):
    """The session, and beside it the browser's."""

    core: Core
    met: set[str]
    """Phases, requests and steps that there were."""
    _numbers = itertools.count()

    def __init__(self, *, history: bool = True, wait: bool = True) -> None:
        super().__init__(history=history, wait=wait)
        self._id = next(self._numbers)
        self._ask = ""
        self.core("begin", self._id, history, wait)

    def _as_this_version(self) -> None:
        """Both know what Python knows now: the campaign has older and newer versions beside each other."""
        known = {name: known.v for name, known in registry.EVENT_TYPES.items()}
        self.core("version", known, [f"{name}/{v}" for name, v in registry.UPCASTERS])

    def end(self) -> None:
        super().end()
        self.core("end", self._id)

    def is_unknown(self) -> bool:
        offered = super().is_unknown()
        assert self.core("isUnknown", self._id) == offered
        return offered

    def look_again(self) -> None:
        super().look_again()
        self.core("look", self._id)

    def request(self, standing: Standing) -> Request | None:
        self._as_this_version()
        recorded = Recorded(standing)
        request = super().request(recorded.standing)
        theirs, phase = self.core("request", self._id, recorded.asked)
        assert phase == self.phase
        if request is None:
            assert theirs is None
        else:
            self._ask = ASKS[type(request)]
            assert (theirs[0], _read(*theirs)) == (self._ask, _asked(request))
        self.met |= {self.phase, self._ask}
        return request

    def receive(self, standing: Standing, answer: Answer) -> list[Step]:
        self._as_this_version()
        recorded = Recorded(standing)
        steps: list[Step] | None = None
        failed = None
        try:
            steps = super().receive(recorded.standing, answer)
        except SyncFailed as error:
            failed = error
        body = "" if isinstance(answer, NoSnapshot) else msgspec.json.encode(answer).decode()
        to = KINDS.get(type(answer)) or (self._ask if self._ask == "history" else "sync")
        try:
            theirs, phase, unproven = self.core("receive", self._id, recorded.asked, to, body)
        except Refused as refused:
            assert failed is not None, refused
            assert refused.name == "SyncFailed"
            raise failed from None
        assert failed is None
        assert steps is not None
        assert (phase, unproven) == (self.phase, self.unproven)
        ours = [_done(step) for step in steps]
        assert theirs == ours, (theirs, ours)
        self.met |= {self.phase, *(str(one[0]) for one in theirs)}
        return steps


def _asked(request: Request) -> Any:
    match request:
        case Converge():
            return msgspec.json.encode(SyncRequest({"journal": request.part}))
        case Repair():
            return msgspec.json.encode(RepairRequest(list(request.events), list(request.proofs)))
        case AskChain():
            return {"seqs": request.seqs}
        case AskSnapshot():
            return {"least": request.least}
    return {"after": plain(request.after), "until": request.until}


def _read(ask: str, found: Any) -> Any:
    """What the browser asks, as a server reads it."""
    if ask in {"sync", "repair"}:
        return msgspec.json.encode(msgspec.json.decode(found, type=SyncRequest if ask == "sync" else RepairRequest))
    return {name: value for name, value in found.items() if name != "ask"}


def _done(step: Step) -> list[Any]:
    """A step as `bridge.ts` tells it."""
    name = NAMES[type(step)]
    match step:
        case Acknowledge():
            said: list[Any] = [_settled(step.results)]
        case Take():
            said = [plain(step.after), _texts(step.events), _settled(step.results), plain(step.cursor)]
        case KeepReceipts():
            said = [plain(step.end), {str(seq): receipt for seq, receipt in step.given.items()}]
        case Attest() | Fork():
            said = _texts([step.event])
        case Leap():
            said = [plain(step.snapshot.cursor), state_hash(step.state), step.anew]
        case TakeHistory():
            said = [plain(step.after), _texts(step.events), plain(step.cursor)]
        case Stop():
            # A browser has no commands to tell of.
            said = [step.problem, step.detail.partition(" If none will, `milepost")[0]]
        case _:
            said = [*plain(step).values()]
    return [name, *said]


def _settled(results: Results) -> list[dict[str, Any]]:
    return [{"device": device, "result": plain(result)} for device, result in results]


def _texts(events: Sequence[Event]) -> list[str]:
    return [encode_event(event).decode() for event in events]
