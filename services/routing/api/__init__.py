"""The HTTP side of routing, a module for each subject."""

from services.routing.api import (
    account_imports,
    appeals,
    assignments,
    authority,
    criteria,
    directory,
    entries,
    families,
    figures,
    filings,
    importers,
    policies,
    preview,
    proposals,
    tariff_maps,
    unit_values,
)

ROUTERS = [
    entries.router,
    preview.router,
    account_imports.router,
    importers.router,
    families.router,
    assignments.router,
    proposals.router,
    policies.router,
    directory.router,
    tariff_maps.router,
    criteria.router,
    unit_values.router,
    appeals.router,
    authority.router,
    filings.router,
    figures.router,
]
