"""Which services may be used, and the hosts that each connects to; refuses everything else before it is tried.

Apprise knows hundreds. Some write to this machine (its desktop, its log), run programs or read files; those here send a
message to a person over the network, and to hosts that can be named beforehand. Of what may be set in an address, too,
only what is known to be harmless is taken: others name files, templates, or turn off checking certificates.
"""

from typing import Annotated
from urllib.parse import parse_qsl, urlsplit

from msgspec import Meta, Struct

from milepost.plugin_api import Secret

OWN = ("",)
"""The host in the address: a server of one's own."""
SERVICES: dict[str, tuple[str, ...]] = {
    "bark": OWN,
    "barks": OWN,
    "discord": ("discord.com",),
    "gotify": OWN,
    "gotifys": OWN,
    "hassio": OWN,
    "hassios": OWN,
    "join": ("joinjoaomgcd.appspot.com",),
    "mailto": OWN,
    "mailtos": OWN,
    "mmost": OWN,
    "mmosts": OWN,
    "nctalk": OWN,
    "nctalks": OWN,
    "ntfy": OWN,
    "ntfys": OWN,
    "pbul": ("api.pushbullet.com",),
    "pover": ("api.pushover.net",),
    "prowl": ("api.prowlapp.com",),
    "rocket": OWN,
    "rockets": OWN,
    "signal": OWN,
    "signals": OWN,
    "slack": ("hooks.slack.com", "slack.com"),
    "spush": ("api.simplepu.sh",),
    "tgram": ("api.telegram.org",),
    "threema": ("msgapi.threema.ch",),
}
"""The scheme of an address → the hosts that are connected to."""
OPTIONS = frozenset(
    {"auth", "channel", "device", "from", "group", "gwid", "level", "mode", "name", "pass", "priority", "secret"}
    | {"silent", "smtp", "sound", "thread", "to", "token", "topic", "user", "version"}
)
"""What may follow the `?` of an address."""

Address = Annotated[
    Secret,
    Meta(
        description="An Apprise address, as in `ntfys://ntfy.sh/TOPIC` or `tgram://TOKEN/CHAT`; it often has a password."
    ),
]


class NotifySettings(Struct, frozen=True, kw_only=True):
    """What a person sets. A mistake is told as they set it; no word of it is told, as any of it may be secret."""

    url: Address

    def __post_init__(self) -> None:
        check_address(self.url.reveal())


def scheme_of(address: str) -> str:
    """What an address begins with."""
    return address.partition("://")[0].strip().lower()


def check_address(address: str) -> None:
    """Refuses an address of a service that is not among those that may be used, or with options that may not.

    Raises:
        ValueError: says what is wrong.

    """
    scheme = scheme_of(address)
    if "://" not in address or scheme not in SERVICES:
        raise ValueError(f"`url` must be an Apprise address of one of these: {', '.join(SERVICES)}")
    if any(mark.isspace() or ord(mark) < 32 for mark in address.strip()):
        raise ValueError("`url` must be one address, without spaces")
    try:
        options = parse_qsl(urlsplit(address.replace(scheme, "http", 1)).query, keep_blank_values=True)
    except ValueError:
        raise ValueError("`url` can't be read as an address") from None
    # Apprise takes what begins with + - : for headers and the like.
    if any(name.lower() not in OPTIONS for name, _ in options):
        raise ValueError(f"`url` may have these options and no others: {', '.join(sorted(OPTIONS))}")
