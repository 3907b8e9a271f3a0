"""Tells the plans as a half-year of changes to a journal: what is created, moved, reached, checked in and put right."""

import random
import uuid
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from examples.demo.deeds import DEEDS, GOOD_LINES, PRACTICES
from examples.demo.deeds_of_care import DEEDS_OF_CARE
from examples.demo.moods import DAYS, Moods
from examples.demo.plan import Plan, Step, Turn
from examples.demo.plans_inward import INWARD, ODD_NOTES
from examples.demo.plans_outward import OUTWARD
from examples.demo.script import Script
from milepost import commands
from milepost.events import Draft
from milepost.journal import State
from milepost.rank import rank_between

TIME_ZONE = "Europe/Dublin"
TITLE = "Juniper Vale, a made-up half-year"
FIRST_TITLE = "My journal"
PLANS = (*OUTWARD, *INWARD)
_ZONE = ZoneInfo(TIME_ZONE)
_RANKED_ON = {50: "Talk to myself the way I talk to my sister", 122: "An evening that belongs to me"}
_TITLED_ON = 31
_LATEST_MINUTE = 23 * 60 + 30


def first_day(ends: date) -> date:
    """The Monday that a half-year ending on this day begins with: what happens on Sundays does so every time."""
    begins = ends - timedelta(days=DAYS - 1)
    return begins - timedelta(days=begins.weekday())


