"""CREATE and ALTER TRIGGER: row triggers that set the new row's columns, such as an id from a sequence."""

from rehearsal.oracle.dialect.reading.queries import ColumnsOf, Queries
from rehearsal.oracle.dialect.tokens import Words
from rehearsal.oracle.dialect.tree.definitions import Action, CreateTrigger, Definition, Step
from rehearsal.oracle.dialect.tree.expressions import Column, Value, refuse_repeated_sequences
from rehearsal.oracle.errors import OracleError, unlisted


class Triggers:
    """Reads triggers."""

    def __init__(self, words: Words, schema: str, columns_of: ColumnsOf):
        self.words = words
        self._queries = Queries(words, schema, _row_field, columns_of)
        self._value = self._queries.expressions.value

    def create(self, *, replace: bool) -> Definition:
        """CREATE TRIGGER name BEFORE INSERT [OR UPDATE] ON table FOR EACH ROW BEGIN ... END;."""
        words, name = self.words, self._queries.new_name()
        if not words.accept("BEFORE"):
            raise unlisted(f"a trigger {words.now.text}")
        events = [self._event()]
        while words.accept("OR"):
            events.append(self._event())
        words.expect("ON")
        table = self._queries.table()
        if not words.accept("FOR", "EACH", "ROW"):
            raise unlisted("a trigger without FOR EACH ROW")
        state = words.one_of("ENABLE", "DISABLE")
        if words.accept("WHEN"):
            raise unlisted("a trigger with WHEN")
        words.accept("DECLARE")
        assignments, text = words.spelled(self._body)
        steps: list[Step] = [Action("drop_trigger", (name, True))] if replace else []
        steps.append(CreateTrigger(name, table, tuple(events), assignments, text))
        if state == "DISABLE":
            steps.append(Action("switch_triggers", (None, name, state)))
        return Definition(tuple(steps), name.owner, "CREATE TRIGGER", "CREATE ANY TRIGGER")

    def alter(self) -> Definition:
        """ALTER TRIGGER name ENABLE, DISABLE or COMPILE."""
        name = self._queries.table()
        switch = self.words.one_of("ENABLE", "DISABLE", "COMPILE")
        if not switch:
            raise unlisted(f"ALTER TRIGGER ... {self.words.now.text}")
        return Definition((Action("switch_triggers", (None, name, switch)),), name.owner, "", "ALTER ANY TRIGGER")

    def _event(self) -> str:
        event = self.words.one_of("INSERT", "UPDATE")
        if not event or self.words.sees("OF"):
            raise unlisted(f"a trigger on {self.words.now.text}")
        return event

    def _body(self) -> tuple[tuple[str, Value], ...]:
        words = self.words
        if words.now.kind == "name" and words.now.text != "BEGIN":
            raise unlisted(f"{words.now.text} in a trigger")
        words.expect("BEGIN", 6550, "line 1, column 1: PLS-00103: Encountered something other than BEGIN")
        steps = [self._step()]
        while not words.accept("END"):
            steps.append(self._step())
        if words.at_name():
            words.name()
        words.accept(";")
        return tuple(steps)

    def _step(self) -> tuple[str, Value]:
        words = self.words
        if words.accept("SELECT"):
            value = self._value()
            words.expect("INTO", 905, "missing keyword")
            column = self._new_column()
            if not words.accept("FROM", "DUAL"):
                raise unlisted("a trigger that reads a table")
        elif words.now.kind == "bind":
            column = self._new_column()
            words.expect(":=", 6550, "PLS-00103: an assignment is expected")
            value = self._value()
        else:
            raise unlisted(f"{words.now.text} in a trigger")
        refuse_repeated_sequences(value)
        words.expect(";", 6550, 'PLS-00103: ";" is expected')
        return column, value

    def _new_column(self) -> str:
        if self.words.now.text.upper().replace(" ", "") != ":NEW" or self.words.ahead().text != ".":
            raise OracleError(4082, "NEW or OLD references not allowed in table level triggers")
        self.words.at += 2
        return self.words.name()


def _row_field(words: Words) -> Value:
    """A column of `:new` or `:old`, which look like binds."""
    row = words.take().text.upper().replace(" ", "").removeprefix(":")
    if row not in ("NEW", "OLD") or not words.accept("."):
        raise OracleError(49, "bad bind variable")
    return Column(words.name(), row=row)
