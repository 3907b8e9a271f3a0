"""Finds wording that says what shall not be, in English, to ask what shall be instead; knows text, and no goal."""

from milepost.coach.words import expression, found_in, wording

_PLAIN_MARKS = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "‐": "-", "‑": "-"})
_LONGEST_REST = 60


def approach_question(text: str) -> tuple[str, str] | None:
    """(a question, how a sentence might begin) where `text` says what shall not be, and does not say what instead."""
    said = _plain(text)
    if found_in(wording().unless, said):
        return None
    for pattern in wording().pattern:
        match = expression(pattern.match).search(said)
        if match is None:
            continue
        rest = (match.groupdict().get("rest") or "").strip(" .…-")
        if pattern.opening and rest and _may_be_repeated(rest):
            return pattern.question, pattern.opening.replace("{rest}", rest)
        return pattern.question, pattern.plain
    return None


def leave_alone(*texts: str | None) -> bool:
    """Whether a text is about what people should talk over with people, and never with a program."""
    return any(found_in(wording().alone, _plain(text)) for text in texts if text)


def _plain(text: str) -> str:
    return " ".join(text.translate(_PLAIN_MARKS).split())


def _may_be_repeated(rest: str) -> bool:
    """People are not given back what they say against themselves, nor half a page."""
    return len(rest) <= _LONGEST_REST and rest.isprintable() and not found_in(wording().unrepeated, rest)
