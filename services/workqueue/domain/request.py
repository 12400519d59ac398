"""Requests for information (CBP 28) and notices of action (CBP 29): letters to the importer that live until they end.

Where a letter stands follows from the table of its process and three kinds of facts, in whatever order they are
learned: what officers did, what the party answered, and the day. That nobody answered is no fact that anybody
records: it is seen when the day has passed.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from textwrap import wrap
from types import MappingProxyType
from typing import Any, Final, Literal
from uuid import UUID

from services.workqueue.domain.clocks import Form, answer_due_on
from services.workqueue.domain.fact import Fact, of_item
from services.workqueue.domain.item import Person
from services.workqueue.domain.matter import KeptAct, people_of
from services.workqueue.domain.processes.engine import Done, Standing, follow, list_acts, stand
from services.workqueue.domain.processes.fields import revive
from services.workqueue.domain.processes.letters import LETTERS
from services.workqueue.domain.processes.notice_of_action import NOTICE_OF_ACTION
from services.workqueue.domain.processes.request_for_information import REQUEST_FOR_INFORMATION
from services.workqueue.domain.processes.shape import Act, Process
from shared.customs.calendar import end_of_legal_day, legal_date
from shared.customs.money import format_cents, to_cents

PROCESS_OF: Final[Mapping[Form, Process]] = MappingProxyType(
    {"CBP-28": REQUEST_FOR_INFORMATION, "CBP-29": NOTICE_OF_ACTION}
)
DRAFT: Final = "draft"
SILENCE: Final = "record-silence"
CHECK: Final = "check-earlier-requests"
EFFECT: Final = "compute-effect"
AGAIN: Final = "issue-again"
DIRECTLY: Final = "take-action-directly"
ISSUING: Final[Mapping[Form, str]] = MappingProxyType({"CBP-28": "issue", "CBP-29": "propose"})
ANSWERING: Final[Mapping[Form, str]] = MappingProxyType({"CBP-28": "record-response", "CBP-29": "record-reasons"})
EXTENDING: Final[Mapping[Form, str]] = MappingProxyType({"CBP-28": "extend-reply", "CBP-29": "set-day-on-form"})
NOT_BY_ACT: Final = frozenset({CHECK, EFFECT, SILENCE, AGAIN, *ISSUING.values()})
"""What the letter itself, its issue or the day says: nobody does it as an act of its own."""

RequestChange = Literal[
    "issued",
    "proposed",
    "reminded",
    "extended",
    "answered",
    "overdue",
    "assessed",
    "closed",
    "withdrawn",
    "taken",
    "approved",
]
CHANGE_OF: Final[Mapping[str, RequestChange]] = MappingProxyType(
    {
        "issue": "issued",
        "issue-again": "issued",
        "propose": "proposed",
        "remind": "reminded",
        "extend-reply": "extended",
        "set-day-on-form": "extended",
        "record-response": "answered",
        "record-reasons": "answered",
        "assess": "assessed",
        "close": "closed",
        "propose-action": "closed",
        "withdraw": "withdrawn",
        "take-action": "taken",
        "take-action-directly": "taken",
        "approve-repetition": "approved",
    }
)
"""What each act does to a letter, in the words of its events."""
Notice = tuple[Form, str, date | None]
"""A notice of action: form, stage, and the last day for an answer; None while it is a draft."""
HEARD: Final = frozenset({"responded", "silent", "action-taken"})
"""Where a notice of action that was proposed stands once the importer has had the time to answer."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A request or notice to an importer, from its first draft.

    `asked_until` is the day on the form; `due_on` that day as it was extended, None of a draft. `stage` follows from
    the acts and answers that are known, not from the day (`shown_stage`). `issue` and `goods` (digits of a tariff
    number) are what a repetition is known by; `effect_cents` is what a notice of action changes in all. `authority` is
    the row of the table on which it rests; None before rows were kept.
    """

    request_id: UUID
    item_id: UUID
    form: Form
    entry_numbers: tuple[str, ...]
    importer_number: str
    center: str
    questions: tuple[str, ...]
    drafted_at: datetime
    by: Person
    authority: str | None = None
    issue: str | None = None
    goods: str | None = None
    effect_cents: int | None = None
    issued_on: date | None = None
    issued_at: datetime | None = None
    asked_until: date | None = None
    due_on: date | None = None
    stage: str = DRAFT
    changes: int = 0
    from_request: UUID | None = None

    @property
    def filer_code(self) -> str | None:
        """The filer of the entries, where one filed all of them: an entry number begins with it."""
        codes = {number[:3] for number in self.entry_numbers}
        return codes.pop() if len(codes) == 1 else None

    @property
    def has_own_day(self) -> bool:
        """Whether the form names another day to answer than the usual one."""
        return self.issued_on is not None and self.asked_until not in (None, usual_day(self.form, self.issued_on))

    @property
    def is_issued(self) -> bool:
        """Whether it went out: a draft is nobody's but the Center's."""
        return self.issued_at is not None


@dataclass(frozen=True, slots=True)
class LetterAnswer:
    """What a party answered: by a filing that names the letter, or over the API, then with its text and references."""

    at: datetime
    filing_number: str | None = None
    text: str | None = None
    files: tuple[str, ...] = ()
    by: Person | None = None
    authority: str | None = None


def stand_of_letter(
    letter: Letter, acts: Sequence[KeptAct], answers: Iterable[LetterAnswer], today: date | None
) -> Standing:
    """Where a letter stands by what is known: the same in whatever order answers and acts were learned.

    An answer counts from the first that came, and not before the letter was issued. `today` None leaves the day out of
    it: where people and parties have brought it.
    """
    process = PROCESS_OF[letter.form]
    answered_at = min((each.at for each in answers), default=None)
    standing = stand(process, letter.drafted_at, ())
    for kept in acts:
        act = process.act(kept.act)
        if act.source != (DRAFT,) and letter.issued_at is not None and letter.issued_at <= kept.at:
            standing = _issue(letter, process, standing)
        if standing.stage not in act.source and answered_at is not None:
            standing = _answer(letter, process, standing, answered_at)
        if standing.stage not in act.source:
            standing = _fall_silent(process, standing)
        done = Done(act.code, kept.at, people_of(kept.by), revive(act, kept.fields))
        standing = follow(process, standing, done)
    standing = _issue(letter, process, standing)
    if answered_at is not None:
        standing = _answer(letter, process, standing, answered_at)
    due_on = standing.due_on()
    return standing if today is None or due_on is None or due_on >= today else _fall_silent(process, standing)


def shown_stage(form: Form, stage: str, due_on: date | None, today: date) -> str:
    """The stage as the day leaves it: what waits for an answer is overdue, or met with silence, after its last day.

    >>> shown_stage("CBP-28", "issued", date(2026, 4, 1), date(2026, 4, 1))
    'issued'
    >>> shown_stage("CBP-28", "issued", date(2026, 4, 1), date(2026, 4, 2))
    'overdue'
    """
    silence = PROCESS_OF[form].act(SILENCE)
    is_past = due_on is not None and due_on < today
    return silence.target if is_past and stage in silence.source and silence.target is not None else stage


def waiting_stages(form: Form) -> tuple[str, ...]:
    """The stages in which a letter waits for the party, and its day runs."""
    return PROCESS_OF[form].act(SILENCE).source


def with_facts_of_the_letter(letter: Letter, standing: Standing, earlier: Sequence[UUID]) -> Standing:
    """A draft with what its own text says of it, and with the earlier letters on the same matter that it repeats."""
    if standing.stage != DRAFT:
        return standing
    process, drafter = PROCESS_OF[letter.form], people_of(letter.by)
    match letter.form:
        case "CBP-28":
            said: dict[str, Any] = {"earlier_requests": "some" if earlier else "none"}
            return follow(process, standing, Done(CHECK, letter.drafted_at, drafter, said))
        case "CBP-29":
            said = {"effect_usd": "as the text says"}
            if letter.effect_cents is not None:
                said = {"effect_usd": letter.effect_cents, "increase": increase_of(letter.effect_cents)}
            return follow(process, standing, Done(EFFECT, letter.drafted_at, drafter, said))


HEARD_BY_ITEM: Final[frozenset[RequestChange]] = frozenset(
    {"extended", "answered", "overdue", "assessed", "closed", "withdrawn", "taken"}
)
"""What becomes of a letter that the matter of its item follows, or waits for no more after."""
_QUESTIONS: Final = ("questions", "proposal_reasons", "decision_reasons")
_EFFECTS: Final = ("proposed_usd", "effect_usd", "duty_usd", "processing_fee_usd")
_DAYS: Final = ("issued_on", "proposed_on", "mailed_on")
"""Under which names acts that ask by letter record what it says, what it changes in all, and its day."""
_GOODS: Final = re.compile(r"[0-9]{4,10}")
_LONGEST_QUESTION: Final = 500
_LONGEST_FIELD: Final = 4000


@dataclass(frozen=True, slots=True)
class SaidByAct:
    """What an act says that a letter repeats."""

    questions: tuple[str, ...]
    effect_cents: int | None


def follows_letter(act: Act) -> bool:
    """Whether what becomes of a letter does the act."""
    return act.event is not None and act.event.startswith(f"{LETTERS}:")


def follows_letters(process: Process) -> bool:
    """Whether matters of a process follow what becomes of their letters."""
    return any(map(follows_letter, process.acts))


def form_opened_by(act: Act) -> Form | None:
    """The form of the letter that an act opens; None where it opens none."""
    return next((form for form, process in PROCESS_OF.items() if process.code == act.opens), None)


def is_asking(process: Process, act: Act) -> bool:
    """Whether the matter waits for somebody after the act: then its letter is issued with it, else drafted."""
    return act.target is not None and process.stage(act.target).waits_for is not None


def asking_act(process: Process, standing: Standing, form: Form) -> Act | None:
    """The act of a stage that asks by such a letter; None where there is none."""
    acts = (act for act in list_acts(process, standing) if form_opened_by(act) == form)
    return next((act for act in acts if is_asking(process, act)), None)


def with_day_of_letter(act: Act, given: Mapping[str, Any], today: date) -> Mapping[str, Any]:
    """The fields of an act that asks by letter, with the day of the letter where none is given: it goes out today."""
    if form_opened_by(act) is None:
        return given
    return {**{field.name: today.isoformat() for field in act.fields if field.name in _DAYS}, **given}


def faults_in_letter(fields: Mapping[str, Any], today: date) -> list[tuple[str, str]]:
    """What an act says that the letter by which it asks cannot say: each field with what is wrong."""
    faults = [
        (name, f"{fields[name]} came; right is {today}: the letter goes out today")
        for name in _DAYS
        if name in fields and fields[name] != today.isoformat()
    ]
    if "goods" in fields and not _GOODS.fullmatch(fields["goods"]):
        faults.append(("goods", f"{fields['goods'][:60]} came; right are 4 to 10 digits of a tariff number"))
    return faults


def text_by_act(fields: Mapping[str, Any]) -> SaidByAct:
    """What the letter of an act says: its lines, each as long as a question may be, and the money that it names.

    >>> text_by_act({"questions": "Who made it?\\nWhere?"}).questions
    ('Who made it?', 'Where?')
    """
    text = next((fields[name] for name in _QUESTIONS if name in fields), "")
    lines = [line for line in text.splitlines() if line.strip()]
    questions = [part for line in lines for part in wrap(line, _LONGEST_QUESTION)]
    money = [to_cents(Decimal(fields[name])) for name in _EFFECTS if name in fields]
    return SaidByAct(tuple(questions), sum(money) if money else None)


def fields_of_letter(act: Act, letter: Letter) -> dict[str, Any]:
    """What an act records of the letter that it asks by: what the letter says, as far as the act has a name for it."""
    assert letter.issued_on is not None
    asked = {field.name for field in act.fields}
    text = "\n".join(letter.questions)[:_LONGEST_FIELD]
    said: dict[str, Any] = dict.fromkeys(_QUESTIONS, text) | dict.fromkeys(_DAYS, letter.issued_on.isoformat())
    if letter.effect_cents is not None and letter.effect_cents >= 0:
        said |= dict.fromkeys(_EFFECTS[:2], format_cents(letter.effect_cents))
    said |= {"letter_entries": list(letter.entry_numbers)}
    said |= {name: value for name, value in (("issue", letter.issue), ("goods", letter.goods)) if value is not None}
    return {name: value for name, value in said.items() if name in asked}


def moment_of(letter: Letter, change: RequestChange, now: datetime, answered_at: Iterable[datetime]) -> datetime:
    """When a change of a letter was: an answer when the first came, silence when its day had ended."""
    if change == "answered":
        return min(answered_at, default=now)
    if change == "overdue" and letter.due_on is not None:
        return end_of_legal_day(letter.due_on)
    return now


def fact_of_letter(letter: Letter, word: str, at: datetime) -> Fact:
    """What became of a letter, as its item follows it; of answers the first is the fact, whenever it is learned."""
    key = word if word == "answered" else f"{word}-{letter.changes}"
    fields: dict[str, Any] = {"request_id": str(letter.request_id)}
    if word == "answered":
        fields["answered_on"] = legal_date(at).isoformat()
    if letter.due_on is not None:
        fields["due_on"] = letter.due_on.isoformat()
    return Fact(of_item(letter.item_id), f"{letter.request_id}:{key}", LETTERS, word, at, letter.changes, fields)


NOTICE_OVER_CENTS: Final = 15_00
"""Rule cf29-threshold [S], 19 CFR 152.2: notice is due of an increase of more than 15 dollars in all."""


def increase_of(effect_cents: int) -> str:
    """The increase as the notice of action records it.

    >>> increase_of(1501), increase_of(1500), increase_of(-1)
    ('over-15-usd', 'up-to-15-usd', 'none')
    """
    if effect_cents > NOTICE_OVER_CENTS:
        return "over-15-usd"
    return "up-to-15-usd" if effect_cents > 0 else "none"


def usual_day(form: Form, issued_on: date) -> date:
    """The last day to answer where the form names no other."""
    return answer_due_on(form, issued_on)


def act_of_letter(letter: Letter, code: str) -> Act | None:
    """An act of the letter's process that a person does; None for what the table has not, and `NOT_BY_ACT`."""
    process = PROCESS_OF[letter.form]
    return next((act for act in process.acts if act.code == code and code not in NOT_BY_ACT), None)


