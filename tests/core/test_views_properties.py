"""What holds of every view, whatever was written, by whom, and in which order it came."""

import random
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

import msgspec
from dateutil.rrule import rrulestr
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from msgspec import Raw

from milepost.cli import charts
from milepost.clock import format_hlc
from milepost.envelope import Event
from milepost.events import encode_payload
from milepost.journal import State, dump_state, load_state, state_hash
from milepost.views import checkins as diary
from milepost.views import history, progress, recurrence
from tests.core.test_views import NEVER_SAID, Pages, texts
from tests.core.test_views_table import all_views
from tests.events import JOURNAL, device, entity, event

DEVICES = 3
DAYS = [(date(2026, 10, 1) + timedelta(n)).isoformat() for n in range(0, 80, 9)]
START = {"at": "2026-10-20T15:00:00", "time_zone": "Europe/Berlin"}
MOVED = {"at": "2026-10-28T09:30:00", "time_zone": "America/New_York"}

ids = st.integers(1, 3)
days = st.sampled_from(DAYS)
values = st.one_of(st.integers(-2, 10), st.floats(0, 10, width=16))
goals, steps, practices = ids.map(entity), ids.map(lambda n: entity(10 + n)), ids.map(lambda n: entity(20 + n))
measures, checkins, topics = (
    ids.map(lambda n: entity(30 + n)),
    st.integers(40, 60).map(entity),
    ids.map(lambda n: entity(70 + n)),
)
sessions, series, proposals = ids.map(lambda n: entity(80 + n)), st.just(entity(90)), ids.map(lambda n: entity(100 + n))
reflections, forms, alliances = (st.integers(at, at + 3).map(entity) for at in (110, 120, 130))
reminders = st.integers(140, 142).map(entity)
CLOCKS, ZONES = ["07:30", "21:00"], ["Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Apia"]
notes = st.sampled_from(["a quiet day", "hard", "it went"])
tens = st.integers(0, 10)


Drafts = st.SearchStrategy[tuple[str, dict[str, Any]]]


def written(name: str, **fields: Any) -> tuple[str, Drafts]:
    made = st.fixed_dictionaries(fields)
    return name, made.map(lambda made: (name, {k: v for k, v in made.items() if v is not ...}))


def maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(st.just(...), strategy)


