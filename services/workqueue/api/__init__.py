"""The HTTP side of the work queue, a module for each subject."""

from services.workqueue.api import acting, claims, decisions, figures, items, matters, processes, requests, staff

ROUTERS = [module.router for module in (items, matters, claims, decisions, requests, figures, acting, staff)]
PUBLIC_ROUTERS = [processes.router]
