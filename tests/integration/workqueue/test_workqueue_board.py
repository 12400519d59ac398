"""The enforcement board: members and quorum, recusal, comparable matters before the vote, dissent, limitation."""

from datetime import timedelta
from typing import Any

from services.workqueue.store.tables import board_acts, compartment_reads
from shared.runtime.identity import Identity, RoleName
from tests.integration.workqueue.desk import DIVISIONS, KIM, Desk
from tests.integration.workqueue.test_workqueue_compartment import CENTER, TED, name
from tests.integration.workqueue.test_workqueue_matters import done, opened

ANN = Identity("ann", "Ann Director", frozenset({RoleName.CENTER_DIRECTOR}), centers=CENTER)
CHAIR = Identity(
    "cal", "Cal Chair", frozenset({RoleName.ASSISTANT_CENTER_DIRECTOR}), centers=CENTER, divisions=DIVISIONS
)
FAY = Identity("fay", "Fay Fines", frozenset({RoleName.FPF_OFFICER}))
COUNSEL = Identity("cho", "Cho Counsel", frozenset({RoleName.CHIEF_COUNSEL}))
SEATS = {"cal": "chair", "ted": "secretary", "fay": "Fines, Penalties and Forfeitures", "cho": "Chief Counsel"}
SCREENED = {
    "statute": "19 USC 1592",
    "violation": "Assists left out.",
    "loss_usd": "50000.00",
    "prior_record": "None.",
    "prior_violations": 0,
    "disclosure_status": "none",
    "is_trusted_trader": False,
    "culpability": "negligence",
    "violation_on": "2024-01-10",
}


async def set_board(desk: Desk, who: Identity = ANN, quorum: int = 3, **seats: str) -> Any:
    body = {"quorum": quorum, "members": seats or SEATS, "reason": "As of the new year."}
    return await desk.call("PUT", "/centers/CEE007/board", who, json=body)


async def nominated(desk: Desk, key: str = "cear", **screened: Any) -> tuple[str, int]:
    """A matter of the board, screened and heard, that all its members know."""
    answer = await opened(desk, TED, key=key, process="cear", title="Assists", entry_numbers=[])
    assert answer.status_code == 201, answer.text
    item_id: str = answer.json()["item_id"]
    token = await desk.claim(item_id, TED)
    for member in ("fay", "cho"):
        await name(desk, item_id, member, TED)
    for act, fields in (
        ("screen", SCREENED | screened),
        ("schedule", {"scheduled_on": "2026-03-20", "members": "All."}),
        ("hear", {"heard_on": "2026-03-20", "present": "All.", "quorum": "reached"}),
        ("show-comparables", {"comparables": ["panel"]}),
    ):
        did = await done(desk, item_id, act, TED, key=f"{key}-{act}", token=token, fields=fields)
        assert did.status_code == 201, did.text
    return item_id, token


async def vote(desk: Desk, item_id: str, who: Identity, disposition: str, *, shown: bool = True, key: str = "") -> Any:
    if shown:
        answer = await desk.call("POST", f"/items/{item_id}/comparables", who)
        assert answer.status_code == 200, answer.text
    body = {"disposition": disposition, "reason": "evidence", "opinion": f"{who.name} says so."}
    headers = {"Idempotency-Key": f"{key}{item_id}{who.subject}"}
    return await desk.call("POST", f"/items/{item_id}/votes", who, json=body, headers=headers)


async def dispose(
    desk: Desk, item_id: str, disposition: str, votes: tuple[int, int], dissent: str | None = None
) -> Any:
    fields = {
        "disposition": disposition,
        "disposition_reason": "evidence",
        "disposition_reasons": "As voted.",
        "votes_for": votes[0],
        "votes_against": votes[1],
        "disposed_on": "2026-03-20",
    }
    if dissent is not None:
        fields["dissent"] = dissent
    key = f"dispose{item_id}{votes}{dissent}{disposition}"
    return await done(desk, item_id, "dispose", CHAIR, key=key, fields=fields)


