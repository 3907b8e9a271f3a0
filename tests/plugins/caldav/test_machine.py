"""After any year of edits on both sides, faults, kills and lost answers among them, both say the same: nothing that was
done there is lost, no goal is reached but by the person, and nothing goes round in circles.

A real Radicale stands at the other end of a bad line; Milepost's server may be killed between any two transactions.
"""

from datetime import UTC, datetime
from random import Random
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule, run_state_machine_as_test

from milepost.connection_messages import ConnectionChange, ConnectionRequest
from milepost_caldav.todos import clean, due_of
from milepost_server.hosting.host import Told
from tests.plugins.caldav.bad_line import BadLine
from tests.plugins.caldav.deeds import Deeds
from tests.plugins.caldav.servers import NAME, PASSWORD, Radicale
from tests.server.hosting.mortal import short

BEGINS_MS = 1_800_000_000_000
DAY_MS = 24 * 3_600_000
HERE = (
    "retitle",
    "move",
    "turn_step",
    "turn_step",
    "add_step",
    "turn_goal",
    "take_back",
    "add_practice",
    "decide",
    "add_goal",
)
THERE = ("complete", "complete", "complete", "reopen", "edit", "edit", "at_once", "at_once", "delete")
DAYS = st.sampled_from([1, 3, 7, 7, 14, 30])
ANEW = st.sampled_from([False] * 7 + [True])
KILLS = st.sampled_from([0, 0, 0, *range(1, 15)])
FAULTS = st.lists(st.sampled_from(["ok", "ok", "ok", "busy", "cut", "lost"]), max_size=8)
DEEDS = st.tuples(st.sampled_from([*HERE, *THERE]), st.integers(0, 2**20))


