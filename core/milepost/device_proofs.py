"""What a device shows when it gives events back, and what it must get from a server for that. Knows no network."""

from collections.abc import Sequence

import msgspec
from msgspec.structs import replace

from milepost.device_log import DeviceLog
from milepost.envelope import Event
from milepost.receipts import Proof
from milepost.steps import Attest, KeepReceipts


def proved(log: DeviceLog, journal: str, account: str, events: Sequence[Event]) -> tuple[list[Event], list[Proof]]:
    """What of these is given back at once, and what shows that the server had it, where its word is not enough."""
    owner = log.roles().get(journal, "owner") == "owner"

    def needed(event: Event) -> bool:
        return bool(event.rejected) or event.actor != account or not owner

    return log.receipts.proofs(journal, events, needed)


def keep(log: DeviceLog, journal: str, step: KeepReceipts | Attest) -> None:
    """Keeps what a server gave: receipts for places of the log that is known here, or one for an event."""
    if isinstance(step, Attest):
        _attest(log, journal, step.event)
    elif log.chain_at(journal, step.end.seq) == step.end.chain:
        log.receipts.keep(journal, step.given, step.end.seq)


def _attest(log: DeviceLog, journal: str, event: Event) -> None:
    """Keeps the receipt that an event bears for what is left of its words, if the same is left of them here."""
    held = log.find(journal, event.device, event.n)
    if held is None or not event.receipt or not held.data_digest or held.data_digest != event.data_digest:
        return
    if msgspec.json.decode(held.payload) == msgspec.json.decode(event.payload):
        log.dress(journal, replace(held, data=event.data, receipt=event.receipt))
