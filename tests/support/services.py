"""Every service of the product, for the tests that treat all alike."""

from services.routing.app import SERVICE as ROUTING
from shared.runtime.service import Service

SERVICES: tuple[Service, ...] = (ROUTING,)
