"""Remove what builds have made."""

import shutil
import sys
from pathlib import Path

from .atomic_swap import exclusive_lock
from .settings_file import require_settings_file

_BUILT = ("output", "output.staging", "output.previous", "output.leftover-*", ".cache")


def clean(settings_file: Path) -> None:
    """Remove output and caches in the folder of `settings_file`; name what cannot be deleted.

    Only a folder with a settings file is a site: in another one, `.cache` may be somebody else's.
    """
    require_settings_file(settings_file)
    # Not while a publish reads these folders.
    with exclusive_lock(settings_file.parent):
        for path in (path for name in _BUILT for path in settings_file.parent.glob(name)):
            shutil.rmtree(path, ignore_errors=True)
            if path.exists():
                print(f"{path}: cannot be deleted - delete it as its owner: sudo rm -r {path}", file=sys.stderr)
