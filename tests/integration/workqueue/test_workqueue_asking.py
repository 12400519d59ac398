"""A letter and the act that asks by it are one: the matter waits for the letter and follows what becomes of it.

Stages are those of the plan of processes (waiting for the party, and back to the review); days are 30 for a CBP 28,
20 for a CBP 29 (19 CFR 152.2), calendar, from the day of the form.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest
from sqlalchemy import text

from services.workqueue.handlers.handler import handle
from services.workqueue.store.tables import items
from shared.db.transaction import transaction
from shared.runtime.ids import event_id
from tests.integration.workqueue.desk import KIM, Desk
from tests.integration.workqueue.events import filing_routed
from tests.integration.workqueue.test_workqueue_letters import IVO, run, sent, shown
from tests.integration.workqueue.test_workqueue_matters import DAN, done, opened

ENTRY = "B7600000031"
QUESTION = {
    "question": "What is it worth?",
    "product_key": "8528520000: monitor",
    "maker": "Maker",
    "origin": "VN",
    "entry_numbers": [ENTRY],
}
STATE = ("state-question", QUESTION)
CHECKS = {"filed_on": "2026-03-02", "precondition": "met", "window": "open", "type_change": "none", "other_bar": "none"}
QUESTIONS = {"questions": "Which assists did you give the maker?"}
METHOD = {
    "passed_over": "None before it.",
    "rulings_searched": ["none found"],
    "differences": "None.",
}
FACTS = dict.fromkeys(("price_usd", "assists_usd", "royalties_usd", "commissions_usd", "proceeds_usd"), "1.00") | {
    "terms": "FOB",
    "related_parties": "no",
}


@dataclass(frozen=True)
class Way:
    """How a matter comes to ask, by which form, where it waits, and where each answer leads."""

    process: str
    acts: tuple[tuple[str, dict[str, Any]], ...]
    ask: str
    waits: str
    answered: str
    silent: str
    withdrawn: str
    fields: dict[str, Any] = field(default_factory=lambda: QUESTIONS)
    form: str = "CBP-28"
    due_on: str = "2026-04-01"


REASONS = {"proposal_reasons": "The rate is advanced."}
CLASSIFIED = (
    STATE,
    ("record-facts", {"description": "Monitor", "evidence": "Sample"}),
    (
        "choose-rule",
        METHOD | {"interpretation": "1", "tariff": "8528520000", "headings_weighed": "None."},
    ),
)
del CLASSIFIED[2][1]["passed_over"]
WAYS = {
    "review": Way(
        "entry-summary-review",
        (
            ("select", {"selected_for": "sample"}),
            ("assign", {}),
            ("begin-review", {"accepted_on": "2026-03-02"}),
        ),
        "request-information",
        "waiting-party",
        "in-review",
        "in-review",
        "in-review",
    ),
    "proposal of a review": Way(
        "entry-summary-review",
        (
            ("select", {"selected_for": "sample"}),
            ("assign", {}),
            ("begin-review", {"accepted_on": "2026-03-02"}),
        ),
        "propose-action",
        "waiting-party",
        "in-review",
        "in-review",
        "in-review",
        REASONS | {"proposed_usd": "1250.00"},
        "CBP-29",
        "2026-03-22",
    ),
    "classification": Way("classification", (STATE,), "ask-party", "waiting-party", "facts", "facts", "facts"),
    "proposal of a classification": Way(
        "classification",
        CLASSIFIED,
        "propose",
        "proposed",
        "responded",
        "responded",
        "method-chosen",
        REASONS | {"effect_usd": "1250.00"},
        "CBP-29",
        "2026-03-22",
    ),
    "appraisement": Way("appraisement", (STATE,), "ask-party", "waiting-party", "facts", "facts", "facts"),
    "proposal of an appraisement": Way(
        "appraisement",
        (STATE, ("record-facts", FACTS), ("choose-method", METHOD | {"method": "transaction-value"})),
        "propose",
        "proposed",
        "responded",
        "responded",
        "method-chosen",
        REASONS | {"effect_usd": "1250.00", "value_usd": "9000.00"},
        "CBP-29",
        "2026-03-22",
    ),
    "preference": Way(
        "preference",
        (("select", {"selected_for": "claim", "program": "USMCA", "entry_numbers": [ENTRY]}),),
        "ask-importer",
        "cf28-origin",
        "answered",
        "silent",
        "selected",
    ),
    "correction": Way(
        "post-summary-correction",
        (
            ("record-checks", CHECKS),
            ("validate", {}),
            ("select", {"selection_reason": "Value", "cutoff_on": "2026-06-03"}),
        ),
        "request-information",
        "waiting-party",
        "under-review",
        "under-review",
        "under-review",
    ),
    "preference claim": Way(
        "preference-claim",
        (
            ("check-time", {"filed_on": "2026-03-02", "imported_on": "2025-06-01"}),
            ("find-timely", {"timeliness": "timely", "program": "USMCA"}),
            ("begin-review", {"papers": "complete", "reconciliation": "no"}),
        ),
        "ask-party",
        "waiting-party",
        "in-review",
        "in-review",
        "in-review",
    ),
}


async def ready(desk: Desk, way: Way, key: str = "one", entry_numbers: Sequence[str] = (ENTRY,)) -> tuple[str, int]:
    """A matter in the stage before it asks, claimed; with the token."""
    about = {"process": way.process, "title": "Asking", "entry_numbers": list(entry_numbers)}
    answer = await opened(desk, key=key, **about)
    assert answer.status_code == 201, answer.text
    item_id = answer.json()["item_id"]
    token = await desk.claim(item_id)
    for act, fields in way.acts:
        who = DAN if act == "assign" else KIM
        led = await done(
            desk, item_id, act, who, f"{key}-{act}", fields=fields, **({"token": token} if who is KIM else {})
        )
        assert led.status_code == 201 or (act, led.json()["code"]) == ("assign", "other-stage"), led.text
    return item_id, token


async def ask(desk: Desk, way: Way, item_id: str, token: int, by: str) -> str:
    """Ask by the act, or by the letter; gives the letter's id."""
    if by == "act":
        led = await done(desk, item_id, way.ask, key=f"ask-{item_id}", token=token, fields=way.fields)
        assert led.status_code == 201, led.text
        return str(led.json()["opened"])
    body = {"token": token, "form": way.form, "questions": list(way.fields.values())[:1], "effect_usd": "1250.00"}
    if way.form == "CBP-28":
        del body["effect_usd"]
    issued = await sent(desk, "POST", f"/items/{item_id}/requests", key=f"ask-{item_id}", **body)
    assert issued.status_code == 201, issued.text
    return str(issued.json()["request_id"])


