"""Where the events of liquidation come from: entries, money and protests that live through every act."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from shared.runtime.identity import Identity, RoleName
from tests.support.events import line
from tests.support.people import EVERY_CENTER, EVERY_DIVISION
from tests.support.produced.routing import IMPORTER, body_of, case, file, file_paper, register
from tests.support.produced.workqueue import BASIS, BY_CLASS, FOUND, claim, complete, find_item
from tests.support.produced.world import DIRECTOR, HEADQUARTERS, REVIEWER, SPECIALIST, MakeEngine, World, open_world

FILED, LIQUIDATED = date(2025, 4, 25), date(2026, 3, 6)
BIG = [line(value_usd=1_000_000)]
ENTRY = "entry-changed"
ENJOINED = "13-345678900"
CASE, OTHER_CASE = "A570012000", "C570013000"

MESSENGER = Identity("mia", "Mia Sand", frozenset({RoleName.ADCVD_TEAM}), EVERY_CENTER, EVERY_DIVISION)
SECOND_MESSENGER = Identity("lee", "Lee Park", frozenset({RoleName.ADCVD_TEAM}), EVERY_CENTER, EVERY_DIVISION)
CLERK = Identity("eve", "Eve Ray", frozenset({RoleName.ENTRY_SPECIALIST}), EVERY_CENTER, EVERY_DIVISION)
PAYER = Identity("max", "Max Dorn", frozenset({RoleName.LIQUIDATION_SPECIALIST}), EVERY_CENTER, EVERY_DIVISION)
OWNER = Identity("owner", "Pat Owner", frozenset({RoleName.IMPORTER}), importer_numbers=frozenset({IMPORTER}))
SURETY = Identity("bond", "Sam Bond", frozenset({RoleName.SURETY}), surety_code="036")


async def instruct(world: World, key: str, **body: Any) -> None:
    """Draft and confirm an instruction of a case, a court or an agency."""
    given = {"kind": "lift", "ground": "adcvd-case", "source": "federal-register", "message_number": key, **body}
    drafted = await world.liquidation.call("POST", "/instructions", MESSENGER, given)
    path = f"/instructions/{drafted['instruction_id']}/confirmations"
    await world.liquidation.call("POST", path, SECOND_MESSENGER, If_Match='"1"')
    await world.listen()


async def on_entry(world: World, number: str, what: str, who: Identity = DIRECTOR, **body: Any) -> None:
    """An act on one entry."""
    await world.liquidation.call("POST", f"/entries/{number}/{what}", who, body)
    await world.listen()


async def know(world: World, number: str, revision: int, **facts: Any) -> None:
    """Record days of an entry that no summary carries."""
    path = f"/entries/{number}/clock-facts"
    body = {"explanation": "SYNTHETIC: as the file says.", **facts}
    await world.liquidation.call("PUT", path, CLERK, body, If_Match=f'"{revision}"')
    await world.listen()


async def tell_days(make_engine: MakeEngine) -> World:
    """Entries as filed and corrected, suspended, extended, rescheduled; none is liquidated yet."""
    async with open_world(make_engine, FILED) as world:
        await register(world)
        await register(world, ENJOINED)
        topic = ENTRY
        stranger = await file(world, 7_002_001, importer_number="10-345678900", surety_code=None)
        await world.keep("liquidation/scheduled-without-surety", topic, entry_number=stranger)
        number = await file(world, 7_002_002)
        await world.keep("liquidation/scheduled", topic, entry_number=number, change="scheduled")
        body = body_of(world, number, version=2, reasons=["H06"], lines=[line(value_usd=2000)])
        await world.tell("entry-corrected", body)
        await world.keep("liquidation/scheduled-by-correction", topic, entry_number=number, change="scheduled")
        by_other = body | {"version": 3, "lines": [line(value_usd=3000)]}
        await world.tell("entry-corrected", by_other, source="urn:filer:C77")
        await world.keep("liquidation/corrected-by-other-filer", topic, entry_number=number, corrected_by="C77")
        await know(world, number, 0, entry_filed_on="2025-04-24")
        await world.keep("liquidation/noted", topic, entry_number=number, change="recorded")
        of_case = await file(world, 7_002_003, entry_type="03", lines=[case()])
        await world.keep("liquidation/suspended-by-case", topic, entry_number=of_case, change="suspended")
        await know(world, of_case, 0, entry_filed_on="2025-04-24")
        await world.keep("liquidation/noted-while-suspended", topic, entry_number=of_case, change="recorded")
        warehouse = await file(world, 7_002_004, entry_type="21")
        await world.keep("liquidation/suspended-in-warehouse", topic, entry_number=warehouse, change="suspended")
        await know(world, warehouse, 0, final_withdrawal_on="2025-04-25")
        await world.keep("liquidation/scheduled-after-withdrawal", topic, entry_number=warehouse, change="scheduled")
        await know(world, warehouse, 1)
        await world.keep("liquidation/suspended-again-in-warehouse", topic, entry_number=warehouse, change="suspended")
        for entry_type, name in (
            ("61", "recorded-in-transit"),
            ("41", "recorded-drawback"),
            ("09", "recorded-reconciliation"),
        ):
            other = await file(world, 7_002_010 + int(entry_type), entry_type=entry_type)
            await world.keep(f"liquidation/{name}", topic, entry_number=other)
        two = await file(world, 7_002_005, lines=[case(1), case(2, cases=[case_of(OTHER_CASE)])])
        enjoined = await file(world, 7_002_006, importer_number=ENJOINED)
        extended = await file(world, 7_002_007)
        world.go_to(date(2025, 6, 2))
        await know(world, number, 1, entry_filed_on="2025-05-02", entry_basis="filing-elected")
        await world.keep("liquidation/rescheduled", topic, entry_number=number, change="rescheduled")
        court = {"ground": "injunction", "reference": "24-00123", "source": "court-notice"}
        meant = {"importer_number": ENJOINED}
        await instruct(world, "court", kind="suspend", noticed_on="2025-06-02", predicate=meant, **court)
        await world.keep("liquidation/suspended-by-injunction", topic, entry_number=enjoined, change="suspended")
        await instruct(world, "1", noticed_on="2025-06-02", predicate={"case_numbers": [OTHER_CASE]})
        await world.keep("liquidation/suspension-lifted-in-part", topic, entry_number=two, to_state="suspended")
        await instruct(world, "2", noticed_on="2025-06-02", predicate={"case_numbers": [CASE]})
        await world.keep("liquidation/suspension-lifted", topic, entry_number=two, change="suspension-lifted")
        await extend(world, extended, "2025-06-02")
        await world.keep("liquidation/extended", topic, entry_number=extended, change="extended")
        return world


def case_of(number: str) -> dict[str, str]:
    """A case on a line."""
    return {"case_number": number, "rate_pct": "25.00", "deposit_usd": "10.00"}


async def decide(world: World, number: str, outcome: str, **body: Any) -> None:
    """Decide the review of an entry in the work queue."""
    given = {"legal_basis": BASIS} if outcome in ("increase", "refund") else {}
    await complete(world, await find_item(world, entry=number), outcome, **given, **body)


async def enroll(world: World, revision: int, **known: Any) -> None:
    """Record what is known of the importer as a payee."""
    body = {"effective_on": "2025-01-01", "is_corporation": False, "pays_monthly": False, **known}
    path = f"/importers/{IMPORTER}/refund-account"
    await world.liquidation.call("PUT", path, CLERK, body, If_Match=f'"{revision}"')
    await world.listen()


async def tell_liquidations(make_engine: MakeEngine) -> World:
    """Liquidations of every kind by the cycle and by hand, and what is decided too late for one."""
    async with open_world(make_engine, FILED) as world:
        await register(world)
        await register(world, ENJOINED)
        names = "as-entered increase small by-class by-hand late"
        numbers = {name: await file(world, serial, lines=BIG) for serial, name in enumerate(names.split(), 7_003_001)}
        numbers["no-surety"] = await file(world, 7_003_020, surety_code=None)
        numbers["informal"] = await file(world, 7_003_021, entry_type="11")
        numbers["waiting"] = await file(world, 7_003_022, lines=BIG)
        numbers["refund"] = await file(world, 7_003_023, entry_date="2025-05-02", lines=BIG)
        numbers["extended"] = await file(world, 7_003_026)
        for serial, name in enumerate(("deemed", "deemed-late", "deemed-cut"), 7_003_027):
            numbers[name] = await file(world, serial, entry_date="2025-03-05", paid_on="2025-03-14", lines=BIG)
        world.go_to(date(2025, 6, 2))
        await extend(world, numbers["extended"], "2025-06-02")
        await decide(world, numbers["increase"], "increase", effect={"duty_usd": "1000.00"})
        await decide(world, numbers["small"], "increase", effect={"duty_usd": "5.00"})
        by_class = {"duty_usd": "1500.00", "fees_usd": "3.46", "by_class": BY_CLASS}
        await decide(world, numbers["by-class"], "increase", effect=by_class)
        await world.keep("liquidation/decision-applied", "decision-applied", entry_number=numbers["by-class"])
        await decide(world, numbers["by-hand"], "no-change")
        for name in ("waiting", "refund"):
            await decide(world, numbers[name], "refund", effect={"duty_usd": "-25.00"})
        world.go_to(date(2026, 2, 2))
        await on_entry(world, numbers["by-hand"], "liquidations", basis="by-decision", explanation="Decided early.")
        await keep_entries(world, numbers, {"by-hand": "liquidated-by-hand"})
        await enroll(world, 0, has_ach_enrollment=False, has_valid_bank_data=False)
        world.go_to(date(2026, 3, 5))
        await decide(world, numbers["deemed-cut"], "increase", effect={"duty_usd": "1000.00"})
        claimed = {name: await find_item(world, entry=numbers[name]) for name in ("late", "deemed-late")}
        tokens = {name: await claim(world, item) for name, item in claimed.items()}
        await world.cycle(LIQUIDATED, heard=False)
        for name, item in claimed.items():
            body = {"token": tokens[name], "outcome": "no-change", "reasons": FOUND}
            await world.workqueue.call("POST", f"/items/{item}/complete", SPECIALIST, body)
        await world.listen()
        kept = {
            "as-entered": "liquidated-as-entered",
            "increase": "liquidated-with-increase",
            "small": "liquidated-with-small-difference",
            "by-class": "liquidated-with-increase-by-class",
            "waiting": "liquidated-with-refund-waiting",
            "no-surety": "liquidated-without-surety",
            "informal": "liquidated-informal",
        }
        await keep_entries(world, numbers, kept)
        await keep_entries(world, numbers, {"deemed": "deemed-liquidated"}, "deemed-liquidated")
        refused = {"late": "", "deemed-late": "-after-deemed", "deemed-cut": "-by-cycle"}
        for name, suffix in refused.items():
            name_of_case = f"liquidation/decision-refused{suffix}"
            await world.keep(name_of_case, "decision-refused", entry_number=numbers[name])
        await enroll(world, 1, has_ach_enrollment=True, has_valid_bank_data=True)
        await world.cycle(date(2026, 3, 13))
        await keep_entries(world, numbers, {"refund": "liquidated-with-refund"})
        await world.cycle(date(2027, 3, 5))
        await keep_entries(world, numbers, {"extended": "liquidated-after-extension"})
        return world


async def keep_entries(world: World, numbers: dict[str, str], kept: dict[str, str], change: str = "liquidated") -> None:
    """Name what was said of entries by one change."""
    for name, case_name in kept.items():
        await world.keep(f"liquidation/{case_name}", ENTRY, entry_number=numbers[name], change=change)


async def extend(world: World, number: str, posted_on: str) -> None:
    """Extend an entry's period for want of information."""
    body = {"reason": "information-needed", "posted_on": posted_on, "explanation": "A CBP 28 is unanswered."}
    await on_entry(world, number, "extensions", **body)


