"""`forms.json`: texts that have an exact form, and texts that almost have it."""

from milepost.events.forms import FORMS
from tests.golden.making import Case

FILE = "forms.json"

_TEXTS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "id": (
        ("22222222-2222-4222-8222-222222222222", "00000000-0000-0000-0000-000000000000"),
        ("22222222-2222-4222-8222-22222222222A", "22222222222242228222222222222222", "{2222222-2222-4222-8222-222222222222}"),
    ),
    "digest": (("ab" * 32,), ("AB" * 32, "ab" * 31, "")),
    "day": (
        ("2026-12-18", "2024-02-29", "0001-01-01", "9999-12-31"),
        ("2026-02-29", "0000-01-01", "2026-12-18 ", "20261218", "2026-W51-5", "2026-1-1", "26-12-18", "+2026-12-1"),
    ),
    "local time": (
        ("2026-12-18T15:00:00", "2026-12-18T00:00:00", "2026-12-18T23:59:59"),
        ("2026-12-18 15:00:00", "2026-12-18t15:00:00", "2026-12-18T24:00:00", "2026-12-18T15:00:60", "2026-12-18T15:00",
         "2026-12-18T15:00:00Z", "2026-12-18T15:00:00.5", "2026-02-30T15:00:00"),
    ),
    "time of day": (("00:00", "08:30", "23:59"), ("8:30", "24:00", "08:60", "08:30:00", "0830")),
    "time zone": (
        ("UTC", "Europe/Berlin", "America/Argentina/Ushuaia", "Etc/GMT+5"),
        ("", "Europe", "Mars/Base", "../UTC", "/etc/localtime", "localtime", "posixrules", "Factory", "posix/UTC", "right/UTC",
         "+02:00"),
    ),
    "recurrence": (
        ("FREQ=DAILY", "FREQ=WEEKLY;BYDAY=MO,TH", "FREQ=DAILY;INTERVAL=02;COUNT=10", "FREQ=WEEKLY;UNTIL=20261231;WKST=SU",
         "FREQ=WEEKLY;UNTIL=20261231T225960Z", "FREQ=WEEKLY;UNTIL=20261231T225900", "FREQ=MONTHLY;BYDAY=+1MO,-1FR,TU",
         "FREQ=MONTHLY;BYMONTHDAY=-1,31", "FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=-1", "FREQ=YEARLY;BYYEARDAY=366,-366",
         "FREQ=YEARLY;BYWEEKNO=53;BYDAY=MO", "FREQ=YEARLY;BYMONTH=01,12;BYDAY=-53SU", "FREQ=DAILY;BYMONTH=1;BYMONTHDAY=1"),
        ("", "DAILY", "freq=daily", "FREQ=HOURLY", "INTERVAL=2;FREQ=DAILY", "FREQ=DAILY;", "FREQ=DAILY;FREQ=DAILY",
         "RRULE:FREQ=DAILY", "FREQ=DAILY;INTERVAL=0", "FREQ=DAILY;INTERVAL=+1", "FREQ=DAILY;COUNT=2;UNTIL=20261224",
         "FREQ=DAILY;UNTIL=2026-12-24", "FREQ=DAILY;UNTIL=20260230", "FREQ=DAILY;UNTIL=20261224T240000",
         "FREQ=DAILY;UNTIL=20261224T120061", "FREQ=DAILY;BYDAY=1MO", "FREQ=WEEKLY;BYDAY=1MO", "FREQ=MONTHLY;BYDAY=0MO",
         "FREQ=MONTHLY;BYDAY=54MO", "FREQ=MONTHLY;BYDAY=mo", "FREQ=WEEKLY;BYMONTHDAY=1", "FREQ=MONTHLY;BYMONTHDAY=32",
         "FREQ=MONTHLY;BYMONTHDAY=0", "FREQ=MONTHLY;BYYEARDAY=1", "FREQ=MONTHLY;BYWEEKNO=1",
         "FREQ=YEARLY;BYWEEKNO=20;BYDAY=1MO",
         "FREQ=YEARLY;BYWEEKNO=54", "FREQ=YEARLY;BYYEARDAY=367", "FREQ=YEARLY;BYMONTH=13", "FREQ=YEARLY;BYMONTH=-1",
         "FREQ=YEARLY;BYMONTH=1,", "FREQ=YEARLY;BYMONTH= 1", "FREQ=MONTHLY;BYSETPOS=1", "FREQ=YEARLY;BYMONTH=2;BYSETPOS=367",
         "FREQ=DAILY;BYHOUR=3", "FREQ=DAILY;WKST=1MO", "FREQ=DAILY;X-MOON=1"),
    ),
}  # fmt: skip

CASES: list[Case] = [
    {"about": f"{form}: {text!r}", "form": form, "text": text}
    for form, both in _TEXTS.items()
    for text in sum(both, ())
]


def played(case: Case) -> Case:
    """The case with whether the text has the form."""
    return {**case, "holds": FORMS[case["form"]][0](case["text"])}


def meant() -> dict[str, bool]:
    """What each case is a case of."""
    return {
        f"{form}: {text!r}": holds
        for form, (yes, no) in _TEXTS.items()
        for holds, of in ((True, yes), (False, no))
        for text in of
    }
