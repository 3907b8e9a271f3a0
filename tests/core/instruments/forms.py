"""Forms as files: one with everything, and any by chance, as TOML and as a FHIR questionnaire."""

import json
from typing import Any

import pytest
from hypothesis import strategies as st

from milepost.errors import InvalidInput
from milepost.measures import Instrument, load_instrument
from milepost.measures.instruments import Item, Option

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
