"""What the iOS app Health Auto Export sends. Knows no journal.

Its shapes: “API Export - JSON Format” in the wiki of github.com/Lybron/health-auto-export; names of metrics: `MetricName.ts` in
github.com/HealthyApps/health-auto-export-server. Sleep has two shapes, summarised and not; the class of a state of mind is
documented as a number, and also comes as words.
"""

from collections.abc import Iterator
from datetime import datetime, tzinfo
from functools import partial
from typing import Any

from milepost_health.nights import Night, longest, nights_of
from milepost_health.readings import ABOUT, Reading, What, checked, in_unit, number, of_day, of_moment
from milepost_health.times import NotUnderstood, day, moment, there
from milepost_health.told import NoPayload, Told, decoded, dicts

OF_A_DAY: dict[str, What] = {
    "step_count": "steps",
    "apple_exercise_time": "exercise",
    "time_in_daylight": "daylight",
    "walking_running_distance": "distance",
}
"""Metrics that are added up for a day → what they are."""
ASLEEP = frozenset({"asleep", "core", "deep", "rem", "unspecified"})
"""Stages of sleep, as they are named where sleep is not summarised; the others are awake and in bed."""
CLASSES = (
    "veryunpleasant",
    "unpleasant",
    "slightlyunpleasant",
    "neutral",
    "slightlypleasant",
    "pleasant",
    "verypleasant",
)
"""HKStateOfMind.ValenceClassification, 1 to 7 in Apple's documentation: seven equal parts of −1 to 1."""


def told(body: bytes, zone: tzinfo | None) -> Told:
    """What is in a body.

    Raises:
        NoPayload: it is none of this app's.

    """
    data = decoded(body).get("data")
    if not isinstance(data, dict):
        raise NoPayload('There is no "data" in it, as Health Auto Export sends it in its format JSON.')
    found = Told(zone)
    for metric in dicts(data.get("metrics")):
        _metric(found, metric)
    states = list(dicts(data.get("stateOfMind")))
    found.each("stateOfMind", states, partial(_state_of_mind, zone=zone))
    for name, things in data.items():
        if name not in {"metrics", "stateOfMind"} and isinstance(things, list) and things:
            found.pass_by(name, len(things))
    return found


def _metric(found: Told, metric: dict[str, Any]) -> None:
    name, units = str(metric.get("name")), str(metric.get("units") or "")
    points = list(dicts(metric.get("data")))
    if name == "sleep_analysis":
        _sleep(found, points, units or "hr")
    elif name == "mindful_minutes":
        found.each(name, points, partial(_sitting, units=units, zone=found.zone))
    elif name in OF_A_DAY:
        _days(found, name, points, units)
    elif points:
        found.pass_by(name, len(points))


def _quantity(point: dict[str, Any], what: What, units: str) -> float:
    return checked(what, in_unit(number(what, point.get("qty")), units, ABOUT[what].unit))


def _sitting(point: dict[str, Any], units: str, zone: tzinfo | None) -> Iterator[Reading]:
    """Each with its own moment, or one for a whole day where they are summarised."""
    value = _quantity(point, "mindful", units)
    begun = point.get("startDate") or point.get("start") or point.get("date")
    if value:
        on = day(begun)
        yield of_day("mindful", on, value) if on else of_moment("mindful", moment(begun), value, zone)


def _days(found: Told, name: str, points: list[dict[str, Any]], units: str) -> None:
    """What there is of each day, added up: of days, hours or single measurements. Of several devices, the one with most."""
    what, sums = OF_A_DAY[name], dict[tuple[str, str], float]()

    def add(point: dict[str, Any]) -> tuple[()]:
        value = _quantity(point, what, units)
        on = day(point.get("date")) or there(moment(point.get("date")), found.zone).date().isoformat()
        of = on, str(point.get("source", ""))[:100]
        sums[of] = sums.get(of, 0) + value
        return ()

    found.each(name, points, add)
    found.each(name, sums.items(), lambda of: [of_day(what, of[0][0], of[1])])


def _sleep(found: Told, points: list[dict[str, Any]], units: str) -> None:
    nights: list[Night] = []
    pieces: dict[str, list[tuple[datetime, datetime]]] = {}

    def add(point: dict[str, Any]) -> tuple[()]:
        if "value" not in point:
            nights.append(_night(point, units, found.zone))
        elif str(point["value"]).strip().lower() in ASLEEP:
            piece = moment(point.get("startDate")), moment(point.get("endDate"))
            pieces.setdefault(str(point.get("source", ""))[:100], []).append(piece)
        return ()

    found.each("sleep_analysis", points, add)
    for of_one in pieces.values():
        nights.extend(nights_of(of_one, found.zone))
    found.each("sleep_analysis", longest(nights), lambda night: [of_day("sleep", night.on, night.hours)])


def _night(point: dict[str, Any], units: str, zone: tzinfo | None) -> Night:
    """A night that was summarised: `totalSleep`, or `asleep` in older versions, or the sum of its stages."""
    stages = sum(_number(point.get(name)) for name in ("core", "deep", "rem"))
    hours = max(_number(point.get("totalSleep")), _number(point.get("asleep")), stages)
    ended = point.get("sleepEnd")
    if isinstance(ended, str) and ended:
        on = there(moment(ended), zone).date().isoformat()
    else:
        on = day(point.get("date")) or there(moment(point.get("date")), zone).date().isoformat()
    return Night(on, in_unit(hours, units, "h"))


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else 0.0


def _state_of_mind(state: dict[str, Any], zone: tzinfo | None) -> Iterator[Reading]:
    valence = state.get("valence")
    if valence is None:
        valence = _middle(state.get("valenceClassification"))
    words = [str(one) for name in ("labels", "associations") for one in (state.get(name) or []) if isinstance(one, str)]
    yield of_moment("mood", moment(state.get("start")), valence, zone, ", ".join(words))


def _middle(classification: object) -> float:
    """The middle of a class of valences, by its number or its words.

    Raises:
        ValueError: it is none of the seven.

    """
    if isinstance(classification, str) and not classification.strip().isdigit():
        words = "".join(character for character in classification.lower() if character.isalpha())
        number = CLASSES.index(words) + 1 if words in CLASSES else 0
    else:
        number = int(classification) if isinstance(classification, str | int | float) else 0
    if not 1 <= number <= len(CLASSES):
        raise NotUnderstood(f"{classification!r} is no class of a state of mind")
    return (2 * number - 1) / len(CLASSES) - 1
