"""Services that answer in one way, whatever is asked of them; and a body that never ends."""

import httpx

from milepost.testing import Outside


class Says(Outside):
    """Answers everything in one way; `GET` in another, if that is given."""

    def __init__(self, answer: httpx.Response, to_get: httpx.Response | None = None) -> None:
        super().__init__()
        self.says, self.to_get = answer, to_get

    async def answer(self, request: httpx.Request) -> httpx.Response:
        return self.to_get if self.to_get is not None and request.method == "GET" else self.says


class Endless(httpx.AsyncByteStream):
    """A body that never ends."""

    def __init__(self) -> None:
        self.given = 0

    async def __aiter__(self):
        while True:
            self.given += 65536
            yield b" " * 65536
