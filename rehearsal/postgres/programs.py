"""PostgreSQL's programs with pglogical as a trusted extension: who may CREATE in a database may create it there.

On RDS that is rds_superuser's right; PostgreSQL itself would ask for a superuser. A server finds its files relative to
its own program, so that a copy of that one beside links to all the rest, but for pglogical's control file, does it.
https://www.postgresql.org/docs/current/extend-extensions.html#EXTEND-EXTENSIONS-FILES-TRUSTED
"""

import shutil
from pathlib import Path

_SHARED = Path("/usr/share/postgresql")
_CONTROL = Path("extension/pglogical.control")


def with_trusted_pglogical(installed: Path, place: Path) -> Path:
    """Make the programs of ``installed`` (/usr/lib/postgresql/NN) again below ``place``; where `postgres` then is."""
    shutil.rmtree(place, ignore_errors=True)
    library, shared = place / "lib/postgresql" / installed.name, place / "share/postgresql" / installed.name
    (library / "bin").mkdir(parents=True)
    shutil.copy2(installed / "bin/postgres", library / "bin/postgres")
    (library / "lib").symlink_to(installed / "lib")
    (shared / _CONTROL.parent).mkdir(parents=True)
    original = _SHARED / installed.name
    for file in [*original.iterdir(), *(original / _CONTROL.parent).iterdir()]:
        link = shared / file.relative_to(original)
        if not link.exists() and file != original / _CONTROL:
            link.symlink_to(file)
    (shared / _CONTROL).write_text(f"{(original / _CONTROL).read_text()}\ntrusted = true\n")
    for folder in [place, *(found for found in place.rglob("*") if found.is_dir() and not found.is_symlink())]:
        folder.chmod(0o755)  # whatever the umask, for the server's user
    return library / "bin"
