"""Instruments out of TOML: what comes back, what is refused and where."""

import pytest
from hypothesis import given

from milepost.measures import Instrument, load_instrument
from milepost.measures.instruments import Band
from milepost.measures.reliable_change import Reliability, Threshold
from milepost.measures.telling import describe
from tests.core.instruments.forms import WHOLE, as_toml, instruments, refused


def test_the_whole_schema_comes_back() -> None:
    found = load_instrument(WHOLE.encode(), "form.toml")
    assert (found.id, found.version, found.title, found.licence) == (
        "calm-5",
        "2",
        "Calm in five questions",
        "Made up for a test",
    )
    assert (found.prompt, found.recall_days, found.min_age, found.max_age) == ("In the last 7 days:", 7, 12, 17)
    assert [item.text for item in found.items] == ["One", "Two", "Three", "Four", "Five"]
    assert [option.label for option in found.items[4].options] == ["never", "seldom", "often", "always"]
    assert (found.rule, found.better, found.reverse, found.prorate) == ("sum", "up", (2, 4), 1)
    assert found.subscales == {"the first": (1, 2), "rest": (3, 4, 5)}
    assert (found.low, found.high, found.worded, found.sensitive, found.sensitive_about) == (
        0,
        15,
        True,
        (5,),
        "danger",
    )
    assert (found.loinc_total, found.loinc_panel) == ("1-1", "2-2")
    assert (found.bands, found.bands_citation) == (
        (Band(start=0, name="low"), Band(start=8, name="high")),
        "Nobody 1999",
    )
    assert found.change == Reliability(sd=4, reliability=0.86, citation="Nobody 2001")
    assert ("change", "reliable at over 4.15 (Nobody 2001; after Jacobson & Truax 1991)") in describe(found)
    assert ("ages", "from 12 to 17") in describe(found)


def test_windows_line_ends_and_a_byte_order_mark_make_no_difference() -> None:
    assert load_instrument(b"\xef\xbb\xbf" + WHOLE.replace("\n", "\r\n").encode(), "x.toml") == load_instrument(
        WHOLE.encode(), "x.toml"
    )


