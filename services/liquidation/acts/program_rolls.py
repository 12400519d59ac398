"""What programs take by themselves: entries are enrolled as they are reached, importers answer what is offered."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from typing import Final

from services.liquidation.acts.entries import hold_entries, hold_entry
from services.liquidation.acts.programs import find_in_force, find_judging, hold_program
from services.liquidation.domain.program.definition import Definition
from services.liquidation.store import program_rolls as store
from services.liquidation.store.program_rolls import AnswerWord, RollRow
from services.liquidation.store.programs import ProgramEvent, append_event
from services.liquidation.store.sight import matter_of
from shared.customs.calendar import end_of_legal_day, legal_date
from shared.db.transaction import Transaction
from shared.runtime.access import demand
from shared.runtime.errors import Conflict, NotFound, Refused
from shared.runtime.identity import Identity

_RULE: Final = "program-offer"


async def enrol_reached(tx: Transaction, entry_numbers: Collection[str], now: datetime) -> None:
    """Put these entries on the roll of each program in force that takes entries by itself and reaches them.

    From its first day on; the entries are held, or are judged in the same transaction.
    """
    if not entry_numbers:
        return
    for each in await store.list_taking(tx):
        if each.rules.declaring.since <= legal_date(now):
            await store.enrol(tx, each.rules, entry_numbers, begin_of(each.rules), now)


def begin_of(program: Definition) -> datetime:
    """When the first day of a program begins: what it takes by itself is received then, or when it is filed later."""
    return end_of_legal_day(program.declaring.since - timedelta(days=1)) + timedelta(microseconds=1)


async def answer_offers(
    tx: Transaction,
    now: datetime,
    program: str,
    entry_numbers: Sequence[str],
    answer: AnswerWord,
    explanation: str | None,
    caller: Identity,
) -> list[str]:
    """Keep what an importer says of entries that a program took; gives them, all to be judged again.

    The last answer stands until the entry is posted or the last day to answer is over. All are answered or none. Of a
    program that is over entries are declined on any day, so that they can be corrected, and answered in no other way.
    Raises `NotFound` for what is not on the roll, or not the caller's to answer, `Conflict` (declaration-posted,
    offer-answer-late, program-closed), `Refused` (offer-contest-unexplained).
    """
    if answer == "decline":
        known, revision = await find_judging(tx, program)
        is_over = known.is_over
    else:
        revision, is_over = await find_in_force(tx, program), False
    rules = revision.rules
    if answer == "contest" and not explanation:
        raise Refused(
            "A contest says what is wrong with what was reckoned.",
            rule=_RULE,
            code="offer-contest-unexplained",
            remedy="Send an explanation: which amount, line or fact, and what shows it.",
        )
    numbers, today = sorted(set(entry_numbers)), legal_date(now)
    held = await hold_entries(tx, numbers)
    authorities = []
    for number in numbers:
        if number not in held:
            raise _not_taken(program, [number])
        row = held[number].row
        matter = matter_of(number, row.importer_number, row.surety_code, row.center)
        what = f"entry {number} in liquidation"
        authorities.append((number, demand(caller, "program-offer.answer", today, matter, what)))
    roll = await store.hold_roll(tx, program, numbers)
    if missing := [each for each in numbers if each not in roll]:
        raise _not_taken(program, missing)
    _demand_not_posted(roll)
    if not is_over:
        _demand_in_time(rules, roll, today)
    await store.write_answers(tx, program, authorities, answer, explanation, now, caller.subject, caller.acting_for)
    return numbers


def _demand_not_posted(roll: dict[str, RollRow]) -> None:
    if posted := [number for number, row in roll.items() if row.state == "posted"]:
        raise Conflict(
            f"Posted already: {', '.join(posted[:10])}.",
            rule=_RULE,
            code="declaration-posted",
            remedy="Answer the others; against what is posted, protest within 180 days (19 USC 1514).",
        )


def _demand_in_time(rules: Definition, roll: dict[str, RollRow], today: date) -> None:
    if rules.intake != "offered":
        return
    for number, row in roll.items():
        last = rules.offering.answer_by(legal_date(row.offered_at))
        if last is not None and last < today:
            raise Conflict(
                f"Entry {number} could be answered until {last}.",
                rule=_RULE,
                code="offer-answer-late",
                remedy="Protest the liquidation within 180 days (19 USC 1514), if it is not over.",
            )


def _not_taken(program: str, numbers: Sequence[str]) -> NotFound:
    return NotFound(
        f"Program {program} took none of these entries of yours: {', '.join(numbers[:10])}.",
        remedy="GET /importers/{importer_number}/program-offers lists them.",
    )


async def settle_after_fact(
    tx: Transaction, now: datetime, program: str, entry_number: str, code: str, settlement: str, caller: Identity
) -> None:
    """Note how a fact that came after the posting of an entry was settled; raises `NotFound` without an open one.

    Nothing of the posting is changed by it; the history of the program names who did it.
    """
    _, authority = await hold_entry(tx, entry_number, caller, "program.settle", legal_date(now))
    await hold_program(tx, program)
    revision = await find_in_force(tx, program)
    done = (now, caller.subject, caller.acting_for, settlement)
    if not await store.settle_after_fact(tx, program, entry_number, code, done):
        raise NotFound(
            f"Nothing that is open of {entry_number} has the code {code}.",
            remedy=f"GET /programs/{program}/after-the-fact lists what is open.",
        )
    detail = f"{entry_number} {code}: {settlement}"
    event = ProgramEvent(
        program, 0, revision.revision, "settled", now, caller.subject, caller.acting_for, detail, authority
    )
    await append_event(tx, event)
