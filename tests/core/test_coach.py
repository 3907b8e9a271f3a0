import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milepost.coach import LENSES, OPEN_LENSES, PLACEHOLDER, Hint, hint, remark
from milepost.coach.approach import approach_question
from milepost.coach.words import expression, words
from milepost.coach.words import wording as patterns
from milepost.views.entities import Goal, Measure, Milestone, plain
from tests.events import entity

BLAME = re.compile(
    r"\b(?:lazy|weak|stupid|fail\w*|fault|blame\w*|guilt\w*|asham\w+|should|must|ought|wrong|bad|excuse\w*|useless"
    r"|selfish|worthless|loser|broken|crazy|disgusting|hopeless|burden|only you|at last|finally|still not)\b",
    re.IGNORECASE,
)
LEADS = ["stop ", "less ", "no more ", "avoid ", "not be so ", "don't ", "don’t ", "quit ", "fewer ", "never ", ""]
PARTS = ["shouting", "panic", "being lazy", "at", "me", "weak", "ing", "more", "so", ".", "…", "\x1b[31m", "  "]

titles = st.one_of(
    st.text(max_size=500),
    st.builds(
        lambda lead, parts: lead + " ".join(parts), st.sampled_from(LEADS), st.lists(st.sampled_from(PARTS), max_size=5)
    ),
    st.builds(str.__add__, st.sampled_from(LEADS), st.text(max_size=80)),
)
texts = st.none() | titles
tens = st.none() | st.integers(0, 10)
measured = st.sampled_from([(), (Measure(id=entity(9), goal=entity(1)),)])
goals = st.builds(
    Goal,
    id=st.just(entity(1)),
    title=titles,
    kind=st.sampled_from(["open", "smart"]),
    looks_like=texts,
    why=texts,
    helps=texts,
    due=st.sampled_from([None, "2026-12-18"]),
    confidence=tens,
    measure=st.sampled_from([None, entity(9)]),
    milestones=st.lists(
        st.builds(Milestone, id=st.just(entity(2)), status=st.sampled_from(["planned", "reached", "dropped"])),
        max_size=2,
    ).map(tuple),
)
skips = st.lists(st.sampled_from(LENSES), unique=True).map(tuple)


def wanted(title: str = "Call my sister", **fields: Any) -> Goal:
    return Goal(id=entity(1), title=title, **fields)


def whole(**fields: Any) -> Goal:
    steps = (Milestone(id=entity(2)),)
    more = {"why": "I miss her", "looks_like": "we laugh", "confidence": 8, "due": "2026-12-18", "measure": entity(9)}
    return wanted(**{"kind": "smart", "milestones": steps, **more, **fields})


MEASURES = (Measure(id=entity(9), goal=entity(1)),)


def lens(goal: Goal, measures: tuple[Measure, ...] = MEASURES, **more: Any) -> str | None:
    found = hint(goal, measures, **more)
    return found.lens if found else None


def test_one_question_at_a_time_in_an_order_that_never_changes() -> None:
    smart = wanted("Stop shouting", kind="smart")
    asked: list[Any] = []
    while (found := lens(smart, (), skip=asked)) is not None:
        asked.append(found)
    assert asked == list(LENSES) == ["approach", "why", "looks_like", "first_step", "confidence", "measure", "due"]


def test_a_goal_that_says_it_all_is_left_as_it_is() -> None:
    assert hint(whole(), MEASURES) is None
    assert remark(whole()) == "It reads well as it is."


@pytest.mark.parametrize(
    ("fields", "asked"),
    [
        ({"why": None}, "why"),
        ({"why": "  "}, "why"),
        ({"looks_like": None}, "looks_like"),
        ({"milestones": ()}, "first_step"),
        ({"milestones": (Milestone(id=entity(2), status="dropped"),)}, "first_step"),
        ({"milestones": (Milestone(id=entity(2), status="reached"),)}, None),
        ({"confidence": None}, "confidence"),
        ({"confidence": 6}, "confidence"),
        ({"confidence": 7}, None),
        ({"measure": None}, "measure"),
        ({"measure": entity(8)}, "measure"),
        ({"due": None}, "due"),
        ({"why": None, "due": None, "confidence": 2}, "why"),
        ({"confidence": 2, "due": None}, "confidence"),
    ],
)
def test_what_is_there_already_is_not_asked_for(fields: dict[str, Any], asked: str | None) -> None:
    assert lens(whole(**fields)) == asked


def test_low_confidence_is_asked_what_would_raise_it_and_not_why_it_is_low() -> None:
    found = hint(whole(confidence=3), MEASURES)
    assert found is not None
    assert found.question == "What would make it a 7?"
    assert lens(whole(confidence=3, helps="a friend beside me")) is None


def test_an_open_goal_is_asked_for_no_number_and_no_date_unless_somebody_wants_it() -> None:
    plain_goal = whole(kind="open", confidence=None, measure=None, due=None)
    assert lens(plain_goal) is None
    assert remark(plain_goal) == "It reads well as it is."
    assert lens(plain_goal, smart=True) == "confidence"
    assert lens(plain_goal, smart=True, skip=("confidence",)) == "measure"
    assert set(OPEN_LENSES) < set(LENSES)


@pytest.mark.parametrize("status", ["paused", "later", "achieved", "let_go", "ended", "something newer"])
def test_a_goal_that_rests_or_has_ended_is_asked_nothing(status: str) -> None:
    resting = wanted("Stop shouting", kind="smart", status=status)
    assert hint(resting, (), smart=True) is None
    assert remark(resting).endswith(".")


