"""Random lives of protests on a real database: whatever is tried, no act outside its window stands.

What holds is computed here from the stored rows and days alone, by the numbers of the statute, with no rule function.
"""

import re
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any, Final
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncEngine

from services.liquidation.acts.protest_clocks import run_protest_clocks
from services.liquidation.acts.protest_filings import file_protest
from services.liquidation.acts.protests import PROTEST_ACTIONS, ActRequest, act_on_protest, prepare_act
from services.liquidation.acts.reliquidations import post_reliquidation
from services.liquidation.domain.law import LAW
from services.liquidation.domain.money.settings import POLICY
from services.liquidation.domain.protest.stages import FURTHER_REVIEW, REJECTABLE, TRANSITIONS, ActKind
from services.liquidation.store.invariants.protests import PROTEST_INVARIANTS
from services.liquidation.store.invariants.records import RECORD_INVARIANTS
from services.liquidation.store.tables.acts import reliquidations
from services.liquidation.store.tables.protests import protest_acts, protest_decisions, protest_entries
from services.liquidation.store.tables.records import entries, protests
from shared.contracts.envelope import Event
from shared.contracts.liquidation import ProtestChanged
from shared.contracts.registry import carries
from shared.customs.authority import grants
from shared.customs.calendar import legal_date
from shared.db.idempotency import IdempotentCall
from shared.db.transaction import transaction
from shared.runtime.clock import FixedClock
from shared.runtime.concurrency import IfMatch
from shared.runtime.errors import Refused
from shared.runtime.identity import Identity, RoleName
from tests.integration.liquidation.builders import apply, cycle, post_entry, published, review_decided, routed, rows
from tests.support.events import at, decoded, entry_body, entry_number, line
from tests.support.invariants import find_violations
from tests.support.people import EVERY_CENTER

MakeEngine = Callable[[str], Awaitable[AsyncEngine]]

IMPORTER: Final = "07-345678900"
LIQUIDATED: Final = date(2027, 1, 15)
LATER_CYCLE: Final = date(2027, 3, 12)
OPEN: Final = {
    "filed",
    "in-review",
    "waiting-party",
    "suspended",
    "at-headquarters",
    "headquarters-decided",
    "awaiting-signature",
}
DECISIONS: Final = {"allow", "allow-in-part", "deny"}
LONGEST_ROLL: Final = timedelta(days=4)
"""A last day before a long weekend moves by no more."""

MAY_ACT: Final = {
    action.removeprefix("protest."): sorted({role for row in grants(action, date(2027, 3, 1)) for role in row.roles})
    for action in PROTEST_ACTIONS
}
PEOPLE: Final = (
    Identity("sam", "Sam", frozenset({RoleName.IMPORT_SPECIALIST}), EVERY_CENTER),
    Identity("alex", "Alex", frozenset({RoleName.IMPORT_SPECIALIST, RoleName.CENTER_DIRECTOR}), EVERY_CENTER),
    Identity("dana", "Dana", frozenset({RoleName.CENTER_DIRECTOR}), EVERY_CENTER),
    Identity("stand-in", "Stand-in", frozenset({RoleName.CENTER_DIRECTOR}), EVERY_CENTER, acting_for="dana"),
    Identity("robin", "Robin", frozenset({RoleName.REGULATIONS_AND_RULINGS})),
    Identity("owner", "Owner", frozenset({RoleName.IMPORTER}), importer_numbers=frozenset({IMPORTER})),
    Identity("filer", "Filer", frozenset({RoleName.BROKER}), filer_code="B76"),
    Identity("bond", "Bond", frozenset({RoleName.SURETY}), surety_code="036"),
)
FILERS: Final = PEOPLE[-3:]
ANY_VERSION: Final = IfMatch(None)
WEIGHTS: Final = {
    "begin-review": 9,
    "recommend": 15,
    "sign": 15,
    "grant-further-review": 9,
    "refuse-further-review": 9,
    "answer-further-review": 9,
    "request-set-aside": 9,
    "set-aside": 9,
    "refuse-set-aside": 9,
    "request-void": 9,
}
"""How often an act that fits is tried, so that histories come far, others 2; what was done already less often."""


