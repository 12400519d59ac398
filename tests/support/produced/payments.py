"""Where the events of payments of programs come from: a program posts, pays, and takes what the bank returns."""

from datetime import date, timedelta
from typing import Any

from services.liquidation.api.program_models import templates
from shared.runtime.identity import Identity, RoleName
from tests.support.events import line
from tests.support.people import EVERY_CENTER, EVERY_DIVISION
from tests.support.produced.liquidation import BIG, CLERK, FILED, LIQUIDATED, PAYER, decide, on_entry
from tests.support.produced.routing import IMPORTER, file, register
from tests.support.produced.world import DIRECTOR, MakeEngine, World, open_world

NOT_ENROLLED, NAMING = "13-345678900", "14-345678900"
POSTED = date(2026, 9, 14)
PAYMENT = "payment-changed"
SURCHARGED = [
    line(
        tariffs=[
            {"hts": "8471300100", "value_usd": 125_000, "duty_usd": "0.00"},
            {"hts": "99030124", "value_usd": 0, "duty_usd": "9375.00"},
        ]
    )
]
_OFFICERS = frozenset({RoleName.LIQUIDATION_SPECIALIST, RoleName.IMPORT_SPECIALIST})
DRAFTER, CONFIRMER, RELEASER = (
    Identity(subject, name, _OFFICERS, EVERY_CENTER, EVERY_DIVISION)
    for subject, name in (("pia", "Pia Lind"), ("ole", "Ole Berg"), ("ute", "Ute Falk"))
)
BROKER = Identity("broker", "Bo Roker", frozenset({RoleName.BROKER}), filer_code="B76")


def _owner(importer: str) -> Identity:
    numbers = frozenset({importer})
    return Identity(f"owner-{importer[:2]}", "Ola Owner", frozenset({RoleName.IMPORTER}), importer_numbers=numbers)


async def release(world: World) -> str:
    """The model of the first program, released by three people; gives its code."""
    model = templates()[0]
    body = {"definition": model, "reason": "The order of 4 March 2026."}
    code = str(model["program"])
    await world.liquidation.call("POST", "/programs", DRAFTER, body)
    at = f"/programs/{code}/revisions/1"
    await world.liquidation.run("read-special-duties")
    await world.liquidation.call("POST", f"{at}/trials", DRAFTER)
    await world.liquidation.call("POST", f"{at}/confirmations", CONFIRMER, If_Match="*")
    await world.liquidation.call("POST", f"{at}/releases", RELEASER, If_Match="*")
    return code


async def account(world: World, importer: str, revision: int, on: str = "2025-01-01", **known: Any) -> None:
    """Record how an importer can be paid."""
    facts = {"effective_on": on, "is_corporation": True, "has_ach_enrollment": True, "has_valid_bank_data": True}
    path = f"/importers/{importer}/refund-account"
    await world.liquidation.call("PUT", path, CLERK, facts | known, If_Match=f'"{revision}"')
    await world.listen()


async def declare(world: World, code: str, who: Identity, *numbers: str) -> None:
    """Ask for the refund of entries."""
    path = f"/programs/{code}/declarations?certified=true"
    await world.liquidation.call("POST", path, who, list(numbers))
    await world.listen()


async def act(world: World, payment: str, what: str, who: Identity, body: Any = None) -> None:
    """Certify, pay or return a payment."""
    path = f"/payments/{payment}"
    await world.liquidation.call("POST", f"{path}/{what}", who, body, If_Match=await world.liquidation.tag(path, who))
    await world.listen()


