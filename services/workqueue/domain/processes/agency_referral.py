"""Referrals to partner agencies, which share the single window with CBP: 19 USC 1411(d)."""

from collections.abc import Mapping
from typing import Final

from services.workqueue.domain.processes.codes import PARTNER_AGENCIES
from services.workqueue.domain.processes.shape import SUPERVISORS, Act, Clock, Field, Guard, Process, Stage, Step

_TEAM: Final = ("import-specialist", "entry-specialist", "trade-enforcement-coordinator", "national-account-manager")
_KINDS: Final[Mapping[str, str]] = {
    "admissibility": "Whether goods may come in",
    "certificate": "Whether a certificate, licence or registration is good",
    "violation": "A violation of what the agency enforces",
    "classification": "What the goods are",
    "information": "Information for the agency, no answer needed",
}
_ANSWERS: Final[Mapping[str, str]] = {
    "no-objection": "No objection",
    "refused": "The goods are refused, or the certificate is not good",
    "conditions": "Conditions",
    "takes-over": "The agency takes it over",
    "not-theirs": "Not within what the agency does",
    "information": "Information given",
}

AGENCY_REFERRAL: Final = Process(
    code="agency-referral",
    label="Referral to a partner agency",
    summary="A typed question or report to a partner agency: sent, acknowledged, answered and closed.",
    division="validation-and-compliance",
    citation="19 USC 1411(d)",
    opened_by=(*_TEAM, "port-staff", "port-director"),
    first="draft",
    stages=(
        Stage("draft", "Being written"),
        Stage("sent", "Sent", "partner-agency"),
        Stage("acknowledged", "Acknowledged by the agency", "partner-agency"),
        Stage("answered", "Answered, to be applied"),
        Stage("closed", "Closed", is_end=True),
    ),
    acts=(
        Act(
            "send",
            "Send the referral",
            ("draft",),
            "sent",
            _TEAM,
            fields=(
                Field("agency", "Agency", "code", PARTNER_AGENCIES),
                Field("kind", "Kind", "code", _KINDS),
                Field("question", "Question or report", "text"),
                Field("entry_numbers", "Entries", "entry-numbers", is_required=False),
                Field("line_numbers", "Lines", "line-numbers", is_required=False),
                Field("documents", "Documents", "references", is_required=False),
                Field("sent_on", "Day", "date"),
                Field("answer_by", "Answer asked for by", "date"),
            ),
            starts=("answer",),
        ),
        Act(
            "discard",
            "Discard the draft",
            ("draft",),
            "closed",
            _TEAM,
            outcome="withdrawn",
        ),
        Act(
            "record-acknowledgement",
            "Record the agency's acknowledgement",
            ("sent",),
            "acknowledged",
            _TEAM,
            fields=(
                Field("acknowledged_on", "Day", "date"),
                Field("agency_reference", "The agency's number", "references", is_required=False),
                Field("agency_contact", "The agency's contact", "text", is_required=False),
            ),
        ),
        Act(
            "record-answer",
            "Record the agency's answer",
            ("sent", "acknowledged"),
            "answered",
            _TEAM,
            fields=(
                Field("answer", "Answer", "code", _ANSWERS),
                Field("answer_text", "What it says", "text"),
                Field("answered_on", "Day", "date"),
            ),
            ends=("answer",),
        ),
        Act(
            "ask-again",
            "Ask again for another day",
            ("sent", "acknowledged"),
            None,
            _TEAM,
            fields=(
                Field("asked_again_on", "Day", "date"),
                Field("answer_by", "Answer asked for by", "date"),
            ),
            starts=("answer",),
            ends=("answer",),
        ),
        Act(
            "ask-further",
            "Ask the agency something more",
            ("answered",),
            "sent",
            _TEAM,
            fields=(
                Field("question", "Question or report", "text"),
                Field("sent_on", "Day", "date"),
                Field("answer_by", "Answer asked for by", "date"),
            ),
            starts=("answer",),
        ),
        Act(
            "close",
            "Close, with what was done on the answer",
            ("answered",),
            "closed",
            _TEAM,
            fields=(Field("applied", "What was done", "text"),),
            outcome="answered",
        ),
        Act(
            "close-information",
            "Close: no answer is needed",
            ("sent", "acknowledged"),
            "closed",
            _TEAM,
            guards=(Guard("kind", "An answer was asked for.", ("information", "violation")),),
            ends=("answer",),
            outcome="informed",
        ),
        Act(
            "close-unanswered",
            "Close without an answer",
            ("sent", "acknowledged"),
            "closed",
            SUPERVISORS,
            fields=(Field("unanswered_reasons", "How it goes on without one", "text"),),
            by_holder=False,
            not_by=("send",),
            ends=("answer",),
            outcome="unanswered",
        ),
        Act(
            "withdraw",
            "Withdraw the referral",
            ("sent", "acknowledged"),
            "closed",
            _TEAM,
            fields=(Field("withdrawn_reasons", "Why, as the agency is told", "text"),),
            ends=("answer",),
            outcome="withdrawn",
        ),
    ),
    clocks=(
        Clock(
            "answer",
            "Answer of the agency by the day that was asked for",
            "goal",
            0,
            "days",
            "the agency is asked again, or a supervisor closes it",
            "own rule of Centerline",
            "I",
            counts_from="answer_by",
        ),
    ),
    steps=(
        Step("confidential", "Only what the agency may see of a party's commercial information is sent", "send"),
        Step("port", "Whether the port has sent the same", "send"),
    ),
    outcomes={
        "answered": "Answered and applied",
        "informed": "The agency was informed",
        "unanswered": "Not answered",
        "withdrawn": "Withdrawn",
    },
    settings=("No agency's time to answer was found: the referral asks for a day.",),
)
