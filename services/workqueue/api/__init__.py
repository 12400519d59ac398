"""The HTTP side of the work queue, a module for each subject."""

from services.workqueue.api import claims, decisions, figures, items, requests

ROUTERS = [items.router, claims.router, decisions.router, requests.router, figures.router]
