"""Keys that a version has renamed or removed: reported by name wherever a file still has them."""

import pytest
from authorsite import changed_keys
from authorsite.books.model import Book
from authorsite.changed_keys import CHANGED_KEYS, ChangedKey
from authorsite.problems import ProblemLog
from authorsite.reading.schemas import PostMetadata
from authorsite.settings import SiteSettings
from authorsite.validation import validate
from conftest import ROOT, post

MADE_UP = (
    ChangedKey("SiteSettings", "tagline", "1.1.0", "description"),
    ChangedKey("FeedSettings", "length", "1.2.0", "items", remedy="write `items`, and 0 for all"),
    ChangedKey("PostMetadata", "mood", "2.0.0"),
)


@pytest.fixture
def made_up(monkeypatch):
    monkeypatch.setattr(changed_keys, "CHANGED_KEYS", MADE_UP)


@pytest.mark.usefixtures("made_up")
@pytest.mark.parametrize(
    ("model", "data", "problem"),
    [
        (
            SiteSettings,
            {"url": "https://ann.example", "tagline": "x"},
            "`tagline` was renamed to `description` in version 1.1.0 - rename it to `description`",
        ),
        (
            SiteSettings,
            {"url": "https://ann.example", "feeds": {"length": 3}},
            "`length` was renamed to `items` in version 1.2.0 - write `items`, and 0 for all",
        ),
        (
            PostMetadata,
            {"title": "A", "date": "2020-01-02", "mood": "good"},
            "`mood` was removed in version 2.0.0 - remove it",
        ),
        # Of another model: an ordinary misspelling.
        (SiteSettings, {"url": "https://ann.example", "titel": "x"}, "unknown key `titel`"),
        (Book, {"title": "A", "language": "en", "mood": "good"}, "unknown key `mood`"),
    ],
)
def test_a_changed_key_is_reported_with_what_to_do(model, data, problem, tmp_path):
    log = ProblemLog(root=tmp_path)
    assert validate(model, data, log, "a-file") is None
    (only,) = map(str, log)
    assert only.startswith(f"a-file: {problem}")


@pytest.mark.usefixtures("made_up")
def test_all_changed_keys_of_a_site_are_reported_at_once_with_their_lines(make_site):
    built = make_site(
        {
            "content/posts/a.md": post(mood="good"),
            "content/posts/b.md": post("B", mood="bad"),
        }
    ).build()
    problem = "`mood` was removed in version 2.0.0 - remove it"
    assert [str(p) for p in built.problems] == [f"content/posts/{name}.md:4: {problem}" for name in "ab"]


def test_a_removed_key_of_books_is_known(tmp_path):
    log = ProblemLog(root=tmp_path)
    validate(Book, {"title": "A", "language": "en", "related": ["b"]}, log, "b.md")
    assert [str(p) for p in log] == ["b.md: `related` was removed in version 0.2.0 - remove it: it did nothing"]


def test_the_table_is_sound():
    """Each entry names a model, no key that the model still has, and a new key that it has; the changelog has it."""
    changelog = (ROOT / "CHANGELOG.md").read_text("utf-8")
    models = {model.__name__: model for model in list_strict_models()}
    for entry in CHANGED_KEYS:
        keys = models[entry.model].model_fields
        assert entry.key not in keys
        assert not entry.new_key or entry.new_key in keys
        assert f"`{entry.key}`" in changelog


def list_strict_models():
    from authorsite.strict_model import StrictModel

    pending = [StrictModel]
    while pending:
        model = pending.pop()
        pending += model.__subclasses__()
        yield model
