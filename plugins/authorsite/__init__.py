"""A Pelican plugin for an author's site: posts, books with shop links, feeds and events."""

import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

# Other modules import pelican_incremental, which register() makes importable.
if TYPE_CHECKING:
    from .settings import Feature


def _get_generators(pelican: Any) -> tuple[type, ...]:
    from .assets.adapter import StylesheetGenerator
    from .books.adapter import BooksGenerator
    from .epub.adapter import EpubGenerator
    from .events.adapter import EventsGenerator
    from .feeds.adapter import FeedsGenerator
    from .images.adapter import ImagesGenerator
    from .navigation.languages_adapter import LanguagesGenerator
    from .press.adapter import PressGenerator
    from .reading.bibliography_adapter import BibliographyGenerator
    from .search.adapter import SearchGenerator
    from .seo.adapter import SeoGenerator
    from .site_build import uses

    # Feeds contain books and events. The last needs all pages written.
    generators: tuple[tuple[type, Feature | Literal[""]], ...] = (
        (LanguagesGenerator, "posts"),
        (BooksGenerator, "books"),
        (EventsGenerator, "events"),
        (BibliographyGenerator, "posts"),
        (FeedsGenerator, "feeds"),
        (StylesheetGenerator, ""),
        (ImagesGenerator, ""),
        (EpubGenerator, "books"),
        (PressGenerator, "books"),
        (SearchGenerator, "search"),
        (SeoGenerator, "seo"),
    )
    return tuple(each for each, feature in generators if not feature or uses(pelican.settings, feature))


@cache  # Pelican registers plugins again for each site that a process builds, and signals hold weak references
def _only_with(
    feature: "Feature", receiver: Callable[[Any], object], *, without: bool = False
) -> Callable[[Any], None]:
    """Return a receiver for sites that use `feature`, or for those `without` it."""
    from .site_build import uses

    def receive(sender: Any) -> None:
        if uses((sender[0] if isinstance(sender, list) else sender).settings, feature) is not without:
            receiver(sender)

    return receive


def _stop_if_failed(generators: list[object]) -> None:
    from .site_build import get_log

    get_log(generators[0].settings).stop_if_failed()  # type: ignore[attr-defined]  # Pelican's generators have it


def _end_build(pelican: Any) -> None:
    """Print the problems, raise BuildFailed after errors, and undo what was changed for the build.

    All of that is done by publishing.build if that has started it.
    """
    from .site_build import get_build

    build = get_build(pelican.settings)
    if not build.log.deferred:
        build.cleanup.close()
        build.log.stop_if_failed()
        build.log.print()


def register() -> None:  # noqa: PLR0915 - one statement for each receiver
    """Connect the package to Pelican's signals (the entry point of a Pelican plugin).

    Receivers of a signal run in the order below, on which they rely.
    """
    # Pelican imports a plugin by its path: pelican_incremental, in the same folder, must be importable too.
    if (folder := str(Path(__file__).parents[1])) not in sys.path:
        sys.path.append(folder)
    # ruff: noqa: PLC0415 - parts of the package work without Pelican
    from pelican import signals
    from pelican_incremental.session import install

    from . import output_adapter, site_build, templating
    from .books import adapter as books
    from .books import languages as book_languages
    from .events import adapter as events
    from .images import adapter as images
    from .navigation import adapter as navigation
    from .navigation import languages_adapter as languages
    from .pages import adapter as pages
    from .pages import other_readers_adapter as other_readers
    from .pages import unpublished_files
    from .publishing.preview import content_edited
    from .reading import adapter as reading
    from .reading import bibliography_adapter, file_checks, link_pass, linked_files, missing_pages
    from .search import adapter as search
    from .seo import adapter as seo

    signals.initialized.connect(site_build.load_settings)
    signals.initialized.connect(_only_with("posts", file_checks.check_files))
    signals.initialized.connect(_only_with("posts", output_adapter.guard_writes))
    signals.initialized.connect(templating.adapt_to_theme)
    signals.initialized.connect(templating.add_filters)
    signals.initialized.connect(seo.add_filters)
    signals.initialized.connect(images.init_images)
    signals.initialized.connect(install)
    signals.generator_init.connect(templating.add_template_loader)
    signals.readers_init.connect(_only_with("posts", reading.register_readers))
    signals.article_generator_init.connect(_only_with("posts", navigation.optimize_period_archives))
    signals.article_generator_pretaxonomy.connect(_only_with("posts", languages.split_posts))
    signals.static_generator_init.connect(_only_with("posts", linked_files.publish_linked_files))
    signals.article_generator_finalized.connect(_only_with("posts", other_readers.adopt_contents, without=True))
    signals.page_generator_finalized.connect(_only_with("posts", other_readers.adopt_contents, without=True))
    signals.page_generator_finalized.connect(_only_with("posts", languages.split_pages))
    signals.get_generators.connect(_get_generators)
    signals.all_generators_finalized.connect(_only_with("posts", reading.cache_urls))
    signals.all_generators_finalized.connect(_only_with("posts", file_checks.check_templates))
    signals.all_generators_finalized.connect(link_pass.prepare_links)
    signals.all_generators_finalized.connect(images.find_moved_images)
    signals.all_generators_finalized.connect(output_adapter.claim_outputs)
    signals.all_generators_finalized.connect(books.finalize_html)
    signals.all_generators_finalized.connect(events.finalize_html)
    signals.all_generators_finalized.connect(book_languages.choose_books)
    signals.all_generators_finalized.connect(_only_with("posts", pages.finish_pages))
    signals.all_generators_finalized.connect(_only_with("posts", other_readers.finish_contents, without=True))
    signals.all_generators_finalized.connect(_only_with("posts", unpublished_files.drop_unpublished_files))
    signals.all_generators_finalized.connect(_only_with("posts", bibliography_adapter.add_bibliography))
    signals.all_generators_finalized.connect(seo.add_home_meta)
    signals.all_generators_finalized.connect(_only_with("seo", seo.check_aliases))
    signals.all_generators_finalized.connect(_only_with("posts", images.strip_static_metadata))
    signals.all_generators_finalized.connect(images.generate_images)
    signals.all_generators_finalized.connect(_only_with("posts", missing_pages.report_missing_pages))
    signals.all_generators_finalized.connect(_stop_if_failed)
    signals.all_generators_finalized.connect(_only_with("search", search.start_indexing))
    signals.content_written.connect(output_adapter.record_page)
    signals.finalized.connect(_only_with("posts", output_adapter.remove_obsolete_files))
    signals.finalized.connect(_end_build)
    # The development server renders an edited post before it rebuilds the site.
    content_edited.connect(pages.refresh_page)
