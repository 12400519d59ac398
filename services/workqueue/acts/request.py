"""Requests for information (CBP 28) and notices of action (CBP 29): drafted, issued, answered, assessed, ended."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from services.workqueue.acts.acting import demand_acting
from services.workqueue.acts.answers import hand_to_asker, lock_answers
from services.workqueue.acts.following import ask_by_letter, hear_letters, read_act_fields
from services.workqueue.acts.item import lock_item, refusals
from services.workqueue.acts.reach import demand_known, matter_for_work, person_of, seen
from services.workqueue.domain import claim as rules
from services.workqueue.domain.clocks import Form
from services.workqueue.domain.filing import Filing
from services.workqueue.domain.item import WAITING, Item, Person
from services.workqueue.domain.matter import KeptAct, people_of
from services.workqueue.domain.processes.engine import Bar, Standing, find_bar, list_acts
from services.workqueue.domain.processes.shape import Act
from services.workqueue.domain.request import (
    AGAIN,
    CHANGE_OF,
    DRAFT,
    EXTENDING,
    HEARD_BY_ITEM,
    ISSUING,
    NO_INVESTIGATION,
    NOT_BY_ACT,
    PROCESS_OF,
    Letter,
    LetterAnswer,
    RequestChange,
    act_of_letter,
    faults_in_letter,
    find_investigation_word,
    moment_of,
    stand_of_letter,
    text_by_act,
    usual_day,
    with_facts_of_the_letter,
)
from services.workqueue.publishing import SOURCE, request_changed, request_issued
from services.workqueue.store import entries as entry_store
from services.workqueue.store import items as item_store
from services.workqueue.store import requests as request_store
from shared.bus import outbox
from shared.customs.calendar import legal_date
from shared.db.idempotency import key_reused
from shared.db.transaction import Connections, Transaction
from shared.runtime import two_people
from shared.runtime.access import Matter, demand, no_such
from shared.runtime.errors import Conflict, FieldFault, Forbidden, Refused
from shared.runtime.identity import Identity
from shared.runtime.ids import event_id
from shared.runtime.slices import work_through

_OVERDUE_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Text:
    """What a letter says, as an officer gives it."""

    questions: tuple[str, ...]
    entry_numbers: tuple[str, ...]
    due_on: date | None
    issue: str | None
    goods: str | None
    effect_cents: int | None


@dataclass(frozen=True, slots=True)
class AskedByAct:
    """A letter that an act of an item issues or drafts: by which form, with what the act records, on which row."""

    request_id: UUID
    form: Form
    fields: Mapping[str, Any]
    authority: str


@dataclass(frozen=True, slots=True)
class Told:
    """A letter with all that is known of it."""

    letter: Letter
    acts: tuple[KeptAct, ...]
    answers: tuple[LetterAnswer, ...]

    def stand(self, today: date | None) -> Standing:
        """Where it stands; `today` None leaves the day out of it."""
        return stand_of_letter(self.letter, self.acts, self.answers, today)


async def issue_request(
    tx: Transaction,
    item_id: UUID,
    caller: Identity,
    token: int,
    now: datetime,
    *,
    key: str,
    form: Form,
    text: Text,
    repetition: timedelta,
) -> Letter:
    """Draft a letter to the item's importer and issue it at once.

    `key` makes the id: the same key gives the same letter. Without entry numbers it is about the item's own entry;
    more entries of the same importer may stand on one. Without a day the usual period of the form runs (rules
    cf28-reply, cf29-proposed). Raises what `draft_request` and `issue_draft` raise.
    """
    request_id = UUID(event_id("request", str(item_id), caller.subject, key))
    answers = await lock_answers(tx, request_id)
    letter = await _draft(tx, item_id, caller, token, now, request_id, form, text)
    await request_store.write_letter(tx, letter)
    issued = await _issue(tx, Told(letter, (), ()), caller, now, repetition)
    await ask_by_letter(tx, issued, person_of(caller), letter.authority or "", now)
    return await _learn(tx, issued, answers, now)


async def draft_request(
    tx: Transaction, item_id: UUID, caller: Identity, token: int, now: datetime, *, key: str, form: Form, text: Text
) -> Letter:
    """Keep a draft, which is nobody's but the Center's.

    Raises `Conflict` for a token that is not the newest, `Refused` for a notice of action by a consulted Center, for
    entries of several importers or Centers or none, for a day that has passed, and for a word of an investigation.
    """
    request_id = UUID(event_id("request", str(item_id), caller.subject, key))
    await request_store.lock_ids(tx, [request_id])
    letter = await _draft(tx, item_id, caller, token, now, request_id, form, text)
    await request_store.write_letter(tx, letter)
    return letter


async def edit_draft(
    tx: Transaction, request_id: UUID, caller: Identity, token: int | None, now: datetime, text: Text
) -> Letter:
    """Write a draft anew; raises `Conflict` for one that was issued, and what `draft_request` raises.

    Whoever writes it last is its drafter: a supervisor's approval of a repetition is lost with the text it was for.
    """
    told, item, authority = await _hold(tx, request_id, caller, now, "item.work")
    _demand_token(item, caller, token)
    if told.letter.is_issued or told.stand(None).stage != DRAFT:
        raise Conflict(
            "The letter is no draft any more.",
            rule="process-stage",
            code="other-stage",
            remedy="Issue another; withdraw this one where it was wrong.",
        )
    if told.acts:
        raise Conflict(
            "A supervisor has approved this text.",
            rule="process-stage",
            code="other-stage",
            remedy="Withdraw the draft and write another, which is approved anew.",
        )
    letter = told.letter
    written = await _write_text(tx, item, letter.form, text, now, letter)
    written = replace(written, by=person_of(caller), authority=authority)
    await request_store.rewrite_letter(tx, written)
    return written


async def issue_draft(
    tx: Transaction, request_id: UUID, caller: Identity, token: int | None, now: datetime, repetition: timedelta
) -> Letter:
    """Issue a draft: a CBP 28 goes out, a CBP 29 is proposed.

    Raises `Conflict` for what is no draft, and for a repetition that no supervisor has approved.
    """
    answers = await lock_answers(tx, request_id)
    told, item, authority = await _hold(tx, request_id, caller, now, "item.work")
    _demand_token(item, caller, token)
    letter = told.letter
    if not letter.questions:
        raise Refused(
            "The letter says nothing.", rule="letter-text", code="letter-empty", remedy="PUT its questions first."
        )
    text = Text(
        letter.questions, letter.entry_numbers, letter.asked_until, letter.issue, letter.goods, letter.effect_cents
    )
    checked = await _write_text(tx, item, letter.form, text, now, letter)
    held = replace(told, letter=replace(checked, authority=authority))
    issued = await _issue(tx, held, caller, now, repetition)
    await ask_by_letter(tx, issued, person_of(caller), authority, now)
    return await _learn(tx, issued, answers, now)


async def issue_by_act(
    tx: Transaction,
    item: Item,
    caller: Identity,
    now: datetime,
    repetition: timedelta,
    asked: AskedByAct,
    answers: Mapping[str, Filing],
) -> Letter:
    """Issue the letter by which an act of a locked item asks; `answers` are the filings that `lock_answers` held.

    Raises what `issue_request` raises.
    """
    letter = await draft_by_act(tx, item, caller, now, asked)
    issued = await _issue(tx, Told(letter, (), ()), caller, now, repetition)
    return await _learn(tx, issued, answers, now)


async def draft_by_act(tx: Transaction, item: Item, caller: Identity, now: datetime, asked: AskedByAct) -> Letter:
    """Keep the draft of the letter that follows from an act of a locked item; whoever holds the item may issue it."""
    faults = faults_in_letter(asked.fields, legal_date(now))
    if faults:
        raise Refused(
            "The letter needs other fields.",
            rule="process-table",
            code="fields-refused",
            remedy="Correct the fields that are named; send again.",
            faults=[FieldFault(f"fields.{name}", "process-table", wrong) for name, wrong in faults],
        )
    await _demand_new(tx, asked.request_id)
    letter = _new_letter(item, caller, now, asked.request_id, asked.form, asked.authority)
    letter = await _write_text(tx, item, asked.form, _text_of(asked.fields), now, letter)
    await request_store.write_letter(tx, letter)
    return letter


async def act_on_request(
    tx: Transaction,
    request_id: UUID,
    caller: Identity,
    now: datetime,
    repetition: timedelta,
    *,
    act: str,
    token: int | None,
    fields: Mapping[str, Any],
    reasons: Sequence[Mapping[str, str | None]],
) -> tuple[Letter, KeptAct, UUID | None]:
    """Do an act of the letter's process; gives the letter, the act, and the draft of a notice that it opens.

    Raises `NotFound` for a letter that the caller may not read, `Conflict` for a stage that does not allow the act,
    `Forbidden` for another's act and the second person, `Refused` for its fields.
    """
    await request_store.lock_ids(tx, [request_id])
    found = await _find(tx, request_id)
    table = act_of_letter(found.letter, act)
    action = "item.work" if table is not None and table.by_holder else "item.act"
    told, item, authority = await _hold(tx, request_id, caller, now, action)
    if table is None:  # said to those only who may know that there is such a letter
        raise _no_such_act(told.letter, act)
    if table.by_holder:
        _demand_token(item, caller, token)
    letter, today = told.letter, legal_date(now)
    earlier = await find_repeated(tx, letter, today, repetition)
    standing = with_facts_of_the_letter(letter, told.stand(today), [each.request_id for each in earlier])
    _demand_possible(letter, standing, table, caller)
    days = {field.name: today.isoformat() for field in table.fields if field.name in _TODAY}
    kept_fields = read_act_fields(table, {**days, **fields})
    _demand_later_day(letter, table, kept_fields, today)
    number = len(told.acts) + 1
    kept = KeptAct(number, table.code, now, person_of(caller), kept_fields, tuple(reasons), "", authority)
    after = replace(told, acts=(*told.acts, kept)).stand(None)
    kept = replace(kept, stage=after.stage)
    if table.tells:  # the party reads what it records
        _demand_no_investigation([each for each in kept_fields.values() if isinstance(each, str)])
    await request_store.write_act(tx, request_id, kept)
    change = CHANGE_OF[table.code]
    is_moved = table.code in EXTENDING.values()
    due_on = after.due_on() or letter.due_on
    letter = await _tell(
        tx, replace(letter, stage=after.stage, due_on=due_on), change, now, kept.by, told.answers, moved=is_moved
    )
    opened = await _open_notice(tx, letter, kept) if table.opens == PROCESS_OF["CBP-29"].code else None
    return letter, kept, opened


async def answer_request(
    tx: Transaction, request_id: UUID, caller: Identity, now: datetime, *, key: str, text: str, files: Sequence[str]
) -> tuple[Letter, LetterAnswer]:
    """Keep what the party answers, by themself or for whom they act.

    Raises `NotFound` for what was not issued to them, `Conflict` when nothing waits for an answer any more.
    """
    await request_store.lock_ids(tx, [request_id])
    told = await _find(tx, request_id)
    letter, what = told.letter, f"request {request_id}"
    if not letter.is_issued:
        raise no_such(what)
    authority = demand(caller, "request.answer", legal_date(now), matter_of(letter), what)
    standing = told.stand(legal_date(now))
    if PROCESS_OF[letter.form].stage(standing.stage).is_end:
        raise Conflict(
            f"The letter has ended: {PROCESS_OF[letter.form].stage(standing.stage).label.lower()}.",
            rule="process-stage",
            code="other-stage",
            remedy="Write to the Center that is named on it.",
        )
    answer = LetterAnswer(now, None, text, tuple(files), person_of(caller), authority)
    answer_id = UUID(event_id("request-answer", str(request_id), caller.subject, key))
    await request_store.write_answer(tx, answer_id, request_id, answer)
    answers = (*told.answers, answer)
    after = replace(told, answers=answers).stand(None)
    letter = await _tell(tx, replace(letter, stage=after.stage), "answered", now, answer.by, answers)
    return letter, answer


async def count_answers(tx: Transaction, request_ids: Sequence[UUID], now: datetime) -> None:
    """Letters whose ids are held, as answers by filing that were written in this transaction leave them."""
    answered, heard = [], []
    for told in (await _find_all(tx, request_ids)).values():
        stage = told.stand(None).stage
        if (first := _first(told.answers)) is not None:
            heard.append((told.letter, "answered", first.at))
        if told.letter.is_issued and stage != told.letter.stage:
            answered.append((_next(told.letter, stage), told.answers))
    await request_store.rewrite_letters(tx, [letter for letter, _ in answered])
    await outbox.add(
        tx,
        SOURCE,
        [request_changed(letter, "answered", letter.stage, now, None, _first(answers)) for letter, answers in answered],
    )
    await hear_letters(tx, heard)


async def tell_overdue(database: Connections, now: datetime) -> int:
    """Tell of each letter whose day has passed without an answer, once; gives how many."""
    today = legal_date(now)

    async def find(tx: Transaction, _: UUID | None, left_out: Sequence[str]) -> Sequence[UUID]:
        return await request_store.find_overdue(tx, today, left_out, _OVERDUE_AT_ONCE)

    async def tell(tx: Transaction, request_ids: Sequence[UUID]) -> int:
        await request_store.lock_ids(tx, request_ids)
        found = await _find_all(tx, request_ids)
        await item_store.lock_items(tx, {told.letter.item_id for told in found.values()})
        late = []
        for request_id, told in sorted(found.items()):
            silent = told.stand(today)
            if silent.stage == told.stand(None).stage:
                continue  # answered, or given more time, since it was found
            late.append(request_id)
            await _tell(tx, told.letter, "overdue", now, None, told.answers, state=silent.stage)
        await request_store.note_told_overdue(tx, late, today)
        return len(late)

    return await work_through(database, find, tell)


async def find_repeated(tx: Transaction, letter: Letter, today: date, repetition: timedelta) -> list[Letter]:
    """Letters that a CBP 28 repeats: to the same account on the same issue and goods, within the time that is set.

    An own rule of Centerline (processes 3.3), so that traders are not asked twice for what they have answered.
    """
    if letter.form != "CBP-28" or not repetition:
        return []
    return await request_store.find_earlier(tx.connection, letter, today - repetition)


def matter_of(letter: Letter) -> Matter:
    """Whose a letter is: of the Center that wrote it, and of the importer and filer to whom it went."""
    return Matter(letter.importer_number, frozenset({letter.center}), None, letter.filer_code)


def acts_now(told: Told, earlier: Sequence[UUID], caller: Identity, today: date) -> list[tuple[Act, Bar | None]]:
    """The acts of the letter's stage that people do, each with what its table says against it for the caller."""
    process = PROCESS_OF[told.letter.form]
    standing = with_facts_of_the_letter(told.letter, told.stand(today), earlier)
    roles, people = frozenset(role.value for role in caller.roles), people_of(person_of(caller))
    return [
        (act, find_bar(process, standing, act, roles, people))
        for act in list_acts(process, standing)
        if act.code not in NOT_BY_ACT
    ]