async def tell_money(make_engine: MakeEngine) -> World:
    """What follows a liquidation: bills, demands, refunds, reliquidations, voidings, claims under 1520(d)."""
    async with open_world(make_engine, FILED) as world:
        await register(world)
        await register(world, ENJOINED)
        names = "overdue more less equal court lacking refund claimed denied"
        numbers = {name: await file(world, serial, lines=BIG) for serial, name in enumerate(names.split(), 7_004_001)}
        numbers["no-bond"] = await file(world, 7_004_020, lines=BIG, surety_code=None)
        numbers["paid-late"] = await file(world, 7_004_021, lines=BIG, paid_on="2025-06-20")
        numbers["enjoined"] = await file(world, 7_004_022, lines=BIG, importer_number=ENJOINED)
        numbers["free"] = await file(world, 7_004_023)
        world.go_to(date(2025, 6, 2))
        for name in ("overdue", "more", "less", "equal", "no-bond", "paid-late", "enjoined"):
            await decide(world, numbers[name], "increase", effect={"duty_usd": "1000.00"})
        for name in ("lacking", "refund"):
            await decide(world, numbers[name], "refund", effect={"duty_usd": "-25.00"})
        await world.cycle(LIQUIDATED)
        lacking = {
            "lacking": "liquidated-with-refund-lacking",
            "paid-late": "liquidated-with-increase-lacking",
        }
        await keep_entries(world, numbers, lacking)
        world.go_to(date(2026, 3, 9))
        for name, effect in {"more": "1500.00", "less": "600.00", "equal": "1000.00", "free": "-25.00"}.items():
            found = {"effect_duty_usd": effect, "effect_fees_usd": "0.00", "explanation": "SYNTHETIC: found again."}
            await on_entry(world, numbers[name], "reliquidations", **found)
        reliquidated = {
            "more": "reliquidated-with-increase",
            "less": "reliquidated-with-lower-bill",
            "equal": "reliquidated-without-change",
            "free": "reliquidated-with-refund-lacking",
        }
        await keep_entries(world, numbers, reliquidated, "reliquidated")
        await on_deposit(world, numbers["paid-late"], "2025-06-20")
        await keep_entries(world, numbers, {"paid-late": "billed"}, "billed")
        await tell_refunds(world, numbers)
        await tell_voiding(world, numbers["enjoined"])
        await tell_claims(world, numbers)
        for day in (date(2026, 4, 6), date(2026, 5, 5), date(2026, 6, 4), date(2026, 7, 6)):
            world.go_to(day)
            await world.liquidation.run("bill-clocks")
            await world.listen()
        said = {"entry_number": numbers["overdue"]}
        await world.keep("liquidation/surety-billed", ENTRY, change="surety-billed", **said)
        await world.keep("liquidation/bill-dunned", ENTRY, change="bill-overdue", **said)
        await keep_entries(world, numbers, {"no-bond": "bill-overdue-without-surety"}, "bill-overdue")
        found = [e for s, e in world.published if e["data"].get("change") == "bill-overdue"]
        world.kept["liquidation/bill-overdue"] = next(
            e for e in found if e["data"]["entry_number"] == numbers["overdue"]
        )
        court = {"effect_duty_usd": "-5.00", "effect_fees_usd": "0.00", "explanation": "As headquarters instructed."}
        suit = {"court_ordered_on": "2026-07-06", "is_in_suit": True, "court_number": "21-00567"}
        await on_entry(world, numbers["court"], "reliquidations", writer="court-judgment", **court, **suit)
        await keep_entries(world, numbers, {"court": "reliquidated-by-court"}, "reliquidated")
        return world


