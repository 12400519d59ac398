"""Exceptions of liquidation that the legal record makes: each opens a matter, without anybody opening it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from services.workqueue.domain import claim as rules
from services.workqueue.domain.decision import RefusedDecision
from services.workqueue.domain.item import SYSTEM, Item, Note
from services.workqueue.domain.matter import placed, stand_of
from services.workqueue.domain.priority import FILING_PRIORITY
from services.workqueue.domain.processes.liquidation_exception import LIQUIDATION_EXCEPTION
from shared.customs.centers import PENDING

AFTER_DEEMED: Final = "liq-after-deemed"
"""The rule by which a decision is refused after a deemed liquidation, of which there is an exception already."""


@dataclass(frozen=True, slots=True)
class Oversight:
    """An entry that the law liquidated because nobody did, or that was liquidated before its review was decided.

    One with the same `key` is the same. `center` is None while the legal record knows none.
    """

    key: str
    entry_number: str
    importer_number: str
    center: str | None
    at: datetime
    reason: Mapping[str, str | None]


def oversight_of(refused: RefusedDecision, reviewed: Item) -> Oversight | None:
    """What a decision that came too late leaves to be judged: reliquidation within 90 days (19 USC 1501)."""
    if refused.rule == AFTER_DEEMED or reviewed.entry_number is None or reviewed.importer_number is None:
        return None
    return Oversight(
        key=str(refused.decision_id),
        entry_number=reviewed.entry_number,
        importer_number=reviewed.importer_number,
        center=reviewed.center,
        at=refused.at,
        reason={
            "code": "decision-refused",
            "text": refused.remedy,
            "fact": refused.rule,
            "citation": refused.citation,
        },
    )


def open_exception(oversight: Oversight, item_id: UUID) -> tuple[Item, tuple[Note, ...]]:
    """The matter that an oversight opens, as it stands before anything else is known, with the line that says why."""
    process = LIQUIDATION_EXCEPTION
    item = Item(
        item_id=item_id,
        kind="matter",
        process=process.code,
        entry_number=oversight.entry_number,
        protest_number=None,
        importer_number=oversight.importer_number,
        center=oversight.center or PENDING,
        division=process.division,
        priority=FILING_PRIORITY,
        value_usd=None,
        opened_at=oversight.at,
        due_on=None,
        center_since=oversight.at,
    )
    item, (note,) = rules.open_matter(placed(item, process, stand_of(process, item, (), ())), SYSTEM, oversight.at)
    return item, (replace(note, reasons=(oversight.reason,)),)
