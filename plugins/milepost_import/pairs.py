"""Settings that say what one thing is called here: `WHAT=HERE`, one after the other. Knows no app."""

from collections.abc import Collection, Iterable, Iterator

from milepost.plugin_api import InvalidInput, NotTaken


def plain(words: str) -> str:
    """Words as they are compared: without a difference of case or blanks."""
    return " ".join(words.casefold().split())


def pairs(setting: str, given: Iterable[str]) -> dict[str, str]:
    """What, as it is compared → what stands after the last `=`.

    Raises:
        InvalidInput: one is no such pair, or one thing is there twice.

    """
    found: dict[str, str] = {}
    for one in given:
        what, equals, here = one.rpartition("=")
        what, here = plain(what), here.strip()
        if not equals or not what or not here:
            raise InvalidInput(f"`{setting}`: {one[:60]!r} should be like WHAT=HERE.")
        if what in found:
            raise InvalidInput(f"`{setting}`: {what[:60]!r} is there twice.")
        found[what] = here
    return found


def numbers(setting: str, given: Iterable[str]) -> dict[str, float]:
    """The same, with numbers.

    Raises:
        InvalidInput: one has none.

    """
    found: dict[str, float] = {}
    for what, text in pairs(setting, given).items():
        try:
            value = float(text)
        except ValueError:
            raise InvalidInput(f"`{setting}`: {text[:60]!r} of {what[:60]!r} is no number.") from None
        if not abs(value) <= 1e9:
            raise InvalidInput(f"`{setting}`: {text[:60]!r} of {what[:60]!r} is no number.")
        found[what] = int(value) if value == int(value) else value
    return found


def not_there(kind: str, known: Iterable[str], seen: Collection[str]) -> Iterator[NotTaken]:
    """A word on each thing that a person named, and that the file does not have."""
    for name in known:
        if name not in seen:
            yield NotTaken(name=f"{kind} {name!r}", reason="It is not in the file. See how it is written there.")
