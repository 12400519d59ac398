"""Whom a broadcast is for: what events said of accounts and parties, and the one statement that judges everybody.

Each criterion is true, false or not known (NULL) of a recipient, and AND of SQL says the rest: one that is false puts
out, else one that is not known leaves open.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, NamedTuple

import orjson

from services.notifications.domain.broadcasts import Broadcast
from services.notifications.domain.segments import ACTIVE_MONTHS, Standing
from services.notifications.store.tables import account_facts, traits
from shared.customs.calendar import add_months
from shared.db import bulk
from shared.db.transaction import Transaction

_FACT_COLUMNS = ("importer_number", "sequence", "center", "effective_on", "programs", "size")
_KEEP_FULLER = (
    "(importer_number, sequence) DO UPDATE SET programs = excluded.programs, size = excluded.size"
    " WHERE account_facts.programs IS NULL AND excluded.programs IS NOT NULL"
)
_TRAIT_COLUMNS = ("recipient", "kind", "value", "last_on")
_KEEP_LATEST = (
    "(recipient, kind, value) DO UPDATE SET last_on = excluded.last_on WHERE traits.last_on < excluded.last_on"
)
HEADING: Final = "heading"
PARTLY: Final = "heading-partly"
COUNTRY: Final = "country"
CENTER: Final = "center"

_ADDRESS: Final = r"^[A-Za-z0-9.!#$%&''*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*$"
"""As `is_mail_address` has it; what slips through settles as without address when it is sent."""

# $1 roles, $2 center, $3/$4 first and last subheadings, $5 programs, $6 sizes, $7 countries, $8 day, $9 first day of
# what counts, $10 nature, $11 the broadcast that is corrected, $12 whether it is public.
_JUDGED: Final = f"""
WITH facts AS MATERIALIZED (
    SELECT DISTINCT ON (importer_number) importer_number, center, programs, size FROM account_facts
    WHERE effective_on <= $8::date ORDER BY importer_number, sequence DESC
), goods AS MATERIALIZED (
    SELECT t.recipient,
        bool_or(t.kind = '{HEADING}' AND EXISTS (
            SELECT FROM unnest($3::text[], $4::text[]) r(first, last)
            WHERE t.value COLLATE "C" BETWEEN r.first AND r.last)) AS is_hit,
        bool_or(t.kind = '{PARTLY}') AS is_partly
    FROM traits t WHERE t.kind IN ('{HEADING}', '{PARTLY}') AND t.last_on >= $9::date AND cardinality($3::text[]) > 0
    GROUP BY t.recipient
), lands AS MATERIALIZED (
    SELECT t.recipient, bool_or(t.value = ANY($7::text[])) AS is_hit FROM traits t
    WHERE t.kind = '{COUNTRY}' AND t.last_on >= $9::date AND cardinality($7::text[]) > 0 GROUP BY t.recipient
), places AS MATERIALIZED (
    SELECT t.recipient, bool_or(t.value = $2::text) AS is_hit FROM traits t
    WHERE t.kind = '{CENTER}' AND t.last_on >= $9::date GROUP BY t.recipient
), clients AS MATERIALIZED (
    SELECT DISTINCT d.party_id, d.importer_number FROM delegations d
    WHERE 'agent' = ANY($1::text[]) AND d.from_on <= $8::date AND (d.to_on IS NULL OR $8::date <= d.to_on)
        AND (d.revoked_on IS NULL OR $8::date < d.revoked_on)
), everybody AS (
    SELECT i.importer_number AS recipient, 'importer' AS role,
        i.email IS NOT NULL AND i.email ~ '{_ADDRESS}' AS has_address,
        CASE WHEN f.importer_number IS NOT NULL THEN f.center IS NOT DISTINCT FROM $2::text END AS center_is,
        CASE WHEN NOT g.is_hit AND g.is_partly THEN NULL ELSE g.is_hit END AS tariff_is,
        f.programs ?| $5::text[] AS program_is, f.size = ANY($6::text[]) AS size_is, l.is_hit AS country_is
    FROM importers i LEFT JOIN facts f USING (importer_number)
        LEFT JOIN goods g ON g.recipient = i.importer_number LEFT JOIN lands l ON l.recipient = i.importer_number
    UNION ALL
    SELECT p.party_id, p.kind, EXISTS (
            SELECT FROM jsonb_array_elements(
                CASE WHEN jsonb_typeof(p.contacts) = 'array' THEN p.contacts ELSE '[]' END) c
            WHERE c ->> 'process' IN ('policy-analysis', 'all') AND c ->> 'email' ~ '{_ADDRESS}'),
        CASE WHEN p.kind = 'agent' THEN a.center_is ELSE w.is_hit END,
        CASE WHEN p.kind = 'agent' THEN a.tariff_is
            WHEN NOT g.is_hit AND g.is_partly THEN NULL ELSE g.is_hit END,
        NULL, NULL,
        CASE WHEN p.kind = 'agent' THEN a.country_is ELSE l.is_hit END
    FROM parties p LEFT JOIN goods g ON g.recipient = p.party_id LEFT JOIN lands l ON l.recipient = p.party_id
        LEFT JOIN places w ON w.recipient = p.party_id
        LEFT JOIN LATERAL (
            SELECT CASE WHEN count(*) = 0 THEN false
                    WHEN bool_or(f.importer_number IS NOT NULL AND f.center IS NOT DISTINCT FROM $2::text) THEN true
                    WHEN bool_and(f.importer_number IS NOT NULL) THEN false END AS center_is,
                CASE WHEN bool_or(g.is_hit) THEN true
                    WHEN bool_and(g.is_hit IS NOT NULL AND NOT g.is_partly) THEN false END AS tariff_is,
                CASE WHEN bool_or(l.is_hit) THEN true WHEN bool_and(l.is_hit IS NOT NULL) THEN false END AS country_is
            FROM clients c LEFT JOIN facts f USING (importer_number)
                LEFT JOIN goods g ON g.recipient = c.importer_number
                LEFT JOIN lands l ON l.recipient = c.importer_number
            WHERE c.party_id = p.party_id AND p.kind = 'agent') a ON true
    WHERE p.kind IN ('filer', 'agent', 'surety') AND (p.closed_on IS NULL OR $8::date < p.closed_on)
), judged AS (
    SELECT e.recipient, e.role, e.has_address,
        CASE WHEN $10::text = 'directory' OR e.role <> ALL($1::text[]) THEN false ELSE
            center_is AND (tariff_is OR cardinality($3::text[]) = 0) AND (program_is OR cardinality($5::text[]) = 0)
            AND (size_is OR cardinality($6::text[]) = 0) AND (country_is OR cardinality($7::text[]) = 0)
        END AS is_in,
        array_remove(ARRAY[
            CASE WHEN center_is IS NULL THEN 'center' END,
            CASE WHEN tariff_is IS NULL AND cardinality($3::text[]) > 0 THEN 'tariff' END,
            CASE WHEN program_is IS NULL AND cardinality($5::text[]) > 0 THEN 'program' END,
            CASE WHEN size_is IS NULL AND cardinality($6::text[]) > 0 THEN 'size' END,
            CASE WHEN country_is IS NULL AND cardinality($7::text[]) > 0 THEN 'country' END], NULL) AS unknown
    FROM everybody e
), corrected AS (
    SELECT r.recipient FROM broadcast_recipients r WHERE r.broadcast_id = $11::uuid AND r.state = 'told'
), chosen AS (
    SELECT j.recipient, j.role, j.has_address, b.is_on IS FALSE AS is_off,
        CASE WHEN j.is_in AND b.is_on IS NOT FALSE THEN 'segment'
            WHEN n.is_on AND $12::boolean THEN 'news'
            WHEN c.recipient IS NOT NULL AND b.is_on IS NOT FALSE THEN 'corrected'
            WHEN b.is_on AND $12::boolean THEN 'subscription'
            WHEN j.is_in THEN 'segment' WHEN c.recipient IS NOT NULL THEN 'corrected'
            WHEN j.is_in IS NULL THEN 'open' END AS basis,
        CASE WHEN j.is_in IS NULL THEN j.unknown ELSE '{{}}' END AS unknown
    FROM judged j LEFT JOIN corrected c ON c.recipient = j.recipient
        LEFT JOIN subscriptions b ON b.recipient = j.recipient AND b.topic = 'broadcasts' AND b.center = $2::text
            AND $10::text <> 'directory'
        LEFT JOIN subscriptions n ON n.recipient = j.recipient AND n.center = $2::text AND n.topic = $10::text
            AND $10::text IN ('guidance', 'directory')
), audience AS (
    SELECT recipient, role, basis, unknown,
        CASE WHEN basis = 'open' THEN 'unknown'
            WHEN basis IN ('segment', 'corrected') AND is_off THEN 'unsubscribed'
            WHEN has_address THEN 'reached' ELSE 'no-address' END AS standing,
        CASE WHEN basis = 'news' THEN 'N-47' ELSE 'N-33' END AS kind
    FROM chosen WHERE basis IS NOT NULL
)
"""
_COUNT = f"""{_JUDGED}
SELECT standing, role, basis, unknown, count(*) AS n FROM audience GROUP BY standing, role, basis, unknown
"""
_REACHES = f"""{_JUDGED}
SELECT EXISTS (SELECT FROM audience WHERE standing IN ('reached', 'no-address')) AS any
"""
_PLAN = f"""{_JUDGED}
INSERT INTO broadcast_recipients (broadcast_id, recipient, role, standing, basis, unknown, kind, state)
SELECT $13::uuid, recipient, role, standing, basis, to_jsonb(unknown), kind,
    CASE WHEN standing IN ('reached', 'no-address') THEN 'waiting' ELSE 'left-out' END
