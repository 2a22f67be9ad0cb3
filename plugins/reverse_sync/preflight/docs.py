"""`python -m reverse_sync.preflight.docs > docs/preflight.md`: the list of checks, out of the checks themselves."""

from __future__ import annotations

import reverse_sync.preflight.checks  # noqa: F401  # registers them
from reverse_sync.preflight.finding import Group
from reverse_sync.preflight.registry import CHECKS

_HEAD = """\
# Preflight: what is checked

    python -m reverse_sync.preflight [PIPELINE ...] [--mapping FILE] [--json] [--offline]

`make preflight` runs it in the rehearsal, and the DAG runs it before its first change. Nothing is ever written:
sessions in PostgreSQL are read only, with time limits for statements and locks, and a table that the planner takes
for more than 100,000 rows is not read to count its values (the report says so). Connections are Airflow's, also
outside Airflow: then they come from the environment (`AIRFLOW_CONN_FLIGHTSPECIALS_POSTGRES` and so on). With
`--offline` only the checks marked * run; they need no connection, and serve as a pre-commit hook
(`.pre-commit-config.yaml`).

Exit code 0: no error. 1: errors. 2: no error seen, but something could not be looked at.

A finding is an error (it stops the run), a warning (it will bite some day) or a note (good to know). A check that
cannot look, for lack of a privilege for instance, says so as a warning, and the others go on.

A new check is one function with the decorator `@check` in a file of `plugins/reverse_sync/preflight/checks/`; its
docstring becomes its line here. `make docs` writes this page anew.
"""


def page() -> str:
    """The page as it should be."""
    parts = [_HEAD]
    for group in Group:
        parts.append(f"\n## {group[0].upper()}{group[1:]}\n\n| check | finds | read more |\n| --- | --- | --- |\n")
        parts += [
            f"| `{check.code}`{'' if check.needs - {'mapping'} else ' *'} | {check.summary} | <{check.link}> |\n"
            for check in CHECKS
            if check.group is group
        ]
    return "".join(parts)


if __name__ == "__main__":
    print(page(), end="")
