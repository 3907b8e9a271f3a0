"""Whatever a member says in a repair, a server stores nothing of another's that was not once in its log."""

from collections.abc import Iterator
from random import Random
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import UNSET, Raw
from msgspec.structs import replace

from milepost.clock import new_id
from milepost.envelope import Event, genesis_chain, identity_digest
from milepost.errors import InvalidEvent
from milepost.receipts import Proof, link_of, walk
from milepost_server.access import Admitted
from milepost_server.records import Caller
from tests.events import event, redaction
from tests.simulation import START_MS, World, world

DEVICES = [new_id() for _ in range(4)]
"""Two of the member's who gives back, and two of the other's."""


def owner(account: str, device: str) -> Admitted:
    return Admitted(Caller(account, device), "owner")


class Lost:
    """A server that was put back, and what its log held before."""

    def __init__(self, made: World) -> None:
        self.world = made
        mine = made.device("mine")
        self.journal = mine.open_journal("Together")
        made.meet(mine)
        mine.close()
        self.me = made.services.account
        self.other = made.member(self.journal, "therapist")
        self.owners = {device: (self.me, self.other)[i // 2] for i, device in enumerate(DEVICES)}
        for device in DEVICES:
            self.push(self.said(device, 1))
        made.back_up()
        for n in range(2, 5):
            for device in DEVICES:
                self.push(self.said(device, n, seen={other: n - 1 for other in DEVICES if other != device}))
        self.push(replace(self.said(DEVICES[2], 5, seen={DEVICES[0]: 4}), data=Raw(b'{"id":17}')))
        spoken = [one for one in self.log() if one.device == DEVICES[3] and one.n == 3]
        self.push(replace(redaction(5, spoken[0], by=DEVICES[3], seen={DEVICES[0]: 4}), actor=self.other))
        self.push(
            replace(redaction(5, self.log()[-3], by=DEVICES[1], seen=dict.fromkeys(DEVICES[2:], 4)), actor=self.me)
        )
        self.push(self.said(DEVICES[3], 6))
        self.truth = self.log()
        self.links = [link_of(self.journal, one) for one in self.truth]
        self.chains = [walk(genesis_chain(self.journal).hex(), self.links[:at]) for at in range(len(self.links) + 1)]
        self.receipts = [
            made.services.journals.receipts.place(self.journal, at, self.chains[at])
            for at in range(1, len(self.chains))
        ]
        page = made.run(made.services.journals.page(self.journal, 0, 500))
        self.whole = Proof(self.chains[0], self.links, len(self.links), self.receipts[-1])
        self.given = [msgspec.json.decode(bytes(body), type=Event) for body in page.events]

        self.wordless = [at for at, one in enumerate(self.given) if one.receipt]

    def said(self, device: str, n: int, seen: dict[str, int] | None = None) -> Event:
        made = event(n, by=device, seen=seen, at_ms=START_MS, type="topic.added", id=new_id(), text=f"{n}")
        return replace(made, actor=self.owners[device])

    def push(self, one: Event) -> None:
        self.world.now_ms += 1_000
        (result,) = self.world.run(
            self.world.services.journals.push(self.journal, owner(one.actor, one.actor), [one], self.world.now_ms)
        )
        assert result.outcome in {"stored", "rejected"}

    def log(self) -> list[Event]:
        return self.world.log(self.journal)

    def kept(self, one: Event) -> tuple[Any, ...]:
        """All of an event but where it stands, and when it came to stand there."""
        return (identity_digest(self.journal, one), replace(one, seq=0, received_at=0, merge_hlc=""))


@pytest.fixture(scope="module")
def lost(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lost]:
    with world(tmp_path_factory.mktemp("lost")) as made:
        yield Lost(made)


def altered(lost: Lost, one: Event, chance: Random) -> Event:
    """The event with something else in it."""
    another = chance.choice(lost.given)
    changes: list[dict[str, Any]] = [
        {"n": one.n + chance.choice([-1, 1, 2])},
        {"device": chance.choice([*DEVICES, new_id()])},
        {"device": chance.choice(DEVICES[2:]), "n": chance.randint(2, 7)},
        {"seen": chance.choice([{}, another.seen, {DEVICES[1]: 4}])},
        {"actor": chance.choice([lost.me, lost.other, new_id()])},
        {"hlc": chance.choice([another.hlc, "f" * 16, ""])},
        {"salt": another.salt, "data": another.data, "data_digest": another.data_digest},
        {"data": Raw(b'{"id":"%b","text":"Forged"}' % new_id().encode())},
        {"receipt": chance.choice([another.receipt, "", "x.y"])},
        {"data_digest": chance.choice([another.data_digest, "0" * 64]), "salt": ""},
        {"rejected": chance.choice([another.rejected, "no"]), "data": UNSET, "digest": another.digest or "0" * 64},
        {"rejected": "", "digest": ""},
        {"type": another.type, "v": chance.randint(1, 3)},
        {"received_at": chance.choice([0, START_MS, another.received_at]), "merge_hlc": another.merge_hlc},
        {"data": another.data, "receipt": another.receipt},
    ]
    return replace(one, **chance.choice(changes))


def proof(lost: Lost, chance: Random) -> Proof:
    """A way along the true log, mostly."""
    after, end = sorted(chance.sample(range(len(lost.chains)), 2))
    found = Proof(lost.chains[after], lost.links[after:end], end, lost.receipts[end - 1])
    if chance.random() < 0.6:
        return found
    at = chance.randrange(len(found.links))
    wrong = replace_link(found, at, chance)
    return chance.choice(
        [
            replace(found, links=wrong),
            replace(found, links=chance.sample(found.links, len(found.links))),
            replace(found, chain=chance.choice(lost.chains)),
            replace(found, seq=chance.randint(1, 20)),
            replace(found, receipt=chance.choice(lost.receipts)),
            replace(found, receipt=chance.choice([one.receipt for one in lost.given])),
        ]
    )


def replace_link(found: Proof, at: int, chance: Random) -> list[Any]:
    changes: dict[str, Any] = chance.choice(
        [
            {"digest": "0" * 64},
            {"received_at": START_MS},
            {"merge_hlc": ""},
            {"rejected": "no"},
            {"merge_hlc": "0" * 16},
        ]
    )
    return [*found.links[:at], replace(found.links[at], **changes), *found.links[at + 1 :]]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.randoms(use_true_random=False))
def test_nothing_of_anothers_gets_in_that_was_not_there(lost: Lost, chance: Random) -> None:
    lost.world.put_back()
    truth = {lost.kept(one)[0]: lost.kept(one) for one in lost.truth}
    for _ in range(chance.randint(1, 4)):
        events = list(lost.given)
        for at in chance.sample(range(len(events)), chance.randint(0, 2)) + chance.sample(lost.wordless, 1):
            events[at] = altered(lost, events[at], chance)
        if chance.random() < 0.5:
            events = [one for one in events if chance.random() < 0.9]
        if chance.random() < 0.2:
            chance.shuffle(events)
        proofs = [proof(lost, chance) for _ in range(chance.randint(0, 2))]
        proofs += [lost.whole] if chance.random() < 0.5 else []
        journals = lost.world.services.journals
        try:
            lost.world.run(journals.repair(lost.journal, owner(lost.me, "one"), events, proofs, lost.world.now_ms))
        except InvalidEvent:
            continue
    for one in lost.log():
        whose = lost.owners.get(one.device, lost.me) if one.rejected else one.actor
        if whose != lost.me:
            assert lost.kept(one) == truth[identity_digest(lost.journal, one)]


def test_the_true_log_gets_in_whole(lost: Lost) -> None:
    lost.world.put_back()
    journals = lost.world.services.journals
    lost.world.run(journals.repair(lost.journal, owner(lost.me, "one"), lost.given, [lost.whole], lost.world.now_ms))
    assert lost.log() == lost.truth