_TODAY = frozenset({"reminded_on", "responded_on", "taken_on"})


async def _find(tx: Transaction, request_id: UUID) -> Told:
    told = (await _find_all(tx, [request_id])).get(request_id)
    if told is None:
        raise no_such(f"request {request_id}")
    return told


async def _find_all(tx: Transaction, request_ids: Sequence[UUID]) -> dict[UUID, Told]:
    letters = await request_store.find_letters(tx.connection, request_ids)
    if not letters:
        return {}
    acts = await request_store.load_acts(tx.connection, letters)
    answers = await request_store.load_answers(tx.connection, letters.values())
    return {each: Told(letter, tuple(acts[each]), tuple(answers[each])) for each, letter in letters.items()}


def _next(letter: Letter, stage: str) -> Letter:
    """The letter in a stage, with one change more."""
    return replace(letter, stage=stage, changes=letter.changes + 1)


def _first(answers: Sequence[LetterAnswer]) -> LetterAnswer | None:
    return min(answers, key=lambda each: each.at, default=None)


async def _hold(
    tx: Transaction, request_id: UUID, caller: Identity, now: datetime, action: str
) -> tuple[Told, Item, str]:
    """A letter whose id is held, with its item, locked; and the row by which the caller works on it."""
    told = await _find(tx, request_id)
    what = f"request {request_id}"
    item = (await item_store.lock_items(tx, [told.letter.item_id])).get(told.letter.item_id)
    if item is None:
        raise no_such(what)
    demand_known(caller, item)
    matter = matter_for_work(item) if action == "item.work" else seen(item)
    authority = demand(caller, action, legal_date(now), matter, what, sight=seen(item))
    await demand_acting(tx, caller, now)
    return told, item, authority


