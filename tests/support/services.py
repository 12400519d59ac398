"""Every service of the product, for the tests that treat all alike."""

from services.liquidation.app import SERVICE as LIQUIDATION
from services.notifications.app import SERVICE as NOTIFICATIONS
from services.routing.app import SERVICE as ROUTING
from services.workqueue.app import SERVICE as WORKQUEUE
from shared.runtime.service import Service

SERVICES: tuple[Service, ...] = (ROUTING, WORKQUEUE, LIQUIDATION, NOTIFICATIONS)
