"""Where the events of the work queue come from: items of each kind that live through every change."""

from datetime import date, timedelta
from typing import Any

from shared.runtime.identity import Identity, RoleName
from tests.support.events import entry_number, line
from tests.support.produced.routing import CAR, STRANGER, TODAY, body_of, case, file, file_paper, move, register
from tests.support.produced.world import (
    DIRECTOR,
    EVERY_CENTER,
    EVERY_DIVISION,
    OFFICE,
    SPECIALIST,
    MakeEngine,
    World,
    open_world,
)

MANAGER = Identity("nam", "Noor Adams", frozenset({RoleName.NATIONAL_ACCOUNT_MANAGER}), EVERY_CENTER, EVERY_DIVISION)
FOUND = [{"code": "found", "text": "SYNTHETIC: as examined.", "citation": "19 USC 1500"}]
BASIS = [{"rule": "classification", "citation": "19 USC 1500(b)"}]
LONGER_THAN_A_LEASE = timedelta(hours=24)
BY_CLASS = [{"class_code": "duty", "change_usd": "1500.00"}, {"class_code": "499", "change_usd": "3.46"}]
FINDINGS = [
    {
        "line_number": 1,
        "issue": "02",
        "declared": "8471300100",
        "found": "8528520000",
        "ruling": "SYNTHETIC NY N000001",
        "criterion": "antidumping-cases",
        "criterion_was": "wrong",
    },
    {
        "line_number": 2,
        "issue": "01",
        "declared": "1000",
        "found": "3000",
        "criterion": "high-value",
        "criterion_was": "right",
    },
]
REVIEWS: dict[str, dict[str, Any]] = {
    "no-change": {},
    "increase": {"effect": {"duty_usd": "1000.00"}, "legal_basis": BASIS},
    "refund": {"effect": {"duty_usd": "-20.00"}, "legal_basis": BASIS},
    "reject": {"legal_basis": BASIS},
    "refer": {},
}
ANSWERS: dict[str, dict[str, Any]] = {
    "granted": {"legal_basis": BASIS},
    "denied": {"legal_basis": BASIS},
    "forwarded": {},
    "answered": {},
}


async def find_item(world: World, **wanted: str) -> str:
    """The id of the one item with these properties."""
    query = "&".join(f"{name}={value}" for name, value in wanted.items())
    (item,) = (await world.workqueue.call("GET", f"/items?{query}", SPECIALIST))["items"]
    return str(item["item_id"])


async def claim(world: World, item: str) -> int:
    """Claim an item; gives the token."""
    claimed = await world.workqueue.call("POST", f"/items/{item}/claim", SPECIALIST)
    await world.listen()
    return int(claimed["token"])


async def act(world: World, item: str, what: str, **body: Any) -> None:
    """Claim an item, and do something with it."""
    token = await claim(world, item)
    await world.workqueue.call("POST", f"/items/{item}/{what}", SPECIALIST, {"token": token, **body})
    await world.listen()


async def complete(world: World, item: str, outcome: str, **body: Any) -> None:
    """Claim an item and decide it."""
    await act(world, item, "complete", outcome=outcome, reasons=FOUND, **body)


