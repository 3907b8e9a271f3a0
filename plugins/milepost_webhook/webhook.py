"""The messages, their signatures, and what the answers mean (https://www.standardwebhooks.com); one request each, in order.

What the receiver answers decides:

- 2xx: taken. 413 and 422: this one was understood and will never be taken as it is; it is put aside, the rest goes on.
- 410: the receiver is gone. It is asked once a day, until it is back or the person ends the connection.
- Anything else, redirects and 400, 401, 404 among them: a receiver that is being mended or moved answers so, and must
  not lose what came meanwhile. It is sent again later, with all that follows.
"""

import asyncio
import base64
import hashlib
import hmac
import time
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import httpx
import msgspec

from milepost.plugin_api import (
    WITHHELD,
    Answer,
    Change,
    Changed,
    Connector,
    Context,
    Done,
    Later,
    PluginFailed,
    Rejected,
    Removed,
    Withdrawn,
    plain,
    retry_after_s,
)
from milepost_webhook.settings import WebhookSettings

REQUEST_S = 20.0
"""For one request, from the first byte to the last of its answer."""
GONE_S = 86_400.0
MAX_ANSWER = 64 * 1024
"""Bytes of an answer that are read, so that the connection can be used again; nothing is done with them."""


class Webhook(Connector[WebhookSettings]):
    """Sends things as they stand first, and every event from then on."""

    name = "webhook"
    title = "Sends every change to an address of yours, signed (Standard Webhooks)"
    settings = WebhookSettings
    delivery = "each"
    batch = 10
    timeout_s = batch * REQUEST_S + 40

    def hosts(self, settings: WebhookSettings) -> Sequence[str]:
        return [httpx.URL(settings.url).host]

    async def push(self, changes: Sequence[Change], context: Context[WebhookSettings]) -> Sequence[Answer]:
        answers: list[Answer] = []
        for change in changes:
            if _is_wanted(change, context.settings):
                answers.append(await _send(change.key, body_of(change, context.now), context))
            else:
                answers.append(Done(sent=False))
            if isinstance(answers[-1], Later):
                break
        return answers

    async def check(self, context: Context[WebhookSettings]) -> str:
        body = msgspec.json.encode({"type": "milepost.check", "timestamp": _iso(context.now), "data": {}})
        answer = await _send(str(uuid.uuid4()), body, context)
        if isinstance(answer, Done):
            return "It took a signed message of the type milepost.check."
        raise PluginFailed(answer.reason)

    def preview(self, change: Change, settings: WebhookSettings) -> str:
        if not _is_wanted(change, settings):
            return f"Nothing: `kinds` leaves out every {change.kind}."
        return msgspec.json.format(body_of(change, datetime.now(UTC)), indent=2).decode()


def _is_wanted(change: Change, settings: WebhookSettings) -> bool:
    return not settings.wanted or change.kind in settings.wanted


def body_of(change: Change, now: datetime) -> bytes:
    """A message. What no event is about is named for what it says: how something stands, or that it is gone."""
    data: dict[str, Any] = {"kind": change.kind, "id": change.id}
    view = None
    if isinstance(change, Changed):
        view, what = change.view, f"{change.kind}.current"
        data["reason"] = change.reason
        moment = datetime.fromtimestamp(view.changed_ms / 1000, UTC)
    else:
        what, moment = f"{change.kind}.{'removed' if isinstance(change, Removed) else 'withdrawn'}", now
    if not isinstance(change, Withdrawn) and (event := change.event) is not None:
        what, moment = event.type, datetime.fromtimestamp(event.at_ms / 1000, UTC)
        data["seq"] = event.seq
        data["fields"] = [name for name in event.fields if getattr(view, name, WITHHELD) is not WITHHELD]
    data["view"] = plain(view) if view is not None else None
    return msgspec.json.encode({"type": what, "timestamp": _iso(moment), "data": data})


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def signed(key: str, at: int, body: bytes, secrets: Sequence[bytes]) -> dict[str, str]:
    """The headers of a message: its id, when it is sent (in seconds since 1970), and a signature by each secret."""
    content = f"{key}.{at}.".encode() + body
    signatures = [base64.b64encode(hmac.digest(secret, content, hashlib.sha256)).decode() for secret in secrets]
    return {
        "content-type": "application/json",
        "webhook-id": key,
        "webhook-timestamp": str(at),
        "webhook-signature": " ".join(f"v1,{signature}" for signature in signatures),
    }


async def _send(key: str, body: bytes, context: Context[WebhookSettings]) -> Answer:
    """Sends one message, and says what the answer means."""
    settings = context.settings
    headers = signed(key, int(time.time()), body, settings.keys)
    try:
        async with (
            asyncio.timeout(REQUEST_S),
            context.http.stream("POST", settings.url, content=body, headers=headers) as response,
        ):
            await _read_some(response)
    except TimeoutError:
        return Later(f"There was no answer within {REQUEST_S:g} seconds.")
    except httpx.HTTPError as error:
        return Later(str(error) or type(error).__name__)
    return meaning(response, context.now)


async def _read_some(response: httpx.Response) -> None:
    read = 0
    async for piece in response.aiter_raw():
        read += len(piece)
        if read > MAX_ANSWER:
            return


def meaning(response: httpx.Response, now: datetime) -> Answer:
    """What an answer says of the message that it is to."""
    status = response.status_code
    if response.is_success:
        return Done()
    if status in {413, 422}:
        return Rejected(f"The receiver answered {status}: it will not take this one.")
    if status == 410:
        return Later("The receiver is gone (410). It is asked once a day; remove the connection to end that.", GONE_S)
    more = ": it has moved. Set the new address as `url`" if response.is_redirect else ""
    asked = retry_after_s(response.headers.get("retry-after", ""), now)
    return Later(f"The receiver answered {status}{more}.", asked)
