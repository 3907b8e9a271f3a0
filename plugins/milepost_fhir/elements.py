"""Parts of resources as plain dictionaries: codings, extensions, quantities, days and times; knows no thing of a journal."""

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from math import isfinite
from typing import Any
from zoneinfo import ZoneInfo

from milepost_fhir.codes import OWN, TERMS, ZONE

Part = dict[str, Any]
"""A resource, or a part of one, as JSON has it."""

_SPACE = re.compile(r"[^\S \r\n\t]|[\x00-\x08\x0b\x0c\x0e-\x1f]")


def text(value: object) -> str | None:
    r"""Words as a FHIR string can hold them, or None: where nothing was said, or it was withheld.

    A string has no control characters, and of spaces those that its published pattern `[ \r\n\t\S]+` takes
    (https://hl7.org/fhir/R4/datatypes.html#string); each other one becomes a plain space.
    """
    if not isinstance(value, str):
        return None
    plain = _SPACE.sub(" ", value)
    return plain if plain.strip() else None


def day(value: object) -> str | None:
    """A local day, or None; a FHIR date is the same text."""
    return value if isinstance(value, str) and value else None


def number(value: object) -> int | float | None:
    """A number that JSON has, or None."""
    known = isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)
    return value if known else None  # type: ignore[return-value]


def only(**parts: Any) -> Part:
    """The parts that there are; one that ends with `_` is called without it, and one that begins so is kept."""
    return {
        name.removesuffix("_"): value
        for name, value in parts.items()
        if value or (value is not None and not isinstance(value, list | dict | str))
    }


def coding(system: str, code: str, display: str | None = None) -> Part:
    """A code of a system."""
    return only(system=system, code=code, display=display)


def term(system: str, code: str, display: str | None = None) -> Part:
    """A CodeableConcept out of HL7's own terminology."""
    return {"coding": [coding(f"{TERMS}/{system}", code, display)]}


def own(name: str, **value: Any) -> list[Part]:
    """An extension of our own with one value, as in `valueInteger=8`; none where that is None."""
    return [{"url": f"{OWN}{name}", **value}] if all(one is not None for one in value.values()) else []


def nested(name: str, parts: list[Part]) -> list[Part]:
    """An extension of our own that is made of parts; none where there are none."""
    return [{"url": f"{OWN}{name}", "extension": parts}] if parts else []


def part(name: str, **value: Any) -> list[Part]:
    """A part of a nested extension; none where its value is None."""
    return [{"url": name, **value}] if all(one is not None for one in value.values()) else []


def quantity(value: object, unit: object = None) -> Part | None:
    """A number with a unit in words."""
    known = number(value)
    return None if known is None else only(value=known, unit=text(unit))


def absent(why: str) -> Part:
    """Why there is no value: `masked` where it may not be told (http://terminology.hl7.org/CodeSystem/data-absent-reason)."""
    return term("data-absent-reason", why)


def moment(zoned: Mapping[str, str], minutes: int = 0) -> str | None:
    """`{at, time_zone}` as an instant with the offset that the zone has then; None where it is none."""
    return local_moment(zoned.get("at"), zoned.get("time_zone", "UTC"), minutes)


def local_moment(at: object, zone: str, minutes: int = 0) -> str | None:
    """A local time in a zone as an instant with its offset, so many minutes later."""
    try:
        place = ZoneInfo(zone)
        begins = datetime.fromisoformat(at if isinstance(at, str) else "").replace(tzinfo=None)
        # An offset with seconds, as zones had before 1900, is none that FHIR can write.
        found = (begins + timedelta(minutes=minutes)).replace(tzinfo=place)
        text_ = found.isoformat()
    except (ValueError, KeyError, OSError, OverflowError):
        return None
    return text_ if re.fullmatch(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}[+-]\d{2}:\d{2}", text_) else None


def in_zone(zoned: Mapping[str, str]) -> Part:
    """What says of an instant in which zone it is meant (the extension `tz-code`)."""
    return {"extension": [{"url": ZONE, "valueCode": zoned.get("time_zone", "UTC")}]}


def days_after(on: str, days: int) -> str:
    """A local day so many days later."""
    return (date.fromisoformat(on) + timedelta(days)).isoformat()
