"""Review decisions of the Centers: kept, and answered at once as applied or refused."""

from collections.abc import Mapping, Sequence
from typing import Final

from services.liquidation.domain.decision import Liquidation, Refusal, refuse_decision
from services.liquidation.domain.facts import Origin
from services.liquidation.publishing import decision_applied, decision_refused
from services.liquidation.store.records import EntryRow
from services.liquidation.store.reviews import DecisionRow
from shared.bus.outbox import Outgoing
from shared.contracts import lean
from shared.contracts.envelope import Event
from shared.contracts.words import known_words
from shared.contracts.work import ReviewDecided, ReviewOutcome
from shared.customs.calendar import legal_date
from shared.customs.money import to_cents

_OUTCOMES: Final = frozenset(known_words(ReviewOutcome))


def on_reviews_decided(
    decided: Sequence[Event[ReviewDecided]], entries: Mapping[str, EntryRow], known: Mapping[str, Origin]
) -> tuple[list[DecisionRow], list[Outgoing]]:
    """Keep each decision; it is applied to an entry that is not liquidated, refused with its remedy otherwise.

    One with an outcome that is not known here decides nothing and is not answered: it is kept whole, and the review
    stays open.
    """
    origins = dict(known)
    chosen: dict[str, DecisionRow] = {}
    answers: list[Outgoing] = []
    for event in decided:
        data, origin = event.data, Origin(event.time, event.source, event.id)
        before = origins.get(data.decision_id)
        if before is not None and before.order <= origin.order:
            continue
        refusal = refuse_decision(_find_liquidation(entries[data.entry_number]), legal_date(data.decided_at))
        chosen[data.decision_id] = _keep(data, origin, refusal)
        origins[data.decision_id] = origin
        if before is None and (refusal is not None or data.outcome in _OUTCOMES):
            answers.append(_answer(event, refusal))
    return list(chosen.values()), answers


def _find_liquidation(row: EntryRow) -> Liquidation | None:
    if row.liquidated_on is None:
        return None
    return Liquidation(row.liquidated_on, row.liquidation_kind == "deemed")


def _keep(data: ReviewDecided, origin: Origin, refusal: Refusal | None) -> DecisionRow:
    changes_money = data.outcome in ("increase", "refund")
    return DecisionRow(
        decision_id=data.decision_id,
        entry_number=data.entry_number,
        item_id=data.item_id,
        process=data.process,
        outcome=data.outcome,
        duty_cents=to_cents(data.effect.duty_usd) if changes_money else 0,
        fees_cents=to_cents(data.effect.fees_usd) if changes_money else 0,
        decided_at=data.decided_at,
        origin=origin,
        status="refused" if refusal else "applied" if data.outcome in _OUTCOMES else "unknown-outcome",
        rule=refusal.rule if refusal else None,
        remedy=refusal.remedy if refusal else None,
        body=lean.encode(data).decode(),
    )


def _answer(event: Event[ReviewDecided], refusal: Refusal | None) -> Outgoing:
    data = event.data
    if refusal is None:
        return decision_applied(data.decision_id, data.entry_number, data.importer_number, event.time)
    return decision_refused(
        data.decision_id, data.entry_number, data.importer_number, refusal.rule, refusal.remedy, event.time
    )
