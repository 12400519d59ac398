"""One clock as the tables of the calculator write it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

from services.liquidation.domain.calculator.case import Case
from services.liquidation.domain.counting import Roll
from shared.customs.calendar import Due


@dataclass(frozen=True, slots=True)
class Row:
    """One clock: which facts it needs, how it is reckoned, when it applies, and what its end means.

    `start` is the day from which it is counted where that is not the first of the facts, `inputs` what it was reckoned
    from besides them.
    """

    rule: str
    what: str
    needs: tuple[str, ...]
    roll: Roll
    reckon: Callable[[Case], date | Due | None]
    effect: str
    applies: Callable[[Case], bool]
    inputs: Mapping[str, str] = field(default_factory=dict)
    start: date | None = None
