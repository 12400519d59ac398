"""What a program posts, a chunk of entries in each statement: the money of plain cases, and the acts of all.

Two lanes lead here. Of a plain case (one version, a known day of payment, no money of before) what the assessment needs
is known without looking at its lines, so it is written by arrays; the rest is judged entry by entry as everywhere else.
Both leave the same rows of assessments and refunds, and one statement makes the acts and events of both from these.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final, NamedTuple

import orjson

from services.liquidation.domain.money.amounts import ADDITIONAL_DUTY, DUTY, Amounts, sum_amounts
from services.liquidation.domain.money.interest import PayeeKind
from services.liquidation.domain.program.definition import Definition
from services.liquidation.domain.sequences import LIQUIDATION_KEY, OF_RELIQUIDATION, RELIQUIDATION_KEY, TURN
from services.liquidation.store.act_keys import liquidation_key_sql, liquidation_sequence_sql
from services.liquidation.store.cycles import EventSql
from services.liquidation.store.program_effects import item_of
from services.liquidation.store.program_proofs import leaf_sql
from services.liquidation.store.program_runs import Run
from services.liquidation.store.program_sql import Given, meant_sql, removed_sql
from shared.contracts.decision import DUTY_CLASSES
from shared.db import bulk
from shared.db.transaction import Transaction

# What of these entries is a plain case (`paid_on` is null where it is none), with what is removed by class of duty.
# Of each entry by its key (OFFSET 0): of a chunk the planner would rather read whole tables.
_LOOK: Final = """
SELECT e.entry_number, e.importer_number, e.entry_date,
    (e.released_at AT TIME ZONE 'America/New_York')::date AS released_on,
    CASE WHEN e.turns = 0 AND v.classes IS NOT NULL
        AND coalesce((v.classes ->> 'additional-duty')::bigint, 0) >= removed.additional
        AND coalesce((v.classes ->> 'duty')::bigint, 0) >= removed.ordinary
        AND NOT EXISTS (SELECT FROM entry_versions o WHERE o.entry_number = e.entry_number AND o.version < e.version
            AND o.barred_as IS NULL OFFSET 0)
        AND NOT EXISTS (SELECT FROM assessments a WHERE a.entry_number = e.entry_number OFFSET 0)
        AND NOT EXISTS (SELECT FROM bills b WHERE b.entry_number = e.entry_number OFFSET 0)
        AND NOT EXISTS (SELECT FROM refunds f WHERE f.entry_number = e.entry_number OFFSET 0)
        AND NOT EXISTS (SELECT FROM deposit_facts t WHERE t.entry_number = e.entry_number OFFSET 0)
        AND NOT EXISTS (SELECT FROM reliquidations q WHERE q.entry_number = e.entry_number OFFSET 0)
        AND NOT EXISTS (SELECT FROM review_decisions w WHERE w.entry_number = e.entry_number AND w.item_id <> {item}
            AND w.status = 'applied' OFFSET 0)
    THEN v.paid_on END AS paid_on,
    array_to_string(removed.headings, ',') AS headings, removed.additional, removed.ordinary
FROM unnest({numbers}) AS given(entry_number)
CROSS JOIN LATERAL (
    SELECT entry_number, importer_number, entry_date, released_at, turns, version FROM entries n
    WHERE n.entry_number = given.entry_number OFFSET 0
) e
CROSS JOIN LATERAL (
    SELECT classes, paid_on FROM entry_versions n WHERE n.entry_number = e.entry_number AND n.version = e.version
    OFFSET 0
) v
CROSS JOIN LATERAL (
    SELECT array_agg(DISTINCT d.hts ORDER BY d.hts) AS headings,
        coalesce(sum(d.duty_cents) FILTER (WHERE d.hts >= '99'), 0)::bigint AS additional,
        coalesce(sum(d.duty_cents) FILTER (WHERE d.hts < '99'), 0)::bigint AS ordinary
    FROM special_duties d WHERE d.entry_number = e.entry_number AND d.version = e.version AND {removed}
) removed
ORDER BY e.entry_number
"""
_KEYS: Final = f"""
SELECT e.entry_number, CASE WHEN given.is_again THEN '{RELIQUIDATION_KEY}:' || (1 + (SELECT count(*)
        FROM reliquidations q WHERE q.entry_number = e.entry_number))
    ELSE {liquidation_key_sql("e.turns")} END AS act_key
