"""Keys and sequences of acts are the same in the statements of the stores as in the rules."""

from collections.abc import Awaitable, Callable

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from services.liquidation.domain.sequences import OF_LIQUIDATION, liquidation_key, reliquidation_key, sequence_in_turn
from services.liquidation.store.act_keys import (
    is_liquidation_sql,
    liquidation_key_sql,
    liquidation_sequence_sql,
    reliquidation_key_sql,
)
from shared.db.transaction import reading

MakeEngine = Callable[[str], Awaitable[AsyncEngine]]


async def test_statements_name_and_number_acts_as_the_rules_do(service_engine: MakeEngine) -> None:
    engine = await service_engine("liquidation")
    query = f"""
    SELECT n, {liquidation_key_sql("n")} AS key, {liquidation_sequence_sql("n")} AS sequence,
        {reliquidation_key_sql("n")} AS again
    FROM generate_series(0, 120) AS n ORDER BY n
    """
    async with reading(engine) as connection:
        found = [tuple(row) for row in await connection.execute(text(query))]
    assert found == [
        (n, liquidation_key(n), str(sequence_in_turn(n, OF_LIQUIDATION)), reliquidation_key(n)) for n in range(121)
    ]


async def test_statements_tell_liquidations_from_other_acts(service_engine: MakeEngine) -> None:
    engine = await service_engine("liquidation")
    liquidations = [liquidation_key(turns) for turns in (0, 1, 12)]
    others = [reliquidation_key(1), "voiding:1", "version:1", "extension:1"]
    query = text(f"SELECT {is_liquidation_sql('key')} FROM unnest(CAST(:keys AS text[])) WITH ORDINALITY AS a(key, n)")
    async with reading(engine) as connection:
        found = (await connection.scalars(query, {"keys": [*liquidations, *others]})).all()
    assert found == [True] * len(liquidations) + [False] * len(others)
