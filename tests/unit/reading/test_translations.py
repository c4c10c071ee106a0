"""Which posts and pages are one text in several languages."""

import pytest
from authorsite.reading.parsed import ParsedContent
from authorsite.reading.schemas import PostMetadata
from authorsite.reading.translations import check_languages, find_translations, join_translations
from pelican.contents import Article, Page


def make_content(path, slug, lang="", translation_of="", kind=Article):
    content = object.__new__(kind)
    record = PostMetadata.model_construct(title=slug, lang=lang, translation_of=translation_of, status=None)
    content.parsed = ParsedContent(record, {}, False, "", (), 0, False)
    content.slug, content.source_path = slug, path
    return content


def join(*contents, left_out=()):
    problems = []
    paths = {id(content): content.source_path for content in contents}

    def report(content, message, hint):
        problems.append(f"{content.source_path}: {message} - {hint}")

    works = join_translations(contents, paths, lambda name, _: name in left_out, report)
    check_languages(contents, works, lambda content: content.parsed.record.lang, report)
    found = find_translations(contents, works)
    return [[other.source_path for other in found[id(content)]] for content in contents], problems


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("ladders", "leitern"),
        ("posts/ladders.md", "leitern"),
        ("/posts/ladders", "leitern"),
        ("ladders.md", "leitern"),
        ("../posts/ladders.md", "leitern"),
        ("", "ladders"),
    ],
)
def test_a_translation_names_the_slug_or_the_file_of_its_original(name, slug):
    original, other = make_content("posts/ladders.md", "ladders"), make_content("posts/rungs.md", "rungs")
    assert join(original, other, make_content("posts/leitern.md", slug, "de", name)) == (
        [["posts/leitern.md"], [], ["posts/ladders.md"]],
        [],
    )


def test_translations_of_one_original_or_of_each_other_belong_together():
    contents = [
        make_content("posts/a.md", "a"),
        make_content("posts/b.md", "b", "de", "a"),
        make_content("posts/c.md", "c", "ar", "b"),
        make_content("posts/d.md", "a", "fr"),
    ]
    found, problems = join(*contents)
    assert problems == []
    assert found == [
        ["posts/b.md", "posts/c.md", "posts/d.md"],
        ["posts/a.md", "posts/c.md", "posts/d.md"],
        ["posts/a.md", "posts/b.md", "posts/d.md"],
        ["posts/a.md", "posts/b.md", "posts/c.md"],
    ]


def test_two_posts_may_name_each_other():
    found, problems = join(make_content("a.md", "a", "", "b"), make_content("b.md", "b", "de", "a"))
    assert (found, problems) == ([["b.md"], ["a.md"]], [])


def test_a_page_is_no_translation_of_a_post():
    contents = [make_content("posts/a.md", "a"), make_content("pages/b.md", "b", "de", "a", Page)]
    hint = "give the slug of the original, or its file, such as posts/a-post.md"
    assert join(*contents) == ([[], []], [f"pages/b.md: there is no page `a` to be a translation of - {hint}"])


@pytest.mark.parametrize(
    ("translation", "problem"),
    [
        (("leitern", "de", "laders"), "there is no post `laders` to be a translation of - did you mean `ladders`?"),
        (("leitern", "", "ladders"), "it is in the same language as the original, a.md - add a line such as lang: de"),
        (
            ("leiter", "fr", "ladders"),
            "it is in the same language as another translation, b.md - remove one of the two",
        ),
    ],
)
def test_a_wrong_translation_is_reported(translation, problem):
    _, problems = join(
        make_content("a.md", "ladders"),
        make_content("b.md", "echelle", "fr", "ladders"),
        make_content("c.md", *translation),
    )
    assert problems == [f"c.md: {problem}"]


def test_the_original_may_be_a_draft():
    assert join(make_content("posts/b.md", "b", "de", "a"), left_out={"a"}) == ([[]], [])
