"""The commonest answer at a feed's address, that nothing has changed, given before the framework looks at the request.

Calendar programs ask again and again, and mostly have what there is. It is the very answer that the route would give.
"""

from collections.abc import Callable
from email.utils import formatdate

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Receive, Scope, Send

from milepost.messages import PROTOCOL_HEADER
from milepost_server.coding import CODINGS
from milepost_server.feed_serving import FeedServing, Given

PATH = "/feeds/"
_CODINGS = ", ".join(CODINGS).encode()


def with_unchanged(app: ASGIApp, serving: Callable[[], FeedServing]) -> ASGIApp:
    """The application, with that answer before it."""

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == ScopeType.HTTP and scope["path"].startswith(PATH) and scope["method"] in {"GET", "HEAD"}:
            tag = next((value for name, value in scope["headers"] if name == b"if-none-match"), b"").decode("latin-1")
            given = serving().at_hand(scope["path"].removeprefix(PATH).rpartition(".")[0]) if tag else None
            if given is not None and tag.removeprefix("W/") in _tags(given.etag):
                headers = _headers(given, tag.removeprefix("W/"), serving().spoken)
                await send({"type": "http.response.start", "status": 304, "headers": headers})
                await send({"type": "http.response.body", "body": b"", "more_body": False})
                return
        await app(scope, receive, send)

    return serve


def _tags(etag: str) -> tuple[str, ...]:
    """The tag of an answer, and those of it in each coding."""
    return (etag, *(f'{etag[:-1]}-{coding}"' for coding in CODINGS))


def _headers(given: Given, tag: str, spoken: str) -> list[tuple[bytes, bytes]]:
    return [
        (b"etag", tag.encode("latin-1")),
        (b"last-modified", formatdate(given.changed_ms / 1000, usegmt=True).encode()),
        (b"cache-control", b"private, no-cache"),
        (b"x-robots-tag", b"noindex"),
        (b"vary", b"accept-encoding"),
        (PROTOCOL_HEADER.encode(), spoken.encode()),
        (b"accept-encoding", _CODINGS),
    ]
