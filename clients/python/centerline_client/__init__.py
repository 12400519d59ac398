"""A typed client of the Centerline services, made from their OpenAPI documents."""

from centerline_client.centerline import Centerline
from centerline_client.core import Answer, File, Service, each
from centerline_client.problems import (
    Conflict,
    FieldProblem,
    Forbidden,
    Malformed,
    NotFound,
    PreconditionMissing,
    Problem,
    RuleBroken,
    Stale,
    TooManyCalls,
    Unauthenticated,
    Unavailable,
)
from centerline_client.tokens import ClientCredentials, GivenToken, Tokens, sandbox_tokens

__all__ = [
    "Answer",
    "Centerline",
    "ClientCredentials",
    "Conflict",
    "FieldProblem",
    "File",
    "Forbidden",
    "GivenToken",
    "Malformed",
    "NotFound",
    "PreconditionMissing",
    "Problem",
    "RuleBroken",
    "Service",
    "Stale",
    "Tokens",
    "TooManyCalls",
    "Unauthenticated",
    "Unavailable",
    "each",
    "sandbox_tokens",
]
