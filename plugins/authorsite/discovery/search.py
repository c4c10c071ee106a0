"""The search index: Pagefind's, made of the texts themselves, so that no menu or footer is ever found."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from importlib.metadata import version
from pathlib import Path

FOLDER = "pagefind"
_SECONDS = 900
_STAMPS = "stamps.json"
_SCRIPT = Path(__file__).with_name("search.js")


class SearchFailed(RuntimeError):
    """Pagefind did not do its work; the message says what it said."""


@dataclass(frozen=True, slots=True)
class Document:
    """A text to be found: its address below the site's root, title and HTML."""

    url: str
    title: str
    html: str


def script() -> tuple[str, bytes]:
    """Return place and bytes of the search page's script."""
    data = _SCRIPT.read_bytes()
    return f"assets/search.{hashlib.sha256(data).hexdigest()[:10]}.js", data


def index(
    documents: list[Document], language: str, cache: Path, *, may_wait: bool = False
) -> Iterator[tuple[str, Path]]:
    """Give each file of the index of `documents` with its place below the output folder.

    An index is kept in `cache`, and made anew only when a text has changed; when it `may_wait`, not even then. Raises
    SearchFailed.
    """
    told = hashlib.sha256(f"1 {version('pagefind')} {language}".encode())
    for document in sorted(documents, key=lambda d: d.url):
        told.update(f"{document.url}\0{document.title}\0{document.html}\0".encode("utf-8", "replace"))
    made = cache / told.hexdigest()[:20]
    others = [other for other in cache.iterdir() if other != made] if cache.is_dir() else []
    if may_wait and len(others) == 1 and _is_whole(others[0]):
        made = others.pop()
    elif not _is_whole(made):
        _make(documents, language, made)
    for other in others:
        shutil.rmtree(other, ignore_errors=True)
    for path in sorted(made.rglob("*")):
        if path.is_file() and path.name != _STAMPS:
            yield f"{FOLDER}/{path.relative_to(made).as_posix()}", path


def _make(documents: list[Document], language: str, made: Path) -> None:
    made.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=made.parent, prefix="making-") as name:
        site, bundle = Path(name, "site"), Path(name, "bundle")
        site.mkdir()
        for document in documents:
            file = site / (f"{document.url}index.html" if document.url.endswith("/") else document.url or "index.html")
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(_page(document, language), "utf-8")
        if documents:
            _run(site, bundle)
        bundle.mkdir(exist_ok=True)
        _keep_what_is_used(bundle)
        (bundle / _STAMPS).write_text(json.dumps(_stamps(bundle)))
        shutil.rmtree(made, ignore_errors=True)
        bundle.rename(made)


def _page(document: Document, language: str) -> str:
    return (
        f'<!doctype html><html lang="{escape(language)}"><head><title>{escape(document.title)}</title></head>'
        f"<body><main data-pagefind-body><h1>{escape(document.title)}</h1>{document.html}</main></body></html>"
    )


def _run(site: Path, bundle: Path) -> None:
    command = [sys.executable, "-m", "pagefind", "--site", str(site), "--output-path", str(bundle), "--silent"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise SearchFailed(str(error)) from error
    if done.returncode or not (bundle / "pagefind.js").is_file():
        raise SearchFailed(" ".join((done.stderr or done.stdout).split())[-200:] or f"status {done.returncode}")


def _keep_what_is_used(bundle: Path) -> None:
    """Remove Pagefind's own interfaces: the search page has its own, a tenth of their size."""
    for path in bundle.glob("pagefind-*"):
        if path.name not in {"pagefind-entry.json", "pagefind-worker.js"}:
            path.unlink()


def _stamps(folder: Path) -> dict[str, list[int]]:
    """Return what tells whether a file was touched since it was made."""
    files = (path for path in folder.rglob("*.*") if path.name != _STAMPS)
    return {str(path.relative_to(folder)): [(stat := path.stat()).st_mtime_ns, stat.st_size] for path in files}


def _is_whole(folder: Path) -> bool:
    try:
        return bool(json.loads((folder / _STAMPS).read_text("utf-8")) == _stamps(folder))
    except (OSError, ValueError):
        return False
