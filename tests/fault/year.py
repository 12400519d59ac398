"""A year of liquidation as one process lives it: filings, reviews, weekly cycles, nightly jobs, and what people do.

    python -m tests.fault.year DATABASE_URL JOURNAL --entries 300 --acts 3

Every step is chosen once and written to the journal before it is taken. Whoever starts the process again finds the last
line there and sends that step once more, as a client does that did not hear the answer; then it goes on. The clock of
the process stands at the hour of the step. Beside the journal, ANSWERS keeps what each request was answered, the last
answer last.
"""

import argparse
import asyncio
import os
import random
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from cli.feed import read_lines
from services.liquidation.acts.bills import run_bill_clocks
from services.liquidation.acts.cycle_cuts import run_due_cycles
from services.liquidation.acts.extension_drafts import draft_extensions
from services.liquidation.acts.instructions import apply_confirmed
from services.liquidation.acts.protest_clocks import run_protest_clocks
from services.liquidation.acts.recomputes import recompute
from services.liquidation.app import SERVICE
from services.liquidation.handlers.handler import LiquidationHandler
from services.liquidation.publishing import SOURCE
from services.liquidation.settings import LiquidationSettings
from shared.bus import outbox
from shared.bus.postgres import PostgresBus
from shared.bus.protocol import Message
from shared.contracts import lean
from shared.contracts.decode import Rejection, decode
from shared.contracts.envelope import Event
from shared.db.engine import create_engine
from shared.db.transaction import transaction
from shared.runtime.access import STAFF
from shared.runtime.clock import FixedClock
from shared.runtime.identity import Identity, RoleName
from shared.runtime.lifecycle import Readiness
from shared.runtime.logging import configure_logging
from shared.runtime.metrics import Metrics
from shared.runtime.platform import Platform
from shared.runtime.service import build_app
from shared.web.identity import issue_development_token
from tests.integration.liquidation.builders import UNWAITED
from tests.support.people import EVERY_CENTER
from tests.support.recorded import recorded
from tests.support.traffic import SAMPLES

FIRST, DAYS = date(2025, 10, 1), 365
ANSWERS = ".answers"
CYCLE_DAYS = 90
"""Entries are liquidated sooner than CBP does, so that reliquidations, bills and protests fall into the year."""

