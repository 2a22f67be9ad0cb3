"""`python -m bench [NAME ...]`: every benchmark, or those that are named, one after the other."""

import argparse
import os
import subprocess
import sys
from pathlib import Path

PLUGINS = Path(__file__).parents[1] / "plugins"
BENCHMARKS = sorted(
    file.stem
    for file in Path(__file__).parent.glob("*.py")
    if "\ndef main(" in file.read_text() and file.stem != "__main__"
)


def main() -> int:
    """Run them in processes of their own; 1 if one of them could not be run."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", choices=[*BENCHMARKS, []], help=", ".join(BENCHMARKS))
    failed = 0
    environment = {**os.environ, "PYTHONPATH": str(PLUGINS)}
    for name in parser.parse_args().names or BENCHMARKS:
        print(f"\n== {name}", flush=True)
        command = [sys.executable, "-m", f"bench.{name}"]
        failed |= subprocess.run(command, env=environment, check=False).returncode != 0
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
