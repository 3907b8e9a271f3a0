"""A FHIR server, asked over the client that the host lends: the token, the bounds, what a status means. It knows no journal.

Theory of operation
-------------------
What a server says is not trusted: an answer is read up to a bound and within a time, and never unpacked. No redirect is
followed, and a next page only on the very host. A token that the server takes no more is asked for anew, once; everything
else that is not about what was sent (401, 403, 429, 5xx, no answer) raises, so that the host tries again later.
"""

import asyncio
from collections.abc import Collection, Iterable, Mapping
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

import httpx
import msgspec
from msgspec import Struct

from milepost.plugin_api import PluginFailed
from milepost_fhir.reading import Bundle, is_a, outcome_of, read
from milepost_fhir.settings import ServerSettings
from milepost_fhir.signing_in import TOKENS, Form, Tokens, name_of, signed_in
from milepost_fhir.unreached import in_words

REQUEST_S = 40.0
"""For one request, from the first byte to the last of its answer."""
MAX_ANSWER = 16 * 1024 * 1024
MAX_SMALL = 64 * 1024
"""Bytes of what is said about tokens."""
MAX_PAGES = 50
PAGE = 100
_FHIR = "application/fhir+json"
_REDIRECTS = {301, 302, 303, 307, 308}


class Answer(Struct, frozen=True):
    """What a server said, to something that it understood."""

    status: int
    body: bytes

    @property
    def words(self) -> str:
        """Why it refuses, for people."""
        said = outcome_of(self.body).words
        return f"The FHIR server does not take it ({self.status}){f': {said}' if said else '.'}"


class Server:
    """A server, asked as one program. Whatever goes wrong raises."""

    def __init__(self, http: httpx.AsyncClient, settings: ServerSettings, tokens: Tokens = TOKENS) -> None:
        self._http, self._settings, self._tokens = http, settings, tokens
        self.requests = 0
        """How many were made of the server itself."""

    async def get(self, path: str, *, expect: Collection[int] = (), signed: bool = True) -> Answer:
        """What is at a path below the base, or at an address of this server."""
        return await self._ask("GET", path, None, expect, signed=signed)

    async def post(self, bundle: Mapping[str, Any], *, expect: Collection[int] = ()) -> Answer:
        """Has a Bundle done. As little as there needs to be comes back."""
        return await self._ask("POST", "", msgspec.json.encode(bundle), expect)

    async def search(self, kind: str, query: Iterable[tuple[str, str]], most: int = MAX_PAGES) -> list[dict[str, Any]]:
        """Every resource of its type that a search finds, page by page; each has an id.

        Raises:
            PluginFailed: a page is elsewhere, or there are too many.

        """
        written = "&".join(f"{name}={quote(value, safe=':/,.-')}" for name, value in query)
        path, found = f"{kind}?{written}", list[dict[str, Any]]()
        for _ in range(most):
            page = read((await self.get(path)).body, Bundle)
            found += [one.resource for one in page.entry if one.resource is not None and is_a(one.resource, kind)]
            if not page.next:
                return found
            path = self._here(page.next)
        raise PluginFailed(f"The FHIR server has over {most} pages of {kind}s: more than can be looked through.")

    def _here(self, url: str) -> str:
        """An address, if it is on the very server: nothing is asked of another, nor is it told the token."""
        whole = urljoin(f"{self._settings.base}/", url)
        there, base = urlsplit(whole), urlsplit(self._settings.base)
        if (there.scheme, there.netloc) != (base.scheme, base.netloc):
            raise PluginFailed(f"The FHIR server sends to {there.scheme}://{there.netloc[:200]}, which is not asked.")
        return whole

    async def _ask(
        self, method: str, path: str, body: bytes | None, expect: Collection[int], *, signed: bool = True
    ) -> Answer:
        url = path if path.startswith(("http://", "https://")) else f"{self._settings.base}/{path}".rstrip("/")
        headers = {"accept": _FHIR, "cache-control": "no-cache"}  # some remember what a search found for a while
        if body is not None:
            headers |= {"content-type": _FHIR, "prefer": "return=minimal"}
        for last in (False, True):
            self.requests += 1
            more = await self._authorization() if signed else {}
            status, said, response = await self._send(method, url, {**headers, **more}, content=body)
            if status == 401 and self._settings.client_id and signed and not last:
                self._tokens.drop(name_of(self._settings))
                continue
            break
        if status < 300 or status in expect:
            return Answer(status, said)
        raise self._refused(response, said)

    async def _authorization(self) -> dict[str, str]:
        settings = self._settings
        token = settings.token.reveal() if settings.token else ""
        if settings.client_id:
            token = await signed_in(settings, self._ask_for_token, self._tokens)
        return {"authorization": f"Bearer {token}"} if token else {}

    async def _ask_for_token(self, url: str, form: Form | None) -> tuple[int, bytes]:
        accepted = {"accept": "application/json"}
        method = "GET" if form is None else "POST"
        status, body, response = await self._send(method, url, accepted, data=form, most=MAX_SMALL)
        if status in _REDIRECTS or status == 429 or status >= 500:
            raise self._refused(response, body)
        return status, body

    async def _send(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        *,
        content: bytes | None = None,
        data: Form | None = None,
        most: int = MAX_ANSWER,
    ) -> tuple[int, bytes, httpx.Response]:
        sent = {**headers, "accept-encoding": "identity"}
        try:
            async with (
                asyncio.timeout(REQUEST_S),
                self._http.stream(method, url, content=content, data=data, headers=sent) as response,
            ):
                return response.status_code, await _body(response, most), response
        except (httpx.TransportError, TimeoutError) as error:
            raise in_words(error, urlsplit(url).hostname or "") from error

    def _refused(self, response: httpx.Response, body: bytes) -> Exception:
        """What to raise for a status that nobody asked for."""
        status = response.status_code
        if status == 401:
            return PluginFailed("The FHIR server does not take the token (401). See to `token`, or to `client_id`.")
        if status == 403:
            return PluginFailed("The FHIR server lets you in, and not do this (403): it has to give more rights.")
        if status in _REDIRECTS:
            return PluginFailed(f"The FHIR server has moved ({status}): set its new address as `url`.")
        if status == 429 or status >= 500:
            said = f"The FHIR server answered {status}."
            return httpx.HTTPStatusError(said, request=response.request, response=response)
        return PluginFailed(Answer(status, body).words)


async def _body(response: httpx.Response, most: int) -> bytes:
    """An answer, up to so many bytes, and never unpacked."""
    if response.headers.get("content-encoding", "identity").lower() != "identity":
        raise PluginFailed("The FHIR server packs its answers though it was asked not to.")
    read_so_far = bytearray()
    async for piece in response.aiter_bytes():
        read_so_far += piece
        if len(read_so_far) > most:
            raise PluginFailed(f"The FHIR server answered with more than {most >> 10:,} KiB.")
    return bytes(read_so_far)
