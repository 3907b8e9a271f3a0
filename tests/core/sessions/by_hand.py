"""What the tests of sessions at a terminal share."""

import uuid
from datetime import date, timedelta
from typing import Any

from tests.core.terminal import Milepost, today

TODAY = today()
FIRST = TODAY + timedelta(2)


def occurrence(of: str, day: date, at: str = "15:00:00") -> str:
    """The id that every device gives an occurrence."""
    return str(uuid.uuid5(uuid.UUID(of), f"{day.isoformat()}T{at}"))


def log_types(milepost: Milepost) -> list[str]:
    return [event["type"] for event in milepost("log")]


def coming(milepost: Milepost) -> list[dict[str, Any]]:
    return [row for row in milepost("session", "list") if row["kind"] == "session"]
