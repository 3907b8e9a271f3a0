"""What a person wants to come of what a phone tells: which practice, goal or measure it is noted for. Knows no payload."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any

from msgspec import Meta, Struct

from milepost.plugin_api import InvalidInput, JournalView, NewEntry, Withheld, names
from milepost_health.readings import ABOUT, UNITS, WHATS, Reading, What, digits_of, in_unit, rounded

_subject = names("practice", "goal", "measure")
MAX_SITTINGS = 10
"""Sittings of a day that its total gives way to; any one of them is enough."""
Subject = Annotated[str, _subject, Meta(max_length=500)]


class Rules(Struct, frozen=True, kw_only=True):
    """For each thing that comes in: the practice, goal or measure that it is noted for. What has none is passed by."""

    mindful: Annotated[Subject, Meta(description="What mindful minutes are noted for.")] = ""
    mood: Annotated[Subject, Meta(description="What the state of mind is noted for.")] = ""
    sleep: Annotated[Subject, Meta(description="What hours of sleep are noted for.")] = ""
    steps: Annotated[Subject, Meta(description="What the steps of a day are noted for.")] = ""
    exercise: Annotated[Subject, Meta(description="What minutes of exercise are noted for.")] = ""
    daylight: Annotated[Subject, Meta(description="What minutes in daylight are noted for.")] = ""
    distance: Annotated[Subject, Meta(description="What the distance walked or run is noted for.")] = ""
    mood_words: Annotated[
        bool, Meta(description="Whether the words chosen for a state of mind come along as a note.")
    ] = False


class Target(Struct, frozen=True):
    """What something is noted for. `unit`, `low` and `high` are those of its measure, where it has one."""

    words: str
    fields: Mapping[str, Any]
    practice: bool = False
    unit: Any = None
    low: Any = None
    high: Any = None


class Unfit(InvalidInput):
    """A rule can't be followed: what it names is not there, or counts something else."""


class Noting:
    """Readings become check-ins, by a person's rules and for their journal. `unfit` are rules that can't be followed, and why;
    nothing is noted by them, and the others count.
    """

    def __init__(self, rules: Rules, view: JournalView) -> None:
        self._words = rules.mood_words
        self.targets: dict[What, Target] = {}
        self.unfit: dict[What, str] = {}
        for what in WHATS:
            if name := getattr(rules, what):
                try:
                    self.targets[what] = target_of(view, what, name)
                except Unfit as error:
                    self.unfit[what] = str(error)
        self._there: dict[tuple[str, str], list[str]] = {}
        for one in view.checkins:
            named, blank, key = (one.external_id or "").partition(" ")
            if blank and named in ABOUT and isinstance(one.on, str):
                self._there.setdefault((named, one.on), []).append(key)

    def check(self) -> None:
        """Refuses rules of which one can't be followed, for who can put it right at once.

        Raises:
            Unfit: says which, and why.

        """
        if self.unfit:
            raise Unfit(" ".join(self.unfit.values()))

    def is_there(self, reading: Reading) -> bool:
        """Whether the journal has a check-in of this very reading."""
        return reading.key in self._there.get((reading.what, reading.on), ())

    def fits(self, reading: Reading) -> bool:
        """Whether the measure that it is noted for, if there is one, takes such a number."""
        target = self.targets.get(reading.what)
        if target is None:
            return True
        value, low, high = _number(reading, target), target.low, target.high
        is_low = isinstance(low, int | float) and value < low
        return not is_low and not (isinstance(high, int | float) and value > high)

    def entry(self, reading: Reading) -> NewEntry | None:
        """The check-in that a reading comes to; None where there is no rule for it."""
        target = self.targets.get(reading.what)
        if target is None:
            return None
        fields = {**target.fields, "on": reading.on, "value": _number(reading, target)}
        if target.practice:
            fields["occurrence"] = reading.on
        if reading.at is not None:
            fields["at"] = reading.at
        if reading.note and self._words:
            fields["note"] = reading.note
        return NewEntry(
            kind="checkin",
            external_id=reading.name,
            fields=fields,
            known_as=reading.name,
            unless=tuple(self._others(reading)),
            grows="" if reading.what == "mood" else "value",
        )

    def entries(self, readings: Iterable[Reading]) -> Iterator[NewEntry]:
        """The check-ins of those that there is a rule for."""
        for reading in readings:
            if (entry := self.entry(reading)) is not None:
                yield entry

    def _others(self, reading: Reading) -> Iterator[str]:
        """What tells of the same minutes in another way: a whole day, or the sittings that make it up."""
        if reading.what == "mindful":
            if reading.at is not None:
                yield f"mindful {reading.on}"
            else:
                keys = self._there.get(("mindful", reading.on), ())
                yield from [f"mindful {key}" for key in keys if "T" in key][:MAX_SITTINGS]


def target_of(view: JournalView, what: What, name: str) -> Target:
    """What a rule names, by its id or its title.

    Raises:
        Unfit: there is no such thing, or it counts something else.

    """
    wanted = " ".join(name.casefold().split())

    def called(one: Any, words: Any) -> bool:
        return one.id == name or (isinstance(words, str) and " ".join(words.casefold().split()) == wanted)

    measures = {one.id: one for one in view.measures}
    for practice in view.practices:
        if called(practice, practice.title):
            return Target(name, {"subject": practice.id}, practice=True)
    for goal in view.goals:
        if called(goal, goal.title):
            return _checked(what, Target(name, {"subject": goal.id}, **_of_measure(measures.get(goal.measure or ""))))
    for measure in view.measures:
        if called(measure, measure.question):
            fields = {"subject": measure.goal, "measure": measure.id}
            return _checked(what, Target(name, fields, **_of_measure(measure)))
    raise Unfit(
        f"`{what}`: there is no practice, goal or measure called {name!r} in this journal. Write it down first."
    )


def _of_measure(measure: Any) -> dict[str, Any]:
    return {} if measure is None else {"unit": measure.unit, "low": measure.low, "high": measure.high}


def _checked(what: What, target: Target) -> Target:
    about = ABOUT[what]
    if isinstance(target.unit, Withheld) and about.unit:
        raise Unfit(
            f"`{what}`: in which unit its measure counts is not shown to it. Let it see your own words and titles: "
            "`milepost connection change NAME --plain --grant titles`."
        )
    unit = target.unit.strip().lower() if isinstance(target.unit, str) else ""
    if unit in UNITS and (not about.unit or UNITS[unit][0] != UNITS[about.unit][0]):
        raise Unfit(f"`{what}`: {about.words} can't be counted in {target.unit}, as its measure is.")
    return target


def _number(reading: Reading, target: Target) -> int | float:
    """A reading's number, as its measure counts: in its unit where that is a known one, and a mood along its range."""
    about, value, digits = ABOUT[reading.what], reading.value, ABOUT[reading.what].digits
    if reading.what == "mood":
        low, high = target.low, target.high
        if isinstance(low, int | float) and isinstance(high, int | float) and low < high:
            return rounded(low + (value + 1) / 2 * (high - low), 1)
        return rounded(value, digits)
    unit = target.unit.strip().lower() if isinstance(target.unit, str) else ""
    if unit in UNITS:
        value = in_unit(value, about.unit, unit)
        digits = digits_of(unit)
    return rounded(value, digits)
