"""Assessments: what each act on an entry comes to in money, and which acts are still to be assessed."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from operator import itemgetter
from typing import Any, Final, Literal

import orjson

from services.liquidation.domain.money.amounts import Amounts, add_amounts
from services.liquidation.domain.money.assessment import Occasion, Outcome
from services.liquidation.domain.money.balance import DueBasis, name_effects
from services.liquidation.domain.money.interest import Missing, PayeeKind, Segment
from services.liquidation.domain.money.terms import Terms, terms_from_json
from services.liquidation.domain.reliquidation import restate
from services.liquidation.store.act_keys import liquidation_key_sql, reliquidation_key_sql
from services.liquidation.store.money_rows import write_rows
from services.liquidation.store.standing_effects import STANDING_EFFECT, join_standing
from services.liquidation.store.tables.assessments import assessments
from shared.customs.money import to_cents
from shared.db import bulk
from shared.db.transaction import Transaction

AssessmentOutcome = Outcome | Literal["undetermined", "void"]

_KEY: Final = liquidation_key_sql("e.turns")
# Only entries that a decision changed in the cycle of this Friday: all others are liquidated as entered and leave
# nothing here. And those whose liquidation before had no effect: what was paid on it is taken into account.
_ASSESSABLE: Final = f"""
SELECT e.entry_number FROM entries e
WHERE e.liquidation_cycle_on = $1 AND (e.effect_duty_cents <> 0 OR e.effect_fees_cents <> 0)
    AND e.entry_number > $2 AND NOT EXISTS (
        SELECT 1 FROM assessments m WHERE m.entry_number = e.entry_number AND m.act_key = {_KEY}
    )
UNION
SELECT e.entry_number FROM assessments v JOIN entries e USING (entry_number)
WHERE v.outcome = 'void' AND e.liquidation_cycle_on = $1 AND e.entry_number > $2 AND NOT EXISTS (
        SELECT 1 FROM assessments m WHERE m.entry_number = e.entry_number AND m.act_key = {_KEY}
    )
ORDER BY entry_number LIMIT $3
"""
# What was liquidated as if the difference stood, but is as entered because it is disregarded.
_DISREGARD: Final = f"""
WITH given AS (SELECT unnest($1::text[]) AS entry_number),
changed AS (
    UPDATE entries e SET liquidation_kind = 'no-change', effect_duty_cents = 0, effect_fees_cents = 0
    FROM given WHERE e.entry_number = given.entry_number
    RETURNING e.entry_number, {_KEY} AS event_key
)
UPDATE legal_events a SET kind = 'no-change' FROM changed
WHERE a.entry_number = changed.entry_number AND a.event_key = changed.event_key
"""
# The reliquidations of the liquidation that stands, with its own effect and whether each is disregarded.
_RELIQUIDATED: Final = f"""
SELECT k.entry_number, k.number, k.effect_duty_cents, k.effect_fees_cents,
    stood.effect_duty_cents AS stood_duty_cents, stood.effect_fees_cents AS stood_fees_cents,
    coalesce(f.is_disregarded, false) AS is_disregarded
FROM entries e
JOIN legal_events o ON o.entry_number = e.entry_number AND o.event_key = {_KEY}
CROSS JOIN LATERAL (
    SELECT
{STANDING_EFFECT}
    FROM (SELECT o.entry_number, o.event_key, o.sequence) a
{join_standing("false")}
) stood
JOIN reliquidations k ON k.entry_number = e.entry_number
JOIN legal_events y ON y.entry_number = k.entry_number AND y.event_key = {reliquidation_key_sql("k.number")}
    AND y.sequence > o.sequence
