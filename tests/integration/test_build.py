"""Builds with the project's own settings and theme."""

import re
import subprocess
import sys
from pathlib import Path

import jinja2
import pytest
from authorsite.reading.adapter import FrontMatterReader
from authorsite.reading.markdown import MarkdownRenderer
from conftest import ROOT, Site, book, post
from lxml import html
from pelican_incremental import code_digests
from pelican_incremental.code_digests import digest_code


def test_a_post_has_the_url_that_wordpress_gave_it(make_site):
    site = make_site({"content/posts/a.md": post("A first post", "2019-07-15")})
    assert not site.build().failed
    assert "A first post" in site.output("2019/07/15/a-first-post/index.html")


def test_pelican_headers_of_another_site_are_accepted(make_site):
    headers = "Title: Moved\nDate: 2019-03-01 10:20\nAuthors: Ann; Bea\nLang: en\nKeywords: a, b\nDisqus_ID: 7\n"
    site = make_site(
        {
            "content/posts/a.md": f"{headers}URL: old/moved.html\nSave_as: old/moved.html\n\nText.",
            "content/pages/p.md": "Title: Page\nAuthor: Ann\nTags: a\nSortorder: 3\n\nText.",
            "theme_overrides/article.html": "{{ article.headers.keywords }}",
        }
    )
    result = site.build(strict=True)
    assert [str(p) for p in result.problems] == []
    assert site.output("old/moved.html") == "a, b"
    assert "page/index.html" in site.tree()


def test_an_invalid_date_stops_the_build_and_names_file_line_and_remedy(make_site):
    site = make_site({"content/posts/a.md": post(date="2019-02-30")})
    result = site.build()
    assert result.failed
    assert [str(p) for p in result.problems] == [
        "content/posts/a.md:3: 2019-02-30 is not a date - February 2019 has 28 days"
    ]
    assert not (site.root / "output").exists()


def test_a_build_that_fails_names_the_output_folder_that_the_server_still_shows(make_site):
    site = make_site({"content/posts/a.md": post(date="2019-02-30")})
    result = site.build(OUTPUT_PATH=str(site.root / "public"))
    assert (result.failed, result.output) == (True, site.root / "public")


def test_a_strict_build_with_a_problem_leaves_the_previous_output_untouched(make_site):
    site = make_site({"content/posts/a.md": post()})
    assert not site.build(strict=True).failed
    before = site.tree()
    site.write({"content/posts/b.md": "no front matter"})
    assert site.build(strict=True).failed
    assert site.tree() == before
    assert not (site.root / "output.staging").exists()


def test_two_clean_builds_are_byte_identical(tmp_path):
    files = {
        "content/posts/a.md": post(),
        "content/posts/b.md": post("Another", tags="[a, b]", body="![Text](../images/a.png)"),
        "content/books/guide.md": book("images/a.png"),
        "content/images/a.png": (ROOT / "tests/sites/golden/content/images/guide.png").read_bytes(),
    }
    first, second = (Site(tmp_path / name, {}).write(files) for name in ("first", "second"))
    for site in (first, second):
        result = site.build(strict=True)
        assert not result.failed, "\n".join(map(str, result.problems))
    one, other = first.tree(), second.tree()
    assert {"feed.xml", "atom.xml", "feed.json", "tag/a/feed.xml", "books/feed.xml"} <= one.keys()
    assert sorted(one) == sorted(other)
    assert [name for name in one if one[name] != other[name]] == []


def test_drafts_and_scheduled_posts_are_left_out_unless_the_setting_drafts_is_on(make_site):
    site = make_site(
        {
            "content/posts/draft.md": post("Half a thought", status="draft"),
            "content/posts/later.md": post("Not yet thought", date="2020-02-04"),
            "content/posts/now.md": post("Published", date="2020-02-03T12:00"),
            "content/pages/page.md": "---\ntitle: Thoughts\nstatus: draft\n---\nA thought to come.\n",
        }
    )
    assert not site.build(strict=True).failed
    assert not any(b"thought" in content for content in site.tree().values())
    assert "2020/02/03/published/index.html" in site.tree()
    site.build(drafts=True)
    pages = {
        "2019/03/01/half-a-thought": "Half a thought",
        "2020/02/04/not-yet-thought": "Not yet thought",
        "thoughts": "A thought to come",
    }
    for url, text in pages.items():
        html = site.output(f"{url}/index.html")
        assert text in html
        assert '<meta name="robots" content="noindex">' in html
        notices = [line for line in ("A draft: only you see it.", "Scheduled: only you see it until") if line in html]
        assert notices == ["Scheduled: only you see it until" if "not-yet" in url else "A draft: only you see it."]
    assert "Scheduled: only you see it until its date." in site.output("blog/index.html")


