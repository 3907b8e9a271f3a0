"""An Apple Health export comes in whole and once, or is refused with a word."""

import io
import tracemalloc
import zipfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from xml.etree import ElementTree as ET
from xml.sax.saxutils import quoteattr

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from milepost.plugin_api import InvalidInput, NewEntry, NotTaken
from milepost.testing import FakeHost, FakeJournal, ImporterConformance
from milepost_health import AppleImporter, PhoneFileImporter, elements, unpacking
from milepost_health.elements import Elements
from milepost_health.rules import Rules
from tests.plugins.health.conftest import Mina, golden
from tests.plugins.health.exports import HEAD, TAIL, document, packed, sitting

MINA = Mina()
EVERYTHING = MINA.all(exercise=MINA.walk, daylight=MINA.walk, distance=MINA.walk)


class TestApple(ImporterConformance):
    importer = AppleImporter
    settings = Rules(**EVERYTHING)

    def journal(self) -> FakeJournal:
        return MINA.journal

    def file(self) -> bytes:
        return golden("apple-14.xml")

    def large(self) -> Iterator[bytes]:
        yield HEAD
        begun = datetime(2020, 1, 1)  # noqa: DTZ001 - its offset is written beside it
        for number in range(10_000):
            yield sitting(
                str(begun + timedelta(hours=number)), str(begun + timedelta(hours=number, minutes=5))
            ).encode()
        yield TAIL
        yield from iter(lambda: b" ", b"")


class TestApplePacked(TestApple):
    def file(self) -> bytes:
        return packed(golden("apple-14.xml"))

    def large(self) -> Iterator[bytes]:
        return ImporterConformance.large(self)


def read(file: bytes, mina: Mina = MINA, **rules: Any) -> list[NewEntry]:
    found = FakeHost(Rules(**(rules or EVERYTHING))).read(AppleImporter(), file, mina.view())
    return [one for one in found if isinstance(one, NewEntry)]


def values(file: bytes, **rules: Any) -> dict[str, Any]:
    return {one.external_id: one.fields["value"] for one in read(file, **rules)}


@pytest.mark.parametrize(
    "name", ["apple_health_export/export.xml", "apple_health_export/eksport.xml", "exportación.xml"]
)
def test_an_export_is_read_in_whatever_language_it_is_named(name: str) -> None:
    assert values(packed(golden("apple-14.xml"), name)) == {
        "mindful 2026-02-01T06:00:00Z": 5.5,
        "mindful 2026-07-01T23:30:00Z": 10,
        "mood 2026-02-01T19:15:30Z": 0.5 * 10 / 2 + 5,
        "steps 2026-02-01": 700,  # the phone's; the watch counted 450 of the same
        "distance 2026-02-01": 2.41,
        "exercise 2026-02-01": 2,
        "daylight 2026-02-01": 20,
        "sleep 2026-02-01": 7,  # 3 + 4 hours, without those awake, in bed, or told by another app once more
    }


def test_a_day_is_the_one_that_was_lived_and_not_that_of_the_export() -> None:
    days = {one.external_id: one.fields["on"] for one in read(golden("apple-14.xml"))}
    assert days["mindful 2026-07-01T23:30:00Z"] == "2026-07-01", "in New York it was still the first of July"


def test_only_what_has_a_rule_comes_in() -> None:
    assert list(values(golden("apple-14.xml"), daylight=MINA.walk)) == ["daylight 2026-02-01"]


def test_without_rules_it_says_what_there_is_to_choose_from() -> None:
    with pytest.raises(InvalidInput) as refused:
        list(FakeHost(Rules()).read(AppleImporter(), golden("apple-14.xml"), MINA.view()))
    said = str(refused.value)
    assert "mindful minutes (`mindful`, 2 records)" in said
    assert "sleep (`sleep`, 6 records)" in said
    assert "state of mind (`mood`, 1 records)" in said


def test_faults_of_old_exports_cost_no_more_than_their_own_records() -> None:
    assert values(golden("apple-faults.xml"), steps=MINA.walk) == {"steps 2022-09-20": 500}


def left(file: bytes, **rules: Any) -> dict[str, str]:
    found = FakeHost(Rules(**rules)).read(AppleImporter(), file, MINA.view())
    return {one.name: one.reason for one in found if isinstance(one, NotTaken)}


def steps(more: str, day: str = "2026-02-01") -> str:
    return (
        f'<Record type="HKQuantityTypeIdentifierStepCount" sourceName="P" startDate="{day} 08:00:00 +0100" '
        f'endDate="{day} 08:10:00 +0100" {more}/>'
    )


def test_a_record_in_an_odd_unit_is_left_out_and_named_and_all_others_come_in() -> None:
    file = golden("apple-14.xml").replace(b'unit="mi"', b'unit="kg"')
    everything = values(golden("apple-14.xml"))
    assert everything.pop("distance 2026-02-01")
    assert values(file) == everything
    assert left(file, **EVERYTHING) == {
        "records of distance walked or run (1)": "Their unit is missing, or is one of something else."
    }


