"""Requests for information (CBP 28) and notices of action (CBP 29), issued in the course of an item."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from services.workqueue.acts.answers import hand_to_asker, lock_answers
from services.workqueue.acts.item import lock_item, refusals
from services.workqueue.acts.reach import person_of
from services.workqueue.domain import claim as rules
from services.workqueue.domain.clocks import Form, answer_due_on
from services.workqueue.domain.request import IssuedRequest
from services.workqueue.publishing import SOURCE, request_issued
from services.workqueue.store import entries as entry_store
from services.workqueue.store import requests as request_store
from shared.bus import outbox
from shared.customs.calendar import legal_date
from shared.db.transaction import Transaction
from shared.runtime.errors import Refused
from shared.runtime.identity import Identity
from shared.runtime.ids import event_id


async def issue_request(
    tx: Transaction,
    item_id: UUID,
    caller: Identity,
    token: int,
    now: datetime,
    *,
    key: str,
    form: Form,
    questions: Sequence[str],
    entry_numbers: Sequence[str],
    due_on: date | None,
) -> IssuedRequest:
    """Issue a request for information or a notice of action to the item's importer.

    `key` makes the id: the same key gives the same request. Without `entry_numbers` it is about the item's own entry;
    more entries of the same importer may stand on one. Without `due_on` the usual period of the form runs (rules
    cf28-reply, cf29-proposed). Raises `Conflict` for a token that is not the newest, `Refused` for a notice of action
    by a consulted Center, for entries of several importers or Centers or none, and for a day that has passed.
    """
    request_id = UUID(event_id("request", str(item_id), caller.subject, key))
    answers = await lock_answers(tx, request_id)
    item, authority = await lock_item(tx, item_id, caller, now)
    with refusals():
        rules.demand_token(item, person_of(caller), token)
    if form == "CBP-29" and item.kind == "consultation":
        raise Refused(
            f"A notice of action is the act of the Center of record, {item.asking_center}.",
            rule="outcome-of-kind",
            code="other-center",
            remedy="Say in the advice which action the goods call for.",
        )
    own = [item.entry_number] if item.entry_number is not None else []
    numbers = tuple(dict.fromkeys([*own, *entry_numbers]))
    if not numbers:
        raise Refused("The item names no entry.", rule="letter-names-entry", remedy="Give entry_numbers.")
    others = [number for number in numbers if number not in own]
    foreign = await entry_store.find_foreign_entries(tx, others, item.importer_number) if others else []
    if foreign:
        raise Refused(
            f"Not known as entries of the item's importer: {', '.join(foreign)}.",
            rule="letter-one-importer",
            code="other-importer",
            remedy="Name entries of one importer on a letter.",
        )
    center = item.asking_center or item.center
    elsewhere = [
        number
        for number, standing in (await entry_store.load_standing(tx, others)).items()
        if standing.center != center
    ]
    if elsewhere:
        raise Refused(
            f"Not with {center}, which has the item's entry: {', '.join(sorted(elsewhere))}.",
            rule="outcome-of-kind",
            code="other-center",
            remedy="Name entries of the item's Center; the others are asked about by the Center that has them.",
        )
    issued_on = legal_date(now)
    if due_on is not None and due_on < issued_on:
        raise Refused(
            f"due_on {due_on} is before the day of issue, {issued_on}.",
            rule="cf28-reply",
            code="due-before-issue",
            remedy="Leave it out for the usual period.",
        )
    issued = IssuedRequest(
        request_id=request_id,
        form=form,
        entry_numbers=numbers,
        questions=tuple(questions),
        issued_on=issued_on,
        due_on=due_on or answer_due_on(form, issued_on),
        by=person_of(caller),
        at=now,
        authority=authority,
    )
    await request_store.write_request(tx, item, issued)
    await outbox.add(tx, SOURCE, [request_issued(item, issued)])
    await hand_to_asker(tx, answers, now)
    return issued
