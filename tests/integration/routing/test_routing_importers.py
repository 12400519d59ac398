"""Importer accounts, families and imports over HTTP on a real database."""

import base64
import csv
import io
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine
from starlette.types import ASGIApp

from services.routing.acts import account_imports
from services.routing.api import ROUTERS
from services.routing.api.account_files import read_account, read_rows
from services.routing.app import SERVICE
from services.routing.domain.account_imports import Format
from shared.db import bulk
from shared.db.transaction import reading, transaction
from shared.runtime.clock import Clock, SystemClock
from shared.runtime.errors import Conflict, Malformed
from shared.runtime.identity import Identity, RoleName
from shared.runtime.lifecycle import Readiness
from shared.runtime.service import open_platform
from shared.runtime.settings import load_settings
from shared.runtime.together import together
from shared.web.app import create_app
from shared.web.identity import issue_development_token
from tests.support.people import EVERY_CENTER

EIN = "07-345678900"
SSN = "900-12-3456"
ASSIGNED = "260101-00001"
SAMPLE = Path(__file__).resolve().parents[3] / "samples" / "importers.csv"
TRADE = Identity("kim", "Kim", frozenset({RoleName.OFFICE_OF_TRADE}))
STAFF = Identity("lee", "Lee", frozenset({RoleName.IMPORT_SPECIALIST}), EVERY_CENTER)
CENTERS = ("CEE005", "CEE007")
CSV = {"content-type": "text/csv", "idempotency-key": "k1"}


@dataclass
class Api:
    """Calls as somebody; as the Office of Trade unless told."""

    client: httpx.AsyncClient
    settings: Any
    engine: AsyncEngine
    clock: Clock
    app: ASGIApp

    async def call(
        self, method: str, path: str, caller: Identity = TRADE, headers: dict[str, str] | None = None, **given: Any
    ) -> httpx.Response:
        token = issue_development_token(self.settings, caller, self.clock.now())
        return await self.client.request(
            method, path, headers={"authorization": f"Bearer {token}", **(headers or {})}, **given
        )

    async def register(self, number: str = EIN, **changes: Any) -> httpx.Response:
        body = {"importer_number": number, "name": "SYNTHETIC 1", "center": "CEE005"} | changes
        answer = await self.call("POST", "/importers", json={"accounts": [body]})
        assert answer.status_code == 201, answer.text
        return answer

    async def change(self, caller: Identity = TRADE, number: str = EIN, **changes: Any) -> httpx.Response:
        tag = (await self.call("GET", f"/importers/{number}", caller)).headers.get("etag", '"1"')
        body = {"reason": "Said so."} | changes
        return await self.call("PATCH", f"/importers/{number}", caller, {"if-match": tag}, json=body)

    async def scalar(self, query: str) -> Any:
        async with reading(self.engine) as connection:
            return await connection.scalar(text(query))


@pytest.fixture
async def api(service_engine: Callable[[str], Awaitable[AsyncEngine]]) -> AsyncIterator[Api]:
    engine = await service_engine("routing")
    url = engine.url.render_as_string(hide_password=False)
    settings = load_settings(SERVICE.settings, database_url=url, bus="kafka", token_secret="0" * 32)
    platform = open_platform(settings)
    app = create_app(
        title="accounts",
        summary="",
        description="",
        version="1",
        settings=settings,
        metrics=platform.metrics,
        readiness=Readiness(),
        state={"platform": platform},
        routers=ROUTERS,
    )
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://routing") as client:
        yield Api(client, settings, platform.engine, SystemClock(), app)
    await platform.engine.dispose()


async def send(
    engine: AsyncEngine, clock: Clock, caller: Identity, import_id: str, form: Format, body: AsyncIterator[bytes]
) -> None:
    rows = read_rows(body, form)
    await account_imports.import_accounts(engine, clock, caller, import_id, form, rows, read_account)


def holder(*numbers: str) -> Identity:
    return Identity("imp", "Imp", frozenset({RoleName.IMPORTER}), importer_numbers=frozenset(numbers))


def broker(filer_code: str) -> Identity:
    return Identity("bro", "Bro", frozenset({RoleName.BROKER}), filer_code=filer_code)


