"""Places in an order that people set themselves: text keys between any two of which another fits; pure.

(Fractional indexing, after Greenspan, "Implementing Fractional Indexing", 2020.) Keys sort as ASCII text.
"""

DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_BASE = len(DIGITS)


def rank_between(before: str, after: str) -> str:
    """A key above `before` and below `after`; an empty one stands for the very first or the very last place.

    Raises:
        ValueError: `before` is not below `after`, or one of them is not such a key.

    """
    for key in (before, after):
        if any(sign not in DIGITS for sign in key) or key.endswith("0"):
            raise ValueError(f"{key!r} is not a rank.")
    if after and before >= after:
        raise ValueError(f"{before!r} is not before {after!r}.")
    return _between(before, after)


def _between(before: str, after: str) -> str:
    key = ""
    at = 0
    while True:
        low = DIGITS.index(before[at]) if at < len(before) else 0
        high = DIGITS.index(after[at]) if at < len(after) else _BASE
        if high - low > 1:
            # Near the open ends steps are small, so that keys of a list that only grows stay short.
            step = 1 if not after else (high - low) // 2
            return key + DIGITS[low + step]
        key += DIGITS[low]
        if high - low == 1:
            after = ""
        at += 1
