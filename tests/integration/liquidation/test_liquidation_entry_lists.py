"""Lists of entries: filters hold together, pages stay whole while rows change, and each caller sees what is theirs."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from typing import Any

import httpx
from sqlalchemy import event

from shared.customs.authority import authority_table
from shared.customs.calendar import legal_date
from shared.customs.parties import Delegation, Party
from shared.db.transaction import transaction
from shared.parties.heard import Heard
from shared.parties.store import write_heard
from shared.runtime.identity import RoleName
from tests.integration.liquidation import test_liquidation_api as api
from tests.integration.liquidation.builders import apply, cycle, routed
from tests.integration.liquidation.test_liquidation_api import Desk
from tests.integration.liquidation.test_liquidation_seen import IMPORTER, NATIONAL, OTHER, SSN, file, listed
from tests.support.events import decoded, entry_body, entry_number, line, released_body

desk = api.desk

DELEGATOR = "55-345678900"
CASE = {"case_number": "A570012000", "rate_pct": "25.00", "deposit_usd": "0.00"}


@dataclass(frozen=True)
class Filed:
    """An entry as it was filed and routed; days by the law: 314 days to the Friday after, a year to the end."""

    number: str
    importer: str
    filer: str
    center: str | None
    port: str
    entry_type: str
    entered: date
    state: str
    scheduled: date | None
    ends: date | None
    liquidated: date | None = None
    surety: str = "036"

    @property
    def is_suspended(self) -> bool:
        return self.state == "suspended"


async def bring(
    desk: Desk,
    entered: str,
    *,
    state: str = "scheduled",
    days: tuple[str, str] | None = None,
    importer: str = IMPORTER,
    filer: str = "B76",
    center: str | None = None,
    port: str = "2704",
    surety: str = "036",
) -> Filed:
    kind = "03" if state == "suspended" else "01"
    lines = [line(cases=[CASE])] if state == "suspended" else [line()]
    number = await file(
        desk,
        entry_number(filer=filer),
        entered=entered,
        importer_number=importer,
        port_of_entry=port,
        entry_type=kind,
        surety_code=surety,
        lines=lines,
    )
    if center is not None:
        await apply(desk.engine, [routed(number, center=center)])
    scheduled, ends = map(date.fromisoformat, days) if days is not None else (None, None)
    return Filed(
        number,
        importer,
        filer,
        center,
        port,
        kind,
        date.fromisoformat(entered),
        state,
        scheduled,
        ends,
        scheduled if state == "liquidated" else None,
        surety,
    )


Test = Callable[[Filed], bool]
FILTERS: list[tuple[dict[str, Any], Test]] = [
    ({"importer": OTHER}, lambda e: e.importer == OTHER),
    ({"filer": "ZZ9"}, lambda e: e.filer == "ZZ9"),
    ({"state": ["suspended", "liquidated"]}, lambda e: e.state in ("suspended", "liquidated")),
    ({"center": ["CEE007", "none"]}, lambda e: e.center in ("CEE007", None)),
    ({"port": "1101"}, lambda e: e.port == "1101"),
    ({"entry_type": "01"}, lambda e: e.entry_type == "01"),
    (
        {"entry_from": "2026-03-03", "entry_to": "2026-05-01"},
        lambda e: date(2026, 3, 3) <= e.entered <= date(2026, 5, 1),
    ),
    ({"scheduled_from": "2027-01-15"}, lambda e: e.scheduled is not None and e.scheduled >= date(2027, 1, 15)),
    (
        {"deemed_on_from": "2027-03-02", "deemed_on_to": "2027-05-01"},
        lambda e: e.ends is not None and date(2027, 3, 2) <= e.ends <= date(2027, 5, 1),
    ),
    ({"liquidated_to": "2027-01-15"}, lambda e: e.liquidated is not None and e.liquidated <= date(2027, 1, 15)),
    ({"suspended": False}, lambda e: not e.is_suspended),
]


async def test_filters_hold_alone_and_in_pairs(desk: Desk) -> None:
    every = [
        # 2025-12-01 and 314 days is 2026-10-11: the Friday after is 2026-10-16.
        await bring(desk, "2025-12-01", state="liquidated", days=("2026-10-16", "2026-12-01"), center="CEE007"),
        await bring(desk, "2026-03-02", days=("2027-01-15", "2027-03-02"), center="CEE001"),
        await bring(desk, "2026-03-03", days=("2027-01-15", "2027-03-03"), filer="ZZ9", importer=OTHER, port="1101"),
        await bring(desk, "2026-04-01", state="suspended", filer="ZZ9", center="CEE007"),
        await bring(desk, "2026-05-01", days=("2027-03-12", "2027-05-01"), importer=OTHER, center="CEE007"),
        await bring(desk, "2026-05-04", state="suspended", importer=OTHER, port="1101", center="CEE001"),
    ]
    await cycle(desk.engine, date(2026, 10, 16))
    assert await listed(desk) == [each.number for each in every]
    for (first, takes), (second, takes_too) in [*zip(FILTERS, FILTERS, strict=True), *combinations(FILTERS, 2)]:
        found = await listed(desk, query={"sort": "entry-date"} | first | second)
        assert found == [each.number for each in every if takes(each) and takes_too(each)], (first, second)


async def test_pages_have_each_entry_once_while_others_come_and_change(desk: Desk) -> None:
    filed = [await file(desk, entered=f"2026-03-0{day}") for day in (2, 3, 4, 5, 6, 9)]
    page = (await desk.client.get("/entries?limit=2", headers=desk.headers(NATIONAL))).json()
    seen = [each["entry_number"] for each in page["items"]]
    assert seen == filed[:2]
    # One comes before the place that was reached, one after it; the last one seen, and one to come, change.
    before = await file(desk, entered="2026-03-01")
    after = await file(desk, entered="2026-03-07")
    changed = [
        entry_body(number, version=2, entry_date=f"2026-03-0{day}", import_date="2026-03-01", paid_on="2026-03-16")
        for number, day in ((filed[1], 3), (filed[2], 4))
    ]
    await apply(desk.engine, [decoded("entry-corrected", body, time="2026-04-01T15:00:00Z") for body in changed])
    await apply(desk.engine, [routed(filed[3])])
    while page["next"] is not None:
        page = (await desk.client.get(page["next"], headers=desk.headers(NATIONAL))).json()
        seen += [each["entry_number"] for each in page["items"]]
    assert seen == [*filed[:5], after, filed[5]]
    assert before not in seen


async def test_cursor_of_an_entry_without_a_day_goes_on_among_those_without_a_day(desk: Desk) -> None:
    dated = await file(desk)
    bare = sorted(entry_number() for _ in range(3))
    await apply(desk.engine, [decoded("entry-released", released_body(number)) for number in bare])
    for sort in ("entry-date", "-entry-date", "period-end", "-period-end"):
        assert await listed(desk, query={"sort": sort}) == [dated, *bare]


async def test_cursor_that_was_not_given_out_is_refused(desk: Desk) -> None:
    answer = await desk.client.get("/entries?after=AAAA", headers=desk.headers(NATIONAL))
    assert (answer.status_code, answer.json()["code"]) == (422, "bad-cursor")


async def test_list_asks_as_often_for_many_entries_as_for_one(desk: Desk) -> None:
    sent: list[str] = []

    def note(_: Any, __: Any, statement: str, *___: Any) -> None:
        sent.append(statement)

    async def count(limit: int) -> tuple[int, int]:
        sent.clear()
        answer = await desk.client.get(f"/entries?limit={limit}", headers=desk.headers(NATIONAL))
        keys = [each for each in sent if each.startswith("SELECT entries.entry_date AS day")]
        assert len(answer.json()["items"]) == limit
        return len(keys), len(sent)

    for day in range(1, 8):
        await file(desk, entered=f"2026-03-0{day}")
    await desk.client.get("/entries?limit=1", headers=desk.headers(NATIONAL))
    event.listen(desk.engine.sync_engine, "before_cursor_execute", note)
    try:
        assert await count(1) == await count(6)
        assert (await count(7))[0] == 2  # those without a day are asked for as well, when the page has room
    finally:
        event.remove(desk.engine.sync_engine, "before_cursor_execute", note)


def is_reached(scopes: set[str], entry: Filed) -> bool:
    """Whether one of the scopes of the table reaches an entry, for the caller of the test below."""
    return (
        "national" in scopes
        or ("center" in scopes and entry.center == "CEE007")
        or ("unassigned" in scopes and entry.center is None)
        or ("own-account" in scopes and entry.importer == IMPORTER)
        or ("filed-by" in scopes and entry.filer == "B76")
        or ("bonded-by" in scopes and entry.surety == "036")
        or ("delegated" in scopes and entry.importer == DELEGATOR)
    )


def tell(answer: httpx.Response, number: str) -> str:
    """What an answer says, whatever entry was asked for."""
    return json.dumps(answer.json() | {"trace_id": None}).replace(number, "")


async def test_each_role_sees_the_rows_that_the_table_gives_it_and_is_told_nothing_of_others(desk: Desk) -> None:
    every = [
        await bring(desk, "2026-03-02", filer="ZZ9", surety="999", center="CEE001"),
        await bring(desk, "2026-03-03", filer="B76", surety="999", center="CEE001", importer=OTHER),
        await bring(desk, "2026-03-04", filer="ZZ9", surety="036", center="CEE001", importer=OTHER),
        await bring(desk, "2026-03-05", filer="ZZ9", surety="999", center="CEE007", importer=OTHER),
        await bring(desk, "2026-03-06", filer="ZZ9", surety="999", center=None, importer=SSN),
        await bring(desk, "2026-03-09", filer="ZZ9", surety="999", center="CEE001", importer=DELEGATOR),
        await bring(desk, "2026-03-10", filer="ZZ9", surety="999", center="CEE001", importer=SSN),
    ]
    counsel = Party("counsel:2001", 1, "counsel", "SYNTHETIC COUNSEL", "active", None, ())
    given = Delegation("delegation-1", 1, counsel.party_id, DELEGATOR, ("see",), date(2025, 1, 1), None, None)
    async with transaction(desk.engine) as tx:
        await write_heard(tx, Heard((counsel,), (given,)))
    absent = entry_number()

    async def nothing(headers: dict[str, str]) -> str:
        return tell(await desk.client.get(f"/entries/{absent}/versions/1", headers=headers), absent)

    today, seen_by = legal_date(desk.clock.now()), {}
    for role in RoleName:
        if role is RoleName.PUBLIC:
            continue
        token: dict[str, Any] = {
            "centers": frozenset({"CEE007"}),
            "importer_numbers": frozenset({IMPORTER}),
            "filer_code": "B76",
            "surety_code": "036",
            "party": counsel.party_id,
        }
        headers = desk.headers(role, **token)
        rows = [row for row in authority_table() if row.action == "entry.read" and row.holds(today)]
        scopes = {row.scope.value for row in rows if role in row.roles}
        if not scopes:
            assert (await desk.client.get("/entries", headers=headers)).status_code == 403, role
            continue
        theirs = [each.number for each in every if is_reached(scopes, each)]
        assert await listed(desk, role, **token) == theirs, role
        seen_by[role] = len(theirs)
        for each in every:
            answer = await desk.client.get(f"/entries/{each.number}/versions/1", headers=headers)
            if each.number in theirs:
                assert answer.status_code == 200, (role, each)
            else:
                assert (answer.status_code, tell(answer, each.number)) == (404, await nothing(headers)), (role, each)
        for importer in (IMPORTER, OTHER, SSN, DELEGATOR):
            answer = await desk.client.get(f"/importers/{importer}/deadlines?limit=500", headers=headers)
            numbers = {each.number for each in every if each.importer == importer} & set(theirs)
            if answer.status_code == 200:
                assert {each["entry_number"] for each in answer.json()["items"]} == numbers, (role, importer)
            else:
                assert (answer.status_code, numbers) == (404, set()), (role, importer)
                assert not scopes & {"center", "national"}
    # Own, filed, bonded and delegated; the Center's and what no Center has; everything.
    assert seen_by[RoleName.IMPORTER] == 1
    assert seen_by[RoleName.BROKER] == 3
    assert seen_by[RoleName.SURETY] == 3
    assert seen_by[RoleName.ENTRY_SPECIALIST] == 2
    assert seen_by[RoleName.AUDITOR] == len(every)
