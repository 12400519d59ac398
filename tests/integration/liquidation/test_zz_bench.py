import time
from datetime import date
import pytest
from sqlalchemy import text
from shared.db.transaction import transaction
from tests.integration.liquidation.builders import cycle
N=1_000_000
GEN=f"""INSERT INTO entries (entry_number,state,version,governed_at,importer_number,entry_type,surety_code,port_of_entry,entry_date,paid_on,duty_cents,fees_cents,
 released_at,port_of_release,release_kind,center,division,lane,routed_version,routed_at,routed_by_event,rule,why,scheduled_on,deemed_on,deemed_rule)
SELECT 'B76'||lpad(n::text,8,'0'),'scheduled',1,'2026-03-02T10:00:00Z','07-345678900','01','036','2704','2026-03-02','2026-03-12',2500,3358,
 '2026-03-02T20:00:00Z','2704','conditional','CEE007','validation-and-compliance','no-review',1,'2026-03-02T10:00:00Z',gen_random_uuid()::text,'liq-cycle-314','entry date 2026-03-02, 314 days, Friday after','2027-01-15','2027-03-02','liq-1yr-entry'
FROM generate_series(1,{N}) n"""
async def run(tx,sql):
    t=time.perf_counter(); await tx.connection.execute(text(sql)); return time.perf_counter()-t
@pytest.mark.timeout(900)
async def test_bench(service_engine):
    for round in range(1):
        a=await service_engine("liquidation"); b=await service_engine("liquidation")
        for e in (a,b):
            async with transaction(e) as tx:
                print("gen",await run(tx,GEN))
                await tx.connection.execute(text(f"INSERT INTO legal_events SELECT 'B76'||lpad(n::text,8,'0'),'version:1',1000,'scheduled','scheduled','2026-03-02','liq-cycle-314',null,null,null,null,null FROM generate_series(1,{N}) n"))
                await tx.connection.execute(text("ANALYZE"))
            async with e.connect() as c:
                await c.execution_options(isolation_level="AUTOCOMMIT"); await c.execute(text("CHECKPOINT"))
        t=time.perf_counter(); f=await cycle(b,date(2027,1,15)); tc=time.perf_counter()-t
        print("cycle",tc,f)
        async with transaction(b) as tx:
            size=(await tx.connection.execute(text("select avg(length(value)) from outbox"))).scalar()
        print("bytes",size)
        async with b.connect() as c:
            await c.execution_options(isolation_level="AUTOCOMMIT"); await c.execute(text("CHECKPOINT"))
        t=time.perf_counter()
        async with transaction(a) as tx:
            u=await run(tx,"UPDATE entries SET state='liquidated', liquidated_on='2027-01-15', liquidation_kind='no-change' WHERE liquidated_on IS NULL AND NOT is_suspended AND scheduled_on<='2027-01-15'")
            i=await run(tx,f"INSERT INTO outbox (topic,key,value) SELECT 'entry-changed',entry_number,convert_to(repeat('x',{int(size)}),'UTF8') FROM entries")
        tf=time.perf_counter()-t
        print("floor",tf,"update",u,"insert",i,"ratio",tc/tf)
