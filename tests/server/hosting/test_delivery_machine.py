"""After any schedule of changes, faults, kills and grants, what is outside is what the journal shows, and nothing is lost.

The world outside is slow to anger: at any call it may fail, put off or reject some changes. The server may be killed
between any two of its transactions: what was under way is forgotten, and another server goes on with what is stored.
"""

import contextlib
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from milepost.clock import new_id
from milepost.commands import by_kind
from milepost.connection_messages import ConnectionChange, ConnectionRequest, Letter
from milepost.envelope import decode_event
from milepost.events import Draft, read_fields
from milepost.journal import State
from milepost.plugin_api import Answer, Change, Later, Rejected, Scope, plain
from milepost.projection import every_entity, project_entity
from milepost.register import is_hidden
from milepost_server.hosting.connections import Kept
from milepost_server.hosting.host import Told
from tests.server.hosting.mortal import Mortal, short
from tests.server.hosting.world import World, bringing, connector, points

TODAY = "2027-01-15"
NOW = 1_800_000_000_000
WORDS = st.sampled_from(["Walk", "Sing", "Rest", "Write", "Round", "Red"])
SCOPES: st.SearchStrategy[set[Scope]] = st.sets(
    st.sampled_from(["titles", "dates", "numbers", "free-text", "assessments"])
)


