"""What each app sends, in its documented shapes and in odd ones, becomes the same readings of our own."""

from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from milepost_health import auto_export, life_dashboard, own_json
from milepost_health.told import MAX_READINGS, NoPayload, Told
from tests.plugins.health.conftest import golden

VIENNA = ZoneInfo("Europe/Vienna")


def told(of: Any, name: str) -> Told:
    found: Told = of.told(golden(name), VIENNA)
    return found


def found(told: Told) -> dict[str, float]:
    assert len({one.name for one in told.readings}) == len(told.readings)
    return {one.name: round(one.value, 3) for one in told.readings}


def test_summarised_days_of_health_auto_export_come_in_our_units() -> None:
    days = told(auto_export, "auto-export-days.json")
    assert found(days) == {
        "mindful 2026-02-01": 12.5,
        "steps 2026-02-01": 8123.4,
        "steps 2026-02-02": 1204,
        "exercise 2026-02-01": 31,
        "daylight 2026-02-01": 45,
        "distance 2026-02-01": 3.219,
        "sleep 2026-02-01": 7.25,
        "mood 2026-02-01T19:15:30Z": 0.5,
    }
    assert days.left == {"weight_body_mass": 1, "heart_rate": 2, "workouts": 1}
    assert days.wrong == []
    (mood,) = [one for one in days.readings if one.what == "mood"]
    assert (mood.on, mood.at, mood.note) == ("2026-02-01", "2026-02-01T20:15:30", "Calm, Grateful, Friends")


def test_single_measurements_of_health_auto_export_are_put_together_once() -> None:
    single = told(auto_export, "auto-export-single.json")
    assert found(single) == {
        "mindful 2026-02-03T05:30:00Z": 5,
        "mindful 2026-02-03T20:05:10Z": 7.25,
        "mindful 2026-02-04T04:40:00Z": 3,
        "steps 2026-02-03": 600,  # the phone counted more than the watch; never both
        "sleep 2026-02-03": 6.5,  # 2 + 2.5 + 2 hours, without those awake; the other app's are of the same night
    }
    assert single.readings[2].on == "2026-02-04", "it is the local day of the person, not of the phone's offset"


def test_odd_payloads_are_read_as_far_as_they_make_sense() -> None:
    odd = told(auto_export, "auto-export-odd.json")
    assert found(odd) == {
        "steps 2026-02-04": 300,
        "sleep 2026-02-04": 4.733,
        "mood 2026-02-04T08:00:00Z": 0.286,
        "mood 2026-02-04T09:00:00Z": -0.571,
        "mood 2026-02-04T10:00:00Z": -0.25,
    }
    said = "\n".join(odd.wrong)
    assert "mindful_minutes: it is in kg, and not in min" in said
    assert said.count("step_count: ") == 4
    assert "9 is no class of a state of mind" in said
    assert "state of mind: 7 can't be" in said
    assert "minutes of exercise: 90000 min can't be" in said


@pytest.mark.parametrize("number", range(1, 8))
def test_a_class_of_moods_is_the_same_by_number_and_by_words(number: int) -> None:
    words = [
        "Very Unpleasant",
        "unpleasant",
        "Slightly Unpleasant",
        "NEUTRAL",
        "slightly_pleasant",
        "Pleasant",
        "veryPleasant",
    ]
    states = [{"start": "2026-02-04T08:00:00Z", "valenceClassification": one} for one in (number, words[number - 1])]
    values = [
        auto_export.told(msgspec.json.encode({"data": {"stateOfMind": [state]}}), VIENNA).readings[0].value
        for state in states
    ]
    assert values[0] == values[1] == pytest.approx((number - 4) * 2 / 7)


def test_life_dashboard_companion_is_read_by_its_totals_and_sessions() -> None:
    phone = told(life_dashboard, "life-dashboard.json")
    assert found(phone) == {
        "mindful 2026-02-05T06:00:00Z": 15,
        "mindful 2026-02-04T23:30:00Z": 6,
        "sleep 2026-02-05": 7.5,  # without the half hour awake; the nap is shorter
        "steps 2026-02-04": 8421,
        "steps 2026-02-05": 3074,
    }
    assert phone.readings[1].on == "2026-02-05", "half past midnight in Vienna"
    assert (phone.left, phone.beside) == ({"heart_rate": 1}, {"steps": 2})


def test_its_first_versions_and_its_other_payload_are_known() -> None:
    assert found(told(life_dashboard, "life-dashboard-1.0.json")) == {"sleep 2026-02-05": 7}
    screen = told(life_dashboard, "life-dashboard-screen.json")
    assert (screen.readings, screen.left) == ([], {"screen_time": 1})


def test_our_own_json_takes_one_thing_or_many() -> None:
    one = own_json.told(b'{"what": "steps", "on": "2026-05-04", "value": 8000}', VIENNA)
    assert found(one) == {"steps 2026-05-04": 8000}
    many = msgspec.json.encode(
        {
            "readings": [
                {"what": "mindful", "start": "2026-05-04T07:30:00+02:00", "end": "2026-05-04T07:42:00+02:00"},
                {"what": "mindful", "on": "2026-05-03", "value": 0.5, "unit": "hours"},
                {"what": "mood", "start": "2026-05-04T21:00:00+02:00", "value": -0.5, "note": "tired"},
                {"what": "sleep", "on": "2026-05-04", "value": 450, "unit": "min"},
            ]
        }
    )
    assert found(own_json.told(many, VIENNA)) == {
        "mindful 2026-05-04T05:30:00Z": 12,
        "mindful 2026-05-03": 30,
        "mood 2026-05-04T19:00:00Z": -0.5,
        "sleep 2026-05-04": 7.5,
    }