async def on_deposit(world: World, number: str, required_on: str) -> None:
    """Record by when an entry's duties were due."""
    path, body = f"/entries/{number}/deposit-facts", {"required_on": required_on}
    await world.liquidation.call("PUT", path, CLERK, body, If_Match='"0"')
    await world.listen()


async def tell_refunds(world: World, numbers: dict[str, str]) -> None:
    """Refunds that become known, wait, are ready, certified and paid."""
    said = {"entry_number": numbers["refund"], "change": "refund-changed"}
    await enroll(world, 0, has_ach_enrollment=False, has_valid_bank_data=False)
    await world.keep("liquidation/refund-determined", ENTRY, **said)
    await enroll(world, 1, has_ach_enrollment=True, has_valid_bank_data=True)
    await world.keep("liquidation/refund-ready", ENTRY, **said)
    path = f"/refunds/{world.kept['liquidation/refund-ready']['data']['refund_number']}"
    await world.liquidation.call("POST", f"{path}/certify", PAYER, If_Match=await world.liquidation.tag(path, PAYER))
    await world.keep("liquidation/refund-certified", ENTRY, **said)
    tag = await world.liquidation.tag(path, DIRECTOR)
    await world.liquidation.call("POST", f"{path}/pay", DIRECTOR, {"paid_on": "2026-03-09"}, If_Match=tag)
    await world.keep("liquidation/refund-paid", ENTRY, **said)
    found = {"effect_duty_usd": "-5.00", "effect_fees_usd": "-20.00", "explanation": "SYNTHETIC: found again."}
    await on_entry(world, numbers["court"], "reliquidations", **found)
    await world.keep("liquidation/reliquidated-with-refund", ENTRY, entry_number=numbers["court"])


