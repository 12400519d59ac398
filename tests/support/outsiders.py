"""Outsiders with what is theirs: entries of two importers, letters and bills, from which their pages are tried."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import orjson

from services.console.acts.people import SAMPLE_PEOPLE
from shared.bus.protocol import Message
from shared.contracts.envelope import STRUCTURED_CONTENT_TYPE
from shared.runtime.clock import FixedClock
from shared.runtime.identity import Identity, RoleName
from tests.support.apis import Api
from tests.support.events import cloud_event, entry_body, entry_number, line, released_body
from tests.support.served import Served

PEOPLE = {each.identity.subject: each.identity for each in SAMPLE_PEOPLE}
IMPORTER = "07-544500400"
"""Whose people the sample's outsiders are."""
OTHER = "70-253082900"
"""Another importer of the sample."""
CENTER_OF_OTHER = "CEE002"
QUOTA = "02"
_HTS = {IMPORTER: "8703230170", OTHER: "0203110000"}


@dataclass(frozen=True, slots=True)
class Letter:
    """A CBP 28 on an entry of an importer."""

    request_id: str
    item_id: str
    entry_number: str


def now_of(served: Served) -> FixedClock:
    """The clock of all services."""
    clock = served.apis["routing"].platform.clock
    assert isinstance(clock, FixedClock)
    return clock


async def file_entry(served: Served, importer: str, entered_on: date, **changes: Any) -> str:
    """An entry with its release, of a type that is always reviewed; gives its number."""
    number = entry_number()
    goods = line(hts=_HTS[importer], value_usd=40_000, country_of_origin="MX", country_of_export="MX")
    days = {"entry_date": str(entered_on), "import_date": str(entered_on), "paid_on": str(entered_on)}
    body = entry_body(number, importer_number=importer, lines=[goods], **days | {"entry_type": QUOTA} | changes)
    at = f"{entered_on}T15:00:00Z"
    events = [("entry-filed", body), ("entry-released", released_body(number, at))]
    await served.deliver([message_of(topic, number, data, at) for topic, data in events])
    return number


def message_of(topic: str, key: str, data: dict[str, Any], at: str) -> Message:
    """An event as it lies on the bus."""
    headers = {"content-type": STRUCTURED_CONTENT_TYPE.encode()}
    event = cloud_event(topic, data, id=f"{topic}-{key}", time=at)
    return Message(topic, key.encode(), orjson.dumps(event), headers)


def officer_at(center: str) -> Identity:
    """An import specialist there."""
    divisions = PEOPLE["kim"].divisions
    return Identity("nora", "Nora Officer", frozenset({RoleName.IMPORT_SPECIALIST}), frozenset({center}), divisions)


async def told(api: Api, path: str, body: Any, caller: Identity) -> Any:
    """The answer of a service to an act; anything but success is an error of the test."""
    answer = await api.post(path, body, caller)
    assert answer.status < 300, f"{path}: {answer.status} {answer.body!r}"
    return orjson.loads(answer.body) if answer.body else None


async def claim_review(served: Served, number: str, officer: Identity) -> tuple[str, int]:
    """Take the review of an entry; gives the item and the token of the claim."""
    items = await served.ask("workqueue", f"/items?entry={number}&kind=review", officer)
    item_id = items["items"][0]["item_id"]
    claim = await told(served.apis["workqueue"], f"/items/{item_id}/claim", {}, officer)
    return item_id, claim["token"]


async def ask_importer(served: Served, number: str, officer: Identity, questions: Sequence[str]) -> Letter:
    """Issue a CBP 28 on an entry, and let all services hear of it."""
    item_id, token = await claim_review(served, number, officer)
    body = {"token": token, "form": "CBP-28", "questions": list(questions), "issue": "02"}
    letter = await told(served.apis["workqueue"], f"/items/{item_id}/requests", body, officer)
    await served.deliver()
    return Letter(letter["request_id"], item_id, number)


def days_on(served: Served, days: int) -> None:
    """Let days pass."""
    now_of(served).advance(timedelta(days=days))


async def decide_increase(served: Served, number: str, officer: Identity, duty_usd: str) -> None:
    """Decide the review of an entry so that its importer owes more, after it was told so (CBP 29) and answered."""
    item_id, token = await claim_review(served, number, officer)
    notice = {"token": token, "form": "CBP-29", "questions": ["Another rate."], "effect_usd": duty_usd}
    letter = await told(served.apis["workqueue"], f"/items/{item_id}/requests", notice, officer)
    party = Identity(
        "mia", "Mia Party", frozenset({RoleName.IMPORTER}), importer_numbers=frozenset({letter["importer_number"]})
    )
    answers = f"/requests/{letter['request_id']}/answers"
    await told(served.apis["workqueue"], answers, {"text": "So be it.", "files": []}, party)
    body = {
        "token": token,
        "outcome": "increase",
        "effect": {"duty_usd": duty_usd, "fees_usd": "0.00"},
        "reasons": [{"code": "finding", "text": "Another rate."}],
        "legal_basis": [{"rule": "hts", "citation": "19 USC 1202"}],
    }
    await told(served.apis["workqueue"], f"/items/{item_id}/complete", body, officer)
    await served.deliver()


async def liquidate(served: Served, friday: date) -> None:
    """Run the cycle of a Friday on that day, and let all services hear of it."""
    clock = now_of(served)
    clock.advance(max(timedelta(0), datetime.combine(friday, time(18), UTC) - clock.now()))
    answer = await served.apis["liquidation"].post("/cycles", {"date": friday.isoformat(), "despite_unread": True})
    assert answer.status < 300, answer.body
    await served.deliver()
