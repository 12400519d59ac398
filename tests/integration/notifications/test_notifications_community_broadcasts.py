"""Broadcasts of a Center by the API: drafted, counted, released by a second person, sent, archived, unsubscribed."""

import re
from base64 import urlsafe_b64decode
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit
from uuid import UUID

import pytest
from sqlalchemy import text

from services.notifications.acts import broadcasting
from services.notifications.store.audiences import Trait, write_traits
from services.notifications.store.tables import broadcast_recipients, deliveries, notices
from shared.db.transaction import transaction
from shared.runtime import slices
from shared.runtime.clock import FixedClock
from shared.runtime.identity import Identity, RoleName
from tests.integration.notifications.builders import NOW, MakeEngine, entry_changed, request_issued, rows
from tests.integration.notifications.builders import apply as apply_events
from tests.integration.notifications.community import (
    CENTER,
    DIRECTOR,
    FIRST,
    FOURTH,
    OTHER_DIRECTOR,
    SAID,
    SECOND,
    SPECIALIST,
    THIRD,
    account,
    begin,
    broadcaster,
    call,
    draft,
    owner_of,
    read,
    release,
    routed,
    send_mails,
    settle_in,
)
from tests.support.parties import delegation, party
from tests.support.parties import told as hear
from tests.support.recorded import recorded

TRUSTED = "08-345678900"


async def test_a_broadcast_lives_from_its_draft_to_the_archive_and_ends_by_one_click(
    service_engine: MakeEngine, tmp_path: Path
) -> None:
    engine = await service_engine("notifications")
    await settle_in(engine)
    made = await draft(engine, tmp_path, text_es="SINTÉTICO: indíquelos.")
    path = f"/broadcasts/{made['broadcast_id']}"
    assert (made["state"], made["segment_says"]) == ("draft", f"importers of {CENTER}")
    counted = (await call(engine, tmp_path, SPECIALIST, "GET", f"{path}/audience")).json()
    assert [counted[name] for name in ("reached", "no_address", "unsubscribed", "unknown")] == [3, 0, 0, 0]
    shown = await call(engine, tmp_path, SPECIALIST, "GET", f"{path}/preview?language=es&form=text")
    assert "SINTÉTICO: indíquelos." in shown.text
    assert "SYNTHETIC: name them." in shown.text
    assert (await call(engine, tmp_path, None, "GET", f"/broadcast-archive/{made['broadcast_id']}")).status_code == 404

    itself = await release(engine, tmp_path, made, SPECIALIST)
    assert (itself.status_code, itself.json()["code"]) == (403, "role-required")
    released = await release(engine, tmp_path, made)
    assert (released.status_code, released.json()["state"]) == (200, "sending"), released.text
    assert await begin(engine) == 3
    mails = await send_mails(engine)
    assert {mail.to for mail in mails} == {f"trade@i0{number}.example" for number in (1, 2, 3)}
    assert await begin(engine) == 0
    assert await send_mails(engine) == []
    told = await read(engine, tmp_path, made)
    assert (told["state"], told["progress"]["mails"]) == ("sent", {"sent": 3})
    assert [each["act"] for each in told["history"]] == ["draft", "release", "finish"]
    assert [each["by_whom"] for each in told["history"]][:2] == ["kim", "dana"]

    archive = (await call(engine, tmp_path, None, "GET", f"/broadcast-archive?center={CENTER}&since=2026-03-06")).json()
    assert [each["text"] for each in archive["items"]] == ["SYNTHETIC: name them."]
    for query in ("center=CEE005", "until=2026-03-05", "since=2026-03-07", "q=nothing-such"):
        assert (await call(engine, tmp_path, None, "GET", f"/broadcast-archive?{query}")).json()["items"] == []
    page = await call(engine, tmp_path, None, "GET", "/broadcast-archive.html?q=serial")
    assert (page.status_code, "SINTÉTICO: indíquelos." in page.text) == (200, True)

    link = next(mail.unsubscribe for mail in mails if mail.to == "trade@i01.example")
    assert link is not None
    asked = await call(engine, tmp_path, None, "GET", link)
    assert (asked.status_code, 'method="post"' in asked.text, FIRST in asked.text) == (200, True, False)
    assert (await call(engine, tmp_path, owner_of(FIRST), "GET", "/subscriptions")).json() == []
    done = await call(engine, tmp_path, None, "POST", link)
    assert done.status_code == 200
    known = (await call(engine, tmp_path, owner_of(FIRST), "GET", "/subscriptions")).json()
    assert [(each["topic"], each["center"], each["is_on"], each["way"]) for each in known] == [
        ("broadcasts", CENTER, False, "link")
    ]
    await call(engine, tmp_path, None, "POST", link)
    again = (await call(engine, tmp_path, owner_of(FIRST), "GET", "/subscriptions")).json()
    assert again == known
    later = await draft(engine, tmp_path, "two")
    counted = (await call(engine, tmp_path, SPECIALIST, "GET", f"/broadcasts/{later['broadcast_id']}/audience")).json()
    assert [counted[name] for name in ("reached", "no_address", "unsubscribed", "unknown")] == [2, 0, 1, 0]