def test_what_can_not_be_true_is_left_out_and_counted_by_its_kind() -> None:
    file = document(
        steps('unit="count" value="100"'),
        steps('unit="count" value="-5"', "2026-02-02"),
        steps('unit="count" value="nan"'),
        steps('value="7"'),
        sitting("2026-02-01 07:05:00", "2026-02-01 07:00:00"),
        sitting("2026-02-01 08:00:00", "soon"),
        *(steps('unit="count" value="200000"', "2026-02-03") for _ in range(2)),
    )
    rules = {"steps": MINA.walk, "mindful": MINA.breathing}
    assert values(file, **rules) == {"steps 2026-02-01": 100}
    assert left(file, **rules) == {
        "records of steps (2)": "Their time or number is missing, or can't be.",
        "records of steps (1)": "Their unit is missing, or is one of something else.",
        "records of mindful minutes (2)": "Their time or number is missing, or can't be.",
        "days of steps (1)": "Their sum is more than can be.",
    }


def test_what_is_not_well_formed_is_counted() -> None:
    assert list(left(golden("apple-faults.xml"), steps=MINA.walk)) == ["records (2)"]


def test_a_name_that_stands_somewhere_else_is_no_record() -> None:
    file = document(
        '<MetadataEntry key="x" value="HKCategoryTypeIdentifierMindfulSession"/>',
        sitting("2026-02-01 07:00:00", "2026-02-01 07:05:00").replace("<Record", "<Other"),
        sitting(
            "2026-02-01 07:00:00", "2026-02-01 07:05:00", "about &quot;HKCategoryTypeIdentifierMindfulSession&quot;"
        ),
    )
    assert list(values(file, mindful=MINA.breathing)) == ["mindful 2026-02-01T06:00:00Z"]


@pytest.mark.parametrize(
    ("file", "said"),
    [
        (b"", "no Apple Health export"),
        (b"<ClinicalDocument/>", "no Apple Health export"),
        (HEAD + sitting("2026-02-01 07:00:00", "2026-02-01 07:05:00").encode(), "ends in the middle"),
        (packed(b"<ClinicalDocument/>"), "There is no Apple Health export in the file"),
        (packed(golden("apple-14.xml"))[:-200], "damaged"),
        (b"PK\x03\x04" + b"\0" * 200, "damaged"),
    ],
)
def test_what_is_no_whole_export_is_refused_with_a_word(file: bytes, said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        read(file)


def test_a_flipped_bit_in_a_packed_export_is_noticed() -> None:
    file = bytearray(packed(golden("apple-14.xml")))
    file[len(file) // 2] ^= 0xFF
    with pytest.raises(InvalidInput, match="damaged"):
        read(bytes(file))


BOMB = b"""<?xml version="1.0"?>
<!DOCTYPE HealthData [
 <!ENTITY a "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa">
 <!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
]>
"""


@pytest.mark.parametrize("pack", [bytes, packed])
def test_a_document_that_declares_entities_is_refused(pack: Any) -> None:
    with pytest.raises(InvalidInput, match="declares entities"):
        read(pack(BOMB + b'<HealthData locale="&b;"></HealthData>'))


def test_what_names_an_entity_is_not_expanded_and_costs_only_itself() -> None:
    good = sitting("2026-02-01 07:00:00", "2026-02-01 07:05:00")
    file = document(sitting("2026-02-01 08:00:00", "2026-02-01 08:05:00", "&b;"), good)
    assert list(values(file, mindful=MINA.breathing)) == ["mindful 2026-02-01T06:00:00Z"]


def test_what_unpacks_to_far_too_much_is_refused_in_bounded_memory() -> None:
    bomb = packed(HEAD + b" " * (64 * 1024 * 1024) + TAIL)
    assert len(bomb) < 100_000
    tracemalloc.start()
    try:
        with pytest.raises(InvalidInput, match="unpacks to far more"):
            read(bomb)
        assert tracemalloc.get_traced_memory()[1] < 16 * 1024 * 1024
    finally:
        tracemalloc.stop()


def test_a_directory_that_would_not_fit_is_refused_before_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpacking, "MAX_DIRECTORY_BYTES", 100)
    with pytest.raises(InvalidInput, match="far more files"):
        read(packed(golden("apple-14.xml")))


def test_a_locked_export_and_one_packed_otherwise_are_refused() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_BZIP2) as made:
        made.writestr("export.xml", golden("apple-14.xml"))
    with pytest.raises(InvalidInput, match="in a way that Apple does not"):
        read(file.getvalue())
    locked = bytearray(packed(golden("apple-14.xml")))
    at = locked.rfind(b"PK\x01\x02")
    locked[at + 8] |= 1
    with pytest.raises(InvalidInput, match="locked with a password"):
        read(bytes(locked))


