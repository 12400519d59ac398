"""Protests as commands: filed, acted on by people in their capacity, and by the law when a day has passed."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final

from fastapi.encoders import jsonable_encoder
from sqlalchemy.ext.asyncio import AsyncEngine

from services.liquidation.acts import liquidations as entry_acts
from services.liquidation.acts.liquidations import Answer
from services.liquidation.acts.protest_judging import BATCH, judge_protests, judge_waiting_protests
from services.liquidation.acts.refusals import conflict, refused
from services.liquidation.domain.further_review import set_aside_request_due
from services.liquidation.domain.law import LAW, LawSettings
from services.liquidation.domain.money.settings import POLICY, MoneyPolicy
from services.liquidation.domain.protest import (
    EntryOfProtest,
    Filing,
    Verdict,
    decide_by,
    join_known,
    judge_entry,
    read_filing,
)
from services.liquidation.domain.protest_clocks import judge_further_protest
from services.liquidation.domain.protest_life import (
    OPEN,
    REJECTABLE,
    SIGNED,
    Act,
    ActKind,
    advance,
    deemed_denied_on,
    find_act_of_law,
    judge_act,
    judge_second_person,
    judge_summons,
)
from services.liquidation.domain.rules import RULES, Finding
from services.liquidation.publishing import MOST_TEXT, SOURCE, legal_basis, protest_changed
from services.liquidation.store import protests as store
from services.liquidation.store import records
from services.liquidation.store.protests import ActRow, LineDecision, Standing
from shared.bus import outbox
from shared.bus.outbox import Outgoing
from shared.contracts.decision import MoneyEffect, Reason
from shared.customs.calendar import end_of_legal_day, legal_date
from shared.customs.money import format_cents, to_cents
from shared.db.idempotency import IdempotentCall, recall, remember
from shared.db.transaction import Transaction, transaction
from shared.runtime.access import is_staff
from shared.runtime.clock import Clock
from shared.runtime.concurrency import IfMatch
from shared.runtime.errors import Forbidden, NotFound
from shared.runtime.identity import Identity, RoleName
from shared.runtime.ids import event_id

SYSTEM: Final = "system:law"
REASON_PROTEST_ALLOWED: Final = "63"
"""CBP's reason code of a reliquidation on an allowed protest."""

_SPECIALIST: Final = frozenset({RoleName.IMPORT_SPECIALIST})
_DIRECTOR: Final = frozenset({RoleName.CENTER_DIRECTOR})
_HEADQUARTERS: Final = frozenset({RoleName.REGULATIONS_AND_RULINGS})
_FILERS: Final = frozenset({RoleName.IMPORTER, RoleName.BROKER, RoleName.SURETY, RoleName.TRADE_COUNSEL})
_INTAKE: Final = _FILERS | {RoleName.IMPORT_SPECIALIST, RoleName.ENTRY_SPECIALIST}
MAY_ACT: Final[Mapping[str, frozenset[RoleName]]] = {
    "begin-review": _SPECIALIST,
    "ask-party": _SPECIALIST,
    "party-answered": _INTAKE,
    "suspend": _SPECIALIST | _DIRECTOR,
    "resume": _SPECIALIST | _DIRECTOR,
    "amend": _INTAKE,
    "add-grounds": _INTAKE,
    "request-acceleration": _INTAKE,
    "apply-further-review": _INTAKE,
    "grant-further-review": _DIRECTOR,
    "refuse-further-review": _DIRECTOR,
    "forward": _DIRECTOR,
    "answer-further-review": _HEADQUARTERS,
    "request-set-aside": _INTAKE,
    "set-aside": _HEADQUARTERS,
    "refuse-set-aside": _HEADQUARTERS,
    "recommend": _SPECIALIST,
    "return": _DIRECTOR,
    "sign": _DIRECTOR,
    "reject": _SPECIALIST | _DIRECTOR | {RoleName.ENTRY_SPECIALIST},
    "withdraw": _INTAKE,
    "request-void": _INTAKE,
    "void-denial": _DIRECTOR | _HEADQUARTERS,
    "summon": _FILERS | _DIRECTOR | {RoleName.CHIEF_COUNSEL},
}
"""Who may do what; outside parties on their own protests only. Staff record what came on paper."""