def rows_of(count: int, start: int = 0, **changes: str) -> bytes:
    """A file of so many accounts."""
    out = io.StringIO()
    row = {"importer_number": "", "name": "", "size": "small", "center": "CEE007", "trusted_programs": ""}
    writer = csv.DictWriter(out, [*row, *(name for name in changes if name not in row)], lineterminator="\n")
    writer.writeheader()
    for position in range(start, start + count):
        number = f"{position // 10**7 + 10:02d}-{position % 10**7:07d}00"
        writer.writerow(row | {"importer_number": number, "name": f"SYNTHETIC {position}"} | changes)
    return out.getvalue().encode()


async def pieces(content: bytes, size: int = 8192) -> AsyncIterator[bytes]:
    for start in range(0, len(content), size):
        yield content[start : start + size]


async def broken_off(content: bytes) -> AsyncIterator[bytes]:
    async for piece in pieces(content):
        yield piece
    raise ConnectionResetError("the sender is gone")


def write_rows(rows: list[dict[str, str]], form: Format) -> bytes:
    """A file of these rows; as JSON without what is blank."""
    if form == "ndjson":
        return "".join(json.dumps({name: cell for name, cell in row.items() if cell}) + "\n" for row in rows).encode()
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


async def applied(engine: AsyncEngine) -> list[list[tuple[Any, ...]]]:
    """What an import left, but for when and in which order."""
    queries = (
        "SELECT importer_number, name, size, trusted_programs, revision FROM accounts ORDER BY 1",
        "SELECT importer_number, revision, action, changes FROM account_changes ORDER BY 1, 2",
        "SELECT importer_number, sequence, center, basis, effective_on FROM assignments ORDER BY 1, 2",
        "SELECT * FROM account_import_results ORDER BY row_number",
        "SELECT state, next_row, content_digest, created, updated, unchanged, refused, assignments"
        " FROM account_imports",
        "SELECT key, headers->>'ce_id' FROM outbox ORDER BY id",
    )
    async with reading(engine) as connection:
        return [[tuple(row) for row in await connection.execute(text(query))] for query in queries]


@pytest.mark.parametrize("number", [EIN, SSN, ASSIGNED])
async def test_account_of_each_number_shape_is_shown_whole_to_its_holder(api: Api, number: str) -> None:
    await api.register(number, trusted_programs=["CTPAT"])
    answer = await api.call("GET", f"/importers/{number}", holder(number))
    body = answer.json()
    assert (answer.status_code, answer.headers["etag"], body["importer_number"]) == (200, '"1"', number)
    assert body["trusted_programs"] == [{"program": "CTPAT", "from": None, "to": None}]
    assert (body["programs_in_force"], body["center"], body["is_in_good_standing"]) == (["CTPAT"], "CEE005", True)


async def test_social_security_number_is_masked_for_staff_everywhere(api: Api) -> None:
    await api.register(SSN)
    related = [{"relation": "owner", "importer_number": SSN}]
    await api.register(EIN, related_parties=related)
    assert (await api.change(related_parties=[])).status_code == 200
    await api.call("PUT", "/families/G1", json={"name": "G", "importer_numbers": [SSN], "reason": "r"})
    for path in (f"/importers/{SSN}", f"/importers/{EIN}/history", "/families/G1", f"/importers?q={SSN}"):
        answer = await api.call("GET", path, STAFF)
        assert answer.status_code == 200
        assert "***-**-3456" in answer.text
        assert SSN not in answer.text


async def test_social_security_number_is_not_found_by_its_beginning(api: Api) -> None:
    await api.register(SSN)
    await api.register(EIN)
    found = [await api.call("GET", f"/importers?q={start}", STAFF) for start in (SSN[:6], SSN, EIN[:5], "synth")]
    assert [len(answer.json()["items"]) for answer in found] == [0, 1, 1, 2]