def test_items_may_differ_from_each_other() -> None:
    text = """
        id = "mixed"
        version = "1"
        title = "Mixed"
        values = [1, 2]
        [[items]]
        text = "As all"
        [[items]]
        text = "Its own"
        values = [0, 5, 9]
        labels = ["a", "b", "c"]
    """
    found = load_instrument(text.encode(), "mixed.toml")
    assert [item.values for item in found.items] == [(1, 2), (0, 5, 9)]
    assert (found.rule, found.worded, found.items[1].options[2].label) == (None, True, "c")


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("[0, 1, 2, 3]", "[0, 1, 2, 'x']", 8, "`values[3]` must be a whole number from -1000 to 1000"),
        ("[0, 1, 2, 3]", "[0]", 8, "`values` must name at least two answers"),
        ("[0, 1, 2, 3]", str(list(range(21))), 8, "`values` has 21 entries, and 20 is the most"),
        ('"often", ', "", 9, "`labels` has 3 entries for 4 values"),
        ("recall_days = 7", "recall_days = true", 6, "`recall_days` must be a whole number"),
        ("recall_days = 7", "recall_day = 7", 6, "`recall_day` is not a key I know"),
        ('"Five"', '"' + "x" * 2001 + '"', 7, "`items[4]` has 2,001 characters"),
        ('"Five"', '"\\u001b[2J"', 7, "`items[4]` holds control characters"),
        ('"Five"', '" "', 7, "`items[4]` is empty"),
        ('"Five"', "5", 7, "`items[4]` must be text"),
        ("sensitive = [5]", "sensitive = [6]", 10, "`sensitive[0]` must be a whole number from 1 to 5"),
        ("max = 17", "max = 'x'", 12, "`ages.max` must be a whole number"),
        ('rule = "sum"', 'rule = "product"', 16, "`score.rule` must be 'sum'"),
        ('rule = "sum"', "", 15, "`score.rule` is missing"),
        ('"up"', '"sideways"', 17, "`score.better` must be 'down' or 'up'"),
        ("reverse = [2, 4]", "reverse = [2, 2]", 18, "`score.reverse` names an item twice"),
        (
            "range = [0, 15]",
            "range = [0, 27]",
            19,
            "`score.range` does not fit: items and values add up to totals from 0 to 15",
        ),
        ("missing = 1", "missing = 5", 20, "`score.prorate.missing` must be a whole number from 0 to 4"),
        ('method = "mean"', 'method = "luck"', 20, "`score.prorate.method` must be 'mean'"),
        (', method = "mean"', "", 20, "`score.prorate` must say how"),
        ("rest = [3, 4, 5]", "rest = [9]", 21, "`score.subscales.rest[0]` must be"),
        ("rest = [3, 4, 5]", "rest = []", 21, "`score.subscales.rest` names no item"),
        ("start = [0, 8]", "start = [8, 0]", 25, "`bands.start` must rise"),
        ("start = [0, 8]", "start = [0, 16]", 25, "`bands.start` must rise"),
        ("start = [0, 8]", "start = [0]", 26, "`bands.names` must be as many"),
        ('citation = "Nobody 1999"', "", 23, "`bands.citation` is missing"),
        ("sd = 4", "sd = nan", 29, "`change.sd` must be a number"),
        ("sd = 4", "", 28, "`change` must give either a threshold, or sd and reliability"),
        ("sd = 4", "threshold = 6", 28, "`change` must give either a threshold, or sd and reliability"),
        ('citation = "Nobody 2001"', "", 28, "`change.citation` is missing"),
        ('better = "up"', "", 15, "`score` must say which way is better"),
        ('id = "calm-5"', 'id = "../../x"', 1, "`id` must begin with a small letter"),
        ('id = "calm-5"', "id = 5", 1, "`id` must be text"),
    ],
)
def test_a_wrong_value_is_named_with_its_path_and_its_line(old: str, new: str, line: int, words: str) -> None:
    assert old in WHOLE
    said = refused(WHOLE.replace(old, new, 1))
    assert said.startswith(f"form.toml, line {line}: {words}")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "form.toml: `id` is missing"),
        ("id = 'a'\nversion = '1'\ntitle = 'A'\nvalues = [0, 1]\n", "form.toml: `items` is missing"),
        ("id = 'a'\nitems = 201\n", "form.toml, line 2: `items` must be a whole number from 1 to 200"),
        ("id = 'a'\nitems = []\n", "form.toml, line 2: `items` is empty"),
        ("id = 'a'\nitems = 3\n", "form.toml: `values` must name at least two"),
        (
            "id = 'a'\nvalues = [0, 1]\n\n[[items]]\ntext = 'b'\n[[items]]\nwords = 'b'\n",
            "line 7: `items[1].words` is not a key",
        ),
        (
            "id = 'a'\nvalues = [0, 1]\nitems = [{ text = 'b' },\n  { text = 7 }]\n",
            "line 4: `items[1].text` must be text",
        ),
        ("id = 'a'\nitems = 2\nscore = 4\n", "line 3: `score`"),
        ("a = 1\nb = 2\nc = = 3\n", "form.toml, line 3: this is not TOML (Invalid value)"),
        ("a = 1\nb = 'no end\n", "form.toml, line 2: this is not TOML"),
        ("a = [1,\n2,\n", "form.toml, line 2: this is not TOML"),
        ("a = 1\n\na = 2\n", "form.toml, line 3: this is not TOML (Cannot overwrite a value)"),
        ("a = " + "1" * 5000, "form.toml: this is not TOML (a number in it has too many digits)"),
        ("x = 1\ny = [[[[[[[[[[[[]]]]]]]]]]]]", "form.toml, line 2: this is nested too deep"),
        ("x = 1\na.b.c.d.e.f.g.h.i.j.k = 1", "form.toml, line 2: this is nested too deep"),
    ],
)
def test_a_file_that_cannot_be_is_refused_with_its_line(text: str, words: str) -> None:
    if "score = 4" in text:
        text = "version = '1'\ntitle = 'A'\nvalues = [0, 1]\n" + text
        words = words.replace("line 3", "line 6")
    assert words in refused(text)


def test_what_is_not_text_is_refused_with_its_line() -> None:
    assert (
        refused(b"a = 1\nb = '\xff'") == "form.toml, line 2: this is not text (UTF-8). Save it as UTF-8 and try again."
    )
    assert "larger than 1 MiB" in refused(b"#" * (1024 * 1024 + 1))


def test_bands_and_change_need_a_score() -> None:
    without = WHOLE[: WHOLE.index("[score]")]
    assert load_instrument(without.encode(), "x.toml").rule is None
    assert "`bands` needs a score" in refused(without + WHOLE[WHOLE.index("[bands]") :])
    threshold = WHOLE.replace("sd = 4\nreliability = 0.86", "threshold = 3")
    assert load_instrument(threshold.encode(), "x.toml").change == Threshold(points=3, citation="Nobody 2001")


def test_a_total_is_prorated_only_where_all_items_have_one_range() -> None:
    items = "".join(f"[[items]]\nvalues = [0, {most}]\n" for most in (1, 2))
    head = "id = 'a'\nversion = '1'\ntitle = 'A'\nscore.rule = 'sum'\n"
    assert load_instrument((head + items).encode(), "x.toml").high == 3
    prorated = head + "score.prorate = { missing = 1, method = 'mean' }\n" + items
    assert "line 5: `score.prorate` needs items that all go from the same lowest" in refused(prorated)


@given(instruments())
def test_what_is_written_as_toml_reads_back_the_same(found: Instrument) -> None:
    if found.id not in {"phq-9", "gad-7"}:
        assert load_instrument(as_toml(found).encode(), "x.toml") == found
