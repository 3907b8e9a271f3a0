"""What an instrument (a questionnaire with a scoring rule) is; knows no file format and nobody's answers."""

from functools import cached_property
from typing import Literal

from msgspec import Struct, field

from milepost.measures.reliable_change import Better, ChangeRule

MAX_ITEMS = 200
MAX_OPTIONS = 20
MAX_TEXT = 2_000
"""Characters of one text."""
MAX_VALUE = 1_000
"""How far from 0 the value of an answer may lie."""


class Option(Struct, frozen=True, kw_only=True):
    """An answer that can be given: the number kept for it, and its words, if a file brought them."""

    value: int
    label: str | None = None


class Item(Struct, frozen=True, kw_only=True):
    """A question: the answers it can have, and its words, if a file brought them."""

    options: tuple[Option, ...]
    text: str | None = None

    @property
    def values(self) -> tuple[int, ...]:
        """The numbers that its answers can be, in the order of the form."""
        return tuple(option.value for option in self.options)


class Band(Struct, frozen=True, kw_only=True):
    """A published name for scores from `start` up to the next band."""

    start: float
    name: str


class Instrument(Struct, frozen=True, kw_only=True, dict=True):
    """A questionnaire and how it is scored. Items are counted from 1.

    `rule` None: answers are kept and no score is given. `reverse`: items whose value counts as lowest + highest − value.
    `subscales`: name → items. `prorate`: with up to so many answers missing, the total is the mean of the others times
    the number of items, which all have one range; None: only a complete form has a total. `bands` and `change` come
    with the publication they are from. `sensitive`: items that ask about danger to life, and `sensitive_about` what
    they ask, in other words than the form's. `recall_days`: how far back the questions look. `passed_over`: questions
    of the file that no choice of answers goes with, and which are not kept.
    """

    id: str
    version: str
    title: str
    items: tuple[Item, ...]
    rule: Literal["sum"] | None = None
    better: Better | None = None
    reverse: tuple[int, ...] = ()
    subscales: dict[str, tuple[int, ...]] = field(default_factory=dict)
    prorate: int | None = None
    bands: tuple[Band, ...] = ()
    bands_citation: str | None = None
    change: ChangeRule | None = None
    loinc_total: str | None = None
    loinc_panel: str | None = None
    sensitive: tuple[int, ...] = ()
    sensitive_about: str | None = None
    recall_days: int | None = None
    min_age: int | None = None
    max_age: int | None = None
    licence: str | None = None
    prompt: str | None = None
    passed_over: int = 0

    @cached_property
    def low(self) -> int:
        """The lowest total there can be."""
        return sum(min(item.values) for item in self.items)

    @cached_property
    def high(self) -> int:
        """The highest total there can be."""
        return sum(max(item.values) for item in self.items)

    @property
    def worded(self) -> bool:
        """Whether every item has its words, so that it can be asked."""
        return all(item.text for item in self.items)
