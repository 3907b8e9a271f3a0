"""What people do on both sides, by chance: the person in their journal, and somebody, who may be the same, in a calendar."""

import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any, ClassVar
from unittest import mock

import httpx
from icalendar import Calendar

from milepost.clock import new_id
from milepost.commands import by_kind, proposing
from tests.server.hosting.mortal import Mortal

WORDS = ("Walk", "Sing; and sing", "Rest, a lot", "Write\\n", "Rund um den Teich", "Round")


class Deeds(Mortal):
    """A machine says what there is; here is what is done to it."""

    done: ClassVar[Counter[str]] = Counter()
    """How often what was done, in all examples."""

    def __init__(self) -> None:
        # Ids are the same each time: what is sent first goes by them, so a seed that fails once fails again.
        self._chance = Random(0)
        self._ids = mock.patch("uuid.uuid4", self._next_id)
        self._ids.start()
        self.trace: list[tuple[str, str]] = []
        """(entity, words) of all that was done on both sides, in order; no entity where it concerns all."""
        super().__init__()

    def end(self) -> None:
        super().end()
        self._ids.stop()

    def _next_id(self) -> uuid.UUID:
        return uuid.UUID(int=self._chance.getrandbits(128), version=4)

    # What was done

    def note(self, words: str, entity: str = "") -> None:
        """What was done, to be read where something fails."""
        self.trace.append((entity, f"{self.now_text} {words}"))

    @property
    def now_text(self) -> str:
        return f"{datetime.fromtimestamp(self.now / 1000, UTC):%Y-%m-%d %H:%M}"

    def of(self, *entities: str) -> list[str]:
        """What was done about entities, or concerns all."""
        return [words for entity, words in self.trace if entity in {*entities, ""}]

    def shown_log(self) -> list[str]:
        """The last lines of the connection's log."""
        details = self.run(self.looking.details(self.run(self.looking.one("caldav"))))
        return [f"{line.what}: {line.words}" for line in details.log[:12]]

    def check(self, holds: object, words: str, *entities: str) -> None:
        """That something holds; else `words` say what was expected and what was found."""
        if not holds:
            done = "\n  ".join(self.of(*entities))
            log = "\n  ".join(self.shown_log())
            raise AssertionError(f"{words}\nDone about {', '.join(entities)}:\n  {done}\nThe log ends with:\n  {log}")

    @contextmanager
    def explained(self) -> Iterator[None]:
        """Whatever goes wrong inside, all that was done stands below it."""
        try:
            yield
        except Exception as error:
            error.add_note("\n".join(["All that was done:", *(f"  {of[:8]:8} {words}" for of, words in self.trace)]))
            raise

    # The person, on their own devices

    def some(self, kind: str, chance: Random) -> str | None:
        known = self.state().visible(kind)
        return chance.choice(known) if known else None

    def day(self, chance: Random) -> str | None:
        days = chance.choice([None, *range(-20, 60, 10)])
        today = datetime.fromtimestamp(self.now / 1000, UTC).date()
        return None if days is None else (today + timedelta(days=days)).isoformat()

    def make(self, kind: str, **fields: Any) -> None:
        self.note(f"made here: {kind} {fields}")
        self.write(lambda state: by_kind.make(state, new_id, kind, fields, self.today)[1])

    def change(self, kind: str, entity: str, **fields: Any) -> None:
        self.note(f"changed here: {kind} {fields}", entity)
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
            self.note(f"taken back here: {kind}", entity)
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
        self.note(f"{verb.__name__} here: {change}", change["id"])
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
            self.check(answer.is_success, f"GET of {path}: expected success, found {_said(answer)}")
            calendar = Calendar.from_ical(answer.text)
            todo = calendar.walk("VTODO")[0]
            found.append((path, answer.headers["etag"], calendar, todo, known.get(str(todo["UID"]), "")))
        places = {entity: place for place, entity in enumerate(known.values())}
        return sorted(found, key=lambda one: (places.get(one[4], len(places)), one[0]))

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

    def put(self, path: str, etag: str, calendar: Any, entity: str, words: str) -> None:
        headers = {"if-match": etag, "content-type": "text/calendar"}
        self.note(f"{words} there: {path[-20:]}", entity)
        answer = self.radicale.http.put(path, content=calendar.to_ical(), headers=headers)
        self.check(answer.is_success, f"PUT of {path} over {etag}: expected success, found {_said(answer)}", entity)

    def complete(self, chance: Random) -> None:
        if item := self.there(chance):
            path, etag, calendar, todo, entity = item
            if str(todo.get("STATUS")) == "COMPLETED":
                return
            for name, value in (("STATUS", "COMPLETED"), ("PERCENT-COMPLETE", 100)):
                todo.pop(name, None)
                todo.add(name, value)
            todo.add("COMPLETED", datetime.fromtimestamp(self.now // 1000, UTC))
            self.put(path, etag, calendar, entity, "completed")
            self.done["completed"] += 1
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
            self.put(path, etag, calendar, entity, "reopened")
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
            self.put(path, etag, calendar, entity, f"edited ({todo['SUMMARY']!r}, due {due})")

    def delete(self, chance: Random) -> None:
        if (item := self.there(chance)) and len(self.items()) > 4:
            self.note(f"deleted there: {item[0][-20:]}", item[4])
            answer = self.radicale.http.delete(item[0], headers={"if-match": item[1]})
            words = f"DELETE of {item[0]} at {item[1]}: expected success, found {_said(answer)}"
            self.check(answer.is_success, words, item[4])
            self.done_there.discard(item[4])
            self.practised.discard(str(item[3]["UID"]))
            self.gone_there.add(item[4])
            if item[4] and self.knows_all:
                self.gone_unseen.add(item[4])

    def at_once(self, chance: Random) -> None:
        """A step is completed there while it is called otherwise here: neither side has seen the other's."""
        for path, etag, calendar, todo, entity in self.items():
            if self.is_step(entity) and str(todo.get("STATUS")) != "COMPLETED" and entity not in self.wavering:
                todo["STATUS"] = "COMPLETED"
                self.put(path, etag, calendar, entity, "completed")
                self.done_there.add(entity)
                self.change("milestone", entity, title=f"{chance.choice(WORDS)} {chance.randrange(99)}")
                return


def _said(answer: httpx.Response) -> str:
    return f"{answer.status_code}, version {answer.headers.get('etag')}: {answer.text[:200]}"
