"""The files of the media library: where each goes, and which files are accepted."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from urllib.parse import unquote

from ..images.inspection import FORMATS, MAX_BYTES, ImageError, inspect_image
from .index import Index
from .names import get_host, get_path

MAX_FILE_BYTES = 2 * 2**30
"""The limit of a file that is no picture: a film."""

MAX_NAME_BYTES = 120

DOWNLOADS = frozenset(
    """.3gp .aac .avi .azw3 .bib .csv .doc .docx .epub .flac .gz .ics .key .m4a .m4v .mid .mobi .mov .mp3 .mp4 .mpg
    .numbers .odg .odp .ods .odt .oga .ogg .ogv .opus .pages .pdf .pps .ppsx .ppt .pptx .psd .rtf .srt .tar .txt .vcf
    .vtt .wav .webm .wma .wmv .xls .xlsx .zip""".split()
)
"""The suffixes of files that are brought in as downloads; HTML, scripts and programs are not."""

_DATE_FOLDER = re.compile(r"(?:^|/)(\d{4})/(\d\d)/[^/]+$")
_RESIZED = re.compile(r"-\d{1,5}x\d{1,5}(?=\.\w+$)")
_UNSAFE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff/\\:*?\"<>|#%{}]+")
_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"\xff\xd8\xff", ".jpg"),
    (b"\x89PNG\r\n\x1a\n", ".png"),
    (b"GIF87a", ".gif"),
    (b"GIF89a", ".gif"),
)
_HTML = re.compile(rb"\s*(?:<!--.*?-->\s*)*<(?:!doctype html|html|head|body|script|\?php)\b", re.IGNORECASE | re.DOTALL)
_SVG = re.compile(rb"\s*(?:<\?xml[^>]*>\s*|<!--.*?-->\s*|<!DOCTYPE[^>]*>\s*)*<svg\b", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class MediaFile:
    """A file that posts may use: `id` is that of its attachment, "" for one that a text links to only.

    `path` is where it goes below content/, if its content is what its name says.
    """

    id: str
    url: str
    path: str

    @property
    def key(self) -> str:
        """What identifies it from one import to the next."""
        return media_key(self.url)


def media_key(url: str) -> str:
    """Return the host and path of a file's URL: what stays the same with http or https, and without `?w=300`."""
    return f"{get_host(url).removeprefix('www.')}{get_path(url)}"


def list_media(index: Index) -> list[MediaFile]:
    """Return the files of the media library, then those on the export's own hosts that only texts name."""
    files: dict[str, MediaFile] = {}
    taken: dict[str, str] = {}
    hosts = index.list_hosts()
    entries = [
        (str(number), file.url, index.attached_paths[number]) for number, file in sorted(index.attachments.items())
    ]
    entries += [("", url, "") for url in sorted(index.linked_files) if get_host(url) in hosts]
    for number, url, attached in entries:
        key = media_key(url)
        original = media_key(_RESIZED.sub("", url))
        if key and key not in files and not (not number and original in files):
            path = _make_path(attached or get_path(url))
            if taken.setdefault(path.lower(), key) != key:
                stem, suffix = path.rsplit(".", 1)
                path = f"{stem}-{number or len(files)}.{suffix}"
                taken[path.lower()] = key
            files[key] = MediaFile(number, url, path)
    return list(files.values())


def _make_path(source: str) -> str:
    """Return where a file goes: images/2014/01/name.jpg, or files/… for what is no picture of the web."""
    name = clean_file_name(source.rpartition("/")[2])
    match = _DATE_FOLDER.search(source)
    folder = f"{match[1]}/{match[2]}/" if match else ""
    return f"{'images' if PurePosixPath(name).suffix.lower() in FORMATS else 'files'}/{folder}{name}"


