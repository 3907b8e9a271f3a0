"""Codings of bodies (RFC 9110, section 8.4): answers compressed as the client asks, requests read as they were sent.

A request's limits are those of its decoded bytes, and no more than that is ever decoded. An answer that is streamed is
never touched. An entity tag names the bytes that are sent, so a coded answer has one of its own, which is understood
when it comes back.
"""

import asyncio
import gzip
import io
import zlib
from collections.abc import Sequence
from typing import Any

import zstandard
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from milepost.errors import InvalidInput, TooLarge, UnknownCoding
from milepost.messages import MAX_PUSH_BYTES, MIN_CODED_BYTES

MAX_BODY_BYTES = MAX_PUSH_BYTES + 64 * 1024
CODINGS = ("zstd", "gzip")
"""The better one first."""
ZSTD_LEVEL = 3
GZIP_LEVEL = 5
MAX_WINDOW_BYTES = 8 * 1024 * 1024
"""The window that every decoder must offer (RFC 8878, section 3.1.1.1.2); a body that wants more is refused."""
THREAD_FROM_BYTES = 32 * 1024
"""Bodies above this are compressed on a thread, so that nobody else waits."""

_CODED_TYPES = (b"application/json", b"application/problem+json", b"application/vnd.oai", b"text/", b"image/svg")
_CONDITIONS = (b"if-match", b"if-none-match")

Headers = list[tuple[bytes, bytes]]


class Coded:
    """Middleware around one application."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request.

        Raises:
            UnknownCoding, TooLarge, InvalidInput: its body can't be read.

        """
        if scope["type"] != ScopeType.HTTP:
            await self._app(scope, receive, send)
            return
        headers: Headers = list(scope["headers"])
        coding = _first(headers, b"content-encoding").strip().lower()
        if coding and coding != b"identity":
            body = decoded(await _body(receive), coding.decode("latin-1"))
            dropped = (b"content-encoding", b"content-length")
            headers = [pair for pair in headers if pair[0] not in dropped]
            headers.append((b"content-length", b"%d" % len(body)))
            receive = _given(body, receive)
        asked = chosen(b",".join(value for name, value in headers if name == b"accept-encoding").decode("latin-1"))
        tagged = any(b'-%b"' % asked.encode() in value for name, value in headers if name in _CONDITIONS and asked)
        scope["headers"] = [(name, _plain_tags(value) if name in _CONDITIONS else value) for name, value in headers]
        await self._app(scope, receive, _Answer(send, asked, tagged=tagged))


class _Answer:
    """Holds the head of an answer until its body is there, and sends both in the coding that was asked for."""

    def __init__(self, send: Send, coding: str, *, tagged: bool) -> None:
        self._send, self._coding, self._tagged = send, coding, tagged
        self._start: Message | None = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._start = message
            return
        start, self._start = self._start, None
        if start is not None:
            message = await self._begun(start, message)
        await self._send(message)

    async def _begun(self, start: Any, message: Any) -> Any:
        headers: Headers = list(start["headers"])
        body = message.get("body", b"")
        given = _first(headers, b"content-encoding")
        coded = _first(headers, b"content-type").startswith(_CODED_TYPES)
        if start["status"] == 304 and self._tagged:
            headers = _with_tag(headers, self._coding)
        if message.get("more_body") or not coded or not body:
            start["headers"] = headers
            await self._send(start)
            return message
        headers.append((b"vary", b"accept-encoding"))
        if given and given.decode() != self._coding:
            body = await asyncio.to_thread(_undone, body)
            headers = [pair for pair in headers if pair[0] != b"content-encoding"]
            given = b""
        if not given and self._coding and len(body) >= MIN_CODED_BYTES:
            if len(body) >= THREAD_FROM_BYTES:
                body = await asyncio.to_thread(encoded, body, self._coding)
            else:
                body = encoded(body, self._coding)
            headers = _with_tag([*headers, (b"content-encoding", self._coding.encode())], self._coding)
        headers = [pair for pair in headers if pair[0] != b"content-length"]
        start["headers"] = [*headers, (b"content-length", b"%d" % len(body))]
        await self._send(start)
        return {**message, "body": body}


