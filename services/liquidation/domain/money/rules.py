"""The rules of money that stand beside the deadline rules: fees, the twenty-dollar limit, order of payment."""

from typing import Final

from services.liquidation.domain.rules.rule import Rule, Section

_RULES: Final = (
    Rule(
        "fee-mpf",
        "19 USC 58c(a)(9), 19 CFR 24.23(b)(1)(i)",
        "S",
        "A formal entry bears a merchandise processing fee of 0.3464 % of its value, within a minimum and a maximum.",
    ),
    Rule(
        "fee-mpf-informal",
        "19 USC 58c(a)(10), 19 CFR 24.23(b)(2)(i)",
        "S",
        "An informal entry that is automated bears one fixed merchandise processing fee.",
    ),
    Rule(
        "fee-mpf-exempt",
        "19 CFR 24.23(c)",
        "S",
        "Goods of chapter 98 and of many preference programs bear no merchandise processing fee, line by line.",
    ),
    Rule(
        "fee-hmf",
        "26 USC 4461, 19 CFR 24.24(a)",
        "S",
        "Cargo unloaded from a vessel at a covered port bears a harbor maintenance fee of 0.125 % of its value.",
    ),
    Rule(
        "min-20-liquidation",
        "19 USC 1321(a)(1), 19 CFR 159.6(a), (c)",
        "S",
        "A net difference under 20 dollars between all that is assessed, interest included, and all that was deposited "
        "is disregarded, and the entry liquidated as entered.",
    ),
    Rule(
        "min-20-informal",
        "19 CFR 159.6(a)",
        "U",
        "The limit of 20 dollars of an original liquidation does not name informal, mail and baggage entries.",
    ),
    Rule(
        "min-20-reliquidation",
        "19 CFR 159.6(b), (c)",
        "S",
        "In a reliquidation a net difference under 20 dollars from the liquidation before is disregarded.",
    ),
    Rule(
        "min-20-request",
        "19 CFR 159.6(b)(1)",
        "S",
        "A reliquidation at the importer's request, as after an allowed protest, refunds even less than 20 dollars.",
    ),
    Rule(
        "min-20-court",
        "19 CFR 159.6(b)(2)",
        "S",
        "A reliquidation by a court's judgment refunds or collects even less than 20 dollars.",
    ),
    Rule(
        "int-segments",
        "19 CFR 24.3a(b)(2)(i), 24.36(a)(1)",
        "S",
        "Deposits and refunds before liquidation divide interest into segments, computed apart and then netted.",
    ),
    Rule(
        "int-adcvd",
        "19 USC 1677g",
        "M",
        "Interest on antidumping and countervailing deposits runs for entries since the publication of the order.",
    ),
    Rule(
        "bill-payment-order",
        "19 CFR 24.3a(c)(4), (5)",
        "S",
        "A late payment goes to delinquency interest first, then to the amount billed, as of the day it is received.",
    ),
)

FEES: Final = Section("fees", "Fees, the twenty-dollar limit and the order of payment", _RULES)
MONEY_RULES: Final = {rule.id: rule for rule in _RULES}
"""By id. The rules of section 7 (`int-*`, `bill-*`, `refund-*`) are in `services.liquidation.domain.rules`."""
