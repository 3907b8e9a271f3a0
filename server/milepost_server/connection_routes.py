"""Plugins and connections over HTTP, and the secret addresses of inboxes; knows no plugin."""

from collections.abc import Awaitable, Callable
from typing import Any, Literal

from litestar import Request, Response, delete, get, patch, post, route
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, FromQuery, JSONBody

from milepost.connection_messages import (
    Checked,
    Connection,
    ConnectionChange,
    ConnectionDetails,
    ConnectionRequest,
    PluginEntry,
    Previewed,
)
from milepost_server.hosting.inboxes import receive
from milepost_server.hosting.looking import Looking
from milepost_server.routes import Call, Journal, admitted, services_of

Action = Literal["run", "pause", "resume", "retry", "skip", "withdraw"]


def _looking(request: Call, journal: str) -> Looking:
    return Looking(services_of(request), journal, admitted(request))


@get("/plugins", summary="What is installed, and what can be connected")
async def plugins(request: Call) -> list[PluginEntry]:
    """Every plugin of the server, those that could not be loaded with the reason."""
    return services_of(request).host.entries()


@get("/journals/{journal:str}/connections", summary="The journal's connections")
async def connections(request: Call, journal: Journal) -> list[Connection]:
    """One's own; an owner is shown everybody's."""
    return await _looking(request, journal).all()


@post("/journals/{journal:str}/connections", status_code=201, summary="Connect the journal to something")
async def add_connection(request: Call, journal: Journal, data: JSONBody[ConnectionRequest]) -> Connection:
    """An owner's begins at once; another member's once an owner grants it. An inbox's secret address is told this once."""
    return await _looking(request, journal).add(data, str(request.base_url).rstrip("/"))


@get("/journals/{journal:str}/connections/{connection:str}", summary="How a connection goes")
async def connection(request: Call, journal: Journal, connection: FromPath[str]) -> ConnectionDetails:
    """With what was rejected, and the newest lines of its log."""
    looking = _looking(request, journal)
    return await looking.details(await looking.one(connection))


@patch("/journals/{journal:str}/connections/{connection:str}", summary="Set a connection up in another way")
async def change_connection(
    request: Call, journal: Journal, connection: FromPath[str], data: JSONBody[ConnectionChange]
) -> Connection:
    """What it may see no more is withdrawn, and everything else is sent as it is to look from now on."""
    looking = _looking(request, journal)
    return await looking.change(await looking.one(connection), data)


@delete("/journals/{journal:str}/connections/{connection:str}", summary="End a connection")
async def remove_connection(request: Call, journal: Journal, connection: FromPath[str]) -> None:
    """What was sent stays where it is; to take it back, ask for `withdraw` first."""
    looking = _looking(request, journal)
    await looking.remove(await looking.one(connection))


@post("/journals/{journal:str}/connections/{connection:str}/check", status_code=200, summary="Try the settings out")
async def check_connection(request: Call, journal: Journal, connection: FromPath[str]) -> Checked:
    """Nothing is changed anywhere."""
    looking = _looking(request, journal)
    return await looking.check(await looking.one(connection))


@get("/journals/{journal:str}/connections/{connection:str}/preview", summary="What would leave")
async def preview_connection(request: Call, journal: Journal, connection: FromPath[str]) -> list[Previewed]:
    """Exactly that, at most the first fifty; nothing leaves."""
    looking = _looking(request, journal)
    return await looking.preview(await looking.one(connection))


@post(
    "/journals/{journal:str}/connections/{connection:str}/{action:str}", status_code=200, summary="Steer a connection"
)
async def steer_connection(
    request: Call,
    journal: Journal,
    connection: FromPath[str],
    action: FromPath[Action],
    letter: FromQuery[str] = "",
) -> Connection:
    """`run`: deliver and fetch now, and wait for it. `pause`, `resume`. `retry` and `skip` what was rejected: `letter`
    names one, else it is all. `withdraw`: take back what was sent.
    """
    looking = _looking(request, journal)
    kept = await looking.one(connection)
    actions: dict[str, Callable[[], Awaitable[Connection]]] = {
        "run": lambda: looking.run(kept),
        "pause": lambda: looking.pause(kept),
        "resume": lambda: looking.resume(kept),
        "retry": lambda: looking.retry(kept, letter),
        "skip": lambda: looking.skip(kept, letter),
        "withdraw": lambda: looking.withdraw(kept),
    }
    return await actions[action]()


@route("/in/{token:str}", http_method=["GET", "POST", "PUT"], include_in_schema=False)
async def inbox(request: Request[Any, Any, Any], token: FromPath[str]) -> Response[bytes]:
    """What others send to a secret address."""
    return await receive(request, token, "")


@route("/in/{token:str}/{rest:path}", http_method=["GET", "POST", "PUT"], include_in_schema=False)
async def inbox_below(request: Request[Any, Any, Any], token: FromPath[str], rest: FromPath[str]) -> Response[bytes]:
    """The same, below the address."""
    return await receive(request, token, rest.lstrip("/"))


def connection_routes() -> list[HTTPRouteHandler]:
    """Everything below `/v1`."""
    return [
        plugins,
        connections,
        add_connection,
        connection,
        change_connection,
        remove_connection,
        check_connection,
        preview_connection,
        steer_connection,
    ]
