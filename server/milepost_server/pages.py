"""What is not the protocol: health, the description of problems, calendar feeds, the API's own page."""

import hashlib
import mimetypes
from email.utils import formatdate, parsedate_to_datetime
from importlib.resources import files
from typing import Any

import swagger_ui_bundle
from litestar import MediaType, Request, Response, get
from litestar.datastructures import State as AppState
from litestar.params import FromPath

from milepost import errors
from milepost.errors import MilepostError, NotFound
from milepost.plugin_api import ExportContext
from milepost.projection import DISCREET, EVERYTHING, project
from milepost_server.feeds import as_feed, feed_by_token
from milepost_server.services import Services
from milepost_server.standing import local

REVOKED_FEED_DAYS = 28
"""How long a revoked feed still answers, empty: calendar programs that meet an error may keep old entries for ever."""

_SWAGGER = next((files(swagger_ui_bundle) / "vendor").iterdir())
_ASSETS = ("swagger-ui.css", "swagger-ui-bundle.js", "swagger-ui-standalone-preset.js", "favicon-32x32.png")


@get("/healthz", include_in_schema=False, media_type=MediaType.TEXT)
async def healthz(request: Request[Any, Any, AppState]) -> Response[str]:
    """Whether to send anybody here: not once it is about to stop."""
    services: Services = request.app.state.services
    return Response("stopping\n", status_code=503) if services.hub.closing else Response("ok\n")


@get("/", include_in_schema=False, media_type=MediaType.TEXT)
async def index() -> str:
    """What this is, for a person with a browser."""
    return (
        "This is a Milepost server.\n\n"
        "Devices pair with it:   milepost pair <this address> <code>\n"
        "A code is made with:    milepost admin pairing-code --data <folder>\n"
        "The API is described:   /schema\n"
    )


@get("/problems/{code:str}", include_in_schema=False, media_type=MediaType.TEXT)
async def problem(code: FromPath[str]) -> str:
    """What a problem document's `type` leads to."""
    for error in vars(errors).values():
        if isinstance(error, type) and issubclass(error, MilepostError) and error.code == code:
            return f"{code} (HTTP {error.status})\n\n{error.__doc__}\n"
    raise NotFound(f"There is no problem called {code}.")


@get("/schema/assets/{name:str}", include_in_schema=False, sync_to_thread=False)
def api_page_asset(name: FromPath[str]) -> Response[bytes]:
    """The API page's own files: it loads nothing from elsewhere."""
    if name not in _ASSETS:
        raise NotFound(f"There is no {name} here.")
    media_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
    return Response(
        (_SWAGGER / name).read_bytes(), media_type=media_type, headers={"cache-control": "public, max-age=86400"}
    )


@get("/feeds/{name:str}", include_in_schema=False)
async def feed(request: Request[Any, Any, AppState], name: FromPath[str]) -> Response[bytes]:
    """A calendar by its secret address. An unknown one is not found; a revoked one is empty for some weeks."""
    services: Services = request.app.state.services
    token, _, _ = name.rpartition(".")
    rows = await services.database.read(feed_by_token(token))
    if not rows:
        raise NotFound("There is no such feed.")
    found = as_feed(rows[0])
    age_ms = services.now_ms() - (found.revoked_at or services.now_ms())
    if age_ms > REVOKED_FEED_DAYS * 86_400_000:
        raise NotFound("There is no such feed.")
    folded = await services.journals.state(found.journal)
    exporter = services.plugins.exporter(found.format)
    view = project(folded.state, EVERYTHING if found.plain else DISCREET)
    # By when it came, not by when it was written: what was written offline long ago is still news to a subscriber.
    changed_ms = max(found.created_at, folded.received_at)
    if found.revoked_at is not None:
        view, changed_ms = view.emptied(), found.revoked_at
    context: ExportContext[Any] = ExportContext(
        plain=found.plain,
        salt=found.id,
        name=found.name,
        changed_ms=changed_ms,
        today=local(folded.state, services.now_ms()).date().isoformat(),
    )
    exported = await services.plugins.render(exporter, view, context)
    etag = f'"{hashlib.sha256(exported.body).hexdigest()[:32]}"'
    headers = {
        "etag": etag,
        "last-modified": formatdate(changed_ms / 1000, usegmt=True),
        "cache-control": "private, no-cache",
    }
    if _unchanged(request, etag, changed_ms):
        return Response(b"", status_code=304, headers=headers, media_type=exported.media_type)
    return Response(exported.body, headers=headers, media_type=exported.media_type)


def _unchanged(request: Request[Any, Any, AppState], etag: str, changed_ms: int) -> bool:
    """RFC 9110, section 13.2.2: If-None-Match decides where it is given, If-Modified-Since only where it is not."""
    given = request.headers.get("if-none-match")
    if given is not None:
        return given.strip() == "*" or etag in (tag.strip().removeprefix("W/") for tag in given.split(","))
    since = request.headers.get("if-modified-since")
    if since is None:
        return False
    try:
        return changed_ms // 1000 <= parsedate_to_datetime(since).timestamp()
    except (ValueError, TypeError):
        return False
