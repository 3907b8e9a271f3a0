"""What a person says of their calendar server; refuses what would send their password where others can read it."""

import re
from typing import Annotated

from msgspec import Meta, Struct

from milepost.plugin_api import Flaw, Secret, flaw_of

_FLAWS: dict[Flaw, str] = {
    "none": "`url` must be an address as in https://calendar.example.org",
    "login": "`url` must have no name or password in it: give `username` and `password`",
    "open": "`url` must begin with https:// there: over http:// others can read your password",
}

Url = Annotated[
    str,
    Meta(
        max_length=2000,
        description="Where your calendar server is, as in https://calendar.example.org; your calendars are found from "
        "there.",
    ),
]
Tasks = Annotated[
    str,
    Meta(
        max_length=2000,
        description="The list of tasks to use, by its name there or its address; one is made if you name none.",
    ),
]
Appointments = Annotated[
    str,
    Meta(
        max_length=2000,
        description="The calendar for your sessions, by its name there or its address; one is made if you name none.",
    ),
]
Due = Annotated[
    bool,
    Meta(
        description="Whether steps show when they are due, and may be moved there. Most programs show what is late in red."
    ),
]


class CaldavSettings(Struct, frozen=True, kw_only=True):
    """What a person sets. A mistake is told as they set it, and not when the first step is to leave."""

    url: Url
    username: Annotated[str, Meta(max_length=500, description="Your user name there.")]
    password: Annotated[Secret, Meta(description="Your password there, or one that is for this program alone.")]
    tasks: Tasks = ""
    appointments: Appointments = ""
    due: Due = False

    def __post_init__(self) -> None:
        check_url(self.url)
        if ":" in self.username or re.search(r"[\x00-\x1f]", self.username + self.password.reveal()):
            raise ValueError("`username` has no colon, and neither it nor `password` a line break")

    @property
    def base(self) -> str:
        """The address, without anything that is none of a server's."""
        return self.url.split("#")[0].split("?")[0]


def check_url(url: str) -> None:
    """Refuses an address that can't be asked, or where the password would go in the clear.

    Raises:
        ValueError: says what is wrong with it.

    """
    flaw = flaw_of(url)
    if flaw is not None:
        raise ValueError(_FLAWS[flaw])
