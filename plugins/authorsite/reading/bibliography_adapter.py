"""The page /references/ with the blog's bibliography, and BibTeX files for it, each post and each page."""

from typing import Any

from pelican.generators import Generator

from .. import output
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
        if sources := self.context["sources"]:
            output.write_page(self, writer, "references", "references/", relative_urls=False)
            output.write(self.context, "references.bib", format_bibtex(source.reference for source in sources))


def add_bibliography(generators: list[Any]) -> None:
    """Set the context key `sources` (signal: all_generators_finalized, after posts have their views)."""
    context = generators[0].context
    context["sources"] = build_bibliography(context["articles"], context.get("books", ()))
