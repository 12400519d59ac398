"""Whoever did an act that an earlier event overtook had part in the matter all the same."""

from datetime import UTC, datetime
from uuid import UUID

from services.workqueue.domain.fact import Fact, of_entry
from services.workqueue.domain.item import Item, Person
from services.workqueue.domain.matter import KeptAct, follow_all
from services.workqueue.domain.processes.table import PROCESSES

OPENED = datetime(2026, 3, 1, 12, tzinfo=UTC)
ENTRY = "B76-0000003-1"


def test_person_whose_act_was_overtaken_counts_where_a_second_person_is_needed() -> None:
    item = Item(
        item_id=UUID(int=1),
        kind="filing",
        process="extension-request",
        entry_number=None,
        protest_number=None,
        filing_number="ER-1",
        importer_number="07-345678900",
        center="CEE007",
        division="validation-and-compliance",
        priority=3,
        value_usd=None,
        opened_at=OPENED,
        due_on=None,
    )
    asked = {
        "entries": [ENTRY],
        "requested_on": "2026-03-01",
        "period_ends_on": "2027-03-02",
        "extended_months": 0,
        "cause": "Papers are abroad.",
    }
    kim = Person("kim", "Kim Reyes", acting_for="lee")
    at = OPENED.replace(day=3)
    kept = KeptAct(1, "take-up", at, kim, asked, (), "in-review", "item.act/center")
    said = Fact(of_entry(ENTRY), "e-1", "entry-changed", "liquidated", OPENED.replace(day=2), 3, {})
    followed = follow_all(PROCESSES["extension-request"], item, [kept], [said])
    assert (followed.standing.stage, followed.overtaken) == ("overtaken", {1})
    assert followed.standing.doers["take-up"] == {"kim", "lee"}