async def test_account_is_hidden_from_others_and_from_brokers_without_authorisation(api: Api) -> None:
    await api.register(
        brokers=[
            {"filer_code": "301", "name": "SYNTHETIC NOW", "processes": ["protest"]},
            {"filer_code": "8CG", "name": "SYNTHETIC THEN", "to": "2020-12-31"},
        ],
        contacts=[
            {"process": "protest", "person": "Pat", "email": "p@importer.example"},
            {"process": "quota", "role": "manager", "phone": "+1 555 0100"},
        ],
        standing=[{"reason": "unpaid", "from": "2020-01-01"}],
    )
    callers = (holder(EIN), STAFF, broker("301"), broker("8CG"), holder(SSN))
    answers = [await api.call("GET", f"/importers/{EIN}", caller) for caller in callers]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 404, 404]
    own, _, of_broker = (answer.json() for answer in answers[:3])
    assert (len(own["contacts"]), len(own["brokers"]), own["is_in_good_standing"]) == (2, 2, False)
    assert [contact["process"] for contact in of_broker["contacts"]] == ["protest"]
    assert [item["filer_code"] for item in of_broker["brokers"]] == ["301"]
    assert (of_broker["is_in_good_standing"], of_broker["standing"]) == (None, [])
    history = [await api.call("GET", f"/importers/{EIN}/history", caller) for caller in callers]
    assert [answer.status_code for answer in history] == [200, 200, 404, 404, 404]
    for path in (f"/importers/{EIN}/assignment", f"/importers/{EIN}/activity"):
        seen = [await api.call("GET", path, caller) for caller in callers]
        assert [answer.status_code for answer in seen] == [200, 200, 200, 404, 404]


async def test_list_is_filtered_by_program_in_force_size_family_and_center(api: Api) -> None:
    await api.register(EIN, trusted_programs=[{"program": "CTPAT", "from": "2020-01-01"}], size="mid")
    await api.register(ASSIGNED, trusted_programs=[{"program": "CTPAT", "to": "2020-01-01"}], center=None)
    await api.call("PUT", "/families/G1", json={"name": "G", "importer_numbers": [ASSIGNED], "reason": "r"})
    queries = {
        "program=CTPAT": [EIN],
        "size=mid": [EIN],
        "family=G1": [ASSIGNED],
        "center=CEE005": [EIN],
        "q=07": [EIN],
    }
    for query, numbers in queries.items():
        answer = await api.call("GET", f"/importers?{query}", STAFF)
        assert [item["importer_number"] for item in answer.json()["items"]] == numbers
    shown = (await api.call("GET", "/importers", STAFF)).json()["items"]
    assert [item["trusted_programs"] for item in shown] == [["CTPAT"], []]


async def test_change_needs_the_version_and_is_kept_with_who_when_why(api: Api) -> None:
    await api.register()
    body = {"reason": "Reviewed.", "size": "large", "registered_on": "2019-05-01"}
    missing = await api.call("PATCH", f"/importers/{EIN}", json=body)
    stale = await api.call("PATCH", f"/importers/{EIN}", headers={"if-match": '"7"'}, json=body)
    done = await api.call("PATCH", f"/importers/{EIN}", headers={"if-match": '"1"'}, json=body)
    again = await api.call("PATCH", f"/importers/{EIN}", headers={"if-match": '"1"'}, json=body)
    assert [answer.status_code for answer in (missing, stale, done, again)] == [428, 412, 200, 412]
    assert (done.headers["etag"], done.json()["size"], done.json()["revision"]) == ('"2"', "large", 2)
    first, second = (await api.call("GET", f"/importers/{EIN}/history")).json()["items"]
    assert (first["action"], first["changes"]) == ("registered", [])
    assert (second["reason"], second["changed_by"]) == ("Reviewed.", "kim")
    assert second["changes"] == [
        {"field": "size", "from": "small", "to": "large"},
        {"field": "registered_on", "from": None, "to": "2019-05-01"},
    ]


async def test_change_that_changes_nothing_is_no_change(api: Api) -> None:
    await api.register(trusted_programs=[{"program": "CTPAT", "from": "2020-01-01"}])
    answer = await api.change(trusted_programs=["CTPAT"], name="SYNTHETIC 1")
    assert (answer.status_code, answer.headers["etag"]) == (200, '"1"')
    assert await api.scalar("SELECT count(*) FROM account_changes") == 1


