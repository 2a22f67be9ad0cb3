"""Debian packages that the machine needs: whether they can be installed, and how. Standard library only."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence

Runner = Callable[[Sequence[str]], "subprocess.CompletedProcess[str]"]


class PackagesMissingError(RuntimeError):
    """The packages are not there and cannot be installed; the message has the command that does it."""


def checked(command: Sequence[str], runner: Runner) -> None:
    """Run a command. Raises PackagesMissingError with its last words where it fails."""
    done = runner(command)
    if done.returncode:
        raise PackagesMissingError(
            f"`{' '.join(command)}` failed: {done.stderr.strip()[-500:]}; put that right, then run this again"
        )


def install(packages: Sequence[str], as_root: Sequence[str], runner: Runner) -> None:
    """Install packages without what they only recommend. Raises PackagesMissingError."""
    command = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "install", "--yes", "--no-install-recommends"]
    checked([*as_root, *command, *packages], runner)


def run(command: Sequence[str]) -> "subprocess.CompletedProcess[str]":
    """Run a command that asks nobody anything."""
    return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)


def root_prefix() -> list[str] | None:
    """What stands before a command to run it as root; None where that cannot be had."""
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") is None:
        return None
    # On a terminal sudo may ask for the password once; elsewhere nobody could answer.
    asking = [] if sys.stdin.isatty() else ["-n"]
    return ["sudo", "-n"] if subprocess.run(["sudo", *asking, "-v"], check=False).returncode == 0 else None
