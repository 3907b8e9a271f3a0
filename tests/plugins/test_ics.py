from datetime import date, datetime, timedelta
from typing import Any

import icalendar
from hypothesis import given
from hypothesis import strategies as st

from milepost.clock import format_hlc
from milepost.envelope import Event
from milepost.plugin_api import ExportContext, Goal, JournalView, Milestone
from milepost.projection import DISCREET, project
from milepost_ics import IcsExporter
from milepost_ics.calendar import SHOWN_GOALS
from tests.core.views.logs import fold, logs, slowly
from tests.events import JOURNAL, entity
from tests.words import WORD, marked

days = st.dates(date(1950, 1, 1), date(2150, 1, 1)).map(date.isoformat)
changes = st.integers(1_600_000_000_000, 1_900_000_000_000).map(format_hlc)
words = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=40).map(lambda t: f"{WORD} {t}")
zoned = st.builds(
    lambda at, zone: {"at": at.isoformat(timespec="seconds"), "time_zone": zone},
    st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1)),  # noqa: DTZ001 - local times are meant
    st.sampled_from(["Europe/Berlin", "America/New_York", "Asia/Kolkata", "UTC"]),
)


@st.composite
def views(draw: st.DrawFn) -> JournalView:
    goals: list[Goal] = []
    milestones: list[Milestone] = []
    for g in range(draw(st.integers(0, 4))):
        statuses = [draw(st.sampled_from(["planned", "reached", "dropped"])) for _ in range(draw(st.integers(0, 4)))]
        kept = [m for m, status in enumerate(statuses) if status != "dropped"]
        milestones += [
            Milestone(
                id=entity(100 * g + m + 1),
                goal=entity(10_000 + g),
                title=draw(words),
                due=draw(st.none() | days | zoned),
                status=status,
                place=kept.index(m) + 1 if m in kept else 0,
                of=len(kept) if m in kept else 0,
                changed_at=draw(changes),
            )
            for m, status in enumerate(statuses)
        ]
        status = draw(st.sampled_from(["active", "later", "paused", "achieved", "let_go", "ended"]))
        goals.append(
            Goal(
                id=entity(10_000 + g), title=draw(words), due=draw(st.none() | days), status=status,
                changed_at=draw(changes), why=draw(words),
            )
        )  # fmt: skip
    return JournalView(id=entity(0), title=draw(words), goals=tuple(goals), milestones=tuple(milestones))


def read(view: JournalView, **context: Any) -> icalendar.Calendar:
    body = IcsExporter().render(view, ExportContext(salt="s", **context))
    assert body == IcsExporter().render(view, ExportContext(salt="s", **context))
    assert all(len(line) <= 75 for line in body.split(b"\r\n"))
    return icalendar.Calendar.from_ical(body)


@given(views(), st.booleans())
def test_what_a_calendar_reads_back_is_what_the_journal_says(view: JournalView, plain: bool) -> None:
    shown = [goal for goal in view.goals if goal.status in SHOWN_GOALS]
    expected = [(date.fromisoformat(goal.due), goal.title) for goal in shown if goal.due]
    expected += [
        (date.fromisoformat(m.due) if isinstance(m.due, str) else m.due, m.title)
        for m in view.milestones
        if m.due and m.status != "dropped" and m.goal in {goal.id for goal in shown}
    ]
    events = read(view, plain=plain).walk("VEVENT")
    assert len(events) == len(expected)
    for event, (due, title) in zip(events, expected, strict=True):
        begins = event.decoded("DTSTART")
        if isinstance(due, date):
            assert begins == due
            assert event.decoded("DTEND") == due + timedelta(1)
        else:
            assert isinstance(begins, datetime)
            assert begins.utcoffset() == timedelta(0)
        if plain:
            assert str(event["SUMMARY"]).removeprefix("✓ ") == title
        assert event["TRANSP"] == "TRANSPARENT"
        assert event.decoded("DTSTAMP") == event.decoded("LAST-MODIFIED")
        assert 0 <= int(event["SEQUENCE"]) < 2**31
    uids = [str(event["UID"]) for event in events]
    assert len(set(uids)) == len(uids)
    assert not any("@" in uid for uid in uids)


@slowly
@given(logs())
def test_without_consent_not_one_word_of_the_person_is_in_it(log: list[Event]) -> None:
    """Every text of the journal is its own: what a plugin is shown without consent has none of them."""
    state = fold([marked(one) for one in log])
    body = IcsExporter().render(project(state, DISCREET), ExportContext(salt="s"))
    assert WORD.encode() not in body
    assert b"DESCRIPTION" not in body
    assert JOURNAL.encode() not in body
    # Nor where it is shown words by mistake, and given a name: it has none to lose.
    reminders = {entity(n): ("08:30",) for n in range(1, 30)}
    shown_all = ExportContext(salt="s", name=WORD, reminders=reminders, today="2026-11-01")
    assert WORD.encode() not in IcsExporter().render(project(state), shown_all)


def test_a_calendar_has_no_uid_and_no_method_of_its_own() -> None:
    calendar = read(JournalView(id=entity(0)))
    assert "UID" not in calendar
    assert "METHOD" not in calendar
    assert str(calendar["REFRESH-INTERVAL"].to_ical(), "ascii") == "PT1H"
    assert (str(calendar["NAME"]), str(calendar["X-WR-CALNAME"])) == ("Milepost", "Milepost")


def test_a_change_makes_the_sequence_grow_and_another_salt_makes_other_ids() -> None:
    def first(changed_ms: int, salt: str = "s") -> Any:
        goal = Goal(id=entity(1), title="x", due="2026-12-18", changed_at=format_hlc(changed_ms))
        body = IcsExporter().render(JournalView(id=entity(0), goals=(goal,)), ExportContext(salt=salt))
        return icalendar.Calendar.from_ical(body).walk("VEVENT")[0]

    before, after = first(1_800_000_000_000), first(1_800_000_005_000)
    assert int(after["SEQUENCE"]) > int(before["SEQUENCE"])
    assert before["UID"] == after["UID"] != first(1_800_000_000_000, "other")["UID"]


def test_steps_are_shown_by_the_title_they_are_given_and_dropped_ones_are_left_out() -> None:
    steps = tuple(
        Milestone(
            id=entity(n), goal=entity(9), title=f"Step {n} of 3", due=due, place=n, of=3, changed_at=format_hlc(1)
        )
        for n, due in [(1, None), (2, "2026-12-18"), (0, "2026-12-20"), (3, "2026-12-25")]
    )
    goal = Goal(id=entity(9), title="Goal", changed_at=format_hlc(1))
    calendar = read(JournalView(id=entity(0), goals=(goal,), milestones=steps))
    assert [str(e["SUMMARY"]) for e in calendar.walk("VEVENT")] == ["Step 2 of 3", "Step 3 of 3"]
