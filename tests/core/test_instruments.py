"""Instruments out of files: what comes back, what is refused and where, and that nothing in a file can hurt."""

import json
import time
import tomllib
from collections.abc import Iterator
from importlib.resources import files
from math import isfinite
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milepost.errors import InvalidInput
from milepost.measures import Instrument, builtin_instruments, load_instrument, score
from milepost.measures.instruments import Band, Item, Option
from milepost.measures.json_lines import value_lines
from milepost.measures.reliable_change import Reliability, Threshold
from milepost.measures.telling import describe
from milepost.measures.toml_lines import key_lines

ORDINAL = "http://hl7.org/fhir/StructureDefinition/ordinalValue"
WEIGHT = "http://hl7.org/fhir/StructureDefinition/itemWeight"

WHOLE = """\
id = "calm-5"
version = "2"
title = "Calm in five questions"
licence = "Made up for a test"
prompt = "In the last 7 days:"
recall_days = 7
items = ["One", "Two", "Three", "Four", "Five"]
values = [0, 1, 2, 3]
labels = ["never", "seldom", "often", "always"]
sensitive = [5]
sensitive_about = "danger"
ages = { min = 12, max = 17 }
loinc = { total = "1-1", panel = "2-2" }

[score]
rule = "sum"
better = "up"
reverse = [2, 4]
range = [0, 15]
prorate = { missing = 1, method = "mean" }
subscales = { "the first" = [1, 2], rest = [3, 4, 5] }

[bands]
citation = "Nobody 1999"
start = [0, 8]
names = ["low", "high"]

[change]
sd = 4
reliability = 0.86
citation = "Nobody 2001"
"""


def refused(text: str | bytes, name: str = "form.toml") -> str:
    with pytest.raises(InvalidInput) as caught:
        load_instrument(text if isinstance(text, bytes) else text.encode(), name)
    return str(caught.value)


# TOML


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


# The lines of keys


def test_every_key_is_found_on_its_line() -> None:
    text = """\
# a = 0
a = "# = 1" # b = 2
b.c = '''
x = 9
'''
"d e" = [
  1, # two
  { f = 2, g = [
    3,
    4] },
]
[h]
i = \"\"\"x\\\"\"\"\"
j = 1
[[k]]
l = 1
[k.m]
n = 1
[[k]]
l = 2
"""
    lines = key_lines(text)
    tomllib.loads(text)
    assert {
        path: lines[path] for path in [("a",), ("b", "c"), ("d e",), ("d e", 0), ("d e", 1), ("d e", 1, "g", 1)]
    } == {
        ("a",): 2,
        ("b", "c"): 3,
        ("d e",): 6,
        ("d e", 0): 7,
        ("d e", 1): 8,
        ("d e", 1, "g", 1): 10,
    }
    assert (lines["h", "i"], lines["h", "j"]) == (13, 14)
    assert (lines["k", 0, "l"], lines["k", 0, "m", "n"], lines["k", 1, "l"]) == (16, 18, 20)


words = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=30).filter(
    lambda text: text == text.strip() and bool(text)
)
values = st.lists(st.integers(-1000, 1000), min_size=2, max_size=20, unique=True)


@st.composite
def instruments(draw: st.DrawFn) -> Instrument:
    """Any that a file can describe, its items worded."""
    items = tuple(
        Item(text=draw(words), options=tuple(Option(value=v, label=draw(words)) for v in draw(values)))
        for _ in range(draw(st.integers(1, 5)))
    )
    return Instrument(
        id=draw(st.from_regex(r"[a-z0-9]([a-z0-9.-]{0,60}[a-z0-9])?", fullmatch=True)),
        version=draw(words),
        title=draw(words),
        licence=draw(st.none() | words),
        items=items,
        rule="sum",
    )


def as_toml(found: Instrument) -> str:
    def say(value: Any) -> str:
        return json.dumps(value, ensure_ascii=False)

    top = {"id": found.id, "version": found.version, "title": found.title, "licence": found.licence}
    said = [f"{name} = {say(value)}" for name, value in top.items() if value is not None]
    said.append("score.rule = 'sum'")
    for item in found.items:
        labels = [option.label for option in item.options]
        said += ["[[items]]", f"text = {say(item.text)}", f"values = {list(item.values)}", f"labels = {say(labels)}"]
    return "\n".join(said)


