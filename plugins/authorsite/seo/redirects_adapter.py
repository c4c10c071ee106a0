"""The redirects of content/redirects.yaml: checked, and copies of the files that they lead to."""

from collections.abc import Iterator, Mapping, MutableMapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from .. import output
from ..reading.redirects_file import FILE, get_redirects
from ..site_build import get_log, list_contents, list_records
from ..validation import find_line
from .redirects import Alias

_KIND = "redirect from"


def list_redirects(context: Mapping[str, Any]) -> Iterator[Alias]:
    """Yield the redirects of the site's file; the title is that of the post or page that one leads to."""
    source = str(Path(context["PATH"]) / FILE)
    redirects = get_redirects(context)
    records = [*list_contents(context), *list_records(context)] if redirects else []
    titles = {content.url: content.record.title for content in records}
    for redirect in redirects:
        url = redirect.target.removeprefix("/")
        title = titles.get(url, redirect.target)
        yield Alias(redirect.path, url, title, source, snippet=redirect.text, kind=_KIND)


def drop_dead_ends(aliases: Mapping[str, Alias], context: Mapping[str, Any]) -> dict[str, Alias]:
    """Return the aliases that lead to a file, once all pages are written; report the others.

    Only a redirect of the author's file can lead nowhere. A picture or document that is not published, because only
    drafts use it, is no problem.
    """
    owners, kept = output.get_registry(context).owners, {}
    for file, alias in aliases.items():
        if alias.kind != _KIND or not alias.file or alias.file in aliases or alias.file in owners:
            kept[file] = alias
        elif not (Path(context["PATH"]) / unquote(alias.url)).is_file():
            message = f"the redirect from {alias.path} leads to /{alias.url}, and there is no such page or file"
            line = find_line(alias.source, alias.snippet)
            get_log(context).error(alias.source, line, message, "correct the address, or remove the line", kind="link")
    return kept


def copy_files(aliases: Mapping[str, Alias], context: MutableMapping[str, Any]) -> set[str]:
    """Copy the files that aliases lead to, and return the output files of those aliases.

    On hosts that ignore `_redirects`, a page cannot redirect programs that want a feed or a picture.
    """
    copied = {file for file, alias in aliases.items() if alias.kind == _KIND and alias.is_file}
    # Pelican copies static files when everything else is written.
    statics = {s.save_as: Path(context["PATH"], s.source_path) for s in context.get("staticfiles", ()) if copied}
    for file in sorted(copied):
        target = aliases[file].file
        source = statics.get(target) or output.resolve_output_path(context, target)
        if source.is_file():
            output.copy(context, file, source, aliases[file].owner)
    return copied
