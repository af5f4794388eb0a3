"""Who acts or reads: a person for an agency, a courier, another system, or the product itself."""

from __future__ import annotations

from dataclasses import dataclass

from logistics.terms import Role


@dataclass(frozen=True)
class Actor:
    """One who acts. `id` is stable and goes into the ledger; `agencies` are those whose dossiers they may see.

    For a person: own agency, and for a manager or administrator also every agency below it. Empty for couriers and the
    system, which read through the system role instead.
    """

    id: str
    name: str
    agency: str = ""
    agency_id: int | None = None
    officer_id: int | None = None
    roles: frozenset[Role] = frozenset()
    agencies: tuple[int, ...] = ()
    locale: str = "zh"
    password_given: bool = False  # somebody else knows it: it is changed before anything else
    agency_en: str = ""  # the agency's English name, where it has one
    dossier_id: int | None = None  # of an applicant: the one dossier that an inquiry opened

    @property
    def agency_called(self) -> str:
        """The agency in the officer's own language."""
        return (self.agency_en if self.locale == "en" else "") or self.agency

    @property
    def is_person(self) -> bool:
        """Whether an officer acts, in person or through another system of their agency."""
        return self.officer_id is not None


SYSTEM = Actor("system", "系统")
"""The product itself: clocks, queues, checkpoints."""


def courier_actor(code: str, name: str) -> Actor:
    """The courier `code` as the source of tracking facts."""
    return Actor(f"courier:{code}", name)


def applicant_actor(dossier_no: str, dossier_id: int, locale: str = "zh") -> Actor:
    """Whoever holds a dossier's inquiry code: its applicant, or somebody they gave it to. Sees that dossier only."""
    return Actor(f"applicant:{dossier_no}", "申请人", locale=locale, dossier_id=dossier_id)