async def tell_reviews(make_engine: MakeEngine) -> World:
    """Reviews and consultations of entries: routed, moved, claimed, given back, lost, decided, called off."""
    async with open_world(make_engine, TODAY) as world:
        await register(world)
        number = await file(world, 7_001_001, lines=[case()])
        item = await find_item(world, entry=number)
        await world.keep("workqueue/review-routed", "work-item-changed", item_id=item, change="routed")
        token = await tell_claims(world, item)
        await move(world, "entries", number)
        await world.keep("workqueue/review-moved", "work-item-changed", item_id=item, center="CEE005")
        questions = {"form": "CBP-28", "questions": ["Which parts are of silk?"]}
        await act(world, item, "requests", **questions)
        await world.keep("workqueue/request-for-information", "request-issued", item_id=item, form="CBP-28")
        await world.workqueue.call("POST", f"/items/{item}/release", SPECIALIST, {"token": token + 2})
        second = await file(world, 7_001_002)
        await move(world, "entries", second)
        given = {"entry_numbers": [second], "due_on": "2026-05-01"}
        await act(world, item, "requests", **questions, **given)
        await world.keep("workqueue/request-for-information-on-two-entries", "request-issued", item_id=item)
        await world.workqueue.call("POST", f"/items/{item}/release", SPECIALIST, {"token": token + 3})
        await act(world, item, "requests", form="CBP-29", questions=["The rate is advanced to 4.9 percent."])
        await world.keep("workqueue/notice-of-action", "request-issued", item_id=item, form="CBP-29")
        await world.tell("entry-corrected", body_of(world, number, version=2, reasons=["H06"]))
        await world.keep("workqueue/review-dropped", "work-item-changed", item_id=item, change="cancelled")
        for serial, (outcome, body) in enumerate(REVIEWS.items(), 7_001_011):
            item = await find_item(world, entry=await file(world, serial, lines=[case()]))
            await complete(world, item, outcome, **body)
            await world.keep(
                f"workqueue/review-completed-{outcome}", "work-item-changed", item_id=item, outcome=outcome
            )
            await world.keep(f"workqueue/decided-{outcome}", "review-decided", item_id=item)
        item = await find_item(world, entry=await file(world, 7_001_016, lines=[case()]))
        effect = {"duty_usd": "1500.00", "fees_usd": "3.46", "by_class": BY_CLASS}
        await complete(world, item, "increase", effect=effect, legal_basis=BASIS)
        await world.keep("workqueue/decided-increase-by-class", "review-decided", item_id=item)
        item = await find_item(world, entry=await file(world, 7_001_017, lines=[case(1), line(2)]))
        await complete(world, item, "increase", effect=effect, legal_basis=BASIS, findings=FINDINGS)
        await world.keep("workqueue/decided-increase-with-findings", "review-decided", item_id=item)
        await tell_consultations(world)
        number = entry_number(7_001_011)
        item = await find_item(world, entry=number)
        await world.tell("entry-corrected", body_of(world, number, version=2, reasons=["H06"]))
        name = "workqueue/review-dropped-after-completion"
        await world.keep(name, "work-item-changed", item_id=item, change="cancelled")
        return world


async def tell_claims(world: World, item: str) -> int:
    """A review that is claimed, given back, passed over, assigned, and lost with its lease; gives the first token."""
    token = await claim(world, item)
    await world.keep("workqueue/review-claimed", "work-item-changed", item_id=item, change="claimed")
    await world.workqueue.call("POST", f"/items/{item}/release", SPECIALIST, {"token": token})
    await world.keep("workqueue/review-released", "work-item-changed", item_id=item, change="released")
    reason = {"code": "no-time", "text": "SYNTHETIC: needs a whole day."}
    await world.workqueue.call("POST", f"/items/{item}/skip", SPECIALIST, {"reason": reason})
    await world.listen()
    await world.keep("workqueue/review-skipped", "work-item-changed", item_id=item, change="skipped")
    person = {"name": SPECIALIST.name, "center": "CEE007", "minutes_a_day": 360}
    await world.workqueue.call("PUT", f"/staff/{SPECIALIST.subject}", DIRECTOR, person)
    assigned = {"to": SPECIALIST.subject, "reason": "SYNTHETIC: knows the account."}
    await world.workqueue.call("POST", f"/items/{item}/assign", DIRECTOR, assigned)
    await world.listen()
    await world.keep("workqueue/review-assigned", "work-item-changed", item_id=item, change="assigned")
    await claim(world, item)
    world.clock.advance(LONGER_THAN_A_LEASE)
    await world.workqueue.run("expire-leases")
    await world.keep("workqueue/review-lease-expired", "work-item-changed", item_id=item, change="lease-expired")
    return token


