"""In every order of what bears on whose a filing is, it ends with the same Center for the same reason."""

from collections.abc import Sequence
from itertools import permutations
from typing import Any, Final, NamedTuple
from uuid import UUID

import pytest

from services.workqueue.handlers.item_ids import entry_item_id, protest_item_id
from services.workqueue.store.tables import items
from shared.contracts.envelope import Event
from shared.runtime.identity import Identity, RoleName
from shared.runtime.ids import event_id, filing_item_id
from tests.integration.workqueue.conftest import desk, unchecked_desk
from tests.integration.workqueue.desk import DIVISIONS, Desk
from tests.integration.workqueue.events import assigned, filing_routed, protest_act, routed
from tests.support.databases import emptied
from tests.support.events import entry_number

__all__ = ("desk", "unchecked_desk")

ASKING, FIRST, SECOND = entry_number(9_100_001), entry_number(9_100_002), entry_number(9_100_003)
NUMBER: Final = "R-000001"
PAT: Final = Identity(
    "pat",
    "Pat Quinn",
    frozenset({RoleName.IMPORT_SPECIALIST}),
    centers=frozenset({"CEE001", "CEE003", "CEE005", "CEE007"}),
    divisions=DIVISIONS,
)
OTHER: Final = "PD-000001"
PROTEST: Final = "2704-27-100001"


class Ask(NamedTuple):
    """Somebody whose work the item is claims it and issues a CBP 28 about these entries."""

    item_id: UUID
    entry_numbers: tuple[str, ...] = ()

    @property
    def request_id(self) -> str:
        """The id that the request gets."""
        return event_id("request", str(self.item_id), PAT.subject, "q")


ASK: Final = Ask(entry_item_id(ASKING, "ad-cvd"))
ASK_ON_FILING: Final = Ask(filing_item_id(OTHER), (FIRST,))
ASK_ON_PROTEST: Final = Ask(protest_item_id(PROTEST))

Step = Event[Any] | Ask


def pending(kind: str = "extension-request", *named: str, **changes: Any) -> Event[Any]:
    """A filing of an importer without account, which names these entries."""
    return filing_routed(NUMBER, kind=kind, center="PNDING", entry_numbers=named, **changes)


def answer(*named: str, to: Ask = ASK) -> Event[Any]:
    """A reply of an importer without account to a CBP 28."""
    return pending("response", *named, answers_request=to.request_id)


def moved(center: str, day: int, **changes: Any) -> Event[Any]:
    """A filing that a person moved."""
    return filing_routed(NUMBER, 2, center=center, time=f"2026-04-{day:02}T12:00:00Z", **changes)


ROUTED_ASKING: Final = routed(ASKING)
MOVED_ASKING: Final = routed(ASKING, move=1, center="CEE003", id="move-asking", time="2026-03-20T12:00:00Z")
ROUTED_FIRST: Final = routed(FIRST, processes=(), center="CEE001")
CORRECTED_FIRST: Final = routed(FIRST, 2, (), center="CEE005", id="second", time="2026-03-09T12:00:00Z")
MOVED_FIRST: Final = routed(FIRST, 2, (), move=1, center="CEE003", id="move-first", time="2026-03-20T12:00:00Z")
ROUTED_SECOND: Final = routed(SECOND, processes=(), center="CEE005")
PENDING_FIRST: Final = routed(FIRST, processes=(), center="PNDING")
ACCOUNT: Final = assigned(1, "CEE007")

