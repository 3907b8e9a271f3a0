"""One person's journal of many years: the demo's half-year, then a few goals at a time and a word or number most days.

The mix of `bench.corpus` tells the demo's half-year again and again, a week apart: that is twenty people's goals in one
journal. Here it is one person's, so that most events are check-ins and most goals lie behind.
"""

import functools
import random
import uuid
from datetime import date, timedelta
from itertools import count as counting
from typing import Any

from msgspec import Raw

from bench.corpus import ACTOR, DEVICE, JOURNAL
from examples.demo.journal import events as half_years
from examples.demo.story import TIME_ZONE, StoryClock
from milepost.clock import HybridClock, new_salt
from milepost.envelope import Event
from milepost.events import encode_payload
from milepost.journal import State

HALF_YEAR = 500
ENDS = date(2025, 6, 30)
AT_A_TIME = 4
"""Goals that somebody checks in on."""
GOAL_EVERY, SESSION_EVERY, STEP_EVERY = 90, 14, 23
"""Days from one new goal, session, or reached step to the next."""
NOTE = "A little about how it went, what made it hard, and what helped in the end."


class _Person:
    """Writes one day after the other."""

    def __init__(self) -> None:
        self.made = list(half_years(HALF_YEAR, journal=JOURNAL, device=DEVICE, actor=ACTOR, ends=ENDS))
        self.random = random.Random(1)
        self.clock = StoryClock()
        self.ticks = HybridClock(wall=self.clock)
        state = State(JOURNAL)
        for event in self.made:
            state.apply(event)
        goals = {goal: state.fields("goal", goal) for goal in state.visible("goal")}
        active = [goal for goal, fields in goals.items() if (fields.get("status") or "active") == "active"]
        self.goals: dict[str, str | None] = {goal: goals[goal].get("measure") for goal in active[-AT_A_TIME:]}
        self.steps: list[str] = []

    def new_id(self) -> str:
        return str(uuid.UUID(int=self.random.getrandbits(128), version=4))

    def write(self, name: str, **fields: Any) -> str:
        """One event, some minutes after the one before; gives the id that it is about."""
        self.clock.now_ms += self.random.randint(60_000, 600_000)
        entity: str = fields.setdefault("id", self.new_id())
        self.made.append(
            Event(
                device=DEVICE,
                n=len(self.made) + 1,
                hlc=self.ticks.tick(),
                actor=ACTOR,
                type=name,
                salt=new_salt(),
                data=Raw(encode_payload(name, fields)),
            )
        )
        return entity

    def day(self, number: int) -> None:
        """What is written on one day; on some it is nothing."""
        today = ENDS + timedelta(number)
        self.clock.at(today, 7 * 60)
        on = today.isoformat()
        if number % GOAL_EVERY == 0:
            self.new_goal(on)
        if number % SESSION_EVERY == 0:
            self.session(number, on)
        if self.steps and number % STEP_EVERY == 0:
            self.write("milestone.status_changed", id=self.steps.pop(0), status="reached", on=on)
        for goal, measure in self.goals.items():
            if self.random.random() < 0.7:
                self.checkin(goal, measure, on)

    def checkin(self, goal: str, measure: str | None, on: str) -> None:
        said = {} if measure is None else {"measure": measure, "value": self.random.randint(0, 10)}
        if measure is None or self.random.random() < 0.4:
            said["note"] = NOTE
        checkin = self.write("checkin.recorded", subject=goal, on=on, **said)
        if self.random.random() < 0.02:
            self.write("checkin.amended", id=checkin, note=f"{NOTE} (Put better.)")

    def new_goal(self, on: str) -> None:
        """The one that was longest in work is achieved, and another begins."""
        self.write("goal.status_changed", id=next(iter(self.goals)), status="achieved", on=on)
        del self.goals[next(iter(self.goals))]
        goal = self.write("goal.created", title=f"What matters from {on} on", why=NOTE, start=on, rank=f"m{on}")
        self.goals[goal] = self.write("measure.defined", goal=goal, type="scale", low=0, high=10, better="up")
        self.write("goal.revised", id=goal, measure=self.goals[goal])
        self.steps += [self.write("milestone.added", goal=goal, title=f"Step {step}") for step in range(1, 5)]
        self.write("goal.revised", id=goal, looks_like=NOTE, reason="It is clearer now.")

    def session(self, number: int, on: str) -> None:
        topic = self.write("topic.added", text=NOTE)
        start = {"at": f"{on}T16:00:00", "time_zone": TIME_ZONE}
        session = self.write("session.scheduled", start=start, minutes=50)
        self.write("session.status_changed", id=session, status="held", on=on)
        self.write("topic.status_changed", id=topic, status="discussed", on=on)
        if number % (2 * SESSION_EVERY) == 0:
            self.write("reflection.written", on=on, text=NOTE, session=session, takeaway="Small steps.")


@functools.cache
def years(count: int) -> list[Event]:
    """So many events of one person's journal, in the order they were written."""
    person = _Person()
    for number in counting(1):
        if len(person.made) >= count:
            break
        person.day(number)
    return person.made[:count]
