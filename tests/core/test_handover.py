"""What goes along to a new therapist: only what was chosen, in the person's own words, on a page that no words can break."""

import json
import random
import unicodedata
from datetime import date
from itertools import pairwise
from typing import Any

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from milepost.cli.handover_page import line, own_words, page
from milepost.envelope import Event
from milepost.measures import builtin_instruments
from milepost.views import history
from milepost.views.chosen import Chosen
from milepost.views.handover import Handover, handover
from tests.core.views.logs import fold, logs, reordered, slowly
from tests.core.views.pages import NEVER_SAID, Pages, texts
from tests.events import JOURNAL, entity

DAY = date(2026, 12, 1)
FORMS = {one.id: one for one in builtin_instruments()}
MARKDOWN = MarkdownIt("commonmark").enable(["table", "strikethrough"])


def everything(log: list[Event], goals: set[str] | None = None) -> Handover:
    return handover(fold(log), log, DAY, goals, notes=True, plan=True, forms=FORMS)


def plainly(pages: Pages, goals: set[str] | None = None) -> Handover:
    return handover(pages.state, pages.events, DAY, goals)


@pytest.fixture
def pages() -> Pages:
    """A journal with something of everything, each thing with words that are nowhere else."""
    pages = Pages()
    one = pages.goal(1, "Speak up", why="I go quiet", looks_like="I ask for a break", helps="A glass of water")
    two = pages.goal(2, "Sleep better")
    pages.write("goal.revised", id=one, title="Say what I need", reason="It is about needs", at="2026-09-20T23:30:00")
    measure = pages.measure(10, one, question="How easy?", low=0, high=10)
    days = ["2026-09-02", "2026-09-05", "2026-09-09", "2026-09-14", "2026-09-20"]
    pages.numbers(one, measure, dict(zip(days, [2, 3, 4, 5, 6], strict=True)))
    pages.checkin(49, one, "2026-09-21", note="note about speaking")
    for number, goal, title in (
        (20, one, "Ask once"),
        (21, one, "Ask my boss"),
        (22, one, "Not needed"),
        (23, two, "Nap"),
    ):
        pages.write("milestone.added", id=entity(number), goal=goal, title=title, rank=f"{number}")
    pages.write("milestone.status_changed", id=entity(20), status="reached", on="2026-09-10")
    pages.write("milestone.status_changed", id=entity(22), status="dropped", on="2026-09-10")
    for number, goal, title in ((30, one, "Breathe"), (31, two, "No screens"), (32, None, "Walk")):
        about = {"goal": goal} if goal else {}
        pages.write("practice.added", id=entity(number), title=title, start=days[0], recurrence="FREQ=DAILY", **about)
    for number, about in enumerate(
        (None, ("goal", one), ("goal", two), ("milestone", entity(23)), ("checkin", entity(49)))
    ):
        reference = {"about": {"journal": JOURNAL, "kind": about[0], "id": about[1]}} if about else {}
        pages.write("topic.added", id=entity(60 + number), text=f"Topic {number}", **reference)
    pages.write("reflection.written", id=entity(70), on=days[1], text="Long words", takeaway="Ask early", goal=one)
    pages.write("reflection.written", id=entity(71), on=days[1], text="Other words", takeaway="Tea helps", goal=two)
    for number, status in ((80, "held"), (81, "held"), (82, "cancelled"), (83, "planned")):
        start = {"at": f"2026-09-{number - 70}T15:00:00", "time_zone": "Europe/Berlin"}
        pages.write("session.scheduled", id=entity(number), start=start)
        pages.write("session.status_changed", id=entity(number), status=status, on="2026-09-12")
    pages.write("alliance.recorded", id=entity(90), on=days[0], bond=3, note="A private note")
    pages.write("plan.written", signs="I stop answering", helps="The river")
    answers = [1, 2, 1, 2, 1, 1, 2, 1, 0]
    pages.write(
        "assessment.recorded", id=entity(95), instrument="phq-9", version=FORMS["phq-9"].version, answers=answers,
        on=days[2], score=11,
    )  # fmt: skip
    return pages


def whole(found: Handover) -> str:
    """The page, and the view in JSON: what is in neither goes nowhere."""
    return page(found) + json.dumps(msgspec.to_builtins(found))


# What is in it


