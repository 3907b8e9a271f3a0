"""Sends a message through Apprise, in a thread of its own, to the hosts of the service alone."""

import asyncio
import logging
import re
from collections.abc import Sequence
from contextvars import ContextVar
from typing import Any

from milepost.plugin_api import Context, InvalidInput, Message, Notifier, PluginFailed
from milepost_notify.guard import only
from milepost_notify.services import OWN, SERVICES, NotifySettings, scheme_of

_STATUS = re.compile(r"error[=: ]+(\d{3})\b")


_answers: ContextVar[list[str] | None] = ContextVar("answers", default=None)


def _dropped(record: logging.LogRecord) -> bool:
    """Keeps the status codes of what is logged while a message is sent; the lines may hold what is secret, and are
    dropped.
    """
    answers = _answers.get()
    if answers is not None and (found := _STATUS.search(record.getMessage())):
        answers.append(found[1])
    return answers is None and record.name != "apprise"


class Notify(Notifier[NotifySettings]):
    """Tells a person something through one service."""

    name = "notify"
    title = "Reminds you on your phone, in a chat or by mail (Apprise)"
    settings = NotifySettings
    defaults = frozenset({"titles"})

    def hosts(self, settings: NotifySettings) -> Sequence[str]:
        return hosts_of(_service(settings), scheme_of(settings.url.reveal()))

    async def notify(self, message: Message, context: Context[NotifySettings]) -> None:
        service = _service(context.settings)
        names = hosts_of(service, scheme_of(context.settings.url.reveal()))
        judged = {name.lower().rstrip("."): await context.addresses(name) for name in names}
        title, words = message.title, "\n".join(part for part in (message.body, message.link) if part)
        if not words:
            title, words = "", title
        status = await asyncio.to_thread(_sent, service, title, words, judged)
        if status is not None:
            raise PluginFailed(f"{service.service_name} did not take the message{status}.")


def hosts_of(service: Any, scheme: str) -> list[str]:
    """The hosts that a service connects to."""
    if SERVICES[scheme] != OWN:
        return list(SERVICES[scheme])
    if scheme.startswith("mailto"):
        return [str(service.smtp_host)]
    if scheme.startswith("ntfy") and service.mode == "cloud":
        return ["ntfy.sh"]
    return [str(service.host)]


def _service(settings: NotifySettings) -> Any:
    """Apprise's object for an address.

    Raises:
        InvalidInput: it can't be read.

    """
    _quiet()
    from apprise import Apprise, AppriseAsset, PersistentStoreMode

    asset = AppriseAsset(
        app_id="Milepost",
        app_desc="Milepost",
        app_url="",
        image_url_mask="",
        image_url_logo="",
        async_mode=False,
        http_redirects=False,
        plugin_paths=[],
        storage_mode=PersistentStoreMode.MEMORY,
    )
    service = Apprise.instantiate(settings.url.reveal().strip(), asset=asset)
    if service is None or scheme_of(settings.url.reveal()) not in _schemes(service):
        raise InvalidInput("`url` is no address that Apprise can read. Its documentation shows one for each service.")
    return service


def _schemes(service: Any) -> set[str]:
    """What an address of a service may begin with: nothing else may have been put into its place."""
    found: set[str] = set()
    for schemes in (service.protocol, service.secure_protocol):
        found |= {schemes} if isinstance(schemes, str) else set(schemes or ())
    return found


def _sent(service: Any, title: str, words: str, judged: dict[str, Sequence[str]]) -> str | None:
    """Sends a message; what to say of it if it was not taken, else None."""
    answers: list[str] = []
    _answers.set(answers)  # in this call's context alone
    with only(judged):
        if service.notify(body=words, title=title):
            return None
    return f" (it answered {answers[0]})" if answers else ""


def _quiet() -> None:
    """Nothing that Apprise logs gets anywhere, nor what its connections log while it sends."""
    for name in ("apprise", "urllib3.connectionpool"):
        logging.getLogger(name).addFilter(_dropped)  # once, however often it is asked
