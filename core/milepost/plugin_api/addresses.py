"""Addresses as a person sets them: whether words and keys may be sent there at all. Looks nothing up, and asks nobody."""

import ipaddress
import re
from typing import Literal
from urllib.parse import urlsplit

Flaw = Literal["none", "login", "open"]
"""What is wrong with an address: it is none (no `http` or `https`, no host, a blank), has a name or password in it, or goes
over `http` to somewhere that is not near, where others can read along."""
_OWN_NETWORK = (".local", ".lan", ".internal", ".home.arpa", ".localhost")


def flaw_of(url: str) -> Flaw | None:
    """What is wrong with an address that a person set, so that they are told as they set it; None for nothing."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return "none"
    if parts.scheme not in {"http", "https"} or not host or re.search(r"\s", url):
        return "none"
    if parts.username is not None or parts.password is not None:
        return "login"
    return "open" if parts.scheme == "http" and not _is_near(host) else None


def _is_near(host: str) -> bool:
    """Whether a host is named as one of a network of one's own."""
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return "." not in host or host.endswith(_OWN_NETWORK)
