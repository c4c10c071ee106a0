"""Addresses of pages from the files that they are written to, and back."""

from __future__ import annotations

import posixpath
from urllib.parse import quote, unquote


def address(save_as: str) -> str:
    """Return the address, without leading slash, of an output file: "blog/" for "blog/index.html"."""
    folder, name = posixpath.split(save_as)
    path = f"{folder}/" if name == "index.html" and folder else "" if name == "index.html" else save_as
    return quote(path, safe="/~@!$&'()*+,;=:-._")


def file_of(alias: str) -> str:
    """Return the output file that answers at `alias`, an address from the root: "/old/" and "/old" are one folder."""
    path = unquote(alias).lstrip("/")
    if not path or path.endswith("/"):
        return f"{path}index.html"
    return path if "." in posixpath.basename(path) else f"{path}/index.html"
