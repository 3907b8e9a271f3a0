"""A reliable worsening is claimed where figures were published, of one person, of one version, at the last form."""

import pytest

from milepost.measures import builtin_instruments
from milepost.measures.instruments import Instrument, Item, Option
from milepost.measures.reliable_change import ChangeRule, Reliability, Threshold
from milepost.measures.worsening import worsened
from milepost.views.entities import Assessment

KNOWN = {one.id: one for one in builtin_instruments()}
PUBLISHED = Threshold(points=3, citation="A made-up paper")


def form(score: float | None, *, instrument: str = "gad-7", version: str = "1", actor: str = "me") -> Assessment:
    return Assessment(id="x", instrument=instrument, version=version, score=score, actor=actor)


def own(change: ChangeRule | None, better: str | None = "up") -> dict[str, Instrument]:
    options = tuple(Option(value=value) for value in range(11))
    made = Instrument(
        id="own",
        version="1",
        title="Of my own",
        items=(Item(options=options),),
        rule="sum",
        change=change,
        better=better,
    )
    return {**KNOWN, "own": made}


@pytest.mark.parametrize(
    ("scores", "claimed"),
    [
        ([], False),
        ([21], False),
        ([5, 8], False),
        ([5, 9], True),
        ([9, 5], False),
        ([5, 9, 9], False),
        ([0, 3, 6, 9], False),
        ([5, None, 9], True),
        ([5, 9, None], True),
        ([None, None], False),
    ],
)
def test_only_the_step_to_the_last_form_with_a_score_counts(scores: list[float | None], claimed: bool) -> None:
    assert worsened(KNOWN, [form(score) for score in scores]) == (["GAD-7"] if claimed else [])


def test_two_people_or_two_versions_are_never_compared() -> None:
    assert worsened(KNOWN, [form(1, actor="a"), form(20, actor="b")]) == []
    assert worsened(KNOWN, [form(1, version="0"), form(20)]) == []
    assert worsened(KNOWN, [form(1, version="0"), form(20, version="0")]) == [], "the figures are of another version"
    assert worsened(KNOWN, [form(1, actor="a"), form(20, actor="b"), form(5, actor="a"), form(20, actor="b")]) == [
        "GAD-7"
    ]


def test_without_a_published_figure_nothing_is_claimed() -> None:
    falling = [form(9, instrument="own"), form(0, instrument="own")]
    assert worsened(own(None), falling) == []
    assert worsened(own(PUBLISHED, better=None), falling) == []
    assert worsened(own(PUBLISHED), falling) == ["Of my own"]
    assert worsened(own(PUBLISHED), falling[::-1]) == []
    assert worsened(own(Reliability(sd=2, reliability=0.9, citation="A made-up paper")), falling) == ["Of my own"]
    assert worsened(KNOWN, falling) == [], "an instrument that is not here"


def test_each_is_named_once_in_the_order_of_their_ids() -> None:
    forms = [form(0, instrument=name, actor=actor) for name in ("phq-9", "gad-7") for actor in "ab"]
    forms += [form(20, instrument=name, actor=actor) for name in ("phq-9", "gad-7") for actor in "ab"]
    assert worsened(KNOWN, forms) == ["GAD-7", "PHQ-9"]
