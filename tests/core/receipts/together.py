"""A journal of two people, and what a server is told when it lost something of it."""

from typing import NamedTuple

from milepost.clock import new_id
from milepost.device import Device
from milepost.envelope import Event, genesis_chain
from milepost.events import Draft
from milepost.receipts import Proof, link_of, walk
from milepost.store import PushResult
from milepost_server.access import Admitted
from milepost_server.records import Caller
from tests.simulation import World


class Together(NamedTuple):
    """A journal of two: the owner and the therapist, each with a device."""

    world: World
    journal: str
    mine: Device
    theirs: Device
    account: str
    """The therapist's."""

    def say(self, device: Device, *texts: str) -> list[Event]:
        return device.append(self.journal, [Draft("topic.added", {"id": new_id(), "text": text}) for text in texts])

    def talk(self, turns: int) -> None:
        """Both write in turns, and hear of each other."""
        for turn in range(turns):
            for device in (self.mine, self.theirs):
                self.say(device, f"{turn}")
                self.world.meet(device)
                self.world.now_ms += 1_000

    def settle(self) -> None:
        self.world.settle([self.mine, self.theirs], self.journal)

    def said(self) -> list[tuple[str, str, bytes]]:
        """What the server's log holds, whatever its order."""
        return sorted((e.actor, e.device, e.payload) for e in self.world.log(self.journal))

    def repair(
        self, events: list[Event], proofs: list[Proof] | None = None, *, account: str = "", journal: str = ""
    ) -> list[PushResult]:
        """A request of a client that says what it likes."""
        caller = Admitted(Caller(account or self.world.services.account, "one"), "owner")
        journals = self.world.services.journals
        results: list[PushResult] = self.world.run(
            journals.repair(journal or self.journal, caller, events, proofs or [], self.world.now_ms)
        )
        return results

    def proof(self, log: list[Event], end: int, after: int = 0) -> Proof:
        """What shows that a run of the log was there, with the server's receipt for its end."""
        links = [link_of(self.journal, event) for event in log[:end]]
        start = walk(genesis_chain(self.journal).hex(), links[:after])
        receipt = self.world.services.journals.receipts.place(self.journal, end, walk(start, links[after:]))
        return Proof(start, links[after:], end, receipt)


def outcomes(results: list[PushResult]) -> list[str]:
    return [result.outcome for result in results]
