"""Where the events of routing come from: accounts, entries and filings that meet every case of its events."""

from datetime import date, timedelta
from typing import Any

from shared.customs.calendar import legal_date
from shared.customs.parties import SCOPE_MEANINGS
from shared.runtime.identity import Identity, RoleName
from tests.support.events import cloud_event, entry_body, entry_number, line
from tests.support.produced.world import DIRECTOR, OFFICE, MakeEngine, World, open_world

IMPORTER, TRUSTED, UNALIGNED, STRANGER = "07-345678900", "08-345678900", "09-345678900", "10-345678900"
CAR, COMPUTER, STEEL, NOT_MAPPED = "8703230170", "8471300100", "7208100000", "9903880100"
TODAY = date(2026, 3, 2)
BIG = 1_000_000
HOLDER = Identity("owner", "Pat Owner", frozenset({RoleName.IMPORTER}), importer_numbers=frozenset({TRUSTED}))


def case(number: int = 1, **changes: Any) -> dict[str, Any]:
    """A line that names an antidumping case."""
    cases = [{"case_number": "A570012000", "rate_pct": "25.00", "deposit_usd": "10.00"}]
    return line(number, **{"cases": cases, **changes})


async def register(world: World, number: str = IMPORTER, center: str | None = "CEE007", **changes: Any) -> None:
    """An account with its Center and, unless told otherwise, an address."""
    body = {
        "importer_number": number,
        "name": "SYNTHETIC IMPORTER 0001",
        "center": center,
        "effective_on": "2025-01-01",
        "contact_email": "trade@importer.example",
    }
    await world.routing.call("POST", "/importers", OFFICE, {"accounts": [body | changes]})
    await world.listen()


async def file(world: World, serial: int, **changes: Any) -> str:
    """An entry filed today; gives its number."""
    number = entry_number(serial)
    await world.tell("entry-filed", body_of(world, number, **changes))
    return number


def body_of(world: World, number: str, **changes: Any) -> dict[str, Any]:
    """An entry of goods that came in yesterday, on which the duties are paid in time."""
    today = legal_date(world.clock.now())
    days = {"entry_date": today, "import_date": today - timedelta(days=1), "paid_on": today + timedelta(days=10)}
    return entry_body(number, **{name: day.isoformat() for name, day in days.items()} | changes)


async def file_paper(world: World, kind: str, number: str, importer: str = IMPORTER, **changes: Any) -> None:
    """A post-entry filing of now."""
    data = {
        "filing_number": number,
        "kind": kind,
        "importer_number": importer,
        "filed_by": {"role": "importer", "id": importer, "name": "SYNTHETIC IMPORTER 0001"},
        "received_at": world.now,
        "entries": [],
        "body": {},
    }
    await world.tell("post-entry-filed", data | changes)