RULE_OF_ACT: Final[Mapping[ActKind, str]] = {
    "begin-review": "protest-decide-2y",
    "ask-party": "protest-decide-2y",
    "party-answered": "protest-decide-2y",
    "suspend": "protest-decide-2y",
    "resume": "protest-decide-2y",
    "amend": "protest-amend",
    "add-grounds": "protest-new-grounds",
    "request-acceleration": "protest-accel-request",
    "apply-further-review": "afr-file",
    "grant-further-review": "afr-criteria",
    "refuse-further-review": "afr-criteria",
    "forward": "afr-forward",
    "answer-further-review": "afr-local-first",
    "request-set-aside": "afr-complaint-1515c",
    "set-aside": "afr-complaint-1515c",
    "refuse-set-aside": "afr-complaint-1515c",
    "recommend": "protest-decide-2y",
    "return": "protest-decide-2y",
    "allow": "protest-allow",
    "allow-in-part": "protest-allow",
    "deny": "protest-denial-notice",
    "reject": "protest-contents",
    "withdraw": "protest-decide-2y",
    "deem-denied": "protest-accel-30",
    "request-void": "void-1515d",
    "void-denial": "void-1515d",
    "summon": "action-ends-admin",
}
_REMEDIES: Final[Mapping[str, str]] = {
    "action-ends-admin": "The court decides now: nothing done here has effect.",
    "inv-deemed-denial": "A suit can be begun; CBP cannot decide the protest any more.",
    "protest-no-rescind": "Ask to have the denial voided (1515(d)), or sue.",
    "protest-amend": "Only new arguments for objections that were made can be added now.",
    "protest-accel-request": "State the day on which the request was mailed; it is asked for once.",
    "afr-file": "Further review cannot be added any more.",
    "afr-criteria": "GET the protest: it says where further review stands.",
    "afr-local-first": "Refuse or forward the application for further review first, for which the recommendation is "
    "returned, or allow the protest in full.",
    "afr-complaint-1515c": "A suit stays possible after a denial.",
    "void-1515d": "Follow headquarters' answer; a denial can be voided by CBP at any time before a suit.",
    "four-eyes": "Somebody else acts.",
    "protest-stage": "GET the protest: it says in which state it is.",
    "protest-180": "An entry that is not protested in time is final for everyone.",
    "protest-denial-notice": "State the reasons.",
}


MOST_OUTCOMES: Final = 200
"""What is decided on more entries and lines is not in the event, which has to stay small."""


@dataclass(frozen=True, slots=True)
class ActRequest:
    """What somebody wants to do: `kind` as in MAY_ACT, and what the act states as JSON values."""

    kind: str
    details: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Prepared:
    """An act that may be done: where the protest stands, the act, and what its decision says of each entry and line."""

    standing: Standing
    act: Act
    rule: str
    decided: tuple[LineDecision, ...] = ()


async def file_protest(
    engine: AsyncEngine,
    now: datetime,
    call: IdempotentCall,
    entry_numbers: Sequence[str],
    body: dict[str, Any],
    caller: Identity,
    law: LawSettings = LAW,
) -> Answer:
    """File a protest over HTTP: the same as by event, but what cannot stand is refused at once.

    Raises `Refused` naming everything that is missing or out of time, by the last arguable day; `Conflict` for a
    second protest of the same party on a category.
    """
    async with transaction(engine) as tx:
        if (before := await recall(tx.connection, call)) is not None:
            return Answer(before.status, before.response, is_replayed=True)
        await records.exclude_cycles(tx)
        entries = await store.hold_entries(tx, entry_numbers)
        importer, filed_by = _demand_standing(caller, list(entries.values()))
        number = event_id("protest", call.identity, call.key)
        filing = read_filing(number, importer, filed_by, sorted(entries), now, body)
        verdicts = [judge_entry(filing, entries[each], law) for each in filing.entries]
        _demand_timely(verdicts)
        until = decide_by(filing, ())
        await store.write_filing(tx, filing, filed_by, body, until, (now, SOURCE, event_id("protest-filed", number)))
        standings = await judge_protests(tx, [number], law)
        standing = standings.pop(number)
        _demand_sound(standing.defects)
        _demand_first(filing, standings.values())
        answer = jsonable_encoder(
            {
                "protest_number": number,
                "state": standing.life.stage,
                "timeliness": standing.timeliness,
                "received_on": filing.received_on,
                "decide_by": standing.decide_by,
                "defects": [{"rule": one.rule, "outcome": one.outcome, "why": one.why} for one in standing.defects],
            }
        )
        await outbox.add(tx, SOURCE, [_filed(standing, now)])
        await remember(tx.connection, call, status=201, response=answer, now=now)
    return Answer(201, answer)