def _issue(letter: Letter, process: Process, standing: Standing) -> Standing:
    if standing.stage != DRAFT or letter.issued_at is None or letter.issued_on is None:
        return standing
    day = {"issued_on": letter.issued_on, "mailed_on": letter.issued_on}
    issuing = ISSUING[letter.form]
    standing = follow(process, standing, Done(issuing, letter.issued_at, people_of(letter.by), day))
    if letter.asked_until is None or letter.asked_until == usual_day(letter.form, letter.issued_on):
        return standing
    named = {"answer_by": letter.asked_until}
    return follow(process, standing, Done(EXTENDING[letter.form], letter.issued_at, frozenset(), named))


def _answer(letter: Letter, process: Process, standing: Standing, at: datetime) -> Standing:
    act = process.act(ANSWERING[letter.form])
    if standing.stage not in act.source:
        return standing
    return follow(process, standing, Done(act.code, max(at, standing.since), frozenset(), {}))


def _fall_silent(process: Process, standing: Standing) -> Standing:
    act, due_on = process.act(SILENCE), standing.due_on()
    if standing.stage not in act.source or due_on is None:
        return standing
    return follow(process, standing, Done(act.code, end_of_legal_day(due_on), frozenset(), {}))


_INVESTIGATION: Final = re.compile(
    r"\b(investigat\w*|penalt\w*|fraud\w*|criminal\w*|culpab\w*|negligen\w*|violat\w*|seiz(?:e|ed|ure|ures|ing)"
    r"|prosecut\w*|smuggl\w*|undervalu\w*|evasion|evad\w*|suspect\w*|referral|homeland security)\b",
    re.IGNORECASE,
)
NO_INVESTIGATION: Final = (
    "A CBP 28 or 29 asks about goods and is no notice of an investigation: such a word would tell the party of one, and"
    " when one was opened decides whether a prior disclosure is in time (19 CFR 162.74)."
)


def find_investigation_word(texts: Iterable[str]) -> str | None:
    """The first word of an investigation in texts that go to a party; None when there is none.

    >>> find_investigation_word(["How is the price made up?", "A Fraudulent invoice?"])
    'Fraudulent'
    """
    for text in texts:
        if found := _INVESTIGATION.search(text):
            return found.group(0)
    return None
