"""Nothing that a file holds can hurt."""

import json
import time
from math import isfinite
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milepost.errors import InvalidInput
from milepost.measures import load_instrument, score
from milepost.measures.telling import describe
from tests.core.instruments.forms import (
    ORDINAL,
    WHOLE,
    refused,
)


def assert_loads_or_is_refused(data: bytes, name: str) -> None:
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
    assert_loads_or_is_refused(data, name)


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
    assert_loads_or_is_refused(json.dumps({"resourceType": "Questionnaire", **tree}).encode(), "x.json")


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
    assert_loads_or_is_refused(text.encode(), "x.toml")


@given(st.data())
def test_a_good_file_with_any_line_changed_loads_or_is_refused_in_words(data: st.DataObject) -> None:
    lines = WHOLE.splitlines()
    at = data.draw(st.integers(0, len(lines) - 1))
    lines[at] = lines[at].partition("=")[0] + data.draw(
        st.sampled_from(
            ["= 1", "= [1]", "= []", "= {}", "= 'x'", "= nan", "= [[1]]", "= 2026-01-01", "= [{}]", "= -inf", ""]
        )
    )
    assert_loads_or_is_refused("\n".join(lines).encode(), "x.toml")


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
