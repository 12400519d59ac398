"""Decisions: what ends an item, a decision on an entry or a protest, advice, or the answer to a filing."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final, assert_never
from uuid import UUID

from services.workqueue.acts.item import lock_item, refusals, write_item
from services.workqueue.acts.reach import person_of
from services.workqueue.domain import claim as rules
from services.workqueue.domain.decision import (
    OUTCOMES,
    Decision,
    Finding,
    RefusedDecision,
    flaw_in_decision,
    flaw_in_findings,
    flaw_in_lines,
    flaw_in_outcome,
    review_outcome_of,
)
from services.workqueue.domain.goods import DeclaredGoods, list_decided
from services.workqueue.domain.item import Item
from services.workqueue.domain.request import HEARD, Notice, shown_stage
from services.workqueue.publishing import SOURCE, review_decided
from services.workqueue.store import decided_goods as decided_goods_store
from services.workqueue.store import decisions as decision_store
from services.workqueue.store import entries as entry_store
from services.workqueue.store import requests as request_store
from shared.bus import outbox
from shared.customs.calendar import legal_date
from shared.customs.money import format_cents
from shared.db.transaction import Transaction
from shared.runtime.errors import Conflict, Refused
from shared.runtime.identity import Identity
from shared.runtime.ids import event_id

_CHANGES_THE_RECORD: Final = frozenset({"increase", "refund", "reject"})


async def complete(
    tx: Transaction,
    item_id: UUID,
    caller: Identity,
    token: int,
    finding: Finding,
    now: datetime,
    *,
    notice_over_cents: int | None,
) -> Decision:
    """Finish the item with a decision, an answer or advice.

    A decision on an entry is published for the legal record to apply; the rest is kept, and told as a change of the
    item. `notice_over_cents` is the increase above which the importer must have been heard first (rule cf29-threshold);
    None: that is not demanded. Raises `Conflict` for a token that is not the newest and for an increase of which no
    notice was given, `Refused` for an outcome that is not one of the item's kind or contradicts itself, in its findings
    too. After a decision that the legal record refused the next one is not published: the entry is liquidated.
    """
    item, authority = await lock_item(tx, item_id, caller, now)
    with refusals():
        completed, notes = rules.complete(item, person_of(caller), token, now)
    declared = await entry_store.load_declared(tx, item.entry_number) if item.entry_number is not None else []
    notices = await request_store.find_notices(tx, item.entry_number) if item.entry_number is not None else []
    refused = await decision_store.load_refused(tx, item_id) if item.reopened_at is not None else []
    demand_sound(item, finding, declared, refused)
    demand_heard(item, finding, notices, notice_over_cents, legal_date(now))
    named = () if not refused else (str(len(refused) + 1),)
    decision = Decision(
        UUID(event_id("decision", str(item_id), *named)), finding, by=person_of(caller), at=now, authority=authority
    )
    await decision_store.write_decision(tx, item_id, decision)
    await decided_goods_store.write_decided(tx, list_decided(item, decision, declared))
    await write_item(tx, completed, notes, finding.outcome)
    outcome = review_outcome_of(finding.outcome)
    if item.kind == "review" and item.entry_number is not None and outcome is not None and not refused:
        await outbox.add(tx, SOURCE, [review_decided(item, decision, item.entry_number, outcome, declared)])
    return decision


def demand_sound(
    item: Item, finding: Finding, declared: Sequence[DeclaredGoods], refused: Sequence[RefusedDecision]
) -> None:
    """Raise `Refused` for an outcome that is not one of the item's kind, or for a finding that contradicts itself.

    `declared` are the lines of its entry, `refused` the decisions on it that the legal record could not apply: after
    one, money is changed there and not here.
    """
    flaw = flaw_in_outcome(item, finding.outcome)
    if flaw is not None:
        match item.kind:
            case "protest":
                remedy = (
                    "Recommend and sign the decision with POST /protests/{number}/acts of the legal record; its event"
                    " ends the item."
                )
                raise Refused(flaw, rule="outcome-of-kind", code="decided-in-legal-record", remedy=remedy)
            case "matter":
                remedy = "Do the act that ends it: POST /items/{id}/acts."
            case "review" | "consultation" | "filing":
                remedy = f"Send one of {', '.join(OUTCOMES[item.kind])}."
            case _:
                assert_never(item.kind)
        raise Refused(flaw, rule="outcome-of-kind", code="other-outcome", remedy=remedy)
    effect = finding.duty_cents + finding.fees_cents
    flaw = flaw_in_decision(finding.outcome, effect, has_legal_basis=bool(finding.legal_basis))
    if flaw is not None:
        raise Refused(flaw, rule="decision-consistent", code="inconsistent-decision", remedy="Correct it; send again.")
    if finding.found and item.kind != "review":
        raise Refused(
            f"Findings by line stand on reviews of entries, not on a {item.kind}.",
            rule="findings-of-reviews",
            code="inconsistent-finding",
            remedy="Say it in the reasons.",
        )
    flaw = flaw_in_lines(finding.found, [each.line_number for each in declared])
    if flaw is not None:
        raise Refused(flaw, rule="findings-by-line", code="no-such-line", remedy="GET /items/{id}/goods has the lines.")
    flaw = flaw_in_findings(finding.outcome, finding.found)
    if flaw is not None:
        raise Refused(
            flaw,
            rule="findings-consistent",
            code="inconsistent-finding",
            remedy="Take the outcome that the findings come to; a change without revenue has the issue 08.",
        )
    if refused and finding.outcome in _CHANGES_THE_RECORD:
        raise Refused(
            f"The legal record could not apply the decision on this item: {refused[-1].remedy}",
            rule=refused[-1].rule,
            citation=refused[-1].citation,
            code="decision-was-refused",
            remedy="Act on the entry in liquidation (POST /entries/{number}/reliquidations), then end the item with"
            " refer or no-change.",
        )


def demand_heard(item: Item, finding: Finding, notices: Sequence[Notice], over_cents: int | None, today: date) -> None:
    """Raise `Conflict` for an increase over the threshold of which the importer was not heard (rule cf29-threshold).

    `notices` are the notices of action on the entry; heard is who answered a proposed one, or let its time pass.
    """
    effect = finding.duty_cents + finding.fees_cents
    if over_cents is None or item.kind != "review" or effect <= over_cents:
        return
    stages = {shown_stage(form, stage, due_on, today) for form, stage, due_on in notices}
    if stages & HEARD:
        return
    running = min((due_on for _, stage, due_on in notices if stage == "proposed" and due_on is not None), default=None)
    raise Conflict(
        f"The increase of {format_cents(effect)} dollars is over {format_cents(over_cents)}, and the importer has"
        + (" not been told of it." if running is None else f" until {running} to give reasons against it."),
        rule="cf29-threshold",
        code="notice-of-action-due",
        citation="19 CFR 152.2",
        remedy="Propose a CBP 29 on the entry: POST /items/{id}/requests with form CBP-29."
        if running is None
        else "Wait for the answer, or for that day to pass.",
    )
