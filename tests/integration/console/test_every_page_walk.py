"""Every page of the console by its routes: light, in few rounds, whole without scripts, honest about a silent service.

The pages are those of the routers, so that a new one is walked without anybody thinking of it: one that nobody here is
shown, or whose address names something that is not made here, fails the test.
"""

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from html import unescape
from types import MappingProxyType
from typing import Any, Final
from uuid import uuid4

import httpx
import pytest

from services.liquidation.acts.payees import AccountFacts, record_account
from services.liquidation.acts.payment_closing import close_payments
from services.liquidation.acts.program_posting import post_programs
from services.liquidation.domain.money.settings import POLICY, PaymentPolicy
from services.routing.domain.activity import ActivityKey, Figures
from services.routing.domain.backtests import Backtest, Tally
from services.routing.store import activity, backtests
from shared.db import bulk, job_runs
from shared.db.transaction import transaction
from shared.runtime.concurrency import IfMatch
from tests.integration.console.test_console_boards import MATTER
from tests.integration.console.test_console_specialists import CRITERION
from tests.integration.console.test_outside_walk import ENTERED, FRIDAY, PROGRAM, things_of
from tests.integration.notifications.test_notifications_questions import RULE, ToldRules
from tests.integration.workqueue.test_workqueue_board import SCREENED
from tests.support.events import entry_body, entry_number
from tests.support.outsiders import (
    IMPORTER,
    PEOPLE,
    days_on,
    decide_increase,
    file_entry,
    liquidate,
    message_of,
    now_of,
    told,
)
from tests.support.pages import Reader, reading_as
from tests.support.refund_programs import IEEPA_MODEL, goods, release_program
from tests.support.served import Served
from tests.support.walking import Walker, claims_in, pages_of_routes, parts_of

pytestmark = pytest.mark.timeout(900)  # all services are begun for it

PAGE_BYTES: Final = 30_000
MOST_CALLS: Final = 10
"""Calls to services that a page makes at most, but for those below."""
MOST_ASSETS: Final = 6
"""Files that the head of a page has a browser fetch; the same for all pages, and kept by it."""
SSN: Final = re.compile(r"(?<![0-9-])[0-9]{3}-[0-9]{2}-[0-9]{4}(?![0-9-])")
PEOPLE_WHO_LOOK: Final = ("tess", "dora", "kim", "omar", "emil", "otto", "ida")
"""Each page is walked as the first of these who is shown it."""
JOB: Final = "draft-extensions"
LATER: Final = FRIDAY + timedelta(days=14)
NEXT: Final = FRIDAY + timedelta(days=7)
UNALIGNED: Final = "07-345678900"
"""An importer without a Center, to which its figures point to one."""
OF_SESSIONS: Final = frozenset({"/login/callback"})
"""Led to by the identity provider alone."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A page as somebody is shown it, with the services that it asks and in how many rounds."""

    subject: str
    address: str
    answer: httpx.Response
    services: tuple[str, ...]
    rounds: int

    @property
    def is_page(self) -> bool:
        """Whether it is a whole page."""
        return "<main" in self.answer.text


@dataclass(frozen=True, slots=True)
class Walk:
    """All pages that somebody is shown, by their routes, and who looks."""

    walker: Walker
    people: Mapping[str, Reader]
    seen: Mapping[str, Seen]
    refused: Mapping[str, dict[str, int]]


@pytest.fixture(scope="module")
async def walk(served: Served) -> AsyncIterator[Walk]:
    parts = await fill(served)
    walker = Walker(served.app)
    seen: dict[str, Seen] = {}
    refused: dict[str, dict[str, int]] = {}
    async with AsyncExitStack() as stack:
        people = {each: await stack.enter_async_context(reading_as(served.console, each)) for each in PEOPLE_WHO_LOOK}
        for path in pages_of_routes(OF_SESSIONS):
            address = address_of(path, parts)
            for subject, reader in people.items():
                walker.start()
                answer = await reader.client.get(address)
                if answer.status_code in {200, 204}:
                    services = tuple(walker.calls.made)
                    seen[path] = Seen(subject, address, answer, services, walker.calls.rounds)
                    break
                refused.setdefault(path, {})[subject] = answer.status_code
        yield Walk(walker, people, seen, refused)