FROM unnest(string_to_array($1, ',')) AS named(entry_number)
JOIN entries e ON e.entry_number = named.entry_number
JOIN declared_entries r ON r.entry_number = e.entry_number AND r.program = $2 AND r.state = 'due'
CROSS JOIN LATERAL (SELECT r.act = 'reliquidate' AS is_again) given
"""
_USE: Final = """
WITH counted AS (
    SELECT DISTINCT ON (entry_number, item_id) decision_id FROM review_decisions
    WHERE entry_number = ANY($1::text[]) AND status = 'applied' AND outcome IN ('no-change', 'increase', 'refund')
    ORDER BY entry_number, item_id, decided_at, decision_id
)
UPDATE review_decisions d SET status = CASE WHEN c.decision_id IS NULL THEN 'superseded' ELSE 'effective' END
FROM review_decisions w LEFT JOIN counted c ON c.decision_id = w.decision_id
WHERE w.entry_number = ANY($1::text[]) AND w.status = 'applied' AND d.decision_id = w.decision_id
"""
# What is left of a class, which goes when nothing is.
_LESS: Final = """CASE {cents} WHEN 0 THEN {of} WHEN ({of} ->> '{class_code}')::bigint THEN {of} - '{class_code}'
        ELSE jsonb_set({of}, '{{{class_code}}}', to_jsonb(({of} ->> '{class_code}')::bigint - {cents})) END"""
_LESS_ADDITIONAL: Final = _LESS.format(class_code=ADDITIONAL_DUTY, cents="g.additional_cents", of="v.classes")
_ASSESS: Final = f"""
WITH given AS (
    SELECT named.entry_number, named.additional_cents, named.ordinary_cents, r.act = 'reliquidate' AS is_again,
        named.additional_cents + named.ordinary_cents AS removed_cents,
        round((named.additional_cents + named.ordinary_cents) * alike.share)::bigint AS interest_cents,
        CASE r.act WHEN 'liquidate' THEN 'liquidation' ELSE 'reliquidation' END
            || CASE WHEN r.act = 'reliquidate' AND r.writer = 'court-judgment' THEN '-by-court' ELSE '' END AS occasion,
        CASE r.act WHEN 'liquidate' THEN 'min-20-liquidation' ELSE 'min-20-reliquidation' END AS rule,
        CASE r.act WHEN 'liquidate' THEN '{LIQUIDATION_KEY}' ELSE '{RELIQUIDATION_KEY}:1' END AS act_key,
        alike.paid_on, alike.required_on, alike.required_basis, alike.payee, alike.bears
    FROM unnest(string_to_array($1, ','), string_to_array($2, ',')::integer[], string_to_array($3, ',')::bigint[],
            string_to_array($4, ',')::bigint[])
        AS named(entry_number, alike, additional_cents, ordinary_cents)
    JOIN declared_entries r ON r.entry_number = named.entry_number AND r.program = $5 AND r.state = 'due'
    JOIN unnest($6::date[], $7::date[], $8::text[], $9::text[], $10::numeric[], $11::boolean[]) WITH ORDINALITY
        AS alike(paid_on, required_on, required_basis, payee, share, bears, place) ON alike.place = named.alike
),
assessed AS (
    INSERT INTO assessments (entry_number, act_key, ordinal, occasion, liquidated_on, assessed_on, importer_number,
        before, found, outcome, rule, change_cents, interest_cents, interest_change_cents, total_cents, segments,
        is_disregarded, required_on, required_basis, payee, refund_number, terms)
    SELECT g.entry_number, g.act_key, 1, g.occasion, $12::date, $12, e.importer_number, v.classes,
        {_LESS.format(class_code=DUTY, cents="g.ordinary_cents", of="less.classes")},
        'refund', g.rule, -g.removed_cents, -g.interest_cents, -g.interest_cents, -g.removed_cents - g.interest_cents,
        CASE WHEN g.bears THEN jsonb_build_array(jsonb_build_object('debtor', 'cbp', 'cents', g.removed_cents,
            'start', g.paid_on, 'end', $12)) ELSE '[]'::jsonb END,
        false, g.required_on, g.required_basis, g.payee, g.entry_number || '-R01', $13::jsonb
    FROM given g JOIN entries e ON e.entry_number = g.entry_number
    JOIN entry_versions v ON v.entry_number = e.entry_number AND v.version = e.version
    CROSS JOIN LATERAL (SELECT {_LESS_ADDITIONAL} AS classes) less
    ORDER BY g.entry_number
)
INSERT INTO refunds (refund_number, entry_number, act_key, importer_number, surety_code, principal, interest_cents,
    refund_cents, liquidated_on, opened_on, due_on, revision, state, way, missing, reason, delay_blocks)
