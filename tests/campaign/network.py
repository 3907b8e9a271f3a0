"""Requests go into the real application, past everything a web server does to them but the socket, and get lost on demand."""

from collections.abc import Callable, Coroutine
from typing import Any

import httpx
from litestar import Litestar

FAULTS = ("none", "drop", "lose", "twice", "late", "proxy")
"""What may happen to a request: nothing; it never arrives; its answer never arrives; it arrives twice; it arrives after
later ones, unanswered; something before the server answers in its place.
"""


class Network(httpx.BaseTransport):
    """The way between devices and the application."""

    def __init__(self, app: Litestar, run: Callable[[Coroutine[Any, Any, Any]], Any]) -> None:
        self._asgi = httpx.ASGITransport(app)
        self._run = run
        self.faults: list[str] = []
        """What happens to the next requests, in order; after that nothing does."""
        self.meanwhile: Callable[[], None] | None = None
        """Done once, between the server's answer and its arrival."""
        self.late: list[httpx.Request] = []
        self.around: Callable[[httpx.Request, Callable[[], httpx.Response]], httpx.Response] = lambda _, go: go()
        """Put around whatever reaches the server."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        fault = self.faults.pop(0) if self.faults else "none"
        if fault == "drop":
            raise httpx.ConnectError("dropped", request=request)
        if fault == "late":
            self.late.append(request)
            raise httpx.ReadTimeout("on its way still", request=request)
        if fault == "proxy":
            return httpx.Response(502, content=b"<html>Bad Gateway</html>")
        response = self.carry(request)
        if fault == "twice":
            response = self.carry(request)
        if self.meanwhile is not None:
            meanwhile, self.meanwhile = self.meanwhile, None
            meanwhile()
        if fault == "lose":
            raise httpx.ReadTimeout("the answer was lost", request=request)
        return response

    def deliver_late(self) -> None:
        """The oldest request that was on its way arrives; nobody waits for its answer."""
        if self.late:
            self.carry(self.late.pop(0))

    def carry(self, request: httpx.Request) -> httpx.Response:
        return self.around(request, lambda: self._run(self._answer(request)))

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        response = await self._asgi.handle_async_request(request)
        assert isinstance(response.stream, httpx.AsyncByteStream)
        coded = b"".join([part async for part in response.stream])
        answer = httpx.Response(response.status_code, headers=response.headers, content=coded)
        assert b"/problems/error" not in answer.content, f"the server failed: {request.method} {request.url.path}"
        return answer
