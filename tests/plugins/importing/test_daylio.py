"""What was noted in Daylio comes in as it was meant, or it is said what has to be."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from milepost.plugin_api import InvalidInput, NewEntry, NotTaken
from milepost.testing import FakeHost, FakeJournal, ImporterConformance
from milepost_import import DaylioImporter
from milepost_import.daylio import DaylioSettings

GOLDENS = Path(__file__).parent / "goldens"
PLAIN = (GOLDENS / "daylio.csv").read_bytes()
NEWER = (GOLDENS / "daylio-2026.csv").read_bytes()
HEAD = "full_date,date,weekday,time,mood,activities,note_title,note\n"


class TestDaylio(ImporterConformance):
    importer = DaylioImporter
    settings = DaylioSettings()

    def file(self) -> bytes:
        return PLAIN


def read(file: bytes | str, journal: FakeJournal | None = None, **settings: Any) -> list[NewEntry]:
    body = file if isinstance(file, bytes) else file.encode()
    view = (journal or FakeJournal(today="2026-12-01")).view()
    found = FakeHost(DaylioSettings(**settings)).read(DaylioImporter(), body, view)
    return [one for one in found if isinstance(one, NewEntry)]


def test_each_entry_is_a_check_in_with_its_mood_as_a_number() -> None:
    assert [dict(one.fields) for one in read(PLAIN)] == [
        {"on": "2026-05-20", "at": "2026-05-20T22:13:00", "value": 5, "note": "Morning\nFelt great,\nrested"},
        {"on": "2026-05-20", "at": "2026-05-20T22:13:00", "value": 4},
        {"on": "2026-05-19", "at": "2026-05-19T09:05:00", "value": 3},
        {"on": "2026-05-18", "at": "2026-05-18T22:00:00", "value": 1, "note": 'a "hard" day'},
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("begins", ["", "sep=;\n"])
def test_what_a_spreadsheet_saved_again_is_the_same(encoding: str, begins: str) -> None:
    line = "2026-05-20,May 20,Wednesday,22:13,rad,meditation | friends,,Grüße\n"
    saved = begins + (HEAD + line).replace(",", ";")
    assert read(saved.encode(encoding)) == read(HEAD + line)


def left(file: str, **settings: Any) -> list[str]:
    view = FakeJournal(today="2026-12-01").view()
    found = FakeHost(DaylioSettings(**settings)).read(DaylioImporter(), file.encode(), view)
    return [one.name for one in found if isinstance(one, NotTaken)]


def test_what_nothing_comes_of_is_said_at_the_end() -> None:
    file = HEAD + "2026-05-20,,,22:13,rad,Meditation,,\n2026-05-20,,,23:13,,Meditation,,\n"
    assert left(file) == ["lines (1)"]
    assert left(file, practices=("meditation=Breathing", "Yoga=Stretching")) == ["activity 'yoga'"]


def test_words_without_a_mood_belong_to_the_day_and_not_to_the_measure_of_moods() -> None:
    journal = FakeJournal(today="2026-12-01")
    scale = journal.measure(journal.goal("Be calmer"), "How was it?", type="scale", low=1, high=5)
    found = read(HEAD + "2026-05-20,,,22:13,,,,A long walk\n", journal, about=scale)
    assert journal.take(found, "import daylio") == ["made"]


def test_an_activity_can_be_a_practice() -> None:
    journal = FakeJournal(today="2026-12-01")
    breathing = journal.practice("Breathing")
    found = read(PLAIN, journal, practices=(f"Meditation={breathing}",))
    done = [one for one in found if "occurrence" in one.fields]
    assert [one.fields["occurrence"] for one in done] == ["2026-05-20", "2026-05-19"]
    assert all(one.fields["subject"] == breathing and "value" not in one.fields for one in done)
    assert journal.take(found, "import daylio") == ["made"] * len(found)


def test_moods_can_be_noted_for_a_goal_or_a_measure() -> None:
    journal = FakeJournal(today="2026-12-01")
    goal = journal.goal("Be calmer")
    scale = journal.measure(goal, "How was it?", type="scale", low=1, high=5)
    assert {one.fields["subject"] for one in read(PLAIN, journal, about=goal)} == {goal}
    by_measure = read(PLAIN, journal, about=scale)[0].fields
    assert (by_measure["subject"], by_measure["measure"]) == (goal, scale)


def test_newer_exports_and_moods_of_ones_own_are_read_once_it_is_said_what_they_count() -> None:
    with pytest.raises(InvalidInput, match=r"super, naja\. `--set moods='super=…, naja=…'`"):
        read(NEWER)
    first, second = read(NEWER, moods=("Super=5", "naja=2.5"), activities=True)
    assert first.fields == {
        "on": "2026-07-27", "at": "2026-07-27T13:48:00", "value": 5, "note": "sun\nand wind\nwalk",
    }  # fmt: skip
    assert (second.fields["at"], second.fields["value"]) == ("2026-07-26T00:05:00", 2.5)


def test_notes_stay_out_where_they_are_not_wanted() -> None:
    assert all("note" not in one.fields for one in read(PLAIN, notes=False))


def test_the_same_export_and_a_longer_one_make_nothing_twice() -> None:
    journal = FakeJournal(today="2026-12-01")
    assert journal.take(read(PLAIN), "import daylio") == ["made"] * 4
    head, rest = PLAIN.split(b"\n", 1)
    longer = head + b"\n2026-05-21,May 21,Thursday,20:00,good,,,\n" + rest
    assert sorted(journal.take(read(longer), "import daylio")) == ["made", *["nothing"] * 4]


@pytest.mark.parametrize(
    ("file", "settings", "said"),
    [
        ("", {}, "no export of Daylio"),
        ("full_date,mood\n", {}, "no column time"),
        (HEAD + "20.05.2026,,,22:13,good,,,\n", {}, r"Line 2: '20\.05\.2026' is no day"),
        (HEAD + "2026-05-20,,,noon,good,,,\n", {}, "Line 2: 'noon' is no time"),
        (HEAD + "2026-05-20,,,25:00,good,,,\n", {}, "Line 2: '25:00' is no time"),
        (HEAD + '2026-05-20,,,22:00,good,,,"no end\n', {}, "is not CSV"),
        (HEAD.encode() + "2026-05-20,,,22:13,rad,,,Grüße\n".encode("cp1252"), {}, "not text in UTF-8.* save it there"),
        (HEAD.encode("utf-16") + b"x", {}, "not text in UTF-8"),
        (PLAIN, {"moods": ("rad",)}, "should be like WHAT=HERE"),
        (PLAIN, {"moods": ("rad=great",)}, "'great' of 'rad' is no number"),
        (PLAIN, {"moods": ("rad=5", "Rad=4")}, "'rad' is there twice"),
    ],
)
def test_what_is_wrong_is_said(file: Any, settings: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        read(file, **settings)


@settings(deadline=None)
@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_anything_is_read_or_refused_in_words(body: bytes) -> None:
    for start in (b"", HEAD.encode()):
        try:
            read(start + body)
        except InvalidInput as error:
            assert str(error)
