"""What each view says about journals made by hand."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest
from msgspec import Raw

from milepost.clock import format_hlc
from milepost.envelope import Event
from milepost.events import encode_payload
from milepost.journal import State, dump_state, load_state, state_hash
from milepost.views import brief as briefs
from milepost.views import burden as burdens
from milepost.views import history, priorities, progress, recurrence, then_now, timeline, today
from milepost.views.checkins import checkins_about
from milepost.views.entities import Assessment, Session, plain
from tests.core.test_views_table import all_views
from tests.events import ALICE, JOURNAL, device, entity, event

BERLIN, NEW_YORK = "Europe/Berlin", "America/New_York"
NEVER_SAID = ("streak", "missed", "overdue", "fail", "%", "should", "must")


def ms(text: str, zone: str = BERLIN) -> int:
    """A local time as milliseconds since 1970."""
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp() * 1000)


class Pages:
    """A journal that one or more devices write, one minute after the other unless a time is given."""

    def __init__(self, zone: str = BERLIN, begins: str = "2026-09-01T08:00:00") -> None:
        self.events: list[Event] = []
        self.now_ms = ms(begins, zone)
        self.write("journal.opened", title="Mine", time_zone=zone)

    def write(
        self, name: str, /, *, by: int = 1, at: str = "", seen: dict[str, int] | None = None, **fields: Any
    ) -> Event:
        self.now_ms = ms(at) if at else self.now_ms + 60_000
        n = 1 + sum(e.device == device(by) for e in self.events)
        made = msgspec.structs.replace(
            event(1),
            device=device(by),
            n=n,
            hlc=format_hlc(self.now_ms),
            seen=seen or {},
            type=name,
            data=Raw(encode_payload(name, fields)),
        )
        self.events.append(made)
        return made

    def goal(self, number: int, title: str = "", **fields: Any) -> str:
        self.write("goal.created", id=entity(number), title=title or f"Goal {number}", rank=f"{number:03}", **fields)
        return entity(number)

    def measure(self, number: int, goal: str, **fields: Any) -> str:
        self.write("measure.defined", id=entity(number), goal=goal, **{"type": "scale", **fields})
        self.write("goal.revised", id=goal, measure=entity(number))
        return entity(number)

    def checkin(self, number: int, subject: str | None, on: str, **fields: Any) -> str:
        about = {} if subject is None else {"subject": subject}
        self.write("checkin.recorded", id=entity(number), on=on, **about, **fields)
        return entity(number)

    def numbers(self, goal: str | None, measure: str | None, values: dict[str, float], first: int = 500) -> None:
        about = {} if measure is None else {"measure": measure}
        for number, (on, value) in enumerate(values.items(), first):
            self.checkin(number, goal, on, value=value, **about)

    @property
    def state(self) -> State:
        state = State(JOURNAL)
        for made in self.events:
            state.apply(made)
        return state


@pytest.fixture
def pages() -> Pages:
    return Pages()


def texts(value: Any) -> Iterator[str]:
    """Every text in a view, without ids and names of fields."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from texts(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from texts(part)


# Recurrences and sessions


@pytest.mark.parametrize(
    ("rule", "days"),
    [
        ("FREQ=DAILY;INTERVAL=3", ["2026-12-01", "2026-12-04", "2026-12-07"]),
        ("FREQ=WEEKLY;BYDAY=MO,TH", ["2026-12-03", "2026-12-07"]),
        ("FREQ=WEEKLY", ["2026-12-01", "2026-12-08"]),
        ("FREQ=MONTHLY;BYDAY=1MO", ["2026-12-07"]),
        ("FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=1", ["2026-12-01"]),
        ("FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=-30,-27", ["2026-12-02", "2026-12-05"]),
        ("FREQ=YEARLY;BYWEEKNO=49;BYDAY=SU,MO", ["2026-12-06"]),
        ("FREQ=YEARLY;BYWEEKNO=49;BYDAY=SU,MO;WKST=SU", ["2026-12-06", "2026-12-07"]),
        ("FREQ=DAILY;COUNT=2", ["2026-12-01", "2026-12-02"]),
        ("FREQ=DAILY;UNTIL=20261203", ["2026-12-01", "2026-12-02", "2026-12-03"]),
        ("FREQ=DAILY;UNTIL=20261202T120000Z", ["2026-12-01", "2026-12-02"]),
    ],
)
def test_a_recurrence_falls_on_its_days(rule: str, days: list[str]) -> None:
    found = recurrence.occurrences(rule, date(2026, 12, 1), date(2026, 11, 1), date(2026, 12, 9))
    assert [day.isoformat() for day in found] == days


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=DAILY;INTERVAL=0",
        "FREQ=DAILY;INTERVAL=-1",
        "FREQ=DAILY;COUNT=0",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY;INTERVAL=7;BYDAY=MO",
        "FREQ=YEARLY;INTERVAL=4;BYMONTH=2;BYMONTHDAY=29",
        "FREQ=WEEKLY;BYDAY=XX",
        "FREQ=HOURLY",
        "FREQ=DAILY;BYHOUR=3",
        "FREQ=DAILY;UNTIL=20269999",
        "FREQ=DAILY;INTERVAL=" + "9" * 400,
        "COUNT=3",
        "nonsense",
        "",
    ],
)
def test_a_rule_that_never_comes_or_is_none_is_soon_done_with(rule: str) -> None:
    assert recurrence.occurrences(rule, date(2026, 12, 1), date(2026, 12, 2), date.max) == []


def test_one_answer_has_no_more_than_a_thousand_days_and_takes_no_more_than_some_looking() -> None:
    assert len(recurrence.occurrences("FREQ=DAILY", date.min, date.min, date.max)) == recurrence.MAX_OCCURRENCES
    counted = recurrence.occurrences("FREQ=DAILY;COUNT=999999999", date.min, date(2026, 12, 1), date.max)
    assert counted == [], "too far to count"
    assert len(recurrence.occurrences("FREQ=DAILY", date.min, date(9999, 12, 1), date.max)) == 31
    assert recurrence.occurrences("FREQ=WEEKLY;BYDAY=FR", date.max, date.min, date.max) == [date.max]


@pytest.mark.parametrize(
    ("zone", "starts", "utc"),
    [
        (BERLIN, "2026-10-20T15:00:00", ["2026-10-20T13:00", "2026-10-27T14:00", "2026-11-03T14:00"]),
        (BERLIN, "2027-03-23T15:00:00", ["2027-03-23T14:00", "2027-03-30T13:00", "2027-04-06T13:00"]),
        (NEW_YORK, "2026-10-27T18:30:00", ["2026-10-27T22:30", "2026-11-03T23:30", "2026-11-10T23:30"]),
        (NEW_YORK, "2027-03-09T18:30:00", ["2027-03-09T23:30", "2027-03-16T22:30", "2027-03-23T22:30"]),
    ],
)
def test_sessions_stay_at_their_time_of_day_when_clocks_change(zone: str, starts: str, utc: list[str]) -> None:
    pages = Pages(zone)
    pages.write(
        "series.planned",
        id=entity(1),
        start={"at": starts, "time_zone": zone},
        recurrence="FREQ=WEEKLY;COUNT=3",
        minutes=50,
        place="The green room",
    )
    found = recurrence.sessions_between(pages.state, date(2026, 1, 1), date(2027, 12, 31))
    assert {s.start["at"][11:] for s in found} == {starts[11:]}
    assert [recurrence.instant(s.start).isoformat()[:16] for s in found] == utc
    assert {(s.minutes, s.place, s.series, s.status) for s in found} == {(50, "The green room", entity(1), "planned")}


