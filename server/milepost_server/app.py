"""The application: routes, problems, the API's description, and what begins and ends with the process."""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from http import HTTPStatus
from math import ceil
from typing import Any

import msgspec
from litestar import Litestar, Request, Router
from litestar.exceptions import HTTPException
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import SwaggerRenderPlugin
from litestar.openapi.spec import License
from litestar.plugins.problem_details import ProblemDetailsConfig, ProblemDetailsException, ProblemDetailsPlugin
from litestar.types import Message, Scope

from milepost import __version__
from milepost.errors import (
    Conflict,
    DatabaseAway,
    InvalidInput,
    MilepostError,
    NotFound,
    StorageDamaged,
    StorageFull,
    TooLarge,
    WrongMethod,
)
from milepost.messages import PROTOCOL_HEADER
from milepost_server.access_rules import admit
from milepost_server.account_routes import account_routes
from milepost_server.coding import CODINGS, MAX_BODY_BYTES, Coded
from milepost_server.connection_routes import connection_routes, inbox, inbox_below
from milepost_server.description import describe
from milepost_server.feed_routes import feed, feed_routes
from milepost_server.feed_serving import FeedServing
from milepost_server.feed_unchanged import with_unchanged
from milepost_server.gate import Gated
from milepost_server.heads import with_heads
from milepost_server.member_routes import member_routes
from milepost_server.openapi import EventSchema
from milepost_server.pages import api_page_asset, healthz, index, problem
from milepost_server.reading import reading
from milepost_server.routes import sync_routes
from milepost_server.services import Services
from milepost_server.web import built, with_web
from milepost_server.writing import writing

_log = logging.getLogger("milepost")

for _name in ("httpx", "httpcore"):
    # They would write down every address that a plugin connects to, and some of those are secrets.
    logging.getLogger(_name).setLevel(logging.WARNING)

Opener = Callable[[], Awaitable[tuple[Services, Callable[[], Awaitable[None]]]]]


def create_app(opener: Opener) -> Litestar:
    """An application whose services are opened as it starts and closed as it stops."""

    @asynccontextmanager
    async def lifespan(app: Litestar) -> AsyncIterator[None]:
        services, close = await opener()
        app.state.services = services
        app.state.feeds = FeedServing(services)
        services.schedule.begin()
        try:
            yield
        finally:
            await services.schedule.end()
            await close()

    v1 = Router(
        "/v1",
        route_handlers=[
            *sync_routes(),
            *account_routes(),
            *feed_routes(),
            *member_routes(),
            *connection_routes(),
            *reading(),
            *writing(),
        ],
        guards=[admit],
        request_max_body_size=MAX_BODY_BYTES,
        middleware=[Gated],
    )
    app = Litestar(
        route_handlers=[v1, healthz, index, problem, feed, inbox, inbox_below, api_page_asset],
        lifespan=[lifespan],
        middleware=[Coded],
        before_send=[_introduce],
        plugins=[
            EventSchema(),
            ProblemDetailsPlugin(
                ProblemDetailsConfig(
                    exception_to_problem_detail_map={
                        MilepostError: _milepost_problem,
                        UnicodeDecodeError: _not_text,
                        Exception: _fault,
                        HTTPException: _http_problem,
                    }
                )
            ),
        ],
        openapi_config=OpenAPIConfig(
            title="Milepost",
            version=__version__,
            description="Sync, journals and calendar feeds of a Milepost server.",
            license=License(name="Apache-2.0", identifier="Apache-2.0"),
            openapi_router=Router("/schema", route_handlers=[], include_in_schema=False, before_request=_described),
            render_plugins=[
                SwaggerRenderPlugin(
                    js_url="/schema/assets/swagger-ui-bundle.js",
                    css_url="/schema/assets/swagger-ui.css",
                    standalone_preset_js_url="/schema/assets/swagger-ui-standalone-preset.js",
                    favicon='<link rel="icon" href="/schema/assets/favicon-32x32.png">',
                )
            ],
        ),
    )
    served = with_unchanged(with_heads(app.asgi_handler), lambda: app.state.feeds)
    app.asgi_handler = with_web(served, built(), paths_taken(app))
    return app


