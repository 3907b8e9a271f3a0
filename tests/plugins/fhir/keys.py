"""Keys as somebody makes them who registers a program at a FHIR server, and their public halves as the server is given them."""

import functools
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

CLIENT, KEY_ID = "milepost-4711", "key-1"


@functools.cache
def private(kind: str) -> Any:
    """A private key of a kind; made once, as that takes a while."""
    if kind.startswith("RS"):
        return rsa.generate_private_key(public_exponent=65537, key_size=1024 if kind == "RS short" else 2048)
    return ec.generate_private_key(ec.SECP256R1() if kind == "ES256" else ec.SECP384R1())


def pem(kind: str) -> str:
    return private(kind).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def public(kind: str) -> dict[str, Any]:
    """The public key as a JWK (RFC 7517)."""
    algorithm = RSAAlgorithm if kind.startswith("RS") else ECAlgorithm
    return {**algorithm.to_jwk(private(kind).public_key(), as_dict=True), "kid": KEY_ID}
