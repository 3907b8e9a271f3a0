"""Moments as people say them: `5 minutes ago`, `in 2 hours`. Takes now as an argument."""

_UNITS = ((86_400_000, "day"), (3_600_000, "hour"), (60_000, "minute"))


def moment(at_ms: int, now_ms: int) -> str:
    """How far a moment is from now; `never` for none."""
    if not at_ms:
        return "never"
    away = abs(at_ms - now_ms)
    for length, name in _UNITS:
        if away >= length:
            count = away // length
            words = f"{count} {name}{'' if count == 1 else 's'}"
            return f"in {words}" if at_ms > now_ms else f"{words} ago"
    return "in a moment" if at_ms > now_ms else "just now"
