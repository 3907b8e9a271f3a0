"""Bringing sessions outside as events, and taking them away; one way: what was changed there is written over."""

from urllib.parse import urlsplit

from milepost.plugin_api import Answer, Done
from milepost_caldav.links import Link
from milepost_caldav.places import Use
from milepost_caldav.sending import BUSY, TRIES, UNTOUCHED, Sender
from milepost_caldav.sessions import calendar_of


class SessionSender:
    """The way outside for sessions, beside that of tasks."""

    def __init__(self, sender: Sender) -> None:
        self._sender, self._links = sender, sender.links

    async def bring(self, link: Link) -> Answer:
        """Has a session, or a series of them, there as it is to be; what was changed there is written over."""
        uid = self._links.uid(link)
        title = "Session" if self._sender.wording.own else "Appointment"
        body = calendar_of(uid, title, link.main, link.others, "")
        if not body:
            return await self.take(link)
        collection = await self._sender.places.collection("appointments")
        if link.href and not link.href.startswith(collection):
            await self.take(link, forget=True)
        revision = self._links.name_of(body)
        if link.gone or link.revision == revision:
            return UNTOUCHED
        body = calendar_of(uid, title, link.main, link.others, revision)
        url, etag = self._links.url(link, collection), link.etag
        for _ in range(TRIES):
            said = await self._sender.dav.put(url, body, etag)
            if said.status == 412:
                etag = await self._version(url)
                if not etag and link.revision and not link.leaving:
                    return self._sender.let_go(link)
                continue
            if said.status >= 400:
                return self._sender.rejected(said)
            link.leaving = False
            link.href, link.revision, link.etag = (
                url,
                revision,
                said.headers.get("etag", "") or await self._version(url),
            )
            self._links.keep(link)
            return Done()
        return BUSY

    async def take(self, link: Link, *, forget: bool = False) -> Answer:
        """Takes a session away."""
        use: Use = "appointments"
        collection = await self._sender.places.collection(use, make=False) if not link.href else link.href
        url, etag, sent = link.href or self._links.url(link, collection), link.etag, False
        if not collection or link.gone or urlsplit(url).hostname not in self._sender.hosts:
            etag, url = "", ""
        for _ in range(TRIES if url else 0):
            etag = etag or await self._version(url)
            if not etag:
                break
            await self._sender.note_leaving(link)
            if (await self._sender.dav.delete(url, etag)).status != 412:
                sent = True
                break
            etag = ""
        if not link.gone or forget:
            link.forget_outside()
        self._links.keep(link)
        return Done(sent=sent)

    async def _version(self, url: str) -> str:
        """The version of what is there; empty where nothing is."""
        said = await self._sender.dav.get(url)
        if said.status >= 400:
            return ""
        if etag := said.headers.get("etag", ""):
            return etag
        told = await self._sender.dav.properties(url, ["d:getetag"])
        return next((one.text("d:getetag") for one in told.found.values()), "")