async def tell_consultations(world: World) -> None:
    """Advice that another Center is asked for."""
    goods = [case(1, hts=CAR), line(2, CAR), line(3)]
    for serial, outcome in enumerate(("agree", "differ"), 7_001_021):
        number = await file(world, serial, lines=goods)
        item = await find_item(world, entry=number, kind="consultation")
        if outcome == "agree":
            await world.keep("workqueue/consultation-routed", "work-item-changed", item_id=item, change="routed")
        await complete(world, item, outcome)
        name = f"workqueue/consultation-completed-{outcome}"
        await world.keep(name, "work-item-changed", item_id=item, outcome=outcome)
    number = await file(world, 7_001_023, lines=goods)
    item = await find_item(world, entry=number, kind="consultation")
    await world.tell("entry-corrected", body_of(world, number, version=2, reasons=["H06"], lines=[case()]))
    await world.keep("workqueue/consultation-dropped", "work-item-changed", item_id=item, change="cancelled")


async def tell_filings(make_engine: MakeEngine) -> World:
    """Items of filings, which end with each answer; one that gets a Center when its entry has one."""
    async with open_world(make_engine, TODAY) as world:
        await register(world)
        for outcome, body in ANSWERS.items():
            await file_paper(world, "prior-disclosure", f"PD-{outcome}", entries=[entry_number(7_001_101)])
            item = await find_item(world, filing=f"PD-{outcome}")
            if outcome == "granted":
                await world.keep("workqueue/filing-routed", "work-item-changed", item_id=item, change="routed")
                await move(world, "post-entry-filings", "PD-granted")
                await world.keep("workqueue/filing-moved", "work-item-changed", item_id=item, center="CEE005")
            await complete(world, item, outcome, **body)
            await world.keep(
                f"workqueue/filing-completed-{outcome}", "work-item-changed", item_id=item, outcome=outcome
            )
        named = [entry_number(7_001_102)]
        await file_paper(world, "extension-request", "SYN-extension-request", STRANGER, entries=named)
        item = await find_item(world, filing="SYN-extension-request")
        await world.keep("workqueue/filing-waits-for-center", "work-item-changed", item_id=item, center="PNDING")
        await file(world, 7_001_102, importer_number=STRANGER, lines=[line(1, CAR)])
        await world.keep("workqueue/filing-found-its-center", "work-item-changed", item_id=item, center="CEE003")
        return world


async def tell_ends(make_engine: MakeEngine) -> World:
    """A review that ends because its entry is liquidated, and one whose decision comes after that."""
    async with open_world(make_engine, date(2025, 4, 25)) as world:
        await register(world)
        number = await file(world, 7_001_201, lines=[line(value_usd=1_000_000)])
        item = await find_item(world, entry=number)
        late = await find_item(world, entry=await file(world, 7_001_202, lines=[line(value_usd=1_000_000)]))
        await world.cycle(date(2026, 3, 6), heard=False)
        token = (await world.workqueue.call("POST", f"/items/{late}/claim", SPECIALIST))["token"]
        decision = {"token": token, "outcome": "increase", "reasons": FOUND, **REVIEWS["increase"]}
        await world.workqueue.call("POST", f"/items/{late}/complete", SPECIALIST, decision)
        await world.listen()
        await world.keep("workqueue/review-ended-by-liquidation", "work-item-changed", item_id=item, change="cancelled")
        await world.keep("workqueue/review-reopened", "work-item-changed", item_id=late, change="reopened")
        return world


async def tell_matters(make_engine: MakeEngine) -> World:
    """A matter that a person opens, acts on and closes."""
    async with open_world(make_engine, TODAY) as world:
        await register(world)
        opened = await world.workqueue.call(
            "POST",
            "/items",
            SPECIALIST,
            {
                "process": "prior-disclosure",
                "title": "SYNTHETIC: assists",
                "importer_number": "07-345678900",
                "center": "CEE007",
            },
        )
        item = str(opened["item_id"])
        token = await claim(world, item)
        acts: tuple[tuple[str, dict[str, Any]], ...] = (
            ("acknowledge", {"received_on": "2026-03-02", "is_oral": False}),
            ("withdraw", {"withdrawn_on": "2026-03-02"}),
        )
        for code, fields in acts:
            body = {"act": code, "token": token, "fields": fields}
            await world.workqueue.call("POST", f"/items/{item}/acts", SPECIALIST, body)
            await world.listen()
        for change in ("opened", "acted", "closed"):
            await world.keep(f"workqueue/matter-{change}", "work-item-changed", item_id=item, change=change)
        asked = {"process": "inquiry", "title": "SYNTHETIC: mail of a carrier", "center": "CEE007"}
        inquiry = str((await world.workqueue.call("POST", "/items", SPECIALIST, asked))["item_id"])
        await world.listen()
        named = {"item_id": inquiry, "change": "opened"}
        await world.keep("workqueue/matter-without-importer", "work-item-changed", **named)
        return world


