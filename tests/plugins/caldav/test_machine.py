"""After any year of edits on both sides, faults, kills and lost answers among them, both say the same: nothing that was
done there is lost, no goal is reached but by the person, and nothing goes round in circles.

A real Radicale stands at the other end of a bad line; Milepost's server may be killed between any two transactions.
"""

import asyncio
import contextlib
import tempfile
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path
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
PLACES = st.integers(0, 9)
WORDS = st.sampled_from(["Walk", "Sing; and sing", "Rest, a lot", "Write\\n", "Rund um den Teich", "Round"])
DAYS = st.none() | st.integers(-20, 60)
STEP_STATUS = st.sampled_from(["planned", "reached", "dropped"])
GOAL_STATUS = st.sampled_from(["active", "paused", "let_go", "achieved"])


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
        self.gone_there: set[str] = set()
        self.unsure: set[str] = set()

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
        self.add_goal("Walk")
        self.add_step(0, "Round", 3)
        self.turn(0, [])

    # The person, on their own devices

    def write(self, decide: Any) -> None:
        self.now += 1_000
        self.run(self.services.journals.write(self.journal, self.by, decide, self.now))

    def state(self) -> State:
        found: State = self.run(self.services.journals.state(self.journal)).state
        return found

    def some(self, kind: str, place: int) -> str | None:
        known = self.state().visible(kind)
        return known[place % len(known)] if known else None

    def day(self, days: int) -> str:
        return (datetime.fromtimestamp(self.now / 1000, UTC).date() + timedelta(days=days)).isoformat()

    def change(self, kind: str, entity: str, **fields: Any) -> None:
        self.write(lambda state: by_kind.change(state, kind, entity, fields, self.today))

    @rule(title=WORDS)
    def add_goal(self, title: str) -> None:
        if len(self.state().visible("goal")) < 3:
            self.write(lambda state: by_kind.make(state, new_id, "goal", {"title": title}, self.today)[1])

    @rule(place=PLACES, title=WORDS, due=DAYS)
    def add_step(self, place: int, title: str, due: int | None) -> None:
        if (goal := self.some("goal", place)) and len(self.state().visible("milestone")) < 8:
            fields = {"goal": goal, "title": title, **({"due": self.day(due)} if due is not None else {})}
            self.write(lambda state: by_kind.make(state, new_id, "milestone", fields, self.today)[1])

    @rule(title=WORDS)
    def add_practice(self, title: str) -> None:
        if not self.state().visible("practice"):
            fields = {"title": title, "recurrence": "FREQ=DAILY;INTERVAL=3", "start": self.today}
            self.write(lambda state: by_kind.make(state, new_id, "practice", fields, self.today)[1])

    @rule(place=PLACES, title=WORDS, kind=st.sampled_from(["goal", "milestone"]))
    def retitle(self, place: int, title: str, kind: str) -> None:
        if entity := self.some(kind, place):
            self.change(kind, entity, title=title)

    @rule(place=PLACES, due=DAYS)
    def move(self, place: int, due: int | None) -> None:
        if step := self.some("milestone", place):
            self.change("milestone", step, due=None if due is None else self.day(due))

    @rule(place=PLACES, status=STEP_STATUS)
    def turn_step(self, place: int, status: str) -> None:
        if step := self.some("milestone", place):
            self.change("milestone", step, status=status)
            self.done_there.discard(step)

    @rule(place=PLACES, status=GOAL_STATUS)
    def turn_goal(self, place: int, status: str) -> None:
        if goal := self.some("goal", place):
            self.change("goal", goal, status=status)
            self.goal_status[goal] = status
            if status == "let_go":
                self.forget_steps(goal)

    def forget_steps(self, goal: str) -> None:
        state = self.state()
        steps = {
            step for step in state.entities.get("milestone", {}) if state.fields("milestone", step)["goal"] == goal
        }
        self.done_there -= steps
        self.gone_there -= (
            steps  # where they come back, they are put there anew unless it is known that they were deleted
        )
        self.unsure |= steps

    @rule(kind=st.sampled_from(["milestone", "milestone", "goal"]), place=PLACES)
    def take_back(self, kind: str, place: int) -> None:
        if (entity := self.some(kind, place)) and len(self.state().visible(kind)) > 1:
            self.write(lambda state: by_kind.take_back(state, kind, entity))
            self.done_there.discard(entity)
            if kind == "goal":
                self.forget_steps(entity)

    @rule(place=PLACES, agree=st.booleans())
    def decide(self, place: int, agree: bool) -> None:
        state = self.state()
        undecided = [one for one in state.visible("proposal") if state.fields("proposal", one).get("decision") is None]
        if not undecided:
            return
        proposal = undecided[place % len(undecided)]
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

    def there(self, place: int) -> tuple[str, str, Any, Any, str] | None:
        items = self.items()
        return items[place % len(items)] if items else None

    def put(self, path: str, etag: str, calendar: Any) -> None:
        headers = {"if-match": etag, "content-type": "text/calendar"}
        assert self.radicale.http.put(path, content=calendar.to_ical(), headers=headers).is_success

    @rule(place=PLACES)
    def complete(self, place: int) -> None:
        if item := self.there(place):
            path, etag, calendar, todo, entity = item
            if str(todo.get("STATUS")) == "COMPLETED":
                return
            for name, value in (("STATUS", "COMPLETED"), ("PERCENT-COMPLETE", 100)):
                todo.pop(name, None)
                todo.add(name, value)
            todo.add("COMPLETED", datetime.fromtimestamp(self.now // 1000, UTC))
            self.put(path, etag, calendar)
            if entity in self.state().visible("milestone"):
                self.done_there.add(entity)

    @rule(place=PLACES)
    def reopen(self, place: int) -> None:
        if item := self.there(place):
            path, etag, calendar, todo, entity = item
            for name in ("STATUS", "PERCENT-COMPLETE", "COMPLETED"):
                todo.pop(name, None)
            todo.add("STATUS", "NEEDS-ACTION")
            self.put(path, etag, calendar)
            self.done_there.discard(entity)

    @rule(place=PLACES, title=WORDS, due=DAYS)
    def edit(self, place: int, title: str, due: int | None) -> None:
        if item := self.there(place):
            path, etag, calendar, todo, entity = item
            if entity not in self.state().visible("milestone"):
                return
            todo["SUMMARY"] = title
            todo.pop("DUE", None)
            if due is not None:
                todo.add("DUE", datetime.fromisoformat(self.day(due)).date())
            self.put(path, etag, calendar)

    @rule(place=PLACES)
    def delete(self, place: int) -> None:
        if item := self.there(place):
            assert self.radicale.http.delete(item[0], headers={"if-match": item[1]}).is_success
            self.done_there.discard(item[4])
            self.gone_there.add(item[4])

    # The connection

    @rule(
        kill_at=st.integers(0, 14),
        faults=st.lists(st.sampled_from(["ok", "ok", "ok", "busy", "cut", "lost"]), max_size=8),
    )
    def turn(self, kill_at: int, faults: list[str]) -> None:
        self.kill_at, self.line.faults = kill_at, list(faults)
        self.now += 2 * 3_600_000
        try:
            for _ in range(3):
                if not self.run(self.services.schedule.turn(self.journal, "caldav")):
                    break
        except (Failed, Held):
            pass
        except Killed:
            self.kill_at = 0
            self.services.host.end()
            with contextlib.suppress(Exception):
                self.run(self.database.close())
            self.open()
        self.kill_at, self.line.faults = 0, []

    @rule(days=st.integers(1, 25))
    def pass_days(self, days: int) -> None:
        self.now += days * DAY_MS

    @rule()
    def connect_anew(self) -> None:
        """Settings change: everything is sent again."""
        kept = self.run(self.looking.one("caldav"))
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
        shown = {entity: _shown(todo) for entity, todo in there.items()}
        for entity in self.gone_there | self.unsure:
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
                assert state.fields("milestone", step).get("status") == "reached" or step in proposed


def _shown(todo: Any) -> tuple[str, bool, str]:
    due = todo["DUE"].dt.isoformat() if "DUE" in todo else ""
    return clean(str(todo["SUMMARY"])), str(todo.get("STATUS")) == "COMPLETED", due


async def _awaited(work: Any) -> Any:
    return await work


quick = settings(
    max_examples=15,
    stateful_step_count=30,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
    print_blob=True,
)


def test_after_a_year_of_edits_and_faults_both_sides_say_the_same(radicale_once: Radicale) -> None:
    Machine.radicale = radicale_once
    run_state_machine_as_test(Machine, settings=quick)