async def test_who_unsubscribed_from_everything_still_gets_a_notice_of_action(
    service_engine: MakeEngine, tmp_path: Path
) -> None:
    engine = await service_engine("notifications")
    await settle_in(engine)
    for topic in ("broadcasts", "directory", "guidance", "questions"):
        body = {"recipient": FIRST, "topic": topic, "center": CENTER, "is_on": False}
        ended = await call(engine, tmp_path, owner_of(FIRST), "PUT", "/subscriptions", body)
        assert ended.status_code == 200, ended.text
    await release(engine, tmp_path, await draft(engine, tmp_path))
    await begin(engine)
    await apply_events(engine, [request_issued("CBP-29", importer_number=FIRST, center=CENTER)])
    mails = [mail for mail in await send_mails(engine) if mail.to == "trade@i01.example"]
    assert [mail.message_id[:5] for mail in mails] == ["<N-04"]
    assert mails[0].unsubscribe is None
    assert "unsubscribe" not in mails[0].text + mails[0].html


async def test_a_link_cannot_be_guessed_and_ends_nothing_but_its_own(
    service_engine: MakeEngine, tmp_path: Path
) -> None:
    engine = await service_engine("notifications")
    await settle_in(engine, request_issued("CBP-29", importer_number=FIRST, center=CENTER))
    await release(engine, tmp_path, await draft(engine, tmp_path))
    await begin(engine)
    link = (await send_mails(engine))[0].unsubscribe
    assert link is not None
    token = link.rpartition("/")[2]
    statutory = next(row.notice_id for row in await rows(engine, notices) if row.kind == "N-04")
    news = next(
        row.notice_id for row in await rows(engine, notices) if row.kind == "N-33" and row.notice_id.hex != token[:32]
    )
    forged = [
        token[:-1] + ("0" if token[-1] != "0" else "1"),
        news.hex + token[32:],
        statutory.hex + token[32:],
        "0" * 64,
        token[:63],
        "",
    ]
    for each in forged:
        for method in ("GET", "POST"):
            answer = await call(engine, tmp_path, None, method, f"/unsubscribe/{each}")
            assert answer.status_code == 404, each
    assert (await call(engine, tmp_path, owner_of(FIRST), "GET", "/subscriptions")).json() == []


async def test_what_is_drafted_is_revised_as_it_was_read_and_released_as_it_was_read(
    service_engine: MakeEngine, tmp_path: Path
) -> None:
    engine = await service_engine("notifications")
    await settle_in(engine)
    made = await draft(engine, tmp_path)
    path = f"/broadcasts/{made['broadcast_id']}"
    body = {"center": CENTER, "subject": "SYNTHETIC: other", "text": "SYNTHETIC: other words."}
    assert (await call(engine, tmp_path, DIRECTOR, "PUT", path, body)).status_code == 428
    revised = await call(engine, tmp_path, DIRECTOR, "PUT", path, body, If_Match='"1"')
    assert (revised.status_code, revised.headers["ETag"]) == (200, '"2"'), revised.text
    assert (await call(engine, tmp_path, DIRECTOR, "PUT", path, body, If_Match='"1"')).status_code == 412
    assert (await release(engine, tmp_path, made)).status_code == 412
    # Who revised it wrote words of it, so that another has to release it.
    refused = await release(engine, tmp_path, revised.json())
    assert (refused.status_code, refused.json()["code"]) == (403, "second-person-required")
    hidden = await release(engine, tmp_path, revised.json(), OTHER_DIRECTOR)
    assert hidden.status_code == 404
    second = Identity("max", "Max", DIRECTOR.roles, DIRECTOR.centers)
    assert (await release(engine, tmp_path, revised.json(), second)).status_code == 200
    late = await call(engine, tmp_path, DIRECTOR, "PUT", path, body, If_Match="*")
    assert (late.status_code, late.json()["code"]) == (409, "broadcast-state")
    moved = await call(
        engine, tmp_path, SPECIALIST, "POST", "/broadcasts", body | {"center": "CEE005"}, Idempotency_Key="elsewhere"
    )
    assert moved.status_code in {403, 404}
    with pytest.raises(Exception, match="never changed"):
        async with transaction(engine) as tx:
            await tx.connection.execute(text("UPDATE broadcasts SET body = 'other'"))