def _demand_token(item: Item, caller: Identity, token: int | None) -> None:
    """An item that is worked on is held by whoever writes; one that has ended nobody can hold."""
    if item.state in WAITING:
        with refusals():
            rules.demand_token(item, person_of(caller), token if token is not None else -1)


async def _draft(
    tx: Transaction,
    item_id: UUID,
    caller: Identity,
    token: int,
    now: datetime,
    request_id: UUID,
    form: Form,
    text: Text,
) -> Letter:
    item, authority = await lock_item(tx, item_id, caller, now)
    with refusals():
        rules.demand_token(item, person_of(caller), token)
    await _demand_new(tx, request_id)
    letter = _new_letter(item, caller, now, request_id, form, authority)
    return await _write_text(tx, item, form, text, now, letter)


async def _demand_new(tx: Transaction, request_id: UUID) -> None:
    if await request_store.find_letters(tx.connection, [request_id]):
        raise key_reused()


def _addressee(item: Item) -> str:
    if item.importer_number is None:
        raise Refused(
            "A letter goes to an importer, and the matter is of nobody who has a number.",
            rule="letter-one-importer",
            code="importer-needed",
            remedy="Open a matter of the importer, linked to this one.",
        )
    return item.importer_number


def _new_letter(item: Item, caller: Identity, now: datetime, request_id: UUID, form: Form, authority: str) -> Letter:
    return Letter(
        request_id=request_id,
        item_id=item.item_id,
        form=form,
        entry_numbers=(),
        importer_number=_addressee(item),
        center=item.center,
        questions=(),
        drafted_at=now,
        by=person_of(caller),
        authority=authority,
    )