class StoryClock:
    """A wall clock that stands where the story is."""

    def __init__(self) -> None:
        self.now_ms = 0

    def __call__(self) -> int:
        return self.now_ms

    def at(self, day: date, minute: int) -> None:
        """Puts it to a local time of day."""
        moment = datetime(day.year, day.month, day.day, minute // 60, minute % 60, tzinfo=_ZONE)
        self.now_ms = int(moment.timestamp()) * 1000


class Pages:
    """Where a story is written: a state to look at, and a way to write; whoever tells the story says how."""

    def __init__(self, clock: StoryClock, state: Callable[[], State], write: Callable[[Sequence[Draft]], None]) -> None:
        self.clock = clock
        self.state = state
        self.write = write


class Story:
    """One half-year of Juniper's, from a Monday on; the same seed tells the same one."""

    def __init__(self, pages: Pages, ends: date, seed: int) -> None:
        self.pages = pages
        self.ends = ends
        self.begins = first_day(ends)
        self.random = random.Random(seed)
        self.script = Script((*DEEDS, *DEEDS_OF_CARE), pages.state().journal, TIME_ZONE, self.new_id, self.iso)
        self.goals: dict[str, str] = {}
        self.steps: dict[tuple[str, str], str] = {}
        self.measures: dict[str, str] = {}
        self.moods = Moods(self.random)
        self.doubted: list[tuple[str, Plan]] = []
        self.minute = 0

    def new_id(self) -> str:
        """A version 4 UUID out of the seed."""
        return str(uuid.UUID(int=self.random.getrandbits(128), version=4))

    def iso(self, day: int) -> str:
        """A day of the half-year as a date."""
        return (self.begins + timedelta(days=day)).isoformat()

    def write(self, drafts: Sequence[Draft]) -> None:
        """Writes, a little later than what was written before."""
        if not drafts:
            return
        self.minute = min(self.minute + self.random.randint(1, 70), _LATEST_MINUTE)
        self.pages.clock.at(self.begins + timedelta(days=self.today), self.minute)
        self.pages.write(drafts)

    def tell(self) -> None:
        """All of it."""
        for day in range((self.ends - self.begins).days + 1):
            self._tell_day(day)

    def _tell_day(self, day: int) -> None:
        """All that is written on one day; on some it is nothing."""
        self.today, self.minute = day, 7 * 60 + self.random.randint(0, 60)
        self._put_right()
        for plan in PLANS:
            if day == plan.day:
                self._begin(plan)
            if plan.title in self.goals:
                for step in plan.steps:
                    self._step(plan, step)
                for turn in plan.turns:
                    if turn.day == day:
                        self._turn(plan, turn)
                self._check_in(plan)
        self._around()

    def _begin(self, plan: Plan) -> None:
        dates = {"start": self.iso(plan.day), **({"due": self.iso(plan.due)} if plan.due is not None else {})}
        goal, drafts = commands.add_goal(self.pages.state(), self.new_id, plan.title, **plan.fields, **dates)
        self.goals[plan.title] = self.script.ids[plan.title] = goal
        self.write(drafts)
        if plan.asked is not None:
            fields = {"question": None, **plan.asked.fields}
            measure, drafts = commands.define_measure(self.pages.state(), self.new_id, goal, **fields)
            self.measures[plan.title] = measure
            self.write(drafts)

    def _due(self, step: Step, day: int) -> Any:
        return {"at": f"{self.iso(day)}T{step.clock}", "time_zone": TIME_ZONE} if step.clock else self.iso(day)

    def _step(self, plan: Plan, step: Step) -> None:
        """What becomes of one milestone today."""
        state, day = self.pages.state(), self.today
        if day == step.added:
            due = None if step.due is None else self._due(step, step.due)
            milestone, drafts = commands.add_milestone(state, self.new_id, self.goals[plan.title], step.title, due)
            self.steps[plan.title, step.title] = milestone
            self.write(drafts)
        milestone = self.steps.get((plan.title, step.title), "")
        if step.moved is not None and day == step.moved[0]:
            fields = {"due": self._due(step, step.moved[1])}
            self.write(commands.revise_milestone(state, milestone, fields, step.moved[2]))
        for on, percent in step.partly:
            if day == on:
                self.write(commands.revise_milestone(state, milestone, {"progress": percent}))
        if day == step.reached:
            self.write(commands.change_milestone_status(self.pages.state(), milestone, "reach", self.iso(day)))
            if step.note:
                noted = commands.check_in(self.pages.state(), self.new_id, milestone, self.iso(day), note=step.note)
                self.write(noted[1])
        if day == step.dropped:
            self.write(commands.change_milestone_status(state, milestone, "drop", self.iso(day)))

    def _turn(self, plan: Plan, turn: Turn) -> None:
        state, goal = self.pages.state(), self.goals[plan.title]
        if turn.action:
            on = self.iso(turn.day)
            self.write(commands.change_goal_status(state, goal, turn.action, on, turn.reflection))
        if turn.fields:
            self.write(commands.revise_goal(state, goal, turn.fields, turn.reason))

    def _check_in(self, plan: Plan) -> None:
        weekday = (self.begins + timedelta(days=self.today)).weekday()
        goal = self.goals[plan.title]
        active = self.pages.state().fields("goal", goal).get("status", "active") == "active"
        if not active or self.random.random() >= plan.often[weekday]:
            return
        fields = self.moods.checkin(plan, self.today)
        if self.random.random() < 0.15:
            fields["at"] = (
                f"{self.iso(self.today)}T{self.random.randint(7, 21):02}:{self.random.randrange(0, 60, 5):02}:00"
            )
        checkin, drafts = commands.check_in(self.pages.state(), self.new_id, goal, self.iso(self.today), **fields)
        self.write(drafts)
        if self.random.random() < 0.03:
            self.doubted.append((checkin, plan))

    def _practise(self) -> None:
        """A check-in for the day on which a practice was done; most days nobody writes that down."""
        for name in PRACTICES:
            practice, on = self.script.ids.get(name, ""), self.iso(self.today)
            fields = self.pages.state().fields("practice", practice)
            if not fields or fields.get("status", "active") != "active" or self.random.random() > 0.14:
                continue
            note = self.moods.drawn(GOOD_LINES) if self.random.random() < 0.5 else None
            made = commands.check_in(
                self.pages.state(), self.new_id, practice, on, value="done", note=note, occurrence=on
            )
            self.write(made[1])

    def _put_right(self) -> None:
        """Yesterday's check-ins that were a slip: most get another value or a word more, a few are taken back."""
        for checkin, plan in self.doubted:
            if self.random.random() < 0.35:
                self.write(commands.retract_checkin(self.pages.state(), checkin))
                continue
            was = self.pages.state().fields("checkin", checkin)
            fields: dict[str, Any] = {"note": f"{was.get('note') or ''} (Written the day after.)".strip()}
            if was.get("value") is not None and plan.asked is not None:
                fields = {"value": was["value"] + (1 if was["value"] < plan.asked.fields["high"] else -1)}
            self.write(commands.amend_checkin(self.pages.state(), checkin, fields))
        self.doubted.clear()

    def _around(self) -> None:
        """What is about no goal, or about all of them."""
        day = self.today
        for draft in self.script.of(day):
            self.write([draft])
        self._practise()
        if self.random.random() < 0.1:
            note = self.moods.drawn(ODD_NOTES)
            self.write(commands.check_in(self.pages.state(), self.new_id, None, self.iso(day), note=note)[1])
        for plan in PLANS:
            if plan.asked is not None and plan.asked.reworded is not None and plan.asked.reworded[0] == day:
                fields = {"id": self.measures[plan.title], "question": plan.asked.reworded[1]}
                self.write([Draft("measure.revised", fields)])
        if day in _RANKED_ON:
            state = self.pages.state()
            ranks = [state.fields("goal", goal).get("rank", "") for goal in self.goals.values()]
            top = rank_between("", min(ranks))
            self.write([Draft("goal.ranked", {"id": self.goals[_RANKED_ON[day]], "rank": top})])
        if day == _TITLED_ON:
            self.write([Draft("journal.revised", {"title": TITLE})])
