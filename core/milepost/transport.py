"""One server at a URL: sends requests, codes and decodes bodies, and turns a server's problems into errors to act on.

Every request may be sent again, so whatever a server answers, nothing is lost by it.
"""

import contextlib
import time
from collections.abc import Callable, Iterator, Mapping
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar

import httpx
import msgspec
import zstandard
from msgspec import Struct

from milepost import errors
from milepost.backoff import Backoff, retry_after_s
from milepost.certificates import believed
from milepost.clock import wall_clock_ms
from milepost.errors import Busy, MilepostError, Offline, ProtocolDiffers, TooLarge, TooMany
from milepost.messages import MIN_CODED_BYTES, PROTOCOL, PROTOCOL_HEADER, Problem, versions_in

TIMEOUT_S = 30.0
PATIENCE_S = 20.0
"""How long, in all, one request waits for a server that asks to come again later."""
CODING_LEVEL = 3

T = TypeVar("T")

_BY_CODE: dict[str, type[MilepostError]] = {
    cls.code: cls for cls in vars(errors).values() if isinstance(cls, type) and issubclass(cls, MilepostError)
}


class Transport:
    """Requests to one server. `sleep` is given by who must not wait for real."""

    def __init__(
        self,
        url: str,
        token: str = "",
        *,
        http: httpx.Client | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.url = url.rstrip("/")
        headers = {PROTOCOL_HEADER: str(PROTOCOL)} | ({"authorization": f"Bearer {token}"} if token else {})
        self._http = http or httpx.Client(timeout=TIMEOUT_S, follow_redirects=False, verify=believed(url))
        self._http.headers.update(headers)
        self._sleep = sleep
        self._reads_zstd = False
        self.clock_ahead_ms: int | None = None
        """How far this machine's clock is ahead of the server's, as its last answer told (to a second or so)."""

    def ask(
        self,
        method: str,
        path: str,
        answer: type[T],
        body: Struct | None = None,
        *,
        timeout_s: float = TIMEOUT_S,
        **params: Any,
    ) -> T:
        """The answer to one request, as a typed value.

        Raises:
            Offline: it can't be reached, or what answered is no Milepost server.
            ProtocolDiffers: there is no common version.
            MilepostError: the problem that it answered.

        """
        response = self._send(method, path, body, params, timeout_s)
        self._notice(response)
        if response.status_code >= 300:
            error = problem_error(response.status_code, response.content)
            error.retry_after_s = retry_after_s(response.headers.get("retry-after", ""))
            raise error
        try:
            return msgspec.json.decode(response.content or b"null", type=answer)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise Offline(
                f"{self.url} answered something that is not Milepost's ({error}). Is the address right?"
            ) from error

    def _send(
        self, method: str, path: str, body: Struct | None, params: Mapping[str, Any], timeout_s: float
    ) -> httpx.Response:
        content, headers = None, {}
        # A client that was handed in has time-outs of its own.
        patience: Any = httpx.USE_CLIENT_DEFAULT if timeout_s == TIMEOUT_S else httpx.Timeout(TIMEOUT_S, read=timeout_s)
        if body is not None:
            content, headers["content-type"] = msgspec.json.encode(body), "application/json"
            if self._reads_zstd and len(content) >= MIN_CODED_BYTES:
                content = zstandard.ZstdCompressor(level=CODING_LEVEL).compress(content)
                headers["content-encoding"] = "zstd"
        try:
            return self._http.request(
                method, f"{self.url}{path}", content=content, params=params or None, headers=headers, timeout=patience
            )
        except httpx.TimeoutException as error:
            raise Offline(f"{self.url} did not answer in time. Everything is kept here; try again later.") from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise Offline(
                f"{self.url} can't be reached ({error}). Everything is kept here and goes out with the next sync."
            ) from error

    def _notice(self, response: httpx.Response) -> None:
        """What every answer tells of its server: which versions it speaks, and which codings of a body it reads.

        Raises:
            ProtocolDiffers: none that is spoken here.

        """
        self.clock_ahead_ms = _ahead(response.headers.get("date", ""))
        versions = versions_in(response.headers.get(PROTOCOL_HEADER, ""))
        if versions is not None and not versions[0] <= PROTOCOL <= versions[1]:
            older = "this device" if versions[0] > PROTOCOL else "the server"
            spoken = "-".join(str(version) for version in sorted(set(versions)))
            raise ProtocolDiffers(
                f"{self.url} speaks version {spoken} of the protocol, and this device version {PROTOCOL}: {older} is "
                "to be upgraded. Everything is kept here and goes out then."
            )
        # RFC 9110, section 12.5.3: in an answer, it is what the server reads.
        codings = response.headers.get("accept-encoding", "")
        self._reads_zstd = self._reads_zstd or "zstd" in [part.strip() for part in codings.split(",")]

    @contextlib.contextmanager
    def lines(self, path: str, silence_s: float) -> Iterator[Iterator[str]]:
        """The lines of an answer that goes on, for as long as the block runs; silence ends it.

        Raises:
            MilepostError: the problem that it answered.
            httpx.HTTPError: it can't be reached, or the stream broke.

        """
        timeout = httpx.Timeout(TIMEOUT_S, read=silence_s)
        with self._http.stream("GET", f"{self.url}{path}", timeout=timeout) as response:
            self._notice(response)
            if response.status_code >= 300:
                raise problem_error(response.status_code, response.read())
            yield response.iter_lines()

    def patiently(self, ask: Callable[[], T]) -> T:
        """Asks again, a little later each time, where the server says that it has too much to do just now."""
        backoff, waited_s = Backoff(), 0.0
        while True:
            try:
                return ask()
            except (TooMany, Busy) as error:
                wait_s = backoff.next_s(error.retry_after_s)
                waited_s += wait_s
                if waited_s > PATIENCE_S:
                    raise
            self._sleep(wait_s)


def _ahead(date: str) -> int | None:
    """How far the wall clock is ahead of a `Date` (RFC 9110, section 6.6.1), which leaves out parts of a second."""
    try:
        told = parsedate_to_datetime(date).timestamp() * 1000
    except ValueError:
        return None
    off = wall_clock_ms() - int(told)
    return 0 if 0 <= off < 1_000 else off


def problem_error(status: int, body: bytes) -> MilepostError:
    """The error for a problem document (RFC 9457), or for whatever else a server or a proxy before it answered."""
    try:
        problem = msgspec.json.decode(body, type=Problem)
    except (msgspec.DecodeError, UnicodeDecodeError):
        if status == TooLarge.status:
            return TooLarge(
                "The server, or a proxy before it, takes no request as long as that. Everything is kept here."
            )
        return Offline(f"The server answered {status} without saying why. Everything is kept here; try again later.")
    return _BY_CODE.get(problem.type.rsplit("/", 1)[-1], Offline)(problem.detail or problem.title)
