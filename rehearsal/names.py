"""What the rehearsal's one AWS and one Oracle call their things: as its pipelines name them, or as the seed does.

The supervisor says it to the parts by the environment (see `rehearsal.selection`).
"""

import os


def region() -> str:
    """The region of AWS."""
    return os.environ.get("REHEARSAL_REGION", "ap-northeast-2")


def db_instance() -> str:
    """The RDS instance."""
    return os.environ.get("REHEARSAL_DB_INSTANCE", "flightspecials-test-postgres-db")


def replication_instance() -> str:
    """DMS's replication instance."""
    return os.environ.get("REHEARSAL_REPLICATION_INSTANCE", "dmsworkshop-target-dmsrepl")


def oracle_service() -> str:
    """Oracle's service and SID."""
    return os.environ.get("REHEARSAL_ORACLE_SERVICE", "XE")