def test_a_chosen_goal_comes_with_its_words_its_steps_its_practices_and_its_reasons(pages: Pages) -> None:
    found = plainly(pages, {entity(1)})
    (goal,) = found.goals
    assert (goal.title, goal.why, goal.looks_like, goal.helps) == (
        "Say what I need", "I go quiet", "I ask for a break", "A glass of water",
    )  # fmt: skip
    assert goal.begun == "2026-09-01"
    assert [(w.field, w.then, w.now) for w in goal.wordings] == [("title", "Speak up", "Say what I need")]
    assert [step.title for step in goal.steps_reached] == ["Ask once"]
    assert [step.title for step in goal.steps_open] == ["Ask my boss"]
    assert [one.title for one in goal.practices] == ["Breathe"]
    assert [(r.on, r.fields, r.reason) for r in goal.reasons] == [("2026-09-20", ("title",), "It is about needs")]
    assert (found.sessions_held, found.sessions_since) == (2, "2026-09-10")
    shown = page(found)
    assert "Two sessions held since 10 Sep 2026." in shown
    assert "**At first it was called:** Speak up" in shown
    assert "- Ask once (reached on 10 Sep 2026)" in shown
    assert "- Ask my boss (open)" in shown
    assert "- 20 Sep 2026: It is about needs (the words)" in shown
    assert "Not needed" not in shown


def test_a_trend_is_told_only_where_there_is_enough_to_tell_it(pages: Pages) -> None:
    (line_of,) = plainly(pages, {entity(1)}).goals[0].lines
    assert (line_of.baseline, line_of.now, line_of.checkins, line_of.trend) == (2, 6, 5, "improving")
    assert "- “How easy?”: From 2 to 6 since 2 Sep 2026: progress. Lately it has been getting better." in page(
        plainly(pages, {entity(1)})
    )
    pages.write("checkin.retracted", id=entity(500))
    (line_of,) = plainly(pages, {entity(1)}).goals[0].lines
    assert (line_of.baseline, line_of.now, line_of.trend) == (3, 6, None)
    assert "Lately" not in page(plainly(pages, {entity(1)}))


def test_bare_it_takes_the_active_goals_in_the_persons_own_order(pages: Pages) -> None:
    assert [goal.title for goal in plainly(pages).goals] == ["Say what I need", "Sleep better"]
    pages.write("goal.status_changed", id=entity(1), status="let_go", on="2026-10-01")
    assert [goal.title for goal in plainly(pages).goals] == ["Sleep better"]
    (let_go,) = plainly(pages, {entity(1)}).goals
    assert "Let go on 1 Oct 2026, begun on 1 Sep 2026." in page(plainly(pages, {entity(1)}))
    assert let_go.status == "let_go"
    pages.write("goal.retracted", id=entity(2))
    assert plainly(pages, {entity(2)}).goals == ()


def test_nothing_of_a_goal_that_was_not_chosen_is_in_it(pages: Pages) -> None:
    for found in (plainly(pages, {entity(1)}), everything(pages.events, {entity(1)})):
        shown = whole(found)
        for words in ("Sleep better", "Nap", "No screens", "Topic 2", "Topic 3", "Tea helps"):
            assert words not in shown
        for words in ("Topic 0", "Topic 1", "Topic 4", "Walk"):
            assert words in shown


def test_notes_plan_and_questionnaires_are_in_it_only_when_asked_for(pages: Pages) -> None:
    bare = plainly(pages, {entity(1)})
    only_for = {
        "notes": ["Ask early"],
        "plan": ["I stop answering", "The river"],
        "forms": ["not a diagnosis", "phq-9"],
    }
    for name, words in only_for.items():
        given: dict[str, Any] = {"goals": {entity(1)}, name: FORMS if name == "forms" else True}
        asked = handover(pages.state, pages.events, DAY, **given)
        for word in words:
            assert word.lower() not in whole(bare).lower()
            assert (word in whole(asked)) == (word != "phq-9")
    assert bare.left_out[-3:] == ("reflections", "the safety plan", "questionnaires")
    last = page(bare).strip().splitlines()[-1]
    assert last.startswith("*Not on this page: any other goals, how the work together feels, ")
    assert "safety plan" not in page(everything(pages.events)).splitlines()[-1]


def test_how_the_work_feels_and_what_was_noted_in_passing_are_never_in_it(pages: Pages) -> None:
    shown = whole(everything(pages.events))
    for words in ("A private note", "bond", "Long words", "Other words", "note about speaking"):
        assert words not in shown


