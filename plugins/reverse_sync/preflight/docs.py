"""`python -m reverse_sync.preflight.docs > docs/preflight.md`: the list of checks, out of the checks themselves."""

from __future__ import annotations

import reverse_sync.preflight.checks  # noqa: F401  # registers them
from reverse_sync.preflight import links
from reverse_sync.preflight.assessments import ASSESSMENTS
from reverse_sync.preflight.finding import Group
from reverse_sync.preflight.registry import CHECKS

_HEAD = """\
# Preflight: what is checked

    python -m reverse_sync.preflight [PIPELINE ...] [--mapping FILE] [--json] [--offline | --assess]

`make preflight` runs it in the rehearsal, and the DAG runs it before its first change. Nothing is ever written:
sessions in PostgreSQL are read only, with time limits for statements and locks, and a table that the planner takes
for more than 100,000 rows is not read to count its values (the report says so). Connections are Airflow's, also
outside Airflow: then they come from the environment (`AIRFLOW_CONN_` and the connection's id in capitals). With
`--offline` only the checks marked * run; they need no connection, and serve as a pre-commit hook
(`.pre-commit-config.yaml`). `--assess` has AWS assess the task first (below).

Exit code 0: no error. 1: errors. 2: no error seen, but something could not be looked at.

A finding is an error (it stops the run), a warning (it will bite some day) or a note (good to know). A check that
cannot look, for lack of a privilege for instance, says so as a warning, and the others go on. Where an outage or a
throttled call keeps it from looking, that is an error; if all errors are of that kind, the DAG's task looks again, as
often as `retries` says, before it is red.

A new check is one function with the decorator `@check` in a file of `plugins/reverse_sync/preflight/checks/`; its
docstring becomes its line here. `make docs` writes this page, and one for each check.
"""

_ASSESSMENTS = f"""
## AWS's own assessments

With `dms.assessment` in the pipeline file, `--assess` and the trigger form's *AWS's own assessment* start a
premigration assessment run of the task in AWS (<{links.DMS_ASSESSMENT_RUNS}>) and wait for its
end. The task has to be at rest. Every preflight reads the newest run, whoever started it: what did not pass there is a
warning (`aws-assessment`).

What AWS's premigration assessments look at, those of every engine, those of a PostgreSQL source
(<{links.DMS_ASSESSMENTS}>) and of Oracle's those that look at a target
(<{links.DMS_ASSESSMENTS_ORACLE}>; the others are about Oracle as the source),
the check here that looks at the same, and what there is to say besides, or where there is none.

| assessment | in AWS | checks here | remark |
| --- | --- | --- | --- |
"""


def page() -> str:
    """The page as it should be."""
    parts = [_HEAD]
    for group in Group:
        parts.append(f"\n## {group[0].upper()}{group[1:]}\n\n| check | finds | read more |\n| --- | --- | --- |\n")
        parts += [
            f"| [`{check.code}`](findings/{check.code}.md){'' if check.needs - {'mapping'} else ' *'} | {check.summary}"
            f" | <{check.link}> |\n"
            for check in CHECKS
            if check.group is group
        ]
    return "".join([*parts, _assessments()])


def _assessments() -> str:
    """AWS's own assessments, a line each."""
    rows = (
        f"| {one.subject} | `{one.key}` | {', '.join(f'`{code}`' for code in one.checks)} | {one.reason} |\n"
        for one in ASSESSMENTS
    )
    return "".join([_ASSESSMENTS, *rows])


if __name__ == "__main__":
    print(page(), end="")
