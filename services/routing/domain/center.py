"""Which Center an entry belongs to: the importer's account first, then its goods, else pending."""

from collections import defaultdict
from typing import Final, Literal, NamedTuple

from services.routing.domain.facts import Account, EntryFacts, Reason
from shared.customs.centers import PENDING
from shared.customs.tariff_map import TariffMap

Basis = Literal["account", "tariff", "pending"]

CITATION: Final = "19 CFR 101.10; 88 FR 69026"


class CenterChoice(NamedTuple):
    """The Center, on which basis, and why; `predominant_tariff` stands for the goods that decided."""

    center: str
    basis: Basis
    predominant_tariff: str | None
    reasons: tuple[Reason, ...]


def choose_center(facts: EntryFacts, account: Account | None, tariff_map: TariffMap) -> CenterChoice:
    """The Center of an entry (deadlines section 14).

    An importer is managed by one Center for all its goods, so its assignment decides whatever the entry holds.
    Without one, the predominant number of goods does. A broker acting as importer of record is routed by the goods
    on each entry, because its account says nothing about them (tagged uncertain in the rule table).
    """
    if account is not None and account.center is not None and not account.is_broker:
        reason = Reason(
            "center-by-account",
            f"The importer's account has been assigned to {account.center} since {account.assigned_on}.",
            account.assignment_basis,
            CITATION,
        )
        return CenterChoice(account.center, "account", None, (reason,))
    by_goods = _predominant(facts, tariff_map)
    why_goods = _why_goods_decide(account)
    if by_goods.center is None:
        reason = Reason(
            "center-pending",
            "No line has a tariff number that the map gives to a Center: the entry waits for an assignment.",
            None,
            CITATION,
        )
        return CenterChoice(PENDING, "pending", by_goods.tariff, (why_goods, reason))
    reason = Reason(
        "center-by-tariff",
        f"{by_goods.goods} of {len(facts.lines)} lines, worth ${by_goods.value_usd:,}, belong to {by_goods.center}.",
        by_goods.tariff,
        CITATION,
    )
    return CenterChoice(by_goods.center, "tariff", by_goods.tariff, (why_goods, reason))


class _Predominant(NamedTuple):
    center: str | None
    tariff: str | None
    goods: int
    value_usd: int


def _predominant(facts: EntryFacts, tariff_map: TariffMap) -> _Predominant:
    """The Center with most lines; more value breaks a tie, then the lower Center code, so that the result is one."""
    if len(facts.lines) == 1:
        line = facts.lines[0]
        center = tariff_map.center_for(line.tariff) if line.tariff else None
        return _Predominant(center, line.tariff, 1 if center else 0, line.value_usd)
    goods: defaultdict[str, int] = defaultdict(int)
    value: defaultdict[str, int] = defaultdict(int)
    first_tariff: dict[str, str] = {}
    for line in facts.lines:
        center = tariff_map.center_for(line.tariff) if line.tariff else None
        if center is None or line.tariff is None:
            continue
        goods[center] += 1
        value[center] += line.value_usd
        first_tariff.setdefault(center, line.tariff)
    if not goods:
        return _Predominant(None, facts.lines[0].tariff, 0, 0)
    best = min(goods, key=lambda center: (-goods[center], -value[center], center))
    return _Predominant(best, first_tariff[best], goods[best], value[best])


def _why_goods_decide(account: Account | None) -> Reason:
    if account is None:
        return Reason("account-unknown", "The importer has no account, so the goods decide.", None, CITATION)
    if account.is_broker:
        return Reason(
            "broker-as-importer",
            "A broker is the importer of record, so the goods on the entry decide.",
            account.name,
            "19 CFR 101.10 (not read in full: uncertain)",
        )
    return Reason("account-unaligned", "The account has no Center yet, so the goods decide.", account.name, CITATION)