CHANGES = st.fixed_dictionaries(
    {"kind": st.just("goal"), "id": goals, "fields": st.fixed_dictionaries({"title": notes, "importance": tens})}
)
EACH = [
    written("goal.created", id=goals, title=notes, importance=maybe(tens), confidence=maybe(tens), due=maybe(days)),
    written("goal.revised", id=goals, title=notes, why=st.one_of(st.none(), notes), reason=maybe(notes)),
    written("goal.revised", id=goals, measure=measures),
    written(
        "goal.status_changed", id=goals, status=st.sampled_from(["active", "paused", "achieved", "let_go"]), on=days
    ),
    written("goal.ranked", id=goals, rank=st.sampled_from("abc")),
    written("goal.retracted", id=goals),
    written("milestone.added", id=steps, goal=goals, title=notes, due=maybe(st.one_of(days, st.just(START)))),
    written("milestone.revised", id=steps, progress=st.integers(0, 100)),
    written("milestone.status_changed", id=steps, status=st.sampled_from(["planned", "reached", "dropped"]), on=days),
    written(
        "measure.defined", id=measures, goal=goals, type=st.sampled_from(["scale", "attainment"]), low=maybe(st.just(0))
    ),
    written("measure.revised", id=measures, better=st.sampled_from(["up", "down", "keep"]), high=maybe(st.just(10))),
    written(
        "practice.added",
        id=practices,
        title=notes,
        recurrence=st.just("FREQ=DAILY;INTERVAL=2"),
        start=days,
        minutes=st.just(20),
    ),
    written(
        "practice.revised",
        id=practices,
        recurrence=st.sampled_from(["FREQ=WEEKLY;BYDAY=SU", "FREQ=MONTHLY;BYDAY=-1FR", "FREQ=DAILY;UNTIL=20261101"]),
        goal=goals,
    ),
    written("practice.status_changed", id=practices, status=st.sampled_from(["active", "paused"]), on=days),
    *[
        written("checkin.recorded", id=checkins, subject=maybe(about), on=days, value=values, measure=maybe(measures))
        for about in (goals, goals, goals, practices)
    ],
    written("checkin.recorded", id=checkins, subject=maybe(goals), on=days, note=notes, baseline=st.booleans()),
    written("checkin.amended", id=checkins, value=values),
    written("checkin.retracted", id=checkins),
    written("series.planned", id=series, start=st.just(START), recurrence=st.just("FREQ=WEEKLY")),
    written("series.ended", id=series, ended=st.one_of(st.none(), days)),
    written("session.scheduled", id=sessions, start=st.just(START), series=series, original=st.just(START)),
    written("session.revised", id=sessions, start=st.just(MOVED)),
    written("session.status_changed", id=sessions, status=st.sampled_from(["held", "cancelled", "not_held"]), on=days),
    written("topic.added", id=topics, text=notes),
    written("topic.status_changed", id=topics, status=st.sampled_from(["open", "discussed"]), on=days),
    written("reflection.written", id=reflections, on=days, text=notes, takeaway=maybe(notes), goal=maybe(goals)),
    written(
        "assessment.recorded",
        id=forms,
        instrument=st.just("phq-9"),
        version=st.just("1"),
        answers=st.just([1]),
        on=days,
    ),
    written("alliance.recorded", id=alliances, on=days, bond=tens, tasks=tens),
    written("proposal.made", id=proposals, change=CHANGES),
    written("proposal.decided", id=proposals, decision=st.just("accepted"), on=days, accepted=CHANGES),
    written("reminder.set", id=reminders, what=notes, recurrence=st.just("FREQ=DAILY"), at=st.sampled_from(CLOCKS)),
    written("reminder.removed", id=reminders),
    written("journal.revised", title=notes, time_zone=st.sampled_from(ZONES)),
    written("milestone.retracted", id=steps),
    written("topic.retracted", id=topics),
    written("rest.set", on=days, until=st.one_of(st.none(), days)),
    written("rest.ended", on=days),
    written("plan.revised", helps=notes),
]
"""What may be written: the type of an event, and its payloads."""


def drafts(*without: str) -> Drafts:
    """Whatever may be written, but about no entity of these kinds."""
    return st.one_of([made for name, made in EACH if name.split(".")[0] not in without])


DRAFTS = drafts()


@st.composite
def logs(draw: st.DrawFn, clocks: str = "honest", drafts: Drafts = DRAFTS) -> list[Event]:
    """What some devices wrote, in the order they did; now and then one hears all that another knows.

    With honest clocks a write ranks above all that its author had seen; with `any` clocks, by chance.
    """
    hears = st.sampled_from([0] * 9 + list(range(1, DEVICES + 1)))
    size = draw(st.sampled_from([0, 10, 40]))
    deeds = draw(st.lists(st.tuples(st.integers(1, DEVICES), drafts, hears), min_size=size, max_size=2 * size))
    known: dict[int, dict[str, int]] = {d: {} for d in range(1, DEVICES + 1)}
    clock = dict.fromkeys(known, 1_790_000_000_000)
    log = []
    for by, (name, fields), heard in deeds:
        if heard and heard != by:
            known[by] = {d: max(known[by].get(d, 0), known[heard].get(d, 0)) for d in known[by] | known[heard]}
            clock[by] = max(clock[by], clock[heard])
        clock[by] += draw(st.integers(1, 90_000_000))
        n = known[by].get(device(by), 0) + 1
        known[by][device(by)] = n
        at = clock[by] if clocks == "honest" else draw(st.integers(1_790_000_000_000, 1_790_000_000_020))
        seen = {d: k for d, k in known[by].items() if d != device(by)}
        payload = Raw(encode_payload(name, fields))
        made = msgspec.structs.replace(
            event(1),
            device=device(by),
            n=n,
            seen=seen,
            hlc=format_hlc(at, by),
            type=name,
            data=payload,
            seq=len(log) + 1,
        )
        log.append(made)
    return log