@dataclass(frozen=True, slots=True)
class Stored:
    """Everything that is stored of protests and of what they rest on."""

    protests: dict[str, Any]
    times: dict[tuple[str, str], Any]
    acts: dict[str, list[Any]]
    decisions: list[Any]
    entries: dict[str, Any]
    again: dict[str, list[date]]

    @classmethod
    async def read(cls, engine: AsyncEngine) -> "Stored":
        acts: dict[str, list[Any]] = {}
        for row in await rows(engine, protest_acts):
            acts.setdefault(row.filing_number, []).append(row)
        again: dict[str, list[date]] = {}
        for row in await rows(engine, reliquidations):
            again.setdefault(row.entry_number, []).append(row.reliquidated_on)
        return cls(
            {row.filing_number: row for row in await rows(engine, protests)},
            {(row.filing_number, row.entry_number): row for row in await rows(engine, protest_entries)},
            acts,
            await rows(engine, protest_decisions),
            {row.entry_number: row for row in await rows(engine, entries)},
            again,
        )

    def days_of_decision(self, protest: Any, entry: str) -> list[date]:
        """The days from which the time to protest an entry may be counted; a surety has its demand too."""
        if protest.filed_by["role"] == "surety":
            received, demanded_on = received_on(protest), date.fromisoformat(protest.body["demand_on"])
            if demanded_on <= received:
                return [demanded_on, *(day for day in self.again.get(entry, ()) if day <= received)]
        return self.days_for_everyone(protest, entry)

    def days_for_everyone(self, protest: Any, entry: str) -> list[date]:
        if protest.body["decision"] == "exclusion-redelivery":
            return [date.fromisoformat(protest.body["decision_on"])]
        known = self.entries.get(entry)
        if known is None or known.liquidated_on is None:
            return []
        return [known.liquidated_on, *self.again.get(entry, ())]

    def acts_of_people(self, number: str) -> list[Any]:
        return [each for each in self.acts[number] if each.number and each.actor != "system:law"]


def received_on(protest: Any) -> date:
    found: date = protest.received_at.astimezone(ZoneInfo("America/New_York")).date()
    return found


