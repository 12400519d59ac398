"""The HTTP side of the work queue, a module for each subject."""

from services.workqueue.api import (
    accounts,
    acting,
    bulk_runs,
    claims,
    clocks,
    compartment,
    decision_checks,
    decisions,
    figures,
    files,
    goods,
    grouping,
    history,
    items,
    management,
    matters,
    notes,
    processes,
    requests,
    staff,
    transfers,
    views,
)

ROUTERS = [
    module.router
    for module in (
        items,
        goods,
        matters,
        compartment,
        claims,
        transfers,
        clocks,
        decisions,
        decision_checks,
        requests,
        files,
        notes,
        figures,
        acting,
        staff,
        views,
        bulk_runs,
        management,
        accounts,
        grouping,
        history,
    )
]
PUBLIC_ROUTERS = [processes.router]
