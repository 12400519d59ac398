"""Questions of a Center's community by the API: asked, moderated, answered on a rule, released, and marked later."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy.ext.asyncio import AsyncEngine

from services.notifications.acts.questions import mark_changed_rules
from services.notifications.api.legal_record import RulesByCalls
from shared.runtime.clock import FixedClock
from shared.runtime.identity import Identity, RoleName
from shared.web.asking import Neighbour
from tests.integration.notifications.builders import NOW, MakeEngine, client_of
from tests.integration.notifications.community import (
    CENTER,
    DIRECTOR,
    FIRST,
    OTHER_DIRECTOR,
    SECOND,
    SPECIALIST,
    THIRD,
    call,
    owner_of,
    send_mails,
    settle_in,
)
from tests.support.events import entry_number

RULE = {
    "id": "protest-180",
    "section": "protest",
    "text": "A protest is filed within 180 days after liquidation, and not before it.",
    "citation": "19 USC 1514(c)(3), 19 CFR 174.12(e)",
    "evidence": "S",
    "effective_from": "2004-12-18",
    "effective_until": None,
    "applies_to": "the day of entry",
    "unsettled": None,
}
ASKED: dict[str, Any] = {
    "center": CENTER,
    "subject": "SYNTHETIC: until when",
    "text": "SYNTHETIC: from which day does the time to protest run?",
}


class ToldRules:
    """The rules of law as a test says them."""

    def __init__(self, *rules: Mapping[str, Any]) -> None:
        self.rules = rules

    def book(self) -> RulesByCalls:
        """They are read over HTTP, as liquidation tells them."""

        def answer(request: httpx.Request) -> httpx.Response:
            assert request.url.path == "/rules"
            return httpx.Response(200, json={"items": list(self.rules), "next": None})

        return RulesByCalls(Neighbour("Liquidation", "http://liquidation", 5, httpx.MockTransport(answer)))


async def ask(engine: AsyncEngine, folder: Path, importer: str, key: str, **changes: Any) -> dict[str, Any]:
    """A question of an importer."""
    body = ASKED | {"recipient": importer} | changes
    asked = await call(engine, folder, owner_of(importer), "POST", "/questions", body, Idempotency_Key=key)
    assert asked.status_code == 201, asked.text
    made: dict[str, Any] = asked.json()
    return made


async def act(
    engine: AsyncEngine, folder: Path, who: Identity, question: dict[str, Any], verb: str, body: Any = None
) -> httpx.Response:
    """Something done with a question as it stands now."""
    path = f"/questions/{question['question_id']}"
    tag = (await call(engine, folder, DIRECTOR, "GET", path)).headers["ETag"]
    method = "PUT" if verb in {"", "/answer"} else "POST"
    return await call(engine, folder, who, method, f"{path}{verb}", body, If_Match=tag)


async def answer(
    engine: AsyncEngine,
    folder: Path,
    question: dict[str, Any],
    rules: ToldRules,
    who: Identity = SPECIALIST,
    **changes: Any,
) -> httpx.Response:
    """An officer answers, while liquidation tells these rules."""
    path = f"/questions/{question['question_id']}"
    body = {"text": "SYNTHETIC: from the day of liquidation.", "rule": "protest-180"} | changes
    async with client_of(engine, folder, who) as client:
        client._transport.app.state.rule_book = rules.book()  # type: ignore[attr-defined]
        tag = (await client.get(path)).headers.get("ETag", '"1"')
        return await client.put(f"{path}/answer", json=body, headers={"If-Match": tag})


async def publish(engine: AsyncEngine, folder: Path, rules: ToldRules) -> dict[str, Any]:
    """A question that was asked, admitted, answered and released."""
    asked = await ask(engine, folder, FIRST, "one")
    await act(engine, folder, SPECIALIST, asked, "/moderate", {"decision": "admit"})
    await answer(engine, folder, asked, rules)
    released = await act(engine, folder, DIRECTOR, asked, "/release")
    assert released.status_code == 200, released.text
    return asked


async def test_a_question_lives_from_being_asked_until_everybody_reads_its_answer(
    service_engine: MakeEngine, tmp_path: Path
) -> None:
    engine = await service_engine("notifications")
    await settle_in(engine)
    asked = await ask(engine, tmp_path, FIRST, "one", is_anonymous=True)
    assert (asked["state"], asked["asker"]) == ("asked", FIRST)
    seen = (await call(engine, tmp_path, SPECIALIST, "GET", f"/questions?state=asked&center={CENTER}")).json()["items"]
    assert [(each["asker"], each["is_anonymous"]) for each in seen] == [(FIRST, True)]
    assert (await call(engine, tmp_path, owner_of(SECOND), "GET", "/questions")).json()["items"] == []
    path = f"/questions/{asked['question_id']}"
    for stranger in (owner_of(SECOND), OTHER_DIRECTOR):
        assert (await call(engine, tmp_path, stranger, "GET", path)).status_code == 404

    rules = ToldRules(RULE)
    early = await answer(engine, tmp_path, asked, rules)
    assert (early.status_code, early.json()["code"]) == (409, "question-state")
    admitted = await act(engine, tmp_path, SPECIALIST, asked, "/moderate", {"decision": "admit"})
    assert (admitted.status_code, admitted.json()["state"]) == (200, "admitted"), admitted.text
    unknown = await answer(engine, tmp_path, asked, rules, rule="no-such-rule")
    assert (unknown.status_code, unknown.json()["code"]) == (422, "unknown-rule")
    given = await answer(engine, tmp_path, asked, rules, text_es="SINTÉTICO: desde el día de la liquidación.")
    assert (given.status_code, given.json()["state"]) == (200, "answered"), given.text
    mine = (await call(engine, tmp_path, owner_of(FIRST), "GET", path)).json()
    assert (mine["answer"], mine["answered_by"], mine["history"]) == (None, None, [])
    assert (await call(engine, tmp_path, None, "GET", f"/answers/{asked['question_id']}")).status_code == 404

    director = Identity("kim", "Kim", frozenset({RoleName.CENTER_DIRECTOR}), frozenset({CENTER}))
    same = await act(engine, tmp_path, director, asked, "/release")
    assert (same.status_code, same.json()["code"]) == (403, "second-person-required")
    released = await act(engine, tmp_path, DIRECTOR, asked, "/release")
    assert (released.status_code, released.json()["state"]) == (200, "published"), released.text
    (mail,) = await send_mails(engine)
    assert (mail.to, mail.message_id[:5]) == ("trade@i01.example", "<N-46")
    assert "SYNTHETIC: from the day of liquidation." in mail.text
    assert "protest-180" in mail.text
    assert mail.unsubscribe is not None

    public = (await call(engine, tmp_path, None, "GET", f"/answers/{asked['question_id']}")).json()
    assert (public["asked_by"], public["rests_on"], public["rule"]["rule"]) == ("anonymous", "in force", "protest-180")
    assert FIRST not in str(public)
    for query, found in (
        ("q=liquidation", 1),
        ("q=SINTÉTICO", 1),
        ("q=protest day", 1),
        ("q=refund", 0),
        ("center=CEE005", 0),
        ("rule=protest-180", 1),
        ("rule=other", 0),
    ):
        items = (await call(engine, tmp_path, None, "GET", f"/answers?{query}")).json()["items"]
        assert len(items) == found, query


async def test_an_answer_is_marked_when_its_rule_has_changed_and_answered_anew(
    service_engine: MakeEngine, tmp_path: Path
) -> None:
    engine = await service_engine("notifications")
    await settle_in(engine)
    rules = ToldRules(RULE)
    asked = await publish(engine, tmp_path, rules)
    await send_mails(engine)
    path = f"/questions/{asked['question_id']}"
    public = (await call(engine, tmp_path, None, "GET", f"/answers/{asked['question_id']}")).json()
    clock = FixedClock(NOW)
    assert await mark_changed_rules(rules.book(), engine, clock) == 0
    other_heading = ToldRules(RULE | {"section": "suit", "evidence": "P"})
    assert await mark_changed_rules(other_heading.book(), engine, clock) == 0
    changed = ToldRules(RULE | {"text": "A protest is filed within 90 days."})
    assert await mark_changed_rules(changed.book(), engine, clock) == 1
    assert await mark_changed_rules(changed.book(), engine, clock) == 0
    marked = (await call(engine, tmp_path, None, "GET", f"/answers/{asked['question_id']}")).json()
    assert (marked["rests_on"], marked["rule"]["text"]) == ("rests on an earlier version", RULE["text"])

    follow = await call(
        engine,
        tmp_path,
        owner_of(SECOND),
        "POST",
        f"/answers/{asked['question_id']}/follow",
        {"recipient": SECOND},
    )
    assert follow.status_code == 204, follow.text
    anew = await answer(engine, tmp_path, asked, changed, text="SYNTHETIC: within 90 days.")
    assert anew.status_code == 200, anew.text
    still = (await call(engine, tmp_path, None, "GET", f"/answers/{asked['question_id']}")).json()
    assert (still["answer"], still["rests_on"]) == (public["answer"], "rests on an earlier version")
    await act(engine, tmp_path, DIRECTOR, asked, "/release")
    assert {mail.to for mail in await send_mails(engine)} == {"trade@i01.example", "trade@i02.example"}
    last = (await call(engine, tmp_path, None, "GET", f"/answers/{asked['question_id']}")).json()
    assert (last["answer"], last["rests_on"]) == ("SYNTHETIC: within 90 days.", "in force")
    history = (await call(engine, tmp_path, DIRECTOR, "GET", path)).json()["history"]
    assert [each["act"] for each in history] == ["ask", "admit", "answer", "release", "answer", "release"]


async def test_an_answer_whose_rule_is_gone_is_marked(service_engine: MakeEngine, tmp_path: Path) -> None:
    engine = await service_engine("notifications")
    await settle_in(engine)
    asked = await publish(engine, tmp_path, ToldRules(RULE))
    assert await mark_changed_rules(ToldRules(RULE | {"id": "other"}).book(), engine, FixedClock(NOW)) == 1
    marked = (await call(engine, tmp_path, None, "GET", f"/answers/{asked['question_id']}")).json()
    assert marked["rests_on"] == "rests on an earlier version"


async def test_the_public_is_told_what_an_asker_is_and_never_its_name(
    service_engine: MakeEngine, tmp_path: Path
) -> None:
    engine = await service_engine("notifications")
    await settle_in(engine)
    asked = await publish(engine, tmp_path, ToldRules(RULE))
    mine = (await call(engine, tmp_path, owner_of(FIRST), "GET", f"/questions/{asked['question_id']}")).json()
    assert FIRST in mine["asker_name"]
    one = await call(engine, tmp_path, None, "GET", f"/answers/{asked['question_id']}")
    listed = await call(engine, tmp_path, None, "GET", "/answers")
    assert one.json()["asked_by"] == "an importer"
    assert FIRST not in one.text + listed.text
    assert "owner of" not in one.text + listed.text


async def test_who_wrote_an_earlier_draft_of_an_answer_does_not_release_it(
    service_engine: MakeEngine, tmp_path: Path
) -> None:
    engine = await service_engine("notifications")
    await settle_in(engine)
    rules = ToldRules(RULE)
    asked = await ask(engine, tmp_path, FIRST, "one")
    await act(engine, tmp_path, SPECIALIST, asked, "/moderate", {"decision": "admit"})
    assert (await answer(engine, tmp_path, asked, rules, DIRECTOR)).status_code == 200
    assert (await answer(engine, tmp_path, asked, rules, SPECIALIST)).status_code == 200
    refused = await act(engine, tmp_path, DIRECTOR, asked, "/release")
    assert (refused.status_code, refused.json()["code"]) == (403, "second-person-required")
    other = Identity("robin", "Robin", frozenset({RoleName.CENTER_DIRECTOR}), frozenset({CENTER}))
    assert (await act(engine, tmp_path, other, asked, "/release")).status_code == 200
    # What was released is no draft any more: of the next answer others are the authors.
    assert (await answer(engine, tmp_path, asked, rules, SPECIALIST)).status_code == 200
    assert (await act(engine, tmp_path, DIRECTOR, asked, "/release")).status_code == 200


async def test_an_answer_that_is_withdrawn_is_read_by_nobody_and_its_followers_are_told_why(
    service_engine: MakeEngine, tmp_path: Path
) -> None:
    engine = await service_engine("notifications")
    await settle_in(engine)
    rules = ToldRules(RULE)
    asked = await publish(engine, tmp_path, rules)
    path = f"/answers/{asked['question_id']}"
    await call(engine, tmp_path, owner_of(SECOND), "POST", f"{path}/follow", {"recipient": SECOND})
    await send_mails(engine)
    await answer(engine, tmp_path, asked, rules, text="SYNTHETIC: another answer that waits.")
    reason = {"reason": "SYNTHETIC: the day in it is wrong."}
    stranger = await act(engine, tmp_path, OTHER_DIRECTOR, asked, "/withdraw-answer", reason)
    assert stranger.status_code == 404
    withdrawn = await act(engine, tmp_path, DIRECTOR, asked, "/withdraw-answer", reason)
    assert (withdrawn.status_code, withdrawn.json()["state"]) == (200, "admitted"), withdrawn.text
    assert withdrawn.json()["answer"] is None
    assert (await call(engine, tmp_path, None, "GET", path)).status_code == 404
    assert (await call(engine, tmp_path, None, "GET", "/answers")).json()["items"] == []
    mails = await send_mails(engine)
    assert {mail.to for mail in mails} == {"trade@i01.example", "trade@i02.example"}
    assert all("SYNTHETIC: the day in it is wrong." in mail.text for mail in mails)
    again = await act(engine, tmp_path, DIRECTOR, asked, "/withdraw-answer", reason)
    assert (again.status_code, again.json()["code"]) == (409, "question-state")
    history = (await call(engine, tmp_path, DIRECTOR, "GET", f"/questions/{asked['question_id']}")).json()["history"]
    assert [each["act"] for each in history] == ["ask", "admit", "answer", "release", "answer", "withdraw"]
    assert history[-1]["reason"] == reason["reason"]

    never = await ask(engine, tmp_path, FIRST, "two")
    await act(engine, tmp_path, SPECIALIST, never, "/moderate", {"decision": "admit"})
    await answer(engine, tmp_path, never, rules)
    nothing = await act(engine, tmp_path, DIRECTOR, never, "/withdraw-answer", reason)
    assert (nothing.status_code, nothing.json()["code"]) == (409, "question-state")

    await answer(engine, tmp_path, asked, rules, text="SYNTHETIC: the right one.")
    assert (await act(engine, tmp_path, DIRECTOR, asked, "/release")).status_code == 200
    assert {mail.to for mail in await send_mails(engine)} == {"trade@i01.example", "trade@i02.example"}
    assert (await call(engine, tmp_path, None, "GET", path)).json()["answer"] == "SYNTHETIC: the right one."


async def test_an_asker_is_told_when_what_its_question_was_merged_into_is_refused(
    service_engine: MakeEngine, tmp_path: Path
) -> None:
    engine = await service_engine("notifications")
    await settle_in(engine)
    first = await ask(engine, tmp_path, FIRST, "one")
    second = await ask(engine, tmp_path, SECOND, "two", subject="SYNTHETIC: of the second")
    third = await ask(engine, tmp_path, THIRD, "three", subject="SYNTHETIC: of the third")
    for question, into in ((third, second), (second, first)):
        body = {"decision": "merge", "into": into["question_id"]}
        assert (await act(engine, tmp_path, SPECIALIST, question, "/moderate", body)).status_code == 200
    await send_mails(engine)
    body = {"decision": "refuse", "reason": "SYNTHETIC: no matter of the Center."}
    refused = await act(engine, tmp_path, SPECIALIST, first, "/moderate", body)
    assert refused.json()["question_id"] == first["question_id"]
    told = {mail.to: mail.text for mail in await send_mails(engine)}
    assert set(told) == {"trade@i01.example", "trade@i02.example", "trade@i03.example"}
    assert all("SYNTHETIC: no matter of the Center." in text for text in told.values())
    assert "SYNTHETIC: of the second" in told["trade@i02.example"]
    assert "SYNTHETIC: of the third" in told["trade@i03.example"]
    for owner, question in ((SECOND, second), (THIRD, third)):
        mine = (await call(engine, tmp_path, owner_of(owner), "GET", f"/questions/{question['question_id']}")).json()
        assert (mine["state"], mine["refused_for"]) == ("refused", body["reason"])


async def test_questions_merged_with_each_other_at_once_do_not_both_end(
    service_engine: MakeEngine, tmp_path: Path
) -> None:
    engine = await service_engine("notifications")
    await settle_in(engine)
    pair = [await ask(engine, tmp_path, FIRST, "one"), await ask(engine, tmp_path, SECOND, "two")]
    answers = await asyncio.gather(
        *(
            act(
                engine,
                tmp_path,
                SPECIALIST,
                question,
                "/moderate",
                {"decision": "merge", "into": other["question_id"]},
            )
            for question, other in (pair, pair[::-1])
        ),
        return_exceptions=True,
    )
    assert sorted(each.status_code for each in answers if isinstance(each, httpx.Response)) == [200, 422], answers


async def test_a_question_that_names_an_entry_or_an_importer_is_held_with_the_reason(
    service_engine: MakeEngine, tmp_path: Path
) -> None:
    engine = await service_engine("notifications")
    await settle_in(engine)
    entry = entry_number(5)
    for key, text, reason in (
        ("entry", f"SYNTHETIC: what of {entry}?", "it names an entry number"),
        ("printed", f"SYNTHETIC: what of {entry[:3]}-{entry[3:10]}-{entry[10]}?", "it names an entry number"),
        ("importer", f"SYNTHETIC: we are {FIRST}.", "it names an importer number"),
    ):
        asked = await ask(engine, tmp_path, FIRST, key, text=text)
        assert (asked["state"], asked["held_for"]) == ("held", reason)
        refused = await act(engine, tmp_path, SPECIALIST, asked, "/moderate", {"decision": "admit"})
        assert (refused.status_code, refused.json()["code"]) == (409, "confidential-fact")
        assert reason in refused.json()["detail"]
    words = {"subject": ASKED["subject"], "text": ASKED["text"]}
    mine = await act(engine, tmp_path, owner_of(SECOND), asked, "", words)
    assert mine.status_code == 404
    rephrased = await act(engine, tmp_path, owner_of(FIRST), asked, "", words)
    assert (rephrased.json()["state"], rephrased.json()["held_for"]) == ("asked", None)
    admitted = await act(engine, tmp_path, SPECIALIST, asked, "/moderate", {"decision": "admit"})
    assert admitted.status_code == 200
    told = await answer(engine, tmp_path, asked, ToldRules(RULE), text=f"SYNTHETIC: as for {entry}.")
    assert (told.status_code, told.json()["code"]) == (409, "confidential-fact")


async def test_a_question_is_refused_with_a_reason_or_merged_with_an_earlier_one(
    service_engine: MakeEngine, tmp_path: Path
) -> None:
    engine = await service_engine("notifications")
    await settle_in(engine)
    earlier = await ask(engine, tmp_path, FIRST, "one")
    again = await ask(engine, tmp_path, SECOND, "two")
    useless = await ask(engine, tmp_path, SECOND, "three", subject="SYNTHETIC: weather")
    for body in ({"decision": "refuse"}, {"decision": "admit", "reason": "r"}, {"decision": "merge"}):
        assert (await act(engine, tmp_path, SPECIALIST, useless, "/moderate", body)).status_code == 422
    reason = {"decision": "refuse", "reason": "SYNTHETIC: no matter of the Center."}
    refused = await act(engine, tmp_path, SPECIALIST, useless, "/moderate", reason)
    assert (refused.json()["state"], refused.json()["refused_for"]) == ("refused", reason["reason"])
    itself = {"decision": "merge", "into": again["question_id"]}
    wrong = await act(engine, tmp_path, SPECIALIST, again, "/moderate", itself)
    assert (wrong.status_code, wrong.json()["code"]) == (422, "nothing-to-merge-with")
    merged = await act(
        engine, tmp_path, SPECIALIST, again, "/moderate", {"decision": "merge", "into": earlier["question_id"]}
    )
    assert merged.json()["merged_into"] == earlier["question_id"]
    mails = await send_mails(engine)
    assert {mail.to for mail in mails} == {"trade@i02.example"}
    assert any("SYNTHETIC: no matter of the Center." in mail.text for mail in mails)
    await act(engine, tmp_path, SPECIALIST, earlier, "/moderate", {"decision": "admit"})
    await answer(engine, tmp_path, earlier, ToldRules(RULE))
    await act(engine, tmp_path, DIRECTOR, earlier, "/release")
    assert {mail.to for mail in await send_mails(engine)} == {"trade@i01.example", "trade@i02.example"}


async def test_nobody_moderates_a_question_of_their_own(service_engine: MakeEngine, tmp_path: Path) -> None:
    engine = await service_engine("notifications")
    await settle_in(engine)
    both = Identity(
        "kim",
        "Kim",
        frozenset({RoleName.IMPORT_SPECIALIST, RoleName.IMPORTER}),
        frozenset({CENTER}),
        importer_numbers=frozenset({FIRST}),
    )
    asked = await call(
        engine, tmp_path, both, "POST", "/questions", ASKED | {"recipient": FIRST}, Idempotency_Key="one"
    )
    refused = await act(engine, tmp_path, both, asked.json(), "/moderate", {"decision": "admit"})
    assert (refused.status_code, refused.json()["code"]) == (403, "second-person-required")


async def test_rules_that_cannot_be_read_are_no_rules_that_changed(service_engine: MakeEngine, tmp_path: Path) -> None:
    engine = await service_engine("notifications")
    await settle_in(engine)
    asked = await ask(engine, tmp_path, FIRST, "one")
    await act(engine, tmp_path, SPECIALIST, asked, "/moderate", {"decision": "admit"})
    # The liquidation service of the settings does not run.
    path = f"/questions/{asked['question_id']}"
    body = {"text": "SYNTHETIC.", "rule": "protest-180"}
    tag = (await call(engine, tmp_path, DIRECTOR, "GET", path)).headers["ETag"]
    away = await call(engine, tmp_path, SPECIALIST, "PUT", f"{path}/answer", body, If_Match=tag)
    assert away.status_code == 503, away.text
