"""The HTTP side of routing, a module for each subject."""

from services.routing.api import (
    account_imports,
    accounts,
    appeal_files,
    appeals,
    assignments,
    authority,
    broadcasts,
    calendar,
    criteria,
    decisions,
    directory,
    families,
    figures,
    filings,
    moves,
    outcomes,
    parties,
    policies,
    proposals,
    recommendations,
    tariff_maps,
    unit_values,
)

ROUTERS = [
    decisions.router,
    # Before the paths that name an importer, so that "imports" is not taken for one.
    account_imports.router,
    accounts.router,
    families.router,
    assignments.router,
    proposals.router,
    policies.router,
    directory.router,
    tariff_maps.router,
    # Before the paths that name a criterion, so that "stale" is not taken for one.
    outcomes.router,
    criteria.router,
    unit_values.router,
    appeals.router,
    appeal_files.router,
    filings.router,
    moves.router,
    parties.router,
    broadcasts.router,
    figures.router,
    recommendations.router,
    calendar.router,
]
PUBLIC_ROUTERS = [
    authority.router,
    assignments.public_router,
    directory.public_router,
    figures.public_router,
    calendar.public_router,
]
