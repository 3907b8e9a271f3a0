"""What holds of every view, whatever was written, by whom, and in which order it came."""

import random
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from milepost.envelope import Event
from milepost.journal import State, dump_state, load_state, state_hash
from milepost.views import checkins as diary
from milepost.views import history
from tests.core.views.logs import (
    DAYS,
    fold,
    logs,
    reordered,
    replayed,
    shown,
    slowly,
)
from tests.core.views.pages import NEVER_SAID, Pages, texts
from tests.core.views.test_table import all_views
from tests.events import JOURNAL, entity


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


def test_the_helper_makes_journals_that_fold() -> None:
    assert fold(Pages().events).fields("journal", JOURNAL)["title"] == "Mine"
