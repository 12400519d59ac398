"""Every deadline vector holds, and every rule of the deadline research is in the table and has a vector."""

import pytest

from services.liquidation.domain.rules.table import RULES
from tests.unit.liquidation.liquidation_vectors import Vector, read_vectors

IDS_BY_SECTION = {
    "1 counting": """count-day-one count-full-last-day count-months count-years count-month-end count-calendar-days
        count-business-day count-working-day count-holidays roll-private-filing roll-private-filing-electronic
        roll-government-clock roll-specific-113-42 roll-court count-date-filed-protest count-date-denial
        count-timezone""",
    "2 starts": """entry-date importation-date liquidation-date notice-search-fields liquidation-date-deemed
        liquidation-date-informal demand-date-surety""",
    "3 summary, deposit, correction": """es-file es-file-immediate-delivery deposit-outer-limit deposit-pms
        informal-threshold deminimis-suspended deminimis-repeal psc-window psc-window-extended psc-window-suspended
        psc-preconditions psc-cannot refund-before-liq""",
    "4 liquidation": """liq-cycle-314 liq-1yr-entry liq-1yr-warehouse liq-1yr-withdrawal liq-1yr-recon
        liq-1yr-activity-stmt liq-1yr-drawback liq-drawback-unliquidated liq-drawback-old ext-reasons ext-length
        ext-max liq-4yr-cap ext-notice ext-notice-presumption ext-request-late susp-grounds susp-notice susp-lift-6mo
        susp-lift-trigger susp-lift-multiline susp-lift-target-90 susp-injunction-breach susp-statutory-breach
        susp-false-deemed liq-after-deemed eapa-suspend""",
    "5 reliquidation, finality": """reliq-1501 reliq-1501-base reliq-protest-pending reliq-cape-80 final-1514
        final-two-meanings reliq-court claim-1520d claim-1520d-form claim-1520c-gone reliq-1509g duty-1592d
        domestic-1516 suit-bond-2415""",
    "6 protest": """protest-decisions protest-parties protest-contents protest-180 protest-90-legacy protest-deemed
        protest-surety protest-reliq-scope protest-commerce-no-reset protest-one-per-category protest-multi-entry
        protest-amend protest-new-grounds protest-decide-2y protest-exclusion-30 protest-accel-request
        protest-accel-30 protest-denial-notice protest-allow protest-no-rescind summons-180 summons-paydues
        action-ends-admin afr-file afr-criteria afr-local-first afr-forward afr-complaint-1515c afr-complaint-answer
        void-1515d void-no-toll""",
    "7 bills, refunds, interest": """bill-due int-underpay int-overpay int-overpay-1520d int-delinquent refund-due
        refund-ach int-rate-source int-rate-known bill-notice-principal bill-notice-surety bill-dunning
        bill-setoff-hold int-surety-limit""",
    "8 notices from the Center": """cf28-reply cf29-proposed cf29-threshold cf29-taken records-demand
        redelivery-demand recordkeeping""",
    "9 penalties, prior disclosure, liquidated damages": """prepenalty-reply penalty-petition seizure-petition
        ld-petition ld-decision-life ld-not-protestable pd-timing pd-oral-confirm pd-unknown-data pd-tender
        sol-1592""",
    "10 evasion": """eapa-initiate eapa-interim eapa-notice eapa-facts eapa-argument eapa-decide eapa-review-request
        eapa-review-decide eapa-suit eapa-liq-still-protest""",
    "11 detention, forced labour": """detain-decide detain-notice detain-final uflpa-detention detain-protest
        wro-proof wro-abandon wro-finding""",
    "12 drawback, reconciliation, TIB, quota": """drawback-file drawback-file-191 drawback-export recon-other recon-fta
        recon-noflag
        tib-initial tib-extend tib-short-heading tib-no-liq quota-present""",
    "13 invariants": """inv-separate-flags inv-lift-period inv-extension-posted inv-three-extensions
        inv-correction-protest-order inv-final-1501 inv-after-final inv-breach inv-deemed-denial inv-two-years
        inv-courtesy inv-center-change inv-order""",
}
PARTLY_READ = """entry-date importation-date liquidation-date-informal demand-date-surety psc-cannot liq-4yr-cap
    ext-notice-presumption susp-notice susp-lift-multiline claim-1520d-form reliq-1509g protest-multi-entry
    protest-accel-request protest-accel-30 protest-allow int-delinquent recon-other recon-fta recon-noflag
    quota-present recordkeeping ld-not-protestable detain-decide detain-notice uflpa-detention"""
RECALLED = """law-before-1993 roll-court count-date-filed-protest informal-threshold deminimis-repeal refund-before-liq
    susp-lift-target-90 eapa-suspend claim-1520c-gone duty-1592d domestic-1516 protest-reliq-scope summons-paydues
    action-ends-admin afr-criteria afr-complaint-answer void-1515d int-overpay-1520d cf29-taken records-demand
    redelivery-demand ld-petition ld-decision-life pd-unknown-data pd-tender sol-1592 eapa-review-decide
    eapa-suit inv-order drawback-file-191"""
UNSETTLED = """count-month-end count-working-day count-holidays roll-private-filing-electronic count-timezone
    liq-cycle-314 entry-type-no-liq protest-deemed afr-forward bill-notice-surety version-once"""
NOT_A_CLOCK = {
    "refund-before-liq": "CBP's discretion: no date and no outcome follows from facts",
    "ext-notice-presumption": "weighs evidence of old, mailed notices",
    "int-surety-limit": "an amount of money, not a date",
    "version-once": "a rule of filing, kept by the record of an entry",
    "ieepa-off": "changes rates of duty: no date and no outcome follows from facts",
    "sec122": "changes rates of duty: no date and no outcome follows from facts",
}


@pytest.mark.parametrize("vector", read_vectors(), ids=lambda vector: vector.id)
def test_vector_holds(vector: Vector) -> None:
    assert vector.answer() == vector.expected


@pytest.mark.parametrize("section", IDS_BY_SECTION)
def test_every_rule_of_the_section_is_in_the_table(section: str) -> None:
    assert [rule for rule in IDS_BY_SECTION[section].split() if rule not in RULES] == []


def test_every_rule_has_a_vector_or_a_reason_why_not() -> None:
    covered = {vector.rule for vector in read_vectors()}
    assert sorted(set(RULES) - covered) == sorted(NOT_A_CLOCK)
    assert covered <= set(RULES)


def test_every_vector_names_its_source() -> None:
    assert all(vector.source for vector in read_vectors())
    assert len(read_vectors()) >= 180


def test_every_rule_has_a_citation_a_tag_and_one_text() -> None:
    assert all(rule.citation and rule.text.endswith(".") and rule.evidence in "SPMU" for rule in RULES.values())
    assert len({rule.text for rule in RULES.values()}) == len(RULES)


@pytest.mark.parametrize(("tag", "ids"), [("P", PARTLY_READ), ("M", RECALLED), ("U", UNSETTLED)])
def test_rules_that_are_not_fully_read_say_so(tag: str, ids: str) -> None:
    assert sorted(rule.id for rule in RULES.values() if rule.evidence == tag) == sorted(ids.split())