LEFT JOIN assessments f ON f.entry_number = k.entry_number AND f.act_key = y.event_key
WHERE e.entry_number = ANY($1::text[])
ORDER BY k.entry_number, k.number
"""
_RESTATE: Final = f"""
WITH given AS (
    SELECT * FROM unnest($1::text[], $2::integer[], $3::text[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[])
        AS t (entry_number, number, kind, effect_duty_cents, effect_fees_cents, change_duty_cents, change_fees_cents)
),
restated AS (
    UPDATE reliquidations r SET kind = g.kind, effect_duty_cents = g.effect_duty_cents,
        effect_fees_cents = g.effect_fees_cents, change_duty_cents = g.change_duty_cents,
        change_fees_cents = g.change_fees_cents
    FROM given g WHERE r.entry_number = g.entry_number AND r.number = g.number
        AND (r.change_duty_cents, r.change_fees_cents) IS DISTINCT FROM (g.change_duty_cents, g.change_fees_cents)
    RETURNING r.entry_number, r.kind, {reliquidation_key_sql("r.number")} AS event_key
),
told AS (
    UPDATE legal_events a SET kind = r.kind
    FROM restated r WHERE a.entry_number = r.entry_number AND a.event_key = r.event_key
)
UPDATE entries e SET effect_duty_cents = g.effect_duty_cents, effect_fees_cents = g.effect_fees_cents
FROM (SELECT DISTINCT ON (entry_number) * FROM given ORDER BY entry_number, number DESC) g
WHERE e.entry_number = g.entry_number
"""
_EFFECTS: Final = """
SELECT entry_number, duty_cents, fees_cents, body -> 'effect' -> 'by_class' AS by_class FROM review_decisions
WHERE entry_number = ANY($1::text[]) AND status = 'effective' AND (duty_cents <> 0 OR fees_cents <> 0)
ORDER BY entry_number, decision_id
"""
# Of each entry that a program changed in its liquidation: the program's terms, and whether others changed it too.
_TERMS: Final = """
SELECT entry_number, min(body ->> 'terms') FILTER (WHERE body ? 'terms') AS terms,
    count(*) FILTER (WHERE duty_cents <> 0 OR fees_cents <> 0) > 1 AS is_mixed
FROM review_decisions WHERE entry_number = ANY($1::text[]) AND status = 'effective'
GROUP BY entry_number HAVING bool_or(body ? 'terms')
"""
_UNDETERMINED: Final = """
SELECT DISTINCT entry_number FROM assessments
WHERE outcome = 'undetermined' AND importer_number = $1 ORDER BY entry_number
"""
FACT_IS_KNOWN: Final = """
SELECT u.entry_number, u.act_key, u.missing FROM (
    SELECT DISTINCT ON (entry_number) * FROM assessments WHERE outcome = 'undetermined' ORDER BY entry_number, ordinal
) AS u
JOIN entries e ON e.entry_number = u.entry_number
LEFT JOIN LATERAL (
    SELECT is_corporation, pays_monthly FROM importer_refund_accounts a
    WHERE a.importer_number = u.importer_number ORDER BY a.revision DESC LIMIT 1
) AS payee ON true
LEFT JOIN LATERAL (
    SELECT required_on, case_order_on FROM deposit_facts d
    WHERE d.entry_number = u.entry_number ORDER BY d.revision DESC LIMIT 1
) AS deposit ON true
WHERE (u.missing = 'payee-kind' AND payee.is_corporation IS NOT NULL)
    OR (u.missing = 'deposit-due-date' AND (payee.pays_monthly IS NOT NULL OR deposit.required_on IS NOT NULL))
    OR (u.missing = 'case-order-date' AND deposit.case_order_on <= e.entry_date)
"""
"""Assessments, of each entry the first that lacks a fact, whose missing fact people have recorded; must be none."""
_DETERMINABLE: Final = f"""
SELECT entry_number FROM ({FACT_IS_KNOWN}) AS known WHERE entry_number > $2
UNION
SELECT entry_number FROM assessments
WHERE outcome = 'undetermined' AND missing = 'interest-rate' AND liquidated_on <= $1 AND entry_number > $2
ORDER BY entry_number LIMIT $3
"""


@dataclass(slots=True)
class AssessmentRow:
    """A row of `assessments`."""

    entry_number: str
    act_key: str
    ordinal: int
    occasion: Occasion
    liquidated_on: date
    assessed_on: date
    importer_number: str
    before: Amounts
    found: Amounts
    outcome: AssessmentOutcome
    rule: str
    change_cents: int
    interest_cents: int | None
    interest_change_cents: int | None
    total_cents: int | None
    segments: list[Segment]
    is_disregarded: bool
    reason_code: str | None
    missing: Missing | None
    why: str | None
    foreseen: Outcome | None
    required_on: date | None
    required_basis: DueBasis
    payee: PayeeKind | None
    bill_number: str | None = None
    refund_number: str | None = None
    claimed_on: date | None = None
    terms: Mapping[str, Any] | None = None


def build_assessment(row: Mapping[str, Any]) -> AssessmentRow:
    """An assessment from its columns."""
    segments = [
        Segment(each["debtor"], each["cents"], date.fromisoformat(each["start"]), date.fromisoformat(each["end"]))
        for each in row["segments"]
    ]
    return AssessmentRow(**{**row, "segments": segments})


async def find_assessable(tx: Transaction, friday: date, after: str, limit: int) -> list[str]:
    """Entries that the cycle of a Friday took by decisions that changed money, not assessed yet, in order of number."""
    return [row["entry_number"] for row in await bulk.fetch(tx, _ASSESSABLE, friday, after, limit)]


async def find_undetermined(tx: Transaction, importer_number: str) -> list[str]:
    """Entries of an importer with an assessment that lacks a fact."""
    return [row["entry_number"] for row in await bulk.fetch(tx, _UNDETERMINED, importer_number)]


async def find_determinable(tx: Transaction, rates_until: date, after: str, limit: int) -> list[str]:
    """Entries with an assessment that lacks a fact which is known, in order of number; rates are until a day."""
    return [row["entry_number"] for row in await bulk.fetch(tx, _DETERMINABLE, rates_until, after, limit)]


async def load_effects(tx: Transaction, entry_numbers: Collection[str]) -> dict[str, Amounts]:
    """What the decisions that took effect change of each entry, by class as far as they say."""
    found: dict[str, Amounts] = {}
    for row in await bulk.fetch(tx, _EFFECTS, sorted(set(entry_numbers))):
        effect = read_effect(row["by_class"], row["duty_cents"], row["fees_cents"])
        found[row["entry_number"]] = add_amounts(found.get(row["entry_number"], {}), effect)
    return found


async def load_terms(tx: Transaction, entry_numbers: Collection[str]) -> dict[str, Terms]:
    """The terms of the programs whose decisions took effect; entries that no program changed are absent."""
    found: dict[str, Terms] = {}
    for row in await bulk.fetch(tx, _TERMS, sorted(set(entry_numbers))):
        terms = terms_from_json(orjson.loads(row["terms"]))
        assert terms is not None
        found[row["entry_number"]] = replace(terms, is_mixed=row["is_mixed"])
    return found


def read_effect(by_class: Sequence[Mapping[str, Any]] | None, duty_cents: int, fees_cents: int) -> Amounts:
    """What a kept decision changes, by class as far as it says."""
    named = {each["class_code"]: to_cents(each["change_usd"]) for each in by_class or ()}
    return named or name_effects(duty_cents, fees_cents)


async def write_assessments(tx: Transaction, rows: Sequence[AssessmentRow]) -> None:
    """Write assessments; one that lacked a fact is written again when it is known."""
    await write_rows(tx, assessments, rows)


async def mark_disregarded(tx: Transaction, entry_numbers: Sequence[str]) -> None:
    """Put entries and their acts of liquidation down as liquidated as entered."""
    if entry_numbers:
        await bulk.execute(tx, _DISREGARD, list(entry_numbers))


async def restate_reliquidations(tx: Transaction, entry_numbers: Collection[str]) -> None:
    """Put down anew what reliquidations of these entries change, as those that are disregarded change nothing."""
    given = []
    found = await bulk.fetch(tx, _RELIQUIDATED, sorted(set(entry_numbers)))
    for entry_number, group in groupby(found, key=itemgetter("entry_number")):
        acts = list(group)
        stood = (acts[0]["stood_duty_cents"], acts[0]["stood_fees_cents"])
        effects = [((each["effect_duty_cents"], each["effect_fees_cents"]), each["is_disregarded"]) for each in acts]
        for act, restated in zip(acts, restate(stood, effects), strict=True):
            given.append((entry_number, act["number"], restated.kind, *restated.effect, *restated.change))
    if given:
        await bulk.execute(tx, _RESTATE, *(list(column) for column in zip(*given, strict=True)))
