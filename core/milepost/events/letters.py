"""What words may hold: letters, and nothing that a terminal would obey or that turns the reading order round; pure.

It is refused where words are written. What a log holds already, or comes from elsewhere, stays as it is and is shown by
`harmless`.
"""

import re
import unicodedata

from milepost.errors import InvalidInput

_CONTROLS = r"\x00-\x08\x0b-\x1f\x7f-\x9f"
_TURNS = "\u202a-\u202e\u2066-\u2069"
"""Embeddings, overrides and isolates (Unicode UAX #9): left open, they turn round what stands behind them."""
# Embeddings and isolates come with pasted text of a right-to-left language, so only overrides are refused.
_REFUSED = re.compile(f"[{_CONTROLS}\ud800-\udfff\u202d\u202e]")
_REFUSED_IN_A_LINE = re.compile(f"[{_CONTROLS}\t\n\ud800-\udfff\u202d\u202e\u2028\u2029]")
_HARMFUL = re.compile(f"[{_CONTROLS}{_TURNS}\ud800-\udfff]")
_LINE_BREAKS = frozenset("\n\r\x0b\x0c\u2028\u2029")


def check_letters(name: str, text: str, *, lines: bool) -> None:
    """Refuses words that hold what is no letter; line breaks and tabs are fine where there may be `lines`.

    `name` says what they are, at the beginning of a sentence.

    Raises:
        InvalidInput: names the character, and what it is in.
    """
    found = (_REFUSED if lines else _REFUSED_IN_A_LINE).search(text)
    if found is None:
        return
    if found[0] in _LINE_BREAKS and not lines:
        raise InvalidInput(f"{name} is one line of words, and this has a line break in it. Put it in one line.")
    if unicodedata.category(found[0]) == "Cs":
        raise InvalidInput(f"{name} is not text (UTF-8). See to the settings of your terminal, and type it anew.")
    raise InvalidInput(
        f"{name} holds a character that can't be seen (U+{ord(found[0]):04X}), maybe from a key like an arrow or from "
        "copying. Type it anew without that."
    )


def harmless(text: str) -> str:
    """Text as it can be shown anywhere: what a terminal would obey, or what turns text round, becomes a sign for it."""
    return _HARMFUL.sub(_sign, text.replace("\r\n", "\n"))


def _sign(found: re.Match[str]) -> str:
    code = ord(found[0])
    if code < 0x20:
        return chr(0x2400 + code)
    return "\u2421" if code == 0x7F else "\ufffd"


def escaped(json_text: str) -> str:
    """JSON with the same characters escaped: they stand in its strings alone, and mean the same there."""
    return _HARMFUL.sub(lambda found: f"\\u{ord(found[0]):04x}", json_text)