async def tell_payments(make_engine: MakeEngine) -> World:
    """Payments that are ready, wait, are set off, sent, returned, sent again, and come to nothing."""
    async with open_world(make_engine, FILED) as world:
        for importer in (IMPORTER, NOT_ENROLLED, NAMING):
            await register(world, importer)
        billed = await file(world, 7_010_001, lines=BIG)
        world.go_to(date(2025, 6, 2))
        await decide(world, billed, "increase", effect={"duty_usd": "1000.00"})
        world.go_to(date(2026, 2, 10))
        owners = {7_010_002: IMPORTER, 7_010_003: NOT_ENROLLED, 7_010_004: NAMING, 7_010_005: NOT_ENROLLED}
        numbers = {
            serial: await file(
                world,
                serial,
                importer_number=importer,
                lines=SURCHARGED,
                notify_party=NOT_ENROLLED if importer == NAMING else None,
            )
            for serial, importer in owners.items()
        }
        await world.cycle(LIQUIDATED)
        world.go_to(date(2026, 7, 20))
        code = await release(world)
        await account(world, IMPORTER, 0)
        await account(world, NAMING, 0, designee_number=NOT_ENROLLED)
        await account(world, NOT_ENROLLED, 0, has_ach_enrollment=False)
        judged = "declaration-judged"
        await declare(world, code, _owner(IMPORTER), numbers[7_010_002], billed)
        await world.keep("liquidation/declaration-of-an-importer", judged, importer_number=IMPORTER)
        await declare(world, code, _owner(NOT_ENROLLED), numbers[7_010_003])
        await world.keep("liquidation/declaration-of-who-cannot-be-paid", judged, importer_number=NOT_ENROLLED)
        await declare(world, code, BROKER, numbers[7_010_004], numbers[7_010_005])
        await world.keep("liquidation/declaration-of-a-filer", judged, filer_code="B76")
        world.go_to(POSTED)
        await world.liquidation.run("bill-clocks")
        await world.liquidation.run("post-programs")
        for serial, name in ((7_010_002, "by-program"), (7_010_003, "by-program-refund-waiting")):
            said = {"entry_number": numbers[serial], "change": "liquidated"}
            await world.keep(f"liquidation/liquidated-{name}", "entry-changed", **said)
        world.go_to(POSTED + timedelta(days=1))  # payments are made when the day of the posting is over
        await world.liquidation.run("close-payments")
        told = {name: {"importer_number": number} for name, number in (("", IMPORTER), ("-naming", NAMING))}
        await world.keep("liquidation/payment-closed", PAYMENT, change="closed", **told[""])
        await world.keep("liquidation/payment-closed-to-designee", PAYMENT, change="closed", **told["-naming"])
        waiting = {"importer_number": NOT_ENROLLED}
        await world.keep("liquidation/payment-closed-waiting", PAYMENT, change="closed", **waiting)
        await world.keep("liquidation/payment-set-off-intended", PAYMENT, change="set-off-intended", **told[""])
        await account(world, NOT_ENROLLED, 1)
        await world.keep("liquidation/payment-ready", PAYMENT, change="ready", **waiting)
        await account(world, NOT_ENROLLED, 2, has_valid_bank_data=False)
        await world.keep("liquidation/payment-waiting", PAYMENT, change="waiting", **waiting)
        await tell_sendings(world, str(world.kept["liquidation/payment-closed"]["data"]["payment"]))
        found = {"effect_duty_usd": "-5.00", "effect_fees_usd": "0.00", "explanation": "SYNTHETIC: found again."}
        await on_entry(world, numbers[7_010_004], "reliquidations", **found)
        await world.liquidation.run("close-payments")
        await world.keep("liquidation/payment-replaced", PAYMENT, change="replaced")
        return world


async def tell_sendings(world: World, payment: str) -> None:
    """A payment from its certification to the bank, back, and to the bank again."""
    day = POSTED + timedelta(days=30)
    world.go_to(day)
    await act(world, payment, "certifications", PAYER)
    await world.keep("liquidation/payment-certified", PAYMENT, change="certified")
    await act(world, payment, "payouts", DIRECTOR, {"paid_on": day.isoformat()})
    await world.keep("liquidation/payment-sent", PAYMENT, change="sent")
    world.go_to(day + timedelta(days=3))
    on = (day + timedelta(days=3)).isoformat()
    await act(world, payment, "returns", PAYER, {"returned_on": on, "reason": "R03: no account"})
    await world.keep("liquidation/payment-returned", PAYMENT, change="returned")
    await act(world, payment, "certifications", PAYER)
    await world.keep("liquidation/payment-certified-again", PAYMENT, change="certified")
    await act(world, payment, "payouts", DIRECTOR, {"paid_on": on})
    await world.keep("liquidation/payment-sent-again", PAYMENT, change="sent")


STORIES = (tell_payments,)
