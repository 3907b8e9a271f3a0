"""What this device's account may not write is refused where it is typed, and not only by a server later."""

from collections.abc import Sequence
from typing import cast

from milepost.belonging import LEFT, member_role, role_in
from milepost.clock import HLC_MIN, HybridClock
from milepost.device import Device
from milepost.device_names import device_names
from milepost.errors import NotAllowed
from milepost.events import Draft
from milepost.policy import Role, Writer, refusal
from milepost.writing import write_drafts


def refuse_early(device: Device, journal: str, drafts: Sequence[Draft]) -> None:
    """Refuses drafts that the account's role in a journal does not cover, as far as is known here.

    Raises:
        NotAllowed: says what to do instead.
    """
    role = role_in(device, journal)
    if role == "owner":
        return
    if role == LEFT:
        raise NotAllowed("You are in this journal no more. What is here stays as it is, for you alone.")
    state, own = device.state(journal), device.log.journal(journal).device
    ours = {own, *device_names(device)}
    by = Writer(
        device.account,
        cast(Role, role),
        lambda account: cast(Role, member_role(device, journal, account) or None),
        ours.__contains__,
    )
    for event in write_drafts(state, own, device.account, drafts, HybridClock(HLC_MIN, lambda: 0)):
        if why := refusal(state, event, by):
            raise NotAllowed(f"You are in this journal as {role}: {why}{_instead(event.type, role)}")


def _instead(type_name: str, role: str) -> str:
    kind = type_name.partition(".")[0]
    changes = type_name.endswith(("revised", "amended"))
    return f" `milepost propose ID …` does that for a {kind}." if role == "therapist" and changes else ""
