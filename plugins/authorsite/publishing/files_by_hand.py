"""Files in the output folder that no build has made, but somebody put there: they outlive the exchange of the folder.

They are not published: what goes live depends on the sources alone, and is the same from any copy of them.
"""

import os
import shutil
from collections.abc import Collection, Iterator
from pathlib import Path, PurePosixPath

from pelican_incremental.manifest import Manifest

from ..output import FILE_LIST, read_file_list
from .targets.commands import OWNERSHIP_FILE


def list_built_files(output: Path, cache: Path) -> frozenset[str]:
    """Return the names of all files that earlier builds made in `output`; empty if that is not known any more."""
    if listed := read_file_list(output):
        manifest = Manifest(cache, output)  # it has the files of other plugins, and those of an interrupted build, too
        return listed | manifest.previous.keys() | manifest.journaled | {FILE_LIST, OWNERSHIP_FILE}
    return frozenset()


def carry_over(output: Path, staging: Path, built: Collection[str]) -> tuple[str, ...]:
    """Take the files of `output` that are not among those `built` to `staging`, unless the new site has a file there.

    `built` is from list_built_files: without it, the page of a draft could not be told from a file put there by hand.
    Returns the names of the files, and of folders that have nothing else in them. Symbolic links are not followed.
    """
    carried: list[str] = []
    for name in sorted(set(_list_files(output)) - set(built)) if built else ():
        folders = [folder.as_posix() for folder in PurePosixPath(name).parents][-2::-1]
        if os.path.lexists(staging / name) or any(_is_file(staging / folder) for folder in folders):
            continue
        for folder in folders:
            if not (staging / folder).exists():
                (staging / folder).mkdir()
                carried.append(folder)
        try:
            # Nobody writes to either before the old folder is deleted: a hard link moves the file, without its bytes.
            os.link(output / name, staging / name, follow_symlinks=False)
        except OSError:
            shutil.copy2(output / name, staging / name, follow_symlinks=False)
        carried.append(name)
    return tuple(carried)


def _is_file(path: Path) -> bool:
    return path.is_symlink() or (path.exists() and not path.is_dir())


def _list_files(folder: Path, above: str = "") -> Iterator[str]:
    """Yield the names of regular files and symbolic links below `folder`, except temporary files of a killed build."""
    with os.scandir(folder) as entries:
        for entry in entries:
            name = above + entry.name
            if entry.is_dir(follow_symlinks=False):
                yield from _list_files(Path(entry.path), f"{name}/")
            elif entry.is_symlink() or (entry.is_file() and not (entry.name[0] == "." and name.endswith(".tmp"))):
                yield name