def as_questionnaire(found: Instrument, url: str = ORDINAL, *, inside: bool = False) -> dict[str, Any]:
    """The same as a FHIR R4 Questionnaire, its items in a group."""

    def option(one: Option) -> dict[str, Any]:
        weight = {"extension": [{"url": "http://example.org/other"}, {"url": url, "valueDecimal": one.value}]}
        coding = {"system": "http://example.org", "code": "x", "display": one.label}
        return {"valueCoding": {**coding, **weight}} if inside else {**weight, "valueCoding": coding}

    items = [
        {"linkId": str(at), "text": item.text, "type": "choice", "answerOption": [option(one) for one in item.options]}
        for at, item in enumerate(found.items)
    ]
    return {
        "resourceType": "Questionnaire",
        "id": found.id,
        "version": found.version,
        "title": found.title,
        **({"copyright": found.licence} if found.licence else {}),
        "item": [{"linkId": "g", "type": "group", "item": [{"linkId": "d", "type": "display", "text": "x"}, *items]}],
    }


@given(instruments())
def test_what_is_written_as_toml_reads_back_the_same(found: Instrument) -> None:
    if found.id not in {"phq-9", "gad-7"}:
        assert load_instrument(as_toml(found).encode(), "x.toml") == found


# FHIR


@given(instruments(), st.sampled_from([ORDINAL, WEIGHT]), st.booleans())
def test_a_questionnaire_comes_back_as_the_instrument_it_was_made_of(found: Instrument, url: str, inside: bool) -> None:
    if found.id not in {"phq-9", "gad-7"}:
        data = json.dumps(as_questionnaire(found, url, inside=inside), ensure_ascii=False).encode()
        assert load_instrument(data, "x.json") == found
        assert load_instrument(b"\n " + data, "without a suffix") == found


def questionnaire(*items: Any, **more: Any) -> bytes:
    return json.dumps({"resourceType": "Questionnaire", "item": list(items), **more}, indent=1).encode()


CHOICE = {
    "linkId": "1",
    "type": "choice",
    "text": "How?",
    "answerOption": [{"valueString": "so"}, {"valueString": "such"}],
}


def test_a_questionnaire_without_weights_keeps_answers_and_gives_no_score() -> None:
    integers = {"type": "choice", "text": "How many?", "answerOption": [{"valueInteger": n} for n in (4, 7)]}
    found = load_instrument(questionnaire(CHOICE, integers, {"type": "boolean", "text": "Is it?"}), "My Form (2).json")
    assert (found.id, found.version, found.rule) == ("my-form-2", "unversioned", None)
    assert [item.values for item in found.items] == [(0, 1), (4, 7), (0, 1)]
    assert [option.label for option in found.items[0].options] == ["so", "such"]
    assert score(found, [1, 7, None]).score is None


def test_questions_that_no_choice_answers_are_counted_and_passed_over() -> None:
    items = [CHOICE, {"type": "string", "text": "Anything else?"}, {"type": "decimal", "readOnly": True}]
    codes = [{"system": "http://example.org", "code": "x"}, {"system": "http://loinc.org", "code": "12345-6"}]
    found = load_instrument(questionnaire(*items, code=codes, name="A_Form", version="3"), "x.json")
    assert (len(found.items), found.passed_over, found.loinc_panel) == (1, 2, "12345-6")
    assert (found.id, found.title, found.version) == ("a_form", "A_Form", "3")


def nested(depth: int) -> dict[str, Any]:
    return CHOICE if depth == 0 else {"type": "group", "item": [nested(depth - 1)]}


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b'{"resourceType": "Patient"}', "x.json, line 1: `resourceType` must be 'Questionnaire'"),
        (b"[]", "x.json: must be a table"),
        (b"null", "x.json: must be a table"),
        (b"", "x.json: this is not JSON (Input data was truncated)"),
        (b'{\n"a": 1,\n}', "x.json, line 3: this is not JSON"),
        (b'{"a": ' + b"[" * 5000, "nested too deep"),
        (questionnaire(), "`item` holds no question with answers to choose from"),
        (questionnaire({"type": "string"}), "`item` holds no question with answers to choose from"),
        (questionnaire(5), "`item[0]` must be a table"),
        (questionnaire(CHOICE, item={}), "`item` must be a list"),
        (questionnaire({**CHOICE, "text": 5}), "`item[0].text` must be text"),
        (questionnaire({**CHOICE, "text": "\x1b[2J"}), "`item[0].text` holds control characters"),
        (questionnaire({**CHOICE, "repeats": True}), "`item[0].repeats` allows several answers at once"),
        (questionnaire({**CHOICE, "answerOption": [{}]}), "`item[0].answerOption` must have at least two"),
        (questionnaire({**CHOICE, "answerOption": [{}] * 21}), "`item[0].answerOption` has 21 entries"),
        (
            questionnaire({"type": "choice", "answerValueSet": "#a"}),
            "`item[0].answerValueSet` keeps its answers somewhere else",
        ),
        (questionnaire({**CHOICE, "type": "attachment"}), "`item[0].type` is 'attachment'"),
        (
            questionnaire(CHOICE, {name: value for name, value in CHOICE.items() if name != "text"}),
            "`item[1]` has no text, and others have",
        ),
        (
            (
                b'{"resourceType": "Questionnaire",\n "item": [\n  {"type": "group", "item": [\n   {"type": "choice",\n'
                b'    "text": 5, "answerOption": [{}, {}]}]}]}'
            ),
            "x.json, line 5: `item[0].item[0].text` must be text",
        ),
        (questionnaire(*[CHOICE] * 201), "`item[200]` is one question too many"),
        (questionnaire(*[CHOICE] * 2001), "`item` has 2,001 entries"),
        (questionnaire(nested(10)), "goes on too long: 10 groups deep"),
        (
            questionnaire({**CHOICE, "answerOption": [{"extension": [{"url": ORDINAL, "valueDecimal": 0.5}]}, {}]}),
            "`item[0].answerOption[0].extension[0].valueDecimal` must be a whole number",
        ),
    ],
)
def test_a_questionnaire_that_cannot_be_is_refused_with_its_path(data: bytes, said: str) -> None:
    assert said in refused(data, "x.json")


