"""Find the audio file that front matter names, among the files that the site publishes."""

import posixpath
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

from ..audio import MAX_SIZE, Audio, AudioSource, inspect_audio, make_audio_link
from ..site_build import content_relative_path, get_build, get_log, get_site
from ..validation import InvalidValue, LineFinder
from .linked_files import find_file
from .links import LinkResolver, describe_outside

_KIND = "audio"
_SAFE = "/~@!$&'()*+,;=:-._"


def get_audio(source: AudioSource | None, path: str, context: Mapping[str, Any]) -> Audio | None:
    """Return the audio that the front matter of the file `path` names; None without one, or after a problem.

    A path is relative to content/, or to the file that names it. prepare_links must have run.
    """
    if source is None:
        return None
    if source.url:
        return make_audio_link(source)
    folder = posixpath.dirname(content_relative_path(path, context))
    name = find_file(Path(context["PATH"]), folder, source.file, is_image=True)
    url = get_build(context).get(LinkResolver).files.get(name or "")
    log, site, line = get_log(context), get_site(context), _find_line(path)
    if name is None or url is None:
        problem = _describe_missing(source.file, folder, Path(context["PATH"]), is_found=name is not None)
        log.error(path, line, *problem, kind=_KIND)
        return None
    file = Path(context["PATH"], name)
    try:
        kind, seconds = inspect_audio(file)
    except InvalidValue as error:
        log.error(path, line, f"content/{name} {error}", error.hint, kind=_KIND)
        return None
    size = file.stat().st_size
    if size > MAX_SIZE:
        hint = "export it with fewer kilobits per second (64 are enough for speech), or keep it on another host"
        log.notice(path, line, f"content/{name} has {round(size / 1_000_000)} MB", hint, kind=_KIND)
    url = quote(url, _SAFE)
    return Audio(f"{site.url}/{url}", kind.type, size, url, name, seconds, kind.name)


def list_audio_paths(views: Iterable[Any]) -> set[str]:
    """Return the paths below content/ of the audio files of posts, pages, events and books."""
    return {audio.source_path for view in views if (audio := getattr(view, "audio", None)) and audio.source_path}


def _describe_missing(name: str, folder: str, root: Path, *, is_found: bool) -> tuple[str, str]:
    """Return message and hint for a file that does not exist, is outside content/, or is not published."""
    path = unquote(name).lstrip("/")
    outside = all(posixpath.normpath(posixpath.join(base, path)).startswith("..") for base in ("", folder))
    if outside or (is_found and not (root / path).resolve().is_relative_to(root.resolve())):
        return describe_outside(name)
    return f"there is no audio file content/{path}", "put it into content/files/, and write: audio: files/talk.mp3"


def _find_line(path: str) -> int:
    """Return the line of the key `audio` in a file's front matter; 0 if it is not found."""
    line = LineFinder(Path(path)).find_line("\naudio:", "\nAudio:")
    return line + 1 if line else 0
