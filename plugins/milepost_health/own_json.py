"""The JSON of our own, for Shortcuts and whatever else can post: docs/health.md says how it is written. Knows no journal."""

from collections.abc import Iterator, Mapping
from datetime import tzinfo
from functools import partial
from typing import Any, Literal

import msgspec
from msgspec import Struct

from milepost_health.readings import ABOUT, WHATS, Reading, What, in_unit, of_day, of_moment
from milepost_health.times import NotUnderstood, day, moment
from milepost_health.told import NoPayload, Told, decoded


class Sent(Struct, frozen=True, forbid_unknown_fields=True):
    """One thing. `start` is a moment with an offset, `on` a day; `end`, or `value` (in `unit`), says how much it was."""

    what: What
    start: str | None = None
    end: str | None = None
    on: str | None = None
    value: float | None = None
    unit: str | None = None
    note: str | None = None
    v: Literal[1] = 1


FITS: Mapping[str, str] = {
    "what": f"one of {', '.join(WHATS)}",
    "start": "a moment with an offset, as in 2026-02-01T06:00:00+01:00",
    "end": "a moment with an offset, as in 2026-02-01T06:00:00+01:00",
    "on": "a day like 2026-02-01",
    "value": "a number, without quotes around it",
    "unit": "a text",
    "note": "a text",
    "v": "1",
}
"""Field → what may stand there, in words."""
_TYPES: Mapping[str, Any] = {one.name: one.type for one in msgspec.structs.fields(Sent)}


def told(body: bytes, zone: tzinfo | None) -> Told:
    """What is in a body: one thing, or a list of them as `readings`.

    Raises:
        NoPayload: it is neither.

    """
    payload = decoded(body)
    things = payload.get("readings") if "readings" in payload else [payload]
    if not isinstance(things, list) or not things or "what" not in (things[0] if isinstance(things[0], dict) else {}):
        raise NoPayload(
            'Send {"what": "mindful", "start": "2026-05-04T07:30:00+02:00", "value": 12}, or "readings": [ … ].'
        )
    found = Told(zone)
    found.each("readings", things, partial(_reading, zone=zone))
    return found


def _sent(thing: Any) -> Sent:
    """A thing with fields that fit.

    Raises:
        NotUnderstood: names one that does not.

    """
    if not isinstance(thing, dict):
        raise NotUnderstood("each should be a JSON object")
    for name, value in thing.items():
        if name not in FITS:
            raise NotUnderstood(f"there is no field `{name[:40]}`. There are: {', '.join(FITS)}")
        try:
            msgspec.convert(value, _TYPES[name])
        except msgspec.ValidationError:
            said = msgspec.json.encode(value).decode()[:40]
            raise NotUnderstood(f"`{name}` is {said}, and should be {FITS[name]}") from None
    if "what" not in thing:
        raise NotUnderstood(f"`what` is missing: {FITS['what']}")
    return msgspec.convert(thing, Sent)


def _reading(thing: Any, zone: tzinfo | None) -> Iterator[Reading]:
    sent = _sent(thing)
    value = _value(sent)
    if sent.start is not None and sent.what in {"mindful", "mood"}:
        yield of_moment(sent.what, moment(sent.start), value, zone, sent.note)
        return
    on = day(sent.on) if sent.on is not None else None
    if on is None or sent.what == "mood":
        wanted = "`start`, a moment with an offset" if sent.what == "mood" else "`on`, a day like 2026-05-04"
        raise NotUnderstood(f"{ABOUT[sent.what].words}: give {wanted}")
    yield of_day(sent.what, on, value)


def _value(sent: Sent) -> float:
    unit = ABOUT[sent.what].unit
    if sent.value is not None:
        return in_unit(sent.value, sent.unit, unit) if sent.unit and unit else sent.value
    if sent.end is None or sent.start is None or sent.what != "mindful":
        raise NotUnderstood(f"{ABOUT[sent.what].words}: give `value`")
    return (moment(sent.end) - moment(sent.start)).total_seconds() / 60
