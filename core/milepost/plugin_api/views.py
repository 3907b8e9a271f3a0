"""What a plugin is shown of a journal: flat, immutable, and a version of its own, apart from what Milepost uses inside.

Each field belongs to a scope (`SCOPE_OF`) or is open. A field whose scope was not granted is `WITHHELD`, never None:
None says that nobody filled it in. Days are texts like `2026-12-18`; a time of day is `{"at": "2026-12-18T15:00:00",
"time_zone": "Europe/Vienna"}`, local and without an offset; `changed_at` is a merge clock, text that sorts.
"""

import enum
from collections.abc import Mapping
from typing import Any, Literal

import msgspec
from msgspec import Struct


class Withheld(enum.Enum):
    """The type of `WITHHELD`, which counts as false: `if goal.why:` passes it over."""

    WITHHELD = "withheld"

    def __bool__(self) -> Literal[False]:
        return False

    def __repr__(self) -> str:
        return self.name


WITHHELD = Withheld.WITHHELD
"""Stands where a field's scope was not granted."""

Scope = Literal["titles", "dates", "numbers", "free-text", "assessments", "sensitive"]
SCOPES: tuple[Scope, ...] = ("titles", "dates", "numbers", "free-text", "assessments", "sensitive")
"""What a person grants to a connection: names of things; days, times and recurrences; numbers; what they wrote in their
own words; scores of questionnaires; and what is most private, such as single answers."""

Text = str | None | Withheld
Number = int | float | None | Withheld
Whole = int | None | Withheld
Zoned = Mapping[str, str]


class _View(Struct, frozen=True, kw_only=True):
    id: str
    changed_at: str = ""

    @property
    def changed_ms(self) -> int:
        """When it last changed, in milliseconds since 1970; 0 where that is not known."""
        return int(self.changed_at[:12] or "0", 16)


class Goal(_View, frozen=True, kw_only=True):
    """Something a person wants to be different. `kind` is `smart` or `open`; `status` is `active`, `later`, `paused`,
    `achieved`, `let_go` or `ended`, since `on`. `steps` counts its milestones that were not dropped, `reached` those that
    were reached; `first` and `latest` are values of check-ins by its `measure`.
    """

    title: str | Withheld = ""
    kind: str = "open"
    status: str = "active"
    on: Text = None
    looks_like: Text = None
    why: Text = None
    helps: Text = None
    area: Text = None
    start: Text = None
    due: Text = None
    importance: Whole = None
    confidence: Whole = None
    measure: str | None = None
    rank: str = ""
    reflection: Text = None
    first: int | float | str | None | Withheld = None
    latest: int | float | str | None | Withheld = None
    steps: int = 0
    reached: int = 0


class Milestone(_View, frozen=True, kw_only=True):
    """A step on the way to a goal: `planned`, `reached` or `dropped`, since `on`. `due` is a day or a time of day.
    `place` counts from 1 among the `of` steps of its goal that were not dropped; 0 for a dropped one.
    """

    goal: str = ""
    title: str | Withheld = ""
    due: str | Zoned | None | Withheld = None
    status: str = "planned"
    on: Text = None
    progress: int | Withheld = 0
    rank: str = ""
    place: int = 0
    of: int = 0

    @property
    def due_day(self) -> str | None:
        """The local day it is due, None where there is none or it is withheld."""
        if isinstance(self.due, Withheld) or self.due is None:
            return None
        return self.due if isinstance(self.due, str) else self.due["at"][:10]


class Practice(_View, frozen=True, kw_only=True):
    """An exercise between sessions that comes again: `active`, `paused` or `ended`, since `on`. `recurrence` is the
    value of an RRULE (RFC 5545, section 3.3.10), `start` its first day.
    """

    title: str | Withheld = ""
    recurrence: str | Withheld = "FREQ=DAILY"
    start: str | Withheld = ""
    goal: str | None = None
    minutes: Whole = None
    status: str = "active"
    on: Text = None


class Measure(_View, frozen=True, kw_only=True):
    """How progress on a goal is seen. `levels` are the five of goal attainment scaling, from -2 to +2, where it is by
    such; `better` is `up`, `down` or `keep`.
    """

    goal: str = ""
    type: str = "scale"
    question: Text = None
    low: Number = None
    high: Number = None
    unit: Text = None
    better: str | None = None
    target: Number = None
    weight: Whole = None
    levels: tuple[str | None, ...] | Withheld = ()


class Checkin(_View, frozen=True, kw_only=True):
    """How it went on one local day. `subject` is a goal, a milestone or a practice; `occurrence` the day of a practice
    that it is about. `source` and `external_id` say where it came from, if not from a person's own device.
    """

    subject: str | None = None
    on: str | Withheld = ""
    at: Text = None
    measure: str | None = None
    value: int | float | str | None | Withheld = None
    baseline: bool = False
    occurrence: Text = None
    note: Text = None
    source: str | None = None
    external_id: str | None = None


class Series(_View, frozen=True, kw_only=True):
    """Sessions that come again, none after `ended`; single ones that differ are `Session`s with its id in `series`."""

    start: Zoned | Withheld
    recurrence: str | Withheld = "FREQ=WEEKLY"
    minutes: Whole = None
    place: Text = None
    ended: Text = None


