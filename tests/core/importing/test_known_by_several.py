"""What several sources tell of is there once, whoever tells of it first and however often."""

import threading
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from milepost.device_imports import Tally
from milepost.errors import PluginFailed
from milepost.importing.reading import entries, opened
from milepost.plugin_api import JournalView, NewEntry, NoSettings
from milepost.projection import project
from milepost.testing import FakeJournal
from tests.core.importing.stage import Stage, gives


def sitting(value: int = 5, *, name: str = "a", known_as: str = "sat at seven", **more: Any) -> NewEntry:
    fields = {"on": "2026-05-01", "value": value}
    return NewEntry(kind="checkin", external_id=name, fields=fields, known_as=known_as, **more)


def values(journal: FakeJournal) -> list[object]:
    return [one.value for one in journal.view().checkins]


def test_what_two_sources_know_by_one_name_is_one_thing() -> None:
    journal = FakeJournal()
    assert journal.take([sitting(5)], "phone") == ["made"]
    assert journal.take([sitting(6, name="b")], "file") == ["nothing"]
    assert journal.take([sitting(7)], "phone") == ["changed"], "the one that told of it first keeps it up"
    assert values(journal) == [7]


def test_another_name_is_another_thing_and_so_is_another_source_without_one() -> None:
    journal = FakeJournal()
    journal.take([sitting(), sitting(known_as="sat at eight")], "phone")
    journal.take([sitting(known_as="")], "phone")
    journal.take([sitting(known_as="")], "file")
    assert len(values(journal)) == 4


def test_what_a_person_changed_becomes_a_proposal_of_the_one_that_told_of_it_and_of_no_other() -> None:
    journal = FakeJournal()
    journal.take([sitting(5)], "phone")
    journal.change("checkin", journal.view().checkins[0].id, value=9)
    assert journal.take([sitting(6)], "phone") == ["proposed"]
    assert journal.take([sitting(6)], "file") == ["nothing"]


def test_what_was_taken_back_stays_so_whoever_tells_of_it() -> None:
    journal = FakeJournal()
    journal.take([sitting()], "phone")
    journal.take_back("checkin", journal.view().checkins[0].id)
    assert journal.take([sitting()], "phone") == journal.take([sitting()], "file") == ["nothing"]


def test_an_entry_gives_way_to_what_it_is_a_part_of_while_that_stands() -> None:
    journal = FakeJournal()
    journal.take([sitting(20, known_as="the whole day")], "phone")
    part = sitting(5, unless=("the whole day",))
    assert journal.take([part], "file") == ["nothing"]
    journal.take_back("checkin", journal.view().checkins[0].id)
    assert journal.take([part], "file") == ["made"]


def test_what_grows_never_shrinks() -> None:
    journal = FakeJournal()
    told = [sitting(value, grows="value") for value in (100, 40, 250, 250, 249)]
    assert journal.take(told, "phone") == ["made", "nothing", "changed", "nothing", "nothing"]
    assert values(journal) == [250]


@settings(deadline=None)
@given(
    told=st.lists(
        st.tuples(st.sampled_from(["phone", "watch"]), st.sampled_from("abc"), st.integers(0, 50)), max_size=12
    )
)
def test_in_any_order_there_is_one_of_each_as_large_as_its_first_source_said(told: list[tuple[str, str, int]]) -> None:
    journal = FakeJournal()
    for source, name, value in told:
        journal.take([sitting(value, name=name, known_as=name, grows="value")], source)
    first = {name: next(source for source, other, _ in told if other == name) for _, name, _ in told}
    wanted = [
        max(value for source, other, value in told if (source, other) == (of, name)) for name, of in first.items()
    ]
    assert sorted(map(str, values(journal))) == sorted(map(str, wanted))


def test_a_file_that_overlaps_another_brings_in_what_is_new_and_is_taken_back_alone(stage: Stage) -> None:
    one = [sitting(n, name=str(n), known_as=f"at {n}") for n in range(6)]
    first = stage.bring(one[:4], "first")
    second = stage.bring(one[2:], "second")
    assert (first.tally.made, second.tally.made, second.tally.passed_over) == (4, 2, 2)
    stage.back(second)
    assert stage.words(name="value") == [0, 1, 2, 3]
    assert stage.bring(one[2:], "second").tally.made == 2, "what was taken back as a whole may come again"


def test_a_dry_run_tells_the_same(stage: Stage) -> None:
    told = [sitting(3, grows="value"), sitting(2, grows="value"), sitting(unless=("sat at seven",), known_as="x")]
    tried = stage.tried(told)
    assert (tried.made, tried.passed_over) == (1, 2)
    assert stage.bring(told).tally == Tally(entries=3, made=1, passed_over=2)


@pytest.mark.parametrize(
    "more", [{"known_as": 7}, {"unless": "text"}, {"unless": (7,)}, {"grows": None}, {"known_as": "x" * 501}]
)
def test_a_name_that_is_none_is_the_plugins_fault(stage: Stage, more: dict[str, Any]) -> None:
    wrong: Any = NewEntry(**{"kind": "checkin", "external_id": "a", "fields": {"on": "2026-05-01", "value": 1}, **more})
    with pytest.raises(PluginFailed, match="`known_as` and `grows` of its entry 'a' must be texts"):
        stage.bring([wrong])


def test_while_nothing_comes_it_is_told_that_it_is_waited_for(stage: Stage) -> None:
    waited = threading.Event()

    def slow(_: Any) -> Any:
        yield sitting()
        assert waited.wait(20)
        yield sitting(known_as="later")

    given = entries(gives(slow), opened(stage.file), NoSettings(), waiting=waited.set)
    assert len(list(given)) == 2


def test_an_importer_sees_the_journal_that_it_reads_for(stage: Stage) -> None:
    stage.add_goal("Sleep")
    seen: list[JournalView] = []

    class Looks(gives(lambda _: [])):  # type: ignore[misc]
        def read(self, file: Any, settings: NoSettings) -> Any:
            seen.append(self.view)
            yield from ()

    list(entries(Looks, opened(stage.file), NoSettings(), view=project(stage.device.state(stage.journal))))
    list(entries(Looks, opened(stage.file), NoSettings()))
    assert [goal.title for goal in seen[0].goals] == ["Sleep"]
    assert seen[1] == JournalView(id="")
