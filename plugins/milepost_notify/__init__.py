"""Reminds people where they look: on their phone, in a chat, by mail. Apprise knows how to reach each of these."""

from collections.abc import Sequence

from milepost.plugin_api import Notifier, hookimpl
from milepost_notify.notify import Notify
from milepost_notify.services import NotifySettings

__all__ = ["Notify", "NotifySettings"]


@hookimpl
def milepost_notifiers() -> Sequence[type[Notifier[NotifySettings]]]:
    return [Notify]
