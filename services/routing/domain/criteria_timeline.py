"""The criteria day by day: periods of their revisions, cut where other medians of unit values take effect."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from services.routing.domain.criteria_lifecycle import InForce
from services.routing.domain.rulebook import Dated
from services.routing.domain.selection import Criteria, compile_criteria
from services.routing.domain.unit_values import NO_UNIT_VALUES, UnitValues


class CutPeriod(NamedTuple):
    """Criteria in force from a day on, with the version of the unit values that they ask (None: they ask none)."""

    effective_on: date
    in_force: InForce
    as_of: date | None


def cut_periods(periods: Sequence[InForce], unit_value_days: Sequence[Dated[date]]) -> list[CutPeriod]:
    """The periods, cut where another version of the unit values takes effect that a criterion in force asks for."""
    if not unit_value_days:
        return [CutPeriod(period.effective_on, period, None) for period in periods]
    first_days = [period.effective_on for period in periods]
    asking = [any(item.asks_unit_values for item in (*period.live, *period.shadow)) for period in periods]
    version_days = [item.effective_on for item in unit_value_days]
    merged: list[CutPeriod] = []
    for day in sorted({*first_days, *version_days}):
        number = bisect_right(first_days, day) - 1
        known = bisect_right(version_days, day)
        as_of = unit_value_days[known - 1].value if known and asking[number] else None
        if not merged or merged[-1][1:] != (periods[number], as_of):
            merged.append(CutPeriod(day, periods[number], as_of))
    return merged


def compile_timeline(
    periods: Sequence[CutPeriod], medians: Mapping[date, UnitValues], floor_basis_points: int
) -> list[Dated[Criteria]]:
    """Every version of the criteria with its first day; the first has been in force for ever (`date.min`).

    A version is compiled when the first entry of its days comes, so old ones cost next to nothing.
    """
    return [
        Dated(
            period.effective_on,
            compile_criteria(
                period.in_force.live,
                shadow=period.in_force.shadow,
                floor_basis_points=floor_basis_points,
                unit_values=medians[period.as_of] if period.as_of is not None else NO_UNIT_VALUES,
            ),
        )
        for period in periods
    ]
