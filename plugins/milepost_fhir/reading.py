"""What a FHIR server answers, read into types with bounds: bytes come in here and nowhere else. It knows no request.

What a server says is not trusted. A body that is too large or too deep is refused, what an answer lacks is empty, and words
that may be shown to a person are cut short.
"""

import re
from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec
from msgspec import Struct, field

from milepost.plugin_api import PluginFailed

MAX_WORDS = 300
"""Characters of what a server says that a person is told."""
MAX_ISSUES = 20
_ENTRY = re.compile(r"Bundle\.entry\[(\d{1,4})\]|\bentry\[(\d{1,4})\]")
_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")
_VERSION = re.compile(r'(?:W/)?"([A-Za-z0-9\-.]{1,64})"')
_LOCATION = re.compile(r"(?:.*/)?([A-Za-z]{1,64})/([A-Za-z0-9\-.]{1,64})(?:/_history/([A-Za-z0-9\-.]{1,64}))?/?")


class Words(Struct, frozen=True):
    """A CodeableConcept, as far as it is words."""

    text: str = ""


class Issue(Struct, frozen=True):
    """One thing that is wrong (https://hl7.org/fhir/R4/operationoutcome.html)."""

    severity: str = "error"
    code: str = ""
    details: Words = Words()
    diagnostics: str = ""
    expression: list[str] = []
    location: list[str] = []

    @property
    def words(self) -> str:
        """What it says, for people."""
        return self.details.text or self.diagnostics or self.code


class Outcome(Struct, frozen=True):
    """Why a server refuses something."""

    resourceType: str = ""  # noqa: N815 - as FHIR has it
    issue: list[Issue] = []

    @property
    def words(self) -> str:
        """What it says, cut short; empty where it says nothing."""
        said = "; ".join(
            one.words for one in self.issue[:MAX_ISSUES] if one.severity in {"error", "fatal"} and one.words
        )
        return " ".join(said.split())[:MAX_WORDS]

    def entries(self, count: int) -> list[int]:
        """Which of so many entries of a Bundle it is about, if it names any.

        Servers name one as FHIRPath in `expression` or `location` (`Bundle.entry[3].resource`), or in `diagnostics`.
        """
        found: set[int] = set()
        for one in self.issue[:MAX_ISSUES]:
            if one.severity not in {"error", "fatal"}:
                continue
            for text in (*one.expression[:MAX_ISSUES], *one.location[:MAX_ISSUES], one.diagnostics[:2000]):
                found |= {int(a or b) for a, b in _ENTRY.findall(text)}
        return sorted(at for at in found if at < count)


class Response(Struct, frozen=True):
    """What became of an entry of a transaction (https://hl7.org/fhir/R4/bundle-definitions.html#Bundle.entry.response)."""

    status: str = ""
    location: str = ""
    etag: str = ""


class Entry(Struct, frozen=True):
    """An entry of a Bundle that a server gave; the resource is as it is there."""

    resource: dict[str, Any] | None = None
    response: Response = Response()

    @property
    def written(self) -> "Written":
        """Where it is now, and in which version, as far as that is said."""
        resource = self.resource or {}
        found = _LOCATION.fullmatch(self.response.location)
        etag = _VERSION.fullmatch(self.response.etag.strip())
        meta = resource.get("meta")
        version = (
            (etag and etag[1]) or (meta.get("versionId") if isinstance(meta, dict) else "") or (found and found[3])
        )
        return Written(id=(found and found[2]) or _text(resource.get("id")), version=_text(version))


class Written(Struct, frozen=True):
    """The id that a server gave something, and the version that is there; empty where it did not say."""

    id: str = ""
    version: str = ""


class Link(Struct, frozen=True):
    """Where a further page is."""

    relation: str = ""
    url: str = ""


class Bundle(Struct, frozen=True):
    """What a search found, or what became of a transaction."""

    resourceType: str = ""  # noqa: N815 - as FHIR has it
    entry: list[Entry] = []
    link: list[Link] = []

    @property
    def next(self) -> str:
        """The address of the next page; empty where this is the last."""
        return next((one.url for one in self.link if one.relation == "next"), "")


class Named(Struct, frozen=True):
    """Something that a server can do."""

    code: str = ""


class Resource(Struct, frozen=True):
    """What a server can do with a type of resource."""

    type: str = ""
    versioning: str = ""
    conditionalUpdate: bool = False  # noqa: N815 - as FHIR has it


class Rest(Struct, frozen=True):
    """What a server can do over HTTP."""

    mode: str = ""
    interaction: list[Named] = []
    resource: list[Resource] = []


class Capability(Struct, frozen=True):
    """What a server says of itself (https://hl7.org/fhir/R4/capabilitystatement.html)."""

    resourceType: str = ""  # noqa: N815 - as FHIR has it
    fhirVersion: str = ""  # noqa: N815 - as FHIR has it
    rest: list[Rest] = []


class Discovered(Struct, frozen=True):
    """Where a server gives out tokens (https://hl7.org/fhir/smart-app-launch/conformance.html)."""

    token_endpoint: str = ""


class Granted(Struct, frozen=True):
    """An access token, and for how many seconds it counts (RFC 6749, section 5.1)."""

    access_token: str = ""
    token_type: str = ""
    expires_in: float = field(default=0.0)


class Denied(Struct, frozen=True):
    """Why no token was given (RFC 6749, section 5.2)."""

    error: str = ""
    error_description: str = ""


T = TypeVar("T", bound=Struct)


def read(body: bytes, cls: type[T]) -> T:
    """A body as what it should be.

    Raises:
        PluginFailed: it is none.

    """
    try:
        found = msgspec.json.decode(body, type=cls, strict=False)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise PluginFailed("The FHIR server's answer can't be read. See to `url`: it is told by who runs it.") from None
    wanted = getattr(cls(), "resourceType", None)
    if wanted is not None and getattr(found, "resourceType", "") != _NAMES[cls]:
        raise PluginFailed(f"The server does not answer with a {_NAMES[cls]}, as FHIR has it. See to `url`.")
    return found


def outcome_of(body: bytes) -> Outcome:
    """Why something was refused; empty where the body does not say."""
    try:
        return read(body, Outcome)
    except PluginFailed:
        return Outcome()


def version_of(resource: Mapping[str, Any]) -> str:
    """Which version a resource says that it is; empty where it does not say."""
    meta = resource.get("meta")
    return _text(meta.get("versionId")) if isinstance(meta, dict) else ""


def is_a(resource: Mapping[str, Any], kind: str) -> bool:
    """Whether it is of a type, and has an id (https://hl7.org/fhir/R4/datatypes.html#id)."""
    return resource.get("resourceType") == kind and _ID.fullmatch(_text(resource.get("id"))) is not None


def identifiers_of(resource: Mapping[str, Any], system: str) -> list[str]:
    """The values of a resource's identifiers in a system."""
    said = resource.get("identifier")
    listed: list[Any] = said if isinstance(said, list) else [said]
    return [_text(one.get("value")) for one in listed if isinstance(one, dict) and one.get("system") == system]


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


_NAMES: dict[type[Struct], str] = {
    Outcome: "OperationOutcome",
    Bundle: "Bundle",
    Capability: "CapabilityStatement",
}
