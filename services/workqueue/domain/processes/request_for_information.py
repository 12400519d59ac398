"""Requests for information to the importer (CBP Form 28)."""

from typing import Final

from services.workqueue.domain.processes.codes import ISSUES
from services.workqueue.domain.processes.shape import (
    OFFICERS,
    SUPERVISORS,
    Act,
    Clock,
    Field,
    Guard,
    Process,
    Stage,
    Step,
)

_WAITING: Final = ("issued", "reminded")
_REQUEST: Final = (
    Field("purpose", "What for", "code", ISSUES),
    Field("entry_numbers", "Entries, all of one issue", "entry-numbers"),
    Field("questions", "Questions", "text"),
    Field("line_numbers", "Lines", "line-numbers", is_required=False),
    Field("samples", "Samples asked for", "text", is_required=False),
    Field("issued_on", "Date of the form", "date"),
)

REQUEST_FOR_INFORMATION: Final = Process(
    code="request-for-information",
    label="Request for information (CBP 28)",
    summary="The importer is asked for facts on entries of one issue before the Center decides.",
    division="validation-and-compliance",
    citation="CBP Form 28; 19 CFR 151.11",
    opened_on=("request-issued",),
    first="draft",
    stages=(
        Stage("draft", "Being drafted"),
        Stage("issued", "Issued", "importer"),
        Stage("reminded", "Importer reminded", "importer"),
        Stage("responded", "Answered, to be assessed"),
        Stage("overdue", "Not answered in time"),
        Stage("assessed", "Assessed"),
        Stage("cf29-proposed", "A notice of action follows", is_end=True),
        Stage("closed", "Closed", is_end=True),
    ),
    acts=(
        Act(
            "check-earlier-requests",
            "Look for earlier requests on account, goods and issue",
            ("draft",),
            None,
            OFFICERS,
            fields=(
                Field(
                    "earlier_requests",
                    "Requests of the same account, goods and issue",
                    "code",
                    {"none": "None", "some": "There are some"},
                ),
                Field("earlier_numbers", "Which", "references", is_required=False),
            ),
        ),
        Act(
            "approve-repetition",
            "Approve another request on the same issue",
            ("draft",),
            None,
            SUPERVISORS,
            fields=(Field("repetition_reason", "Why once more", "text"),),
            by_holder=False,
            not_by=("check-earlier-requests",),
            guards=(Guard("earlier_requests", "The earlier requests have not been shown.", ("some",)),),
        ),
        Act(
            "issue",
            "Issue the request",
            ("draft",),
            "issued",
            OFFICERS,
            fields=_REQUEST,
            guards=(
                Guard(
                    "earlier_requests", "A second request on the same issue needs a supervisor's approval.", ("none",)
                ),
            ),
            starts=("reply",),
            tells=("N-03",),
            citation="CBP Form 28",
        ),
        Act(
            "issue-again",
            "Issue another request on the same issue",
            ("draft",),
            "issued",
            OFFICERS,
            fields=_REQUEST,
            guards=(Guard("repetition_reason", "A supervisor has not approved another request."),),
            starts=("reply",),
            tells=("N-03",),
            citation="CBP Form 28",
        ),
        Act(
            "remind",
            "Remind the importer",
            ("issued",),
            "reminded",
            OFFICERS,
            fields=(Field("reminded_on", "Day of the reminder", "date"),),
            tells=("N-03",),
        ),
        Act(
            "extend-reply",
            "Give more time to answer",
            _WAITING,
            None,
            OFFICERS,
            fields=(
                Field("answer_by", "New day", "date"),
                Field("asked_by", "Who asked for it, and why", "text"),
            ),
            ends=("reply", "extended-reply"),
            starts=("extended-reply",),
            tells=("N-03",),
        ),
        Act(
            "record-response",
            "Record the answer",
            (*_WAITING, "overdue"),
            "responded",
            OFFICERS,
            fields=(
                Field("responded_on", "Day of receipt", "date", is_required=False),
                Field("response", "What was answered", "text", is_required=False),
            ),
            ends=("reply", "extended-reply"),
            event="filing-routed:response",
        ),
        Act(
            "record-silence",
            "Note that the time has passed without an answer",
            _WAITING,
            "overdue",
            OFFICERS,
            ends=("reply", "extended-reply"),
        ),
        Act(
            "assess",
            "Assess what is known",
            ("responded", "overdue"),
            "assessed",
            OFFICERS,
            fields=(
                Field(
                    "assessment",
                    "What the answer shows",
                    "code",
                    {
                        "supports": "Supports the declaration",
                        "contradicts": "Contradicts it",
                        "insufficient": "Too little",
                    },
                ),
                Field("findings", "Findings", "text"),
            ),
        ),
        Act("close", "Close without action", ("assessed",), "closed", OFFICERS, outcome="no-action"),
        Act(
            "propose-action",
            "Prepare a notice of action",
            ("assessed",),
            "cf29-proposed",
            OFFICERS,
            guards=(
                Guard(
                    "assessment",
                    "The answer supports what was declared: there is no action to propose.",
                    ("contradicts", "insufficient"),
                ),
            ),
            outcome="action-proposed",
            opens="notice-of-action",
            citation="19 CFR 152.2",
        ),
        Act(
            "withdraw",
            "Withdraw the request",
            ("draft", *_WAITING, "overdue"),
            "closed",
            OFFICERS,
            fields=(Field("withdrawal_reason", "Why", "text"),),
            ends=("reply", "extended-reply"),
            outcome="withdrawn",
        ),
    ),
    clocks=(
        Clock(
            "reply",
            "Answer to the CBP 28",
            "policy",
            30,
            "days",
            "the Center may decide on what it has",
            "CBP Form 28; practice (cf28-reply)",
            "S",
            counts_from="issued_on",
        ),
        Clock(
            "extended-reply",
            "Answer to the CBP 28, extended",
            "policy",
            0,
            "days",
            "the Center may decide on what it has",
            "CBP Form 28; practice (cf28-reply)",
            "S",
            counts_from="answer_by",
        ),
    ),
    steps=(
        Step("one-issue", "All entries of the request are of one issue", "issue"),
        Step("earlier-answers", "What the account answered before on the same goods and issue", "issue"),
        Step("purpose", "The form asks about goods; it is no proof of a power of attorney", "issue"),
        Step("no-investigation", "No word of an investigation: one is begun by another, signed act", "issue"),
    ),
    outcomes={
        "no-action": "Closed without action",
        "action-proposed": "A notice of action follows",
        "withdrawn": "Withdrawn",
    },
    settings=(
        "The 30 days follow the form and practice, not law; the date on the form governs, and more time is given on "
        "request.",
        "How far back an earlier request counts as a repetition is set by the Center; the approval of a supervisor is "
        "a rule of Centerline.",
    ),
)