def test_an_element_without_end_is_passed_by_in_bounded_memory() -> None:
    endless = '<Record type="HKCategoryTypeIdentifierMindfulSession" sourceName="' + "x" * (3 * elements.MAX_ELEMENT)
    file = document(endless + '"/>', sitting("2026-02-01 07:00:00", "2026-02-01 07:05:00"))
    assert list(values(file, mindful=MINA.breathing)) == ["mindful 2026-02-01T06:00:00Z"]


FIRST = datetime(2020, 1, 1)  # noqa: DTZ001 - its offset is written beside it
_times = st.datetimes(FIRST, FIRST + timedelta(2_000)).map(lambda at: at.replace(microsecond=0))
_names = st.text(st.characters(codec="utf-8", exclude_categories=["C"]), max_size=8)
_records = st.lists(
    st.builds(
        lambda start, minutes, name, other, nested: (
            f"<Record type={quoteattr(other)} sourceName={quoteattr(name)} "
            f'startDate="{start} +0000" endDate="{start + timedelta(minutes=minutes)} +0000"'
            + (f'><MetadataEntry key="HKTimeZone" value={quoteattr(name)}/></Record>' if nested else "/>")
        ),
        _times,
        st.integers(1, 90),
        _names,
        st.sampled_from(["HKCategoryTypeIdentifierMindfulSession", "HKQuantityTypeIdentifierHeartRate"]),
        st.booleans(),
    ),
    max_size=12,
)


@given(records=_records, size=st.integers(1, 400))
@settings(max_examples=60, deadline=None)
def test_it_finds_what_a_parser_of_everything_finds_however_it_is_cut(records: list[str], size: int) -> None:
    file = document(*records)
    wanted = "HKCategoryTypeIdentifierMindfulSession"
    parsed = [one.attrib for one in ET.fromstring(file).iter("Record") if one.get("type") == wanted]  # noqa: S314
    cut = iter([file[at : at + size] for at in range(0, len(file), size)])
    found = Elements([wanted], []).within(cut)
    assert [attributes for _, attributes, _ in found] == parsed


@given(
    starts=st.lists(_times, unique=True, min_size=1, max_size=8),
    shares=st.lists(st.sampled_from([0, 1, 2]), min_size=8, max_size=8),
)
@settings(max_examples=40, deadline=None)
def test_overlapping_exports_in_any_number_record_everything_once(starts: list[datetime], shares: list[int]) -> None:
    of = [sitting(str(start), str(start + timedelta(minutes=7))) for start in starts]
    one = document(*[record for record, share in zip(of, shares, strict=False) if share != 1])
    two = document(*[record for record, share in zip(of, shares, strict=False) if share != 0])
    mina = Mina()
    for file in (one, two, packed(one), two):
        mina.journal.take(read(file, mina, mindful=mina.breathing), "import apple-health")
    assert len(mina.view().checkins) == len(starts)
    again = mina.journal.take(read(document(*of), mina, mindful=mina.breathing), "import apple-health")
    assert set(again) == {"nothing"}


def test_the_same_minutes_of_a_phone_and_of_an_export_are_there_once(mina: Mina) -> None:
    phone = FakeHost(Rules(mindful=mina.breathing)).read(
        PhoneFileImporter(), golden("auto-export-single.json"), mina.view()
    )
    assert mina.journal.take(phone, "phone") == ["made"] * 3
    file = document(
        sitting("2026-02-03 06:30:00", "2026-02-03 06:35:00"),
        sitting("2026-02-03 21:05:10", "2026-02-03 21:12:25"),
        sitting("2026-02-05 06:30:00", "2026-02-05 06:35:00"),
    )
    export = read(file, mina, mindful=mina.breathing)
    assert mina.journal.take(export, "import apple-health") == ["nothing", "nothing", "made"]


def test_what_is_in_already_changes_neither_the_order_nor_the_number_of_entries(mina: Mina) -> None:
    whole = read(golden("apple-14.xml"), mina, **mina.all())
    mina.journal.take(whole[:3], "import apple-health")
    again = read(golden("apple-14.xml"), mina, **mina.all())
    assert [one.external_id for one in again] == [one.external_id for one in whole], (
        "so it can go on where it was cut short"
    )


def test_an_older_export_does_not_shrink_what_a_newer_one_counted(mina: Mina) -> None:
    steps = (
        '<Record type="HKQuantityTypeIdentifierStepCount" sourceName="P" unit="count" value="100" '
        'startDate="2026-02-01 {0}:00:00 +0100" endDate="2026-02-01 {0}:10:00 +0100"/>'
    )
    older, newer = document(steps.format("08")), document(steps.format("08"), steps.format("20"))
    for file in (newer, older):
        mina.journal.take(read(file, mina, steps=mina.walk), "import apple-health")
    (checkin,) = mina.view().checkins
    assert checkin.value == 200
