"""A server for state machines that may be killed between any two of its transactions: what was under way is forgotten."""

import asyncio
import contextlib
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import RuleBasedStateMachine

from milepost.clock import new_id
from milepost.database import Unit
from milepost.journal import State
from milepost_server.access import Admitted
from milepost_server.hosting.calling import Failed
from milepost_server.hosting.looking import Looking
from milepost_server.hosting.schedule import Held
from milepost_server.records import Caller, claim
from milepost_server.services import open_services

NOW = 1_800_000_000_000


class Killed(BaseException):
    """The process ends here."""


class Mortal(RuleBasedStateMachine):
    """A server with one journal, and a clock that stands still until it is moved. What it is to run is `set_up`."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.runner = asyncio.Runner()
        self.now, self.journal, self.kill_at = NOW, new_id(), 0
        self.open()
        self.run(self.services.database.write(claim(self.journal, self.by.caller, private=True, now=self.now)))

    def set_up(self) -> None:
        """Which plugins run."""

    def run(self, work: Any) -> Any:
        return self.runner.run(_awaited(work))

    def open(self) -> None:
        self.services, self.database = self.run(open_services(Path(self.folder.name)))
        self.services.now_ms = lambda: self.now
        self.services.host.grace_s = 0.01
        self.set_up()
        self.by = Admitted(Caller(self.services.account, "0" * 8, "api"), "owner")
        write = self.database.write

        async def counted(work: Unit[Any]) -> Any:
            self.kill_at -= 1
            if self.kill_at == 0:
                raise Killed
            return await write(work)

        self.database.write = counted

    def have_turn(self, connection: str, kill_at: int, turns: int = 1) -> bool:
        """So many turns of a connection at most, in which the server is killed before that transaction (0: it is not);
        whether there is nothing more to do.
        """
        self.kill_at = kill_at
        try:
            for _ in range(turns):
                if not self.run(self.services.schedule.turn(self.journal, connection)):
                    return True
        except (Failed, Held):
            pass
        except Killed:
            self.kill_at = 0
            self.services.host.end()
            with contextlib.suppress(Exception):
                self.run(self.database.close())
            self.open()
        finally:
            self.kill_at = 0
        return False

    @property
    def looking(self) -> Looking:
        return Looking(self.services, self.journal, self.by)

    def write(self, decide: Any) -> None:
        self.now += 1_000
        self.run(self.services.journals.write(self.journal, self.by, decide, self.now))

    def state(self) -> State:
        found: State = self.run(self.services.journals.state(self.journal)).state
        return found

    def end(self) -> None:
        self.services.host.end()
        self.run(self.database.close())
        self.runner.close()
        self.folder.cleanup()


def short(examples: int, steps: int) -> settings:
    """So many examples of so many steps, none of which is made smaller: that would take longer than to read it."""
    return settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        print_blob=True,
    )


async def _awaited(work: Any) -> Any:
    return await work