@pytest.mark.parametrize(
    ("title", "opening"),
    [
        ("less panic", "Less panic, and more …"),
        ("Worry less", "More …"),
        ("Feel less anxious.", "Less anxious, and more …"),
        ("Stop shouting", "Instead of shouting, I …"),
        ("I want to stop losing my temper", "Instead of losing my temper, I …"),
        ("Stop panic attacks", "Instead, I …"),
        ("No more fights, please", "Instead of fights, I …"),
        ("No more", "Instead, I …"),
        ("Avoid arguing", "Instead of arguing, I …"),
        ("Avoid crowds", "When it comes up, I …"),
        ("Not be so hard on myself", "Instead of being so hard on myself, I …"),
        ("not feel so alone", "Instead of feeling so alone, I …"),
        ("Don't yell", "Instead, I …"),
        ("DON’T YELL", "Instead, I …"),
        ("Quit smoking", "Instead of smoking, I …"),
        ("Quit my job", "Instead, I …"),
        ("Fewer arguments at home", "Fewer arguments at home, and more …"),
        ("Never shout again", "Instead, I …"),
        ("Get rid of the mess", "More room for …"),
        ("Stop being lazy", "Instead, I …"),
        ("Stop doing " + "this and that " * 10, "Instead, I …"),
    ],
)
def test_wording_that_says_what_shall_not_be_is_asked_what_shall(title: str, opening: str) -> None:
    found = hint(wanted(title, why="it matters"), ())
    assert found is not None
    assert found.lens == "approach"
    assert found.question.endswith("?")
    assert found.opening == opening


@pytest.mark.parametrize(
    "title",
    [
        "More calm, less panic",
        "Breathe instead of shouting",
        "Stop and breathe",
        "Stop at the shop on my way",
        "Take the bus from the next stop",
        "Never give up",
        "Don't stop drawing",
        "Don't forget my friends",
        "Say no more often",
        "I am not alone with it",
        "Nothing less than a holiday",
        "Weniger Angst",
        "Unstoppable",
        "An unavoidable talk",
        "",
    ],
)
def test_wording_that_only_sounds_like_a_no_is_let_be(title: str) -> None:
    assert approach_question(title) is None


def test_whoever_said_how_it_would_look_has_turned_the_goal_round() -> None:
    assert lens(wanted("Less panic", why="I like trains", looks_like="I ride the tram and read")) == "first_step"
    assert lens(wanted("Less panic", looks_like="no more panic on the tram")) == "approach"


@pytest.mark.parametrize(
    "title",
    [
        "Lose weight",
        "Lose 5 kg",
        "Fewer calories",
        "Eat less",
        "Stop taking my pills",
        "Quit my medication",
        "Stop hurting myself",
        "Stop wanting to die",
        "No more suicidal thoughts",
    ],
)
def test_what_belongs_between_people_is_left_to_people(title: str) -> None:
    smart = wanted(title, kind="smart")
    assert hint(smart, (), smart=True) is None
    assert "people you trust" in remark(smart)
    assert hint(wanted("Feel better", looks_like=title), ()) is None


@given(goals, measured, skips, st.booleans())
def test_any_goal_gets_at_most_one_hint_and_the_same_one_each_time(
    goal: Goal, measures: tuple[Measure, ...], skip: tuple[Any, ...], smart: bool
) -> None:
    found = hint(goal, measures, skip=skip, smart=smart)
    assert found == hint(goal, list(measures), skip=set(skip), smart=smart)
    if found is None:
        assert remark(goal)
        return
    assert isinstance(found, Hint)
    assert found.lens in (LENSES if smart or goal.kind == "smart" else OPEN_LENSES)
    assert found.lens not in skip
    assert found.question.endswith("?")
    assert found.how.startswith("milepost ")
    assert found.how.count(PLACEHOLDER) == 1


@given(goals, measured, skips)
def test_no_hint_blames_whatever_people_write(goal: Goal, measures: tuple[Measure, ...], skip: tuple[Any, ...]) -> None:
    found = hint(goal, measures, skip=skip, smart=True)
    said = " ".join(text for text in plain(found).values() if text) if found else remark(goal)
    assert not BLAME.search(said)
    assert said.isprintable()


@given(goals, st.sampled_from(["paused", "later", "achieved", "let_go", "ended"]))
def test_no_hint_wakes_a_goal_that_rests(goal: Goal, status: str) -> None:
    import msgspec

    assert hint(msgspec.structs.replace(goal, status=status), (), smart=True) is None


@given(titles)
def test_skipping_every_lens_ends_the_questions(title: str) -> None:
    goal = wanted(title, kind="smart")
    asked: list[Any] = []
    while (found := hint(goal, (), skip=asked)) is not None:
        assert found.lens not in asked, "what was skipped is not asked again"
        asked.append(found.lens)
    assert {"why", "measure", "due"} <= set(asked) <= set(LENSES), "it did ask, before it ended"


def test_very_long_words_cost_no_noticeable_time() -> None:
    import time

    for text in (
        "stop " * 4_000,
        "no more " * 2_500,
        "a" * 20_000 + "ing",
        "stop " + "a" * 19_000,
        "not be so " * 2_000,
    ):
        began = time.perf_counter()
        hint(wanted("Less of it", looks_like=text), ())
        assert time.perf_counter() - began < 2


def test_the_files_of_words_are_whole() -> None:
    wording = patterns()
    for one in (*wording.alone, *wording.unless, *wording.unrepeated, *(p.match for p in wording.pattern)):
        assert expression(one).groups <= 1
    for pattern in wording.pattern:
        assert pattern.question.endswith("?")
        assert pattern.plain.endswith("…")
        assert pattern.opening is None or ("{rest}" in pattern.opening and "(?P<rest>" in pattern.match)
    assert set(words().remarks) == {"active", "alone", "later", "paused", "achieved", "let_go", "ended"}
