"""`python -m mwaa`: build what is uploaded to an Amazon MWAA bucket, and check its pipelines and sizes."""

import argparse
import shutil
import sys
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from reverse_sync.errors import PipelineError
from reverse_sync.pipeline import read

PROJECT = Path(__file__).parents[1]
OUTPUT = PROJECT / ".mwaa"
# AWS recommends less than 1 GB: https://docs.aws.amazon.com/mwaa/latest/userguide/configuring-dag-import-plugins.html
LARGEST_PLUGINS_BYTES = 1_000_000_000
NOT_UPLOADED = ("__pycache__", ".mypy_cache", ".ruff_cache")


class TooLargeError(ValueError):
    """What was built is larger than AWS recommends; the message has both sizes."""


def build(output: Path, largest_bytes: int = LARGEST_PLUGINS_BYTES) -> list[Path]:
    """Write plugins.zip with include/, requirements.txt and dags/; the same sources give the same bytes.

    Raises TooLargeError where plugins.zip is larger than ``largest_bytes``, and leaves what was there.
    """
    unfinished = output.with_name(output.name + ".new")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    plugins = unfinished / "plugins.zip"
    with ZipFile(plugins, "w", ZIP_DEFLATED) as archive:
        for file in _files(PROJECT / "plugins"):
            _add(archive, file, file.relative_to(PROJECT / "plugins"))
        for file in _files(PROJECT / "include"):
            _add(archive, file, file.relative_to(PROJECT))
    if (size := plugins.stat().st_size) > largest_bytes:
        shutil.rmtree(unfinished)
        raise TooLargeError(
            f"plugins.zip would have {size} bytes, and {largest_bytes} is the most that MWAA should be given: remove "
            "what does not belong into plugins/ and include/."
        )
    shutil.copy(PROJECT / "mwaa" / "requirements.txt", unfinished)
    for file in _files(PROJECT / "dags"):
        target = unfinished / file.relative_to(PROJECT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, target)
    shutil.rmtree(output, ignore_errors=True)
    unfinished.rename(output)
    return list(_files(output))


def local_records(pipelines: Path) -> dict[str, str]:
    """The pipeline files whose records would be lost with a worker, and where they would be. Raises PipelineError."""
    places = {file.name: read(file).evidence.base_path for file in sorted(pipelines.glob("*.yaml"))}
    return {name: place for name, place in places.items() if "://" not in place}


def _files(folder: Path) -> list[Path]:
    return sorted(file for file in folder.rglob("*") if file.is_file() and not set(NOT_UPLOADED) & set(file.parts))


def _add(archive: ZipFile, file: Path, name: Path) -> None:
    """With a fixed time, so that the archive tells by its bytes whether anything changed."""
    entry = ZipInfo(name.as_posix())
    entry.compress_type = ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    archive.writestr(entry, file.read_bytes())


def main() -> None:
    """Build into .mwaa/ and print what to upload."""
    argparse.ArgumentParser(prog="python -m mwaa", description=__doc__).parse_args()
    try:
        local = local_records(PROJECT / "include" / "pipelines")
        built = build(OUTPUT)
    except (PipelineError, TooLargeError) as error:
        sys.exit(str(error))
    for file in built:
        print(f"{file.stat().st_size:>9}  {file.relative_to(PROJECT)}")
    for name, base_path in local.items():
        print(
            f"{name} keeps its records in {base_path!r}, on the disk of a worker, which does not last: set "
            "evidence.base_path to s3://... before the upload."
        )
    print("Upload these to the environment's bucket; docs/mwaa.md says how.")


if __name__ == "__main__":
    main()
