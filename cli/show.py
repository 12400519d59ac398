"""Summaries and lists as tables for people."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rich.columns import Columns
from rich.console import Console
from rich.table import Table


def counts_table(title: str, head: str, counts: Mapping[str, int]) -> Table:
    """A table of names and numbers, with their sum."""
    table = Table(title=title, title_justify="left", show_footer=True)
    table.add_column(head, footer="sum")
    table.add_column("count", justify="right", footer=f"{sum(counts.values()):,}")
    for name, count in counts.items():
        table.add_row(name, f"{count:,}")
    return table


def rows_table(title: str, heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> Table:
    """A table of rows."""
    table = Table(title=title, title_justify="left")
    for head in heads:
        table.add_column(head)
    for row in rows:
        table.add_row(*("" if cell is None else str(cell) for cell in row))
    return table


def show_summary(console: Console, summary: Mapping[str, Any]) -> None:
    """The summary of a run as tables."""
    routed, work = summary["routed"], summary["work_items"]
    console.print(
        Columns(
            [
                counts_table("Entries by Center", "Center", routed["by_center"]),
                counts_table("by basis", "basis", routed["by_basis"]),
                counts_table("by lane", "lane", routed["by_lane"]),
                counts_table("Liquidation", "state", summary["liquidation"]),
                counts_table("Dead letters", "reason", summary["dead_letters"]),
            ]
        )
    )
    console.print(
        rows_table(
            f"Open work ({work['open']:,} open, {work['closed']:,} closed)",
            ("Center", "division", "process", "items"),
            ([*name.split("/"), f"{count:,}"] for name, count in work["by_queue"].items()),
        )
    )
    console.print(
        rows_table(
            "Notices",
            ("kind", "state", "count"),
            ((kind, state, f"{n:,}") for kind, states in summary["notices"].items() for state, n in states.items()),
        )
    )
    console.print(
        f"[bold]{summary['entries']:,}[/bold] entries from {summary['events']:,} events"
        f" in {summary['seconds']} s: [bold]{summary['events_per_second']:,}[/bold] events/s with all legal cycles"
    )
