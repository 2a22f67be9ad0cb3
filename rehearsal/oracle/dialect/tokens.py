"""The words of a statement, and a reader that goes through them."""

import re
from collections.abc import Callable
from typing import NamedTuple, TypeVar

from rehearsal.oracle.errors import OracleError, stored, unlisted

# https://docs.oracle.com/database/121/SQLRF/ap_keywd001.htm (reserved words)
RESERVED = frozenset(
    (  # noqa: SIM905  # a list would take a line a word
        "ACCESS ADD ALL ALTER AND ANY AS ASC AUDIT BETWEEN BY CHAR CHECK CLUSTER COLUMN COLUMN_VALUE COMMENT "
        "COMPRESS CONNECT CREATE CURRENT DATE DECIMAL DEFAULT DELETE DESC DISTINCT DROP ELSE EXCLUSIVE EXISTS FILE "
        "FLOAT FOR FROM GRANT GROUP HAVING IDENTIFIED IMMEDIATE IN INCREMENT INDEX INITIAL INSERT INTEGER "
        "INTERSECT INTO IS LEVEL LIKE LOCK LONG MAXEXTENTS MINUS MLSLABEL MODE MODIFY NESTED_TABLE_ID NOAUDIT "
        "NOCOMPRESS NOT NOWAIT NULL NUMBER OF OFFLINE ON ONLINE OPTION OR ORDER PCTFREE PRIOR PUBLIC RAW RENAME "
        "RESOURCE REVOKE ROW ROWID ROWNUM ROWS SELECT SESSION SET SHARE SIZE SMALLINT START SUCCESSFUL SYNONYM "
        "SYSDATE TABLE THEN TO TRIGGER UID UNION UNIQUE UPDATE USER VALIDATE VALUES VARCHAR VARCHAR2 VIEW WHENEVER "
        "WHERE WITH"
    ).split()
)
# What Oracle knows and this list does not, wherever it stands: named in the error instead of a syntax error.
_ELSEWHERE = frozenset(
    (  # noqa: SIM905  # a list would take a line a word
        "CONNECT START PRIOR LEVEL ROWID PIVOT UNPIVOT MODEL NATURAL USING RIGHT FULL OVER KEEP RETURNING WITH LOG "
        "SAMPLE VERSIONS PARTITION SUBPARTITION ROLLUP CUBE GROUPING WITHIN PERCENT AS ORGANIZATION TABLESPACE "
        "STORAGE PCTFREE UNION MINUS INTERSECT OFFSET"
    ).split()
)
_TOKEN = re.compile(
    r"""(?P<space>\s+|--[^\n]*|/\*.*?\*/)
    |(?P<string>[nNqQ]{0,2}'(?:[^']|'')*')
    |(?P<number>(?:\d+(?:\.(?!\.)\d*)?|\.\d+)(?:[eE][+-]?\d{1,3})?[fFdD]?(?!\w))
    |(?P<bind>:\s*(?:"[^"\0]+"|\w+))
    |(?P<name>[^\W\d_][\w$\#]*)
    |(?P<quoted>"[^"\0]+")
    |(?P<op>\|\||<>|!=|\^=|<=|>=|\(\s*\+\s*\)|:=|=>|[-+*/(),.=<>%;@])""",
    re.VERBOSE | re.DOTALL,
)
_MAX_NAME_BYTES = 30
_Read = TypeVar("_Read")


class Token(NamedTuple):
    """A word of the statement; a name is in upper case, a string without its quotes."""

    kind: str
    text: str
    start: int
    end: int


def tokenize(sql: str) -> list[Token]:
    """The statement's words and a last one of kind `end`. Raises OracleError."""
    if "\0" in sql:
        raise OracleError(911, "invalid character", sql.index("\0"))
    tokens, at = [], 0
    while at < len(sql):
        found = _TOKEN.match(sql, at)
        if not found:
            raise _unreadable(sql, at)
        kind, text = str(found.lastgroup), found[0]
        if kind != "space":
            tokens.append(Token(kind, _value(kind, text), at, found.end()))
        at = found.end()
    return [*tokens, Token("end", "", len(sql), len(sql))]


def _value(kind: str, text: str) -> str:
    if kind == "name":
        return text.upper()
    if kind in ("quoted", "bind"):
        return text.strip('"')
    if kind == "string":
        if text[0] != "'":
            raise unlisted(f"literal {text}")
        return text[1:-1].replace("''", "'")
    if kind == "number" and text[-1] in "fFdD":
        raise unlisted(f"binary literal {text}")
    return re.sub(r"\s", "", text) if kind == "op" else text


