"""WordPress exports for tests, and imports of them."""

import re
from pathlib import Path
from zoneinfo import ZoneInfo

from authorsite.importing.run import Import, ImportOptions
from authorsite.publishing.import_wordpress import make_site_facts
from authorsite.publishing.new import load_site_settings
from authorsite.site_build import get_site

BLOG = "https://lena.example"
EXPORT = Path(__file__).parent / "sites" / "import" / "export.xml"
"""An export with everything that the import knows, each once."""

PELICANCONF = """from authorsite.defaults import *
AUTHOR = "Lena Writer"
SITENAME = "Lena writes"
TIMEZONE = "America/Chicago"
DEFAULT_CATEGORY = "Notes"
AUTHORSITE = {"url": "https://lena.example", "search": False, "social_cards": False}
"""
HEAD = f"""<?xml version="1.0" encoding="UTF-8"?>
<rss><channel><title>Lena writes</title><link>{BLOG}</link><wp:wxr_version>1.2</wp:wxr_version>
<wp:base_site_url>{BLOG}</wp:base_site_url><wp:base_blog_url>{BLOG}</wp:base_blog_url>
"""
TAIL = "</channel></rss>\n"


def cdata(text):
    return f"<![CDATA[{text}]]>"


def make_item(number=1, title="A post", content="Some text.", *, meta=(), comments="", terms=(), **fields):
    """Return an item; `fields` are those of WordPress without prefix, such as post_type."""
    slug = fields.pop("slug", title.lower().replace(" ", "-"))
    date = fields.pop("date", "2014-03-01 20:30:00")
    values = {
        "post_id": number,
        "post_date": date,
        "post_name": slug,
        "status": "publish",
        "post_type": "post",
        "post_parent": 0,
        **fields,
    }
    link = values.pop("link", f"{BLOG}/{date[:10].replace('-', '/')}/{slug}/")
    rows = [f"<title>{cdata(title)}</title><link>{cdata(link)}</link><dc:creator>lena</dc:creator>"]
    rows += [f"<guid>{values.pop('guid', f'{BLOG}/?p={number}')}</guid>"]
    rows += [f"<content:encoded>{cdata(content)}</content:encoded>"]
    rows += [f"<excerpt:encoded>{cdata(values.pop('excerpt', ''))}</excerpt:encoded>"]
    rows += [f"<wp:{key}>{cdata(value)}</wp:{key}>" for key, value in values.items()]
    rows += [f'<category domain="{d}" nicename="{s}">{cdata(name)}</category>' for d, s, name in terms]
    rows += [
        f"<wp:postmeta><wp:meta_key>{key}</wp:meta_key><wp:meta_value>{cdata(value)}</wp:meta_value></wp:postmeta>"
        for key, value in meta
    ]
    return f"<item>{''.join(rows)}{comments}</item>\n"


def make_attachment(number, path, url="", **fields):
    """Return an attachment: the file at `path` of the media library."""
    url = url or f"{BLOG}/wp-content/uploads/{path}"
    meta = [("_wp_attached_file", path)]
    kinds = {"post_type": "attachment", "status": "inherit", "attachment_url": url}
    return make_item(number, Path(path).stem, "", meta=meta, **kinds, **fields)


def make_export(*items, head=HEAD):
    return f"{head}{''.join(items)}{TAIL}"


def split_export(text, parts):
    """Return an export as several, each with the head and a part of the items."""
    head, *items = re.split(r"(?=\t?<item>)", re.sub(r"</channel>\s*</rss>\s*$", "", text))
    size = -(-len(items) // parts)
    return [f"{head}{''.join(items[start : start + size])}{TAIL}" for start in range(0, len(items), size)]


def prepare_import(root, *exports, ask=lambda *_: None, **options):
    """Return the import of `exports` (paths, or texts of one) into the site at `root`, which is made if need be."""
    (root / "content").mkdir(parents=True, exist_ok=True)
    conf = root / "pelicanconf.py"
    if not conf.exists():
        conf.write_text(PELICANCONF)
    paths = []
    for number, export in enumerate(exports):
        if isinstance(export, Path):
            paths.append(export)
        else:
            paths.append(root / f"export-{number}.xml")
            paths[-1].write_bytes(export if isinstance(export, bytes) else export.encode())
    settings = load_site_settings(conf)
    arguments = (make_site_facts(settings), get_site(settings), ZoneInfo(settings["TIMEZONE"]), ask)
    chosen = ImportOptions(tuple(paths), **{**options, "media": str(options.get("media", ""))})
    return Import(chosen, root / "content", *arguments, progress=lambda *_: None)


def run_import(root, *exports, **options):
    """Import, and return the report, whose inventory adds up."""
    report = prepare_import(root, *exports, **options).run()
    assert not list(report.inventory.find_errors())
    return report


def read_tree(root):
    """Return the text of each file that an import may write, by its path; the report for programs excepted."""
    folders = [root / "content", root / "imported-private"]
    files = sorted(file for folder in folders for file in folder.rglob("*") if file.is_file())
    names = [file for file in files if file.name != "report.json"]
    return {file.relative_to(root).as_posix(): file.read_bytes() for file in names}