SELECT g.entry_number || '-R01', g.entry_number, g.act_key, e.importer_number, e.surety_code,
    jsonb_strip_nulls(jsonb_build_object('{ADDITIONAL_DUTY}', nullif(g.additional_cents, 0),
        '{DUTY}', nullif(g.ordinary_cents, 0))),
    g.interest_cents, g.removed_cents + g.interest_cents, $12, $12, $14::date, 1, payee.state, payee.way,
    payee.missing::jsonb, payee.reason, '[]'::jsonb
FROM given g JOIN entries e ON e.entry_number = g.entry_number
JOIN unnest($15::text[], $16::text[], $17::text[], $18::text[], $19::text[])
    AS payee(importer_number, state, way, missing, reason) ON payee.importer_number = e.importer_number
ORDER BY g.entry_number
"""
_MONEY = "round({cents}::numeric / 100, 2)::text"
_DUTY: Final = ", ".join(f"'{each}'" for each in sorted(DUTY_CLASSES))
# What an act changes as its event tells it: of a plain case one class, else every class that differs.
_EFFECT: Final = f"""
CASE WHEN is_disregarded THEN '{{"duty_usd":"0.00","fees_usd":"0.00","by_class":[]}}'
    WHEN lane = 'set' AND (before ->> 'additional-duty')::bigint - coalesce((found ->> 'additional-duty')::bigint, 0)
        = removed_cents THEN '{{"duty_usd":"' || {_MONEY.format(cents="-removed_cents")}
        || '","fees_usd":"0.00","by_class":[{{"class_code":"additional-duty","change_usd":"'
        || {_MONEY.format(cents="-removed_cents")} || '"}}]}}'
    ELSE (
        SELECT json_build_object(
            'duty_usd', coalesce({_MONEY.format(cents=f"sum(cents) FILTER (WHERE class_code IN ({_DUTY}))")}, '0.00'),
            'fees_usd',
                coalesce({_MONEY.format(cents=f"sum(cents) FILTER (WHERE class_code NOT IN ({_DUTY}))")}, '0.00'),
            'by_class', CASE WHEN bool_or(class_code NOT IN ('duty-unspecified', 'fees-unspecified'))
                THEN json_agg(json_build_object('class_code', class_code, 'change_usd',
                    {_MONEY.format(cents="cents")}) ORDER BY class_code) ELSE '[]'::json END
        )::text
        FROM (SELECT class_code, sum(cents) AS cents FROM (
                SELECT key AS class_code, value::bigint AS cents FROM jsonb_each_text(found)
                UNION ALL SELECT key, -value::bigint FROM jsonb_each_text(before)
            ) AS each GROUP BY class_code HAVING sum(cents) <> 0) AS changed
    ) END
