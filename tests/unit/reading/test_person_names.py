"""Names of people, divided into the parts that citations need."""

import pytest
from authorsite.reading.person_names import PersonName, format_bibtex_names, parse_name


@pytest.mark.parametrize(
    ("name", "family", "parsed"),
    [
        ("Ann Lee", "", PersonName("Lee", "Ann")),
        ("Homer", "", PersonName("Homer")),
        ("Ann Lee, Jr.", "", PersonName("Lee", "Ann", suffix="Jr.")),
        ("Bo Lee Jr.", "Lee", PersonName("Lee", "Bo", suffix="Jr.")),
        ("Cy Day III", "", PersonName("Day", "Cy", suffix="III")),
        ("Mao Zedong", "Mao", PersonName("Mao", "Zedong")),
        ("Ursula K. Le Guin", "Le Guin", PersonName("Le Guin", "Ursula K.")),
        ("Vincent van Gogh", "", PersonName("Gogh", "Vincent", "van")),
        ("Vincent van Gogh", "van Gogh", PersonName("Gogh", "Vincent", "van")),
        ("Juan de la Cruz", "", PersonName("Cruz", "Juan", "de la")),
        ("bell hooks", "", PersonName("hooks", "bell")),
        ("Gabriel García Márquez", "García Márquez", PersonName("García Márquez", "Gabriel")),
    ],
)
def test_name_is_divided(name, family, parsed):
    assert parse_name(name, family) == parsed


@pytest.mark.parametrize(
    ("names", "bibtex"),
    [
        ("", ""),
        ("Ann Lee", "Ann Lee"),
        ("Lee, Ann", "Lee, Ann"),
        ("Ann Lee, Jr.", "Lee, Jr., Ann"),
        ("Ann Lee and Bo Ray", "Ann Lee and Bo Ray"),
        ("Ann Lee, Jr., Bo Ray, and Cy Day", "Lee, Jr., Ann and Bo Ray and Cy Day"),
        ("Ann Lee & Bo Ray", "Ann Lee and Bo Ray"),
        ("Ann Lee, Bo Ray et al.", "Ann Lee and Bo Ray and others"),
    ],
)
def test_list_of_names_becomes_bibtex(names, bibtex):
    assert format_bibtex_names(names) == bibtex
