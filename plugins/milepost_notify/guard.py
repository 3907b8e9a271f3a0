"""Keeps what a library connects to within the addresses that were judged beforehand; knows no library.

Apprise opens its own connections. While it runs, in its thread, each name that was declared leads to the addresses that
the host judged, and any other to none: so neither a redirect nor a name that changes its address leads elsewhere.
Everybody else's names are looked up as ever.
"""

import contextlib
import socket
from collections.abc import Iterator, Mapping, Sequence
from contextvars import ContextVar
from typing import Any

_judged: ContextVar[Mapping[str, Sequence[str]] | None] = ContextVar("judged", default=None)
_look_up = socket.getaddrinfo


def _guarded(host: Any, *args: Any, **more: Any) -> Any:
    known = _judged.get()
    if known is None:
        return _look_up(host, *args, **more)
    name = host.decode() if isinstance(host, bytes) else str(host)
    addresses = known.get(name.lower().rstrip("."), ())
    if not addresses:
        raise socket.gaierror(socket.EAI_NONAME, "not among the hosts that were declared")
    return [row for address in addresses for row in _look_up(address, *args, **more)]


@contextlib.contextmanager
def only(judged: Mapping[str, Sequence[str]]) -> Iterator[None]:
    """In this context, names (lowercase) lead to these addresses, and others to none."""
    if socket.getaddrinfo is not _guarded:
        socket.getaddrinfo = _guarded
    token = _judged.set(judged)
    try:
        yield
    finally:
        _judged.reset(token)
