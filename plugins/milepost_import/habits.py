"""A habit as Loop Habit Tracker has it, whatever it was read from; pure."""

from msgspec import Struct

THOUSANDTHS = 1000
"""What is counted is kept in thousandths."""
DONE, SKIPPED = 2, 3
"""The values that somebody set by hand, in `Entry.kt`: YES_MANUAL and SKIP."""
MAX_VALUE = 10**12

_EVENLY = {1: "", 2: "MO,TH", 3: "MO,WE,FR", 4: "MO,TU,TH,FR", 5: "MO,TU,WE,TH,FR", 6: "MO,TU,WE,TH,FR,SA"}


class Done(Struct, frozen=True):
    """A day on which it was done, how much where it is counted, and what was noted."""

    on: str
    value: int | float | None
    note: str


class Habit(Struct, frozen=True):
    """A habit, and its days from the first on: so many times in so many days."""

    name: str
    counted: bool
    times: int
    days: int
    archived: bool
    done: tuple[Done, ...]


def value_of(raw: int, *, counted: bool) -> tuple[bool, int | float | None]:
    """Whether a kept value says that it was done, and how much of it."""
    if not counted:
        return raw == DONE, None
    if not 0 < raw < MAX_VALUE or raw == SKIPPED:
        return False, None
    amount = raw / THOUSANDTHS
    return True, int(amount) if amount == int(amount) else amount


def recurrence(times: int, days: int) -> str:
    """So many times in so many days as an RRULE by whole days (RFC 5545, section 3.3.10): several times a week are spread
    over it, as Loop leaves open which days they are.
    """
    if times >= days or times < 1 or days < 1:
        return "FREQ=DAILY"
    if days == 7:
        days_of_week = _EVENLY[times]
        return f"FREQ=WEEKLY;BYDAY={days_of_week}" if days_of_week else "FREQ=WEEKLY"
    if times == 1:
        return {30: "FREQ=MONTHLY", 31: "FREQ=MONTHLY"}.get(days, f"FREQ=DAILY;INTERVAL={min(days, 366)}")
    return f"FREQ=DAILY;INTERVAL={max(1, min(days, 366) // times)}"
