"""How a person is reached: telephone numbers in E.164, e-mail addresses."""

from __future__ import annotations

import re

import phonenumbers

_LABEL = r"[^\W_](?:[\w-]{0,61}[^\W_])?"
_EMAIL = re.compile(rf"(?P<local>[^\s@\"(),:;<>\[\]\\\x00-\x1f\x7f]{{1,64}})@(?P<domain>(?:{_LABEL}\.)+{_LABEL})")


def phone(text: str) -> str | None:
    """The number in E.164 (``+9779800000000``), or None where it is none.

    It must carry its country code. Its length is judged, not its range: numbering plans change faster than tables.
    """
    if not text.strip().startswith("+"):
        return None
    try:
        number = phonenumbers.parse(text)
    except phonenumbers.NumberParseException:
        return None
    if number.extension or not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def email(text: str) -> str | None:
    """The address with its domain in lower case, or None where it is none. Whether it can be reached is not asked."""
    found = _EMAIL.fullmatch(text.strip())
    if not found or len(text.strip()) > 254 or ".." in text or found["local"][0] == "." or found["local"][-1] == ".":
        return None
    return f"{found['local']}@{found['domain'].lower()}"
