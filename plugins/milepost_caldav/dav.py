"""The few requests of WebDAV and CalDAV that are needed, over the client that the host lends; knows no goal and no task.

Theory of operation
-------------------
What a server says is not trusted: an answer is read up to a bound and within a time, never unpacked, and its XML may
declare nothing (no entity, no document type). Redirects are followed on the very host, and never from https to http.
Nothing is written but over a version that was seen (`If-Match`), or where there is nothing yet (`If-None-Match: *`).
"""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote, unquote, urljoin, urlsplit
from xml.etree.ElementTree import Element
from xml.sax.saxutils import escape

import httpx
from msgspec import Struct

from milepost.plugin_api import PluginFailed

REQUEST_S = 40.0
"""For one request, from the first byte to the last of its answer."""
MAX_ANSWER = 16 * 1024 * 1024
MAX_ITEM = 512 * 1024
MAX_REDIRECTS = 5
MOVED = {301, 302, 307, 308}

DAV, CAL, CS = "DAV:", "urn:ietf:params:xml:ns:caldav", "http://calendarserver.org/ns/"
_NAMESPACES = f'xmlns:d="{DAV}" xmlns:c="{CAL}" xmlns:cs="{CS}"'
_PREFIXES = {"d": DAV, "c": CAL, "cs": CS}


class Answer(Struct, frozen=True):
    """What a server said: from where in the end, with which status and headers, and its body."""

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes


class Found(Struct, frozen=True):
    """What a multistatus says of one resource: its address, and its properties that there are; 404 where it is gone."""

    url: str
    status: int
    properties: Mapping[str, Element]

    def text(self, name: str) -> str:
        """The text of a property, as in `d:getetag`; empty where there is none."""
        element = self.properties.get(_tag(name))
        return (element.text or "").strip() if element is not None else ""

    def inner(self, name: str) -> list[str]:
        """The addresses in a property, whole."""
        element = self.properties.get(_tag(name))
        hrefs = element.iter(_tag("d:href")) if element is not None else ()
        return [whole(self.url, text) for href in hrefs if (text := (href.text or "").strip())]

    def has(self, name: str, part: str) -> bool:
        """Whether a property has such an element in it."""
        element = self.properties.get(_tag(name))
        return element is not None and element.find(f".//{_tag(part)}") is not None

    def values(self, name: str, part: str, attribute: str) -> list[str]:
        """An attribute of each such element in a property."""
        element = self.properties.get(_tag(name))
        return [one.get(attribute, "") for one in element.iter(_tag(part))] if element is not None else []


class Multistatus(Struct, frozen=True):
    """Every resource that was told of, by its address, and the token that names this moment, if the server gives such."""

    found: Mapping[str, Found]
    token: str


class Unanswered(PluginFailed):
    """A server's answer can't be understood."""


class TooMuch(PluginFailed):
    """A server's answer is larger than any should be, or may become so."""


class Dav:
    """A server, asked as one person. Whatever goes wrong raises."""

    def __init__(self, http: httpx.AsyncClient, username: str, password: str) -> None:
        self._http = http
        self._auth = httpx.BasicAuth(username.encode(), password.encode())

    async def ask(
        self, method: str, url: str, body: str = "", *, depth: str = "", expect: Sequence[int] = ()
    ) -> Answer:
        """One request with XML in it; a status from 400 that is not expected raises."""
        headers = {"content-type": "application/xml; charset=utf-8"} if body else {}
        if depth:
            headers["depth"] = depth
        for _ in range(MAX_REDIRECTS):
            answer = await self._send(method, url, body.encode(), headers)
            if answer.status not in MOVED:
                return _expected(answer, method, expect)
            url = _followed(url, answer)
        raise Unanswered(f"{urlsplit(url).hostname} sends from one address to the next, and never answers.")

    async def get(self, url: str) -> Answer:
        """A calendar object; the status is 404 where there is none."""
        return _expected(await self._send("GET", url, b"", {}, MAX_ITEM), "GET", (404, 410))

    async def put(self, url: str, body: bytes, etag: str) -> Answer:
        """Writes over the version that was seen, or where there is none yet; the status is 412 where that is not so."""
        headers = {"content-type": "text/calendar; charset=utf-8", **_condition(etag)}
        return await self._send("PUT", url, body, headers)

    async def delete(self, url: str, etag: str) -> Answer:
        """Takes away the version that was seen."""
        answer = await self._send("DELETE", url, b"", {"if-match": etag})
        return _expected(answer, "DELETE", (404, 409, 410, 412))

    async def properties(self, url: str, names: Sequence[str], depth: str = "0") -> Multistatus:
        """Properties of a resource, or of all that is in it."""
        return read(await self.ask("PROPFIND", url, asked_for(names), depth=depth))

    async def _send(
        self, method: str, url: str, body: bytes, headers: Mapping[str, str], most: int = MAX_ANSWER
    ) -> Answer:
        sent = {**headers, "accept-encoding": "identity"}
        async with (
            asyncio.timeout(REQUEST_S),
            self._http.stream(method, url, content=body, headers=sent, auth=self._auth) as response,
        ):
            if response.headers.get("content-encoding", "identity").lower() != "identity":
                raise TooMuch(f"{response.url.host} packs its answers though it was asked not to.")
            read = bytearray()
            async for piece in response.aiter_bytes():
                read += piece
                if len(read) > most:
                    raise TooMuch(f"{response.url.host} answered with more than {most >> 10:,} KiB.")
        return Answer(url, response.status_code, response.headers, bytes(read))