def test_groups_may_be_nested() -> None:
    assert len(load_instrument(questionnaire(nested(9)), "x.json").items) == 1


# What is built in, and its wording


def test_what_is_built_in_holds_no_words_of_any_form() -> None:
    for instrument in builtin_instruments():
        assert instrument.prompt is None
        assert all(item.text is None for item in instrument.items)
        assert all(option.label is None for item in instrument.items for option in item.options)
    folder = files("milepost") / "measures" / "data"
    shipped = [entry for entry in folder.iterdir() if entry.name.endswith((".toml", ".json"))]
    assert sorted(entry.name for entry in shipped) == ["gad-7.toml", "phq-9.toml"]
    for entry in shipped:
        data = tomllib.loads(entry.read_text(encoding="utf-8"))
        assert isinstance(data["items"], int)
        assert not {"labels", "prompt"} & data.keys()


WORDING = """\
id = "gad-7"
licence = "mine"
prompt = "Lately:"
items = ["a", "b", "c", "d", "e", "f", "g"]
labels = ["w", "x", "y", "z"]
"""


def test_a_file_with_the_id_of_a_built_in_form_brings_its_words_and_nothing_else() -> None:
    found = load_instrument(WORDING.encode(), "mine.toml")
    gad7 = builtin_instruments()[0]
    assert (found.worded, found.prompt, found.licence) == (True, "Lately:", "mine")
    assert [option.label for option in found.items[0].options] == ["w", "x", "y", "z"]
    assert (found.bands, found.change, found.title, found.version) == (
        gad7.bands,
        gad7.change,
        gad7.title,
        gad7.version,
    )
    assert score(found, [1] * 7) == score(gad7, [1] * 7)
    tables = 'id = "gad-7"\n' + "".join(f'[[items]]\ntext = "{n}"\n' for n in range(7))
    assert load_instrument(tables.encode(), "mine.toml").items[6].text == "6"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (WORDING + "[score]\nrule = 'sum'\n", "line 6: `score` can't change GAD-7, which is built in"),
        (WORDING + "values = [1,2,3,4]\n", "line 6: `values` can't change GAD-7"),
        (WORDING.replace('"g"]', '"g", "h"]'), "line 4: `items` has 8 entries, and GAD-7 has 7 items"),
        (WORDING.replace('"w", ', ""), "line 5: `labels` has 3 entries for 4 values"),
        (
            "id = 'gad-7'\n[[items]]\ntext = 'a'\nvalues = [1, 2]\n" + "[[items]]\ntext = 'b'\n" * 6,
            "line 4: `items[0].values`",
        ),
    ],
)
def test_a_built_in_form_cannot_be_changed_by_a_file(text: str, said: str) -> None:
    assert said in refused(text)


def test_a_questionnaire_can_word_a_built_in_form_if_it_is_the_same() -> None:
    options = tuple(Option(value=value, label=f"label {value}") for value in range(4))
    same = Instrument(
        id="PHQ 9", version="9", title="x", items=tuple(Item(text=f"item {n}", options=options) for n in range(9))
    )
    found = load_instrument(json.dumps(as_questionnaire(same)).encode(), "x.json")
    assert (found.id, found.title, found.sensitive, found.items[8].text) == ("phq-9", "PHQ-9", (9,), "item 8")
    other = Instrument(id="phq-9", version="9", title="x", items=same.items[:8])
    assert "`id` is that of PHQ-9, which is built in" in refused(json.dumps(as_questionnaire(other)), "x.json")


