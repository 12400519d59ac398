"""Which days of a history cannot stand in the order in which they are given: one table for record and calculator."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Final, Literal

from shared.customs.entry_types import EntryType

Kinds = Literal["all", "not-informal", "warehouse"]


@dataclass(frozen=True, slots=True)
class Order:
    """Two facts of which one comes first, the rule by which, and why, in the words of the law.

    On one day they are in order unless `is_same_day_in_order` is false. `of` says for which entries the pair holds.
    """

    earlier: str
    later: str
    rule: str
    why: str
    of: Kinds = "all"
    is_same_day_in_order: bool = True


@dataclass(frozen=True, slots=True)
class NamedDay:
    """A day of a history: the fact of the table that it is, and the field by which its caller knows it.

    `group` parts what belongs together where there are several, as the beginning and the end of one suspension.
    """

    fact: str
    on: date
    field: str
    group: str | None = None


@dataclass(frozen=True, slots=True)
class Disorder:
    """Two days that cannot both be right, and the order that they break."""

    earlier: NamedDay
    later: NamedDay
    order: Order

    @property
    def rule(self) -> str:
        """The rule by which the one comes before the other."""
        return self.order.rule

    @property
    def text(self) -> str:
        """Both fields with both days, and why they cannot be."""
        later, earlier = f"{self.later.field} {self.later.on}", f"{self.earlier.field} {self.earlier.on}"
        is_before = "is before" if self.order.is_same_day_in_order else "is not after"
        return f"{later} {is_before} {earlier}: {self.order.why}"


REMEDY: Final = "Correct one of the two days, or leave out the one that is not known."
"""What to do about a disorder."""

_LIQUIDATED = "an entry is liquidated after that"
_WAREHOUSED = "goods are withdrawn from warehouse after they were entered for it"
_RECONCILED = "a reconciliation is of entries that came before it"
_REVIEWED = "a review of the determination is asked for, then decided, after it"

ORDERS: Final = (
    Order("entry_date", "liquidated_on", "liquidation-date", "an entry is liquidated after its time", "not-informal"),
    Order("imported_on", "liquidated_on", "liquidation-date", _LIQUIDATED, "not-informal"),
    Order("released_on", "liquidated_on", "liquidation-date", _LIQUIDATED, "not-informal"),
    Order("entry_filed_on", "liquidated_on", "liquidation-date", _LIQUIDATED, "not-informal"),
    Order("summary_filed_on", "liquidated_on", "liquidation-date", _LIQUIDATED, "not-informal"),
    Order("presented_on", "liquidated_on", "liquidation-date", _LIQUIDATED, "not-informal"),
    Order("withdrawn_on", "liquidated_on", "liquidation-date", _LIQUIDATED, "not-informal"),
    Order("final_withdrawal_on", "liquidated_on", "liq-1yr-warehouse", _LIQUIDATED),
    Order("drawback_claimed_on", "liquidated_on", "liq-1yr-drawback", "a claim is liquidated after it was filed"),
    Order("reconciliation_filed_on", "liquidated_on", "liq-1yr-recon", "it is liquidated after it was filed"),
    Order(
        "liquidated_on", "posted_on", "liquidation-date", "a notice is posted when the entry is liquidated, or later"
    ),
    Order("entry_date", "final_withdrawal_on", "liq-1yr-warehouse", _WAREHOUSED, "warehouse"),
    Order("entry_date", "withdrawn_on", "liq-1yr-warehouse", _WAREHOUSED, "warehouse"),
    Order("imported_on", "final_withdrawal_on", "liq-1yr-warehouse", "goods are withdrawn after they were imported"),
    Order("imported_on", "withdrawn_on", "entry-date", "goods are withdrawn from warehouse after they were imported"),
    Order("entry_date", "extension_posted_on", "ext-notice", "a period is extended after it began"),
    Order(
        "extension_requested_on",
        "extension_posted_on",
        "ext-request-late",
        "an extension that the importer asks for is posted after it asked",
    ),
    Order("suspension_began_on", "suspension_lifted_on", "susp-lift-6mo", "a suspension is lifted after it began"),
    Order("summary_filed_on", "corrected_on", "psc-preconditions", "a summary is corrected after it was filed"),
    Order("liquidated_on", "reliquidated_on", "reliq-1501", "an entry is reliquidated after its liquidation"),
    Order("liquidated_on", "billed_on", "bill-due", "what a liquidation finds due is billed with it, or later"),
    Order("protest_received_on", "denied_on", "protest-denial-notice", "a protest is denied after it was received"),
    Order("protest_received_on", "allowed_on", "protest-allow", "a protest is allowed after it was received"),
    Order(
        "protest_received_on",
        "acceleration_mailed_on",
        "protest-accel-request",
        "accelerated disposition is asked for with the protest, or later",
    ),
    Order(
        "protest_received_on",
        "further_review_refused_on",
        "afr-file",
        "further review is applied for with the protest, or later, and refused after that",
    ),
    Order(
        "further_review_refused_on",
        "set_aside_requested_on",
        "afr-complaint-1515c",
        "setting aside is asked for after the refusal",
    ),
    Order("denied_on", "void_requested_on", "void-1515d", "voiding a denial is asked for after the denial"),
    Order("imported_on", "preference_claimed_on", "claim-1520d", "goods are imported before a preference is claimed"),
    Order(
        "preference_claimed_on", "preference_denied_on", "claim-1520d-form", "a preference is denied after its claim"
    ),
    Order("violated_on", "fraud_discovered_on", "duty-1592d", "fraud is discovered after it was committed"),
    Order(
        "import_liquidated_on",
        "import_final_on",
        "liq-1yr-drawback",
        "an import is final after its liquidation, not with it",
        is_same_day_in_order=False,
    ),
    Order("designated_imported_on", "drawback_claimed_on", "drawback-file", "imports are designated after they came"),
    Order("earliest_summary_on", "reconciliation_filed_on", "recon-other", _RECONCILED),
    Order("earliest_summary_on", "reconciliation_due_on", "recon-other", _RECONCILED),
    Order("earliest_imported_on", "reconciliation_filed_on", "recon-fta", _RECONCILED),
    Order("earliest_imported_on", "reconciliation_due_on", "recon-fta", _RECONCILED),
    Order(
        "allegation_received_on", "investigation_initiated_on", "eapa-initiate", "an allegation comes before its case"
    ),
    Order("investigation_initiated_on", "interim_measures_on", "eapa-interim", "measures are taken in a case"),
    Order("investigation_initiated_on", "evasion_determined_on", "eapa-decide", "a case is determined after it began"),
    Order("evasion_determined_on", "evasion_review_requested_on", "eapa-review-request", _REVIEWED),
    Order("evasion_review_requested_on", "evasion_review_decided_on", "eapa-review-decide", _REVIEWED),
    Order(
        "presented_for_examination_on", "detained_on", "detain-decide", "goods are detained after they were presented"
    ),
    Order(
        "prepenalty_mailed_on",
        "penalty_mailed_on",
        "penalty-petition",
        "a penalty notice follows the prepenalty notice",
    ),
    Order("damages_mailed_on", "petition_decided_on", "ld-decision-life", "a petition answers the notice of damages"),
)
"""Every pair, in the order of an entry's life.