async def test_a_criterion_that_is_not_known_of_somebody_is_counted_apart(
    service_engine: MakeEngine, tmp_path: Path
) -> None:
    engine = await service_engine("notifications")
    computers = {"headings": ["847130"], "origins": ["CN"]}
    cars = {"headings": ["870323"], "origins": ["MX"]}
    await settle_in(engine, routed(FIRST, 1, **computers), routed(SECOND, 2, **cars))
    cases: dict[str, tuple[dict[str, Any], list[int]]] = {
        "of goods": ({"tariff": ["84-85"]}, [1, 0, 0, 1]),
        "of other goods": ({"tariff": ["8703"]}, [1, 0, 0, 1]),
        "of either": ({"tariff": ["8471", "8703"]}, [2, 0, 0, 1]),
        "from a country": ({"countries": ["CN", "TW"]}, [1, 0, 0, 1]),
        "of a program": ({"programs": ["CTPAT"]}, [0, 0, 0, 0]),
        "of a size": ({"sizes": ["small"]}, [3, 0, 0, 0]),
        "of goods and a program": ({"tariff": ["84-85"], "programs": ["CTPAT"]}, [0, 0, 0, 0]),
    }
    for name, (segment, expected) in cases.items():
        made = await draft(engine, tmp_path, name, segment=segment)
        path = f"/broadcasts/{made['broadcast_id']}/audience"
        counted = (await call(engine, tmp_path, SPECIALIST, "GET", path)).json()
        standings = ("reached", "no_address", "unsubscribed", "unknown")
        assert [counted[each] for each in standings] == expected, (name, counted)
        if expected[3]:
            (apart,) = [row for row in counted["rows"] if row["standing"] == "unknown"]
            assert apart["unknown"] in (["tariff"], ["country"])
    nobody = await release(engine, tmp_path, made)
    assert (nobody.status_code, nobody.json()["code"]) == (422, "nobody-addressed")


@pytest.mark.parametrize(
    ("segment", "is_to"),
    [
        ({}, {FIRST, TRUSTED}),
        ({"programs": ["CTPAT"]}, {TRUSTED}),
        ({"programs": ["ISA"]}, set()),
        ({"sizes": ["small"]}, {TRUSTED}),
        ({"sizes": ["large"]}, {FIRST}),
        ({"tariff": ["8471"]}, {TRUSTED}),
        ({"tariff": ["8703"]}, {FIRST}),
        ({"countries": ["MX"]}, {FIRST}),
        ({"countries": ["CN"], "programs": ["CTPAT"], "sizes": ["small"], "tariff": ["84-85"]}, {TRUSTED}),
        ({"countries": ["MX"], "programs": ["CTPAT"]}, set()),
        ({"roles": ["filer"]}, set()),
    ],
    ids=lambda part: "-".join(part) if isinstance(part, dict) else "",
)
async def test_each_criterion_takes_who_meets_it_and_leaves_out_who_is_known_not_to(
    segment: dict[str, Any], is_to: set[str], service_engine: MakeEngine, tmp_path: Path
) -> None:
    engine = await service_engine("notifications")
    accounts = [
        recorded("routing/account-registered-trusted", importer_number=TRUSTED),
        account(FIRST, size="large"),
        account(FOURTH, "CEE005", size="small"),
    ]
    entries = [
        routed(TRUSTED, 1, headings=["847130"], origins=["CN"]),
        routed(FIRST, 2, headings=["870323"], origins=["MX"]),
    ]
    await apply_events(engine, [*accounts, *entries])
    made = await draft(engine, tmp_path, segment=segment)
    counted = (await call(engine, tmp_path, SPECIALIST, "GET", f"/broadcasts/{made['broadcast_id']}/audience")).json()
    assert (counted["reached"], counted["unknown"]) == (len(is_to), 0), counted
    assert (await release(engine, tmp_path, made)).status_code == (200 if is_to else 422)
    assert await begin(engine) == len(is_to)
    told = [row for row in await rows(engine, broadcast_recipients) if row.state == "told"]
    assert {row.recipient for row in told} == is_to


