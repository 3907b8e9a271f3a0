"""A small list of to-dos with an HTTP API, kept in a file: `python todo_server.py --file todos.json`.

`GET /todos` gives all of them; `GET`, `PUT` and `DELETE /todos/ID` are about one. Each version of a to-do has an ETag:
`If-Match` and `If-None-Match: *` are honoured (RFC 9110, section 13.1), so that nobody writes over what they have not seen.
"""

import argparse
import hmac
import json
import os
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

Todo = dict[str, Any]
"""`title`, `due` (a day or null), `done`, and its `etag`."""


class Todos:
    """What is on the list. Each change is in the file before it is answered."""

    def __init__(self, file: Path | None = None) -> None:
        self._file = file
        self._lock = threading.Lock()
        self.todos: dict[str, Todo] = {}
        self._writes = 0
        if file is not None and file.exists():
            kept = json.loads(file.read_text())
            self.todos, self._writes = kept["todos"], kept["writes"]

    def put(self, name: str, sent: Any, if_match: str | None, if_none_match: str | None) -> tuple[int, Todo | None]:
        """The status, and the to-do as it is now."""
        if not _is_todo(sent):
            return 422, None
        with self._lock:
            old = self.todos.get(name)
            if (if_none_match == "*" and old) or (if_match is not None and (not old or old["etag"] != if_match)):
                return 412, None
            self._writes += 1
            todo = {name: sent.get(name) for name in ("title", "due", "done")} | {"etag": f'"{self._writes}"'}
            self.todos[name] = todo
            self._keep()
            return 200 if old else 201, todo

    def delete(self, name: str) -> int:
        """The status."""
        with self._lock:
            found = self.todos.pop(name, None)
            self._keep()
            return 204 if found else 404

    def _keep(self) -> None:
        if self._file is not None:
            new = self._file.with_suffix(".new")
            new.write_text(json.dumps({"writes": self._writes, "todos": self.todos}))
            new.replace(self._file)


def _is_todo(sent: Any) -> bool:
    if not isinstance(sent, dict) or not sent.keys() <= {"title", "due", "done"}:
        return False
    title, due = sent.get("title"), sent.get("due")
    return isinstance(title, str) and bool(title) and isinstance(due, str | None) and isinstance(sent.get("done"), bool)


class TodoServer(ThreadingHTTPServer):
    """The list behind an address of this machine; who has the token may do everything."""

    daemon_threads = True

    def __init__(self, token: str, file: Path | None = None, port: int = 0) -> None:
        self.token, self.list = token, Todos(file)
        super().__init__(("127.0.0.1", port), _Handler)

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    server: TodoServer
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        todos, name = self.server.list.todos, self._name()
        if name is None or (name and name not in todos):
            self._answer(401 if name is None else 404)
        else:
            self._answer(200, todos[name] if name else dict(todos))

    def do_PUT(self) -> None:
        name, body = self._name(), self.rfile.read(int(self.headers.get("content-length", 0)))
        if not name:
            self._answer(401 if name is None else 404)
            return
        try:
            sent = json.loads(body)
        except ValueError:
            sent = None
        matches = self.headers.get("if-match"), self.headers.get("if-none-match")
        self._answer(*self.server.list.put(name, sent, *matches))

    def do_DELETE(self) -> None:
        name = self._name()
        self._answer(self.server.list.delete(name) if name else 401 if name is None else 404)

    def _name(self) -> str | None:
        """Which to-do is meant, empty for all; None where the token is wrong."""
        told = self.headers.get("authorization", "").encode()
        if not hmac.compare_digest(told, f"Bearer {self.server.token}".encode()):
            return None
        return self.path.removeprefix("/todos").strip("/")

    def _answer(self, status: int, found: Any = None) -> None:
        body = b"" if found is None else json.dumps(found).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        if isinstance(found, dict) and isinstance(found.get("etag"), str):
            self.send_header("etag", found["etag"])
        if status != 204:
            self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Says nothing for each request."""


def main() -> None:
    """Serves until it is stopped. The token comes from the environment, where nobody looks over a shoulder."""
    parser = argparse.ArgumentParser(description="A small list of to-dos.")
    parser.add_argument("--file", type=Path, default=Path("todos.json"))
    parser.add_argument("--port", type=int, default=8100)
    given = parser.parse_args()
    server = TodoServer(os.environ.get("TODO_TOKEN", "a token"), given.file, given.port)
    print(f"To-dos at {server.url}/todos, kept in {given.file}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