def _unreadable(sql: str, at: int) -> OracleError:
    if sql[at] == "'":
        return OracleError(1756, "quoted string not properly terminated", at)
    if sql[at] == '"':
        return OracleError(1740, "missing double quote in identifier", at)
    return OracleError(911, "invalid character", at)


class Words:
    """Goes through a statement's words, one after the other."""

    def __init__(self, sql: str):
        self.text = sql
        self.tokens = tokenize(sql)
        self.at = 0

    @property
    def now(self) -> Token:
        """The word at hand."""
        return self.tokens[self.at]

    def ahead(self, steps: int = 1) -> Token:
        """A word further on."""
        return self.tokens[min(self.at + steps, len(self.tokens) - 1)]

    def take(self) -> Token:
        """The word at hand, and go on."""
        token = self.now
        self.at = min(self.at + 1, len(self.tokens) - 1)
        return token

    def sees(self, *words: str) -> bool:
        """Whether these keywords or operators come next."""
        return all(
            self.ahead(steps).text == word and self.ahead(steps).kind in ("name", "op")
            for steps, word in enumerate(words)
        )

    def accept(self, *words: str) -> bool:
        """Go past these words if they come next."""
        if not self.sees(*words):
            return False
        self.at += len(words)
        return True

    def one_of(self, *words: str) -> str | None:
        """Go past one of these words if it comes next, and say which."""
        return next((word for word in words if self.accept(word)), None)

    def expect(self, word: str, number: int, text: str) -> None:
        """Go past this word, or raise this error."""
        if not self.accept(word):
            raise self.error(number, text)

    def open(self) -> None:
        """Go past `(`."""
        self.expect("(", 906, "missing left parenthesis")

    def close(self) -> None:
        """Go past `)`."""
        self.expect(")", 907, "missing right parenthesis")

    def wrapped(self, read: Callable[[], _Read]) -> _Read:
        """What stands in parentheses."""
        self.open()
        found = read()
        self.close()
        return found

    def listed(self, read: Callable[[], _Read]) -> list[_Read]:
        """What stands between commas."""
        found = [read()]
        while self.accept(","):
            found.append(read())
        return found

    def finish(self) -> None:
        """Nothing may follow."""
        if self.now.kind != "end":
            raise self.error(933, "SQL command not properly ended")

    def error(self, number: int, text: str) -> OracleError:
        """An error at the word at hand; what Oracle would know but this list does not is named instead."""
        token = self.now
        if token.text in ("%", "@") and token.kind == "op":
            return OracleError(911, "invalid character", token.start)
        if (token.kind == "name" and token.text in _ELSEWHERE) or token.text == "(+)":
            return unlisted(self.text[token.start : token.end])
        return OracleError(number, text, token.start)

    def not_listed(self, verb: str, number: int) -> OracleError:
        """An error for what ``verb`` is to be done with."""
        return unlisted(f"{verb} {self.now.text}") if self.now.kind == "name" else self.error(number, f"invalid {verb}")

    def name(self, number: int = 904, text: str = "invalid identifier") -> str:
        """A name, upper case unless it was quoted. Raises ORA-00972 when it is too long."""
        token = self.now
        if token.kind not in ("name", "quoted") or (token.kind == "name" and token.text in RESERVED):
            raise self.error(number, f": {text}" if number == 904 else text)
        if len(token.text.encode()) > _MAX_NAME_BYTES:
            raise OracleError(972, "identifier is too long", token.start)
        return self.take().text

    def at_name(self) -> bool:
        """Whether a name comes next that is no reserved word."""
        return self.now.kind == "quoted" or (self.now.kind == "name" and self.now.text not in RESERVED)

    def integer(self) -> int:
        """A whole number, possibly negative."""
        sign = -1 if self.accept("-") else 1
        if self.now.kind != "number" or not self.now.text.isdigit():
            raise self.error(2017, "integer value required")
        return sign * int(self.take().text)

    def string(self) -> str:
        """A string literal."""
        if self.now.kind != "string":
            raise self.error(1780, "string literal required")
        return self.take().text


def quote(name: str) -> str:
    """A name as PostgreSQL reads it."""
    return '"' + name.replace('"', '""') + '"'


def row(table: str) -> str:
    """How a table goes by inside a query: no column can be taken for a whole row of it."""
    return quote("t:" + stored(table))


def literal(text: str) -> str:
    """A string as PostgreSQL reads it; the empty one is null."""
    return "'" + text.replace("'", "''") + "'" if text else "NULL"
