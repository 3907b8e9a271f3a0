"""Journals by chance with something in every field that goes to FHIR, from words in all alphabets to numbers at the ends."""

from datetime import date
from typing import Any

from hypothesis import strategies as st

from milepost.clock import NOBODY, HybridClock
from milepost.events import Draft
from milepost.journal import State
from milepost.writing import write_drafts
from tests.events import JOURNAL, device, entity

_REFUSED = "".join(map(chr, [0x61C, 0x200E, 0x200F, *range(0x2028, 0x202F), *range(0x2066, 0x206A), 0xFEFF]))
_letters = st.characters(blacklist_categories=("Cs", "Cc"), blacklist_characters=_REFUSED)
words = st.text(_letters, min_size=1, max_size=30).filter(lambda said: said.strip() != "")
lines = st.text(st.one_of(_letters, st.just("\n")), min_size=1, max_size=40).filter(lambda said: said.strip() != "")
days = st.dates(date(2026, 1, 1), date(2026, 12, 20)).map(date.isoformat)
times = st.times().map(lambda time: time.replace(microsecond=0).isoformat())
zones = st.sampled_from(["Europe/Vienna", "America/New_York", "Asia/Kolkata", "Pacific/Apia", "UTC"])
moments = st.builds(lambda day, time, zone: {"at": f"{day}T{time}", "time_zone": zone}, days, times, zones)
numbers = st.one_of(
    st.integers(-(2**53) + 1, 2**53 - 1), st.floats(allow_nan=False, allow_infinity=False), st.integers(-3, 10)
)
tens = st.integers(0, 10)
rules = st.sampled_from(
    ["FREQ=DAILY", "FREQ=WEEKLY;BYDAY=MO,TH", "FREQ=DAILY;INTERVAL=2;COUNT=9", "FREQ=MONTHLY;BYDAY=-1FR", "FREQ=YEARLY"]
)


def _some(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=fields)


GOAL_STATUSES = ["active", "later", "paused", "achieved", "let_go", "ended"]
_goals = st.tuples(
    words,
    _some(
        kind=st.sampled_from(["open", "smart"]), looks_like=lines, why=lines, helps=lines, area=words, start=days, due=days,
        importance=tens, confidence=tens,
    ),
    st.none() | st.tuples(st.sampled_from(GOAL_STATUSES), days, st.none() | lines),
)  # fmt: skip
_measures = st.tuples(
    st.sampled_from(["scale", "attainment", "amount", "frequency", "done", "questionnaire"]),
    _some(
        question=words, unit=words, better=st.sampled_from(["up", "down", "keep"]), low=numbers, high=numbers,
        target=numbers, weight=st.integers(1, 100), level_minus_2=words, level_0=words, level_plus_2=words,
    ),
)  # fmt: skip
_steps = st.tuples(
    words,
    _some(due=days | moments, progress=st.integers(0, 100)),
    st.none() | st.tuples(st.sampled_from(["planned", "reached", "dropped"]), days),
)
_practices = st.tuples(
    words, rules, days, _some(minutes=st.integers(1, 1440)),
    st.none() | st.tuples(st.sampled_from(["active", "paused", "ended"]), days),
)  # fmt: skip
_sessions = st.tuples(
    moments, _some(minutes=st.integers(1, 1440), place=words),
    st.none() | st.tuples(st.sampled_from(["planned", "held", "cancelled", "not_held"]), days),
)  # fmt: skip
_checkins = st.tuples(
    days,
    _some(value=numbers | words, note=lines, baseline=st.booleans(), occurrence=days),
    st.none() | times,
)
_forms = st.tuples(
    st.sampled_from(["phq-9", "gad-7"]) | words, words, days,
    st.lists(st.none() | st.integers(0, 3), min_size=1, max_size=9),
    _some(score=st.none() | numbers, subscores=st.dictionaries(st.sampled_from(["worry", "mood"]), st.none() | numbers)),
)  # fmt: skip


