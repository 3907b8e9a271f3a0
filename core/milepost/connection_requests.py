"""A client's requests about plugins and connections."""

from typing import Any, Literal

from milepost.connection_messages import (
    Checked,
    Connection,
    ConnectionChange,
    ConnectionDetails,
    ConnectionRequest,
    PluginEntry,
    Previewed,
)
from milepost.transport import Transport

Action = Literal["run", "pause", "resume", "retry", "skip", "withdraw"]

OUTSIDE_TIMEOUT_S = 900.0
"""Where a server has to wait for somebody else."""


class ConnectionRequests:
    """Every method raises `Offline` where the server can't be reached, or the error that it answered."""

    _transport: Transport

    def plugins(self) -> list[PluginEntry]:
        """`GET /v1/plugins`."""
        return self._transport.ask("GET", "/v1/plugins", list[PluginEntry])

    def connections(self, journal: str) -> list[Connection]:
        """`GET /v1/journals/{journal}/connections`."""
        return self._transport.ask("GET", f"/v1/journals/{journal}/connections", list[Connection])

    def add_connection(self, journal: str, asked: ConnectionRequest) -> Connection:
        """`POST /v1/journals/{journal}/connections`."""
        return self._transport.ask("POST", f"/v1/journals/{journal}/connections", Connection, asked)

    def connection(self, journal: str, connection: str) -> ConnectionDetails:
        """`GET /v1/journals/{journal}/connections/{connection}`."""
        return self._transport.ask("GET", _path(journal, connection), ConnectionDetails)

    def change_connection(self, journal: str, connection: str, change: ConnectionChange) -> Connection:
        """`PATCH /v1/journals/{journal}/connections/{connection}`."""
        return self._transport.ask("PATCH", _path(journal, connection), Connection, change)

    def remove_connection(self, journal: str, connection: str) -> None:
        """`DELETE /v1/journals/{journal}/connections/{connection}`."""
        self._transport.ask("DELETE", _path(journal, connection), type(None))

    def check_connection(self, journal: str, connection: str) -> Checked:
        """`POST /v1/journals/{journal}/connections/{connection}/check`."""
        path = f"{_path(journal, connection)}/check"
        return self._transport.ask("POST", path, Checked, timeout_s=OUTSIDE_TIMEOUT_S)

    def preview_connection(self, journal: str, connection: str) -> list[Previewed]:
        """`GET /v1/journals/{journal}/connections/{connection}/preview`."""
        return self._transport.ask("GET", f"{_path(journal, connection)}/preview", list[Previewed])

    def steer_connection(self, journal: str, connection: str, action: Action, letter: str = "") -> Connection:
        """`POST /v1/journals/{journal}/connections/{connection}/{action}`."""
        path = f"{_path(journal, connection)}/{action}"
        named: dict[str, Any] = {"letter": letter} if letter else {}
        return self._transport.ask("POST", path, Connection, timeout_s=OUTSIDE_TIMEOUT_S, **named)


def _path(journal: str, connection: str) -> str:
    return f"/v1/journals/{journal}/connections/{connection}"
