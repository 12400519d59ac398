"""Appeals against the assigned Center: filed by the importer, decided by the Office of Field Operations."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, Literal

import orjson

from services.routing.acts.assignments import assign, demand_day_to_come
from services.routing.acts.directory import demand_open_center
from services.routing.acts.sight import is_broker_of
from services.routing.domain.appeals import (
    PROCESS,
    TRANSITIONS,
    Act,
    AppealContents,
    Flaw,
    State,
    check_contents,
    find_flaw,
    is_complete,
    next_state,
    supplement,
)
from services.routing.domain.center import CITATION
from services.routing.domain.decided import Origin
from services.routing.publishing import SOURCE, appeal_decided
from services.routing.store import accounts as account_store
from services.routing.store import appeals as store
from services.routing.store import assignments as assignment_store
from services.routing.store.appeals import FiledAppeal, StandingAppeal, Step
from services.routing.store.assignments import NewAssignment
from shared.bus import outbox
from shared.customs.authority import Scope
from shared.customs.calendar import legal_date
from shared.db.idempotency import IdempotentCall, key_reused
from shared.db.transaction import Transaction
from shared.runtime.access import OUTSIDE_PARTIES, Matter, granted, judge, no_such, reach_of, refusal_of
from shared.runtime.concurrency import IfMatch
from shared.runtime.errors import Conflict, Forbidden, Refused
from shared.runtime.identity import Identity, RoleName
from shared.runtime.ids import event_id

Outcome = Literal["upheld", "reassigned"]


_ACTION_OF: Final[Mapping[Act, str]] = {
    "supplement": "appeal.supply",
    "withdraw": "appeal.withdraw",
    "take-up": "appeal.review",
    "uphold": "appeal.decide",
    "reassign": "appeal.decide",
}


@dataclass(frozen=True, slots=True)
class AppealRecord:
    """An appeal with every act on it after its filing, oldest first.

    `flaw` is why there is nothing to decide, by the Centers that it names and the assignment on the day of receipt.
    """

    appeal: StandingAppeal
    steps: Sequence[Step]
    flaw: Flaw | None


async def file_appeal(
    tx: Transaction,
    caller: Identity,
    call: IdempotentCall,
    *,
    importer_number: str,
    contents: AppealContents,
    now: datetime,
) -> AppealRecord:
    """Appeal at any time; what is missing is said and may be supplied later. The number follows from the call.

    Raises `Forbidden` unless the caller acts for the appellant and every other number that is affected, and `Refused`
    for one that names no Center, another as the present one, or the present one as preferred (`find_flaw`).
    """
    _refuse_flaw(await check_appeal(tx, caller, importer_number=importer_number, contents=contents, now=now))
    number = f"APPEAL-{event_id('appeal', call.identity, call.key)}"
    if await store.find_appeal(tx.connection, number) is not None:
        raise key_reused()
    filed_by = {"role": _role_of(caller), "id": caller.subject, "name": caller.name}
    filed = FiledAppeal(
        appeal_number=number,
        importer_number=importer_number,
        contents=contents,
        filed_by=orjson.dumps(filed_by).decode(),
        received_at=now,
        digest=bytes.fromhex(call.request_hash),
        origin=Origin(now, SOURCE, number),
    )
    await store.write_filed(tx, [filed])
    appeal = await store.find_appeal(tx.connection, number)
    assert appeal is not None  # just written
    return AppealRecord(appeal, (), None)


async def check_appeal(
    tx: Transaction, caller: Identity, *, importer_number: str, contents: AppealContents, now: datetime
) -> Flaw | None:
    """Why there would be nothing to decide if it was filed now; what it lacks is said by `check_contents`.

    Raises `Forbidden` as the filing does. Nothing is kept.
    """
    await _demand_standing(tx, caller, {importer_number, *contents.importer_numbers}, legal_date(now))
    assigned = await assignment_store.find_center(tx.connection, importer_number, legal_date(now))
    return find_flaw(contents.current_center, contents.preferred_center, assigned)


async def read_appeal(tx: Transaction, caller: Identity, appeal_number: str, now: datetime) -> AppealRecord:
    """An appeal with its history, for whoever may see it; `NotFound` for all others."""
    appeal = await store.find_appeal(tx.connection, appeal_number)
    seen = await _demand_sight(tx, caller, appeal, appeal_number, legal_date(now))
    return await _record(tx, seen)


async def demand_files(tx: Transaction, caller: Identity, appeal_number: str, today: date, *, adds: bool) -> str:
    """The row of authority by which the caller adds a file to an appeal; of who only reads, an empty text.

    Raises `NotFound` where the caller may not read the appeal, `Forbidden` where they may not add to it.
    """
    appeal = await store.find_appeal(tx.connection, appeal_number)
    seen = await _demand_sight(tx, caller, appeal, appeal_number, today)
    return await _find_authority(tx, caller, seen, "appeal-file.add", today) if adds else ""


async def supplement_appeal(
    tx: Transaction,
    caller: Identity,
    appeal_number: str,
    if_match: IfMatch,
    *,
    supplied: AppealContents,
    named: Sequence[str],
    now: datetime,
) -> AppealRecord:
    """Add to an undecided appeal: what is named replaces what was said, numbers and bonds come in addition.

    Raises `Refused` when nothing is supplied, and when Centers are, with which there is nothing to decide.
    """
    if supplied == AppealContents():
        raise Refused(
            "The supplement supplies nothing.",
            rule="appeal-supplement",
            code="nothing-supplied",
            remedy="Name what is added.",
        )
    today = legal_date(now)
    appeal, state, authority = await _lock(tx, caller, appeal_number, "supplement", if_match, today)
    await _demand_standing(tx, caller, {appeal.importer_number, *supplied.importer_numbers}, today)
    if supplied.current_center is not None or supplied.preferred_center is not None:
        _refuse_flaw(
            await _flaw_of(tx, appeal.importer_number, supplement(appeal.contents, supplied), appeal.received_at)
        )
    reasons = ["Supplied: " + ", ".join(named) + "."]
    step = _step("supplement", state, reasons, caller, authority, now, {})
    return await _record(tx, await store.append_step(tx, appeal, step, supplied=supplied))


async def withdraw_appeal(
    tx: Transaction, caller: Identity, appeal_number: str, if_match: IfMatch, *, reason: str, now: datetime
) -> AppealRecord:
    """Take back an undecided appeal; a new one may be made at any time."""
    today = legal_date(now)
    appeal, state, authority = await _lock(tx, caller, appeal_number, "withdraw", if_match, today)
    await _demand_standing(tx, caller, {appeal.importer_number}, today)
    step = _step("withdraw", state, [reason], caller, authority, now, {})
    return await _record(tx, await store.append_step(tx, appeal, step))


async def take_up_appeal(
    tx: Transaction, caller: Identity, appeal_number: str, if_match: IfMatch, *, reason: str | None, now: datetime
) -> AppealRecord:
    """Begin the review; an incomplete appeal is taken up only with a written reason."""
    appeal, state, authority = await _lock(tx, caller, appeal_number, "take-up", if_match, legal_date(now))
    contents = appeal.contents
    if reason is None and not is_complete(contents):
        missing = " ".join(check.missing for check in check_contents(contents) if check.missing)
        raise Refused(
            f"The appeal is incomplete: {missing}",
            rule="appeal-contents",
            code="reason-required",
            citation=CITATION,
            remedy="Ask the appellant for a supplement, or say in `reason` why it is taken up all the same.",
        )
    step = _step("take-up", state, [reason] if reason is not None else [], caller, authority, now, {})
    return await _record(tx, await store.append_step(tx, appeal, step))


async def decide_appeal(
    tx: Transaction,
    caller: Identity,
    appeal_number: str,
    if_match: IfMatch,
    *,
    outcome: Outcome,
    center: str | None,
    effective_on: date | None,
    reasons: Sequence[str],
    now: datetime,
) -> AppealRecord:
    """Uphold the assignment, or assign all affected numbers anew from a day, today or later.

    Open matters stay with the Center that has them unless they are moved one by one; clocks never restart.
    """
    act: Act = "uphold" if outcome == "upheld" else "reassign"
    appeal, state, authority = await _lock(tx, caller, appeal_number, act, if_match, legal_date(now))
    detail: dict[str, Any] = {}
    if act == "reassign":
        if center is None or effective_on is None:
            raise Refused(
                "A new assignment needs its Center and its first day.",
                rule="appeal-decision",
                code="assignment-incomplete",
                remedy="Give `center` and `effective_on`.",
            )
        assigned = await _reassign(tx, caller, appeal, center, effective_on, reasons, now)
        detail = {"assigned": assigned, "center": center, "effective_on": effective_on.isoformat()}
    elif center is not None or effective_on is not None:
        raise Refused(
            "An assignment that is upheld gets neither Center nor day.",
            rule="appeal-decision",
            code="nothing-to-assign",
            remedy="Leave them out, or decide `reassigned`.",
        )
    step = _step(act, state, reasons, caller, authority, now, detail)
    told = appeal_decided(appeal, outcome=outcome, center=center, effective_on=effective_on, reasons=reasons, at=now)
    await outbox.add(tx, SOURCE, [told])
    return await _record(tx, await store.append_step(tx, appeal, step, center=center, effective_on=effective_on))


async def _reassign(
    tx: Transaction,
    caller: Identity,
    appeal: StandingAppeal,
    center: str,
    effective_on: date,
    reasons: Sequence[str],
    now: datetime,
) -> int:
    """Append the assignments of all affected numbers that are not with the Center yet; gives how many."""
    demand_day_to_come(effective_on, legal_date(now))
    await demand_open_center(tx, center, effective_on, when="on that day")
    numbers = sorted({appeal.importer_number, *appeal.contents.importer_numbers})
    latest = await assignment_store.lock_and_load_latest(tx, numbers)
    accounts = await account_store.load_accounts(tx, numbers)
    if unknown := len(numbers) - len(accounts):
        raise Conflict(
            f"{unknown} of {len(numbers)} affected importer numbers have no account.",
            rule="appeal-decision",
            code="unknown-account",
            remedy="Register them with POST /importers first.",
        )
    if all(number in latest and latest[number].center == center for number in numbers):
        raise Refused(
            f"All affected numbers are assigned to {center} already.",
            rule="appeal-decision",
            code="nothing-to-assign",
            remedy="Decide `upheld`, or name another Center.",
        )
    given = [
        {"code": "appeal", "text": f"Appeal {appeal.appeal_number} was granted.", "fact": None, "citation": CITATION},
        *({"code": "appeal-reason", "text": text, "fact": None, "citation": None} for text in reasons),
    ]
    new = []
    for number in numbers:
        before = latest.get(number)
        if before is not None and before.center == center:
            continue
        new.append(
            NewAssignment(
                importer_number=number,
                sequence=before.sequence + 1 if before else 1,
                center=center,
                previous_center=before.center if before else None,
                basis="appeal",
                effective_on=effective_on,
                reasons=orjson.dumps(given).decode(),
                assigned_by=caller.signature,
                confirmed_by=caller.signature,
            )
        )
    await assign(tx, new, accounts, now)
    return len(new)


async def _lock(
    tx: Transaction, caller: Identity, appeal_number: str, act: Act, if_match: IfMatch, today: date
) -> tuple[StandingAppeal, State, str]:
    """The appeal, locked, with the state that the act leads to; refuses what cannot be done in this one."""
    locked = await store.lock_appeal(tx, appeal_number)
    appeal = await _demand_sight(tx, caller, locked, appeal_number, today)
    authority = await _find_authority(tx, caller, appeal, _ACTION_OF[act], today)
    if_match.check(appeal.version)
    state = next_state(appeal.state, act)
    if state is None:
        allowed = ", ".join(TRANSITIONS[appeal.state]) or "nothing any more"
        raise Conflict(
            f"The appeal is {appeal.state}: {act} is not possible.",
            rule="appeal-state",
            code="not-possible",
            remedy=f"Possible is: {allowed}.",
        )
    return appeal, state, authority


async def _demand_sight(
    tx: Transaction, caller: Identity, appeal: StandingAppeal | None, appeal_number: str, today: date
) -> StandingAppeal:
    if appeal is None or not (
        reach_of(caller, "appeal.read", today).covers(Matter(appeal.importer_number))
        or await _represents(tx, caller, {appeal.importer_number}, today)
    ):
        raise no_such(f"appeal {appeal_number}")
    return appeal


async def _find_authority(tx: Transaction, caller: Identity, appeal: StandingAppeal, action: str, today: date) -> str:
    """The row of authority on which an act rests: the caller's own, or that of a broker whom the account names."""
    permission = judge(caller, action, today, Matter(appeal.importer_number))
    if permission.row_id is not None:
        return permission.row_id
    delegated = [row.row_id for row in granted(caller, action, today) if row.scope is Scope.DELEGATED]
    if delegated and await _represents(tx, caller, {appeal.importer_number}, today):
        return delegated[0]
    raise refusal_of(permission)