def reordered(log: Sequence[Event], chance: random.Random) -> list[Event]:
    """The same events in another causal order."""
    waiting = list(log)
    applied: dict[str, int] = {}
    found = []
    while waiting:
        ready = [
            e
            for e in waiting
            if e.n == applied.get(e.device, 0) + 1 and all(applied.get(d, 0) >= n for d, n in e.seen.items())
        ]
        chosen = chance.choice(ready)
        waiting.remove(chosen)
        applied[chosen.device] = chosen.n
        found.append(chosen)
    return found


def fold(log: Sequence[Event]) -> State:
    state = State(JOURNAL)
    for made in log:
        state.apply(made)
    return state


def shown(state: State, kind: str, one: str) -> dict[str, Any]:
    return {name: value for name, value in state.fields(kind, one).items() if value is not None}


def replayed(changes: Sequence[history.Change]) -> dict[str, Any]:
    played = {change.field: change.to for change in changes}
    return {name: value for name, value in played.items() if value is not None}


slowly = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


@slowly
@given(logs(), st.randoms(use_true_random=False), st.sampled_from(DAYS))
def test_the_order_in_which_events_came_makes_no_difference(log: list[Event], chance: random.Random, day: str) -> None:
    other = reordered(log, chance)
    on = date.fromisoformat(day)
    assert all_views(fold(log), log, on) == all_views(fold(other), other, on)


def crowd() -> Pages:
    """A journal in which everything comes several times over: same titles, same days, same ranks, same moments."""
    pages = Pages()
    for n in range(1, 6):
        about = {"seen": {}, "at": "2026-11-01T10:00:00", "by": n}
        goal, practice = entity(n), entity(20 + n)
        pages.write(
            "goal.created", id=goal, title="Same", rank="m", due="2026-12-03", confidence=8, importance=8, **about
        )
        pages.write("measure.defined", id=entity(30 + n), goal=goal, type="scale", **about)
        for extra, turn in ((0, "reached"), (200, "planned"), (300, "dropped")):
            pages.write(
                "milestone.added", id=entity(10 + n + extra), goal=goal, title="Same", due="2026-12-03", **about
            )
            pages.write("milestone.status_changed", id=entity(10 + n + extra), status=turn, on="2026-11-29", **about)
        pages.write("milestone.added", id=entity(410 + n), goal=entity(1), title="Same", due="2026-12-03", **about)
        pages.write("practice.added", id=practice, title="Same", start="2026-11-01", recurrence="FREQ=DAILY", **about)
        for extra, subject in ((0, entity(1)), (200, entity(1)), (300, None), (400, practice)):
            measure = {} if extra else {"measure": entity(30 + n)}
            words = {"note": "Same"} if n % 2 else {"value": n, **measure}
            said_of = {} if subject is None else {"subject": subject}
            pages.write("checkin.recorded", id=entity(40 + n + extra), on="2026-12-01", **words, **said_of, **about)
        start = {"at": "2026-11-24T15:00:00", "time_zone": "Europe/Berlin"}
        pages.write("series.planned", id=entity(50 + n), start=start, recurrence="FREQ=WEEKLY", **about)
        pages.write("session.scheduled", id=entity(60 + n), start=start, **about)
        pages.write("topic.added", id=entity(70 + n), text=f"Topic {n}", **about)
        for subject in ({}, {"goal": goal}):
            number = 80 + n if subject else 90 + n
            words = {"text": f"Words {n}", "takeaway": f"Keep {n}"}
            pages.write("reflection.written", id=entity(number), on="2026-11-24", **words, **subject, **about)
        form = {"instrument": "phq-9", "version": "1", "answers": [n]}
        pages.write("assessment.recorded", id=entity(100 + n), on="2026-11-24", **form, **about)
        pages.write("alliance.recorded", id=entity(110 + n), on="2026-11-24", bond=10 - 2 * n, **about)
        pages.write("goal.revised", id=entity(1), title=f"By device {n}", **about)
        pages.write("goal.status_changed", id=entity(2), status="paused", on=f"2026-11-1{n}", **about)
    return pages


