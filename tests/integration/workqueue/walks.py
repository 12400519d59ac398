"""Walks through the processes, written out from the plan of the Centers' processes: acts, stages, days, notices.

Each step is an act with the stage that the plan gives, who does it, what it records beyond the usual, the notices and
the day that is due next, where the plan or the law names one: a date, "" for no clock, None where nothing is said. An
act that begins with `!` is an event, an answer, or the naming of somebody who needs to know. All happens from Monday, 2
March 2026, a minute apart.
"""

from dataclasses import dataclass, field
from typing import Any, Final

ENTRY: Final = "B7600000031"
PORT: Final = "2704"


@dataclass(frozen=True)
class Step:
    """One act, or event, and what must be true after it."""

    act: str
    stage: str
    who: str = ""
    fields: dict[str, Any] = field(default_factory=dict)
    notices: tuple[str, ...] = ()
    due_on: str | None = None


@dataclass(frozen=True)
class Walk:
    """A matter of a process from its first stage: `holder` holds it and does what nobody else is named for."""

    process: str
    first: str
    holder: str
    steps: tuple[Step, ...]
    opener: str | None = None


S = Step
WALKS: Final[dict[str, Walk]] = {
    # 3.1: unaligned, proposed, assigned, yearly review; N-01 is routing's own.
    "account assignment": Walk(
        "account-assignment",
        "unaligned",
        "IS",
        (
            S("propose", "proposed"),
            S("reject", "unaligned", "CD"),
            S("propose", "proposed"),
            S("confirm", "confirmed", "CD"),
            S("!account", "assigned"),
            S("review-again", "review-due"),
            S("keep", "kept", "CD"),
        ),
    ),
    # 3.2: 90 days to reject; CBP 28 30 days; 2 working days to resubmit.
    "entry summary review": Walk(
        "entry-summary-review",
        "accepted",
        "IS",
        (
            S("take-control", "cbp-control", "ES"),
            S("select", "selected", "ITS"),
            S("begin-review", "in-review", due_on="2026-05-31"),
            S("request-information", "waiting-party", notices=("N-03",), due_on="2026-04-01"),
            S("!answer", "in-review", due_on="2026-05-31"),
            S("request-documents", "waiting-party", notices=("N-06",)),
            S("record-answer", "in-review"),
            S("decide", "decided", fields={"decision": "no-change"}, due_on=""),
            S("record-application", "set-to-liquidate"),
        ),
    ),
    "rejected summary": Walk(
        "entry-summary-review",
        "accepted",
        "ES",
        (
            S("reject", "rejected", notices=("N-05",), due_on="2026-03-04"),
            S("record-resubmission", "resubmitted"),
            S("accept-resubmission", "accepted"),
            S("reject", "rejected", notices=("N-05",), due_on="2026-03-04"),
            S("cancel", "cancelled", notices=("N-07",)),
        ),
    ),
    # 3.5: received, validated, awaiting payment, under review; N-05 and N-15.
    "post-summary correction": Walk(
        "post-summary-correction",
        "received",
        "IS",
        (
            S("tell-first-filer", "received", notices=("N-15",)),
            S("record-checks", "received"),
            S("validate", "validated"),
            S("ask-for-payment", "awaiting-payment"),
            S("select", "under-review"),
            S("request-information", "waiting-party", notices=("N-03",)),
            S("!answer", "under-review"),
            S("reject-reviewed", "rejected", notices=("N-05",)),
        ),
    ),
    "reverted correction": Walk(
        "post-summary-correction",
        "received",
        "IS",
        (
            S("record-checks", "received"),
            S("validate", "validated"),
            S("select", "under-review"),
            S("revert", "reverted", "ACD", notices=("N-05",)),
        ),
    ),
    # 3.6, claims under 1520(d): one year from importation, CBP 28 30 days, protest 180 days.
    "preference claim": Walk(
        "preference-claim",
        "filed",
        "IS",
        (
            S("check-time", "timeliness", fields={"imported_on": "2025-06-02"}, due_on="2026-06-02"),
            S("find-timely", "assigned", due_on=""),
            S("begin-review", "in-review"),
            S("ask-party", "waiting-party", notices=("N-03",), due_on="2026-04-01"),
            S("!silence", "in-review"),
            S("recommend-grant", "recommended"),
            S("!preference-claim-granted", "decided"),
            S("record-grant", "approved"),
            S("!reliquidated-by-claim", "reliquidated"),
        ),
    ),
    # 3.6: late claims are denied, and the denial may be protested.
    "late preference claim": Walk(
        "preference-claim",
        "filed",
        "IS",
        (
            S("check-time", "timeliness", fields={"imported_on": "2025-02-03"}, due_on="2026-02-03"),
            S("find-untimely", "untimely", due_on=""),
            S("recommend-denial", "recommended"),
            S("!preference-claim-denied", "decided"),
            S("record-denial", "denied"),
        ),
    ),
    # 3.8: CBP 28 30 days, comments 30 days, qualified.
    "preference": Walk(
        "preference",
        "claimed",
        "IS",
        (
            S("select", "selected"),
            S("ask-importer", "cf28-origin", notices=("N-03",), due_on="2026-04-01"),
            S("!answer", "answered", due_on=""),
            S("ask-producer", "producer-questionnaire", due_on="2026-04-01"),
            S("record-producer", "answered"),
            S("order-visit", "visit", "CD"),
            S("report-visit", "answered", "OT"),
            S("tell-intent", "intent-to-deny", notices=("N-21",), due_on="2026-04-01"),
            S("record-comments", "comment"),
            S("qualify", "qualified", notices=("N-21",)),
            S("record-qualification", "applied"),
        ),
    ),
    # 3.9: question, facts, method, proposed (20 days), decided by another person.
    "classification": Walk(
        "classification",
        "question",
        "IS",
        (
            S("state-question", "facts"),
            S("record-facts", "facts"),
            S("send-sample", "laboratory"),
            S("record-report", "facts"),
            S("ask-headquarters", "headquarters"),
            S("record-advice", "facts", "RR"),
            S("choose-rule", "method-chosen"),
            S("propose", "proposed", notices=("N-04",), due_on="2026-03-22"),
            S("!answer", "responded", due_on=""),
            S("decide", "decided", "CD"),
            S("record-application", "applied"),
        ),
    ),
    "appraisement": Walk(
        "appraisement",
        "question",
        "IS",
        (
            S("state-question", "facts"),
            S("record-facts", "facts"),
            S("ask-party", "waiting-party", notices=("N-03",), due_on="2026-04-01"),
            S("!answer", "facts", due_on=""),
            S("choose-method", "method-chosen"),
            S("propose", "proposed", notices=("N-04",), due_on="2026-03-22"),
            S("!answer", "responded"),
            S("decide", "decided", "CD"),
            S("record-application", "applied"),
        ),
    ),
    # 3.7: suspended, EAPA, injunction, lifted (6 months), rate, certificate, liquidated, billed, collected.
    "antidumping": Walk(
        "ad-cvd",
        "entered",
        "AD",
        (
            S("check-entry", "entered"),
            S("!suspended-by-injunction", "suspended"),
            S("note-evasion-case", "eapa"),
            S("note-injunction", "injunction"),
            S("!suspension-lifted", "lifted", due_on="2026-09-02"),
            S("record-instruction", "lifted"),
            S("set-rate", "rate-set", fields={"rate_match": "equal"}),
            S("confirm-rate", "certificate-check", "CD"),
            S("check-certificate", "certificate-check", fields={"statement": "missing"}),
            S("request-certificate", "waiting-certificate", notices=("N-05",)),
            S("record-certificate", "certificate-check", fields={"statement": "on-file"}),
            S("decide", "set-to-liquidate"),
            S("!liquidated-as-entered", "liquidated"),
            S("close-without-bill", "closed"),
        ),
    ),
    # 3.7, EAPA: 15 business days, 90 days, 300 days, review 30 business days.
    "evasion": Walk(
        "eapa",
        "received",
        "AD",
        (
            S("receive", "proper", "OT", due_on="2026-03-23"),
            S("initiate", "investigating", "OT", due_on="2026-05-31"),
            S("order-measures", "interim-measures", "OT"),
            S("tell-measures", "interim-measures", notices=("N-20",)),
            S("determine-evasion", "evasion", "OT"),
            S("tell-determination", "evasion", notices=("N-20",)),
            S("record-review-request", "under-review", "OT"),
            S("affirm", "review-decided", "RR", notices=("N-20",)),
            S("close-reviewed", "closed"),
        ),
    ),
    # 3.10: advice to the port within 5 business days of presentation; what the port decides it records itself.
    "admissibility": Walk(
        "admissibility-advice",
        "requested",
        "TEC",
        (
            S("accept", "accepted", due_on="2026-03-09"),
            S("await-packet", "packet-pending"),
            S("record-packet", "in-review"),
            S("recommend", "in-review", fields={"recommended": "exclude"}),
            S("advise", "advised", "CD", {"advice": "exclude"}),
            S("follow-with-exclude", "port-decided", "PD", notices=("N-23",), due_on=""),
            S("close-followed", "closed"),
        ),
        opener="PS",
    ),
    # The port may decide otherwise, with a reason. 5 business days to detain, 5 more for the notice.
    "admissibility that the port decides otherwise": Walk(
        "admissibility-advice",
        "requested",
        "TEC",
        (
            S("accept", "accepted", due_on="2026-03-09"),
            S("record-detention", "accepted", "PS", due_on="2026-03-09"),
            S("record-detention-notice", "accepted", "PS", notices=("N-22",), due_on="2026-04-01"),
            S("begin-review", "in-review"),
            S("recommend", "in-review", fields={"recommended": "exclude"}),
            S("advise", "advised", "CD", {"advice": "exclude"}),
            S("depart-with-release", "port-decided", "PD", {"difference": "new-facts"}, ("N-22",), ""),
            S("close-differed", "closed"),
        ),
        opener="PD",
    ),
    "goods excluded because nobody decided": Walk(
        "admissibility-advice",
        "requested",
        "TEC",
        (
            S("accept", "accepted", due_on="2026-03-09"),
            S("record-deemed-exclusion", "closed", "PD", notices=("N-23",)),
        ),
        opener="PS",
    ),
    # 3.11: hearing in 15 business days; quorum, comparables; nothing is told to a party.
    "enforcement board": Walk(
        "cear",
        "nominated",
        "TEC",
        (
            S("screen", "screened", due_on="2026-03-23"),
            S("schedule", "scheduled"),
            S("hear", "heard", fields={"quorum": "reached"}),
            S("defer", "deferred", due_on="2026-03-23"),
            S("schedule", "scheduled"),
            S("hear", "heard", fields={"quorum": "reached"}),
            S("show-comparables", "heard"),
            S("!vote warning-letter", "heard"),
            S("dispose", "disposed", "ACD", {"disposition": "warning-letter", "votes_for": 2, "votes_against": 0}),
            S("begin-warning-letter", "action-open"),
            S("report-result", "result-reported"),
            S("close-warning-letter", "closed"),
        ),
    ),
    # 3.18: indicator, lead, developed, board, outcome; law-enforcement-sensitive.
    "commercial fraud": Walk(
        "commercial-fraud",
        "indicator",
        "TEC",
        (
            S("take-as-lead", "lead"),
            S("develop", "developed"),
            S("nominate", "cear"),
            S("refer", "referred-hsi"),
            S("!name HSI", "referred-hsi"),
            S("accept", "accepted", "HSI"),
            S("ask-support", "support-requests", "HSI"),
            S("give-support", "support-requests"),
            S("go-quiet", "support-requests", "HSI"),
            S("record-outcome", "outcome", "HSI", {"result": "criminal"}),
            S("!name ACD", "outcome"),
            S("close-criminal", "closed", "ACD"),
        ),
    ),
    # 3.12: 30 days to complete, one extension of 60, tender in 30; N-24 and N-25.
    "prior disclosure": Walk(
        "prior-disclosure",
        "received",
        "IS",
        (
            S("acknowledge", "acknowledged", notices=("N-24",)),
            S("ask-for-data", "perfecting", notices=("N-24",), due_on="2026-04-01"),
            S("extend-completion", "perfecting", "FPF", notices=("N-24",), due_on="2026-05-01"),
            S("record-completion", "perfected", due_on=""),
            S("compute-loss", "loss-computed"),
            S("request-tender", "tender-due", notices=("N-25",), due_on="2026-04-01"),
            S("record-tender", "tendered", "ES", due_on=""),
            S("validate", "valid", "FPF", {"culpability": "negligence"}),
            S("close-interest-only", "closed", "CD", notices=("N-25",)),
        ),
    ),
    # 3.13: others 21 months from the earliest summary; due soon, filed, reviewed.
    "reconciliation": Walk(
        "reconciliation",
        "flagged",
        "IS",
        (
            S("watch-other", "flagged", notices=("N-26",), due_on="2027-12-02"),
            S("remind", "due-soon", notices=("N-26",)),
            S("mark-due", "due", notices=("N-26",)),
            S("find-missed", "missed", notices=("N-26",)),
            S("begin-damages", "liquidated-damages", "CD", notices=("N-30",)),
        ),
    ),
    "filed reconciliation": Walk(
        "reconciliation",
        "flagged",
        "IS",
        (
            S("record-filing", "filed", "ES"),
            S("request-documents", "docs-requested", notices=("N-03",)),
            S("record-documents", "filed"),
            S("review", "reviewed"),
            S("confirm", "awaiting-liquidation", "CD"),
            S("!liquidated-as-entered", "liquidated"),
        ),
    ),
    # 3.14
    "internal advice": Walk(
        "internal-advice",
        "requested",
        "IS",
        (
            S("take-up", "requested", fields={"transaction": "current", "asked_by": "importer"}),
            S("write-view", "center-view-written"),
            S("send", "sent-hq", "CD", notices=("N-27",)),
            S("assign-at-headquarters", "hq-assigned", "RR"),
            S("question", "hq-question", "RR"),
            S("reply", "hq-assigned"),
            S("decide", "decided", "RR", notices=("N-27",)),
            S("apply", "applied"),
        ),
    ),
    "refused internal advice": Walk(
        "internal-advice",
        "requested",
        "IS",
        (
            S("take-up", "requested", fields={"transaction": "current", "asked_by": "importer"}),
            S("refuse", "refused", "CD", notices=("N-27",)),
            S("record-appeal", "refusal-appealed"),
            S("uphold-refusal", "closed", "RR", notices=("N-27",)),
        ),
    ),
    # 3.15: Q01, Q02 with the quantity reserved.
    "quota": Walk(
        "quota",
        "presented",
        "ES",
        (
            S("check-presentation", "proper", fields={"deposit": "deposited"}),
            S("send", "pending"),
            S("report-apportioned", "q02-apportioned", "OT", notices=("N-08",)),
            S("record-refiling", "refiled", fields={"quantity_check": "above"}),
            S("return-refiled", "q02-apportioned", notices=("N-08",)),
            S("record-refiling", "refiled", fields={"quantity_check": "within"}),
            S("accept-refiled", "accepted", notices=("N-08",)),
        ),
    ),
    "filled quota": Walk(
        "quota",
        "presented",
        "ES",
        (
            S("check-presentation", "proper", fields={"deposit": "deposited"}),
            S("send", "pending"),
            S("report-filled", "q03-filled", "OT", notices=("N-08",)),
            S("record-disposition", "not-admitted", "IS"),
        ),
    ),
    # 3.16: claim with accelerated payment, selected, verified, liquidated; privileges with 90 days.
    "drawback claim": Walk(
        "drawback-claim",
        "filed",
        "DS",
        (
            S("record-filing", "filed", due_on="2027-03-02"),
            S("validate", "validated"),
            S("pay-accelerated", "ap-paid", "DS2", notices=("N-28",)),
            S("select", "selected"),
            S("request-documents", "docs", notices=("N-28",), due_on="2026-04-01"),
            S("record-documents", "selected"),
            S("verify", "verified"),
            S("confirm", "awaiting-liquidation", "DS2"),
            S("!liquidated-with-refund", "liquidated", due_on=""),
            S("!refund-determined", "refund"),
        ),
    ),
    "drawback privilege": Walk(
        "drawback-privilege",
        "applied",
        "DS",
        (
            S("take-up", "review", notices=("N-28",), due_on="2026-05-31"),
            S("recommend", "recommended", fields={"recommendation": "grant"}),
            S("grant", "granted", "CD", notices=("N-28",)),
        ),
    ),
    # 3.17: pre-penalty 30 days, petition 60 days; N-29 to N-31.
    "penalty": Walk(
        "liquidated-damages-penalty",
        "breach-detected",
        "TEC",
        (
            S("package", "package", fields={"claim_kind": "penalty", "culpability": "negligence"}),
            S("approve", "supervisor-ok", "CD"),
            S("send", "sent-fpf"),
            S("record-case-number", "monitored", "FPF"),
            S("open-case", "opened", "FPF"),
            S("issue-pre-penalty", "pre-penalty", "FPF", notices=("N-29",), due_on="2026-04-01"),
            S("record-response", "response", "FPF"),
            S("issue-penalty-notice", "notice", "FPF", notices=("N-30",), due_on="2026-05-01"),
            S("record-petition", "petition", "FPF"),
            S("ask-opinion", "center-opinion", "FPF"),
            S("give-opinion", "center-opinion"),
            S("decide-petition", "decision", "FPF", {"relief": "mitigated"}, ("N-31",), "2026-05-01"),
            S("record-supplemental", "supplemental", "FPF"),
            S("decide-supplemental", "decision", "FPF2", {"relief": "mitigated"}, ("N-31",)),
            S("record-payment", "paid", "FPF"),
        ),
    ),
    "petition": Walk(
        "petition",
        "petition",
        "TEC",
        (
            S("take-up", "taken-up", "FPF"),
            S("ask-opinion", "center-opinion", "FPF"),
            S("write-opinion", "opinion-signature"),
            S("sign-opinion", "decision", "CD"),
            S("decide", "decided", "FPF", {"decision": "mitigated"}, ("N-31",)),
            S("record-payment", "paid", "FPF"),
        ),
    ),
    # 3.19: issue, data, options, consulted, recommended, adopted, in force, measured; N-33.
    "policy analysis": Walk(
        "policy-analysis",
        "issue",
        "ITS",
        (
            S("state-issue", "data-pack"),
            S("pack-data", "options"),
            S("write-options", "consult"),
            S("record-headquarters-view", "consult", "OT"),
            S("record-center-view", "consult", "CD"),
            S("record-trade-view", "consult"),
            S("recommend", "recommended"),
            S("adopt", "adopted", "CD"),
            S("put-in-force", "sop-version", notices=("N-33",)),
            S("measure", "measured"),
        ),
    ),
    # Catalogue of notices, N-38; 19 CFR 10.37: decided by the director of the Center.
    "temporary importation": Walk(
        "tib-extension",
        "received",
        "IS",
        (
            S("take-up", "in-review"),
            S("deny", "denied", "CD", {"leave_by": "2026-04-30"}, ("N-38",), "2026-04-30"),
            S("record-export", "left"),
        ),
    ),
    # What the plan has no section for, by the features of the queue: one contact with 2 business days, and so on.
    "inquiry": Walk(
        "inquiry",
        "received",
        "IS",
        (
            S("take-up", "in-hand", due_on="2026-03-04"),
            S("ask-back", "waiting-for-asker"),
            S("record-reply", "in-hand"),
            S("answer", "answered", due_on=""),
            S("close-answered", "closed", notices=("N-42",)),
        ),
    ),
    "engagement": Walk(
        "engagement",
        "planned",
        "IS",
        (S("set-day", "planned"), S("hold", "held"), S("report", "reported", notices=("N-42",))),
    ),
    "partnership": Walk(
        "partnership-application",
        "candidate",
        "NAM",
        (
            S("invite", "invited"),
            S("record-application", "applied"),
            S("vet", "vetted", "OT", {"vetting": "passed"}),
            S("plan-visit", "validation-visit"),
            S("record-visit", "validation-visit", fields={"visit_result": "meets"}),
            S("admit", "admitted", "CD"),
        ),
    ),
    "consultation": Walk(
        "consultation",
        "asked",
        "IS",
        (
            S("take-up", "in-review", due_on="2026-03-16"),
            S("ask-back", "waiting-asking-center"),
            S("give-facts", "in-review", "IS2"),
            S("advise", "advised", fields={"advice": "agree"}),
            S("follow", "used", "IS2"),
        ),
    ),
    "referral": Walk(
        "agency-referral",
        "draft",
        "IS",
        (
            S("send", "sent", fields={"agency": "FDA", "answer_by": "2026-03-23"}, due_on="2026-03-23"),
            S("record-acknowledgement", "acknowledged"),
            S("record-answer", "answered", due_on=""),
            S("close", "closed"),
        ),
    ),
    "hand-over": Walk(
        "port-hand-over",
        "draft",
        "IS",
        (
            S("offer-to-port", "offered-to-port", due_on="2026-03-04"),
            S("accept-at-port", "accepted", "PS"),
        ),
    ),
    "hand-over by a port": Walk(
        "port-hand-over",
        "draft",
        "IS",
        (
            S("offer-to-center", "offered-to-center", "PS", due_on="2026-03-04"),
            S("accept-at-center", "accepted", "CD"),
        ),
        opener="PS",
    ),
    "exception": Walk(
        "liquidation-exception",
        "found",
        "LS",
        (
            S("take-up", "in-work"),
            S("ask-party", "waiting-party", notices=("N-03",)),
            S("record-answer", "in-work"),
            S("put-right", "ready"),
            S("!liquidated-as-entered", "liquidated", due_on=""),
        ),
    ),
    # 3.4, clock 6: 90 days from the deemed liquidation to reliquidate.
    "deemed liquidation": Walk(
        "liquidation-exception",
        "found",
        "LS",
        (
            S("take-up", "in-work"),
            S("!deemed-liquidated", "deemed"),
            S("propose-reliquidation", "reliquidation-proposed"),
            S("approve-reliquidation", "reliquidation-due", "CD"),
            S("!reliquidated-without-change", "reliquidated", due_on=""),
        ),
    ),
    # 3.4, clock 6: also where a decision came after the liquidation.
    "decision after the liquidation": Walk(
        "liquidation-exception",
        "found",
        "LS",
        (
            S("note-liquidation", "deemed", due_on="2026-05-31"),
            S("propose-reliquidation", "reliquidation-proposed"),
            S("return", "deemed", "CD"),
            S("propose-reliquidation", "reliquidation-proposed"),
            S("leave", "final", "ACD", due_on=""),
        ),
    ),
    "extension request": Walk(
        "extension-request",
        "received",
        "IS",
        (
            S("take-up", "in-review"),
            S("recommend", "recommended", fields={"recommendation": "deny"}),
            S("deny", "denied", "CD"),
        ),
    ),
    "response": Walk(
        "response",
        "received",
        "IS",
        (
            S("match", "matched"),
            S("begin", "in-assessment"),
            S("ask-party", "waiting-party", notices=("N-03",)),
            S("record-answer", "in-assessment"),
            S("assess", "assessed", fields={"next_step": "propose-action"}),
            S("confirm-action", "closed", "CD", notices=("N-04",)),
        ),
    ),
    "sampling": Walk(
        "sampling",
        "asked",
        "IS",
        (
            S("say-what", "asked"),
            S("take", "taken", "IS"),
            S("send", "sent"),
            S("record-arrival", "at-the-laboratory"),
            S("record-report", "reported"),
            S("dispose", "remnant-disposed"),
        ),
    ),
}
