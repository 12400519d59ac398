"""Which notices an act causes, and what they say."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final, assert_never

from services.notifications.domain.bulletin import VOIDING, Posting
from services.notifications.domain.catalogue import CATALOGUE
from services.notifications.domain.facts import (
    Act,
    AppealAct,
    Assignment,
    Broadcast,
    DeclarationResult,
    EntryAct,
    Ground,
    LetterChange,
    Money,
    PaymentAct,
    ProtestAct,
    ProtestFiled,
    Refusal,
    Request,
    WebhookOff,
    WorkAct,
)
from services.notifications.domain.kind import TO_FILER, NoticeKind, Route, Wording
from services.notifications.domain.payment_kinds import RESULT, SENT, SET_OFF, STATEMENT
from services.notifications.domain.reminding import REMINDER, NearDay, subject_of
from services.notifications.domain.work_notices import BY_ACT
from shared.customs.calendar import add_days
from shared.customs.money import format_cents, to_cents
from shared.customs.parties import is_party_id

ANSWER_AT: Final = "answer_at"
"""Where a party answers that is asked how it went: a path of the work queue, to which its address is put."""

_PROTEST_DAYS: Final = 180
_LEGACY_PROTEST_DAYS: Final = 90
_LONGER_PROTEST_SINCE: Final = date(2004, 12, 18)
REPLY_DAYS: Final[Mapping[str, int]] = {"N-03": 30, "N-04": 20}

CORRECTED_BY_OTHER: Final = "corrected-by-other-filer"
"""The code of the reason by which a version says that somebody else than the first filer presented it."""

_LIQUIDATIONS: Final = frozenset({"liquidated", "deemed-liquidated", "reliquidated"})
_KINDS_WITHOUT_INCREASE: Final = frozenset({"no-change", "refund", "deemed"})
_KINDS_BY_CHANGE: Final[Mapping[str, tuple[str, ...]]] = {
    "liquidated": ("N-13", "N-09"),
    "deemed-liquidated": ("N-13", "N-09"),
    "reliquidated": ("N-13", "N-09"),
    "liquidation-voided": ("N-39",),
    "suspended": ("N-11",),
    "suspension-lifted": ("N-12",),
    "extended": ("N-10",),
    "rescheduled": ("N-14",),
    "billed": ("N-34",),
    "bill-overdue": ("N-35",),
    "surety-billed": ("N-36",),
    "refund-changed": ("N-37",),
    "preference-claim-decided": ("N-21",),
}
_KIND_BY_PROTEST_ACT: Final[Mapping[str, tuple[str, str | None]]] = {
    "deny": ("N-17", None),
    "allow": ("N-17", "allowed"),
    "allow-in-part": ("N-17", "allowed-in-part"),
    "reject": ("N-17", "rejected"),
    "refuse-further-review": ("N-18", None),
    "grant-further-review": ("N-18", "granted"),
    "set-aside": ("N-18", "set-aside"),
    "refuse-set-aside": ("N-18", "set-aside-refused"),
    "deem-denied": ("N-19", None),
    "void-denial": ("N-40", None),
}
_SUIT_FOLLOWS: Final = frozenset({"deny", "allow-in-part", "deem-denied", "void-denial"})
_TOLD_BY_PAYMENT: Final = frozenset({"N-09", "N-37"})
_KIND_BY_PAYMENT_CHANGE: Final[Mapping[str, tuple[str, str | None]]] = {
    "closed": (STATEMENT, None),
    "set-off-intended": (SET_OFF, None),
    "sent": (SENT, None),
    "returned": (SENT, "returned"),
}
_WAITING: Final = "waiting-for-enrollment"
_EFFECT: Final = ("duty_effect_usd", "fees_effect_usd")
_COMPUTED: Final = (*_EFFECT, "by_class", "interest_usd", "total_usd")
_MONEY_OF_KIND: Final[Mapping[str, tuple[str, ...]]] = {
    "N-09": (*_COMPUTED, "bill_number", "bill_due_on", "refund_number", "refund_state", "refund_usd", "missing"),
    "N-13": _EFFECT,
    "N-34": (*_COMPUTED, "bill_number", "bill_open_usd"),
    "N-35": ("bill_number", "bill_due_on", "bill_open_usd"),
    "N-36": ("bill_number", "bill_due_on", "bill_open_usd"),
    "N-37": (*_COMPUTED, "refund_number", "refund_state", "refund_usd", "missing"),
}
_DATES_OF_KIND: Final[Mapping[str, tuple[str, ...]]] = {
    **dict.fromkeys(("N-10", "N-11", "N-12", "N-14"), ("scheduled_on", "previous_scheduled_on", "deemed_on")),
    "N-15": ("scheduled_on",),
    "N-39": ("scheduled_on", "deemed_on"),
}
_KIND_BY_FORM: Final[Mapping[str, str]] = {"CBP-28": "N-03", "CBP-29": "N-04"}
_VARIANT_OF_CHANGE: Final[Mapping[tuple[str, str], str]] = {
    ("CBP-28", "reminded"): "reminder",
    ("CBP-28", "extended"): "extended",
    ("CBP-28", "overdue"): "overdue",
    ("CBP-28", "withdrawn"): "withdrawn",
    ("CBP-29", "taken"): "taken",
    ("CBP-29", "withdrawn"): "withdrawn",
}
_ANSWERABLE: Final = frozenset({"reminder", "extended", "overdue"})
_REFUSED_ROUTE: Final = Route("portal", "filer")


@dataclass(frozen=True, slots=True)
class Notice:
    """One notice as a fact. `subject` and `sequence` say what caused it: with the kind they identify it for ever.

    `variant` is the case of its kind, which says its words; None is the plain one. `party_id` is the party that it
    is to, where it is a party's own and no importer's.
    """

    kind: str
    subject: str
    sequence: int
    importer_number: str | None
    issued_on: date
    citation: str
    entry_numbers: tuple[str, ...] = ()
    filer_code: str | None = None
    surety_code: str | None = None
    center: str | None = None
    due_on: date | None = None
    body: Mapping[str, Any] = field(default_factory=dict)
    posting: Posting | None = None
    variant: str | None = None
    party_id: str | None = None

    @property
    def entry_number(self) -> str | None:
        """The entry, where the notice is about one only."""
        return self.entry_numbers[0] if len(self.entry_numbers) == 1 else None

    @property
    def catalogued(self) -> NoticeKind:
        """Its kind in the catalogue."""
        return CATALOGUE[self.kind]

    @property
    def routes(self) -> tuple[Route, ...]:
        """The ways to those who are told whoever else is: those of its kind, and to the filer of a message its own.

        A message that is no event is told of in the inbox alone: filers publish many, and the bus answers each.
        """
        if self.importer_number is None:
            return (_REFUSED_ROUTE,) if self.variant == "refused" else (_REFUSED_ROUTE, TO_FILER)
        return self.catalogued.routes

    @property
    def words(self) -> Wording:
        """What it says."""
        return self.catalogued.words(self.variant)


def causes_notice(change: str, reasons: Iterable[str]) -> bool:
    """Whether an act on an entry, by its change and the codes of its reasons, is one that anybody is told about.

    `scheduled`, for one, is not, unless it tells of a correction by another filer.

    >>> causes_notice("scheduled", []), causes_notice("liquidated", [])
    (False, True)
    >>> causes_notice("scheduled", [CORRECTED_BY_OTHER])
    True
    """
    return change in _KINDS_BY_CHANGE or CORRECTED_BY_OTHER in reasons


def protest_act_causes_notice(act: str | None) -> bool:
    """Whether an act on a protest is one that anybody is told about; what the protestant did is not.

    >>> protest_act_causes_notice("withdraw"), protest_act_causes_notice("deny")
    (False, True)
    """
    return act in _KIND_BY_PROTEST_ACT


def request_causes_notice(form: str) -> bool:
    """Whether a request is by a form that has a notice; what another form asks of the importer is not known here.

    >>> request_causes_notice("CBP-28"), request_causes_notice("a-later-form")
    (True, False)
    """
    return form in _KIND_BY_FORM


def letter_change_causes_notice(form: str, change: str) -> bool:
    """Whether a change of a letter is one that its party is told about; what the party itself did is not.

    >>> letter_change_causes_notice("CBP-28", "answered"), letter_change_causes_notice("CBP-28", "overdue")
    (False, True)
    """
    return (form, change) in _VARIANT_OF_CHANGE


def payment_change_causes_notice(change: str) -> bool:
    """Whether what was done with a payment is one that its payee is told about; its inner steps are not.

    >>> payment_change_causes_notice("sent"), payment_change_causes_notice("certified")
    (True, False)
    """
    return change in _KIND_BY_PAYMENT_CHANGE


def notices_for(act: Act) -> tuple[Notice, ...]:
    """The notices that an act causes; the same act always gives the same ones."""
    match act:
        case EntryAct():
            return tuple(_entry_notice(kind, act) for kind in _kinds_of(act))
        case ProtestFiled():
            return (_protest_receipt(act),)
        case ProtestAct():
            return (_protest_notice(act),) if act.act in _KIND_BY_PROTEST_ACT else ()
        case Request():
            return (_request_notice(act),)
        case LetterChange():
            return (_letter_notice(act),) if (act.form, act.change) in _VARIANT_OF_CHANGE else ()
        case WorkAct():
            row = BY_ACT.get((act.process, act.act))
            return (_work_notice(act),) if row is not None and row.is_told(act.recorded) else ()
        case Assignment():
            return (_assignment_notice(act),)
        case AppealAct():
            return (_appeal_notice(act),) if act.outcome in {"upheld", "reassigned"} else ()
        case Broadcast():
            return tuple(_broadcast_notice(act, importer_number) for importer_number in act.importer_numbers)
        case Refusal():
            return (_refusal_notice(act),)
        case WebhookOff() | NearDay() | PaymentAct() | DeclarationResult():
            return (_notice_of_ours(act),)
        case _:
            assert_never(act)


def _notice_of_ours(act: WebhookOff | NearDay | PaymentAct | DeclarationResult) -> Notice:
    """The notice of what is of Centerline itself, and of no form of CBP."""
    match act:
        case WebhookOff():
            return _webhook_notice(act)
        case NearDay():
            return _reminder_notice(act)
        case PaymentAct():
            return _payment_notice(act)
        case DeclarationResult():
            return _result_notice(act)
        case _:
            assert_never(act)


def liquidated_on(act: EntryAct) -> date:
    """The day in law of a liquidation, of a later bill that of its act, of another act its own.

    Rules liquidation-date [S], 19 CFR 159.9(c)(1), and liquidation-date-deemed [S], 19 CFR 159.9(c)(2)(i): an entry
    of 2 March 2025 that nobody liquidated is liquidated on 2 March 2026, also when that is posted a week later.
    """
    return act.liquidated_on or act.occurred_on


def protest_by(act: EntryAct) -> date:
    """The safe last day to protest what an act on an entry decided or demanded, as its event says it.

    An event of the release before said none: it is counted here, from the liquidation, the demand on the surety or the
    denial of the claim. Rules protest-180, protest-surety [S], 19 USC 1514(c)(3), 19 CFR 174.12(e); protest-deemed [U];
    claim-1520d-form [P], 19 USC 1514(a)(7); protest-90-legacy [S]: 90 days for entries before 18 December 2004.
    Liquidated on 6 February 2026: protest by 5 August 2026. Never rolled, because it warns a filer.
    """
    is_legacy = act.entry_date < _LONGER_PROTEST_SINCE
    return act.protest_by or add_days(liquidated_on(act), _LEGACY_PROTEST_DAYS if is_legacy else _PROTEST_DAYS)


def _kinds_of(act: EntryAct) -> tuple[str, ...]:
    """The kinds of notice that an act on an entry causes: a bill has its own, and so has a refund that has to wait.

    Rules bill-notice-principal [S], 19 CFR 24.3a(d): the principal is notified when the bill is issued; refund-ach [S],
    91 FR 21 (CBP Dec. 25-18).
    """
    kinds = list(_KINDS_BY_CHANGE.get(act.change, ()))
    if act.change in _LIQUIDATIONS:
        if act.money.bill_number is not None:
            kinds.append("N-34")
        if act.money.refund_state == _WAITING:
            kinds.append("N-37")
    if any(ground.code == CORRECTED_BY_OTHER for ground in act.grounds):
        kinds.append("N-15")
    if act.program is not None:
        # What a program does to many entries is told with its payment (N-48): of an entry its posting is the notice.
        kinds = [kind for kind in kinds if kind not in _TOLD_BY_PAYMENT]
    if not _is_state_known(act.money):
        kinds = [kind for kind in kinds if kind != "N-37"]
    return tuple(kinds)


def _is_state_known(money: Money) -> bool:
    """Whether the state of a refund is one that there are words for; of another nothing is said."""
    return money.refund_state in (None, _WAITING, *CATALOGUE["N-37"].variants)


def _variant_of(kind: str, act: EntryAct) -> str | None:
    """Which words of its kind a notice uses."""
    match kind:
        case "N-09":
            return _variant_of_courtesy(act)
        case "N-12" if act.state == "suspended":
            return "still-suspended"
        case "N-12" if act.deemed_on is None:
            return "no-day"
        case "N-21" if act.rule == "claim-1520d":
            return "granted"
        case "N-34" if act.change in _LIQUIDATIONS and act.kind in _KINDS_WITHOUT_INCREASE:
            return "carried-over"
        case "N-35" if act.rule == "bill-dunning":
            return "dunning"
        case "N-37" if act.money.refund_state != _WAITING:
            return act.money.refund_state
        case _:
            return None


def _variant_of_courtesy(act: EntryAct) -> str | None:
    if act.money.bill_number is not None:
        return "billed"
    if act.money.refund_number is not None and _is_state_known(act.money):
        return "refund-waiting" if act.money.refund_state == _WAITING else "refund"
    return "amount-unknown" if act.money.missing is not None else None


def _due_on(kind: str, act: EntryAct) -> date | None:
    match kind:
        case "N-09" | "N-13" | "N-36":
            return protest_by(act)
        case "N-21" if act.rule != "claim-1520d":
            return protest_by(act)
        case "N-34":
            return act.money.bill_due_on
        case _:
            return None


def _entry_notice(kind: str, act: EntryAct) -> Notice:
    is_liquidation = act.change in _LIQUIDATIONS or act.liquidated_on is not None
    is_correction = kind == "N-15"
    catalogued = CATALOGUE[kind]
    is_posted = any(route.channel == "bulletin" for route in catalogued.routes)
    dates = {
        "scheduled_on": _iso(act.scheduled_on),
        "previous_scheduled_on": _iso(act.previous_scheduled_on),
        "deemed_on": _iso(act.deemed_on),
    }
    money = _money(act)
    grounds = tuple(each for each in act.grounds if not is_correction or each.code == CORRECTED_BY_OTHER)
    return Notice(
        kind=kind,
        subject=act.entry_number,
        sequence=act.sequence,
        importer_number=act.importer_number,
        issued_on=act.posted_on,
        citation=CATALOGUE[kind].law if is_correction else _with(CATALOGUE[kind].law, act.citation),
        entry_numbers=(act.entry_number,),
        filer_code=act.filer_code,
        surety_code=act.surety_code if catalogued.is_for_surety else None,
        center=act.center,
        due_on=_due_on(kind, act),
        body=_without_nothing(
            {
                "change": CORRECTED_BY_OTHER if is_correction else act.change,
                "kind": act.kind,
                "entry_type": act.entry_type,
                "port_of_entry": act.port_of_entry,
                "entry_date": act.entry_date.isoformat(),
                "state": act.state if kind == "N-39" else None,
                "voided_liquidation_on": _iso(act.voided_liquidation_on),
                "corrected_by": act.corrected_by if is_correction else None,
                "program": act.program,
                "liquidated_on": liquidated_on(act).isoformat() if is_liquidation else None,
                **_posting_apart(act),
                **{name: dates[name] for name in _DATES_OF_KIND.get(kind, ())},
                **{name: money[name] for name in _MONEY_OF_KIND.get(kind, ())},
                "protest_by": protest_by(act).isoformat() if is_liquidation and kind == "N-34" else None,
                "reasons": _grounds(grounds),
            }
        ),
        posting=_posting(act) if is_posted else None,
        variant=_variant_of(kind, act),
    )


def _posting_apart(act: EntryAct) -> dict[str, Any]:
    """The second day of an act whose notice was not made on its day in law: of a liquidation, the day of posting.

    Rule liquidation-date-deemed [S], 19 CFR 159.9(c)(2)(i): deemed on 2 March 2027 and posted on Friday the 5th.
    """
    if act.change in _LIQUIDATIONS:
        return {"posted_on": act.posted_on.isoformat()} if act.posted_on != liquidated_on(act) else {}
    return {"occurred_on": act.occurred_on.isoformat()} if act.posted_on != act.occurred_on else {}


def _money(act: EntryAct) -> dict[str, Any]:
    """What an act says of money; the total only where duty, fees and interest are all said. Two-decimal dollars.

    An act that changes nothing bears no interest: a difference under 20 dollars is disregarded with its interest (rule
    min-20-liquidation [S], 19 USC 1321(a)(1), 19 CFR 159.6).
    """
    money = act.money
    interest_usd = money.interest_usd if act.kind != "no-change" else None
    parts = (money.duty_effect_usd, money.fees_effect_usd, interest_usd)
    is_known = None not in parts and money.missing is None
    total = format_cents(sum(to_cents(part) for part in parts if part is not None)) if is_known else None
    return {
        "duty_effect_usd": money.duty_effect_usd,
        "fees_effect_usd": money.fees_effect_usd,
        "by_class": dict(money.by_class) or None,
        "interest_usd": interest_usd,
        "total_usd": total,
        "bill_number": money.bill_number,
        "bill_due_on": _iso(money.bill_due_on),
        "bill_open_usd": money.bill_open_usd,
        "refund_number": money.refund_number,
        "refund_state": money.refund_state,
        "refund_usd": money.refund_usd,
        "missing": money.missing,
    }


def _posting(act: EntryAct) -> Posting:
    events = {
        "reliquidated": "reliquidation",
        "suspended": "suspension",
        "extended": "extension",
        "liquidation-voided": VOIDING,
    }
    return Posting(
        entry_number=act.entry_number,
        filer_code=act.filer_code,
        importer_number=act.importer_number,
        surety_code=act.surety_code,
        port_of_entry=act.port_of_entry,
        entry_type=act.entry_type,
        entry_date=act.entry_date,
        event_type=events.get(act.change, "liquidation"),
        basis=act.rule,
        action="no-effect" if act.change == "liquidation-voided" else act.kind or act.change,
        event_on=liquidated_on(act),
        posted_on=act.posted_on,
    )


def _protest_receipt(act: ProtestFiled) -> Notice:
    return Notice(
        kind="N-16",
        subject=act.protest_number,
        sequence=act.sequence,
        importer_number=act.importer_number,
        issued_on=act.told_on,
        citation=_with(CATALOGUE["N-16"].law, act.citation),
        entry_numbers=act.entry_numbers,
        filer_code=_only_filer(act.entry_numbers),
        surety_code=act.surety_code,
        body=_without_nothing(
            {
                "protest_number": act.protest_number,
                "received_on": act.received_on.isoformat(),
                "decide_by": _iso(act.decide_by),
                "further_review": act.is_further_review,
            }
        ),
    )


def _protest_notice(act: ProtestAct) -> Notice:
    """What CBP, or the law, did on a protest, with the safe last day to sue or to ask for a refusal to be set aside.

    Rules summons-180 [S], 28 USC 2636(a), and afr-complaint-1515c [S], 19 USC 1515(c); void-no-toll [S], Sears Holdings
    (CIT 2012): the time to sue is that of the denial, also when a request to void it was made.
    """
    kind, variant = _KIND_BY_PROTEST_ACT[act.act]
    due_on = act.sue_by if act.act in _SUIT_FOLLOWS else None
    if act.act == "refuse-further-review":
        due_on = act.ask_set_aside_by
    return Notice(
        kind=kind,
        subject=act.protest_number,
        sequence=act.sequence,
        importer_number=act.importer_number,
        issued_on=act.told_on,
        citation=_with(CATALOGUE[kind].law, act.citation),
        entry_numbers=act.entry_numbers,
        filer_code=_only_filer(act.entry_numbers),
        surety_code=act.surety_code,
        due_on=due_on,
        body=_without_nothing(
            {
                "protest_number": act.protest_number,
                "act": act.act,
                "occurred_on": _iso(act.occurred_on) if act.occurred_on != act.told_on else None,
                "denied_on": _iso(act.denied_on) if act.act in _SUIT_FOLLOWS else None,
                "further_review_state": act.further_review_state,
                "duty_effect_usd": act.duty_effect_usd,
                "fees_effect_usd": act.fees_effect_usd,
                "outcomes": [
                    _without_nothing(
                        {
                            "entry_number": each.entry_number,
                            "line_number": each.line_number,
                            "outcome": each.outcome,
                            "reasons": each.reasons,
                        }
                    )
                    for each in act.outcomes
                ],
                "reasons": _grounds(act.grounds),
            }
        ),
        variant=variant,
    )


def _request_notice(act: Request) -> Notice:
    """The reply date is the one on the form, else 30 days (cf28-reply [S]) or 20 (cf29-proposed [S], 19 CFR 152.2)."""
    kind = _KIND_BY_FORM[act.form]
    return Notice(
        kind=kind,
        subject=act.request_id,
        sequence=1,
        importer_number=act.importer_number,
        issued_on=act.issued_on,
        citation=CATALOGUE[kind].law,
        entry_numbers=act.entry_numbers,
        filer_code=_only_filer(act.entry_numbers),
        center=act.center,
        due_on=act.due_on or add_days(act.issued_on, REPLY_DAYS[kind]),
        body=_without_nothing(
            {"request_id": act.request_id, "questions": list(act.questions) or None, "contact": act.contact}
        ),
    )


def _letter_notice(act: LetterChange) -> Notice:
    """What became of a letter. The day to answer is said as long as there is one."""
    kind, variant = _KIND_BY_FORM[act.form], _VARIANT_OF_CHANGE[act.form, act.change]
    return Notice(
        kind=kind,
        subject=act.request_id,
        sequence=act.sequence,
        importer_number=act.importer_number,
        issued_on=act.told_on,
        citation=CATALOGUE[kind].law,
        entry_numbers=act.entry_numbers,
        filer_code=_only_filer(act.entry_numbers),
        center=act.center,
        due_on=act.due_on if variant in _ANSWERABLE else None,
        body=_without_nothing({"request_id": act.request_id, "letter_of": _iso(act.issued_on), "contact": act.contact}),
        variant=variant,
    )


def _work_notice(act: WorkAct) -> Notice:
    """An act on a process: what its row of the table tells of what it recorded, and the last day of the party."""
    row = BY_ACT[act.process, act.act]
    entry_numbers = (act.entry_number,) if act.entry_number is not None else ()
    told = [[name, act.recorded[name]] for name in row.tells if act.recorded.get(name)]
    return Notice(
        kind=row.kind,
        subject=act.item_id,
        sequence=act.sequence,
        importer_number=act.importer_number,
        issued_on=act.told_on,
        citation=CATALOGUE[row.kind].law,
        entry_numbers=entry_numbers,
        filer_code=_only_filer(entry_numbers),
        surety_code=act.surety_code if CATALOGUE[row.kind].is_for_surety else None,
        center=act.center,
        due_on=row.term.ends_on(act.recorded) if row.term is not None else None,
        body=_without_nothing(
            {
                "filing_number": act.filing_number,
                "status": row.status,
                "recorded": told,
                "contact": act.contact,
                ANSWER_AT: f"/items/{act.item_id}/satisfaction" if row.asks else None,
            }
        ),
        variant=row.variant,
    )


def _appeal_notice(act: AppealAct) -> Notice:
    """What Field Operations decided; an appeal is decided once."""
    return Notice(
        kind="N-02",
        subject=act.appeal_number,
        sequence=1,
        importer_number=act.importer_number,
        issued_on=act.told_on,
        citation=CATALOGUE["N-02"].law,
        center=act.center,
        body=_without_nothing(
            {
                "appeal_number": act.appeal_number,
                "effective_on": _iso(act.effective_on),
                "reasons": [{"text": text, "citation": None} for text in act.reasons],
            }
        ),
        variant="reassigned" if act.outcome == "reassigned" else None,
    )


def _broadcast_notice(act: Broadcast, importer_number: str) -> Notice:
    """A bulletin of a Center to one importer: each has a notice of its own, which it can acknowledge."""
    return Notice(
        kind="N-33",
        subject=f"{act.broadcast_id}:{importer_number}",
        sequence=1,
        importer_number=importer_number,
        issued_on=act.told_on,
        citation=CATALOGUE["N-33"].law,
        center=act.center,
        body=_without_nothing(
            {
                "effective_on": _iso(act.effective_on),
                "recorded": [["subject", act.subject], ["bulletin", act.text]],
            }
        ),
    )


def _refusal_notice(act: Refusal) -> Notice:
    """A message that has no effect. Who the importer is was not read, so the filer alone is told."""
    return Notice(
        kind="N-05",
        subject=act.refusal_id,
        sequence=1,
        importer_number=None,
        issued_on=act.told_on,
        citation=act.citation or CATALOGUE["N-05"].law,
        entry_numbers=(act.entry_number,) if act.entry_number is not None else (),
        filer_code=act.filer_code,
        body=_without_nothing(
            {
                "message": act.event_id,
                "topic": act.topic,
                "code": act.code,
                "remedy": act.remedy,
                "faults": [
                    _without_nothing({"field": each.field, "came": each.came, "right": each.right})
                    for each in act.faults
                ],
                "reasons": [{"text": act.reason, "citation": act.citation}],
            }
        ),
        variant="barred" if act.is_barred else "refused",
    )


def _webhook_notice(act: WebhookOff) -> Notice:
    """A receiver that is called no more; whose it is is told of it alone."""
    party_kind, _, code = act.recipient.partition(":")
    return Notice(
        kind="N-41",
        subject=f"webhook:{act.webhook_id}",
        sequence=act.times,
        importer_number=None if is_party_id(act.recipient) else act.recipient,
        issued_on=act.told_on,
        citation=CATALOGUE["N-41"].law,
        filer_code=code if party_kind == "filer" else None,
        surety_code=code if party_kind == "surety" else None,
        party_id=act.recipient if is_party_id(act.recipient) else None,
        body={
            "webhook_id": act.webhook_id,
            "host": act.host,
            "reasons": [{"text": act.reason, "citation": None}],
        },
    )


def _reminder_notice(act: NearDay) -> Notice:
    """A day that comes near; its distance tells reminders of one day apart."""
    return Notice(
        kind=REMINDER,
        subject=subject_of(act.clock, act.due_on),
        sequence=act.days_before,
        importer_number=act.importer_number,
        issued_on=act.told_on,
        citation=act.citation,
        entry_numbers=(act.entry_number,),
        filer_code=act.entry_number[:3],
        center=act.center,
        due_on=act.due_on,
        body=_without_nothing(
            {
                "comes_near": act.what,
                "days_before": act.days_before,
                "when_it_passes": act.if_nothing_is_done,
                "overtaken_on": act.overtaken_on.isoformat(),
            }
        ),
    )


def _payment_notice(act: PaymentAct) -> Notice:
    """What a payee is told of a payment; what it lacks to be paid, and what is set off, with the bills.

    Rules refund-ach [S], 91 FR 21; bill-setoff-hold [S], 19 CFR 24.72.
    """
    kind, variant = _KIND_BY_PAYMENT_CHANGE[act.change]
    if kind == STATEMENT and act.missing is not None:
        variant = "waiting"
    is_set_off = act.offset_usd != format_cents(0)
    body = {
        "program": act.program,
        "payment": act.payment,
        "remittance": act.remittance if kind == SENT else None,
        "paid_to": "designee" if act.is_designee else None,
        "posting_day": act.posting_day.isoformat(),
        "occurred_on": act.occurred_on.isoformat() if act.occurred_on != act.told_on else None,
        "refunds": act.refunds,
        "removed_usd": act.removed_usd,
        "in_interest_usd": act.interest_usd,
        "other_usd": act.other_usd if act.other_usd not in (None, format_cents(0)) else None,
        "refund_usd": act.refund_usd,
        "delay_usd": act.delay_usd if act.delay_usd != format_cents(0) else None,
        "offset_usd": act.offset_usd if is_set_off else None,
        "net_usd": act.net_usd,
        "missing": act.missing if variant != "returned" else None,
        "remedy": act.remedy if variant != "returned" else None,
        "statement": act.statement,
        "recorded": [["set_off", f"{bill}: {usd}"] for bill, usd in act.offsets] if is_set_off else [],
        "reasons": [{"text": act.reason, "citation": None}] if act.reason is not None else [],
    }
    return Notice(
        kind=kind,
        subject=act.payment,
        sequence=act.sequence,
        importer_number=act.importer_number,
        issued_on=act.told_on,
        citation=_with(CATALOGUE[kind].law, act.citation),
        due_on=act.set_off_from if kind == SET_OFF else None,
        body=_without_nothing(body),
        variant=variant,
    )


def _result_notice(act: DeclarationResult) -> Notice:
    """What became of a declaration, to the importer or the filer that it was made for."""
    filer = act.filer_code if act.importer_number is None else None
    return Notice(
        kind=RESULT,
        subject=f"{act.declaration_id}:{act.importer_number or act.filer_code}",
        sequence=1,
        importer_number=act.importer_number,
        issued_on=act.told_on,
        citation=CATALOGUE[RESULT].law,
        filer_code=filer,
        body=_without_nothing(
            {
                "program": act.program,
                "declaration_id": act.declaration_id,
                "rows": act.rows,
                "accepted": act.accepted,
                "dropped": act.dropped,
                "removed_usd": act.removed_usd,
                "payees_not_ready": act.payees_not_ready or None,
                "missing": act.missing,
                "remedy": act.remedy,
                "results": act.results,
                "recorded": [["code", f"{code}: {entries}"] for code, entries in act.codes],
            }
        ),
        variant="payee-not-ready" if act.payees_not_ready else None,
        party_id=f"filer:{filer}" if filer is not None else None,
    )


def _assignment_notice(act: Assignment) -> Notice:
    return Notice(
        kind="N-01",
        subject=act.importer_number,
        sequence=act.sequence,
        importer_number=act.importer_number,
        issued_on=act.told_on,
        citation=CATALOGUE["N-01"].law,
        center=act.center,
        body=_without_nothing(
            {
                "previous_center": act.previous_center,
                "basis": act.basis,
                "effective_on": act.effective_on.isoformat(),
                "reasons": _grounds(act.grounds),
            }
        ),
    )


def _only_filer(entry_numbers: tuple[str, ...]) -> str | None:
    """The filer of all the entries, None when they have several."""
    filers = {number[:3] for number in entry_numbers}
    return filers.pop() if len(filers) == 1 else None


def _with(citation: str, also: str) -> str:
    return citation if also in citation else f"{citation}; {also}"


def _iso(on: date | None) -> str | None:
    return on.isoformat() if on else None


def _grounds(grounds: tuple[Ground, ...]) -> list[dict[str, Any]]:
    return [{"text": ground.text, "citation": ground.citation} for ground in grounds]


def _without_nothing(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in facts.items() if value is not None and value != []}