class Machine(Mortal):
    delivery: ClassVar[str] = "net"
    not_compared: ClassVar[frozenset[str]] = frozenset({"changed_at"})

    def __init__(self) -> None:
        self.world = World()
        self.faults: list[Answer | Exception | None] = []
        self.world.behave = self.behave
        self.events_sent: list[tuple[int, str]] = []
        super().__init__()

    def set_up(self) -> None:
        self.services.host.points = lambda: points(
            world=bringing(connector(self.world, delivery=self.delivery, batch=3, timeout_s=5.0))
        )
        self.run(self.services.host.set("world", Told(enabled=True), 0))

    def behave(self, change: Change) -> Answer | None:
        fault = self.faults.pop(0) if self.faults else None
        if isinstance(fault, Exception):
            raise fault
        event = getattr(change, "event", None)
        if event is not None and not isinstance(fault, Later):
            self.events_sent.append((event.seq, change.key))
        return fault

    def kept(self) -> Kept:
        kept: Kept = self.run(self.looking.one("world"))
        return kept

    @initialize(scopes=SCOPES, plain=st.booleans())
    def connect(self, scopes: set[Scope], plain: bool) -> None:
        asked = ConnectionRequest(to="world", scopes=sorted(scopes), plain=plain)
        self.run(self.looking.add(asked, "http://here.example"))

    def some(self, kind: str, place: int) -> str | None:
        known = self.state().visible(kind)
        return known[place % len(known)] if known else None

    @rule(title=WORDS, why=st.none() | WORDS)
    def add_goal(self, title: str, why: str | None) -> None:
        fields = {"title": title, **({"why": why} if why else {})}
        self.write(lambda state: by_kind.make(state, new_id, "goal", fields, TODAY)[1])

    @rule(place=st.integers(0, 5), title=WORDS, due=st.none() | st.just("2027-03-01"))
    def add_step(self, place: int, title: str, due: str | None) -> None:
        if goal := self.some("goal", place):
            fields = {"goal": goal, "title": title, **({"due": due} if due else {})}
            self.write(lambda state: by_kind.make(state, new_id, "milestone", fields, TODAY)[1])

    @rule(place=st.integers(0, 5), count=st.integers(1, 6))
    def check_in(self, place: int, count: int) -> None:
        if goal := self.some("goal", place):
            for value in range(count):
                fields = {"subject": goal, "value": value, "on": TODAY}
                self.write(lambda state, f=fields: by_kind.make(state, new_id, "checkin", f, TODAY)[1])

    @rule(text=WORDS)
    def bring(self, text: str) -> None:
        self.write(lambda state: by_kind.make(state, new_id, "topic", {"text": text}, TODAY)[1])

    @rule(kind=st.sampled_from(["goal", "milestone"]), place=st.integers(0, 5), title=WORDS)
    def retitle(self, kind: str, place: int, title: str) -> None:
        if entity := self.some(kind, place):
            self.write(lambda state: by_kind.change(state, kind, entity, {"title": title}, TODAY))

    @rule(place=st.integers(0, 5), goal=st.integers(0, 5))
    def move_step(self, place: int, goal: int) -> None:
        step, to = self.some("milestone", place), self.some("goal", goal)
        if step and to:
            self.write(lambda state: by_kind.change(state, "milestone", step, {"goal": to}, TODAY))

    @rule(place=st.integers(0, 5), status=st.sampled_from(["reached", "dropped", "planned"]))
    def turn_step(self, place: int, status: str) -> None:
        if step := self.some("milestone", place):
            fields = {"status": status, "on": TODAY}
            self.write(lambda state: by_kind.change(state, "milestone", step, fields, TODAY))

    @rule(kind=st.sampled_from(["goal", "milestone", "checkin", "topic"]), place=st.integers(0, 5))
    def take_back(self, kind: str, place: int) -> None:
        if entity := self.some(kind, place):
            self.write(lambda state: by_kind.take_back(state, kind, entity))

    @rule(zone=st.sampled_from(["Europe/Berlin", "UTC"]))
    def move_house(self, zone: str) -> None:
        self.write(lambda _: [Draft("journal.revised", {"time_zone": zone})])

    @rule(scopes=st.none() | SCOPES, plain=st.none() | st.booleans())
    def grant(self, scopes: set[Scope] | None, plain: bool | None) -> None:
        more: dict[str, Any] = {} if scopes is None else {"scopes": sorted(scopes)}
        more |= {} if plain is None else {"plain": plain}
        self.run(self.looking.change(self.kept(), ConnectionChange(**more)))

    @rule(faults=st.lists(st.sampled_from(["done", "done", "done", "later", "raise", "reject"]), max_size=12))
    def fault(self, faults: list[str]) -> None:
        made: dict[str, Any] = {"done": None, "later": Later("busy"), "raise": OSError("cut"), "reject": Rejected("no")}
        self.faults += [made[name] for name in faults]

    @rule(kill_at=st.integers(0, 12), hours=st.sampled_from([0, 0, 1, 72]))
    def turn(self, kill_at: int, hours: int) -> None:
        self.now += hours * 3_600_000
        self.have_turn("world", kill_at)

    @rule()
    def retry(self) -> None:
        with contextlib.suppress(Exception):
            self.run(self.looking.retry(self.kept(), ""))

    @precondition(lambda self: not self.faults)
    @rule()
    def settle(self) -> None:
        """With no faults any more, a few turns bring everything right."""
        self.now += 72 * 3_600_000
        for _ in range(50):
            if not self.run(self.services.schedule.turn(self.journal, "world")):
                break
        else:
            raise AssertionError("it goes on and on")
        kept, state = self.kept(), self.state()
        undecided = self.undecided(kept)
        expected = {
            (kind, entity): plain(project_entity(state, kind, entity, kept.grant))  # type: ignore[arg-type]
            for kind, entity in every_entity(state, kept.grant)
        }
        for key in expected.keys() | self.world.things.keys():
            if key[1] in undecided or (key not in expected and self.may_stay(state, *key)):
                continue
            assert self.seen(self.world.things.get(key)) == self.seen(expected.get(key)), key

    def may_stay(self, state: State, kind: str, entity: str) -> bool:
        """Whether something that is shown no more may stay outside."""
        return False

    def undecided(self, kept: Kept) -> set[str]:
        """Of what something was rejected, which the person has to decide on."""
        return {self.about(letter) for letter in self.run(self.looking.details(kept)).letters}

    def about(self, letter: Letter) -> str:
        return letter.id

    def seen(self, thing: dict[str, Any] | None) -> dict[str, Any] | None:
        if thing is None:
            return None
        return {name: value for name, value in thing.items() if name not in self.not_compared}

    @invariant()
    def a_key_is_of_one_thing(self) -> None:
        known: dict[str, tuple[str, str]] = {}
        for _, kind, entity, key in self.world.requests:
            assert known.setdefault(key, (kind, entity)) == (kind, entity)

    def teardown(self) -> None:
        try:
            self.faults = []
            self.settle()
        finally:
            self.end()


class EachMachine(Machine):
    """The same for a connector that is told every event: of what each is about, and not of what depends on that."""

    delivery = "each"
    not_compared = frozenset({"changed_at", "steps", "reached", "first", "latest", "place", "of", "title"})

    def may_stay(self, state: State, kind: str, entity: str) -> bool:
        """What went only because what it belongs to was taken back: no event is about it."""
        return not is_hidden(state.registers(kind, entity))

    def about(self, letter: Letter) -> str:
        if letter.kind != "event":
            return letter.id
        page = self.run(self.services.store.read(self.journal, int(letter.id) - 1, limit=1, max_bytes=2**20))
        read = read_fields(self.journal, decode_event(page.bodies[0]))
        assert read is not None
        return read[1]

    @invariant()
    def events_are_told_in_order(self) -> None:
        """One that is told again bears the same key, unless all began anew."""
        first: dict[int, str] = {}
        highest = 0
        for seq, key in self.events_sent:
            if seq not in first:
                assert seq > highest or first == {}, (seq, highest)
                highest = max(highest, seq)
            first[seq] = key


TestNet = Machine.TestCase
TestNet.settings = short(25, 30)
TestEach = EachMachine.TestCase
TestEach.settings = short(25, 30)
