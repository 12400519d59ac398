"""The clocks of evasion cases, detention, forced labour, penalties and prior disclosure."""

from collections.abc import Iterator
from typing import Final

from services.liquidation.domain.calculator.case import Case
from services.liquidation.domain.calculator.row import Row
from services.liquidation.domain.rules.rule import Finding

ROWS: Final[tuple[Row, ...]] = ()


def find(case: Case) -> Iterator[Finding]:
    """What the rules of enforcement say besides dates."""
    del case
    yield from ()
