"""What an organisation states when it applies to be a member, and the rules that it obeys."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from imdi_registry.domain import contact
from imdi_registry.domain.countries import is_country
from imdi_registry.domain.faults import Fault
from imdi_registry.domain.members import Licence

ANYWHERE = "*"


@dataclass(frozen=True, slots=True)
class StatedLicence(Licence):
    number: str
    issuer: str


@dataclass(frozen=True, slots=True)
class OfferedService:
    """An item that the member performs: where, and for which destinations (``*`` is any)."""

    service: str
    country: str
    place: str | None
    destinations: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Application:
    name: str
    kind: str
    country: str
    contact_email: str
    licences: tuple[StatedLicence, ...]
    services: tuple[OfferedService, ...]


def application_faults(application: Application) -> list[Fault]:
    """Everything that is wrong with an application."""
    faults = _country("country", application.country)
    if contact.email(application.contact_email) is None:
        faults.append(Fault("contact_email", "address", "must be an e-mail address."))
    for index, licence in enumerate(application.licences):
        faults += licence_faults(licence, f"licences.{index}.")
    for index, offered in enumerate(application.services):
        faults += _country(f"services.{index}.country", offered.country)
        faults += _destinations(f"services.{index}.destinations", offered.destinations)
    return faults


def licence_faults(licence: StatedLicence, prefix: str = "") -> list[Fault]:
    if licence.valid_until >= licence.valid_from:
        return []
    return [Fault(f"{prefix}valid_until", "not_before_valid_from", "must not lie before valid_from.")]


def _country(field: str, code: str) -> list[Fault]:
    known = is_country(code)
    return [] if known else [Fault(field, "iso_3166", "must be the two-letter ISO 3166-1 code of a country.")]


def _destinations(field: str, codes: Iterable[str]) -> list[Fault]:
    known = all(code == ANYWHERE or is_country(code) for code in codes)
    return [] if known else [Fault(field, "iso_3166", "must hold two-letter ISO 3166-1 codes, or * for any country.")]
