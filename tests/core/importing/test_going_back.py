"""An import can be taken back, as far as nobody changed what it made since."""

import pytest

from milepost.clock import new_id
from milepost.commands import propose
from milepost.errors import InvalidInput
from milepost.importing import going_back
from milepost.plugin_api import Retraction
from tests.core.importing.stage import TODAY, Stage, checkin, goal, many


def test_all_that_an_import_made_is_taken_back(stage: Stage) -> None:
    mine = stage.add_goal("Mine")
    one = stage.bring([goal("a", "Sleep"), checkin("b", subject="a"), checkin("c", subject=mine)])
    assert len(stage.back(one).of("taken back")) == 3
    assert (stage.ids("goal"), stage.ids()) == ([mine], [])
    with pytest.raises(InvalidInput, match="already"):
        stage.back(one)


def test_what_somebody_changed_or_needs_is_left_and_named(stage: Stage) -> None:
    one = stage.bring([goal("a", "Sleep"), goal("b", "Rest"), goal("c", "Play"), checkin("d", subject="c")])
    sleep, rest, play = stage.ids("goal")
    stage.write("goal.revised", id=sleep, title="Sleep well")
    stage.write("checkin.recorded", id=new_id(), on=TODAY, subject=rest, note="my own")
    went = stage.back(one)
    assert sorted(went.of("left")) == sorted([("goal", sleep), ("goal", rest)])
    assert play not in stage.ids("goal")
    assert stage.words() == ["my own"]
    assert stage.device.log.imports.get(one.id).status == "taken back in part"


def test_what_an_import_changed_is_as_it_was_before(stage: Stage) -> None:
    stage.bring([goal("a", "Sleep", importance=3), checkin("b", "first")])
    one = stage.bring([goal("a", "Rest", importance=9), checkin("b", "second")], "two")
    stage.write("goal.revised", id=stage.ids("goal")[0], importance=5)
    went = stage.back(one)
    assert len(went.of("put back")) == 2
    assert stage.fields("goal")[0]["title"] == "Sleep"
    assert stage.fields("goal")[0]["importance"] == 5
    assert stage.words() == ["first"]


def test_what_an_import_took_back_stands_again(stage: Stage) -> None:
    stage.bring([checkin("a")])
    one = stage.bring([Retraction(kind="checkin", external_id="a")], "two")
    assert stage.ids() == []
    stage.back(one)
    assert stage.words() == ["fine"]


def test_what_an_import_proposed_is_withdrawn_unless_it_was_decided(stage: Stage) -> None:
    stage.bring([goal("a", "Sleep"), goal("b", "Rest")])
    for entity in stage.ids("goal"):
        stage.write("goal.revised", id=entity, title=f"Mine {entity}")
    one = stage.bring([goal("a", "x"), goal("b", "y")], "two")
    first, second = stage.ids("proposal")
    stage.write("proposal.decided", id=first, decision="declined", on=TODAY)
    went = stage.back(one)
    assert (went.of("left"), went.of("taken back")) == ([("proposal", first)], [("proposal", second)])
    state = stage.device.state(stage.journal)
    assert state.fields("proposal", second)["decision"] == "withdrawn"


def test_a_file_that_was_taken_back_can_be_brought_in_again_and_taken_back_again(stage: Stage) -> None:
    one = stage.bring([goal("a", "Sleep"), *many(3)])
    stage.back(one)
    again = stage.bring([goal("a", "Sleep"), *many(2), checkin("line 2", "other")])
    assert (again.tally.made, stage.words()) == (4, ["note 0", "note 1", "other"])
    assert len(stage.back(again).of("taken back")) == 4
    assert stage.ids() == stage.ids("goal") == []


def test_imports_on_each_other_are_taken_back_from_the_last(stage: Stage) -> None:
    one = stage.bring([goal("a", "Sleep")])
    two = stage.bring([goal("a", "Rest")], "two")
    assert stage.back(one).of("left")
    stage.back(two)
    assert stage.words("goal", "title") == ["Sleep"]
    assert stage.back(one).of("taken back")


def test_taking_back_that_was_cut_short_goes_on(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(going_back, "BATCH", 10)
    one = stage.bring([goal("a", "Sleep"), *many(44)])

    def stop(_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        going_back.go_back(stage.device, one, TODAY, stage.refuse, stop)
    assert len(stage.ids()) == 34
    stage.back(one)
    assert stage.ids() == stage.ids("goal") == []
    assert stage.device.log.imports.get(one.id).status == "taken back"


def test_an_import_that_was_cut_short_can_be_taken_back(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("milepost.importing.running.BATCH", 10)

    def breaks() -> object:
        yield from many(25)
        raise InvalidInput("no")

    with pytest.raises(InvalidInput):
        stage.read(lambda _: breaks())  # type: ignore[arg-type,return-value]
    (one,) = stage.device.log.imports.all(stage.journal)
    stage.back(one)
    assert stage.ids() == []
    stage.bring(many(25))
    assert len(stage.ids()) == 25


def test_a_proposal_of_a_persons_own_is_nothing_of_the_imports(stage: Stage) -> None:
    one = stage.bring([goal("a", "Sleep")])
    entity = stage.ids("goal")[0]
    _, drafts = propose(stage.device.state(stage.journal), new_id, "goal", entity, {"title": "Rest"})
    stage.device.append(stage.journal, drafts)
    stage.back(one)
    assert len(stage.ids("proposal")) == 1


def test_what_a_file_took_back_stays_so_and_what_was_undone_stands_again(stage: Stage) -> None:
    stage.bring([checkin("a"), checkin("b")])
    stage.bring([Retraction(kind="checkin", external_id="a")], "two")
    assert stage.bring([checkin("a")], "three").tally.passed_over == 1
    assert len(stage.ids()) == 1
