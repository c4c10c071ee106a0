"""A plain site: posts, an index in tens, a page for each tag and category; ENGINE may name a plugin to load."""

import os

from pelican import signals

SITENAME, SITEURL, TIMEZONE = "Measured", "https://example.org", "UTC"
PATH, ARTICLE_PATHS, STATIC_PATHS, THEME = "content", ["posts"], [], "theme"
OUTPUT_PATH, CACHE_PATH = "output", "cache"
ARTICLE_URL, ARTICLE_SAVE_AS = "posts/{slug}/", "posts/{slug}/index.html"
TAG_URL, TAG_SAVE_AS = "tags/{slug}/", "tags/{slug}/index.html"
CATEGORY_URL, CATEGORY_SAVE_AS = "categories/{slug}/", "categories/{slug}/index.html"
AUTHOR_SAVE_AS = ""
DIRECT_TEMPLATES, PAGINATED_TEMPLATES = ["index"], {"index": 10}
FEED_ALL_ATOM = CATEGORY_FEED_ATOM = TRANSLATION_FEED_ATOM = AUTHOR_FEED_ATOM = AUTHOR_FEED_RSS = None
FEED_ALL_RSS, FEED_MAX_ITEMS, RSS_FEED_SUMMARY_ONLY = "feed.xml", 20, False
MARKDOWN = {
    "extensions": ["markdown.extensions.extra", "markdown.extensions.codehilite", "markdown.extensions.meta"],
    "extension_configs": {"markdown.extensions.codehilite": {"css_class": "highlight"}},
    "output_format": "html",
}
PLUGIN_PATHS = ["plugins"]


class PreviousNext:
    """A plugin that sets `newer` and `older` on each post."""

    @staticmethod
    def register():
        """Connect the plugin to Pelican."""
        signals.article_generator_finalized.connect(PreviousNext.set_attributes)

    @staticmethod
    def set_attributes(generator):
        """Set the attributes of all posts."""
        articles = generator.articles
        for article, newer, older in zip(articles, [None, *articles], [*articles[1:], None], strict=False):
            article.newer, article.older = newer, older


PLUGINS = [PreviousNext, *filter(None, [os.environ.get("ENGINE")])]
