"""An example plugin: a secret address that takes in minutes of mindfulness, from a phone or a small device, as check-ins.

What is sent is JSON, `{"id": "a1", "on": "2026-05-04", "minutes": 12}`, and the header `x-signature` has the HMAC-SHA256 of
the body in hexadecimal, made with a secret that both know. So whoever only learns the address can send nothing.
"""

import datetime as dt
import hashlib
import hmac
from collections.abc import Sequence
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from milepost.plugin_api import Inbox, InboxContext, NewEntry, Reply, Request, Secret, hookimpl

milepost_api = (1, 1)
"""The versions of the plugin API that this works with."""

SIGNATURE = "x-signature"


class Settings(Struct, frozen=True, kw_only=True):
    """What somebody sets when they connect a journal."""

    signing_secret: Annotated[Secret, Meta(description="What the other side signs with.")]
    about: Annotated[str, Meta(description="The id of the goal or practice that it is about; may be left out.")] = ""


class Sent(Struct, frozen=True):
    """What a body says. The same `id` is the same sitting, however often it is sent."""

    id: Annotated[str, Meta(min_length=1, max_length=200)]
    on: dt.date
    minutes: Annotated[int, Meta(ge=1, le=1440)]


class MindfulInbox(Inbox[Settings]):
    """A sitting is a check-in, whose value is how many minutes it took."""

    name = "mindful"
    title = "Minutes of mindfulness that a phone or a device sends"
    settings = Settings
    defaults = frozenset()
    max_bytes = 4096

    def receive(self, request: Request, context: InboxContext[Settings]) -> Reply:
        secret = context.settings.signing_secret.reveal().encode()
        expected = hmac.new(secret, request.body, hashlib.sha256).hexdigest()
        if not hmac.compare_digest(expected.encode(), request.headers.get(SIGNATURE, "").encode()):
            return said(401, "The signature is missing or wrong.")
        try:
            sent = msgspec.json.decode(request.body, type=Sent)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            return said(400, 'Send JSON like {"id": "a1", "on": "2026-05-04", "minutes": 12}.')
        about = context.settings.about
        if about and about not in {one.id for one in (*context.view.goals, *context.view.practices)}:
            context.log("What `about` names is not in the journal: see to it with `milepost connection change`.")
            return said(409, "It can't be taken in now.")
        fields = {"on": sent.on.isoformat(), "value": sent.minutes, **({"subject": about} if about else {})}
        return said(200, "Taken in.", NewEntry(kind="checkin", external_id=sent.id, fields=fields))


def said(status: int, words: str, *entries: NewEntry) -> Reply:
    """An answer in words, without anything of the journal in it."""
    return Reply(status=status, body=msgspec.json.encode({"said": words}), entries=entries)


@hookimpl
def milepost_inboxes() -> Sequence[type[Inbox[Any]]]:
    """What this plugin takes in."""
    return [MindfulInbox]
