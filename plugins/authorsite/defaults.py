"""Pelican's settings as the generator needs them; a settings file begins with `from authorsite.defaults import *`.

They are the generator's own: URL rules, theme, plugins. A new version may change them; what a site sets after the
import takes precedence.
"""

from pathlib import Path

# A wheel has the theme in the package; the repository has it at its top.
_PACKAGE = Path(__file__).resolve().parent
_THEMES = (_PACKAGE / "theme", _PACKAGE.parents[1] / "theme")

PATH = "content"
ARTICLE_PATHS = ["posts"]
PAGE_PATHS = ["pages"]
STATIC_PATHS = ["images", "files"]
THEME = str(next((theme for theme in _THEMES if theme.is_dir()), _THEMES[0]))
THEME_TEMPLATES_OVERRIDES = ["theme_overrides"]
OUTPUT_PATH = "output"
CACHE_PATH = ".cache"

# Without PLUGINS Pelican would load every plugin that is installed.
PLUGINS = ["authorsite"]

# Pelican matches these patterns against file names, not paths: ".*" ignores all dot files.
IGNORE_FILES = [".*", "*~", "#*#", "__pycache__"]
SLUGIFY_SOURCE = "title"
FORMATTED_FIELDS: list[str] = []
TYPOGRIFY = False
USE_FOLDER_AS_CATEGORY = False
FILENAME_METADATA = ""
PATH_METADATA = ""

# URLs: as in WordPress for posts, so that old links keep working; a folder for each page.
ARTICLE_URL = "{date:%Y}/{date:%m}/{date:%d}/{slug}/"
ARTICLE_SAVE_AS = ARTICLE_URL + "index.html"
PAGE_URL = "{slug}/"
PAGE_SAVE_AS = PAGE_URL + "index.html"
# For content whose front matter sets a language other than DEFAULT_LANG.
ARTICLE_LANG_URL = "{lang}/" + ARTICLE_URL
ARTICLE_LANG_SAVE_AS = ARTICLE_LANG_URL + "index.html"
PAGE_LANG_URL = "{lang}/" + PAGE_URL
PAGE_LANG_SAVE_AS = PAGE_LANG_URL + "index.html"
CATEGORY_URL = "category/{slug}/"
CATEGORY_SAVE_AS = CATEGORY_URL + "index.html"
TAG_URL = "tag/{slug}/"
TAG_SAVE_AS = TAG_URL + "index.html"
YEAR_ARCHIVE_URL = "{date:%Y}/"
YEAR_ARCHIVE_SAVE_AS = YEAR_ARCHIVE_URL + "index.html"
MONTH_ARCHIVE_URL = "{date:%Y}/{date:%m}/"
MONTH_ARCHIVE_SAVE_AS = MONTH_ARCHIVE_URL + "index.html"
AUTHOR_SAVE_AS = AUTHORS_SAVE_AS = TAGS_SAVE_AS = CATEGORIES_SAVE_AS = ""
DIRECT_TEMPLATES = ["index", "blog", "archives", "404"]
BLOG_URL = "blog/"
BLOG_SAVE_AS = "blog/index.html"
ARCHIVES_URL = "archives/"
ARCHIVES_SAVE_AS = "archives/index.html"
PAGINATED_TEMPLATES = {"blog": 10, "category": 30, "tag": 30}
# With Pelican's default pattern, page 2 of tag t1 would overwrite tag t12.
PAGINATION_PATTERNS = [
    (1, "{url}", "{save_as}"),
    (2, "{base_name}/page/{number}/", "{base_name}/page/{number}/index.html"),
]

# The plugin authorsite writes the feeds; Pelican's own feeds do not validate.
FEED_ALL_ATOM = FEED_ALL_RSS = CATEGORY_FEED_ATOM = TRANSLATION_FEED_ATOM = AUTHOR_FEED_ATOM = AUTHOR_FEED_RSS = None