class Machine(Deeds):
    radicale: ClassVar[Radicale]

    def __init__(self) -> None:
        self.radicale.empty()
        self.line = BadLine(self.radicale.port)
        super().__init__()
        self.goal_status: dict[str, str] = {}
        """What the person said of their goals, and nobody else may."""
        self.done_there: set[str] = set()
        """Steps that were completed there, and of which nobody has said anything else since."""
        self.wavering: set[str] = set()
        """Steps that were opened again and not looked at since: completed once more, they are as they were."""
        self.gone_there: set[str] = set()
        self.gone_unseen: set[str] = set()
        """Deleted there while the connection knew of it, and not looked at since."""
        self.gone_for_good: set[str] = set()
        """Deleted there, and that was looked at: it does not come back, whatever the connection forgets then."""
        self.knows_all = False
        """Whether nothing went wrong since the connection last looked at everything."""
        self.practised: set[str] = set()
        """Days of a practice that were completed there."""

    def set_up(self) -> None:
        self.run(self.services.host.set("caldav", Told(enabled=True), 0))

    @property
    def today(self) -> str:
        return datetime.fromtimestamp(self.now / 1000, UTC).date().isoformat()

    @initialize()
    def connect(self) -> None:
        self.note("connected")
        given = {"url": self.line.url, "username": NAME, "password": PASSWORD, "due": True}
        asked = ConnectionRequest(to="caldav", settings=given, plain=True)
        self.run(self.looking.add(asked, "http://here.example"))
        chance = Random(0)
        for deed in ("add_goal", "add_goal", *["add_step"] * 5, "add_practice"):
            getattr(self, deed)(chance)
        self.turn(0, [])

    @rule(deeds=st.lists(DEEDS, min_size=2, max_size=8), kill_at=KILLS, faults=FAULTS, days=DAYS, anew=ANEW)
    def week(self, deeds: list[tuple[str, int]], kill_at: int, faults: list[str], days: int, *, anew: bool) -> None:
        """Some of both do something, in any order, and then the connection has its turn, or a part of it."""
        with self.explained():
            for deed, seed in deeds:
                getattr(self, deed)(Random(seed))
            if anew:
                self.connect_anew()
            self.turn(kill_at, faults)
        self.now += days * DAY_MS

    # The connection

    def turn(self, kill_at: int, faults: list[str]) -> None:
        self.line.faults = list(faults)
        self.now += 2 * 3_600_000
        if self.have_turn("caldav", kill_at, turns=3):
            self.note("the connection had its turn")
            self.done["looked"] += 1
            if self.run(self.looking.one("caldav")).progress.success_at == self.now:
                self.gone_for_good |= self.gone_unseen
                self.gone_unseen, self.knows_all = set(), True
            self.wavering.clear()
            if not faults and self.run(self.looking.one("caldav")).progress.success_at == self.now:
                self.nothing_done_is_lost()
        else:
            self.gone_unseen, self.knows_all = set(), False
            self.note(f"the connection failed, killed before transaction {kill_at}, with {faults}")
        self.line.rest()  # what is still on its way does not come in between what people do there
        self.line.faults = []

    def connect_anew(self) -> None:
        """Settings change: everything is sent again."""
        kept = self.run(self.looking.one("caldav"))
        self.gone_unseen, self.knows_all = set(), False
        more = set(kept.scopes.split()) ^ {"assessments"} | {"numbers"}
        self.note(f"connected anew, with {sorted(more)}")
        self.run(self.looking.change(kept, ConnectionChange(scopes=sorted(more))))  # type: ignore[arg-type]

    # What holds

    @invariant()
    def no_goal_is_reached_but_by_the_person(self) -> None:
        state = self.state()
        for goal in state.entities.get("goal", {}):
            status, said = state.fields("goal", goal).get("status", "active"), self.goal_status.get(goal, "active")
            with self.explained():
                self.check(
                    status == said, f"The goal {goal}: expected {said!r} as the person said, found {status!r}", goal
                )

    def settle(self) -> None:
        """With no faults any more, a few turns bring everything right."""
        self.note("from here on nothing goes wrong any more")
        before: Any = None
        now: Any = None
        last: Any = None
        for _ in range(8):
            self.now += DAY_MS // 4
            for _ in range(20):
                if not self.run(self.services.schedule.turn(self.journal, "caldav")):
                    break
            else:
                self.check(False, "Expected that there is nothing more to do, found that it goes on and on")
            now = (self.radicale.bodies(), self.run(self.services.store.head(self.journal)).seq)
            if now == before:
                return
            before, last = now, before
        self.check(False, f"Expected that it comes to rest, found at the end {now}\nafter {last}")

    def teardown(self) -> None:
        try:
            with self.explained():
                if self.run(self.looking.all()):
                    self.settle()
                    self.both_say_the_same()
                    self.nothing_done_is_lost()
        finally:
            self.end()
            self.line.end()

    def both_say_the_same(self) -> None:
        state, there = self.state(), {item[4]: item[3] for item in self.items() if item[4]}
        visible = state.visible("goal")
        expected: dict[str, tuple[str, bool, str]] = {}
        for goal in visible:
            fields = state.fields("goal", goal)
            if fields.get("status") != "let_go":
                expected[goal] = (clean(fields["title"]), fields.get("status") == "achieved", "")
        for step in state.visible("milestone"):
            fields = state.fields("milestone", step)
            status = state.fields("goal", fields["goal"]).get("status")
            if fields["goal"] in visible and fields.get("status") != "dropped" and status != "let_go":
                due = due_of(fields.get("due")) if status != "paused" else ""
                expected[step] = (clean(fields["title"]), fields.get("status") == "reached", due)
            if status == "paused" and step in there:
                there[step].pop("DUE", None)  # it is for whoever put it there
        shown = {entity: _shown(todo) for entity, todo in there.items()}
        back = sorted(self.gone_for_good & shown.keys())
        self.check(not back, f"Deleted there: expected that they stay so, found {[shown[one] for one in back]}", *back)
        for entity in self.gone_there:
            if entity not in shown:
                expected.pop(entity, None)
        other = {one for one in shown.keys() | expected.keys() if shown.get(one) != expected.get(one)}
        said = [f"{one}: expected {expected.get(one)}, found there {shown.get(one)}" for one in sorted(other)]
        self.check(not other, "\n".join(said), *sorted(other))

    def nothing_done_is_lost(self) -> None:
        state = self.state()
        proposed = {
            state.fields("proposal", one)["change"]["id"]
            for one in state.visible("proposal")
            if "status" in state.fields("proposal", one)["change"]["fields"]
        }
        for step in self.done_there:
            if step in state.visible("milestone"):
                status = state.fields("milestone", step).get("status")
                words = f"The step {step}, completed there: expected it reached or that proposed, found {status!r}"
                self.check(status == "reached" or step in proposed, words, step)
        made = {str(state.fields("checkin", one).get("external_id", ""))[:36] for one in state.visible("checkin")}
        lost = sorted(self.practised - made)
        self.check(not lost, f"Days of a practice completed there: expected check-ins of {lost}, found {sorted(made)}")


def _shown(todo: Any) -> tuple[str, bool, str]:
    due = todo["DUE"].dt.isoformat() if "DUE" in todo else ""
    return clean(str(todo["SUMMARY"])), str(todo.get("STATUS")) == "COMPLETED", due


def test_after_a_year_of_edits_and_faults_both_sides_say_the_same(radicale_once: Radicale) -> None:
    Machine.radicale = radicale_once
    Machine.done.clear()
    run_state_machine_as_test(Machine, settings=short(6, 12))
    assert {"completed", "looked"} <= Machine.done.keys(), "people did something there, and it was looked at"