FROM audience ORDER BY recipient
"""


@dataclass(frozen=True, slots=True)
class AccountFact:
    """What an assignment said of an account; None of programs and size is not known, of the Center that it has none."""

    importer_number: str
    sequence: int
    center: str | None
    effective_on: date
    programs: tuple[str, ...] | None
    size: str | None


class Trait(NamedTuple):
    """Something that an entry showed of an importer, filer or surety."""

    recipient: str
    kind: str
    value: str


class AudienceCount(NamedTuple):
    """How many of a role have a standing, on which basis, with which criteria not known."""

    standing: Standing
    role: str
    basis: str
    unknown: tuple[str, ...]
    recipients: int


async def write_account_facts(tx: Transaction, facts: Iterable[AccountFact]) -> None:
    """Keep assignments, each once."""
    known = {(fact.importer_number, fact.sequence): fact for fact in facts}
    rows = [
        (
            fact.importer_number,
            fact.sequence,
            fact.center,
            fact.effective_on,
            None if fact.programs is None else orjson.dumps(fact.programs).decode(),
            fact.size,
        )
        for _, fact in sorted(known.items())
    ]
    if rows:
        await bulk.insert(tx, account_facts, _FACT_COLUMNS, rows, on_conflict=_KEEP_FULLER)


async def write_traits(tx: Transaction, shown: Iterable[tuple[Trait, date]]) -> None:
    """Keep what entries showed, with the latest month of each: most say what is known, and write nothing."""
    latest: dict[Trait, date] = {}
    for trait, day in shown:
        month = day.replace(day=1)
        if month > latest.get(trait, date.min):
            latest[trait] = month
    rows = [(*trait, month) for trait, month in sorted(latest.items())]
    if rows:
        await bulk.insert(tx, traits, _TRAIT_COLUMNS, rows, on_conflict=_KEEP_LATEST)


async def count_audience(tx: Transaction, broadcast: Broadcast, on: date) -> list[AudienceCount]:
    """Whom a broadcast would be for on a legal day, exactly, by standing."""
    rows = await bulk.fetch(tx, _COUNT, *_arguments(broadcast, on))
    return sorted(
        AudienceCount(row["standing"], row["role"], row["basis"], tuple(sorted(row["unknown"])), row["n"])
        for row in rows
    )


async def reaches_anybody(tx: Transaction, broadcast: Broadcast, on: date) -> bool:
    """Whether anybody at all would be told on a legal day; it looks no further than the first."""
    (row,) = await bulk.fetch(tx, _REACHES, *_arguments(broadcast, on))
    return bool(row["any"])


async def plan_recipients(tx: Transaction, broadcast: Broadcast, on: date) -> int:
    """Write down whom a broadcast is for on a legal day, in one statement; gives how many."""
    return await bulk.execute(tx, _PLAN, *_arguments(broadcast, on), broadcast.broadcast_id)


def _arguments(broadcast: Broadcast, on: date) -> Sequence[Any]:
    content = broadcast.content
    bounds = content.segment.bounds()
    return (
        list(content.segment.roles),
        content.center,
        [first for first, _ in bounds],
        [last for _, last in bounds],
        list(content.segment.programs),
        list(content.segment.sizes),
        list(content.segment.countries),
        on,
        add_months(on.replace(day=1), -ACTIVE_MONTHS),
        content.nature,
        broadcast.corrects,
        content.is_public,
    )
