"""What a file comes to in a journal: once, and over nobody's head."""

import pytest

from milepost.device_imports import Tally
from milepost.errors import NotAllowed
from milepost.events import Draft
from milepost.importing import running
from milepost.plugin_api import NewEntry, Retraction, Revision
from tests.core.importing.stage import Stage, checkin, goal, many


def test_the_same_file_twice_makes_nothing_twice(stage: Stage) -> None:
    stage.bring(many(7))
    before = stage.device.log.end(stage.journal)
    assert stage.bring(many(7)).tally == Tally(entries=7, passed_over=7)
    assert stage.device.log.end(stage.journal) == before


def test_an_import_that_wrote_nothing_is_not_kept_in_mind(stage: Stage) -> None:
    stage.bring(many(2))
    stage.bring(many(2))
    assert len(stage.device.log.imports.all(stage.journal)) == 1


def test_what_came_out_of_a_file_changes_with_the_file(stage: Stage) -> None:
    stage.bring([goal("a", "Sleep"), checkin("b", "fine", subject="a")])
    done = stage.bring([goal("a", "Sleep well"), checkin("b", "good", subject="a")], "another")
    assert (done.tally.changed, stage.words("goal", "title"), stage.words()) == (2, ["Sleep well"], ["good"])


def test_a_persons_own_later_words_stand_and_the_files_are_proposed_once(stage: Stage) -> None:
    stage.bring([goal("a", "Sleep")])
    stage.write("goal.revised", id=stage.ids("goal")[0], title="Rest")
    assert stage.bring([goal("a", "Sleep well")], "two").tally == Tally(entries=1, proposed=1)
    assert stage.bring([goal("a", "Sleep well")], "three").tally == Tally(entries=1, passed_over=1)
    assert stage.words("goal", "title") == ["Rest"]


def test_what_a_person_took_back_stays_taken_back(stage: Stage) -> None:
    stage.bring([checkin("a")])
    stage.write("checkin.retracted", id=stage.ids()[0])
    assert stage.bring([checkin("a"), checkin("a", "other")], "two").tally.passed_over == 2
    assert stage.ids() == []


def test_a_thing_that_comes_twice_in_a_file_is_as_it_comes_last(stage: Stage) -> None:
    assert stage.bring([checkin("a", "first"), checkin("a", "last")]).tally == Tally(entries=2, made=1, changed=1)
    assert stage.words() == ["last"]


def test_a_thing_is_named_by_its_name_in_the_file_its_title_or_its_id(stage: Stage) -> None:
    there = stage.add_goal("My Sleep")
    names = ["in the file", "my  sleep", there, there[:8]]
    stage.bring([goal("in the file", "Rest"), *(checkin(name, subject=name) for name in names)])
    new = next(one for one in stage.ids("goal") if one != there)
    assert stage.words(name="subject") == [new, there, there, there]


def test_a_name_that_is_nobodys_or_several_things_is_refused_by_name(stage: Stage) -> None:
    stage.add_goal("Sleep")
    stage.add_goal("Sleep")
    tally = stage.bring([checkin("a", subject="Sleep"), checkin("b", subject="Rest")]).tally
    assert tally.refused == 2
    assert tally.reasons[0].startswith("1. checkin a: Several are called 'Sleep'")
    assert tally.reasons[1].startswith("2. checkin b: There is no goal or milestone or practice called 'Rest'")


def test_what_came_from_the_journal_itself_is_not_made_anew(stage: Stage) -> None:
    there = stage.add_goal("Sleep")
    done = stage.bring([goal(there, "Sleep"), goal(there, "Rest")])
    assert (done.tally.passed_over, done.tally.proposed, stage.ids("goal")) == (1, 1, [there])


def test_what_breaks_a_rule_is_named_and_the_others_are_taken(stage: Stage) -> None:
    bad = [
        checkin("day", on="yesterday"),
        checkin("none", note=""),
        NewEntry(kind="assessment", external_id="form", fields={}),
        NewEntry(kind="checkin", external_id="odd", fields={"on": ["2026-05-01"]}),
        Revision(kind="goal", id="00000000-0000-4000-8000-000000000000", fields={"title": "x"}, base={}),
    ]
    tally = stage.bring([checkin("good"), *bad, checkin("better")]).tally
    assert (tally.entries, tally.made, tally.refused + tally.passed_over) == (7, 2, 5)
    assert [reason.split(":")[0] for reason in tally.reasons][:3] == [
        "2. checkin day",
        "3. checkin none",
        "4. assessment form",
    ]


def test_only_the_first_reasons_are_told_and_none_is_kept(stage: Stage) -> None:
    done = stage.bring([checkin("good"), *(checkin(f"bad {n}", on="never") for n in range(30))])
    assert (done.tally.refused, len(done.tally.reasons)) == (30, running.MAX_REASONS)
    assert stage.device.log.imports.get(done.id).tally.reasons == []


def test_what_is_gone_outside_is_taken_back_unless_a_person_changed_it(stage: Stage) -> None:
    stage.bring([checkin("a"), checkin("b")])
    stage.write("checkin.amended", id=stage.ids()[1], note="mine")
    gone = [Retraction(kind="checkin", external_id=name) for name in "ab"]
    assert stage.bring(gone, "two").tally == Tally(entries=2, taken_back=1, passed_over=1)
    assert stage.words() == ["mine"]


def test_a_dry_run_says_the_same_and_writes_nothing(stage: Stage) -> None:
    stage.bring([goal("a", "Sleep"), goal("b", "Rest")])
    stage.write("goal.revised", id=stage.ids("goal")[0], title="Mine")
    file = [goal("a", "x"), goal("b", "y"), goal("c", "z"), checkin("d", subject="c"), checkin("e", on="never")]
    end = stage.device.log.end(stage.journal)
    said = stage.tried(file, "two")
    assert said == Tally(entries=5, made=2, changed=1, proposed=1, refused=1, reasons=said.reasons)
    assert (stage.device.log.end(stage.journal), stage.words("goal", "title")) == (end, ["Mine", "Rest"])
    assert len(stage.device.log.imports.all(stage.journal)) == 1
    assert stage.bring(file, "two").tally == said


def test_what_may_not_be_changed_by_this_person_is_proposed(stage: Stage) -> None:
    stage.bring([goal("a", "Sleep")])

    def refuse(drafts: list[Draft]) -> None:
        if any(draft.type != "proposal.made" for draft in drafts):
            raise NotAllowed("Not you.")

    stage.refuse = refuse  # type: ignore[method-assign,assignment]
    tally = stage.bring([goal("a", "Rest"), goal("b", "More")], "two").tally
    assert tally == Tally(entries=2, proposed=1, refused=1, reasons=["2. goal b: Not you."])


def test_of_a_long_file_no_more_is_read_than_what_is_being_written(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "BATCH", 50)
    read, ahead = 0, []

    def lines() -> object:
        nonlocal read
        for read in range(1, 3001):
            yield checkin(f"line {read}", on="never")

    stage.told = lambda tally: ahead.append(read - tally.entries)
    stage.read(lambda _: lines())  # type: ignore[arg-type,return-value]
    assert len(ahead) == 60
    assert max(ahead) < 600
