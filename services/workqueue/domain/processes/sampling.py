"""Laboratory samples of goods, with each hand through which they go: 19 USC 1499(a), 19 CFR 151.10 to 151.13."""

from typing import Final

from services.workqueue.domain.processes.shape import Act, Clock, Field, Process, Stage, Step

_TEAM: Final = ("import-specialist", "trade-enforcement-coordinator")
_TAKERS: Final = ("port-staff", "port-director", "import-specialist")

SAMPLING: Final = Process(
    code="sampling",
    label="Laboratory sample",
    summary="A sample is asked for, taken, sent and reported on; what is left of it is disposed of.",
    division="validation-and-compliance",
    citation="19 USC 1499(a), 19 CFR 151.10 to 151.13",
    opened_by=("import-specialist", "trade-enforcement-coordinator", "port-staff"),
    first="asked",
    stages=(
        Stage("asked", "Asked for", "port"),
        Stage("taken", "Taken, to be sent"),
        Stage("sent", "On the way to the laboratory"),
        Stage("at-the-laboratory", "At the laboratory", "laboratory"),
        Stage("reported", "Reported, the rest to be disposed of"),
        Stage("remnant-disposed", "The rest disposed of", is_end=True),
        Stage("cancelled", "Cancelled", is_end=True),
    ),
    acts=(
        Act(
            "say-what",
            "Say what is to be sampled and asked of the laboratory",
            ("asked",),
            None,
            _TEAM,
            fields=(
                Field("goods", "Goods", "text"),
                Field("questions", "Questions to the laboratory", "text"),
                Field("entry_numbers", "Entries", "entry-numbers", is_required=False),
                Field("line_numbers", "Lines", "line-numbers", is_required=False),
                Field("quantity", "Quantity needed", "text"),
            ),
        ),
        Act(
            "take",
            "Take the sample",
            ("asked",),
            "taken",
            _TAKERS,
            fields=(
                Field("taken_on", "Day", "date"),
                Field("taken_where", "Where, from which lot or container", "text"),
                Field("taken_quantity", "Quantity", "text"),
                Field("seal", "Number of the seal", "text"),
                Field(
                    "taken_by",
                    "Who took it",
                    "code",
                    {
                        "cbp": "CBP",
                        "importer": "The importer, on request",
                        "approved-gauger": "An approved gauger",
                    },
                ),
            ),
            by_holder=False,
            citation="19 CFR 151.10",
        ),
        Act(
            "send",
            "Send the sample",
            ("taken",),
            "sent",
            (*_TAKERS, "trade-enforcement-coordinator"),
            fields=(
                Field(
                    "laboratory_kind",
                    "Laboratory",
                    "code",
                    {"cbp": "CBP laboratory", "accredited": "Accredited laboratory", "other": "Another"},
                ),
                Field("laboratory", "Its name", "text"),
                Field("sent_on", "Day", "date"),
                Field("carrier", "Carrier and its number", "text"),
            ),
            by_holder=False,
            citation="19 CFR 151.12",
        ),
        Act(
            "record-arrival",
            "Record that the laboratory has it",
            ("sent",),
            "at-the-laboratory",
            _TEAM,
            fields=(
                Field("arrived_on", "Day", "date"),
                Field(
                    "seal_state",
                    "The seal",
                    "code",
                    {"whole": "Whole", "broken": "Broken"},
                ),
                Field("laboratory_number", "Number of the laboratory", "references"),
                Field("report_expected_on", "Report expected on", "date"),
            ),
            starts=("report",),
        ),
        Act(
            "record-delay",
            "Record another day for the report",
            ("at-the-laboratory",),
            None,
            _TEAM,
            fields=(
                Field("delay_reason", "Why", "text"),
                Field("report_expected_on", "Report expected on", "date"),
            ),
            starts=("report",),
            ends=("report",),
        ),
        Act(
            "record-loss",
            "Record that the sample was lost or spoilt, and ask for another",
            ("taken", "sent", "at-the-laboratory"),
            "asked",
            _TEAM,
            fields=(Field("lost", "What happened", "text"),),
            ends=("report",),
        ),
        Act(
            "record-report",
            "Record the report",
            ("at-the-laboratory",),
            "reported",
            _TEAM,
            fields=(
                Field("reported_on", "Day of the report", "date"),
                Field("report", "The report", "references"),
                Field(
                    "finding",
                    "Against what was declared",
                    "code",
                    {
                        "as-declared": "As declared",
                        "differs": "Differs",
                        "not-conclusive": "Not conclusive",
                    },
                ),
                Field("findings", "Findings", "text"),
                Field("is_remnant", "Something is left of it", "flag"),
            ),
            ends=("report",),
        ),
        Act(
            "dispose",
            "Record what was done with the rest",
            ("reported",),
            "remnant-disposed",
            _TEAM,
            fields=(
                Field(
                    "disposal",
                    "The rest",
                    "code",
                    {
                        "returned": "Returned to the importer",
                        "destroyed": "Destroyed",
                        "kept": "Kept as evidence",
                        "none": "Nothing was left",
                    },
                ),
                Field("disposed_on", "Day", "date"),
            ),
            outcome="reported",
        ),
        Act(
            "cancel",
            "Cancel: the sample is no longer needed, or the goods are gone",
            ("asked", "taken", "sent", "at-the-laboratory"),
            "cancelled",
            _TEAM,
            fields=(Field("cancelled_reasons", "Why, and where the sample is", "text"),),
            ends=("report",),
            outcome="cancelled",
        ),
    ),
    clocks=(
        Clock(
            "report",
            "Report by the day that the laboratory named",
            "goal",
            0,
            "days",
            "the laboratory is asked",
            "own rule of Centerline",
            "I",
            counts_from="report_expected_on",
        ),
    ),
    steps=(
        Step("questions", "What the laboratory is asked decides something", "take"),
        Step("lot", "The sample stands for the goods", "take", "19 CFR 151.10"),
        Step("chain", "Seal, carrier and hands agree from taking to arrival", "record-report"),
        Step("matter", "The matter that waits for it knows of the report", "dispose"),
    ),
    outcomes={"reported": "Reported", "cancelled": "Cancelled"},
    settings=(
        "How long a laboratory takes and how long the rest is kept was not found: the laboratory names a day, and no "
        "time is counted for the rest.",
        "A laboratory has no role of its own here: whoever holds the item records what it says.",
        "The request to the importer for samples after release (19 CFR 151.11) goes out as a request for information.",
    ),
)
