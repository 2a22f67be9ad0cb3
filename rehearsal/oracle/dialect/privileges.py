"""GRANT and REVOKE of system privileges, roles and privileges on objects."""

from rehearsal.oracle.dialect.definitions import Definition, Definitions
from rehearsal.oracle.dialect.tokens import literal
from rehearsal.oracle.errors import OracleError, stored, unlisted

_OBJECT = ("SELECT", "INSERT", "UPDATE", "DELETE", "ALTER", "INDEX", "REFERENCES")


class Privileges(Definitions):
    """Reads GRANT and REVOKE."""

    def grant(self, *, revoke: bool) -> Definition:
        """GRANT ... TO or REVOKE ... FROM users."""
        names = self.listed(self._privilege)
        path = self.table()[0] if self.accept("ON") else ""
        self.expect("FROM" if revoke else "TO", 905, "missing keyword")
        users = self.listed(self._grantee)
        option = self.accept("WITH", "GRANT" if path else "ADMIN", "OPTION")
        pairs = [(name, user) for name in names for user in users]
        if not path:
            act = "revoke_privilege" if revoke else "grant_privilege"
            statements = [
                f'SELECT "SYS".{act}({literal(stored(user))}, {literal(name)}, {option})' for name, user in pairs
            ]
            return Definition(statements, "", "", "GRANT ANY PRIVILEGE")
        statements = []
        for name, user in pairs:
            if name not in (*_OBJECT, "ALL"):
                raise OracleError(990, "missing or invalid privilege")
            for each in _OBJECT if name == "ALL" else (name,):
                arguments = f"{literal(stored(user))}, {literal(path)}, {literal(each)}"
                if revoke:
                    statements.append(f'SELECT "SYS".revoke_object({arguments})')
                else:
                    statements.append(
                        f"SELECT \"SYS\".grant_object({arguments}, {option}, current_setting('oracle.login')::name)"
                    )
        return Definition(statements, self._owner_of(path), "", "GRANT ANY OBJECT PRIVILEGE")

    def _privilege(self) -> str:
        words = []
        while self.now.kind == "name" and self.now.text not in ("TO", "FROM", "ON"):
            words.append(self.take().text)
        if not words:
            raise self.error(990, "missing or invalid privilege")
        if self.sees("("):
            raise unlisted("privileges on columns")
        return " ".join(words).removesuffix(" PRIVILEGES")

    def _grantee(self) -> str:
        return "PUBLIC" if self.accept("PUBLIC") else self.name(987, "missing or invalid username(s)")