@pytest.mark.parametrize(
    ("thing", "said"),
    [
        ({"what": "pulse", "on": "2026-05-04", "value": 60}, '`what` is "pulse", and should be one of mindful, mood'),
        ({"what": "steps", "on": "2026-05-04", "value": 60, "unti": "h"}, "there is no field `unti`. There are: what"),
        (
            {"what": "steps", "on": "2026-05-04", "value": "60"},
            '`value` is "60", and should be a number, without quotes',
        ),
        ({"what": "steps", "on": "yesterday!", "value": 60}, "'yesterday!' is no day like 2026-02-01"),
        ({"what": "steps", "on": "yesterday", "value": 60}, "'yesterday' is no day like 2026-02-01"),
        ({"what": "mood", "start": "tonight", "value": 0}, "'tonight' is no moment with an offset"),
        ({"what": "steps", "on": 20260504, "value": 60}, "`on` is 20260504, and should be a day"),
        ({"what": "steps", "on": "2026-05-04"}, "give `value`"),
        ({"what": "steps", "start": "2026-05-04T07:30:00Z", "value": 5}, "give `on`, a day"),
        ({"what": "mood", "on": "2026-05-04", "value": 0}, "give `start`, a moment"),
        ({"what": "sleep", "on": "2026-05-04", "value": 7, "unit": "km"}, "it is in km, and not in h"),
        ({"what": "mindful", "start": "2026-05-04T07:30:00", "value": 5}, "no moment with an offset"),
    ],
)
def test_what_is_wrong_with_our_own_json_is_said(thing: dict[str, Any], said: str) -> None:
    wrong = own_json.told(msgspec.json.encode(thing), VIENNA)
    assert wrong.readings == []
    assert said in wrong.wrong[0]


def test_a_thing_without_its_name_or_that_is_none_is_told_so() -> None:
    good = {"what": "steps", "on": "2026-05-04", "value": 60}
    body = msgspec.json.encode({"readings": [good, {"on": "2026-05-04"}, 7]})
    assert own_json.told(body, VIENNA).wrong == [
        "readings: `what` is missing: one of mindful, mood, sleep, steps, exercise, daylight, distance",
        "readings: each should be a JSON object",
    ]


def test_a_day_counts_once_by_its_largest_number_in_whatever_order() -> None:
    totals = [{"what": "steps", "on": "2026-05-04", "value": value} for value in (10, 500, 499)]
    for order in (totals, totals[::-1]):
        assert found(own_json.told(msgspec.json.encode({"readings": order}), VIENNA)) == {"steps 2026-05-04": 500}


@pytest.mark.parametrize("of", [auto_export, life_dashboard, own_json])
@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"17", b"\xff", b'{"data": []}', b"[" * 100_000, b'{"readings": []}']
)
def test_what_is_no_payload_is_refused_in_words(of: Any, body: bytes) -> None:
    with pytest.raises(NoPayload, match=r"\w"):
        of.told(body, VIENNA)


def test_more_than_there_can_be_is_refused() -> None:
    things = [
        {"what": "mood", "start": f"2026-05-04T{n // 3600 % 24:02}:{n // 60 % 60:02}:{n % 60:02}Z", "value": 0}
        for n in range(MAX_READINGS + 1)
    ]
    with pytest.raises(NoPayload, match="send a shorter time at once"):
        own_json.told(msgspec.json.encode({"readings": things}), VIENNA)


_json = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=12) | st.just("2026-02-01 00:00:00 +0100"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(
        ["name", "units", "data", "qty", "date", "value", "startDate", "endDate", "asleep", "valence", "start", "labels",
         "valenceClassification", "stages", "stage", "duration_seconds", "session_end_time", "steps"]
    ), inner, max_size=5),
    max_leaves=12,
)  # fmt: skip
_things = st.lists(_json, max_size=3)
_metric = st.fixed_dictionaries(
    {
        "name": st.sampled_from(["mindful_minutes", "sleep_analysis", "step_count", "other"]),
        "units": st.sampled_from(["min", "hr", "count", "kg", ""]),
        "data": _things,
    }
)


@settings(deadline=None)
@given(metrics=st.lists(_metric, max_size=3), states=_things, sessions=_things, nights=_things, totals=_things)
def test_whatever_stands_where_something_should_is_read_or_named(
    metrics: Any, states: Any, sessions: Any, nights: Any, totals: Any
) -> None:
    for of, payload in (
        (auto_export, {"data": {"metrics": metrics, "stateOfMind": states}}),
        (
            life_dashboard,
            {"source": "health_connect", "mindfulness": sessions, "sleep": nights, "daily_totals": totals},
        ),
    ):
        for one in of.told(msgspec.json.encode(payload), VIENNA).readings:  # type: ignore[attr-defined]
            assert one.key.startswith(("19", "20"))
            assert len(one.on) == 10