async def act_on_protest(
    engine: AsyncEngine,
    now: datetime,
    number: str,
    meant: IfMatch,
    request: ActRequest,
    caller: Identity,
    law: LawSettings = LAW,
    policy: MoneyPolicy = POLICY,
) -> Standing:
    """Do an act on a protest and publish it; gives where the protest stands after it.

    Raises `NotFound`, `Forbidden`, `Stale`, `Conflict` when the law or the state forbids it, `Refused` otherwise. What
    the law has done by then (a deemed denial) is done first.
    """
    async with transaction(engine) as tx:
        prepared = await _prepare(tx, now, number, meant, request, caller, law)
        return await _carry_out(tx, now, prepared, caller, law, policy)


async def preview_act(
    engine: AsyncEngine,
    now: datetime,
    number: str,
    meant: IfMatch,
    request: ActRequest,
    caller: Identity,
    law: LawSettings = LAW,
) -> Prepared:
    """What `act_on_protest` would do, without doing it; raises what it would raise."""
    async with transaction(engine) as tx:
        return await _prepare(tx, now, number, meant, request, caller, law)


async def run_protest_clocks(engine: AsyncEngine, clock: Clock, law: LawSettings = LAW) -> int:
    """Do what the law does by itself: deemed denials and unanswered requests, each dated on its own day.

    Also judges protests whose entries were liquidated meanwhile. A daily job: running it again, or late, gives the
    same acts on the same days. Gives the number of acts.
    """
    async with transaction(engine) as tx:
        await records.exclude_cycles(tx)
        await judge_waiting_protests(tx, law)
    unjudged: Sequence[str] | None = None
    while unjudged is None or unjudged:
        async with transaction(engine) as tx:
            await records.exclude_cycles(tx)
            unjudged = await store.find_unjudged(tx, BATCH)
            await judge_protests(tx, unjudged, law)
    today, done = legal_date(clock.now()), 0
    while True:
        async with transaction(engine) as tx:
            await records.exclude_cycles(tx)
            numbers = await store.find_law_acts(tx, today, BATCH)
            if not numbers:
                return done
            _, acted = await _let_law_act(tx, numbers, today, law)
            if not acted:
                return done
            done += acted


async def _let_law_act(
    tx: Transaction, numbers: Collection[str], today: date, law: LawSettings
) -> tuple[dict[str, Standing], int]:
    standings = await judge_protests(tx, numbers, law)
    done = 0
    while True:
        rows: dict[str, ActRow] = {}
        for number in sorted(numbers):
            if number not in standings:
                continue
            standing = standings[number]
            found = find_act_of_law(standing.life, join_known(standing.verdicts), today, law)
            if found is not None:
                kind, on, rule = found
                act = Act(kind, on, SYSTEM, details={"reasons": RULES[rule].text})
                rows[number] = _row(standing, act, end_of_legal_day(on), rule)
        if not rows:
            return standings, done
        await store.write_acts(tx, list(rows.values()))
        again = await judge_protests(tx, rows, law)
        standings = standings | again
        await outbox.add(tx, SOURCE, [_changed(standings[number], row, law) for number, row in rows.items()])
        done += len(rows)


