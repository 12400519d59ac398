"""Every process by API, whatever anybody tries: no illegal move, no lost clock, a whole history, no order of events.

The model is made of what GET /processes serves, as a page would read it: which acts a stage has, for whom, with what,
which clocks they begin and end. It knows nothing of the engine. People of every role try acts that are right and acts
that are not, parties answer, the legal record says what the process follows, in time or late; at the end all events are
told once more in another order. One machine for matters and protests, one for letters; no process is left out.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from itertools import count
from typing import Any, Final

import httpx
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test
from sqlalchemy import select

from services.workqueue.domain.processes.table import PROCESSES
from services.workqueue.handlers.item_ids import entry_item_id, protest_item_id
from services.workqueue.store.tables.items import item_events
from shared.contracts.envelope import Event
from shared.contracts.registry import TYPES
from shared.customs.calendar import legal_date
from shared.customs.sensitive import SENSITIVE_PROCESSES
from shared.db.engine import create_engine
from shared.db.transaction import reading
from shared.runtime.identity import Identity, RoleName
from tests.integration.workqueue.desk import DIVISIONS, Desk
from tests.integration.workqueue.events import protest_act, routed
from tests.integration.workqueue.test_process_walks import USUAL
from tests.integration.workqueue.walks import PORT
from tests.support.databases import TestDatabases
from tests.support.events import entry_number
from tests.support.recorded import names, read, recorded

OPENERS: Final = (
    "import-specialist",
    "entry-specialist",
    "trade-enforcement-coordinator",
    "adcvd-team",
    "drawback-specialist",
    "liquidation-specialist",
    "international-trade-specialist",
    "national-account-manager",
    "assistant-center-director",
    "center-director",
    "fpf-officer",
    "office-of-trade",
    "regulations-and-rulings",
)
PORT_ROLES: Final = ("port-director", "port-staff")
ROLES: Final = (*OPENERS, *PORT_ROLES, "hsi")
LETTERS: Final = {"request-for-information": "CBP-28", "notice-of-action": "CBP-29"}
BY_THEIR_OWN_WAYS: Final = {"check-earlier-requests", "compute-effect", "propose", "issue", "issue-again"}
"""Acts of letters that no caller names: a draft is issued, and its text says the rest."""
DAYS_OF_LETTERS: Final = ("issued_on", "mailed_on", "proposed_on")
CLAIMED: Final = "work-item-changed:claimed"
REFUSALS: Final = {
    "other-stage",
    "process-role",
    "role-required",
    "out-of-reach",
    "fact-missing",
    "second-person-required",
    "recorded-once",
    "by-event",
    "stale-token",
    "item-ended",
    "fields-refused",
    "recorded-on-letter",
    "repeated-request",
    "not-found",
    "investigation-wording",
    "decided-in-legal-record",
    "not-by-act",
    "not-later",
    "letter-empty",
}
"""Every way in which a try may be refused; anything else is a failure."""
NUMBERS: Final = count(1)


def person(role: str, number: int = 1) -> Identity:
    whose: dict[str, Any] = {"centers": frozenset({"CEE007"}), "divisions": DIVISIONS}
    if role in PORT_ROLES:
        whose = {"ports": frozenset({PORT})}
    return Identity(f"{role}-{number}", role, frozenset({RoleName(role)}), **whose)


@cache
def legal_events() -> dict[str, str]:
    """For each `topic:word` that a process may follow, the name of a recorded event that says it."""
    found: dict[str, str] = {}
    for name in (*names("liquidation"), *names("routing")):
        event = read(name)
        topic, data = TYPES[event["type"]].topic, event["data"]
        match topic:
            case "entry-changed":
                found.setdefault(f"{topic}:{data['change']}", name)
            case "protest-changed":
                found.setdefault(f"{topic}:{data.get('act') or data['change']}", name)
            case _:
                pass
    return found


@dataclass(frozen=True)
class Happened:
    """An act that was let through, an event, or an answer; events of an instant come before acts."""

    at: datetime
    is_act: bool
    words: tuple[str, ...]
    fields: dict[str, Any] = field(default_factory=dict)
    letter: str | None = None


@dataclass
class Model:
    """A matter as the served table leaves it after all that happened, in the order of time."""

    table: dict[str, Any]
    opened_at: datetime
    begins: dict[str, str] = field(default_factory=dict)
    is_claimed: bool = False
    opening: tuple[str, ...] = ()
    happened: list[Happened] = field(default_factory=list)
    stage: str = ""
    running: dict[str, str | None] = field(default_factory=dict)
    awaits: str | None = None

    def __post_init__(self) -> None:
        self.fold()

    def act(self, code: str) -> dict[str, Any]:
        found: dict[str, Any] = next(act for act in self.table["acts"] if act["code"] == code)
        return found

    def stage_of(self, code: str) -> dict[str, Any]:
        found: dict[str, Any] = next(stage for stage in self.table["stages"] if stage["code"] == code)
        return found

    def acts_here(self) -> list[dict[str, Any]]:
        return [act for act in self.table["acts"] if self.stage in act["source"]]

    @property
    def is_ended(self) -> bool:
        return bool(self.stage_of(self.stage)["is_end"])

    @property
    def acts(self) -> list[str]:
        """What people did, also what a late event overtook."""
        return [each.words[0] for each in self.happened if each.is_act]

    def happens(self, what: Happened) -> None:
        self.happened.append(what)
        self.fold()

    def fold(self) -> None:
        self.stage, self.running, self.awaits = self.table["first"], dict(self.begins), None
        for event in self.opening:
            self._hear((event,), self.opened_at)
        for each in sorted(self.happened, key=lambda each: (each.at, each.is_act)):
            if each.is_act:
                self._do(each)
            elif each.letter is None or each.letter == self.awaits:
                self._hear(each.words, each.at)
                self.awaits = None if each.letter is not None else self.awaits
        if self.is_claimed:
            self._hear((CLAIMED,), self.opened_at)

    def _do(self, done: Happened) -> None:
        act = self.act(done.words[0])
        if self.stage not in act["source"]:
            self._hear((CLAIMED,), done.at)
        if self.stage not in act["source"]:
            return  # overtaken by what was heard late: it stands in the history and moves nothing
        self._follow(act, done.at, done.fields)
        if act["opens"] in LETTERS:
            self.awaits = done.letter
        elif act["target"] is not None and self.stage_of(act["target"])["waits_for"] is not None:
            self.awaits = None

    def _hear(self, words: tuple[str, ...], at: datetime) -> None:
        act = next((act for act in self.acts_here() if act["event"] in words), None)
        if act is not None:
            self._follow(act, at, {})

    def _follow(self, act: dict[str, Any], at: datetime, fields: dict[str, Any]) -> None:
        for clock in act["ends"]:
            self.running.pop(clock, None)
        for clock in act["starts"]:
            self.running[clock] = self._due(clock, at, fields)
        if act["target"] is not None:
            self.stage = act["target"]
        if self.is_ended:
            self.running.clear()

    def _due(self, code: str, at: datetime, fields: dict[str, Any]) -> str | None:
        """The last day of a clock of days from what a person did; None where another way of counting says it."""
        clock = next(each for each in self.table["clocks"] if each["code"] == code)
        if clock["unit"] != "days":
            return None
        if clock["counts_from"] is None:
            begun = legal_date(at)
        elif clock["counts_from"] in fields:
            begun = date.fromisoformat(fields[clock["counts_from"]][:10])
        else:
            return None
        return (begun + timedelta(days=clock["length"])).isoformat()


def fill(draw: Callable[[Any], Any], fields: list[dict[str, Any]]) -> dict[str, Any]:
    """What a form asks for."""
    return {
        each["name"]: draw(st.sampled_from(sorted(each["codes"]))) if each["kind"] == "code" else USUAL[each["kind"]]
        for each in fields
        if each["is_required"]
    }


class Machine(RuleBasedStateMachine):
    """What matters and letters have in common: calls on the loop of the test, whose thread this is not."""

    def __init__(self, desk: Desk, loop: asyncio.AbstractEventLoop, code: str) -> None:
        super().__init__()
        self.desk, self.loop, self.code = desk, loop, code
        self.number = next(NUMBERS)
        self.entry = entry_number(5_000_000 + self.number)
        self.importer = f"07-{4_000_000 + self.number:07d}00"
        self.calls = count(1)
        self.token: int | None = None
        self.reads_tables = person("trade-enforcement-coordinator")
        self.table = self.call("GET", f"/processes/{code}", self.reads_tables).json()

    def wait(self, doing: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(doing, self.loop).result(60)

    def call(self, method: str, path: str, who: Identity, **options: Any) -> httpx.Response:
        answer = self.wait(self.desk.call(method, path, who, **options))
        assert answer.status_code < 500, (method, path, options, answer.text)
        return answer

    def send(self, path: str, who: Identity, body: dict[str, Any], key: str | None = None) -> httpx.Response:
        """POST under a key of its own, or the one that is given."""
        headers = {"Idempotency-Key": key or f"{self.number}-{next(self.calls)}"}
        return self.call("POST", path, who, json=body, headers=headers)

    def pass_a_second(self) -> datetime:
        self.desk.clock.advance(timedelta(seconds=1))
        return self.desk.clock.now()

    def claim(self, item_id: str, who: Identity) -> bool:
        answer = self.call("POST", f"/items/{item_id}/claim", who)
        if answer.status_code == 200:
            self.token = answer.json()["token"]
        return answer.status_code == 200

    def importer_of_it(self) -> Identity:
        return Identity("ivo", "Ivo", frozenset({RoleName.IMPORTER}), importer_numbers=frozenset({self.importer}))


class MatterMachine(Machine):
    """A matter that somebody opened, or the item of a protest that was filed."""

    def __init__(self, desk: Desk, loop: asyncio.AbstractEventLoop, code: str) -> None:
        super().__init__(desk, loop, code)
        now = self.pass_a_second()
        self.protest = f"2704-27-{self.number:06d}" if code == "protest" else None
        self.told: list[Event[Any]] = []
        if self.protest is None:
            self.holder = person(next(role for role in self.table["opened_by"] if role in OPENERS))
            body = {"process": code, "title": "Walk", "center": "CEE007", "port": PORT, "entry_numbers": [self.entry]}
            answer = self.send("/items", self.holder, body | {"importer_number": self.importer})
            assert answer.status_code == 201, answer.text
            self.item = answer.json()["item_id"]
            opening: tuple[str, ...] = ()
        else:
            self.holder = person("import-specialist")
            self.wait(desk.apply(routed(self.entry, processes=["quota"], importer_number=self.importer)))
            self.tell(protest_act(self.protest, self.entry, importer_number=self.importer, time=now.isoformat()))
            self.item = str(protest_item_id(self.protest, None))
            opening = tuple(self.table["opened_on"])
        self.reader = self.holder
        shown = self.shown()
        begins = {each["clock"]: each["due_on"] for each in shown["matter"]["clocks"]} if self.protest is None else {}
        self.model = Model(self.table, now, begins, opening=opening)
        self.model.is_claimed = self.claim(self.item, self.holder)
        self.model.fold()
        self.demand_agreement()

    def shown(self) -> dict[str, Any]:
        found: dict[str, Any] = self.call("GET", f"/items/{self.item}", self.reader).json()
        return found

    def tell(self, *events: Event[Any]) -> None:
        self.told.extend(events)
        self.wait(self.desk.apply(*events))

    def by_people(self, acts: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [act for act in acts if set(act["roles"]) & set(ROLES)]

    @precondition(lambda self: any(act["target"] for act in self.by_people(self.model.acts_here())))
    @rule(data=st.data())
    def go_on(self, data: st.DataObject) -> None:
        """Somebody who may do an act that leads to another stage."""
        self.do_rightly(data, [act for act in self.by_people(self.model.acts_here()) if act["target"]])

    @precondition(lambda self: bool(self.by_people(self.model.acts_here())))
    @rule(data=st.data())
    def act(self, data: st.DataObject) -> None:
        """Somebody who may do an act does any of the stage."""
        self.do_rightly(data, self.by_people(self.model.acts_here()))

    @rule(data=st.data())
    def try_anything(self, data: st.DataObject) -> None:
        """Anybody does any act of the table: most are refused."""
        act = data.draw(st.sampled_from(self.table["acts"]), label="act")
        self.do(data, act, person(data.draw(st.sampled_from(ROLES), label="role"), 2), is_repeated=False)

    @precondition(lambda self: self.model.awaits is not None)
    @rule()
    def answer(self) -> None:
        """The importer answers the letter that the matter waits for."""
        now = self.pass_a_second()
        path = f"/requests/{self.model.awaits}"
        letter = self.call("GET", path, self.reader).json()
        if letter.get("state") not in {"issued", "proposed"}:
            return
        answered = self.send(f"{path}/answers", self.importer_of_it(), {"text": "None."})
        assert answered.status_code == 201, answered.text
        heard = Happened(now, False, ("request-changed", "request-changed:answered"), letter=self.model.awaits)
        self.model.happens(heard)
        self.demand_agreement()

    @precondition(lambda self: bool(self.legal_words()) and not self.model.is_ended)
    @rule(data=st.data(), late_by=st.integers(0, 3))
    def hear(self, data: st.DataObject, late_by: int) -> None:
        """The legal record says something that the process follows: now, or some time after it was so."""
        now = self.pass_a_second()
        at = max(now - timedelta(seconds=late_by + 0.5), self.model.opened_at + timedelta(milliseconds=len(self.told)))
        word = data.draw(st.sampled_from(self.legal_words()), label="word")
        event = self.legal_event(word, at + timedelta(milliseconds=1))
        self.tell(event)
        self.model.happens(Happened(event.time, False, (word.partition(":")[0], word)))
        self.demand_agreement()

    def legal_words(self) -> list[str]:
        """What the legal record may say of the subject next that the process follows."""
        followed = {act["event"] for act in self.model.acts_here()}
        return sorted(followed & legal_events().keys() - {"protest-changed:filed"})

    def legal_event(self, word: str, at: datetime) -> Event[Any]:
        about = {"importer_number": self.importer, "sequence": len(self.told) + 1}
        if word.startswith("protest-changed"):
            about |= {"protest_number": self.protest, "entries": [self.entry]}
        else:
            about |= {"entry_number": self.entry}
        return recorded(legal_events()[word], time=at.isoformat(), **about)

    def do_rightly(self, data: st.DataObject, acts: list[dict[str, Any]]) -> None:
        act = data.draw(st.sampled_from(acts), label="act")
        role = data.draw(st.sampled_from([role for role in act["roles"] if role in ROLES]), label="role")
        who = person(role, data.draw(st.integers(1, 2), label="person"))
        if act["by_holder"]:
            who = self.hand_to(who)
        if self.code in SENSITIVE_PROCESSES:
            named = {"subject": who.subject, "reason": "Has part in it."}
            self.send(f"/items/{self.item}/need-to-know", self.reader, named)
        self.do(data, act, who, is_repeated=data.draw(st.booleans(), label="again"))

    def hand_to(self, who: Identity) -> Identity:
        """The item in other hands, where those may hold it; gives who holds it."""
        if self.holder == who or self.holder.roles == who.roles:
            return self.holder
        self.call("POST", f"/items/{self.item}/release", self.holder, json={"token": self.token})
        if self.claim(self.item, who):
            self.holder = who
        else:
            self.claim(self.item, self.holder)
        return self.holder

    def do(self, data: st.DataObject, act: dict[str, Any], who: Identity, *, is_repeated: bool) -> None:
        now = self.pass_a_second()
        fields = fill(data.draw, act["fields"])
        fields |= {
            name: legal_date(now).isoformat() for name in ("issued_on", "mailed_on", "proposed_on") if name in fields
        }
        body = {"act": act["code"], "fields": fields} | ({"token": self.token} if who == self.holder else {})
        path, key = f"/items/{self.item}/acts", f"{self.number}-{next(self.calls)}"
        answer = self.send(path, who, body, key)
        if answer.status_code != 201:
            assert answer.json()["code"] in REFUSALS, (act["code"], answer.text)
        else:
            assert {role.value for role in who.roles} & set(act["roles"]), "done by whom the table does not name"
            assert self.model.stage in act["source"], (self.model.stage, act["code"])
            self.model.happens(Happened(now, True, (act["code"],), fields, answer.json()["opened"]))
            if is_repeated:
                assert self.send(path, who, body, key).json() == answer.json(), "sent again it is done once"
        self.demand_agreement()

    def demand_agreement(self) -> None:
        """What the API shows is what the model knows; the history has a line for each act."""
        shown, model = self.shown(), self.model
        matter = shown["matter"]
        assert matter["stage"] == model.stage
        assert shown["stage"] in {model.stage, None if self.protest is not None else model.stage}
        assert [act["act"] for act in matter["acts"]] == model.acts
        running = {each["clock"]: each for each in matter["clocks"] if each["ended_on"] is None}
        assert running.keys() == model.running.keys()
        assert all(running[code]["due_on"] == due_on for code, due_on in model.running.items() if due_on is not None)
        if self.protest is None:
            assert (shown["state"] == "completed") == model.is_ended
        lines = [
            line
            for line in shown["history"]
            if line["change"] in {"acted", "closed"} and line["actor"] != "system:workqueue"
        ]
        assert len(lines) == len(model.acts)

    def teardown(self) -> None:
        """All events once more, in another order: nothing changes."""
        self.wait(self.desk.apply(*reversed(self.told), *self.told))
        self.demand_agreement()


class LetterMachine(Machine):
    """A letter that somebody drafted on an item, the second on its matter or the first."""

    def __init__(self, desk: Desk, loop: asyncio.AbstractEventLoop, code: str) -> None:
        super().__init__(desk, loop, code)
        self.pass_a_second()
        self.form, self.holder = LETTERS[code], person("import-specialist")
        self.wait(desk.apply(routed(self.entry, importer_number=self.importer)))
        self.item = str(entry_item_id(self.entry, "ad-cvd"))
        assert self.claim(self.item, self.holder)
        self.is_repetition = self.number % 2 == 0 and self.form == "CBP-28"
        text = {"token": self.token, "form": self.form, "questions": ["Assists?"], "issue": "01", "goods": "8471"}
        if self.form == "CBP-29":
            text["effect_usd"] = "10.00" if self.number % 2 else "400.00"
        if self.is_repetition:
            assert self.send(f"/items/{self.item}/requests", self.holder, text).status_code == 201
        drafted = self.send(f"/items/{self.item}/drafts", self.holder, text)
        assert drafted.status_code == 201, drafted.text
        self.path = f"/requests/{drafted.json()['request_id']}"
        self.stage, self.acts, self.is_answered = self.table["first"], list[str](), False
        self.demand_agreement()

    def by_code(self, code: str) -> dict[str, Any]:
        found: dict[str, Any] = next(act for act in self.table["acts"] if act["code"] == code)
        return found

    @rule()
    def issue(self) -> None:
        """The holder issues the draft: once, and a repetition only when a supervisor has approved it."""
        self.pass_a_second()
        answer = self.send(f"{self.path}/issue", self.holder, {"token": self.token})
        if answer.status_code == 200:
            assert self.stage == "draft"
            assert not self.is_repetition or "approve-repetition" in self.acts
            again = "issue-again" if self.is_repetition else "issue"
            self.stage = self.by_code(again if self.form == "CBP-28" else "propose")["target"]
        else:
            assert answer.json()["code"] in REFUSALS, answer.text
            assert self.stage != "draft" or self.is_repetition
        self.demand_agreement()

    @rule(data=st.data(), is_right=st.booleans())
    def act(self, data: st.DataObject, is_right: bool) -> None:
        """Somebody does an act, of the stage or of another."""
        now = self.pass_a_second()
        acts = [act for act in self.table["acts"] if not is_right or self.stage in act["source"]]
        if not acts:
            return
        act = data.draw(st.sampled_from(acts), label="act")
        role = data.draw(st.sampled_from([role for role in act["roles"] if role in ROLES] or ["hsi"]), label="role")
        holds = act["by_holder"] and role == "import-specialist"
        who = self.holder if holds else person(role, data.draw(st.integers(1, 2), label="person"))
        fields = fill(data.draw, act["fields"])
        if act["code"] == "extend-reply":
            fields["answer_by"] = (legal_date(now) + timedelta(days=40 + len(self.acts))).isoformat()
        body = {"act": act["code"], "fields": fields} | ({"token": self.token} if who == self.holder else {})
        key = f"{self.number}-{next(self.calls)}"
        answer = self.send(f"{self.path}/acts", who, body, key)
        if answer.status_code != 201:
            assert answer.json()["code"] in REFUSALS, (act["code"], answer.text)
        else:
            assert act["code"] not in BY_THEIR_OWN_WAYS
            assert self.stage in act["source"]
            assert {each.value for each in who.roles} & set(act["roles"])
            self.acts.append(act["code"])
            self.stage = act["target"] or self.stage
            assert self.send(f"{self.path}/acts", who, body, key).json() == answer.json(), "sent again it is done once"
        self.demand_agreement()

    @rule()
    def answer(self) -> None:
        """The importer answers, as long as the letter has not ended; a draft it does not see."""
        self.pass_a_second()
        answer = self.send(f"{self.path}/answers", self.importer_of_it(), {"text": "None."})
        recording = next(act for act in self.table["acts"] if act["event"] == "filing-routed:response")
        if answer.status_code == 201:
            assert not self.stage_of(self.stage)["is_end"]
            self.stage = recording["target"] if self.stage in recording["source"] else self.stage
        else:
            assert self.stage == "draft" or self.stage_of(self.stage)["is_end"], answer.text
        self.demand_agreement()

    def stage_of(self, code: str) -> dict[str, Any]:
        found: dict[str, Any] = next(stage for stage in self.table["stages"] if stage["code"] == code)
        return found

    def demand_agreement(self) -> None:
        shown = self.call("GET", self.path, self.holder).json()
        assert shown["state"] == self.stage
        assert [act["act"] for act in shown["acts"]] == self.acts
        possible = {act["code"] for act in self.table["acts"] if self.stage in act["source"] and act["roles"]}
        assert {act["act"] for act in shown["next"]} == possible - {
            "check-earlier-requests",
            "compute-effect",
            "issue",
            "issue-again",
            "propose",
            "record-silence",
        }


SLOW: Final = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
SHORT: Final = settings(
    max_examples=2,
    stateful_step_count=7,
    deadline=None,
    database=None,
    derandomize=True,
    phases=(Phase.generate,),
    suppress_health_check=SLOW,
)
"""The same few walks in every run: what fails here fails everywhere, and what is long is left to `make verify`."""
LONG: Final = settings(max_examples=5, stateful_step_count=12, deadline=None, suppress_health_check=SLOW)


@pytest.fixture(scope="module")
async def house(databases: TestDatabases) -> AsyncIterator[Desk]:
    """One work queue for all matters of this module: each has an entry and an importer of its own."""
    engine = create_engine(await databases.copy("workqueue"), application="tests", pool_size=1)
    desk = Desk(engine)
    yield desk
    await desk.close()
    await engine.dispose()


async def wander(desk: Desk, code: str, how: settings) -> None:
    loop = asyncio.get_running_loop()
    kind = LetterMachine if code in LETTERS else MatterMachine
    await asyncio.to_thread(run_state_machine_as_test, lambda: kind(desk, loop, code), settings=how)
    async with reading(desk.engine) as connection:
        lines = list(await connection.execute(select(item_events.c.item_id, item_events.c.change_key)))
    assert len(lines) == len(set(lines))
    assert not any((await desk.violations()).values())


@pytest.mark.parametrize("code", sorted(PROCESSES))
async def test_no_illegal_move_no_lost_clock_and_a_whole_history(house: Desk, code: str) -> None:
    await wander(house, code, SHORT)


@pytest.mark.verify
@pytest.mark.sharing
@pytest.mark.timeout(900)
@pytest.mark.parametrize("code", sorted(PROCESSES))
async def test_the_same_for_long(house: Desk, code: str) -> None:
    await wander(house, code, LONG)
