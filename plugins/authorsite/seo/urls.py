"""Convert output paths to URLs, and URLs to output paths."""

from __future__ import annotations

import posixpath
from urllib.parse import quote, unquote


def url_for(save_as: str) -> str:
    """Return the root-relative URL of an output file, without leading slash: "blog/" for "blog/index.html"."""
    folder, name = posixpath.split(save_as)
    path = f"{folder}/" if name == "index.html" and folder else "" if name == "index.html" else save_as
    return quote(path, safe="/~@!$&'()*+,;=:-._")


def output_file_for(url_path: str) -> str:
    """Return the output file served at `url_path` (from the root); "/old/" and "/old" give the same file."""
    path = unquote(url_path).lstrip("/")
    if not path or path.endswith("/"):
        return f"{path}index.html"
    return path if "." in posixpath.basename(path) else f"{path}/index.html"