async def _prepare(
    tx: Transaction,
    now: datetime,
    number: str,
    meant: IfMatch,
    request: ActRequest,
    caller: Identity,
    law: LawSettings,
) -> Prepared:
    today = legal_date(now)
    await records.exclude_cycles(tx)
    known = (await store.load_protests(tx, [number])).get(number)
    if known is None:
        raise NotFound(f"There is no protest {number}.", remedy="Check the number.")
    _demand_role(caller, known.filing, request.kind)
    if request.kind == "sign":
        await records.lock_entries(tx, known.filing.entries, create=False)
    standings, acted = await _let_law_act(tx, [number], today, law)
    standing = standings[number]
    # What the law has just done is nobody's edit: whoever read the protest before gets its rule for an answer.
    meant.check(standing.life.acts - acted)
    act, decided = _shape(standing, request, caller, today)
    if act.kind in ("recommend", "grant-further-review", "refuse-further-review") or act.kind in SIGNED.values():
        deciders = await store.find_deciders(tx, standing.life.filing.entries)
        _demand(judge_second_person(standing.life, act, deciders))
    _demand(judge_act(standing.life, standing.verdicts, act, law))
    if decided:
        _demand_decidable(standing, decided)
        await _demand_lines(tx, decided)
    rule = REJECTABLE[act.details["ground"]] if act.kind == "reject" else RULE_OF_ACT[act.kind]
    if act.kind == "amend":
        beside = [other for each, other in standings.items() if each != number]
        _demand_first(replace(standing.life.filing, categories=frozenset(act.details["categories"])), beside)
    if act.kind == "suspend":
        await _demand_lead(tx, standing, str(act.details.get("lead")))
    if act.kind == "summon":
        doubts = judge_summons(
            standing.life,
            date.fromisoformat(act.details["filed_on"]),
            are_duties_paid=act.details["are_duties_paid"],
            law=law,
        )
        act = replace(act, details={**act.details, "doubts": [f"{each.rule}: {each.why}" for each in doubts]})
    return Prepared(standing, act, rule, decided)


async def _carry_out(
    tx: Transaction, now: datetime, prepared: Prepared, caller: Identity, law: LawSettings, policy: MoneyPolicy
) -> Standing:
    standing, act = prepared.standing, prepared.act
    number = standing.life.filing.number
    row = _row(standing, act, now, prepared.rule)
    await store.write_acts(tx, [row])
    effect: MoneyEffect | None = None
    if act.kind in SIGNED.values():
        await store.write_line_decisions(tx, number, row.number, prepared.decided)
        effect = await _reliquidate(tx, now, number, prepared.decided, caller, policy)
    after = (await judge_protests(tx, [number], law))[number]
    await outbox.add(tx, SOURCE, [_changed(after, row, law, effect, prepared.decided)])
    return after


async def _reliquidate(
    tx: Transaction,
    now: datetime,
    number: str,
    decided: Sequence[LineDecision],
    caller: Identity,
    policy: MoneyPolicy,
) -> MoneyEffect | None:
    """Reliquidate the entries on which something was allowed, under reason 63, and give the change in all."""
    changes: dict[str, tuple[int, int]] = {}
    for each in decided:
        if each.outcome == "allowed":
            duty, fees = changes.get(each.entry_number, (0, 0))
            changes[each.entry_number] = (duty + each.change_duty_cents, fees + each.change_fees_cents)
    if not changes:
        return None
    rows = await records.lock_entries(tx, sorted(changes), create=False)
    legal_events, events = [], []
    for entry_number, (duty, fees) in sorted(changes.items()):
        row = rows.get(entry_number)
        if row is None or row.liquidated_on is None:
            continue  # a refusal or an exclusion was protested: there is no liquidation to change
        effect = ((row.effect_duty_cents or 0) + duty, (row.effect_fees_cents or 0) + fees)
        explanation = f"reason {REASON_PROTEST_ALLOWED}: protest {number} allowed"
        _, legal_event, event, _ = await entry_acts.reliquidate(
            tx, row, now, "allowed-protest", effect, explanation, caller, policy
        )
        legal_events.append(legal_event)
        events.append(event)
    await records.write_entries(tx, [rows[event.entry_number] for event in legal_events])
    await records.write_legal_events(tx, legal_events)
    await outbox.add(tx, SOURCE, events)
    return MoneyEffect(
        duty_usd=format_cents(sum(duty for duty, _ in changes.values())),
        fees_usd=format_cents(sum(fees for _, fees in changes.values())),
    )