async def test_goods_of_which_only_a_part_was_told_are_not_known_not_to_be_there(
    service_engine: MakeEngine, tmp_path: Path
) -> None:
    engine = await service_engine("notifications")
    await settle_in(engine)
    shown = [Trait(FIRST, "heading", "847130"), Trait(SECOND, "heading", "847130"), Trait(FIRST, "heading-partly", "")]
    async with transaction(engine) as tx:
        await write_traits(tx, [(trait, NOW.date()) for trait in shown])
    for tariff, expected in (("8471", [2, 1]), ("8703", [0, 2])):
        made = await draft(engine, tmp_path, tariff, segment={"tariff": [tariff]})
        path = f"/broadcasts/{made['broadcast_id']}/audience"
        counted = (await call(engine, tmp_path, SPECIALIST, "GET", path)).json()
        assert [counted["reached"], counted["unknown"]] == expected, tariff


async def test_filers_agents_and_sureties_are_told_by_what_entries_and_delegations_show(
    service_engine: MakeEngine, tmp_path: Path
) -> None:
    engine = await service_engine("notifications")
    parties = [recorded(f"routing/party-{kind}") for kind in ("filer", "surety", "agent-delegated-to")]
    delegated = recorded("routing/party-agent-delegated-to").data.delegations[0].importer_number
    await settle_in(engine, *parties, account(delegated), routed(FIRST, 1))
    made = await draft(engine, tmp_path, segment={"roles": ["filer", "agent", "surety"]})
    counted = (await call(engine, tmp_path, SPECIALIST, "GET", f"/broadcasts/{made['broadcast_id']}/audience")).json()
    found = {(row["role"], row["standing"], tuple(row["unknown"])) for row in counted["rows"]}
    # No act on an entry has named the surety with a Center yet.
    assert found == {("filer", "reached", ()), ("agent", "reached", ()), ("surety", "unknown", ("center",))}
    await release(engine, tmp_path, made)
    assert await begin(engine) == 2
    mails = await send_mails(engine)
    assert {mail.to for mail in mails} == {"desk@filer.example", "desk@agent.example"}
    assert all("The Center tells you what stands below." in mail.text for mail in mails)


async def test_an_agent_reads_and_acknowledges_what_it_was_told_as_itself_and_no_other_party_does(
    service_engine: MakeEngine, tmp_path: Path
) -> None:
    engine = await service_engine("notifications")
    heard = recorded("routing/party-agent-delegated-to")
    await settle_in(engine, heard, account(heard.data.delegations[0].importer_number))
    made = await draft(engine, tmp_path, segment={"roles": ["agent"]})
    await release(engine, tmp_path, made)
    assert await begin(engine) == 1
    agent = Identity("ann", "Ann", frozenset({RoleName.BROKER}), party=heard.data.party_id)
    other = Identity("oz", "Oz", frozenset({RoleName.BROKER}), party="agent:9999")
    (told,) = (await call(engine, tmp_path, agent, "GET", "/notices?kind=N-33&unread=true")).json()["items"]
    path = f"/notices/{told['notice_id']}"
    assert (await call(engine, tmp_path, agent, "GET", path)).status_code == 200
    assert [each["kind"] for each in (await call(engine, tmp_path, agent, "GET", "/inbox")).json()["by_kind"]] == [
        "N-33"
    ]
    assert (await call(engine, tmp_path, agent, "POST", f"{path}/acknowledge")).status_code < 300
    assert (await call(engine, tmp_path, agent, "GET", "/notices?kind=N-33&unread=true")).json()["items"] == []
    assert (await call(engine, tmp_path, other, "GET", "/notices?kind=N-33")).json()["items"] == []
    assert (await call(engine, tmp_path, other, "GET", path)).status_code == 404