async def tell_entries(make_engine: MakeEngine) -> World:
    """Entries of every basis, lane and division; corrected, moved, with a Center to be consulted."""
    async with open_world(make_engine, TODAY) as world:
        await register(world)
        await register(world, TRUSTED, trusted_programs=["CTPAT"])
        await register(world, UNALIGNED, None)
        cases: dict[str, dict[str, Any]] = {
            "entry-of-account-unreviewed": {},
            "entry-of-account-for-ad-cvd": {"lines": [case()]},
            "entry-of-account-for-quota": {"entry_type": "02"},
            "entry-of-account-for-preference": {"lines": [line(value_usd=100_000, preference="KR")]},
            "entry-of-account-for-summary-review": {"lines": [line(value_usd=BIG)]},
            "entry-of-account-for-three-reviews": {"entry_type": "07", "lines": [case(value_usd=BIG)]},
            "entry-of-account-with-consultation": {"lines": [case(1, hts=CAR), line(2, CAR), line(3)]},
            "entry-of-trusted-trader": {"importer_number": TRUSTED},
            "entry-of-trusted-trader-for-quota": {"importer_number": TRUSTED, "entry_type": "02"},
            "entry-of-trusted-trader-for-ad-cvd": {"importer_number": TRUSTED, "lines": [case()]},
            "entry-by-goods-of-unaligned-account": {"importer_number": UNALIGNED},
            "entry-by-goods-of-unknown-importer": {"importer_number": STRANGER},
            "entry-by-goods-for-ad-cvd": {"importer_number": STRANGER, "lines": [case()]},
            "entry-pending": {"importer_number": STRANGER, "lines": [line(hts=NOT_MAPPED)]},
            "entry-pending-unreviewed": {"importer_number": UNALIGNED, "lines": [line(hts=NOT_MAPPED)]},
            "entry-pending-for-ad-cvd": {"importer_number": STRANGER, "lines": [case(hts=NOT_MAPPED)]},
            "entry-of-account-for-quota-with-consultation": {"entry_type": "02", "lines": [line(hts=CAR)]},
        }
        for serial, (name, changes) in enumerate(cases.items(), 7_000_001):
            number = await file(world, serial, **changes)
            await world.keep(f"routing/{name}", "entry-routed", entry_number=number, version=1)
        number = entry_number(7_000_002)
        await world.tell("entry-corrected", body_of(world, number, version=2, reasons=["H06"]))
        await world.keep("routing/entry-corrected-needs-no-review", "entry-routed", entry_number=number, version=2)
        number = entry_number(7_000_003)
        body = body_of(world, number, version=2, reasons=["H06"], entry_type="02", lines=[line(value_usd=2000)])
        await world.tell("entry-corrected", body)
        await world.keep("routing/entry-corrected-for-quota", "entry-routed", entry_number=number, version=2)
        await move(world, "entries", number)
        await world.keep("routing/entry-moved", "entry-routed", entry_number=number, move=1)
        await world.tell("entry-corrected", body | {"version": 3, "lines": [line(value_usd=3000)]})
        await world.keep("routing/entry-corrected-after-move", "entry-routed", entry_number=number, version=3)
        number = entry_number(7_000_007)
        await move(world, "entries", number, to="CEE003")
        await world.keep("routing/entry-moved-to-consulted-center", "entry-routed", entry_number=number, move=1)
    async with open_world(make_engine, TODAY, random_floor_basis_points=10_000) as drawn:
        await register(drawn)
        number = await file(drawn, 7_000_050)
        await drawn.keep("routing/entry-drawn-at-random", "entry-routed", entry_number=number)
        world.kept |= drawn.kept
    return world


async def move(world: World, matters: str, number: str, to: str = "CEE005") -> None:
    """Give an open matter to another Center."""
    body = {"from_center": "CEE007", "to_center": to, "reason": "SYNTHETIC: the goods are of another Center."}
    await world.routing.call("POST", f"/{matters}/{number}/moves", OFFICE, body)
    await world.listen()