def _shape(
    standing: Standing, request: ActRequest, caller: Identity, today: date
) -> tuple[Act, tuple[LineDecision, ...]]:
    """The act with what it states filled in; and the decision by line of what is recommended or signed."""
    life, details = standing.life, dict(request.details)
    kind: Any = request.kind
    decided: tuple[LineDecision, ...] = ()
    if kind == "recommend":
        details["items"] = _spread(life.filing, details)
        outcomes = {item["outcome"] for item in details["items"]}
        details["outcome"] = outcomes.pop() if len(outcomes) == 1 else "allowed-in-part"
        decided = _lines(details["items"])
    elif kind == "sign":
        if life.recommendation is None:
            _demand(Finding("protest-stage", "wrong-stage", f"the protest is {life.stage}: nothing is recommended"))
            raise AssertionError
        kind = SIGNED[life.recommendation["outcome"]]
        decided = _lines(life.recommendation["items"])
        details["reasons"] = details.get("reasons") or life.recommendation["reasons"]
    elif kind == "reject":
        details["defects"] = [each.outcome for each in standing.defects]
    elif kind == "request-acceleration":
        details["mailed_on"] = details.get("mailed_on") or str(today)
    return Act(kind, today, caller.subject, caller.acting_for, details), decided


def _spread(filing: Filing, details: Mapping[str, Any]) -> list[dict[str, Any]]:
    """A decision item for every entry: as given, the others by `otherwise`; raises `Refused` for what is left open."""
    items = [dict(each) for each in details.get("items", ()) if each["entry_number"] in filing.entries]
    foreign = [each["entry_number"] for each in details.get("items", ()) if each["entry_number"] not in filing.entries]
    if foreign and not details.get("for_group"):
        raise refused("protest-multi-entry", "not-protested", f"Not protested: {', '.join(foreign)}.", "Leave it out.")
    named = {each["entry_number"] for each in items}
    left = [each for each in filing.entries if each not in named]
    if left and details.get("otherwise") is None:
        text = f"The recommendation does not say what becomes of {', '.join(left[:20])}."
        raise refused("protest-decide-2y", "entries-left-open", text, "Name them, or say what holds `otherwise`.")
    items += [
        {
            "entry_number": each,
            "line_number": None,
            "outcome": details["otherwise"],
            "reasons": details["reasons"],
            "change_duty_usd": "0.00",
            "change_fees_usd": "0.00",
        }
        for each in left
    ]
    keys = [(each["entry_number"], each.get("line_number") or 0) for each in items]
    whole = {number for number, line in keys if line == 0}
    if len(set(keys)) < len(keys) or any(line and number in whole for number, line in keys):
        text = "An entry or line is decided twice."
        raise refused("protest-decide-2y", "decided-twice", text, "Decide an entry as a whole, or by its lines.")
    return sorted(items, key=lambda each: (each["entry_number"], each.get("line_number") or 0))


def _lines(items: Sequence[Mapping[str, Any]]) -> tuple[LineDecision, ...]:
    return tuple(
        LineDecision(
            item["entry_number"],
            item.get("line_number") or 0,
            item["outcome"],
            item["reasons"],
            to_cents(item["change_duty_usd"]),
            to_cents(item["change_fees_usd"]),
        )
        for item in items
    )


def _demand_decidable(standing: Standing, decided: Sequence[LineDecision]) -> None:
    """Refuse to allow what is out of time, and to change money where nothing is allowed.

    Rule final-1514 [S], 19 USC 1514(a): without a protest in time the liquidation is final for everyone.
    """
    times = {each.entry_number: each for each in standing.verdicts}
    for each in decided:
        verdict = times[each.entry_number]
        if each.outcome == "allowed" and verdict.timeliness not in ("timely", "arguable"):
            text = f"Entry {each.entry_number} was not protested in time: {verdict.why}."
            raise conflict("final-1514", "not-in-time", text, "Deny it for this entry.")
        if each.outcome == "denied" and (each.change_duty_cents or each.change_fees_cents):
            text = f"Entry {each.entry_number} is denied with a change of money."
            raise refused("protest-allow", "money-without-allowance", text, "Only what is allowed changes money.")


async def _demand_lines(tx: Transaction, decided: Sequence[LineDecision]) -> None:
    lines = [(each.entry_number, each.line_number) for each in decided if each.line_number]
    missing = await store.find_missing_lines(tx, lines) if lines else []
    if missing:
        named = ", ".join(f"line {line} of {number}" for number, line in missing[:20])
        raise refused("protest-decide-2y", "no-such-line", f"There is no {named}.", "Name lines of the summary.")


