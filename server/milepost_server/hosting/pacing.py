"""When a connection is tried again, and when all of it is to be sent again; pure but for a little chance."""

import hashlib
import json
import random
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from milepost.journal import State
from milepost.plugin_api import Connector
from milepost.plugin_settings import written
from milepost_server.hosting.connections import Kept, Progress

FIRST_WAIT_MS = 5_000
LONGEST_WAIT_MS = 3_600_000
LONGEST_ASKED_MS = 86_400_000
"""Between two tries: twice as long each time, a part of it by chance; and the most that the other side may ask for."""


def after_failure(progress: Progress, reason: str, after_s: float, now_ms: int) -> Progress:
    """How far a connection is after a call that is to be made again, for `reason`, not before `after_s` seconds."""
    failures = progress.failures + 1
    wait = min(FIRST_WAIT_MS * 2 ** min(failures - 1, 20), LONGEST_WAIT_MS)
    wait = int(wait * random.uniform(0.8, 1.2))  # noqa: S311 - no secret
    asked = int(min(max(after_s, 0.0), LONGEST_ASKED_MS / 1000) * 1000)
    return replace(progress, failures=failures, due_at=now_ms + max(wait, asked), error=reason, error_at=now_ms)


def fingerprint_of(kept: Kept, settings: Struct, cls: type[Connector[Any]], state: State) -> str:
    """Changes where a connection's view of everything may be another, or look different outside."""
    own = state.fields("journal", state.journal)
    parts = [
        sorted(kept.grant.scopes),
        kept.plain,
        own.get("time_zone"),
        own.get("locale"),
        written(settings),
        cls.name,
        cls.version,
        sorted(cls.kinds),
    ]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()
