"""Every page and every act of the console with another importer's numbers: an outsider gets nothing of it.

The pages are those of the routers, so that a new one is walked without anybody thinking of it; one whose address names
something that is not known here fails the test.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from html import unescape
from typing import Any
from uuid import uuid4

import pytest
from fastapi.routing import APIRoute

from services.console.api.application import ROUTERS
from shared.runtime.identity import Identity, RoleName
from tests.support.asgi import Call, send
from tests.support.outsiders import (
    CENTER_OF_OTHER,
    IMPORTER,
    OTHER,
    PEOPLE,
    ask_importer,
    decide_increase,
    file_entry,
    liquidate,
    officer_at,
    told,
)
from tests.support.pages import Reader, reading_as
from tests.support.refund_programs import IEEPA_MODEL, release_program
from tests.support.served import Served

pytestmark = pytest.mark.timeout(600)  # all services are begun for it

ENTERED, FRIDAY = date(2026, 1, 8), date(2026, 11, 20)
PROGRAM = IEEPA_MODEL["program"]
OUTSIDERS = ("ida", "ben", "sue", "tom")
WITH_LETTER = frozenset({"N-09", "N-34"})
"""Of the notices of a billed entry those that can be a letter."""
OF_SESSIONS = frozenset({"/login/as", "/login/callback", "/logout", "/logout/provider"})
"""Acts on who is signed in, and on nothing else."""
FOR_ANYONE: dict[str, str] = {
    "code": "CEE003",
    "rule_id": "liq-1yr-entry",
    "answer_id": str(uuid4()),
    "hts": "0203110000",
    "form": "csv",
    "program": PROGRAM,
}
"""Parts of addresses that are nobody's."""
OF_STAFF: dict[str, str] = {
    "run_id": str(uuid4()),
    "view_id": str(uuid4()),
    "service": "liquidation",
    "letter_id": "1",
    "job": "run-bills",
    "act_id": "1",
    "about": "decide",
    "act": "test",
    "step": "1",
    "proposal_id": str(uuid4()),
    "criterion_id": "crit-1",
    "backtest_id": str(uuid4()),
    "hold_set_id": str(uuid4()),
    "selection_id": str(uuid4()),
    "instruction_id": str(uuid4()),
    "version": "1",
    "center": CENTER_OF_OTHER,
    "friday": FRIDAY.isoformat(),
    "as_of": FRIDAY.isoformat(),
    "payment": "P000000001",  # of nobody here: test_outside_refunds has one of another
}
"""Parts of addresses of what only people of CBP have, or that say what is done and not with what."""
_MIA = {OTHER: Identity("mia", "Mia", frozenset({RoleName.IMPORTER}), importer_numbers=frozenset({OTHER}))}


@dataclass(frozen=True, slots=True)
class Things:
    """What an importer has, by the part of an address that names it; and words that stand on its pages alone."""

    importer: str
    entry: str
    parts: Mapping[str, Mapping[str, str]]
    """By how an address begins, then by the name of its part; the empty beginning is any."""
    words: tuple[str, ...]

    def fill(self, path: str) -> str | None:
        """The address with these things in it; None where a part of it is not known."""

        def part(found: re.Match[str]) -> str:
            name = found[1].partition(":")[0]
            for begins, known in self.parts.items():
                if path.startswith(begins) and name in known:
                    return known[name]
            return {**FOR_ANYONE, **OF_STAFF}.get(name, "{" + name + "}")

        filled = re.sub(r"\{([^}]+)\}", part, path)
        return None if "{" in filled else filled


