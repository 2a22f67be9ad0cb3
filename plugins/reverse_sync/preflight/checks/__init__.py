"""The checks themselves; importing this package registers them in the order in which a reader meets them."""

from reverse_sync.preflight.checks import (  # noqa: F401, I001  # the order of the report
    connectivity,
    mapping,
    rules,
    fit,
    sizes,
    source_server,
    source_tables,
    slots,
    source_login,
    target,
    target_login,
    rds,
    dms,
    api,
)
