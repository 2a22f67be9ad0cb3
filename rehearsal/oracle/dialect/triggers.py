"""CREATE and ALTER TRIGGER: row triggers that set the new row's columns, such as an id from a sequence."""

from rehearsal.oracle.dialect.definitions import Definition
from rehearsal.oracle.dialect.functions import Expression
from rehearsal.oracle.dialect.privileges import Privileges
from rehearsal.oracle.dialect.tokens import literal, quote
from rehearsal.oracle.errors import OracleError, stored, unlisted


class Triggers(Privileges):
    """Reads triggers. Inside a body, `:new` and `:old` are the rows."""

    _in_trigger = False
    needed_sequences: list[str]

    def create_trigger(self, *, replace: bool) -> Definition:
        """CREATE TRIGGER name BEFORE INSERT [OR UPDATE] ON table FOR EACH ROW BEGIN ... END;."""
        owner, name = self._new_name()
        if not self.accept("BEFORE"):
            raise unlisted(f"a trigger {self.now.text}")
        events = [self._event()]
        while self.accept("OR"):
            events.append(self._event())
        self.expect("ON", 969, "missing ON keyword")
        table, _ = self.table()
        if not self.accept("FOR", "EACH", "ROW"):
            raise unlisted("a trigger without FOR EACH ROW")
        state = self.one_of("ENABLE", "DISABLE")
        self._in_trigger, self.needed_sequences = True, []
        if self.accept("WHEN"):
            raise unlisted("a trigger with WHEN")
        self.accept("DECLARE")
        start = self.now.start
        body = self._body()
        if self.at_name():
            self.name()
        self.accept(";")
        text = self.text[start : self.tokens[self.at - 1].end]
        path = f"{quote(stored(owner))}.{quote(stored(name))}"
        head = f"CREATE TRIGGER {quote(stored(name))} BEFORE {' OR '.join(events)} ON {table}"
        statements = [f'SELECT "SYS".drop_trigger({literal(path)}, true)'] if replace else []
        statements += [
            f"CREATE FUNCTION {path}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS {literal(body)}",
            f"ALTER FUNCTION {path}() OWNER TO {quote(stored(owner))}",
            f"COMMENT ON FUNCTION {path}() IS {literal(text)}",
            f"{head} FOR EACH ROW EXECUTE FUNCTION {path}()",
        ]
        if state == "DISABLE":
            statements.append(f"SELECT \"SYS\".switch_triggers(NULL, {literal(path)}, 'DISABLE')")
        return Definition(
            statements, owner, "CREATE TRIGGER", "CREATE ANY TRIGGER", self.needed_sequences + self.sequences
        )

    def alter_trigger(self) -> Definition:
        """ALTER TRIGGER name ENABLE, DISABLE or COMPILE."""
        path, _ = self.table()
        switch = self.one_of("ENABLE", "DISABLE", "COMPILE")
        if not switch:
            raise unlisted(f"ALTER TRIGGER ... {self.now.text}")
        return Definition(
            [f"SELECT \"SYS\".switch_triggers(NULL, {literal(path)}, '{switch}')"],
            self._owner_of(path),
            "",
            "ALTER ANY TRIGGER",
        )

    def _event(self) -> str:
        event = self.one_of("INSERT", "UPDATE")
        if not event or self.sees("OF"):
            raise unlisted(f"a trigger on {self.now.text}")
        return event

    def _body(self) -> str:
        self.expect("BEGIN", 6550, "line 1, column 1: PLS-00103: Encountered something other than BEGIN")
        steps = [self._step()]
        while not self.accept("END"):
            steps.append(self._step())
        return f"BEGIN {' '.join(steps)} RETURN NEW; END"

    def _step(self) -> str:
        self.needed_sequences += self.sequences
        self.sequences = []
        if self.accept("SELECT"):
            value = self.value().sql
            self.expect("INTO", 905, "missing keyword")
            column = self._new_column()
            if not self.accept("FROM", "DUAL"):
                raise unlisted("a trigger that reads a table")
        elif self.now.kind == "bind":
            column = self._new_column()
            self.expect(":=", 6550, "PLS-00103: an assignment is expected")
            value = self.value().sql
        else:
            raise unlisted(f"{self.now.text} in a trigger")
        self.expect(";", 6550, 'PLS-00103: ";" is expected')
        return f"{column} := {value};"

    def _new_column(self) -> str:
        if self.now.text.upper().replace(" ", "") != ":NEW" or self.ahead().text != ".":
            raise OracleError(4082, "NEW or OLD references not allowed in table level triggers")
        self.at += 2
        return f"NEW.{quote(stored(self.name()))}"

    def _bind(self) -> Expression:
        if not self._in_trigger:
            return super()._bind()
        row = self.tokens[self.at - 1].text.upper().replace(" ", "").removeprefix(":")
        if row not in ("NEW", "OLD") or not self.accept("."):
            raise OracleError(49, "bad bind variable")
        return Expression(f"{row}.{quote(stored(self.name()))}")
