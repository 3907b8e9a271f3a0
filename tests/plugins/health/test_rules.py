"""What a person says is to come of something, and how it is then counted."""

import pytest

from milepost.plugin_api import NewEntry
from milepost_health.readings import Reading
from milepost_health.rules import Noting, Rules, Unfit
from tests.plugins.health.conftest import Mina, noted

SITTING = Reading("mindful", "2026-05-04T05:30:00Z", "2026-05-04", 12.0, "2026-05-04T07:30:00")
DAY = Reading("mindful", "2026-05-04", "2026-05-04", 20.0)
NIGHT = Reading("sleep", "2026-05-04", "2026-05-04", 7.256)
MOOD = Reading("mood", "2026-05-04T19:00:00Z", "2026-05-04", 0.5, "2026-05-04T21:00:00", "Calm")


def fields(mina: Mina, reading: Reading, **rules: object) -> dict[str, object]:
    (entry,) = noted(mina, [reading], **rules)
    return dict(entry.fields)


def test_a_sitting_is_a_check_in_on_its_practice(mina: Mina) -> None:
    (entry,) = noted(mina, [SITTING], mindful=mina.breathing)
    assert entry == NewEntry(
        kind="checkin",
        external_id="mindful 2026-05-04T05:30:00Z",
        known_as="mindful 2026-05-04T05:30:00Z",
        unless=("mindful 2026-05-04",),
        grows="value",
        fields={
            "subject": mina.breathing,
            "on": "2026-05-04",
            "occurrence": "2026-05-04",
            "at": "2026-05-04T07:30:00",
            "value": 12,
        },
    )


def test_a_rule_names_a_goal_a_measure_or_a_title(mina: Mina) -> None:
    assert fields(mina, NIGHT, sleep=mina.rest)["subject"] == mina.rest
    by_measure = fields(mina, NIGHT, sleep=mina.hours)
    assert (by_measure["subject"], by_measure["measure"]) == (mina.rest, mina.hours)
    assert fields(mina, SITTING, mindful="  breathing ")["subject"] == mina.breathing


def test_a_number_answers_the_measure_that_is_named_and_not_another_of_its_goal(mina: Mina) -> None:
    steps = Reading("steps", "2026-05-04", "2026-05-04", 8000.0)
    counted = mina.journal.measure(mina.calm, "Steps", type="amount", unit="steps")
    assert mina.journal.take(noted(mina, [steps], steps=counted), "phone") == ["made"], (
        "its goal's scale goes from 0 to 10"
    )


def test_without_a_rule_nothing_comes_of_it(mina: Mina) -> None:
    assert noted(mina, [SITTING, NIGHT, MOOD], steps=mina.walk) == []


@pytest.mark.parametrize(("unit", "value"), [("hours", 7.26), ("min", 435.4), ("Stunden", 7.26), ("nights", 7.26)])
def test_a_measure_counts_in_its_own_unit(mina: Mina, unit: str, value: float) -> None:
    mina.journal.change("measure", mina.hours, unit=unit)
    assert fields(mina, NIGHT, sleep=mina.rest)["value"] == value


def test_a_mood_lies_on_the_scale_that_it_is_noted_for(mina: Mina) -> None:
    assert fields(mina, MOOD, mood=mina.calm)["value"] == 7.5
    assert fields(mina, MOOD, mood=mina.walk)["value"] == 0.5


def test_words_of_a_mood_come_along_only_where_they_are_wanted(mina: Mina) -> None:
    assert "note" not in fields(mina, MOOD, mood=mina.calm)
    assert fields(mina, MOOD, mood=mina.calm, mood_words=True)["note"] == "Calm"


def test_a_rule_that_can_not_be_followed_says_why(mina: Mina) -> None:
    with pytest.raises(Unfit, match="no practice, goal or measure called 'Nothing'"):
        Noting(Rules(sleep="Nothing"), mina.view()).check()
    mina.journal.change("measure", mina.hours, unit="km")
    with pytest.raises(Unfit, match="sleep can't be counted in km"):
        Noting(Rules(sleep=mina.rest), mina.view()).check()


def test_a_unit_that_is_not_shown_is_not_guessed(mina: Mina) -> None:
    discreet = mina.view("titles", "dates", "numbers", plain=False)
    with pytest.raises(Unfit, match="--plain"):
        Noting(Rules(sleep=mina.rest), discreet).check()
    assert Noting(Rules(mindful=mina.breathing), discreet).entry(SITTING) is not None


def test_a_day_gives_way_to_the_sittings_that_make_it_up(mina: Mina) -> None:
    (alone,) = noted(mina, [DAY], mindful=mina.breathing)
    assert alone.unless == ()
    assert mina.journal.take(noted(mina, [SITTING], mindful=mina.breathing), "phone") == ["made"]
    (beside,) = noted(mina, [DAY], mindful=mina.breathing)
    assert beside.unless == (SITTING.name,)
    assert mina.journal.take([beside], "another") == ["nothing"]


def test_sittings_give_way_to_a_day_that_is_there(mina: Mina) -> None:
    assert mina.journal.take(noted(mina, [DAY], mindful=mina.breathing), "phone") == ["made"]
    assert mina.journal.take(noted(mina, [SITTING], mindful=mina.breathing), "export") == ["nothing"]


def test_another_rule_for_the_same_moves_what_came_in(mina: Mina) -> None:
    mina.journal.take(noted(mina, [SITTING], mindful=mina.breathing), "import")
    other = mina.journal.practice("Sitting still")
    assert mina.journal.take(noted(mina, [SITTING], mindful=other), "import") == ["changed"]
    (checkin,) = mina.view().checkins
    assert checkin.subject == other
