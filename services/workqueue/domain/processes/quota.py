"""Entry summaries under quota: 19 CFR 132, with the line statuses of CATAIR UC."""

from typing import Final

from services.workqueue.domain.processes.shape import Act, Clock, Field, Guard, Process, Stage, Step

_TEAM: Final = ("entry-specialist", "import-specialist")
_QUOTA: Final = ("office-of-trade",)
_RUN: Final = ("pending", "q17-pending-over-10-days")
_REFUSED: Final = ("q03-filled", "q04-filled-or-expired", "q05-banned-import")
_WITHDRAWABLE: Final = (
    "presented",
    "proper",
    *_RUN,
    "q02-apportioned",
    *_REFUSED,
    "q15-quantity-not-positive",
    "q25-q28-licence",
)
_OPEN: Final = (*_WITHDRAWABLE, "q01-accepted", "refiled")
_REPORTED: Final = (
    Field("reported_on", "Day of the report", "date"),
    Field("requested_quantity", "Quantity asked for", "text"),
)


def _report(code: str, label: str, target: str, *fields: Field) -> Act:
    return Act(
        code,
        label,
        _RUN,
        target,
        _QUOTA,
        fields=(*_REPORTED, *fields),
        by_holder=False,
        ends=("run",),
        tells=("N-08",),
        citation="CATAIR UC, quota status",
    )