async def tell_voiding(world: World, number: str) -> None:
    """A liquidation in breach of an injunction, which is void; the entry liquidates again when that is lifted."""
    meant = {"ground": "injunction", "reference": "24-00123", "source": "court-notice"}
    meant["predicate"] = {"importer_number": ENJOINED}
    await instruct(world, "enjoin", kind="suspend", noticed_on="2026-03-02", **meant)
    await on_entry(world, number, "voided-liquidations", explanation="Court 24-00123.")
    await world.keep("liquidation/liquidation-voided", ENTRY, entry_number=number, change="liquidation-voided")
    await instruct(world, "lift", noticed_on="2026-03-09", **meant)
    await world.keep("liquidation/suspension-lifted-after-voiding", ENTRY, entry_number=number)
    await world.cycle(date(2026, 3, 13))
    await world.keep("liquidation/liquidated-again", ENTRY, entry_number=number, change="liquidated")


async def tell_claims(world: World, numbers: dict[str, str]) -> None:
    """Claims under 1520(d): one is granted and reliquidates its entry, one is denied."""
    granted = {"outcome": "granted", "reasons": "Originating."}
    granted["changes"] = [{"entry_number": numbers["claimed"], "change_duty_usd": "-25.00"}]
    for name, decision in {"claimed": granted, "denied": {"outcome": "denied", "reasons": "Not proven."}}.items():
        body = {"program": "USMCA", "declaration": "on file", "certification_of_origin": "on file"}
        received = {"received_at": "2026-02-27T15:00:00Z", "body": body, "entries": [numbers[name]]}
        await file_paper(world, "preference-claim", f"C-{name}", **received)
        path = f"/preference-claims/C-{name}/decision"
        await world.liquidation.call("POST", path, REVIEWER, decision, If_Match="*")
    await keep_entries(world, numbers, {"claimed": "reliquidated-by-claim"}, "reliquidated")
    kept = {"claimed": "preference-claim-granted", "denied": "preference-claim-denied"}
    await keep_entries(world, numbers, kept, "preference-claim-decided")