async def test_null_that_means_nothing_is_refused_and_null_that_means_none_is_taken(api: Api) -> None:
    await api.register(contact_email="a@importer.example")
    refused, taken = await api.change(contacts=None), await api.change(contact_email=None)
    assert (refused.status_code, taken.status_code, taken.json()["contact_email"]) == (422, 200, None)


async def test_holder_changes_its_contacts_and_brokers_only_and_verifies_nothing(api: Api) -> None:
    await api.register()
    contact = {"process": None, "person": "Pat", "email": "p@importer.example", "verified_on": "2026-01-01"}
    size = await api.change(holder(EIN), size="large")
    contacts = await api.change(holder(EIN), contacts=[contact])
    other = await api.change(holder(SSN), contacts=[contact])
    specialist = await api.change(STAFF, contacts=[contact])
    manager = Identity("nam", "Nam", frozenset({RoleName.NATIONAL_ACCOUNT_MANAGER}))
    verified = await api.change(manager, contacts=[contact])
    answers = (size, contacts, other, specialist, verified)
    assert [answer.status_code for answer in answers] == [403, 200, 404, 403, 200]
    assert size.json()["code"] == "field-not-yours"
    assert contacts.json()["contacts"][0]["verified_on"] is None
    assert verified.json()["contacts"][0]["verified_on"] == "2026-01-01"


async def test_holder_says_where_letters_go_and_who_writes_them_learns_it(api: Api) -> None:
    await api.register()
    address = {"street": ["1 Example Plaza"], "city": "Chicago", "state": "IL", "postal_code": "60601", "country": "US"}
    assert (await api.call("GET", f"/importers/{EIN}")).json()["postal_address"] is None
    wrong = await api.change(holder(EIN), postal_address=address | {"state": None})
    other = await api.change(holder(SSN), postal_address=address)
    said = await api.change(holder(EIN), postal_address=address)
    assert [answer.status_code for answer in (wrong, other, said)] == [422, 404, 200]
    assert said.json()["postal_address"] == address | {"attention": None}
    (change,) = (await api.call("GET", f"/importers/{EIN}/history")).json()["items"][1:]
    ((field, before, after),) = [(each["field"], each["from"], each["to"]) for each in change["changes"]]
    assert (field, before, after["street"], after["city"]) == ("postal_address", None, ["1 Example Plaza"], "Chicago")
    key = f"SELECT count(*) FROM outbox WHERE topic = 'account-changed' AND key = '{EIN}'"
    assert await api.scalar(key) == 1
    gone = await api.change(holder(EIN), postal_address=None)
    assert (gone.status_code, gone.json()["postal_address"], await api.scalar(key)) == (200, None, 2)


async def test_registering_anew_keeps_what_registration_does_not_say(api: Api) -> None:
    await api.register(trusted_programs=[{"program": "CTPAT", "from": "2020-01-01"}])
    await api.change(other_names=["SYNTHETIC TRADE"], registered_on="2019-05-01")
    again = await api.register(trusted_programs=["CTPAT"])
    body = (await api.call("GET", f"/importers/{EIN}")).json()
    assert again.json() == {"accounts": 1, "assignments": 0}
    assert (body["revision"], body["other_names"], body["registered_on"]) == (2, ["SYNTHETIC TRADE"], "2019-05-01")
    assert body["trusted_programs"][0]["from"] == "2020-01-01"


async def test_registering_with_another_center_than_was_decided_is_refused(api: Api) -> None:
    await api.register(center="CEE005")
    async with transaction(api.engine) as tx:
        await tx.connection.execute(text("UPDATE assignments SET basis = 'appeal'"))
    body = {"importer_number": EIN, "name": "X", "center": "CEE007"}
    answer = await api.call("POST", "/importers", json={"accounts": [body]})
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (422, "assignment-decided")
    assert problem["detail"].startswith("accounts[1].center: ")
    assert "19 CFR 101.10" in problem["citation"]


