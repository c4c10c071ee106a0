"""Where the files of the media library come from: a folder, a tar archive, or the old blog itself."""

import os
import tarfile
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from urllib.parse import urljoin

import httpx
from httpx import codes

from ..problems import CommandError
from ..urls import is_web_url
from .media import MediaFile, SuffixMatcher
from .names import get_host, get_path

Open = Callable[[], IO[bytes]]
Accept = Callable[[MediaFile, IO[bytes]], None]
"""Called with a file and its open content; reads it within its limits."""

_MAX_MEMBERS = 2_000_000


def _list_wanted(file: MediaFile) -> tuple[str, str]:
    return get_path(file.url), file.path.partition("/")[2]


def copy_from_folder(folder: Path, files: Iterable[MediaFile], accept: Accept) -> None:
    """Pass each of `files` that is in `folder`, or below it, to `accept`. Links are not followed."""
    paths: list[str] = []
    for root, _, names in os.walk(folder):
        paths += [os.path.join(root, name) for name in names if not os.path.islink(os.path.join(root, name))]  # noqa: PTH118, PTH114
    matcher = SuffixMatcher(Path(path).relative_to(folder).as_posix() for path in paths)
    for file in files:
        if name := matcher.find(*_list_wanted(file)):
            with suppress(OSError), (folder / name).open("rb") as content:
                accept(file, content)


def copy_from_tar(path: Path, files: Iterable[MediaFile], accept: Accept) -> None:
    """Pass each of `files` that is in the tar archive at `path` to `accept`; nothing is extracted by its name.

    The archive is read twice, as a stream: once for its names. Only regular files count.
    """
    try:
        with tarfile.open(path) as archive:
            names = [member.name for member in _iter_members(archive)]
        matcher = SuffixMatcher(names)
        wanted: dict[str, list[MediaFile]] = {}
        for file in files:
            if name := matcher.find(*_list_wanted(file)):
                wanted.setdefault(name, []).append(file)
        with tarfile.open(path) as archive:
            for member in _iter_members(archive):
                for file in wanted.pop(member.name, ()):
                    content = archive.extractfile(member)
                    if content is not None:
                        accept(file, content)
    except (tarfile.TarError, EOFError, OSError, ValueError) as error:
        message = f"the archive cannot be read: {error} - download the media library again"
        raise CommandError(message, str(path)) from None


def _iter_members(archive: tarfile.TarFile) -> Iterator[tarfile.TarInfo]:
    for number, member in enumerate(archive):
        if number > _MAX_MEMBERS:
            raise CommandError("the archive has too many files", str(archive.name))
        if member.isreg():
            yield member


@dataclass(frozen=True, slots=True)
class FetchPolicy:
    """How to fetch files: `timeout` in seconds for each read, `seconds` for a whole file, `jobs` at the same time."""

    timeout: float = 30.0
    seconds: float = 900.0
    jobs: int = 4
    attempts: int = 3
    pause: float = 1.0
    max_redirects: int = 5
    user_agent: str = "authorsite-import/1 (an author moves a blog)"


def fetch_files(
    files: Iterable[MediaFile],
    hosts: frozenset[str],
    folder: Path,
    get_limit: Callable[[str], int],
    accept: Accept,
    on_progress: Callable[[int, int], None] | None = None,
    policy: FetchPolicy | None = None,
) -> dict[str, str]:
    """Download `files` from `hosts` only, and pass each to `accept`; return why, by key, for those that failed.

    `folder` keeps what is downloaded in part, so that the next import resumes it.
    """
    policy, failed = policy or FetchPolicy(), dict[str, str]()
    wanted = list(files)
    folder.mkdir(parents=True, exist_ok=True)
    headers = {"User-Agent": policy.user_agent, "Accept-Encoding": "identity"}
    with httpx.Client(timeout=policy.timeout, headers=headers) as client, ThreadPoolExecutor(policy.jobs) as pool:

        def fetch(file: MediaFile) -> str:
            return _fetch_with_retries(client, file, hosts, _get_part(folder, file), get_limit(file.path), policy)

        for done, (file, reason) in enumerate(zip(wanted, pool.map(fetch, wanted), strict=True), 1):
            if reason:
                failed[file.key] = reason
            else:
                part = _get_part(folder, file)
                with part.open("rb") as content:
                    accept(file, content)
                part.unlink()
            if on_progress:
                on_progress(done, len(wanted))
    with suppress(OSError):
        folder.rmdir()
    return failed


def _get_part(folder: Path, file: MediaFile) -> Path:
    return folder / f"{file.path.replace('/', '_')}.part"


def _fetch_with_retries(
    client: httpx.Client, file: MediaFile, hosts: frozenset[str], part: Path, limit: int, policy: FetchPolicy
) -> str:
    reason = ""
    for attempt in range(policy.attempts):
        if attempt:
            time.sleep(policy.pause * 2**attempt)
        try:
            reason, may_retry = _fetch(client, file.url.partition("?")[0], hosts, part, limit, policy)
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            reason, may_retry = f"{type(error).__name__}", True
        if not reason or not may_retry:
            break
    return reason


def _fetch(
    client: httpx.Client, url: str, hosts: frozenset[str], part: Path, limit: int, policy: FetchPolicy
) -> tuple[str, bool]:
    """Download `url` into `part`, from where it ends; return why that failed ("" if not), and whether to try again."""
    for _ in range(policy.max_redirects + 1):
        if not is_web_url(url) or get_host(url) not in hosts:
            return "its host is not one of the export's own", False
        size = part.stat().st_size if part.exists() else 0
        headers = {"Range": f"bytes={size}-"} if size else {}
        with client.stream("GET", url, headers=headers) as response:
            if response.has_redirect_location:
                url = urljoin(url, response.headers["Location"])
                continue
            if response.status_code == codes.REQUESTED_RANGE_NOT_SATISFIABLE and size:
                part.unlink()  # it has changed, or was complete
                return "it has changed meanwhile", True
            if not codes.is_success(response.status_code):
                is_temporary = response.status_code == codes.TOO_MANY_REQUESTS or codes.is_server_error(
                    response.status_code
                )
                return f"the blog answers {response.status_code}", is_temporary
            return _save(response, part, size, limit, policy)
    return "it is redirected too often", False


def _save(response: httpx.Response, part: Path, size: int, limit: int, policy: FetchPolicy) -> tuple[str, bool]:
    resumed = response.status_code == codes.PARTIAL_CONTENT and response.headers.get("Content-Range", "").startswith(
        f"bytes {size}-"
    )
    size, deadline = size if resumed else 0, time.monotonic() + policy.seconds
    with part.open("ab" if resumed else "wb") as file:
        for chunk in response.iter_bytes():
            size += len(chunk)
            if size > limit:
                break
            if time.monotonic() > deadline:
                return "it takes too long: run the import again to go on", False
            file.write(chunk)
    if size > limit:
        part.unlink()
        return f"it is larger than {limit // 1_000_000} MB", False
    return "", False