def test_a_time_that_a_change_of_clocks_leaves_out_or_has_twice_is_read_with_the_offset_before_it() -> None:
    read = [
        recurrence.instant({"at": at, "time_zone": zone}).isoformat()[:16]
        for at, zone in (
            ("2027-03-28T02:30:00", BERLIN),
            ("2026-10-25T02:30:00", BERLIN),
            ("2027-03-14T02:30:00", NEW_YORK),
            ("2026-11-01T01:30:00", NEW_YORK),
        )
    ]
    assert read == ["2027-03-28T01:30", "2026-10-25T00:30", "2027-03-14T07:30", "2026-11-01T05:30"]


def test_a_last_moment_in_utc_is_a_local_day() -> None:
    """15:00 in Berlin is 14:00 UTC in winter: the last one is the one at that moment."""
    for until, last in (
        ("20261208T140000Z", "2026-12-08"),
        ("20261208T135959Z", "2026-12-01"),
        ("20261208", "2026-12-08"),
    ):
        pages = Pages()
        start = {"at": "2026-12-01T15:00:00", "time_zone": BERLIN}
        pages.write("series.planned", id=entity(1), start=start, recurrence=f"FREQ=WEEKLY;UNTIL={until}")
        found = recurrence.sessions_between(pages.state, date(2026, 12, 1), date(2027, 12, 1))
        assert found[-1].start["at"][:10] == last


@pytest.fixture
def weekly(pages: Pages) -> Pages:
    start = {"at": "2026-11-03T15:00:00", "time_zone": BERLIN}
    pages.write("series.planned", id=entity(1), start=start, recurrence="FREQ=WEEKLY", minutes=50)
    return pages


def november(pages: Pages) -> list[tuple[str, str]]:
    found = recurrence.sessions_between(pages.state, date(2026, 11, 1), date(2026, 11, 30))
    return [(s.start["at"][:16], s.status) for s in found]


def test_a_session_that_somebody_touched_stands_for_its_occurrence(weekly: Pages) -> None:
    tenth = {"at": "2026-11-10T15:00:00", "time_zone": BERLIN}
    moved = {"at": "2026-11-12T09:00:00", "time_zone": BERLIN}
    weekly.write("session.scheduled", id=entity(2), start=tenth, series=entity(1), original=tenth)
    weekly.write("session.revised", id=entity(2), start=moved)
    weekly.write("session.status_changed", id=entity(2), status="cancelled", on="2026-11-09")
    others = [("2026-11-03T15:00", "planned"), ("2026-11-17T15:00", "planned"), ("2026-11-24T15:00", "planned")]
    assert november(weekly) == [others[0], ("2026-11-12T09:00", "cancelled"), *others[1:]]
    weekly.write("session.retracted", id=entity(2))
    assert november(weekly) == [others[0], ("2026-11-10T15:00", "planned"), *others[1:]]


def test_an_ended_series_goes_no_further_and_a_retracted_one_is_gone(weekly: Pages) -> None:
    weekly.write("series.ended", id=entity(1), ended="2026-11-17")
    assert [at for at, _ in november(weekly)] == ["2026-11-03T15:00", "2026-11-10T15:00", "2026-11-17T15:00"]
    weekly.write("series.ended", id=entity(1), ended=None)
    assert len(november(weekly)) == 4
    weekly.write("series.retracted", id=entity(1))
    assert november(weekly) == []


def test_an_occurrence_has_the_same_id_on_every_device(weekly: Pages) -> None:
    found = recurrence.sessions_between(weekly.state, date(2026, 11, 10), date(2026, 11, 10))
    assert [s.id for s in found] == ["f32bf3e4-d0e4-59f6-ab24-8ef9cef30696"]
    again = recurrence.sessions_between(weekly.state, date(2026, 1, 1), date(2027, 1, 1))
    assert found[0] in again


def test_what_cannot_be_read_as_a_time_stops_no_view(pages: Pages) -> None:
    """A device takes what a server has; forms are checked where events are written."""
    assert recurrence.instant({"at": "2026-99-99T00:00:00", "time_zone": BERLIN}).year == 9999
    assert recurrence.instant({"at": "0001-01-01T00:00:00", "time_zone": BERLIN}).year == 9999
    assert str(recurrence.zone_of("Nowhere/Land")) == "UTC"
    made = pages.write(
        "series.planned",
        id=entity(1),
        start={"at": "2026-11-03T15:00:00", "time_zone": BERLIN},
        recurrence="FREQ=WEEKLY",
    )
    bad = bytes(made.data).replace(b"2026-11-03T15", b"2026-99-03T15")  # type: ignore[arg-type]
    pages.events[-1] = msgspec.structs.replace(made, data=Raw(bad))
    made = pages.write("checkin.recorded", id=entity(2), on="2026-11-03", value=3)
    pages.events[-1] = msgspec.structs.replace(made, data=Raw(bytes(made.data).replace(b"2026-11-03", b"2026-99-99")))  # type: ignore[arg-type]
    all_views(pages.state, pages.events)


# History


def rows(found: Sequence[history.Change], *names: str) -> list[tuple[Any, ...]]:
    return [(c.field, c.from_, c.to, c.reason) for c in found if not names or c.field in names]


def test_a_goals_history_has_every_wording_and_why_it_changed(pages: Pages) -> None:
    goal = pages.goal(1, "Be better", why="They said so")
    pages.write("goal.revised", id=goal, title="Say what I need", reason="in my own words", at="2026-09-20T18:00:00")
    pages.write("goal.revised", id=goal, why=None)
    pages.write("goal.status_changed", id=goal, status="achieved", on="2026-12-01", reason="it is so")
    found = history.goal_history(pages.events, JOURNAL, goal)
    assert rows(found, "title", "why", "status", "on") == [
        ("title", None, "Be better", None),
        ("why", None, "They said so", None),
        ("title", "Be better", "Say what I need", "in my own words"),
        ("why", "They said so", None, None),
        ("on", None, "2026-12-01", "it is so"),
        ("status", None, "achieved", "it is so"),
    ]
    changed = next(c for c in found if c.reason == "in my own words")
    assert (changed.actor, changed.device, changed.n, changed.at) == (ALICE, device(1), 3, ms("2026-09-20T18:00:00"))
    assert plain(changed)["from"] == "Be better"
    assert history.goal_history(pages.events, JOURNAL, entity(99)) == ()


def test_history_shows_what_each_author_saw_when_two_wrote_at_once(pages: Pages) -> None:
    goal = pages.goal(1, "Before")
    pages.write("goal.revised", id=goal, title="On the laptop")
    pages.write("goal.revised", by=2, seen={device(1): 2}, id=goal, title="On the phone")
    pages.write("goal.revised", by=1, seen={device(2): 1}, id=goal, title="Both", reason="settled")
    found = rows(history.goal_history(pages.events, JOURNAL, goal), "title")
    assert found == [
        ("title", None, "Before", None),
        ("title", "Before", "On the laptop", None),
        ("title", "Before", "On the phone", None),
        ("title", "On the phone", "Both", "settled"),
    ]


