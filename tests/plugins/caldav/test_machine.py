"""After any year of edits on both sides, faults, kills and lost answers among them, both say the same: nothing that was
done there is lost, no goal is reached but by the person, and nothing goes round in circles.

A real Radicale stands at the other end of a bad line; Milepost's server may be killed between any two transactions.
"""

import asyncio
import contextlib
import tempfile
import uuid
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any, ClassVar

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from icalendar import Calendar

from milepost.clock import new_id
from milepost.commands import by_kind, proposing
from milepost.connection_messages import ConnectionChange, ConnectionRequest
from milepost.database import Unit
from milepost.journal import State
from milepost_caldav.todos import clean, due_of
from milepost_server.access import Admitted
from milepost_server.hosting.calling import Failed
from milepost_server.hosting.host import Told
from milepost_server.hosting.looking import Looking
from milepost_server.hosting.schedule import Held
from milepost_server.records import Caller, claim
from milepost_server.services import open_services
from tests.plugins.caldav.bad_line import BadLine
from tests.plugins.caldav.servers import NAME, PASSWORD, Radicale

BEGINS_MS = 1_800_000_000_000
DAY_MS = 24 * 3_600_000
WORDS = ("Walk", "Sing; and sing", "Rest, a lot", "Write\\n", "Rund um den Teich", "Round")
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
THERE = ("complete", "complete", "complete", "reopen", "edit", "edit", "delete")
DAYS = st.sampled_from([1, 3, 7, 7, 14, 30])
ANEW = st.sampled_from([False] * 7 + [True])
KILLS = st.sampled_from([0, 0, 0, *range(1, 15)])
FAULTS = st.lists(st.sampled_from(["ok", "ok", "ok", "busy", "cut", "lost"]), max_size=8)
DEEDS = st.tuples(st.sampled_from([*HERE, *THERE]), st.integers(0, 2**20))


class Killed(BaseException):
    """The process ends here."""