def test_a_score_is_said_as_everywhere_and_is_no_diagnosis(pages: Pages) -> None:
    (form,) = everything(pages.events).assessments
    assert (form.score, form.title) == (11, "PHQ-9")
    assert form.words.startswith("11 of 27, a screening score, not a diagnosis. Scores from 10 on are called moderate")
    pages.write(
        "assessment.recorded", id=entity(96), instrument="own", version="1", answers=[1], on="2026-09-20", score=1.5
    )
    pages.write("assessment.recorded", id=entity(97), instrument="phq-9", version="0", answers=[1], on="2026-09-21")
    said = [(one.title, one.words) for one in everything(pages.events).assessments[1:]]
    assert said == [("own", "1.5, a screening score, not a diagnosis."), ("phq-9", "The answers are kept.")]


def test_attainment_says_over_how_many_goals_and_compares_nobody() -> None:
    pages = Pages()
    for number, level in ((1, 1), (2, 1), (3, 1), (4, None)):
        goal = pages.goal(number, f"Goal {number}")
        measure = pages.measure(10 + number, goal, type="attainment", low=-2, high=2, level_plus_1="Twice a week")
        if level is not None:
            pages.checkin(20 + number, goal, "2026-10-01", value=level, measure=measure)
    found = plainly(pages)
    assert (found.attainment_t, found.attainment_goals) == (63.69, 3)
    assert "over three goals: T = 63.69, where 50 is as hoped." in page(found)
    assert "Now: “Twice a week”." in page(found)
    assert plainly(pages, {entity(4)}).attainment_t is None
    assert "Goal attainment" not in page(plainly(pages, {entity(4)}))


def test_of_a_goal_with_another_measure_now_the_old_levels_count_no_more() -> None:
    pages = Pages()
    goal = pages.goal(1)
    measure = pages.measure(11, goal, type="attainment", low=-2, high=2)
    pages.checkin(21, goal, "2026-10-01", value=1, measure=measure)
    assert plainly(pages).attainment_goals == 1
    pages.measure(12, goal, type="scale")
    found = plainly(pages)
    assert (found.attainment_t, found.attainment_goals) == (None, 0)
    assert len(found.goals[0].lines) == 1, "what was said stays said"


def test_what_somebody_says_in_looking_back_is_a_note(pages: Pages) -> None:
    words = "It was never about speaking"
    pages.write("goal.status_changed", id=entity(1), status="achieved", on="2026-10-02", reflection=words)
    assert words not in whole(plainly(pages, {entity(1)}))
    assert f"**In looking back:** {words}" in page(everything(pages.events, {entity(1)}))


def test_reasons_name_what_they_changed_and_go_with_what_was_taken_back(pages: Pages) -> None:
    about = {"id": entity(1), "status": "paused"}
    pages.write("goal.status_changed", **about, on="2026-10-02", reason="The move")
    pages.write("goal.status_changed", **about, on="2026-10-03", reason="A day later")
    pages.write("milestone.revised", id=entity(21), title="Ask her", reason="She is kind")
    pages.write("practice.revised", id=entity(30), minutes=5, reason="Short is fine")
    reasons = plainly(pages, {entity(1)}).goals[0].reasons[1:]
    assert [(one.about, one.fields, one.reason) for one in reasons] == [
        (None, ("status",), "The move"),
        (None, (), "A day later"),
        ("Ask her", ("title",), "She is kind"),
        ("Breathe", ("minutes",), "Short is fine"),
    ]
    assert "Short is fine (Breathe, how long)" in page(plainly(pages, {entity(1)}))
    pages.write("milestone.retracted", id=entity(21))
    assert "She is kind" not in whole(plainly(pages, {entity(1)}))


# How it reads


def test_without_any_goal_it_is_a_page_all_the_same() -> None:
    pages = Pages()
    assert "There is nothing to hand over here, which is fine." in page(plainly(pages))
    pages.write("topic.added", id=entity(1), text="The talk with my sister")
    shown = page(plainly(pages))
    assert headings(shown) == [("h1", "Handover, 1 Dec 2026"), ("h2", "To talk about")]
    assert "goal" not in shown.replace("any other goals", "")


def test_an_open_goal_without_anything_has_no_empty_headings(pages: Pages) -> None:
    pages = Pages()
    pages.goal(1, "Feel at home")
    shown = page(plainly(pages))
    assert shown.split("\n\n")[1:3] == ["## Feel at home", "Active, begun on 1 Sep 2026."]
    assert len(shown.split("\n\n")) == 4
    assert "**" not in shown


