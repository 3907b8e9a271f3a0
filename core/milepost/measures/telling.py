"""What is said about a filled-in form, in plain sentences; knows scores and changes, and no terminal."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from msgspec import Struct

from milepost.measures.instruments import Instrument
from milepost.measures.reliable_change import Change, ChangeRule, Threshold, cited, reliable_change, threshold_of
from milepost.measures.scoring import Answers, Scored, marked, say_values

UNTOLD = "Milepost has told nobody."
SHARED = "Milepost has told nobody; who shares this journal can read it once it is synced."
HELP = "If you want somebody to talk to, at any time: `milepost help-now`."


class Earlier(Struct, frozen=True, kw_only=True):
    """A form of the same instrument, of the same person, filled in before; `on` is a local day in ISO 8601."""

    on: str
    score: int | float | None = None


def say_all(
    instrument: Instrument,
    answers: Answers,
    scored: Scored,
    found: Mapping[str, tuple[str, Change]],
    *,
    repeat: str | None,
    bands: bool,
    shared: bool,
) -> list[str]:
    """Everything about one form, a sentence a line: first what is sensitive and where help is, then figures."""
    said = say_sensitive(instrument, answers, shared=shared)
    said.append(say_score(instrument, scored))
    band = say_band(instrument, scored) if bands else None
    said += [band] if band else []
    for name, part in scored.subscores.items():
        said.append(f"{name}: not complete" if part is None else f"{name}: {part:g}")
    said += [repeat] if repeat else []
    return said + [say_change(instrument, name, *change) for name, change in found.items()]


def say_sensitive(instrument: Instrument, answers: Answers, *, shared: bool = False) -> list[str]:
    """What was marked of the sensitive items, that nobody was told, and where help is; nothing if none was.

    `shared`: others can read the journal it is kept in.
    """
    said = []
    for number in marked(instrument, answers):
        item, answer = instrument.items[number - 1], answers[number - 1]
        label = next((option.label for option in item.options if option.value == answer), None)
        words = f"Item {number} is marked {answer}" + (f", {label}" if label else "") + "."
        about = f" It asks about {instrument.sensitive_about}." if instrument.sensitive_about else ""
        said.append(words + (f" It says: {item.text}" if item.text else about))
    return [*said, SHARED if shared else UNTOLD, HELP] if said else []


def say_score(instrument: Instrument, scored: Scored) -> str:
    """The score, and that it is no diagnosis; or why there is none."""
    left_out = "1 answer is left out" if scored.missing == 1 else f"{scored.missing} answers are left out"
    if instrument.rule is None:
        return "The answers are kept. This form comes without a rule for a score."
    if scored.score is None:
        may = f"at most {instrument.prorate} may be" if instrument.prorate else "it has to be complete"
        return f"The answers are kept. {left_out}, and for a total of {instrument.title} {may}."
    of = f"of {instrument.high}" if instrument.low == 0 else f"on a scale from {instrument.low} to {instrument.high}"
    prorated = f" The total is worked out without what is missing: {left_out}." if scored.missing else ""
    return f"{scored.score:g} {of}, a screening score, not a diagnosis.{prorated}"


def say_band(instrument: Instrument, scored: Scored) -> str | None:
    """The published name for the score, and where it was published."""
    if scored.score is None or scored.band is None:
        return None
    start = max(band.start for band in instrument.bands if band.start <= scored.score)
    return f"Scores from {start:g} on are called {scored.band} ({instrument.bands_citation})."


def say_repeat(instrument: Instrument, on: str, earlier: Sequence[Earlier], today: str) -> str | None:
    """That the days a form asks about were asked about before, where they were; `earlier` in the order of their days."""
    if not earlier or instrument.recall_days is None:
        return None
    try:
        days = (date.fromisoformat(on) - date.fromisoformat(earlier[-1].on)).days
    except ValueError:  # another program may have written any ten characters there
        return None
    if not 0 <= days < instrument.recall_days:
        return None
    count = f"{days} day{'' if days == 1 else 's'}"
    when = f"{count} {'ago' if on == today else 'before'}" if days else "earlier on the same day"
    return f"You filled this in {when}; it asks about the last {instrument.recall_days} days."


def changes(instrument: Instrument, score: float | None, earlier: Sequence[Earlier]) -> dict[str, tuple[str, Change]]:
    """`since_last` and `since_first` → (the day of the earlier form, the change), of those that have a score.

    `since_first` is left out where the first is also the last.
    """
    scores = [(form.on, form.score) for form in earlier if form.score is not None]
    if score is None or not scores:
        return {}
    ends = {"since_last": scores[-1]} | ({"since_first": scores[0]} if len(scores) > 1 else {})
    return {
        name: (on, reliable_change(before, score, rule=instrument.change, better=instrument.better))
        for name, (on, before) in ends.items()
    }


def say_change(instrument: Instrument, name: str, on: str, change: Change) -> str:
    """How the score changed; whether reliably only where that was published, and with the source."""
    when = f"the {'last' if name == 'since_last' else 'first'} time ({on})"
    size = abs(change.difference)
    if not size:
        return f"The same as {when}."
    points = "1 point" if size == 1 else f"{size:g} points"
    words = f"{points} {'higher' if change.difference > 0 else 'lower'} than {when}"
    if instrument.change is None:
        return f"{words}."
    least = _least(instrument.change)
    if change.reliable:
        return f"{words}: a reliable change, for the {change.direction} ({least}; {change.citation})."
    return f"{words}, which may be chance: a reliable change is {least} ({change.citation})."


def _least(rule: ChangeRule) -> str:
    points = threshold_of(rule)
    return f"{points:g} or more" if isinstance(rule, Threshold) else f"over {points:.2f}"


def summary(instrument: Instrument) -> dict[str, Any]:
    """An instrument as one row of a list, in plain JSON values."""
    kept = {name: getattr(instrument, name) for name in ("version", "title", "licence", "worded", "passed_over")}
    return {**kept, "items": len(instrument.items), "scored": instrument.rule is not None}


def say_kind(instrument: Instrument) -> str:
    """An instrument in a line."""
    wording = "with its wording" if instrument.worded else "without wording, to be filled in on paper"
    return f"{instrument.title}, {len(instrument.items)} items, {wording}"


def say_added(instrument: Instrument) -> list[str]:
    """What came of a file, a sentence a line."""
    said = [f"Kept as {instrument.id}: {say_kind(instrument)}."]
    if instrument.rule is None:
        said.append("It comes without a rule for a score: answers are kept as they are.")
    if instrument.passed_over:
        said.append(f"Questions passed over, as no choice of answers goes with them: {instrument.passed_over}.")
    return [*said, f"`milepost assess {instrument.id}` records one."]


def describe(instrument: Instrument) -> list[tuple[str, str]]:
    """(label, words) for how an instrument is scored, each published figure with its source, and for its items."""
    values = {item.values for item in instrument.items}
    each = f", each {say_values(instrument.items[0].values)}" if len(values) == 1 else ""
    total = f"the sum, {instrument.low} to {instrument.high}" if instrument.rule else "none; answers are kept"
    said = [("items", f"{len(instrument.items)}{each}"), ("score", total)]
    if instrument.prorate:
        said.append(("missing", f"up to {instrument.prorate} may be; the mean of the others stands in"))
    said += [(name, f"the sum of items {', '.join(map(str, part))}") for name, part in instrument.subscales.items()]
    if instrument.bands:
        bands = ", ".join(f"{band.name} from {band.start:g}" for band in instrument.bands)
        said.append(("bands", f"{bands} ({instrument.bands_citation})"))
    if instrument.change:
        said.append(("change", f"reliable at {_least(instrument.change)} ({cited(instrument.change)})"))
    if instrument.recall_days:
        said.append(("asks about", f"the last {instrument.recall_days} days"))
    ages = [
        f"{words} {age}" for words, age in (("from", instrument.min_age), ("to", instrument.max_age)) if age is not None
    ]
    said += [("ages", " ".join(ages))] if ages else []
    said += [("licence", instrument.licence)] if instrument.licence else []
    return said + [(f"item {number}", item.text) for number, item in enumerate(instrument.items, 1) if item.text]
