"""Errors as problem details (RFC 9457): what went wrong, which field, which rule. Input is never echoed."""

from __future__ import annotations

from typing import Any

MEDIA_TYPE = "application/problem+json"


class Problem(Exception):
    """An error that a client can do something about.

    ``slug`` becomes ``type`` = ``urn:imdi:problem:<slug>``; ``errors`` lists ``{"field", "rule", "detail"}``;
    further members stand at the top of the answer.
    """

    def __init__(
        self,
        slug: str,
        status: int,
        detail: str,
        *,
        errors: list[dict[str, str]] | None = None,
        headers: dict[str, str] | None = None,
        **extra: Any,
    ) -> None:
        super().__init__(slug)
        self.slug = slug
        self.status = status
        self.detail = detail
        self.errors = errors
        self.headers = headers or {}
        self.extra = extra

    def document(self) -> dict[str, Any]:
        """The body of the answer."""
        body = {
            "type": f"urn:imdi:problem:{self.slug}",
            "title": self.slug.replace("-", " ").capitalize(),
            "status": self.status,
            "detail": self.detail,
        }
        return body | ({"errors": self.errors} if self.errors else {}) | self.extra


def not_found() -> Problem:
    """The one 404: an object that is absent and one that is another's look alike."""
    return Problem("not-found", 404, "There is no such object, or it is not yours to see.")


def unauthorized(detail: str = "A valid bearer token for this service is needed.") -> Problem:
    return Problem("unauthorized", 401, detail, headers={"WWW-Authenticate": "Bearer"})


def forbidden(detail: str) -> Problem:
    """403: the object may be seen, the deed is not the caller's to do."""
    return Problem("forbidden", 403, detail)


def conflict(slug: str, detail: str, **extra: Any) -> Problem:
    """409: the object is in another state than the deed needs."""
    return Problem(slug, 409, detail, **extra)


def invalid(field: str, rule: str, detail: str, slug: str = "invalid-request") -> Problem:
    """422: one field breaks one rule."""
    errors = [{"field": field, "rule": rule, "detail": detail}]
    return Problem(slug, 422, f"{field}: {detail}", errors=errors)


def unavailable(detail: str = "The service cannot do this now; try again.") -> Problem:
    return Problem("unavailable", 503, detail, headers={"Retry-After": "1"})
