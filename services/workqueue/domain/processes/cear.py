"""Commercial Enforcement Analysis and Response, a board that disposes of violations: 19 USC 1592, 1595a, 1621."""

from collections.abc import Iterator, Mapping
from typing import Final

from services.workqueue.domain.processes.codes import CULPABILITY
from services.workqueue.domain.processes.investigation import open_investigation
from services.workqueue.domain.processes.shape import Act, Clock, Field, Guard, Process, Stage, Step

_SECRETARY: Final = ("trade-enforcement-coordinator",)
_CHAIR: Final = ("assistant-center-director",)
_MEMBERS: Final = (
    "assistant-center-director",
    "trade-enforcement-coordinator",
    "fpf-officer",
    "regulatory-audit",
    "chief-counsel",
    "hsi",
    "port-director",
)
_LIMITATION: Final = ("limitation", "fraud-limitation", "waived-limitation")
_WATCH: Final = ("waiver-watch", "fraud-waiver-watch")
_OPEN: Final = (
    "screened",
    "scheduled",
    "heard",
    "deferred",
    "disposed",
    "action-open",
    "result-reported",
)

DISPOSITIONS: Final[Mapping[str, str]] = {
    "no-action": "No action",
    "informed-compliance": "Informed compliance",
    "warning-letter": "Warning letter",
    "notice-of-action": "Notice of action (CBP 29) only",
    "audit-referral": "Referral to Regulatory Audit",
    "liquidated-damages": "Liquidated damages",
    "penalty-referral": "Penalty, referred to Fines, Penalties and Forfeitures",
    "hsi-referral": "Referral to Homeland Security Investigations",
    "seizure": "Seizure by the port",
}
_OPENS: Final[Mapping[str, str]] = {
    "liquidated-damages": "liquidated-damages-penalty",
    "penalty-referral": "liquidated-damages-penalty",
    "hsi-referral": "commercial-fraud",
    "seizure": "port-hand-over",
}
REASONS: Final[Mapping[str, str]] = {
    "no-violation": "No violation shown",
    "evidence": "Evidence does not suffice",
    "small-effect": "Small effect, no pattern",
    "first-violation": "First violation, corrected",
    "pattern": "Pattern or repetition",
    "loss-of-revenue": "Loss of revenue",
    "public-harm": "Health, safety, forced labor",
    "prior-disclosure": "Disclosed by the party",
    "intent": "Signs of intent",
    "other": "Another reason",
}
_SCREENING: Final = (
    Field("statute", "Statute", "text"),
    Field("violation", "What was done", "text"),
    Field("entry_numbers", "Entries", "entry-numbers", is_required=False),
    Field("loss_usd", "Loss of revenue", "money"),
    Field("prior_record", "Earlier violations of the account", "text"),
    Field("prior_violations", "How many earlier violations", "integer", is_required=False),
    Field(
        "disclosure_status",
        "Prior disclosure",
        "code",
        {"none": "None", "pending": "Pending", "valid": "Valid", "not-valid": "Not valid"},
    ),
    Field("is_trusted_trader", "Trusted trader", "flag"),
)


def _act_on_disposition() -> Iterator[Act]:
    """For each disposition that asks for something the act that begins it."""
    for code, label in DISPOSITIONS.items():
        if code != "no-action":
            yield Act(
                f"begin-{code}",
                f"Begin: {label}",
                ("disposed",),
                "action-open",
                _SECRETARY,
                fields=(Field("action_reference", "Where it is done", "references"),),
                guards=(Guard("disposition", "The board disposed otherwise.", (code,)),),
                opens=_OPENS.get(code),
            )


def _close_by_disposition() -> Iterator[Act]:
    """For each disposition the act that ends the matter with it."""
    for code, label in DISPOSITIONS.items():
        yield Act(
            f"close-{code}",
            f"Close: {label}",
            ("disposed",) if code == "no-action" else ("result-reported",),
            "closed",
            _SECRETARY,
            guards=(Guard("disposition", "The board disposed otherwise.", (code,)),),
            ends=(*_LIMITATION, *_WATCH),
            outcome=code,
        )