def address_of(path: str, parts: Mapping[str, Mapping[str, str]]) -> str:
    """The address of a page with these things in it."""

    def part(found: re.Match[str]) -> str:
        name = found[1].partition(":")[0]
        return next((known[name] for begins, known in parts.items() if path.startswith(begins) and name in known), name)

    return re.sub(r"\{([^}]+)\}", part, path) + QUERIES.get(path, "")


QUERIES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "/calculator": "?entry_type=01&entry_date=2026-01-08",
        "/calculator/days.ics": "?entry_type=01&entry_date=2026-01-08",
        "/queue": "?center=CEE003",
        "/queue/bulk": "?center=CEE003",
        "/bulletin": "?posted_from=2026-01-01&event_type=liquidation",
        "/bulletin.{form}": "?posted_from=2026-01-01&event_type=liquidation",
        "/search": "?q=CEE003",
        "/selections/draft": "?act=recommend",
        "/figures.csv": "?period=2026-Q3",
        "/radar.csv": "?horizon=90&cause=any",
        "/program-draft": "?model=ieepa-2026",
        "/cycles/{friday}/changes": "?number=2&since=1",
        "/ops/{service}/letters/preview": "?reason=unreadable&act=discard",
    }
)


async def fill(served: Served) -> dict[str, dict[str, str]]:
    """Make everything that a page is about; gives the parts of addresses by how those begin."""
    entry = await file_entry(served, IMPORTER, ENTERED)
    await decide_increase(served, entry, PEOPLE["kim"], "1000.00")
    now_of(served).advance(datetime(2026, 4, 20, 13, tzinfo=UTC) - now_of(served).now())
    await release_program(served.apis["liquidation"], IEEPA_MODEL)
    of_program = await paid(served)
    await liquidate(served, FRIDAY)
    things = await things_of(served, IMPORTER, entry, PEOPLE["ida"], PEOPLE["kim"], "walnuts")
    parts = {begins: dict(known) for begins, known in things.parts.items()}
    parts |= of_program
    parts |= await of_specialists(served)
    parts |= await of_operators(served)
    async with reading_as(served.console, "omar") as omar, reading_as(served.console, "dora") as dora:
        hold = {"name": "Goods of Mexico", "of.origin": "MX", "reason": "A refund is expected."}
        parts["/holds"] = {"hold_set_id": last_of(await omar.fill("/holds", "draft", hold))}
        message = {"kind": "suspend", "ground": "injunction", "reference": "CIT 26-1", "message_number": "6012345"}
        message |= {"source": "court-notice", "noticed_on": "2026-03-02", "of.case_numbers": "A580809000"}
        parts["/instructions"] = {"instruction_id": last_of(await omar.fill("/instructions", "draft", message))}
        begin = {"of.center": "CEE003", "reason": "One question of many.", "sample": "20"}
        drafted = await dora.fill("/selections/draft?act=begin-review", "begin-review", begin)
        parts["/selections"] = {"selection_id": last_of(drafted)}
        await dora.fill("/boards/CEE003", "set", {"quorum": "1", "members": "emil chair", "reason": "New year."})
        run = {"address": "center=CEE003&state=open", "act": "assign", "to": "lee", "reason": "Kim is away."}
        parts["/bulk"] = {"run_id": last_of(await dora.send("/queue/bulk?center=CEE003", "/queue/bulk", run))}
    parts["/cycles/{friday}/changes"] = {"friday": LATER.isoformat()}
    parts["/cycles"] = {"friday": await run_cycle(served)}
    parts["/answers"] = {"answer_id": await answered(served)}
    parts["/items/{item_id}/board"] = {"item_id": await heard(served)}
    parts[""] |= {"code": "CEE003", "rule_id": "liq-1yr-entry", "hts": "8703230170", "form": "csv", "center": "CEE003"}
    parts["/problems"] = {"code": "stale-token"}
    parts["/bulletin"] = {"form": "csv"}
    return dict(sorted(parts.items(), key=lambda each: -len(each[0])))


