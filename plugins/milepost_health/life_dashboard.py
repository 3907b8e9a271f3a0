"""What the Android app Life Dashboard Companion sends (and its sister on iOS, in the same shapes). Knows no journal.

Its shapes: docs/webhook.md and docs/webhook-schema.json in github.com/owen282000/life-dashboard-companion-app. Totals of a day
come from `daily_totals`, which count nothing twice; single records of steps would, where a phone and a watch both count.
"""

from collections.abc import Iterator
from datetime import timedelta, tzinfo
from functools import partial
from typing import Any

from milepost_health.nights import Night, longest
from milepost_health.readings import Reading, of_day, of_moment
from milepost_health.times import NotUnderstood, day, moment, there
from milepost_health.told import NoPayload, Told, decoded, dicts

SOURCES = frozenset({"health_connect", "healthkit_ios", "screen_time"})
AWAKE = frozenset({"awake", "out_of_bed", "awake_in_bed", "stage_type_awake", "stage_type_out_of_bed"})
"""Stages that are no sleep; those of before version 1.2 are called as Health Connect calls them."""
_READ = frozenset({"mindfulness", "sleep", "daily_totals", "steps"})


def told(body: bytes, zone: tzinfo | None) -> Told:
    """What is in a body.

    Raises:
        NoPayload: it is none of this app's.

    """
    payload = decoded(body)
    if payload.get("source") not in SOURCES:
        raise NoPayload('There is no "source": "health_connect" in it, as Life Dashboard Companion sends it.')
    found = Told(zone)
    found.each("mindfulness", dicts(payload.get("mindfulness")), partial(_sitting, zone=zone))
    nights: list[Night] = []
    found.each("sleep", dicts(payload.get("sleep")), partial(_into, nights, zone=zone))
    found.each("sleep", longest(nights), lambda night: [of_day("sleep", night.on, night.hours)])
    found.each("daily_totals", dicts(payload.get("daily_totals")), _steps)
    if steps := sum(1 for _ in dicts(payload.get("steps"))):
        found.beside["steps"] = steps
    for name, things in payload.items():
        if name not in _READ and isinstance(things, list) and things:
            found.pass_by(name, len(things))
    return found


def _sitting(one: dict[str, Any], zone: tzinfo | None) -> Iterator[Reading]:
    begun = moment(one.get("start_time"))
    seconds = one.get("duration_seconds")
    if seconds is None:
        seconds = (moment(one.get("end_time")) - begun).total_seconds()
    if seconds:
        yield of_moment("mindful", begun, _number(seconds) / 60, zone)


def _into(nights: list[Night], one: dict[str, Any], zone: tzinfo | None) -> tuple[()]:
    nights.append(_night(one, zone))
    return ()


def _night(one: dict[str, Any], zone: tzinfo | None) -> Night:
    """A sleep, without the time awake in it where its stages tell that."""
    ended = moment(one.get("session_end_time"))
    stages = list(dicts(one.get("stages")))
    awake = sum(_length(stage).total_seconds() for stage in stages if str(stage.get("stage")).lower() in AWAKE)
    hours = max(0.0, _number(one.get("duration_seconds")) - awake) / 3600
    return Night(there(ended, zone).date().isoformat(), hours)


def _length(stage: dict[str, Any]) -> timedelta:
    return moment(stage.get("end_time")) - moment(stage.get("start_time"))


def _steps(one: dict[str, Any]) -> Iterator[Reading]:
    on, steps = day(one.get("date")), one.get("steps")
    if on and steps is not None:
        yield of_day("steps", on, steps)


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise NotUnderstood(f"{str(value)[:40]!r} is no number of seconds")
    return float(value)