async def stands(desk: Desk, item_id: str) -> tuple[str, str | None]:
    item = (await desk.call("GET", f"/items/{item_id}")).json()
    assert item["stage"] == item["matter"]["stage"]
    return item["stage"], item["waits_for"]


@pytest.mark.parametrize("by", ["act", "letter"])
@pytest.mark.parametrize("name", WAYS)
async def test_asking_issues_one_letter_for_which_the_matter_waits(desk: Desk, name: str, by: str) -> None:
    way = WAYS[name]
    item_id, token = await ready(desk, way)
    letter = await ask(desk, way, item_id, token, by)
    item = (await desk.call("GET", f"/items/{item_id}")).json()
    assert (item["stage"], item["waits_for"]) == (way.waits, "importer")
    assert [each["request_id"] for each in item["requests"]] == [letter]
    assert item["matter"]["acts"][-1]["act"] == way.ask
    assert item["matter"]["acts"][-1]["opened"] == letter
    assert [clock["due_on"] for clock in item["matter"]["clocks"] if clock["began_on"] == "2026-03-02"][
        -1
    ] == way.due_on
    told = await shown(desk, letter)
    assert (told["form"], told["due_on"], told["entry_numbers"]) == (way.form, way.due_on, [ENTRY])
    assert told["state"] == ("issued" if way.form == "CBP-28" else "proposed")
    assert told["questions"] == list(way.fields.values())[:1]
    assert await ask(desk, way, item_id, token, by) == letter, "sent again it is done once"
    assert len(await desk.rows(items)) == 1, "no second item for one letter"
    kinds = [each["type"] for each in await desk.published() if "request" in each["type"]]
    assert kinds == ["gov.cbp.work.request-issued.v1", "gov.cbp.work.request-changed.v1"]


