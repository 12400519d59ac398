"""What decisions are made with, by date: a decision uses the versions in force on its own day."""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import date
from functools import cached_property
from typing import Generic, NamedTuple, TypeVar

from services.routing.domain.decision import Rules
from services.routing.domain.directory import Directory
from services.routing.domain.selection import Criteria
from shared.customs.tariff_map import TariffMap

T = TypeVar("T")


class Dated(NamedTuple, Generic[T]):
    """A version with its first legal day."""

    effective_on: date
    value: T


class RuleBook:
    """Every version of the rules with its first day. `on` is a lookup, so it may be asked for every entry.

    Each sequence begins with a version that has been in force for ever (`date.min`). Of two with the same first day
    the later one in the sequence counts.
    """

    def __init__(
        self,
        tariff_maps: Sequence[Dated[TariffMap]],
        criteria: Sequence[Dated[Criteria]],
        directory: Directory,
    ) -> None:
        self._tariff_maps = sorted(tariff_maps, key=lambda item: item.effective_on)
        self._criteria = sorted(criteria, key=lambda item: item.effective_on)
        self._directory = directory

    def on(self, day: date) -> Rules:
        """The rules in force on a legal day."""
        days, rules = self._intervals
        return rules[bisect_right(days, day) - 1]

    @cached_property
    def _intervals(self) -> tuple[list[date], list[Rules]]:
        days = sorted(_first_days(self._tariff_maps) | _first_days(self._criteria))
        return days, [
            Rules(_in_force(self._tariff_maps, day), _in_force(self._criteria, day), self._directory) for day in days
        ]


def _in_force(versions: Sequence[Dated[T]], day: date) -> T:
    return [item.value for item in versions if item.effective_on <= day][-1]


def _first_days(versions: Sequence[Dated[T]]) -> set[date]:
    return {item.effective_on for item in versions}