async def test_an_agent_whose_clients_account_is_not_known_is_not_known_to_be_elsewhere(
    service_engine: MakeEngine, tmp_path: Path
) -> None:
    engine = await service_engine("notifications")

    async def stand(*clients: str) -> list[tuple[str, tuple[str, ...]]]:
        given = [delegation(f"d-{client}", importer_number=client, scopes=["see"]) for client in clients]
        version = len(clients) + 1
        await apply_events(engine, [hear(party("agent:1001", version), *given)])
        made = await draft(engine, tmp_path, f"of {version}", segment={"roles": ["agent"]})
        path = f"/broadcasts/{made['broadcast_id']}/audience"
        counted = (await call(engine, tmp_path, SPECIALIST, "GET", path)).json()
        return [(row["standing"], tuple(row["unknown"])) for row in counted["rows"]]

    await settle_in(engine)
    assert await stand() == []
    assert await stand(FOURTH) == []
    assert await stand(FOURTH, "05-345678900") == [("unknown", ("center",))]
    assert await stand(FOURTH, "05-345678900", FIRST) == [("no-address", ())]


async def test_it_is_sent_at_its_rate_and_pausing_stops_what_waits_already(
    service_engine: MakeEngine, tmp_path: Path
) -> None:
    engine = await service_engine("notifications")
    numbers = [f"11-{serial:07}00" for serial in range(60)]
    await apply_events(engine, [account(number) for number in numbers])
    await send_mails(engine)
    made = await draft(engine, tmp_path)
    path = f"/broadcasts/{made['broadcast_id']}"
    await release(engine, tmp_path, made)
    clock = FixedClock(NOW)

    job = broadcaster(engine, clock, per_second=10)
    assert [await job.run() for _ in range(2)] == [10, 0]
    paused = await call(engine, tmp_path, DIRECTOR, "POST", f"{path}/pause", {"reason": "SYNTHETIC: a day is wrong."})
    assert (paused.status_code, paused.json()["state"]) == (200, "paused"), paused.text
    from datetime import timedelta

    clock.advance(timedelta(seconds=1))
    assert await job.run() == 0
    assert await send_mails(engine, clock) == []
    resumed = await call(engine, tmp_path, DIRECTOR, "POST", f"{path}/resume", {"reason": "SYNTHETIC: it was right."})
    assert resumed.status_code == 200
    clock.advance(timedelta(seconds=31))
    assert len(await send_mails(engine, clock)) == 10
    assert await job.run() == 50
    withdrawn = await call(engine, tmp_path, DIRECTOR, "POST", f"{path}/withdraw", {"reason": "SYNTHETIC: outdated."})
    assert withdrawn.json()["state"] == "withdrawn"
    clock.advance(timedelta(seconds=1))
    assert await send_mails(engine, clock) == []
    told = await read(engine, tmp_path, made)
    assert told["progress"]["mails"] == {"sent": 10, "withdrawn": 50}
    archived = (await call(engine, tmp_path, None, "GET", f"/broadcast-archive/{made['broadcast_id']}")).json()
    assert archived["is_withdrawn"]


async def test_news_goes_behind_everything_that_the_law_has_told(service_engine: MakeEngine, tmp_path: Path) -> None:
    engine = await service_engine("notifications")
    await settle_in(engine)
    await release(engine, tmp_path, await draft(engine, tmp_path))
    await begin(engine)

    later = FixedClock(NOW + timedelta(minutes=1))
    await apply_events(engine, [entry_changed(importer_number=FIRST)], later.now())
    kinds = [mail.message_id[1:5] for mail in await send_mails(engine, later)]
    assert kinds == ["N-09", "N-33", "N-33", "N-33"]


