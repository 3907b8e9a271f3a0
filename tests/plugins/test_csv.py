"""Check-ins out of every spreadsheet's CSV, or a clear word on what is wrong with it."""

import csv
import io
from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milepost.plugin_api import InvalidInput, NewEntry
from milepost.testing import FakeHost, ImporterConformance
from milepost_csv import CsvImporter
from milepost_csv.importer import Columns

PLAIN = b"day,value,note,about\n2026-02-01,7,fine,Sleep\n2026-02-02,6.5,,Sleep\n2026-02-03,,only words,\n"


class TestCsv(ImporterConformance):
    importer = CsvImporter
    settings = Columns()

    def file(self) -> bytes:
        return PLAIN

    def large(self) -> Iterator[bytes]:
        yield b"day,value,note\n"
        for number in count():
            yield f"2026-{number // 28 % 12 + 1:02}-{number % 28 + 1:02},{number},a note of some length\n".encode()


def read(file: bytes | str, **settings: Any) -> list[dict[str, Any]]:
    body = file if isinstance(file, bytes) else file.encode()
    return [dict(one.fields) for one in FakeHost(Columns(**settings)).read(CsvImporter(), body)]  # type: ignore[union-attr]


def names(file: str, **settings: Any) -> list[str]:
    found = FakeHost(Columns(**settings)).read(CsvImporter(), file.encode())
    return [one.external_id for one in found if isinstance(one, NewEntry)]


def test_a_line_is_a_check_in_with_what_was_noted() -> None:
    assert read(PLAIN) == [
        {"on": "2026-02-01", "value": 7, "note": "fine", "subject": "Sleep"},
        {"on": "2026-02-02", "value": 6.5, "subject": "Sleep"},
        {"on": "2026-02-03", "note": "only words"},
    ]


@pytest.mark.parametrize(
    "body",
    [
        b"\xef\xbb\xbfday;value;note\r\n2026-02-01;7,5;caf\xc3\xa9\r\n",
        "sep=;\nday;value;note\n2026-02-01;7,5;café\n".encode(),
        "day\tvalue\tnote\r2026-02-01\t7.5\tcafé\r".encode(),
        "day\tvalue\tnote\r\n2026-02-01\t7.5\tcafé\r\n".encode("utf-16"),
        '"DAY ","Value","Note",\n"2026-02-01","7.5","café",\n\n,,,\n'.encode(),
        "day,value,note\n2026-02-01,7.50,café".encode(),
    ],
    ids=["semicolons", "sep", "old Mac", "UTF-16", "quoted and ragged", "no last line end"],
)
def test_whatever_a_spreadsheet_writes_is_read(body: bytes) -> None:
    assert read(body) == [{"on": "2026-02-01", "value": 7.5, "note": "café"}]


def test_another_encoding_is_read_where_it_is_said() -> None:
    body = "day,note\n2026-02-01,café\n".encode("cp1252")
    assert read(body, encoding="cp1252")[0]["note"] == "café"
    with pytest.raises(InvalidInput, match="encoding=cp1252"):
        read(body)
    with pytest.raises(InvalidInput, match="No encoding is called"):
        read(body, encoding="klingon")


@pytest.mark.parametrize(
    ("dates", "cell", "found"),
    [
        ("DD.MM.YYYY", "1.2.2026", {"on": "2026-02-01"}),
        ("MM/DD/YY", "2/1/26", {"on": "2026-02-01"}),
        ("DD.MM.YYYY HH:mm", "01.02.2026 08:30", {"on": "2026-02-01", "at": "2026-02-01T08:30:00"}),
        ("", "2026-02-01T08:30:15+01:00", {"on": "2026-02-01", "at": "2026-02-01T08:30:15"}),
        ("", "2026-02-01 08:30", {"on": "2026-02-01", "at": "2026-02-01T08:30:00"}),
    ],
)
def test_days_are_read_in_the_form_that_was_said(dates: str, cell: str, found: dict[str, str]) -> None:
    assert read(f"day,value\n{cell},1\n", dates=dates) == [{**found, "value": 1}]


def test_a_form_of_days_that_has_no_month_is_refused() -> None:
    with pytest.raises(InvalidInput, match="`dates` must have"):
        read(PLAIN, dates="DD YYYY")


def test_a_column_can_have_the_time() -> None:
    assert read("day,time,value\n2026-02-01,8:30,1\n")[0]["at"] == "2026-02-01T08:30:00"


