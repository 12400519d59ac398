"""The HTTP side of the work queue, a module for each subject."""

from services.workqueue.api import (
    acting,
    claims,
    compartment,
    decision_checks,
    decisions,
    figures,
    files,
    goods,
    items,
    matters,
    processes,
    requests,
    staff,
)

ROUTERS = [
    module.router
    for module in (
        items,
        goods,
        matters,
        compartment,
        claims,
        decisions,
        decision_checks,
        requests,
        files,
        figures,
        acting,
        staff,
    )
]
PUBLIC_ROUTERS = [processes.router]