@st.composite
def journals(draw: st.DrawFn) -> State:
    """A journal's state, folded of real events."""
    made = _Making(draw(zones))
    goals = [made.goal(*one) for one in draw(st.lists(_goals, max_size=3))]
    measures = [
        made.measure(draw(st.sampled_from(goals)), *one) for one in draw(st.lists(_measures, max_size=3)) if goals
    ]
    for one in draw(st.lists(st.sampled_from(measures), max_size=2)) if measures else ():
        made.write("goal.revised", id=draw(st.sampled_from(goals)), measure=one)
    subjects: list[str | None] = [None, *goals]
    subjects += [made.step(draw(st.sampled_from(goals)), *one) for one in draw(st.lists(_steps, max_size=4)) if goals]
    subjects += [
        made.practice(draw(st.sampled_from([None, *goals])), *one) for one in draw(st.lists(_practices, max_size=2))
    ]
    for one in draw(st.lists(_sessions, max_size=2)):
        made.session(*one)
    for one in draw(st.lists(_checkins, max_size=6)):
        made.checkin(draw(st.sampled_from(subjects)), draw(st.sampled_from([None, *measures])), *one)
    for one in draw(st.lists(_forms, max_size=2)):
        made.form(*one)
    return made.state


class _Making:
    """Writes events one after the other, as a device of another kind might: nothing but their form is looked at."""

    def __init__(self, zone: str) -> None:
        self.state = State(JOURNAL)
        self._clock = HybridClock(wall=lambda: 1_790_000_000_000)
        self._count = 0
        self.write("journal.opened", title="Mine", time_zone=zone)

    def write(self, type_: str, **fields: Any) -> None:
        for event in write_drafts(self.state, device(1), NOBODY, [Draft(type_, fields)], self._clock):
            self.state.apply(event)

    def _new(self) -> str:
        self._count += 1
        return entity(self._count)

    def goal(self, title: str, fields: Any, stands: Any) -> str:
        id_ = self._new()
        self.write("goal.created", id=id_, title=title, rank=f"{self._count:03}1", **fields)
        if stands:
            said = {"reflection": stands[2]} if stands[2] else {}
            self.write("goal.status_changed", id=id_, status=stands[0], on=stands[1], **said)
        return id_

    def measure(self, goal: str, type_: str, fields: Any) -> str:
        id_ = self._new()
        self.write("measure.defined", id=id_, goal=goal, type=type_, **fields)
        return id_

    def step(self, goal: str, title: str, fields: Any, stands: Any) -> str:
        id_ = self._new()
        self.write("milestone.added", id=id_, goal=goal, title=title, rank=f"{self._count:03}1", **fields)
        self._stand("milestone", id_, stands)
        return id_

    def practice(self, goal: str | None, title: str, rule: str, start: str, fields: Any, stands: Any) -> str:
        id_ = self._new()
        about = {"goal": goal} if goal else {}
        self.write("practice.added", id=id_, title=title, recurrence=rule, start=start, **about, **fields)
        self._stand("practice", id_, stands)
        return id_

    def session(self, start: Any, fields: Any, stands: Any) -> None:
        id_ = self._new()
        self.write("session.scheduled", id=id_, start=start, **fields)
        self._stand("session", id_, stands)

    def checkin(self, subject: str | None, measure: str | None, on: str, fields: Any, time: str | None) -> None:
        more = {"subject": subject, "measure": measure, "at": f"{on}T{time}" if time else None}
        self.write("checkin.recorded", id=self._new(), on=on, **fields, **{k: v for k, v in more.items() if v})

    def form(self, instrument: str, version: str, on: str, answers: Any, fields: Any) -> None:
        self.write(
            "assessment.recorded",
            id=self._new(),
            instrument=instrument,
            version=version,
            on=on,
            answers=answers,
            **fields,
        )

    def _stand(self, kind: str, id_: str, stands: Any) -> None:
        if stands:
            self.write(f"{kind}.status_changed", id=id_, status=stands[0], on=stands[1])
