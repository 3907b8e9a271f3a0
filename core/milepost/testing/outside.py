"""What is outside, for tests: a small service in memory, a real local one, and what goes wrong on the way there."""

import asyncio
from collections.abc import Collection
from typing import Any

import httpx
import msgspec

from milepost.certificates import believed

FAULTS = ("401", "403", "429", "500", "503", "timeout", "refused")
"""What a service can do that is not the change's fault: it is to be sent again."""
KEY_HEADERS = ("idempotency-key", "webhook-id")


class Outside:
    """A small service in memory: PUT puts something at an address, PATCH merges JSON into it, DELETE takes it away, POST
    adds something, once for each `Idempotency-Key` or `webhook-id`. An address that ends in `/` lists what is below it.

    Subclass it to be more like the service that a plugin is for.
    """

    def __init__(self) -> None:
        self.requests: list[httpx.Request] = []
        self.things: dict[str, str] = {}

    async def answer(self, request: httpx.Request) -> httpx.Response:
        """What the service does with a request."""
        body, at = request.content.decode(errors="replace"), request.url.path
        if request.method == "PUT":
            self.things[at] = body
        elif request.method == "POST":
            key = next((request.headers[name] for name in KEY_HEADERS if name in request.headers), None)
            self.things[f"{at}/{key or f'number {len(self.things) + 1}'}"] = body
        elif request.method == "GET" and at.endswith("/"):
            return httpx.Response(200, json=sorted(thing for thing in self.things if thing.startswith(at)))
        elif at not in self.things:
            return httpx.Response(404)
        elif request.method == "DELETE":
            del self.things[at]
        elif request.method == "PATCH":
            merged = msgspec.json.decode(self.things[at]) | msgspec.json.decode(body)
            self.things[at] = msgspec.json.encode(merged).decode()
        return httpx.Response(200, text=self.things.get(at, ""), headers={"content-type": "application/json"})

    def seen(self) -> Any:
        """What somebody sees who looks there: two runs that give the same are the same."""
        return dict(self.things)


class RealOutside(Outside):
    """A real server, asked over the network; `seen` is to be defined."""

    async def answer(self, request: httpx.Request) -> httpx.Response:
        """What the server says."""
        async with httpx.AsyncHTTPTransport(verify=believed()) as transport:
            answer = await transport.handle_async_request(request)
            return httpx.Response(answer.status_code, headers=answer.headers, content=await answer.aread())


class Fault:
    """Something goes wrong with request number `at` (from 1), or with each one. With `after`, it was done outside all the
    same, and the answer is what gets lost. `kind` is an HTTP status, `timeout`, `refused` or `hang`.
    """

    def __init__(self, kind: str, at: int | None = None, *, after: bool = False) -> None:
        self.kind = kind
        self.at = at
        self.after = after
        self.begun = asyncio.Event()

    def __repr__(self) -> str:
        when = "at each request" if self.at is None else f"at request {self.at}{', after it was done' * self.after}"
        return f"{self.kind} {when}"

    async def happen(self, request: httpx.Request) -> httpx.Response:
        """Answers in the service's place, or fails."""
        self.begun.set()
        if self.kind == "hang":
            await asyncio.Event().wait()
        if self.kind == "timeout":
            raise httpx.ReadTimeout("the answer took too long", request=request)
        if self.kind == "refused":
            raise httpx.ConnectError("connection refused", request=request)
        headers = {"retry-after": "7"} if self.kind in {"429", "503"} else {}
        return httpx.Response(int(self.kind), text="<html>not now</html>", headers=headers, request=request)


class Line(httpx.AsyncBaseTransport):
    """The way outside: to the declared hosts alone."""

    def __init__(self, outside: Outside, hosts: Collection[str], fault: Fault | None = None) -> None:
        self.outside = outside
        self.hosts = {host.lower() for host in hosts}
        self.fault = fault
        self.count = 0
        self.strayed: list[str] = []
        """Hosts that were asked for and not declared."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Carries a request outside, unless something goes wrong."""
        if request.url.host.lower() not in self.hosts:
            self.strayed.append(request.url.host)
            raise httpx.ConnectError(f"{request.url.host} is not among the hosts that were declared", request=request)
        await request.aread()
        self.count += 1
        self.outside.requests.append(request)
        if self.fault is None or self.fault.at not in {None, self.count}:
            return await self.outside.answer(request)
        if self.fault.after:
            await self.outside.answer(request)
        return await self.fault.happen(request)
