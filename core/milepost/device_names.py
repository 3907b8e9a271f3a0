"""What devices are called: events bear ids, people want names. A small copy of what the server tells, kept on the device."""

from typing import Protocol

import msgspec

from milepost.device import Device
from milepost.messages import DeviceEntry

MAX_KEPT = 1_000
"""Most ids whose names are kept; people have a handful of devices."""

_SETTING = "device_names"
_decode = msgspec.json.Decoder(dict[str, str]).decode


class Names(Protocol):
    """Who knows the account's devices; a `milepost.client.HttpServer` does."""

    def devices(self) -> list[DeviceEntry]:
        """`GET /v1/devices`."""
        ...


def device_names(device: Device) -> dict[str, str]:
    """The id that events bear → the name of the device, for all that are known here."""
    return {writer: name for writer, name in _kept(device).items() if name}


def _kept(device: Device) -> dict[str, str]:
    kept = device.log.setting(_SETTING)
    try:
        return _decode(kept) if kept else {}
    except msgspec.DecodeError:
        return {}  # a cache: the next sync asks again


def learn_device_names(device: Device, server: Names) -> None:
    """Asks the server for names where the log has ids that it was not asked about yet; most often it asks nothing.

    Raises:
        Offline, NotSignedIn: what the server answered.
    """
    writers = {writer for row in device.rows() for writer in device.state(row.journal).devices}
    kept = _kept(device)
    if writers <= kept.keys():
        return
    told = {writer: entry.name for entry in server.devices() for writer in entry.writes_as}
    names = {writer: told.get(writer, "") for writer in sorted(writers)[:MAX_KEPT]}
    with device.log.transaction():
        device.log.set(_SETTING, msgspec.json.encode(names).decode())
