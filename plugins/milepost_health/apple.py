"""Reads what an iPhone exports of Apple Health: `export.zip`, gigabytes of it, in bounded memory. Knows no zip and no XML.

Its shape is in the document type that each export begins with (“HealthKit Export Version: 14”), its types are Apple's
(HKCategoryTypeIdentifier and HKQuantityTypeIdentifier in the documentation of HealthKit). `StateOfMind` is in no such document
type that is public; that it has `startDate` and `valence` is what those tell who read it. Records have no ids of their own:
what begins at the same second is the same.
"""

from array import array
from collections import Counter
from collections.abc import Collection, Iterator
from datetime import tzinfo
from typing import BinaryIO

from milepost.plugin_api import Importer, InvalidInput, NewEntry, NotTaken
from milepost_health.elements import Element, Elements
from milepost_health.nights import Night, longest, offset_of, put_together
from milepost_health.readings import ABOUT, WHATS, Reading, What, WrongUnit, checked, in_unit, of_day, of_moment
from milepost_health.rules import Noting, Rules
from milepost_health.times import moment, there, zone_named
from milepost_health.unpacking import pieces

MINDFUL = "HKCategoryTypeIdentifierMindfulSession"
SLEEP = "HKCategoryTypeIdentifierSleepAnalysis"
STATE_OF_MIND = "StateOfMind"
OF_A_DAY: dict[str, What] = {
    "HKQuantityTypeIdentifierStepCount": "steps",
    "HKQuantityTypeIdentifierAppleExerciseTime": "exercise",
    "HKQuantityTypeIdentifierTimeInDaylight": "daylight",
    "HKQuantityTypeIdentifierDistanceWalkingRunning": "distance",
}
TYPES: dict[What, str] = {"mindful": MINDFUL, "sleep": SLEEP, **{what: type_ for type_, what in OF_A_DAY.items()}}
WHAT_OF: dict[str, What] = {type_: what for what, type_ in TYPES.items()}
ASLEEP = "HKCategoryValueSleepAnalysisAsleep"
"""What stages of sleep begin with: …Asleep (until iOS 15), …Unspecified, …Core, …Deep, …REM. Others are awake or in bed."""
MAX_GROUPS = 500_000
"""Days times devices; a hundred years of a dozen devices."""
MAX_PIECES = 4_000_000
"""Of sleep."""
MAX_ZONES = 1_000


class AppleImporter(Importer[Rules]):
    """A check-in for each sitting and each state of mind, and for what was walked, slept and so on, one a day."""

    format = "apple-health"
    title = "export.zip of Apple Health"
    settings = Rules

    def read(self, file: BinaryIO, settings: Rules) -> Iterator[NewEntry | NotTaken]:
        noting = Noting(settings, self.view)
        noting.check()
        if not noting.targets:
            raise InvalidInput(_without_rules(file))
        zone = zone_named(self.view.time_zone) if self.view.id else None
        export = Export(zone, noting.targets)
        yield from noting.entries(export.readings(file))
        yield from export.left_out()


def readings_of(file: BinaryIO, zone: tzinfo | None, wanted: Collection[What]) -> Iterator[Reading]:
    """What an export tells of some things: sittings and states of mind as they come, and at the end what is a day's.

    Raises:
        InvalidInput: it is no export, or not a whole one.

    """
    yield from Export(zone, wanted).readings(file)


