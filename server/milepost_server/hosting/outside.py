"""The HTTP client that a plugin is given: it reaches the hosts that were declared, and no others. Knows no plugin.

A name is looked up once, every address that it has is judged, and the connection goes to the very address that was
judged: what the name says a moment later does not matter. Redirects are requests like any other, and so are refused
where they lead elsewhere.
"""

import asyncio
import ipaddress
import logging
import socket
from collections.abc import Collection

import httpx

from milepost import __version__
from milepost.certificates import believed
from milepost.errors import PluginFailed

TIMEOUT = httpx.Timeout(30.0, connect=10.0)
MAX_ADDRESSES = 20

# It writes whole addresses into logs, and there may be a secret in one.
logging.getLogger("httpx").setLevel(logging.WARNING)

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class Reach:
    """Which addresses may be connected to: public ones, loopback where the server itself is only there, or any."""

    def __init__(self, *, loopback: bool = False, private: bool = False) -> None:
        self.loopback, self.private = loopback, private

    def refusal(self, address: Address) -> str:
        """Why an address may not be connected to; empty where it may."""
        if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
            address = address.ipv4_mapped
        if self.private or (self.loopback and address.is_loopback):
            return ""
        if address.is_global and not address.is_multicast:
            return ""
        return (
            f"{address} is an address of this machine or its network. Who runs the server can allow a plugin such: "
            "`milepost plugin enable NAME --private-hosts`."
        )


class Refused(PluginFailed):
    """A plugin wanted to connect to what it may not."""


def is_named(host: str, hosts: Collection[str]) -> bool:
    """Whether a host is one of those that were declared."""
    return host.lower().rstrip(".") in {name.lower().rstrip(".") for name in hosts}


class GuardedTransport(httpx.AsyncBaseTransport):
    """Judges each request before it leaves."""

    def __init__(self, hosts: Collection[str], reach: Reach) -> None:
        self._hosts, self._reach = hosts, reach
        # A kept connection is known by its address, which several names may share.
        limits = httpx.Limits(max_keepalive_connections=0) if len(hosts) > 1 else httpx.Limits()
        self._inner = httpx.AsyncHTTPTransport(verify=believed(), limits=limits)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Sends it on to an address that was judged.

        Raises:
            Refused: to the host or the address that it was for.

        """
        host = request.url.host
        addresses = await judged(host, self._hosts, self._reach)
        request.extensions = {**request.extensions, "sni_hostname": host}
        request.url = request.url.copy_with(host=addresses[0])
        return await self._inner.handle_async_request(request)

    async def aclose(self) -> None:
        """Closes what is open."""
        await self._inner.aclose()


async def judged(host: str, hosts: Collection[str], reach: Reach) -> list[str]:
    """The addresses of a host that was declared, if all of them may be connected to.

    Raises:
        Refused: one may not, or it was not declared.
        httpx.ConnectError: there is no such host.

    """
    if not is_named(host, hosts):
        named = ", ".join(hosts) or "none"
        raise Refused(f"The plugin wanted to connect to {host}, which is not among its `hosts`: {named}.")
    try:
        found: list[Address] = [ipaddress.ip_address(host)]
    except ValueError:
        found = await _looked_up(host)
    for address in found:
        if why := reach.refusal(address):
            raise Refused(f"The plugin may not connect to {host}: {why}")
    return [str(address) for address in found]


async def _looked_up(host: str) -> list[Address]:
    try:
        rows = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except OSError as error:
        raise httpx.ConnectError(f"There is no host {host}: {error.strerror or error}.") from error
    return [ipaddress.ip_address(str(row[4][0]).partition("%")[0]) for row in rows[:MAX_ADDRESSES]]


def client(hosts: Collection[str], reach: Reach) -> httpx.AsyncClient:
    """A client for one call of a plugin; close it when done. It takes no proxy from the environment."""
    return httpx.AsyncClient(
        transport=GuardedTransport(hosts, reach),
        timeout=TIMEOUT,
        follow_redirects=False,
        trust_env=False,
        headers={"user-agent": f"milepost/{__version__}"},
    )
