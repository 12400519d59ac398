"""What decisions are made with, by date: a decision uses the versions in force on its own day."""

import hashlib
from bisect import bisect_right
from collections.abc import Sequence
from datetime import date
from functools import cached_property
from typing import Generic, NamedTuple, TypeVar

from services.routing.domain.decisions import Rules
from services.routing.domain.directory import Directory
from services.routing.domain.policies import AssignmentPolicy
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
        policies: Sequence[Dated[AssignmentPolicy]],
        directory: Directory,
    ) -> None:
        self.directory = directory
        self._directory_version = _fingerprint(directory)
        self._tariff_maps = sorted(tariff_maps, key=lambda item: item.effective_on)
        self._criteria = sorted(criteria, key=lambda item: item.effective_on)
        self._policies = sorted(policies, key=lambda item: item.effective_on)

    def on(self, day: date) -> Rules:
        """The rules in force on a legal day."""
        days, rules = self._intervals
        return rules[bisect_right(days, day) - 1]

    @cached_property
    def _intervals(self) -> tuple[list[date], list[Rules]]:
        days = sorted(
            {
                *_first_days(self._tariff_maps),
                *_first_days(self._criteria),
                *_first_days(self._policies),
                date.min,
                *self.directory.days_of_change(),
            }
        )
        return days, [self._rules_from(day) for day in days]

    def _rules_from(self, day: date) -> Rules:
        return Rules(
            tariff_map=_in_force(self._tariff_maps, day),
            criteria=_in_force(self._criteria, day),
            policy=_in_force(self._policies, day),
            open_centers=self.directory.open_centers(day),
            directory_version=self._directory_version,
        )


def _fingerprint(directory: Directory) -> str:
    """A name for when which Centers take work: all that a decision asks of the directory."""
    units = sorted(
        (unit.code, str(unit.opened_on), str(unit.closed_on), unit.successor or "")
        for unit in directory.centers.values()
    )
    return "directory-" + hashlib.sha256(repr(units).encode()).hexdigest()[:12]


def _in_force(versions: Sequence[Dated[T]], day: date) -> T:
    return [item.value for item in versions if item.effective_on <= day][-1]


def _first_days(versions: Sequence[Dated[T]]) -> set[date]:
    return {item.effective_on for item in versions}