def test_an_accepted_proposal_is_in_the_history_of_what_it_changed(pages: Pages) -> None:
    goal = pages.goal(1, "Mine")
    change = {"kind": "goal", "id": goal, "fields": {"title": "Ours"}}
    pages.write("proposal.made", id=entity(7), change=change, why="shorter")
    pages.write("proposal.decided", id=entity(7), decision="accepted", on="2026-09-09", accepted=change, reason="yes")
    found = history.goal_history(pages.events, JOURNAL, goal)
    assert rows(found, "title")[-1] == ("title", "Mine", "Ours", "yes")
    decided = history.history(pages.events, JOURNAL, "proposal", entity(7))
    assert ("decision", None, "accepted", "yes") in rows(decided)


def test_what_a_journal_has_one_of_has_a_history_under_the_journals_id(pages: Pages) -> None:
    pages.write("plan.written", helps="A walk")
    pages.write("plan.revised", helps="A walk by the river", reason="closer")
    found = history.history(pages.events, JOURNAL, "plan", JOURNAL)
    assert rows(found) == [("helps", None, "A walk", None), ("helps", "A walk", "A walk by the river", "closer")]


def test_a_shared_register_is_emptied_of_what_a_later_write_leaves_out(pages: Pages) -> None:
    made = pages.checkin(1, None, "2026-09-02", measure=entity(9), value=3)
    pages.write("checkin.amended", id=made, value=4)
    found = history.history(pages.events, JOURNAL, "checkin", made)
    assert ("measure", entity(9), None, None) in rows(found)
    assert pages.state.fields("checkin", made) == {"on": "2026-09-02", "value": 4}


def test_histories_are_those_of_what_changed_since(pages: Pages) -> None:
    early, late = pages.goal(1, "Early"), pages.goal(2, "Late")
    pages.write("goal.revised", id=late, title="Later", at="2026-10-10T10:00:00")
    found = history.histories(pages.events, JOURNAL, {"goal"}, ms("2026-10-01T00:00:00"))
    assert list(found) == [("goal", late)]
    assert rows(found["goal", late]) == [("title", "Late", "Later", None)]
    assert set(history.histories(pages.events, JOURNAL, {"goal"})) == {("goal", early), ("goal", late)}
    assert history.histories([], JOURNAL, {"goal"}) == {}


def test_a_journal_is_read_as_it_was_by_number_and_by_time(pages: Pages) -> None:
    goal = pages.goal(1, "Then")
    pages.write("goal.revised", id=goal, title="Now", at="2026-10-10T10:00:00")
    placed = [msgspec.structs.replace(e, seq=at) for at, e in enumerate(pages.events, 1)]
    unsent = pages.write("goal.revised", id=goal, title="Not sent", at="2026-10-11T10:00:00")

    def title(**limits: int) -> str | None:
        return history.state_as_of(JOURNAL, [*placed, unsent], **limits).fields("goal", goal).get("title")

    assert (title(seq=1), title(seq=2), title(seq=3), title(seq=99)) == (None, "Then", "Now", "Now")
    assert title(ms=ms("2026-10-10T09:59:59")) == "Then"
    assert title(ms=ms("2026-10-10T10:00:00")) == "Now"
    assert title(ms=ms("2026-12-01T00:00:00")) == "Not sent"
    assert title() == "Not sent"
    before, after = (history.state_as_of(JOURNAL, placed, seq=seq) for seq in (2, 3))
    found = history.difference(before, after, "goal", goal)
    assert [(d.field, d.from_, d.to) for d in found] == [("title", "Then", "Now")]
    assert history.difference(after, after, "goal", goal) == ()
    assert [d.field for d in history.difference(State(JOURNAL), after, "goal", goal)] == ["id", "rank", "title"][1:]


def test_a_clock_that_was_put_back_leaves_no_gap_in_what_was(pages: Pages) -> None:
    goal = pages.goal(1, "First")
    pages.write("goal.revised", id=goal, title="By a clock that ran ahead", at="2027-01-01T10:00:00")
    pages.write("goal.revised", id=goal, why="Written later, and dated before", at="2026-10-01T10:00:00")
    then = history.state_as_of(JOURNAL, pages.events, ms=ms("2026-11-01T00:00:00"))
    assert then.fields("goal", goal) == {"title": "First", "rank": "001", "why": "Written later, and dated before"}
    again = history.goal_history(history.as_of(pages.events, ms=ms("2026-11-01T00:00:00")), JOURNAL, goal)
    assert rows(again, "title", "why") == [
        ("title", None, "First", None),
        ("why", None, "Written later, and dated before", None),
    ]
    assert state_hash(history.state_as_of(JOURNAL, pages.events)) == state_hash(pages.state)


def test_a_later_write_of_the_same_device_comes_after_whatever_its_clock_said(pages: Pages) -> None:
    goal = pages.goal(1, "One")
    pages.write("goal.revised", id=goal, title="Two", at="2027-01-01T10:00:00")
    pages.write("goal.revised", id=goal, title="Three", at="2026-10-01T10:00:00")
    found = rows(history.goal_history(pages.events, JOURNAL, goal), "title")
    assert [(was, now) for _, was, now, _ in found] == [(None, "One"), ("One", "Two"), ("Two", "Three")]
    assert pages.state.fields("goal", goal)["title"] == "Three"


# Progress


def test_progress_goes_from_the_first_number_to_the_latest(pages: Pages) -> None:
    goal = pages.goal(1, "Calmer mornings")
    measure = pages.measure(10, goal, question="How calm?", low=0, high=10, better="up")
    pages.numbers(goal, measure, {"2026-09-01": 3, "2026-09-05": 7, "2026-09-09": 5})
    pages.checkin(600, goal, "2026-09-10", note="words count as well")
    [one] = progress.progress(pages.state).goals
    [series] = one.series
    assert [(p.on, p.value) for p in series.points] == [("2026-09-01", 3), ("2026-09-05", 7), ("2026-09-09", 5)]
    assert (series.measure, series.question, series.baseline, series.now, series.best) == (
        measure,
        "How calm?",
        3,
        5,
        7,
    )
    assert (series.change, series.trend) == (2, None)
    assert one.words == "From 3 to 5 since 1 Sep 2026: progress. The best so far was 7. One note kept about it."


def test_the_baseline_is_the_one_marked_so(pages: Pages) -> None:
    goal = pages.goal(1)
    pages.checkin(1, goal, "2026-09-01", value=9)
    pages.checkin(2, goal, "2026-09-03", value=2, baseline=True)
    pages.checkin(3, goal, "2026-09-05", value=4.5)
    [series] = progress.progress(pages.state).goals[0].series
    assert (series.baseline, series.now, series.change) == (2, 4.5, 2.5)
    assert series.words == "From 2 to 4.5 since 3 Sep 2026: progress. The best so far was 9."


def test_less_is_better_where_the_person_says_so(pages: Pages) -> None:
    goal = pages.goal(1)
    measure = pages.measure(10, goal, better="down", unit="hours")
    pages.numbers(goal, measure, {"2026-09-01": 6, "2026-09-05": 2, "2026-09-09": 4})
    [series] = progress.progress(pages.state).goals[0].series
    assert (series.best, series.change) == (2, -2)
    assert series.words.startswith("From 6 hours to 4 hours since 1 Sep 2026: progress. The best so far was 2 hours.")


