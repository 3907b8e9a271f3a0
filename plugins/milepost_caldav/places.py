"""Where a person's calendars are, and the two collections that are used: found (RFC 6764, 5397, 4791), named, or made.

A collection that is made has an address worked out from the connection, so that it is made once, however often that is
tried; its name says nothing of the person.
"""

import uuid
from typing import Literal
from urllib.parse import urlsplit

import httpx
from msgspec import Struct

from milepost.plugin_api import Context, PluginFailed
from milepost_caldav.dav import Dav, Found, Unanswered, making, whole
from milepost_caldav.settings import CaldavSettings

Use = Literal["tasks", "appointments"]

COMPONENT: dict[Use, str] = {"tasks": "VTODO", "appointments": "VEVENT"}
NAMES: dict[Use, str] = {"tasks": "Milepost", "appointments": "Milepost appointments"}
_WHO = ("d:current-user-principal", "c:calendar-home-set", "d:resourcetype")
_WHAT = ("d:resourcetype", "d:displayname", "c:supported-calendar-component-set")
_NONE_THERE = {400, 403, 404, 405, 409, 410, 501}
_STATE = "places"


class Collection(Struct, frozen=True):
    """A collection of calendar objects: its address, its name, and what it takes (nothing said: all)."""

    url: str
    name: str
    components: tuple[str, ...]

    def takes(self, use: Use) -> bool:
        """Whether it can be used so."""
        return not self.components or COMPONENT[use] in self.components


class Places:
    """The collections of one connection. What was found is kept, as long as the settings stay the same."""

    def __init__(self, context: Context[CaldavSettings], dav: Dav) -> None:
        self._context, self._dav = context, dav
        settings = context.settings
        self._for = [settings.url, settings.username, settings.tasks, settings.appointments]

    def known(self, use: Use) -> str:
        """The address of a collection, if it was found before; else empty."""
        kept = self._context.state.get(_STATE, {})
        return str(kept.get(use, "")) if kept.get("for") == self._for else ""

    async def collection(self, use: Use, *, make: bool = True) -> str:
        """The address of a collection; empty where there is none yet and none is to be made.

        Raises:
            PluginFailed: there is none of the name that was given, or none can be made; says what to do.

        """
        if url := self.known(use):
            return url
        home = await self.home()
        url = await self._named(home, use) if self._wanted(use) else await self._own(home, use, make=make)
        if url:
            kept = self._context.state.get(_STATE, {})
            kept = kept if kept.get("for") == self._for else {"for": self._for}
            self._context.state[_STATE] = {**kept, use: url}
        return url

    def _wanted(self, use: Use) -> str:
        settings = self._context.settings
        return settings.tasks if use == "tasks" else settings.appointments

    async def home(self) -> str:
        """The address under which the person's collections are.

        Raises:
            PluginFailed: nothing says where.

        """
        base = self._context.settings.base
        for start in (base, whole(base, "/.well-known/caldav")):
            found = await self._asked(start)
            if found is None:
                continue
            if homes := found.inner("c:calendar-home-set"):
                return self._here(homes[0])
            for principal in found.inner("d:current-user-principal")[:1]:
                who = await self._asked(self._here(principal))
                if who is not None and (homes := who.inner("c:calendar-home-set")):
                    return self._here(homes[0])
        raise PluginFailed("No calendars were found there: see to `url`, which is told by your calendar server.")

    async def _asked(self, url: str) -> Found | None:
        try:
            told = await self._dav.properties(url, _WHO)
        except httpx.HTTPStatusError as error:
            if error.response.status_code in _NONE_THERE:
                return None
            raise
        except Unanswered:
            return None
        return next(iter(told.found.values()), None)

    def _here(self, url: str) -> str:
        """An address, if it is on the very server that was named: nothing is asked of another."""
        parts, base = urlsplit(url), urlsplit(self._context.settings.base)
        if parts.hostname != base.hostname or parts.scheme not in {base.scheme, "https"}:
            raise PluginFailed(f"Your calendars are at {parts.scheme}://{parts.hostname}: set that as `url`.")
        return url if url.endswith("/") else f"{url}/"

    async def all(self, home: str) -> list[Collection]:
        """The collections of calendar objects that there are."""
        told = await self._dav.properties(home, _WHAT, depth="1")
        return [_collection(found) for found in told.found.values() if found.has("d:resourcetype", "c:calendar")]

    async def _named(self, home: str, use: Use) -> str:
        wanted = self._wanted(use)
        there = await self.all(home)
        address = self._here(whole(home, wanted)) if "/" in wanted else ""
        for one in there:
            if wanted == one.name or address == one.url:
                if one.takes(use):
                    return one.url
                raise PluginFailed(f"The collection that `{use}` names takes no {COMPONENT[use]} there: name another.")
        raise PluginFailed(f"There is no collection there as `{use}` names it; there are {len(there)}. Name another.")

    async def _own(self, home: str, use: Use, *, make: bool) -> str:
        connection = uuid.UUID(self._context.connection)
        url = f"{home}{uuid.uuid5(connection, use)}/"
        if await self._is_there(url):
            return url
        if not make:
            return ""
        answer = await self._dav.ask("MKCALENDAR", url, making(NAMES[use], COMPONENT[use]), expect=tuple(_NONE_THERE))
        if answer.status >= 400 and not await self._is_there(url):
            raise PluginFailed(
                f"The calendar server makes no collection for {use} ({answer.status}). Make one there, and name it: "
                f"`--set {use}=NAME`."
            )
        return url

    async def _is_there(self, url: str) -> bool:
        try:
            told = await self._dav.properties(url, _WHAT)
        except httpx.HTTPStatusError as error:
            if error.response.status_code in _NONE_THERE:
                return False
            raise
        return any(found.has("d:resourcetype", "c:calendar") for found in told.found.values())


def _collection(found: Found) -> Collection:
    components = found.values("c:supported-calendar-component-set", "c:comp", "name")
    url = found.url if found.url.endswith("/") else f"{found.url}/"
    return Collection(url, found.text("d:displayname"), tuple(one.upper() for one in components))
