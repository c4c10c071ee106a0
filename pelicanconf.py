"""Settings for writing: warnings do not fail the build. publishconf.py is for publishing."""

AUTHOR = "Robert E. McGrath"
SITENAME = "What is Coworking?"
SITESUBTITLE = "A book, and the blog that goes on with it"
TIMEZONE = "America/Chicago"
DEFAULT_LANG = "en"
DEFAULT_CATEGORY = "Commentary"

AUTHORSITE = {
    "url": "https://whatiscoworkingthebook.com",
    "description": "The site of What is Coworking?, a book by Robert E. McGrath about the places "
    "where the gig economy happens and workers are happy to find community.",
    "language": "en-US",
    "contact": "contact@whatiscoworkingthebook.com",
    "main_book": "what-is-coworking",
    "menu": [
        {"label": "Book", "url": "/books/what-is-coworking/"},
        {"label": "Blog", "url": "/blog/"},
        {"label": "Mentoring", "url": "/mentoring/"},
        {"label": "About", "url": "/about/"},
    ],
    "observances": [
        {"name": '"I Am A Mentor" Day', "rule": "4 January", "url": "/mentoring/"},
        {"name": "National Mentoring Month", "rule": "January", "url": "/mentoring/"},
    ],
    "social": [{"label": "Twitter", "url": "https://twitter.com/whatiscoworking"}],
}

PATH = "content"
ARTICLE_PATHS = ["posts"]
PAGE_PATHS = ["pages"]
STATIC_PATHS = ["images", "files"]
THEME = "theme"
THEME_TEMPLATES_OVERRIDES = ["theme_overrides"]
OUTPUT_PATH = "output"
CACHE_PATH = ".cache"

# Without PLUGINS Pelican would load every plugin that is installed.
PLUGIN_PATHS = ["plugins"]
PLUGINS = ["authorsite"]

# Autoescape: a template marks HTML with the filter `safe`.
JINJA_ENVIRONMENT = {"autoescape": True, "trim_blocks": True, "lstrip_blocks": True}
# Pelican matches these patterns against file names, not paths: ".*" ignores all dot files.
IGNORE_FILES = [".*", "*~", "#*#", "__pycache__"]
SLUGIFY_SOURCE = "title"
FORMATTED_FIELDS = []
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