QUOTA: Final = Process(
    code="quota",
    label="Quota entry summary",
    summary="A summary under quota is checked for priority and form, and follows what the quota run says of its lines.",
    division="validation-and-compliance",
    citation="19 CFR 132.1, 132.11a, 142.13(b)",
    legal_state="liquidation",
    opened_by=_TEAM,
    opened_on=("entry-routed:quota",),
    first="presented",
    stages=(
        Stage("presented", "Presented"),
        Stage("proper", "In proper form, to be sent to the quota run"),
        Stage("pending", "In the quota run", "headquarters"),
        Stage("q17-pending-over-10-days", "Q17: pending more than 10 days", "headquarters"),
        Stage("q01-accepted", "Q01: accepted"),
        Stage("q02-apportioned", "Q02: apportioned, to be filed again", "filer"),
        Stage("refiled", "Filed again after apportionment"),
        Stage("q03-filled", "Q03: quota filled", "importer"),
        Stage("q04-filled-or-expired", "Q04: quota filled or expired", "importer"),
        Stage("q05-banned-import", "Q05: import banned", "importer"),
        Stage("q15-quantity-not-positive", "Q15: quantity must be more than zero", "filer"),
        Stage("q25-q28-licence", "Q25 to Q28: licence", "filer"),
        Stage("accepted", "Summary accepted under quota", is_end=True),
        Stage("not-admitted", "Not admitted under the quota", is_end=True),
        Stage("withdrawn", "Withdrawn by the filer", is_end=True),
        Stage("overtaken", "Entry liquidated before", is_end=True),
    ),
    acts=(
        Act(
            "check-presentation",
            "Check form, deposit and priority",
            ("presented",),
            "proper",
            _TEAM,
            fields=(
                Field("presented_at", "Time of presentation", "instant"),
                Field(
                    "office_hours",
                    "In official office hours",
                    "code",
                    {"yes": "Yes", "no": "No: the next opening of the office counts"},
                ),
                Field(
                    "opening",
                    "Opening of the quota",
                    "code",
                    {"none": "Not at an opening", "noon": "At the opening, noon Eastern"},
                ),
                Field(
                    "deposit",
                    "Estimated duty",
                    "code",
                    {"deposited": "Deposited", "statement": "Valid statement date", "missing": "Missing"},
                ),
            ),
            citation="19 CFR 132.1, 132.11a",
        ),
        Act(
            "record-deposit",
            "Record the deposit",
            ("proper",),
            None,
            ("entry-specialist",),
            fields=(
                Field(
                    "deposit", "Estimated duty", "code", {"deposited": "Deposited", "statement": "Valid statement date"}
                ),
                Field("presented_at", "Time from which the presentation counts", "instant"),
            ),
            by_holder=False,
            citation="19 CFR 132.1",
        ),
        Act(
            "send",
            "Send to the quota run",
            ("proper",),
            "pending",
            _TEAM,
            fields=(
                Field("sent_on", "Day", "date"),
                Field("line_numbers", "Lines under quota", "line-numbers"),
            ),
            guards=(
                Guard(
                    "deposit",
                    "Without deposit or valid statement date the summary is not presented.",
                    ("deposited", "statement"),
                ),
            ),
            starts=("run",),
            citation="19 CFR 132.1",
        ),
        _report("report-accepted", "Q01: accepted", "q01-accepted"),
        _report(
            "report-apportioned",
            "Q02: apportioned",
            "q02-apportioned",
            Field("reserved_quantity", "Quantity reserved", "text"),
        ),
        _report("report-filled", "Q03: filled", "q03-filled"),
        _report("report-filled-or-expired", "Q04: filled or expired", "q04-filled-or-expired"),
        _report("report-banned", "Q05: import banned", "q05-banned-import"),
        _report("report-quantity", "Q15: quantity must be more than zero", "q15-quantity-not-positive"),
        _report(
            "report-licence",
            "Q25 to Q28: licence",
            "q25-q28-licence",
            Field(
                "licence_status",
                "Status",
                "code",
                {"Q25": "Licence, Q25", "Q26": "Licence, Q26", "Q27": "Licence, Q27", "Q28": "Licence, Q28"},
            ),
        ),
        Act(
            "report-pending",
            "Q17: pending more than 10 days",
            ("pending",),
            "q17-pending-over-10-days",
            _QUOTA,
            fields=_REPORTED,
            by_holder=False,
            ends=("run",),
            tells=("N-08",),
            citation="CATAIR UC, quota status",
        ),
        Act(
            "record-refiling",
            "Record the summary filed again",
            ("q02-apportioned",),
            "refiled",
            _TEAM,
            fields=(
                Field("refiled_quantity", "Quantity filed", "text"),
                Field(
                    "quantity_check",
                    "Against the quantity reserved",
                    "code",
                    {"within": "Within", "above": "Above"},
                ),
            ),
        ),
        Act(
            "accept-refiled",
            "Accept the summary filed again",
            ("refiled",),
            "accepted",
            _TEAM,
            guards=(Guard("quantity_check", "The quantity filed again exceeds the quantity reserved.", ("within",)),),
            outcome="accepted",
            tells=("N-08",),
        ),
        Act(
            "return-refiled",
            "Return: quantity above what is reserved",
            ("refiled",),
            "q02-apportioned",
            _TEAM,
            guards=(Guard("quantity_check", "The quantity filed again is within the quantity reserved.", ("above",)),),
            tells=("N-08",),
        ),
        Act(
            "accept",
            "Accept the summary",
            ("q01-accepted",),
            "accepted",
            _TEAM,
            outcome="accepted",
        ),
        Act(
            "record-quantity",
            "Record the corrected quantity",
            ("q15-quantity-not-positive",),
            "presented",
            _TEAM,
        ),
        Act(
            "record-licence",
            "Record the licence",
            ("q25-q28-licence",),
            "presented",
            _TEAM,
            fields=(Field("licence_number", "Licence", "text"),),
        ),
        Act(
            "record-disposition",
            "Record what becomes of the goods",
            _REFUSED,
            "not-admitted",
            _TEAM,
            fields=(
                Field(
                    "disposition",
                    "What becomes of them",
                    "code",
                    {
                        "over-quota-rate": "Entered at the rate over the quota",
                        "warehouse": "Bonded warehouse",
                        "foreign-trade-zone": "Foreign-trade zone",
                        "exported": "Exported",
                        "destroyed": "Destroyed",
                    },
                ),
            ),
            by_holder=False,
            outcome="not-admitted",
            citation="19 CFR 132.5",
        ),
        Act(
            "withdraw",
            "Record that the filer withdrew the summary",
            _WITHDRAWABLE,
            "withdrawn",
            _TEAM,
            fields=(Field("withdrawn_on", "Day", "date"),),
            ends=("run",),
            outcome="withdrawn",
        ),
        Act(
            "follow-liquidation",
            "Entry liquidated",
            _OPEN,
            "overtaken",
            (),
            ends=("run",),
            outcome="overtaken",
            event="entry-changed:liquidated",
        ),
        Act(
            "follow-deemed-liquidation",
            "Entry liquidated by operation of law",
            _OPEN,
            "overtaken",
            (),
            ends=("run",),
            outcome="overtaken",
            event="entry-changed:deemed-liquidated",
        ),
    ),
    clocks=(
        Clock(
            "run",
            "Quota run",
            "policy",
            10,
            "days",
            "the line is reported as Q17",
            "CATAIR UC, Q17",
            "U",
            counts_from="sent_on",
        ),
    ),
    steps=(
        Step("types", "The entry type takes quota, or is 06 with quota goods", "check-presentation"),
        Step("priority", "Time of presentation in official office hours", "check-presentation", "19 CFR 132.11a"),
        Step("release", "Quota-class goods are not released before the presentation", "send", "19 CFR 142.13(b)"),
        Step("licence", "Licence or certificate for the goods", "send"),
    ),
    outcomes={
        "accepted": "Accepted under the quota",
        "not-admitted": "Not admitted under the quota",
        "withdrawn": "Withdrawn",
        "overtaken": "Entry liquidated before",
    },
    settings=(
        "The balance of the national quota is kept at headquarters: statuses come from there and are recorded here.",
        "Whether the 10 days of Q17 are calendar days was not in the source: read as calendar days from sending.",
        "What each of Q25 to Q28 says of the licence was not in the source.",
        "What may become of goods that are not admitted (19 CFR 132.5) is recalled, not re-read.",
        "Over-subscription at an opening is prorated by headquarters.",
    ),
)