def chosen(header: str, offered: Sequence[str] = CODINGS) -> str:
    """The coding to answer in, of `Accept-Encoding` (RFC 9110, section 12.5.3); empty for none.

    Of those offered, the one with the greatest weight; of equals the better one; and none where `identity` weighs more.
    """
    weights: dict[str, float] = {}
    for part in header.lower().split(","):
        name, *parameters = (piece.strip() for piece in part.split(";"))
        weight = 1.0
        for parameter in parameters:
            key, _, value = parameter.partition("=")
            if key.strip() == "q":
                weight = _weight(value.strip())
        if name:
            weights[name] = weight
    rest = weights.get("*", 0.0)
    best = max(offered, key=lambda name: weights.get(name, rest))
    weight = weights.get(best, rest)
    return best if weight > 0 and weight >= weights.get("identity", 0.0) else ""


def _weight(text: str) -> float:
    try:
        weight = float(text)
    except ValueError:
        return 0.0
    return weight if 0 <= weight <= 1 else 0.0


def encoded(body: bytes, coding: str) -> bytes:
    """A body in a coding."""
    if coding == "zstd":
        return zstandard.ZstdCompressor(level=ZSTD_LEVEL).compress(body)
    return gzip.compress(body, GZIP_LEVEL, mtime=0)


def decoded(body: bytes, coding: str, limit: int = MAX_BODY_BYTES) -> bytes:
    """A request's body, never more than `limit` bytes of it.

    Raises:
        UnknownCoding: a coding that is not read here, or several.
        TooLarge: it would be more than that.
        InvalidInput: it is not in that coding.

    """
    try:
        if coding == "zstd":
            reader = zstandard.ZstdDecompressor(max_window_size=MAX_WINDOW_BYTES).stream_reader(io.BytesIO(body))
            plain = reader.read(limit + 1)
        elif coding in {"gzip", "x-gzip"}:
            plain = zlib.decompressobj(wbits=31).decompress(body, limit + 1)
        else:
            raise UnknownCoding(f"The body's coding {coding!r} is not read here; send it as zstd, gzip or as it is.")
    except (zstandard.ZstdError, zlib.error) as error:
        raise InvalidInput(f"The body can't be decoded as {coding}: {error}.") from error
    if len(plain) > limit:
        raise TooLarge(f"A body may have at most {limit} bytes when it is decoded; send the rest in another request.")
    return plain


def _undone(body: bytes) -> bytes:
    return zstandard.ZstdDecompressor().decompressobj().decompress(body)


async def _body(receive: Receive) -> bytes:
    """The body as it was sent.

    Raises:
        TooLarge: even so it is more than a body may have.

    """
    parts, size, more = [], 0, True
    while more:
        message: Any = await receive()
        part = message.get("body", b"")
        size += len(part)
        if size > MAX_BODY_BYTES:
            raise TooLarge(f"A body may have at most {MAX_BODY_BYTES} bytes; send the rest in another request.")
        parts.append(part)
        more = message["type"] == "http.request" and message.get("more_body", False)
    return b"".join(parts)


def _given(body: bytes, receive: Receive) -> Receive:
    """What gives a body that was read already, and then goes on as before."""
    waiting: list[Any] = [{"type": "http.request", "body": body, "more_body": False}]

    async def given() -> Any:
        return waiting.pop() if waiting else await receive()

    return given


def _first(headers: Headers, name: bytes) -> bytes:
    return next((value for key, value in headers if key.lower() == name), b"")


def _plain_tags(value: bytes) -> bytes:
    for coding in CODINGS:
        value = value.replace(b'-%b"' % coding.encode(), b'"')
    return value


def _with_tag(headers: Headers, coding: str) -> Headers:
    return [
        (name, value[:-1] + b'-%b"' % coding.encode() if name.lower() == b"etag" and value.endswith(b'"') else value)
        for name, value in headers
    ]