async def test_registering_in_an_unknown_family_names_the_field(api: Api) -> None:
    body = {"importer_number": EIN, "name": "X", "family": "NONE"}
    answer = await api.call("POST", "/importers", json={"accounts": [body]})
    assert (answer.status_code, answer.json()["code"]) == (422, "unknown-family")
    assert "accounts[1].family" in answer.json()["detail"]
    assert (await api.change(family="NONE")).status_code == 404


async def test_family_of_several_numbers_is_kept_with_its_history(api: Api) -> None:
    for number in (EIN, SSN, ASSIGNED):
        await api.register(number)
    body = {"name": "SYNTHETIC GROUP", "importer_numbers": [SSN, EIN], "reason": "One company."}
    created = await api.call("PUT", "/families/G1", json=body)
    assert (created.status_code, created.json()["importer_numbers"]) == (200, [EIN, "***-**-3456"])
    shown = created.json()["importer_numbers"]  # masked, as the next person sees and returns it
    blind = await api.call("PUT", "/families/G1", json=body)
    changed = await api.call(
        "PUT",
        "/families/G1",
        headers={"if-match": created.headers["etag"]},
        json=body | {"importer_numbers": [shown[1], ASSIGNED], "reason": "Sold."},
    )
    stale = await api.call("PUT", "/families/G1", headers={"if-match": created.headers["etag"]}, json=body)
    assert [answer.status_code for answer in (blind, changed, stale)] == [428, 200, 412]
    newest = changed.json()["history"][0]
    assert (newest["revision"], newest["added"], newest["removed"]) == (2, [ASSIGNED], [EIN])
    assert (await api.call("GET", f"/importers/{SSN}")).json()["family"] == "G1"
    left = (await api.call("GET", f"/importers/{EIN}/history")).json()["items"][-1]
    assert (left["reason"], left["changes"]) == ("Sold.", [{"field": "family", "from": "G1", "to": None}])
    listed = (await api.call("GET", "/families", STAFF)).json()["items"]
    assert listed == [{"family": "G1", "name": "SYNTHETIC GROUP", "importers": 2}]


async def test_number_belongs_to_one_family_and_must_be_registered(api: Api) -> None:
    await api.register()
    body = {"name": "G", "importer_numbers": [EIN], "reason": "r"}
    assert (await api.call("PUT", "/families/G1", json=body)).status_code == 200
    second = await api.call("PUT", "/families/G2", json=body)
    unknown = await api.call("PUT", "/families/G2", json=body | {"importer_numbers": [ASSIGNED]})
    masked = await api.call("PUT", "/families/G2", json=body | {"importer_numbers": ["***-**-3456"]})
    assert [answer.json()["code"] for answer in (second, unknown, masked)] == [
        "in-another-family",
        "unknown-importer",
        "unknown-importer",
    ]
    assert (await api.call("GET", "/families/G2")).status_code == 404


async def test_tag_of_a_family_changes_when_a_number_leaves_by_its_account(api: Api) -> None:
    await api.register()
    body = {"name": "G", "importer_numbers": [EIN], "reason": "r"}
    before = (await api.call("PUT", "/families/G1", json=body)).headers["etag"]
    await api.change(family=None)
    assert (await api.call("GET", "/families/G1")).headers["etag"] != before


async def test_sample_file_is_imported_and_importing_it_again_changes_nothing(api: Api) -> None:
    content = SAMPLE.read_bytes()
    first = await api.call("POST", "/importers/imports", headers=CSV, content=content)
    body = first.json()
    count = content.count(b"\n") - 1
    assert (first.status_code, body["state"], body["rows"]) == (201, "finished", count)
    assert (body["created"], body["refused"]) == (count, 0)
    repeated = await api.call("POST", "/importers/imports", headers=CSV, content=content)
    assert repeated.json() == body
    anew = await api.call("POST", "/importers/imports", headers=CSV | {"idempotency-key": "k2"}, content=content)
    assert (anew.json()["unchanged"], anew.json()["assignments"]) == (count, 0)
    assert await api.scalar("SELECT count(*) FROM account_changes") == count
    assert await api.scalar("SELECT count(*) FROM outbox WHERE topic = 'account-assigned'") == count


