"""What people do with a question of a Center's community: ask, moderate, answer on a rule of law, release.

Nobody moderates a question of their own, and who answered is never who releases.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final, Protocol
from uuid import UUID

import structlog

from services.notifications.acts.calling import begin_webhooks
from services.notifications.acts.inbox import demand_recipient
from services.notifications.domain.catalogue import CATALOGUE
from services.notifications.domain.delivery import State, message_id_of
from services.notifications.domain.notices import Notice
from services.notifications.domain.questions import (
    TRANSITIONS,
    Question,
    QuestionAct,
    RuleRow,
    describe_asker,
    find_confidential,
)
from services.notifications.publishing import SOURCE, begun_told
from services.notifications.store import deliveries as delivery_store
from services.notifications.store import notices as notice_store
from services.notifications.store import questions as store
from services.notifications.store import subscriptions as subscription_store
from services.notifications.store.deliveries import NewDelivery
from services.notifications.store.notices import issue
from services.notifications.store.questions import Published
from shared.bus import outbox
from shared.customs.calendar import legal_date
from shared.customs.centers import centers
from shared.customs.parties import is_party_id
from shared.db.idempotency import IdempotentCall, key_reused
from shared.db.transaction import Connections, Transaction, reading, transaction
from shared.runtime.access import Matter, demand, no_such
from shared.runtime.clock import Clock
from shared.runtime.concurrency import IfMatch
from shared.runtime.errors import Conflict, Refused
from shared.runtime.identity import Identity, people_of
from shared.runtime.ids import event_id
from shared.runtime.two_people import demand_second_person

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)

KIND: Final = "N-46"


class RuleBook(Protocol):
    """The rules of law of today, as somebody can read them."""

    async def read(self) -> Mapping[str, RuleRow]:
        """Every rule by its id; raises `Transient` when they cannot be read now."""
        ...


async def ask(
    tx: Transaction,
    caller: Identity,
    call: IdempotentCall,
    *,
    recipient: str,
    center: str,
    subject: str,
    text: str,
    is_anonymous: bool,
    now: datetime,
) -> Question:
    """Ask a Center something for the whole community; its id follows from the call.

    One that names an entry or an importer is held, and goes on when it is rephrased. Raises `Refused` for a recipient
    that the caller does not speak for, and for a Center that there is not.
    """
    demand_recipient(caller, recipient)
    if center not in centers():
        raise Refused(
            f"There is no Center {center}.",
            rule="center-exists",
            code="unknown-center",
            remedy="Take a code from GET /centers of routing.",
        )
    held = find_confidential(subject, text)
    question = Question(
        question_id=UUID(event_id("question", call.identity, call.key)),
        center=center,
        state="held" if held else "asked",
        revision=1,
        subject=subject,
        text=text,
        is_anonymous=is_anonymous,
        asker=recipient,
        asked_by=caller.signature,
        asker_name=caller.name,
        asked_at=now,
        held_for=held,
        refused_for=None,
        merged_into=None,
        answer=None,
        answer_es=None,
        answered_by=None,
        rule=None,
        released_by=None,
        published_at=None,
        rule_changed_at=None,
    )
    if not await store.write_question(tx, question):
        raise key_reused()
    await store.follow(tx, question.question_id, [recipient], now)
    await store.write_act(tx, question, "ask", caller.signature, now, held)
    return question


async def rephrase(
    tx: Transaction, caller: Identity, question_id: UUID, if_match: IfMatch, subject: str, text: str, now: datetime
) -> Question:
    """Say it otherwise, before it is moderated: one that was held goes on when nothing confidential is left in it."""
    before = await _hold(tx, caller, question_id, "question.ask", now)
    if_match.check(before.revision)
    _demand_state(before, "rephrase")
    held = find_confidential(subject, text)
    changed = replace(before, subject=subject, text=text, state="held" if held else "asked", held_for=held)
    return await _write(tx, caller, changed, "rephrase", now, held)


async def admit(tx: Transaction, caller: Identity, question_id: UUID, if_match: IfMatch, now: datetime) -> Question:
    """Let a question be answered for everybody. Raises `Conflict` for one that is held, with the reason."""
    before = await _moderated(tx, caller, question_id, if_match, "admit", now)
    demand_publishable(before.subject, before.text)
    return await _write(tx, caller, replace(before, state="admitted"), "admit", now)


async def refuse(
    tx: Transaction, caller: Identity, question_id: UUID, if_match: IfMatch, reason: str, host: str, now: datetime
) -> Question:
    """Do not publish a question, for a reason that its asker is told, as is who asked one that was merged with it.

    With it each of those is refused.
    """
    with_it = await store.list_merged(tx.connection, question_id)
    await _hold_in_order(tx, question_id, *(each.question_id for each in with_it))
    before = await _moderated(tx, caller, question_id, if_match, "refuse", now)
    for each in (before, *await store.list_merged(tx.connection, question_id)):
        refused = replace(each, state="refused", refused_for=reason)
        written = await _write(tx, caller, refused, "refuse", now, reason)
        await _tell(tx, written, "refused", [written.asker], [["reason", reason]], host, now)
        if each is before:
            changed = written
    return changed


async def merge(
    tx: Transaction, caller: Identity, question_id: UUID, if_match: IfMatch, into: UUID, host: str, now: datetime
) -> Question:
    """Take a question as one that was asked before: its asker is told with that one's.

    Raises `Refused` unless that one is of the same Center and goes on itself.
    """
    await _hold_in_order(tx, question_id, into)
    before = await _moderated(tx, caller, question_id, if_match, "merge", now)
    earlier = await store.find_question(tx.connection, into)
    if (
        earlier is None
        or earlier.question_id == question_id
        or earlier.center != before.center
        or earlier.state in {"held", "refused", "merged"}
    ):
        raise Refused(
            f"There is no question {into} of {before.center} with which it could be merged.",
            rule="question-merge",
            code="nothing-to-merge-with",
            remedy="Name one that is asked, admitted or answered, of the same Center.",
        )
    changed = await _write(tx, caller, replace(before, state="merged", merged_into=into), "merge", now)
    await store.follow(tx, into, await store.list_followers(tx, question_id), now)
    told = [["question", earlier.subject]] if find_confidential(earlier.subject) is None else []
    published = await store.find_published(tx.connection, into)
    if published is not None:
        told += [["answer", published.answer], ["rests on", _rests_on(published.rule)]]
    await _tell(tx, changed, "merged", [changed.asker], told, host, now)
    return changed


async def answer(
    tx: Transaction,
    caller: Identity,
    question_id: UUID,
    if_match: IfMatch,
    *,
    text: str,
    text_es: str | None,
    rule: RuleRow,
    now: datetime,
) -> Question:
    """Answer a question as an officer of its Center, on a rule of law as it is today; it waits to be released.

    What is published stays until the new answer is released.
    """
    before = await _hold(tx, caller, question_id, "question.answer", now)
    if_match.check(before.revision)
    _demand_state(before, "answer")
    demand_publishable(text, text_es)
    changed = replace(before, state="answered", answer=text, answer_es=text_es, answered_by=caller.signature, rule=rule)
    return await _write(tx, caller, changed, "answer", now)


async def release(
    tx: Transaction, caller: Identity, question_id: UUID, if_match: IfMatch, host: str, now: datetime
) -> Question:
    """Publish an answer that another person wrote, and tell all who follow the question.

    Raises `Forbidden` for whoever wrote an answer to it since one was released last.
    """
    before = await _hold(tx, caller, question_id, "question.release", now)
    if_match.check(before.revision)
    _demand_state(before, "release")
    assert before.answer is not None  # `answered` says so
    assert before.rule is not None
    authors = await store.find_authors(tx.connection, question_id)
    demand_second_person(caller, {name for each in authors for name in people_of(each)}, "answered this question")
    demand_publishable(before.subject, before.text, before.answer, before.answer_es)
    published = Published(
        question_id=question_id,
        center=before.center,
        subject=before.subject,
        question=before.text,
        asked_by=None if before.is_anonymous else describe_asker(before.asker),
        answer=before.answer,
        answer_es=before.answer_es,
        rule=before.rule,
        published_at=now,
        rule_changed_at=None,
    )
    released = replace(before, state="published", released_by=caller.signature, published_at=now, rule_changed_at=None)
    changed = await _write(tx, caller, released, "release", now, published=published)
    told = [["question", changed.subject], ["answer", published.answer], ["rests on", _rests_on(published.rule)]]
    await _tell(tx, changed, None, await store.list_followers(tx, question_id), told, host, now)
    return changed


async def withdraw(
    tx: Transaction, caller: Identity, question_id: UUID, if_match: IfMatch, reason: str, host: str, now: datetime
) -> Question:
    """Take a published answer down, for a reason that all who follow the question are told.

    The question waits for another answer, or is refused then; what was published stays in its history. One person is
    enough: what should not be read is taken away at once.
    """
    before = await _hold(tx, caller, question_id, "question.release", now)
    if_match.check(before.revision)
    _demand_state(before, "withdraw")
    if before.published_at is None:
        raise _not_in_state(before, "withdraw")
    taken = replace(
        before,
        state="admitted",
        answer=None,
        answer_es=None,
        answered_by=None,
        rule=None,
        released_by=None,
        published_at=None,
        rule_changed_at=None,
    )
    changed = await _write(tx, caller, taken, "withdraw", now, reason, is_taken_down=True)
    await _tell(
        tx,
        changed,
        "withdrawn",
        await store.list_followers(tx, question_id),
        [["reason", reason]],
        host,
        now,
    )
    return changed


async def follow(tx: Transaction, caller: Identity, question_id: UUID, recipient: str, now: datetime) -> None:
    """Be told when a published question is answered anew. Raises `NotFound` for one that is not published."""
    demand_recipient(caller, recipient)
    if await store.find_published(tx.connection, question_id) is None:
        raise no_such(f"published question {question_id}")
    await store.follow(tx, question_id, [recipient], now)


async def find(tx: Transaction, caller: Identity, question_id: UUID, now: datetime) -> Question:
    """A question as its asker and the staff of its Center see it. Raises `NotFound` for all others."""
    question = await store.find_question(tx.connection, question_id)
    what = f"question {question_id}"
    if question is None:
        raise no_such(what)
    demand(caller, "question.read", legal_date(now), matter_of(question), what)
    return question


async def demand_answerer(tx: Transaction, caller: Identity, question_id: UUID, now: datetime) -> None:
    """Raise unless the caller may answer the question, before anybody is asked about the law."""
    await _hold(tx, caller, question_id, "question.answer", now)


async def find_rule(book: RuleBook, rule: str) -> RuleRow:
    """A rule of today. Raises `Refused` for one that there is not."""
    rules = await book.read()
    if rule not in rules:
        raise Refused(
            f"There is no rule {rule}.",
            rule="answer-rests-on-law",
            code="unknown-rule",
            remedy="Take an id from GET /rules of liquidation.",
        )
    return rules[rule]


async def mark_changed_rules(book: RuleBook, database: Connections, clock: Clock) -> int:
    """Mark published answers whose rule is another one today; gives how many."""
    async with reading(database) as connection:
        if not await store.has_published(connection):
            return 0
    rules = await book.read()
    async with transaction(database) as tx:
        marked = await store.mark_changed(tx, {name: row.digest for name, row in rules.items()}, clock.now())
    if marked:
        log.warning("answers_rest_on_earlier_rules", answers=marked)
    return marked


def demand_publishable(*texts: str | None) -> None:
    """Raise `Conflict` for texts that would tell a matter of somebody."""
    if (why := find_confidential(*texts)) is not None:
        raise Conflict(
            f"This is held from publication: {why}.",
            rule="question-confidential",
            code="confidential-fact",
            remedy="Say it without the number, which is in the asker's own matter: PUT /questions/{question_id}.",
        )


def matter_of(question: Question) -> Matter:
    """Whose a question is: its Center's and its asker's."""
    is_party = is_party_id(question.asker)
    return Matter(
        None if is_party else question.asker,
        frozenset({question.center}),
        party_id=question.asker if is_party else None,
    )


async def _hold_in_order(tx: Transaction, *question_ids: UUID) -> None:
    """Hold several questions so that two acts on them wait for each other, and neither for both."""
    for question_id in sorted(set(question_ids), key=str):
        await store.hold_question(tx, question_id)


async def _hold(tx: Transaction, caller: Identity, question_id: UUID, action: str, now: datetime) -> Question:
    question = await store.hold_question(tx, question_id)
    what = f"question {question_id}"
    if question is None:
        raise no_such(what)
    demand(caller, action, legal_date(now), matter_of(question), what)
    return question


async def _moderated(
    tx: Transaction, caller: Identity, question_id: UUID, if_match: IfMatch, act: QuestionAct, now: datetime
) -> Question:
    before = await _hold(tx, caller, question_id, "question.moderate", now)
    if_match.check(before.revision)
    if before.state == "held" and act == "admit":
        demand_publishable(before.subject, before.text)
    _demand_state(before, act)
    demand_second_person(caller, people_of(before.asked_by), "asked this question")
    return before


async def _write(
    tx: Transaction,
    caller: Identity,
    question: Question,
    act: QuestionAct,
    now: datetime,
    reason: str | None = None,
    *,
    published: Published | None = None,
    is_taken_down: bool = False,
) -> Question:
    changed = replace(question, revision=question.revision + 1)
    await store.change_question(tx, changed, published, is_taken_down=is_taken_down)
    await store.write_act(tx, changed, act, caller.signature, now, reason)
    return changed


def _demand_state(question: Question, act: QuestionAct) -> None:
    if question.state not in TRANSITIONS[act]:
        raise _not_in_state(question, act)


def _not_in_state(question: Question, act: QuestionAct) -> Conflict:
    return Conflict(
        f"The question is {question.state}, and can not be taken to `{act}` from there.",
        rule="question-state",
        code="question-state",
        remedy="Read it again with GET /questions/{question_id}.",
    )


async def _tell(
    tx: Transaction,
    question: Question,
    variant: str | None,
    recipients: Collection[str],
    told: list[list[str]],
    host: str,
    now: datetime,
) -> None:
    """Tell recipients what became of a question, but those who want no more of it."""
    off = await subscription_store.find_off(tx, recipients, "questions", question.center)
    items = [
        (recipient, issue(notice_of(question, variant, recipient, told, now), now))
        for recipient in sorted(set(recipients) - off)
    ]
    await notice_store.write_notices(tx, [item for _, item in items])
    mails = []
    for recipient, item in items:
        role = recipient if is_party_id(recipient) else "importer"
        mails.append(
            NewDelivery(
                notice_id=item.notice_id,
                channel="email",
                recipient_role=role,
                kind=KIND,
                importer_number=item.notice.importer_number,
                entry_number=None,
                state=State.QUEUED,
                message_id=message_id_of(KIND, item.notice_id, role, host),
                at=now,
                lane=CATALOGUE[KIND].lane,
            )
        )
    begun = await delivery_store.write_deliveries(tx, mails)
    begun += await delivery_store.write_deliveries(tx, await begin_webhooks(tx, begun, host, now))
    await outbox.add(tx, SOURCE, begun_told(begun, now))


def notice_of(question: Question, variant: str | None, recipient: str, told: list[list[str]], now: datetime) -> Notice:
    """The notice by which a recipient is told what became of a question."""
    party_kind, _, code = recipient.partition(":")
    is_told = variant is not None and (recipient == question.asker or find_confidential(question.subject) is None)
    own = [["subject", question.subject]] if is_told else []
    body: dict[str, Any] = {"question_id": str(question.question_id), "recorded": [*own, *told]}
    if variant is None and question.answer_es is not None:
        body["translated"] = {"es": [["answer", question.answer_es]]}
    return Notice(
        kind=KIND,
        subject=f"{question.question_id}:{recipient}",
        sequence=question.revision,
        importer_number=None if is_party_id(recipient) else recipient,
        issued_on=legal_date(now),
        citation=CATALOGUE[KIND].law,
        filer_code=code if party_kind == "filer" else None,
        surety_code=code if party_kind == "surety" else None,
        center=question.center,
        body=body,
        variant=variant,
        party_id=recipient if is_party_id(recipient) else None,
    )


def _rests_on(rule: RuleRow) -> str:
    return f"{rule.rule}: {rule.text} ({rule.citation})"