def test_what_is_to_be_kept_is_best_where_it_is_nearest_its_target(pages: Pages) -> None:
    goal = pages.goal(1)
    measure = pages.measure(10, goal, better="keep", target=7)
    pages.numbers(goal, measure, {"2026-09-01": 4, "2026-09-05": 7, "2026-09-09": 9})
    [series] = progress.progress(pages.state).goals[0].series
    assert (series.best, series.now) == (7, 9)
    assert "progress" in series.words


def test_what_goes_the_other_way_is_said_plainly(pages: Pages) -> None:
    goal = pages.goal(1)
    pages.numbers(goal, None, {"2026-09-01": 5, "2026-09-05": 3})
    assert progress.progress(pages.state).goals[0].words == "From 5 to 3 since 1 Sep 2026."
    pages.checkin(700, goal, "2026-09-06", value=5)
    assert progress.progress(pages.state).goals[0].words == "5, the same as on 1 Sep 2026."


def test_each_measure_is_a_series_and_so_is_what_was_said_without_one(pages: Pages) -> None:
    goal = pages.goal(1)
    first = pages.measure(10, goal, question="How calm?")
    pages.numbers(goal, first, {"2026-09-01": 1, "2026-09-02": 2}, 500)
    second = pages.measure(11, goal, question="How often?")
    pages.numbers(goal, second, {"2026-09-03": 8}, 600)
    pages.numbers(goal, None, {"2026-09-04": 4}, 700)
    pages.checkin(800, goal, "2026-09-05", value="so-so")
    [one] = progress.progress(pages.state).goals
    assert [(s.measure, s.now) for s in one.series] == [(first, 2), (second, 8), (None, 4)]
    assert (
        one.words
        == "“How calm?”: From 1 to 2 since 1 Sep 2026: progress. “How often?”: 8 on 3 Sep 2026. 4 on 4 Sep 2026."
    )


def fortnight(values: Sequence[float], step: int = 4) -> tuple[progress.Point, ...]:
    first = date(2026, 9, 1).toordinal()
    return tuple(
        progress.Point(date.fromordinal(first + at * step).isoformat(), value) for at, value in enumerate(values)
    )


def test_no_trend_is_claimed_from_little() -> None:
    assert progress.trend(fortnight([1, 2, 3, 4]), 10) is None
    assert progress.trend(fortnight([1, 2, 3, 4, 5], step=3), 10) is None, "five within thirteen days"
    assert progress.trend(fortnight([1, 2, 3, 4, 5]), 10) is not None


@pytest.mark.parametrize(
    ("values", "better", "direction"),
    [
        ([1, 2, 3, 4, 5], "up", "improving"),
        ([5, 4, 3, 2, 1], "up", "worsening"),
        ([1, 2, 3, 4, 5], "down", "worsening"),
        ([5, 4, 3, 2, 1], "down", "improving"),
        ([3, 3, 3, 3, 3], "up", "steady"),
        ([1, 2, 100, 4, 5], "up", "improving"),
        ([1, 2, 3, 4, 5], "keep", "improving"),
        ([5, 6, 7, 8, 9], "keep", "worsening"),
        ([5, 5.01, 5.02, 5.03, 5.04], "up", "steady"),
    ],
)
def test_a_trend_goes_the_way_that_is_wanted_or_not(values: list[float], better: str, direction: str) -> None:
    found = progress.trend(fortnight(values), 10, better, aim=5)
    assert found is not None
    assert found.direction == direction


def test_a_slope_is_the_middle_one_per_week() -> None:
    found = progress.trend(fortnight([1, 2, 3, 4, 50], step=7), 10)
    assert found is not None
    assert found.per_week == 1.0


def test_what_was_long_ago_makes_no_trend() -> None:
    long_ago, lately = [10.0] * 40, [1.0] * progress.LATEST_DAYS
    found = progress.trend(fortnight([*long_ago, *lately], step=1), 10)
    assert found is not None
    assert found.direction == "steady"


def test_attainment_is_one_figure_over_goals_with_such_a_scale(pages: Pages) -> None:
    assert progress.progress(pages.state).attainment_t is None
    levels = {"level_minus_1": "I go quiet", "level_0": "I say it once", "level_plus_1": "I say it in time"}
    first, second, plain_goal = pages.goal(1), pages.goal(2), pages.goal(3)
    one = pages.measure(10, first, type="attainment", weight=2, **levels)
    two = pages.measure(11, second, type="attainment")
    pages.numbers(first, one, {"2026-09-01": -1, "2026-09-20": 1}, 500)
    pages.numbers(second, two, {"2026-09-01": 0}, 600)
    pages.numbers(plain_goal, None, {"2026-09-01": 2}, 700)
    found = progress.progress(pages.state)
    # 50 + 10·2 / √(0.7·5 + 0.3·9)
    assert found.attainment_t == pytest.approx(58.03, abs=0.005)
    assert found.goals[0].series[0].level == "I say it in time"
    assert "Now: “I say it in time”." in found.goals[0].words


def test_steps_count_as_progress_and_dropped_ones_do_not_count_at_all(pages: Pages) -> None:
    goal = pages.goal(1)
    for number in range(4):
        pages.write("milestone.added", id=entity(20 + number), goal=goal, title=f"Step {number}")
    pages.write("milestone.status_changed", id=entity(20), status="reached", on="2026-09-02")
    pages.write("milestone.revised", id=entity(21), progress=40)
    pages.write("milestone.status_changed", id=entity(22), status="dropped", on="2026-09-02")
    [one] = progress.progress(pages.state).goals
    assert (one.steps, one.steps_reached) == (3, 1)
    assert one.words == "One of three steps reached. One step under way."


def test_progress_can_be_asked_of_one_goal(pages: Pages) -> None:
    first, second = pages.goal(1), pages.goal(2)
    pages.numbers(first, None, {"2026-09-01": 5})
    pages.numbers(second, None, {"2026-09-01": 6}, 600)
    found = progress.progress(pages.state, {second})
    assert [(g.id, g.series[0].now) for g in found.goals] == [(second, 6)]


# Today


def test_a_practice_is_named_on_the_days_it_comes_and_on_no_other(pages: Pages) -> None:
    add = {"start": "2026-11-02", "recurrence": "FREQ=WEEKLY;BYDAY=MO,TH"}
    pages.write("practice.added", id=entity(1), title="Breathe slowly", minutes=10, **add)
    monday, tuesday = date(2026, 11, 2), date(2026, 11, 3)
    assert [(d.title, d.minutes, d.done) for d in today.today(pages.state, monday).practices] == [
        ("Breathe slowly", 10, False)
    ]
    assert today.today(pages.state, tuesday).practices == ()
    assert today.today(pages.state, tuesday).words == "Nothing is planned for this day, which is fine."
    pages.checkin(2, entity(1), "2026-11-03", occurrence="2026-11-02", note="late in the evening")
    assert today.today(pages.state, monday).practices[0].done
    assert today.today(pages.state, monday).words == "One practice for this day, done."
    pages.checkin(3, entity(1), "2026-11-05", value=1)
    assert today.today(pages.state, date(2026, 11, 5)).practices[0].done
    assert not today.today(pages.state, date(2026, 11, 9)).practices[0].done
    pages.write("practice.status_changed", id=entity(1), status="paused", on="2026-11-06")
    assert today.today(pages.state, monday).practices == ()


