"""Who is told beside the importer, as the tables know it: parties, delegations, and the notices that wait for them."""

from collections.abc import Collection, Iterable
from datetime import datetime

from services.notifications.domain.recipients import Matter
from shared.customs.parties import Delegation
from shared.db import bulk
from shared.db.transaction import Transaction
from shared.parties.store import read_delegation

_LOCK = "SELECT pg_advisory_xact_lock{}(hashtextextended('notifications-recipients', 0))"
_KNOWN = "SELECT party_id FROM parties WHERE party_id = ANY($1::text[])"
_DELEGATIONS = "SELECT * FROM delegations WHERE importer_number = ANY($1::text[]) ORDER BY delegation_id"
_EARLIER = """
SELECT n.notice_id, n.kind, n.importer_number, n.entry_number, n.filer_code, n.surety_code, n.issued_on
FROM notices n JOIN deliveries d ON (d.notice_id, d.channel, d.recipient_role) = (n.notice_id, 'email', 'importer')
WHERE n.{} = ANY($1::text[]) AND d.queued_at > $2
"""


async def share_recipients(tx: Transaction) -> None:
    """Let no new party or delegation be written until this transaction has written its notices."""
    await bulk.execute(tx, _LOCK.format("_shared"))


async def hold_recipients(tx: Transaction) -> None:
    """Let no notice be written until this transaction has written its parties: each sees what the other did."""
    await bulk.execute(tx, _LOCK.format(""))


async def load_known_parties(tx: Transaction, party_ids: Iterable[str]) -> frozenset[str]:
    """Which of these parties are known."""
    wanted = sorted(set(party_ids))
    rows = await bulk.fetch(tx, _KNOWN, wanted) if wanted else []
    return frozenset(row["party_id"] for row in rows)


async def load_delegations(tx: Transaction, importer_numbers: Iterable[str]) -> dict[str, list[Delegation]]:
    """What these importers ever delegated, by importer number."""
    wanted = sorted(set(importer_numbers))
    found: dict[str, list[Delegation]] = {}
    for row in await bulk.fetch(tx, _DELEGATIONS, wanted) if wanted else []:
        found.setdefault(row["importer_number"], []).append(read_delegation(row))
    return found


async def load_earlier_matters(
    tx: Transaction,
    *,
    filer_codes: Collection[str],
    surety_codes: Collection[str],
    importer_numbers: Collection[str],
    since: datetime,
) -> list[Matter]:
    """Notices that began to be mailed after a moment and name one of these filers, sureties or importers.

    A filer or surety that is new here may have many, once in its life.
    """
    found: dict[str, Matter] = {}
    for column, values in (
        ("filer_code", filer_codes),
        ("surety_code", surety_codes),
        ("importer_number", importer_numbers),
    ):
        if values:
            for row in await bulk.fetch(tx, _EARLIER.format(column), sorted(values), since):
                matter = Matter(str(row["notice_id"]), *list(row.values())[1:])
                found[matter.notice_id] = matter
    return [matter for _, matter in sorted(found.items())]
