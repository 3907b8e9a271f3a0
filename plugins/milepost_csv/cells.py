"""What stands in the cells of a table: days and times in the form that was said, numbers with a point or a comma."""

import re
from datetime import datetime

from milepost.plugin_api import InvalidInput

_TOKENS = {"YYYY": "%Y", "YY": "%y", "MM": "%m", "M": "%m", "DD": "%d", "D": "%d", "HH": "%H", "H": "%H", "mm": "%M"}
_TOKEN = re.compile("|".join(sorted(_TOKENS, key=len, reverse=True)) + "|ss")
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}")
_LIKE_A_NUMBER = re.compile(r"[+-]?[\d.,'’\s]*\d[\d.,'’\s]*")
_GUARDED = re.compile(r"'(?=[\s\"',]*[=+\-@＝＋－＠])")


def form_of(words: str) -> str:
    """`DD.MM.YYYY HH:mm` in the form that the standard library reads.

    Raises:
        InvalidInput: no day could be read by it.

    """
    form = _TOKEN.sub(lambda found: _TOKENS.get(found[0], "%S"), words.replace("%", "%%"))
    if not all(part in form for part in ("%d", "%m")) or not ("%Y" in form or "%y" in form):
        raise InvalidInput(f"`dates` must have a day, a month and a year, as in DD.MM.YYYY, and is {words!r}.")
    return form


def read_day(cell: str, form: str) -> tuple[str, str | None]:
    """The day, and the local time if there is one.

    Raises:
        ValueError: it is in another form.

    """
    if form:
        found = datetime.strptime(cell, form)  # noqa: DTZ007 - a local time is meant
        return found.date().isoformat(), found.isoformat() if "%H" in form else None
    if not _ISO.match(cell):
        raise ValueError(cell)
    found = datetime.fromisoformat(cell).replace(tzinfo=None, microsecond=0)
    return found.date().isoformat(), found.isoformat() if len(cell) > 10 else None


def read_value(cell: str, decimal: str) -> int | float | str:
    """A number, or words where it does not look like one.

    Raises:
        ValueError: it looks like a number, and is none.

    """
    if _LIKE_A_NUMBER.fullmatch(cell) is None:
        return own_words(cell)
    plain = cell.replace(",", ".") if decimal == "," and "." not in cell else cell
    if re.fullmatch(r"[+-]?\d+", plain):
        return int(plain)
    if re.fullmatch(r"[+-]?(\d+\.\d*|\.\d+)", plain):
        return float(plain)
    raise ValueError(cell)


def own_words(cell: str) -> str:
    """Words without the apostrophe that keeps a spreadsheet from taking them for a formula."""
    return _GUARDED.sub("", cell, count=1) if cell.startswith("'") else cell
