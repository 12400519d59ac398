"""Summaries, lists and answers as a command prints them: tables for people, one JSON document for scripts."""

import json
import shutil
import sys
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from rich.columns import Columns
from rich.console import Console, RenderableType
from rich.markup import escape
from rich.table import Table

_LEAST: Final = 8
_WHOLE: Final = frozenset({"id", "entry", "entry or importer", "key", "service", "job", "topic"})
"""Columns that name a thing; half a name is that of another."""
_PIPED: Final = 120
_WIDEST: Final = 2_000


def terminal_width() -> int | None:
    """The width of the terminal on standard output; None where it is no terminal, and nothing is to be cut."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None


def print_document(document: Any) -> None:
    """One JSON document on a line of standard output, and nothing else."""
    sys.stdout.write(json.dumps(document, default=_as_text) + "\n")
    sys.stdout.flush()


def print_line(document: Any, text: str, *, as_json: bool) -> None:
    """An answer: a sentence for people, or the document."""
    if as_json:
        print_document(document)
        return
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def print_text(text: str) -> None:
    """A sentence beside a table, broken where the terminal ends; a pipe gets it in one line."""
    width = terminal_width()
    lines = textwrap.fill(text, width, break_on_hyphens=False) if width is not None else text
    sys.stdout.write(f"{lines}\n")
    sys.stdout.flush()


def print_rows(
    title: str,
    heads: Sequence[str],
    rows: Sequence[Sequence[Any]],
    *,
    document: Any,
    as_json: bool,
    if_none: str,
) -> None:
    """A list: a table that fits the terminal, or the document. An empty one says so on standard error.

    Where not even the narrowest table fits, each row is a block of lines.
    """
    width = terminal_width()
    if as_json:
        print_document(document)
    elif not rows:
        sys.stderr.write(f"centerline: {if_none}\n")
    elif width is None or _fits(heads, rows, width):
        print_tables([rows_table(title, heads, rows, width)])
    else:
        sys.stdout.write("\n\n".join([title, *(_block(heads, row, width) for row in rows)]) + "\n")
        sys.stdout.flush()


def print_tables(tables: Iterable[RenderableType]) -> None:
    """Tables as they are, however wide: a pipe gets the whole."""
    console = Console(width=max(terminal_width() or 0, _WIDEST))
    for table in tables:
        for line in console.render_lines(table, pad=False):
            text = "".join(segment.text for segment in line).rstrip()
            sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _as_text(value: Any) -> str:
    """What JSON has no word for; importer numbers in texts of errors are masked before."""
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return str(value)


def counts_table(title: str, head: str, counts: Mapping[str, int]) -> Table:
    """A table of names and numbers, with their sum."""
    table = Table(title=title, title_justify="left", show_footer=True)
    table.add_column(head, footer="sum")
    table.add_column("count", justify="right", footer=f"{sum(counts.values()):,}")
    for name, count in counts.items():
        table.add_row(name, f"{count:,}")
    return table


def rows_table(title: str, heads: Sequence[str], rows: Iterable[Sequence[Any]], width: int | None = None) -> Table:
    """A table of rows: within `width` where that is given, by shortening the widest texts; what names a thing is whole.

    >>> [column._cells for column in rows_table("", ("key", "detail"), [("B7603245278", "no such port")], 28).columns]
    [['B7603245278'], ['no such p…']]
    """
    cells = [_texts(row) for row in rows]
    if width is not None:
        fit = _fit(_sizes(heads, cells), heads, width)
        cells = [[_shorten(cell, size) for cell, size in zip(row, fit, strict=True)] for row in cells]
    table = Table(title=title, title_justify="left")
    for head in heads:
        table.add_column(head, no_wrap=True, overflow="ignore")
    for row in cells:
        table.add_row(*map(escape, row))
    return table


def _texts(row: Sequence[Any]) -> list[str]:
    return ["" if cell is None else " ".join(str(cell).split()) for cell in row]


def _sizes(heads: Sequence[str], cells: Sequence[Sequence[str]]) -> list[int]:
    return [max(map(len, column)) for column in zip(heads, *cells, strict=True)]


def _least_sizes(sizes: Sequence[int], heads: Sequence[str]) -> list[int]:
    return [
        size if head in _WHOLE else min(size, max(len(head), _LEAST)) for size, head in zip(sizes, heads, strict=True)
    ]


def _width_of(sizes: Sequence[int]) -> int:
    """The width of a table with such columns: a space on both sides of each, and lines between and around them."""
    return sum(sizes) + 3 * len(sizes) + 1


def _fits(heads: Sequence[str], rows: Sequence[Sequence[Any]], width: int) -> bool:
    return _width_of(_least_sizes(_sizes(heads, [_texts(row) for row in rows]), heads)) <= width


def _block(heads: Sequence[str], row: Sequence[Any], width: int) -> str:
    """A row as lines of head and text, wrapped and not shortened; what it does not have is left out."""
    indent = max(map(len, heads)) + 2
    return "\n".join(
        textwrap.fill(
            text,
            max(width, indent + _LEAST),
            initial_indent=head.ljust(indent),
            subsequent_indent=" " * indent,
            break_on_hyphens=False,
        )
        for head, text in zip(heads, _texts(row), strict=True)
        if text
    )


def _fit(sizes: list[int], heads: Sequence[str], width: int) -> list[int]:
    """How wide each column may be: the widest give way first, none below its head or the least that still tells."""
    least = _least_sizes(sizes, heads)
    fit = list(sizes)
    while _width_of(fit) > width:
        givable = [position for position, size in enumerate(fit) if size > least[position]]
        if not givable:
            break
        fit[max(givable, key=fit.__getitem__)] -= 1
    return fit


def _shorten(cell: str, size: int) -> str:
    return cell if len(cell) <= size else f"{cell[: size - 1]}…"


def show_summary(summary: Mapping[str, Any]) -> None:
    """The summary of a run as tables."""
    routed, work = summary["routed"], summary["work_items"]
    width = terminal_width()
    console = Console(width=width or _PIPED)
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
    queues = ([*name.split("/"), f"{count:,}"] for name, count in work["by_queue"].items())
    notices = ((kind, state, f"{n:,}") for kind, states in summary["notices"].items() for state, n in states.items())
    title = f"Open work ({work['open']:,} open, {work['closed']:,} closed)"
    print_tables(
        [
            rows_table(title, ("Center", "division", "process", "items"), queues, width),
            rows_table("Notices", ("kind", "state", "count"), notices, width),
        ]
    )
    console.print(
        f"[bold]{summary['entries']:,}[/bold] entries from {summary['events']:,} events"
        f" in {summary['seconds']} s: [bold]{summary['events_per_second']:,}[/bold] events/s with all legal cycles"
    )