"""
_LEAF: Final = leaf_sql("p", "definition_sha256")
_KEPT: Final = """entry_number, program, run, posted_on, revision, version, declaration_id, row_number, importer_number,
    cohort, act, writer, lane, act_key, sequence, liquidated_on, paid_on, headings, removed_cents, outcome,
    interest_cents, refund_cents, refund_number, missing, posted_at"""
_SUMS: Final = """
SELECT count(*) AS entries, count(*) FILTER (WHERE outcome = 'undetermined') AS undetermined,
    coalesce(sum(removed_cents), 0)::bigint AS removed_cents,
    coalesce(sum(interest_cents), 0)::bigint AS interest_cents, coalesce(sum(refund_cents), 0)::bigint AS refund_cents
FROM rows
"""


def _posting_sql(event: EventSql) -> str:
    return f"""
WITH given AS (
    SELECT * FROM unnest(string_to_array($1, ','), string_to_array($2, ','), string_to_array($3, ','),
        string_to_array($19, '|')) AS g(entry_number, act_key, lane, headings)
),
chosen AS (
    SELECT e.entry_number, e.turns, e.version, e.importer_number, e.surety_code, e.entry_type, e.port_of_entry,
        e.entry_date, e.center, e.scheduled_on, e.deemed_on, e.paid_on, e.state AS from_state,
        coalesce(e.effect_duty_cents, 0) AS stood_duty, coalesce(e.effect_fees_cents, 0) AS stood_fees,
        g.act_key, g.lane, string_to_array(g.headings, ',') AS headings,
        r.declaration_id, r.row_number, r.cohort, r.act, coalesce(r.writer, 'center') AS writer,
        r.removed_cents, r.act = 'reliquidate' AS is_again, a.outcome, a.foreseen,
        coalesce(a.is_disregarded, false) AS is_disregarded, a.interest_change_cents, a.total_cents, a.missing,
        a.bill_number, a.refund_number, a.before, a.found, f.state AS refund_state, f.refund_cents,
        f.missing ->> 0 AS refund_missing, b.due_on AS bill_due_on, b.billed_cents,
        decided.duty_cents AS decided_duty, decided.fees_cents AS decided_fees
    FROM given g
    CROSS JOIN LATERAL (SELECT * FROM entries n WHERE n.entry_number = g.entry_number OFFSET 0) e
    JOIN declared_entries r ON r.entry_number = g.entry_number AND r.program = $4 AND r.state = 'due'
    LEFT JOIN LATERAL (
        SELECT * FROM assessments n WHERE n.entry_number = g.entry_number AND n.act_key = g.act_key OFFSET 0
    ) a ON true
    LEFT JOIN LATERAL (SELECT * FROM refunds n WHERE n.refund_number = a.refund_number OFFSET 0) f ON true
    LEFT JOIN LATERAL (SELECT * FROM bills n WHERE n.bill_number = a.bill_number OFFSET 0) b ON true
    LEFT JOIN LATERAL (
        SELECT sum(w.duty_cents) AS duty_cents, sum(w.fees_cents) AS fees_cents FROM review_decisions w
        WHERE g.lane = 'careful' AND w.entry_number = g.entry_number AND w.status = 'effective'
    ) decided ON true
),
changed AS (
    SELECT chosen.*, $4::text AS program, $5::date AS today, $6::text AS run_at,
        CASE WHEN is_disregarded THEN 0 WHEN is_again OR lane = 'set' THEN -removed_cents ELSE decided_duty END
            AS change_duty,
        CASE WHEN is_disregarded OR is_again OR lane = 'set' THEN 0 ELSE decided_fees END AS change_fees
    FROM chosen
),
posted AS (
    SELECT changed.*,
        CASE WHEN is_again THEN stood_duty ELSE 0 END + change_duty AS effect_duty,
        CASE WHEN is_again THEN stood_fees ELSE 0 END + change_fees AS effect_fees,
        CASE WHEN is_again THEN 'reliquidated' ELSE 'liquidated' END AS change,
        CASE WHEN is_disregarded THEN 'no-change' ELSE coalesce(nullif(outcome, 'undetermined'), foreseen,
            CASE sign(change_duty + change_fees) WHEN 1 THEN 'increase' WHEN -1 THEN 'refund' ELSE 'no-change' END)
            END AS kind,
        CASE WHEN NOT is_again THEN 'liquidation-date' WHEN writer = 'center' THEN 'reliq-1501' ELSE 'reliq-court' END
            AS rule,
        CASE WHEN is_again THEN turns::bigint * {TURN} + {OF_RELIQUIDATION} + substr(act_key,
            {len(RELIQUIDATION_KEY) + 2})::bigint ELSE ({liquidation_sequence_sql("turns")})::bigint END AS sequence,
        CASE WHEN NOT is_again THEN $7 WHEN writer = 'center' THEN $8 ELSE $9 END AS detail,
        CASE WHEN NOT is_again THEN $10 WHEN writer = 'center' THEN $11 ELSE $12 END AS told_reasons,
        {_EFFECT} AS told_effect
    FROM changed
),
recorded AS (
    UPDATE entries e SET state = 'liquidated',
        liquidated_on = CASE WHEN p.is_again THEN e.liquidated_on ELSE p.today END,
        liquidation_posted_on = CASE WHEN p.is_again THEN e.liquidation_posted_on ELSE p.today END,
        liquidation_cycle_on = CASE WHEN p.is_again THEN e.liquidation_cycle_on END,
        liquidation_kind = CASE WHEN p.is_again THEN e.liquidation_kind ELSE p.kind END,
        liquidation_rule = CASE WHEN p.is_again THEN e.liquidation_rule ELSE p.rule END,
        effect_duty_cents = p.effect_duty, effect_fees_cents = p.effect_fees
    FROM posted p WHERE e.entry_number = p.entry_number
),
acts AS (
    INSERT INTO legal_events (entry_number, event_key, sequence, change, to_state, occurred_on, rule, detail,
        scheduled_on, deemed_on, kind, actor, authority)
    SELECT entry_number, act_key, sequence, change, 'liquidated', today, rule, detail, scheduled_on, deemed_on, kind,
        $13, $14
    FROM posted
),
again AS (
    INSERT INTO reliquidations (entry_number, number, reliquidated_on, writer, rule, kind, effect_duty_cents,
        effect_fees_cents, change_duty_cents, change_fees_cents, explanation, acted_by)
    SELECT entry_number, substr(act_key, {len(RELIQUIDATION_KEY) + 2})::integer, today, writer, rule, kind, effect_duty,
        effect_fees, change_duty, change_fees, detail, $13
    FROM posted WHERE is_again
),
told AS (
    INSERT INTO outbox (topic, key, value) SELECT '{event.topic}', entry_number, {event.value} FROM posted
),
requests AS (
    UPDATE declared_entries r SET state = 'posted' FROM posted p
    WHERE r.declaration_id = p.declaration_id AND r.row_number = p.row_number
),
rows AS (
    SELECT entry_number, program, $15::integer AS run, today AS posted_on, $16::integer AS revision, version,
        declaration_id, row_number, importer_number, cohort, act, writer, lane, act_key, sequence,
        today AS liquidated_on, paid_on, headings, removed_cents,
        coalesce(outcome, 'no-change') AS outcome,
        CASE WHEN is_disregarded THEN 0 ELSE -interest_change_cents END AS interest_cents,
        CASE WHEN outcome = 'undetermined' THEN NULL WHEN outcome = 'refund' THEN -total_cents ELSE 0 END
            AS refund_cents,
        refund_number, missing, $17::timestamptz AS posted_at, $18::text AS definition_sha256
    FROM posted
),
kept AS (
    INSERT INTO program_postings ({_KEPT}, leaf) SELECT {_KEPT}, {_LEAF} FROM rows p
)
{_SUMS}
"""


# What a cycle liquidated with the effect of a program: the act and its money are written already.
_TAKEN: Final = f"""
WITH rows AS (
    SELECT e.entry_number, $1::text AS program, $2::integer AS run, e.liquidation_posted_on AS posted_on,
        r.revision, e.version, r.declaration_id, r.row_number, e.importer_number,
        r.cohort, r.act, coalesce(r.writer, 'center') AS writer, 'cycle' AS lane,
        {liquidation_key_sql("e.turns")} AS act_key,
        ({liquidation_sequence_sql("e.turns")})::bigint AS sequence, e.liquidated_on, e.paid_on,
        ARRAY(SELECT jsonb_array_elements_text(w.body -> 'headings')) AS headings, -w.duty_cents AS removed_cents,
        coalesce(a.outcome, 'no-change') AS outcome,
        CASE WHEN a.is_disregarded THEN 0 ELSE -a.interest_change_cents END AS interest_cents,
        CASE WHEN a.outcome = 'undetermined' THEN NULL WHEN a.outcome = 'refund' THEN -a.total_cents ELSE 0 END
            AS refund_cents,
        a.refund_number, a.missing, $4::timestamptz AS posted_at,
        judged.definition_sha256
    FROM entries e
    JOIN review_decisions w ON w.entry_number = e.entry_number AND w.item_id = $6 AND w.status = 'effective'
    JOIN declared_entries r ON r.entry_number = e.entry_number AND r.program = $1 AND r.state IN ('due', 'waiting')
    JOIN unnest($3::integer[], $5::text[]) AS judged(revision, definition_sha256) ON judged.revision = r.revision
    LEFT JOIN assessments a ON a.entry_number = e.entry_number AND a.act_key = {liquidation_key_sql("e.turns")}
    WHERE e.liquidation_cycle_on = $7::date
),
requests AS (
    UPDATE declared_entries r SET state = 'posted' FROM rows p
    WHERE r.declaration_id = p.declaration_id AND r.row_number = p.row_number
),
kept AS (
    INSERT INTO program_postings ({_KEPT}, leaf) SELECT {_KEPT}, {_LEAF} FROM rows p
    ON CONFLICT (entry_number, program) DO NOTHING
)
{_SUMS}
"""


class Looked(NamedTuple):
    """An entry that is posted: what is removed, and what a plain case rests on (`paid_on` None: it is none)."""

    entry_number: str
    importer_number: str
    entry_date: date
    released_on: date | None
    paid_on: date | None
    headings: str
    additional_cents: int
    ordinary_cents: int

    @property
    def removed_cents(self) -> int:
        """All duty that is removed."""
        return self.additional_cents + self.ordinary_cents

    @property
    def by_class(self) -> Amounts:
        """The same by accounting class."""
        return sum_amounts([(ADDITIONAL_DUTY, self.additional_cents), (DUTY, self.ordinary_cents)])


class Alike(NamedTuple):
    """What plain cases have in common: the deposit, the kind of payee, what interest adds to each cent."""

    paid_on: date
    required_on: date | None
    required_basis: str
    payee: PayeeKind
    share: Decimal
    bears: bool


class PayeeRow(NamedTuple):
    """How the importer of plain cases can be paid: `missing` is JSON."""

    importer_number: str
    state: str
    way: str
    missing: str
    reason: str


class PostedSums(NamedTuple):
    """What one statement posted; money in cents."""

    entries: int
    undetermined: int
    removed_cents: int
    interest_cents: int
    refund_cents: int


@dataclass(frozen=True, slots=True)
class Words:
    """What the history and the events of a run say: by liquidation, reliquidation of a Center, and of a court."""

    details: tuple[str, str, str]
    reasons: tuple[str, str, str]
    actor: str
    authority: str
    definition_sha256: str


async def look_at(tx: Transaction, program: Definition, entry_numbers: Sequence[str]) -> dict[str, Looked]:
    """What the program removes of these entries, in order of number, and which of them are plain cases."""
    given = Given()
    sql = _LOOK.format(
        numbers=f"string_to_array({given.add(','.join(entry_numbers), 'text')}, ',')",
        item=given.add(item_of(program.program), "text"),
        removed=f"{meant_sql(program, given)} AND {removed_sql(program, given)}",
    )
    return {row["entry_number"]: Looked(*row.values()) for row in await bulk.fetch(tx, sql, *given.arguments)}


async def find_act_keys(tx: Transaction, program: str, entry_numbers: Sequence[str]) -> dict[str, str]:
    """The key of the act that each of these entries gets, which are held with their requests."""
    rows = await bulk.fetch(tx, _KEYS, ",".join(entry_numbers), program)
    return {row["entry_number"]: row["act_key"] for row in rows}


async def use_decisions(tx: Transaction, entry_numbers: Sequence[str]) -> None:
    """Let the decisions that wait on these entries take effect: of several on one item the earliest."""
    if entry_numbers:
        await bulk.execute(tx, _USE, list(entry_numbers))


async def write_plain_money(
    tx: Transaction,
    program: str,
    plain: Sequence[tuple[Looked, int]],
    alike: Sequence[Alike],
    payees: Sequence[PayeeRow],
    terms: dict[str, Any],
    today: date,
    due_on: date,
) -> None:
    """Write the assessments and refunds of plain cases, as `judge_act` judges them, each `alike` to one by place.

    Long columns travel as text: the driver looks at each element of an array.
    """
    if plain:
        columns = [
            ",".join(each.entry_number for each, _ in plain),
            ",".join(str(place) for _, place in plain),
            ",".join(str(each.additional_cents) for each, _ in plain),
            ",".join(str(each.ordinary_cents) for each, _ in plain),
        ]
        of_alike = [list(column) for column in zip(*alike, strict=True)]
        of_payees = [list(column) for column in zip(*payees, strict=True)]
        told = orjson.dumps(terms).decode()
        await bulk.execute(tx, _ASSESS, *columns, program, *of_alike, today, told, due_on, *of_payees)


async def write_posted(
    tx: Transaction,
    run: Run,
    event: EventSql,
    acts: Sequence[tuple[str, str, str, str]],
    words: Words,
    now: datetime,
) -> PostedSums:
    """Write the acts on entries whose money is assessed: (entry, act key, lane, headings).

    With their events and their proofs.
    """
    numbers, keys, lanes = (",".join(each[place] for each in acts) for place in range(3))
    (row,) = await bulk.fetch(
        tx,
        _posting_sql(event),
        numbers,
        keys,
        lanes,
        run.program,
        run.posted_on,
        now.isoformat(),
        *words.details,
        *words.reasons,
        words.actor,
        words.authority,
        run.run,
        run.revision,
        now,
        words.definition_sha256,
        "|".join(each[3] for each in acts),
    )
    return PostedSums(*row.values())


async def write_taken(tx: Transaction, run: Run, friday: date, digests: Mapping[int, str], now: datetime) -> PostedSums:
    """Note what the cycle of a Friday liquidated with the effect of the run's program: it is posted.

    By the revision that judged each entry, which may be one before that in force; `digests` has those of all.
    """
    given = (run.program, run.run, list(digests), now, list(digests.values()), item_of(run.program), friday)
    (row,) = await bulk.fetch(tx, _TAKEN, *given)
    return PostedSums(*row.values())