class Export:
    """One export on its way through, and some things that it tells of."""

    def __init__(self, zone: tzinfo | None, wanted: Collection[What]) -> None:
        self._zone = zone
        self._wanted = frozenset(wanted)
        self._sums: dict[tuple[What, str, str], float] = {}
        self._asleep: dict[str, array[int]] = {}
        self._zones: dict[str, tzinfo | None] = {}
        self._pieces = 0
        self._left = Counter[tuple[str, str]]()

    def readings(self, file: BinaryIO) -> Iterator[Reading]:
        """Sittings and states of mind as they come, and at the end what is a day's.

        Raises:
            InvalidInput: it is no export, or not a whole one.

        """
        types = [TYPES[what] for what in WHATS if what in self._wanted and what != "mood"]
        elements = Elements(types, [STATE_OF_MIND] if "mood" in self._wanted else [])
        for element in elements.within(pieces(file)):
            try:
                reading = self._one(element)
            except WrongUnit:
                self._leave(element, "Their unit is missing, or is one of something else.")
                continue
            except (ValueError, KeyError, OverflowError):
                self._leave(element, "Their time or number is missing, or can't be.")
                continue
            if reading is not None:
                yield reading
        yield from self._of_days()
        if elements.unreadable:
            self._left["records", "They are not well-formed."] += elements.unreadable

    def left_out(self) -> Iterator[NotTaken]:
        """What could not be read, and how much of each kind: an app may have written it wrongly, and the others came in."""
        for (name, why), count in self._left.items():
            yield NotTaken(name=f"{name} ({count:,})", reason=why)

    def _leave(self, element: Element, why: str) -> None:
        tag, attributes, _ = element
        what = "mood" if tag == STATE_OF_MIND else WHAT_OF[attributes["type"]]
        self._left[f"records of {ABOUT[what].words}", why] += 1

    def _one(self, element: Element) -> Reading | None:
        tag, attributes, metadata = element
        if tag == STATE_OF_MIND:
            begun = moment(attributes["startDate"])
            words = ", ".join(attributes[name] for name in ("labels", "associations") if attributes.get(name))
            return of_moment("mood", begun, float(attributes["valence"]), self._zone, words)
        type_ = attributes["type"]
        if type_ == MINDFUL:
            begun, ended = moment(attributes["startDate"]), moment(attributes["endDate"])
            minutes = (ended - begun).total_seconds() / 60
            return of_moment("mindful", begun, minutes, self._lived(metadata)) if minutes else None
        if type_ == SLEEP:
            self._sleep(attributes, metadata)
        elif (what := OF_A_DAY.get(type_)) is not None:
            self._add(what, attributes)
        return None

    def _lived(self, metadata: dict[str, str]) -> tzinfo | None:
        """The time zone that it was in, where that is told (HKMetadataKeyTimeZone), else that of the journal: the offsets in
        an export are those of the day of the export.
        """
        name = metadata.get("HKTimeZone", "")
        if name not in self._zones and len(self._zones) < MAX_ZONES:
            self._zones[name] = zone_named(name)
        return self._zones.get(name) or self._zone

    def _sleep(self, attributes: dict[str, str], metadata: dict[str, str]) -> None:
        if not attributes["value"].startswith(ASLEEP):
            return
        self._pieces += 1
        if self._pieces > MAX_PIECES:
            raise InvalidInput(f"The file has more than {MAX_PIECES:,} pieces of sleep, which can't be.")
        begun, ended = moment(attributes["startDate"]), moment(attributes["endDate"])
        offset = offset_of(there(ended, self._lived(metadata)))
        of_source = self._asleep.setdefault(attributes.get("sourceName", ""), array("q"))
        of_source.extend((int(begun.timestamp()), int(ended.timestamp()), offset))

    def _add(self, what: What, attributes: dict[str, str]) -> None:
        value = checked(what, in_unit(float(attributes["value"]), attributes.get("unit", ""), ABOUT[what].unit))
        on = there(moment(attributes["startDate"]), self._zone).date().isoformat()
        of = (what, on, attributes.get("sourceName", ""))
        if len(self._sums) >= MAX_GROUPS and of not in self._sums:
            raise InvalidInput(f"The file has more than {MAX_GROUPS:,} days and devices, which can't be.")
        self._sums[of] = self._sums.get(of, 0) + value

    def _of_days(self) -> Iterator[Reading]:
        """Of several devices that counted the same day the one that counted most: the same steps are never added twice."""
        most: dict[tuple[What, str], float] = {}
        for (what, on, _), value in self._sums.items():
            most[what, on] = max(most.get((what, on), 0), value)
        for (what, on), value in sorted(most.items()):
            try:
                yield of_day(what, on, value)
            except ValueError:
                self._left[f"days of {ABOUT[what].words}", "Their sum is more than can be."] += 1
        found: list[Night] = []
        for flat in self._asleep.values():
            triples = zip(flat[::3], flat[1::3], flat[2::3], strict=True)
            found += put_together(triples)
        for night in longest(found):
            if night.hours <= ABOUT["sleep"].most:
                yield of_day("sleep", night.on, night.hours)
            else:
                self._left[f"days of {ABOUT['sleep'].words}", "Their sum is more than can be."] += 1


def _without_rules(file: BinaryIO) -> str:
    """What is in an export, for somebody who has yet to say what is to come of it."""
    counts = Counter[str]()
    for tag, attributes, _ in Elements(TYPES.values(), [STATE_OF_MIND]).within(pieces(file)):
        counts["mood" if tag == STATE_OF_MIND else WHAT_OF[attributes["type"]]] += 1
    there = [f"{ABOUT[what].words} (`{what}`, {counts[what]:,} records)" for what in WHATS if counts[what]]
    if not there:
        return "There is nothing in the file that could come in: no mindful minutes, sleep, steps, states of mind and so on."
    return f"Say what is to come of what is in the file, as in `--set mindful='Breathing'`. It has: {', '.join(there)}."