async def test_bad_rows_are_named_and_the_others_applied(api: Api) -> None:
    content = (
        "importer_number,name,size,center\n"
        f"{EIN},SYNTHETIC,small,CEE007\n"
        f"{SSN},SYNTHETIC,huge,CEE007\n"
        f"{ASSIGNED},SYNTHETIC,small,CEE999\n"
        "900123456,SYNTHETIC,small,\n"
        f"{SSN},SYNTHETIC,small,CEE007\n"
    )
    answer = await api.call("POST", "/importers/imports", headers=CSV, content=content)
    assert [answer.json()[name] for name in ("created", "refused", "assignments")] == [2, 3, 2]
    path = answer.json()["results"]
    refused = (await api.call("GET", f"{path}?result=refused")).json()["items"]
    assert [(row["row"], row["importer_number"], row["code"]) for row in refused] == [
        (2, "***-**-3456", "invalid-row"),
        (3, ASSIGNED, "unknown-center"),
        (4, None, "invalid-row"),
    ]
    assert all(row["remedy"] for row in refused)
    page = await api.call("GET", f"{path}?limit=2")
    rest = await api.call("GET", page.json()["next"])
    assert [row["result"] for row in (*page.json()["items"], *rest.json()["items"])] == [
        "created",
        "refused",
        "refused",
        "refused",
    ]


