"""Who may make which request, as one table: method and path → rule. What a member may write is `milepost.policy`'s."""

from typing import Literal, cast

from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler
from litestar.types import HTTPScope
from msgspec import Struct

from milepost.messages import Scope
from milepost_server.collections import COLLECTIONS


class Rule(Struct, frozen=True):
    """Whose token lets in (anybody without one, any account, a member of the journal in the path, an owner of it), which
    scope it must have, and whether it must be of a device with a log or of a script.
    """

    who: Literal["anybody", "account", "member", "owner"]
    scope: Scope = "read"
    kind: Literal["any", "log", "api"] = "any"


_J = "/v1/journals/{journal}"

RULES: dict[tuple[str, str], Rule] = {
    ("GET", "/v1/capabilities"): Rule("anybody"),
    ("POST", "/v1/pair"): Rule("anybody"),
    ("POST", "/v1/invitations/look"): Rule("anybody"),
    ("POST", "/v1/admin/{operation}"): Rule("anybody"),  # it asks for the key in the data folder
    ("POST", "/v1/sync"): Rule("account", "write", "log"),
    ("GET", "/v1/live"): Rule("account"),
    ("PATCH", "/v1/account"): Rule("account", "manage", "log"),
    ("GET", "/v1/journals"): Rule("account"),
    ("POST", "/v1/journals"): Rule("account", "manage", "log"),
    ("POST", "/v1/join"): Rule("account", "manage", "log"),
    ("GET", "/v1/devices"): Rule("account"),
    ("POST", "/v1/devices"): Rule("account", "manage", "log"),
    ("POST", "/v1/devices/code"): Rule("account", "manage", "log"),
    ("PATCH", "/v1/devices/{device}"): Rule("account", "manage", "log"),
    ("DELETE", "/v1/devices/{device}"): Rule("account", "manage", "log"),
    ("GET", "/v1/access-log"): Rule("account", "manage"),
    ("POST", f"{_J}/events"): Rule("member", "write", "log"),
    ("GET", f"{_J}/events"): Rule("member"),
    ("GET", f"{_J}/snapshot"): Rule("member"),
    ("GET", f"{_J}/chain"): Rule("member"),
    ("POST", f"{_J}/repair"): Rule("member", "write", "log"),
    ("POST", f"{_J}/feeds"): Rule("member", "manage"),
    ("GET", f"{_J}/feeds"): Rule("member"),
    ("PATCH", f"{_J}/feeds/{{feed}}"): Rule("member", "manage"),
    ("DELETE", f"{_J}/feeds/{{feed}}"): Rule("member", "manage"),
    ("POST", f"{_J}/feeds/{{feed}}/rotate"): Rule("member", "manage"),
    ("GET", "/v1/plugins"): Rule("account"),
    ("GET", f"{_J}/connections"): Rule("member"),
    ("POST", f"{_J}/connections"): Rule("member", "manage"),
    ("GET", f"{_J}/connections/{{connection}}"): Rule("member"),
    ("PATCH", f"{_J}/connections/{{connection}}"): Rule("member", "manage"),
    ("DELETE", f"{_J}/connections/{{connection}}"): Rule("member", "manage"),
    ("POST", f"{_J}/connections/{{connection}}/check"): Rule("member", "manage"),
    ("GET", f"{_J}/connections/{{connection}}/preview"): Rule("member", "manage"),
    ("POST", f"{_J}/connections/{{connection}}/{{action}}"): Rule("member", "manage"),
    ("GET", f"{_J}/members"): Rule("member"),
    ("PATCH", f"{_J}/members/{{member}}"): Rule("owner", "manage", "log"),
    ("DELETE", f"{_J}/members/{{member}}"): Rule("member", "manage", "log"),
    ("GET", f"{_J}/access-log"): Rule("owner", "manage"),
    ("GET", f"{_J}/invitations"): Rule("owner", "manage"),
    ("POST", f"{_J}/invitations"): Rule("owner", "manage", "log"),
    ("POST", f"{_J}/invitations/{{invitation}}/consent"): Rule("owner", "manage", "log"),
    ("DELETE", f"{_J}/invitations/{{invitation}}"): Rule("owner", "manage", "log"),
    **{("GET", f"{_J}/{view}"): Rule("member") for view in ("progress", "today", "timeline", "brief")},
    **{("GET", f"{_J}/{of}"): Rule("member") for of in COLLECTIONS},
    **{("GET", f"{_J}/{of}/{{entity}}"): Rule("member") for of in COLLECTIONS},
    **{("POST", f"{_J}/{of}"): Rule("member", "write", "api") for of in COLLECTIONS},
    **{("PATCH", f"{_J}/{of}/{{entity}}"): Rule("member", "write", "api") for of in COLLECTIONS},
    **{("DELETE", f"{_J}/{of}/{{entity}}"): Rule("member", "write", "api") for of in COLLECTIONS},
}


async def admit(connection: ASGIConnection, _: BaseRouteHandler) -> None:  # type: ignore[type-arg]
    """The guard before every route of the protocol: what the table does not name is let in by nobody.

    Raises:
        KeyError: a route without a rule.
    """
    scope = cast(HTTPScope, connection.scope)
    rule = RULES[scope["method"], scope["path_template"]]
    if rule.who != "anybody":
        authorization = next((v for name, v in connection.scope["headers"] if name == b"authorization"), b"")
        connection.state["admitted"] = await connection.app.state.services.access.admit(
            authorization.decode("latin-1"), rule, connection.path_params.get("journal", "")
        )