class Session(_View, frozen=True, kw_only=True):
    """One session: `planned`, `held`, `cancelled` or `not_held`, since `on`; `original` is its start in its series."""

    start: Zoned | Withheld
    minutes: Whole = None
    place: Text = None
    status: str = "planned"
    on: Text = None
    series: str | None = None
    original: Zoned | None | Withheld = None


class Topic(_View, frozen=True, kw_only=True):
    """Something to bring to a session: `open`, `discussed` or `dropped`. `about` is `{"kind": …, "id": …}`."""

    text: Text = None
    about: Mapping[str, str] | None = None
    session: str | None = None
    status: str = "open"
    on: Text = None


class Reflection(_View, frozen=True, kw_only=True):
    """Words about a session, a goal, or nothing in particular."""

    on: str | Withheld = ""
    text: Text = ""
    takeaway: Text = None
    session: str | None = None
    goal: str | None = None


class Assessment(_View, frozen=True, kw_only=True):
    """A filled-in questionnaire; `answers` in the order of its items, None where one was left out."""

    instrument: str = ""
    version: str = ""
    answers: tuple[int | None, ...] | Withheld = ()
    on: str | Withheld = ""
    score: Number = None
    subscores: Mapping[str, int | float | None] | Withheld = msgspec.field(default_factory=dict)


View = Goal | Milestone | Practice | Measure | Checkin | Series | Session | Topic | Reflection | Assessment
Kind = Literal[
    "goal", "milestone", "practice", "measure", "checkin", "series", "session", "topic", "reflection", "assessment"
]

VIEWS: dict[Kind, type[View]] = {
    "goal": Goal,
    "measure": Measure,
    "milestone": Milestone,
    "practice": Practice,
    "series": Series,
    "session": Session,
    "checkin": Checkin,
    "topic": Topic,
    "reflection": Reflection,
    "assessment": Assessment,
}
"""Kind of entity → how it is shown, parents before what names them."""

KIND_NEEDS: dict[Kind, Scope] = {"topic": "free-text", "reflection": "free-text", "assessment": "assessments"}
"""Kinds that are nothing without a scope: where it is not granted, there are none."""


def _by_scope(**names: str) -> dict[str, Scope]:
    """Field → scope, of a scope's fields in one text each."""
    known: dict[str, Scope] = {scope.replace("-", "_"): scope for scope in SCOPES}
    return {name: known[scope] for scope, of_scope in names.items() for name in of_scope.split()}


SCOPE_OF: dict[type[View], dict[str, Scope]] = {
    Goal: _by_scope(
        titles="title area",
        dates="on start due",
        numbers="importance confidence first latest",
        free_text="looks_like why helps reflection",
    ),
    Milestone: _by_scope(titles="title", dates="due on", numbers="progress"),
    Practice: _by_scope(titles="title", dates="recurrence start on", numbers="minutes"),
    Measure: _by_scope(titles="question unit", numbers="low high target weight", free_text="levels"),
    Checkin: _by_scope(dates="on at occurrence", numbers="value", free_text="note"),
    Series: _by_scope(dates="start recurrence ended", numbers="minutes", free_text="place"),
    Session: _by_scope(dates="start on original", numbers="minutes", free_text="place"),
    Topic: _by_scope(dates="on", free_text="text"),
    Reflection: _by_scope(dates="on", free_text="text takeaway"),
    Assessment: _by_scope(dates="on", assessments="score subscores", sensitive="answers"),
}
"""View → field → the scope that it needs; a field that is not named is open. Where a value is given in words, it needs
`free-text` as well.
"""


class JournalView(Struct, frozen=True, kw_only=True):
    """A whole journal, shown. `changed_at` is the merge clock of its newest change, empty where there is none."""

    id: str
    title: str | Withheld = ""
    time_zone: str = "UTC"
    locale: str = "en"
    goals: tuple[Goal, ...] = ()
    milestones: tuple[Milestone, ...] = ()
    measures: tuple[Measure, ...] = ()
    checkins: tuple[Checkin, ...] = ()
    practices: tuple[Practice, ...] = ()
    series: tuple[Series, ...] = ()
    sessions: tuple[Session, ...] = ()
    topics: tuple[Topic, ...] = ()
    reflections: tuple[Reflection, ...] = ()
    assessments: tuple[Assessment, ...] = ()
    changed_at: str = ""

    def steps_of(self, goal: Goal) -> list[Milestone]:
        """A goal's milestones in the person's own order."""
        return [one for one in self.milestones if one.goal == goal.id]

    def checkins_about(self, subject: str) -> list[Checkin]:
        """Check-ins about one goal, milestone or practice, the earliest day first."""
        return [one for one in self.checkins if one.subject == subject]

    def emptied(self) -> "JournalView":
        """The same journal with nothing in it."""
        return JournalView(id=self.id, time_zone=self.time_zone, locale=self.locale)


def plain(value: Any) -> Any:
    """A view, or what is in one, as plain JSON values, without what is withheld."""
    if isinstance(value, Struct):
        value = msgspec.structs.asdict(value)
    if isinstance(value, Mapping):
        return {name: plain(one) for name, one in value.items() if not isinstance(one, Withheld)}
    return [plain(one) for one in value] if isinstance(value, list | tuple) else value