ENDED = [(name, end) for name in WAYS for end in ("api", "silence", "withdrawal")]
ENDED += [(name, end) for name in ("review", "proposal of a classification") for end in ("filing", "paper")]


@pytest.mark.parametrize(("name", "end"), ENDED)
async def test_matter_follows_what_becomes_of_its_letter(desk: Desk, name: str, end: str) -> None:
    way = WAYS[name]
    item_id, token = await ready(desk, way)
    letter = await ask(desk, way, item_id, token, "letter" if end == "paper" else "act")
    path = f"/requests/{letter}"
    match end:
        case "api":
            answer = await sent(desk, "POST", f"{path}/answers", IVO, text="None.")
            assert answer.status_code == 201, answer.text
        case "filing":
            await desk.apply(filing_routed("R-1", kind="response", answers_request=letter))
        case "paper":
            act = "record-response" if way.form == "CBP-28" else "record-reasons"
            paper = await sent(desk, "POST", f"{path}/acts", act=act, token=token)
            if paper.status_code == 422:
                fields = {each["field"].removeprefix("fields."): "None." for each in paper.json()["errors"]}
                paper = await sent(desk, "POST", f"{path}/acts", key="p", act=act, token=token, fields=fields)
            assert paper.status_code == 201, paper.text
        case "silence":
            desk.clock.advance(timedelta(days=31))
            await run(desk, next(each for each in desk.parts.jobs if each.name == "tell-overdue-requests"))
        case _:
            why = {"withdrawal_reason": "Known by now."}
            dropped = await sent(desk, "POST", f"{path}/acts", act="withdraw", token=token, fields=why)
            assert dropped.status_code == 201, dropped.text
    led = {"silence": way.silent, "withdrawal": way.withdrawn}.get(end, way.answered)
    assert await stands(desk, item_id) == (led, None)
    matter = (await desk.call("GET", f"/items/{item_id}")).json()["matter"]
    assert matter["events"][-1]["stage"] == led
    letters = {"answer", "reply", "reasons", "extended-answer"}
    assert all(clock["ended_on"] for clock in matter["clocks"] if clock["clock"] in letters)


@pytest.mark.parametrize("order", list(permutations(("ask", "first", "later"))))
async def test_answers_lead_to_the_same_in_whatever_order_they_are_learned(desk: Desk, order: tuple[str, ...]) -> None:
    way = WAYS["classification"]
    item_id, token = await ready(desk, way)
    letter = event_id("request", item_id, KIM.subject, f"ask-{item_id}")
    answers = {
        number: filing_routed(
            f"R-{number}", kind="response", answers_request=letter, received_at=f"2026-03-0{day}T12:00:00Z"
        )
        for number, day in (("first", 5), ("later", 9))
    }
    for step in order:
        if step == "ask":
            assert await ask(desk, way, item_id, token, "act") == letter
        else:
            await desk.apply(answers[step])
    matter = (await desk.call("GET", f"/items/{item_id}")).json()["matter"]
    assert (matter["stage"], matter["since"]) == ("facts", "2026-03-05T12:00:00Z")
    assert [clock["ended_on"] for clock in matter["clocks"]] == ["2026-03-05"]


async def test_more_time_moves_the_day_of_the_matter(desk: Desk) -> None:
    item_id, token = await ready(desk, WAYS["review"])
    letter = await ask(desk, WAYS["review"], item_id, token, "act")
    longer = {"answer_by": "2026-04-20", "asked_by": "The importer."}
    given = await sent(desk, "POST", f"/requests/{letter}/acts", act="extend-reply", token=token, fields=longer)
    assert given.status_code == 201, given.text
    clocks = (await desk.call("GET", f"/items/{item_id}")).json()["matter"]["clocks"]
    running = {clock["clock"]: clock["due_on"] for clock in clocks if clock["ended_on"] is None}
    assert running == {"reject-window": "2026-05-31", "extended-answer": "2026-04-20"}


