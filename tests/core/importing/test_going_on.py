"""An import that was cut short stands at the end of a batch, and comes to the same as one that was not."""

import time
from collections.abc import Iterator
from typing import Annotated, Any, BinaryIO

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import Meta, Struct

from milepost.device import Device
from milepost.device_imports import Run, Runs
from milepost.errors import Conflict, InvalidInput, PluginFailed, StorageFull
from milepost.importing import reading, running
from milepost.importing.reading import entries, opened
from milepost.importing.running import bring_in
from milepost.plugin_api import Importer, NewEntry, Secret
from tests.core.importing.stage import Stage, checkin, goal, many


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "BATCH", 10)


def breaks(after: int, error: BaseException, of: int = 60) -> Iterator[Any]:
    yield from many(of)[:after]
    raise error


def test_what_came_before_a_fault_stays_by_whole_batches_and_the_same_file_goes_on(stage: Stage) -> None:
    with pytest.raises(PluginFailed, match="The plugin for `made` failed: ZeroDivisionError: oh"):
        stage.bring(breaks(37, ZeroDivisionError("oh")))
    assert len(stage.ids()) == 30
    done = stage.bring(many(60))
    assert (done.tally.made, done.tally.entries, done.status) == (60, 60, "done")
    assert sorted(stage.words()) == sorted(one.fields["note"] for one in many(60))
    assert len(stage.device.log.imports.all(stage.journal)) == 1


@pytest.mark.parametrize("odd", ["text", None, {"kind": "checkin"}, NewEntry(kind="mood", external_id="a", fields={})])  # type: ignore[arg-type]
def test_an_importer_that_gives_something_else_is_stopped_there(stage: Stage, odd: Any) -> None:
    with pytest.raises(PluginFailed, match="It gave"):
        stage.bring([*many(15), odd, *many(3)])
    assert len(stage.ids()) == 10


@pytest.mark.parametrize(
    "entry",
    [
        NewEntry(kind="checkin", external_id="", fields={}),
        NewEntry(kind="checkin", external_id="x" * 501, fields={}),
        NewEntry(kind="checkin", external_id="x", fields=[1]),  # type: ignore[arg-type]
        NewEntry(kind="checkin", external_id="x", fields={1: 2}),  # type: ignore[dict-item]
    ],
)
def test_an_entry_that_is_none_is_said_to_be_so(stage: Stage, entry: NewEntry) -> None:
    with pytest.raises(PluginFailed):
        stage.bring([entry])


def test_an_importer_that_ends_the_process_ends_nothing(stage: Stage) -> None:
    with pytest.raises(PluginFailed, match="SystemExit"):
        stage.bring(breaks(12, SystemExit(3)))
    assert len(stage.ids()) == 10


def test_a_file_that_is_wrong_is_refused_in_the_importers_words(stage: Stage) -> None:
    with pytest.raises(InvalidInput, match=r"^Line 4 has no day\.$"):
        stage.bring(breaks(3, InvalidInput("Line 4 has no day.")))
    assert stage.ids() == []


def test_an_importer_that_hangs_is_left_behind(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "IDLE_S", 0.3)

    def hangs() -> Iterator[Any]:
        yield from many(25)
        time.sleep(4)

    with pytest.raises(PluginFailed, match="neither read nor gave anything"):
        stage.bring(hangs())
    assert len(stage.ids()) in {0, 10, 20}


def test_an_importer_that_reads_on_without_giving_anything_does_not_hang(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "IDLE_S", 0.4)

    def reads(file: BinaryIO) -> Iterator[Any]:
        for _ in range(8):
            time.sleep(0.15)
            file.seek(0)
            assert file.read() == b"something"
        yield checkin("at last")

    assert stage.read(reads).tally.made == 1


class _Locked(Struct, frozen=True):
    password: Annotated[Secret, Meta(description="Of the file.")]


class _Leaks(Importer[_Locked]):
    format, title, settings = "made", "Leaks.", _Locked

    def read(self, file: BinaryIO, settings: _Locked) -> Iterator[Any]:
        raise ValueError(f"wrong: {settings.password.reveal()}")
        yield


def test_a_secret_is_in_no_error_and_in_no_digest(stage: Stage) -> None:
    with pytest.raises(PluginFailed) as found:
        list(entries(_Leaks, opened(stage.file), _Locked(Secret("planted"))))
    assert "planted" not in str(found.value)
    digests = set()
    for word in ("one", "two"):
        with opened(stage.file) as file:
            digests.add(reading.digest(file, "made", _Locked(Secret(word))))
    assert len(digests) == 1


