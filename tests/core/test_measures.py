"""Goal attainment, reliable change, and from answers to a score, by reference values and by what must always hold."""

from math import inf, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milepost.errors import InvalidInput
from milepost.measures import (
    Attained,
    Instrument,
    attainment_t,
    builtin_instruments,
    reliable_change,
    score,
    start_level,
)
from milepost.measures import telling as tell
from milepost.measures.instruments import Band, Item, Option
from milepost.measures.reliable_change import Reliability, Threshold, threshold_of
from milepost.measures.scoring import read_answers

GAD7, PHQ9 = builtin_instruments()

goals = st.lists(st.builds(Attained, level=st.integers(-2, 2), weight=st.integers(1, 100)), min_size=1, max_size=20)


def form(*values: int, count: int = 4, **more: object) -> Instrument:
    options = tuple(Option(value=value) for value in values or (0, 1, 2, 3))
    fields = {"id": "form", "version": "1", "title": "Form", "rule": "sum", **more}
    return Instrument(items=(Item(options=options),) * count, **fields)  # type: ignore[arg-type]


# Goal attainment


@pytest.mark.parametrize(
    ("levels", "t"),
    [
        ([0], 50.0),
        ([0, 0, 0, 0], 50.0),
        ([1, 1, 1], 63.69),
        ([-2, -2, -2], 22.61),
        ([2], 70.0),
        ([-1], 40.0),
        ([1, -1], 50),
    ],
)
def test_attainment_gives_the_published_reference_values(levels: list[int], t: float) -> None:
    assert attainment_t([Attained(level=level) for level in levels]) == t


def test_a_goal_that_weighs_more_counts_more() -> None:
    assert attainment_t([Attained(level=1, weight=3), Attained(level=-1)]) == 55.82


@given(goals)
def test_attainment_is_bounded_and_mirrors_around_fifty(given_goals: list[Attained]) -> None:
    t = attainment_t(given_goals)
    assert 50 - 20 / 0.3**0.5 <= t <= 50 + 20 / 0.3**0.5
    mirrored = attainment_t([Attained(level=-goal.level, weight=goal.weight) for goal in given_goals])
    assert t + mirrored == pytest.approx(100, abs=0.011)
    assert attainment_t(given_goals[::-1]) == t


@given(goals)
def test_attainment_never_falls_when_a_goal_gets_on(given_goals: list[Attained]) -> None:
    first, *others = given_goals
    further = Attained(level=min(2, first.level + 1), weight=first.weight)
    assert attainment_t([further, *others]) >= attainment_t(given_goals)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ([], "Rate at least one"),
        ([Attained(level=3)], "from -2 to 2"),
        ([Attained(level=0, weight=0)], "from 1 to 100"),
        ([Attained(level=0, weight=101)], "from 1 to 100"),
    ],
)
def test_what_is_no_attainment_is_refused_in_words(wrong: list[Attained], words: str) -> None:
    with pytest.raises(InvalidInput, match=words):
        attainment_t(wrong)


def test_a_goal_starts_where_worsening_can_still_be_seen() -> None:
    assert (start_level(can_worsen=True), start_level(can_worsen=False)) == (-1, -2)


# Reliable change

PUBLISHED = Reliability(sd=7.5, reliability=0.8, citation="Nobody 1999")


def test_a_threshold_comes_from_spread_and_reliability_as_in_the_example_of_jacobson_and_truax() -> None:
    assert threshold_of(PUBLISHED) == pytest.approx(1.96 * 4.74, abs=0.01)
    change = reliable_change(47.5, 32.5, rule=PUBLISHED, better="down")
    assert (change.difference, change.reliable, change.direction) == (-15, True, "better")
    assert change.citation == "Nobody 1999; after Jacobson & Truax 1991"


def test_without_a_published_rule_nothing_is_claimed() -> None:
    change = reliable_change(20, 2, better="down")
    assert (change.difference, change.threshold, change.reliable) == (-18, None, None)
    assert (change.direction, change.citation) == ("none", None)


@pytest.mark.parametrize(
    ("earlier", "later", "reliable", "direction"),
    [(10, 4, True, "better"), (10, 5, False, "none"), (4, 10, True, "worse"), (7, 7, False, "none")],
)
def test_a_published_threshold_counts_from_itself_on(earlier: int, later: int, reliable: bool, direction: str) -> None:
    change = reliable_change(earlier, later, rule=PHQ9.change, better=PHQ9.better)
    assert (change.reliable, change.direction, change.threshold) == (reliable, direction, 6)
    assert "NHS Talking Therapies" in (change.citation or "")


@given(st.integers(-100, 100), st.integers(-100, 100), st.sampled_from(["up", "down"]), st.floats(0.1, 50))
def test_a_change_and_the_way_back_are_opposites(earlier: int, later: int, better: str, points: float) -> None:
    rule = Threshold(points=points, citation="Nobody 1999")
    there = reliable_change(earlier, later, rule=rule, better=better)  # type: ignore[arg-type]
    back = reliable_change(later, earlier, rule=rule, better=better)  # type: ignore[arg-type]
    assert there.difference == -back.difference
    assert there.reliable == back.reliable
    assert {there.direction, back.direction} in ({"none"}, {"better", "worse"})


