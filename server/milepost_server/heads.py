"""HEAD is answered as GET would be, without the body (RFC 9110, section 9.3.2); knows no route but the endless one."""

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

ENDLESS = "/v1/live"
"""A stream, of which nothing but the body would be worth asking for."""


def with_heads(app: ASGIApp) -> ASGIApp:
    """The application, with a HEAD for each GET."""

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP or scope["method"] != "HEAD" or scope["path"] == ENDLESS:
            await app(scope, receive, send)
            return

        async def without_body(message: Message) -> None:
            if message["type"] == "http.response.body":
                message["body"] = b""
            await send(message)

        # A copy: what called keeps the method that it was asked by, and counts no bytes of a body.
        await app({**scope, "method": "GET"}, receive, without_body)

    return serve