def _text_of(fields: Mapping[str, Any]) -> Text:
    """What a letter says that an act asks by."""
    said = text_by_act(fields)
    return Text(
        questions=said.questions,
        entry_numbers=tuple(fields.get("letter_entries", ())),
        due_on=None,
        issue=fields.get("issue"),
        goods=fields.get("goods"),
        effect_cents=said.effect_cents,
    )


async def _learn(tx: Transaction, letter: Letter, answers: Mapping[str, Filing], now: datetime) -> Letter:
    """An issued letter with the answers that were known before it, and a day of its own if it names one."""
    if letter.has_own_day and letter.issued_at is not None:
        await hear_letters(tx, [(letter, "extended", letter.issued_at)])
    await hand_to_asker(tx, answers, now)
    return await _count_answers(tx, letter, now)


async def _write_text(tx: Transaction, item: Item, form: Form, text: Text, now: datetime, letter: Letter) -> Letter:
    if form == "CBP-29" and item.kind == "consultation":
        raise Refused(
            f"A notice of action is the act of the Center of record, {item.asking_center}.",
            rule="outcome-of-kind",
            code="other-center",
            remedy="Say in the advice which action the goods call for.",
        )
    if item.knowers is not None:
        raise Refused(
            "A law-enforcement-sensitive matter writes to nobody: a letter would tell the party of it.",
            rule="letter-no-investigation",
            code="quiet-matter",
            citation="CBP Form 28; 19 CFR 162.74",
            remedy="Ask from a review of the entry, which says nothing of this matter.",
        )
    own = [item.entry_number] if item.entry_number is not None else []
    numbers = tuple(dict.fromkeys([*own, *text.entry_numbers]))
    await _demand_own_entries(tx, item, numbers, own)
    today = legal_date(now)
    if text.due_on is not None and text.due_on < today:
        raise Refused(
            f"due_on {text.due_on} is before the day of issue, {today}.",
            rule="cf28-reply",
            code="due-before-issue",
            remedy="Leave it out for the usual period.",
        )
    _demand_no_investigation(text.questions)
    return replace(
        letter,
        entry_numbers=numbers,
        importer_number=_addressee(item),
        center=item.center,
        questions=text.questions,
        asked_until=text.due_on,
        issue=text.issue,
        goods=text.goods,
        effect_cents=text.effect_cents,
    )


