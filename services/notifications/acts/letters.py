"""Letters on paper: read by those who see the notice, and what people say the post did with them."""

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from services.notifications.acts.inbox import matter_of_notice
from services.notifications.acts.typesetting import LetterRules, TypesetLetter, typeset
from services.notifications.domain.languages import DEFAULT
from services.notifications.domain.letters import Addressee, Proof, has_letter
from services.notifications.publishing import SOURCE, changes_told
from services.notifications.store import letters as store
from services.notifications.store import notices as notice_store
from services.notifications.store.letters import IMPORTER, BatchedLetter
from services.notifications.store.notices import WrittenNotice
from shared.bus import outbox
from shared.customs.calendar import legal_date
from shared.db.transaction import Transaction
from shared.runtime.access import Matter, demand, no_such
from shared.runtime.errors import Conflict, Refused
from shared.runtime.identity import Identity

_NOBODY: Final = Addressee(None, None, DEFAULT)


@dataclass(frozen=True, slots=True)
class NotedMailing:
    """What became of a batch whose mailing was noted: letters that are mailed now, and those that did not wait."""

    mailed: int
    left: int


def demand_letter(notice: WrittenNotice) -> None:
    """Raise `Refused` for a notice of a kind that is no letter."""
    if not has_letter(notice.kind):
        raise Refused(
            f"Notices of kind {notice.kind} are no letters.",
            rule="notice-letter",
            code="no-letter",
            remedy="GET /notices/{id}/preview gives its words; docs/notices.md says which kinds are letters.",
        )


async def typeset_letter(
    notice: WrittenNotice, addressee: Addressee, rules: LetterRules, language: str | None
) -> TypesetLetter:
    """The letter of a notice, in the language of its addressee or another one. Raises `Refused` where it has none."""
    demand_letter(notice)
    spoken = addressee if language is None else Addressee(addressee.name, addressee.address, language)
    return await asyncio.to_thread(typeset, notice, spoken, rules)


def shown_addressee(addressee: Addressee, *, shows_address: bool) -> Addressee:
    """Whom a letter names to who reads it: the importer's postal address is nobody's but its own and the Center's."""
    return addressee if shows_address else _NOBODY


async def note_mailed(tx: Transaction, caller: Identity, notice_id: UUID, proof: Proof, now: datetime) -> None:
    """Say that the letter of a notice was mailed to the importer on a day.

    Raises `NotFound` for a notice that the caller does not see, `Refused` for a day that is to come or before the
    letter, `Conflict` when no letter waits.
    """
    notice, authority = await _demand(tx, caller, notice_id, now)
    batched = await store.find_batched(tx.connection, notice_id, IMPORTER)
    _demand_day(proof, notice.issued_on if batched is None else max(notice.issued_on, _day_of(batched)), now)
    changed = await _note(tx, caller, [notice_id], {notice_id: proof}, _batches(batched), authority, now)
    if not changed:
        raise Conflict(
            "No letter of this notice waits.",
            rule="letter-waits",
            code="not-possible",
            remedy="GET /letters lists those that do.",
        )


async def note_returned(tx: Transaction, caller: Identity, notice_id: UUID, proof: Proof, now: datetime) -> None:
    """Say that the post brought the letter of a notice back.

    Raises `NotFound` for a notice that the caller does not see, `Refused` for a day that is to come or before the
    mailing, `Conflict` when no letter of it is in the post.
    """
    _, authority = await _demand(tx, caller, notice_id, now)
    known = {each.act: each for each in await store.list_proofs(tx.connection, [notice_id])}
    if "mailed" not in known or "returned" in known:
        raise Conflict(
            "No letter of this notice is in the post.",
            rule="letter-in-the-post",
            code="not-possible",
            remedy="POST /notices/{id}/mailed says that it was mailed; a letter comes back once.",
        )
    _demand_day(proof, known["mailed"].done_on, now)
    batched = await store.find_batched(tx.connection, notice_id, IMPORTER)
    await _note(tx, caller, [notice_id], {notice_id: proof}, _batches(batched), authority, now)