async def protest(world: World, name: str, numbers: Sequence[str], who: Identity = OWNER, **changes: Any) -> str:
    """File a protest over HTTP; gives its number."""
    body = {"entries": list(numbers), **PROTEST, **changes}
    number = str((await world.liquidation.call("POST", "/protests", who, body))["protest_number"])
    await world.listen()
    if name:
        await world.keep(f"liquidation/protest-{name}", "protest-changed", protest_number=number)
    return number


async def do(world: World, number: str, kind: str, who: Identity, *, name: str | None = None, **body: Any) -> None:
    """An act on a protest; the first event of each act gets its name, unless another is given."""
    given = {"kind": kind, **body}
    await world.liquidation.call("POST", f"/protests/{number}/acts", who, given, If_Match="*")
    await world.listen()
    last = [e for s, e in world.published if s == "liquidation/protest-changed" and e["subject"] == number][-1]
    case_name = f"liquidation/protest-{name or last['data']['act']}"
    if name is not None or case_name not in world.kept:
        await world.keep(case_name, "protest-changed", protest_number=number)


async def deny(world: World, number: str, **changes: Any) -> None:
    """Review a protest and deny it."""
    await do(world, number, "begin-review", REVIEWER)
    await do(world, number, "recommend", REVIEWER, reasons="As classified.", otherwise="denied")
    await do(world, number, "sign", DIRECTOR, **changes)


async def tell_protests(make_engine: MakeEngine) -> World:
    """Protests that live through every act, and what the work queue makes of them."""
    async with open_world(make_engine, FILED) as world:
        await register(world)
        numbers = [await file(world, 7_005_000 + serial) for serial in range(1, 21)]
        await world.cycle(LIQUIDATED)
        world.go_to(date(2026, 4, 1))
        entries = iter(numbers)
        await tell_decisions(world, entries)
        await tell_further_review(world, entries)
        await tell_other_acts(world, entries)
        return world


