"""What an expression does with its operands, read off the steps into which SQLite compiled it.

https://www.sqlite.org/opcode.html; what a step makes that is not known here counts as unknown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

Step: TypeAlias = "tuple[int, str, int, int, int, str | None, int]"
"""A row of EXPLAIN: address, opcode, P1 to P5."""
Kind = Literal["arithmetic", "division", "comparison", "joined", "like", "truth"]
Sort = Literal["text", "whole", "exact", "fraction", "unknown"]
"""What SQLite calculates with; `exact`: a decimal number, which reaches it as a whole one where it is one."""

_ARITHMETIC = {
    "Add": "+", "Subtract": "-", "Multiply": "*", "Divide": "/", "Remainder": "%", "BitAnd": "&", "BitOr": "|",
    "ShiftLeft": "<<", "ShiftRight": ">>",
}  # fmt: skip
_COMPARISONS = frozenset({"Eq", "Ne", "Lt", "Le", "Gt", "Ge"})
_AFFINITY, _NONE = 0x47, (0, 0x40, 0x41)
"""Of P5 of a comparison: the type that SQLite brings both sides to, and those that leave them as they are."""
_LONGEST_SAID = 100
_CASTS: dict[int, Sort] = {ord("B"): "text", ord("D"): "whole", ord("E"): "fraction"}
_MAKES: dict[str, Sort] = {
    **dict.fromkeys(("lower", "upper", "trim", "ltrim", "rtrim", "substr", "replace", "replacechars", "hex"), "text"),
    **dict.fromkeys(("date", "time", "datetime", "strftime", "hash_sha256"), "text"),
    **dict.fromkeys(("round", "julianday"), "fraction"),
}  # fmt: skip


class Operand(NamedTuple):
    """What an operator works on.

    :param said: how it may be written
    :param sort: what is known of it whatever the columns are
    :param column: the source column that it is, if it is one
    :param literal: whether it stands in the expression itself
    :param of: what it was calculated from; it is a number, whatever they are
    :param either: what it is one of: the branches of a CASE
    """

    said: str
    sort: Sort = "unknown"
    column: str = ""
    literal: bool = False
    of: tuple[Operand, ...] = ()
    either: tuple[Operand, ...] = ()

    def sort_among(self, columns: Mapping[str, Sort]) -> Sort:
        """Its sort, where the columns have theirs."""
        if self.column:
            return columns.get(self.column, "unknown")
        if self.either:
            found = {one.sort_among(columns) for one in self.either}
            return found.pop() if len(found) == 1 else "unknown"
        if self.of:
            found = {one.sort_among(columns) for one in self.of}
            if found & {"fraction", "unknown"}:
                return "fraction"
            return "exact" if found & {"exact", "text"} else "whole"
        return self.sort


class Use(NamedTuple):
    """One thing that an expression does with operands; `said` is how it may be written."""

    kind: Kind
    said: str
    operands: tuple[Operand, ...]


UNKNOWN = Operand("...")


def uses(steps: Sequence[Step], names: Sequence[str]) -> tuple[Use, ...]:
    """What the steps of one expression do, in their order.

    :param names: of its parameters, in the order of their numbers
    """
    return tuple(dict.fromkeys(_Walk(names).uses(_in_order(steps))))


def _in_order(steps: Sequence[Step]) -> Iterable[Step]:
    """The steps as they run: those that load what stays the same come last, and run first."""
    start = steps[0][3] if steps and steps[0][1] == "Init" else 1
    return (*steps[start:], *steps[1:start])


class _Walk:
    """The registers as the steps fill them, whatever way the steps would jump."""

    def __init__(self, names: Sequence[str]) -> None:
        self._names = names
        self._registers: dict[int, Operand] = {}
        self._unread: set[int] = set()
        self._listed: list[Operand] = []

    def uses(self, steps: Iterable[Step]) -> Iterator[Use]:
        for step in steps:
            self._fill(step)
            yield from self._operate(step)

    def _fill(self, step: Step) -> None:
        """What a step puts into a register."""
        _, opcode, p1, p2, _, p4, _ = step
        match opcode:
            case "Variable":
                self._write(p2, Operand(f"${self._names[p1 - 1]}", column=self._names[p1 - 1]))
            case "String8" | "String":
                doubled = str(p4).replace("'", "''")
                self._write(p2, Operand(f"'{doubled}'", "text", literal=True))
            case "Integer" | "Int64":
                self._write(p2, Operand(str(p4 or p1), "whole", literal=True))
            case "Real":
                self._write(p2, Operand(str(float(p4 or 0)), "fraction", literal=True))
            case "Copy" | "SCopy":
                self._write(p2, self._read(p1))
            case "Cast":
                self._registers[p1] = Operand(f"CAST({self._read(p1).said})", _CASTS.get(p2, "unknown"))
            case "ZeroOrNull":
                self._write(p2, Operand("a comparison", "whole"))
            case "MakeRecord":
                self._listed.append(self._read(p1))

    def _operate(self, step: Step) -> Iterator[Use]:
        """What a step does with operands, and the register that has the result."""
        _, opcode, p1, p2, p3, p4, p5 = step
        match opcode:
            case "Function" | "PureFunc":
                yield from self._call(str(p4), p2, p3)
            case "Concat":
                yield Use("joined", "||", (self._read(p2), self._read(p1)))
                self._write(p3, Operand("a text", "text"))
            case "Found" | "NotFound":
                yield from (self._comparison(self._read(p3), one) for one in self._listed)
                self._listed = []
            case "If" | "IfNot":
                yield self._truth(p1)
            case "Not":
                yield self._truth(p1)
                self._write(p2, Operand("a condition", "whole"))
            case "And" | "Or":
                yield self._truth(p2)
                yield self._truth(p1)
                self._write(p3, Operand("a condition", "whole"))
            case _ if opcode in _COMPARISONS and p5 & _AFFINITY in _NONE:
                yield self._comparison(self._read(p3), self._read(p1))
            case _ if opcode in _ARITHMETIC and p1 != p2:  # SQLite's own look for NULL in a list has one twice
                operands = self._read(p2), self._read(p1)
                said = f" {_ARITHMETIC[opcode]} ".join(one.said for one in operands)
                said = UNKNOWN.said if len(said) > _LONGEST_SAID or UNKNOWN.said in said else said
                of = dict.fromkeys(leaf for one in operands for leaf in one.of or (one,))
                self._write(p3, Operand(said, of=tuple(of)))
                yield Use("division" if opcode == "Divide" else "arithmetic", said, operands)

    def _call(self, function: str, first: int, result: int) -> Iterator[Use]:
        name = function.partition("(")[0].lower()
        if name == "nullif":
            yield self._comparison(self._read(first), self._read(first + 1))
        elif name == "like":
            pattern, text = self._read(first), self._read(first + 1)
            yield Use("like", f"{text.said} LIKE {pattern.said}", (text, pattern))
        self._write(result, Operand(f"{name}(...)", _MAKES.get(name, "unknown")))

    def _truth(self, register: int) -> Use:
        operand = self._read(register)
        return Use("truth", operand.said, (operand,))

    @staticmethod
    def _comparison(one: Operand, other: Operand) -> Use:
        return Use("comparison", f"{one.said} with {other.said}", (one, other))

    def _read(self, register: int) -> Operand:
        self._unread.discard(register)
        return self._registers.get(register, UNKNOWN)

    def _write(self, register: int, operand: Operand) -> None:
        """What was there and was not read yet is of another branch: it is one of both then."""
        before = self._registers.get(register)
        if register in self._unread and before is not None and before != operand:
            operand = Operand(before.said, either=(*(before.either or (before,)), operand))
        self._registers[register] = operand
        self._unread.add(register)