async def paid(served: Served) -> dict[str, dict[str, str]]:
    """An entry that a program reached, posted and paid to its importer; and a report of the program."""
    number, engine = entry_number(), served.apis["liquidation"].platform.engine
    days = {"entry_date": "2026-02-10", "import_date": "2026-02-10", "paid_on": "2026-02-10"}
    body = entry_body(number, importer_number=IMPORTER, lines=[goods()], **days)
    await served.deliver([message_of("entry-filed", number, body, "2026-02-10T19:03:11Z")])
    at = f"/programs/{PROGRAM}"
    declared = f"{at}/declarations?certified=true"
    declaration = await told(served.apis["liquidation"], declared, [number], PEOPLE["ida"])
    async with transaction(engine) as tx:
        facts = AccountFacts(date(2026, 1, 1), True, None, True, True, False)
        meant = IfMatch(frozenset({'"0"'}))
        await record_account(tx, now_of(served).now(), IMPORTER, meant, facts, PEOPLE["omar"], POLICY)
    days_on(served, 56)
    assert await post_programs(engine, now_of(served), POLICY)
    days_on(served, 1)  # payments are made when the day of the posting is over
    assert await close_payments(engine, now_of(served), POLICY, PaymentPolicy(30))
    async with reading_as(served.console, "dora") as dora:
        made = await dora.fill(f"{at}/reports", "make")
        assert made.status_code == 200, made.text
    day = now_of(served).now().date().isoformat()
    of_program = {"program": PROGRAM, "payment": "P000000001", "as_of": day, "entry_number": number, "form": "csv"}
    return {
        "/programs": of_program,
        "/my/refunds": of_program | {"declaration_id": declaration["declaration_id"]},
    }


async def of_specialists(served: Served) -> dict[str, dict[str, str]]:
    """A criterion with a trial on past entries, a version of the map, a proposal."""
    api = served.apis["routing"]
    now = now_of(served).now()
    account = {"importer_number": UNALIGNED, "name": "SYNTHETIC", "center": None}
    await told(api, "/importers", {"accounts": [account]}, PEOPLE["tess"])
    async with transaction(api.platform.engine) as tx:
        month = (now - timedelta(days=40)).date().replace(day=1)
        await activity.add(tx, {ActivityKey(UNALIGNED, month, "870323"): Figures(40, 40, 4_000)})
    await told(api, "/assignment-proposals/runs", {}, PEOPLE["tess"])
    [proposal] = (await served.ask("routing", "/assignment-proposals?limit=1", PEOPLE["tess"]))["items"]
    async with reading_as(served.console, "tess") as tess:
        last = (now + timedelta(days=90)).date().isoformat()
        criterion = last_of(await tess.fill("/criteria", "draft", CRITERION | {"expires_on": last}))
        version = last_of(await tess.fill("/maps", "draft", {"title": "Another", "reason": "A trial."}))
    asked = Backtest(
        backtest_id=uuid4(),
        criterion_id=criterion,
        revision=1,
        definition={"weekly_budget": 120},
        first=date(2026, 1, 1),
        last=date(2026, 3, 31),
        signature="tess",
        asked_at=now,
        state="done",
        counts=Tally().document(),
    )
    async with transaction(api.platform.engine) as tx:
        await backtests.write(tx, asked)
    return {
        "/criteria": {"criterion_id": criterion, "backtest_id": str(asked.backtest_id)},
        "/maps": {"version": version},
        "/proposals": {"proposal_id": str(proposal["proposal_id"])},
    }


