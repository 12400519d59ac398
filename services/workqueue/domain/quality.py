"""Quality assurance: which decisions are reviewed a second time, blind, and how far both reviews agree.

Of every Center a share of its decisions is drawn at random (the floor), more of what a rule selected, of an officer's,
and of high value. The draw is a hash of the decision under a secret seed: nobody can foresee it, and who knows the seed
can draw again.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_EVEN, Decimal
from hashlib import sha256
from typing import Final, Literal
from uuid import UUID

from services.workqueue.domain.center_version import CenterVersion

SampleState = Literal["open", "taken", "done"]
FLOOR: Final = "floor"
_PLACES: Final = Decimal("0.0001")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan(CenterVersion):
    """How many decisions of a Center are drawn, in percent: of all, by criterion, by officer, from a value on."""

    floor_percent: int
    by_criterion: Mapping[str, int]
    by_officer: Mapping[str, int]
    money_from_usd: int | None
    money_percent: int


@dataclass(frozen=True, slots=True)
class Decided:
    """What is known of a decision when samples are drawn."""

    decision_id: UUID
    item_id: UUID
    center: str
    value_usd: int
    decided_by: str
    criteria: frozenset[str]


@dataclass(frozen=True, slots=True)
class Sample:
    """A decision that is reviewed a second time; `outcome` is what the second reviewer found."""

    sample_id: UUID
    decision_id: UUID
    item_id: UUID
    center: str
    stratum: str
    drawn_at: datetime
    state: SampleState = "open"
    reviewer: str | None = None
    reviewer_name: str | None = None
    taken_at: datetime | None = None
    outcome: str | None = None
    reason: str | None = None
    done_at: datetime | None = None


def draw(plan: Plan, decided: Decided, seed: str) -> str | None:
    """By which stratum a decision is drawn, the narrowest first; None: it is not drawn."""
    strata = [
        (f"criterion:{each}", plan.by_criterion[each]) for each in sorted(decided.criteria & plan.by_criterion.keys())
    ]
    if decided.decided_by in plan.by_officer:
        strata.append((f"officer:{decided.decided_by}", plan.by_officer[decided.decided_by]))
    if plan.money_from_usd is not None and decided.value_usd >= plan.money_from_usd:
        strata.append(("money", plan.money_percent))
    strata.append((FLOOR, plan.floor_percent))
    return next((name for name, percent in strata if _share(seed, name, decided.decision_id) < 100 * percent), None)


def _share(seed: str, stratum: str, decision_id: UUID) -> int:
    """A number from 0 to 9,999 that looks random."""
    return int.from_bytes(sha256(f"{seed}/{stratum}/{decision_id}".encode()).digest()[:8]) % 10_000


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far two reviews of the same decisions agree; Cohen's kappa leaves out what chance alone would give.

    `kappa` is None where it is not defined: without pairs, and where both always found one and the same.
    """

    pairs: int
    agreed: int
    kappa: Decimal | None


def agreement_of(pairs: Sequence[tuple[str, str]]) -> Agreement:
    """The agreement of first and second outcomes, kappa to four places.

    >>> agreement_of([("yes", "yes")] * 20 + [("yes", "no")] * 5 + [("no", "yes")] * 10 + [("no", "no")] * 15).kappa
    Decimal('0.4000')
    """
    agreed = sum(first == second for first, second in pairs)
    if not pairs:
        return Agreement(0, 0, None)
    firsts, seconds = (Counter(pair[place] for pair in pairs) for place in (0, 1))
    by_chance = sum(firsts[outcome] * seconds[outcome] for outcome in firsts)  # over the pairs squared
    whole = len(pairs) * len(pairs)
    if by_chance == whole:
        return Agreement(len(pairs), agreed, None)
    kappa = Decimal(agreed * len(pairs) - by_chance) / Decimal(whole - by_chance)
    return Agreement(len(pairs), agreed, kappa.quantize(_PLACES, ROUND_HALF_EVEN))
