"""Find photos that say where they were taken: pages don't publish that, but a public repository of the sources does."""

import shlex
from contextlib import suppress
from pathlib import Path

from PIL import Image
from PIL.ExifTags import IFD

from ..images.inspection import FORMATS, UNSUPPORTED_SUFFIXES
from ..problems import ProblemLog

_SUFFIXES = FORMATS.keys() | UNSUPPORTED_SUFFIXES


def check_photo_locations(content: Path, log: ProblemLog) -> None:
    """Add a notice for each image below `content` that holds the place where it was taken."""
    for path in sorted(content.rglob("*")):
        if path.suffix.lower() in _SUFFIXES and path.is_file() and _has_location(path):
            message = "the photo says where it was taken, to all who can read the sources of the site"
            name = shlex.quote(log.get_display_path(str(path)))
            log.notice(path, 0, message, f"remove that with: exiftool -gps:all= -xmp:geotag= {name}", kind="image")


def _has_location(path: Path) -> bool:
    with suppress(OSError, ValueError, SyntaxError, Image.DecompressionBombError), Image.open(path) as image:
        return bool(image.getexif().get_ifd(IFD.GPSInfo)) or b"exif:GPS" in bytes(image.info.get("xmp") or b"")
    return False
