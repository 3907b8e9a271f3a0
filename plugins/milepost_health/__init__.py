"""Takes in what phones know of health: by secret addresses, and out of files. What has no rule is passed by and not kept."""

from collections.abc import Sequence
from typing import Any

from milepost.plugin_api import Importer, Inbox, hookimpl
from milepost_health.apple import AppleImporter
from milepost_health.files import PhoneFileImporter
from milepost_health.inboxes import AutoExportInbox, LifeDashboardInbox, OwnJsonInbox

__all__ = ["AppleImporter", "AutoExportInbox", "LifeDashboardInbox", "OwnJsonInbox", "PhoneFileImporter"]


@hookimpl
def milepost_inboxes() -> Sequence[type[Inbox[Any]]]:
    return [AutoExportInbox, LifeDashboardInbox, OwnJsonInbox]


@hookimpl
def milepost_importers() -> Sequence[type[Importer[Any]]]:
    return [AppleImporter, PhoneFileImporter]
