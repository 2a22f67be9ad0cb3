"""Where a rehearsal keeps its files, and what its state file says."""

import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Self

PROJECT = Path(__file__).resolve().parents[1]
DEFAULT_HOME = PROJECT / ".rehearsal"


class AlreadyRunningError(RuntimeError):
    """A rehearsal in the same folder runs already; the message says what to do."""


class NothingUpError(RuntimeError):
    """A rehearsal is needed that runs; the message says how to get one."""


@dataclass(frozen=True)
class Ports:
    """Where each part listens, on 127.0.0.1."""

    airflow: int
    flightspecials_api: int
    postgres: int
    postgres_control: int
    oracle: int
    aws: int


@dataclass(frozen=True)
class State:
    """A rehearsal that runs."""

    pid: int
    ports: Ports
    part_pids: dict[str, int]
    selection: dict[str, str]
    """The environment that says what it is about (see `rehearsal.selection`)."""

    def to_json(self) -> str:
        """The text of the state file."""
        return json.dumps(asdict(self), indent=2) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read back what `to_json` wrote."""
        values = json.loads(text)
        return cls(values["pid"], Ports(**values["ports"]), values["part_pids"], values["selection"])


@dataclass(frozen=True)
class Layout:
    """The files of the rehearsal in the folder ``home``; what several share is in the folder ``sharing``."""

    home: Path
    sharing: Path | None = None

    def part_home(self, part: str) -> Path:
        """The part's own folder."""
        return self.home / part

    def log(self, part: str) -> Path:
        """What the part's process printed."""
        return self.home / "logs" / f"{part}.log"

    @property
    def cache(self) -> Path:
        """What one rehearsal leaves for the next."""
        return (self.sharing or self.home) / "cache"

    @property
    def rehearse(self) -> "Layout":
        """The rehearsal of `make rehearse`: it begins from the starting state and touches nothing that `up` keeps."""
        return Layout(self.home / "rehearse", sharing=self.home)

    @property
    def evidence(self) -> Path:
        """Where the runs' records are: Airflow keeps them below its own folder."""
        return self.part_home("airflow") / "evidence"

    def read_state(self) -> State | None:
        """What `write_state` told last; it holds only while the folder is in use."""
        try:
            return State.from_json(self._state_file.read_text())
        except FileNotFoundError:
            return None

    def write_state(self, state: State) -> None:
        """Tell other processes about a rehearsal; whole or not at all."""
        unfinished = self._state_file.with_suffix(".new")
        unfinished.write_text(state.to_json())
        unfinished.replace(self._state_file)

    def forget_state(self) -> None:
        """Take back what `write_state` told."""
        self._state_file.unlink(missing_ok=True)

    def in_use(self) -> bool:
        """Whether a process holds this folder."""
        try:
            with self.held(patience_s=0):
                return False
        except AlreadyRunningError:
            return True

    @contextmanager
    def held(self, patience_s: float = 1) -> Iterator[None]:
        """Hold the folder; the kernel lets go of it when the process ends, however that happens.

        Raises AlreadyRunningError where another process holds it for longer than ``patience_s`` (`in_use` only looks).
        """
        self.home.mkdir(parents=True, exist_ok=True)
        deadline = time.monotonic() + patience_s
        with self._lock_file.open("a+") as lock:
            while not _locked(lock):
                if time.monotonic() >= deadline:
                    advice = "see it with `make status`, end it with `make down`"
                    if self.sharing is not None:
                        advice = "`make rehearse` runs there in the foreground: end it with Ctrl-C"
                    raise AlreadyRunningError(f"a rehearsal runs already in {os.path.relpath(self.home)}: {advice}")
                time.sleep(0.05)
            yield

    @property
    def _state_file(self) -> Path:
        return self.home / "state.json"

    @property
    def _lock_file(self) -> Path:
        return self.home / "lock"


def _locked(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