async def _demand_own_entries(tx: Transaction, item: Item, numbers: Sequence[str], own: Sequence[str]) -> None:
    if not numbers:
        raise Refused("The item names no entry.", rule="letter-names-entry", remedy="Give entry_numbers.")
    others = [number for number in numbers if number not in own]
    foreign = await entry_store.find_foreign_entries(tx, others, _addressee(item)) if others else []
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


def _demand_no_investigation(texts: Sequence[str]) -> None:
    word = find_investigation_word(texts)
    if word is not None:
        raise Refused(
            f'The letter says "{word}". {NO_INVESTIGATION}',
            rule="letter-no-investigation",
            code="investigation-wording",
            citation="CBP Form 28; 19 CFR 162.74",
            remedy="Ask for the facts alone; that an investigation is opened is an act of its own on its matter.",
        )


async def _issue(tx: Transaction, told: Told, caller: Identity, now: datetime, repetition: timedelta) -> Letter:
    """Issue a draft whose text was checked; writes and tells it."""
    letter, today = told.letter, legal_date(now)
    process = PROCESS_OF[letter.form]
    await request_store.lock_account(tx, letter.importer_number)
    earlier = await find_repeated(tx, letter, today, repetition)
    standing = with_facts_of_the_letter(letter, told.stand(today), [each.request_id for each in earlier])
    approved = "repetition_reason" in standing.facts
    act = process.act(AGAIN if letter.form == "CBP-28" and approved else ISSUING[letter.form])
    if letter.form == "CBP-28" and standing.stage == DRAFT and earlier and not approved:
        raise await _repeats(tx, earlier)
    _demand_possible(letter, standing, act, caller)
    issued = replace(
        letter,
        issued_on=today,
        issued_at=now,
        asked_until=letter.asked_until or usual_day(letter.form, today),
        by=letter.by if told.acts else person_of(caller),
    )
    after = replace(told, letter=issued, answers=()).stand(None)
    issued = replace(issued, stage=after.stage, due_on=after.due_on())
    issued = replace(issued, changes=issued.changes + 1)
    await request_store.rewrite_letter(tx, issued)
    changed = request_changed(issued, CHANGE_OF[act.code], issued.stage, now, person_of(caller), None)
    await outbox.add(tx, SOURCE, [request_issued(issued), changed])
    return issued


