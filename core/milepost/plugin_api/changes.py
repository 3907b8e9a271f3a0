"""What goes out to a connector and how it answers, and what comes in from outside; immutable."""

from collections.abc import Mapping
from typing import Any, Literal

import msgspec
from msgspec import Struct

from milepost.plugin_api.views import Kind, View

Reason = Literal["new", "changed", "again", "time"]
"""Why something is sent: it was not sent before; it changed; it is sent again as scopes, wording, settings or the
connector's version changed; or nothing changed but the time, as its `wake` had said.
"""


class Happened(Struct, frozen=True, kw_only=True):
    """One event, for connectors with `delivery = "each"`: its type, its place in the journal's log (from 1), when the
    server received it (in milliseconds since 1970), and which fields it set, of those
    that were granted.
    """

    type: str
    seq: int
    at_ms: int
    fields: tuple[str, ...] = ()


class Changed(Struct, frozen=True, kw_only=True):
    """Something is as `view` shows it. The same `key` is the same change, sent again: outside it must do nothing twice.

    `base` is to be kept with what is outside, and handed back with what comes in about it (see `Revision`).
    """

    kind: Kind
    id: str
    key: str
    reason: Reason
    view: View
    base: Mapping[str, str] = msgspec.field(default_factory=dict)
    event: Happened | None = None


class Removed(Struct, frozen=True, kw_only=True):
    """Something was taken back by the person: it should be gone outside, too."""

    kind: Kind
    id: str
    key: str
    event: Happened | None = None


class Withdrawn(Struct, frozen=True, kw_only=True):
    """Something is there, but may not be outside any more: the person took a scope back, or ended the connection."""

    kind: Kind
    id: str
    key: str


Change = Changed | Removed | Withdrawn


class Done(Struct, frozen=True):
    """It is outside as it should be; also where it was already, or where the connector has no use for it.

    `sent` is false where nothing was sent for it, so that the person's log does not say that something left.
    """

    sent: bool = True


class Rejected(Struct, frozen=True):
    """Outside it will never be taken as it is. It is put aside, with the reason, for the person to see; the rest goes on,
    and what changes is sent anew.
    """

    reason: str


class Later(Struct, frozen=True):
    """It did not work this time. It is sent again, with all that follows it, however long that takes."""

    reason: str = ""
    after_s: float = 0.0
    """Not before so many seconds, where the other side said so."""


Answer = Done | Rejected | Later


class NewEntry(Struct, frozen=True, kw_only=True):
    """Something outside that a journal is to have. The same `external_id` is the same thing; one that comes again with
    other fields changes what it made, as long as nobody else did. Fields are those of the events (docs/protocol.md): of the
    one that it begins with, and `status` and `on` where it has some. With `asks` it becomes a proposal: what others have in
    mind for a person is theirs to decide on.

    `known_as` is for what several sources tell of, such as the same sitting from a phone and out of a file: what is known
    as the same is one thing, whoever brings it. Whoever brought it first may change it; what the others say of it changes
    nothing. Where something known as one of `unless` stands already, the entry changes nothing. `grows` names a field
    that is a number and only grows, as the steps of a day do: a smaller one changes nothing, in whatever order they come.
    """

    kind: Kind
    external_id: str
    fields: Mapping[str, Any]
    asks: bool = False
    known_as: str = ""
    unless: tuple[str, ...] = ()
    grows: str = ""


class Revision(Struct, frozen=True, kw_only=True):
    """Something that came from the journal has other `fields` outside. `base` is what `Changed` said when they were last
    the same: where the journal's were changed since, it becomes a proposal. With `asks` it becomes one in any case: what
    was said outside is for the person to decide.
    """

    kind: Kind
    id: str
    fields: Mapping[str, Any]
    base: Mapping[str, str]
    asks: bool = False


class Retraction(Struct, frozen=True, kw_only=True):
    """Something that a `NewEntry` made is gone outside. What people have changed since stays."""

    kind: Kind
    external_id: str


Entry = NewEntry | Revision | Retraction


class NewInstrument(Struct, frozen=True, kw_only=True):
    """A questionnaire that a file has: `text` as `milepost instrument add` reads it, TOML or a FHIR R4 Questionnaire in JSON,
    and `name` what it is called in the file. It is kept on the device, beside all journals, and so importers alone can give
    one. `milepost instrument remove` takes it away; taking the import back does not.
    """

    name: str
    text: str


class NotTaken(Struct, frozen=True, kw_only=True):
    """Something in a file that nothing can be made of: what it is called there, and why. The person is told, and the rest
    goes on.
    """

    name: str
    reason: str


FromFile = Entry | NewInstrument | NotTaken
"""What an importer may give."""
