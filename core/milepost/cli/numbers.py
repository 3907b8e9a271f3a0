"""Numbers on the command line: read as they are, and never rounded. Knows no command."""

import re
from collections.abc import Sequence
from math import isfinite
from typing import Annotated, Any

from cyclopts import Parameter, Token

from milepost.errors import InvalidInput

_WHOLE = re.compile(r"[+-]?[0-9]{1,15}", re.ASCII)


def _about(token: Token) -> str:
    return f"`{token.keyword} {token.value}`" if token.keyword else repr(token.value)


def _whole(_: Any, tokens: Sequence[Token]) -> int:
    if _WHOLE.fullmatch(tokens[0].value.strip()) is None:
        raise InvalidInput(f"{_about(tokens[0])} is not a whole number. Try 5.")
    return int(tokens[0].value)


def _any(_: Any, tokens: Sequence[Token]) -> float:
    try:
        number = float(tokens[0].value)
    except ValueError:
        number = float("nan")
    if not isfinite(number) or abs(number) > 2**53 - 1:
        raise InvalidInput(f"{_about(tokens[0])} is not a number that Milepost can keep. Try 5 or 7.5.")
    return number


Whole = Annotated[int, Parameter(converter=_whole, allow_leading_hyphen=True)]
MaybeWhole = Annotated[int | None, Parameter(converter=_whole, allow_leading_hyphen=True)]
MaybeNumber = Annotated[float | None, Parameter(converter=_any, allow_leading_hyphen=True)]