async def tell_decisions(world: World, entries: Iterator[str]) -> None:
    """Allowed, allowed in part, denied by CBP and by the law, voided and brought to court."""
    allowed = next(entries)
    number = await protest(world, "filed", [allowed])
    await do(world, number, "begin-review", REVIEWER)
    await do(world, number, "ask-party", REVIEWER, text="What do they weigh?")
    await do(world, number, "party-answered", REVIEWER)
    item = {"entry_number": allowed, "outcome": "allowed", "reasons": "8471.30 applies.", "change_duty_usd": "-25.00"}
    await do(world, number, "recommend", REVIEWER, reasons="The goods are portable.", items=[item])
    await do(world, number, "return", DIRECTOR)
    await do(world, number, "recommend", REVIEWER, reasons="The goods are portable.", items=[item])
    await do(world, number, "sign", DIRECTOR)
    await world.keep("liquidation/reliquidated-by-protest", ENTRY, entry_number=allowed, change="reliquidated")
    first, second = next(entries), next(entries)
    surety = {"demand_on": "2026-03-09", "non_collusion_certified": True}
    number = await protest(world, "filed-by-surety", [first, second], SURETY, **surety)
    line = {"entry_number": first, "line_number": 1, "outcome": "allowed", "reasons": "So held."}
    await do(world, number, "begin-review", REVIEWER)
    part = {"items": [line | {"change_duty_usd": "-25.00"}], "otherwise": "denied"}
    await do(world, number, "recommend", REVIEWER, reasons="In part.", **part)
    await do(world, number, "sign", DIRECTOR)
    denied = next(entries)
    number = await protest(world, "", [denied])
    await world.keep("workqueue/protest-routed", "work-item-changed", process="protest", entry_number=denied)
    await deny(world, number)
    await do(world, number, "request-void", OWNER)
    item = {"topic": "work-item-changed", "process": "protest", "entry_number": denied}
    await world.keep("workqueue/protest-ended-by-decision", change="cancelled", **item)
    await do(world, number, "void-denial", DIRECTOR)
    await world.keep("workqueue/protest-reopened", change="routed", **item)
    await do(world, number, "recommend", REVIEWER, reasons="As classified.", otherwise="denied")
    await do(world, number, "sign", DIRECTOR, name="denied-again")
    number = await protest(world, "", [next(entries)], SURETY, **surety)
    await deny(world, number, name="denied-of-surety")
    facts = {"filed_on": "2026-04-01", "court_number": "26-00001", "are_duties_paid": False}
    await do(world, number, "summon", SURETY, **facts)


async def tell_further_review(world: World, entries: Iterator[str]) -> None:
    """Further review granted and answered, refused, set aside by headquarters or not."""
    entry = next(entries)
    number = await protest(world, "filed-with-further-review", [entry], further_review=True)
    await do(world, number, "begin-review", REVIEWER)
    await do(world, number, "grant-further-review", DIRECTOR, criteria=["not-ruled-on"])
    await do(world, number, "forward", DIRECTOR)
    answer = {"outcome": "denied", "reference": "HQ H000001", "reasons": "As held before."}
    await do(world, number, "answer-further-review", HEADQUARTERS, **answer)
    for what in ("set-aside", "refuse-set-aside"):
        number = await protest(world, "", [next(entries)], further_review=True)
        await do(world, number, "refuse-further-review", DIRECTOR, reasons="No criterion is met.")
        await do(world, number, "request-set-aside", OWNER)
        await do(world, number, what, HEADQUARTERS)
    number = await protest(world, "", [next(entries)])
    await do(world, number, "apply-further-review", OWNER, criteria=["not-ruled-on"])


