"""What legislation does when a day or a moment comes."""

from __future__ import annotations

from imdi_common.due import DueAction
from imdi_legislation.actions.answer_again import answer_again, reassess
from imdi_legislation.actions.import_instruments import IMPORT_INSTRUMENTS, go_on_importing
from imdi_legislation.actions.law_changes import ANSWER_AGAIN, REASSESS

DUE: dict[str, DueAction] = {
    ANSWER_AGAIN: answer_again,
    REASSESS: reassess,
    IMPORT_INSTRUMENTS: go_on_importing,
}
