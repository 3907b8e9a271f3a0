"""What every request of the protocol passes first: a common version of it, and not too often."""

import time
from collections.abc import Callable

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Receive, Scope, Send

from milepost.errors import ProtocolDiffers, TooMany
from milepost.messages import PROTOCOL_HEADER, versions_in
from milepost_server.access import Access
from milepost_server.limits import Buckets, Rate

TOKEN_RATE = Rate(1_000, 50.0)
"""Requests of one device: no person and no sync comes near."""
ADDRESS_RATE = Rate(120, 2.0)
"""Requests from one address that show no token that is known."""
PAIRING_RATE = Rate(10, 1 / 30)
"""Attempts to pair from one address that were refused. A code has 40 random bits and lasts five minutes."""
UNLIMITED = Rate(0, 0.0)

_HEADER = PROTOCOL_HEADER.encode()


class Gate:
    """The rates of a server, and the versions of the protocol that it speaks."""

    def __init__(self, access: Access, versions: tuple[int, int], now_s: Callable[[], float] = time.monotonic) -> None:
        self._access, self.versions, self.now_s = access, versions, now_s
        self.tokens, self.addresses, self.pairings = Buckets(TOKEN_RATE), Buckets(ADDRESS_RATE), Buckets(PAIRING_RATE)

    def unlimited(self) -> None:
        """Counts nothing: somebody before this server does."""
        self.tokens, self.addresses, self.pairings = Buckets(UNLIMITED), Buckets(UNLIMITED), Buckets(UNLIMITED)

    @property
    def spoken(self) -> str:
        """The versions, as the header has them."""
        return "-".join(str(version) for version in sorted(set(self.versions)))

    def check(self, scope: Scope) -> None:
        """Lets a request of the protocol in.

        Raises:
            ProtocolDiffers: its version is not spoken here.
            TooMany: it comes too soon.

        """
        authorization = version = ""
        for name, value in scope["headers"]:
            if name == b"authorization":
                authorization = value.decode("latin-1")
            elif name == _HEADER:
                version = value.decode("latin-1")
        if authorization and self._access.knows(authorization):
            wait_s = self.tokens.take(authorization, self.now_s())
        else:
            wait_s = self.addresses.take(address_of(scope), self.now_s())
        if wait_s:
            raise too_many("That was more requests than are allowed at a time", wait_s)
        spoken = versions_in(version) if version else None
        if spoken is not None and (spoken[1] < self.versions[0] or spoken[0] > self.versions[1]):
            raise ProtocolDiffers(
                f"This server speaks version {self.spoken} of the protocol, and you version {version}. One of us is to "
                "be upgraded. Nothing was changed."
            )

    def pairing(self, address: str) -> None:
        """An attempt to pair begins; `paired` takes it off the account again.

        Raises:
            TooMany: too many were refused.

        """
        wait_s = self.pairings.take(address, self.now_s())
        if wait_s:
            raise too_many("Too many codes from your address were refused", wait_s)

    def paired(self, address: str) -> None:
        """It worked."""
        self.pairings.give_back(address)


def too_many(what: str, wait_s: int) -> TooMany:
    """The refusal, with when to come again."""
    error = TooMany(f"{what}. Come again in {wait_s} s; everything is kept on this device.")
    error.retry_after_s = wait_s
    return error


def address_of(scope: Scope) -> str:
    """Where a request comes from, as far as the server knows."""
    client = scope.get("client")
    return client[0] if client else ""


class Gated:
    """Middleware before the routes of the protocol."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request if it may pass."""
        if scope["type"] == ScopeType.HTTP and not scope["path"].endswith("/v1/capabilities"):
            scope["litestar_app"].state.services.gate.check(scope)
        await self._app(scope, receive, send)
