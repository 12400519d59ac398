"""The criteria that the product starts with; thresholds are policy, not law."""

from typing import Final

from services.routing.domain.criteria import Criterion, HowMuch, What, Who

_OWNER: Final = "office-of-trade"

SHIPPED_CRITERIA: Final = (
    Criterion(
        id="case-on-line",
        revision=1,
        title="A line names an antidumping or countervailing case.",
        owner=_OWNER,
        lane="enforcement",
        processes=("ad-cvd",),
        instruction="Check case number, deposit rate and scope, and suspend liquidation where the order says so.",
        what=What(has_case=True),
    ),
    Criterion(
        id="quota-entry",
        revision=1,
        title="The entry type is subject to quota.",
        owner=_OWNER,
        lane="document-review",
        processes=("quota",),
        instruction="Check the quantity against the quota and the rate that was claimed.",
        what=What(is_quota=True),
    ),
    Criterion(
        id="large-preference",
        revision=1,
        title="A preference is claimed on a line worth $100,000 or more.",
        owner=_OWNER,
        lane="document-review",
        processes=("preference",),
        instruction="Check that the claim is supported: origin, certification, direct shipment where it is asked for.",
        spares_trusted=True,
        what=What(preference="any"),
        how_much=HowMuch(line_value_at_least_cents=10_000_000),
    ),
    Criterion(
        id="high-value",
        revision=1,
        title="The entry is worth $1,000,000 or more.",
        owner=_OWNER,
        lane="document-review",
        processes=("entry-summary-review",),
        instruction="Check classification and value of the lines that carry most of the value.",
        spares_trusted=True,
        how_much=HowMuch(entry_value_at_least_cents=100_000_000),
    ),
    Criterion(
        id="importer-unknown",
        revision=1,
        title="The importer has no account yet.",
        owner=_OWNER,
        lane="document-review",
        processes=("entry-summary-review",),
        instruction="Check who the importer is and whether an account should be opened.",
        who=Who(without_account=True),
    ),
)