async def tell_filings(make_engine: MakeEngine) -> World:
    """A filing of each kind of an importer with a Center and of one without; forwarded, with clocks, moved."""
    async with open_world(make_engine, TODAY) as world:
        await register(world)
        bodies: dict[str, dict[str, Any]] = {
            "protest": {},
            "prior-disclosure": {},
            "reconciliation": {"due_on": "2027-06-02"},
            "drawback-claim": {},
            "preference-claim": {"imported_on": "2025-06-02"},
            "internal-advice": {},
            "extension-request": {"period_ends_on": "2027-03-02"},
            "response": {},
            "petition": {"notice_mailed_on": "2026-02-16"},
            "center-appeal": {},
            "refund-declaration": {"program": "ieepa-2026"},
        }
        named = [entry_number(7_000_101)]
        for kind, body in bodies.items():
            for importer, suffix in ((IMPORTER, ""), (STRANGER, "-pending")):
                number = f"SYN-{kind}{suffix}"
                await file_paper(world, kind, number, importer, body=body, entries=named if not suffix else [])
                await world.keep(f"routing/filing-{kind}{suffix}", "filing-routed", filing_number=number)
        number = "SYN-prior-disclosure-oral"
        await file_paper(world, "prior-disclosure", number, body={"is_oral": True, "filed_with": "2704"})
        await world.keep("routing/filing-prior-disclosure-forwarded", "filing-routed", filing_number=number)
        number = "SYN-prior-disclosure-complete"
        await file_paper(world, "prior-disclosure", number, body={"is_complete": True})
        await world.keep("routing/filing-prior-disclosure-complete", "filing-routed", filing_number=number)
        body = {"further_review": True, "against_exclusion": True, "accelerated_requested_on": "2026-03-02"}
        await file_paper(world, "protest", "SYN-protest-clocks", body=body, entries=named)
        await world.keep("routing/filing-protest-with-clocks", "filing-routed", filing_number="SYN-protest-clocks")
        for importer, suffix in ((IMPORTER, ""), (STRANGER, "-pending")):
            number = f"SYN-response-to-request{suffix}"
            body = {"answers_request": "b1a5c0f2-9c6d-5e0b-8a53-6c9d2f1e7a10"}
            await file_paper(world, "response", number, importer, body=body)
            await world.keep(f"routing/filing-response-to-request{suffix}", "filing-routed", filing_number=number)
        for kind in ("preference-claim", "prior-disclosure"):
            number = f"SYN-{kind}-by-goods"
            body = bodies[kind] | {"goods": [{"hts": CAR, "value_usd": 48_000}]}
            await file_paper(world, kind, number, STRANGER, body=body)
            await world.keep(f"routing/filing-{kind}-by-goods", "filing-routed", filing_number=number)
        for suffix, body in (
            ("-well-named", {"current_center": "CEE007", "preferred_center": "CEE010"}),
            ("-against-another", {"current_center": "CEE005", "preferred_center": "CEE010"}),
            ("-for-its-own", {"preferred_center": "CEE007"}),
        ):
            number = f"SYN-center-appeal{suffix}"
            await file_paper(world, "center-appeal", number, body=body)
            await world.keep(f"routing/filing-center-appeal{suffix}", "filing-routed", filing_number=number)
        world.go_to(TODAY, 18)
        await move(world, "post-entry-filings", "SYN-prior-disclosure")
        await world.keep("routing/filing-moved", "filing-routed", filing_number="SYN-prior-disclosure", sequence=2)
        return world


