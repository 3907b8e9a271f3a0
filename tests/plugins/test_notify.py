"""Notifications through a whole server, Apprise and real servers on this machine; and what may not be used."""

import contextvars
import json
import logging
import socket
import socketserver
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

import pytest
from apprise import Apprise

from milepost.errors import InvalidInput
from milepost.plugin_api import Secret
from milepost.plugin_settings import read
from milepost_notify import NotifySettings
from milepost_notify.guard import only
from milepost_notify.notify import _sent, _service, hosts_of
from milepost_notify.services import OWN, SERVICES
from milepost_server.hosting.telling import DISCREET
from tests.server.conftest import Api, api  # noqa: F401 - fixtures
from tests.server.hosting.phone import MINUTE_MS, PhoneStage
from tests.server.on_sqlite import engine  # noqa: F401 - a fixture


class Sent:
    """What came to a server that speaks as ntfy and Gotify do, and how it answers."""

    def __init__(self) -> None:
        self.requests: list[tuple[str, dict[str, Any]]] = []
        self.status, self.headers = 200, dict[str, str]()
        self.icons: list[str | None] = []
        sent = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                sent.icons.append(self.headers.get("x-icon"))
                sent.requests.append((self.path, json.loads(body)))
                self.send_response(sent.status)
                for name, value in {"content-length": "2", **sent.headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(b"{}")

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def at(self) -> str:
        return f"127.0.0.1:{self.server.server_port}"

    def end(self) -> None:
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def sent() -> Iterator[Sent]:
    sent = Sent()
    yield sent
    sent.end()


@pytest.fixture
def stage(api: Api) -> PhoneStage:  # noqa: F811
    return PhoneStage(api, phone=False)


def due(stage: PhoneStage, url: str, **more: Any) -> None:
    """A reminder is due that goes to an address."""
    stage.wish("08:30", what="Breathe slowly, ä")
    stage.connect("notify", settings={"url": url}, **more)
    stage.later(31 * MINUTE_MS)


def test_a_reminder_comes_to_an_ntfy_server(stage: PhoneStage, sent: Sent) -> None:
    due(stage, f"ntfy://{sent.at}/planted-topic", scopes=["titles"])
    told = stage.run("notify")
    assert (told["failures"], told["error"]) == (0, "")
    ((_, body),) = sent.requests
    assert (body["topic"], body["message"]) == ("planted-topic", "Breathe slowly, ä")
    assert sent.icons == [None], "a phone fetches no picture from anywhere"
    stage.run("notify")
    assert len(sent.requests) == 1


def test_a_discreet_reminder_says_nothing_of_the_persons(stage: PhoneStage, sent: Sent) -> None:
    due(stage, f"gotify://{sent.at}/planted-token", plain=False)
    stage.run("notify")
    ((path, body),) = sent.requests
    assert (path, body["title"], body["message"]) == ("/message", "Milepost", DISCREET)


@pytest.mark.parametrize("status", [403, 500])
def test_what_is_not_taken_is_tried_again_and_nothing_secret_is_told_of_it(
    stage: PhoneStage, sent: Sent, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    sent.status = status
    due(stage, f"ntfy://me:planted-password@{sent.at}/planted-topic")
    told = stage.run("notify")
    assert told["error"] == f"ntfy did not take the message (it answered {status})."
    assert "planted" not in json.dumps([told, stage.shown("notify")]) + caplog.text
    sent.status = 200
    assert stage.run("notify")["failures"] == 0
    assert len(sent.requests) == 2


def test_a_redirect_is_not_followed(stage: PhoneStage, sent: Sent) -> None:
    elsewhere = Sent()
    sent.status, sent.headers = 307, {"location": f"http://{elsewhere.at}/"}
    due(stage, f"ntfy://{sent.at}/topic")
    assert stage.run("notify")["failures"] == 1
    assert elsewhere.requests == []
    elsewhere.end()


def test_addresses_of_the_servers_own_network_need_the_admins_permission(stage: PhoneStage, sent: Sent) -> None:
    stage.services.host.loopback = False
    due(stage, f"ntfy://{sent.at}/topic")
    assert "--private-hosts" in stage.run("notify")["error"]
    assert sent.requests == []


class Mail(socketserver.StreamRequestHandler):
    """A mail server, as far as one message goes (RFC 5321)."""

    def handle(self) -> None:
        self.wfile.write(b"220 here\r\n")
        while line := self.rfile.readline():
            word = line[:4].upper()
            if word == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                message = b""
                while (part := self.rfile.readline()) != b".\r\n":
                    message += part
                self.server.mails.append(message.decode())  # type: ignore[attr-defined]
            self.wfile.write(b"221 bye\r\n" if word == b"QUIT" else b"250 fine\r\n")
            if word == b"QUIT":
                return


def test_a_reminder_comes_by_mail(stage: PhoneStage) -> None:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Mail) as server:
        server.daemon_threads = True
        server.mails = []  # type: ignore[attr-defined]
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        at = f"127.0.0.1:{server.server_address[1]}"
        due(stage, f"mailto://{at}/?smtp=127.0.0.1&from=milepost@example.org&to=me@example.org", plain=False)
        told = stage.run("notify")
        server.shutdown()
        assert told["error"] == ""
        (mail,) = server.mails  # type: ignore[attr-defined]
    assert "To: me@example.org" in mail
    assert "Subject: Milepost" in mail


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/planted",
        "syslog://planted",
        "exec://planted",
        "dbus://",
        "windows://",
        "macosx://",
        "json://planted.example/",
        "https://planted.example/",
        "mqtt://planted.example/topic",
        "planted",
        "ntfy://planted.example/topic?attach=http://other.example",
        "mailto://me:planted@example.org?pgp=yes&pgpprv=/etc/planted",
        "tgram://1:planted/2?template=/etc/planted",
        "ntfys://planted.example/topic?verify=no",
        "ntfys://planted.example/topic?redirect=yes",
        "ntfys://planted.example/topic?+x=y",
        "ntfys://planted.example/one ntfys://planted.example/two",
    ],
)
def test_other_services_and_options_are_refused_when_they_are_set(url: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read(NotifySettings, {"url": url})
    assert "planted" not in str(refused.value)


def test_every_service_has_the_hosts_that_apprise_connects_to() -> None:
    from apprise.manager_plugins import NotificationManager

    known = NotificationManager()
    for scheme, hosts in SERVICES.items():
        url = getattr(known[scheme], "notify_url", "")
        if hosts != OWN and isinstance(url, str) and url:
            assert urlsplit(url).hostname in hosts, scheme
        assert not (hosts == OWN and isinstance(url, str) and urlsplit(url or "").hostname), scheme


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("ntfy://topic", "ntfy.sh"),
        ("ntfys://push.example/topic", "push.example"),
        ("mailto://me:pw@gmail.com", "smtp.gmail.com"),
        ("mailtos://me:pw@mail.example?smtp=smtp.mail.example", "smtp.mail.example"),
        ("gotifys://push.example/token", "push.example"),
        ("discord://123456789/abcdefgh", "discord.com"),
    ],
)
def test_hosts_are_those_of_the_address(url: str, host: str) -> None:
    assert hosts_of(Apprise.instantiate(url), url.partition("://")[0]) == [host]