async def test_letter_with_a_day_of_its_own_gives_the_matter_that_day(desk: Desk) -> None:
    item_id, token = await ready(desk, WAYS["classification"])
    body = {"token": token, "questions": ["Which?"], "due_on": "2026-03-16"}
    assert (await sent(desk, "POST", f"/items/{item_id}/requests", **body)).status_code == 201
    item = (await desk.call("GET", f"/items/{item_id}")).json()
    assert (item["stage"], item["due_on"]) == ("waiting-party", "2026-03-16")


async def test_answer_to_another_letter_moves_nothing(desk: Desk) -> None:
    way = WAYS["classification"]
    item_id, token = await ready(desk, way)
    first = await ask(desk, way, item_id, token, "act")
    desk.clock.advance(timedelta(days=31))
    await run(desk, next(each for each in desk.parts.jobs if each.name == "tell-overdue-requests"))
    token = await desk.claim(item_id)
    again = await done(desk, item_id, way.ask, key="again", token=token, fields=QUESTIONS)
    assert again.json()["stage"] == "waiting-party", again.text
    assert (await sent(desk, "POST", f"/requests/{first}/answers", IVO, text="Late.")).status_code == 201
    assert await stands(desk, item_id) == ("waiting-party", "importer")
    second = again.json()["opened"]
    assert (await sent(desk, "POST", f"/requests/{second}/answers", IVO, text="Here.")).status_code == 201
    assert await stands(desk, item_id) == ("facts", None)


async def test_draft_asks_nobody_until_it_is_issued(desk: Desk) -> None:
    item_id, token = await ready(desk, WAYS["classification"])
    drafted = await sent(desk, "POST", f"/items/{item_id}/drafts", token=token, questions=["Which?"])
    assert (drafted.status_code, await stands(desk, item_id)) == (201, ("facts", None))
    issued = await sent(desk, "POST", f"/requests/{drafted.json()['request_id']}/issue", token=token)
    assert (issued.status_code, await stands(desk, item_id)) == (200, ("waiting-party", "importer"))


async def test_answer_is_recorded_on_the_letter_and_not_beside_it(desk: Desk) -> None:
    item_id, token = await ready(desk, WAYS["review"])
    letter = await ask(desk, WAYS["review"], item_id, token, "act")
    beside = await done(desk, item_id, "record-answer", token=token, fields={"answer": "None."})
    assert (beside.status_code, beside.json()["code"]) == (409, "recorded-on-letter"), beside.text
    assert letter in beside.json()["remedy"]
    shown_now = (await desk.call("GET", f"/items/{item_id}")).json()["matter"]["next"]
    assert {each["act"]: each["code"] for each in shown_now}["record-answer"] == "recorded-on-letter"


async def test_documents_asked_for_without_a_letter_are_recorded_by_hand(desk: Desk) -> None:
    item_id, token = await ready(desk, WAYS["review"])
    letter = await ask(desk, WAYS["review"], item_id, token, "act")
    await sent(desk, "POST", f"/requests/{letter}/answers", IVO, text="None.")
    asked = {"documents": "2", "requested_on": "2026-03-02"}
    assert (await done(desk, item_id, "request-documents", token=token, fields=asked)).status_code == 201
    assert (await done(desk, item_id, "record-answer", token=token)).json()["stage"] == "in-review"


@pytest.mark.parametrize("word", ["penalty", "investigation"])
async def test_letter_that_may_not_go_out_leaves_the_matter_where_it_was(desk: Desk, word: str) -> None:
    item_id, token = await ready(desk, WAYS["classification"])
    refused = await done(desk, item_id, "ask-party", token=token, fields={"questions": f"Why this {word}?"})
    assert (refused.status_code, refused.json()["code"]) == (422, "investigation-wording"), refused.text
    assert await stands(desk, item_id) == ("facts", None)