async def things_of(
    served: Served, importer: str, billed: str, party: Identity, officer: Identity, word: str
) -> Things:
    """Of an importer with an entry that was billed: a letter and a protest with files, a notice, an appeal, ways."""
    asked = await ask_importer(served, await file_entry(served, importer, FRIDAY), officer, [f"Whose {word} are they?"])
    protest = await told(
        served.apis["liquidation"],
        "/protests",
        {
            "entries": [billed],
            "decision": "classification-rate-duty",
            "categories": [f"{word} of all kinds"],
            "protestant": {"name": f"{word} Company", "address": "1 Example Road"},
            "goods": f"Tins of {word}",
            "objections": [{"category": f"{word} of all kinds", "nature": "n", "reasons": f"They are no {word}."}],
        },
        party,
    )
    appeal = await told(
        served.apis["routing"],
        "/appeals",
        {"importer_number": importer, "preferred_center": "CEE009", "justification": f"We love {word}."},
        party,
    )
    owner = {"owner": importer, "name": f"Days of {word}"}
    feed = await told(served.apis["liquidation"], "/calendar-feeds", owner, party)
    hook = {"recipient": importer, "url": f"https://{word}.example/hooks"}
    webhook = await told(served.apis["notifications"], "/webhooks", hook, party)
    await told(
        served.apis["routing"],
        "/parties",
        {"parties": [{"party_id": "agent:1001", "name": "SYNTHETIC AGENT"}], "reason": "SYNTHETIC"},
        Identity("olga", "Olga", frozenset({RoleName.OFFICE_OF_TRADE})),
    )
    granted = {"importer_number": importer, "scopes": ["see"], "reason": f"For {word}."}
    delegation = await told(served.apis["routing"], "/parties/agent:1001/delegations", granted, party)
    declared = await told(
        served.apis["liquidation"], f"/programs/{PROGRAM}/declarations?certified=true", [billed], party
    )
    question = {"recipient": importer, "center": "CEE009", "subject": f"Of {word}", "text": f"What are {word}?"}
    asked_of_all = await told(served.apis["notifications"], "/questions", question, party)
    await served.deliver()
    notices = await served.ask("notifications", f"/notices?entry={billed}", party)
    files = {
        "/items/": await add_file(served, "workqueue", f"/items/{asked.item_id}/files", party, f"{word}-item.txt"),
        "/appeals/": await add_file(
            served, "routing", f"/appeals/{appeal['appeal_number']}/files", party, f"{word}-appeal.txt"
        ),
        "/protests/": await add_file(
            served, "liquidation", f"/protests/{protest['protest_number']}/files", party, f"{word}-protest.txt"
        ),
    }
    return Things(
        importer,
        billed,
        {
            "/my/bills": {"number": f"{billed}-B01"},
            "/my/appeals": {"number": appeal["appeal_number"], "file_id": files["/appeals/"]},
            "/appeals": {"number": appeal["appeal_number"], "file_id": files["/appeals/"]},
            "/protests": {"number": protest["protest_number"], "file_id": files["/protests/"]},
            "/items": {"file_id": files["/items/"]},
            "": {
                "item_id": asked.item_id,
                "request_id": asked.request_id,
                "notice_id": next(each["notice_id"] for each in notices["items"] if each["kind"] in WITH_LETTER),
                "entry_number": billed,
                "importer_number": importer,
                "feed_id": feed["feed_id"],
                "webhook_id": webhook["webhook_id"],
                "delegation_id": delegation["delegation_id"],
                "declaration_id": declared["declaration_id"],
                "question_id": asked_of_all["question_id"],
            },
        },
        (word, f"{billed[:3]}-{billed[3:10]}-{billed[10]}"),
    )


async def add_file(served: Served, service: str, path: str, caller: Identity, name: str) -> str:
    """Add a text to a matter; gives the id of the file."""
    api = served.apis[service]
    body = (
        f'--line\r\ncontent-disposition: form-data; name="file"; filename="{name}"\r\n'
        "content-type: text/plain\r\n\r\nwords\r\n--line--\r\n"
    ).encode()
    headers = (
        (b"authorization", api.token(caller)),
        (b"content-type", b"multipart/form-data; boundary=line"),
        (b"content-length", str(len(body)).encode()),
        (b"idempotency-key", path.encode()),
    )
    answer = await send(api.app, Call("POST", path.encode(), headers, body))
    assert answer.status == 201, answer.body
    found = re.search(rb'"file_id":"([^"]+)"', answer.body)
    assert found is not None
    return found[1].decode()


