"""Moments and days as phones write them. Knows no payload."""

import re
from datetime import UTC, date, datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

FIRST_YEAR, LAST_YEAR = 1970, 2100
FIRST_DAY = date(1900, 1, 1)
"""Nobody who keeps a journal noted anything before."""
_SPACED = re.compile(r"(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}:\d{2}) ([+-]\d{2}):?(\d{2})")
_TWELVE = re.compile(r"(\d{4}-\d{2}-\d{2}) (\d{1,2}):(\d{2}):(\d{2}) ([AP])M ([+-]\d{2}):?(\d{2})", re.IGNORECASE)
_NARROW = str.maketrans("\u202f\u00a0", "  ")


class NotUnderstood(ValueError):
    """Something can't be read, and this says why, in words for who sent it."""


def moment(text: object) -> datetime:
    """A moment, to the second and with its offset: `2026-02-01 06:00:00 +0100` as Apple and Health Auto Export write it (on
    phones with a twelve-hour clock also `6:00:00 AM`), or ISO 8601 with an offset or `Z`.

    Raises:
        ValueError: it is none, or has no offset.

    """
    if text is None:
        raise NotUnderstood("it does not say when")
    try:
        read = _read(text) if isinstance(text, str) else None
    except ValueError:
        read = None
    if read is None or read.tzinfo is None or not FIRST_YEAR < read.year < LAST_YEAR:
        raise NotUnderstood(f"{str(text)[:40]!r} is no moment with an offset, as in 2026-02-01T06:00:00+01:00")
    return read.replace(microsecond=0)


def _read(text: str) -> datetime:
    if (found := _SPACED.fullmatch(text)) is not None:
        return datetime.fromisoformat(f"{found[1]}T{found[2]}{found[3]}:{found[4]}")
    if (found := _TWELVE.fullmatch(text.translate(_NARROW))) is not None:
        hour = int(found[2]) % 12 + (12 if found[5] in "pP" else 0)
        return datetime.fromisoformat(f"{found[1]}T{hour:02}:{found[3]}:{found[4]}{found[6]}:{found[7]}")
    return datetime.fromisoformat(text)


def day(text: object) -> str | None:
    """The day that a text is, or whose midnight it is; None where it is another moment.

    Raises:
        ValueError: it is neither, or before 1900.

    """
    if isinstance(text, str) and len(text) <= len("2026-02-01"):
        try:
            read = date.fromisoformat(text)
        except ValueError:
            raise NotUnderstood(f"{text!r} is no day like 2026-02-01") from None
        if read < FIRST_DAY:
            raise NotUnderstood(f"{text} is too long ago")
        return read.isoformat()
    found = moment(text)
    return found.date().isoformat() if (found.hour, found.minute, found.second) == (0, 0, 0) else None


def key_of(at: datetime) -> str:
    """A moment as every source writes it: in UTC, to the second."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def today(at_ms: int, zone: tzinfo | None) -> str:
    """The local day of a moment in milliseconds since 1970; in UTC where no zone is known."""
    return datetime.fromtimestamp(at_ms / 1000, zone or UTC).date().isoformat()


def there(at: datetime, zone: tzinfo | None) -> datetime:
    """The local time of a moment; where no zone is known, by the offset that was written."""
    return at if zone is None else at.astimezone(zone)


def zone_named(name: str | None) -> tzinfo | None:
    """A time zone by its IANA name, or None where there is none of that name."""
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
