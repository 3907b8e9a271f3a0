"""Rounds off the API's own document: what each request needs and may be refused with, under headings. Knows no route."""

from http import HTTPStatus

import msgspec
from litestar.openapi.spec import (
    Components,
    Example,
    OpenAPI,
    OpenAPIMediaType,
    OpenAPIResponse,
    Operation,
    Reference,
    Schema,
    SecurityScheme,
    Tag,
)
from litestar.openapi.spec.enums import OpenAPIType

from milepost.messages import Problem

PROBLEM = "application/problem+json"
_TOKEN = "token"  # noqa: S105 - what it is called in the document
_OPEN = frozenset({"/v1/pair", "/v1/capabilities", "/v1/invitations/look"})
"""What needs no token."""
_PROTOCOL = frozenset({"events", "chain", "repair", "snapshot", "archive"})
"""Of what is below a journal, the part that devices with a log of their own use."""
_MEMBERS = frozenset({"members", "invitations", "access-log", "join"})
_CONNECTIONS = frozenset({"connections", "plugins"})
_VIEWS = frozenset({"progress", "today", "timeline", "brief"})
_TAGS = {
    "devices": "Devices and journals: pairing, tokens, what an account has",
    "sync": "The protocol that devices with a log of their own speak",
    "members": "Who is in a journal: members and their roles, invitations, joining, and the log of access",
    "feeds": "Calendar subscriptions",
    "connections": "Plugins, and what a journal is connected to by them: consent, delivery, what is rejected, the log",
    "views": "What a journal says when it is read",
}
_SAID = {
    400: "What was sent can't be understood or makes no sense; `detail` says what to change. Nothing was written.",
    401: "There is no token, or it is unknown or revoked.",
    403: "The token, or your role in the journal, may not do this, or a code opens nothing; `detail` says which.",
    404: "The journal, the entity or what the request names is not there, or not yours.",
    412: "What the change is based on has changed since. Nothing was written: read it again.",
    413: "The body is too large.",
    422: "The `Idempotency-Key` came with another request before.",
}


def describe(document: OpenAPI) -> None:
    """Adds security, problems and tags to every operation, and says what success is."""
    if document.components is None:
        document.components = Components()
    document.components.security_schemes = {
        _TOKEN: SecurityScheme(
            type="http",
            scheme="bearer",
            description="`milepost device token NAME`, on a paired device, makes one for a script.",
        )
    }
    document.components.schemas = {**(document.components.schemas or {}), "Problem": _problem_schema()}
    found = dict[str, str]()
    for path, item in (document.paths or {}).items():
        for method in ("get", "post", "patch", "delete"):
            operation: Operation | None = getattr(item, method)
            if operation is None:
                continue
            tag = _tag_of(path)
            found.setdefault(tag, _TAGS.get(tag, f"{tag.capitalize()} of a journal, one by one"))
            operation.tags = [tag]
            operation.security = [] if path in _OPEN else [{_TOKEN: []}]
            operation.responses = {
                **{
                    code: one for code, one in (operation.responses or {}).items() if int(code) < HTTPStatus.BAD_REQUEST
                },
                **{str(status): _refused(status) for status in _refusals(path, method)},
            }
            _say_success(operation)
    document.tags = [Tag(name=tag, description=said) for tag, said in sorted(found.items())]


def _is_ours(code: str, response: OpenAPIResponse | Reference) -> bool:
    """Whether a handler said so itself, and not the framework, whose errors have another shape."""
    content = response.content if isinstance(response, OpenAPIResponse) else None
    return int(code) < HTTPStatus.BAD_REQUEST or PROBLEM in (content or {})


def _tag_of(path: str) -> str:
    parts = path.split("/")
    below = parts[4] if len(parts) > 4 and parts[2] == "journals" else ""
    if below in _PROTOCOL or parts[2] in {"sync", "live"}:
        return "sync"
    if below in _MEMBERS or parts[2] in _MEMBERS:
        return "members"
    if below in _CONNECTIONS or parts[2] in _CONNECTIONS:
        return "connections"
    return "views" if below in _VIEWS else below or "devices"


def _refusals(path: str, method: str) -> list[int]:
    """The statuses that a request may be refused with."""
    found = {400} if path in _OPEN else {400, 401}
    if path != "/v1/capabilities":
        found.add(403)
    if "{" in path:
        found.add(404)
    if method != "get":
        found.add(413)
        if "{journal}" in path and _tag_of(path) not in {"sync", "feeds", "members", "connections"}:
            found |= {422} if method == "post" else {412, 422}
    return sorted(found)


def _refused(status: int) -> OpenAPIResponse:
    example = Problem(type="/problems/…", title=HTTPStatus(status).phrase, status=status, detail="…")
    return OpenAPIResponse(
        description=_SAID[status],
        content={
            PROBLEM: OpenAPIMediaType(
                schema=Reference(ref="#/components/schemas/Problem"),
                examples={"example": Example(value=msgspec.to_builtins(example))},
            )
        },
    )


def _problem_schema() -> Schema:
    text = Schema(type=OpenAPIType.STRING)
    return Schema(
        title="Problem",
        type=OpenAPIType.OBJECT,
        description="An error (RFC 9457). `type` leads to its description, `detail` says what to do.",
        required=["type", "title", "status", "detail"],
        properties={"type": text, "title": text, "status": Schema(type=OpenAPIType.INTEGER), "detail": text},
    )


def _say_success(operation: Operation) -> None:
    for code, response in (operation.responses or {}).items():
        if isinstance(response, OpenAPIResponse) and int(code) < HTTPStatus.MULTIPLE_CHOICES:
            response.description = {
                "201": "It is written; this is what it looks like.",
                "204": "It is taken back.",
            }.get(code, "What was asked for.")
