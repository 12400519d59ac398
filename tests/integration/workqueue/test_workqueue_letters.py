"""CBP 28 and CBP 29 over HTTP: the whole dialogue, with states and days from the form and from 19 CFR 152.2."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from services.workqueue.handlers.item_ids import entry_item_id
from shared.runtime.identity import Identity, RoleName
from shared.runtime.slices import JobSession
from tests.integration.workqueue.desk import DIVISIONS, KIM, Desk
from tests.integration.workqueue.events import IMPORTER, filing_routed, routed
from tests.support.events import entry_number

CENTER = frozenset({"CEE007"})
DAN = Identity("dan", "Dan Moss", frozenset({RoleName.CENTER_DIRECTOR}), centers=CENTER)
ASA = Identity("asa", "Asa Roe", frozenset({RoleName.ASSISTANT_CENTER_DIRECTOR}), centers=CENTER, divisions=DIVISIONS)
AWAY = Identity(
    "ann", "Ann Field", frozenset({RoleName.IMPORT_SPECIALIST}), centers=frozenset({"CEE001"}), divisions=DIVISIONS
)
IVO = Identity("ivo", "Ivo Importer", frozenset({RoleName.IMPORTER}), importer_numbers=frozenset({IMPORTER}))
OTHER = Identity("oto", "Oto Other", frozenset({RoleName.IMPORTER}), importer_numbers=frozenset({"12-345678900"}))
BOB = Identity("bob", "Bob Broker", frozenset({RoleName.BROKER}), filer_code="B76")
NUMBER, SECOND = entry_number(9_200_001), entry_number(9_200_002)
ITEM, NEXT = entry_item_id(NUMBER, "ad-cvd"), entry_item_id(SECOND, "ad-cvd")
QUESTIONS = ["Which assists did you give the maker?"]


async def sent(
    desk: Desk, method: str, path: str, who: Identity = KIM, key: str | None = None, **body: Any
) -> httpx.Response:
    return await desk.call(
        method, path, who, json=body, headers={"Idempotency-Key": key or f"{path}-{who.subject}-{sorted(body)}"}
    )


async def asked(desk: Desk, token: int, item: Any = ITEM, **changes: Any) -> str:
    answer = await sent(desk, "POST", f"/items/{item}/requests", **{"token": token, "questions": QUESTIONS} | changes)
    assert answer.status_code == 201, answer.text
    request_id: str = answer.json()["request_id"]
    return request_id


async def done(desk: Desk, request_id: str, act: str, who: Identity = KIM, **body: Any) -> Any:
    answer = await sent(desk, "POST", f"/requests/{request_id}/acts", who, f"{act}-{body}", act=act, **body)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def shown(desk: Desk, request_id: str, who: Identity = KIM) -> Any:
    answer = await desk.call("GET", f"/requests/{request_id}", who)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def listed(desk: Desk, query: str, who: Identity = KIM) -> list[str]:
    answer = await desk.call("GET", f"/requests?{query}", who)
    assert answer.status_code == 200, answer.text
    return [each["request_id"] for each in answer.json()["items"]]


async def changes_of(desk: Desk, request_id: str) -> list[tuple[Any, ...]]:
    told = [each["data"] for each in await desk.published() if each["type"] == "gov.cbp.work.request-changed.v1"]
    return [
        (each["sequence"], each["change"], each["state"], each.get("due_on"))
        for each in told
        if each["request_id"] == request_id
    ]


async def refused(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


async def test_request_is_drafted_issued_reminded_extended_answered_assessed_and_followed_by_a_notice(
    desk: Desk,
) -> None:
    await desk.apply(routed(NUMBER))
    token = await desk.claim(ITEM)
    body = {"token": token, "form": "CBP-28", "questions": ["Assists?"], "issue": "01"}
    drafted = (await sent(desk, "POST", f"/items/{ITEM}/drafts", **body)).json()
    request_id, path = drafted["request_id"], f"/requests/{drafted['request_id']}"
    assert (drafted["state"], drafted["due_on"]) == ("draft", None)
    assert (await desk.call("GET", path, IVO)).status_code == 404  # a draft is the Center's alone
    edited = await sent(desk, "PUT", path, token=token, questions=QUESTIONS, issue="01")
    assert (edited.status_code, edited.json()["questions"]) == (200, QUESTIONS)
    assert await changes_of(desk, request_id) == []
    issued = (await sent(desk, "POST", f"{path}/issue", token=token)).json()
    assert (issued["state"], issued["issued_on"], issued["due_on"]) == ("issued", "2026-03-02", "2026-04-01")
    assert (await shown(desk, request_id, IVO))["questions"] == QUESTIONS
    assert (await desk.call("GET", path, OTHER)).status_code == 404
    assert (await desk.call("GET", path, AWAY)).status_code == 404
    again = await sent(desk, "PUT", path, token=token, questions=["Another?"])
    assert await refused(again) == (409, "other-stage")

    desk.clock.advance(timedelta(days=20))  # 22 March
    token = await desk.claim(ITEM)
    assert (await done(desk, request_id, "remind", token=token))["state"] == "reminded"
    earlier = await sent(
        desk,
        "POST",
        f"{path}/acts",
        act="extend-reply",
        token=token,
        fields={"answer_by": "2026-04-01", "asked_by": "The importer."},
    )
    assert await refused(earlier) == (422, "not-later")
    longer = {"answer_by": "2026-04-15", "asked_by": "The importer: records are abroad."}
    extended = await done(desk, request_id, "extend-reply", token=token, fields=longer)
    assert (extended["state"], extended["due_on"]) == ("reminded", "2026-04-15")
    assert await listed(desk, "due_before=2026-04-16&state=reminded") == [request_id]
    assert await listed(desk, "due_before=2026-04-15") == []

    desk.clock.advance(timedelta(days=3))
    answered = await sent(desk, "POST", f"{path}/answers", IVO, text="None.", files=["invoice-7"])
    assert (answered.status_code, answered.json()["state"]) == (201, "responded")
    assert await refused(await sent(desk, "POST", f"{path}/answers", OTHER, text="x")) == (404, "not-found")
    by_filer = await sent(desk, "POST", f"{path}/answers", BOB, text="The ledger follows.")
    assert by_filer.status_code == 201, by_filer.text
    letter = await shown(desk, request_id)
    assert [(each["by"], each["text"], each["files"]) for each in letter["answers"]] == [
        ("ivo", "None.", ["invoice-7"]),
        ("bob", "The ledger follows.", []),
    ]
    assert {each["act"]: each["may"] for each in letter["next"]} == {"assess": True}

    token = await desk.claim(ITEM)
    found = {"assessment": "contradicts", "findings": "Molds were given."}
    assert (await done(desk, request_id, "assess", token=token, fields=found))["state"] == "assessed"
    assert (await shown(desk, request_id, IVO))["acts"][-1]["act"] == "extend-reply"  # not what the Center found
    proposed = await done(desk, request_id, "propose-action", token=token)
    assert proposed["state"] == "cf29-proposed"
    notice = await shown(desk, proposed["opened_request"])
    assert (notice["form"], notice["state"], notice["from_request"]) == ("CBP-29", "draft", request_id)
    assert await refused(await sent(desk, "POST", f"{path}/answers", IVO, text="Late.")) == (409, "other-stage")
    assert await changes_of(desk, request_id) == [
        (1, "issued", "issued", "2026-04-01"),
        (2, "reminded", "reminded", "2026-04-01"),
        (3, "extended", "reminded", "2026-04-15"),
        (4, "answered", "responded", "2026-04-15"),
        (5, "answered", "responded", "2026-04-15"),
        (6, "assessed", "assessed", "2026-04-15"),
        (7, "closed", "cf29-proposed", "2026-04-15"),
    ]


async def test_what_nobody_answers_is_overdue_after_its_day_and_told_once(desk: Desk) -> None:
    await desk.apply(routed(NUMBER))
    request_id = await asked(desk, await desk.claim(ITEM))
    job = next(each for each in desk.parts.jobs if each.name == "tell-overdue-requests")
    desk.clock.advance(timedelta(days=30))  # 1 April, its last day
    await run(desk, job)
    assert ((await shown(desk, request_id))["state"], len(await changes_of(desk, request_id))) == ("issued", 1)
    desk.clock.advance(timedelta(days=1))
    assert (await shown(desk, request_id))["state"] == "overdue"
    assert await listed(desk, "state=overdue&form=CBP-28") == [request_id]
    assert await listed(desk, "state=issued") == []
    await run(desk, job)
    await run(desk, job)
    assert (await changes_of(desk, request_id))[1:] == [(2, "overdue", "overdue", "2026-04-01")]
    assert (await shown(desk, request_id))["acts"] == []  # silence is no act of anybody
    by_hand = await sent(desk, "POST", f"/requests/{request_id}/acts", act="record-silence", token=1)
    assert await refused(by_hand) == (422, "not-by-act")
    late = await sent(desk, "POST", f"/requests/{request_id}/answers", IVO, text="Here.")
    assert late.json()["state"] == "responded"


async def run(desk: Desk, job: Any) -> None:
    """Run a job once, in a session of its own."""
    await job.run(JobSession(job.name, desk.engine, desk.clock))


async def test_notice_of_action_is_silent_after_twenty_days_and_then_taken(desk: Desk) -> None:
    await desk.apply(routed(NUMBER))
    token = await desk.claim(ITEM)
    request_id = await asked(desk, token, form="CBP-29", questions=["The rate is advanced."], effect_usd="1250.00")
    first = await shown(desk, request_id)
    assert (first["state"], first["due_on"], first["effect_usd"]) == ("proposed", "2026-03-22", "1250.00")
    taken = {"action_reasons": "Advanced.", "reply_to_importer": "None came."}
    early = await sent(desk, "POST", f"/requests/{request_id}/acts", act="take-action", token=token, fields=taken)
    assert await refused(early) == (409, "other-stage")
    desk.clock.advance(timedelta(days=20))
    assert (await shown(desk, request_id))["state"] == "proposed"
    desk.clock.advance(timedelta(days=1))
    assert (await shown(desk, request_id))["state"] == "silent"
    token = await desk.claim(ITEM)
    assert (await done(desk, request_id, "take-action", token=token, fields=taken))["state"] == "action-taken"
    assert [each[1:3] for each in await changes_of(desk, request_id)] == [
        ("proposed", "proposed"),
        ("taken", "action-taken"),
    ]


async def test_notice_of_action_answered_by_the_importer_is_withdrawn(desk: Desk) -> None:
    await desk.apply(routed(NUMBER))
    token = await desk.claim(ITEM)
    request_id = await asked(desk, token, form="CBP-29", due_on="2026-04-01")
    assert (await shown(desk, request_id))["due_on"] == "2026-04-01"  # the day on the form governs
    answered = await sent(desk, "POST", f"/requests/{request_id}/answers", IVO, text="Ruling N012345.")
    assert answered.json()["state"] == "responded"
    why = {"withdrawal_reason": "The ruling covers the goods."}
    assert (await done(desk, request_id, "withdraw", token=token, fields=why))["state"] == "withdrawn"


async def test_small_action_is_taken_directly_and_a_large_one_is_proposed_first(desk: Desk) -> None:
    await desk.apply(routed(NUMBER))
    token = await desk.claim(ITEM)
    ids = {}
    for effect in ("15.00", "15.01"):
        body = {"token": token, "form": "CBP-29", "questions": ["Advanced."], "effect_usd": effect}
        ids[effect] = (await sent(desk, "POST", f"/items/{ITEM}/drafts", key=effect, **body)).json()["request_id"]
    reasons = {"action_reasons": "Rate."}
    body = {"act": "take-action-directly", "token": token, "fields": reasons}
    large = await sent(desk, "POST", f"/requests/{ids['15.01']}/acts", **body)
    assert await refused(large) == (409, "fact-missing")
    small = await done(desk, ids["15.00"], "take-action-directly", token=token, fields=reasons)
    assert small["state"] == "action-taken"


@pytest.mark.parametrize("word", ["investigation", "Penalty", "fraudulent", "seizure"])
async def test_word_of_an_investigation_is_refused_by_name(desk: Desk, word: str) -> None:
    await desk.apply(routed(NUMBER))
    token = await desk.claim(ITEM)
    answer = await sent(desk, "POST", f"/items/{ITEM}/requests", token=token, questions=[f"Is there {word} here?"])
    assert await refused(answer) == (422, "investigation-wording")
    assert f'"{word}"' in answer.json()["detail"]


async def test_repetition_shows_the_earlier_answer_and_needs_a_second_person(desk: Desk) -> None:
    await desk.apply(routed(NUMBER), routed(SECOND))
    about = {"issue": "02", "goods": "8528520000"}
    first = await asked(desk, await desk.claim(ITEM), **about)
    await sent(desk, "POST", f"/requests/{first}/answers", IVO, text="It is a monitor.")
    desk.clock.advance(timedelta(days=179))
    token = await desk.claim(NEXT)
    body = {"token": token, "questions": ["Monitor or television?"], **about}
    again = await sent(desk, "POST", f"/items/{NEXT}/requests", **body)
    assert await refused(again) == (409, "repeated-request")
    assert first in again.json()["detail"]
    assert "It is a monitor." in again.json()["detail"]
    other = await sent(desk, "POST", f"/items/{NEXT}/requests", key="other", **body | {"goods": "6109100012"})
    assert other.status_code == 201

    drafted = await sent(desk, "POST", f"/items/{NEXT}/drafts", ASA, **body)
    assert drafted.status_code == 409  # Asa does not hold the item
    request_id = (await sent(desk, "POST", f"/items/{NEXT}/drafts", **body)).json()["request_id"]
    assert [each["request_id"] for each in (await shown(desk, request_id))["earlier"]] == [first]
    issue = f"/requests/{request_id}/issue"
    assert await refused(await sent(desk, "POST", issue, token=token)) == (409, "repeated-request")
    why = {"act": "approve-repetition", "fields": {"repetition_reason": "The goods have changed."}}
    assert await refused(await sent(desk, "POST", f"/requests/{request_id}/acts", **why)) == (403, "process-role")
    assert (await done(desk, request_id, **why, who=DAN))["state"] == "draft"
    issued = await sent(desk, "POST", issue, key="once more", token=token)
    assert (issued.status_code, issued.json()["state"]) == (200, "issued"), issued.text


async def test_repetition_is_none_after_the_time_that_is_set(desk: Desk) -> None:
    await desk.apply(routed(NUMBER), routed(SECOND))
    about = {"issue": "02", "goods": "8528520000"}
    await asked(desk, await desk.claim(ITEM), **about)
    desk.clock.advance(timedelta(days=181))
    await asked(desk, await desk.claim(NEXT), NEXT, **about)


async def test_drafter_does_not_approve_the_own_repetition(desk: Desk) -> None:
    await desk.apply(routed(NUMBER), routed(SECOND))
    await asked(desk, await desk.claim(ITEM), issue="02")
    body = {"token": await desk.claim(NEXT, ASA), "questions": QUESTIONS, "issue": "02"}
    drafted = await sent(desk, "POST", f"/items/{NEXT}/drafts", ASA, **body)
    assert drafted.status_code == 201, drafted.text
    path = f"/requests/{drafted.json()['request_id']}/acts"
    why = {"act": "approve-repetition", "fields": {"repetition_reason": "So."}}
    assert await refused(await sent(desk, "POST", path, ASA, **why)) == (403, "second-person-required")


async def test_increase_over_fifteen_dollars_waits_until_the_importer_was_heard(desk: Desk) -> None:
    await desk.apply(routed(NUMBER))
    token = await desk.claim(ITEM)
    body = {
        "outcome": "increase",
        "reasons": [{"code": "value", "text": "Assists."}],
        "legal_basis": [{"rule": "value", "citation": "19 USC 1401a"}],
    }
    over = body | {"effect": {"duty_usd": "10.00", "fees_usd": "5.01"}}
    path = f"/items/{ITEM}/complete"
    before = await desk.call("POST", path, json=over | {"token": token})
    assert await refused(before) == (409, "notice-of-action-due")
    assert before.json()["citation"] == "19 CFR 152.2"
    request_id = await asked(desk, token, form="CBP-29")
    waiting = await desk.call("POST", path, json=over | {"token": token})
    assert await refused(waiting) == (409, "notice-of-action-due")
    assert "2026-03-22" in waiting.json()["detail"]
    await sent(desk, "POST", f"/requests/{request_id}/answers", IVO, text="We agree.")
    assert (await desk.call("POST", path, json=over | {"token": token})).status_code == 200


async def test_action_taken_directly_opens_no_way_to_a_large_increase(desk: Desk) -> None:
    await desk.apply(routed(NUMBER))
    token = await desk.claim(ITEM)
    body = {"token": token, "form": "CBP-29", "questions": ["Advanced."], "effect_usd": "10.00"}
    drafted = (await sent(desk, "POST", f"/items/{ITEM}/drafts", **body)).json()["request_id"]
    await done(desk, drafted, "take-action-directly", token=token, fields={"action_reasons": "Rate."})
    over = {
        "token": token,
        "outcome": "increase",
        "effect": {"duty_usd": "500.00"},
        "reasons": [{"code": "value", "text": "Assists."}],
        "legal_basis": [{"rule": "value", "citation": "19 USC 1401a"}],
    }
    before = await desk.call("POST", f"/items/{ITEM}/complete", json=over)
    assert await refused(before) == (409, "notice-of-action-due")


async def test_withdrawn_request_asked_nothing_and_goods_are_the_same_by_their_beginning(desk: Desk) -> None:
    await desk.apply(routed(NUMBER), routed(SECOND))
    token = await desk.claim(ITEM)
    first = await asked(desk, token, issue="02", goods="8528520000")
    body = {"token": await desk.claim(NEXT), "questions": QUESTIONS, "issue": "02", "goods": "8528"}
    again = await sent(desk, "POST", f"/items/{NEXT}/requests", **body)
    assert await refused(again) == (409, "repeated-request")
    await done(desk, first, "withdraw", token=token, fields={"withdrawal_reason": "Known by now."})
    assert (await sent(desk, "POST", f"/items/{NEXT}/requests", key="now", **body)).status_code == 201


async def test_increase_of_fifteen_dollars_needs_no_notice(desk: Desk) -> None:
    await desk.apply(routed(NUMBER))
    body = {
        "token": await desk.claim(ITEM),
        "outcome": "increase",
        "effect": {"duty_usd": "15.00"},
        "reasons": [{"code": "value", "text": "Assists."}],
        "legal_basis": [{"rule": "value", "citation": "19 USC 1401a"}],
    }
    assert (await desk.call("POST", f"/items/{ITEM}/complete", json=body)).status_code == 200


async def test_filing_of_another_importer_answers_nothing(desk: Desk) -> None:
    await desk.apply(routed(NUMBER))
    request_id = await asked(desk, await desk.claim(ITEM))
    filing = {"kind": "response", "answers_request": request_id}
    await desk.apply(filing_routed("R-000009", importer_number="12-345678900", **filing))
    assert (await shown(desk, request_id))["state"] == "issued"
    await desk.apply(filing_routed("R-000010", importer_number=IMPORTER, **filing))
    letter = await shown(desk, request_id)
    assert letter["state"] == "responded"
    assert [each["filing_number"] for each in letter["answers"]] == ["R-000010"]


async def test_list_goes_page_by_page_and_shows_a_party_its_own_letters(desk: Desk) -> None:
    await desk.apply(routed(NUMBER), routed(SECOND))
    late = await asked(desk, await desk.claim(ITEM), due_on="2026-05-01")
    token = await desk.claim(NEXT)
    soon = await asked(desk, token, NEXT)
    drafted = await sent(desk, "POST", f"/items/{NEXT}/drafts", token=token, questions=QUESTIONS)
    draft = drafted.json()["request_id"]
    seen, path = [], "/requests?limit=1"
    while path:
        page = (await desk.call("GET", path)).json()
        seen += [each["request_id"] for each in page["items"]]
        path = f"/requests?limit=1&after={page['next']}" if page["next"] else ""
    assert seen == [soon, late, draft]
    assert await listed(desk, "", IVO) == [soon, late]
    assert await listed(desk, "", BOB) == [soon, late]
    assert await listed(desk, "", OTHER) == []
    assert await listed(desk, "", AWAY) == []
    assert await listed(desk, f"entry={NUMBER}") == [late]


async def test_an_act_that_there_is_not_tells_a_stranger_nothing(desk: Desk) -> None:
    """Whether there is such a letter is said to those only who may read its item."""
    await desk.apply(routed(NUMBER, processes=["ad-cvd"]))
    request_id = await asked(desk, await desk.claim(ITEM))
    path = f"/requests/{request_id}/acts"
    assert await refused(await sent(desk, "POST", path, AWAY, act="no-such")) == (404, "not-found")
    assert await refused(await sent(desk, "POST", path, act="no-such")) == (422, "no-such-act")
