"""Countries, and dated groups of them in which a rule's scope may speak.

Codes: ISO 3166-1 alpha-2 (249, as of 2026). Membership dates: the groups' founding and accession treaties.
"""

from __future__ import annotations

from datetime import date, timedelta

EVERYWHERE = "*"

_CODES = """
    AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ
    CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR
    GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT
    JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO
    MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY
    QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO
    TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW
"""
COUNTRIES = frozenset(_CODES.split())

_GCC = {date(1981, 5, 25): "AE BH KW OM QA SA"}
_ASEAN = {
    date(1967, 8, 8): "ID MY PH SG TH",
    date(1984, 1, 7): "BN",
    date(1995, 7, 28): "VN",
    date(1997, 7, 23): "LA MM",
    date(1999, 4, 30): "KH",
    date(2025, 10, 26): "TL",
}
_EU = {
    date(1958, 1, 1): "BE DE FR IT LU NL",
    date(1973, 1, 1): "DK GB IE",
    date(1981, 1, 1): "GR",
    date(1986, 1, 1): "ES PT",
    date(1995, 1, 1): "AT FI SE",
    date(2004, 5, 1): "CY CZ EE HU LT LV MT PL SI SK",
    date(2007, 1, 1): "BG RO",
    date(2013, 7, 1): "HR",
}
_EEA = {
    date(1994, 1, 1): "AT BE DE DK ES FI FR GB GR IE IS IT LU NL NO PT SE",
    date(1995, 5, 1): "LI",
    date(2004, 5, 1): "CY CZ EE HU LT LV MT PL SI SK",
    date(2007, 8, 1): "BG RO",
    date(2014, 4, 12): "HR",
}
_JOINED = {
    group: {country: day for day, codes in joined.items() for country in codes.split()}
    for group, joined in {"GCC": _GCC, "EU": _EU, "EEA": _EEA, "ASEAN": _ASEAN}.items()
}
_LEFT = {(group, "GB"): date(2020, 2, 1) for group in ("EU", "EEA")}
"""The first day on which a country was no member any more."""

GROUPS = frozenset(_JOINED)
SOURCES = {
    "ASEAN": ("Association of Southeast Asian Nations", "Bangkok Declaration and the declarations of admission"),
    "EEA": (
        "European Economic Area",
        "Agreement on the European Economic Area, from its first, also provisional, application in each country",
    ),
    "EU": (
        "European Union",
        "Treaties of Rome, of accession, and the agreement on the withdrawal of the United Kingdom",
    ),
    "GCC": ("Cooperation Council for the Arab States of the Gulf", "Charter of the Council"),
}
"""Of each group its name, and what its dates rest on."""


def members(group: str, on: date) -> frozenset[str]:
    """The countries that belong to a group on a day."""
    return frozenset(
        country for country, joined in _JOINED[group].items() if joined <= on < _LEFT.get((group, country), date.max)
    )


def membership(group: str) -> list[tuple[str, date, date | None]]:
    """Each country that ever belonged, its first day and its last, None where that lies open."""
    left = {country: day - timedelta(days=1) for (of, country), day in _LEFT.items() if of == group}
    return [(country, joined, left.get(country)) for country, joined in sorted(_JOINED[group].items())]


def turning_days(group: str) -> frozenset[date]:
    """The days from which a group has other members than before."""
    left = (day for (of, _), day in _LEFT.items() if of == group)
    return frozenset(_JOINED[group].values()).union(left)


def ever_members(group: str) -> frozenset[str]:
    """The countries that belong, or once belonged, to a group."""
    return frozenset(_JOINED[group])