def _condition(etag: str) -> dict[str, str]:
    return {"if-match": etag} if etag else {"if-none-match": "*"}


def _expected(answer: Answer, method: str, expect: Sequence[int]) -> Answer:
    if answer.status >= 400 and answer.status not in expect:
        raise refused(answer, method)
    return answer


def refused(answer: Answer, method: str) -> Exception:
    """What to raise for a status that nobody asked for."""
    if answer.status == 401:
        return PluginFailed("The calendar server does not take the user name and the password (401).")
    request = httpx.Request(method, answer.url)
    response = httpx.Response(answer.status, headers=answer.headers, request=request)
    return httpx.HTTPStatusError(f"{request.url.host} answered {answer.status}.", request=request, response=response)


def _followed(url: str, answer: Answer) -> str:
    """Where a redirect leads, if it may be followed."""
    to = whole(url, answer.headers.get("location", ""))
    before, after = urlsplit(url), urlsplit(to)
    if after.hostname == before.hostname and after.scheme in {before.scheme, "https"}:
        return to
    raise PluginFailed(f"Your calendars are at {after.scheme}://{after.hostname}: set that as `url`.")


def asked_for(names: Sequence[str]) -> str:
    """A request for properties."""
    return f"<d:propfind {_NAMESPACES}><d:prop>{''.join(f'<{name}/>' for name in names)}</d:prop></d:propfind>"


def changes_since(token: str) -> str:
    """A request for what changed since a token (RFC 6578)."""
    return (
        f"<d:sync-collection {_NAMESPACES}><d:sync-token>{escape(token)}</d:sync-token><d:sync-level>1</d:sync-level>"
        "<d:prop><d:getetag/></d:prop></d:sync-collection>"
    )


def bodies_of(urls: Sequence[str]) -> str:
    """A request for calendar objects with their versions."""
    hrefs = "".join(f"<d:href>{escape(urlsplit(url).path)}</d:href>" for url in urls)
    return (
        f"<c:calendar-multiget {_NAMESPACES}><d:prop><d:getetag/><c:calendar-data/></d:prop>{hrefs}"
        "</c:calendar-multiget>"
    )


def making(name: str, component: str) -> str:
    """A request for a new collection of one kind of calendar objects."""
    return (
        f"<c:mkcalendar {_NAMESPACES}><d:set><d:prop><d:displayname>{escape(name)}</d:displayname>"
        f'<c:supported-calendar-component-set><c:comp name="{component}"/></c:supported-calendar-component-set>'
        "</d:prop></d:set></c:mkcalendar>"
    )


def _tag(name: str) -> str:
    prefix, _, local = name.partition(":")
    return f"{{{_PREFIXES[prefix]}}}{local}"


def whole(base: str, href: str) -> str:
    """An address as it is written in one way alone: servers escape the same path in several."""
    parts = urlsplit(urljoin(base, href))
    path = "/".join(quote(unquote(part), safe=":@!$&'()*+,;=~-._") for part in parts.path.split("/"))
    return f"{parts.scheme}://{parts.netloc}{path or '/'}"


def parsed(body: bytes) -> Element:
    """XML that declares nothing.

    Raises:
        Unanswered: it is none, or it does.

    """
    try:
        from defusedxml import DefusedXmlException
        from defusedxml.ElementTree import fromstring
    except ImportError:
        raise PluginFailed("Calendar servers need one more package here: pip install 'milepost[caldav]'.") from None
    try:
        root: Element = fromstring(body, forbid_dtd=True)
    except (DefusedXmlException, ValueError, LookupError, SyntaxError) as error:
        raise Unanswered(f"The calendar server's answer can't be read ({type(error).__name__}).") from None
    return root


def read(answer: Answer) -> Multistatus:
    """A multistatus, as RFC 4918 has it.

    Raises:
        Unanswered: it is none.

    """
    root = parsed(answer.body) if answer.status == 207 else None
    if root is None or root.tag != _tag("d:multistatus"):
        raise Unanswered(f"{urlsplit(answer.url).hostname} does not answer as a calendar server does.")
    found: dict[str, Found] = {}
    for response in root.iterfind(_tag("d:response")):
        href = (response.findtext(_tag("d:href")) or "").strip()
        if not href:
            continue
        properties: dict[str, Element] = {}
        for propstat in response.iterfind(_tag("d:propstat")):
            if _status(propstat) == 200:
                properties |= {one.tag: one for prop in propstat.iterfind(_tag("d:prop")) for one in prop}
        url = whole(answer.url, href)
        found[url] = Found(url, _status(response) or 200, properties)
    return Multistatus(found, (root.findtext(_tag("d:sync-token")) or "").strip())


def _status(element: Element) -> int:
    words: list[Any] = (element.findtext(_tag("d:status")) or "").split()
    return int(words[1]) if len(words) > 1 and words[1].isascii() and words[1].isdigit() else 0
