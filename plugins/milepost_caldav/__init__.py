"""Carries goals, steps, practices and sessions to a calendar server of the person's own (CalDAV, RFC 4791), and back."""

from collections.abc import Sequence

from milepost.plugin_api import Connector, hookimpl
from milepost_caldav.caldav import Caldav
from milepost_caldav.settings import CaldavSettings

__all__ = ["Caldav", "CaldavSettings"]


@hookimpl
def milepost_connectors() -> Sequence[type[Connector[CaldavSettings]]]:
    return [Caldav]
