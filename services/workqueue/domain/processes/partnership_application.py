"""Candidates for a trusted-trader program: from the invitation to the admission (6 USC 961 to 973 for CTPAT)."""

from typing import Final

from services.workqueue.domain.processes.shape import Act, Clock, Field, Guard, Process, Stage, Step

_MANAGERS: Final = ("national-account-manager",)
_DECIDERS: Final = ("center-director", "office-of-trade")
_OPEN: Final = ("invited", "applied", "vetted", "validation-visit")

PARTNERSHIP_APPLICATION: Final = Process(
    code="partnership-application",
    label="Trusted-trader application",
    summary="A candidate is invited, applies, is vetted and visited, and is admitted or not.",
    division="partnership",
    citation="6 USC 961 to 973",
    opened_by=("national-account-manager", "assistant-center-director", "importer"),
    first="candidate",
    stages=(
        Stage("candidate", "Candidate"),
        Stage("invited", "Invited", "importer"),
        Stage("applied", "Applied, to be vetted"),
        Stage("vetted", "Vetted"),
        Stage("validation-visit", "Validation visit", "meeting"),
        Stage("admitted", "Admitted", is_end=True),
        Stage("not-admitted", "Not admitted", is_end=True),
        Stage("withdrawn", "Withdrawn", is_end=True),
    ),
    acts=(
        Act(
            "invite",
            "Invite the candidate",
            ("candidate",),
            "invited",
            _MANAGERS,
            fields=(
                Field("program", "Program, as the account shows it (CTPAT)", "program"),
                Field("invited_on", "Day", "date"),
            ),
        ),
        Act(
            "pass-over",
            "Do not invite the candidate",
            ("candidate",),
            "not-admitted",
            _MANAGERS,
            fields=(Field("passed_over_reasons", "Why", "text"),),
            outcome="not-invited",
        ),
        Act(
            "record-application",
            "Record the application",
            ("candidate", "invited"),
            "applied",
            _MANAGERS,
            fields=(
                Field("program", "Program, as the account shows it (CTPAT)", "program"),
                Field("applied_on", "Day of the application", "date"),
                Field("importer_numbers", "Importer numbers it covers", "importer-numbers"),
            ),
        ),
        Act(
            "vet",
            "Record the vetting",
            ("applied",),
            "vetted",
            (*_MANAGERS, "office-of-trade"),
            fields=(
                Field(
                    "vetting",
                    "Vetting",
                    "code",
                    {"passed": "Passed", "not-passed": "Not passed"},
                ),
                Field("vetting_record", "Compliance record, open cases, debts", "text"),
                Field("vetted_on", "Day", "date"),
            ),
            by_holder=False,
        ),
        Act(
            "plan-visit",
            "Plan the validation visit",
            ("vetted",),
            "validation-visit",
            _MANAGERS,
            fields=(
                Field("visit_on", "Day of the visit", "date"),
                Field("visit_sites", "Sites", "text"),
            ),
            guards=(Guard("vetting", "The vetting was not passed.", ("passed",)),),
            starts=("visit",),
            opens="engagement",
        ),
        Act(
            "record-visit",
            "Record what the validation visit found",
            ("validation-visit",),
            None,
            _MANAGERS,
            fields=(
                Field(
                    "visit_result",
                    "Result",
                    "code",
                    {
                        "meets": "Meets the criteria",
                        "actions-required": "Actions required",
                        "does-not-meet": "Does not meet the criteria",
                    },
                ),
                Field("visit_findings", "Findings", "text"),
                Field("visited_on", "Day", "date"),
            ),
            ends=("visit",),
        ),
        Act(
            "plan-second-visit",
            "Plan another visit after the actions required",
            ("validation-visit",),
            None,
            _MANAGERS,
            fields=(
                Field("visit_on", "Day of the visit", "date"),
                Field("visit_sites", "Sites", "text"),
            ),
            guards=(Guard("visit_result", "No actions were required.", ("actions-required",)),),
            starts=("visit",),
        ),
        Act(
            "admit",
            "Admit to the program",
            ("validation-visit",),
            "admitted",
            _DECIDERS,
            fields=(Field("admitted_from", "Member from", "date"),),
            guards=(Guard("visit_result", "No visit has found that the criteria are met.", ("meets",)),),
            by_holder=False,
            not_by=("vet", "record-visit"),
            ends=("visit",),
            outcome="admitted",
            publishes="program-admitted",
        ),
        Act(
            "refuse",
            "Do not admit to the program",
            ("applied", "vetted", "validation-visit"),
            "not-admitted",
            _DECIDERS,
            fields=(
                Field("refused_reasons", "Reasons, as the candidate is told", "text"),
                Field("refused_on", "Day", "date"),
            ),
            by_holder=False,
            not_by=("vet", "record-visit"),
            ends=("visit",),
            outcome="not-admitted",
        ),
        Act(
            "withdraw",
            "Record that the candidate declined or withdrew",
            _OPEN,
            "withdrawn",
            (*_MANAGERS, "importer"),
            fields=(Field("withdrawn_on", "Day", "date"),),
            by_holder=False,
            ends=("visit",),
            outcome="withdrawn",
        ),
    ),
    clocks=(
        Clock(
            "visit",
            "The day of the validation visit",
            "goal",
            0,
            "days",
            "it is to be recorded, or given another day",
            "own rule of Centerline",
            "I",
            counts_from="visit_on",
        ),
    ),
    steps=(
        Step("importer", "Each importer number of the candidate, and its Center", "record-application"),
        Step("record", "Compliance record, penalties, debts, prior disclosures", "vet"),
        Step("criteria", "Criteria of the program, one by one", "record-visit"),
    ),
    outcomes={
        "admitted": "Admitted",
        "not-admitted": "Not admitted",
        "not-invited": "Not invited",
        "withdrawn": "Declined or withdrawn by the candidate",
    },
    settings=(
        "Who decides on admission depends on the program; the director's or headquarters' signature is recorded here.",
        "Times for certification and validation are set by statute and by the program; none was read, none is counted.",
        "The account's programs are routing's: it hears of the admission and writes the program into each account.",
    ),
)