async def note_batch_mailed(
    tx: Transaction,
    caller: Identity,
    batch_id: UUID,
    proof: Proof,
    *,
    certified_numbers: Mapping[UUID, str],
    without: Collection[UUID],
    now: datetime,
) -> NotedMailing:
    """Say that the letters of a batch were mailed on a day, but for those that are named. Said again it does nothing.

    Raises `NotFound` for a batch that the caller does not see, `Conflict` while it is made, `Refused` for a day that is
    to come or before the batch, and where a letter is named that is not in it.
    """
    batch = await store.find_batch(tx.connection, batch_id)
    what = f"batch {batch_id}"
    if batch is None:
        raise no_such(what)
    authority = demand(caller, "letter.mail", legal_date(now), matter_of_center(batch.center), what)
    if batch.ready_at is None:
        raise Conflict(
            "The batch is still being made.",
            rule="letter-batch-ready",
            code="not-possible",
            remedy="Read it again until its state is ready; then print and mail it.",
        )
    _demand_day(proof, legal_date(batch.ready_at), now)
    letters = await store.list_batched(tx.connection, batch_id)
    known = {each.notice_id for each in letters}
    if strange := sorted({*certified_numbers, *without} - known):
        raise Refused(
            f"Notice {strange[0]} has no letter in this batch.",
            rule="letter-in-batch",
            code="letter-in-batch",
            remedy="Name notices of the batch; its manifest lists them.",
        )
    mailed = [each.notice_id for each in letters if each.notice_id not in without]
    proofs = {
        each: Proof(proof.act, proof.on, proof.carrier, proof.mail_class, certified_numbers.get(each))
        for each in mailed
    }
    changed = await _note(tx, caller, mailed, proofs, dict.fromkeys(mailed, batch_id), authority, now)
    return NotedMailing(changed, len(letters) - changed)


def matter_of_center(center: str | None) -> Matter:
    """Whose a batch is: the Center's, or nobody's yet."""
    return Matter(None, frozenset() if center is None else frozenset({center}))


async def _demand(tx: Transaction, caller: Identity, notice_id: UUID, now: datetime) -> tuple[WrittenNotice, str]:
    """The notice, and the row of the table by which the caller says what became of its letter."""
    notice = await notice_store.find_notice(tx.connection, notice_id)
    what = f"letter of notice {notice_id}"
    if notice is None:
        raise no_such(what)
    return notice, demand(caller, "letter.mail", legal_date(now), matter_of_notice(notice), what)


async def _note(
    tx: Transaction,
    caller: Identity,
    notice_ids: list[UUID],
    proofs: Mapping[UUID, Proof],
    batches: Mapping[UUID, UUID],
    authority: str,
    now: datetime,
) -> int:
    changed = await store.note_proof(
        tx,
        notice_ids,
        proofs,
        batches=batches,
        noted_by=caller.subject,
        acting_for=caller.acting_for,
        authority=authority,
        now=now,
    )
    await outbox.add(tx, SOURCE, changes_told(changed, now))
    return len(changed)


def _demand_day(proof: Proof, first: date, now: datetime) -> None:
    if first <= proof.on <= legal_date(now):
        return
    happened = (
        "mailed between the day on which it was made" if proof.act == "mailed" else "returned between the mailing"
    )
    raise Refused(
        f"A letter is {happened} ({first.isoformat()}) and today.",
        rule=f"letter-{proof.act}-on",
        code="account-day",
        remedy="Give the day on which it was handed to the post."
        if proof.act == "mailed"
        else "Give the day on which the post brought it back.",
    )


def _day_of(letter: BatchedLetter) -> date:
    return legal_date(letter.typeset_at)


def _batches(letter: BatchedLetter | None) -> dict[UUID, UUID]:
    return {} if letter is None else {letter.notice_id: letter.batch_id}