HOUR = timedelta(hours=15)
MAX_EVENT_BYTES = 524_288


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happens in the year; `what` is events, a job, a cycle with its cut sheet, or an act of people."""

    number: int
    day: date
    what: str
    detail: Any = None


class Journal:
    """What was chosen, one line for each step, on disk before the step is taken; and what was answered."""

    def __init__(self, path: Path) -> None:
        self._path = path
        lines = path.read_bytes().splitlines(keepends=True) if path.exists() else []
        # A line that was being written when the process died has no end: its step was never taken.
        whole = [line for line in lines if line.endswith(b"\n")]
        path.write_bytes(b"".join(whole))
        self.last: dict[str, Any] | None = orjson.loads(whole[-1]) if whole else None
        self._answers = path.with_suffix(ANSWERS)

    def write_answer(self, step: Step, answer: httpx.Response) -> None:
        """Keep an answer; one that the kill cut off is given again when the step is."""
        replayed = "idempotency-replayed" in answer.headers
        said = {name: value for name, value in answer.json().items() if name != "trace_id"}  # names the call alone
        line = {"step": step.number, "status": answer.status_code, "replayed": replayed, "said": said}
        with self._answers.open("ab") as file:
            file.write(orjson.dumps(line) + b"\n")

    def write(self, step: Step, request: dict[str, Any] | None) -> None:
        """Keep a choice for good."""
        with self._path.open("ab") as file:
            file.write(orjson.dumps({"step": step.number, "what": step.what, "request": request}) + b"\n")
            file.flush()
            os.fsync(file.fileno())


@dataclass(slots=True)
class Office:
    """The service in this process, with a clock that the year moves."""

    engine: AsyncEngine
    clock: FixedClock
    settings: LiquidationSettings
    client: httpx.AsyncClient
    handler: LiquidationHandler

    def stand_at(self, day: date) -> None:
        """Move the clock to the hour of a day."""
        at = datetime(day.year, day.month, day.day, tzinfo=UTC) + HOUR
        self.clock.advance(max(at - self.clock.now(), timedelta(0)))

    def headers(self, who: str, **grants: Any) -> dict[str, str]:
        """A token for a colleague, who has every role at CBP, or for an importer."""
        roles = frozenset({RoleName.IMPORTER}) if grants else frozenset({*STAFF, RoleName.OPERATOR})
        token = issue_development_token(
            self.settings, Identity(who, who.title(), roles, **{"centers": EVERY_CENTER} | grants), self.clock.now()
        )
        return {"authorization": f"Bearer {token}"}

    async def fetch(self, query: str, **given: Any) -> list[Any]:
        """What the record says, to choose by."""
        async with self.engine.connect() as connection:
            return list(await connection.execute(text(query), given))


def sample_year(entries: int) -> dict[date, list[Message]]:
    """Events of so many entries, spread over the sample, by the day on which they come."""
    lines = [line for line in read_lines(SAMPLES / "events.jsonl.gz") if line.time is not None]
    filed = sorted({line.message.key for line in lines if line.message.topic == "entry-filed"})
    every = max(1, len(filed) // entries)
    chosen = {key for key in filed[::every] if key is not None}
    last = str(FIRST + timedelta(days=DAYS - 1))
    protests = [line for line in lines if line.message.topic == "post-entry-filed" and str(line.time)[:10] <= last]
    # Whatever was protested within the year is part of it, with its protest.
    chosen |= {number.encode() for line in protests for number in orjson.loads(line.message.value)["data"]["entries"]}
    by_day: dict[date, list[Message]] = {}
    for line in lines:
        is_of_entry = line.message.topic in ("entry-filed", "entry-released", "entry-corrected")
        if (is_of_entry and line.message.key in chosen) or line.message.topic == "post-entry-filed":
            by_day.setdefault(date.fromisoformat(str(line.time)[:10]), []).append(line.message)
    return by_day


def steps_of(entries: int, acts: int) -> Iterator[Step]:
    """The year in order, with so many acts of people a day; what they do is chosen when its turn comes."""
    by_day, number = sample_year(entries), 0
    for offset in range(DAYS):
        day = FIRST + timedelta(days=offset)
        happens: list[tuple[str, Any]] = []
        if day in by_day:
            happens.append(("events", by_day[day]))
        # The first act of a day takes the kinds in turn, so that none is left to chance.
        happens += [("act", offset if place == 0 else None) for place in range(acts)]
        if day.weekday() == 0:
            happens += [("job", name) for name in ("instructions", "drafts", "protests", "bills")]
        if day.weekday() == 4:
            # In two weeks of three by a cut sheet that two people confirm, else by the job, as the policy may be.
            by_sheet = ("sheet", "specialist", "supervisor", "run")
            happens += [("cycle", name) for name in (("automatic",) if day.toordinal() // 7 % 3 == 0 else by_sheet)]
        if day.day == 1:
            happens.append(("job", "recompute"))
        for what, detail in happens:
            number += 1
            yield Step(number, day, what, detail)


async def choose(office: Office, step: Step) -> dict[str, Any] | None:
    """The request of a step; None when it is no request, or nobody finds anything to do."""
    day = step.day.isoformat()
    if step.what == "cycle":
        match step.detail:
            case "automatic":
                return None
            case "sheet":
                return _post(f"/cycles/{day}/cut-sheet", None)
            case "run":
                return _post("/cycles", {"date": day})
            case capacity:
                tag = await _tag(office, f"/cycles/{day}/cut-sheet")
                who = "kim" if capacity == "specialist" else "lee"
                return _post(f"/cycles/{day}/cut-sheet/confirmations", {"capacity": capacity}, who=who, tag=tag)
    if step.what == "act":
        chance = random.Random(f"{step.number}")
        kinds = [kind for kind, _ in _KINDS]
        drawn = chance.choices(kinds, [weight for _, weight in _KINDS])[0]
        return await (drawn if step.detail is None else kinds[step.detail % len(kinds)])(office, step, chance)
    return None


async def take(office: Office, step: Step, request: dict[str, Any] | None, journal: Journal) -> None:
    """Do a step that is in the journal; what the law or the state forbids is an answer too."""
    match step.what:
        case "events":
            await _apply(office, step.detail)
        case "job":
            await _run(office, step.detail)
        case "cycle" if step.detail == "automatic":
            await run_due_cycles(office.engine, UNWAITED, office.clock, office.settings.money_policy)
        case _ if request is not None and "event" in request:
            await _apply(office, [_message(request["event"])])
        case _ if request is not None:
            importer = request.get("importer")
            grants = {"importer_numbers": frozenset({importer})} if importer else {}
            headers = office.headers(request["who"], **grants) | {"idempotency-key": f"step-{step.number}"}
            if request.get("tag") is not None:
                headers["if-match"] = request["tag"]
            answer = await office.client.request(
                request["method"], request["path"], json=request["body"], headers=headers
            )
            if answer.status_code >= 500:
                raise AssertionError(f"step {step.number}: {request} gave {answer.text}")
            if answer.status_code in (400, 401, 403, 404, 405):
                raise AssertionError(f"step {step.number} is no request that anybody sends: {request} {answer.text}")
            journal.write_answer(step, answer)
            if is_confirmation(request):
                # The service does so within a minute: nobody acts on an entry while a part is still to be applied.
                await _run(office, "instructions")


def is_confirmation(request: dict[str, Any] | None) -> bool:
    """Whether a second person confirms an instruction, which is applied in transactions of its own."""
    path = str(request.get("path", "")) if request is not None else ""
    return path.startswith("/instructions/") and path.endswith("/confirmations")


async def live(database_url: str, journal: Journal, entries: int, acts: int) -> None:
    """Take every step that has not been taken, the last of the journal once more."""
    async with open_office(database_url) as office:
        last = journal.last["step"] if journal.last is not None else 0
        for step in steps_of(entries, acts):
            if step.number < last:
                continue
            office.stand_at(step.day)
            if step.number == last and journal.last is not None:
                request = journal.last["request"]
            else:
                request = await choose(office, step)
                journal.write(step, request)
            sys.stdout.write(f"{step.number}\n")
            sys.stdout.flush()
            await take(office, step, request, journal)


@asynccontextmanager
async def open_office(database_url: str) -> AsyncIterator[Office]:
    """The service on a database, without a bus: nothing is relayed, so the outbox keeps all that was published."""
    settings = LiquidationSettings(
        database_url=database_url,
        bus_database_url=database_url,
        token_secret="y" * 32,
        cycle_days=CYCLE_DAYS,
        cycle_confirmation="two-people",
        cycle_wait_seconds=0,
    )
    engine = create_engine(database_url, application="year", pool_size=4)
    clock = FixedClock(datetime(FIRST.year, FIRST.month, FIRST.day, tzinfo=UTC))
    platform = Platform(settings, engine, PostgresBus(database_url), clock, Metrics.create())
    parts = SERVICE.build(platform)
    app = build_app(SERVICE, platform, parts, Readiness())
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://liquidation") as client:
        assert isinstance(parts.handler, LiquidationHandler)
        yield Office(engine, clock, settings, client, parts.handler)
    await engine.dispose()


async def _apply(office: Office, messages: list[Message]) -> None:
    events = [decode(each.topic, each.key, each.value, each.headers, MAX_EVENT_BYTES) for each in messages]
    accepted = [event for event in events if not isinstance(event, Rejection)]
    # An event that is not taken would be missed by nobody: both years would be without it.
    assert len(accepted) == len(events), [event for event in events if isinstance(event, Rejection)]
    async with transaction(office.engine) as tx:
        await outbox.add(tx, SOURCE, await office.handler(tx, accepted))


async def _run(office: Office, job: str) -> None:
    policy, law = office.settings.cycle_policy, office.settings.law_in_force
    match job:
        case "instructions":
            await apply_confirmed(office.engine, policy, office.clock, law)
        case "drafts":
            await draft_extensions(office.engine, office.clock.now())
        case "protests":
            await run_protest_clocks(office.engine, office.clock, law)
        case "bills":
            await run_bill_clocks(office.engine, office.clock, office.settings.money_policy)
        case "recompute":
            assert await recompute(office.engine, policy, office.clock, law) == 0
        case _:
            raise AssertionError(job)


def _post(path: str, body: Any, *, who: str = "kim", method: str = "POST", **more: Any) -> dict[str, Any]:
    return {"method": method, "path": path, "body": body, "who": who, **more}


def _message(event: dict[str, Any]) -> Message:
    headers = {"content-type": b"application/cloudevents+json"}
    return Message(event["topic"], event["key"].encode(), orjson.dumps(event["event"]), headers)


async def _tag(office: Office, path: str) -> str | None:
    answer = await office.client.get(path, headers=office.headers("kim"))
    return answer.headers.get("etag")


async def _entry(office: Office, step: Step, condition: str) -> Any | None:
    """An entry for which a condition holds, always the same for the same step and record."""
    found = await office.fetch(
        f"SELECT * FROM entries e WHERE {condition} ORDER BY md5(entry_number || :salt) LIMIT 1",
        **{"salt": str(step.number)} | ({"day": step.day} if ":day" in condition else {}),
    )
    return found[0] if found else None


async def _route(office: Office, step: Step, chance: random.Random) -> dict[str, Any] | None:
    row = await _entry(office, step, "version IS NOT NULL AND center IS NULL")
    if row is None:
        return None
    center = f"CEE00{chance.randrange(1, 10)}"
    lane = chance.choice(["no-review", "document-review", "enforcement"])
    name = {"no-review": "unreviewed", "document-review": "for-quota", "enforcement": "for-ad-cvd"}[lane]
    routed = recorded(
        f"routing/entry-of-account-{name}",
        **_named(step),
        entry_number=row.entry_number,
        version=row.version,
        importer_number=row.importer_number,
        entry_type=row.entry_type,
        port_of_entry=row.port_of_entry,
        entry_date=str(row.entry_date),
        center=center,
    )
    return _told("entry-routed", routed)


async def _decide(office: Office, step: Step, chance: random.Random) -> dict[str, Any] | None:
    row = await _entry(office, step, "version IS NOT NULL AND liquidated_on IS NULL")
    if row is None:
        return None
    outcome = chance.choice(["increase", "increase", "refund", "no-change"])
    cents = {"increase": chance.randrange(500, 90_000), "refund": -min(row.duty_cents, chance.randrange(500, 90_000))}
    change = cents.get(outcome, 0)
    if outcome == "refund" and change == 0:
        outcome = "no-change"
    decided = recorded(
        f"workqueue/decided-{outcome}",
        **_named(step),
        decision_id=f"decision-{step.number}",
        item_id=f"item-{row.entry_number}-{chance.randrange(2)}",
        entry_number=row.entry_number,
        importer_number=row.importer_number,
        effect={"duty_usd": f"{change / 100:.2f}", "fees_usd": "0.00", "by_class": []},
        decided_at=f"{step.day}T14:00:00Z",
    )
    return _told("review-decided", decided)


def _named(step: Step) -> dict[str, str]:
    return {"id": f"step-{step.number}", "time": f"{step.day}T14:00:00Z"}


def _told(topic: str, event: Event[Any]) -> dict[str, Any]:
    return {"event": {"topic": topic, "key": event.subject, "event": orjson.loads(lean.encode(event))}}


def _event(topic: str, kind: str, key: str, data: dict[str, Any], step: Step) -> dict[str, Any]:
    event = {
        "specversion": "1.0",
        "id": f"step-{step.number}",
        "source": "urn:centerline:year",
        "type": kind,
        "subject": key,
        "time": f"{step.day}T14:00:00Z",
        "datacontenttype": "application/json",
        "data": data,
    }
    return {"topic": topic, "key": key, "event": event}


async def _extend(office: Office, step: Step, chance: random.Random) -> dict[str, Any] | None:
    row = await _entry(office, step, "state IN ('scheduled', 'extended') AND NOT is_informal")
    if row is None:
        return None
    body = {
        "reason": "information-needed",
        "months": chance.randrange(1, 13),
        "posted_on": str(step.day - timedelta(days=chance.randrange(3))),
        "explanation": "A CBP 28 on value is unanswered.",
    }
    return _post(f"/entries/{row.entry_number}/extensions", body)


async def _instruct(office: Office, step: Step, chance: random.Random) -> dict[str, Any] | None:
    drafts = await office.fetch("SELECT instruction_id FROM instructions WHERE state = 'draft' ORDER BY 1 LIMIT 1")
    if drafts:
        path = f"/instructions/{drafts[0].instruction_id}"
        return _post(f"{path}/confirmations", None, who="lee", tag=await _tag(office, path))
    kind = chance.choice(["suspend", "lift"])
    row = await _entry(office, step, "is_suspended" if kind == "lift" else "state IN ('scheduled', 'liquidated')")
    if row is None:
        return None
    ground, reference, predicate = "injunction", "25-00001", {"importer_number": row.importer_number}
    cases = await office.fetch(
        "SELECT DISTINCT case_number FROM entry_lines WHERE entry_number = :number AND case_number <> '' ORDER BY 1",
        number=row.entry_number,
    )
    if kind == "lift" and cases and chance.random() < 0.7:
        ground, reference, predicate = "adcvd-case", None, {"case_numbers": [each.case_number for each in cases]}
    noticed_on = step.day - timedelta(days=chance.randrange(20))
    if row.liquidated_on is not None and chance.random() < 0.5:
        # An injunction of which CBP heard too late.
        noticed_on = row.liquidated_on - timedelta(days=chance.randrange(3))
    body = {
        "kind": kind,
        "ground": ground,
        "message_number": f"M{step.number}",
        "source": "federal-register" if ground == "adcvd-case" else "court-notice",
        "noticed_on": str(noticed_on),
        "predicate": predicate,
    }
    return _post("/instructions", body | ({"reference": reference} if reference else {}))


async def _hold(office: Office, step: Step, chance: random.Random) -> dict[str, Any] | None:
    sets = await office.fetch("SELECT hold_set_id, state FROM hold_sets WHERE state <> 'lifted' ORDER BY 1")
    if sets and chance.random() < 0.7:
        one = chance.choice(sets)
        path = f"/hold-sets/{one.hold_set_id}"
        act, body = ("apply", None) if one.state == "draft" else ("lift", {"reason": "The order was withdrawn."})
        return _post(f"{path}/{act}", body, who="lee", tag=await _tag(office, path))
    row = await _entry(office, step, "version IS NOT NULL")
    if row is None:
        return None
    predicate = chance.choice([{"port_of_entry": row.port_of_entry}, {"importer_number": row.importer_number}])
    return _post("/hold-sets", {"name": f"Hold {step.number}", "predicate": predicate, "reason": "A refund is due."})


async def _liquidate(office: Office, step: Step, chance: random.Random) -> dict[str, Any] | None:
    row = await _entry(office, step, "state IN ('scheduled', 'extended')")
    if row is None:
        return None
    body = {"basis": chance.choice(["as-entered", "by-decision"]), "explanation": "Liquidated early."}
    return _post(f"/entries/{row.entry_number}/liquidations", body)


async def _reliquidate(office: Office, step: Step, chance: random.Random) -> dict[str, Any] | None:
    row = await _entry(office, step, "liquidated_on BETWEEN CAST(:day AS date) - 110 AND CAST(:day AS date)")
    if row is None:
        return None
    duty = chance.randrange(-min(row.duty_cents, 20_000), 90_000)
    body = {
        "writer": chance.choice(["center", "center", "center", "court-judgment"]),
        "effect_duty_usd": f"{duty / 100:.2f}",
        "effect_fees_usd": "0.00",
        "explanation": "The rate was applied twice.",
    }
    return _post(f"/entries/{row.entry_number}/reliquidations", body)


async def _void(office: Office, step: Step, chance: random.Random) -> dict[str, Any] | None:
    enjoined = (
        "EXISTS (SELECT FROM suspensions s WHERE s.entry_number = e.entry_number AND s.authority = 'court'"
        " AND s.began_on <= e.liquidated_on AND coalesce(s.lift_noticed_on > e.liquidated_on, true))"
    )
    row = await _entry(office, step, f"liquidated_on IS NOT NULL AND {enjoined}")
    if row is None and chance.random() < 0.2:
        row = await _entry(office, step, "liquidated_on IS NOT NULL")
    if row is None:
        return None
    return _post(f"/entries/{row.entry_number}/voided-liquidations", {"explanation": "In breach of an injunction."})


async def _record_days(office: Office, step: Step, chance: random.Random) -> dict[str, Any] | None:
    row = await _entry(office, step, "entry_type = '21' AND liquidated_on IS NULL AND version IS NOT NULL")
    row = row or await _entry(office, step, "state = 'scheduled'")
    if row is None:
        return None
    path = f"/entries/{row.entry_number}/clock-facts"
    body: dict[str, Any] = {"explanation": "As the port recorded it."}
    if row.entry_type == "21":
        body["final_withdrawal_on"] = str(row.entry_date + timedelta(days=chance.randrange(10, 60)))
    else:
        body |= {"entry_basis": "quota", "presented_on": str(row.entry_date + timedelta(days=chance.randrange(5)))}
    return _post(path, body, method="PUT", tag=await _tag(office, path))


async def _protest(office: Office, step: Step, chance: random.Random) -> dict[str, Any] | None:
    row = await _entry(office, step, "liquidated_on BETWEEN CAST(:day AS date) - 190 AND CAST(:day AS date)")
    if row is None:
        return None
    body = {
        "entries": [row.entry_number],
        "decision": "classification-rate-duty",
        "categories": [chance.choice(["portable computers", "displays"])],
        "protestant": {"name": "SYNTHETIC IMPORTER", "address": "1 Example Road, Los Angeles"},
        "goods": "Portable computers",
        "objections": [],
        "issue": f"question {chance.randrange(3)}",
        "accelerated_disposition": chance.random() < 0.1,
        "further_review": chance.random() < 0.2,
    }
    body["objections"] = [
        {"category": body["categories"][0], "nature": "Classified in 8471.41.", "reasons": "They belong in 8471.30."}
    ]
    if chance.random() < 0.6:
        return _post("/protests", body, who="importer", importer=row.importer_number)
    data = {
        "filing_number": f"2704{step.number:08}",
        "kind": "protest",
        "importer_number": row.importer_number,
        "filed_by": {"role": "importer", "id": row.importer_number, "name": "SYNTHETIC IMPORTER"},
        "received_at": f"{step.day}T14:00:00Z",
        "entries": body.pop("entries"),
        "body": body,
    }
    return {"event": _event("post-entry-filed", "gov.cbp.postentry.filed.v1", row.importer_number, data, step)}


async def _work_on_protest(office: Office, step: Step, chance: random.Random) -> dict[str, Any] | None:
    found = await office.fetch(
        "SELECT filing_number, state, entries ->> 0 AS entry_number, importer_number, further_review_state"
        " FROM protests WHERE state NOT IN ('withdrawn', 'rejected', 'in-court')"
        " ORDER BY is_open DESC, md5(filing_number || :salt) LIMIT 1",
        salt=str(step.number),
    )
    if not found:
        return None
    row = found[0]
    path = f"/protests/{row.filing_number}"
    item = {
        "entry_number": row.entry_number,
        "outcome": chance.choice(["allowed", "denied", "denied"]),
        "reasons": "Heading 8471.30 is right." if chance.random() < 0.5 else "The heading stands.",
    }
    if item["outcome"] == "allowed":
        item["change_duty_usd"] = f"-{chance.randrange(100, 3000) / 100:.2f}"
    acts: dict[str, list[dict[str, Any]]] = {
        "filed": [
            {"kind": "begin-review"},
            {"kind": "begin-review"},
            {"kind": "apply-further-review"},
            {"kind": "amend", "categories": ["parts"]},
        ],
        "in-review": [
            {"kind": "recommend", "reasons": "As stated.", "items": [item]},
            {"kind": "recommend", "reasons": "As stated.", "items": [item]},
            {"kind": "ask-party"},
            {"kind": "amend", "categories": ["accessories"]},
        ],
        "at-headquarters": [
            {
                "kind": "answer-further-review",
                "outcome": item["outcome"],
                "reference": f"HQ H{step.number:06}",
                "reasons": "As ruled before.",
            }
        ],
        "headquarters-decided": [{"kind": "recommend", "reasons": "As headquarters says.", "items": [item]}],
        "waiting-party": [{"kind": "party-answered"}],
        "awaiting-signature": [{"kind": "sign"}, {"kind": "sign"}, {"kind": "sign"}, {"kind": "return"}],
        "denied": [
            {"kind": "request-void"},
            {"kind": "void-denial"},
            {
                "kind": "summon",
                "filed_on": str(step.day),
                "court_number": f"26-{step.number:05}",
                "are_duties_paid": True,
            },
        ],
    }
    reviews: dict[str, list[dict[str, Any]]] = {
        "requested": [
            {"kind": "grant-further-review", "criteria": ["not-ruled-on"]},
            {"kind": "refuse-further-review", "reasons": "No criterion is met."},
        ],
        "granted": [{"kind": "forward"}],
        "refused": [{"kind": "request-set-aside"}],
        "set-aside-requested": [{"kind": "set-aside"}, {"kind": "refuse-set-aside"}],
    }
    act = chance.choice(acts.get(row.state, [{"kind": "add-grounds"}]))
    if row.state in ("filed", "in-review") and chance.random() < 0.6:
        act = chance.choice(reviews.get(row.further_review_state, [act]))
    theirs = ("apply-further-review", "party-answered", "request-void", "add-grounds", "amend", "request-set-aside")
    is_theirs = act["kind"] in theirs
    if chance.random() < 0.05:
        act, is_theirs = {"kind": "withdraw"}, True
    if chance.random() < 0.04:
        act, is_theirs = {"kind": "request-acceleration"}, True
    # Whoever decided the entry cannot recommend on its protest, nor whoever recommended sign.
    who = "importer" if is_theirs else "pat" if act["kind"] in ("sign", "return", "void-denial") else "sam"
    tag = await _tag(office, path)
    more = {"importer": row.importer_number} if is_theirs else {}
    return _post(f"{path}/acts", act, who=who, tag=tag, **more)


async def _pay(office: Office, step: Step, chance: random.Random) -> dict[str, Any] | None:
    found = await office.fetch(
        "SELECT bill_number, open_cents FROM bills WHERE open_cents > 0 ORDER BY md5(bill_number || :salt) LIMIT 1",
        salt=str(step.number),
    )
    if not found:
        return None
    cents = found[0].open_cents if chance.random() < 0.8 else max(1, found[0].open_cents // 2)
    body = {"received_on": str(step.day), "amount_usd": f"{cents / 100:.2f}", "reference": f"ACH {step.number}"}
    return _post(f"/bills/{found[0].bill_number}/payments", body)


async def _refund(office: Office, step: Step, chance: random.Random) -> dict[str, Any] | None:
    found = await office.fetch(
        "SELECT refund_number, importer_number, state FROM refunds WHERE state NOT IN ('paid', 'replaced')"
        " ORDER BY md5(refund_number || :salt) LIMIT 1",
        salt=str(step.number),
    )
    if found and found[0].state in ("ready", "certified"):
        path = f"/refunds/{found[0].refund_number}"
        if found[0].state == "ready":
            return _post(f"{path}/certify", None, tag=await _tag(office, path))
        return _post(f"{path}/pay", {"paid_on": str(step.day)}, who="lee", tag=await _tag(office, path))
    lacking = await office.fetch(
        "SELECT importer_number FROM assessments WHERE outcome = 'undetermined' AND missing = 'payee-kind'"
        " ORDER BY md5(importer_number || :salt) LIMIT 1",
        salt=str(step.number),
    )
    whose = found or lacking
    if not whose:
        return None
    path = f"/importers/{whose[0].importer_number}/refund-account"
    body = {
        "effective_on": str(step.day),
        "is_corporation": chance.random() < 0.5,
        "has_ach_enrollment": True,
        "has_valid_bank_data": chance.random() < 0.8,
    }
    return _post(path, body, method="PUT", tag=await _tag(office, path))


async def _record_deposit(office: Office, step: Step, chance: random.Random) -> dict[str, Any] | None:
    del chance
    found = await office.fetch(
        "SELECT a.entry_number, e.entry_date FROM assessments a JOIN entries e USING (entry_number)"
        " WHERE a.outcome = 'undetermined' ORDER BY md5(a.entry_number || :salt) LIMIT 1",
        salt=str(step.number),
    )
    if not found:
        return None
    path = f"/entries/{found[0].entry_number}/deposit-facts"
    body = {"required_on": str(found[0].entry_date + timedelta(days=14))}
    return _post(path, body, method="PUT", tag=await _tag(office, path))


_KINDS: list[tuple[Any, int]] = [
    (_route, 12),
    (_decide, 18),
    (_extend, 8),
    (_instruct, 14),
    (_hold, 6),
    (_liquidate, 6),
    (_reliquidate, 12),
    (_void, 12),
    (_record_days, 6),
    (_protest, 10),
    (_work_on_protest, 60),
    (_pay, 8),
    (_refund, 10),
    (_record_deposit, 4),
]


def main() -> None:
    """Live the year, or what is left of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("database_url")
    parser.add_argument("journal", type=Path)
    parser.add_argument("--entries", type=int, required=True)
    parser.add_argument("--acts", type=int, required=True)
    given = parser.parse_args()
    configure_logging("year", level="ERROR")
    asyncio.run(live(given.database_url, Journal(given.journal), given.entries, given.acts))


if __name__ == "__main__":
    main()
