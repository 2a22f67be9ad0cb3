"""How much memory a piece of work took at most, beyond what this process had before."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_RESET_PEAK = "5"


class Peak:
    """Megabytes, once the block has ended."""

    megabytes = 0.0


@contextmanager
def peak() -> Iterator[Peak]:
    """Linux only: https://docs.kernel.org/filesystems/proc.html (clear_refs, VmHWM)."""
    found = Peak()
    Path("/proc/self/clear_refs").write_text(_RESET_PEAK)
    yield found
    found.megabytes = _status("VmHWM") - _modules["MB"]


def modules_are_loaded() -> None:
    """What this process has now counts for its modules; the work is what is beyond."""
    _modules["MB"] = _status("VmRSS")


def _status(name: str) -> float:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(f"{name}:"))


_modules = {"MB": _status("VmRSS")}