@pytest.mark.parametrize(
    "rule",
    [
        Threshold(points=0, citation="x"),
        Threshold(points=nan, citation="x"),
        Threshold(points=6, citation=" "),
        Reliability(sd=0, reliability=0.8, citation="x"),
        Reliability(sd=inf, reliability=0.8, citation="x"),
        Reliability(sd=5, reliability=1, citation="x"),
        Reliability(sd=5, reliability=0, citation="x"),
    ],
)
def test_figures_that_cannot_be_are_refused(rule: Threshold | Reliability) -> None:
    with pytest.raises(InvalidInput, match="published"):
        reliable_change(1, 2, rule=rule)


# Scoring


def reaching(instrument: Instrument, total: int) -> list[int]:
    """Answers that add up to a total."""
    answers = []
    for item in instrument.items:
        answers.append(min(max(item.values), total - sum(answers)))
    return answers


@pytest.mark.parametrize(
    ("instrument", "edges"),
    [
        (PHQ9, {0: "minimal", 5: "mild", 10: "moderate", 15: "moderately severe", 20: "severe"}),
        (GAD7, {0: "minimal", 5: "mild", 10: "moderate", 15: "severe"}),
    ],
)
def test_every_total_lies_in_its_published_band(instrument: Instrument, edges: dict[int, str]) -> None:
    name = ""
    for total in range(instrument.high + 1):
        name = edges.get(total, name)
        scored = score(instrument, reaching(instrument, total))
        assert (scored.score, scored.band, scored.missing) == (total, name, 0)


def test_what_is_built_in_is_as_published() -> None:
    assert [(i.id, len(i.items), i.low, i.high) for i in builtin_instruments()] == [
        ("gad-7", 7, 0, 21),
        ("phq-9", 9, 0, 27),
    ]
    assert (PHQ9.loinc_total, PHQ9.loinc_panel, PHQ9.sensitive, PHQ9.recall_days) == ("44261-6", "44249-1", (9,), 14)
    assert (GAD7.loinc_total, GAD7.loinc_panel, GAD7.sensitive, GAD7.recall_days) == ("70274-6", "69737-5", (), 14)
    assert [threshold_of(i.change) for i in builtin_instruments() if i.change] == [4, 6]
    assert all("Kroenke" in (i.bands_citation or "") for i in builtin_instruments())


def test_a_sensitive_item_is_seen_only_when_it_is_marked() -> None:
    assert [score(PHQ9, [3] * 8 + [nine]).sensitive for nine in (None, 0, 1, 2, 3)] == [False, False, True, True, True]
    from_one = form(1, 2, 3, sensitive=(2,), reverse=(2,))
    assert [score(from_one, [3, two, 3, 3]).sensitive for two in (1, 2, 3)] == [False, True, True]


def test_a_form_with_a_gap_has_no_total_unless_its_authors_say_how() -> None:
    assert score(PHQ9, [1] * 8 + [None]).score is None
    assert score(PHQ9, [1] * 8 + [None]).band is None
    prorated = form(prorate=1, bands=(Band(start=0, name="low"), Band(start=4, name="high")))
    assert score(prorated, [1, 1, 2, None]).score == 5.33
    assert score(prorated, [1, 1, 1, None]) == score(prorated, [None, 1, 1, 1])
    assert score(prorated, [1, 1, 1, None]).band == "high"
    assert score(prorated, [1, 1, None, None]).score is None
    assert score(form(prorate=3), [None, None, None, 2]).score == 8


def test_reversed_items_count_the_other_way_round() -> None:
    assert score(form(1, 2, 3, 4, 5, reverse=(2, 4)), [1, 5, 1, 4]).score == 1 + 1 + 1 + 2


def test_subscales_add_up_their_items_and_are_given_only_when_complete() -> None:
    parts = form(prorate=1, reverse=(4,), subscales={"near": (1, 2), "far": (3, 4)})
    assert score(parts, [1, 2, 3, 0]).subscores == {"near": 3, "far": 6}
    assert score(parts, [1, 2, 3, None]).subscores == {"near": 3, "far": None}


def test_a_form_without_a_rule_keeps_answers_and_gives_no_score() -> None:
    scored = score(form(rule=None, subscales={"a": (1,)}), [1, 2, None, 0])
    assert (scored.score, scored.subscores, scored.missing) == (None, {}, 1)


