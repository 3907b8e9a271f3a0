"""Where a webhook goes, and what signs it; refuses what would send the person's words where others can read them."""

import base64
import binascii
import re
import secrets
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from milepost.plugin_api import VIEWS, Flaw, Secret, flaw_of

PREFIX = "whsec_"
MIN_KEY_BYTES, MADE_KEY_BYTES, MAX_KEY_BYTES = 24, 32, 64
"""As Standard Webhooks has it."""
_FLAWS: dict[Flaw, str] = {
    "none": "`url` must be an address as in https://example.org/milepost",
    "login": "`url` must have no password in it: what is sent is signed with `secret`",
    "open": "`url` must begin with https:// there: over http:// others can read along",
}

Url = Annotated[
    str,
    Meta(
        max_length=2000,
        description="Where to send it to: `https://…`, or `http://…` in your own network.",
    ),
]
Key = Annotated[
    Secret,
    Meta(
        description="What signs it, and the receiver knows: `whsec_` and 24 to 64 random bytes in base64; made up, and "
        "told you once, if you give none."
    ),
]
OldKey = Annotated[
    Secret, Meta(description="The secret before this one, while you change it: everything is signed with both.")
]
Kinds = Annotated[
    str,
    Meta(description="The kinds of things to send, as in `goal, milestone`; all that you granted if you don't say."),
]


class WebhookSettings(Struct, frozen=True, kw_only=True):
    """What a person sets. A mistake is told as they set it, and not when the first message is due."""

    url: Url
    secret: Key = msgspec.field(default_factory=lambda: new_secret())  # noqa: PLW0108 - it is defined below
    previous_secret: OldKey = Secret("")
    kinds: Kinds = ""

    def __post_init__(self) -> None:
        check_url(self.url)
        signing_key(self.secret.reveal(), "secret")
        if self.previous_secret:
            signing_key(self.previous_secret.reveal(), "previous_secret")
        if unknown := sorted(self.wanted - set(VIEWS)):
            raise ValueError(f"`kinds` names {unknown[0]!r}, and there are: {', '.join(VIEWS)}")

    @property
    def wanted(self) -> frozenset[str]:
        """The kinds of things that are sent; empty for all."""
        return frozenset(re.findall(r"[^\s,]+", self.kinds.lower()))

    @property
    def keys(self) -> list[bytes]:
        """What signs, the newest first."""
        known = {"secret": self.secret, "previous_secret": self.previous_secret}
        return [signing_key(secret.reveal(), name) for name, secret in known.items() if secret]


def new_secret() -> Secret:
    """A secret that nobody has."""
    return Secret(f"{PREFIX}{base64.b64encode(secrets.token_bytes(MADE_KEY_BYTES)).decode()}")


def signing_key(secret: str, name: str) -> bytes:
    """The key in a secret.

    Raises:
        ValueError: it is none; the words have nothing of it in them.

    """
    wrong = f"`{name}` must be `{PREFIX}` and {MIN_KEY_BYTES} to {MAX_KEY_BYTES} random bytes in base64"
    text = secret.strip()
    try:
        key = base64.b64decode(text.removeprefix(PREFIX) + "=" * (-len(text.removeprefix(PREFIX)) % 4), validate=True)
    except (binascii.Error, ValueError):
        raise ValueError(wrong) from None
    if not text.startswith(PREFIX) or not MIN_KEY_BYTES <= len(key) <= MAX_KEY_BYTES:
        raise ValueError(wrong)
    return key


def check_url(url: str) -> None:
    """Refuses an address that can't be sent to, or would be sent to in the clear.

    Raises:
        ValueError: says what is wrong with it.

    """
    flaw = flaw_of(url)
    if flaw is not None:
        raise ValueError(_FLAWS[flaw])
