"""Notices of action, proposed and taken (CBP Form 29): 19 CFR 152.2."""

from typing import Final

from services.workqueue.domain.processes.codes import LIQUIDATION_REASONS
from services.workqueue.domain.processes.shape import OFFICERS, Act, Clock, Field, Guard, Process, Stage, Step

_TAKEN: Final = (
    Field("taken_on", "Day of the notice", "date"),
    Field("action_reasons", "Reasons", "text"),
)
_ANSWER_CLOCKS: Final = ("answer", "answer-on-form")

NOTICE_OF_ACTION: Final = Process(
    code="notice-of-action",
    label="Notice of action (CBP 29)",
    summary="The importer is told of a change that the Center proposes or has taken, and may give reasons against it.",
    division="validation-and-compliance",
    citation="19 CFR 152.2",
    legal_state="liquidation",
    opened_on=("request-issued",),
    first="draft",
    stages=(
        Stage("draft", "Being drafted"),
        Stage("proposed", "Proposed", "importer"),
        Stage("responded", "Importer has given reasons"),
        Stage("silent", "No reasons in time"),
        Stage("action-taken", "Action taken", is_end=True),
        Stage("withdrawn", "Withdrawn", is_end=True),
    ),
    acts=(
        Act(
            "compute-effect",
            "Compute the effect on duties",
            ("draft",),
            None,
            OFFICERS,
            fields=(
                Field("entry_numbers", "Entries", "entry-numbers"),
                Field("change", "What is changed", "text"),
                Field("liquidation_reason", "Reason code", "code", LIQUIDATION_REASONS),
                Field("effect_usd", "Effect on duties and fees in all", "money"),
                Field(
                    "increase",
                    "Increase in all",
                    "code",
                    {
                        "over-15-usd": "More than 15 dollars",
                        "up-to-15-usd": "Up to 15 dollars",
                        "none": "None, or a decrease",
                    },
                ),
            ),
            citation="19 CFR 152.2",
        ),
        Act(
            "propose",
            "Propose the action",
            ("draft",),
            "proposed",
            OFFICERS,
            fields=(
                Field("mailed_on", "Day of mailing", "date"),
                Field("proposal_reasons", "Reasons", "text"),
            ),
            guards=(Guard("effect_usd", "The effect on duties has not been computed."),),
            starts=("answer",),
            tells=("N-04",),
            citation="19 CFR 152.2",
        ),
        Act(
            "set-day-on-form",
            "Follow another day that the form names",
            ("proposed",),
            None,
            OFFICERS,
            fields=(Field("answer_by", "Day on the form", "date"),),
            ends=_ANSWER_CLOCKS,
            starts=("answer-on-form",),
        ),
        Act(
            "record-reasons",
            "Record the importer's reasons",
            ("proposed", "silent"),
            "responded",
            OFFICERS,
            fields=(
                Field("responded_on", "Day of receipt", "date", is_required=False),
                Field("importer_reasons", "Reasons against the action", "text", is_required=False),
            ),
            ends=_ANSWER_CLOCKS,
            event="filing-routed:response",
            citation="19 CFR 152.2",
        ),
        Act(
            "record-silence",
            "Note that the time has passed without reasons",
            ("proposed",),
            "silent",
            OFFICERS,
            ends=_ANSWER_CLOCKS,
        ),
        Act(
            "take-action",
            "Take the action",
            ("responded", "silent"),
            "action-taken",
            OFFICERS,
            fields=(*_TAKEN, Field("reply_to_importer", "What is said to the importer's reasons", "text")),
            outcome="action-taken",
            tells=("N-04",),
            citation="19 CFR 152.2",
        ),
        Act(
            "take-action-directly",
            "Take the action without proposing it",
            ("draft",),
            "action-taken",
            OFFICERS,
            fields=_TAKEN,
            guards=(
                Guard(
                    "increase",
                    "An increase of more than 15 dollars is proposed first.",
                    ("up-to-15-usd", "none"),
                ),
            ),
            outcome="action-taken",
            tells=("N-04",),
            citation="19 CFR 152.2",
        ),
        Act(
            "withdraw",
            "Withdraw the action",
            ("draft", "proposed", "responded", "silent"),
            "withdrawn",
            OFFICERS,
            fields=(Field("withdrawal_reason", "Why", "text"),),
            ends=_ANSWER_CLOCKS,
            outcome="withdrawn",
            tells=("N-04",),
        ),
    ),
    clocks=(
        Clock(
            "answer",
            "Reasons against the proposed action",
            "statutory",
            20,
            "days",
            "the action is taken",
            "19 CFR 152.2 (cf29-proposed)",
            "S",
            counts_from="mailed_on",
        ),
        Clock(
            "answer-on-form",
            "Reasons against the proposed action, by the day on the form",
            "policy",
            0,
            "days",
            "the action is taken",
            "date on the form (cf29-proposed)",
            "U",
            counts_from="answer_by",
        ),
    ),
    steps=(
        Step("aggregate", "The increase is counted over all that is changed, not by line", "propose", "19 CFR 152.2"),
        Step("before-liquidation", "The notice goes out before the entries liquidate", "propose", "19 CFR 152.2"),
        Step("answered", "Each reason of the importer has its reply", "take-action"),
    ),
    outcomes={"action-taken": "Action taken; the protest follows the liquidation", "withdrawn": "Withdrawn"},
    settings=(
        "The regulation gives 20 days from mailing; some forms and practice say 30. The day on the form is followed "
        "where it was recorded; which one holds is not settled.",
        "What is taken cannot be protested by itself (cf29-taken): the money is changed by the review's decision, "
        "which the legal record applies.",
    ),
)