class Machine(RuleBasedStateMachine):
    radicale: ClassVar[Radicale]

    def __init__(self) -> None:
        super().__init__()
        self.radicale.empty()
        self.line = BadLine(self.radicale.port)
        self.folder = tempfile.TemporaryDirectory()
        self.runner = asyncio.Runner()
        self.now, self.journal, self.kill_at = BEGINS_MS, new_id(), 0
        self.open()
        self.run(self.services.database.write(claim(self.journal, self.by.caller, private=True, now=self.now)))
        self.goal_status: dict[str, str] = {}
        """What the person said of their goals, and nobody else may."""
        self.done_there: set[str] = set()
        """Steps that were completed there, and of which nobody has said anything else since."""
        self.wavering: set[str] = set()
        """Steps that were opened again and not looked at since: completed once more, they are as they were."""
        self.deeds: list[tuple[str, str]] = []
        self.gone_there: set[str] = set()
        self.practised: set[str] = set()
        """Days of a practice that were completed there."""

    def run(self, work: Any) -> Any:
        return self.runner.run(_awaited(work))

    def open(self) -> None:
        self.services, self.database = self.run(open_services(Path(self.folder.name)))
        self.services.now_ms = lambda: self.now
        self.services.host.grace_s = 0.01
        self.run(self.services.host.set("caldav", Told(enabled=True), 0))
        self.by = Admitted(Caller(self.services.account, "0" * 8, "api"), "owner")
        write = self.database.write

        async def counted(work: Unit[Any]) -> Any:
            self.kill_at -= 1
            if self.kill_at == 0:
                raise Killed
            return await write(work)

        self.database.write = counted

    @property
    def looking(self) -> Looking:
        return Looking(self.services, self.journal, self.by)

    @property
    def today(self) -> str:
        return datetime.fromtimestamp(self.now / 1000, UTC).date().isoformat()

    @initialize()
    def connect(self) -> None:
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
        for deed, seed in deeds:
            getattr(self, deed)(Random(seed))
        if anew:
            self.connect_anew()
        self.turn(kill_at, faults)
        self.now += days * DAY_MS

    # The person, on their own devices

    def write(self, decide: Any) -> None:
        self.now += 1_000
        self.run(self.services.journals.write(self.journal, self.by, decide, self.now))

    def state(self) -> State:
        found: State = self.run(self.services.journals.state(self.journal)).state
        return found

    def some(self, kind: str, chance: Random) -> str | None:
        known = self.state().visible(kind)
        return chance.choice(known) if known else None

    def day(self, chance: Random) -> str | None:
        days = chance.choice([None, *range(-20, 60, 10)])
        today = datetime.fromtimestamp(self.now / 1000, UTC).date()
        return None if days is None else (today + timedelta(days=days)).isoformat()

    def make(self, kind: str, **fields: Any) -> None:
        self.write(lambda state: by_kind.make(state, new_id, kind, fields, self.today)[1])

    def change(self, kind: str, entity: str, **fields: Any) -> None:
        self.write(lambda state: by_kind.change(state, kind, entity, fields, self.today))

    def add_goal(self, chance: Random) -> None:
        if len(self.state().visible("goal")) < 3:
            self.make("goal", title=chance.choice(WORDS))

    def add_step(self, chance: Random) -> None:
        if (goal := self.some("goal", chance)) and len(self.state().visible("milestone")) < 8:
            due = self.day(chance)
            self.make("milestone", goal=goal, title=chance.choice(WORDS), **({"due": due} if due else {}))

    def add_practice(self, chance: Random) -> None:
        if not self.state().visible("practice"):
            self.make("practice", title=chance.choice(WORDS), recurrence="FREQ=DAILY;INTERVAL=3", start=self.today)

    def retitle(self, chance: Random) -> None:
        kind = chance.choice(["goal", "milestone"])
        if entity := self.some(kind, chance):
            self.change(kind, entity, title=chance.choice(WORDS))

    def move(self, chance: Random) -> None:
        if step := self.some("milestone", chance):
            self.change("milestone", step, due=self.day(chance))

    def turn_step(self, chance: Random) -> None:
        if step := self.some("milestone", chance):
            status = chance.choice(["planned", "reached", "reached", "dropped"])
            self.change("milestone", step, status=status)
            self.deeds.append((step, status))
            self.done_there.discard(step)
            if status == "reached":
                self.wavering.add(step)

    def turn_goal(self, chance: Random) -> None:
        if goal := self.some("goal", chance):
            status = chance.choice(["active", "active", "paused", "let_go", "achieved"])
            self.change("goal", goal, status=status)
            self.goal_status[goal] = status
            if status == "let_go":
                self.forget_steps(goal)

    def forget_steps(self, goal: str) -> None:
        state = self.state()
        of_goal = [one for one in state.entities.get("milestone", {}) if state.fields("milestone", one)["goal"] == goal]
        self.done_there.difference_update(of_goal)

    def take_back(self, chance: Random) -> None:
        kind = chance.choice(["milestone", "milestone", "milestone", "goal"])
        if (entity := self.some(kind, chance)) and len(self.state().visible(kind)) > 1:
            self.write(lambda state: by_kind.take_back(state, kind, entity))
            self.done_there.discard(entity)
            if kind == "goal":
                self.forget_steps(entity)

    def decide(self, chance: Random) -> None:
        state = self.state()
        undecided = [one for one in state.visible("proposal") if state.fields("proposal", one).get("decision") is None]
        if not undecided:
            return
        proposal, agree = chance.choice(undecided), chance.random() < 0.5
        change = state.fields("proposal", proposal)["change"]
        if change["id"] not in state.visible(change["kind"]):
            return
        verb = proposing.accept if agree else proposing.decline
        self.write(lambda state: verb(state, proposal, self.today))
        self.done_there.discard(change["id"])
        if agree and change["kind"] == "goal" and "status" in change["fields"]:
            self.goal_status[change["id"]] = change["fields"]["status"]

    # Somebody, there

    def items(self) -> list[tuple[str, str, Any, Any, str]]:
        """(path, version, calendar, task, what of the journal it is) of each task there."""
        known = self.uids()
        found = []
        for path in self.radicale.paths():
            answer = self.radicale.http.get(path)
            calendar = Calendar.from_ical(answer.text)
            todo = calendar.walk("VTODO")[0]
            found.append((path, answer.headers["etag"], calendar, todo, known.get(str(todo["UID"]), "")))
        return sorted(found, key=lambda one: one[0])

    def uids(self) -> dict[str, str]:
        connection = uuid.UUID(self.run(self.looking.one("caldav")).uid)
        state = self.state()
        return {
            str(uuid.uuid5(connection, f"{kind}/{entity}")): entity
            for kind in ("goal", "milestone")
            for entity in state.entities.get(kind, {})
        }

    def there(self, chance: Random) -> tuple[str, str, Any, Any, str] | None:
        items = self.items()
        return chance.choice(items) if items else None

    def is_step(self, entity: str) -> bool:
        """Whether it is a step that the journal still shows."""
        state = self.state()
        goal = state.fields("milestone", entity)["goal"] if entity in state.visible("milestone") else ""
        return goal in state.visible("goal")

    def put(self, path: str, etag: str, calendar: Any) -> None:
        headers = {"if-match": etag, "content-type": "text/calendar"}
        assert self.radicale.http.put(path, content=calendar.to_ical(), headers=headers).is_success

    def complete(self, chance: Random) -> None:
        if item := self.there(chance):
            path, etag, calendar, todo, entity = item
            if str(todo.get("STATUS")) == "COMPLETED":
                return
            for name, value in (("STATUS", "COMPLETED"), ("PERCENT-COMPLETE", 100)):
                todo.pop(name, None)
                todo.add(name, value)
            todo.add("COMPLETED", datetime.fromtimestamp(self.now // 1000, UTC))
            self.put(path, etag, calendar)
            self.deeds.append((entity, "completed there"))
            if self.is_step(entity) and entity not in self.wavering:
                self.done_there.add(entity)
            elif not entity:
                self.practised.add(str(todo["UID"]))

    def reopen(self, chance: Random) -> None:
        if item := self.there(chance):
            path, etag, calendar, todo, entity = item
            for name in ("STATUS", "PERCENT-COMPLETE", "COMPLETED"):
                todo.pop(name, None)
            todo.add("STATUS", "NEEDS-ACTION")
            self.put(path, etag, calendar)
            self.deeds.append((entity, "reopened there"))
            self.done_there.discard(entity)
            self.wavering.add(entity)
            self.practised.discard(str(todo["UID"]))

    def edit(self, chance: Random) -> None:
        if item := self.there(chance):
            path, etag, calendar, todo, entity = item
            if entity not in self.state().visible("milestone"):
                return
            due = self.day(chance)
            todo["SUMMARY"] = chance.choice(WORDS)
            todo.pop("DUE", None)
            if due is not None:
                todo.add("DUE", date.fromisoformat(due))
            self.put(path, etag, calendar)

    def delete(self, chance: Random) -> None:
        if (item := self.there(chance)) and len(self.items()) > 4:
            assert self.radicale.http.delete(item[0], headers={"if-match": item[1]}).is_success
            self.done_there.discard(item[4])
            self.practised.discard(str(item[3]["UID"]))
            self.gone_there.add(item[4])

    # The connection

    def turn(self, kill_at: int, faults: list[str]) -> None:
        self.kill_at, self.line.faults = kill_at, list(faults)
        self.now += 2 * 3_600_000
        try:
            for _ in range(3):
                if not self.run(self.services.schedule.turn(self.journal, "caldav")):
                    self.wavering.clear()
                    break
        except (Failed, Held):
            self.deeds.append(("", "failed"))
        except Killed:
            self.kill_at = 0
            self.services.host.end()
            with contextlib.suppress(Exception):
                self.run(self.database.close())
            self.open()
        self.kill_at, self.line.faults = 0, []

    def connect_anew(self) -> None:
        """Settings change: everything is sent again."""
        kept = self.run(self.looking.one("caldav"))
        self.deeds.append(("", "connected anew"))
        more = set(kept.scopes.split()) ^ {"assessments"} | {"numbers"}
        self.run(self.looking.change(kept, ConnectionChange(scopes=sorted(more))))  # type: ignore[arg-type]

    # What holds

    @invariant()
    def no_goal_is_reached_but_by_the_person(self) -> None:
        state = self.state()
        for goal in state.entities.get("goal", {}):
            assert state.fields("goal", goal).get("status", "active") == self.goal_status.get(goal, "active")

    def settle(self) -> None:
        """With no faults any more, a few turns bring everything right."""
        before: Any = None
        for _ in range(8):
            self.now += DAY_MS // 4
            for _ in range(20):
                if not self.run(self.services.schedule.turn(self.journal, "caldav")):
                    break
            else:
                raise AssertionError("it goes on and on")
            now = (self.radicale.bodies(), self.run(self.services.store.head(self.journal)).seq)
            if now == before:
                return
            before = now
        raise AssertionError("it never comes to rest")

    def teardown(self) -> None:
        try:
            if self.run(self.looking.all()):
                self.settle()
                self.both_say_the_same()
                self.nothing_done_is_lost()
        finally:
            self.services.host.end()
            self.run(self.database.close())
            self.runner.close()
            self.folder.cleanup()
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
        for entity in self.gone_there:
            if entity not in shown:
                expected.pop(entity, None)
        assert shown == expected

    def nothing_done_is_lost(self) -> None:
        state = self.state()
        proposed = {
            state.fields("proposal", one)["change"]["id"]
            for one in state.visible("proposal")
            if "status" in state.fields("proposal", one)["change"]["fields"]
        }
        for step in self.done_there:
            if step in state.visible("milestone"):
                said = [deed for deed in self.deeds if deed[0] in {step, ""}]
                assert state.fields("milestone", step).get("status") == "reached" or step in proposed, said
        made = {str(state.fields("checkin", one).get("external_id", ""))[:36] for one in state.visible("checkin")}
        assert made >= self.practised


def _shown(todo: Any) -> tuple[str, bool, str]:
    due = todo["DUE"].dt.isoformat() if "DUE" in todo else ""
    return clean(str(todo["SUMMARY"])), str(todo.get("STATUS")) == "COMPLETED", due


async def _awaited(work: Any) -> Any:
    return await work


quick = settings(
    max_examples=6,
    stateful_step_count=12,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
    print_blob=True,
)


def test_after_a_year_of_edits_and_faults_both_sides_say_the_same(radicale_once: Radicale) -> None:
    Machine.radicale = radicale_once
    run_state_machine_as_test(Machine, settings=quick)
