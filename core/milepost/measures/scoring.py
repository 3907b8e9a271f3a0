"""From answers to a score, by an instrument's own rule; knows no file, no person and no other answers."""

import re
from collections.abc import Sequence

from msgspec import Struct

from milepost.errors import InvalidInput
from milepost.measures.instruments import Instrument

MAX_NAMED = 5
"""How many wrong answers a message names."""

Answers = Sequence[int | None]
"""In the order of the form; None is an answer left out."""


class Scored(Struct, frozen=True, kw_only=True):
    """What answers add up to.

    `score` and each of `subscores` are None where answers are missing that the rule needs, or where there is no rule;
    `band` is the published name for the score, if there is one. `sensitive`: a sensitive item was marked above the
    lowest of its answers (of PHQ-9: above 0). `missing` counts answers left out.
    """

    score: int | float | None
    subscores: dict[str, int | float | None]
    band: str | None
    sensitive: bool
    missing: int


def score(instrument: Instrument, answers: Answers) -> Scored:
    """Scores a form: the sum of its items, reversed ones turned round, prorated only as the instrument says.

    A subscale has a score only if it is complete: an instrument's rule for its total says nothing about its parts.

    Raises:
        InvalidInput: too few or too many answers, or values that are none of an item's answers; says which.
    """
    check_answers(instrument, answers)
    missing = sum(answer is None for answer in answers)
    subscores: dict[str, int | float | None] = {}
    total: int | float | None = None
    if instrument.rule == "sum":
        counted = [_counted(instrument, number, answer) for number, answer in enumerate(answers, 1)]
        total = _total(counted, instrument.prorate or 0)
        for name, numbers in instrument.subscales.items():
            subscores[name] = _total([counted[number - 1] for number in numbers], 0)
    return Scored(
        score=total,
        subscores=subscores,
        band=band_of(instrument, total),
        sensitive=bool(marked(instrument, answers)),
        missing=missing,
    )


def read_answers(instrument: Instrument, text: str) -> list[int | None]:
    """`1,0,-,2` as answers: whole numbers with commas between, `-` or nothing for one left out.

    Raises:
        InvalidInput: names the first that is neither.
    """
    parts = [part.strip() for part in text.split(",")]
    for number, part in enumerate(parts, 1):
        if not re.fullmatch(r"-?|-?[0-9]{1,9}", part):
            raise InvalidInput(
                f"Answer {number} of {instrument.title} is {part[:20]!r}, and answers are whole numbers with commas "
                "between, as in 1,0,2. Write `-` for one you leave out."
            )
    return [None if part in {"", "-"} else int(part) for part in parts]


def check_answers(instrument: Instrument, answers: Answers) -> None:
    """Refuses answers that are not those of this form.

    Raises:
        InvalidInput: says how many there should be, or which are none of the form's and what they could be.
    """
    wanted = len(instrument.items)
    if len(answers) != wanted:
        given = "1 answer was" if len(answers) == 1 else f"{len(answers)} answers were"
        raise InvalidInput(
            f"{instrument.title} has {wanted} items, and {given} given. Give {wanted}, with `-` for one you leave out."
        )
    wrong = [
        f"answer {number} is {answer} and can be {say_values(item.values)}"
        for number, (item, answer) in enumerate(zip(instrument.items, answers, strict=True), 1)
        if answer is not None and answer not in item.values
    ]
    if wrong:
        more = f"; and {len(wrong) - MAX_NAMED} more" if len(wrong) > MAX_NAMED else ""
        raise InvalidInput(
            f"Not all of these are answers of {instrument.title}: {'; '.join(wrong[:MAX_NAMED])}{more}. "
            "Put them right, or leave one out with `-`."
        )


def say_values(values: Sequence[int]) -> str:
    """`0 to 3` where values follow each other, else each of them."""
    known = sorted(set(values))
    if len(known) > 2 and known == list(range(known[0], known[-1] + 1)):
        return f"{known[0]} to {known[-1]}"
    return " or ".join(map(str, known))


def marked(instrument: Instrument, answers: Answers) -> list[int]:
    """The sensitive items that were marked above the lowest of their answers, as the form has them (not reversed)."""
    found = []
    for number in instrument.sensitive:
        answer = answers[number - 1]
        if answer is not None and answer > min(instrument.items[number - 1].values):
            found.append(number)
    return found


def band_of(instrument: Instrument, total: float | None) -> str | None:
    """The published name for a score, or None."""
    if total is None:
        return None
    return next((band.name for band in reversed(instrument.bands) if total >= band.start), None)


def _counted(instrument: Instrument, number: int, answer: int | None) -> int | None:
    if answer is None or number not in instrument.reverse:
        return answer
    values = instrument.items[number - 1].values
    return min(values) + max(values) - answer


def _total(counted: Answers, may_miss: int) -> int | float | None:
    given = [value for value in counted if value is not None]
    missing = len(counted) - len(given)
    if not missing:
        return sum(given)
    if missing > may_miss or not given:
        return None
    prorated = round(sum(given) / len(given) * len(counted), 2)
    return int(prorated) if prorated.is_integer() else prorated
