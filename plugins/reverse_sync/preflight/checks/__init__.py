"""The checks themselves; importing this package registers them, in the order in which a reader meets them."""

from importlib import import_module

for name in (
    "connectivity",
    "mapping",
    "rules",
    "fit",
    "sizes",
    "source_server",
    "source_tables",
    "slots",
    "source_login",
    "target",
    "target_login",
    "rds",
    "dms",
    "api",
):
    import_module(f"{__name__}.{name}")