def test_a_full_disk_leaves_whole_batches_and_the_rest_follows_later(stage: Stage) -> None:
    stage.bring(many(5), "before")
    sql = stage.device.log.connection
    sql.execute(f"PRAGMA max_page_count = {sql.execute('PRAGMA page_count').fetchone()[0] + 12}")
    with pytest.raises(StorageFull):
        stage.bring(many(400, "x" * 300))
    sql.execute("PRAGMA max_page_count = 1000000")
    assert len(stage.ids()) % 10 == 5 or len(stage.ids()) % 10 == 0
    assert len(stage.ids()) < 400
    stage.bring(many(400, "x" * 300))
    assert len(stage.ids()) == 400
    assert all(str(note).startswith("x") for note in stage.words())


def test_two_commands_do_not_bring_the_same_file_in_at_once(stage: Stage) -> None:
    other = Device(stage.device.folder)
    one = stage.begin("one")

    def given() -> Iterator[Any]:
        for number, entry in enumerate(many(40)):
            if number == 25:
                bring_in(other, one, iter(many(40)), stage.refuse, lambda _: None)
            yield entry

    with pytest.raises(Conflict, match="Another command"):
        bring_in(stage.device, one, given(), stage.refuse, lambda _: None)
    other.close()
    assert len(stage.ids()) <= 40
    stage.bring(many(40))
    assert sorted(stage.words()) == sorted(one.fields["note"] for one in many(40))


def test_events_that_are_written_again_under_another_name_are_no_longer_the_imports(stage: Stage) -> None:
    one = stage.bring(many(20))
    imports, own = stage.device.log.imports, stage.device.id
    (run,) = imports.runs([one.id])
    with stage.device.log.transaction():
        stage.device.log.remove(stage.journal, own, run.first + 5)
    assert imports.runs([one.id]) == [Run(device=own, first=run.first, last=run.first + 4)]
    assert not Runs(imports.runs([one.id])).hold(own, run.first + 5)


_entries = st.lists(
    st.one_of(
        st.builds(goal, st.sampled_from("abc"), st.sampled_from(["Sleep", "Rest", ""])),
        st.builds(
            checkin,
            st.sampled_from("defgh"),
            st.sampled_from(["fine", "so so"]),
            subject=st.sampled_from("abc"),
            on=st.sampled_from(["2026-05-01", "2026-05-02", "never"]),
        ),
    ),
    max_size=14,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(file=_entries, cuts=st.lists(st.integers(0, 14), max_size=4), size=st.integers(1, 4))
def test_cut_short_anywhere_it_comes_to_the_same(
    file: list[NewEntry],
    cuts: list[int],
    size: int,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(running, "BATCH", size)
    results = []
    for stops in ([], cuts):
        folder = tmp_path_factory.mktemp("cut")
        device = Device(folder / "home")
        stage = Stage(device, device.open_journal("My journal"), folder)
        for stop in stops:
            try:
                if stop < len(file):
                    bring_in(device, stage.begin("one"), _stopping(file, stop), stage.refuse, lambda _: None)
            except ZeroDivisionError:
                assert len(device.log.imports.all(stage.journal)) <= 1
        said = stage.tried(file)
        done = bring_in(device, stage.begin("one"), iter(file), stage.refuse, lambda _: None)
        assert said == done.tally
        titles = stage.words("goal", "title")
        results.append((done.tally, titles, [(one["on"], one["note"]) for one in stage.fields()]))
        device.close()
    assert results[0] == results[1]


def _stopping(file: list[NewEntry], at: int) -> Iterator[Any]:
    for number, entry in enumerate(file):
        if number == at:
            raise ZeroDivisionError
        yield entry


def test_a_journal_that_is_moved_into_another_takes_its_imports_along(stage: Stage) -> None:
    file = [goal("a", "Sleep"), checkin("b", subject="a")]
    one = stage.bring(file)
    target = stage.device.open_journal("Another")
    stage.device.move_into(stage.journal, target)
    stage.journal = target
    assert stage.bring(file).tally.passed_over == 2
    assert stage.bring([goal("a", "Rest")], "two").tally.changed == 1
    second = stage.device.log.imports.all(target)[-1]
    stage.back(second)
    assert len(stage.back(one).of("taken back")) == 2
    assert stage.ids() == stage.ids("goal") == []