async def tell_letters(make_engine: MakeEngine) -> World:
    """A CBP 28 and CBP 29s from their issue to their end, one answered by filing and others not at all."""
    async with open_world(make_engine, TODAY) as world:
        await register(world)
        item = await find_item(world, entry=await file(world, 7_001_401, lines=[case()]))

        async def issue(**body: Any) -> str:
            token = await claim(world, item)
            issued = await world.workqueue.call("POST", f"/items/{item}/requests", SPECIALIST, {"token": token, **body})
            await world.workqueue.call("POST", f"/items/{item}/release", SPECIALIST, {"token": token})
            await world.listen()
            return str(issued["request_id"])

        async def do(letter: str, code: str, **fields: Any) -> None:
            token = await claim(world, item)
            body = {"act": code, "token": token, "fields": fields}
            await world.workqueue.call("POST", f"/requests/{letter}/acts", SPECIALIST, body)
            await world.workqueue.call("POST", f"/items/{item}/release", SPECIALIST, {"token": token})
            await world.listen()

        async def keep(name: str, letter: str, change: str) -> None:
            await world.keep(f"workqueue/{name}", "request-changed", request_id=letter, change=change)

        letter = await issue(questions=["Which parts are of silk?"], issue="02")
        await keep("request-changed-issued", letter, "issued")
        await do(letter, "remind")
        await keep("request-reminded", letter, "reminded")
        await do(letter, "extend-reply", answer_by="2026-05-01", asked_by="SYNTHETIC: the importer.")
        await keep("request-extended", letter, "extended")
        await file_paper(world, "response", "R-7001401", body={"answers_request": letter})
        await keep("request-answered", letter, "answered")
        await do(letter, "assess", assessment="contradicts", findings="SYNTHETIC: none is of silk.")
        await keep("request-assessed", letter, "assessed")
        await do(letter, "propose-action")
        await keep("request-closed-for-notice", letter, "closed")
        silent, withdrawn = await issue(questions=["Of what?"]), await issue(questions=["For whom?"])
        await do(withdrawn, "withdraw", withdrawal_reason="SYNTHETIC: known by now.")
        await keep("request-withdrawn", withdrawn, "withdrawn")
        notice, dropped = (
            await issue(form="CBP-29", questions=["4.9 percent."]),
            await issue(form="CBP-29", questions=["5.9 percent."]),
        )
        await keep("notice-of-action-proposed", notice, "proposed")
        await do(dropped, "withdraw", withdrawal_reason="SYNTHETIC: a ruling covers the goods.")
        await keep("notice-of-action-withdrawn", dropped, "withdrawn")
        world.clock.advance(timedelta(days=31))
        await world.workqueue.run("tell-overdue-requests")
        await keep("request-overdue", silent, "overdue")
        await keep("notice-of-action-silent", notice, "overdue")
        await do(silent, "assess", assessment="supports", findings="SYNTHETIC: by the samples.")
        await do(silent, "close")
        await keep("request-closed", silent, "closed")
        await do(notice, "take-action", action_reasons="SYNTHETIC: rate.", reply_to_importer="SYNTHETIC: none came.")
        await keep("notice-of-action-taken", notice, "taken")
        return world


