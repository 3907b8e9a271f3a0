"""Which instruments' scores reliably got worse at the last assessment; knows instruments and scores, and no state."""

from collections.abc import Iterable, Mapping
from typing import Protocol

from milepost.measures.instruments import Instrument
from milepost.measures.reliable_change import reliable_change


class Form(Protocol):
    """A form that somebody filled in, as far as it matters here."""

    @property
    def instrument(self) -> str:
        """The instrument's id."""

    @property
    def version(self) -> str:
        """The instrument's version."""

    @property
    def score(self) -> int | float | None:
        """The score as it was kept; None where there is none."""

    @property
    def actor(self) -> str:
        """Who filled it in."""


def worsened(instruments: Mapping[str, Instrument], forms: Iterable[Form]) -> list[str]:
    """The titles of the instruments whose last score of somebody's is reliably worse than the one before.

    `instruments`: id → instrument; `forms`: the earliest first. Only scores of the same person and of the version at
    hand are compared. Where no figure for reliable change was published, or it is not said which way is better, nothing
    is claimed.

    Raises:
        InvalidInput: an instrument's rule for change is none (see `reliable_change.threshold_of`).
    """
    by_person: dict[tuple[str, str], list[Form]] = {}
    for form in forms:
        by_person.setdefault((form.instrument, form.actor), []).append(form)
    found = {}
    for (name, _), ours in by_person.items():
        instrument = instruments.get(name)
        if instrument is not None and _got_worse(instrument, ours):
            found[name] = instrument.title
    return [title for _, title in sorted(found.items())]


def _got_worse(instrument: Instrument, forms: list[Form]) -> bool:
    """Whether the last form that has a score is reliably worse than the one before it; one left incomplete hides nothing."""
    scored = [form for form in forms if form.score is not None]
    scores = [form.score for form in scored if form.version == instrument.version and form.score is not None]
    if len(scores) < 2 or scored[-1].version != instrument.version:
        return False
    change = reliable_change(scores[-2], scores[-1], rule=instrument.change, better=instrument.better)
    return change.direction == "worse"