async def of_operators(served: Served) -> dict[str, dict[str, str]]:
    """A dead letter of a service, and what an operator asked for."""
    now = now_of(served).now()
    async with transaction(served.apis["liquidation"].platform.engine) as tx:
        await job_runs.register(tx, JOB, timedelta(hours=1), now)
        rows = await bulk.fetch(
            tx,
            "INSERT INTO dead_letters (group_name, topic, partition, log_offset, key, value, headers, reason, detail,"
            " attempts, first_failed_at, last_failed_at, code_version) VALUES ('liquidation', 'entry-filed', 0, 7,"
            " $1, $2, '{}'::jsonb, 'unreadable', 'no JSON', 1, $3, $3, 'old') RETURNING id",
            b"B7603245278",
            b"this is no json",
            now,
        )
    async with reading_as(served.console, "otto") as otto:
        asked = await otto.send("/ops/jobs", f"/ops/liquidation/jobs/{JOB}/acts", {"act": "run", "why": "To see it."})
    found = re.search(r"/ops/liquidation/acts/([0-9]+)", str(asked.url))
    assert found is not None, asked.text
    return {
        "/ops": {
            "service": "liquidation",
            "letter_id": str(rows[0]["id"]),
            "job": JOB,
            "act_id": found[1],
        }
    }


async def run_cycle(served: Served) -> str:
    """A cycle with a cut sheet of two people and its report, and a later one with two dry runs; gives its Friday."""
    page, later = f"/cycles/{NEXT}", f"/cycles/{LATER}"
    async with reading_as(served.console, "omar") as omar:
        for each in (page, later, later):
            await omar.fill(each, "forecast")
    now_of(served).advance(datetime(2026, 11, 26, 18, tzinfo=UTC) - now_of(served).now())
    async with reading_as(served.console, "omar") as omar, reading_as(served.console, "dora") as dora:
        await omar.fill(page, "cut")
        await omar.fill(page, "specialist")
        await dora.fill(page, "supervisor")
    await liquidate(served, NEXT)
    return NEXT.isoformat()


async def answered(served: Served) -> str:
    """A question that was answered and published; gives its id."""
    served.apis["notifications"].app.state.rule_book = ToldRules(RULE).book()
    asked = {
        "recipient": IMPORTER,
        "center": "CEE003",
        "subject": "Until when",
        "text": "Until when is a protest filed?",
    }
    async with reading_as(served.console, "ida") as ida, reading_as(served.console, "kim") as kim:
        page = (await ida.fill("/questions", "ask", asked)).url.path
        await kim.fill(page, "admit")
        await kim.fill(page, "answer", {"text": "Within 180 days.", "rule": "protest-180"})
    async with reading_as(served.console, "dora") as dora:
        assert "Published." in (await dora.fill(page, "release")).text
    return str(page.rpartition("/")[2])


async def heard(served: Served) -> str:
    """A matter that was screened and heard, known to Emil; gives its item."""
    api, emil = served.apis["workqueue"], PEOPLE["emil"]
    opened = await told(api, "/items", MATTER | {"entry_numbers": [], "importer_number": IMPORTER}, emil)
    path = f"/items/{opened['item_id']}"
    claim = await told(api, f"{path}/claim", {}, emil)
    acts: tuple[tuple[str, dict[str, Any]], ...] = (
        ("screen", SCREENED),
        ("schedule", {"scheduled_on": "2026-03-20", "members": "All."}),
        ("hear", {"heard_on": "2026-03-20", "present": "All.", "quorum": "reached"}),
        ("show-comparables", {"comparables": ["panel"]}),
    )
    for act, fields in acts:
        await told(api, f"{path}/acts", {"act": act, "token": claim["token"], "fields": fields}, emil)
    return str(opened["item_id"])


def last_of(answer: httpx.Response) -> str:
    """The last part of the address that an act led to."""
    assert answer.status_code == 200, answer.text
    return answer.url.path.rpartition("/")[2]