def test_a_practice_of_a_goal_that_is_put_away_is_not_asked_for(pages: Pages) -> None:
    goal = pages.goal(1)
    pages.write("practice.added", id=entity(2), title="Walk", goal=goal, start="2026-11-01", recurrence="FREQ=DAILY")
    day = date(2026, 11, 2)
    assert len(today.today(pages.state, day).practices) == 1
    pages.write("goal.status_changed", id=goal, status="let_go", on="2026-11-01")
    assert today.today(pages.state, day).practices == ()


def test_what_is_near_comes_first_and_what_has_passed_stays_without_a_word_of_blame(pages: Pages) -> None:
    goal = pages.goal(1, "Call my sister", due="2026-11-20")
    far = pages.goal(2, "Far away", due="2027-01-01")
    paused = pages.goal(3, "Paused", due="2026-11-12")
    pages.write("goal.status_changed", id=paused, status="paused", on="2026-11-01")
    pages.write("milestone.added", id=entity(20), goal=goal, title="Find the number", due="2026-11-07")
    pages.write(
        "milestone.added",
        id=entity(21),
        goal=goal,
        title="Dial",
        due={"at": "2026-11-12T18:00:00", "time_zone": BERLIN},
    )
    pages.write("milestone.added", id=entity(22), goal=goal, title="Reached", due="2026-11-11")
    pages.write("milestone.status_changed", id=entity(22), status="reached", on="2026-11-09")
    pages.write("milestone.added", id=entity(23), goal=far, title="No date")
    found = today.today(pages.state, date(2026, 11, 10)).near
    assert [(n.kind, n.title, n.days) for n in found] == [
        ("milestone", "Dial", 2),
        ("goal", "Call my sister", 10),
        ("milestone", "Find the number", -3),
    ]


def test_the_next_session_is_the_first_that_has_not_begun(weekly: Pages) -> None:
    def next_at(now: str, zone: str = BERLIN) -> str | None:
        moment = datetime.fromisoformat(now).replace(tzinfo=ZoneInfo(zone))
        found = today.today(weekly.state, moment.date(), moment).session
        return found.start["at"] if found else None

    assert next_at("2026-11-10T14:59:00") == "2026-11-10T15:00:00"
    assert next_at("2026-11-10T15:01:00") == "2026-11-17T15:00:00"
    assert next_at("2026-11-10T08:59:00", NEW_YORK) == "2026-11-10T15:00:00", "14:59 in Berlin"
    assert next_at("2026-11-10T09:01:00", NEW_YORK) == "2026-11-17T15:00:00"
    weekly.write("series.ended", id=entity(1), ended="2026-11-10")
    assert next_at("2026-11-10T15:01:00") is None
    start = {"at": "2027-06-01T10:00:00", "time_zone": NEW_YORK}
    weekly.write("session.scheduled", id=entity(9), start=start)
    found = today.today(weekly.state, date(2026, 11, 11)).session
    assert found is not None
    assert found.start == start


def test_while_somebody_rests_nothing_is_suggested(weekly: Pages) -> None:
    weekly.goal(1, due="2026-11-12")
    weekly.write("practice.added", id=entity(2), title="Walk", start="2026-11-01", recurrence="FREQ=DAILY")
    weekly.write("topic.added", id=entity(3), text="The talk")
    weekly.write("rest.set", on="2026-11-10", until="2026-11-12")
    for day, resting in ((9, False), (10, True), (12, True), (13, False)):
        found = today.today(weekly.state, date(2026, 11, day))
        assert (found.resting, not found.practices, not found.near) == (resting, resting, resting)
        assert found.session is not None
        assert found.topics_open == 1
    rested = today.today(weekly.state, date(2026, 11, 10))
    assert rested.resting_until == "2026-11-12"
    assert rested.words == "Resting until 12 Nov 2026: nothing is asked. One topic for the next session."
    weekly.write("rest.ended", on="2026-11-11")
    assert not today.today(weekly.state, date(2026, 11, 11)).resting
    weekly.write("rest.set", on="2026-11-20", until=None)
    assert today.today(weekly.state, date(2030, 1, 1)).words.startswith("Resting: nothing is asked.")


# Timeline


def test_a_timeline_has_everything_with_a_date_in_order(weekly: Pages) -> None:
    goal = weekly.goal(1, "Call my sister", due="2026-12-18")
    other = weekly.goal(2, "Sleep")
    weekly.write("milestone.added", id=entity(20), goal=goal, title="Find the number", due="2026-11-20")
    weekly.write(
        "milestone.added",
        id=entity(21),
        goal=goal,
        title="Dial",
        due={"at": "2026-11-19T18:00:00", "time_zone": BERLIN},
    )
    weekly.write("milestone.status_changed", id=entity(20), status="reached", on="2026-11-09")
    weekly.checkin(30, goal, "2026-11-08", note="thought of her")
    weekly.checkin(31, other, "2026-11-08", value=3)
    weekly.checkin(32, goal, "2026-11-08", value=4)
    weekly.write(
        "reflection.written",
        id=entity(40),
        on="2026-11-10",
        text="It was **easier** than I thought",
        takeaway="Ask early",
    )
    weekly.write("assessment.recorded", id=entity(41), instrument="phq-9", version="1", answers=[0], on="2026-11-10")
    weekly.write("goal.status_changed", id=goal, status="achieved", on="2026-11-15")
    start = {"at": "2026-11-03T15:00:00", "time_zone": BERLIN}
    weekly.write("session.scheduled", id=entity(50), start=start, series=entity(1), original=start, place="Online")
    weekly.write("session.status_changed", id=entity(50), status="held", on="2026-11-03")
    found = timeline.timeline(weekly.state, weekly.events, date(2026, 11, 11), last=date(2026, 11, 20))
    assert [(e.on, e.kind, e.title, e.what) for e in found] == [
        ("2026-09-01", "goal", "Call my sister", "written down"),
        ("2026-09-01", "goal", "Sleep", "written down"),
        ("2026-11-03", "session", "Session, Online", "at 15:00 (Europe/Berlin), held"),
        ("2026-11-08", "checkin", "Call my sister, Sleep", "three check-ins"),
        ("2026-11-09", "milestone", "Find the number", "reached"),
        ("2026-11-10", "session", "Session", "at 15:00 (Europe/Berlin)"),
        ("2026-11-10", "assessment", "phq-9", "filled in"),
        ("2026-11-10", "reflection", "Ask early", "reflection"),
        ("2026-11-15", "goal", "Call my sister", "achieved"),
        ("2026-11-17", "session", "Session", "at 15:00 (Europe/Berlin)"),
        ("2026-11-19", "milestone", "Dial", "planned for this day at 18:00"),
    ]
    part = timeline.timeline(weekly.state, weekly.events, date(2026, 11, 11), date(2026, 11, 9), date(2026, 11, 10))
    assert part == found[4:8]
    coming = timeline.timeline(weekly.state, weekly.events, date(2026, 11, 11))
    assert [e.on for e in coming if e.kind == "session"][-1] == "2026-12-08", "four weeks of a series"


