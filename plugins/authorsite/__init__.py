"""An author's site: posts, books to buy, feeds, events; a plugin package for Pelican."""

import sys
from pathlib import Path


def _stop_if_failed(generators: list[object]) -> None:
    from .problems import log_of

    log_of(generators[0].settings).stop_if_failed()  # type: ignore[attr-defined]  # Pelican's generators have it


def register() -> None:
    """Connect the package to Pelican, in the order in which things happen."""
    # Pelican loads a plugin by its place: what lies beside it is found only where Python looks.
    if (beside := str(Path(__file__).parents[1])) not in sys.path:
        sys.path.append(beside)
    # ruff: noqa: PLC0415 - parts of the package are of use without Pelican
    from pelican import signals
    from pelican_incremental.session import engage

    from . import settings, templating
    from .assets import adapter as assets
    from .books import adapter as books
    from .events import adapter as events
    from .feeds import adapter as feeds
    from .images import adapter as images
    from .navigation import adapter as navigation
    from .publishing.preview import content_edited
    from .reading import adapter as reading
    from .reading import link_pass
    from .search import adapter as search
    from .seo import adapter as seo

    signals.initialized.connect(settings.load)
    signals.initialized.connect(templating.add_filters)
    signals.initialized.connect(seo.add_filters)
    signals.initialized.connect(images.prepare)
    signals.initialized.connect(engage)
    signals.generator_init.connect(templating.add_templates)
    signals.readers_init.connect(reading.add_reader)
    signals.article_generator_init.connect(navigation.list_periods)
    signals.get_generators.connect(books.get_generators)
    signals.get_generators.connect(events.get_generators)
    signals.get_generators.connect(reading.get_generators)
    signals.get_generators.connect(feeds.get_generators)
    signals.get_generators.connect(assets.get_generators)
    signals.get_generators.connect(images.get_generators)
    signals.get_generators.connect(search.get_generators)
    signals.get_generators.connect(seo.get_generators)
    signals.all_generators_finalized.connect(reading.hold_addresses)
    signals.all_generators_finalized.connect(link_pass.resolve_links)
    signals.all_generators_finalized.connect(images.add_pictures)
    signals.all_generators_finalized.connect(books.finish)
    signals.all_generators_finalized.connect(events.finish)
    signals.all_generators_finalized.connect(navigation.connect)
    signals.all_generators_finalized.connect(seo.add_heads)
    signals.all_generators_finalized.connect(seo.check_aliases)
    signals.all_generators_finalized.connect(images.clean_static)
    signals.all_generators_finalized.connect(images.make)
    signals.all_generators_finalized.connect(_stop_if_failed)
    signals.all_generators_finalized.connect(search.begin_index)
    # The development server shows an edited post before it builds again.
    content_edited.connect(link_pass.resolve_links_of)
    content_edited.connect(images.add_pictures_to)
    content_edited.connect(navigation.count)
    content_edited.connect(seo.add_head)
