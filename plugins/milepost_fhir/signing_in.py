"""SMART backend services: a signed assertion for an access token, which is kept in memory until shortly before it ends.

Sources: https://hl7.org/fhir/smart-app-launch/backend-services.html and client-confidential-asymmetric.html there, which
build on RFC 7523 and RFC 6749, section 4.4. It knows no resource.

Tokens outlive a call, and so the objects that a call makes: they are here, for the process, by a name that has everything
in it that was signed in with. What is not used again is the first to go.
"""

import hashlib
import time
import uuid
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from msgspec import Struct

from milepost.plugin_api import PluginFailed
from milepost_fhir.reading import Denied, Discovered, Granted, read
from milepost_fhir.settings import ServerSettings, algorithm_of, check_url, pem_of

ASSERTION_S = 240
"""For how long an assertion counts; five minutes are the most that servers take."""
MARGIN_S = 30.0
"""So long before its end a token is not used any more."""
LONGEST_S = 3600.0
UNSAID_S = 300.0
"""For how long a token is taken to count of which the server does not say."""
MAX_TOKENS = 500
_KIND = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

Form = dict[str, str]
Asked = Callable[[str, Form | None], Awaitable[tuple[int, bytes]]]
"""Asks an address: a form is posted, None gets. Gives the status, below 500 and not 429, and the body."""


class Kept(Struct, frozen=True):
    """A token, and until when by the clock it is used."""

    token: str
    until: float


class Tokens:
    """The tokens that there are."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._kept: OrderedDict[str, Kept] = OrderedDict()

    def get(self, name: str) -> str:
        """A token that still counts; empty where there is none."""
        kept = self._kept.pop(name, None)
        if kept is None or kept.until <= self._clock():
            return ""
        self._kept[name] = kept
        return kept.token

    def keep(self, name: str, granted: Granted) -> None:
        """Notes a token."""
        lasts = min(granted.expires_in or UNSAID_S, LONGEST_S) - MARGIN_S
        self._kept[name] = Kept(granted.access_token, self._clock() + lasts)
        while len(self._kept) > MAX_TOKENS:
            self._kept.popitem(last=False)

    def drop(self, name: str) -> None:
        """Forgets one that the server does not take any more."""
        self._kept.pop(name, None)


TOKENS = Tokens()


def name_of(settings: ServerSettings) -> str:
    """What a token is kept by; nothing can be read from it."""
    key = settings.private_key.reveal() if settings.private_key else ""
    parts = (settings.base, settings.auth_url, settings.client_id, settings.key_id, settings.scope, key)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def assertion(settings: ServerSettings, audience: str, now_s: float) -> str:
    """A JWT by which the server knows this program, for one use.

    Raises:
        PluginFailed: the package that signs is not installed.

    """
    try:
        import jwt
    except ImportError:
        raise PluginFailed("To sign in there needs one more package here: pip install 'milepost[fhir]'.") from None
    if settings.private_key is None:
        raise PluginFailed("To sign in there needs a `private_key`.")
    claims = {
        "iss": settings.client_id,
        "sub": settings.client_id,
        "aud": audience,
        "iat": int(now_s),
        "exp": int(now_s) + ASSERTION_S,
        "jti": str(uuid.uuid4()),
    }
    algorithm = algorithm_of(settings.private_key)
    return jwt.encode(claims, pem_of(settings.private_key), algorithm=algorithm, headers={"kid": settings.key_id})


async def signed_in(settings: ServerSettings, ask: Asked, tokens: Tokens = TOKENS) -> str:
    """An access token: one that is there, or a new one.

    Raises:
        PluginFailed: the server gives none; says what to do.

    """
    name = name_of(settings)
    if token := tokens.get(name):
        return token
    endpoint = settings.auth_url or await _discovered(settings, ask)
    form = {
        "grant_type": "client_credentials",
        "scope": settings.scope,
        "client_assertion_type": _KIND,
        "client_assertion": assertion(settings, endpoint, time.time()),
    }
    status, body = await ask(endpoint, form)
    if status >= 400:
        raise PluginFailed(_why(body, status))
    granted = read(body, Granted)
    if not granted.access_token or granted.token_type.lower() != "bearer":
        raise PluginFailed("The server answers with no access token that can be used. See to `auth_url`.")
    tokens.keep(name, granted)
    return granted.access_token


async def _discovered(settings: ServerSettings, ask: Asked) -> str:
    """Where the server says that tokens are given out, if that is on its own host."""
    status, body = await ask(f"{settings.base}/.well-known/smart-configuration", None)
    endpoint = read(body, Discovered).token_endpoint if status < 400 else ""
    if not endpoint:
        raise PluginFailed("The server does not say where it gives out tokens: set that as `auth_url`.")
    here, there = urlsplit(settings.base), urlsplit(endpoint)
    if there.hostname != here.hostname:
        raise PluginFailed(f"Tokens are given out at {endpoint[:200]}: if you trust that, set it as `auth_url`.")
    try:
        check_url(endpoint, "auth_url")
    except ValueError as error:
        raise PluginFailed(f"The server gives out tokens where they can't be asked for safely: {error}.") from None
    return endpoint


def _why(body: bytes, status: int) -> str:
    try:
        denied = read(body, Denied)
    except PluginFailed:
        denied = Denied()
    said = " ".join(f"{denied.error} {denied.error_description}".split())[:200] or str(status)
    if denied.error == "invalid_scope":
        return f"The server does not give these rights ({said}). See to `scope`, and to what you registered there."
    return f"The server does not let this program in ({said}). See to `client_id`, `key_id` and `private_key`."
