"""What botocore knows of regions: AWS's own data, as old as the installed botocore."""

from __future__ import annotations

from functools import lru_cache

from botocore.exceptions import UnknownRegionError
from botocore.session import Session, get_session


def regions_with_dms() -> tuple[str, ...]:
    """Every region in which botocore knows AWS DMS, of all of AWS's partitions."""
    session = _session()
    return tuple(
        name for one in session.get_available_partitions() for name in session.get_available_regions("dms", one)
    )


def may_be_region(name: str) -> bool:
    """Whether the name has the form of a region in any of AWS's partitions, of a newer one too."""
    try:
        _session().get_partition_for_region(name)
    except UnknownRegionError:
        return False
    return True


@lru_cache(maxsize=1)
def _session() -> Session:
    return get_session()