async def tell_accounts(make_engine: MakeEngine) -> World:
    """Accounts that get a Center in every way, and get another, and lose it."""
    async with open_world(make_engine, date(2025, 1, 1)) as world:
        await register(world)
        await world.keep("routing/account-registered", "account-assigned", importer_number=IMPORTER)
        await register(world, center="CEE003", effective_on="2025-06-02")
        await world.keep("routing/account-registered-elsewhere", "account-assigned", importer_number=IMPORTER)
        await register(world, center=None, effective_on="2025-06-09")
        await world.keep("routing/account-without-center-again", "account-assigned", importer_number=IMPORTER)
        await register(world, "11-345678900", contact_email=None)
        await world.keep(
            "routing/account-registered-without-address", "account-assigned", importer_number="11-345678900"
        )
        await register(world, TRUSTED, trusted_programs=["CTPAT"])
        await world.keep("routing/account-registered-trusted", "account-assigned", importer_number=TRUSTED)
        await register(world, UNALIGNED, None)
        await world.keep("routing/account-without-center", "account-assigned", importer_number=UNALIGNED)
        await world.routing.call("POST", "/appeals", HOLDER, APPEAL)
        number = (await world.routing.call("GET", "/appeals", OFFICE))["items"][0]["appeal_number"]
        for act, body in (("review", {"reason": "SYNTHETIC: complete enough."}), ("decision", REASSIGN)):
            tag = await world.routing.tag(f"/appeals/{number}", OFFICE)
            await world.routing.call("POST", f"/appeals/{number}/{act}", OFFICE, body, If_Match=tag)
        await world.keep(
            "routing/account-reassigned-on-appeal", "account-assigned", importer_number=TRUSTED, sequence=2
        )
        await world.keep("routing/appeal-reassigned", "appeal-decided", appeal_number=number)
        world.go_to(date(2025, 2, 3))
        for serial, importer in enumerate((UNALIGNED, "12-345678900")):
            if serial:
                await register(world, importer, None)
            lines = [line(number, COMPUTER) for number in range(1, 31)]
            await file(world, 7_000_201 + serial, importer_number=importer, lines=lines)
        world.go_to(date(2025, 3, 3))
        await world.routing.run("assignment-proposals")
        found = (await world.routing.call("GET", "/assignment-proposals", OFFICE))["items"]
        numbers = {each["importer_number"]: each["proposal_id"] for each in found}
        override = {"center": "CEE005", "ground": "intended-use", "reason": "SYNTHETIC: steel racks."}
        for importer, act, body in (
            (UNALIGNED, "confirm", {"reason": "SYNTHETIC: looked at."}),
            ("12-345678900", "override", override),
        ):
            path = f"/assignment-proposals/{numbers[importer]}"
            tag = await world.routing.tag(path, OFFICE)
            await world.routing.call("POST", f"{path}/{act}", DIRECTOR, body, If_Match=tag)
        await world.keep("routing/account-assigned-by-goods", "account-assigned", importer_number=UNALIGNED, sequence=2)
        await world.keep("routing/account-assigned-by-override", "account-assigned", basis="override")
        again = APPEAL | {"preferred_center": "CEE005"}
        number = (await world.routing.call("POST", "/appeals", HOLDER, again))["appeal_number"]
        for act, body in (("review", {"reason": "SYNTHETIC: complete enough."}), ("decision", UPHOLD)):
            tag = await world.routing.tag(f"/appeals/{number}", OFFICE)
            await world.routing.call("POST", f"/appeals/{number}/{act}", OFFICE, body, If_Match=tag)
        await world.keep("routing/appeal-upheld", "appeal-decided", appeal_number=number)
        address = {"street": ["1 Example Plaza"], "city": "Chicago", "state": "IL", "postal_code": "60601"}
        await register(world, "13-345678900")
        await register(world, "13-345678900", postal_address=address)
        await world.keep("routing/account-with-postal-address", "account-changed", importer_number="13-345678900")
        await register(world, "14-345678900")
        await register(world, "14-345678900", contact_email="customs@importer.example")
        await world.keep("routing/account-with-another-address", "account-changed", importer_number="14-345678900")
        return world


APPEAL: dict[str, Any] = {
    "importer_number": TRUSTED,
    "current_center": "CEE007",
    "preferred_center": "CEE010",
    "importer_numbers": [TRUSTED],
    "bond_numbers": {TRUSTED: "SYN-B1"},
    "justification": "SYNTHETIC: machinery.",
    "import_history": [{"hts": "8479", "value_usd": 900_000}],
}
REASSIGN: dict[str, Any] = {
    "outcome": "reassigned",
    "center": "CEE010",
    "effective_on": "2025-04-01",
    "reasons": ["SYNTHETIC: the goods are machinery."],
}
UPHOLD: dict[str, Any] = {"outcome": "upheld", "reasons": ["SYNTHETIC: the goods are computers."]}
PARTIES: dict[str, dict[str, Any]] = {
    "filer": {"party_id": "filer:B76", "name": "SYNTHETIC FILER"},
    "surety": {"party_id": "surety:036", "name": "SYNTHETIC SURETY"},
    "agent": {"party_id": "agent:1001", "name": "SYNTHETIC AGENT"},
    "counsel": {"party_id": "counsel:2001", "name": "SYNTHETIC COUNSEL"},
}


