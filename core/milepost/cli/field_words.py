"""Words that a person typed, as the value of any field: a day, a moment, a number, a status with its day, or a text."""

import re
import types
import typing
from collections.abc import Callable
from datetime import date
from typing import Any, Literal

from milepost.cli.asking import NOTHING, time_of_day
from milepost.cli.dates import parse_date
from milepost.cli.every import parse_every
from milepost.cli.terminal import read_value
from milepost.commands import check_value
from milepost.errors import InvalidInput
from milepost.events import COMPOSITES, PAYLOADS
from milepost.events.fields import Moment
from milepost.events.registry import EVENT_TYPES
from milepost.journal import State

_ON = re.compile(r"(.*?)\s+on\s+(.+)", re.IGNORECASE)


def read_field(state: State, kind: str, entity: str, field: str, words: str, today: date) -> Any:
    """What words mean for a field; None for `none`. Of a shared register, an object with all of its fields.

    Raises:
        InvalidInput: they mean nothing that the field can hold.
    """
    said = words.strip()
    if field in COMPOSITES.get(kind, {}):
        return _of_several(state, kind, entity, field, said, today)
    if said.lower() == NOTHING:
        return None
    return _of_one(_kinds(kind, field), _form(kind, field), state.fields(kind, entity).get(field), words, today)


def _kinds(kind: str, field: str) -> set[Any]:
    """The plain types that a field may hold."""
    found = set[Any]()
    for name, known in EVENT_TYPES.items():
        if known.entity == kind and field in PAYLOADS[name].__struct_fields__:
            found |= _plain(typing.get_type_hints(PAYLOADS[name])[field])
    return found


def _plain(hint: Any) -> set[Any]:
    origin = typing.get_origin(hint)
    if origin in {typing.Union, types.UnionType}:
        return {kind for part in typing.get_args(hint) for kind in _plain(part)}
    if origin is Literal:
        return {str}
    return {origin or hint}


def _form(kind: str, field: str) -> str:
    return next(
        (known.forms[field] for known in EVENT_TYPES.values() if known.entity == kind and field in known.forms), ""
    )


def _of_one(kinds: set[Any], form: str, now: Any, words: str, today: date) -> Any:
    said = words.strip()
    by_form: dict[str, Callable[[str], Any]] = {
        "day": lambda text: parse_date(text, today).isoformat(),
        "time of day": time_of_day,
        "recurrence": parse_every,
    }
    if Moment in kinds and (not form or re.search(r"\d{1,2}:\d{2}", said)):
        return _moment(said, now, today)
    if form in by_form:
        return by_form[form](said)
    if bool in kinds:
        return _yes_or_no(said)
    if kinds & {int, float}:
        number = read_value(said)
        if isinstance(number, str) and str not in kinds:
            raise InvalidInput(f"{said!r} is not a number.")
        return number
    if str not in kinds:
        raise InvalidInput("That field holds more than words: keep one of its values by its letter.")
    return words


def _moment(said: str, now: Any, today: date) -> Any:
    """`fri 15:00`, in the time zone that the field has; a zone may follow."""
    found = re.fullmatch(r"(.*?)[ T,]+(\d{1,2}:\d{2})(?:[ ,]+(\S+))?", said)
    if found is None:
        raise InvalidInput(f"{said!r} is not a day with a time. Try `2026-12-18 15:00`.")
    zone = found[3] or (now or {}).get("time_zone") if isinstance(now, dict) or found[3] else None
    day = parse_date(found[1], today).isoformat()
    return {"at": f"{day}T{time_of_day(found[2])}:00", "time_zone": zone or "UTC"}


def _yes_or_no(said: str) -> bool:
    answers = {"yes": True, "y": True, "true": True, "no": False, "n": False, "false": False}
    if said.lower() not in answers:
        raise InvalidInput(f"Say yes or no, not {said!r}.")
    return answers[said.lower()]


def _of_several(state: State, kind: str, entity: str, field: str, said: str, today: date) -> Any:
    now = state.fields(kind, entity)
    if field == "value":
        value = None if said.lower() == NOTHING else read_value(said)
        measure = now.get("measure")
        if measure is not None:
            check_value(state, measure, value)
        return {"measure": measure, "value": value} if measure is not None else {"value": value}
    found = _ON.fullmatch(said)
    status, day = (found[1], found[2]) if found else (said, None)
    on = parse_date(day, today, past=True).isoformat() if day else today.isoformat()
    if field == "resting":
        over = status.lower() in {"no", "n", NOTHING, "over", "end"}
        until = None if over or status.lower() in {"yes", "y"} else parse_date(status, today).isoformat()
        return {"resting": not over, "until": until, "on": on}
    wanted = status.strip().lower().replace(" ", "_")
    allowed = _words_of(kind, field)
    if wanted not in allowed:
        raise InvalidInput(f"{status!r} is none of: {', '.join(word.replace('_', ' ') for word in allowed)}.")
    return {field: wanted, "on": on}


def _words_of(kind: str, field: str) -> tuple[str, ...]:
    """The words that a status or a decision may be."""
    for name, known in EVENT_TYPES.items():
        if known.entity == kind and field in PAYLOADS[name].__struct_fields__:
            hint = typing.get_type_hints(PAYLOADS[name])[field]
            options = [hint, *typing.get_args(hint)]
            for option in options:
                if typing.get_origin(option) is Literal:
                    return typing.get_args(option)
    return ()