async def _repeats(tx: Transaction, earlier: Sequence[Letter]) -> Conflict:
    """What is said of a letter that repeats others; to be raised."""
    answers = await request_store.load_answers(tx.connection, earlier)
    shown = []
    for letter in earlier:
        said = [
            f"filing {each.filing_number}" if each.filing_number is not None else f'"{(each.text or "")[:200]}"'
            for each in answers[letter.request_id]
        ]
        answered = f"answered by {', '.join(said)}" if said else "not answered"
        shown.append(f"{letter.request_id} of {letter.issued_on}, {answered}")
    return Conflict(
        f"The account was asked about the same issue and goods before: {'; '.join(shown)}.",
        rule="letter-repeats",
        code="repeated-request",
        citation="own rule of Centerline",
        remedy="Read those answers. Where they do not do, draft the letter (POST /items/{id}/drafts), have an assistant"
        " Center director or Center director approve the repetition (POST /requests/{id}/acts), and issue it.",
    )


async def _count_answers(tx: Transaction, letter: Letter, now: datetime) -> Letter:
    """The letter as its answers leave it, written and told when they change it."""
    told = await _find(tx, letter.request_id)
    after = told.stand(None)
    if after.stage == letter.stage:
        return letter
    return await _tell(tx, replace(letter, stage=after.stage), "answered", now, None, told.answers)


