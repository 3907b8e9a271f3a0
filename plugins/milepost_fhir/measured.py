"""What an Observation of others says was found, in a number or in words; knows no check-in and no day.

https://hl7.org/fhir/R4/observation.html: a value in one of many forms, values of parts (`component`, as the two of a blood
pressure), or why there is none (`dataAbsentReason`). A number alone is a number; one with `<` before it is not, and is words.
"""

from milepost_fhir.codes import LEVEL_OF, LOINC
from milepost_fhir.incoming import Measured, Number, Observation, Quantity

MAX_PARTS = 50
"""Components of one Observation that are told."""


def plain_value(seen: Measured) -> Number | str | None:
    """A number or words, in the forms that Milepost writes itself."""
    level = LEVEL_OF.get(seen.value_codeable_concept.code_in(LOINC))
    if level is not None:
        return level
    numbers = (seen.value_quantity.value, seen.value_integer)
    known = next((one for one in numbers if one is not None), None)
    return known if known is not None else seen.value_string or seen.value_codeable_concept.said() or None


def value_of(seen: Measured) -> Number | str | None:
    """A number or words, in any form; None where there is no value."""
    if seen.value_quantity.comparator and seen.value_quantity.value is not None:
        return in_words(seen.value_quantity)
    found = plain_value(seen)
    if found is not None:
        return found
    if seen.value_boolean is not None:
        return "yes" if seen.value_boolean else "no"
    return _between(seen) or seen.value_date_time or seen.value_time or None


def _between(seen: Measured) -> str:
    low, high = in_words(seen.value_range.low), in_words(seen.value_range.high)
    above, below = in_words(seen.value_ratio.numerator), in_words(seen.value_ratio.denominator)
    if low or high:
        return f"{low} – {high}" if low and high else f"from {low}" if low else f"up to {high}"
    return f"{above} : {below}" if above and below else above


def in_words(quantity: Quantity) -> str:
    """A quantity as one reads it, as in `< 5 mg/L`; empty where it has no number."""
    if quantity.value is None:
        return ""
    return " ".join(one for one in (quantity.comparator, f"{quantity.value}", _unit(quantity)) if one)


def unit_beside(seen: Measured) -> str:
    """The unit of a value that is a number alone."""
    return "" if seen.value_quantity.comparator else _unit(seen.value_quantity)


def _unit(quantity: Quantity) -> str:
    return quantity.unit or quantity.code


def parts_of(seen: Observation) -> list[str]:
    """What was found of each part, a line each: `Systolic: 120 mmHg`."""
    lines: list[str] = []
    for one in seen.component[:MAX_PARTS]:
        value = in_words(one.value_quantity) or value_of(one)
        if value is not None:
            lines.append(": ".join(said for said in (one.code.said(), str(value)) if said))
    if len(seen.component) > MAX_PARTS:
        lines.append("…")
    return lines


def absent(seen: Observation) -> str:
    """Why there is no value; empty where nothing says so."""
    return seen.data_absent_reason.said() or next((one.code for one in seen.data_absent_reason.coding if one.code), "")