async def _demand_standing(tx: Transaction, caller: Identity, numbers: AbstractSet[str], today: date) -> None:
    """The caller acts for every number: it stands in the token, or the account authorises the broker."""
    reach = reach_of(caller, "appeal.file", today)
    strange = {number for number in numbers if not reach.covers(Matter(number))}
    if strange and not await _represents(tx, caller, strange, today):
        raise Forbidden(
            f"You may not act for {len(strange)} of the {len(numbers)} importer numbers.",
            code="not-your-importer",
            remedy="Leave them out, or have the account holder authorise you.",
        )


async def _represents(tx: Transaction, caller: Identity, numbers: AbstractSet[str], today: date) -> bool:
    if not caller.has_role(RoleName.BROKER):
        return False
    accounts = await account_store.load_accounts(tx, sorted(numbers))
    return all(number in accounts and is_broker_of(caller, accounts[number], PROCESS, today) for number in numbers)


async def _record(tx: Transaction, appeal: StandingAppeal) -> AppealRecord:
    flaw = await _flaw_of(tx, appeal.importer_number, appeal.contents, appeal.received_at)
    return AppealRecord(appeal, await store.list_steps(tx.connection, appeal.appeal_number), flaw)


async def _flaw_of(
    tx: Transaction, importer_number: str, contents: AppealContents, received_at: datetime
) -> Flaw | None:
    assigned = await assignment_store.find_center(tx.connection, importer_number, legal_date(received_at))
    return find_flaw(contents.current_center, contents.preferred_center, assigned)


def _refuse_flaw(flaw: Flaw | None) -> None:
    if flaw is not None:
        raise Refused(flaw.text, rule="appeal-names-centers", code=flaw.code, citation=CITATION, remedy=flaw.remedy)


def _step(
    act: Act,
    state: State,
    reasons: Sequence[str],
    caller: Identity,
    authority: str,
    now: datetime,
    detail: dict[str, Any],
) -> Step:
    return Step(act, state, tuple(reasons), detail, caller.subject, caller.acting_for, now, authority)


def _role_of(caller: Identity) -> str:
    return min(caller.roles & OUTSIDE_PARTIES - {RoleName.SURETY}).value