def shuffled(state: State, chance: random.Random) -> State:
    """The same state with everything in another order."""
    found = State(state.journal)
    found.devices, found.newest = state.devices, state.newest
    for kind in chance.sample(sorted(state.entities), len(state.entities)):
        of_kind = state.entities[kind]
        found.entities[kind] = {one: of_kind[one] for one in chance.sample(sorted(of_kind), len(of_kind))}
    return found


@settings(max_examples=60, deadline=None)
@given(st.randoms(use_true_random=False))
def test_no_view_hangs_on_the_order_in_which_a_state_keeps_things(chance: random.Random) -> None:
    pages = crowd()
    log = reordered(pages.events, chance)
    assert all_views(shuffled(fold(log), chance), log) == all_views(pages.state, pages.events)


@slowly
@given(st.one_of(logs(), logs("any")), st.randoms(use_true_random=False))
def test_history_replays_to_the_present(log: list[Event], chance: random.Random) -> None:
    state, other = fold(log), reordered(log, chance)
    known = {(kind, one) for kind, of_kind in state.entities.items() for one in of_kind}
    kinds = {kind for kind, _ in known}
    found = history.histories(log, JOURNAL, kinds)
    assert set(found) == known
    for (kind, one), changes in found.items():
        assert replayed(changes) == shown(state, kind, one)
        assert history.history(other, JOURNAL, kind, one) == changes


@slowly
@given(logs())
def test_with_honest_clocks_history_runs_by_the_clock(log: list[Event]) -> None:
    for changes in history.histories(log, JOURNAL, {"goal", "milestone", "checkin"}).values():
        assert [change.at for change in changes] == sorted(change.at for change in changes)
        firsts = {change.field: change for change in reversed(changes)}
        assert all(change.from_ is None for change in firsts.values())


@slowly
@given(st.one_of(logs(), logs("any")), st.integers(0, 45))
def test_a_journal_as_of_now_is_the_journal_and_as_of_then_what_it_was_then(log: list[Event], at: int) -> None:
    whole = fold(log)
    head = len(log)
    newest = max((e.hlc for e in log), default="0" * 16)
    now_ms = int(newest[:12], 16)
    for state in (
        history.state_as_of(JOURNAL, log),
        history.state_as_of(JOURNAL, log, seq=head),
        history.state_as_of(JOURNAL, log, ms=now_ms),
        history.state_as_of(JOURNAL, log, seq=head, ms=now_ms),
    ):
        assert state_hash(state) == state_hash(whole)
        assert state.devices.keys() == whole.devices.keys()
    assert state_hash(history.state_as_of(JOURNAL, log, seq=at)) == state_hash(fold(log[:at]))


@slowly
@given(st.one_of(logs(), logs("any")), st.sampled_from(DAYS))
def test_every_view_of_a_journal_as_of_now_is_the_view_of_it(log: list[Event], day: str) -> None:
    on, now = date.fromisoformat(day), all_views(fold(log), log, date.fromisoformat(day))
    newest = max((int(e.hlc[:12], 16) for e in log), default=0)
    for limits in ({}, {"seq": len(log)}, {"ms": newest}):
        then = history.state_as_of(JOURNAL, log, **limits)
        assert all_views(then, history.as_of(log, **limits), on) == now


@slowly
@given(logs("any"), st.integers(0, 45), st.sampled_from(DAYS))
def test_every_view_of_an_earlier_time_is_what_it_was_then(log: list[Event], seq: int, day: str) -> None:
    on, then = date.fromisoformat(day), history.state_as_of(JOURNAL, log, seq=seq)
    assert all_views(then, history.as_of(log, seq=seq), on) == all_views(fold(log[:seq]), log[:seq], on)


@slowly
@given(logs(), st.sampled_from(DAYS))
def test_a_state_that_was_written_down_gives_the_same_views(log: list[Event], day: str) -> None:
    kept = load_state(dump_state(fold(log)))
    assert kept is not None
    assert all_views(kept, log, date.fromisoformat(day)) == all_views(fold(log), log, date.fromisoformat(day))


