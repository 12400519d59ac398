"""Work that a port hands over to a Center, or a Center to a port: 19 CFR 101.1, 81 FR 92978. The clocks run on."""

from collections.abc import Mapping
from typing import Final

from services.workqueue.domain.processes.shape import SUPERVISORS, Act, Clock, Field, Process, Stage, Step

_TEAM: Final = (
    "import-specialist",
    "entry-specialist",
    "liquidation-specialist",
    "trade-enforcement-coordinator",
    *SUPERVISORS,
)
_PORT: Final = ("port-director", "port-staff")
_REFUSALS: Final[Mapping[str, str]] = {
    "not-ours": "Not within what this office decides",
    "other-center": "The account has another Center",
    "other-port": "The goods are at another port",
    "incomplete": "What is needed is not there",
    "too-late": "The time left does not suffice",
    "other": "Another reason",
}
_WORK: Final = (
    Field("work", "What is handed over", "text"),
    Field("matter", "The matter", "references", is_required=False),
    Field("entry_numbers", "Entries", "entry-numbers", is_required=False),
    Field("received_first_on", "Day on which CBP first had it", "date"),
    Field("offered_on", "Day of the offer", "date"),
)
_CLOCKS: Final = ("answer", "handed-over")
_REFUSAL: Final = (
    Field("refusal", "Why it is refused", "code", _REFUSALS),
    Field("refusal_reasons", "Reasons, and who should have it", "text"),
    Field("refused_on", "Day", "date"),
)

PORT_HAND_OVER: Final = Process(
    code="port-hand-over",
    label="Hand-over between port and Center",
    summary="Work is offered to the other office, which accepts or refuses it with a reason; its clocks run on.",
    division="validation-and-compliance",
    citation="19 CFR 101.1, 81 FR 92978",
    opened_by=(*_TEAM, *_PORT),
    is_of_importer=False,
    first="draft",
    stages=(
        Stage("draft", "Being written"),
        Stage("offered-to-port", "Offered to the port", "port"),
        Stage("offered-to-center", "Offered to the Center"),
        Stage("accepted", "Accepted", is_end=True),
        Stage("refused", "Refused", is_end=True),
        Stage("withdrawn", "Withdrawn", is_end=True),
    ),
    acts=(
        Act(
            "offer-to-port",
            "Offer it to the port",
            ("draft",),
            "offered-to-port",
            _TEAM,
            fields=(*_WORK, Field("port", "Port", "port")),
            starts=("answer",),
        ),
        Act(
            "offer-to-center",
            "Offer it to the Center",
            ("draft",),
            "offered-to-center",
            _PORT,
            fields=(*_WORK, Field("center", "Center", "text")),
            by_holder=False,
            starts=("answer",),
        ),
        Act(
            "name-due-day",
            "Name the next day that is due in what is handed over",
            ("draft", "offered-to-port", "offered-to-center"),
            None,
            (*_TEAM, *_PORT),
            fields=(
                Field("next_due_on", "Next day that is due", "date"),
                Field("next_due_what", "What is due", "text"),
            ),
            by_holder=False,
            starts=("handed-over",),
            ends=("handed-over",),
        ),
        Act(
            "accept-at-port",
            "Accept it for the port",
            ("offered-to-port",),
            "accepted",
            _PORT,
            fields=(
                Field("accepted_on", "Day", "date"),
                Field("taken_by", "Who has it now", "text"),
            ),
            by_holder=False,
            not_by=("offer-to-port",),
            ends=_CLOCKS,
            outcome="accepted",
        ),
        Act(
            "accept-at-center",
            "Accept it for the Center",
            ("offered-to-center",),
            "accepted",
            SUPERVISORS,
            fields=(
                Field("accepted_on", "Day", "date"),
                Field("taken_by", "Who has it now", "text"),
            ),
            by_holder=False,
            not_by=("offer-to-center",),
            ends=_CLOCKS,
            outcome="accepted",
        ),
        Act(
            "refuse-at-port",
            "Refuse it for the port",
            ("offered-to-port",),
            "refused",
            _PORT,
            fields=_REFUSAL,
            by_holder=False,
            not_by=("offer-to-port",),
            ends=_CLOCKS,
            outcome="refused",
        ),
        Act(
            "refuse-at-center",
            "Refuse it for the Center",
            ("offered-to-center",),
            "refused",
            SUPERVISORS,
            fields=_REFUSAL,
            by_holder=False,
            not_by=("offer-to-center",),
            ends=_CLOCKS,
            outcome="refused",
        ),
        Act(
            "withdraw-from-port",
            "Take back what was offered to the port",
            ("draft", "offered-to-port"),
            "withdrawn",
            _TEAM,
            fields=(Field("withdrawn_reasons", "Why", "text"),),
            ends=_CLOCKS,
            outcome="withdrawn",
        ),
        Act(
            "withdraw-from-center",
            "Take back what was offered to the Center",
            ("draft", "offered-to-center"),
            "withdrawn",
            _PORT,
            fields=(Field("withdrawn_reasons", "Why", "text"),),
            by_holder=False,
            ends=_CLOCKS,
            outcome="withdrawn",
        ),
    ),
    clocks=(
        Clock(
            "answer",
            "Answer of the other office",
            "goal",
            2,
            "business-days",
            "the directors of both offices are told",
            "own rule of Centerline",
            "I",
            counts_from="offered_on",
        ),
        Clock(
            "handed-over",
            "The next day that is due in what is handed over",
            "policy",
            0,
            "days",
            "whoever offered it still has it, and answers for the day",
            "own rule of Centerline",
            "I",
            counts_from="next_due_on",
        ),
    ),
    steps=(
        Step("authority", "Which office decides this by the table of authority on that day", "offer-to-port"),
        Step("first-day", "Day on which CBP first had it, wherever it was", "offer-to-port", "19 CFR 101.1"),
        Step("files", "Files and notes go with it", "offer-to-port"),
    ),
    outcomes={
        "accepted": "Accepted by the other office",
        "refused": "Refused, it stays where it was",
        "withdrawn": "Taken back",
    },
    settings=(
        "No clock of what is handed over stops or begins anew while it is offered or when it is accepted; until then "
        "the office that offers it answers for its days.",
        "Two working days to answer are Centerline's own.",
    ),
)
