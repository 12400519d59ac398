"""The clocks of the processes that the law gives say what its rules say: citation, evidence, and length."""

from typing import Final

import pytest

from services.liquidation.domain.rules.table import RULES
from services.workqueue.domain.processes.table import PROCESSES

OF_LAW: Final = {
    ("ad-cvd", "lifted-period"): ("susp-lift-6mo", "6 months"),
    ("ad-cvd", "instruction-target"): ("susp-lift-target-90", "90 days"),
    ("ad-cvd", "bill"): ("bill-due", None),
    ("ad-cvd", "surety"): ("protest-surety", None),
    ("admissibility-advice", "detain-decide"): ("detain-decide", "5 business-days"),
    ("admissibility-advice", "detain-notice"): ("detain-notice", "5 business-days"),
    ("admissibility-advice", "detain-final"): ("detain-final", "30 days"),
    ("admissibility-advice", "wro-proof"): ("wro-proof", "3 months"),
    ("admissibility-advice", "wro-abandon"): ("wro-abandon", "60 days"),
    ("appraisement", "reply"): ("cf28-reply", "30 days"),
    ("appraisement", "reasons"): ("cf29-proposed", "20 days"),
    ("cear", "limitation"): ("sol-1592", "5 years"),
    ("classification", "reply"): ("cf28-reply", "30 days"),
    ("classification", "reasons"): ("cf29-proposed", "20 days"),
    ("commercial-fraud", "fraud-limitation"): ("sol-1592", "5 years"),
    ("drawback-claim", "completion"): ("drawback-file", "5 years"),
    ("drawback-claim", "liquidation"): ("liq-1yr-drawback", "1 years"),
    ("eapa", "initiation"): ("eapa-initiate", "15 business-days"),
    ("eapa", "interim"): ("eapa-interim", "90 days"),
    ("eapa", "measures-notice"): ("eapa-notice", "5 business-days"),
    ("eapa", "facts"): ("eapa-facts", "200 days"),
    ("eapa", "arguments"): ("eapa-argument", "230 days"),
    ("eapa", "replies"): ("eapa-argument", "245 days"),
    ("eapa", "determination"): ("eapa-decide", "300 days"),
    ("eapa", "determination-extended"): ("eapa-decide", "360 days"),
    ("eapa", "review-request"): ("eapa-review-request", "30 business-days"),
    ("eapa", "review-decision"): ("eapa-review-decide", "60 business-days"),
    ("eapa", "suit"): ("eapa-suit", "30 business-days"),
    ("entry-summary-review", "documents"): ("records-demand", "30 days"),
    ("entry-summary-review", "reasons"): ("cf29-proposed", "20 days"),
    ("extension-request", "posting"): ("ext-notice", None),
    ("liquidated-damages-penalty", "prepenalty-reply"): ("prepenalty-reply", "30 days"),
    ("liquidated-damages-penalty", "penalty-petition"): ("penalty-petition", "60 days"),
    ("liquidated-damages-penalty", "ld-petition"): ("ld-petition", "60 days"),
    ("liquidated-damages-penalty", "seizure-petition"): ("seizure-petition", "30 days"),
    ("liquidated-damages-penalty", "ld-decision-life"): ("ld-decision-life", "60 days"),
    ("liquidated-damages-penalty", "limitation"): ("sol-1592", "5 years"),
    ("liquidation-exception", "lifted"): ("susp-lift-6mo", "6 months"),
    ("liquidation-exception", "reliquidation"): ("reliq-1501", "90 days"),
    ("notice-of-action", "answer"): ("cf29-proposed", "20 days"),
    ("post-summary-correction", "window-entry"): ("psc-window", "300 days"),
    ("post-summary-correction", "window-schedule"): ("psc-window", "-15 days"),
    ("preference-claim", "claim-year"): ("claim-1520d", "1 years"),
    ("preference-claim", "protest"): ("claim-1520d-form", "180 days"),
    ("prior-disclosure", "writing"): ("pd-oral-confirm", "10 days"),
    ("prior-disclosure", "completion"): ("pd-unknown-data", "30 days"),
    ("prior-disclosure", "tender"): ("pd-tender", "30 days"),
    ("protest", "decision"): ("protest-decide-2y", "2 years"),
    ("protest", "exclusion"): ("protest-exclusion-30", "30 days"),
    ("protest", "accelerated"): ("protest-accel-30", None),
    ("protest", "forwarding"): ("afr-forward", "60 days"),
    ("protest", "set-aside-request"): ("afr-complaint-1515c", "60 days"),
    ("protest", "set-aside-answer"): ("afr-complaint-answer", "60 days"),
    ("protest", "void-request"): ("void-1515d", "90 days"),
    ("protest", "summons"): ("summons-180", "180 days"),
    ("protest", "refund"): ("protest-allow", "30 days"),
    ("reconciliation", "other-due"): ("recon-other", "21 months"),
    ("reconciliation", "trade-due"): ("recon-fta", "12 months"),
    ("reconciliation", "liquidation"): ("liq-1yr-recon", "1 years"),
    ("request-for-information", "reply"): ("cf28-reply", "30 days"),
}
"""By process and clock: the rule of law, and the length written out from it; None where an act records the last day."""


@pytest.mark.parametrize(("place", "law"), OF_LAW.items(), ids=lambda each: str(each[0]))
def test_clock_says_what_the_rule_says(place: tuple[str, str], law: tuple[str, str | None]) -> None:
    clock = PROCESSES[place[0]].clock(place[1])
    rule = RULES[law[0]]
    tags = {rule.evidence, "U"} if rule.unsettled else {rule.evidence}
    assert clock.evidence in tags, (clock.evidence, rule)
    shown = f"{clock.length} {clock.unit}" if clock.length else None
    assert shown == law[1]


def test_every_other_statutory_clock_is_known_to_have_no_rule_of_its_own() -> None:
    """A statutory clock without a row of the law says so by its evidence: from memory, or parts of other rules."""
    loose = {
        (process.code, clock.code): clock.evidence
        for process in PROCESSES.values()
        for clock in process.clocks
        if clock.kind == "statutory" and (process.code, clock.code) not in OF_LAW
    }
    assert {place: tag for place, tag in loose.items() if tag == "S"} == {
        ("eapa", "determination-notice"): "S",  # eapa-decide: notice in 5 business days
        ("eapa", "refusal-notice"): "S",  # eapa-initiate: tell the alleger within 5 business days
        ("liquidated-damages-penalty", "short-prepenalty-reply"): "S",  # prepenalty-reply: as few as 7 days
        ("liquidation-exception", "period"): "S",  # liq-1yr-entry and its kin; liquidation says the day
        ("tib-extension", "leaving"): "S",  # tib-extend: an act records the last day
        ("tib-extension", "period"): "S",  # tib-initial: the period that is to be extended
    }
