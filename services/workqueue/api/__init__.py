"""The HTTP side of the work queue, a module for each subject."""

from services.workqueue.api import (
    acting,
    claims,
    decision_checks,
    decisions,
    figures,
    goods,
    items,
    matters,
    processes,
    requests,
    staff,
)

ROUTERS = [
    module.router
    for module in (items, goods, matters, claims, decisions, decision_checks, requests, figures, acting, staff)
]
PUBLIC_ROUTERS = [processes.router]