# Told in any order, with the Center, basis, fact and first day of it that must stand in the end. The Centers are those
# of the decided precedence: a person, who asked, the first entry with a Center, the account, the goods, nobody.
STORIES: Final[dict[str, tuple[tuple[Event[Any], ...], tuple[Step, ...], tuple[Any, ...]]]] = {
    "reply goes to who asked, above entries and account": (
        (ROUTED_ASKING,),
        (answer(FIRST), ASK, ROUTED_FIRST, CORRECTED_FIRST, ACCOUNT),
        ("CEE007", "requested-by", ASK.request_id, "2026-03-02"),
    ),
    "reply goes where the matter of who asked went": (
        (ROUTED_ASKING,),
        (answer(FIRST), ASK, MOVED_ASKING, ROUTED_FIRST, ACCOUNT),
        ("CEE003", "requested-by", ASK.request_id, "2026-03-20"),
    ),
    "reply to what was asked on another filing goes where that went": (
        (ROUTED_FIRST, filing_routed(OTHER, center="PNDING", entry_numbers=[FIRST])),
        (answer(to=ASK_ON_FILING), ASK_ON_FILING, CORRECTED_FIRST, MOVED_FIRST),
        ("CEE003", "requested-by", ASK_ON_FILING.request_id, "2026-03-20"),
    ),
    "reply to what was asked on a protest goes where that went": (
        (ROUTED_FIRST, protest_act(PROTEST, FIRST)),
        (answer(to=ASK_ON_PROTEST), ASK_ON_PROTEST, MOVED_FIRST, ACCOUNT),
        ("CEE003", "requested-by", ASK_ON_PROTEST.request_id, "2027-02-01"),
    ),
    "standing version of the first entry, where it was moved to": (
        (),
        (pending("extension-request", FIRST, SECOND), ROUTED_FIRST, MOVED_FIRST, ROUTED_SECOND, ACCOUNT),
        ("CEE003", "entry", FIRST, "2026-03-20"),
    ),
    "corrected entry without a move": (
        (),
        (pending("reconciliation", FIRST), ROUTED_FIRST, CORRECTED_FIRST, ACCOUNT),
        ("CEE005", "entry", FIRST, "2026-03-09"),
    ),
    "second entry while nobody has the first": (
        (),
        (pending("extension-request", FIRST, SECOND), PENDING_FIRST, ROUTED_SECOND, ACCOUNT),
        ("CEE005", "entry", SECOND, "2026-03-02"),
    ),
    "entries stand above the account of the day of receipt": (
        (),
        (filing_routed(NUMBER, center="CEE007", entry_numbers=[FIRST]), ROUTED_FIRST, MOVED_FIRST, assigned(1)),
        ("CEE003", "entry", FIRST, "2026-03-20"),
    ),
    "account stands above the goods": (
        (),
        (pending("preference-claim", FIRST, goods_center="CEE003"), PENDING_FIRST, ACCOUNT, assigned(2, "CEE005")),
        ("CEE005", "account", None, "2026-03-02"),
    ),
    "goods where nothing else says whose it is": (
        (),
        (pending("prior-disclosure", FIRST, goods_center="CEE003"), PENDING_FIRST, assigned(1, None)),
        ("CEE003", "goods", None, "2026-03-02"),
    ),
    "nobody": (
        (),
        (pending("preference-claim", FIRST), PENDING_FIRST, assigned(1, None)),
        ("PNDING", "pending", None, "2026-03-02"),
    ),
    "person stands above who asked, entries and account": (
        (ROUTED_ASKING,),
        (answer(FIRST), moved("CEE005", 1), ASK, ROUTED_FIRST, ACCOUNT),
        ("CEE005", "person", None, "2026-04-01"),
    ),
    "drawback office by law, above entries and account": (
        (),
        (pending("drawback-claim", FIRST), ROUTED_FIRST, MOVED_FIRST, ACCOUNT),
        ("PNDING", "drawback-office", None, "2026-03-02"),
    ),
    "port routes what nothing else gives to a Center": (
        (),
        (pending("reconciliation", FIRST), PENDING_FIRST, assigned(1, None)),
        ("PNDING", "port", None, "2026-03-02"),
    ),
}


async def begin(desk: Desk, before: Sequence[Event[Any]]) -> None:
    await emptied(desk.engine)
    if before:
        await desk.apply(*before)


async def take(desk: Desk, step: Step) -> None:
    """One thing that happens: an event is heard, or somebody asks."""
    if not isinstance(step, Ask):
        await desk.apply(step)
        return
    body = {"form": "CBP-28", "questions": ["SYNTHETIC: of what is it made?"], "entry_numbers": step.entry_numbers}
    body["token"] = await desk.claim(step.item_id, PAT)
    issued = await desk.call(
        "POST", f"/items/{step.item_id}/requests", PAT, json=body, headers={"Idempotency-Key": "q"}
    )
    assert (issued.status_code, issued.json()["request_id"]) == (201, step.request_id), issued.text


async def end_of(desk: Desk) -> tuple[Any, ...]:
    (item,) = [row for row in await desk.rows(items) if row.item_id == filing_item_id(NUMBER)]
    assert item.state == "open"
    return item.center, item.center_basis, item.center_fact, item.center_since.date().isoformat()


@pytest.mark.parametrize("story", STORIES)
async def test_every_order_ends_with_the_center_that_the_precedence_gives(desk: Desk, story: str) -> None:
    before, steps, expected = STORIES[story]
    for order in permutations(steps):
        await begin(desk, before)
        for step in order:
            await take(desk, step)
        assert await end_of(desk) == expected, [each if isinstance(each, Ask) else each.id for each in order]
        assert not any((await desk.violations()).values())
