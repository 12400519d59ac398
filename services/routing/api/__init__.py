"""The HTTP side of routing, a module for each subject."""

from services.routing.api import assignments, directory, entries, figures, importers

ROUTERS = [
    entries.router,
    importers.router,
    assignments.router,
    directory.router,
    figures.router,
]
