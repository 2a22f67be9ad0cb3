"""The functions of expressions: those that AWS adds to SQLite's, and what is known of the others.

https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.TableMapping.SelectionTransformation.Expressions.html#CHAP_Tasks.CustomizingTasks.TableMapping.SelectionTransformation.Expressions-SQLite
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator

OPERATION_INDICATOR = "operation_indicator"
DOCUMENTED = frozenset({
    "lower", "upper", "ltrim", "replace", "rtrim", "substr", "trim", "replacechars", "hex", "randomblob", "zeroblob",
    "abs", "random", "round", "max", "min", "coalesce", "ifnull", "nullif", "date", "time", "datetime", "julianday",
    "strftime", "hash_sha256", OPERATION_INDICATOR,
})  # fmt: skip
"""What AWS's page lists, in lower case; SQLite has more."""

_OPERATORS = frozenset({"like", "glob", "regexp", "match", "->", "->>"})
"""Operators that SQLite counts among its functions."""

OF_THE_CONNECTION = frozenset({
    "load_extension", "changes", "total_changes", "last_insert_rowid", "sqlite_version", "sqlite_source_id",
    "sqlite_compileoption_get", "sqlite_compileoption_used", "sqlite_log", "sqlite_offset",
})  # fmt: skip
"""What SQLite has to do something to a connection, or to tell of it: https://www.sqlite.org/lang_corefunc.html."""

_NEVER_THE_SAME = frozenset({"random", "randomblob", "current_timestamp", "current_date", "current_time"})
_MOMENTS = frozenset({"date", "time", "datetime", "julianday", "strftime", "unixepoch"})
_OF_THE_HOST = frozenset({"now", "localtime", "utc"})
"""What a function of time takes from DMS's own clock or time zone."""

QUOTED = r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\""
"""What stands in quotes in an expression, as a pattern."""
_PIECE = re.compile(rf"{QUOTED}|[^\W\d]\w*|\S")


def install(connection: sqlite3.Connection) -> None:
    """Give a connection the functions that DMS adds to SQLite's."""
    connection.create_function("hash_sha256", 1, _hash_sha256, deterministic=True)
    connection.create_function("replaceChars", 3, _replace_chars, deterministic=True)
    connection.create_function(OPERATION_INDICATOR, 3, lambda *_flags: None)


def double_quoted(expression: str) -> list[str]:
    """What stands in double quotes: names in SQL, but texts to SQLite where it knows no such name."""
    return [piece[1:-1].replace('""', '"') for piece in _PIECE.findall(expression) if piece.startswith('"')]


def quoted_parameters(expression: str) -> list[str]:
    """The names that stand behind a `$`, alone in single quotes: a text, which no value is put into."""
    return [piece[2:-1] for piece in _PIECE.findall(expression) if re.fullmatch(r"'\$\w+'", piece)]


def undocumented(functions: Iterable[str]) -> list[str]:
    """The functions that AWS's page does not list, operators aside."""
    return sorted(set(functions) - DOCUMENTED - _OPERATORS - _NEVER_THE_SAME)


def unforeseeable(expression: str, functions: Iterable[str]) -> str | None:
    """What in the expression gives a value that only DMS knows, or None.

    Random numbers, and the moment or time zone of the machine that evaluates it: `datetime()` without a time, 'now'.
    """
    called = set(functions)
    drawn = sorted(called & _NEVER_THE_SAME)
    if drawn:
        return drawn[0].upper() if drawn[0].startswith("current_") else f"{drawn[0]}()"
    return next(_calls_of_the_clock(expression), None) if called & _MOMENTS else None


def _calls_of_the_clock(expression: str) -> Iterator[str]:
    pieces = _PIECE.findall(expression)
    for place, piece in enumerate(pieces[:-1]):
        name = piece.lower()
        if name in _MOMENTS and pieces[place + 1] == "(":
            arguments = _arguments(pieces, place + 2)
            needed = 2 if name == "strftime" else 1
            words = {word[1:-1].lower() for argument in arguments for word in argument if word[0] in "'\""}
            if len(arguments) < needed or words & _OF_THE_HOST:
                yield f"{name}({', '.join(''.join(argument) for argument in arguments)})"


def _arguments(pieces: list[str], start: int) -> list[list[str]]:
    """The arguments of the call whose first one begins at `start`, each as its pieces."""
    found: list[list[str]] = [[]]
    depth = 0
    for piece in pieces[start:]:
        if piece == ")" and depth == 0:
            break
        depth += {"(": 1, ")": -1}.get(piece, 0)
        if piece == "," and depth == 0:
            found.append([])
        else:
            found[-1].append(piece)
    return found if found[0] else []


def _hash_sha256(value: object) -> str | None:
    if value is None:
        return None
    return hashlib.sha256(value if isinstance(value, bytes) else str(value).encode()).hexdigest()


def _replace_chars(text: object, old: object, new: object) -> str | None:
    """Each character of `old` becomes the one at its place in `new`, or the first of `new` where there is none."""
    if text is None or old is None or new is None:
        return None
    to = str(new)
    table = {
        ord(character): to[place] if place < len(to) else to[:1]
        for place, character in reversed([*enumerate(str(old))])
    }
    return str(text).translate(table)
