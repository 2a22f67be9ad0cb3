"""GRANT and REVOKE of system privileges, roles and privileges on objects."""

from rehearsal.oracle.dialect.reading.queries import Queries
from rehearsal.oracle.dialect.tree.definitions import Action, Definition
from rehearsal.oracle.errors import OracleError, unlisted

_OBJECT = ("SELECT", "INSERT", "UPDATE", "DELETE", "ALTER", "INDEX", "REFERENCES")
# The first words of others that Oracle knows.
_OTHERS = ("EXECUTE", "READ", "WRITE", "DEBUG", "FLASHBACK", "UNDER", "QUERY", "MERGE")


class Privileges:
    """Reads GRANT and REVOKE."""

    def __init__(self, queries: Queries):
        self.words = queries.words
        self._queries = queries

    def grant(self, *, revoke: bool) -> Definition:
        """GRANT ... TO or REVOKE ... FROM users."""
        words, verb = self.words, "revoke" if revoke else "grant"
        names = words.listed(self._privilege)
        target = self._queries.table() if words.accept("ON") else None
        words.expect("FROM" if revoke else "TO", 905, "missing keyword")
        users = words.listed(self._grantee)
        option = words.accept("WITH", "GRANT" if target else "ADMIN", "OPTION")
        if words.now.kind == "name":
            raise unlisted(f"{verb.upper()} ... {words.now.text}")
        pairs = [(name, user) for name in names for user in users]
        if not target:
            steps = tuple(Action(f"{verb}_privilege", (user, name, option)) for name, user in pairs)
            return Definition(steps, "", "", "GRANT ANY PRIVILEGE")
        if names == ("EXECUTE",) and target.name == "DBMS_CRYPTO":
            steps = tuple(Action(f"{verb}_package", (user,)) for user in users)
            return Definition(steps, "", "", "GRANT ANY OBJECT PRIVILEGE")
        if other := next((name for name in names if name.split()[0] in _OTHERS), ""):
            raise unlisted(f"privilege {other}")
        if not set(names) <= {*_OBJECT, "ALL"}:
            raise OracleError(990, "missing or invalid privilege")
        steps = tuple(
            Action(f"{verb}_object", (user, target, each, option))
            for name, user in pairs
            for each in (_OBJECT if name == "ALL" else (name,))
        )
        return Definition(steps, target.owner, "", "GRANT ANY OBJECT PRIVILEGE")

    def _privilege(self) -> str:
        words, found = self.words, []
        while words.now.kind == "name" and words.now.text not in ("TO", "FROM", "ON"):
            found.append(words.take().text)
        if not found:
            raise words.error(990, "missing or invalid privilege")
        if words.sees("("):
            raise unlisted("privileges on columns")
        return " ".join(found).removesuffix(" PRIVILEGES")

    def _grantee(self) -> str:
        return "PUBLIC" if self.words.accept("PUBLIC") else self.words.name(987, "missing or invalid username(s)")
