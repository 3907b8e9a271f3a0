"""Serves the web app as it was built: files in memory, and its one page for every address that is the app's own.

Knows nothing of what the app does. It stands before the framework: nothing here needs a database, a token or a session,
and bodies come compressed from the build already. Who asks for no HTML, as a program at a terminal does, is not given
the page.
"""

import hashlib
import mimetypes
from collections.abc import Collection, Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Receive, Scope, Send
from msgspec import Struct

from milepost_server.coding import chosen

PAGE = "index.html"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "manifest-src 'self'; worker-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)
"""What the page may do (Content Security Policy, level 3): nothing from elsewhere, and nothing written into it."""
FOR_EVER = "public, max-age=31536000, immutable"
"""For files whose names change with what is in them."""
_HASHED = "assets/"
_TYPES = {".js": "text/javascript; charset=utf-8", ".webmanifest": "application/manifest+json"}

Headers = list[tuple[bytes, bytes]]


class Asset(Struct, frozen=True):
    """A file: its body, the same by Brotli (RFC 7932) if the build made that, and the headers of both."""

    body: bytes
    packed: bytes
    tag: str
    headers: Headers

    def answer(self, *, packed: bool) -> tuple[Headers, bytes]:
        """Headers and body, of which each coding has an entity tag of its own (RFC 9110, section 8.8.3)."""
        if not packed:
            return [*self.headers, (b"etag", self._etag(packed=False))], self.body
        return [*self.headers, (b"etag", self._etag(packed=True)), (b"content-encoding", b"br")], self.packed

    def is_known(self, asked: bytes, *, packed: bool) -> bool:
        """Whether an `If-None-Match` names what would be sent."""
        tags = [tag.strip().removeprefix(b"W/") for tag in asked.split(b",")]
        return b"*" in tags or self._etag(packed=packed) in tags

    def _etag(self, *, packed: bool) -> bytes:
        return f'"{self.tag}{"-br" if packed else ""}"'.encode()


def built() -> dict[str, Asset]:
    """The app's files by their path without the first slash; empty where it was not built."""
    root = files("milepost_server") / "web_dist"
    return assets(root) if (root / PAGE).is_file() else {}


def assets(root: Traversable) -> dict[str, Asset]:
    """Every file below a folder, the compressed ones beside what they are of."""
    bodies = dict(_below(root, ""))
    return {
        path: _asset(path, body, bodies.get(f"{path}.br", b""))
        for path, body in bodies.items()
        if not path.endswith(".br")
    }


def _below(folder: Traversable, before: str) -> list[tuple[str, bytes]]:
    found: list[tuple[str, bytes]] = []
    for entry in folder.iterdir():
        if entry.name.startswith("."):
            continue
        path = before + entry.name
        found += _below(entry, f"{path}/") if entry.is_dir() else [(path, entry.read_bytes())]
    return found


def _asset(path: str, body: bytes, packed: bytes) -> Asset:
    name = path.rsplit("/", 1)[-1]
    dot = name.rfind(".")
    media_type = _TYPES.get(name[dot:]) or mimetypes.guess_type(name)[0] or "application/octet-stream"
    if media_type.startswith("text/") and "charset" not in media_type:
        media_type += "; charset=utf-8"
    headers = {
        "content-type": media_type,
        "cache-control": FOR_EVER if path.startswith(_HASHED) else "no-cache",
        "vary": "accept, accept-encoding" if path == PAGE else "accept-encoding",
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
        "cross-origin-opener-policy": "same-origin",
    }
    if path == PAGE:
        headers["content-security-policy"] = POLICY
    pairs = [(name.encode(), value.encode()) for name, value in headers.items()]
    return Asset(body, packed, hashlib.sha256(body).hexdigest()[:32], pairs)


def with_web(app: ASGIApp, found: Mapping[str, Asset], taken: Collection[str]) -> ASGIApp:
    """The application, with the web app before it; `taken` are the first parts of paths that are not the web app's."""
    if not found:
        return app

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        method = scope["method"] if scope["type"] == ScopeType.HTTP else ""
        asset = _meant(found, taken, scope) if method in {"GET", "HEAD"} else None
        if asset is None:
            await app(scope, receive, send)
            return
        given = dict(scope["headers"])
        packed = bool(asset.packed) and _takes_brotli(given.get(b"accept-encoding", b"").decode("latin-1"))
        headers, body = asset.answer(packed=packed)
        status = 200
        if asset.is_known(given.get(b"if-none-match", b""), packed=packed):
            status, body = 304, b""
        else:
            headers = [*headers, (b"content-length", b"%d" % len(body))]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        sent = b"" if method == "HEAD" else body
        await send({"type": "http.response.body", "body": sent, "more_body": False})

    return serve


def _meant(found: Mapping[str, Asset], taken: Collection[str], scope: Scope) -> Asset | None:
    """The file at a path; the page, where a browser opens an address of the app's (its last part has no dot)."""
    inside = scope["path"].lstrip("/")
    if inside in found:
        return found[inside]
    first, last = inside.split("/", 1)[0], inside.rsplit("/", 1)[-1]
    if first in taken or "." in last:
        return None
    asked = next((value for name, value in scope["headers"] if name == b"accept"), b"")
    return found[PAGE] if b"text/html" in asked else None


def _takes_brotli(header: str) -> bool:
    return bool(chosen(header, ("br",)))
