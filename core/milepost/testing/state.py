"""What a connector keeps about a journal, in memory, with the bounds that the host has."""

from collections.abc import Iterator
from typing import Any

import msgspec

from milepost.errors import PluginFailed
from milepost.plugin_api import State
from milepost.plugin_api.marks import check_mark

MAX_KEYS = 20_000
MAX_BYTES = 4 * 1024 * 1024


class FakeState(State):
    """Values are kept as JSON: what is changed in a value that was read is not kept until it is set again."""

    def __init__(self) -> None:
        self._now: dict[str, bytes] = {}
        self._saved: dict[str, bytes] = {}
        self._size = 0
        self.saves = 0

    def __getitem__(self, key: str) -> Any:
        return msgspec.json.decode(self._now[key])

    def __setitem__(self, key: str, value: Any) -> None:
        if not isinstance(key, str):
            raise PluginFailed(f"A key of `context.state` must be a text, not {type(key).__name__}.")
        check_mark(key, value)
        try:
            body = msgspec.json.encode(value)
        except (TypeError, ValueError) as error:
            raise PluginFailed(f"`context.state[{key!r}]` must be a JSON value: {error}.") from error
        size = self._size + len(body) - len(self._now.get(key, b"")) + (0 if key in self._now else len(key.encode()))
        if size > MAX_BYTES:
            raise PluginFailed(f"`context.state` would have over {MAX_BYTES // 1024 // 1024} MiB: keep less in it.")
        if len(self._now) >= MAX_KEYS and key not in self._now:
            raise PluginFailed(f"`context.state` would have over {MAX_KEYS:,} keys: keep less in it.")
        self._now[key] = body
        self._size = size

    def __delitem__(self, key: str) -> None:
        self._size -= len(self._now.pop(key)) + len(key.encode())

    def __iter__(self) -> Iterator[str]:
        return iter(tuple(self._now))

    def __len__(self) -> int:
        return len(self._now)

    async def save(self) -> None:
        """Stores it now."""
        self.saves += 1
        self.keep()

    def keep(self) -> None:
        """A call came back: what it changed stays."""
        self._saved = dict(self._now)

    def forget(self) -> None:
        """A call raised, or was cut short: what it changed since it was last stored is as it was."""
        self._now = dict(self._saved)
        self._size = sum(len(key.encode()) + len(body) for key, body in self._now.items())