def test_a_goal_was_written_down_on_a_day_of_the_journals_time_zone() -> None:
    for zone, day in ((BERLIN, "2026-09-02"), (NEW_YORK, "2026-09-01")):
        pages = Pages(zone, "2026-09-01T08:00:00")
        pages.write("goal.created", id=entity(1), title="At night", at="2026-09-02T00:30:00")
        [entry] = timeline.timeline(pages.state, pages.events, date(2026, 10, 1))
        assert entry.on == day


# The brief


def brief_at(pages: Pages, now: str, **more: Any) -> briefs.Brief:
    moment = datetime.fromisoformat(now).replace(tzinfo=ZoneInfo(BERLIN))
    return briefs.brief(pages.state, pages.events, moment, **more)


def test_a_brief_gathers_what_happened_since_the_last_session(weekly: Pages) -> None:
    goal = weekly.goal(1, "Speak up", at="2026-11-01T10:00:00")
    measure = weekly.measure(10, goal, low=0, high=10)
    weekly.numbers(goal, measure, {"2026-11-02": 9}, 500)
    weekly.checkin(499, goal, "2026-11-03", note="on the morning of it", at="2026-11-03T09:00:00")
    weekly.write("topic.added", id=entity(60), text="The talk with my sister", at="2026-11-02T10:00:00")
    weekly.write(
        "reflection.written",
        id=entity(61),
        on="2026-11-03",
        text="Long",
        takeaway="Ask early",
        at="2026-11-03T17:00:00",
    )
    weekly.write("goal.revised", id=goal, title="Say what I need", reason="kinder", at="2026-11-04T10:00:00")
    weekly.write("milestone.added", id=entity(20), goal=goal, title="Ask for a break")
    weekly.write("milestone.status_changed", id=entity(20), status="reached", on="2026-11-05")
    weekly.numbers(goal, measure, {"2026-11-04": 3, "2026-11-06": 5}, 510)
    weekly.checkin(520, entity(20), "2026-11-05", note="it worked")
    weekly.checkin(521, None, "2026-11-05", note="a quiet day")
    weekly.write(
        "assessment.recorded", id=entity(62), instrument="phq-9", version="1", answers=[1], on="2026-11-05", score=1
    )
    found = brief_at(weekly, "2026-11-09T12:00:00")
    assert found.since == {"at": "2026-11-03T15:00:00", "time_zone": BERLIN}
    assert found.until == "2026-11-09T12:00:00"
    [news] = found.goals
    assert (news.title, news.first, news.latest, news.checkins) == ("Say what I need", 3, 5, 3)
    assert [n.text for n in news.notes] == ["it worked"]
    assert [n.text for n in found.notes] == ["a quiet day"]
    assert [(r.field, r.from_, r.to, r.reason) for r in found.revisions] == [
        ("title", "Speak up", "Say what I need", "kinder"),
        ("title", None, "Ask for a break", None),
    ]
    assert [(r.title, r.on) for r in found.reached] == [("Ask for a break", "2026-11-05")]
    assert [(a.title, a.score) for a in found.assessments] == [("phq-9", 1)]
    assert [t.title for t in found.topics] == ["The talk with my sister"]
    assert found.takeaways == ("Ask early",)
    assert (found.worth, found.conflicts) == ((), ())


def test_a_brief_begins_at_the_last_session_that_took_place(weekly: Pages) -> None:
    tenth = {"at": "2026-11-10T15:00:00", "time_zone": BERLIN}
    weekly.write("session.scheduled", id=entity(2), start=tenth, series=entity(1), original=tenth)

    def since(now: str) -> str | None:
        found = brief_at(weekly, now).since
        return found["at"] if found else None

    assert since("2026-11-03T14:59:00") is None
    assert since("2026-11-03T15:00:00") is None, "on the way into it"
    assert since("2026-11-03T17:00:00") is None, "on the way out of it"
    assert since("2026-11-04T03:00:01") == "2026-11-03T15:00:00"
    assert since("2026-11-10T15:30:00") == "2026-11-03T15:00:00"
    assert since("2026-11-12T12:00:00") == "2026-11-10T15:00:00"
    for status, last in (("cancelled", "03"), ("not_held", "03"), ("held", "10")):
        weekly.write("session.status_changed", id=entity(2), status=status, on="2026-11-10")
        assert since("2026-11-12T12:00:00") == f"2026-11-{last}T15:00:00"
    weekly.write("series.ended", id=entity(1), ended="2026-11-10")
    assert since("2029-11-12T12:00:00") == "2026-11-10T15:00:00", "years later, still"
    assert since("2026-11-10T15:30:00") == "2026-11-10T15:00:00", "at once where somebody said that it was held"
    assert not brief_at(weekly, "2026-11-10T15:30:00").assumed
    assert brief_at(weekly, "2026-11-09T12:00:00").assumed


def test_a_brief_goes_from_another_day_or_session_where_it_is_asked_to(weekly: Pages) -> None:
    goal = weekly.goal(1, "Speak up", at="2026-11-01T10:00:00")
    for day in (1, 2, 4, 11):
        weekly.checkin(500 + day, goal, f"2026-11-{day:02}", note=f"day {day}", at=f"2026-11-{day:02}T10:00:00")

    def notes(then: Session | date) -> tuple[str | None, list[str]]:
        found = brief_at(weekly, "2026-11-12T12:00:00", since_then=then)
        [news] = found.goals
        return found.session, [note.text for note in news.notes]

    assert notes(date(2026, 11, 2)) == (None, ["day 2", "day 4", "day 11"])
    first = recurrence.sessions_between(weekly.state, date(2026, 11, 3), date(2026, 11, 3))[0]
    assert notes(first) == (first.id, ["day 4", "day 11"])


def test_a_status_that_went_there_and_back_is_no_news_in_a_brief(weekly: Pages) -> None:
    goal = weekly.goal(1, "Speak up", at="2026-11-01T10:00:00")

    def news() -> list[tuple[str, str | None, str]]:
        found = brief_at(weekly, "2026-11-09T12:00:00").revisions
        return [(one.field, one.from_, one.to) for one in found]

    for day, status in ((4, "paused"), (5, "active"), (6, "paused"), (7, "active")):
        on = f"2026-11-{day:02}"
        weekly.write("goal.status_changed", id=goal, status=status, on=on, at=f"{on}T10:00:00")
    assert news() == []
    weekly.write("goal.status_changed", id=goal, status="achieved", on="2026-11-08", at="2026-11-08T10:00:00")
    assert [(field, to) for field, _, to in news()] == [("status", "achieved")]


def test_a_goal_that_has_been_harder_is_worth_talking_about(weekly: Pages) -> None:
    goal, other = weekly.goal(1, "Sleep"), weekly.goal(2, "Walk")
    falling = {f"2026-10-{day:02}": 30 - day for day in range(1, 31, 3)} | {"2026-11-04": 0}
    weekly.numbers(goal, None, falling, 500)
    weekly.numbers(other, None, {on: 30 - value for on, value in falling.items()}, 600)
    assert brief_at(weekly, "2026-11-09T12:00:00").worth == ("“Sleep” has been harder lately.",)
    weekly.write("goal.status_changed", id=goal, status="let_go", on="2026-11-05")
    assert brief_at(weekly, "2026-11-09T12:00:00").worth == ()