@st.composite
def instruments(draw: st.DrawFn) -> Instrument:
    values = st.lists(st.integers(-20, 20), min_size=2, max_size=6)
    items = draw(
        st.lists(values, min_size=1, max_size=12) | st.builds(lambda one, n: [one] * n, values, st.integers(1, 12))
    )
    one_range = len({(min(each), max(each)) for each in items}) == 1
    numbers = st.lists(st.integers(1, len(items)), unique=True).map(lambda found: tuple(sorted(found)))
    return Instrument(
        id="any",
        version="1",
        title="Any",
        items=tuple(Item(options=tuple(Option(value=value) for value in each)) for each in items),
        rule=draw(st.sampled_from(["sum", None])),
        reverse=draw(numbers),
        prorate=draw(st.none() | st.integers(0, 12)) if one_range else None,
        sensitive=draw(numbers),
    )


@given(st.data())
def test_the_form_s_own_answers_always_score_within_its_range(data: st.DataObject) -> None:
    instrument = data.draw(instruments())
    answers = [data.draw(st.sampled_from([None, *item.values])) for item in instrument.items]
    scored = score(instrument, answers)
    assert scored.missing == answers.count(None)
    if scored.score is not None:
        assert instrument.low <= scored.score <= instrument.high
    assert (scored.score is None) == (
        instrument.rule is None
        or scored.missing > (instrument.prorate or 0)
        or (scored.missing == len(answers) and bool(answers))
    )


@given(instruments(), st.lists(st.none() | st.integers(-25, 25), max_size=14))
def test_any_answers_either_score_or_are_refused_in_words(instrument: Instrument, answers: list[int | None]) -> None:
    try:
        score(instrument, answers)
    except InvalidInput as error:
        assert str(error).endswith(".")
        if len(answers) != len(instrument.items):
            assert f"has {len(instrument.items)} items" in str(error)
    else:
        assert all(answer in (None, *item.values) for item, answer in zip(instrument.items, answers, strict=True))


@given(st.lists(st.none() | st.integers(-(10**8), 10**8), min_size=1, max_size=20))
def test_answers_read_back_as_they_were_written(answers: list[int | None]) -> None:
    assert read_answers(PHQ9, ",".join("-" if answer is None else str(answer) for answer in answers)) == answers
    assert read_answers(PHQ9, " , ".join("" if answer is None else str(answer) for answer in answers)) == answers


@given(st.text(max_size=40))
def test_any_text_is_answers_or_is_refused_in_words(text: str) -> None:
    try:
        read_answers(PHQ9, text)
    except InvalidInput as error:
        assert "`-`" in str(error)


# What is said


def test_a_score_is_said_with_what_it_is_not() -> None:
    assert tell.say_score(PHQ9, score(PHQ9, reaching(PHQ9, 13))) == "13 of 27, a screening score, not a diagnosis."
    assert "scale from 4 to 20, a screening" in tell.say_score(form(1, 5), score(form(1, 5), [1, 1, 1, 5]))
    assert "2 answers are left out" in tell.say_score(PHQ9, score(PHQ9, [1] * 7 + [None] * 2))
    assert "1 answer is left out" in tell.say_score(form(prorate=1), score(form(prorate=1), [1, 1, 1, None]))


def test_a_change_is_called_reliable_only_with_its_source() -> None:
    earlier = [
        tell.Earlier(on="2026-01-01", score=20),
        tell.Earlier(on="2026-02-01"),
        tell.Earlier(on="2026-03-01", score=9),
    ]
    found = tell.changes(PHQ9, 10, earlier)
    last, first = (tell.say_change(PHQ9, name, *found[name]) for name in ("since_last", "since_first"))
    assert last.startswith("1 point higher than the last time (2026-03-01), which may be chance")
    assert first.startswith(
        "10 points lower than the first time (2026-01-01): a reliable change, for the better (6 or more"
    )
    assert "NHS" in first
    unclaimed = tell.changes(form(), 3, earlier)["since_last"]
    assert tell.say_change(form(), "since_last", *unclaimed) == "6 points lower than the last time (2026-03-01)."
    assert tell.changes(PHQ9, None, earlier) == {}
    assert tell.changes(PHQ9, 3, []) == {}
    assert list(tell.changes(PHQ9, 3, earlier[:1])) == ["since_last"]


@pytest.mark.parametrize(
    ("on", "today", "words"),
    [
        ("2026-03-06", "2026-03-06", "You filled this in 5 days ago; it asks about the last 14 days."),
        ("2026-03-02", "2026-03-06", "You filled this in 1 day before; it asks about the last 14 days."),
        ("2026-03-01", "2026-03-06", "You filled this in earlier on the same day; it asks about the last 14 days."),
        ("2026-03-14", "2026-03-14", "You filled this in 13 days ago; it asks about the last 14 days."),
        ("2026-03-15", "2026-03-15", None),
    ],
)
def test_a_repeat_is_noted_within_the_days_it_asks_about(on: str, today: str, words: str | None) -> None:
    assert tell.say_repeat(PHQ9, on, [tell.Earlier(on="2026-03-01")], today) == words


def test_a_day_that_is_none_is_passed_over() -> None:
    assert tell.say_repeat(PHQ9, "2026-03-15", [tell.Earlier(on="not a day!")], "2026-03-15") is None