@pytest.mark.parametrize(("line", "shown"), [("toc: true", True), ("toc: false", False), ("lang: en", False)])
def test_posts_and_pages_have_a_table_of_contents_if_they_ask_for_one(make_site, line, shown):
    body = "## First steps\n\nText.\n\n## Further on\n\nText.\n"
    site = make_site(
        {
            "content/posts/a.md": post(body=body).replace("---\n", f"---\n{line}\n", 1),
            "content/pages/p.md": f"---\ntitle: A page\n{line}\n---\n{body}",
        }
    )
    assert not [*site.build().problems]
    for name in ("2019/03/01/a-post/index.html", "a-page/index.html"):
        assert ('<nav class="toc" aria-label="Contents">' in site.output(name)) == shown
        assert ('<a href="#further-on">' in site.output(name)) == shown


def test_an_exception_while_reading_a_file_is_reported_as_a_problem(make_site, monkeypatch):
    def broken(_self, body, *_more, **_named):
        raise ZeroDivisionError(f"in {body.strip()}")

    monkeypatch.setattr(MarkdownRenderer, "render", broken)
    result = make_site({"content/posts/a.md": post()}).build()
    assert result.failed
    assert [str(p) for p in result.problems] == [
        "posts/a.md: Could not process posts/a.md: ZeroDivisionError: in Some text."
    ]


def test_translations_have_urls_of_their_own_and_link_to_each_other(make_site):
    files = {
        "content/posts/a.md": post("The table", slug="table"),
        "content/posts/b.md": post("Der Tisch", slug="table", lang="de"),
        "content/posts/c.md": "Title: La table\nDate: 2019-03-01\nLang: fr\nTranslation: true\nSlug: table\n\nText.",
        "content/pages/a.md": "---\ntitle: About\nslug: about\n---\nMe.",
        "content/pages/b.md": "---\ntitle: Wer\nslug: about\nlang: de\n---\nIch.",
    }
    site = make_site(files)
    result = site.build(strict=True)
    assert list(result.problems) == []
    urls = {"en": "/2019/03/01/table/", "de": "/de/2019/03/01/table/", "fr": "/fr/2019/03/01/table/"}
    for language, url in urls.items():
        page = site.output(f"{url[1:]}index.html")
        assert ('<div class="prose e-content" lang=' in page) == (language != "en")
        for other, other_url in urls.items():
            assert (f'<a href="{other_url}" hreflang="{other}"' in page) == (other != language)
    assert '<a href="/de/about/" hreflang="de"' in site.output("about/index.html")
    site.write({"content/posts/d.md": post("Le tableau", slug="table", lang="fr")})
    assert ["duplicate URL /fr/2019/03/01/table/, also used by" in str(p) for p in site.build().problems] == [True]


def test_a_build_without_changes_loads_no_template(make_site, monkeypatch):
    site = make_site({"content/posts/a.md": post(), "content/posts/b.md": post(title="Other", category="News")})
    site.build()
    loaded, load_template = [], jinja2.Environment._load_template

    def spy(environment, name, *args):
        loaded.append(name)
        return load_template(environment, name, *args)

    monkeypatch.setattr(jinja2.Environment, "_load_template", spy)
    assert not site.build().failed
    assert loaded == []
    (site.root / "content/posts/a.md").write_text(post(body="Edited."))
    assert not site.build().failed
    assert "article.html" in loaded
    assert "page.html" not in loaded