def test_the_brief_says_that_the_alliance_changed_and_never_a_figure(weekly: Pages) -> None:
    weekly.write("alliance.recorded", id=entity(70), on="2026-10-27", bond=8, goals=7, at="2026-10-27T16:00:00")
    weekly.write("alliance.recorded", id=entity(71), on="2026-11-03", goals=6, tasks=9, at="2026-11-03T16:00:00")
    assert brief_at(weekly, "2026-11-09T12:00:00").worth == ()
    weekly.write("alliance.recorded", id=entity(72), on="2026-11-04", bond=6, tasks=9, at="2026-11-04T16:00:00")
    found = brief_at(weekly, "2026-11-09T12:00:00")
    assert found.worth == ("How the work together feels has changed.",)
    assert not any(digit in words for words in found.worth for digit in "0123456789")
    assert brief_at(weekly, "2026-11-12T12:00:00").worth == (), "said once"


def test_a_score_that_reliably_got_worse_is_named_if_somebody_can_tell(weekly: Pages) -> None:
    def worsened(forms: Sequence[Assessment]) -> list[str]:
        return ["PHQ-9"] if forms[-1].score == 20 else []

    form = {"instrument": "phq-9", "version": "1", "answers": [1]}
    weekly.write("assessment.recorded", id=entity(1), on="2026-10-05", score=3, **form)
    weekly.write("assessment.recorded", id=entity(2), on="2026-11-05", score=20, **form)
    assert brief_at(weekly, "2026-11-09T12:00:00").worth == ()
    assert brief_at(weekly, "2026-11-09T12:00:00", worsened=worsened).worth == (
        "PHQ-9: the answers have become heavier.",
    )


def test_what_got_worse_before_is_not_told_again_for_a_form_of_another_kind(weekly: Pages) -> None:
    asked: list[str] = []

    def worsened(forms: Sequence[Assessment]) -> list[str]:
        asked.extend(form.instrument for form in forms)
        return []

    weekly.write(
        "assessment.recorded", id=entity(1), on="2026-10-05", score=3, instrument="old", version="1", answers=[1]
    )
    weekly.write(
        "assessment.recorded", id=entity(2), on="2026-11-05", score=3, instrument="new", version="1", answers=[1]
    )
    brief_at(weekly, "2026-11-09T12:00:00", worsened=worsened)
    assert asked == ["new"]


def test_a_brief_names_what_waits_to_be_settled_and_what_topics_are_about(pages: Pages) -> None:
    goal = pages.goal(1, "Mine")
    pages.write("goal.revised", id=goal, title="One")
    pages.write("goal.revised", by=2, seen={device(1): 2}, id=goal, title="Two")
    pages.write("topic.added", id=entity(5), about={"journal": JOURNAL, "kind": "goal", "id": goal})
    pages.write("topic.added", id=entity(6), about={"journal": entity(77), "kind": "goal", "id": goal})
    pages.write("topic.added", id=entity(7), text="done")
    pages.write("topic.status_changed", id=entity(7), status="discussed", on="2026-09-02")
    found = brief_at(pages, "2026-11-09T12:00:00")
    assert [(c.title, c.field) for c in found.conflicts] == [("Two", "title")]
    assert [t.title for t in found.topics] == ["Two", "(untitled)"]


# Then and now


def test_then_and_now_are_in_the_persons_own_words(pages: Pages) -> None:
    goal = pages.goal(1, "Be better", why="They said so")
    same = pages.goal(2, "As it was")
    pages.write("goal.revised", id=goal, title="Say what I need", helps="A walk")
    pages.write("goal.revised", id=goal, title="Say what I need, kindly", why=None)
    pages.checkin(30, goal, "2026-09-03", note="could not")
    pages.checkin(31, goal, "2026-09-05", value=3)
    pages.write("reflection.written", id=entity(40), on="2026-09-02", text="I am afraid of it", goal=goal)
    pages.checkin(32, goal, "2026-10-02", note="did")
    pages.checkin(33, None, "2026-10-02", note="a quiet day")
    found = then_now.then_now(pages.state, pages.events)
    assert [one.goal for one in found] == [goal, None]
    assert [(w.field, w.then, w.now) for w in found[0].wordings] == [
        ("title", "Be better", "Say what I need, kindly"),
        ("why", "They said so", None),
    ]
    assert found[0].first == then_now.Words(on="2026-09-02", kind="reflection", id=entity(40), text="I am afraid of it")
    assert found[0].latest == then_now.Words(on="2026-10-02", kind="checkin", id=entity(32), text="did")
    assert (found[1].first and found[1].first.text, found[1].latest) == ("a quiet day", None)
    assert then_now.then_now(pages.state, pages.events, same) == ()


def test_where_a_goal_has_an_owner_the_words_are_theirs(pages: Pages) -> None:
    goal = pages.goal(1, owner=entity(99))
    pages.checkin(30, goal, "2026-09-03", note="by somebody else")
    assert then_now.then_now(pages.state, pages.events) == ()
    pages.write("goal.revised", id=goal, owner=ALICE)
    [found] = then_now.then_now(pages.state, pages.events)
    assert found.first is not None


# Priorities, summary, burden


def test_an_early_win_is_sure_then_important_then_first(pages: Pages) -> None:
    pages.goal(1, "Hard", importance=10, confidence=3)
    pages.goal(2, "Sure", importance=6, confidence=7)
    pages.goal(3, "Sure too", importance=8, confidence=9)
    pages.goal(4, "As important", importance=8, confidence=10)
    away = pages.goal(5, "Put away", importance=10, confidence=10)
    pages.write("goal.status_changed", id=away, status="later", on="2026-09-02")
    found = priorities.priorities(pages.state)
    assert [(g.title, g.place) for g in found.goals] == [("Hard", 1), ("Sure", 2), ("Sure too", 3), ("As important", 4)]
    assert found.early_win is not None
    assert (found.early_win.title, found.early_win.milestone) == ("Sure too", None)
    assert found.early_win.reason == "“Sure too” may be a good place to begin: 9 of 10 sure, 8 of 10 important."


def test_its_smallest_step_is_furthest_along_then_soonest_then_first(pages: Pages) -> None:
    goal = pages.goal(1, "Sure", confidence=8)

    def step() -> tuple[str | None, str]:
        found = priorities.priorities(pages.state).early_win
        assert found is not None
        return found.step, found.reason

    pages.write("milestone.added", id=entity(20), goal=goal, title="Only", rank="m")
    assert step() == ("Only", "“Only” may be a good place to begin: the one step left in “Sure” (8 of 10 sure).")
    pages.write("milestone.added", id=entity(21), goal=goal, title="Earlier in order", rank="c")
    assert step()[0] == "Earlier in order"
    assert "the step that comes first" in step()[1]
    pages.write("milestone.added", id=entity(22), goal=goal, title="Dated", rank="z", due="2026-12-01")
    pages.write("milestone.added", id=entity(23), goal=goal, title="Dated later", rank="a", due="2026-12-09")
    assert step()[0] == "Dated"
    assert "the step planned soonest" in step()[1]
    pages.write("milestone.revised", id=entity(20), progress=10)
    assert step()[0] == "Only"
    assert "the step furthest along" in step()[1]
    pages.write("milestone.status_changed", id=entity(20), status="reached", on="2026-09-09")
    assert step()[0] == "Dated"