def test_apprise_connects_to_the_addresses_that_were_judged(sent: Sent) -> None:
    port = sent.at.partition(":")[2]
    service = _service(NotifySettings(url=Secret(f"ntfy://push.example:{port}/topic")))
    run = contextvars.copy_context().run
    assert run(_sent, service, "One", "Two", {"push.example": ["127.0.0.1"]}) is None
    assert len(sent.requests) == 1
    service = _service(NotifySettings(url=Secret(f"ntfy://{sent.at}/topic")))
    assert run(_sent, service, "One", "Two", {"push.example": ["127.0.0.1"]}) == ""
    assert len(sent.requests) == 1


def test_while_a_service_sends_every_other_name_leads_nowhere() -> None:
    with only({"push.example": ["127.0.0.7", "::1"]}):
        assert {row[4][0] for row in socket.getaddrinfo("PUSH.example.", 80)} == {"127.0.0.7", "::1"}
        for host in ("localhost", "127.0.0.1", b"localhost", "other.example", ""):
            with pytest.raises(socket.gaierror):
                socket.getaddrinfo(host, 80)
        others: list[Any] = []
        thread = threading.Thread(target=lambda: others.append(socket.getaddrinfo("localhost", 80)))
        thread.start()
        thread.join()
        assert others
    assert socket.getaddrinfo("localhost", 80)