async def tell_moved_work(make_engine: MakeEngine) -> World:
    """A review whose day is set, that goes to another Center, of which somebody is told; a matter split and joined."""
    async with open_world(make_engine, TODAY) as world:
        await register(world)
        first, second = [await file(world, serial, lines=[case()]) for serial in (7_001_501, 7_001_502)]
        item = await find_item(world, entry=first)

        async def do(path: str, who: Any, **body: Any) -> Any:
            done = await world.workqueue.call("POST", path, who, body)
            await world.listen()
            return done

        asked = {"process": "inquiry", "title": "SYNTHETIC: a question", "center": "CEE007"}
        inquiry = (await do("/items", SPECIALIST, **asked, importer_number="07-345678900"))["item_id"]
        day = {"act": "set-day", "clock": "response", "due_on": "2026-03-20"}
        await do(f"/items/{inquiry}/clocks", DIRECTOR, **day, reason="SYNTHETIC: the importer asked.")
        await world.keep("workqueue/inquiry-day-set", "work-item-changed", item_id=inquiry, change="day-set")
        offer = {"to_center": "CEE005", "reason": "SYNTHETIC: the goods are theirs."}
        offered = await do(f"/items/{item}/transfers", SPECIALIST, **offer)
        answer = {"act": "accept", "reason": "SYNTHETIC: ours."}
        await do(f"/transfers/{offered['transfer_id']}/acts", DIRECTOR, **answer)
        await world.keep("workqueue/review-transferred", "work-item-changed", item_id=item, change="transferred")
        about = {"process": "prior-disclosure", "title": "SYNTHETIC: assists", "center": "CEE007"}
        about |= {"importer_number": "07-345678900", "entry_numbers": [first, second]}
        matter = (await do("/items", SPECIALIST, **about))["item_id"]
        part = {"title": "SYNTHETIC: textiles", "entry_numbers": [second], "reason": "SYNTHETIC: other goods."}
        new = (await do(f"/items/{matter}/split", SPECIALIST, **part))["item_id"]
        await world.keep("workqueue/matter-split", "work-item-changed", item_id=matter, change="split")
        await do(f"/items/{matter}/join", SPECIALIST, item_ids=[new], reason="SYNTHETIC: one matter.")
        await world.keep("workqueue/matter-joined", "work-item-changed", item_id=new, change="joined")
        world.clock.advance(timedelta(days=30))
        await world.workqueue.run("escalate-clocks")
        await world.keep("workqueue/inquiry-escalated", "work-item-changed", item_id=inquiry, change="escalated")
        return world


async def tell_admission(make_engine: MakeEngine) -> World:
    """A candidate for a trusted-trader program who is admitted."""
    async with open_world(make_engine, TODAY) as world:
        await register(world)
        about = {"process": "partnership-application", "title": "SYNTHETIC: CTPAT", "center": "CEE007"}
        opened = await world.workqueue.call("POST", "/items", MANAGER, about | {"importer_number": "07-345678900"})
        path, day = f"/items/{opened['item_id']}", "2026-03-02"
        token = (await world.workqueue.call("POST", f"{path}/claim", MANAGER))["token"]
        numbers = ["07-345678900", "91-234567800"]
        acts: tuple[tuple[str, Identity, dict[str, Any]], ...] = (
            ("record-application", MANAGER, {"program": "CTPAT", "applied_on": day, "importer_numbers": numbers}),
            ("vet", OFFICE, {"vetting": "passed", "vetting_record": "SYNTHETIC: no debts.", "vetted_on": day}),
            ("plan-visit", MANAGER, {"visit_on": "2026-05-11", "visit_sites": "SYNTHETIC: a warehouse."}),
            (
                "record-visit",
                MANAGER,
                {"visit_result": "meets", "visit_findings": "SYNTHETIC: seals are logged.", "visited_on": "2026-05-11"},
            ),
            ("admit", DIRECTOR, {"admitted_from": "2026-06-01"}),
        )
        for code, who, fields in acts:
            body = {"act": code, "fields": fields} | ({"token": token} if who is MANAGER else {})
            await world.workqueue.call("POST", f"{path}/acts", who, body)
        await world.listen()
        await world.keep("workqueue/program-admitted", "program-admitted", importer_number="07-345678900")
        return world


STORIES = (tell_reviews, tell_filings, tell_ends, tell_matters, tell_letters, tell_moved_work, tell_admission)