async def tell_other_acts(world: World, entries: Iterator[str]) -> None:
    """Amended, suspended behind a lead, rejected, withdrawn, denied by the law; filed by a broker over the bus."""
    led, following = next(entries), next(entries)
    lead, follower = [await protest(world, "", [each], issue="weight limit") for each in (led, following)]
    await do(world, follower, "suspend", REVIEWER, lead=lead)
    await do(world, follower, "resume", REVIEWER)
    await do(world, lead, "amend", OWNER, categories=["monitors"])
    await do(world, lead, "add-grounds", OWNER, text="A ruling of 2026.")
    await do(world, lead, "withdraw", OWNER)
    ended = {"process": "protest", "entry_number": led, "change": "cancelled"}
    await world.keep("workqueue/protest-ended-by-withdrawal", "work-item-changed", **ended)
    number = await protest(world, "", [next(entries)])
    await do(world, number, "request-acceleration", OWNER, mailed_on="2026-04-01")
    named = [next(entries)]
    filer = {"role": "broker", "id": "B76", "name": "SYNTHETIC BROKER"}
    await file_paper(world, "protest", "270426100001", entries=named, body=PROTEST, filed_by=filer)
    await world.keep("liquidation/protest-filed-by-broker", "protest-changed", protest_number="270426100001")
    await file_paper(world, "protest", "270426100002", entries=named, body=PROTEST, filed_by=filer)
    second = {"ground": "second-protest", "reasons": "One protest to a category."}
    await do(world, "270426100002", "reject", DIRECTOR, **second)
    await file_paper(world, "protest", "270426100003", body=PROTEST)
    await world.keep("liquidation/protest-filed-without-entry", "protest-changed", protest_number="270426100003")
    world.go_to(date(2026, 5, 4))
    await world.liquidation.run("protest-clocks")
    await world.keep("liquidation/protest-deem-denied", "protest-changed", protest_number=number)


PROTEST: dict[str, Any] = {
    "decision": "classification-rate-duty",
    "categories": ["computers"],
    "protestant": {"name": "SYNTHETIC IMPORTER 0001", "address": "1 Example Road"},
    "goods": "Portable computers",
    "objections": [{"category": "computers", "nature": "Classified in 8471.41.", "reasons": "They weigh 2 kg."}],
}


async def tell_refusals(make_engine: MakeEngine) -> World:
    """Corrections that are barred: by what they change, and by when they come."""
    async with open_world(make_engine, FILED) as world:
        await register(world)
        topic = "event-refused"
        number = await file(world, 7_002_900)

        async def correct(version: int, name: str, by: str = "B76", **changes: Any) -> None:
            body = body_of(world, number, version=version, reasons=["H06"], **changes)
            await world.tell("entry-corrected", body, id=name, source=f"urn:filer:{by}")
            await world.keep(f"liquidation/{name}", topic, id=name)

        await correct(2, "correction-refused-for-importer", importer_number=ENJOINED)
        await correct(3, "correction-refused-for-type", entry_type="23")
        await correct(4, "correction-refused-for-port-and-flag", port_of_entry="2709", reconciliation_issues=["value"])
        await correct(5, "correction-refused-of-other-filer", "C77", port_of_entry="2709")
        days = {"entry_date": FILED.isoformat(), "import_date": "2025-04-24", "paid_on": "2025-05-05"}
        world.go_to(date(2026, 3, 2))
        await correct(6, "correction-refused-outside-window", **days, lines=[line(value_usd=2000)])
        await world.cycle(LIQUIDATED)
        await correct(7, "correction-refused-after-liquidation", **days, lines=[line(value_usd=3000)])
        return world


async def tell_near_days(make_engine: MakeEngine) -> World:
    """Days that come near, one of which is met after it was told."""
    async with open_world(make_engine, FILED) as world:
        await register(world)
        item = await find_item(world, entry=await file(world, 7_009_001, lines=[case()]))
        body = {"token": await claim(world, item), "questions": ["SYNTHETIC: of what is it?"]}
        letter = (await world.workqueue.call("POST", f"/items/{item}/requests", SPECIALIST, body))["request_id"]
        await world.listen()
        world.go_to(date(2025, 5, 11))
        await world.liquidation.run("remind")
        await world.keep("liquidation/day-comes-near", "deadline-near", change="near")
        await file_paper(world, "response", "R-7009001", body={"answers_request": letter})
        world.go_to(date(2025, 5, 18))
        await world.liquidation.run("remind")
        await world.keep("liquidation/near-day-withdrawn", "deadline-near", change="withdrawn")
        return world


STORIES = (tell_days, tell_liquidations, tell_money, tell_protests, tell_refusals, tell_near_days)
