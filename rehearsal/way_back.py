"""`make rehearse SCENARIO=way-back`: the shipped pipeline's way back, with writers until the switch, and its proof.

The proof asks neither DMS nor the product: it reads both databases, and then writes to Oracle as the old application.
"""

import itertools
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import oracledb
import psycopg
import requests

from rehearsal.airflow.client import Client
from rehearsal.layout import Layout, Ports
from rehearsal.names import oracle_service
from rehearsal.ports import LOOPBACK
from rehearsal.postgres.cluster import SUPERUSER, SUPERUSER_PASSWORD
from rehearsal.rehearse import DAG_ID, RunError, finish, rehearse, trigger

_DECOMMISSION = f"{DAG_ID}_decommission"
_BEFORE_THE_SWITCH_S = 5.0
# The columns that both sides hold alike.
_EXPECTED = "SELECT id, header, body, origin, destination, cost FROM travelbuddy.flightspecial ORDER BY id"
_FOUND = "SELECT ID, HEADER, BODY, ORIGIN, DESTINATION, COST FROM FLIGHTSPECIAL ORDER BY ID"


@dataclass
class Writers:
    """What was written until the switch: calls of the API, and rows that the service inserted."""

    calls: int = 0
    inserted: int = 0
    faults: list[str] = field(default_factory=list)


def way_back(client: Client, layout: Layout, ports: Ports, watch: Callable[[], None]) -> bool:
    """The procedure, writers, the switch, the decommission that the rehearsal approves; whether Oracle took over.

    Raises RunError.
    """
    with _writing(ports) as written:
        if not rehearse(client, layout, watch):
            return False
        time.sleep(_BEFORE_THE_SWITCH_S)
    print(f"\nThe switch: {written.calls} calls of the API and {written.inserted} new rows were written until now.")
    if written.faults:
        raise RunError(f"the writers had {len(written.faults)} faults: {written.faults[0]}")
    run_id = trigger(client, dag_id=_DECOMMISSION)

    def watch_and_approve() -> None:
        watch()
        _approve(client, run_id)

    return finish(client, layout, run_id, watch_and_approve, _DECOMMISSION) and _proved(ports)


@contextmanager
def _writing(ports: Ports) -> Iterator[Writers]:
    """The service's users write in the block, from the start of replication on, and not a moment longer.

    Before that both sides have to hold the same rows.
    """
    written, switch = Writers(), threading.Event()
    threads = [threading.Thread(target=one, args=(ports, written, switch)) for one in (_call, _insert)]
    for thread in threads:
        thread.start()
    try:
        yield written
    finally:
        switch.set()
        for thread in threads:
            thread.join()


def _call(ports: Ports, written: Writers, switch: threading.Event) -> None:
    """Change one row after the other by the API, but not the canary's."""
    rows = itertools.cycle(range(2, 12))
    while not _replicates(ports) and not switch.wait(0.2):
        pass
    while not switch.wait(0.05):
        row, text = next(rows), f"변경 {written.calls}"
        address = f"http://{LOOPBACK}:{ports.flightspecials_api}/travelbuddy/flightspecials/{row}/header"
        answer = requests.put(address, json={"id": row, "flightSpecialHeader": text}, timeout=10)
        if answer.ok:
            written.calls += 1
        else:
            written.faults.append(f"PUT {address} answered {answer.status_code} {answer.text[:200]}")


def _insert(ports: Ports, written: Writers, switch: threading.Event) -> None:
    """Insert rows as the service does: PostgreSQL's identity gives ids that Oracle's sequence has not given."""
    insert = "INSERT INTO travelbuddy.flightspecial (header, cost) VALUES (%s, %s)"
    while not _replicates(ports) and not switch.wait(0.2):
        pass
    while not switch.wait(0.2):
        with _postgres(ports) as session:
            session.execute(insert, [f"새 특가 {written.inserted}", written.inserted])
            written.inserted += 1


def _replicates(ports: Ports) -> bool:
    """Whether somebody reads a slot of PostgreSQL, which reboots before that."""
    try:
        with _postgres(ports) as session:
            return bool(session.execute("SELECT 1 FROM pg_replication_slots WHERE active").fetchall())
    except psycopg.OperationalError:
        return False


def _approve(client: Client, run_id: str) -> None:
    """Say yes as the person would whom the decommission asks."""
    task = f"dags/{_DECOMMISSION}/dagRuns/{run_id}/taskInstances/approve/-1"
    try:
        question = client.get(f"{task}/hitlDetails")
    except requests.HTTPError:
        return  # not asked yet
    if not question["response_received"]:
        print(f"  approved: {question['subject']}\n{question['body']}", flush=True)
        client.patch(f"{task}/hitlDetails", {"chosen_options": ["Approve"], "params_input": {}})


def _proved(ports: Ports) -> bool:
    """Whether Oracle holds each row of PostgreSQL, and takes one of the old application with an id of its own."""
    with _postgres(ports) as source, _oracle(ports) as target:
        expected = source.execute(_EXPECTED).fetchall()
        found = target.cursor().execute(_FOUND).fetchall()
        slots = source.execute("SELECT slot_name FROM pg_replication_slots").fetchall()
        missing = sorted(set(expected) - set(found))
        print(f"\nPostgreSQL has {len(expected)} rows, Oracle {len(found)}; {len(missing)} are missing in Oracle.")
        for row in missing[:5]:
            print(f"  missing: {row}")
        highest, given = expected[-1][0], _write_as_the_old_application(target)
        print(f"The old application wrote to Oracle: id {given}, the highest before it was {highest}.")
        print(f"Replication slots left in PostgreSQL: {len(slots)}.", flush=True)
    return expected == found and given > highest and not slots


def _write_as_the_old_application(target: oracledb.Connection) -> int:
    """Insert a row without an id, which the trigger gives; the id."""
    with target.cursor() as cursor:
        cursor.execute("INSERT INTO FLIGHTSPECIAL (HEADER, COST) VALUES ('옛 애플리케이션', 1)")
        target.commit()
        rows: list[Any] = cursor.execute("SELECT ID FROM FLIGHTSPECIAL WHERE HEADER = '옛 애플리케이션'").fetchall()
    return int(rows[0][0])


def _postgres(ports: Ports) -> psycopg.Connection:
    return psycopg.connect(
        host=LOOPBACK, port=ports.postgres, dbname="dso", user=SUPERUSER, password=SUPERUSER_PASSWORD, autocommit=True
    )


def _oracle(ports: Ports) -> oracledb.Connection:
    return oracledb.connect(user="TRAVELBUDDY", password="welcome", dsn=f"{LOOPBACK}:{ports.oracle}/{oracle_service()}")
