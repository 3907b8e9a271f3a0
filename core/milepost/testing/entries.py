"""Whether what a plugin brings in is what a journal could take; knows nothing of what is in the journal."""

from collections.abc import Iterable
from typing import Any

import msgspec

from milepost.commands.by_kind import TODAY
from milepost.errors import MilepostError
from milepost.events import EVENT_TYPES, encode_payload
from milepost.importing.restoring import RESTORED
from milepost.inbound import MAX_EXTERNAL_ID, MAX_UNLESS, is_named_well
from milepost.measures import load_instrument
from milepost.plugin_api import VIEWS, Entry, FromFile, NewEntry, NewInstrument, NotTaken, Retraction, Revision
from milepost.testing.findings import require

_ID = "00000000-0000-4000-8000-000000000000"
_TODAY = "2026-12-18"
_REFERS = ("goal", "subject", "measure", "session")


def check_entries(entries: Any) -> list[Entry]:
    """Entries, if that is what they are.

    Raises:
        AssertionError: names the entry, and what is wrong with it.
    """
    good = isinstance(entries, Iterable) and not isinstance(entries, str | bytes)
    require(good, f"Entries must be a list, not {type(entries).__name__}.")
    found = list(entries)
    for entry in found:
        _check(entry)
    return found


def check_read(given: Any) -> FromFile:
    """What an importer gave, if it may: an entry, a questionnaire, or a word on what can't be taken.

    Raises:
        AssertionError: says what is wrong with it.
    """
    if isinstance(given, NotTaken):
        require(bool(given.name and given.reason), f"{given!r} says neither what it is nor why.")
    elif isinstance(given, NewInstrument):
        try:
            load_instrument(given.text.encode(), given.name)
        except MilepostError as error:
            raise AssertionError(f"The questionnaire {given.name!r} can't be used: {error}") from error
    else:
        _check(given)
    return given  # type: ignore[no-any-return]


def _check(entry: Any) -> None:
    known = isinstance(entry, NewEntry | Revision | Retraction)
    require(known, f"{entry!r} is neither a NewEntry, a Revision nor a Retraction.")
    require(entry.kind in VIEWS, f"There is no kind {entry.kind!r}. There are: {', '.join(VIEWS)}.")
    if not isinstance(entry, Revision):
        id_ = entry.external_id
        good = isinstance(id_, str) and 0 < len(id_) <= MAX_EXTERNAL_ID
        require(good, f"An external id must be a text of 1 to {MAX_EXTERNAL_ID} characters, not {id_!r}.")
    if not isinstance(entry, Retraction):
        try:
            msgspec.json.encode(entry.fields)
        except (TypeError, ValueError) as error:
            raise AssertionError(f"The fields of {entry!r} are no JSON values: {error}.") from error
    if isinstance(entry, NewEntry):
        few = f"`known_as` and `grows` of {entry!r} must be texts, and `unless` a tuple of at most {MAX_UNLESS} texts."
        require(is_named_well(entry), few)
        _check_fields(entry)


def _check_fields(entry: NewEntry) -> None:
    """The fields are those of the event that such a thing begins with; what names another thing may have any name."""
    event = RESTORED.get(entry.kind, f"{entry.kind}.recorded")
    stands = f"{entry.kind}.status_changed"
    fields = {name: _ID if name in _REFERS and value else value for name, value in entry.fields.items()}
    try:
        if stands in EVENT_TYPES and "status" in fields:
            status: dict[str, Any] = {name: fields.pop(name) for name in ("status", "on") if name in fields}
            encode_payload(stands, {"id": _ID, "on": _TODAY, **status})
        today = {TODAY[entry.kind]: _TODAY} if entry.kind in TODAY else {}
        encode_payload(event, {**today, **fields, "id": _ID})
    except MilepostError as error:
        raise AssertionError(f"A journal can't take {entry!r}: {error}") from error
