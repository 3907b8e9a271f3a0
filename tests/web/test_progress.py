"""How things go, and what is left to people, in the browser as in Python."""

import uuid
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Raw

from milepost.coach.approach import leave_alone
from milepost.envelope import Event
from milepost.events import encode_payload
from milepost.journal import State
from milepost.views.progress import progress
from tests.core.views.logs import DAYS, fold
from tests.events import JOURNAL, entity, event
from tests.web import data_files
from tests.web.core import Core
from tests.web.journals import Log, journals, text
from tests.web.test_folding import often


def told(state: State) -> list[Any]:
    return [
        [
            goal.id,
            [
                (
                    *(one.measure or "", one.question or "", one.unit or "", [[p.on, p.value] for p in one.points]),
                    *(one.baseline, one.now, one.trend.direction if one.trend else None),
                )
                for one in goal.series
            ],
        ]
        for goal in progress(state).goals
    ]


def in_browser(core: Core, log: Log) -> list[Any]:
    return [
        [
            goal,
            [
                (
                    *(one["measure"], one["question"], one["unit"], [[p["on"], p["value"]] for p in one["points"]]),
                    *(one["baseline"]["value"], one["now"]["value"], one.get("trend")),
                )
                for one in series
            ],
        ]
        for goal, series in core("progress", JOURNAL, text(log))
    ]


@often
@given(log=journals())
def test_the_numbers_of_goals_are_told_alike(core: Core, log: Log) -> None:
    assert in_browser(core, log) == told(fold(log))


SAID = st.lists(
    st.tuples(st.sampled_from(DAYS), st.integers(0, 10) | st.floats(0, 10, width=16), st.booleans()),
    min_size=4,
    max_size=30,
)


@often
@given(said=SAID, better=st.sampled_from(["up", "down", "keep"]), target=st.none() | st.integers(0, 10))
def test_trends_are_claimed_alike(core: Core, said: list[Any], better: str, target: int | None) -> None:
    goal, measure = entity(1), entity(2)
    of = {"low": 0, "high": 10, "better": better, "unit": "steps", "question": "How much?"}
    log = [
        event(1, at_ms=1, type="goal.created", id=goal, title="Mine", measure=measure),
        measured(goal, measure, {**of, **({} if target is None else {"target": target})}),
    ]
    for n, (on, value, baseline) in enumerate(said, 3):
        fields = {"id": entity(100 + n), "subject": goal, "measure": measure, "on": on, "value": value}
        log.append(event(n, at_ms=n, type="checkin.recorded", **fields, **({"baseline": True} if baseline else {})))
    assert in_browser(core, log) == told(fold(log))


def measured(goal: str, measure: str, fields: dict[str, Any]) -> Event:
    payload = encode_payload("measure.defined", {"id": measure, "goal": goal, "type": "scale", **fields})
    defined = event(2, at_ms=2, type="goal.revised", id=goal, helps="stands in")
    return msgspec.structs.replace(defined, type="measure.defined", data=Raw(payload))


TEXTS = [
    "Lose 5 kg",
    "count CALORIES less",
    "Stop taking my pills",
    "I don’t want to hurt  myself",
    "Say what I need",
    "weight off my mind is not what this says",
    "be a better diet coke drinker",
    "Walk to the harbour",
    "no more cutting corners",
    "",
]


@settings(often, max_examples=100)
@given(words=st.lists(st.sampled_from(" ".join(TEXTS).split()), max_size=8))
def test_what_is_left_to_people_is_left_to_them_alike(core: Core, words: list[str]) -> None:
    texts = [*TEXTS, " ".join(words), "  ".join(words).upper()]
    assert core("leaveAlone", texts) == [leave_alone(one) for one in texts]


@settings(often, max_examples=50)
@given(namespace=st.uuids(), name=st.text(max_size=40))
def test_occurrences_are_named_alike(core: Core, namespace: uuid.UUID, name: str) -> None:
    assert core("nameIn", str(namespace), name) == str(uuid.uuid5(namespace, name))


def test_what_the_app_was_told_of_the_core_is_what_stands_there() -> None:
    for name, made in data_files.made().items():
        assert (data_files.FOLDER / name).read_text() == made, "`python -m tests.web.data_files` writes it anew"
