"""Zip archives with the same bytes for the same files."""

import io
import zipfile
from collections.abc import Mapping

_DATE = (1980, 1, 1, 0, 0, 0)
"""The earliest date of the format: an archive does not tell when it was made."""


def make_zip(files: Mapping[str, str | bytes], *, stored: Mapping[str, str] | None = None) -> bytes:
    """Return an archive of `files` by name, after the files that are `stored` without compression."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for kind, group in ((zipfile.ZIP_STORED, stored or {}), (zipfile.ZIP_DEFLATED, files)):
            for name, data in group.items():
                info = zipfile.ZipInfo(name, _DATE)
                info.compress_type = kind
                info.external_attr = 0o644 << 16
                archive.writestr(info, data)
    return buffer.getvalue()
