"""Which Center an entry belongs to: the importer's account first, then its goods, else pending."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

from services.routing.domain.directory import OpenCenters
from services.routing.domain.facts import Account, EntryFacts, Reason
from shared.customs.centers import PENDING
from shared.customs.tariff_map import TariffMap

Basis = Literal["account", "tariff", "pending"]

CITATION: Final = "19 CFR 101.10; 88 FR 69026"
"""What the Center of an importer rests on: one Center for all its goods, by their predominant number."""

CENTER_REASONS: Final = frozenset(
    {
        "account-unknown",
        "account-unaligned",
        "broker-as-importer",
        "center-by-account",
        "center-by-tariff",
        "center-closed",
        "center-pending",
        "moved",
    }
)
"""The codes of reasons that say why an entry is with a Center; all others say why it is reviewed or not."""


class CenterChoice(NamedTuple):
    """The Center, on which basis, and why; `predominant_tariff` stands for the goods that decided."""

    center: str
    basis: Basis
    predominant_tariff: str | None
    reasons: tuple[Reason, ...]


@dataclass(slots=True)
class Consultation:
    """Goods of an entry that belong to another Center than its own; values in whole dollars."""

    center: str
    tariff: str
    line_count: int
    value_usd: int


class _Predominant(NamedTuple):
    center: str | None
    tariff: str | None
    goods: int
    value_usd: int


def choose_center(
    facts: EntryFacts,
    account: Account | None,
    tariff_map: TariffMap,
    open_centers: OpenCenters,
    *,
    broker_by_goods: bool,
) -> CenterChoice:
    """The Center of an entry (deadlines section 14).

    An importer is managed by one Center for all its goods, so its assignment decides whatever the entry holds.
    Without one, the predominant number of goods does. With `broker_by_goods` a broker acting as importer of record is
    routed by the goods on each entry, because its account says nothing about them (tagged uncertain in the rule
    table, hence a choice of the assignment policy). A Center that has closed gives its work to its successor.
    """
    why_goods: tuple[Reason, ...]
    if account is None:
        why_goods = (_UNKNOWN,)
    elif broker_by_goods and account.is_broker:
        why_goods = (_broker(account),)
    elif account.center is None:
        why_goods = (
            Reason("account-unaligned", "The account has no Center yet, so the goods decide.", account.name, CITATION),
        )
    else:
        reasons = (_assigned(account, account.center),)
        center = open_centers.get(account.center)
        if center == account.center:
            return CenterChoice(center, "account", None, reasons)
        closed = _closed(account.center, center)
        if center is not None:
            return CenterChoice(center, "account", None, (*reasons, closed))
        why_goods = (*reasons, closed)
    return _choose_by_goods(facts, tariff_map, open_centers, why_goods)


def consult(
    facts: EntryFacts, choice: CenterChoice, tariff_map: TariffMap, open_centers: OpenCenters
) -> tuple[Consultation, ...]:
    """The Center to be consulted on an entry under review whose predominant goods belong to another Center.

    The account's Center keeps the entry (19 CFR 101.10: one Center for all goods of an importer); the other is asked
    beside it. Where the goods decided, nobody else has a better claim.
    """
    if choice.basis != "account":
        return ()
    by_goods = _predominant(facts, tariff_map, open_centers)
    if by_goods.center is None or by_goods.tariff is None or by_goods.center == choice.center:
        return ()
    return (Consultation(by_goods.center, by_goods.tariff, by_goods.goods, by_goods.value_usd),)


def center_of_goods(goods: Iterable[tuple[str, int]], tariff_map: TariffMap, open_centers: OpenCenters) -> str | None:
    """The Center with most of the goods, each a tariff number and whole dollars; None when the map gives them to none.

    As among the lines of an entry more value breaks a tie, then the lower Center code.
    """
    count: defaultdict[str, int] = defaultdict(int)
    value: defaultdict[str, int] = defaultdict(int)
    for tariff, value_usd in goods:
        center = _center_of(tariff, tariff_map, open_centers)
        if center is not None:
            count[center] += 1
            value[center] += value_usd
    return min(count, key=lambda center: (-count[center], -value[center], center), default=None)


def _choose_by_goods(
    facts: EntryFacts, tariff_map: TariffMap, open_centers: OpenCenters, why_goods: tuple[Reason, ...]
) -> CenterChoice:
    by_goods = _predominant(facts, tariff_map, open_centers)
    if by_goods.center is None:
        return CenterChoice(PENDING, "pending", by_goods.tariff, (*why_goods, _NO_CENTER))
    reason = Reason(
        "center-by-tariff",
        f"{by_goods.goods} of {len(facts.lines)} lines, worth ${by_goods.value_usd:,}, belong to {by_goods.center}.",
        by_goods.tariff,
        CITATION,
    )
    return CenterChoice(by_goods.center, "tariff", by_goods.tariff, (*why_goods, reason))


def _predominant(facts: EntryFacts, tariff_map: TariffMap, open_centers: OpenCenters) -> _Predominant:
    """The Center with most lines; more value breaks a tie, then the lower Center code, so that the result is one."""
    if len(facts.lines) == 1:
        line = facts.lines[0]
        center = _center_of(line.tariff, tariff_map, open_centers)
        return _Predominant(center, line.tariff, 1 if center else 0, line.value_usd)
    goods: defaultdict[str, int] = defaultdict(int)
    value: defaultdict[str, int] = defaultdict(int)
    first_tariff: dict[str, str] = {}
    for line in facts.lines:
        center = _center_of(line.tariff, tariff_map, open_centers)
        if center is None or line.tariff is None:
            continue
        goods[center] += 1
        value[center] += line.value_usd
        first_tariff.setdefault(center, line.tariff)
    if not goods:
        return _Predominant(None, facts.lines[0].tariff, 0, 0)
    best = min(goods, key=lambda center: (-goods[center], -value[center], center))
    return _Predominant(best, first_tariff[best], goods[best], value[best])


def _center_of(tariff: str | None, tariff_map: TariffMap, open_centers: OpenCenters) -> str | None:
    center = tariff_map.center_for(tariff) if tariff else None
    return open_centers.get(center) if center else None


_UNKNOWN: Final = Reason("account-unknown", "The importer has no account, so the goods decide.", None, CITATION)
_NO_CENTER: Final = Reason(
    "center-pending",
    "No line has a tariff number that the map gives to an open Center: the entry waits for an assignment.",
    None,
    CITATION,
)


def _assigned(account: Account, center: str) -> Reason:
    return Reason(
        "center-by-account",
        f"The importer's account has been assigned to {center} since {account.assigned_on}.",
        account.assignment_basis,
        CITATION,
    )


def _broker(account: Account) -> Reason:
    return Reason(
        "broker-as-importer",
        "A broker is the importer of record, so the goods on the entry decide.",
        account.name,
        "19 CFR 101.10 (not read in full: uncertain)",
    )


def _closed(code: str, successor: str | None) -> Reason:
    instead = f"{successor} has taken over its work." if successor else "No Center has taken over, so the goods decide."
    return Reason("center-closed", f"{code} takes no work on this day. {instead}", code, CITATION)