def written(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


def party(protest: Any) -> str:
    """Brokers file for their importer, a surety for itself."""
    filed_by = protest.filed_by
    return f"surety {filed_by['id']}" if filed_by["role"] == "surety" else protest.importer_number


def breaches_of_time(stored: Stored) -> Iterator[str]:
    """180 days from the decision: before it too early, after the last arguable day never in time."""
    for (number, entry), time in stored.times.items():
        protest = stored.protests[number]
        bases, on = stored.days_of_decision(protest, entry), received_on(protest)
        in_time = [base for base in bases if base <= on <= base + timedelta(days=180)]
        nearly = [base for base in bases if base <= on <= base + timedelta(days=180) + LONGEST_ROLL]
        right = {
            "unknown": not bases,
            "timely": bool(in_time),
            "arguable": bool(nearly),
            "untimely": bool(bases) and not in_time and any(base < on for base in bases),
            "too-early": bool(bases) and not in_time and any(base > on for base in bases),
        }
        if not right[time.timeliness]:
            yield f"{number} {entry} is {time.timeliness}: received {on}, decided {bases}"
        if time.decided_on is None:
            continue
        roll = time.arguable_by - time.protest_by
        if time.decided_on not in bases or time.protest_by != time.decided_on + timedelta(days=180):
            yield f"{number} {entry}: counted from {time.decided_on} to {time.protest_by}, decided {bases}"
        if not timedelta(0) <= roll <= LONGEST_ROLL or (roll and time.arguable_by.weekday() >= 5):
            yield f"{number} {entry}: {time.protest_by} rolls to {time.arguable_by}"


def breaches_of_windows(stored: Stored) -> Iterator[str]:  # noqa: PLR0912 - one branch for each act
    """Acts that the statute gives so many days for."""
    for number, acts in stored.acts.items():
        ends = [time.arguable_by for (of, _), time in stored.times.items() if of == number and time.arguable_by]
        refused_on = denied_on = asked_on = None
        for act in acts:
            match act.kind:
                case "amend" | "apply-further-review" if ends and act.acted_on > min(ends):
                    yield f"{number}: {act.kind} on {act.acted_on}, the time to protest ended {min(ends)}"
                case "apply-further-review" if denied_on is not None:
                    yield f"{number}: further review after the denial of {denied_on}"
                case "refuse-further-review":
                    refused_on = act.acted_on
                case "request-set-aside":
                    asked_on = act.acted_on
                    if refused_on is None or asked_on > refused_on + timedelta(days=60) + LONGEST_ROLL:
                        yield f"{number}: set-aside asked {asked_on}, refused {refused_on}"
                case "refuse-set-aside" if act.actor == "system:law":
                    if asked_on is None or act.acted_on != asked_on + timedelta(days=60):
                        yield f"{number}: the law refused on {act.acted_on} what was asked on {asked_on}"
                case "request-acceleration":
                    mailed_on = date.fromisoformat(act.details["mailed_on"])
                    if not received_on(stored.protests[number]) <= mailed_on <= act.acted_on:
                        yield f"{number}: acceleration mailed {mailed_on}, recorded {act.acted_on}"
                case "request-void" if denied_on is None or act.acted_on > denied_on + timedelta(days=94):
                    yield f"{number}: voiding asked {act.acted_on}, denied {denied_on}"
                case "deny" | "allow-in-part" | "deem-denied":
                    denied_on = act.acted_on
                case "void-denial" | "summon" if denied_on is None:
                    yield f"{number}: {act.kind} without a denial"
                case _ if act.actor == "system:law" and act.kind not in ("deem-denied", "refuse-set-aside"):
                    yield f"{number}: the law did {act.kind}"
        protest = stored.protests[number]
        if protest.sue_by != (denied_on + timedelta(days=180) if denied_on is not None else None):
            yield f"{number}: denied {denied_on}, to sue by {protest.sue_by}"


def clock_of_denial(stored: Stored, number: str, before: int) -> date | None:
    """The day at whose end an open protest is denied by law, by the acts below a number."""
    protest = stored.protests[number]
    body = protest.body
    mailed_on = received_on(protest) if body.get("accelerated_disposition") else None
    was_denied = False
    for act in stored.acts[number]:
        if not 0 < act.number < before:
            continue
        if act.kind == "request-acceleration":
            mailed_on = date.fromisoformat(act.details["mailed_on"])
        elif act.kind == "void-denial":
            mailed_on = None
        was_denied |= act.kind in ("deny", "allow-in-part")
    days = [mailed_on] if mailed_on is not None else []
    if body["decision"] == "exclusion-redelivery" and not body.get("redelivery") and not was_denied:
        days.append(received_on(protest))
    return min(days) + timedelta(days=30) if days else None


def breaches_of_the_law(stored: Stored, today: date, *, is_settled: bool) -> Iterator[str]:
    """Denied by law at the end of day 30, on that day; nothing is decided after it."""
    for number, protest in stored.protests.items():
        on = received_on(protest)
        is_in_time = any(
            base <= on <= base + timedelta(days=180)
            for entry in protest.entries
            for base in stored.days_of_decision(protest, entry)
        )
        for act in stored.acts[number]:
            if act.number == 0 or act.from_state not in OPEN:
                continue
            denied_on = clock_of_denial(stored, number, act.number)
            if act.kind == "deem-denied" and act.acted_on != denied_on:
                yield f"{number}: deemed denied on {act.acted_on}, day 30 is {denied_on}"
            elif is_in_time and denied_on is not None and act.acted_on > denied_on:
                yield f"{number}: {act.kind} on {act.acted_on}, denied by law on {denied_on}"
        left = clock_of_denial(stored, number, 1 + len(stored.acts[number]))
        if is_settled and is_in_time and protest.state in OPEN and left is not None and left < today:
            yield f"{number} is {protest.state} after day 30, {left}"


def list_standing(stored: Stored) -> dict[tuple[str, str, str], list[str]]:
    """The protests of each party on each category of each entry, without those that were withdrawn or rejected."""
    standing: dict[tuple[str, str, str], list[str]] = {}
    for number, protest in stored.protests.items():
        if protest.state in ("withdrawn", "rejected"):
            continue
        amended = [each for act in stored.acts[number] if act.kind == "amend" for each in act.details["categories"]]
        for category in {*protest.body["categories"], *amended}:
            for entry in protest.entries:
                standing.setdefault((party(protest), entry, category), []).append(number)
    return standing


def breaches_of_one_per_category(stored: Stored) -> Iterator[str]:
    """A party has one protest on a category of an entry; others, which came by event, are put down as second ones."""
    for key, numbers in list_standing(stored).items():
        outcomes = {each: {one["outcome"] for one in stored.protests[each].defects} for each in numbers}
        if len(first := [each for each in numbers if "second-protest" not in outcomes[each]]) > 1:
            yield f"{key} is under protests {first}"
        if len(by_hand := [each for each in numbers if not each.startswith("P-")]) > 1:
            yield f"{key} was taken twice: {by_hand}"


def breaches_of_decisions(stored: Stored) -> Iterator[str]:
    """A signed decision covers every entry, by another person, and allows only what was protested in time."""
    lines: dict[tuple[str, int], list[Any]] = {}
    for each in stored.decisions:
        lines.setdefault((each.filing_number, each.act_number), []).append(each)
    signed = {
        (number, act.number): act for number, acts in stored.acts.items() for act in acts if act.kind in DECISIONS
    }
    if signed.keys() != lines.keys():
        yield f"signed {sorted(signed)}, decided {sorted(lines)}"
    for (number, place), act in signed.items():
        decided = lines[number, place]
        outcomes = {each.outcome for each in decided}
        kind = "allow-in-part" if len(outcomes) > 1 else {"allowed": "allow", "denied": "deny"}[outcomes.pop()]
        if kind != act.kind or {each.entry_number for each in decided} != set(stored.protests[number].entries):
            yield f"{number}: {act.kind} of {[(each.entry_number, each.outcome) for each in decided]}"
        before = [each for each in stored.acts[number] if each.number < place]
        recommended = max((each for each in before if each.kind == "recommend"), key=lambda each: each.number)
        if {act.actor, act.acting_for} & ({recommended.actor, recommended.acting_for} - {None}):
            yield f"{number}: {act.actor} signed what {recommended.actor} recommended"
        for each in decided:
            late = stored.times[number, each.entry_number].timeliness not in ("timely", "arguable")
            if each.outcome == "allowed" and late:
                yield f"{number} {each.entry_number} was allowed out of time"
            if each.outcome == "denied" and (each.change_duty_cents or each.change_fees_cents):
                yield f"{number} {each.entry_number} was denied and changes money"


def breaches_of_further_review(stored: Stored) -> Iterator[str]:
    """Nothing is denied before the application is considered, nor below what headquarters answered."""
    favour = {"denied": 0, "allowed-in-part": 1, "allowed": 2}
    kinds = {"allow": "allowed", "allow-in-part": "allowed-in-part", "deny": "denied"}
    for number, acts in stored.acts.items():
        is_waiting = bool(stored.protests[number].body.get("further_review"))
        answer = None
        for act in acts:
            match act.kind:
                case "apply-further-review" | "set-aside":
                    is_waiting = True
                case "refuse-further-review" | "answer-further-review":
                    is_waiting = False
                    answer = act.details.get("outcome", answer)
                case "forward" if not any(each.kind == "grant-further-review" for each in acts) and not any(
                    each.kind == "set-aside" for each in acts
                ):
                    yield f"{number} was forwarded and further review not granted"
                case "deny" | "allow-in-part" if is_waiting:
                    yield f"{number}: {act.kind} before further review was considered"
                case _:
                    pass
            if answer is not None and act.kind in kinds and favour[kinds[act.kind]] < favour[answer]:
                yield f"{number}: {act.kind}, headquarters answered {answer}"


def breaches_of_leads(stored: Stored) -> Iterator[str]:
    """Who waits, waits for another protest; who does not wait any more is nobody's follower."""
    for number, protest in stored.protests.items():
        lead = protest.lead_protest
        if (lead is not None) != (protest.state == "suspended") or lead == number:
            yield f"{number} is {protest.state} behind {lead}"
        elif lead is not None and lead not in stored.protests:
            yield f"{number} waits for {lead}, which is none"


def find_breaches(stored: Stored, today: date, *, is_settled: bool) -> list[str]:
    return [
        *breaches_of_time(stored),
        *breaches_of_windows(stored),
        *breaches_of_the_law(stored, today, is_settled=is_settled),
        *breaches_of_one_per_category(stored),
        *breaches_of_decisions(stored),
        *breaches_of_further_review(stored),
        *breaches_of_leads(stored),
    ]


def shown_of(stored: Stored, number: str) -> tuple[Any, ...]:
    """What nothing may change once a suit is begun."""
    row = stored.protests[number]
    return (
        (row.state, row.acts, row.settled_on, row.denied_on, row.sue_by, row.further_review_state, row.due_on),
        [tuple(each) for each in stored.acts[number]],
        [tuple(each) for each in stored.decisions if each.filing_number == number],
        {each.entry_number: each.outcome for (of, _), each in stored.times.items() if of == number},
    )


def body_of(random: Random, today: date) -> dict[str, Any]:
    """What a filer states; not always all that is needed."""
    categories = random.sample(["computers", "monitors", "printers"], random.randint(1, 2))
    body: dict[str, Any] = {
        "decision": random.choice(["classification-rate-duty"] * 3 + ["liquidation", "exclusion-redelivery"]),
        "categories": categories,
        "protestant": {"name": "SYNTHETIC IMPORTER", "address": "1 Example Road"},
        "objections": [
            {"category": each, "nature": "Classified.", "reasons": "They weigh 2 kg."} for each in categories
        ],
        "demand_on": str(today - timedelta(days=random.choice([5, 179, 190]))),
        "issue": random.choice(["weight", "screens"]),
    }
    if random.random() < 0.9:
        body["goods"] = "Portable computers"
    if body["decision"] == "exclusion-redelivery":
        body["decision_on"] = str(today - timedelta(days=random.randint(0, 20)))
        body["redelivery"] = random.random() < 0.3
    body["accelerated_disposition"] = random.random() < 0.2
    body["further_review"] = random.random() < 0.3
    return body


@dataclass(slots=True)
class History:
    """A Center, filers and the law, acting at random: what is refused changes nothing."""

    engine: AsyncEngine
    clock: FixedClock
    random: Random
    numbers: list[str]
    fridays: list[date]
    tries: int = 0
    sent: list[Event[Any]] = field(default_factory=list)
    done: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    in_court: dict[str, tuple[Any, ...]] = field(default_factory=dict)

    @property
    def today(self) -> date:
        return legal_date(self.clock.now())

    def call(self) -> IdempotentCall:
        self.tries += 1
        return IdempotentCall(f"try-{self.tries}", "kim", f"hash-{self.tries}")

    async def step(self) -> None:
        """One thing that is tried, and everything that must hold after it."""
        is_settled = False
        name = self.random.choices(
            ["wait", "clocks", "file by event", "repeat", "file over HTTP", "reliquidate", "act"],
            [7, 4, 8, 2, 8, 1, 70],
        )[0]
        try:
            match name:
                case "wait":
                    self.clock.advance(timedelta(days=self.random.choice([1, 1, 3, 9, 25, 31, 62])))
                    while self.fridays and self.fridays[0] <= self.today:
                        await cycle(self.engine, self.fridays.pop(0))
                case "clocks":
                    await run_protest_clocks(self.engine, self.clock, LAW)
                    assert await run_protest_clocks(self.engine, self.clock, LAW) == 0
                    is_settled = True
                case "file by event":
                    await self._file_by_event()
                case "repeat" if self.sent:
                    await apply(self.engine, self.random.sample(self.sent, 1))
                case "file over HTTP":
                    await self._file()
                case "reliquidate":
                    effect = (self.random.randrange(-2000, 9000), 0)
                    number, now = self.random.choice(self.numbers), self.clock.now()
                    async with transaction(self.engine) as tx:
                        await post_reliquidation(tx, now, number, "center", effect, "Why.", PEOPLE[1], POLICY)
                case _:
                    name = await self._act()
            self.done[name] += 1
        except Refused as error:
            self.refused[error.code] += 1
        await self._check(is_settled=is_settled)

    async def _check(self, *, is_settled: bool) -> None:
        found = await find_violations(self.engine, (*PROTEST_INVARIANTS, *RECORD_INVARIANTS))
        assert not any(found.values()), found
        stored = await Stored.read(self.engine)
        assert find_breaches(stored, self.today, is_settled=is_settled) == []
        for number, row in stored.protests.items():
            if row.state == "in-court":
                assert self.in_court.setdefault(number, shown_of(stored, number)) == shown_of(stored, number)
        assert all(stored.protests[number].state == "in-court" for number in self.in_court)

    async def _file_by_event(self) -> None:
        day = self.today - timedelta(days=self.random.choice([0, 0, 2, 20, 45]))
        role = self.random.choice(["importer", "broker", "surety"])
        code = {"importer": IMPORTER, "broker": "B76", "surety": "036"}[role]
        event = post_entry(
            "protest",
            f"P-{len(self.sent)}",
            self.random.sample(self.numbers, self.random.randint(1, 2)),
            received_at=written(at(day)),
            body=body_of(self.random, day),
            filed_by={"role": role, "id": code, "name": "SYNTHETIC"},
        )
        self.sent.append(event)
        await apply(self.engine, [event])

    async def _file(self) -> None:
        numbers = self.random.sample(self.numbers, self.random.randint(1, 2))
        body, caller = body_of(self.random, self.today), self.random.choice(FILERS)
        async with transaction(self.engine) as tx:
            filed = await file_protest(tx, self.clock.now(), self.call().key, numbers, body, caller, LAW)
        assert filed.timeliness in ("timely", "arguable")

    async def _act(self) -> str:
        """An act on a protest by somebody who may do it, tried first: the preview says what then happens."""
        known = await rows(self.engine, protests)
        if not known:
            return "nothing"
        row = self.random.choices(known, [20 if each.is_open else 6 if each.denied_on else 1 for each in known])[0]
        kind = self._choose(row)
        request = ActRequest(kind, await self._details(kind, row, known))
        people = [each for each in PEOPLE if each.roles & set(MAY_ACT[kind])]
        caller = self.random.choices(people, [9 if each.subject == "owner" else 3 for each in people])[0]
        now, number = self.clock.now(), row.filing_number

        async def do() -> None:
            async with transaction(self.engine) as tx:
                await act_on_protest(tx, now, number, ANY_VERSION, request, caller, POLICY)

        try:
            async with transaction(self.engine) as tx:
                prepared = await prepare_act(tx, now, number, ANY_VERSION, request, caller, LAW)
        except Refused as error:
            with pytest.raises(type(error), match=re.escape(str(error))):
                await do()
            raise
        await do()
        return prepared.act.kind

    def _choose(self, row: Any) -> str:
        """Mostly an act that fits the state, so that histories come far; else any."""
        kinds = sorted(MAY_ACT)
        if self.random.random() < 0.1:
            return self.random.choice(kinds)
        fits = [kind for kind in kinds if self._fits(kind, row)]
        weights = [WEIGHTS.get(kind, 2) / (1 + self.done[kind]) for kind in fits or kinds]
        return self.random.choices(fits or kinds, weights)[0]

    def _fits(self, kind: str, row: Any) -> bool:
        if kind == "sign":
            return bool(row.state == "awaiting-signature")
        wanted: ActKind = next(each for each in TRANSITIONS if each == kind)
        return row.state in TRANSITIONS[wanted] and row.further_review_state in FURTHER_REVIEW.get(
            wanted, {row.further_review_state: None}
        )

    async def _details(self, kind: str, row: Any, known: Sequence[Any]) -> dict[str, Any]:
        random, day = self.random, self.today
        match kind:
            case "recommend":
                return {"reasons": "So held."} | self._recommended(row)
            case "reject":
                grounds = [each["outcome"] for each in row.defects if each["outcome"] in REJECTABLE]
                return {"ground": random.choice(grounds or sorted(REJECTABLE)), "reasons": "Defective."}
            case "amend":
                return {"categories": [random.choice(["computers", "monitors", "printers", "cables"])]}
            case "request-acceleration":
                return {"mailed_on": str(day - timedelta(days=random.choice([0, 0, 3, 40])))}
            case "apply-further-review" | "grant-further-review":
                return {"criteria": random.choice([["not-ruled-on"], ["new-facts-or-arguments"], []])}
            case "answer-further-review":
                outcome = random.choice(["allowed", "allowed-in-part", "denied"])
                return {"outcome": outcome, "reference": "HQ H000001", "reasons": "As held before."}
            case "suspend":
                return {"lead": random.choice(known).filing_number}
            case "summon":
                return {"filed_on": str(day), "court_number": "27-00001", "are_duties_paid": random.random() < 0.5}
            case "refuse-further-review":
                return {"reasons": "No criterion is met."}
            case _:
                return {"text": "A remark."}

    def _recommended(self, row: Any) -> dict[str, Any]:
        """All, nothing, or a part by entry or by line; the rest denied or left open."""
        items = []
        for entry in row.entries:
            choices: list[list[int | None]] = [[None], [1, 2], []]
            for number in self.random.choice(choices):
                outcome = self.random.choice(["allowed", "denied"])
                change = str(-self.random.randrange(1, 25)) + ".00" if outcome == "allowed" else "0.00"
                item = {"entry_number": entry, "line_number": number, "outcome": outcome, "reasons": "So held."}
                items.append(item | {"change_duty_usd": change, "change_fees_usd": "0.00"})
        return {"items": items, "otherwise": self.random.choice(["denied", "denied", None])}


async def file_entries(engine: AsyncEngine, numbers: list[str]) -> None:
    """Three entries: one to be liquidated by a decision, one as entered, one that liquidates only later."""
    bodies = [
        entry_body(number, lines=[line(), line(2)], entry_date=day)
        for number, day in zip(numbers, ("2026-03-02", "2026-03-02", "2026-04-27"), strict=True)
    ]
    filed = [decoded("entry-filed", body, time=f"{body['entry_date']}T19:00:00Z") for body in bodies]
    decision = review_decided(numbers[0], "increase", "90.00", decision_id="d-1", decided_by={"subject": "sam"})
    await apply(engine, [*filed, *map(routed, numbers), decision])


async def begin(engine: AsyncEngine, seed: int) -> History:
    """A history after the first cycle, with three protests on file, two of them on one entry."""
    numbers = [entry_number(5_000_000 + place) for place in range(3)]
    await file_entries(engine, numbers)
    await cycle(engine, LIQUIDATED)
    clock = FixedClock(datetime(2027, 1, 20, 17, tzinfo=UTC))
    history = History(engine, clock, Random(seed), numbers, [LATER_CYCLE])
    for number, category in ((numbers[0], "computers"), (numbers[0], "monitors"), (numbers[1], "computers")):
        objection = {"category": category, "nature": "Classified.", "reasons": "They weigh 2 kg."}
        body = body_of(Random(0), LIQUIDATED) | {
            "decision": "liquidation",
            "goods": "Portable computers",
            "categories": [category],
            "objections": [objection],
        }
        async with transaction(engine) as tx:
            await file_protest(tx, clock.now(), history.call().key, [number], body, FILERS[0], LAW)
    return history


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
async def test_no_act_outside_its_window_stands_whatever_is_tried(service_engine: MakeEngine, seed: int) -> None:
    history = await begin(await service_engine("liquidation"), seed)
    for _ in range(40):
        await history.step()
    await history.engine.dispose()


async def test_random_lives_reach_every_act(service_engine: MakeEngine) -> None:
    kinds: set[str] = set()
    done: Counter[str] = Counter()
    for seed in range(40):
        history = await begin(await service_engine("liquidation"), seed)
        history.done = done
        for _ in range(40):
            await history.step()
        kinds |= {row.kind for row in await rows(history.engine, protest_acts)}
        await history.engine.dispose()
        if kinds >= set(TRANSITIONS):
            return
    raise AssertionError(f"never done: {set(TRANSITIONS) - kinds}")


PROTEST_TABLES: Final = (protests, protest_entries, protest_acts, protest_decisions)
RELIQUIDATED: Final = date(2027, 4, 1)
LAST_DAY: Final = date(2027, 9, 1)


def filings_of(random: Random, numbers: list[str]) -> list[Event[Any]]:
    """Protests of some months in order of receipt; some are filed twice under one number, with other words."""
    found = []
    for place in range(7):
        day = LIQUIDATED + timedelta(days=random.randint(0, 210))
        role = random.choice(["importer", "surety"])
        body, named = body_of(random, day), random.sample(numbers, random.randint(1, 3))
        words: list[str | None] = ["Computers", "Monitors", None]
        for copy, goods in enumerate(words[: random.choice([1, 3])]):
            data = {
                "filing_number": f"P-{place}",
                "kind": "protest",
                "importer_number": IMPORTER,
                "filed_by": {"role": role, "id": {"importer": IMPORTER, "surety": "036"}[role]},
                "received_at": written(at(day)),
                "entries": named,
                "body": body | {"goods": goods},
            }
            sent_at = written(at(day) + timedelta(minutes=copy))
            found.append(decoded("post-entry-filed", data, id=f"filing-{place}-{copy}", time=sent_at))
    return sorted(found, key=lambda each: each.time)


async def live(engine: AsyncEngine, numbers: list[str], filings: list[Event[Any]], shuffle: Random | None) -> None:
    """Filings on their days with the law acting daily; or shuffled, repeated, early and late, the law acting last."""
    clock, random = FixedClock(at(LIQUIDATED, 20)), shuffle or Random(0)
    waiting = list(filings)
    if shuffle is not None:
        waiting += shuffle.sample(waiting, len(waiting) // 2)
        shuffle.shuffle(waiting)

    async def deliver(until: date, share: float) -> None:
        while waiting and (waiting[0].time.date() < until if shuffle is None else random.random() < share):
            size = 1 if shuffle is None else random.randint(1, 3)
            if shuffle is None:
                clock.advance(max(waiting[0].time - clock.now(), timedelta(0)))
                await run_protest_clocks(engine, clock, LAW)
            await apply(engine, waiting[:size])
            del waiting[:size]

    await deliver(LIQUIDATED, 0.4)
    await file_entries(engine, numbers)
    await deliver(LIQUIDATED, 0.4)
    await cycle(engine, LIQUIDATED)
    await deliver(LATER_CYCLE, 0.4)
    await cycle(engine, LATER_CYCLE)
    await deliver(RELIQUIDATED, 0.4)
    async with transaction(engine) as tx:
        await post_reliquidation(tx, at(RELIQUIDATED), numbers[0], "center", (30_00, 0), "Why.", PEOPLE[1], POLICY)
    await deliver(LAST_DAY, 1)
    clock.advance(at(LAST_DAY) - clock.now())
    await run_protest_clocks(engine, clock, LAW)


async def work_off(engine: AsyncEngine, random: Random) -> list[str]:
    """The same people do the same things, whatever came of them."""
    history = History(engine, FixedClock(at(LAST_DAY)), random, [], [])
    outcomes = []
    for _ in range(25):
        try:
            outcomes.append(await history._act())
        except Refused as error:
            outcomes.append(str(error))
    return outcomes


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
async def test_any_order_of_filings_and_liquidations_gives_the_same_protests(
    service_engine: MakeEngine, seed: int
) -> None:
    numbers = [entry_number(5_000_000 + place) for place in range(3)]
    filings = filings_of(Random(seed), numbers)
    found = []
    for shuffle in (None, Random(seed)):
        engine = await service_engine("liquidation")
        await live(engine, numbers, filings, shuffle)
        stored = await Stored.read(engine)
        assert find_breaches(stored, LAST_DAY, is_settled=True) == []
        outcomes = await work_off(engine, Random(seed))
        tables = [[tuple(row) for row in await rows(engine, table)] for table in PROTEST_TABLES]
        told = {
            event.id: (event.data.act, event.data.occurred_on, event.data.state)
            for event in await published(engine)
            if carries(event, ProtestChanged)
        }
        found.append((outcomes, tables, told))
        await engine.dispose()
    assert found[0] == found[1]