async def test_a_correction_names_what_it_takes_the_place_of_and_reaches_who_was_told(
    service_engine: MakeEngine, tmp_path: Path
) -> None:
    engine = await service_engine("notifications")
    await settle_in(engine)
    first = await draft(engine, tmp_path)
    wrong = await call(
        engine,
        tmp_path,
        SPECIALIST,
        "POST",
        "/broadcasts",
        {"center": CENTER, "subject": "s", "text": "t", "corrects": first["broadcast_id"]},
        Idempotency_Key="too early",
    )
    assert (wrong.status_code, wrong.json()["code"]) == (422, "nothing-to-correct")
    await release(engine, tmp_path, first)
    await begin(engine)
    await send_mails(engine)
    await apply_events(engine, [account(THIRD, "CEE005", sequence=2, effective_on="2026-03-01")])
    await send_mails(engine)
    second = await draft(
        engine, tmp_path, "corrected", corrects=first["broadcast_id"], text="SYNTHETIC: name both of them."
    )
    await release(engine, tmp_path, second)
    # The third importer has left the Center; it was told the words that are corrected.
    assert await begin(engine) == 3
    mails = await send_mails(engine)
    assert {mail.to for mail in mails} == {f"trade@i0{number}.example" for number in (1, 2, 3)}
    assert all("SYNTHETIC: name them. → SYNTHETIC: name both of them." in mail.text for mail in mails)
    old = (await call(engine, tmp_path, None, "GET", f"/broadcast-archive/{first['broadcast_id']}")).json()
    new = (await call(engine, tmp_path, None, "GET", f"/broadcast-archive/{second['broadcast_id']}")).json()
    assert (old["text"], old["corrected_by"]) == ("SYNTHETIC: name them.", second["broadcast_id"])
    assert new["corrects"] == first["broadcast_id"]


async def test_a_correction_that_is_not_public_is_named_to_staff_alone(
    service_engine: MakeEngine, tmp_path: Path
) -> None:
    engine = await service_engine("notifications")
    await settle_in(engine)
    first = await draft(engine, tmp_path)
    await release(engine, tmp_path, first)
    await begin(engine)
    second = await draft(engine, tmp_path, "kept", corrects=first["broadcast_id"], text="SYNTHETIC.", is_public=False)
    assert (await release(engine, tmp_path, second)).status_code == 200
    assert (await read(engine, tmp_path, first))["corrected_by"] == second["broadcast_id"]
    told = (await call(engine, tmp_path, None, "GET", f"/broadcast-archive/{first['broadcast_id']}")).json()
    listed = (await call(engine, tmp_path, None, "GET", "/broadcast-archive")).json()["items"]
    assert [each["corrected_by"] for each in (told, *listed)] == [None, None]


async def test_who_subscribed_is_told_of_public_broadcasts_guidance_and_the_directory(
    service_engine: MakeEngine, tmp_path: Path
) -> None:
    engine = await service_engine("notifications")
    await settle_in(engine)
    for topic in ("broadcasts", "directory", "guidance"):
        body = {"recipient": FOURTH, "topic": topic, "center": CENTER, "is_on": True}
        assert (await call(engine, tmp_path, owner_of(FOURTH), "PUT", "/subscriptions", body)).status_code == 200
    other = {"recipient": SECOND, "topic": "directory", "center": CENTER, "is_on": True}
    refused = await call(engine, tmp_path, owner_of(FOURTH), "PUT", "/subscriptions", other)
    assert (refused.status_code, refused.json()["code"]) == (422, "not-your-recipient")
    for is_public, expected in ((True, {1, 2, 3, 4}), (False, {1, 2, 3})):
        await release(engine, tmp_path, await draft(engine, tmp_path, f"public {is_public}", is_public=is_public))
        await begin(engine)
        assert {mail.to for mail in await send_mails(engine)} == {f"trade@i0{number}.example" for number in expected}

    guidance = await draft(engine, tmp_path, "guidance", nature="guidance", text="Call 555-0101.\nKeep records.")
    await release(engine, tmp_path, guidance)
    await begin(engine)
    await send_mails(engine)
    newer = await draft(
        engine,
        tmp_path,
        "newer",
        nature="guidance",
        text="Call 555-0102.\nKeep records.",
        corrects=guidance["broadcast_id"],
    )
    await release(engine, tmp_path, newer)
    await begin(engine)
    (news,) = [mail for mail in await send_mails(engine) if mail.to == "trade@i04.example"]
    assert news.message_id.startswith("<N-47")
    assert "paragraph 1: Call 555-0101. → Call 555-0102." in news.text
    assert "Keep records. →" not in news.text

    await apply_events(engine, [recorded("routing/directory-contact-changed")] * 2)
    await begin(engine)
    (told,) = await send_mails(engine)
    assert told.to == "trade@i04.example"
    assert "phone: +1 555 0101 → +1 555 0102" in told.text
    assert told.unsubscribe is not None
    await call(engine, tmp_path, None, "POST", told.unsubscribe)
    await apply_events(engine, [recorded("routing/directory-contact-closed")])
    await begin(engine)
    assert await send_mails(engine) == []