@slowly
@given(logs("any"), st.integers(0, 20), st.randoms(use_true_random=False))
def test_an_earlier_time_is_the_same_in_whatever_order_events_came(
    log: list[Event], later: int, chance: random.Random
) -> None:
    limit = 1_790_000_000_000 + later
    one, other = (history.state_as_of(JOURNAL, known, ms=limit) for known in (log, reordered(log, chance)))
    assert state_hash(one) == state_hash(other)
    names = {(e.device, e.n) for e in log if int(e.hlc[:12], 16) <= limit}
    kept = history.as_of(log, ms=limit)
    assert {(e.device, e.n) for e in kept if not e.rejected} == names


@slowly
@given(logs())
def test_a_difference_says_how_one_state_becomes_another(log: list[Event]) -> None:
    before, after = fold(log[: len(log) // 2]), fold(log)
    for kind, of_kind in after.entities.items():
        for one in of_kind:
            changed = shown(before, kind, one)
            for part in history.difference(before, after, kind, one):
                assert changed.get(part.field) == part.from_
                changed[part.field] = part.to
            assert {k: v for k, v in changed.items() if v is not None} == shown(after, kind, one)


@slowly
@given(logs(), st.sampled_from(DAYS))
def test_no_view_ever_blames(log: list[Event], day: str) -> None:
    for words in texts(all_views(fold(log), log, date.fromisoformat(day))):
        assert not any(word in words.lower() for word in NEVER_SAID), words


@slowly
@given(logs(), st.randoms(use_true_random=False))
def test_check_ins_kept_up_with_the_fold_are_those_read_anew(log: list[Event], chance: random.Random) -> None:
    state, subjects = State(JOURNAL), {None, *(entity(n) for n in range(20))}
    for one in reordered(log, chance):
        state.apply(one)
        if chance.random() < 0.5:
            kept = {subject: list(diary.checkins_about(state, subject)) for subject in subjects}
            anew = load_state(dump_state(state))
            assert anew is not None
            assert diary.checkins(state) == diary.checkins(anew)
            assert kept == {subject: list(diary.checkins_about(anew, subject)) for subject in subjects}
    assert diary.checkins(state) == diary.checkins(fold(log))


@slowly
@given(logs(), st.sampled_from(DAYS), st.sampled_from(DAYS))
def test_check_ins_of_some_days_are_those_of_all_that_lie_there(log: list[Event], first: str, last: str) -> None:
    state = fold(log)
    assert diary.checkins(state, first, last) == [one for one in diary.checkins(state) if first <= one.on <= last]


# Recurrences, beside the library that most programs use


@st.composite
def rules(draw: st.DrawFn) -> str:
    every = draw(st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]))
    parts = [f"FREQ={every}"]

    def some(name: str, strategy: st.SearchStrategy[Any], chance: int = 3) -> None:
        if draw(st.integers(1, chance)) == 1:
            parts.append(f"{name}={','.join(map(str, draw(st.lists(strategy, min_size=1, max_size=3))))}")

    weekdays = st.sampled_from(["MO", "TU", "WE", "TH", "FR", "SA", "SU"])
    nth = st.builds(lambda n, day: f"{n}{day}", st.sampled_from([1, 2, 5, -1, -5]), weekdays)
    some("BYMONTH", st.integers(1, 12))
    if every != "WEEKLY":
        some("BYMONTHDAY", st.one_of(st.integers(1, 31), st.integers(-31, -1)))
    by = draw(st.sampled_from(["", "BYDAY", "BYDAY", *(["nth"] if every in {"MONTHLY", "YEARLY"} else [])]))
    if by:
        # All with a number or none: dateutil takes a mixture for days that are both.
        some("BYDAY", nth if by == "nth" else weekdays, 1)
    elif every == "YEARLY":
        some("BYYEARDAY", st.sampled_from([1, 59, 60, 366, -1, -366]))
        some("BYWEEKNO", st.integers(1, 53), 2)
    if every in {"MONTHLY", "YEARLY"}:
        some("BYSETPOS", st.sampled_from([1, 2, -1]))
    if draw(st.booleans()):
        parts.append(f"INTERVAL={draw(st.integers(1, 7))}")
    if draw(st.booleans()):
        parts.append(f"WKST={draw(weekdays)}")
    ends = draw(st.sampled_from(["", "COUNT=1", "COUNT=20", "UNTIL=20270301", "UNTIL=20261224T000000"]))
    return ";".join([*parts, ends] if ends else parts)


