"""Acts of people on a protest, in their capacity: loaded, judged, written and published, the decision among them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final, get_args

from services.liquidation.acts.protest_clocks import do_acts_of_law
from services.liquidation.acts.protest_decisions import cover_every_entry, demand_decidable, reliquidate_allowed
from services.liquidation.acts.protest_filings import demand_first
from services.liquidation.acts.protest_judging import judge_protests
from services.liquidation.acts.refusals import conflict, demand_order, refused
from services.liquidation.domain.history_order import NamedDay, name_days
from services.liquidation.domain.law import LawSettings
from services.liquidation.domain.money.settings import MoneyPolicy
from services.liquidation.domain.protest.act_rules import (
    TWO_PEOPLE,
    judge_act,
    judge_second_person,
    judge_stage,
    rule_of_act,
)
from services.liquidation.domain.protest.decision import judge_summons
from services.liquidation.domain.protest.filing import Filing
from services.liquidation.domain.protest.judging import JudgedProtest
from services.liquidation.domain.protest.record import Act, LineDecision, ProtestRecord, number_act, read_recommendation
from services.liquidation.domain.protest.stages import OPEN, SIGNED, ActKind, RequestKind
from services.liquidation.domain.rules.rule import Finding
from services.liquidation.domain.rules.table import RULES
from services.liquidation.publishing import SOURCE, protest_changed
from services.liquidation.store import protests as store
from services.liquidation.store import records
from services.liquidation.store.sight import find_matter_of_protest
from shared.bus import outbox
from shared.customs.calendar import legal_date
from shared.db.transaction import Transaction
from shared.runtime.access import Matter, demand, no_such, reach_of
from shared.runtime.concurrency import IfMatch
from shared.runtime.errors import Conflict, NotFound, Refused
from shared.runtime.identity import Identity
from shared.runtime.two_people import second_person_required

PROTEST_ACTIONS: Final = tuple(f"protest.{kind}" for kind in get_args(RequestKind))
"""The actions of the table of authority, one for each kind of act."""

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
    "protest-stage": "GET the protest: it says in which state it is.",
    "protest-180": "An entry that is not protested in time is final for everyone.",
    "protest-denial-notice": "State the reasons.",
}


@dataclass(frozen=True, slots=True)
class ActRequest:
    """What somebody wants to do, with what the act states as JSON values; `is_for_group`: on several protests alike."""

    kind: RequestKind
    details: Mapping[str, Any]
    is_for_group: bool = False


@dataclass(frozen=True, slots=True)
class PreparedAct:
    """An act that may be done: the protest before it, and what is recommended or signed on each entry and line."""

    protest: JudgedProtest
    act: Act
    authority: str
    lines: tuple[LineDecision, ...]


async def act_on_protest(
    tx: Transaction,
    now: datetime,
    number: str,
    meant: IfMatch,
    request: ActRequest,
    caller: Identity,
    policy: MoneyPolicy,
) -> JudgedProtest:
    """Do an act on a protest and publish it; gives where the protest stands after it.

    What is allowed is reliquidated with it. Raises what `prepare_act` raises.
    """
    prepared = await prepare_act(tx, now, number, meant, request, caller, policy.law)
    act = prepared.act
    done = number_act(prepared.protest.record, act, now, rule_of_act(act), prepared.authority)
    signed = prepared.lines if act.kind in SIGNED.values() else ()

    await store.write_acts(tx, [done])
    await store.write_line_decisions(tx, number, done.number, signed)
    effect = await reliquidate_allowed(tx, now, number, signed, caller, prepared.authority, policy)
    after = (await judge_protests(tx, [number], policy.law))[number]
    await outbox.add(tx, SOURCE, [protest_changed(after, done, policy.law, now, signed=signed, effect=effect)])
    return after


async def prepare_act(
    tx: Transaction,
    now: datetime,
    number: str,
    meant: IfMatch,
    request: ActRequest,
    caller: Identity,
    law: LawSettings,
) -> PreparedAct:
    """The act on a protest that is asked for, when it may be done; what the law has done by then is done first.

    Raises `NotFound`, `Forbidden`, `Stale`, `Conflict` when the law or the state forbids it, `Refused` otherwise.
    """
    await records.exclude_cycles(tx)
    known = (await store.load_protests(tx, [number])).get(number)
    if known is None:
        raise no_protest(number)
    authority = await _demand_authority(tx, caller, known.filing, request.kind, legal_date(now))
    if request.kind == "sign":
        await records.lock_entries(tx, known.filing.entries, create=False)
    judged, acted = await do_acts_of_law(tx, [number], now, law)
    protest = judged.pop(number)
    # What the law has just done is nobody's edit: whoever read the protest before gets its rule for an answer.
    meant.check(protest.record.acts - acted)

    act = _state_act(protest, request, caller, legal_date(now), law)
    lines = _list_decided(protest, act)
    _demand(
        judge_second_person(
            protest.record, act, await store.find_deciders(tx.connection, protest.record.filing.entries)
        )
    )
    demand_order(_list_days(protest.record, act), kind=None)
    _demand(judge_act(protest.record, protest.verdicts, act, law))
    await demand_decidable(tx, protest.verdicts, lines)
    if act.kind == "amend":
        added = replace(protest.record.filing, categories=frozenset(act.details["categories"]))
        demand_first(added, judged.values())
    if act.kind == "suspend":
        await _demand_lead(tx, number, str(act.details.get("lead")), caller, legal_date(now))
    return PreparedAct(protest, act, authority, lines)


def _state_act(protest: JudgedProtest, request: ActRequest, caller: Identity, today: date, law: LawSettings) -> Act:
    """The act with everything that it states; signing becomes the decision that is recommended."""
    record, details = protest.record, dict(request.details)
    if request.kind == "sign":
        if record.recommendation is None:
            why = f"the protest is {record.stage}: nothing is recommended"
            raise _forbid(Finding("protest-stage", "wrong-stage", why))
        details["reasons"] = details.get("reasons") or record.recommendation.reasons
        return Act(SIGNED[record.recommendation.outcome], today, caller.subject, caller.acting_for, details)
    match request.kind:
        case "recommend":
            details["items"] = cover_every_entry(record.filing, details, is_for_group=request.is_for_group)
            outcomes = {item["outcome"] for item in details["items"]}
            details["outcome"] = outcomes.pop() if len(outcomes) == 1 else "allowed-in-part"
            if request.is_for_group:
                details["for_group"] = True
        case "reject":
            details["defects"] = [each.outcome for each in protest.defects]
        case "request-acceleration":
            details["mailed_on"] = details.get("mailed_on") or str(today)
        case "summon":
            filed_on, is_paid = date.fromisoformat(details["filed_on"]), details["are_duties_paid"]
            doubts = judge_summons(record.denied_on, filed_on, law, are_duties_paid=is_paid)
            details["doubts"] = [f"{each.rule}: {each.why}" for each in doubts]
        case _:
            pass
    return Act(request.kind, today, caller.subject, caller.acting_for, details)


def _list_days(record: ProtestRecord, act: Act) -> list[NamedDay]:
    """The day that an act states or is done on, with what it follows, as the table of orders knows them."""
    days: dict[str, date | None] = {"protest_received_on": record.filing.received_on}
    match act.kind:
        case "request-acceleration":
            days["acceleration_mailed_on"] = date.fromisoformat(act.details["mailed_on"])
        case "deny":
            days["denied_on"] = act.on
        case "allow" | "allow-in-part":
            days["allowed_on"] = act.on
        case "refuse-further-review":
            days["further_review_refused_on"] = act.on
        case "request-set-aside":
            days = {"further_review_refused_on": record.further_review_refused_on, "set_aside_requested_on": act.on}
        case "request-void":
            days = {"denied_on": record.denied_on, "void_requested_on": act.on}
        case _:
            pass
    return name_days(days, {"acceleration_mailed_on": "mailed_on"})


def _list_decided(protest: JudgedProtest, act: Act) -> tuple[LineDecision, ...]:
    """What an act recommends or signs on each entry and line."""
    if act.kind == "recommend":
        return read_recommendation(act).lines
    recommended = protest.record.recommendation
    return recommended.lines if act.kind in SIGNED.values() and recommended is not None else ()


def _demand(finding: Finding | None) -> None:
    if finding is not None:
        raise _forbid(finding)


def bar_of_act(
    record: ProtestRecord, kind: RequestKind, caller: Identity, on: date, decided_entry: frozenset[str]
) -> Refused | None:
    """What stands against an act of this kind before anything is stated: the stage, and the rule of two people."""
    wanted: ActKind
    if kind == "sign":
        wanted = SIGNED[record.recommendation.outcome] if record.recommendation is not None else "deny"
    else:
        wanted = kind
    act = Act(wanted, on, caller.subject, caller.acting_for)
    finding = judge_stage(record, wanted, on) or judge_second_person(record, act, decided_entry)
    return _forbid(finding) if finding is not None else None


def _forbid(finding: Finding) -> Refused:
    # Stages and the separation of duties are rules of the Centers, which cite nothing.
    if finding.rule == TWO_PEOPLE:
        return second_person_required(finding.why)
    rule = RULES.get(finding.rule)
    return Conflict(
        f"{finding.why[0].upper()}{finding.why[1:]}.",
        rule=finding.rule,
        code=finding.outcome,
        citation=rule.citation if rule is not None else None,
        remedy=_REMEDIES.get(finding.rule, "GET the protest and its clocks."),
    )


async def _demand_authority(tx: Transaction, caller: Identity, filing: Filing, kind: RequestKind, on: date) -> str:
    """The row of authority on which the act rests; outside parties act on their own protests, which others may read."""
    seen = await find_matter_of_protest(tx.connection, filing)
    own = matter_for_acts(filing, seen)
    return demand(caller, f"protest.{kind}", on, own, f"protest {filing.number}", sight=seen)


def matter_for_acts(filing: Filing, seen: Matter) -> Matter:
    """Whose the protest is to act on: of those who read it, the party that protests and the broker that filed it."""
    return replace(
        seen,
        importer_number=filing.importer_number if filing.party.startswith("importer:") else None,
        filer_code=filing.filer_id if filing.filer_role == "broker" else None,
    )


async def _demand_lead(tx: Transaction, number: str, lead: str, caller: Identity, on: date) -> None:
    """Refuse to wait for what is no open protest; one that the caller may not read is answered as if it were none."""
    found = (await store.load_protests(tx, [lead])).get(lead)
    reach = reach_of(caller, "protest.read", on)
    if found is None or lead == number or not reach.covers(await find_matter_of_protest(tx.connection, found.filing)):
        text = f"There is no other protest {lead} to wait for."
        raise refused("protest-decide-2y", "no-lead", text, "Name the protest that is decided first.")
    if found.state not in OPEN or found.state == "suspended":
        text = f"Protest {lead} is {found.state}."
        raise conflict("protest-decide-2y", "lead-not-open", text, "A lead protest is open and waits for no other.")


def no_protest(number: str) -> NotFound:
    """There is no such protest that the caller may read; to be raised."""
    return no_such(f"protest {number}")