def test_a_page_blames_nobody_and_urges_nothing(pages: Pages) -> None:
    shown = page(everything(pages.events)).lower()
    assert not [word for word in NEVER_SAID if word in shown]


def headings(text: str) -> list[tuple[str, str]]:
    """(h1 or h2 …, the words) of every heading, as a reader of Markdown sees them."""
    tokens = MARKDOWN.parse(text)
    return [(a.tag, said(b.children or [])) for a, b in pairwise(tokens) if a.type == "heading_open"]


def said(children: list[Any]) -> str:
    return "".join(" " if child.type == "softbreak" else child.content for child in children)


anything = st.one_of(
    st.text(max_size=60),
    st.lists(
        st.sampled_from(["#", "##", "- ", "* ", "1. ", "> ", "`", "```", "<b>", "<!--", "[a](b)", "|", "---", "===", "\\",
                         "~~", "&amp;", "\n", "\r", "\t", " ", "word", "_x_", "**", "![", "]:", ":", "\u2028", "\x1b[2J"]),
        max_size=9,
    ).map("".join),
)  # fmt: skip


def blanks(text: str) -> str:
    kept = "".join(" " if unicodedata.category(c)[0] in "CZ" and c not in "\u200c\u200d" else c for c in text)
    return " ".join(kept.split())


@given(anything, anything, anything)
@example("Rest ##", "- one\n===\n# two", "1. three")
@example("&lt;b&gt; <i>", "> a\n```\nb", "| a |\n| - |")
def test_no_words_can_break_the_page(title: str, why: str, topic: str) -> None:
    goal = Chosen(id=entity(1), title=title, why=why)
    text = page(Handover(on="2026-12-01", goals=(goal,), topics=(topic,) if topic else (), left_out=("a", "b")))
    wanted = [("h1", "Handover, 1 Dec 2026"), ("h2", blanks(title)), *([("h2", "To talk about")] if topic else [])]
    assert headings(text) == wanted
    kinds = {token.type for token in MARKDOWN.parse(text)}
    assert not kinds & {"fence", "code_block", "html_block", "hr", "table_open", "ordered_list_open"}
    assert sum(token.type == "list_item_open" for token in MARKDOWN.parse(text)) == bool(topic)
    inline = {child.type for token in MARKDOWN.parse(text) for child in token.children or []}
    assert inline <= {
        "text",
        "text_special",
        "softbreak",
        "hardbreak",
        "strong_open",
        "strong_close",
        "em_open",
        "em_close",
    }


@given(anything)
def test_words_in_a_line_read_as_they_were_said(text: str) -> None:
    tokens = MARKDOWN.parse(f"- {line(text)}")
    inline = [token for token in tokens if token.type == "inline"]
    assert "".join(said(token.children or []) for token in inline) == blanks(text)


def test_several_lines_stay_several_lines() -> None:
    assert own_words("Why", "one") == ["**Why:** one"]
    assert own_words("Why", "one\n\n- two\n") == ["**Why:**", "> one  \n>  \n> \\- two"]
    assert own_words("Why", " \n ") == own_words("Why", None) == []


# What always holds


@slowly
@given(logs(), st.randoms(use_true_random=False), st.sets(st.integers(1, 3).map(entity)))
def test_the_order_in_which_events_came_makes_no_difference(
    log: list[Event], chance: random.Random, goals: set[str]
) -> None:
    assert everything(log, goals) == everything(reordered(log, chance), goals)


@slowly
@given(st.one_of(logs(), logs("any")), st.integers(0, 40))
def test_as_of_now_it_is_what_it_is_and_as_of_then_what_it_was(log: list[Event], at: int) -> None:
    newest = max((int(e.hlc[:12], 16) for e in log), default=0)
    for limits in ({"seq": len(log)}, {"ms": newest}):
        assert everything(history.as_of(log, **limits)) == everything(log)
    assert everything(history.as_of(log, seq=at)) == everything(log[:at])


@slowly
@given(logs(), st.sets(st.integers(1, 3).map(entity)))
def test_no_page_ever_blames_and_each_has_one_heading_for_each_goal(log: list[Event], goals: set[str]) -> None:
    found = everything(log, goals)
    for words in texts(msgspec.to_builtins(found)):
        assert not any(word in words.lower() for word in NEVER_SAID), words
    sections = {"Practices", "To talk about", "To keep", "Safety plan", "Questionnaires"}
    titles = [words for tag, words in headings(page(found)) if tag == "h2" and words not in sections]
    assert titles == [goal.title for goal in found.goals]
