"""Programs of mass change over HTTP and by event, on a real database: edge cases by their numbers in the plan."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx
import orjson
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from services.liquidation.acts.program_judging import judge_again, judge_declared
from services.liquidation.api.program_models import templates
from services.liquidation.app import SERVICE
from services.liquidation.domain.law import LAW
from services.liquidation.settings import LiquidationSettings
from services.liquidation.store.invariants.programs import PROGRAM_INVARIANTS
from services.liquidation.store.tables.programs import declared_entries, program_trials, special_duties
from services.liquidation.store.tables.records import entries
from shared.bus.postgres import PostgresBus
from shared.contracts.refusal import EventRefused
from shared.contracts.registry import carries
from shared.db.transaction import reading, transaction
from shared.runtime.clock import FixedClock
from shared.runtime.identity import Identity, RoleName
from shared.runtime.invariants import check_all
from shared.runtime.lifecycle import Readiness
from shared.runtime.metrics import Metrics
from shared.runtime.platform import Platform
from shared.runtime.service import build_app
from shared.web.identity import issue_development_token
from tests.integration.liquidation.builders import apply, cycle, post_entry, published, review_decided, rows
from tests.support.events import decoded, entry_body, entry_number, line
from tests.support.people import EVERY_CENTER

MakeEngine = Callable[[str], Awaitable[AsyncEngine]]

IMPORTER = "07-345678900"
START = datetime(2026, 4, 20, 13, tzinfo=UTC)
IEEPA = "99030124"
IEEPA_MODEL, GSP_MODEL, PRODUCT_MODEL = templates()


def duties(*tariffs: tuple[str, int, str], number: int = 1, **changes: Any) -> dict[str, Any]:
    """A line of goods with duty under these numbers: number, value, duty."""
    given = [{"hts": hts, "value_usd": value, "duty_usd": duty} for hts, value, duty in tariffs]
    return line(number, tariffs=given, **changes)


GOODS = duties(("8471300100", 125_000, "0.00"), (IEEPA, 0, "9375.00"))


@dataclass(frozen=True, slots=True)
class Office:
    """The service on a database, with a clock that is set by hand."""

    engine: AsyncEngine
    clock: FixedClock
    client: httpx.AsyncClient
    settings: LiquidationSettings

    def on(self, day: date, hour: int = 13) -> None:
        self.clock.advance(datetime(day.year, day.month, day.day, hour, tzinfo=UTC) - self.clock.now())

    def headers(self, *roles: RoleName, subject: str, **grants: Any) -> dict[str, str]:
        caller = Identity(subject, subject.title(), frozenset(roles), **{"centers": EVERY_CENTER} | grants)
        return {"Authorization": f"Bearer {issue_development_token(self.settings, caller, self.clock.now())}"}

    def staff(self, subject: str) -> dict[str, str]:
        return self.headers(RoleName.LIQUIDATION_SPECIALIST, RoleName.IMPORT_SPECIALIST, subject=subject)

    @property
    def importer(self) -> dict[str, str]:
        grants = {"importer_numbers": frozenset({IMPORTER}), "centers": frozenset()}
        return self.headers(RoleName.IMPORTER, subject="owner", **grants)

    def broker(self, filer: str = "B76") -> dict[str, str]:
        return self.headers(RoleName.BROKER, subject=f"broker-{filer}", filer_code=filer, centers=frozenset())

    async def call(self, method: str, path: str, who: dict[str, str], **given: Any) -> httpx.Response:
        return await self.client.request(method, path, headers=who | given.pop("headers", {}), **given)

    async def ok(self, method: str, path: str, who: dict[str, str], **given: Any) -> dict[str, Any]:
        answer = await self.call(method, path, who, **given)
        assert answer.status_code < 300, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def draft(self, definition: dict[str, Any], *, path: str = "/programs", key: str = "p-1") -> dict[str, Any]:
        body = {"definition": definition, "reason": "The order of 4 March 2026."}
        return await self.ok("POST", path, self.staff("kim"), json=body, headers={"Idempotency-Key": key})

    async def release(self, definition: dict[str, Any], revision: int = 1) -> None:
        code = definition["program"]
        path = "/programs" if revision == 1 else f"/programs/{code}/revisions"
        await self.draft(definition, path=path, key=f"{code}-{revision}")
        at = f"/programs/{code}/revisions/{revision}"
        key = {"Idempotency-Key": f"t-{code}-{revision}"}
        await self.ok("POST", f"{at}/trials", self.staff("kim"), headers=key)
        await self.ok("POST", f"{at}/confirmations", self.staff("lee"), headers={"If-Match": "*"})
        await self.ok("POST", f"{at}/releases", self.staff("max"), headers={"If-Match": "*"})

    async def file(self, *lines: dict[str, Any], at: str = "2026-03-02T19:03:11Z", **changes: Any) -> str:
        number = changes.pop("number", None) or entry_number()
        body = entry_body(number, **{"lines": list(lines) or [GOODS]} | changes)
        await apply(self.engine, [decoded("entry-filed", body, time=at)], now=self.clock.now())
        return number

    async def correct(self, number: str, version: int, *lines: dict[str, Any], at: str, **changes: Any) -> None:
        body = entry_body(number, **{"version": version, "reasons": ["H06"], "lines": list(lines)} | changes)
        await apply(self.engine, [decoded("entry-corrected", body, time=at)], now=self.clock.now())

    async def send(
        self,
        content: str | bytes,
        *,
        key: str = "d-1",
        program: str = "ieepa-2026",
        who: dict[str, str] | None = None,
        kind: str = "text/csv",
        certified: str = "true",
    ) -> httpx.Response:
        headers = {"Idempotency-Key": key, "Content-Type": kind}
        path = f"/programs/{program}/declarations?certified={certified}"
        return await self.call("POST", path, who or self.importer, content=content, headers=headers)

    async def declare(self, numbers: Sequence[str], **given: Any) -> dict[str, Any]:
        answer = await self.send("Entry number\n" + "\n".join(numbers) + "\n", **given)
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def results(self, declared: dict[str, Any], who: dict[str, str] | None = None) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (await self.ok("GET", declared["results"], who or self.importer))["items"]
        return found

    async def verdict(self, number: str, program: str = "ieepa-2026") -> dict[str, Any]:
        shown = await self.ok("GET", f"/programs/{program}/entries/{number}", self.staff("kim"))
        found: dict[str, Any] = shown["requests"][-1]
        return found

    async def judge(self) -> None:
        await judge_declared(self.engine, self.clock, LAW.cycle, LAW)
        await judge_again(self.engine, self.clock, LAW.cycle, LAW)


@pytest.fixture
async def office(service_engine: MakeEngine) -> AsyncIterator[Office]:
    engine = await service_engine("liquidation")
    settings = LiquidationSettings(
        database_url="postgresql://unused", bus_database_url="postgresql://unused", token_secret="s" * 32
    )
    clock = FixedClock(START)
    platform = Platform(settings, engine, PostgresBus("postgresql+asyncpg://unused"), clock, Metrics.create())
    app = build_app(SERVICE, platform, SERVICE.build(platform), Readiness())
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://liquidation") as client:
        yield Office(engine, clock, client, settings)
    found = await check_all(lambda: reading(engine), PROGRAM_INVARIANTS)
    assert not any(found.values()), found


@pytest.fixture
async def open_office(office: Office) -> Office:
    await office.release(IEEPA_MODEL)
    return office


def program(**changes: Any) -> dict[str, Any]:
    """The model of the first program with other parts."""
    return IEEPA_MODEL | changes


async def test_a_program_is_drafted_tried_confirmed_and_released_by_two_who_did_not_draft_it(office: Office) -> None:
    number = await office.file()
    drafted = await office.draft(IEEPA_MODEL)
    assert (drafted["state"], drafted["revision"], drafted["definition"]["program"]) == ("draft", 1, "ieepa-2026")
    at, match = "/programs/ieepa-2026/revisions/1", {"If-Match": '"1"'}
    early = await office.call("POST", f"{at}/confirmations", office.staff("lee"), headers=match)
    assert (early.status_code, early.json()["code"]) == (409, "program-trial-needed")
    closed = await office.send(f"Entry number\n{number}\n")
    assert (closed.status_code, closed.json()["code"]) == (409, "program-closed")

    trial = await office.ok("POST", f"{at}/trials", office.staff("kim"), headers={"Idempotency-Key": "t-1"})
    assert (trial["entries"], trial["accepted"], trial["removed_usd"]) == (1, 1, "9375.00")
    assert trial["by_cohort"] == [{"value": "unliquidated", "entries": 1, "removed_usd": "9375.00"}]
    assert trial["by_month"] == [{"value": "2026-03", "entries": 1, "removed_usd": "9375.00"}]
    assert trial["examples"] == {"accepted": [number]}
    assert await rows(office.engine, declared_entries) == []

    own = await office.call("POST", f"{at}/confirmations", office.staff("kim"), headers=match)
    assert (own.status_code, own.json()["code"]) == (403, "second-person-required")
    unconfirmed = await office.call("POST", f"{at}/releases", office.staff("lee"), headers=match)
    assert (unconfirmed.status_code, unconfirmed.json()["code"]) == (409, "program-state")
    confirmed = await office.ok("POST", f"{at}/confirmations", office.staff("lee"), headers=match)
    assert confirmed["state"] == "confirmed"
    for subject in ("kim", "lee"):
        refused = await office.call("POST", f"{at}/releases", office.staff(subject), headers=match)
        assert (refused.status_code, refused.json()["code"]) == (403, "second-person-required")
    released = await office.ok("POST", f"{at}/releases", office.staff("max"), headers=match)
    assert released["state"] == "released"

    shown = await office.ok("GET", "/programs/ieepa-2026", office.importer)
    assert shown["released_revision"] == 1
    assert [each["change"] for each in shown["history"]] == ["drafted", "tried", "confirmed", "released"]
    fixed = await office.call(
        "PUT", at, office.staff("kim"), headers=match, json={"definition": IEEPA_MODEL, "reason": "x"}
    )
    assert (fixed.status_code, fixed.json()["code"]) == (409, "program-state")


async def test_a_trial_is_of_the_last_edit_and_stands_for_a_day(office: Office) -> None:
    await office.draft(IEEPA_MODEL)
    at = "/programs/ieepa-2026/revisions/1"
    await office.ok("POST", f"{at}/trials", office.staff("kim"), headers={"Idempotency-Key": "t-1"})
    edited = await office.ok(
        "PUT",
        at,
        office.staff("kim"),
        headers={"If-Match": '"1"'},
        json={"definition": program(title="Another title"), "reason": "A title."},
    )
    assert (edited["edits"], edited["tried_at"]) == (2, None)
    stale = await office.call("POST", f"{at}/confirmations", office.staff("lee"), headers={"If-Match": '"1"'})
    assert stale.status_code == 412
    last = await office.ok("GET", f"{at}/trials/last", office.staff("kim"))
    assert last["is_of_this_edit"] is False
    await office.ok("POST", f"{at}/trials", office.staff("kim"), headers={"Idempotency-Key": "t-2"})
    office.clock.advance(timedelta(hours=24))
    late = await office.call("POST", f"{at}/confirmations", office.staff("lee"), headers={"If-Match": '"2"'})
    assert (late.status_code, late.json()["code"]) == (409, "program-trial-needed")


@pytest.mark.parametrize(
    ("changes", "field", "says"),
    [
        ({"entered": {"from": "2026-02-24", "to": "2026-02-23"}}, "entered", "ends on 2026-02-23"),
        ({"money": IEEPA_MODEL["money"] | {"interest": "ordered"}}, "money.interest", "ordered_rate_pct"),
        ({"exclude_types": ["77"]}, "exclude_types", "no entry type"),
        ({"except_removes": ["9904"]}, "except_removes[1]", "none of these has it"),
        (
            {"cohorts": [{"name": "a", "when": {}, "act": "reliquidate", "by": "center", "on": "2026-04-20"}]},
            "cohorts[1].last_day",
            "19 USC 1501",
        ),
    ],
)
async def test_a_program_that_contradicts_itself_is_refused_in_the_words_of_its_fields(
    office: Office, changes: dict[str, Any], field: str, says: str
) -> None:
    body = {"definition": program(**changes), "reason": "x"}
    answer = await office.call(
        "POST", "/programs", office.staff("kim"), json=body, headers={"Idempotency-Key": "p"}
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "program-fields")
    assert any(each["field"] == f"body.definition.{field}" and says in each["message"] for each in answer.json()["errors"])
    assert (await office.call("GET", "/programs/ieepa-2026", office.staff("kim"))).status_code == 404


@pytest.mark.parametrize("model", [IEEPA_MODEL, GSP_MODEL, PRODUCT_MODEL], ids=lambda each: each["program"])
async def test_shipped_programs_can_be_released_and_say_what_no_source_settles(
    office: Office, model: dict[str, Any]
) -> None:
    await office.release(model)
    shown = await office.ok("GET", f"/programs/{model['program']}", office.importer)
    definition = shown["revisions"][0]["definition"]
    assert definition["basis"]["sources"]
    assert {each["mark"] for each in definition["assumptions"]} <= {"k", "j", "U"}
    listed = await office.ok("GET", "/program-templates", office.staff("kim"))
    assert model["program"] in {each["program"] for each in listed["templates"]}


async def test_edge_1_whatever_a_spreadsheet_makes_of_a_list_is_read_and_other_columns_are_ignored(
    open_office: Office,
) -> None:
    office = open_office
    number = await office.file()
    printed = f"{number[:3]}-{number[3:10]}-{number[10]}".lower()
    text_ = f"Broker's file;Entry Number ;Value;Remark\r\nS-1; {printed}  ;1,00;=cmd\r\n"
    for key, content in (("utf-8", b"\xef\xbb\xbf" + text_.encode()), ("utf-16", text_.encode("utf-16"))):
        answer = await office.send(content, key=key)
        assert answer.status_code == 201, answer.text
    first, second = await rows(office.engine, declared_entries)
    assert {first.entry_number, second.entry_number} == {number}
    assert first.given is second.given is None
    for kind, content in (
        ("application/json", orjson.dumps({"entries": [{"entry_number": printed}]})),
        ("application/x-ndjson", orjson.dumps({"entry": printed}) + b"\n"),
    ):
        told = await office.ok(
            "POST",
            "/programs/ieepa-2026/declarations/check",
            office.importer,
            content=content,
            headers={"Content-Type": kind},
        )
        assert [each["code"] for each in told["results"]] == ["already-declared"]


async def test_edge_2_too_many_rows_store_nothing_and_one_bad_number_leaves_the_others(open_office: Office) -> None:
    office = open_office
    small = IEEPA_MODEL["declaring"] | {"max_rows": 2_000}
    await office.release(program(declaring=small), revision=2)
    numbers = [entry_number() for _ in range(2_001)]
    answer = await office.send("Entry number\n" + "\n".join(numbers), key="many")
    assert (answer.status_code, answer.json()["code"]) == (422, "too-many-rows")
    assert await rows(office.engine, declared_entries) == []
    filed = [await office.file() for _ in range(3)]
    bad = filed[0][:10] + str((int(filed[0][10]) + 1) % 10)
    declared = await office.declare([bad, *filed[1:]])
    found = {each["row"]: (each["state"], each["code"]) for each in await office.results(declared)}
    assert found == {1: ("dropped", "check-digit"), 2: ("due", None), 3: ("due", None)}
    again = await office.declare([filed[0]], key="d-2")
    assert [each["state"] for each in await office.results(again)] == ["due"]
    exactly = await office.send("Entry number\n" + "\n".join(numbers[:2_000]), key="all")
    assert (exactly.status_code, exactly.json()["rows"]) == (201, 2_000)


async def test_edge_3_digits_that_a_spreadsheet_lost_are_never_guessed(open_office: Office) -> None:
    filed = await open_office.file()
    declared = await open_office.declare([filed, "2.31E+12", "032452788", "hello"])
    results = await open_office.results(declared)
    assert [each["code"] for each in results] == [None, "digits-lost", "digits-lost", "number-malformed"]
    assert [each["given"] for each in results[1:]] == ["2.31E+12", "032452788", "hello"]
    assert all(each["remedy"] and each["fact"] and each["citation"] for each in results[1:])


async def test_edge_4_repeated_declared_already_and_not_yours(open_office: Office) -> None:
    office = open_office
    number, other = await office.file(), await office.file()
    first = await office.declare([number, number])
    assert [each["code"] for each in await office.results(first)] == [None, "repeated"]
    office.clock.advance(timedelta(days=1))
    second = await office.declare([number], who=office.broker())
    (told,) = await office.results(second, office.broker())
    assert told["code"] == "already-declared"
    assert first["declaration_id"] in told["fact"]
    stranger = office.broker("ZZZ")
    mine = await office.file(number=entry_number(filer="ZZZ"))
    third = await office.declare([other, mine], key="d-3", who=stranger)
    assert [each["code"] for each in await office.results(third, stranger)] == ["not-yours", None]
    nobody = await office.send(f"Entry number\n{other}\n", key="d-4", who=stranger)
    assert (nobody.status_code, nobody.json()["code"]) == (422, "nobody-here")
    # Whom an entry does not belong to keeps nobody out.
    fourth = await office.declare([other], key="d-5")
    assert [each["code"] for each in await office.results(fourth)] == [None]
    foreign = await office.call("GET", first["results"], stranger)
    assert foreign.status_code == 404