CEAR: Final = Process(
    code="cear",
    label="Commercial Enforcement Analysis and Response",
    summary="Members from the Center, the port and headquarters hear a violation and dispose of it by vote.",
    division="enforcement",
    citation="19 USC 1592, 1595a, 1621; practice of the Centers",
    opened_by=("trade-enforcement-coordinator", "import-specialist", "international-trade-specialist", "fpf-officer"),
    first="nominated",
    begins=("hearing",),
    known_to=(*_SECRETARY, *_CHAIR),
    stages=(
        Stage("nominated", "Nominated"),
        Stage("screened", "Screened"),
        Stage("scheduled", "Scheduled", "meeting"),
        Stage("heard", "Heard, to be voted on"),
        Stage("deferred", "Deferred for information"),
        Stage("disposed", "Disposed of"),
        Stage("action-open", "Action under way"),
        Stage("result-reported", "Result reported"),
        Stage("closed", "Closed", is_end=True),
    ),
    acts=(
        open_investigation(("nominated", "screened", "scheduled", "heard", "deferred", "disposed")),
        Act(
            "screen",
            "Screen the nomination",
            ("nominated",),
            "screened",
            _SECRETARY,
            fields=(
                *_SCREENING,
                Field(
                    "culpability",
                    "View of culpability",
                    "code",
                    {"none": "Without culpability", **{k: v for k, v in CULPABILITY.items() if k != "fraud"}},
                ),
                Field("violation_on", "Day of the earliest violation", "date"),
            ),
            starts=("limitation", "waiver-watch"),
            citation="19 USC 1621",
        ),
        Act(
            "screen-as-fraud",
            "Screen the nomination as fraud",
            ("nominated",),
            "screened",
            _SECRETARY,
            fields=(*_SCREENING, Field("discovered_on", "Day of discovery", "date")),
            starts=("fraud-limitation", "fraud-waiver-watch"),
            citation="19 USC 1621",
        ),
        Act(
            "screen-out",
            "Do not take the nomination",
            ("nominated", "screened"),
            "closed",
            _SECRETARY,
            fields=(
                Field("screen_out", "Why not", "code", REASONS),
                Field("screen_out_reasons", "Reasons", "text"),
            ),
            ends=("hearing", *_LIMITATION, *_WATCH),
            outcome="not-taken",
        ),
        Act(
            "record-waiver",
            "Record that the party waives the limitation until a day",
            _OPEN,
            None,
            _SECRETARY,
            fields=(
                Field("waived_until", "Waived until", "date"),
                Field("waiver_reference", "Where the waiver is kept", "references"),
            ),
            starts=("waived-limitation",),
            ends=(*_LIMITATION, *_WATCH),
            citation="19 USC 1621",
        ),
        Act(
            "record-no-waiver",
            "Record that no waiver is asked for, or none is given",
            _OPEN,
            None,
            _SECRETARY,
            fields=(Field("no_waiver_reasons", "Why", "text"),),
            ends=_WATCH,
        ),
        Act(
            "schedule",
            "Schedule the hearing",
            ("screened", "deferred"),
            "scheduled",
            _SECRETARY,
            fields=(
                Field("scheduled_on", "Day of the hearing", "date"),
                Field("members", "Members invited", "text"),
            ),
        ),
        Act(
            "recuse",
            "Record that a member stands aside",
            ("scheduled", "heard"),
            None,
            _MEMBERS,
            fields=(Field("recused", "Who, and why", "text"),),
            by_holder=False,
        ),
        Act(
            "hear",
            "Record the hearing",
            ("scheduled",),
            "heard",
            _SECRETARY,
            fields=(
                Field("heard_on", "Day of the hearing", "date"),
                Field("present", "Members present", "text"),
                Field(
                    "quorum",
                    "Quorum",
                    "code",
                    {"reached": "Reached", "not-reached": "Not reached: nothing is voted on"},
                ),
            ),
            ends=("hearing",),
        ),
        Act(
            "show-comparables",
            "Show the members comparable matters",
            ("heard",),
            None,
            _SECRETARY,
            fields=(Field("comparables", "Matters shown, by statute, loss, culpability, record", "references"),),
        ),
        Act(
            "defer",
            "Defer for information",
            ("heard",),
            "deferred",
            _SECRETARY,
            fields=(Field("deferred_for", "What is to be found out, and by whom", "text"),),
            starts=("hearing",),
        ),
        Act(
            "dispose",
            "Record the board's vote",
            ("heard",),
            "disposed",
            _CHAIR,
            fields=(
                Field("disposition", "Disposition", "code", DISPOSITIONS),
                Field("disposition_reason", "Reason", "code", REASONS),
                Field("disposition_reasons", "Reasons", "text"),
                Field("votes_for", "Votes for it", "integer"),
                Field("votes_against", "Votes against it", "integer"),
                Field("dissent", "Dissent", "text", is_required=False),
                Field("disposed_on", "Day of the vote", "date"),
            ),
            guards=(
                Guard("quorum", "Without a quorum nothing is voted on.", ("reached",)),
                Guard("comparables", "Comparable matters are shown before the vote."),
            ),
            by_holder=False,
            not_by=("screen", "screen-as-fraud"),
        ),
        *_act_on_disposition(),
        Act(
            "return-to-fraud-matter",
            "Go on with the fraud matter from which this was nominated",
            ("disposed",),
            "action-open",
            _SECRETARY,
            fields=(Field("fraud_matter", "The matter", "references"),),
            guards=(Guard("disposition", "The board disposed otherwise.", ("hsi-referral",)),),
        ),
        Act(
            "report-result",
            "Report the result of the action",
            ("action-open",),
            "result-reported",
            _SECRETARY,
            fields=(
                Field("result", "Result", "text"),
                Field("result_usd", "Money collected or assessed", "money", is_required=False),
                Field("reported_on", "Day of the report", "date"),
            ),
        ),
        *_close_by_disposition(),
    ),
    clocks=(
        Clock(
            "hearing",
            "Hearing by the board",
            "policy",
            15,
            "business-days",
            "the matter goes to the Center director",
            "own rule of Centerline",
            "I",
        ),
        Clock(
            "limitation",
            "Limitation: negligence and gross negligence",
            "statutory",
            5,
            "years",
            "suit is barred unless the limitation is waived",
            "19 USC 1621",
            "M",
            counts_from="violation_on",
        ),
        Clock(
            "fraud-limitation",
            "Limitation: fraud",
            "statutory",
            5,
            "years",
            "suit is barred unless the limitation is waived",
            "19 USC 1621",
            "M",
            counts_from="discovered_on",
        ),
        Clock(
            "waiver-watch",
            "24 months are left before limitation",
            "policy",
            3,
            "years",
            "a waiver of limitation is to be considered",
            "19 USC 1621; reports on expired penalty cases (OIG-12-131)",
            "P",
            counts_from="violation_on",
        ),
        Clock(
            "fraud-waiver-watch",
            "24 months are left before limitation of fraud",
            "policy",
            3,
            "years",
            "a waiver of limitation is to be considered",
            "19 USC 1621; reports on expired penalty cases (OIG-12-131)",
            "P",
            counts_from="discovered_on",
        ),
        Clock(
            "waived-limitation",
            "Limitation as waived",
            "statutory",
            0,
            "days",
            "suit is barred unless the limitation is waived again",
            "19 USC 1621",
            "M",
            counts_from="waived_until",
        ),
    ),
    steps=(
        Step("package", "Importer, entries, statute, culpability, loss, limitation", "schedule"),
        Step("disclosure", "Whether the party has disclosed, and when", "schedule", "19 CFR 162.74"),
        Step("recusal", "Whether a member has to stand aside", "dispose"),
        Step("comparables", "The last twenty matters of the kind", "dispose"),
    ),
    outcomes={**DISPOSITIONS, "not-taken": "Not taken by the board"},
    settings=(
        "Membership, quorum, voting and thresholds of the board are not public: each Center sets members and quorum of "
        "its board; that the most votes carry, and 15 working days, are Centerline's own.",
        "A request for a waiver goes out from the penalty matter; nothing of this matter is shown to a party.",
        "No request, notice or letter to a party may reveal this matter.",
    ),
)
