"""The lines of the inventory for all that is no post or page: files, terms, meta keys, and what is skipped."""

from collections.abc import Sequence

from .index import Fate, Index, IndexedItem
from .inventory import Inventory, Kind, Result
from .media import MediaFile
from .media_import import MediaImport
from .meta_keys import explain_meta_key
from .terms import TermNames, explain_terms


def add_other_lines(
    inventory: Inventory, index: Index, files: Sequence[MediaFile], media: MediaImport, names: TermNames
) -> None:
    """Add them, and the numbers of what was found in all."""
    keys = index.meta_keys + index.channel.meta_keys
    inventory.found.update({Kind.ITEM: index.found_items, Kind.COMMENT: index.found_comments, Kind.FILE: len(files)})
    inventory.found.update({Kind.TERM: index.count_terms(), Kind.META_KEY: len(keys)})
    for item in index.items.values():
        if item.fate not in {Fate.CONTENT, Fate.PRIVATE}:
            _add_item(inventory, item, item.id, *_find_result(item, media))
    for item in index.duplicates:
        key = f"{item.id} in {item.file}:{item.line}"
        _add_item(inventory, item, key, Result.SKIPPED, "it comes again later in the export")
    for file in files:
        path = media.paths.get(file.key, "")
        why = "" if path else media.reasons.get(file.key, "it did not come along")
        inventory.add(Kind.FILE, file.url, Result.WRITTEN if path else Result.LOOK, why, path=path)
    for taxonomy, slug, result, why in explain_terms(index, names):
        inventory.add(Kind.TERM, f"{taxonomy} {slug}", Result(result), why)
    for key, count in sorted(keys.items()):
        result, why = explain_meta_key(key)
        inventory.add(Kind.META_KEY, key, result, why, name=f"{key} ({count})")


def _add_item(inventory: Inventory, item: IndexedItem, key: str, result: Result, why: str, path: str = "") -> None:
    inventory.add(Kind.ITEM, key, result, why, name=item.title, path=path)
    for number in range(item.comments):
        inventory.add(Kind.COMMENT, f"{key}.{number + 1}", Result.SKIPPED, "its post did not come along")


def _find_result(item: IndexedItem, media: MediaImport) -> tuple[Result, str, str]:
    """Return the result, the reason and the path of an item that is no post or page."""
    if item.fate is not Fate.MEDIA:
        return (Result.LOOK if item.fate is Fate.UNKNOWN else Result.SKIPPED), item.why, ""
    path = media.find(item.link)
    return (Result.WRITTEN, "", path) if path else (Result.LOOK, "its file did not come along", "")