async def _demand_lead(tx: Transaction, standing: Standing, lead: str) -> None:
    found = (await store.load_protests(tx, [lead])).get(lead)
    if found is None or lead == standing.life.filing.number:
        text = f"There is no other protest {lead} to wait for."
        raise refused("protest-decide-2y", "no-lead", text, "Name the protest that is decided first.")
    if found.state not in OPEN or found.state == "suspended":
        text = f"Protest {lead} is {found.state}."
        raise conflict("protest-decide-2y", "lead-not-open", text, "A lead protest is open and waits for no other.")


def _demand_role(caller: Identity, filing: Filing, kind: str) -> None:
    wanted = MAY_ACT[kind]
    if not caller.has_role(*wanted):
        text = f"{kind} needs the role {' or '.join(sorted(wanted))}."
        raise Forbidden(text, code="role-required")
    if is_staff(caller) or filing.importer_number in caller.importer_numbers:
        return
    own = {f"surety:{caller.surety_code}"} if caller.has_role(RoleName.SURETY) else set()
    codes = {each[:3] for each in filing.entries}
    is_filer = caller.has_role(RoleName.BROKER) and codes == {caller.filer_code}
    if filing.party not in own and not (is_filer and filing.protestant == "agent"):
        raise NotFound(f"There is no protest {filing.number}.", remedy="Check the number.")


def _demand_standing(caller: Identity, entries: Sequence[EntryOfProtest]) -> tuple[str, dict[str, Any]]:
    """The importer of the protested entries and the party that files, or `Refused`."""
    importers = {each.importer_number for each in entries}
    unknown = [each.entry_number for each in entries if each.importer_number is None]
    hidden = [each.entry_number for each in entries if not _may_protest(caller, each)]
    if unknown or hidden:
        missing = ", ".join(sorted({*unknown, *hidden})[:20])
        raise NotFound(f"There is no entry {missing} that you may protest.", remedy="Check the numbers and the token.")
    if len(importers) > 1:
        raise refused(
            "protest-multi-entry", "split", "The entries have different importers.", "File one protest for each."
        )
    importer = importers.pop()
    assert importer is not None
    name = {"name": caller.name}
    if caller.has_role(RoleName.IMPORTER) and importer in caller.importer_numbers:
        return importer, {"role": "importer", "id": importer} | name
    if caller.has_role(RoleName.SURETY) and caller.surety_code is not None:
        return importer, {"role": "surety", "id": caller.surety_code} | name
    if caller.has_role(RoleName.BROKER) and caller.filer_code is not None:
        return importer, {"role": "broker", "id": caller.filer_code} | name
    return importer, {"role": "trade-counsel", "id": caller.subject} | name


def _may_protest(caller: Identity, entry: EntryOfProtest) -> bool:
    if entry.importer_number in caller.importer_numbers:
        return True
    if caller.has_role(RoleName.SURETY) and entry.surety_code is not None:
        return entry.surety_code == caller.surety_code
    return caller.has_role(RoleName.BROKER) and entry.entry_number[:3] == caller.filer_code


def _demand_timely(verdicts: Sequence[Verdict]) -> None:
    """Refuse a protest that is early or late for an entry, by the last arguable day (protest-180)."""
    early = [each for each in verdicts if each.timeliness == "too-early" or "not known to be liquidated" in each.why]
    if early:
        raise refused(
            "inv-correction-protest-order",
            "too-early",
            f"Not liquidated yet: {', '.join(each.entry_number for each in early[:20])}.",
            "Correct the summary instead, or protest on or after the liquidation.",
        )
    unknown = [each for each in verdicts if each.timeliness == "unknown"]
    if unknown:
        raise refused(
            unknown[0].rule, "day-not-stated", f"{unknown[0].why}.", "State `decision_on`; a surety `demand_on`."
        )
    late = [each for each in verdicts if each.timeliness == "untimely"]
    if late:
        raise refused(
            late[0].rule,
            "untimely",
            f"Out of time for {', '.join(each.entry_number for each in late[:20])}: {late[0].why}.",
            "Leave out what is out of time: it is final for everyone.",
        )


