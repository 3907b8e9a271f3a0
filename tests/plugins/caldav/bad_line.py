"""A line to a server on which answers get lost: requests are handed on, but for those that go wrong as planned."""

import http.client
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

METHODS = ("GET", "PUT", "DELETE", "PROPFIND", "REPORT", "MKCALENDAR")
DROPPED = {"connection", "transfer-encoding", "content-length", "keep-alive"}


class BadLine:
    """`faults` are what becomes of the next requests: `ok`, `busy` (503), `cut` before it arrives, or its answer `lost`."""

    def __init__(self, port: int) -> None:
        self.faults: list[str] = []
        self.writes = 0
        self._under_way, self._quiet = 0, threading.Condition()
        line = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def handed_on(self) -> None:
                line.count(1)
                try:
                    self.hand_on()
                finally:
                    line.count(-1)

            def hand_on(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length", "0")))
                fault = line.faults.pop(0) if line.faults else "ok"
                line.writes += self.command in {"PUT", "DELETE", "MKCALENDAR"}
                if fault == "cut":
                    self.close_connection = True
                    return
                if fault == "busy":
                    self.answer(503, [], b"")
                    return
                there = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
                there.request(self.command, self.path, body, dict(self.headers.items()))
                answer = there.getresponse()
                content = answer.read()
                there.close()
                if fault == "lost":
                    self.close_connection = True
                    return
                self.answer(answer.status, answer.getheaders(), content)

            def answer(self, status: int, headers: list[tuple[str, str]], content: bytes) -> None:
                self.send_response_only(status)
                for name, value in headers:
                    if name.lower() not in DROPPED:
                        self.send_header(name, value)
                self.send_header("content-length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: Any) -> None:
                pass

        for method in METHODS:
            setattr(Handler, f"do_{method}", Handler.handed_on)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def count(self, more: int) -> None:
        """One more request is under way, or one less."""
        with self._quiet:
            self._under_way += more
            self._quiet.notify_all()

    def rest(self) -> None:
        """Waits until no request is under way any more, also of those whose answer nobody waits for."""
        with self._quiet:
            assert self._quiet.wait_for(lambda: not self._under_way, 30), f"{self._under_way} requests never end"

    def end(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
