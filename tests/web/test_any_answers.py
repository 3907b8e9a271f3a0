"""Whatever a server answers to whoever stands wherever, sense or none: both sessions ask and do the same."""

import random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Raw
from msgspec.structs import replace

from milepost.envelope import Event, as_stub
from milepost.journal import FOLD_VERSION, State, dump_state, state_hash
from milepost.messages import ChainAnswer, Cursor, JournalAnswer, PushAnswer, Snapshot
from milepost.receipts import Link, Proof
from milepost.steps import AskChain, Behind, Converge, NoSnapshot, Repair, Request, Standing, SyncFailed
from milepost.store import PushResult
from tests.core.views.logs import fold
from tests.events import JOURNAL, device, event, redaction
from tests.web.both import ASKS, NAMES, Both
from tests.web.journals import with_data
from tests.web.test_folding import often

ROUNDS = 12
OUTCOMES: list[Any] = ["stored", "stored", "duplicate", "gap", "missing", "forked", "rejected", "unproven"]
EVENTS: list[Event] = [event(n, by=device(1 + n % 2), at_ms=n) for n in range(1, 5)]
EVENTS += [redaction(5, EVENTS[0]), as_stub(JOURNAL, event(6), "why")]
PROOF = Proof("0" * 64, [Link("1" * 64, 7, "0" * 16)], 3, "a receipt")


class Anything:
    """Makes up standings and answers: few places and chain values, so that they often fit each other."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)

    def chain(self) -> str:
        return self.chance.choice(["0" * 64, "1" * 64])

    def cursor(self) -> Cursor:
        return Cursor(self.chance.choice([0, 0, 1, 2, 3, 90, 200]), self.chain())

    def some(self) -> list[Event]:
        return self.chance.sample(EVENTS, self.chance.choice([0, 0, 1, 2, 3]))

    def behind(self) -> Behind | None:
        if self.chance.random() < 0.6:
            return None
        place = Cursor(self.chance.choice([2, 3]), self.chain())
        return Behind(place, Cursor(self.chance.randint(0, 1), self.chain()), self.chance.random() < 0.7)

    def standing(self) -> Standing:
        held, begins = [*enumerate(self.some(), 1)], self.chance.random() < 0.5
        chains = {seq: self.chance.choice(["", "0" * 64, "1" * 64]) for seq in range(300)}
        return Standing(
            device=device(1),
            cursor=self.cursor(),
            acknowledged=self.chance.randint(0, 2),
            unsent=self.some(),
            more_unsent=self.chance.random() < 0.3,
            chain_at=chains.__getitem__,
            held=lambda after: [one for one in held if one[0] > after],
            placed_to=self.chance.choice([0, 0, 3, 99]),
            behind=self.behind(),
            may_begin_from=lambda *_: begins,
            proofs=lambda events: (events[:2], [PROOF] if len(events) > 1 else []),
            receipted=self.chance.choice([0, 2]),
            bare=self.chance.choice([[], [], [1, 2]]),
        )

    def answer(self, request: Request) -> Any:
        if self.chance.random() < 0.03:
            return PushAnswer([])
        if isinstance(request, Repair):
            return PushAnswer(self.results(len(request.events)))
        if isinstance(request, AskChain):
            chains = {seq: self.chain() for seq in request.seqs if self.chance.random() < 0.9}
            return ChainAnswer(self.cursor(), chains, {})
        if ASKS[type(request)] == "snapshot":
            return self.chance.choice([NoSnapshot(), self.snapshot(), self.snapshot()])
        return self.journal(len(request.part.events) if isinstance(request, Converge) else 0)

    def results(self, count: int) -> list[PushResult]:
        if self.chance.random() < 0.03:
            count += 1
        return [PushResult(n=n, outcome=self.chance.choice(OUTCOMES), seq=n) for n in range(count)]

    def journal(self, count: int) -> JournalAnswer:
        if self.chance.random() < 0.25:
            return JournalAnswer(problem=self.chance.choice(["history", "history", "not-found", "other"]), detail="so")
        return JournalAnswer(
            results=self.results(count),
            events=self.some(),
            cursor=None if self.chance.random() < 0.03 else self.cursor(),
            more=self.chance.random() < 0.4,
            receipts=self.chance.choice([{}, {2: "a receipt"}]),
        )

    def snapshot(self) -> Snapshot:
        log = [event(1, type=self.chance.choice(["goal.created", "goal.created", "journal.opened"]), title="Mine")]
        unknown = with_data(replace(log[0], type="mood.noted"), "{}")
        state = self.chance.choice([State(JOURNAL), fold(log), fold([unknown])])
        return Snapshot(
            fold=self.chance.choice([FOLD_VERSION] * 5 + [1]),
            cursor=self.cursor(),
            state_hash=self.chance.choice([state_hash(state)] * 5 + ["0" * 64]),
            clock="",
            received_at=0,
            types=self.chance.choice(
                [[], [("goal.created", 1)], [("mood.noted", 1)], [("goal.created", 2)], [("x.garden.watered", 9)]]
            ),
            state=Raw(self.chance.choice([dump_state(state)] * 5 + [b'{"fold":2}'])),
        )


@settings(often, max_examples=250)
@given(seed=st.integers(0, 2**32), history=st.booleans(), wait=st.booleans())
def test_whatever_is_answered_both_do_the_same(both: type[Both], seed: int, history: bool, wait: bool) -> None:
    made = Anything(seed)
    session = both(history=history, wait=wait)
    for _ in range(ROUNDS):
        standing = made.standing()
        request = session.request(standing)
        if request is None:
            session.look_again()
            continue
        try:
            session.receive(standing, made.answer(request))
        except SyncFailed:
            continue
        match made.chance.randrange(40):
            case 0:
                session.look_again()
            case 1:
                session.is_unknown()
            case 2:
                session.end()


def test_there_was_all_that_there_may_be(both: type[Both]) -> None:
    for seed in range(150):
        made, session = Anything(seed), both(wait=seed % 2 == 0)
        for _ in range(ROUNDS):
            standing = made.standing()
            request = session.request(standing)
            if request is None:
                break
            try:
                session.receive(standing, made.answer(request))
            except SyncFailed:
                break
    assert both.met >= {*ASKS.values(), *NAMES.values()}