def _demand_sound(defects: Sequence[Finding]) -> None:
    """Refuse a protest with a defect, naming it in full."""
    remedies = {
        "incomplete": "State what is missing and file again while time remains.",
        "split": "File one protest for each party, category and decision.",
        "not-protestable": "Such a decision cannot be protested.",
        "no-standing": "Only the parties of 19 USC 1514(c)(2) can protest.",
    }
    for each in defects:
        if each.outcome in remedies:
            raise refused(each.rule, each.outcome, f"{each.why}.", remedies[each.outcome])


def _demand_first(filing: Filing, beside: Iterable[Standing]) -> None:
    """Refuse a second protest of a party on a category (protest-one-per-category), also one by amendment."""
    for each in beside:
        other = each.life.filing
        finding = judge_further_protest(
            is_same_party=other.party == filing.party, is_same_category=bool(other.categories & filing.categories)
        )
        is_on_entry = not set(other.entries).isdisjoint(filing.entries)
        if finding.outcome == "reject" and is_on_entry and each.life.stage not in ("withdrawn", "rejected"):
            text = f"Protest {other.number} attacks the same category of an entry."
            raise conflict(finding.rule, "second-protest", text, "Amend that protest, or add grounds to it.")


def _demand(finding: Finding | None) -> None:
    if finding is not None:
        text = f"{finding.why[0].upper()}{finding.why[1:]}."
        remedy = _REMEDIES.get(finding.rule, "GET the protest and its clocks.")
        raise conflict(finding.rule, finding.outcome, text, remedy)


def _row(standing: Standing, act: Act, at: datetime, rule: str) -> ActRow:
    life = standing.life
    return ActRow(life.filing.number, life.acts + 1, act, at, rule, life.stage, advance(life, act).stage)


def _filed(standing: Standing, now: datetime) -> Outgoing:
    filing = standing.life.filing
    told = {
        "change": "filed",
        "state": "filed",
        "importer_number": filing.importer_number,
        "entries": filing.entries,
        "received_at": filing.received_at,
        "decide_by": decide_by(filing, ()),
        "further_review": filing.asks_further_review,
        "filer_role": filing.filer_role,
        "filer_id": filing.filer_id,
        "legal_basis": legal_basis("protest-decide-2y"),
    }
    return protest_changed(filing.number, 1, now, told)


def _changed(
    standing: Standing,
    row: ActRow,
    law: LawSettings,
    effect: MoneyEffect | None = None,
    decided: Sequence[LineDecision] = (),
) -> Outgoing:
    life = standing.life
    filing, sequence = life.filing, row.number + 1
    if row.from_state in OPEN and row.to_state not in OPEN:
        change = "withdrawn" if row.act.kind == "withdraw" else "decided"
    else:
        change = "reopened" if row.act.kind == "void-denial" else "changed"
    deemed = deemed_denied_on(life, join_known(standing.verdicts))
    refused_on = life.further_review_refused_on if life.further_review == "refused" else None
    reasons = str(row.act.details.get("reasons") or row.act.details.get("text") or "")
    told = {
        "change": change,
        "state": life.stage,
        "importer_number": filing.importer_number,
        "entries": filing.entries,
        "received_at": filing.received_at,
        "decide_by": standing.decide_by,
        "further_review": life.further_review != "none",
        "act": row.act.kind,
        "occurred_on": row.act.on,
        "filer_role": filing.filer_role,
        "filer_id": filing.filer_id,
        "further_review_state": life.further_review,
        "denied_on": life.denied_on,
        "sue_by": standing.sue_by,
        "deemed_denied_on": deemed[0] if deemed is not None else None,
        "ask_set_aside_by": set_aside_request_due(refused_on, law).safe if refused_on is not None else None,
        "lead_protest": life.lead,
        "effect": effect,
        "outcomes": tuple(
            {
                "entry_number": each.entry_number,
                "line_number": each.line_number or None,
                "outcome": each.outcome,
                "reasons": each.reasons[:MOST_TEXT],
            }
            for each in (decided[:MOST_OUTCOMES] if row.act.kind in SIGNED.values() else ())
        ),
        "legal_basis": legal_basis(row.rule),
        "reasons": (Reason(code=row.act.kind, text=reasons[:MOST_TEXT], citation=RULES[row.rule].citation),)
        if reasons
        else (),
    }
    return protest_changed(filing.number, sequence, row.acted_at, told)
