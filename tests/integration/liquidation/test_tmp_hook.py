import pytest
import services.liquidation.protesting
from services.liquidation import handlers
from services.liquidation.protest_handlers import judge_protests
from shared.contracts.post_entry import PostEntryFiled
from shared.contracts.registry import carries
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from services.liquidation.app import SERVICE
original = handlers.LiquidationHandler.__call__
async def hooked(self, tx, events):
    out = await original(self, tx, events)
    await judge_protests(tx, [e.data.filing_number for e in events if carries(e, PostEntryFiled) and e.data.kind == "protest"])
    return out
handlers.LiquidationHandler.__call__ = hooked
from tests.property.test_liquidation_order_free import *
from tests.integration.liquidation.test_liquidation_sample import *
async def test_mig(service_engine):
    engine = await service_engine("liquidation")
    def cmp(c):
        return list(compare_metadata(MigrationContext.configure(c, opts={"compare_type": True, "compare_server_default": True}), SERVICE.metadata))
    async with engine.connect() as c:
        d = await c.run_sync(cmp)
    assert d == []