def clean_file_name(name: str) -> str:
    """Return a name that every file system takes and that leads nowhere; it always has a suffix."""
    name = _UNSAFE.sub("-", unicodedata.normalize("NFC", unquote(name)))
    stem, dot, suffix = name.strip(" .-").rpartition(".")
    if not dot or not re.fullmatch(r"\w{1,5}", suffix):
        stem, suffix = f"{stem}{dot}{suffix}", "bin"
    stem = stem.encode()[:MAX_NAME_BYTES].decode("utf-8", "ignore").strip(" .-") or "file"
    return f"{stem}.{suffix.lower() if suffix.lower() in {'jpg', 'jpeg', 'png', 'gif', 'webp', 'svg'} else suffix}"


def detect_suffix(start: bytes) -> str:
    """Return the suffix of the picture that begins with `start`, ".html" for a page, "" for anything else."""
    for signature, suffix in _SIGNATURES:
        if start.startswith(signature):
            return suffix
    if start[:4] == b"RIFF" and start[8:12] == b"WEBP":
        return ".webp"
    if start[4:12] in {b"ftypavif", b"ftypavis"}:
        return ".avif"
    if _SVG.match(start):
        return ".svg"
    return ".html" if _HTML.match(start) else ""


def correct_path(path: str, start: bytes) -> str:
    """Return the path of a file whose content begins with `start`: pictures get the suffix of what they are.

    Raises ImageError for what is not brought in.
    """
    suffix, kind = PurePosixPath(path).suffix.lower(), detect_suffix(start)
    if kind == ".html":
        raise ImageError("it is a web page", "look for the file in WordPress's media library")
    if kind:
        is_right = FORMATS.get(suffix) == FORMATS[kind]
        stem = path if is_right else f"{path[: -len(suffix)]}{kind}"
        return f"images/{stem.partition('/')[2]}"
    if suffix in FORMATS:
        raise ImageError(f"it is no picture, whatever its name {path} says", "look for the file in the media library")
    if suffix not in DOWNLOADS:
        raise ImageError(
            f"files ending in {suffix} are not brought in", "save it as PDF, JPEG or PNG, and add it by hand"
        )
    return path


def check_file(file: Path, path: str) -> None:
    """Raise ImageError if the temporary `file`, which is to become `path`, is a picture that pages cannot show."""
    if path.startswith("images/"):
        inspect_image(file)
    elif file.stat().st_size > MAX_FILE_BYTES:
        raise ImageError(f"it is larger than {MAX_FILE_BYTES // 2**30} GB", "publish it elsewhere, and link to it")


def get_size_limit(path: str) -> int:
    """Return how many bytes a file may have."""
    return MAX_BYTES if path.startswith("images/") else MAX_FILE_BYTES


class SuffixMatcher:
    """Finds, among the paths of files, the one that shares the longest end with another path."""

    def __init__(self, paths: Iterable[str]) -> None:
        self._by_name: dict[str, list[tuple[tuple[str, ...], str]]] = defaultdict(list)
        for path in paths:
            parts = _split(path)
            self._by_name[parts[-1]].append((parts, path))

    def find(self, *wanted: str) -> str:
        """Return the path that shares the longest end with any of `wanted`; "" for none, or for several alike."""
        best, found = 0, set[str]()
        for path in filter(None, wanted):
            parts = _split(path)
            for other, original in self._by_name.get(parts[-1], ()):
                length = _count_common(parts, other)
                if length > best:
                    best, found = length, set()
                if length == best:
                    found.add(original)
        return found.pop() if len(found) == 1 else ""


def _split(path: str) -> tuple[str, ...]:
    return tuple(unicodedata.normalize("NFC", path).strip("/").split("/"))


def _count_common(one: tuple[str, ...], other: tuple[str, ...]) -> int:
    count = 0
    for a, b in zip(reversed(one), reversed(other), strict=False):
        if a != b:
            break
        count += 1
    return count


@dataclass(frozen=True)
class BroughtMedia:
    """The files that are there: content paths by media key."""

    paths: Mapping[str, str]

    def find(self, url: str) -> str:
        """Return the path below content/ of the file at `url`, or that `url` is a smaller version of; "" for none."""
        key = media_key(url)
        return self.paths.get(key) or self.paths.get(_RESIZED.sub("", key), "")
