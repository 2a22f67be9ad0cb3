"""The checks themselves; importing this package registers them, in the order in which a reader meets them."""

from importlib import import_module

for name in (
    "connectivity",
    "mapping",
    "names",
    "rules",
    "selection",
    "filters",
    "transformations",
    "expressions",
    "effects",
    "target_columns",
    "types",
    "value_ranges",
    "text_lengths",
    "made_values",
    "lobs",
    "source_server",
    "source_tables",
    "assessments",
    "slots",
    "source_login",
    "target_server",
    "own_login",
    "target",
    "target_objects",
    "target_login",
    "rds",
    "dms",
    "aws_assessment",
    "writers",
    "api",
    "canary",
    "records",
):
    import_module(f"{__name__}.{name}")
