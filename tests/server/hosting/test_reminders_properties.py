"""Which reminders are due: properties over any wishes, clocks that change, journeys, rests, and looks at any time."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import example, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from milepost.views.entities import Reminder
from milepost_server.hosting.reminders import GRACE, LOOK_AHEAD, Wishes, due, next_look

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
ZONES = ["UTC", "Europe/Vienna", "America/New_York", "Australia/Lord_Howe", "America/Nuuk", "Pacific/Auckland"]
BEGINNINGS = [
    datetime(2027, 1, 15, tzinfo=UTC),
    *(datetime(2027, *day, tzinfo=UTC) for day in [(3, 27), (10, 30), (3, 13), (11, 6), (4, 3), (10, 2), (9, 25)]),
]
"""Days before clocks are changed, somewhere."""
RULES = {
    "FREQ=DAILY": lambda _: True,
    "FREQ=WEEKLY;BYDAY=MO,SU": lambda day: day.weekday() in {0, 6},
    "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR": lambda day: day.weekday() < 5,
    "FREQ=MONTHLY;BYMONTHDAY=28,-1": lambda day: day.day == 28 or (day + DAY).day == 1,
}

EVERY_20_MINUTES = [(minutes, True) for minutes in range(0, 4320, 20)]

clocks = st.builds("{:02d}:{:02d}".format, st.integers(0, 23), st.sampled_from([0, 1, 15, 30, 45, 59]))
night = st.sampled_from(["01:00", "01:30", "01:45", "02:00", "02:15", "02:30", "03:00", "23:45", "00:00"])
times = clocks | night
quiet = st.none() | st.tuples(times, times)


def stamp(moment: datetime) -> str:
    return f"{int(moment.timestamp() * 1000):012x}0000000000000000"


def made(number: int, at: str, rule: str, hours: tuple[str, str] | None, changed: datetime) -> Reminder:
    begins, ends = hours or (None, None)
    return Reminder(
        id=f"r{number}", what="x", recurrence=rule, at=at, quiet_from=begins, quiet_to=ends, changed_at=stamp(changed)
    )


def is_quiet(reminder: Reminder, moment: datetime, zone: str) -> bool:
    """Said in another way: walk from the beginning of the quiet hours, minute by minute round the clock."""
    if not reminder.quiet_from or not reminder.quiet_to:
        return False
    minute = lambda text: int(text[:2]) * 60 + int(text[3:])  # noqa: E731
    here, at = moment.astimezone(ZoneInfo(zone)), minute(reminder.quiet_from)
    while at != minute(reminder.quiet_to):
        if at == here.hour * 60 + here.minute:
            return True
        at = (at + 1) % 1440
    return False


def expected(reminder: Reminder, zone: str, begin: datetime, end: datetime) -> dict[str, datetime]:
    """Local tick → instant, found by looking at the clock on the wall each minute."""
    found: dict[str, datetime] = {}
    moment, before = begin - DAY, (begin - DAY - MINUTE).astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    while moment <= end:
        wall = moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
        for day in {before.date(), wall.date()}:
            wanted = datetime.combine(day, datetime.strptime(reminder.at, "%H:%M").time())  # noqa: DTZ007
            skipped = wall - before > MINUTE and before < wanted < wall
            if (wall == wanted or skipped) and RULES[reminder.recurrence](wanted.date()):
                # A time that is left out comes as much after the gap as it lies in it.
                late = wanted - before - MINUTE if skipped else timedelta(0)
                found.setdefault(wanted.isoformat("T", "minutes"), moment + late)
        before, moment = wall, moment + MINUTE
    return {local: at for local, at in found.items() if begin < at <= end}


class Person:
    """Wishes, and a server that looks at them now and then."""

    def __init__(self, reminders: Sequence[Reminder], zone: str, begin: datetime) -> None:
        self.reminders = {one.id: one for one in reminders}
        self.zone, self.since, self.now = zone, begin, begin
        self.rest: tuple[date, date | None] | None = None
        self.told: dict[str, str] = {}
        self.sent: list[tuple[datetime, str, str, datetime]] = []
        self.noted: set[tuple[str, str]] = set()

    def resting(self, day: date) -> bool:
        return self.rest is not None and self.rest[0] <= day and (self.rest[1] is None or day <= self.rest[1])

    @property
    def wishes(self) -> Wishes:
        return Wishes(
            reminders=list(self.reminders.values()),
            time_zone=self.zone,
            resting=self.resting,
            told=self.told,
            since=self.since,
            looked=self.since,
        )

    def look(self, notes: bool = True) -> None:
        """One look; the process may be killed after sending and before it is noted."""
        found = due(self.wishes, self.now)
        for tick in found.passed:
            self.told[tick.reminder.id] = tick.local
        for tick in found.tell:
            key = tick.reminder.id, tick.local
            assert key not in self.noted, "told twice"
            assert tick.at <= self.now <= tick.at + GRACE
            assert not is_quiet(tick.reminder, self.now, self.zone)
            assert not self.resting(self.now.astimezone(ZoneInfo(self.zone)).date())
            self.sent.append((self.now, *key, tick.at))
            if notes:
                self.noted.add(key)
                self.told[tick.reminder.id] = tick.local


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_no_reminder_comes_twice_or_late_or_in_a_quiet_hour_or_at_rest_whatever_happens(data: st.DataObject) -> None:
    begin = data.draw(st.sampled_from(BEGINNINGS))
    one = lambda number, changed: made(  # noqa: E731
        number, data.draw(times), data.draw(st.sampled_from(list(RULES))), data.draw(quiet), changed
    )
    person = Person([one(number, begin - DAY) for number in range(2)], data.draw(st.sampled_from(ZONES)), begin)
    for _ in range(data.draw(st.integers(1, 40))):
        match data.draw(st.sampled_from(["on", "on", "next", "look", "killed", "edit", "move", "rest", "end", "back"])):
            case "on":
                person.now += data.draw(st.integers(0, 900)) * MINUTE + timedelta(seconds=data.draw(st.integers(0, 59)))
            case "next":
                person.now = next_look(person.wishes, person.now)
            case "look":
                person.look()
            case "killed":
                person.look(notes=False)
            case "edit":
                number = data.draw(st.integers(0, 1))
                person.reminders[f"r{number}"] = one(number, person.now)
            case "move":
                person.zone = data.draw(st.sampled_from(ZONES))
            case "rest":
                today = person.now.astimezone(ZoneInfo(person.zone)).date()
                person.rest = today, data.draw(st.none() | st.integers(0, 3).map(lambda days: today + days * DAY))  # noqa: B023
            case "end":
                person.rest = None
            case "back":
                person.now -= data.draw(st.integers(0, 120)) * MINUTE
    assert {key[1:3] for key in person.sent} >= person.noted, "what was noted was sent; each was looked at as it went"


@given(
    begin=st.sampled_from(BEGINNINGS),
    zone=st.sampled_from(ZONES),
    at=times,
    rule=st.sampled_from(list(RULES)),
    hours=quiet,
    looks=st.lists(st.tuples(st.integers(0, 3 * 1440), st.booleans()), max_size=60),
)
@example(begin=BEGINNINGS[1], zone="Europe/Vienna", at="02:30", rule="FREQ=DAILY", hours=None, looks=EVERY_20_MINUTES)
@example(begin=BEGINNINGS[2], zone="Europe/Vienna", at="02:30", rule="FREQ=DAILY", hours=None, looks=EVERY_20_MINUTES)
@example(
    begin=BEGINNINGS[1], zone="America/Nuuk", at="23:30", rule="FREQ=DAILY", hours=None, looks=[(1440 + 190, True)]
)
@settings(max_examples=60, deadline=None)
def test_each_tick_within_its_grace_is_told_once_whenever_it_is_looked_and_killed(**drawn: Any) -> None:
    begin, zone, looks = drawn["begin"], drawn["zone"], sorted(drawn["looks"])
    reminder = made(0, drawn["at"], drawn["rule"], drawn["hours"], begin - DAY)
    person = Person([reminder], zone, begin)
    for minutes, notes in looks:
        person.now = begin + minutes * MINUTE
        person.look(notes)
    wanted = set()
    for local, at in expected(reminder, zone, begin, begin + 3 * DAY).items():
        good = [
            begin + minutes * MINUTE
            for minutes, _ in looks
            if at <= begin + minutes * MINUTE <= at + GRACE and not is_quiet(reminder, begin + minutes * MINUTE, zone)
        ]
        if good:
            wanted.add((local, at))
            assert min(good) == min(sent for sent, _, of, _ in person.sent if of == local)
    assert {(local, at) for _, _, local, at in person.sent} == wanted


@given(
    begin=st.sampled_from(BEGINNINGS),
    zone=st.sampled_from(ZONES),
    at=times,
    rule=st.sampled_from(list(RULES)),
    hours=quiet,
)
@example(begin=BEGINNINGS[1], zone="America/Nuuk", at="23:30", rule="FREQ=DAILY", hours=None)
@example(begin=BEGINNINGS[0], zone="UTC", at="09:00", rule="FREQ=DAILY", hours=("08:00", "11:00"))
@settings(max_examples=60, deadline=None)
def test_looking_only_when_it_was_said_to_tells_everything_in_the_first_minute_that_it_may(**drawn: Any) -> None:
    begin, zone = drawn["begin"], drawn["zone"]
    reminder = made(0, drawn["at"], drawn["rule"], drawn["hours"], begin - DAY)
    person = Person([reminder], zone, begin)
    end = begin + 3 * DAY
    while (then := next_look(person.wishes, person.now)) <= end:
        person.now = then
        person.look()
    wanted = {}
    for local, at in expected(reminder, zone, begin, end).items():
        minutes = [at + n * MINUTE for n in range(121)]
        good = next((moment for moment in minutes if not is_quiet(reminder, moment, zone)), None)
        if good is not None and good <= end:
            wanted[local] = good
    assert {local: sent for sent, _, local, _ in person.sent} == wanted


def test_a_reminder_counts_from_when_it_was_made_or_changed() -> None:
    begin = datetime(2027, 1, 15, tzinfo=UTC)
    person = Person([made(0, "09:00", "FREQ=DAILY", None, begin + 9.5 * timedelta(hours=1))], "UTC", begin)
    person.now = begin + timedelta(hours=10)
    person.look()
    assert person.sent == []
    person.reminders["r0"] = replace(person.reminders["r0"], at="10:30", changed_at=stamp(person.now))
    person.now += timedelta(minutes=40)
    person.look()
    assert [local for _, _, local, _ in person.sent] == ["2027-01-15T10:30"]


def test_a_reminder_of_a_device_whose_clock_runs_ahead_comes_all_the_same() -> None:
    begin = datetime(2027, 1, 15, tzinfo=UTC)
    person = Person([made(0, "09:00", "FREQ=DAILY", None, begin + 400 * DAY)], "UTC", begin)
    for _ in range(3):
        person.now = next_look(person.wishes, person.now)
        person.look()
        person.since = person.now
    assert [local for _, _, local, _ in person.sent] == [f"2027-01-{day}T09:00" for day in (15, 16, 17)]


def test_a_journey_tells_no_day_twice() -> None:
    begin = datetime(2027, 1, 15, tzinfo=UTC)
    person = Person([made(0, "09:00", "FREQ=DAILY", None, begin)], "Europe/Vienna", begin)
    person.now = begin + timedelta(hours=8)
    person.look()
    person.zone = "America/New_York"
    for _ in range(2):
        person.now = next_look(person.wishes, person.now)
        person.look()
    assert [local for _, _, local, _ in person.sent] == ["2027-01-15T09:00", "2027-01-16T09:00"]


def test_what_came_while_a_person_rested_does_not_come_afterwards() -> None:
    begin = datetime(2027, 1, 15, tzinfo=UTC)
    person = Person([made(0, "23:30", "FREQ=DAILY", None, begin)], "UTC", begin)
    person.rest = begin.date(), begin.date()
    person.now = begin + timedelta(hours=24, minutes=10)
    person.look()
    assert (person.sent, person.told) == ([], {"r0": "2027-01-15T23:30"})


def test_a_reminder_of_last_evening_does_not_come_into_a_rest_that_began_today() -> None:
    begin = datetime(2027, 1, 15, tzinfo=UTC)
    person = Person([made(0, "23:30", "FREQ=DAILY", None, begin)], "UTC", begin)
    person.now = begin + timedelta(hours=24, minutes=10)
    person.rest = person.now.date(), None
    person.look()
    assert person.sent == []


def test_the_grace_ends_after_two_hours_and_not_before() -> None:
    begin = datetime(2027, 1, 15, tzinfo=UTC)
    for late, comes in ((GRACE, 1), (GRACE + timedelta(milliseconds=1), 0)):
        person = Person([made(0, "09:00", "FREQ=DAILY", None, begin)], "UTC", begin)
        person.now = begin + timedelta(hours=9) + late
        person.look()
        assert len(person.sent) == comes


def test_nobody_looks_more_seldom_than_once_a_week_nor_for_ever() -> None:
    begin = datetime(2027, 1, 15, tzinfo=UTC)
    never = Reminder(id="r0", recurrence="FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", changed_at=stamp(begin))
    assert next_look(Person([never], "UTC", begin).wishes, begin) == begin + LOOK_AHEAD
