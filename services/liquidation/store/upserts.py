"""What a written row does to one that is there already: it replaces it, or the one of the earlier event stands."""

from collections.abc import Sequence

from sqlalchemy import Table


def replace_row(table: Table, columns: Sequence[str]) -> str:
    """The conflict clause by which the row of a key is written anew."""
    return f"({', '.join(_key(table))}) DO UPDATE SET {_assign(table, columns)}"


def keep_earliest(table: Table, columns: Sequence[str]) -> str:
    """The conflict clause by which of two rows of a key the one that rests on the earlier event stands."""
    earlier = (
        "(excluded.event_at, excluded.event_source, excluded.event_id) < "
        f"({table.name}.event_at, {table.name}.event_source, {table.name}.event_id)"
    )
    return f"{replace_row(table, columns)} WHERE {earlier}"


def _key(table: Table) -> list[str]:
    return [column.name for column in table.primary_key.columns]


def _assign(table: Table, columns: Sequence[str]) -> str:
    key = _key(table)
    return ", ".join(f"{name} = excluded.{name}" for name in columns if name not in key)
