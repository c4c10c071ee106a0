"""What the report of an import says of the bodies of an item."""

from collections.abc import Sequence

from .body_model import ConvertedBody

_LIMIT = 50
"""How many findings of one item are named."""

MESSAGES = {
    "shortcode": "the shortcode {} is left as it is",
    "block": "the block {} is left out: WordPress makes what it shows",
    "html": "a block stays HTML: {}",
    "left-out": "{} is left out: a script, form or drawing",
    "external-image": "pictures that are not here are links now",
    "embed": "{} is a link now",
    "reference": "the references are not linked: {}",
    "page-break": "it had several pages: it is one page here",
    "differs": "a block may look different: {}",
    "too-complex": "a block is too complex to check: {}",
}
_HARMLESS = {"embed", "html", "page-break"}


def describe_findings(parts: Sequence[ConvertedBody], first_line: int) -> list[str]:
    """Return what to look at in the bodies, with lines of the file; the first body begins after `first_line`."""
    found = []
    for number, body in enumerate(parts):
        for finding in body.findings:
            if finding.kind not in _HARMLESS:
                text = " ".join(finding.text.split())[:120]
                has_line = finding.line and not number and finding.kind != "external-image"
                where = f"line {first_line + finding.line}: " if has_line else ""
                found.append(where + MESSAGES[finding.kind].format(text))
    found = list(dict.fromkeys(found))
    more = len(found) - _LIMIT
    return found[:_LIMIT] + ([f"and {more} more"] if more > 0 else [])
