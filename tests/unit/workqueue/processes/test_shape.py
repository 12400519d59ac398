"""A table that breaks a rule cannot be loaded, and says which."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from services.workqueue.domain.processes.engine import Done, follow, stand
from services.workqueue.domain.processes.fields import FieldsRefused, read_fields, revive
from services.workqueue.domain.processes.shape import Act, Clock, Field, Guard, Process, Stage, Step

OPEN, ASKED, CLOSED = Stage("open", "Open"), Stage("asked", "Asked", "importer"), Stage("closed", "Closed", is_end=True)
REPLY = Clock("reply", "Reply", "goal", 5, "business-days", "reminded", "own rule of Centerline", "I")
ASK = Act("ask", "Ask", ("open",), "asked", fields=(Field("question", "Question", "text"),), starts=("reply",))
HEAR = Act("hear", "Record the answer", ("asked",), "open", ends=("reply",))
CLOSE = Act("close", "Close", ("open", "asked"), "closed", outcome="done", ends=("reply",))


def process(**changes: Any) -> Process:
    given: dict[str, Any] = {
        "code": "question",
        "label": "Question",
        "summary": "A question.",
        "division": "partnership",
        "citation": "own rule of Centerline",
        "first": "open",
        "stages": (OPEN, ASKED, CLOSED),
        "acts": (ASK, HEAR, CLOSE),
        "clocks": (REPLY,),
        "steps": (),
        "outcomes": {"done": "Done"},
    }
    return Process(**given | changes)


@pytest.mark.parametrize(
    ("changes", "flaw"),
    [
        ({"first": "begun"}, "the first stage names begun, which there is not"),
        ({"stages": (OPEN, ASKED, CLOSED, Stage("lost", "Lost"))}, "stage lost cannot be reached"),
        ({"acts": (ASK, replace(CLOSE, source=("open",)))}, "from stage asked the matter cannot come to an end"),
        ({"acts": (ASK, HEAR, replace(CLOSE, source=("open", "asked", "closed")))}, "is an end, and an act leaves it"),
        ({"acts": (replace(ASK, starts=()), HEAR, CLOSE)}, "nothing begins clock reply"),
        ({"acts": (ASK, replace(HEAR, ends=()), replace(CLOSE, ends=()))}, "nothing ends clock reply after ask"),
        ({"acts": (ASK, replace(HEAR, pauses=("reply",)), CLOSE)}, "stopped or continued, and never the other"),
        ({"acts": (ASK, HEAR, replace(CLOSE, outcome=None))}, "what comes to an end has an outcome"),
        ({"acts": (ASK, HEAR, replace(CLOSE, outcome="won"))}, "ends as won, which is no outcome"),
        ({"outcomes": {"done": "Done", "lost": "Lost"}}, "no act ends as lost"),
        ({"acts": (replace(ASK, roles=()), HEAR, CLOSE)}, "nobody and no event does ask"),
        ({"acts": (replace(ASK, not_by=("guess",)), HEAR, CLOSE)}, "act ask names guess, which there is not"),
        ({"acts": (ASK, replace(HEAR, guards=(Guard("age", "x"),)), CLOSE)}, "act hear names age, which there is not"),
        ({"acts": (ASK, HEAR, CLOSE, CLOSE)}, "act close stands twice"),
        ({"acts": (replace(ASK, fields=(Field("a", "A", "code"),)), HEAR, CLOSE)}, "codes are of fields of kind code"),
        ({"steps": (Step("look", "Look", "jump"),)}, "step look names jump, which there is not"),
        ({"clocks": (replace(REPLY, counts_from="asked_on"),)}, "clock reply names asked_on, which there is not"),
    ],
)
def test_broken_table_says_what_is_broken(changes: dict[str, Any], flaw: str) -> None:
    with pytest.raises(ValueError, match="process question") as refused:
        process(**changes)
    assert flaw in str(refused.value)


def test_clock_that_stands_still_is_longer_by_the_days_for_which_it_stood() -> None:
    hold = Act("hold", "Hold", ("asked",), None, pauses=("reply",))
    go_on = Act("go-on", "Go on", ("asked",), None, resumes=("reply",))
    table = process(acts=(ASK, HEAR, hold, go_on, CLOSE))

    def at(day: int, act: str, **fields: Any) -> Done:
        return Done(act, datetime(2026, 3, day, 17, tzinfo=UTC), frozenset({"kim"}), fields)

    asked = stand(table, datetime(2026, 3, 2, 17, tzinfo=UTC), [at(2, "ask", question="Why?")])
    assert asked.due_on() == date(2026, 3, 9)
    held = follow(table, asked, at(4, "hold"))
    assert held.due_on() is None
    gone_on = follow(table, held, at(7, "go-on"))
    assert gone_on.due_on() == date(2026, 3, 12)
    assert follow(table, gone_on, at(10, "close")).due_on() is None


def test_act_of_another_stage_does_not_follow() -> None:
    with pytest.raises(ValueError, match="hear is no act of stage open"):
        stand(
            process(),
            datetime(2026, 3, 2, tzinfo=UTC),
            [Done("hear", datetime(2026, 3, 2, tzinfo=UTC), frozenset({"kim"}), {})],
        )


EVERY_KIND = Act(
    "record",
    "Record",
    ("open",),
    None,
    fields=(
        Field("note", "Note", "text"),
        Field("grade", "Grade", "code", {"a": "A", "b": "B"}),
        Field("on", "Day", "date"),
        Field("at", "Instant", "instant"),
        Field("paid", "Paid", "money"),
        Field("count", "Count", "integer"),
        Field("spent", "Hours", "hours"),
        Field("is_oral", "Oral", "flag"),
        Field("entries", "Entries", "entry-numbers"),
        Field("lines", "Lines", "line-numbers", is_required=False),
        Field("papers", "Papers", "references", is_required=False),
    ),
)
GIVEN: dict[str, Any] = {
    "note": "Seen.",
    "grade": "a",
    "on": "2026-03-02",
    "at": "2026-03-02T10:04:09-05:00",
    "paid": "12.50",
    "count": 3,
    "spent": "1.5",
    "is_oral": False,
    "entries": ["8CG-0012345-4", "8CG00123454"],
    "lines": [1, 2],
}


def test_fields_are_read_by_their_kinds() -> None:
    kept = read_fields(EVERY_KIND, GIVEN)
    assert kept == GIVEN | {"at": "2026-03-02T15:04:09+00:00", "entries": ["8CG00123454"]}
    revived = revive(EVERY_KIND, kept)
    assert (revived["on"], revived["at"]) == (date(2026, 3, 2), datetime(2026, 3, 2, 15, 4, 9, tzinfo=UTC))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("note", "  "),
        ("grade", "c"),
        ("on", "02/03/2026"),
        ("on", "1066-10-14"),
        ("at", "2026-03-02T10:04:09"),
        ("paid", "-1.00"),
        ("paid", 12.5),
        ("count", True),
        ("count", -1),
        ("spent", "1.55"),
        ("is_oral", "no"),
        ("entries", ["8CG00123455"]),
        ("entries", []),
        ("lines", [0]),
        ("papers", [""]),
        ("other", "x"),
    ],
)
def test_field_that_is_not_of_its_kind_is_refused_by_name(field: str, value: Any) -> None:
    with pytest.raises(FieldsRefused) as refused:
        read_fields(EVERY_KIND, GIVEN | {field: value})
    assert [each.field for each in refused.value.faults] == [field]


def test_every_field_that_is_missing_is_named_at_once() -> None:
    with pytest.raises(FieldsRefused) as refused:
        read_fields(EVERY_KIND, {})
    assert [each.field for each in refused.value.faults] == [
        field.name for field in EVERY_KIND.fields if field.is_required
    ]