async def test_a_recipient_whose_data_is_broken_is_set_aside_and_the_others_go_on(
    service_engine: MakeEngine, tmp_path: Path
) -> None:
    engine = await service_engine("notifications")
    await settle_in(engine, recorded("routing/party-filer"), routed(FIRST, 1))
    async with transaction(engine) as tx:
        await tx.connection.execute(text("INSERT INTO importers VALUES ('BROKEN', 'SYNTHETIC', 'a@b.example', 1)"))
        await tx.connection.execute(
            text("INSERT INTO account_facts VALUES ('BROKEN', 1, 'CEE007', '2025-01-01', '[]', 'small')")
        )
        await tx.connection.execute(
            text(
                "INSERT INTO parties VALUES ('filer:ZZ9', 1, 'filer', 'SYNTHETIC', 'active', NULL,"
                """ '[{"process": "all", "email": "x@y.example"}, 7]')"""
            )
        )
        await tx.connection.execute(text("INSERT INTO traits VALUES ('filer:ZZ9', 'center', 'CEE007', '2026-03-01')"))
    made = await draft(engine, tmp_path, segment={"roles": ["importer", "filer"]})
    await release(engine, tmp_path, made)
    assert await begin(engine) == 4
    assert {mail.to for mail in await send_mails(engine)} == {
        *(f"trade@i0{number}.example" for number in (1, 2, 3)),
        "desk@filer.example",
    }
    await begin(engine)
    told = await read(engine, tmp_path, made)
    assert (told["state"], told["progress"]["recipients"]) == ("sent", {"told": 4, "set-aside": 2})
    path = f"/broadcasts/{made['broadcast_id']}/recipients?state=set-aside"
    aside = (await call(engine, tmp_path, DIRECTOR, "GET", path)).json()["items"]
    assert {each["recipient"]: each["reason"] for each in aside} == {
        "BROKEN": "Untellable: its importer number is none",
        "filer:ZZ9": "Untellable: its contacts cannot be read",
    }


