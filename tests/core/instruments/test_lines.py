"""Where in a file something stands, in TOML and in JSON."""

import json
import tomllib
from collections.abc import Iterator
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from milepost.measures.json_lines import value_lines
from milepost.measures.toml_lines import key_lines


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