def test_nothing_is_made_up_where_nobody_is_sure(pages: Pages) -> None:
    pages.goal(1, importance=10)
    pages.goal(2, confidence=6)
    assert priorities.priorities(pages.state).early_win is None


def test_a_summary_says_what_there_is(pages: Pages) -> None:
    goal = pages.goal(1)
    pages.goal(2)
    done = pages.goal(3)
    pages.write("goal.status_changed", id=done, status="achieved", on="2026-09-03")
    pages.write("milestone.added", id=entity(20), goal=goal, title="Step")
    pages.write("milestone.added", id=entity(21), goal=goal, title="Step")
    pages.write("milestone.status_changed", id=entity(21), status="reached", on="2026-09-03")
    pages.numbers(goal, None, {"2026-09-01": 1, "2026-09-02": 2})
    pages.checkin(800, None, "2026-09-02", note="once more")
    pages.write("topic.added", id=entity(30), text="This")
    found = priorities.summary(pages.state)
    assert found.words == (
        "Two goals are active, one is achieved. One of two steps reached. Three check-ins, on two days. "
        "One topic for the next session."
    )
    assert (found.goals, found.steps, found.days) == ({"active": 2, "achieved": 1}, 2, 2)


def test_a_week_asks_for_so_many_minutes_and_an_offer_is_made_above_the_limit(pages: Pages) -> None:
    goal = pages.goal(1)
    pages.measure(10, goal)
    pages.write("practice.added", id=entity(2), title="Walk", start="2026-11-04", recurrence="FREQ=DAILY", minutes=12)
    pages.write("practice.added", id=entity(3), title="Write", start="2026-11-01", recurrence="FREQ=WEEKLY")
    found = burdens.burden(pages.state, date(2026, 11, 2))
    assert [(p.title, p.times, p.minutes) for p in found.practices] == [("Write", 1, 0), ("Walk", 5, 60)]
    assert (found.minutes, found.checkin_minutes, found.last) == (61, 1, "2026-11-08")
    assert found.offer is not None
    assert found.offer.startswith("This week asks for about 61 minutes. If you would like it lighter")
    assert burdens.burden(pages.state, date(2026, 11, 2), limit=61).offer is None
    pages.write("rest.set", on="2026-11-06", until=None)
    assert burdens.burden(pages.state, date(2026, 11, 2)).minutes == 25
    assert burdens.burden(pages.state, date(2026, 11, 9)).minutes == 0


# Journals with little in them


def goal_less(pages: Pages) -> None:
    pages.checkin(1, None, "2026-11-01", value=4)
    pages.checkin(2, None, "2026-11-08", note="a quiet day")
    pages.write("reflection.written", id=entity(3), on="2026-11-09", text="It is all right as it is")


def open_only(pages: Pages) -> None:
    pages.goal(1, "Feel lighter")
    pages.goal(2, "Be with people")
    pages.checkin(3, entity(1), "2026-11-08", note="by the river")


@pytest.mark.parametrize("fill", [lambda _: None, goal_less, open_only])
def test_every_view_reads_well_with_little_and_urges_nothing(fill: Any) -> None:
    pages = Pages()
    fill(pages)
    found = all_views(pages.state, pages.events)
    for words in texts(found):
        assert not any(word in words.lower() for word in (*NEVER_SAID, "add a goal", "goal add")), words
    assert found["priorities"]["early_win"] is None
    assert found["burden"]["minutes"] == 0
    assert found["today"]["words"] == "Nothing is planned for this day, which is fine."
    assert found["progress"]["attainment_t"] is None


def test_an_empty_journal_has_a_kind_word() -> None:
    found = all_views(State(JOURNAL), [])
    assert found["summary"]["words"] == "Nothing is written here yet, which is fine."
    assert found["timeline"] == ()
    assert found["progress"] == {"goals": (), "apart": (), "attainment_t": None}
    assert found["brief"]["since"] is None


def test_a_journal_without_goals_has_numbers_words_and_days_of_its_own(pages: Pages) -> None:
    goal_less(pages)
    found = all_views(pages.state, pages.events)
    assert [s["now"] for s in found["progress"]["apart"]] == [4]
    assert [(one["goal"], one["first"]["text"]) for one in found["then_now"]] == [(None, "a quiet day")]
    assert found["summary"]["words"] == "Two check-ins, on two days. One reflection."
    assert [e["kind"] for e in found["timeline"]] == ["checkin", "checkin", "reflection"]
    assert [n["text"] for n in found["brief"]["notes"]] == ["a quiet day"]


def test_open_goals_are_spoken_of_in_words(pages: Pages) -> None:
    open_only(pages)
    found = all_views(pages.state, pages.events)
    assert [g["words"] for g in found["progress"]["goals"]] == [
        "One note kept about it.",
        "Nothing is noted about it yet, which is fine.",
    ]
    assert all(g["series"] == () for g in found["progress"]["goals"])
    assert found["summary"]["words"] == "Two goals are active. One check-in, on one day."


def test_views_change_nothing_in_the_state_they_look_at(weekly: Pages) -> None:
    goal = weekly.goal(1, "One", confidence=9, due="2026-12-02")
    weekly.numbers(goal, weekly.measure(10, goal), {f"2026-11-{day:02}": day for day in range(1, 28)})
    state = weekly.state
    before = msgspec.json.encode([sorted(state.entities), len(state.devices), state_hash(weekly.state)])
    all_views(state, weekly.events)
    assert msgspec.json.encode([sorted(state.entities), len(state.devices), state_hash(state)]) == before
    assert all_views(state, weekly.events) == all_views(weekly.state, weekly.events)


def test_the_utc_clock_stays_out_of_it() -> None:
    """A day is the person's own: two zones, one instant, two days."""
    pages = Pages(NEW_YORK)
    start = {"at": "2026-11-10T22:00:00", "time_zone": NEW_YORK}
    pages.write("session.scheduled", id=entity(1), start=start)
    now = datetime(2026, 11, 11, 2, 0, tzinfo=UTC)
    found = today.today(pages.state, now.astimezone(ZoneInfo(NEW_YORK)).date(), now)
    assert (found.on, found.session and found.session.start) == ("2026-11-10", start)


def test_a_checkin_is_found_by_what_it_is_about_now(pages: Pages) -> None:
    first, second = pages.goal(1, "One"), pages.goal(2, "Two")
    pages.write("checkin.recorded", id=entity(7), subject=first, on="2026-11-02", note="about one")
    pages.write("checkin.amended", id=entity(7), subject=second)
    pages.write("checkin.recorded", id=entity(8), on="2026-11-02", note="about nothing yet")
    pages.write("checkin.amended", id=entity(8), subject=second)
    pages.write("checkin.amended", id=entity(8), subject=None)
    again = load_state(dump_state(pages.state))
    assert again is not None
    for state in (pages.state, again):
        found = {about: [one.id for one in checkins_about(state, about)] for about in (first, second, None)}
        assert found == {first: [], second: [entity(7)], None: [entity(8)]}
