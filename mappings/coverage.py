"""The coverage table as lines to print: what each system has a place for, and why not the rest."""

from collections.abc import Iterator

from mappings.table_mapping import TableMapping


def table(mapping: TableMapping) -> Iterator[tuple[str, str, str, str]]:
    """(wire field, canonical field, codec, reason), rows with a wire field first."""
    rows = sorted(mapping.coverage(), key=lambda row: (not row.wire, row.wire, row.canonical))
    for row in rows:
        yield row.wire, row.canonical, row.codec, row.reason
