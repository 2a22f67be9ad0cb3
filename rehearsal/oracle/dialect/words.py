"""Oracle's words and names, as words.toml lists them."""

import tomllib
from pathlib import Path

WORDS = {
    name: frozenset(words.split())
    for name, words in tomllib.loads(Path(__file__).with_suffix(".toml").read_text()).items()
}
