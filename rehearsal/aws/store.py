"""What the stand-in remembers from one start to the next: written after each change, whole or not at all."""

from __future__ import annotations

import pickle
import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from rehearsal.aws.aws_request import AwsRequest

FILE = "records.pickle"
_READING = ("Describe", "Get", "List", "Filter", "Head", "Lookup", "Test")
_ATTEMPTS = 5


class UnreadableRecordsError(RuntimeError):
    """The records cannot be read, most likely because another version wrote them; the message says what to do."""


class Store:
    """The records of each owner by its name. What they are is the owner's: anything that pickle takes."""

    def __init__(self, file: Path | None) -> None:
        """``file`` is None where nothing is to be remembered."""
        self._file = file
        self._owners: dict[str, Callable[[], Any]] = {}
        self._lock = threading.Lock()

    def load(self) -> dict[str, Any]:
        """What was saved last; empty where nothing was. Raises UnreadableRecordsError."""
        if self._file is None or not self._file.exists():
            return {}
        try:
            kept: dict[str, bytes] = pickle.loads(self._file.read_bytes())  # noqa: S301  # our own file
            return {owner: pickle.loads(records) for owner, records in kept.items()}  # noqa: S301
        except Exception as error:  # whatever moved in the classes that were saved
            raise UnreadableRecordsError(
                f"the AWS records in {self._file} cannot be read ({type(error).__name__}: {error}), most likely "
                "because another version of the rehearsal wrote them: `make fresh` empties what is kept"
            ) from error

    def keep(self, owner: str, records: Callable[[], Any]) -> None:
        """From now on save what ``records`` returns."""
        self._owners[owner] = records

    def save_after(self, asked: AwsRequest) -> None:
        """Save where the call that was just answered may have changed something."""
        if not asked.operation.startswith(_READING):
            self.save()

    def save(self) -> None:
        """Write everything."""
        if self._file is None:
            return
        with self._lock:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            unfinished = self._file.with_suffix(".new")
            saved = {owner: _pickled(records) for owner, records in self._owners.items()}
            unfinished.write_bytes(pickle.dumps(saved))
            unfinished.replace(self._file)


def _pickled(records: Callable[[], Any]) -> bytes:
    """moto has no lock that would hold its state still: what changed meanwhile is read once more."""
    for _ in range(_ATTEMPTS):
        try:
            return pickle.dumps(records())
        except RuntimeError:  # a dictionary changed its size
            continue
    return pickle.dumps(records())
