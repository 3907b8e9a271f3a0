"""`milepost serve` and `verify`: a server, and whether its logs add up."""

import asyncio
import contextlib
import ipaddress
import signal
import socket
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from pathlib import Path
from types import FrameType
from typing import Annotated, Any

import uvicorn
from cyclopts import Parameter

from milepost.cli.numbers import Whole
from milepost.cli.show import counted, escape
from milepost.cli.terminal import terminal
from milepost.errors import InvalidInput, StorageDamaged
from milepost_server.app import create_app
from milepost_server.data_folder import DataFolder
from milepost_server.records import count_devices, issue_code
from milepost_server.services import FILE_NAME, OpenDatabase, Services, open_services
from milepost_server.verify import verify_folder
from milepost_server.web import built

GRACE_S = 3

Data = Annotated[Path, Parameter(help="The server's data folder.")]
Flag = Annotated[bool, Parameter(negative="")]


def serve(
    *,
    data: Data = Path("milepost-data"),
    database: str = "",
    host: str = "127.0.0.1",
    port: Whole = 8000,
    insecure: Flag = False,
    behind_proxy: Flag = False,
    unlimited: Flag = False,
    safe_mode: Flag = False,
) -> None:
    """Run a server. At its first start it prints the line that pairs a device with it.

    Parameters
    ----------
    database
        A PostgreSQL database to keep everything in, as postgresql://user@host/name; the folder remembers it.
    host
        The address to listen on. Beyond this machine it needs --behind-proxy or --insecure.
    port
        The port; 0 takes a free one.
    insecure
        Listen beyond this machine without encryption. Only in a network you trust.
    behind_proxy
        A proxy in front of it does the encryption.
    unlimited
        Count no requests. Only where a proxy does, or for a test.
    safe_mode
        Load no plugin, to find out whether one is what is wrong. Everything else works.

    """
    if not (_is_loopback(host) or insecure or behind_proxy):
        raise InvalidInput(
            f"{host} can be reached from other machines, and what people write would go there unencrypted. "
            "Put a proxy with TLS before it and give --behind-proxy, or, in a network you trust, --insecure."
        )
    folder = DataFolder(data)
    with folder.owned():
        if database and not folder.database() and (folder.path / FILE_NAME).exists():
            raise InvalidInput(
                f"{data} has a database of its own, {FILE_NAME}, and what is in it would be left behind. "
                f"Carry it over (`milepost admin migrate-store --data {data} --to …`), or choose another folder with --data."
            )
        listening = _listen(host, port)
        url = f"http://{_address(listening)}"
        with folder.announced(url) as key:
            opening = open_services(
                folder.path,
                admin_key=key,
                database_url=database,
                safe_mode=safe_mode,
                loopback=_is_loopback(host) and not behind_proxy,
            )
            asyncio.run(_run(folder, database, opening, listening, url, behind_proxy=behind_proxy, unlimited=unlimited))


async def _run(
    folder: DataFolder,
    database_url: str,
    opening: Coroutine[Any, Any, tuple[Services, OpenDatabase]],
    listening: socket.socket,
    url: str,
    *,
    behind_proxy: bool,
    unlimited: bool,
) -> None:
    services, database = await opening
    if database_url:
        folder.remember_database(database_url)
    if unlimited:
        services.gate.unlimited()

    async def opened() -> tuple[Services, Callable[[], Awaitable[None]]]:
        return services, database.close

    config = uvicorn.Config(
        create_app(opened),
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=GRACE_S,
        proxy_headers=behind_proxy,
        lifespan="on",
        server_header=False,
    )
    await _Server(config, services, lambda: _greet(services, folder, url)).serve(sockets=[listening])


class _Server(uvicorn.Server):
    """Ends in peace on a signal: streams first, then the rest, and the process leaves with 0.

    Greets once it serves: from then on it can be asked, and asked to end.
    """

    def __init__(self, config: uvicorn.Config, services: Services, greet: Callable[[], Awaitable[None]]) -> None:
        super().__init__(config)
        self._hub, self._greet = services.hub, greet

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if not self.should_exit:
            await self._greet()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self._hub.close()
        super().handle_exit(sig, frame)

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self.handle_exit, number, None)
        yield


async def _greet(services: Services, folder: DataFolder, url: str) -> None:
    print(f"Milepost serves {folder.path} on {url}", flush=True)
    rows = await services.database.read(count_devices())
    if rows[0][0] == 0:
        code = await services.database.write(issue_code(services.account, services.now_ms()))
        print(f"Pair a device within five minutes:  milepost pair {url} {code}", flush=True)
        if built():
            print(f"Or a browser:                       {url}/connect#{code}", flush=True)
    else:
        print(f"Another device:  milepost admin pairing-code --data {folder.path}", flush=True)


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _listen(host: str, port: int) -> socket.socket:
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        listening = socket.create_server((host, port), family=family, backlog=1024)
        # Else the two parts of an answer wait for each other's confirmation, 40 ms each time: the event loop would ask
        # for this itself, but only where a socket names its protocol, and this one does not.
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    except (OSError, OverflowError) as error:
        words = getattr(error, "strerror", None) or str(error)
        raise InvalidInput(
            f"Can't listen on {host} port {port}: {words}. Choose others with --host and --port."
        ) from error
    listening.setblocking(False)
    return listening


def _address(listening: socket.socket) -> str:
    host, port = listening.getsockname()[:2]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def verify(*, data: Data = Path("milepost-data")) -> None:
    """Walk the chain of every journal and access log: nothing missing, nothing changed. Reads only; a server may run."""
    found = verify_folder(DataFolder(data))

    def show(console: Any) -> None:
        console.print(f"{counted(found.journals, 'journal')}, {counted(found.events, 'event')}.")
        for fault in found.faults:
            if fault.log == "access":
                console.print(f"Access to {fault.journal}, line {fault.seq}: {escape(fault.problem)}.")
            else:
                console.print(f"Journal {fault.journal}, event {fault.seq}: {escape(fault.problem)}.")
        if found.ok:
            console.print("Every chain holds.")

    terminal.answer(found, show)
    if not found.ok:
        raise StorageDamaged("The log does not add up. Put back a backup; devices give back what it lacks.")