async def test_board_is_set_by_its_director_in_versions_and_its_quorum_can_be_reached(desk: Desk) -> None:
    assert (await desk.call("GET", "/centers/CEE007/board", TED)).status_code == 404
    assert (await set_board(desk, TED)).status_code == 403
    assert (await set_board(desk, quorum=5)).json()["code"] == "quorum-out-of-reach"
    assert (await set_board(desk)).json()["version"] == 1
    assert (await set_board(desk, quorum=2)).json()["version"] == 2
    assert (await desk.call("GET", "/centers/CEE007/board", TED)).json()["quorum"] == 2
    assert (await desk.call("GET", "/centers/CEE007/board", KIM)).status_code == 403


async def test_vote_carries_by_quorum_and_is_recorded_with_its_dissent_and_no_other_way(desk: Desk) -> None:
    item_id, _ = await nominated(desk)
    assert (await vote(desk, item_id, TED, "warning-letter", shown=False)).json()["code"] == "board-not-set"
    await set_board(desk)
    early = await vote(desk, item_id, TED, "warning-letter", shown=False, key="early")
    assert (early.status_code, early.json()["code"]) == (409, "comparables-first")
    stranger = await vote(desk, item_id, KIM, "warning-letter", shown=False)
    assert stranger.status_code == 404, "who need not know learns of no matter"
    assert (await vote(desk, item_id, TED, "warning-letter")).status_code == 201
    assert (await vote(desk, item_id, TED, "no-action", key="again")).json()["code"] == "voted"
    assert (await vote(desk, item_id, TED, "jail", key="jail")).json()["code"] == "no-such-code"
    assert (await vote(desk, item_id, FAY, "penalty-referral")).status_code == 201
    assert (await dispose(desk, item_id, "warning-letter", (2, 0))).json()["code"] == "not-carried"
    assert (await vote(desk, item_id, COUNSEL, "warning-letter")).json()["carried"] == "warning-letter"
    assert (await dispose(desk, item_id, "no-action", (3, 0))).json()["code"] == "another-vote"
    assert (await dispose(desk, item_id, "warning-letter", (2, 1))).json()["code"] == "dissent-needed"
    carried = await dispose(desk, item_id, "warning-letter", (2, 1), "Fay: a penalty is due.")
    assert carried.status_code == 201, carried.text
    told = (await desk.call("GET", f"/items/{item_id}/votes", CHAIR)).json()
    dissents = [each["member"] for each in told["acts"] if each["is_dissent"]]
    assert (told["cast"], dissents) == (3, ["fay"])


async def test_who_stands_aside_does_not_vote_and_what_they_voted_does_not_count(desk: Desk) -> None:
    await set_board(desk, quorum=2)
    item_id, _ = await nominated(desk)
    await vote(desk, item_id, TED, "warning-letter")
    await vote(desk, item_id, FAY, "warning-letter")
    body, headers = {"reason": "Worked for the importer."}, {"Idempotency-Key": "aside"}
    aside = await desk.call("POST", f"/items/{item_id}/recusals", FAY, json=body, headers=headers)
    assert (aside.status_code, aside.json()["cast"], aside.json()["carried"]) == (201, 1, None)
    assert (await vote(desk, item_id, FAY, "no-action", shown=False, key="after")).json()["code"] == "recused"
    assert (await dispose(desk, item_id, "warning-letter", (2, 0))).json()["code"] == "not-carried"


async def test_vote_that_carried_is_shown_as_it_was_whatever_becomes_of_the_board(desk: Desk) -> None:
    await set_board(desk, quorum=2)
    item_id, _ = await nominated(desk)
    await vote(desk, item_id, TED, "warning-letter")
    await vote(desk, item_id, FAY, "warning-letter")
    assert (await dispose(desk, item_id, "warning-letter", (2, 0))).status_code == 201
    path = f"/items/{item_id}/votes"
    before = (await desk.call("GET", path, TED)).json()
    assert (before["quorum"], before["cast"], before["carried"]) == (2, 2, "warning-letter")
    desk.clock.advance(timedelta(days=30))
    await set_board(desk, quorum=1, cal="chair")
    body, headers = {"reason": "Works for the importer now."}, {"Idempotency-Key": "aside"}
    late = await desk.call("POST", f"/items/{item_id}/recusals", FAY, json=body, headers=headers)
    assert late.status_code == 409, "they sit on no board any more"
    assert (await desk.call("GET", path, TED)).json() == before


