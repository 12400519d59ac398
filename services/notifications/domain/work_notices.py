"""Which act on which process causes which notice of the Center: the table, and what of an act is told.

The acts are those of the work queue (docs/processes). An act that follows the legal record, routing or a letter is told
by what it follows, and not once more: `TOLD_ELSEWHERE`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Final, Literal, assert_never

from shared.customs.calendar import add_business_days, add_days, add_months

_NO_CLOSURES: Final[frozenset[date]] = frozenset()
"""A day that was closed by order and counts all the same gives the earlier last day, which is the safe one."""

Unit = Literal["days", "business-days", "months", "until"]


@dataclass(frozen=True, slots=True)
class Term:
    """The last day of a party: so long after the day that the act recorded under a name, or that day itself (`until`).

    Days are the safe last day: never moved for a weekend or holiday.
    """

    length: int
    unit: Unit
    field: str

    def ends_on(self, recorded: Mapping[str, str]) -> date | None:
        """The day, None where the act did not record a day to count from."""
        try:
            begins_on = date.fromisoformat(recorded[self.field])
        except (KeyError, ValueError):
            return None
        match self.unit:
            case "until":
                return begins_on
            case "days":
                return add_days(begins_on, self.length)
            case "months":
                return add_months(begins_on, self.length)
            case "business-days":
                return add_business_days(begins_on, self.length, _NO_CLOSURES)
            case _:
                assert_never(self.unit)


@dataclass(frozen=True, slots=True)
class WorkNotice:
    """One row: acts of a process, the notice that they cause, its case, and which of the recorded facts it tells.

    What is not named in `tells` stays in the Center. `status` is a word of the act itself that the notice tells.
    `unless` is a fact of the matter with which another matter tells it. `asks`: the party is asked how it went, and
    where it answers.
    """

    process: str
    acts: tuple[str, ...]
    kind: str
    variant: str | None = None
    tells: tuple[str, ...] = ()
    term: Term | None = None
    status: str | None = None
    unless: str | None = None
    asks: bool = False

    def is_told(self, recorded: Mapping[str, str]) -> bool:
        """Whether an act that recorded this causes the notice."""
        return self.unless is None or not recorded.get(self.unless)


_REJECTION: Final = ("reject_reason", "remarks")
_RESUBMIT: Final = Term(2, "business-days", "rejected_on")
_DECIDED: Final = ("relief", "decided_usd", "decided_on", "decision_reasons")
_QUANTITIES: Final = ("reported_on", "requested_quantity", "reserved_quantity", "licence_status")
_PENALTY: Final = "liquidated-damages-penalty"
_OWN_MATTER: Final = "petition_number"
"""A petition that came as a filing is decided in its own matter, and told by that alone (docs/decisions/050)."""


def _quota(act: str, status: str) -> WorkNotice:
    return WorkNotice("quota", (act,), "N-08", None, _QUANTITIES, status=status)


WORK_NOTICES: Final = (
    WorkNotice(
        "entry-summary-review",
        ("request-documents",),
        "N-06",
        None,
        ("documents", "documents_named"),
        Term(30, "days", "requested_on"),
    ),
    WorkNotice("entry-summary-review", ("reject", "reject-late"), "N-05", None, _REJECTION, _RESUBMIT),
    WorkNotice("entry-summary-review", ("cancel",), "N-07", None, ("cancellation_reason",)),
    WorkNotice("entry-summary-review", ("inactivate",), "N-07", "inactivated", ("inactivation_reason",)),
    WorkNotice("post-summary-correction", ("reject", "reject-reviewed"), "N-05", "correction", _REJECTION),
    WorkNotice("post-summary-correction", ("revert",), "N-05", "reverted", _REJECTION),
    WorkNotice("ad-cvd", ("request-certificate",), "N-05", "certificate", ("certificate_asked_on",)),
    WorkNotice(
        "reconciliation",
        ("reject",),
        "N-05",
        "reconciliation",
        ("uc_reason", "reject_reasons"),
        Term(0, "until", "extended_until"),
    ),
    _quota("report-accepted", "Q01: accepted"),
    _quota("report-apportioned", "Q02: apportioned"),
    _quota("report-filled", "Q03: filled"),
    _quota("report-filled-or-expired", "Q04: filled or expired"),
    _quota("report-banned", "Q05: import banned"),
    _quota("report-quantity", "Q15: quantity must be more than zero"),
    _quota("report-licence", "Q25 to Q28: licence"),
    _quota("report-pending", "Q17: pending more than 10 days"),
    WorkNotice("quota", ("accept-refiled",), "N-08", "accepted"),
    WorkNotice("quota", ("return-refiled",), "N-08", "returned"),
    WorkNotice("eapa", ("tell-measures",), "N-20", None, ("measures_told_on",)),
    WorkNotice("eapa", ("extend-determination",), "N-20", "extended", ("extension_reasons",)),
    WorkNotice("eapa", ("refer-scope", "refer-scope-under-measures"), "N-20", "scope", ("scope_question",)),
    WorkNotice("eapa", ("tell-determination",), "N-20", "determination", ("determination_told_on",)),
    WorkNotice(
        "eapa",
        ("affirm",),
        "N-20",
        "review",
        ("review_decided_on", "review_reasons"),
        Term(30, "business-days", "review_decided_on"),
        status="affirmed",
    ),
    WorkNotice(
        "eapa",
        ("reverse",),
        "N-20",
        "review",
        ("review_decided_on", "review_reasons"),
        Term(30, "business-days", "review_decided_on"),
        status="reversed",
    ),
    WorkNotice(
        "preference",
        ("tell-intent",),
        "N-21",
        "intent",
        ("intent_facts", "intent_on"),
        Term(30, "days", "intent_on"),
    ),
    WorkNotice("preference", ("qualify",), "N-21", "qualifies", ("decision_reasons",)),
    WorkNotice(
        "preference",
        ("deny",),
        "N-21",
        "denied-in-review",
        ("denied_entries", "decision_reasons", "duty_usd", "processing_fee_usd"),
    ),
    WorkNotice(
        "admissibility-advice",
        ("record-detention-notice",),
        "N-22",
        None,
        ("detention_noticed_on", "detention_days", "detention_asks"),
    ),
    WorkNotice(
        "admissibility-advice",
        ("follow-with-release", "depart-with-release"),
        "N-22",
        "released",
        ("followed_on", "departed_on"),
    ),
    WorkNotice(
        "admissibility-advice",
        ("follow-with-exclude", "depart-with-exclude"),
        "N-23",
        None,
        ("followed_on", "departed_on"),
    ),
    WorkNotice("admissibility-advice", ("record-deemed-exclusion",), "N-23", "deemed", ("deemed_excluded_on",)),
    WorkNotice("prior-disclosure", ("acknowledge",), "N-24", None, ("received_on", "is_oral", "other_ports")),
    WorkNotice(
        "prior-disclosure",
        ("ask-for-data",),
        "N-24",
        "incomplete",
        ("missing", "disclosed_on"),
        Term(30, "days", "disclosed_on"),
    ),
    WorkNotice(
        "prior-disclosure",
        ("extend-completion",),
        "N-24",
        "extended",
        ("extension_granted_on",),
        Term(60, "days", "extension_granted_on"),
    ),
    WorkNotice(
        "prior-disclosure",
        ("request-tender",),
        "N-25",
        None,
        ("notified_on",),
        Term(30, "days", "notified_on"),
    ),
    WorkNotice("prior-disclosure", ("close-interest-only",), "N-25", "interest-only"),
    WorkNotice("prior-disclosure", ("close-reduced-penalty",), "N-25", "reduced-penalty", ("penalty_usd",)),
    WorkNotice("prior-disclosure", ("find-invalid",), "N-25", "invalid", ("invalid_reasons",)),
    WorkNotice(
        "reconciliation",
        ("watch-other",),
        "N-26",
        None,
        ("issue", "earliest_summary_on", "flagged_entries"),
        Term(21, "months", "earliest_summary_on"),
    ),
    WorkNotice(
        "reconciliation",
        ("watch-trade",),
        "N-26",
        None,
        ("earliest_import_on", "flagged_entries"),
        Term(12, "months", "earliest_import_on"),
    ),
    WorkNotice("reconciliation", ("remind",), "N-26", "reminder", ("reminded_on",)),
    WorkNotice("reconciliation", ("mark-due",), "N-26", "due", ("due_noted_on",)),
    WorkNotice(
        "reconciliation",
        ("extend",),
        "N-26",
        "extended",
        ("extension_reason",),
        Term(0, "until", "extended_until"),
    ),
    WorkNotice("reconciliation", ("find-missed",), "N-26", "missed", ("missed_on",)),
    WorkNotice("internal-advice", ("send",), "N-27", None, ("sent_on",)),
    WorkNotice("internal-advice", ("refuse",), "N-27", "refused", ("refusal_reasons", "refused_on")),
    WorkNotice("internal-advice", ("uphold-refusal",), "N-27", "refusal-upheld", ("appeal_reasons",)),
    WorkNotice("internal-advice", ("reverse-refusal",), "N-27", "refusal-reversed", ("appeal_reasons",)),
    WorkNotice("internal-advice", ("decline",), "N-27", "declined", ("decline_reasons",)),
    WorkNotice("internal-advice", ("decide",), "N-27", "decided", ("ruling_number", "decided_on", "holding")),
    WorkNotice(
        "drawback-claim",
        ("request-documents",),
        "N-28",
        None,
        ("documents",),
        Term(30, "days", "requested_on"),
    ),
    WorkNotice(
        "drawback-claim",
        ("ask-to-complete",),
        "N-28",
        "incomplete",
        ("missing", "earliest_imported_on"),
        Term(60, "months", "earliest_imported_on"),
    ),
    WorkNotice("drawback-claim", ("pay-accelerated",), "N-28", "accelerated", ("accelerated_usd", "accelerated_on")),
    WorkNotice("drawback-claim", ("abandon",), "N-28", "abandoned", ("abandoned_on",)),
    WorkNotice("drawback-privilege", ("take-up",), "N-28", "application", ("privilege", "applied_on")),
    WorkNotice("drawback-privilege", ("ask",), "N-28", "asked", ("missing",), Term(30, "days", "requested_on")),
    WorkNotice("drawback-privilege", ("grant",), "N-28", "granted", ("granted_from",)),
    WorkNotice("drawback-privilege", ("deny",), "N-28", "denied", ("denial_reasons",)),
    WorkNotice(
        "drawback-privilege",
        ("propose-revocation",),
        "N-28",
        "revocation-proposed",
        ("privilege", "revocation_reasons"),
        Term(30, "days", "proposed_on"),
    ),
    WorkNotice("drawback-privilege", ("revoke",), "N-28", "revoked", ("revoked_from", "decision_reasons")),
    WorkNotice("drawback-privilege", ("keep",), "N-28", "kept", ("decision_reasons",)),
    WorkNotice(
        _PENALTY,
        ("issue-pre-penalty",),
        "N-29",
        None,
        ("contemplated_usd", "pre_penalty_mailed_on"),
        Term(30, "days", "pre_penalty_mailed_on"),
    ),
    WorkNotice(
        _PENALTY,
        ("issue-short-pre-penalty",),
        "N-29",
        None,
        ("contemplated_usd", "pre_penalty_mailed_on"),
        Term(0, "until", "reply_by"),
    ),
    WorkNotice(
        _PENALTY,
        ("issue-penalty-notice",),
        "N-30",
        None,
        ("assessed_usd", "noticed_on"),
        Term(60, "days", "noticed_on"),
    ),
    WorkNotice(
        _PENALTY,
        ("issue-short-penalty-notice",),
        "N-30",
        None,
        ("assessed_usd", "noticed_on"),
        Term(0, "until", "petition_by"),
    ),
    WorkNotice(
        _PENALTY,
        ("issue-damages-notice",),
        "N-30",
        "damages",
        ("assessed_usd", "noticed_on"),
        Term(60, "days", "noticed_on"),
    ),
    WorkNotice(
        _PENALTY,
        ("issue-seizure-notice",),
        "N-30",
        "seizure",
        ("assessed_usd", "noticed_on"),
        Term(30, "days", "noticed_on"),
    ),
    WorkNotice(
        _PENALTY,
        ("decide-petition", "decide-damages-petition"),
        "N-31",
        None,
        _DECIDED,
        Term(60, "days", "decided_on"),
        unless=_OWN_MATTER,
    ),
    WorkNotice(
        _PENALTY,
        ("decide-supplemental",),
        "N-31",
        "supplemental",
        _DECIDED,
        Term(0, "until", "pay_by"),
        unless=_OWN_MATTER,
    ),
    WorkNotice(_PENALTY, ("cancel",), "N-31", "cancelled", ("cancelled_reasons",)),
    WorkNotice(_PENALTY, ("ask-waiver",), "N-32", None, ("waiver_asked_on",)),
    WorkNotice("petition", ("find-late",), "N-31", "late", ("notice_mailed_on", "petitioned_on")),
    WorkNotice(
        "petition",
        ("decide",),
        "N-31",
        None,
        ("decision", "owed_usd", "decided_on", "decision_reasons"),
        Term(60, "days", "decided_on"),
    ),
    WorkNotice("petition", ("cancel",), "N-31", "cancelled", ("cancelled_on", "decision_reasons")),
    WorkNotice(
        "petition",
        ("decide-supplemental",),
        "N-31",
        "supplemental",
        ("owed_usd", "decided_on", "decision_reasons"),
        Term(60, "days", "decided_on"),
    ),
    WorkNotice("petition", ("accept-offer",), "N-31", "offer-accepted", ("accepted_on",)),
    WorkNotice("petition", ("refuse-offer",), "N-31", "offer-refused", ("offer_refused_reason",)),
    WorkNotice(
        "tib-extension",
        ("deny",),
        "N-38",
        None,
        ("denial_reasons", "denied_on"),
        Term(0, "until", "leave_by"),
    ),
    WorkNotice("petition", ("record-waiver",), "N-32", "waived", ("waived_until",)),
    WorkNotice("inquiry", ("close-answered",), "N-42", None, asks=True),
    WorkNotice("inquiry", ("close-as-matter",), "N-42", "goes-on", ("goes_on_as",), asks=True),
    WorkNotice("inquiry", ("close-elsewhere",), "N-42", "elsewhere", ("for_office",), asks=True),
    WorkNotice("inquiry", ("close-silent",), "N-42", "no-reply", asks=True),
    WorkNotice("engagement", ("report",), "N-42", "visit", asks=True),
)

BY_ACT: Final[Mapping[tuple[str, str], WorkNotice]] = MappingProxyType(
    {(row.process, act): row for row in WORK_NOTICES for act in row.acts}
)

_LETTER: Final = "the letter itself: request-issued and request-changed"
_RECORD: Final = "the legal record: entry-changed and protest-changed"
TOLD_ELSEWHERE: Final[Mapping[str, str]] = MappingProxyType(
    {
        "N-01": "routing: account-assigned",
        "N-02": "routing: appeal-decided",
        "N-03": _LETTER,
        "N-04": _LETTER,
        **dict.fromkeys(("N-09", "N-10", "N-11", "N-12", "N-13", "N-15", "N-16", "N-17", "N-18", "N-19"), _RECORD),
        "N-30": "the penalty case that reconciliation opens: issue-damages-notice",
        "N-34": _RECORD,
        "N-37": _RECORD,
        "N-33": "a broadcast of a Center, and broadcast-issued of routing for those that an earlier release sent",
    }
)
"""By kind, who tells what acts outside of the table say that they cause."""
