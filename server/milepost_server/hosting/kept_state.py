"""What a connector keeps about a journal, while a call uses it: bounded, sealed where it is stored; knows no delivery."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping
from typing import Any

import msgspec

from milepost.errors import PluginFailed
from milepost.plugin_api import State
from milepost.plugin_api.marks import check_mark
from milepost_server.hosting.keyring import Keyring
from milepost_server.hosting.loops import Lent

MAX_KEYS = 20_000
MAX_BYTES = 4 * 1024 * 1024
MAX_KEY = 500

Store = Callable[[Mapping[str, str | None]], Awaitable[None]]
"""Stores sealed values by key (None: dropped), on the server's loop."""


class KeptState(State):
    """The values as JSON texts, and which of them a call changed. Used by the plugin's thread while the call runs."""

    def __init__(self, sealed: Mapping[str, str], keyring: Keyring, uid: str) -> None:
        self._keyring, self._uid = keyring, uid
        self._texts = {name: keyring.open(value, uid, "state", name) for name, value in sealed.items()}
        self._bytes = sum(len(name) + len(text) for name, text in self._texts.items())
        self._changed: set[str] = set()
        self._lent: Lent | None = None
        self._save: Callable[[], Awaitable[None]] | None = None

    def lend(self, lent: Lent, store: Store) -> None:
        """A call begins, which may use it as long as `lent` is alive."""
        loop = asyncio.get_running_loop()

        async def save() -> None:
            changed = self.changed()
            await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(_alive(lent, store, changed), loop))

        self._lent, self._save = lent, save

    def changed(self) -> dict[str, str | None]:
        """What was changed since this was last asked, sealed."""
        names, self._changed = self._changed, set()
        return {
            name: self._keyring.seal(self._texts[name], self._uid, "state", name) if name in self._texts else None
            for name in names
        }

    async def save(self) -> None:
        if self._save is not None:
            await self._save()

    def __getitem__(self, name: str) -> Any:
        return msgspec.json.decode(self._texts[name])

    def __setitem__(self, name: str, value: Any) -> None:
        self._check()
        check_mark(name, value)
        text = msgspec.json.encode(value).decode()
        if len(name) > MAX_KEY:
            raise PluginFailed(f"A key of `context.state` has at most {MAX_KEY} characters.")
        size = self._bytes + len(name) + len(text) - self._size(name)
        if size > MAX_BYTES or (name not in self._texts and len(self._texts) >= MAX_KEYS):
            raise PluginFailed(f"`context.state` holds at most {MAX_KEYS:,} keys and {MAX_BYTES >> 20} MiB.")
        self._bytes = size
        if self._texts.get(name) != text:
            self._texts[name] = text
            self._changed.add(name)

    def __delitem__(self, name: str) -> None:
        self._check()
        size = self._size(name)
        del self._texts[name]
        self._bytes -= size
        self._changed.add(name)

    def _size(self, name: str) -> int:
        return len(name) + len(self._texts[name]) if name in self._texts else 0

    def __iter__(self) -> Iterator[str]:
        return iter(list(self._texts))

    def __len__(self) -> int:
        return len(self._texts)

    def _check(self) -> None:
        if self._lent is not None:
            self._lent.check()


async def _alive(lent: Lent, store: Store, changed: Mapping[str, str | None]) -> None:
    lent.check()
    await store(changed)
