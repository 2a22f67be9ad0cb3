"""The words of a statement, and a reader that goes through them."""

import re
from collections.abc import Callable
from typing import NamedTuple, TypeVar

from rehearsal.oracle.dialect.words import WORDS
from rehearsal.oracle.errors import MISSING, OracleError, unlisted

RESERVED, _ELSEWHERE = WORDS["reserved"], WORDS["elsewhere"]
_TOKEN = re.compile(
    r"""(?P<space>\s+|--[^\n]*|/\*.*?\*/)
    |(?P<string>[nN]?[qQ]'(?:\[.*?\]|{.*?}|\(.*?\)|<.*?>|(?P<mark>[^\s\[{(<]).*?(?P=mark))'|[nN]?'(?:[^']|'')*')
    |(?P<number>(?:\d+(?:\.(?!\.)\d*)?|\.\d+)(?:[eE][+-]?\d{1,3})?[fFdD]?(?!\w))
    |(?P<bind>:\s*(?:"[^"\0]+"|\w+))
    |(?P<name>[^\W\d_][\w$\#]*)
    |(?P<quoted>"[^"\0]+")
    |(?P<op>\|\||<>|!=|\^=|<=|>=|\(\s*\+\s*\)|:=|=>|/(?!\*)|[-+*(),.=<>%;@])""",
    re.VERBOSE | re.DOTALL,
)
_MAX_NAME_BYTES = 30
_MAX_DEPTH = 60
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
        if kind == "string" and text[0] in "nN":
            kind, text = "national", text[1:]
        if kind != "space":
            tokens.append(Token(kind, _value(kind, text), at, found.end()))
        at = found.end()
    return [*tokens, Token("end", "", len(sql), len(sql))]


def _value(kind: str, text: str) -> str:
    if kind == "name":
        return text.upper()
    if kind in ("quoted", "bind"):
        return text.strip('"')
    if kind in ("string", "national"):
        return text[3:-2] if text[0] in "qQ" else text[1:-1].replace("''", "'")
    return re.sub(r"\s", "", text) if kind == "op" else text


def _unreadable(sql: str, at: int) -> OracleError:
    if sql[at] == "'":
        return OracleError(1756, "quoted string not properly terminated", at)
    if sql[at] == "/":
        return OracleError(1742, "comment not terminated properly", at)
    if sql[at] == '"':
        return OracleError(1740, "missing double quote in identifier", at)
    if sql[at].isdigit():
        return unlisted("a number and a name without a blank between them")
    return OracleError(911, "invalid character", at)


class Words:
    """Goes through a statement's words, one after the other."""

    def __init__(self, sql: str):
        self.text = sql
        self.tokens = tokenize(sql)
        self.at = 0
        self._depth = 0

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

    def either(self, *words: str) -> str:
        """Go past one of these words (or two of them), or raise ORA-00905."""
        for word in words:
            if self.accept(*word.split()):
                return word
        raise self.error(905, "missing keyword")

    def expect(self, word: str, *error: int | str) -> None:
        """Go past this word, or raise the error for its absence, or this one."""
        if not self.accept(word):
            number, text = error or MISSING.get(word, (905, "missing keyword"))
            raise self.error(int(number), str(text))

    def wrapped(self, read: Callable[[], _Read]) -> _Read:
        """What stands in parentheses."""
        self.expect("(")
        found = read()
        self.expect(")")
        return found

    def listed(self, read: Callable[[], _Read]) -> tuple[_Read, ...]:
        """What stands between commas."""
        found = [read()]
        while self.accept(","):
            found.append(read())
        return tuple(found)

    def spelled(self, read: Callable[[], _Read]) -> tuple[_Read, str]:
        """What ``read`` makes of the words, and the words as they were written."""
        start = self.now.start
        return read(), self.text[start : self.tokens[self.at - 1].end]

    def deeper(self, read: Callable[[], _Read]) -> _Read:
        """Read something that may hold its like, down to a depth that neither parser minds."""
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            raise unlisted("expressions nested so deep")
        found = read()
        self._depth -= 1
        return found

    def finish(self) -> None:
        """Nothing may follow."""
        if self.now.kind != "end":
            raise self.error(933, "SQL command not properly ended")

    def error(self, number: int, text: str) -> OracleError:
        """An error at the word at hand; what Oracle would know but this list does not is named instead."""
        token = self.now
        if token.text in ("%", "@", ";") and token.kind == "op":  # from 23 on a semicolon may end a statement
            return OracleError(911, "invalid character", token.start)
        if (token.kind == "name" and token.text in _ELSEWHERE) or token.text == "(+)":
            return unlisted(self.text[token.start : token.end])
        return OracleError(number, text, token.start)

    def not_listed(self, verb: str, number: int) -> OracleError:
        """An error for what ``verb`` is to be done with, named with all words that say what it is."""
        named = [verb]
        while self.now.kind == "name":
            named.append(self.take().text)
            if named[-1] not in WORDS["modifiers"] and self.now.text not in WORDS["second_words"]:
                return unlisted(" ".join(named))
        return self.error(number, f"invalid {' '.join(named)}")

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