@pytest.mark.parametrize("wrong", [{"issued_on": "2026-02-01"}, {"goods": "monitor"}, {"issue": "77"}])
async def test_field_that_no_letter_can_say_is_named(desk: Desk, wrong: dict[str, Any]) -> None:
    item_id, token = await ready(desk, WAYS["classification"])
    refused = await done(desk, item_id, "ask-party", token=token, fields=QUESTIONS | wrong)
    assert (refused.status_code, refused.json()["code"]) == (422, "fields-refused"), refused.text
    assert [each["field"] for each in refused.json()["errors"]] == [f"fields.{next(iter(wrong))}"]


async def test_second_request_on_one_issue_needs_a_supervisor_by_the_act_too(desk: Desk) -> None:
    way = WAYS["classification"]
    about = {"issue": "02", "goods": "8528520000"}
    for key, status in (("one", 201), ("two", 409)):
        item_id, token = await ready(desk, way, key)
        led = await done(desk, item_id, way.ask, key=f"ask-{key}", token=token, fields=QUESTIONS | about)
        assert led.status_code == status, led.text
    assert led.json()["code"] == "repeated-request"
    assert await stands(desk, item_id) == ("facts", None)


async def test_denied_preference_leaves_the_draft_of_its_notice(desk: Desk) -> None:
    item_id, token = await ready(desk, WAYS["preference"])
    letter = await ask(desk, WAYS["preference"], item_id, token, "act")
    await sent(desk, "POST", f"/requests/{letter}/answers", IVO, text="No certificate.")
    intent = {"intent_facts": "No certificate.", "intent_on": "2026-03-02", "pattern_of_conduct": "no"}
    assert (await done(desk, item_id, "tell-intent", token=token, fields=intent)).status_code == 201
    assert (await done(desk, item_id, "record-comments", token=token, fields={"comments": "None."})).status_code == 201
    denied = {
        "denied_entries": [ENTRY],
        "decision_reasons": "The goods do not qualify.",
        "duty_usd": "1000.00",
        "processing_fee_usd": "50.00",
    }
    led = await done(desk, item_id, "deny", DAN, fields=denied)
    assert (led.status_code, led.json()["stage"]) == (201, "denied"), led.text
    draft = await shown(desk, led.json()["opened"])
    assert (draft["form"], draft["state"], draft["effect_usd"]) == ("CBP-29", "draft", "1050.00")


@pytest.mark.parametrize("process", ["request-for-information", "notice-of-action"])
async def test_letter_is_no_matter_of_its_own(desk: Desk, process: str) -> None:
    answer = await opened(desk, process=process)
    assert (answer.status_code, answer.json()["code"]) == (422, "opens-by-event"), answer.text
    assert await desk.rows(items) == []


async def test_matter_of_a_letter_that_was_opened_before_goes_on(desk: Desk) -> None:
    """Before that an act opened a matter beside its own; then the answer is recorded by hand."""
    item_id, token = await ready(desk, WAYS["classification"])
    await ask(desk, WAYS["classification"], item_id, token, "act")
    async with transaction(desk.engine) as tx:
        await tx.connection.execute(text("UPDATE item_acts SET opened = NULL"))
        await tx.connection.execute(text("DELETE FROM requests"))
    led = await done(desk, item_id, "record-answer", token=token, fields={"answer": "None."})
    assert (led.status_code, led.json()["stage"]) == (201, "facts"), led.text


async def test_answers_to_many_matters_take_as_many_statements_as_the_answer_to_one(desk: Desk) -> None:
    way = WAYS["classification"]
    letters = [await ask(desk, way, *await ready(desk, way, key), "act") for key in ("one", "two", "three")]
    taken = []
    for answered in (letters[:1], letters[1:]):
        events = [filing_routed(f"R-{each}", kind="response", answers_request=each) for each in answered]
        seen: list[Any] = []
        async with transaction(desk.engine) as tx:
            with tx.driver.query_logger(seen.append):
                await handle(tx, events)
        taken.append(len(seen))
    assert {row.stage for row in await desk.rows(items) if row.kind == "matter"} == {"facts"}
    assert taken[0] == taken[1]
