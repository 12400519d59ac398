"""docs/timeline.md: what the codes of timelines mean, written from their catalogue."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from services.liquidation.domain.timeline_code import ACTS, DAYS, TimelineCode

PAGE: Final = Path(__file__).resolve().parents[1] / "docs" / "timeline.md"

_HEAD: Final = """\
# What a timeline shows

Written by `make contracts` from `services/liquidation/domain/timeline_code.py`; do not edit.

`GET /entries/{n}/timeline` of liquidation gives under `rows` each act and each day of an entry in one order,
`GET /importers/{n}/deadlines` the days of all entries of an importer. Each row has one of these codes; they stay what
they are. `GET /timeline-codes` serves them as data, without a token. The track is the line of a picture on which a row
stands. A day is set by law, by a policy of CBP that is no law, or is a goal on which nothing hangs.
"""


def page() -> str:
    """The whole page."""
    return "\n".join([_HEAD, "## Acts\n", *_table(ACTS), "", "## Days\n", *_table(DAYS), ""])


def _table(codes: tuple[TimelineCode, ...]) -> Iterator[str]:
    yield "| code | track | kind | who acts | title | meaning | if nothing is done |\n|---|---|---|---|---|---|---|"
    for each in codes:
        words = (f"`{each.code}`", each.track, each.kind, each.whose or "", each.title, each.meaning, each.lapse or "")
        yield f"| {' | '.join(words)} |"
