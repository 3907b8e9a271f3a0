"""What changed in a collection since it was last looked at: by its own account where that can be had, else by comparing.

A server that tells changes since a token is asked so, once; where nothing changed that is the only request. Whatever it
does not understand, or does not want to say any more, ends in a list of all versions, which we compare ourselves. So it
does once a day in any case: servers were seen that leave deletions out.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import httpx
from msgspec import Struct

from milepost.plugin_api import Context, PluginFailed
from milepost_caldav.dav import Answer, Dav, Multistatus, bodies_of, changes_since, read, refused
from milepost_caldav.settings import CaldavSettings

FULL_EVERY = timedelta(days=1)
AT_ONCE = 50
_STATE = "looked"
_TOKENS = ("d:sync-token", "cs:getctag")
_NO_MORE = (400, 403, 404, 405, 409, 410, 412, 415, 418, 422, 501, 507)
"""What servers say of a token that is none any more, or of a question that they don't know."""


class Looked(Struct, frozen=True):
    """The versions of what may have changed, by address, and what seems to be gone."""

    changed: Mapping[str, str]
    gone: frozenset[str]


class Body(Struct, frozen=True):
    """A calendar object with its version; empty where it is gone."""

    etag: str
    text: bytes


class Collection:
    """One collection, looked at from time to time."""

    def __init__(self, context: Context[CaldavSettings], dav: Dav, url: str) -> None:
        self._context, self._dav, self._url = context, dav, url

    async def look(self, known: Sequence[str]) -> Looked:
        """What changed among all, or is gone of what is known.

        Raises:
            PluginFailed: the collection is not there any more.

        """
        kept: dict[str, Any] = self._context.state.get(_STATE, {})
        if kept.get("url") == self._url and not self._is_old(kept.get("at", "")):
            looked = await self._since(kept)
            if looked is not None:
                return looked
        return await self._all(known)

    def _is_old(self, at: str) -> bool:
        return not at or self._context.now - datetime.fromisoformat(at) > FULL_EVERY

    async def _since(self, kept: dict[str, Any]) -> Looked | None:
        if token := kept.get("sync"):
            told = await self._changes(token)
            if told is None:
                return None
            self._context.state[_STATE] = {**kept, "sync": told.token}
            of_items = {url: one for url, one in told.found.items() if url != self._url}
            gone = frozenset(url for url, one in of_items.items() if one.status == 404)
            changed = {url: one.text("d:getetag") for url, one in of_items.items() if url not in gone}
            return Looked(changed, gone)
        if ctag := kept.get("ctag"):
            now = await self._tokens()
            return Looked({}, frozenset()) if now.get("ctag") == ctag else None
        return None

    async def _changes(self, token: str) -> Multistatus | None:
        """What changed since a token; None where that is not told, or not all of it."""
        answer = await self._dav.ask("REPORT", self._url, changes_since(token), depth="0", expect=_NO_MORE)
        if answer.status in _NO_MORE:
            return None
        told = read(answer)
        itself = told.found.get(self._url)
        whole = itself is None or itself.status < 400
        return told if told.token and whole else None

    async def _tokens(self) -> dict[str, str]:
        told = await self._properties(_TOKENS, "0")
        found = next(iter(told.found.values()), None)
        return {"sync": found.text("d:sync-token"), "ctag": found.text("cs:getctag")} if found is not None else {}

    async def _all(self, known: Sequence[str]) -> Looked:
        """All there is. What changes while it is listed is found the next time: what names this moment is read before."""
        tokens = await self._tokens()
        told = await self._properties(["d:getetag"], "1")
        there = {url: one.text("d:getetag") for url, one in told.found.items() if url != self._url}
        self._context.state[_STATE] = {"url": self._url, "at": self._context.now.isoformat(), **tokens}
        return Looked(there, frozenset(url for url in known if url not in there))

    async def _properties(self, names: Sequence[str], depth: str) -> Multistatus:
        try:
            return await self._dav.properties(self._url, names, depth=depth)
        except httpx.HTTPStatusError as error:
            if error.response.status_code in {404, 410}:
                raise PluginFailed(
                    "The list of tasks is not there any more. `milepost connection withdraw` and `resume` begin anew."
                ) from None
            raise

    async def bodies(self, urls: Sequence[str]) -> dict[str, Body]:
        """Calendar objects by their addresses, many at once; those that are gone are empty."""
        found: dict[str, Body] = {}
        for at in range(0, len(urls), AT_ONCE):
            part = urls[at : at + AT_ONCE]
            answer = await self._dav.ask("REPORT", self._url, bodies_of(part), depth="1", expect=_NO_MORE)
            told = read(answer).found if answer.status == 207 else {}
            for url in part:
                one = told.get(url)
                if one is not None and one.status == 404:
                    found[url] = Body("", b"")
                elif one is not None and (text := one.text("c:calendar-data")) and (etag := one.text("d:getetag")):
                    found[url] = Body(etag, text.encode())
                else:
                    found[url] = await self._one(url)
        return found

    async def _one(self, url: str) -> Body:
        answer: Answer = await self._dav.get(url)
        if answer.status >= 400:
            return Body("", b"")
        if answer.status != 200:
            raise refused(answer, "GET")
        return Body(answer.headers.get("etag", ""), answer.body)