async def _described(request: Request[Any, Any, Any]) -> None:
    """The description of the routes takes long to make, and is made when it is first asked for."""
    state = request.app.state
    if not state.get("described"):
        describe(request.app.openapi_schema)
        state["described"] = True


def paths_taken(app: Litestar) -> set[str]:
    """The first parts of all paths that are served here: the web app has none of these for its own addresses."""
    return {route.path.split("/")[1] for route in app.routes} - {""}


async def _introduce(message: Message, scope: Scope) -> None:
    """Every answer tells which versions of the protocol are spoken here, and which codings of a body are read."""
    if message["type"] == "http.response.start":
        spoken = scope["litestar_app"].state.services.gate.spoken
        added = [(PROTOCOL_HEADER.encode(), spoken.encode()), (b"accept-encoding", ", ".join(CODINGS).encode())]
        message["headers"] = [*message["headers"], *added]


def _milepost_problem(error: MilepostError) -> ProblemDetailsException:
    if isinstance(error, DatabaseAway | StorageFull | StorageDamaged):
        _log.error("%s", error)
    headers = {"www-authenticate": "Bearer"} if error.status == HTTPStatus.UNAUTHORIZED else None
    if error.status in {HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.TOO_MANY_REQUESTS}:
        headers = {"retry-after": str(max(1, ceil(error.retry_after_s)))}
    return ProblemDetailsException(
        status_code=error.status,
        type_=f"/problems/{error.code}",
        title=HTTPStatus(error.status).phrase,
        detail=_SAID_HERE.get(error.code, str(error)),
        headers=headers,
        extra={"fields": msgspec.to_builtins(error.fields)} if isinstance(error, Conflict) and error.fields else None,
    )


def _not_text(_: UnicodeDecodeError) -> ProblemDetailsException:
    return _milepost_problem(InvalidInput("The body can't be read: it is not UTF-8."))


def _fault(error: Exception) -> ProblemDetailsException:
    """What should not have happened: who runs the server finds it in the log, who called is told no more than that."""
    _log.error("A request failed", exc_info=error)
    return ProblemDetailsException(
        status_code=500,
        type_="/problems/error",
        title=HTTPStatus.INTERNAL_SERVER_ERROR.phrase,
        detail="Something went wrong in the server; its log says what. Everything is kept on this device.",
    )


_SAID_HERE = {
    DatabaseAway.code: "The server can't reach its database. Everything is kept on this device; sync again in a while.",
    StorageFull.code: "The server's disk has no room. Everything is kept on this device; sync again when it has.",
    StorageDamaged.code: "The server can't read its database. Everything is kept on this device; tell who runs it.",
}
"""What concerns who runs the server is told without its paths."""


def _http_problem(error: HTTPException) -> ProblemDetailsException:
    status = HTTPStatus(error.status_code)
    codes = {
        HTTPStatus.NOT_FOUND: NotFound.code,
        HTTPStatus.METHOD_NOT_ALLOWED: WrongMethod.code,
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE: TooLarge.code,
    }
    return ProblemDetailsException(
        status_code=error.status_code,
        type_=f"/problems/{codes.get(status, 'invalid' if status < HTTPStatus.INTERNAL_SERVER_ERROR else 'error')}",
        title=status.phrase,
        detail=_said(error),
        headers=error.headers,
    )


def _said(error: HTTPException) -> str:
    """What was wrong, with the places that validation names."""
    if error.status_code in _BARE and not error.extra:
        return _BARE[error.status_code]
    parts = [
        f"{part.get('key', '')}: {part.get('message', '')}" for part in error.extra or [] if isinstance(part, dict)
    ]
    return ". ".join([error.detail, *parts])


_BARE: dict[int, str] = {
    HTTPStatus.NOT_FOUND: "There is nothing at this address. `/schema` describes what there is.",
    HTTPStatus.METHOD_NOT_ALLOWED: "This address takes other methods: the Allow header names them, `/schema` describes them.",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "The body is too large. `/v1/capabilities` says how much there may be; send less.",
}
"""What the framework says nothing of."""
