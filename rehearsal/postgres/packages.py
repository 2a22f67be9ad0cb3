"""Puts Debian's PostgreSQL with pglogical on the machine: `python3 -m rehearsal.postgres.packages`.

Runs before anything else is installed: standard library only.
"""

import re
import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from rehearsal.debian import PackagesMissingError, Runner, checked, install, root_prefix, run

INSTALLED = Path("/usr/lib/postgresql")
CONFIGURATION = Path("/etc/postgresql-common")


def newest_with_pglogical(installed: Path = INSTALLED) -> Path | None:
    """The folder of the newest installed PostgreSQL that has pglogical, as Debian's packages lay it out."""
    usable = [library.parents[1] for library in installed.glob("*/lib/pglogical.so")]
    usable = [folder for folder in usable if (folder / "bin/postgres").exists()]
    return max(usable, key=lambda folder: float(folder.name), default=None)


def ensure(runner: Runner, as_root: Sequence[str] | None, installed: Path = INSTALLED) -> str | None:
    """Install what is missing; returns what was done, None where all was there.

    ``as_root`` is what stands before a command to run it as root, None where that cannot be had. Raises
    PackagesMissingError.
    """
    if newest_with_pglogical(installed):
        return None
    if shutil.which("apt-get") is None:
        raise PackagesMissingError(
            "PostgreSQL with pglogical is missing, and this machine has no apt-get: install both so that "
            f"{installed}/<version>/lib/pglogical.so exists, then run this again"
        )
    if as_root is None:
        raise PackagesMissingError(
            "PostgreSQL with pglogical is missing, and installing it needs root: run `sudo apt-get install --yes "
            f"{' '.join(_packages(runner))}`, then this again"
        )
    checked([*as_root, "apt-get", "update", "--quiet"], runner)
    packages = _packages(runner)
    with _without_main_cluster(runner, as_root):
        install(packages, as_root, runner)
    if not newest_with_pglogical(installed):
        raise PackagesMissingError(
            f"apt-get installed {' '.join(packages)}, but {installed}/*/lib/pglogical.so is not there"
        )
    return f"installed {' '.join(packages)}"


def _packages(runner: Runner) -> list[str]:
    """The distribution's own PostgreSQL, whichever version that is, and pglogical for it."""
    depends = runner(["apt-cache", "depends", "postgresql"]).stdout
    found = re.search(r"Depends: postgresql-(\d+)", depends)
    return ["postgresql", f"postgresql-{found[1] if found else 15}-pglogical"]


@contextmanager
def _without_main_cluster(runner: Runner, as_root: Sequence[str]) -> Iterator[None]:
    """Keep a first installation from making and starting a cluster of its own, which nobody asked for.

    https://manpages.debian.org/bookworm/postgresql-common/pg_createcluster.1.en.html, "DEFAULT VALUES"
    """
    if CONFIGURATION.exists():  # then it is not the first, and whoever made that has chosen
        yield
        return
    folder = CONFIGURATION / "createcluster.d"
    file = folder / "reverse-sync.conf"
    checked([*as_root, "sh", "-c", f"mkdir -p {folder} && echo 'create_main_cluster = false' > {file}"], runner)
    try:
        yield
    finally:
        runner([*as_root, "sh", "-c", f"rm -f {file}; rmdir {folder}"])


def main() -> int:
    """Install what is missing, or say in one sentence what to do."""
    if newest_with_pglogical():
        return 0
    try:
        done = ensure(run, root_prefix())
    except PackagesMissingError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"PostgreSQL: {done}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
