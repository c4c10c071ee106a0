"""Report links to pages of this site that it does not have, as soon as other errors keep pages from being written.

Without other errors, the pages are written, and checking.internal finds all broken links in them.
"""

import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from .. import output
from ..site_build import get_build
from ..validation import did_you_mean
from .links import LinkResolver

_MADE_LATER = re.compile(
    r"(?:books|buy|events|go|press|references|search|series|subscribe|pagefind|theme|assets|images)/.*"
    r"|[a-z]{2,3}(?:-\w+)*/(?:references|search|subscribe)/.*"
    r"|.*\.(?:xml|xsl|opml|json|css|js|txt|ics|bib|ico|svg|png|webmanifest)"
    r"|(?:.*/)?page/\d+/index\.html|(?:_headers|_redirects)"
)
"""Output files whose names are not known before they are written."""


def report_missing_pages(generators: list[Any]) -> None:
    """Report broken links to pages if the log has errors (signal: all_generators_finalized, after everything else)."""
    context = generators[0].context
    build = get_build(context)
    if not build.log.has_errors:
        return
    resolver, owners = build.get(LinkResolver), output.get_registry(context).owners
    urls = {f"/{output.url_for(name)}" for name in owners}
    left_out = _read_names(Path(context["PATH"], path) for path in resolver.invalid - resolver.targets.keys())
    for path, report in resolver.site_links:
        name = output.output_file_for(path)
        is_left_out = f"-{_slugify(name.removesuffix('/index.html').rpartition('/')[2])}-" in left_out
        # Another plugin may have made it.
        exists = name in owners or is_made_later(name) or Path(context["OUTPUT_PATH"], name).exists()
        if not exists and not is_left_out:
            report(did_you_mean(path, urls, "correct or remove the link"))


def is_made_later(name: str) -> bool:
    """Return whether an output file of this name may be made, though nothing claims it before pages are written."""
    return bool(_MADE_LATER.fullmatch(name))


def _read_names(paths: Iterable[Path]) -> str:
    """Return all words of the files that were left out, to find names of their pages in them."""
    texts = (f"{path.stem} {path.read_text('utf-8', 'replace')}" for path in sorted(paths))
    return f"-{_slugify(' '.join(texts))}-"


def _slugify(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return "-".join(re.findall("[a-z0-9]+", plain.lower()))
