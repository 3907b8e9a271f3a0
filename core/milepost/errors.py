"""The one exception family; each message says what happened and what to do next, without knowing who shows it."""

from collections.abc import Sequence
from typing import Any, ClassVar


class MilepostError(Exception):
    """The root of everything Milepost raises on purpose.

    `code` names the problem on the wire (`/problems/<code>`), `exit_code` is what the terminal returns.
    """

    code: ClassVar[str] = "error"
    status: ClassVar[int] = 400
    exit_code: ClassVar[int] = 1
    retry_after_s: float = 0.0
    """How long to wait before trying again, where a server said so."""


class InvalidInput(MilepostError):
    """What was given can't be understood; nothing was changed."""

    code = "invalid"
    exit_code = 2


class InvalidEvent(MilepostError):
    """An event that breaks the rules of its type or of the envelope."""

    code = "invalid-event"
    exit_code = 2


class NotFound(MilepostError):
    """The id, journal or feed named is not there (or not yours, which looks the same)."""

    code = "not-found"
    status = 404
    exit_code = 3


class NotAllowed(MilepostError):
    """The caller is known and may not do this."""

    code = "not-allowed"
    status = 403
    exit_code = 4


class NotSignedIn(MilepostError):
    """No token, an unknown token or a revoked one."""

    code = "not-signed-in"
    status = 401
    exit_code = 4


class CodeRefused(MilepostError):
    """A pairing code that is wrong, used up or too old."""

    code = "pairing-code"
    status = 403
    exit_code = 4


class Conflict(MilepostError):
    """What the change was based on has changed since; nothing was written.

    `fields` says which, with both versions of each, where that is known (`milepost.commands.basis.Differing`).
    """

    code = "changed-meanwhile"
    status = 412
    exit_code = 5

    def __init__(self, message: str, fields: Sequence[Any] = ()) -> None:
        super().__init__(message)
        self.fields = tuple(fields)


class KeyReused(MilepostError):
    """An `Idempotency-Key` that came with another request before; nothing was written."""

    code = "key-reused"
    status = 422
    exit_code = 2


class HistoryDiffers(MilepostError):
    """The cursor does not lie on the server's log: one side was put back to an older state. Repair follows."""

    code = "history"
    status = 409


class HistoryPartial(MilepostError):
    """A device began from a snapshot and does not have the whole log yet, which this needs; the next sync fetches it."""

    code = "history-partial"
    exit_code = 6


class WrongMethod(MilepostError):
    """The address is there and takes other methods: the `Allow` header names them."""

    code = "wrong-method"
    status = 405


class TooLarge(MilepostError):
    """A body, a batch or a field over its stated limit."""

    code = "too-large"
    status = 413


class UnknownCoding(MilepostError):
    """A body in a `Content-Encoding` that this server does not read; `Accept-Encoding` names those it does."""

    code = "unknown-coding"
    status = 415


class ProtocolDiffers(MilepostError):
    """The device and the server have no version of the protocol in common; one of them is to be upgraded."""

    code = "protocol"
    exit_code = 6


class TooMany(MilepostError):
    """More requests, or open streams, than are allowed; `Retry-After` says when to come again. Nothing was changed."""

    code = "too-many"
    status = 429
    exit_code = 6


class Busy(MilepostError):
    """A bounded queue is full; the same request may be sent again a little later."""

    code = "busy"
    status = 503
    exit_code = 6


class Offline(MilepostError):
    """The server could not be reached; everything is kept and will be sent later."""

    code = "offline"
    exit_code = 6


class DatabaseAway(Offline):
    """The server can't reach its database at the moment; nothing is lost, and the request may be sent again later."""

    code = "database-away"
    status = 503


class StorageFull(MilepostError):
    """The disk has no room; nothing of the refused change was kept, everything acknowledged before is safe."""

    code = "storage-full"
    status = 507
    exit_code = 7


class StorageDamaged(MilepostError):
    """A file that should be a Milepost database is not readable as one."""

    code = "storage-damaged"
    status = 500
    exit_code = 7


class FolderInUse(MilepostError):
    """Another process owns the data folder."""

    code = "folder-in-use"
    exit_code = 7


class PluginFailed(MilepostError):
    """A plugin raised, or gave something other than it promised."""

    code = "plugin"
    status = 502
    exit_code = 8
