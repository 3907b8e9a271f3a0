"""The key with which a server signs receipts, in a file of its data folder beside the database; knows no database.

A database that is put back to an older state does not take the key with it, so that a server knows its own receipts for
what it has forgotten. A receipt that can't be checked is as none: whatever happens to the key, nothing is taken that
should not be, and nobody is refused.
"""

import contextlib
import hashlib
import hmac
import os
import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from milepost.envelope import Event, decode_event
from milepost.errors import StorageDamaged
from milepost.receipts import Proof, event_text, place_text, says_all, walk

KEY_FILE = "receipts.key"
_PLAIN = (b'"rejected":', b'"data_digest":')
"""A stored event without any of these needs no receipt of its own."""


class Key(Struct, frozen=True):
    """A key and the name by which receipts say that they are by it."""

    id: Annotated[str, Meta(pattern="^[0-9a-z]{1,32}$")]
    key: Annotated[str, Meta(pattern="^([0-9a-f]{2}){16,64}$")]


class Keys(Struct, frozen=True):
    """The file: the first key signs, and all of them are good for checking."""

    keys: Annotated[list[Key], Meta(min_length=1)]


class Receipts:
    """Makes receipts, and knows its own. Without a key it gives none, and none is good."""

    def __init__(self, keys: Sequence[Key] = ()) -> None:
        self._keys = {key.id: bytes.fromhex(key.key) for key in keys}
        self._signs = keys[0].id if keys else ""

    @property
    def signs(self) -> bool:
        """Whether there is a key to give receipts with."""
        return bool(self._signs)

    def place(self, journal: str, seq: int, chain: str) -> str:
        """A receipt for a place of a log; empty without a key."""
        return self._signed(place_text(journal, seq, chain)) if self._signs else ""

    def given(self, journal: str, body: bytes) -> bytes:
        """A stored event as it is given to devices: with a receipt of its own, where its digest leaves something open."""
        if not self._signs or not any(name in body for name in _PLAIN):
            return body
        event = decode_event(body)
        if says_all(event):
            return body
        return b'%b,"receipt":"%b"}' % (body[:-1], self._signed(event_text(journal, event)).encode())

    def shows_place(self, journal: str, proof: Proof) -> bool:
        """Whether a proof leads to a place that this server signed."""
        if not all(link.well_formed for link in proof.links):
            return False
        return self._is_own(proof.receipt, place_text(journal, proof.seq, walk(proof.chain, proof.links)))

    def shows_event(self, journal: str, event: Event) -> bool:
        """Whether an event bears a receipt of its own that this server made."""
        return bool(event.receipt) and self._is_own(event.receipt, event_text(journal, event))

    def _signed(self, text: bytes) -> str:
        return f"{self._signs}.{_mac(self._keys[self._signs], text)}"

    def _is_own(self, receipt: str, text: bytes) -> bool:
        name, _, mac = receipt.partition(".")
        key = self._keys.get(name)
        return key is not None and hmac.compare_digest(_mac(key, text).encode(), mac.encode())


def _mac(key: bytes, text: bytes) -> str:
    return hmac.new(key, text, hashlib.sha256).hexdigest()


def kept_receipts(folder: Path) -> Receipts:
    """The receipts of the server whose data folder this is; its key is made where there is none.

    Raises:
        StorageDamaged: the file can't be read or made.

    """
    file = folder / KEY_FILE
    try:
        if not file.exists():
            _make(file)
        return Receipts(msgspec.json.decode(file.read_bytes(), type=Keys).keys)
    except (OSError, msgspec.DecodeError) as error:
        raise StorageDamaged(
            f"{file} can't be read ({error}). Put back a copy of it. Without one, move it away: another is made, and "
            "receipts given until now are worth nothing, so that what the database should ever lose comes back from each "
            "person's own devices alone."
        ) from error


def _make(file: Path) -> None:
    """Writes the file whole, or leaves the one that another process wrote meanwhile."""
    made = Keys([Key(secrets.token_hex(4), secrets.token_hex(32))])
    partial = file.with_name(f"{file.name}.{secrets.token_hex(4)}.new")
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        out.write(msgspec.json.encode(made) + b"\n")
        out.flush()
        os.fsync(out.fileno())
    try:
        with contextlib.suppress(FileExistsError):
            os.link(partial, file)
    finally:
        partial.unlink()