@dataclass(frozen=True, slots=True)
class World:
    """The outsiders' importer, and another."""

    own: Things
    other: Things


@pytest.fixture(scope="module")
async def world(served: Served) -> World:
    noor = officer_at(CENTER_OF_OTHER)
    own, other = [await file_entry(served, importer, ENTERED) for importer in (IMPORTER, OTHER)]
    await decide_increase(served, own, PEOPLE["kim"], "1000.00")
    await decide_increase(served, other, noor, "1000.00")
    await liquidate(served, FRIDAY)
    await release_program(served.apis["liquidation"], IEEPA_MODEL)
    return World(
        await things_of(served, IMPORTER, own, PEOPLE["ida"], PEOPLE["kim"], "walnuts"),
        await things_of(served, OTHER, other, _MIA[OTHER], noor, "quinces"),
    )


OF_NOTHING = frozenset({"/accounts/{importer_number}/entries.csv"})
"""Tables that are empty where nothing in them may be seen."""


def routes() -> Iterator[tuple[str, str, frozenset[str]]]:
    """Method, path and names of the query of every page and act but those of sessions."""
    for router in ROUTERS:
        for route in router.routes:
            assert isinstance(route, APIRoute)
            if route.path in OF_SESSIONS:
                continue
            for method in route.methods or ():
                yield method, route.path, frozenset(each.name for each in route.dependant.query_params)


def names_a_thing(path: str, things: Things) -> bool:
    """Whether an address names something that is somebody's."""
    parts = {each.partition(":")[0] for each in re.findall(r"\{([^}]+)\}", path)}
    return any(parts & set(known) for begins, known in things.parts.items() if path.startswith(begins))


def test_every_part_of_an_address_is_known_here(world: World) -> None:
    unknown = [path for _, path, _ in routes() if world.other.fill(path) is None]
    assert unknown == [], "say in this test whose they are"


@pytest.mark.parametrize("subject", OUTSIDERS)
async def test_no_page_shows_an_outsider_anything_of_another(served: Served, world: World, subject: str) -> None:
    wrong = []
    async with reading_as(served.console, subject) as reader:
        for method, path, _ in routes():
            if method != "GET":
                continue
            address = world.other.fill(path)
            assert address is not None
            answer = await reader.client.get(address)
            found = words_in(
                answer.text, world.other.words[:1] if names_a_thing(path, world.other) else world.other.words
            )
            is_nothing = path in OF_NOTHING and len(answer.text.splitlines()) == 1
            if found or (names_a_thing(path, world.other) and answer.status_code not in {403, 404} and not is_nothing):
                wrong.append((path, answer.status_code, found))
    assert wrong == []


async def test_no_query_shows_an_outsider_anything_of_another(served: Served, world: World) -> None:
    given = {
        "importer": OTHER,
        "entry": world.other.entry,
        "entry_number": world.other.entry,
        "importer_number": OTHER,
        "q": world.other.entry,
        "center": CENTER_OF_OTHER,
    }
    wrong = []
    async with reading_as(served.console, "ida") as ida:
        for method, path, query in routes():
            chosen = {name: value for name, value in given.items() if name in query or path in {"/queue", "/bulletin"}}
            if method != "GET" or not chosen or path.startswith("/bulletin"):  # what the bulletin posts is for anyone
                continue
            answer = await ida.client.get(str(world.other.fill(path)), params=chosen)
            if found := words_in(answer.text, world.other.words[:1]):
                wrong.append((path, answer.status_code, found))
    assert wrong == []