def test_every_page_is_shown_to_somebody(walk: Walk) -> None:
    assert {path: found for path, found in walk.refused.items() if path not in walk.seen} == {}


def test_every_page_is_light_and_asks_in_few_rounds(walk: Walk) -> None:
    wrong = []
    for path, seen in walk.seen.items():
        if seen.is_page and len(seen.answer.content) > PAGE_BYTES:
            wrong.append((path, f"{len(seen.answer.content)} bytes"))
        if seen.rounds > ROUNDS.get(path, 1):
            wrong.append((path, f"{seen.rounds} rounds"))
        if len(seen.services) > MOST_CALLS:
            wrong.append((path, f"{len(seen.services)} calls"))
        fetched = set(re.findall(r'<(?:link|script)[^>]* (?:href|src)="([^"]+)"', seen.answer.text))
        if len(fetched) > MOST_ASSETS or not all(each.startswith("/static/") for each in fetched):
            wrong.append((path, f"fetches {fetched}"))
    assert wrong == []


ROUNDS: Final[Mapping[str, int]] = MappingProxyType(
    dict.fromkeys(
        (
            *("/items/{item_id}", "/letters/{request_id}", "/my", "/my/offers", "/my/delegations"),
            *(
                "/protests/{number}/grid",
                "/cycles",
                "/cycles/{friday}",
                "/programs/{program}",
                "/programs/{program}/trial",
            ),
            "/programs/{program}/entry",
        ),
        2,
    )
)
"""Pages that learn from a first answer whom to ask next, with how many rounds they take."""


def test_every_page_is_whole_without_scripts(walk: Walk) -> None:
    wrong = []
    for path, seen in walk.seen.items():
        if not seen.is_page:
            continue
        parts = parts_of(seen.answer.text)
        if parts.headings != 1:
            wrong.append((path, f"{parts.headings} headings"))
        wrong += [(path, fault) for fault in parts.faults]
        if found := SSN.findall(unescape(seen.answer.text)):
            wrong.append((path, f"shows {found}"))
    assert wrong == []


@pytest.mark.parametrize("service", ["routing", "workqueue", "liquidation", "notifications"])
async def test_a_silent_service_is_named_and_nothing_is_invented(walk: Walk, service: str) -> None:
    """A page that shows something of it says so, or is 503; what it says of nothing was said before."""
    wrong: list[tuple[str, object]] = []
    with walk.walker.silent(service):
        for path, seen in walk.seen.items():
            if service not in seen.services:
                continue
            answer = await walk.people[seen.subject].client.get(seen.address)
            text = unescape(answer.text)
            if answer.status_code not in {200, 204, 503}:
                wrong.append((path, answer.status_code))
            elif answer.status_code == 503 and "retry-after" not in answer.headers:
                wrong.append((path, "does not say when to come again"))
            elif answer.status_code == 200 and (path, service) in DOES_WITHOUT:
                assert "does not answer" not in text, "take it from the list"
            elif answer.status_code != 204 and "does not answer" not in text:
                wrong.append((path, f"{answer.status_code} and does not say what is missing"))
            elif "<main" in text and parts_of(answer.text).headings != 1:
                wrong.append((path, "not one heading"))
            elif claims := claims_in(parts_of(answer.text).texts, parts_of(seen.answer.text).texts):
                wrong.append((path, claims))
    assert wrong == []


DOES_WITHOUT: Final[Mapping[tuple[str, str], str]] = MappingProxyType(
    {
        **dict.fromkeys(
            (("/queue", "routing"), ("/queue/bulk", "routing"), ("/team", "routing"), ("/radar", "routing")),
            "the Centers that a form offers are those of the table that ships",
        ),
        ("/my/protest", "routing"): "the name of the importer is not filled in",
    }
)
"""Pages that need a service only to help with a form, with what the form does without it; they say nothing of it."""
