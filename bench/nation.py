"""What routing has to know at the size of the nation: importer accounts and live selection criteria, made by rule."""

from datetime import date
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from services.routing.domain.criteria import Criterion, HowMuch, What, Where, Who
from services.routing.domain.criteria_lifecycle import Revision
from services.routing.store import criteria as criteria_store
from shared.customs.ports import ports
from shared.customs.tariff_schedule import tariff_lines
from shared.db.transaction import transaction

_LONG_AGO: Final = date(2017, 1, 19)
_TARIFF: Final = sorted(tariff_lines())
_PORTS: Final = sorted(ports())
_ORIGINS: Final = ("CN", "MX", "VN", "DE", "JP", "KR", "CA", "IN", "TW", "TH", "IT")

# Three of four have a Center, one of ten is in a trusted-trader program. Prefix 00 is never issued.
_ACCOUNTS: Final = """
INSERT INTO accounts (importer_number, name, size, is_broker, trusted_programs, registered_on)
SELECT '00-' || lpad(n::text, 7, '0') || '00', 'SYNTHETIC IMPORTER ' || n,
    CASE WHEN n % 20 = 0 THEN 'large' WHEN n % 5 = 0 THEN 'mid' ELSE 'small' END, n % 200 = 7,
    CASE WHEN n % 10 = 3 THEN '[{"program": "CTPAT", "from": "2018-01-01", "to": null}]' ELSE '[]' END::jsonb,
    '2017-01-19'
FROM generate_series(0, CAST(:accounts AS integer) - 1) AS n
"""
_ASSIGNMENTS: Final = """
INSERT INTO assignments (importer_number, sequence, center, basis, effective_on, reasons, assigned_by)
SELECT '00-' || lpad(n::text, 7, '0') || '00', 1,
    CASE WHEN n % 4 < 3 THEN 'CEE' || lpad((n % 10 + 1)::text, 3, '0') END,
    CASE WHEN n % 4 < 3 THEN 'registered' ELSE 'unaligned' END, '2017-01-19', '[]', 'bench'
FROM generate_series(0, CAST(:accounts AS integer) - 1) AS n
"""


def importer_of(serial: int, accounts: int) -> str:
    """Whose entry this is: few importers file much, most file little, the same each time."""
    share = (serial * 2_654_435_761 % 2**32) / 2**32
    return f"00-{int(accounts * share**3):07d}00"


async def load_accounts(engine: AsyncEngine, accounts: int) -> None:
    """So many importer accounts with their assignments."""
    async with transaction(engine) as tx:
        await tx.connection.execute(text(_ACCOUNTS), {"accounts": accounts})
        await tx.connection.execute(text(_ASSIGNMENTS), {"accounts": accounts})
    async with engine.connect() as connection:
        await (await connection.execution_options(isolation_level="AUTOCOMMIT")).execute(
            text("ANALYZE accounts, assignments")
        )


async def load_criteria(engine: AsyncEngine, count: int, accounts: int) -> None:
    """So many live criteria in all, with the shipped ones."""
    async with transaction(engine) as tx:
        shipped = len(
            await criteria_store.list_revisions(tx.connection, state="live", tariff=None, after=None, limit=1000)
        )
        position = await criteria_store.next_position(tx)
        for number in range(max(0, count - shipped)):
            made = Revision(make_criterion(number, accounts), position + number, "live", live_from=_LONG_AGO)
            await criteria_store.write_revision(tx, made)


def make_criterion(number: int, accounts: int) -> Criterion:
    """One of the kinds that trade specialists write: by goods, maker, importer, case, program, port or value."""
    tariff = _TARIFF[number * 9_973 % len(_TARIFF)]
    origin = _ORIGINS[number % len(_ORIGINS)]
    who, what, where, how_much = Who(), What(), Where(), HowMuch()
    match number % 8:
        case 0:
            what, where = What(tariff_prefixes=(tariff[:8],)), Where(origins=(origin,))
        case 1:
            what, where = What(tariff_prefixes=(tariff[:6],)), Where(origins=(origin,))
        case 2:
            where = Where(manufacturers=tuple(f"{origin}BENCH{number + extra:05d}SHE" for extra in range(5)))
        case 3:
            who = Who(importers=tuple(importer_of(number * 31 + extra, accounts) for extra in range(10)))
        case 4:
            what = What(case_prefixes=(f"A570{number % 1000:03d}",))
        case 5:
            what = What(tariff_prefixes=(tariff[:4],), program_families=("301",))
            how_much = HowMuch(line_value_at_least_cents=10_000_000)
        case 6:
            where = Where(ports=(_PORTS[number % len(_PORTS)],), origins=(origin,))
            how_much = HowMuch(line_value_at_least_cents=25_000_000)
        case _:
            who, what = Who(sizes=("small",)), What(tariff_prefixes=(tariff[:2],))
            how_much = HowMuch(entry_value_at_least_cents=50_000_000)
    return Criterion(
        id=f"bench-{number:04d}",
        revision=1,
        title="Goods of this kind are reviewed.",
        owner="SYNTHETIC",
        lane="document-review",
        processes=("entry-summary-review",),
        instruction="Look at the invoice.",
        spares_trusted=number % 3 == 0,
        who=who,
        what=what,
        where=where,
        how_much=how_much,
    )
