"""Keys of settings and front matter that a version has renamed or removed.

An author who upgrades is told by name what to write instead, wherever a file still has such a key.
"""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ChangedKey:
    """A key that a model (named by its class) had until `version`; `new_key` is its new name, "" if it was removed.

    `remedy` says what to do about a key that was removed, or renamed with another meaning.
    """

    model: str
    key: str
    version: str
    new_key: str = ""
    remedy: str = ""

    @property
    def message(self) -> str:
        """What has changed: "`x` was renamed to `y` in version 1.2.0"."""
        change = f"renamed to `{self.new_key}`" if self.new_key else "removed"
        return f"`{self.key}` was {change} in version {self.version}"

    @property
    def hint(self) -> str:
        """What to do."""
        return self.remedy or (f"rename it to `{self.new_key}`" if self.new_key else "remove it")


CHANGED_KEYS: tuple[ChangedKey, ...] = (
    ChangedKey("Book", "related", "0.2.0", remedy="remove it: it did nothing"),
    ChangedKey("SiteSettings", "author_bio", "0.2.0", "author", remedy='write "author": {"bio_short": "…"}'),
)
"""By version, the newest last. An entry stays for good: authors skip versions."""


def find_changed_key(models: Iterable[type], key: str) -> ChangedKey | None:
    """Return the entry for a key that one of `models` had in an earlier version, or None."""
    names = {model.__name__ for model in models}
    return next((entry for entry in CHANGED_KEYS if entry.key == key and entry.model in names), None)
