"""The HTTP side of the work queue, a module for each subject."""

from services.workqueue.api import claims, decisions, figures, items, matters, processes, requests

ROUTERS = [module.router for module in (items, matters, claims, decisions, requests, figures)]
PUBLIC_ROUTERS = [processes.router]
