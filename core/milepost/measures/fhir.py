"""An instrument out of a FHIR R4 Questionnaire; knows that one resource (https://hl7.org/fhir/R4/questionnaire.html).

Read are `id`, `name`, `url`, `version`, `title`, `copyright`, the LOINC code of the panel, and of each item `text`,
`type`, `item` and `answerOption` (a coding, an integer or a string) with its weight: the extension `ordinalValue`, or
`itemWeight` as it is called since R5, on the option or on its value. If every option has a weight, the score is their
sum; if any has none, answers are kept without a score. All else is passed over.
"""

import re

from msgspec.structs import replace

from milepost.measures.instruments import MAX_ITEMS, MAX_OPTIONS, MAX_VALUE, Instrument, Item, Option
from milepost.measures.reading import Table

WEIGHTS = (
    "http://hl7.org/fhir/StructureDefinition/ordinalValue",
    "http://hl7.org/fhir/StructureDefinition/itemWeight",
)
LOINC = "http://loinc.org"
NOT_CHOSEN = frozenset({"attachment", "decimal", "quantity", "reference", "text", "url"})
"""Types of items that no answers can be given to choose from (R4, invariants que-4 to que-6), or none that is kept."""
MAX_DEPTH = 10
MAX_NODES = 2_000
"""Groups, displays and questions of a file, before what is kept of them is counted."""
MAX_ANY = 1_000
"""Entries of a list that is only searched."""


class _Walk:
    """One way through the items of a questionnaire, groups before what they hold."""

    def __init__(self) -> None:
        self.items: list[Item] = []
        self.scored = True
        self.passed_over = 0
        self.nodes = 0

    def go(self, table: Table, depth: int = 1) -> None:
        for item in table.tables("item", MAX_NODES):
            self.nodes += 1
            if depth > MAX_DEPTH or self.nodes > MAX_NODES:
                words = f"goes on too long: {MAX_DEPTH} groups deep and {MAX_NODES:,} entries is the most I take."
                raise item.source.wrong(item.path, words)
            self.take(item)
            if "item" in item:
                self.go(item, depth + 1)

    def take(self, item: Table) -> None:
        kind = item.text("type", 100)
        if kind in {"group", "display"}:
            return
        if kind in NOT_CHOSEN and ("answerOption" in item or "answerValueSet" in item):
            raise item.wrong("type", f"is '{kind}', and of such a question nothing can be chosen. Make it a 'choice'.")
        if "answerValueSet" in item and "answerOption" not in item:
            words = "keeps its answers somewhere else. Put them into the file, as answerOption."
            raise item.wrong("answerValueSet", words)
        if "answerOption" not in item and kind != "boolean":
            self.passed_over += 1
            return
        if item.value.get("repeats") is True:
            raise item.wrong("repeats", "allows several answers at once, and Milepost keeps one for each question.")
        if len(self.items) >= MAX_ITEMS:
            raise item.source.wrong(item.path, f"is one question too many: {MAX_ITEMS} is the most I take.")
        text = item.text("text")
        if self.items and (text is None) != (self.items[-1].text is None):
            words = "has no text, and others have" if text is None else "has a text, and those before have none"
            raise item.source.wrong(item.path, f"{words}. Give every question its words, or none.")
        self.items.append(Item(options=self.options(item), text=text))

    def options(self, item: Table) -> tuple[Option, ...]:
        if "answerOption" not in item:
            self.scored = False
            return Option(value=0, label="no"), Option(value=1, label="yes")
        given = item.tables("answerOption", MAX_OPTIONS)
        if len(given) < 2:
            raise item.wrong("answerOption", "must have at least two answers.")
        weights = [_weight(option) for option in given]
        labels = [_label(option) for option in given]
        if any(weight is None for weight in weights):
            self.scored = False
            numbers = [option.whole("valueInteger", -MAX_VALUE, MAX_VALUE) for option in given]
            weights = list(range(len(given))) if any(number is None for number in numbers) else list(numbers)
        return tuple(Option(value=w or 0, label=label) for w, label in zip(weights, labels, strict=True))


def _weight(option: Table) -> int | None:
    """The number that an answer counts for."""
    places = [option, *(option.table(n) for n in ("valueCoding", "_valueInteger", "_valueString") if n in option)]
    for place in places:
        for extension in place.tables("extension", MAX_ANY) if place else ():
            if extension.value.get("url") in WEIGHTS:
                return extension.whole("valueDecimal", -MAX_VALUE, MAX_VALUE)
    return None


def _label(option: Table) -> str | None:
    coding = option.table("valueCoding")
    if coding is not None:
        return coding.text("display") or coding.text("code")
    number = option.whole("valueInteger", -(2**31), 2**31 - 1)
    return option.text("valueString") if number is None else str(number)


def read_questionnaire(table: Table, fallback: str) -> Instrument:
    """The instrument that a Questionnaire describes; its id is made of the resource's, or of `fallback`.

    Raises:
        InvalidInput: names what is wrong.
    """
    if table.value.get("resourceType") != "Questionnaire":
        raise table.wrong("resourceType", "must be 'Questionnaire': of FHIR that is the one resource I can read.")
    walk = _Walk()
    walk.go(table)
    if not walk.items:
        raise table.wrong("item", "holds no question with answers to choose from (answerOption), and I need one.")
    named = table.text("id") or table.text("name") or (table.text("url") or "").rpartition("/")[2] or fallback
    return Instrument(
        id=slug(named) or slug(fallback) or "questionnaire",
        version=table.text("version", 100) or "unversioned",
        title=(table.text("title") or table.text("name") or named)[:100],
        licence=table.text("copyright"),
        items=tuple(walk.items),
        rule="sum" if walk.scored else None,
        loinc_panel=_panel(table),
        passed_over=walk.passed_over,
    )


def _panel(table: Table) -> str | None:
    for code in table.tables("code", MAX_ANY):
        if code.value.get("system") == LOINC:
            return code.text("code", 100)
    return None


def slug(text: str) -> str:
    """Any name as an id: small letters, digits and `-`, at most 64."""
    return re.sub(r"[^a-z0-9._-]+", "-", text.lower()).strip("-._")[:64].rstrip("-._")


def worded_by(base: Instrument, found: Instrument, table: Table) -> Instrument:
    """A built-in instrument with the words of a Questionnaire that has its id.

    Raises:
        InvalidInput: it has other items or other answers, so its words are of something else.
    """
    if [item.values for item in found.items] != [item.values for item in base.items]:
        words = (
            f"is that of {base.title}, which is built in, and this file has other items or other answers. "
            "Give it an id of its own."
        )
        raise table.wrong("id", words)
    return replace(base, items=found.items, licence=found.licence)