def test_columns_can_have_any_head_and_lines_another_goal() -> None:
    found = read(
        "Wann,Laune,Was\n2026-02-01,7,\n2026-02-02,7,Rest\n", day="wann", value="Laune", about="Was", goal="Sleep"
    )
    assert [one["subject"] for one in found] == ["Sleep", "Rest"]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("", "The file is empty"),
        ("\n\nday,value\n", "The file is empty"),
        ("when,value\n", r"No column is called day or date.*The file has: when, value\."),
        ("day,mood\n", "Say where values or notes are"),
        ("day,value\n2026-02-01,1\n31.12.2026,2\n", r"^Line 3: '31\.12\.2026' is no day like 2026-12-18"),
        ("day,value\n2026-02-30,1\n", "Line 2: '2026-02-30' is no day"),
        ("day,value\n2026-02-01,1\n,2\n", "Line 3: '' is no day"),
        ('day,value\n2026-02-01,"7,5"\n', r"Line 2: '7,5' is no number with '\.'"),
        ("day,note\n2026-02-01,well, I slept\n", "Line 2: it has 3 cells, and the first line has 2"),
        ('day,note\n2026-02-01,"two\nlines"\n2026-02-02,"no end\n', "Line 4 is not CSV"),
        ("day,time,value\n2026-02-01,noon,1\n", "'noon' is no time of day"),
        ("day,value\n" + "never,1\n" * 9, r"Line 2: .*Line 6: (?!.*Line 7)"),
        ("sep=;\nday;value\n2026-02-01;x\nnever;1\n", "^Line 4: "),
    ],
)
def test_what_is_wrong_is_told_with_its_line(body: str, said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        read(body)


def test_a_column_that_was_named_and_is_not_there_is_missed() -> None:
    with pytest.raises(InvalidInput, match=r"There is no column 'Mood'\. The file has: day, value, note, about"):
        read(PLAIN, value="Mood")


def test_words_are_a_value_and_what_looks_like_a_number_must_be_one() -> None:
    assert read("day,value\n2026-02-01,quite good\n")[0]["value"] == "quite good"
    assert read("day;value\n2026-02-01;-0,5\n")[0]["value"] == -0.5
    with pytest.raises(InvalidInput, match="no number"):
        read("day;value\n2026-02-01;1.000,5\n")


def test_the_guard_of_our_own_table_comes_off_and_only_its_check_ins_are_read() -> None:
    body = "day,what,note,value,id\n2026-02-01,check-in,'=1+1,,a\n2026-02-01,score,,9,b\n2026-02-02,check-in,'tis,,c\n"
    assert [one["note"] for one in read(body)] == ["=1+1", "'tis"]


def test_a_line_keeps_its_name_wherever_it_stands_and_twins_are_told_apart() -> None:
    lines = ["2026-02-01,1,", "2026-02-02,2,", "2026-02-02,2,", "2026-02-03,3,"]
    found = names("\n".join(["day,value,note", *lines]))
    assert len(set(found)) == 4
    assert names("\n".join(["day,value,note", "2026-01-01,9,", *lines]))[1:] == found
    assert names("day,value,id\n2026-02-01,1,row 7\n") == ["row 7"]


_words = st.text(st.characters(exclude_categories=["C", "Z"]) | st.sampled_from(" ,;\"'"), max_size=12)


@given(
    rows=st.lists(st.tuples(st.dates(), st.integers(-(10**6), 10**6), _words), max_size=6),
    separator=st.sampled_from(",;\t"),
    quoting=st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]),
)
def test_what_was_written_as_csv_is_read_as_it_was(
    rows: list[tuple[Any, int, str]], separator: str, quoting: Any
) -> None:
    file = io.StringIO(newline="")
    writer = csv.writer(file, delimiter=separator, quoting=quoting)
    writer.writerows([("day", "value", "note"), *((day.isoformat(), value, f"x{note}") for day, value, note in rows)])
    found = read(file.getvalue().encode("utf-8-sig"))
    assert found == [{"on": day.isoformat(), "value": v, "note": f"x{note}".strip()} for day, v, note in rows]


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_anything_is_read_or_refused_in_words(body: bytes) -> None:
    for start in (b"", b"day,value,note\n"):
        try:
            read(start + body)
        except InvalidInput as error:
            assert str(error)
