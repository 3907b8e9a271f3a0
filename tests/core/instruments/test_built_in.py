"""The instruments that come along, and their wording out of files."""

import json
import tomllib
from importlib.resources import files

import pytest

from milepost.measures import Instrument, builtin_instruments, load_instrument, score
from milepost.measures.instruments import Item, Option
from tests.core.instruments.forms import (
    as_questionnaire,
    refused,
)


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