@pytest.mark.parametrize("change", ["nothing", "this code", "a catalogue", "a package", "a setting"])
def test_an_unchanged_post_is_parsed_again_after_a_change_of(change, make_site, monkeypatch):
    site = make_site({"content/posts/a.md": post()})
    site.build()
    parsed, settings, parse, read_bytes = [], {}, FrontMatterReader.parse, Path.read_bytes
    monkeypatch.setattr(code_digests, "digest_code", digest_code)  # which other tests call once a worker
    if change == "this code":
        monkeypatch.setattr(Path, "read_bytes", lambda p: read_bytes(p) + b"#" * (p.name == "references.py"))
    elif change == "a catalogue":
        monkeypatch.setattr(Path, "read_bytes", lambda p: read_bytes(p) + b"#" * (p.name == "de.po"))
    elif change == "a package":
        monkeypatch.setattr(code_digests, "list_installed_versions", lambda: ["markdown-9.9.dist-info"])
    elif change == "a setting":
        settings = {"reblog_words": 20}
    monkeypatch.setattr(FrontMatterReader, "parse", lambda *args: (parsed.append(args[2]), parse(*args))[1])
    site.build(AUTHORSITE=settings)
    assert len(parsed) == (change != "nothing")


def test_the_pelican_command_builds_the_site(tmp_path):
    command = [str(Path(sys.executable).with_name("pelican")), "-s", str(ROOT / "pelicanconf.py"), "-o", str(tmp_path)]
    cache = ["--cache-path", str(tmp_path / "cache")]
    process = subprocess.run([*command, *cache], cwd=ROOT, capture_output=True, text=True, check=False, timeout=100)
    assert (process.returncode, "ERROR" in process.stdout + process.stderr) == (0, False), (
        process.stdout + process.stderr
    )
    assert (tmp_path / "index.html").exists()


def test_bylines_name_the_authors_unless_the_sites_author_is_the_only_one(make_site):
    authors = {"own": "", "both": "[Ann Author, Bob <B.>]", "guest": "[Bob <B.>]", "three": "[Bob, Cy, Ann Author]"}
    files = {
        f"content/posts/{slug}.md": post(f"Post {slug}", **({"authors": names} if names else {}))
        for slug, names in authors.items()
    }
    site = make_site(files, AUTHOR="Ann Author")
    assert not site.build(strict=True).failed
    expected = {"both": "by Ann Author and Bob <B.>", "guest": "by Bob <B.>", "three": "by Bob, Cy, and Ann Author"}
    blog = html.fromstring(site.output("blog/index.html"))
    for slug in authors:
        page = html.fromstring(site.output(f"2019/03/01/post-{slug}/index.html"))
        for root, place in ((page, "//p[@class='meta']"), (blog, f"//article[.//a[contains(., 'Post {slug}')]]")):
            shown = [span.text_content() for span in root.xpath(f"{place}//span[not(@class='visually-hidden')]")]
            assert [text for text in shown if text.startswith("by ")] == ([expected[slug]] if slug in expected else [])
        names = [card.text_content() for card in page.xpath("//*[contains(@class, 'p-author h-card')]")]
        assert f"by {' '.join(names)}" == re.sub(",? and|,", "", expected.get(slug, "by Ann Author"))


def test_titles_have_typographic_marks_like_bodies_and_the_same_url(make_site):
    titles = {"a": "It's \"so\" -- isn't it...", "b": "«Ça» n'est rien"}
    site = make_site(
        {
            "content/posts/a.md": post(titles["a"].replace('"', '\\"').join('""')),
            "content/posts/b.md": post(titles["b"], lang="fr"),
            "content/pages/c.md": "---\ntitle: Who's who\n---\nWords.\n",
        }
    )
    assert not site.build().failed
    page = site.output("2019/03/01/its-so-isnt-it/index.html")
    assert '<h1 class="p-name">It’s “so” – isn’t it…</h1>' in page
    assert "<title>It’s “so” – isn’t it… – " in page
    assert "<title>It’s “so” – isn’t it…</title>" in site.output("feed.xml")
    assert "«Ça» n’est rien" in site.output("blog/index.html")
    assert "<h1>Who’s who</h1>" in site.output("whos-who/index.html")
