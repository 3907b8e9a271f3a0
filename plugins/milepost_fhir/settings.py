"""What a person says of the FHIR server that they connect; refuses what would send words or keys where others can read them.

How it signs in follows from what is given: nothing, a `token` (RFC 6750), or a `client_id` with a `private_key` for SMART
backend services (https://hl7.org/fhir/smart-app-launch/backend-services.html).
"""

import re
from typing import Annotated

from msgspec import Meta, Struct

from milepost.plugin_api import Flaw, Secret, flaw_of

RESOURCES = (
    "Patient",
    "Goal",
    "Consent",
    "CarePlan",
    "Task",
    "ServiceRequest",
    "Appointment",
    "Observation",
    "QuestionnaireResponse",
)
"""The types of resources that are written, and for which rights are asked."""
SCOPE = " ".join(f"system/{name}.cruds" for name in RESOURCES)
"""What is asked for, as SMART 2 writes it: to create, read, update, delete and search each of them, and nothing else."""
_PEM = re.compile(r"-----BEGIN ([A-Z ]+)-----([A-Za-z0-9+/=\s]+)-----END \1-----")
PATIENT = re.compile(r"Patient/[A-Za-z0-9\-.]{1,64}")
_FLAWS: dict[Flaw, str] = {
    "none": "must be an address as in https://fhir.example.org/r4",
    "login": "must have no name or password in it",
    "open": "must begin with https:// there: over http:// others can read along",
}

Url = Annotated[
    str,
    Meta(
        max_length=2000,
        description="The base address of the FHIR server, as in https://fhir.example.org/r4; it says `metadata` below it.",
    ),
]
Patient = Annotated[
    str,
    Meta(
        max_length=80,
        description="The record there that all of it is about, as in Patient/123. It is never changed. Without it, one "
        "without a name is made.",
    ),
]
Token = Annotated[Secret, Meta(description="A token that the server gave you, if it wants one.")]
ClientId = Annotated[
    str,
    Meta(
        max_length=500,
        description="For SMART backend services: what the server calls this program, since you registered it.",
    ),
]
Key = Annotated[
    Secret,
    Meta(
        description="The private key of which the server knows the public one: PEM, RSA of 2048 bits or more, or EC P-384."
    ),
]
KeyId = Annotated[str, Meta(max_length=500, description="The `kid` under which the server knows that key.")]
Scope = Annotated[
    str,
    Meta(
        max_length=2000,
        description="The rights to ask for, if not those that are needed, as in `system/*.*` for older servers.",
    ),
]
AuthUrl = Annotated[
    str,
    Meta(
        max_length=2000,
        description="Where tokens are given out, if that is on another host or the server does not say.",
    ),
]


class ServerSettings(Struct, frozen=True, kw_only=True):
    """What a person sets. A mistake is told as they set it, and not when the first thing is due."""

    url: Url
    patient: Patient = ""
    token: Token | None = None
    client_id: ClientId = ""
    private_key: Key | None = None
    key_id: KeyId = ""
    scope: Scope = SCOPE
    auth_url: AuthUrl = ""

    def __post_init__(self) -> None:
        check_url(self.url, "url")
        if self.auth_url:
            check_url(self.auth_url, "auth_url")
        if self.patient and PATIENT.fullmatch(self.patient) is None:
            raise ValueError("`patient` must be as in Patient/123, by the id that the server gave it")
        if self.token and self.client_id:
            raise ValueError("Give a `token`, or a `client_id` with its `private_key`: not both")
        if self.token and re.fullmatch(r"[A-Za-z0-9\-._~+/]+=*", self.token.reveal()) is None:
            raise ValueError("`token` must be the token alone, without `Bearer` or a line break")
        together = (bool(self.client_id), bool(self.private_key), bool(self.key_id))
        if any(together) and not all(together):
            raise ValueError("`client_id`, `private_key` and `key_id` belong together: give all of them, or none")
        if self.private_key:
            algorithm_of(self.private_key)

    @property
    def base(self) -> str:
        """The address, without a slash at its end or anything that is none of a server's."""
        return self.url.split("#")[0].split("?")[0].rstrip("/")


def pem_of(key: Secret) -> str:
    """A key in PEM (RFC 7468), line by line: a form of one line took the breaks out of it."""
    found = _PEM.search(key.reveal())
    if found is None:
        return key.reveal()
    label, body = found[1], re.sub(r"\s", "", found[2])
    lines = [body[at : at + 64] for at in range(0, len(body), 64)]
    return "\n".join([f"-----BEGIN {label}-----", *lines, f"-----END {label}-----", ""])


def algorithm_of(key: Secret) -> str:
    """How a private key signs: `RS384` or `ES384`, which SMART backend services have servers take.

    Raises:
        ValueError: it is no such key; the words have nothing of it in them.

    """
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ec import SECP384R1, EllipticCurvePrivateKey
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        found = load_pem_private_key(pem_of(key).encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise ValueError(
            "`private_key` must be a private key in PEM, without a password: give its file, @key.pem"
        ) from None
    if isinstance(found, RSAPrivateKey) and found.key_size >= 2048:
        return "RS384"
    if isinstance(found, EllipticCurvePrivateKey) and isinstance(found.curve, SECP384R1):
        return "ES384"
    raise ValueError("`private_key` must be RSA of 2048 bits or more, or EC on the curve P-384")


def check_url(url: str, name: str) -> None:
    """Refuses an address that can't be asked, or where keys and words would go in the clear.

    Raises:
        ValueError: says what is wrong with it.

    """
    flaw = flaw_of(url)
    if flaw is not None:
        raise ValueError(f"`{name}` {_FLAWS[flaw]}")
