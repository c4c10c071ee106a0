"""Names of people, divided into the parts that citations need."""

import re
from dataclasses import dataclass

_SUFFIX = r"(?:Jr|Sr|II|III|IV)\b\.?"
_SUFFIX_AT_END = re.compile(rf",?\s+({_SUFFIX})$")
_SEPARATOR = re.compile(rf"\s*,?\s+(?:and|&)\s+|\s*,(?!\s*{_SUFFIX}(?:,|$|\s))\s*")
_ET_AL = re.compile(r",?\s+et al\.?$")


@dataclass(frozen=True, slots=True)
class PersonName:
    """The parts of a name, as CSL divides it; all but `family` may be "". `particle` is "van" or "de la"."""

    family: str
    given: str = ""
    particle: str = ""
    suffix: str = ""

    @property
    def full_family(self) -> str:
        """The family name with its particle."""
        return f"{self.particle} {self.family}".strip()


def parse_name(name: str, family: str = "") -> PersonName:
    """Divide `name`; the family name is its last word, with the lowercase words before it, unless `family` is given.

    `family` may be anywhere in the name: "Mao" is the first word of "Mao Zedong".
    """
    name = " ".join(name.split())
    match = _SUFFIX_AT_END.search(name)
    suffix, name = (match[1], name[: match.start()]) if match else ("", name)
    words, last = name.split(" "), (family or name).split(" ")
    if family:
        given = " ".join(name.replace(family, " ").split())
    else:
        first = len(words) - 1
        while first > 1 and words[first - 1].islower():
            first -= 1
        given, last = " ".join(words[:first]), words[first:]
    particles = 0
    while particles < len(last) - 1 and last[particles].islower():
        particles += 1
    return PersonName(" ".join(last[particles:]), given, " ".join(last[:particles]), suffix)


def format_bibtex_names(names: str) -> str:
    """Return a list of names such as "Ann Lee, Jr., Bo Ray and Cy Day" as BibTeX separates them.

    A single name with a comma, such as "Lee, Ann", is taken to be inverted already.
    """
    text = _ET_AL.sub("", names)
    parts = [part for part in _SEPARATOR.split(text) if part]
    if len(parts) == 2 and " and " not in text and " " not in parts[0]:  # noqa: PLR2004 - family and given name
        parts = [", ".join(parts)]
    formatted = []
    for part in parts:
        parsed = parse_name(part)
        formatted.append(f"{parsed.full_family}, {parsed.suffix}, {parsed.given}" if parsed.suffix else part)
    return " and ".join([*formatted, "others"] if text != names else formatted)