async def _tell(
    tx: Transaction,
    letter: Letter,
    change: RequestChange,
    now: datetime,
    by: Person | None,
    answers: Sequence[LetterAnswer],
    *,
    moved: bool = False,
    state: str | None = None,
) -> Letter:
    """Write a letter whose id is held, publish its change, and bring its item to it."""
    letter = _next(letter, letter.stage)
    await request_store.rewrite_letter(tx, letter, tell_again=moved)
    if letter.is_issued or letter.stage != DRAFT:
        changed = request_changed(letter, change, state or letter.stage, now, by, _first(answers))
        await outbox.add(tx, SOURCE, [changed])
    if change in HEARD_BY_ITEM:
        at = moment_of(letter, change, now, [each.at for each in answers])
        await hear_letters(tx, [(letter, change, at)])
    return letter


async def _open_notice(tx: Transaction, letter: Letter, kept: KeptAct) -> UUID:
    """The draft of a notice of action that follows from a request, on the same entries."""
    request_id = UUID(event_id("request", str(letter.request_id), "notice"))
    await request_store.write_letter(
        tx,
        Letter(
            request_id=request_id,
            item_id=letter.item_id,
            form="CBP-29",
            entry_numbers=letter.entry_numbers,
            importer_number=letter.importer_number,
            center=letter.center,
            questions=(),
            drafted_at=kept.at,
            by=kept.by,
            authority=kept.authority,
            issue=letter.issue,
            goods=letter.goods,
            from_request=letter.request_id,
        ),
    )
    return request_id


def refusal_of_bar(bar: Bar) -> Conflict | Forbidden:
    """What is raised for what stands against an act."""
    if bar.code == two_people.CODE:
        return two_people.second_person_required(bar.why)
    if bar.code == "process-role":
        return Forbidden(bar.why, code=bar.code, remedy=bar.remedy)
    return Conflict(bar.why, rule="process-stage", code=bar.code, remedy=bar.remedy)


def _demand_possible(letter: Letter, standing: Standing, act: Act, caller: Identity) -> None:
    roles = frozenset(role.value for role in caller.roles)
    bar = find_bar(PROCESS_OF[letter.form], standing, act, roles, people_of(person_of(caller)))
    if bar is not None:
        raise refusal_of_bar(bar)


def _demand_later_day(letter: Letter, act: Act, fields: Mapping[str, Any], today: date) -> None:
    if act.code not in EXTENDING.values():
        return
    new = date.fromisoformat(fields["answer_by"])
    if new < today or (letter.due_on is not None and new <= letter.due_on):
        raise Refused(
            f"answer_by {new} gives no more time: an answer is asked for until {letter.due_on}.",
            rule="cf28-reply",
            code="not-later",
            remedy="Give a later day.",
        )


def _no_such_act(letter: Letter, code: str) -> Refused:
    process = PROCESS_OF[letter.form]
    if code in NOT_BY_ACT and any(act.code == code for act in process.acts):
        return Refused(
            f"{process.act(code).label}: nobody does this as an act of its own.",
            rule="process-table",
            code="not-by-act",
            remedy="A draft is issued with POST /requests/{id}/issue; that nobody answered is seen from the day.",
        )
    return Refused(
        f"{process.label} has no act {code}.",
        rule="process-table",
        code="no-such-act",
        remedy=f"GET /processes/{process.code} lists its acts.",
    )