@settings(max_examples=150, deadline=None)
@given(rules(), st.dates(date(2025, 1, 1), date(2027, 12, 31)), st.integers(-50, 400), st.integers(0, 500))
def test_occurrences_are_those_of_dateutil(rule: str, start: date, after: int, span: int) -> None:
    first = start + timedelta(after)
    last = first + timedelta(span)
    library = rrulestr(rule, dtstart=datetime(start.year, start.month, start.day), ignoretz=True)  # noqa: DTZ001
    if "COUNT" not in rule and "UNTIL" not in rule:
        # Else it goes on looking, for seconds, up to the year 9999.
        library = library.replace(until=datetime(last.year, last.month, last.day))  # noqa: DTZ001
    wanted = []
    for found in library.xafter(datetime(first.year, first.month, first.day), inc=True):  # noqa: DTZ001
        if found.date() > last:
            break
        wanted.append(found.date())
    assert recurrence.occurrences(rule, start, first, last) == wanted[: recurrence.MAX_OCCURRENCES]


@given(rules(), st.dates(date(2025, 1, 1), date(2027, 12, 31)), st.integers(0, 300), st.integers(0, 300))
def test_a_stretch_of_time_has_the_occurrences_of_its_parts(rule: str, start: date, one: int, other: int) -> None:
    middle, last = start + timedelta(one), start + timedelta(one + other)
    parts = recurrence.occurrences(rule, start, start, middle - timedelta(1))
    parts += recurrence.occurrences(rule, start, middle, last)
    assume(len(parts) < recurrence.MAX_OCCURRENCES)
    assert recurrence.occurrences(rule, start, start, last) == parts


@given(
    st.text(max_size=40)
    | st.lists(st.sampled_from(["FREQ=", "DAILY", ";", "INTERVAL=", "BYDAY=", "9", "-", "MO", "UNTIL=", ","])).map(
        "".join
    )
)
def test_any_text_at_all_is_a_rule_or_none(text: str) -> None:
    found = recurrence.occurrences(text, date(2026, 1, 1), date(2026, 1, 1), date(2026, 2, 1))
    assert found == sorted(set(found))


# Trends and charts

series_of_points = st.lists(st.tuples(st.sampled_from(DAYS), st.integers(0, 100)), max_size=40).map(
    lambda found: tuple(progress.Point(on, value) for on, value in sorted(found))
)


@given(series_of_points, st.integers(-50, 50))
def test_a_trend_does_not_hang_on_where_the_scale_begins(points: tuple[progress.Point, ...], more: int) -> None:
    moved = tuple(progress.Point(p.on, p.value + more) for p in points)
    assert progress.trend(points, 100) == progress.trend(moved, 100)


@given(series_of_points)
def test_what_is_better_upwards_is_worse_downwards(points: tuple[progress.Point, ...]) -> None:
    up, down = progress.trend(points, 100), progress.trend(points, 100, "down")
    opposite = {"improving": "worsening", "worsening": "improving", "steady": "steady"}
    assert (up is None) == (down is None)
    if up and down:
        assert (opposite[up.direction], up.per_week) == (down.direction, down.per_week)


@given(series_of_points, st.integers(2, 80), st.sampled_from([None, 0, 50]), st.sampled_from([None, 100, 60]))
def test_a_chart_is_never_empty_and_never_too_wide(
    points: tuple[progress.Point, ...], width: int, low: int | None, high: int | None
) -> None:
    lines = charts.chart(progress.Measured(points=points, low=low, high=high), width)
    if len({point.on for point in points}) < 2:
        assert lines == []
        return
    assert len(lines) == charts.HEIGHT + 1
    blocks = [line.partition("│")[2] for line in lines[:-1]]
    assert all(len(row) <= width for row in blocks)
    assert blocks[-1].strip(), "each number is seen"
    assert len(blocks[-1]) == min(
        width, (date.fromisoformat(points[-1].on) - date.fromisoformat(points[0].on)).days + 1
    )


def test_the_helper_makes_journals_that_fold() -> None:
    assert fold(Pages().events).fields("journal", JOURNAL)["title"] == "Mine"
