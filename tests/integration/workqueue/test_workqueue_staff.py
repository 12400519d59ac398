"""People of the Centers over HTTP, and what it means for the next item: assigned, skipped, kept away, in words."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from services.workqueue.store.tables import item_events, items, staff_changes
from shared.db import bulk
from shared.db.idempotency import forget
from shared.db.transaction import transaction
from shared.runtime.identity import Identity, RoleName
from tests.integration.workqueue.desk import DIVISIONS, KIM, LEE, NOW, Desk
from tests.integration.workqueue.events import routed
from tests.support.events import entry_number

CENTER = frozenset({"CEE007"})
DAN = Identity("dan", "Dan Moss", frozenset({RoleName.CENTER_DIRECTOR}), centers=CENTER)
SUE = Identity("sue", "Sue Dahl", frozenset({RoleName.ASSISTANT_CENTER_DIRECTOR}), centers=CENTER, divisions=DIVISIONS)
AWAY = Identity("ann", "Ann Field", frozenset({RoleName.CENTER_DIRECTOR}), centers=frozenset({"CEE001"}))
AWAY_SPECIALIST = Identity("abe", "Abe Hill", KIM.roles, centers=frozenset({"CEE001"}), divisions=DIVISIONS)
TO_KIM = {"to": "kim", "reason": "She knows it."}
PERSON = {"name": "Kim Reyes", "center": "CEE007", "division": "enforcement", "minutes_a_day": 360}
HEADER = "subject,name,center,division,roles,teams,skills,minutes_a_day,absences,interests,employers\n"


async def put(desk: Desk, subject: str, who: Identity = DAN, tag: str | None = None, **changes: Any) -> Any:
    headers = {"If-Match": tag} if tag is not None else {}
    return await desk.call("PUT", f"/staff/{subject}", who, json=PERSON | changes, headers=headers)


async def people(desk: Desk, *subjects: str, center: str = "CEE007", who: Identity = DAN) -> None:
    """People who are written at a Center."""
    for subject in subjects:
        assert (await put(desk, subject, who, center=center)).status_code == 200


async def queue(desk: Desk, count: int) -> list[str]:
    """Reviews of so many entries, the oldest first."""
    for serial in range(1, count + 1):
        filed = NOW - timedelta(hours=count - serial)
        await desk.apply(routed(entry_number(serial), time=filed.isoformat()))
    rows = sorted(await desk.rows(items), key=lambda row: row.opened_at)
    return [str(row.item_id) for row in rows]


async def test_supervisors_write_the_people_of_their_center_and_every_version_is_kept(desk: Desk) -> None:
    answer = await put(desk, "kim")
    assert (answer.status_code, answer.headers["ETag"]) == (200, '"1"'), answer.text
    assert (await put(desk, "kim")).status_code == 428
    assert (await put(desk, "kim", tag='"7"')).status_code == 412
    assert (await put(desk, "kim", tag='"1"', teams=["machinery"])).json()["teams"] == ["machinery"]
    assert (await put(desk, "lou", AWAY)).status_code == 403
    assert (await put(desk, "kim", AWAY, tag='"2"', center="CEE001")).status_code == 404
    assert (await put(desk, "lou", KIM)).status_code == 403
    listed = (await desk.call("GET", "/staff?team=machinery")).json()["items"]
    assert [(each["subject"], each["version"]) for each in listed] == [("kim", 2)]
    assert [(row.version, row.done_by, row.authority) for row in await desk.rows(staff_changes)] == [
        (1, "dan", "staff.write/center"),
        (2, "dan", "staff.write/center"),
    ]


async def test_people_declare_their_interests_and_absences_themselves(desk: Desk) -> None:
    await put(desk, "kim")
    mine = {"interests": ["07-345678900"]}
    answer = await desk.call("POST", "/staff/kim/declarations", KIM, json=mine)
    assert answer.json()["interests"] == ["07-345678900"], answer.text
    assert (await desk.call("POST", "/staff/kim/declarations", LEE, json=mine)).status_code == 403
    absent = {"absences": [{"from_on": "2026-03-02", "to_on": "2026-03-06", "reason": "leave"}]}
    told = (await desk.call("POST", "/staff/kim/declarations", SUE, json=absent)).json()
    assert (told["interests"], len(told["absences"])) == (["07-345678900"], 1)
    turned = {"absences": [{"from_on": "2026-03-06", "to_on": "2026-03-02", "reason": "leave"}]}
    assert (await desk.call("POST", "/staff/kim/declarations", KIM, json=turned)).status_code == 422


async def test_import_writes_everybody_or_nobody_and_names_every_fault(desk: Desk) -> None:
    good = "kim,Kim Reyes,CEE007,enforcement,import-specialist,machinery,chapter:84:3|language:es:2,360,"
    good += "2026-07-01/2026-07-14:leave,07-345678900,12-345678900@2027-01-31\n"
    bad = "lee,,CEE007,nowhere,,,chapter:84:9,360,,12,\n"
    csv = {"Content-Type": "text/csv"}
    refused = await desk.call("POST", "/staff/import", DAN, content=HEADER + good + bad + good, headers=csv)
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid-request"), refused.text
    places = {each["field"] for each in refused.json()["errors"]}
    assert {"rows[2].name", "rows[2].division", "rows[2].skills[1].level", "rows[3].subject"} <= places
    assert any(each.startswith("rows[2].interests") for each in places)
    assert (await desk.call("GET", "/staff")).json()["items"] == []
    answer = await desk.call("POST", "/staff/import", DAN, content=HEADER + good, headers=csv)
    assert answer.json() == {"rows": 1, "added": 1, "changed": 0}, answer.text
    again = await desk.call("POST", "/staff/import", DAN, content=HEADER + good, headers=csv)
    assert again.json() == {"rows": 1, "added": 0, "changed": 0}
    answer = await desk.call("GET", "/staff/kim")
    assert answer.status_code == 200, answer.text
    kim = answer.json()
    assert kim["skills"][0] == {"kind": "chapter", "code": "84", "level": 3}
    assert kim["employers"] == [{"importer_number": "12-345678900", "until_on": "2027-01-31"}]
    assert (await desk.call("POST", "/staff/import", DAN, content="a,b\n1,2\n", headers=csv)).status_code == 400


async def test_acting_authority_needs_a_second_person_and_ends_with_its_days(desk: Desk) -> None:
    (item_id,) = await queue(desk, 1)
    acting = Identity(
        **{name: getattr(KIM, name) for name in ("subject", "name", "roles", "centers", "divisions")}, acting_for="lee"
    )
    refused = await desk.call("POST", f"/items/{item_id}/claim", acting)
    assert (refused.status_code, refused.json()["code"]) == (403, "no-acting-authority"), refused.text
    await people(desk, "kim", "lee")
    days = {"from_on": "2026-03-02", "to_on": "2026-03-06", "reason": "Leave."}
    body = {"center": "CEE007", "from_subject": "lee", "to_subject": "kim", **days}
    proposed = await desk.call("POST", "/staff/delegations", SUE, json=body, headers={"Idempotency-Key": "d1"})
    assert proposed.status_code == 201, proposed.text
    path = f"/staff/delegations/{proposed.json()['delegation_id']}"
    assert (await desk.call("POST", f"{path}/release", SUE)).json()["code"] == "second-person-required"
    assert (await desk.call("POST", f"{path}/release", AWAY)).status_code == 404
    assert (await desk.call("POST", f"{path}/release", DAN)).json()["is_in_force"]
    assert (await desk.call("POST", f"{path}/release", DAN)).json()["code"] == "acting-settled"
    assert (await desk.call("POST", f"/items/{item_id}/claim", acting)).status_code == 200
    told = [row for row in await desk.rows(item_events) if row.change == "claimed"]
    assert [(row.actor, row.acting_for) for row in told] == [("kim", "lee")]
    desk.clock.advance(timedelta(days=7))
    assert (await desk.call("POST", f"/items/{item_id}/claim", acting)).json()["code"] == "no-acting-authority"


async def test_authority_is_lent_among_the_people_of_the_center(desk: Desk) -> None:
    days = {"center": "CEE007", "from_on": "2026-03-02", "to_on": "2026-03-06", "reason": "Leave."}
    await people(desk, "kim", "lee", "max")
    await people(desk, "abe", center="CEE001", who=AWAY)

    async def propose(from_subject: str, to_subject: str) -> Any:
        body = days | {"from_subject": from_subject, "to_subject": to_subject}
        headers = {"Idempotency-Key": f"{from_subject}-{to_subject}"}
        return await desk.call("POST", "/staff/delegations", SUE, json=body, headers=headers)

    for one, other, stranger in (("lee", "abe", "abe"), ("abe", "kim", "abe"), ("lee", "una", "una")):
        refused = await propose(one, other)
        assert (refused.status_code, refused.json()["code"]) == (422, "not-of-the-center"), refused.text
        assert refused.json()["detail"] == f"Not known as people of CEE007: {stranger}."
    proposed = (await propose("max", "kim")).json()["delegation_id"]
    both = replace(DAN, subject="bea", centers=frozenset({"CEE001", "CEE007"}))
    assert (await put(desk, "max", both, tag='"1"', center="CEE001")).status_code == 200
    released = await desk.call("POST", f"/staff/delegations/{proposed}/release", DAN)
    assert (released.status_code, released.json()["code"]) == (422, "not-of-the-center"), released.text


async def test_nothing_is_done_for_somebody_without_a_released_delegation(desk: Desk) -> None:
    (item_id,) = await queue(desk, 1)
    acting, boss = replace(KIM, acting_for="lee"), replace(SUE, acting_for="dan")
    draft = {"token": await desk.claim(item_id), "questions": ["Which?"]}
    made = await desk.call("POST", f"/items/{item_id}/drafts", json=draft, headers={"Idempotency-Key": "d"})
    letter = f"/requests/{made.json()['request_id']}"
    opening = {"process": "inquiry", "title": "T", "importer_number": "07-345678900", "center": "CEE007"}
    await people(desk, "kim", "lee", "lou")
    days = {"from_on": "2026-03-02", "to_on": "2026-03-06", "reason": "Leave."}
    delegation = {"center": "CEE007", "from_subject": "lee", "to_subject": "kim", **days}
    proposed = await desk.call("POST", "/staff/delegations", SUE, json=delegation, headers={"Idempotency-Key": "p"})
    path = f"/staff/delegations/{proposed.json()['delegation_id']}"
    view = {"name": "Mine", "query": "holder=me"}
    saved = await desk.call("POST", "/views", json=view, headers={"Idempotency-Key": "v"})
    tag = {"If-Match": saved.headers.get("ETag", '"1"')}
    tried = [
        ("PUT", letter, acting, draft),
        ("POST", f"{letter}/issue", acting, {"token": 1}),
        ("POST", f"{letter}/acts", acting, {"act": "withdraw", "token": 1}),
        ("POST", f"/items/{item_id}/files", acting, None),
        ("POST", "/items", acting, opening),
        ("POST", "/views", acting, view),
        ("PUT", f"/views/{saved.json()['view_id']}", acting, view),
        ("DELETE", f"/views/{saved.json()['view_id']}", acting, None),
        ("POST", "/staff/delegations", boss, delegation | {"from_subject": "lou"}),
        ("POST", f"{path}/release", replace(DAN, acting_for="ann"), None),
        ("POST", f"{path}/end", boss, None),
    ]
    for method, where, who, body in tried:
        headers = {"Idempotency-Key": f"{method}{where}"} | (tag if method == "PUT" and "views" in where else {})
        answer = await desk.call(method, where, who, json=body, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (403, "no-acting-authority"), (where, answer.text)


async def test_key_that_made_something_makes_nothing_else_when_its_answer_is_forgotten(desk: Desk) -> None:
    first, second = await queue(desk, 2)
    opening = {"process": "inquiry", "title": "T", "importer_number": "07-345678900", "center": "CEE007"}
    await people(desk, "kim", "lee", "lou")
    days = {"from_on": "2026-03-02", "to_on": "2026-03-06", "reason": "Leave."}
    delegation = {"center": "CEE007", "from_subject": "lee", "to_subject": "kim", **days}
    view = {"name": "Mine", "query": "holder=me"}
    run = {"act": "offer", "to_center": "CEE005", "query": "kind=review", "reason": "Theirs."}
    offer = {"to_center": "CEE005", "reason": "Theirs."}
    made = [
        ("/items", KIM, opening, opening | {"title": "Another"}),
        ("/staff/delegations", SUE, delegation, delegation | {"to_subject": "lou"}),
        ("/views", KIM, view, view | {"name": "Other"}),
        ("/bulk-runs", SUE, run, run | {"reason": "Next week."}),
        (f"/items/{first}/transfers", KIM, offer, None),
    ]
    for number, (where, who, body, _) in enumerate(made):
        answer = await desk.call("POST", where, who, json=body, headers={"Idempotency-Key": f"k{number}"})
        assert answer.status_code == 201, (where, answer.text)
    async with transaction(desk.engine) as tx:
        assert await forget(tx.connection, desk.clock.now() + timedelta(days=8)) == len(made)
    for number, (where, who, _, other) in enumerate(made):
        again = where if other is not None else f"/items/{second}/transfers"
        answer = await desk.call("POST", again, who, json=other or offer, headers={"Idempotency-Key": f"k{number}"})
        assert (answer.status_code, answer.json()["code"]) == (422, "idempotency-key-reused"), (where, answer.text)


async def test_next_gives_what_is_assigned_first_and_says_why(desk: Desk) -> None:
    first, second, third = await queue(desk, 3)
    await put(desk, "kim")
    assign = {"to": "kim", "reason": "Knows the account."}
    answer = await desk.call("POST", f"/items/{third}/assign", DAN, json=assign)
    assert (answer.status_code, answer.json()["assigned_to"]) == (200, "kim"), answer.text
    assert (await desk.call("POST", f"/items/{first}/assign", DAN, json=assign | {"to": "lou"})).status_code == 422
    assert (await desk.call("POST", f"/items/{first}/assign", KIM, json=assign)).status_code == 403
    taken = (await desk.call("POST", "/items/next", LEE)).json()
    assert (taken["item_id"], "waits for nobody" in taken["why"]) == (first, True)
    mine = (await desk.call("POST", "/items/next", KIM)).json()
    assert (mine["item_id"], mine["why"].startswith("It is assigned to you")) == (third, True)
    assert (await desk.call("POST", "/items/next", KIM)).json()["item_id"] == second
    assert (await desk.call("POST", "/items/next", KIM)).status_code == 204


async def test_what_is_assigned_to_another_is_not_offered_and_can_be_claimed_by_its_id(desk: Desk) -> None:
    (only,) = await queue(desk, 1)
    await put(desk, "kim")
    await desk.call("POST", f"/items/{only}/assign", DAN, json={"to": "kim", "reason": "Hers."})
    assert (await desk.call("POST", "/items/next", LEE)).status_code == 204
    token = await desk.claim(only, LEE)
    await desk.call("POST", f"/items/{only}/release", LEE, json={"token": token})
    assert (await desk.call("POST", "/items/next", LEE)).json()["item_id"] == only


async def test_skipped_item_is_not_offered_to_that_person_for_a_while(desk: Desk) -> None:
    first, second = await queue(desk, 2)
    taken = (await desk.call("POST", "/items/next")).json()
    body = {"token": taken["token"], "reason": {"code": "no-time", "text": "Needs a whole day."}}
    answer = await desk.call("POST", f"/items/{first}/skip", json=body)
    assert answer.json() == {"item_id": first, "until": "2026-03-03T03:03:11Z"}, answer.text
    history = (await desk.call("GET", f"/items/{first}")).json()["history"]
    assert [each["change"] for each in history[-2:]] == ["released", "skipped"]
    assert history[-1]["reasons"][0]["text"] == "Needs a whole day."
    assert (await desk.call("POST", "/items/next")).json()["item_id"] == second
    assert (await desk.call("POST", "/items/next")).status_code == 204
    assert (await desk.call("POST", "/items/next", LEE)).json()["item_id"] == first
    held = await desk.call("POST", f"/items/{first}/skip", json={"reason": body["reason"]})
    assert (held.status_code, held.json()["code"]) == (409, "stale-token")
    desk.clock.advance(timedelta(hours=8, seconds=1))
    assert (await desk.call("POST", "/items/next")).json()["item_id"] == first


async def test_next_takes_only_what_the_filter_of_the_list_gives_in_the_order_of_the_queue(desk: Desk) -> None:
    first, second, third = await queue(desk, 3)
    await desk.apply(routed(entry_number(2), version=2, entry_type="03"))
    await desk.apply(routed(entry_number(3), version=2, entry_type="03", importer_number="12-345678900"))
    wanted = {"query": "kind=review&entry_type=03"}
    assert (await desk.call("POST", "/items/next", json={"query": "kin=review"})).status_code == 422
    assert (await desk.call("POST", "/items/next", json={"query": "kind=protest"})).status_code == 204
    assert (await desk.call("POST", "/items/next", AWAY_SPECIALIST, json=wanted)).status_code == 204
    other = await desk.call("POST", "/items/next", LEE, json={"query": "importer=12-345678900"})
    assert other.json()["item_id"] == third, other.text
    taken = (await desk.call("POST", "/items/next", json=wanted)).json()
    assert (taken["item_id"], "that waits for nobody and the filter gives it comes first" in taken["why"]) == (
        second,
        True,
    )
    assert (await desk.call("POST", "/items/next", json=wanted)).status_code == 204
    assert [(each["data"]["item_id"], each["data"]["actor"]["subject"]) for each in await desk.published()][-2:] == [
        (third, "lee"),
        (second, "kim"),
    ]
    await put(desk, "kim")
    assert (await desk.call("POST", f"/items/{first}/assign", DAN, json=TO_KIM)).status_code == 200
    assert (await desk.call("POST", "/items/next", LEE, json={"query": "entry_type=01"})).status_code == 204
    mine = (await desk.call("POST", "/items/next", json={"query": "due=unknown"})).json()
    assert (mine["item_id"], mine["why"].partition(",")[0]) == (first, "It is assigned to you")


async def test_interest_and_former_employer_bar_claim_and_next_until_their_day(desk: Desk) -> None:
    (only,) = await queue(desk, 1)
    importer = (await desk.call("GET", f"/items/{only}")).json()["importer_number"]
    await put(desk, "kim", employers=[{"importer_number": importer, "until_on": "2026-03-02"}])
    await put(desk, "lee", name="Lee Park", interests=[importer])
    for who in (KIM, LEE):
        refused = await desk.call("POST", f"/items/{only}/claim", who)
        assert (refused.status_code, refused.json()["code"]) == (409, "conflict-of-interest")
        assert (await desk.call("POST", "/items/next", who)).status_code == 204
        assigned = await desk.call("POST", f"/items/{only}/assign", DAN, json={"to": who.subject, "reason": "x"})
        assert assigned.json()["code"] == "conflict-of-interest"
    desk.clock.advance(timedelta(days=1))
    assert (await desk.call("POST", "/items/next", LEE)).status_code == 204
    assert (await desk.call("POST", "/items/next", KIM)).json()["item_id"] == only


async def test_work_asks_for_a_skill_until_it_relaxes_and_history_says_so(desk: Desk) -> None:
    (only,) = await queue(desk, 1)
    process = (await desk.call("GET", f"/items/{only}")).json()["process"]
    await put(desk, "lee", name="Lee Park", skills=[{"kind": "program", "code": "ad-cvd", "level": 2}])
    demand = {"kind": "program", "code": "ad-cvd", "level": 2, "is_mandatory": True, "relax_hours": 24}
    path = f"/centers/CEE007/skill-demands/{process}"
    assert (await desk.call("PUT", path, AWAY, json={"demands": [demand]})).status_code == 403
    assert (await desk.call("PUT", path, DAN, json={"demands": [demand]})).is_success
    assert (await desk.call("POST", "/items/next", KIM)).status_code == 204
    taken = (await desk.call("POST", "/items/next", LEE)).json()
    assert taken["item_id"] == only
    await desk.call("POST", f"/items/{only}/release", LEE, json={"token": taken["token"]})
    desk.clock.advance(timedelta(hours=24))
    given = (await desk.call("POST", "/items/next", KIM)).json()
    assert "nobody with program ad-cvd has taken it in time" in given["why"]
    history = (await desk.call("GET", f"/items/{only}")).json()["history"]
    assert history[-1]["reasons"] == [
        {
            "code": "skill-relaxed",
            "text": "Nobody with the skill program ad-cvd took it in time.",
            "fact": "program ad-cvd",
        }
    ]


async def test_mandatory_skill_without_a_time_never_relaxes(desk: Desk) -> None:
    (only,) = await queue(desk, 1)
    process = (await desk.call("GET", f"/items/{only}")).json()["process"]
    demand = {"kind": "language", "code": "es", "level": 1, "is_mandatory": True, "relax_hours": None}
    await desk.call("PUT", f"/centers/CEE007/skill-demands/{process}", DAN, json={"demands": [demand]})
    desk.clock.advance(timedelta(days=400))
    assert (await desk.call("POST", "/items/next", KIM)).status_code == 204


async def test_who_decided_an_entry_does_not_get_its_protest(desk: Desk) -> None:
    (review,) = await queue(desk, 1)
    token = await desk.claim(review, KIM)
    finding = {
        "token": token,
        "outcome": "no-change",
        "reasons": [{"code": "checked", "text": "As entered."}],
    }
    done = await desk.call("POST", f"/items/{review}/complete", KIM, json=finding)
    assert done.is_success, done.text
    async with transaction(desk.engine) as tx:
        await bulk.execute(
            tx,
            """
            INSERT INTO items (item_id, kind, process, entry_number, protest_number, importer_number, center, division,
                               priority, opened_at, state, token, acts)
            SELECT gen_random_uuid(), 'protest', 'protest', entry_number, '270426100001', importer_number, center,
                   division, 2, opened_at, 'open', 0, 0 FROM items
            """,
        )
    (protest,) = [str(row.item_id) for row in await desk.rows(items) if row.kind == "protest"]
    refused = await desk.call("POST", f"/items/{protest}/claim", KIM)
    assert (refused.status_code, refused.json()["code"]) == (409, "conflict-of-interest")
    assert (await desk.call("POST", "/items/next", KIM)).status_code == 204
    assert (await desk.call("POST", "/items/next", LEE)).json()["item_id"] == protest
