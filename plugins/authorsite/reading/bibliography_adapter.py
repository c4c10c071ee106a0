"""The page /references/ with the blog's bibliography, and BibTeX files for it, each post and each page."""

from typing import Any

from pelican.generators import Generator

from .. import output
from ..language_versions import HOME_URL, get_versions, list_contexts
from ..site_build import list_contents
from .bibliography import build_bibliography, format_bibtex
from .link_pass import check_pending_anchors


class BibliographyGenerator(Generator):
    """Writes the blog's bibliography, and BibTeX for it, for each post and for each page."""

    def generate_output(self, writer: Any) -> None:
        """Write /references/ and the .bib files, and check anchors in pages that other generators have written."""
        check_pending_anchors(self.context, self.output_path)
        for content in list_contents(self.context):
            if content.bibtex_url:
                output.write(self.context, content.bibtex_url, format_bibtex(content.references))
        for context in list_contexts(self.context):
            if sources := context["sources"]:
                home = context.get(HOME_URL, "")
                output.write_page(self, writer, "references", f"{home}references/", context, relative_urls=False)
                text = format_bibtex(source.reference for source in sources)
                output.write(self.context, f"{home}references.bib", text)


def add_bibliography(generators: list[Any]) -> None:
    """Set the context key `sources` in each language (all_generators_finalized, after posts have their views)."""
    context = generators[0].context
    books = context.get("books", ())
    context["sources"] = build_bibliography(context["articles"], books)
    for version in get_versions(context).values():
        version.context.own["sources"] = build_bibliography(version.context["articles"], books)
