"""Puts Debian's programs that tests need on the machine: `python3 -m tests.support.programs chromium redis-server`."""

import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from rehearsal.debian import PackagesMissingError, Runner, checked, install, root_prefix, run


@dataclass(frozen=True)
class Program:
    """What tests start by its name."""

    tests: str
    """Which tests need it, as the beginning of a sentence."""
    packages: tuple[str, ...]


PROGRAMS = {
    "chromium": Program("The tests in a browser", ("chromium", "fonts-dejavu-core")),
    "redis-server": Program("The tests with several workers", ("redis-server",)),
}


def ensure(name: str, runner: Runner, as_root: Sequence[str] | None, found: str | None) -> str | None:
    """Install it where it is missing; returns what was done, None where it was there. Raises PackagesMissingError.

    :param found: where it is already
    """
    if found:
        return None
    program = PROGRAMS[name]
    if as_root is None or shutil.which("apt-get") is None:
        raise PackagesMissingError(
            f"{program.tests} need {name}, and installing it needs root on a Debian: run `sudo apt-get install --yes "
            f"--no-install-recommends {' '.join(program.packages)}`, or put a {name} of your own on PATH; then run "
            "this again"
        )
    checked([*as_root, "apt-get", "update", "--quiet"], runner)
    install(program.packages, as_root, runner)
    return f"installed {' '.join(program.packages)}"


def main(names: Sequence[str]) -> int:
    """Install what is missing, or say in one sentence what to do."""
    for name in names:
        try:
            done = ensure(name, run, root_prefix(), shutil.which(name))
        except PackagesMissingError as error:
            print(error, file=sys.stderr)
            return 1
        if done:
            print(f"{name}: {done}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