async def test_every_answer_with_votes_or_names_leaves_a_line_also_one_that_is_given_again(desk: Desk) -> None:
    await set_board(desk, quorum=2)
    item_id, _ = await nominated(desk)

    async def lines(who: Identity) -> list[str]:
        return [row.what for row in await desk.rows(compartment_reads) if row.read_by == who.subject]

    await vote(desk, item_id, FAY, "warning-letter")
    assert await lines(FAY) == ["comparables", "votes"]
    await vote(desk, item_id, FAY, "warning-letter", shown=False)
    assert await lines(FAY) == ["comparables", "votes", "votes"]
    assert (await name(desk, item_id, "fay", FAY)).status_code == 200
    assert await lines(FAY) == ["comparables", "votes", "votes", "need to know"]


async def test_after_a_deferral_all_vote_anew(desk: Desk) -> None:
    await set_board(desk, quorum=1)
    item_id, token = await nominated(desk)
    await vote(desk, item_id, TED, "warning-letter")
    for act, fields in (
        ("defer", {"deferred_for": "The audit."}),
        ("schedule", {"scheduled_on": "2026-03-27", "members": "All."}),
        ("hear", {"heard_on": "2026-03-27", "present": "All.", "quorum": "reached"}),
    ):
        did = await done(desk, item_id, act, TED, key=f"2{act}", token=token, fields=fields)
        assert did.status_code == 201, did.text
    assert (await dispose(desk, item_id, "warning-letter", (1, 0))).json()["code"] == "not-carried"
    assert (await vote(desk, item_id, TED, "no-action", key="2")).json()["carried"] == "no-action"
    assert {row.hearing for row in await desk.rows(board_acts)} == {1, 2}


async def test_panel_is_the_matters_most_alike_and_tells_of_nobody(desk: Desk) -> None:
    await set_board(desk, quorum=1)
    for key, screened in (
        ("same", {}),
        ("smaller", {"loss_usd": "900.00"}),
        (
            "other",
            {"statute": "19 USC 1595a", "culpability": "none", "loss_usd": "5.00", "prior_violations": 4},
        ),
    ):
        before, _ = await nominated(desk, key, **screened)
        await vote(desk, before, TED, "warning-letter")
        assert (await dispose(desk, before, "warning-letter", (1, 0))).status_code == 201
    item_id, _ = await nominated(desk, "mine", loss_usd="70000.00")
    answer = await desk.call("POST", f"/items/{item_id}/comparables", FAY)
    panel = answer.json()["items"]
    assert [each["agrees_in"] for each in panel] == [
        ["statute", "culpability", "loss", "record"],
        ["statute", "culpability", "record"],
    ]
    assert "07-345678900" not in answer.text
    assert [each["disposition"] for each in panel] == ["warning-letter"] * 2


async def test_limitation_and_the_request_for_a_waiver_are_watched(desk: Desk) -> None:
    """19 USC 1621: five years from the violation; the watch is at 24 months left."""
    item_id, _ = await nominated(desk)
    clocks = (await desk.call("GET", f"/items/{item_id}", TED)).json()["matter"]["clocks"]
    days = {each["clock"]: (each["due_on"], each["ended_on"]) for each in clocks}
    assert (days["limitation"], days["waiver-watch"]) == (("2029-01-10", None), ("2027-01-10", None))
    assert (await desk.call("GET", "/limitations", FAY)).json()["items"][0]["item_id"] == item_id
    assert (await desk.call("GET", "/limitations", KIM)).json()["items"] == []
    (told,) = (await desk.call("GET", "/limitations", TED)).json()["items"]
    assert (told["limitation_on"], told["waiver_due"], told["months_left"]) == ("2029-01-10", False, 34)
    desk.clock.advance(timedelta(days=365))
    (late,) = (await desk.call("GET", "/limitations", TED)).json()["items"]
    assert (late["waiver_due"], late["months_left"]) == (True, 22)
