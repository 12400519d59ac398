"""Which notices an act causes, and what they say."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final, assert_never

from services.notifications.domain.bulletin import Posting
from services.notifications.domain.catalogue import CATALOGUE, NoticeKind
from services.notifications.domain.facts import Act, Assignment, EntryAct, Ground, ProtestFiled, Request
from shared.customs.calendar import add_days

PROTEST_DAYS: Final = 180
REPLY_DAYS: Final[Mapping[str, int]] = {"N-03": 30, "N-04": 20}

_LIQUIDATIONS: Final = frozenset({"liquidated", "deemed-liquidated", "reliquidated"})
_KINDS_BY_CHANGE: Final[Mapping[str, tuple[str, ...]]] = {
    "liquidated": ("N-13", "N-09"),
    "deemed-liquidated": ("N-13", "N-09"),
    "reliquidated": ("N-13", "N-09"),
    "suspended": ("N-11",),
    "extended": ("N-10",),
    "rescheduled": ("N-14",),
}
_KIND_BY_FORM: Final[Mapping[str, str]] = {"CBP-28": "N-03", "CBP-29": "N-04"}
_CITATION_BY_KIND: Final[Mapping[str, str]] = {
    "N-01": "19 CFR 101.10",
    "N-03": "CBP Form 28; 19 USC 1509(a)",
    "N-04": "19 CFR 152.2",
    "N-09": "19 CFR 159.9",
    "N-10": "19 USC 1504(b); 19 CFR 159.12",
    "N-11": "19 USC 1504(c); 19 CFR 159.12(c)",
    "N-13": "19 USC 1500(e); 19 CFR 159.9",
    "N-14": "CBP Dec. 16-25 (81 FR 89375)",
    "N-16": "19 USC 1515; 19 CFR 174.12",
}


@dataclass(frozen=True, slots=True)
class Notice:
    """One notice as a fact. `subject` and `sequence` say what caused it: with the kind they identify it for ever."""

    kind: str
    subject: str
    sequence: int
    importer_number: str
    issued_on: date
    citation: str
    entry_numbers: tuple[str, ...] = ()
    filer_code: str | None = None
    surety_code: str | None = None
    center: str | None = None
    due_on: date | None = None
    body: Mapping[str, Any] = field(default_factory=dict)
    posting: Posting | None = None

    @property
    def entry_number(self) -> str | None:
        """The entry, where the notice is about one only."""
        return self.entry_numbers[0] if len(self.entry_numbers) == 1 else None

    @property
    def catalogued(self) -> NoticeKind:
        """Its kind in the catalogue."""
        return CATALOGUE[self.kind]


def causes_notice(change: str) -> bool:
    """Whether a change of an entry is one that anybody is told about; `scheduled`, for one, is not.

    >>> causes_notice("scheduled"), causes_notice("liquidated")
    (False, True)
    """
    return change in _KINDS_BY_CHANGE


def notices_for(act: Act) -> tuple[Notice, ...]:
    """The notices that an act causes; the same act always gives the same ones."""
    match act:
        case EntryAct():
            return tuple(_entry_notice(kind, act) for kind in _KINDS_BY_CHANGE.get(act.change, ()))
        case ProtestFiled():
            return (_protest_receipt(act),)
        case Request():
            return (_request_notice(act),)
        case Assignment():
            return (_assignment_notice(act),)
        case _:
            assert_never(act)


def liquidated_on(act: EntryAct) -> date:
    """The date of liquidation: the posting, or for a deemed one the end of the statutory period.

    Rules liquidation-date [S], 19 CFR 159.9(c)(1), and liquidation-date-deemed [S], 19 CFR 159.9(c)(2)(i): an entry
    of 2 March 2025 that nobody liquidated is liquidated on 2 March 2026, also when that is posted a week later.
    """
    if act.change == "deemed-liquidated" and act.deemed_on is not None:
        return act.deemed_on
    return act.occurred_on


def protest_by(act: EntryAct) -> date:
    """The safe last day to protest a liquidation: 180 days after it.

    Rules protest-180 [S], 19 USC 1514(c)(3), 19 CFR 174.12(e), and protest-deemed [U]: counted from the deemed date.
    Liquidated on 6 February 2026: protest by 5 August 2026. Never rolled, because it warns a filer.
    """
    return add_days(liquidated_on(act), PROTEST_DAYS)


def _entry_notice(kind: str, act: EntryAct) -> Notice:
    is_liquidation = act.change in _LIQUIDATIONS
    catalogued = CATALOGUE[kind]
    is_posted = any(route.channel == "bulletin" for route in catalogued.routes)
    return Notice(
        kind=kind,
        subject=act.entry_number,
        sequence=act.sequence,
        importer_number=act.importer_number,
        issued_on=act.occurred_on,
        citation=_with(_CITATION_BY_KIND[kind], act.citation),
        entry_numbers=(act.entry_number,),
        filer_code=act.filer_code,
        surety_code=act.surety_code if catalogued.is_for_surety else None,
        center=act.center,
        due_on=protest_by(act) if is_liquidation else None,
        body=_without_nothing(
            {
                "change": act.change,
                "kind": act.kind,
                "entry_type": act.entry_type,
                "port_of_entry": act.port_of_entry,
                "entry_date": act.entry_date.isoformat(),
                "liquidated_on": liquidated_on(act).isoformat() if is_liquidation else None,
                "scheduled_on": None if is_liquidation else _iso(act.scheduled_on),
                "previous_scheduled_on": None if is_liquidation else _iso(act.previous_scheduled_on),
                "deemed_on": None if is_liquidation else _iso(act.deemed_on),
                "duty_effect_usd": act.duty_effect_usd if is_liquidation else None,
                "fees_effect_usd": act.fees_effect_usd if is_liquidation else None,
                "reasons": _grounds(act.grounds),
            }
        ),
        posting=_posting(act) if is_posted else None,
    )


def _posting(act: EntryAct) -> Posting:
    events = {"reliquidated": "reliquidation", "suspended": "suspension", "extended": "extension"}
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
        action=act.kind or act.change,
        event_on=liquidated_on(act),
        posted_on=act.occurred_on,
    )


def _protest_receipt(act: ProtestFiled) -> Notice:
    return Notice(
        kind="N-16",
        subject=act.protest_number,
        sequence=act.sequence,
        importer_number=act.importer_number,
        issued_on=act.received_on,
        citation=_with(_CITATION_BY_KIND["N-16"], act.citation),
        entry_numbers=act.entry_numbers,
        filer_code=_only_filer(act.entry_numbers),
        body=_without_nothing(
            {
                "protest_number": act.protest_number,
                "received_on": act.received_on.isoformat(),
                "decide_by": _iso(act.decide_by),
                "further_review": act.is_further_review,
            }
        ),
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
        citation=_CITATION_BY_KIND[kind],
        entry_numbers=act.entry_numbers,
        filer_code=_only_filer(act.entry_numbers),
        center=act.center,
        due_on=act.due_on or add_days(act.issued_on, REPLY_DAYS[kind]),
        body={"request_id": act.request_id, "questions": list(act.questions)},
    )


def _assignment_notice(act: Assignment) -> Notice:
    return Notice(
        kind="N-01",
        subject=act.importer_number,
        sequence=act.sequence,
        importer_number=act.importer_number,
        issued_on=act.effective_on,
        citation=_CITATION_BY_KIND["N-01"],
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