async def test_no_act_of_an_outsider_changes_anything_of_another(served: Served, world: World) -> None:
    before = await state_of(served, world.other)
    form = {
        "text": "Mine now.",
        "reason": "Mine now.",
        "recipient": OTHER,
        "owner": OTHER,
        "importer": OTHER,
        "importer_number": OTHER,
        "party": "agent:1001",
        "scope": "all",
        "entries": world.other.entry,
        "item": world.other.parts[""]["item_id"],
        "items": world.other.parts[""]["item_id"],
        "name": "Mine",
        "url": "https://mine.example/hooks",
        "topic": "broadcasts",
        "center": CENTER_OF_OTHER,
        "act": "withdraw",
        "outcome": "no-change",
        "token": "1",
        "version": "1",
    }
    wrong = []
    async with reading_as(served.console, "ida") as ida:
        for method, path, _ in routes():
            if method != "POST":
                continue
            answer = await post(ida, str(world.other.fill(path)), form, has_file=path.endswith("/files"))
            found = words_in(answer.text, world.other.words[:1])
            if found or (names_a_thing(path, world.other) and answer.status_code < 400):
                wrong.append((path, answer.status_code, found))
    assert wrong == []
    assert await state_of(served, world.other) == before


async def test_the_owner_sees_each_of_these_things(served: Served, world: World) -> None:
    """Else the walk would prove nothing: the same addresses with one's own numbers are pages."""
    shown = []
    async with reading_as(served.console, "ida") as ida:
        for method, path, _ in routes():
            if method == "GET" and names_a_thing(path, world.own):
                answer = await ida.client.get(str(world.own.fill(path)))
                if answer.status_code == 200:
                    shown.append(path)
        listed = [await ida.read(path) for path in ("/my/channels", "/my/delegations")]
    assert set(shown) == {
        "/accounts/{importer_number}",
        "/accounts/{importer_number}/days.ics",
        "/accounts/{importer_number}/entries.csv",
        "/entries/{entry_number}",
        "/entries/{entry_number}/days.ics",
        "/inbox/{notice_id}",
        "/inbox/{notice_id}/letter.pdf",
        "/items/{item_id}/files/{file_id}",
        "/letters/{request_id}",
        "/my/appeals/{number}",
        "/my/appeals/{number}/files/{file_id}",
        "/my/bills/{number}",
        "/my/refunds/{program}/declarations/{declaration_id}",
        "/my/refunds/{program}/declarations/{declaration_id}/results.csv",
        "/protests/{number}",
        "/protests/{number}/files/{file_id}",
        "/questions/{question_id}",
    }
    assert "walnuts.example" in listed[0]
    assert "SYNTHETIC AGENT" in listed[1]


def words_in(text: str, words: tuple[str, ...]) -> list[str]:
    """Which of the words stand on a page."""
    plain = unescape(text)
    return [each for each in words if each in plain]


async def post(reader: Reader, to: str, form: Mapping[str, str], *, has_file: bool) -> Any:
    """Send a form to an address with a key of this session."""
    if has_file:
        return await reader.send("/words", to, {}, {"file": ("mine.txt", b"words", "text/plain")})
    return await reader.send("/words", to, form)


async def state_of(served: Served, things: Things) -> dict[str, Any]:
    """All that an act could have changed of what an importer has, as its owner sees it."""
    party, parts = _MIA[things.importer], things.parts[""]
    asked = [
        ("workqueue", f"/requests/{parts['request_id']}"),
        ("workqueue", f"/items/{parts['item_id']}/files"),
        ("liquidation", f"/protests/{things.parts['/protests']['number']}"),
        ("liquidation", f"/protests/{things.parts['/protests']['number']}/files"),
        ("liquidation", f"/entries/{things.entry}"),
        ("liquidation", f"/programs/{PROGRAM}/declarations/{parts['declaration_id']}/results"),
        ("liquidation", "/calendar-feeds"),
        ("notifications", f"/notices/{parts['notice_id']}"),
        ("notifications", f"/questions/{parts['question_id']}"),
        ("notifications", "/preferences"),
        ("notifications", "/subscriptions"),
        ("notifications", "/webhooks"),
        ("routing", f"/importers/{things.importer}/delegations"),
        ("routing", "/appeals"),
        ("routing", f"/appeals/{things.parts['/my/appeals']['number']}"),
        ("routing", f"/appeals/{things.parts['/my/appeals']['number']}/files"),
    ]
    return {path: await served.ask(service, path, party) for service, path in asked}