# Whatever a file holds


def loads_or_is_refused(data: bytes, name: str) -> None:
    try:
        found = load_instrument(data, name)
    except InvalidInput as error:
        assert str(error).startswith(name)
        assert str(error).endswith(".")
    else:
        assert 1 <= len(found.items) <= 200
        scored = score(found, [item.values[0] for item in found.items])
        assert scored.score is None or isfinite(scored.score)
        assert all(label and words for label, words in describe(found))


@given(st.binary(max_size=400), st.sampled_from(["x.toml", "x.json", "x"]))
def test_any_bytes_load_or_are_refused_in_words(data: bytes, name: str) -> None:
    loads_or_is_refused(data, name)


scalars = st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats() | st.text(max_size=8)
keys = st.sampled_from(
    ["item", "answerOption", "extension", "url", "valueDecimal", "valueCoding", "text", "type", "id", "display", "code"]
)
trees = st.recursive(
    scalars | st.sampled_from(["choice", "group", ORDINAL, "Questionnaire"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=5),
    max_leaves=25,
)


@given(st.dictionaries(keys, trees, max_size=5))
def test_any_json_loads_or_is_refused_in_words(tree: dict[str, Any]) -> None:
    loads_or_is_refused(json.dumps({"resourceType": "Questionnaire", **tree}).encode(), "x.json")


_TOKENS = [
    *"=[]{},.#'\" \n\\",
    '"""',
    "'''",
    "a",
    "id",
    "items",
    "values",
    "score",
    "1",
    "1.5",
    "true",
    "é",
    "\r\n",
    "[[",
]


@given(st.lists(st.sampled_from(_TOKENS), max_size=60).map("".join))
def test_any_toml_like_text_loads_or_is_refused_in_words(text: str) -> None:
    loads_or_is_refused(text.encode(), "x.toml")


@given(st.data())
def test_a_good_file_with_any_line_changed_loads_or_is_refused_in_words(data: st.DataObject) -> None:
    lines = WHOLE.splitlines()
    at = data.draw(st.integers(0, len(lines) - 1))
    lines[at] = lines[at].partition("=")[0] + data.draw(
        st.sampled_from(
            ["= 1", "= [1]", "= []", "= {}", "= 'x'", "= nan", "= [[1]]", "= 2026-01-01", "= [{}]", "= -inf", ""]
        )
    )
    loads_or_is_refused("\n".join(lines).encode(), "x.toml")


MIB = 1024 * 1024


@pytest.mark.parametrize(
    "data",
    [
        b"a" + b".a" * (MIB // 2 - 4) + b"=1",
        b"a=" + b"[" * (MIB - 2),
        b"a=" + b"{a=" * (MIB // 3 - 1),
        b"a=[" + b"1," * (MIB // 2 - 2) + b"]",
        b"[[a]]\n" * (MIB // 6),
        b"[[a.b.c.d.e.f.g.h.i.j]]\n" * (MIB // 24),
        b"".join(b"k%d=1\n" % n for n in range(90_000)),
        b'a="""' + b"\\n" * (MIB // 2 - 8) + b'"""',
        b"a='''" + b"'" * (MIB - 5),
        b'"' * MIB,
        b"\n" * MIB,
        b"a=" + b"1" * (MIB - 2),
        b'{"a":' + b"1" * (MIB - 5),
        b'{"resourceType":"Questionnaire","item":[' + b"{}," * (MIB // 3 - 20) + b"{}]}",
        b"{" * MIB,
    ],
    ids=range(15),
)
def test_a_hostile_file_takes_seconds_at_most(data: bytes) -> None:
    assert len(data) <= MIB
    begun = time.monotonic()
    refused(data)
    assert time.monotonic() - begun < 20


# Lines of JSON


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


def every_place(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, inner in entries:
        yield (*path, name)
        yield from every_place(inner, (*path, name))


@given(JSON, st.integers(0, 4))
def test_every_place_of_a_json_text_has_a_line(value: Any, indent: int) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=False)
    lines = value_lines(text)
    for place in every_place(value):
        if not any(isinstance(part, str) and json.dumps(part, ensure_ascii=False)[1:-1] != part for part in place):
            known = text.split("\n")[lines[place] - 1]
            assert isinstance(place[-1], int) or json.dumps(place[-1], ensure_ascii=False) in known


@given(st.text(st.sampled_from('{}[],:"\\ \nab1')))
def test_lines_of_whatever_is_no_json_are_soon_done_with(text: str) -> None:
    assert all(1 <= line <= text.count("\n") + 1 for line in value_lines(text).values())