async def test_a_fault_that_is_no_recipients_own_leaves_nobody_untold_for_good(
    service_engine: MakeEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = await service_engine("notifications")
    await settle_in(engine)
    made = await draft(engine, tmp_path)
    await release(engine, tmp_path, made)
    told_before = broadcasting.notice_of

    def fail(broadcast: Any, recipient: str, *given: Any) -> Any:
        if recipient != FIRST:
            raise ZeroDivisionError("a bad release")
        return told_before(broadcast, recipient, *given)

    with monkeypatch.context() as patched:
        patched.setattr(broadcasting, "notice_of", fail)
        patched.setattr(slices, "MOST_SET_ASIDE", 1)
        with pytest.raises(slices.TooManyRows):
            await begin(engine)
    progress = await read(engine, tmp_path, made)
    assert (progress["state"], progress["progress"]["recipients"]) == ("sending", {"told": 1, "waiting": 2})

    assert await begin(engine) == 1  # the one that failed is left out for the rest of the day, and not forgotten
    progress = await read(engine, tmp_path, made)
    assert (progress["state"], progress["progress"]["recipients"]) == ("sending", {"told": 2, "waiting": 1})

    clock = FixedClock(NOW + timedelta(days=1))
    assert await begin(engine, clock) == 1
    await begin(engine, clock)
    progress = await read(engine, tmp_path, made)
    assert (progress["state"], progress["progress"]["recipients"]) == ("sent", {"told": 3})


async def test_the_archive_page_is_searched_by_its_own_form_and_shows_legal_days(
    service_engine: MakeEngine, tmp_path: Path
) -> None:
    engine = await service_engine("notifications")
    await settle_in(engine)
    made = await draft(engine, tmp_path)
    await release(engine, tmp_path, made)
    async with transaction(engine) as tx:  # half past nine in the evening, in New York
        await tx.connection.execute(text("UPDATE broadcasts SET released_at = '2026-03-07T02:30:00Z'"))
    page = await call(engine, tmp_path, None, "GET", "/broadcast-archive.html")
    fields = dict.fromkeys(re.findall(r'<(?:input|select)[^>]* name="(\w+)"', page.text), "")
    assert set(fields) == {"center", "since", "until", "q"}

    async def search(**typed: str) -> str:
        found = await call(engine, tmp_path, None, "GET", f"/broadcast-archive.html?{urlencode(fields | typed)}")
        assert found.status_code == 200, found.text
        return found.text

    for typed in ({}, {"q": "serial"}, {"center": CENTER}, {"since": "2026-03-06", "until": "2026-03-06"}):
        shown = await search(**typed)
        assert f"<p>{CENTER}, bulletin, 2026-03-06</p>" in shown, typed
    assert "Nothing was found." in await search(since="2026-03-07")
    wrong = await call(engine, tmp_path, None, "GET", "/broadcast-archive.html?since=soon")
    assert wrong.status_code == 422


async def test_what_everybody_may_read_names_no_entry_and_no_importer(
    service_engine: MakeEngine, tmp_path: Path
) -> None:
    engine = await service_engine("notifications")
    await settle_in(engine)
    number = {"text": "SYNTHETIC: as 12 3456789 00 asked."}
    refused = await call(
        engine, tmp_path, SPECIALIST, "POST", "/broadcasts", SAID | number, Idempotency_Key="of a number"
    )
    assert (refused.status_code, refused.json()["code"]) == (409, "confidential-fact")
    made = await draft(engine, tmp_path)
    path = f"/broadcasts/{made['broadcast_id']}"
    revised = await call(engine, tmp_path, SPECIALIST, "PUT", path, SAID | number, If_Match='"1"')
    assert (revised.status_code, revised.json()["code"]) == (409, "confidential-fact")
    assert (await draft(engine, tmp_path, "two", is_public=False, **number))["state"] == "draft"


async def test_a_link_to_the_next_recipients_holds_no_number_that_is_masked(
    service_engine: MakeEngine, tmp_path: Path
) -> None:
    engine = await service_engine("notifications")
    persons = ["901-12-3456", "902-12-3456"]
    await settle_in(engine, *(account(person) for person in persons))
    made = await draft(engine, tmp_path)
    await release(engine, tmp_path, made)
    await begin(engine)
    seen: list[str] = []
    link = f"/broadcasts/{made['broadcast_id']}/recipients?limit=1"
    while link:
        found = (await call(engine, tmp_path, DIRECTOR, "GET", link)).json()
        seen += [each["recipient"] for each in found["items"]]
        link = found["next"] or ""
        cursor = parse_qs(urlsplit(link).query).get("after", [""])[0]
        opened = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        assert not [person for person in (*persons, FIRST) if person.encode() in opened]
    assert seen == [FIRST, SECOND, THIRD, "***-**-3456", "***-**-3456"]


async def test_who_unsubscribes_while_it_is_sent_is_not_told(service_engine: MakeEngine, tmp_path: Path) -> None:
    engine = await service_engine("notifications")
    await settle_in(engine)
    made = await draft(engine, tmp_path)
    await release(engine, tmp_path, made)
    await begin(engine)
    body = {"recipient": FIRST, "topic": "broadcasts", "center": CENTER, "is_on": False}
    await call(engine, tmp_path, owner_of(FIRST), "PUT", "/subscriptions", body)
    assert {mail.to for mail in await send_mails(engine)} == {"trade@i02.example", "trade@i03.example"}
    states = {row.importer_number: row.state for row in await rows(engine, deliveries) if row.kind == "N-33"}
    assert states == {FIRST: "withdrawn", SECOND: "sent", THIRD: "sent"}
    told = await rows(engine, broadcast_recipients)
    assert {row.recipient for row in told if row.state == "told"} == {FIRST, SECOND, THIRD}
    assert all(isinstance(row.notice_id, UUID) for row in told)
