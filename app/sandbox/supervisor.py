"""Keeps a set of programs running: restarts what dies, gives up when it keeps dying, stops all in order."""

import signal
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from app.sandbox.errors import SandboxError
from app.sandbox.process import Child

LOOK_SECONDS = 0.2
FIRST_DELAY, LONGEST_DELAY = 0.5, 8.0
MOST_DEATHS, WITHIN_SECONDS = 5, 60
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass
class Program:
    """Something that runs: how to start it, and what `stop` waits for."""

    name: str
    start: Callable[[], Child]
    log: Path
    child: Child | None = None
    deaths: deque[float] = field(default_factory=lambda: deque[float](maxlen=MOST_DEATHS))
    again_at: float = 0

    def run(self) -> None:
        self.child = self.start()


class Supervisor:
    """Programs in the order in which they are started; they are stopped the other way round."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self.say = say
        self.programs: list[Program] = []
        self.stopping = threading.Event()
        self._asked = False

    def catch_signals(self) -> None:
        """From now on, SIGINT, SIGTERM and SIGHUP end `watch`, or the next `add`."""
        for sign in STOP_SIGNALS:
            signal.signal(sign, self._ask)

    def add(self, program: Program) -> None:
        """Start a program and keep it running."""
        if self._asked:
            raise KeyboardInterrupt
        self.programs.append(program)
        program.run()

    def watch(self) -> None:
        """Return when asked to stop; raises SandboxError when a program keeps dying."""
        while not self._asked:
            for program in self.programs:
                self._look_after(program)
            self.stopping.wait(LOOK_SECONDS)

    def stop(self) -> None:
        """End every program, the last started first; those that nothing depends on at once."""
        running = [program.child for program in reversed(self.programs) if program.child]
        for child in running[:2]:
            child.ask_to_stop()
        for child in running:
            child.stop()

    def ask_to_stop(self) -> None:
        """End `watch`; from a signal handler or another thread."""
        self._asked = True
        self.stopping.set()

    def _ask(self, _number: int, _frame: FrameType | None) -> None:
        self.ask_to_stop()

    def _look_after(self, program: Program) -> None:
        now = time.monotonic()
        if program.child is not None:
            code = program.child.exit_code()
            if code is None:
                return
            self._note_death(program, now, f"{program.name} ended ({_reason(code)})")
        elif now >= program.again_at:
            try:
                program.run()
                self.say(f"{program.name} runs again")
            except SandboxError as problem:
                self._note_death(program, now, f"{program.name} can't start: {problem}")

    def _note_death(self, program: Program, now: float, what: str) -> None:
        if program.child:
            program.child.stop()
        program.child = None
        program.deaths.append(now)
        recent = [death for death in program.deaths if death > now - WITHIN_SECONDS]
        if len(recent) >= MOST_DEATHS:
            raise SandboxError(f"{what}, {len(recent)} times in a minute; see {program.log}")
        delay = min(FIRST_DELAY * 2 ** (len(recent) - 1), LONGEST_DELAY)
        program.again_at = now + delay
        self.say(f"{what}; starting it again in {delay:g} s, see {program.log}")


def _reason(code: int) -> str:
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
