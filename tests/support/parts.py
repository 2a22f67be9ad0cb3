"""Parts of the rehearsal as processes, for tests that need real ones."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rehearsal.ports import choose

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]


def free_port() -> int:
    """A port on which nothing listens just now."""
    return choose(None, avoid=set())


def call(url: str, method: str, body: dict[str, Any] | None = None) -> Any:
    """One HTTP call's JSON answer; an error's is returned too."""
    request = urllib.request.Request(url, method=method, data=json.dumps(body or {}).encode())  # noqa: S310  # loopback
    try:
        with urllib.request.urlopen(request) as answer:  # noqa: S310
            return json.load(answer)
    except urllib.error.HTTPError as error:
        return json.load(error)


@contextmanager
def part(name: str, *arguments: object, log: Path) -> Iterator[subprocess.Popen[str]]:
    """`python -m rehearsal.NAME` until the end of the block; its stderr goes to ``log``."""
    environment = os.environ | {"PYTHONPATH": f"{ROOT / 'plugins'}{os.pathsep}{ROOT}"}
    with log.open("w") as stderr:
        process = subprocess.Popen(
            [sys.executable, "-m", f"rehearsal.{name}", *map(str, arguments)],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
        )
    assert process.stdout is not None
    try:
        if process.stdout.readline().strip() != "ready":
            process.wait(10)
            raise RuntimeError(f"rehearsal.{name} did not get ready: {log.read_text()}")
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)
        process.stdout.close()