async def tell_parties(make_engine: MakeEngine) -> World:
    """A party of each kind, one that is closed, and what an importer delegates and takes back."""
    async with open_world(make_engine, TODAY) as world:
        await register(world)
        for kind, party in PARTIES.items():
            contacts = [{"process": "all", "name": "SYNTHETIC DESK", "email": f"desk@{kind}.example"}]
            body = {"parties": [party | {"contacts": contacts}], "reason": "SYNTHETIC: registered."}
            await world.routing.call("POST", "/parties", OFFICE, body)
            await world.listen()
            await world.keep(f"routing/party-{kind}", "party-changed", party_id=party["party_id"])
        owner = Identity("owner", "Pat Owner", frozenset({RoleName.IMPORTER}), importer_numbers=frozenset({IMPORTER}))
        for scope in SCOPE_MEANINGS:
            if scope == "all":
                continue
            await delegate(world, owner, "agent:1001", scope)
        await world.keep("routing/party-agent-delegated-to", "party-changed", party_id="agent:1001")
        given = await delegate(world, owner, "counsel:2001", "all")
        await world.keep("routing/party-counsel-delegated-to", "party-changed", party_id="counsel:2001")
        ended = {"reason": "SYNTHETIC: another counsel."}
        await world.routing.call("POST", f"/delegations/{given}/revoke", owner, ended)
        await world.listen()
        await world.keep("routing/party-counsel-revoked", "party-changed", party_id="counsel:2001")
        closed = {"name": "SYNTHETIC FILER", "closed_on": TODAY.isoformat(), "contacts": [], "reason": "SYNTHETIC."}
        tag = await world.routing.tag("/parties/filer:B76", OFFICE)
        await world.routing.call("PUT", "/parties/filer:B76", OFFICE, closed, If_Match=tag)
        await world.listen()
        await world.keep("routing/party-closed", "party-changed", party_id="filer:B76")
        return world


async def delegate(world: World, owner: Identity, party: str, *scopes: str) -> str:
    """Something delegated from today on; gives its id."""
    body = {"importer_number": IMPORTER, "scopes": list(scopes), "reason": "SYNTHETIC: power of attorney."}
    answer = await world.routing.call("POST", f"/parties/{party}/delegations", owner, body)
    await world.listen()
    return str(answer["delegation_id"])


async def tell_refusals(make_engine: MakeEngine) -> World:
    """Messages of filers that are no events of their topics: with faults in fields, without an id, of nobody."""
    async with open_world(make_engine, TODAY) as world:
        number = entry_number(7_001_900)
        body = body_of(world, number, port_of_entry="27", lines=[line(hts="84.71"), line(2, country_of_origin="CHN")])
        event = cloud_event("entry-filed", body, id="refused-1", time=world.now)
        await world.tell_wrong("entry-filed", event, key=number)
        await world.keep("routing/event-refused-with-three-faults", "event-refused", id="refused-1")
        wrong = number[:-1] + str((int(number[-1]) + 1) % 10)
        event = cloud_event("entry-filed", body_of(world, wrong), id="refused-2", time=world.now)
        await world.tell_wrong("entry-filed", event, key=wrong, offset=1)
        await world.keep("routing/event-refused-for-its-check-digit", "event-refused", id="refused-2")
        nameless = cloud_event("entry-filed", body_of(world, number), time=world.now)
        del nameless["id"], nameless["source"]
        await world.tell_wrong("entry-filed", nameless, key=number, offset=2)
        await world.keep("routing/event-refused-without-id", "event-refused", code="missing-attribute")
        return world


async def tell_directory(make_engine: MakeEngine) -> World:
    """A contact point of a Center that opens, gets another number, and closes."""
    async with open_world(make_engine, TODAY) as world:
        for name, action, details in (
            ("opened", "open", {"phone": "+1 555 0101", "hours": "9 to 5"}),
            ("changed", "change", {"phone": "+1 555 0102"}),
            ("closed", "close", {}),
        ):
            await change_directory(world, action, **details)
            await world.keep(f"routing/directory-contact-{name}", "directory-changed", action=action)
        return world


async def change_directory(world: World, action: str, **details: str) -> Any:
    """The help desk of the Center of electronics changes, from today on."""
    body = {"kind": "contact", "code": "help-desk", "center": "CEE007", "action": action}
    said = {
        "effective_on": legal_date(world.clock.now()).isoformat(),
        "details": details,
        "reason": "SYNTHETIC: moved.",
    }
    made = await world.routing.call("POST", "/directory/changes", OFFICE, body | said)
    await world.listen()
    return made


STORIES = (tell_entries, tell_filings, tell_accounts, tell_parties, tell_directory, tell_refusals)