What is missing is no disorder: a protest before the liquidation is premature (protest-180), a preference may be claimed
before liquidation, an entry is filed before the goods arrive, and a denial by law may come before a notice of denial.
"""


def find_disorder(days: Iterable[NamedDay], kind: EntryType | None) -> tuple[Disorder, ...]:
    """Every two days that cannot both be right, in the order of the table; none when all can.

    `kind` None: the days are of no one entry, as those of a protest, so that only what holds for all of them counts.

    Rule inv-order [M]: each pair names the rule of law by which one fact presupposes the other.

    >>> from shared.customs.entry_types import entry_type
    >>> days = [NamedDay("entry_date", date(2026, 3, 2), "entry_date"),
    ...     NamedDay("final_withdrawal_on", date(2026, 3, 1), "final_withdrawal_on")]
    >>> [each.text for each in find_disorder(days, entry_type("21"))]  # doctest: +ELLIPSIS
    ['final_withdrawal_on 2026-03-01 is before entry_date 2026-03-02: goods are withdrawn from warehouse after ...']
    """
    known: dict[str, list[NamedDay]] = {}
    for each in days:
        known.setdefault(each.fact, []).append(each)
    return tuple(
        Disorder(earlier, later, order)
        for order in ORDERS
        if _holds_for(order.of, kind)
        for earlier in known.get(order.earlier, ())
        for later in known.get(order.later, ())
        if earlier.group is None or later.group is None or earlier.group == later.group
        if later.on < earlier.on or (later.on == earlier.on and not order.is_same_day_in_order)
    )


def name_days(days: Mapping[str, date | None], fields: Mapping[str, str] = MappingProxyType({})) -> list[NamedDay]:
    """The days that are known, by fact; `fields` tells which the caller knows by another name.

    >>> name_days({"entry_date": date(2026, 3, 2), "imported_on": None})
    [NamedDay(fact='entry_date', on=datetime.date(2026, 3, 2), field='entry_date', group=None)]
    """
    return [NamedDay(fact, on, fields.get(fact, fact)) for fact, on in days.items() if on is not None]


def tell_all(found: Sequence[Disorder]) -> str:
    """All disorders in one sentence for each.

    >>> tell_all(())
    ''
    """
    return " ".join(f"{each.text[0].upper()}{each.text[1:]}." for each in found)


def _holds_for(kinds: Kinds, kind: EntryType | None) -> bool:
    match kinds:
        case "all":
            return True
        case "not-informal":
            return kind is not None and not kind.informal
        case "warehouse":
            return kind is not None and kind.category == "warehouse"