async def test_import_that_broke_off_goes_on_behind_the_last_chunk(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(account_imports, "CHUNK_ROWS", 100)
    content = rows_of(450)
    cut = content[: content.index(b"SYNTHETIC 333")]
    with pytest.raises(ConnectionResetError):
        await send(api.engine, api.clock, TRADE, "i1", "csv", broken_off(cut))
    half = (await api.call("GET", "/importers/imports/i1")).json()
    assert (half["state"], half["rows"], half["created"]) == ("open", 300, 300)
    assert await api.scalar("SELECT count(*) FROM accounts") == 300
    await send(api.engine, api.clock, TRADE, "i1", "csv", pieces(content))
    whole = (await api.call("GET", "/importers/imports/i1")).json()
    assert (whole["state"], whole["rows"], whole["created"], whole["unchanged"]) == ("finished", 450, 450, 0)
    assert await api.scalar("SELECT count(*) FROM account_import_results") == 450
    assert await api.scalar("SELECT count(*) FROM outbox WHERE topic = 'account-assigned'") == 450


async def test_connection_that_breaks_is_told_in_the_log_how_to_go_on(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(account_imports, "CHUNK_ROWS", 5)
    token = issue_development_token(api.settings, TRADE, api.clock.now())
    headers = CSV | {"authorization": f"Bearer {token}"}
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": "POST",
        "path": "/importers/imports",
        "raw_path": b"/importers/imports",
        "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }
    arriving = [{"type": "http.request", "body": rows_of(12), "more_body": True}, {"type": "http.disconnect"}]
    answered: list[Any] = []

    async def receive() -> Any:
        return arriving.pop(0)

    async def send(message: Any) -> None:
        answered.append(message)

    await api.app(scope, receive, send)
    assert answered[0]["status"] == 400
    assert json.loads(answered[1]["body"])["code"] == "file-broke-off"
    again = (await api.call("POST", "/importers/imports", headers=CSV, content=rows_of(12))).json()
    assert (again["state"], again["rows"], again["created"]) == ("finished", 12, 12)
    assert await api.scalar("SELECT count(*) FROM account_changes") == 12


async def test_key_of_one_file_is_refused_for_another(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(account_imports, "CHUNK_ROWS", 10)
    with pytest.raises(ConnectionResetError):
        await send(api.engine, api.clock, TRADE, "i1", "csv", broken_off(rows_of(25)))
    for other in (rows_of(25, start=1), rows_of(5), rows_of(30, size="mid")):
        with pytest.raises(Exception, match="for another file"):
            await send(api.engine, api.clock, TRADE, "i1", "csv", pieces(other))
    await send(api.engine, api.clock, TRADE, "i1", "csv", pieces(rows_of(25)))
    with pytest.raises(Exception, match="for another file"):
        await send(api.engine, api.clock, TRADE, "i1", "csv", pieces(rows_of(26)))
    assert await api.scalar("SELECT count(*) FROM accounts") == 25


async def test_second_sender_of_one_import_is_told_so(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(account_imports, "CHUNK_ROWS", 10)
    content = rows_of(20)

    async def overtaken() -> AsyncIterator[bytes]:
        yield content[:100]  # the import is known by now, and another call does all of it
        await send(api.engine, api.clock, TRADE, "i1", "csv", pieces(content))
        yield content[100:]

    with pytest.raises(Conflict):
        await send(api.engine, api.clock, TRADE, "i1", "csv", overtaken())
    assert await api.scalar("SELECT created FROM account_imports") == 20


async def test_rows_before_an_unreadable_place_stand(api: Api) -> None:
    content = rows_of(3) + b'07-345678900,"never closed\n'
    with pytest.raises(Malformed):
        await send(api.engine, api.clock, TRADE, "i1", "csv", pieces(content))
    assert await api.scalar("SELECT state FROM account_imports") == "open"


async def test_row_without_a_center_leaves_the_one_that_the_account_has(api: Api) -> None:
    await api.register(center="CEE005")
    lines = [
        f'{{"importer_number": "{EIN}", "name": "SYNTHETIC 1"}}',
        f'{{"importer_number": "{ASSIGNED}", "name": "SYNTHETIC 2"}}',
        f'{{"importer_number": "{EIN}", "name": "SYNTHETIC 1", "center": null}}',
    ]
    results = []
    for position, line in enumerate(lines):
        headers = {"content-type": "application/x-ndjson", "idempotency-key": f"n{position}"}
        answer = await api.call("POST", "/importers/imports", headers=headers, content=line)
        results.append({name: value for name, value in answer.json().items() if value == 1 and name != "rows"})
    assert results == [{"unchanged": 1}, {"created": 1, "assignments": 1}, {"updated": 1, "assignments": 1}]
    assert (await api.call("GET", f"/importers/{EIN}")).json()["center"] is None


async def test_row_leaves_what_it_does_not_say(api: Api) -> None:
    await api.register(contact_email="a@importer.example", size="mid", trusted_programs=["CTPAT"])
    content = f"importer_number,name,email,size\n{EIN},SYNTHETIC RENAMED,,\n"
    answer = (await api.call("POST", "/importers/imports", headers=CSV, content=content)).json()
    assert (answer["updated"], answer["assignments"]) == (1, 0)
    body = (await api.call("GET", f"/importers/{EIN}")).json()
    assert [body[name] for name in ("name", "contact_email", "size", "programs_in_force", "center")] == [
        "SYNTHETIC RENAMED",
        "a@importer.example",
        "mid",
        ["CTPAT"],
        "CEE005",
    ]


async def test_character_that_cannot_be_kept_refuses_its_row_only(api: Api) -> None:
    headers = {"content-type": "application/x-ndjson", "idempotency-key": "n"}
    lines = (
        f'{{"importer_number": "{EIN}", "name": "a\\u0000b"}}',
        f'{{"importer_number": "{EIN}", "name": "a", "x\\u0000": 1}}',
        f'{{"importer_number": "{EIN}", "name": "a", "contacts": [{{"person": "a\\u0000", "email": "a@b.example"}}]}}',
        f'{{"importer_number": "{EIN}", "name": "a", "contact_email": "a\\u0000@b.example"}}',
        f'{{"importer_number": "{EIN}", "name": "a"}}',
    )
    answer = await api.call("POST", "/importers/imports", headers=headers, content="\n".join(lines))
    assert [answer.json()[name] for name in ("created", "refused")] == [1, 4]


async def test_two_who_register_the_same_new_number_leave_one_account(api: Api) -> None:
    body = {"importer_number": EIN, "name": "SYNTHETIC", "center": "CEE005"}
    calls = [api.call("POST", "/importers", json={"accounts": [body]}) for _ in range(4)]
    answers = await together(*calls)
    assert sum(answer.json()["assignments"] for answer in answers) == 1
    assert await api.scalar("SELECT count(*) FROM account_changes") == 1


async def test_pages_follow_one_another_and_their_links_hold_no_number(api: Api) -> None:
    numbers = [f"900-12-{position:04d}" for position in range(5)]
    for number in numbers:
        await api.register(number)
    seen, path = [], "/importers?limit=2"
    while path:
        page = (await api.call("GET", path, STAFF)).json()
        seen += [item["importer_number"] for item in page["items"]]
        path = page["next"]
        if path:
            cursor = path.partition("after=")[2].partition("&")[0]
            assert b"900-12" not in base64.urlsafe_b64decode(cursor + "==")
    assert seen == [f"***-**-{position:04d}" for position in range(5)]


@pytest.mark.parametrize("form", ["csv", "ndjson"])
async def test_sends_that_break_off_anywhere_leave_what_one_whole_send_leaves(
    api: Api, service_engine: Callable[[str], Awaitable[AsyncEngine]], monkeypatch: pytest.MonkeyPatch, form: Format
) -> None:
    monkeypatch.setattr(account_imports, "CHUNK_ROWS", 7)
    first, second = (list(csv.DictReader(io.StringIO(rows_of(60, center=center).decode()))) for center in CENTERS)
    bad = {"importer_number": "x", "name": "SYNTHETIC", "size": "small", "center": "CEE007", "trusted_programs": ""}
    rows = [*first, bad, *second[:30], *first[20:40]]  # numbers come back with another Center, and back again
    content = write_rows(rows, form)
    for end in (0, 30, 400, 401, 1500, 1500, 3000, 900, len(content) - 40, len(content)):
        with pytest.raises(ConnectionResetError):
            await send(api.engine, api.clock, TRADE, "i1", form, broken_off(content[:end]))
    await send(api.engine, api.clock, TRADE, "i1", form, pieces(content))
    clean = await service_engine("routing")
    await send(clean, api.clock, TRADE, "i1", form, pieces(content))
    assert await applied(api.engine) == await applied(clean)


async def test_rows_of_one_number_follow_one_another(api: Api) -> None:
    lines: Iterable[str] = (f"{EIN},SYNTHETIC {center},{center}\n" for center in ("CEE005", "CEE007", "CEE007"))
    content = "importer_number,name,center\n" + "".join(lines)
    answer = (await api.call("POST", "/importers/imports", headers=CSV, content=content)).json()
    counts = [answer[name] for name in ("created", "updated", "unchanged", "assignments")]
    assert counts == [1, 1, 1, 2]
    assert await api.scalar("SELECT revision FROM accounts") == 2
    assert await api.scalar("SELECT count(*) FROM account_changes") == 2


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"content-type": "text/csv"}, 400),
        ({"content-type": "text/csv", "idempotency-key": "x" * 300}, 400),
        ({"content-type": "application/pdf", "idempotency-key": "k"}, 415),
        ({"content-type": "text/csv; charset=utf-8", "idempotency-key": "k"}, 201),
    ],
)
async def test_import_needs_a_key_and_a_known_form(api: Api, headers: dict[str, str], status: int) -> None:
    answer = await api.call("POST", "/importers/imports", headers=headers, content=rows_of(1))
    assert answer.status_code == status


async def test_import_needs_the_role_and_an_unknown_one_is_not_found(api: Api) -> None:
    answer = await api.call("POST", "/importers/imports", STAFF, CSV, content=rows_of(1))
    assert (answer.status_code, answer.json()["code"]) == (403, "role-required")
    for path in ("/importers/imports/none", "/importers/imports/none/results"):
        assert (await api.call("GET", path)).status_code == 404


async def test_programs_of_the_first_release_become_dated_by_the_migration(api: Api) -> None:
    statement = (Path(SERVICE.migrations) / "versions" / "0003_pre_accounts.py").read_text()
    convert = statement[statement.index("UPDATE accounts") : statement.index(";", statement.index("UPDATE accounts"))]
    await api.register(trusted_programs=[])
    async with transaction(api.engine) as tx:
        await bulk.execute(tx, 'UPDATE accounts SET trusted_programs = \'["CTPAT", "ISA"]\'')
        await bulk.execute(tx, convert)
    body = (await api.call("GET", f"/importers/{EIN}")).json()
    assert body["programs_in_force"] == ["CTPAT", "ISA"]
