"""Sends every change of a journal to an address of the person's choice, as Standard Webhooks has it."""

from collections.abc import Sequence

from milepost.plugin_api import Connector, hookimpl
from milepost_webhook.settings import WebhookSettings
from milepost_webhook.webhook import Webhook

__all__ = ["Webhook", "WebhookSettings"]


@hookimpl
def milepost_connectors() -> Sequence[type[Connector[WebhookSettings]]]:
    return [Webhook]
