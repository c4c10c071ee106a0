"""An import from beginning to end: two passes over the export, the media library between them, the report last."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from pelican_incremental.files import atomic_write

from ..comments.model import SUFFIX
from ..problems import CommandError, pluralize
from ..settings import SiteSettings
from .export_files import ExportFile, TextCleaner, find_export_files
from .index import Fate, Index, IndexedItem
from .inventory import Inventory, Kind, Result
from .items import ItemConverter, ItemFiles, Job
from .media import list_media
from .media_import import MediaImport, Progress
from .menu import list_menu_lines
from .other_lines import add_other_lines
from .plan import Plan, SiteFacts, make_plan
from .redirects import REDIRECTS, format_redirects, make_redirects, merge_redirects
from .report import Report
from .source_digests import hash_context
from .terms import name_terms
from .workers import map_in_batches
from .written_files import EXPLANATIONS, REPORT, Outcome, WrittenFiles, load_report
from .wxr import read_items
from .wxr_model import RawItem

TEXT_REPORT = "imported/report.txt"
PRIVATE_FOLDER = "../imported-private"
"""Where private posts go: beside content/, with a .gitignore of its own."""

Ask = Callable[[str, int], str | None]
"""Called with a host and the number of reblogs from it; returns who writes there, "" for nobody, None to ask again."""


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """What to import: `exports` are paths; `media` is a folder, a tar archive, "fetch", or "" for no files."""

    exports: tuple[Path, ...]
    media: str = ""
    dry_run: bool = False
    with_private: bool = False


@dataclass
class Import:
    """One import into the folder `content`; `run` does it."""

    options: ImportOptions
    content: Path
    site: SiteFacts
    settings: SiteSettings
    zone: ZoneInfo
    ask: Ask
    progress: Progress
    index: Index = field(default_factory=Index)
    inventory: Inventory = field(default_factory=Inventory)
    cleaner: TextCleaner = field(default_factory=TextCleaner)

    def run(self) -> Report:
        """Import everything and return the report, which is written last. Raises CommandError for a bad export."""
        exports = find_export_files(self.options.exports)
        last_report = load_report(self.content / REPORT)
        self.written = WrittenFiles(self.content, dry_run=self.options.dry_run)
        self._read_index(exports)
        if not self.options.dry_run:
            self.written.clear_leftovers()
        names = name_terms(self.index, self.site)
        plan = self._plan()
        files = list_media(self.index)
        self.index.drop_addresses()
        media_import = MediaImport(self.written)
        media = media_import.bring(files, self.options.media, self.index.list_hosts(), self.progress)
        redirects = make_redirects(self.index, plan, self.site, names, files, media)
        authors = self._ask_for_authors(last_report.get("reblog_authors"))
        self.converter = ItemConverter(
            self.index, plan, self.site, self.settings, names, media, self.zone, authors,
            {old.strip("/").lower(): new for old, new in redirects.items()},
        )  # fmt: skip
        report = Report(self.inventory, self.written, [file.name for file in exports], reblog_authors=authors)
        self._write_items(exports, report)
        self._write_redirects(redirects, last_report.get("redirects", ()), report)
        report.redirects = sorted({*redirects, *last_report.get("redirects", ())})
        add_other_lines(self.inventory, self.index, files, media_import, names)
        report.menu = list_menu_lines(self.index, plan, names, self.site)
        report.remarks += self._list_remarks()
        self._finish(report)
        return report

    def _read_index(self, exports: list[ExportFile]) -> None:
        for number, file in enumerate(exports):
            for raw in read_items(file, self.index.channel, self.cleaner):
                self.index.add(raw)
            self.progress("Reading", number + 1, len(exports))
        if not self.index.found_items:
            raise CommandError("the export has no posts - choose “All content” in Tools → Export", exports[0].name)

    def _plan(self) -> Plan:
        former = {owner: path for owner, path in self.written.paths_by_owner.items() if path.endswith(".md")}
        return make_plan(self.index, self.site, former, PRIVATE_FOLDER, with_private=self.options.with_private)

    def _ask_for_authors(self, known: Any) -> dict[str, str]:
        authors = {str(k): str(v) for k, v in known.items()} if isinstance(known, Mapping) else {}
        for host, count in sorted(self.index.reblog_hosts.items(), key=lambda pair: (-pair[1], pair[0])):
            if host not in authors and (answer := self.ask(host, count)) is not None:
                authors[host] = " ".join(answer.split())
        return authors

    def _write_items(self, exports: list[ExportFile], report: Report) -> None:
        context, total, done = hash_context(self.converter), len(self.converter.plan.targets), 0
        paths = self.written.paths_by_owner

        def is_unchanged(item: IndexedItem) -> bool:
            entry = self.written.previous.get(paths.get(item.id, ""))
            return entry is not None and entry.source == f"{item.digest}-{context}"

        def iter_jobs() -> Iterator[Job]:
            nonlocal done
            for raw in self._iter_items(exports):
                item = self.index.items[raw.id]
                if item.fate not in {Fate.CONTENT, Fate.PRIVATE}:
                    continue
                if is_unchanged(item):
                    self._keep_item(item, report)
                    done += 1
                else:
                    yield Job(raw, item, self.converter.plan.targets[item.id])

        for result in map_in_batches(self.converter.convert, iter_jobs(), total):
            self._write_item(result, f"{self.index.items[result.item].digest}-{context}", report)
            done += 1
            self.progress("Posts", done, total)

    def _iter_items(self, exports: list[ExportFile]) -> Iterator[RawItem]:
        """Yield the items again, with their keys as ids, without those that come again later."""
        sequence = 0
        channel, cleaner = type(self.index.channel)(), TextCleaner()
        for file in exports:
            for raw in read_items(file, channel, cleaner):
                raw.id = self.index.keys[sequence]
                sequence += 1
                if self.index.items[raw.id].sequence == sequence:
                    yield raw

    def _write_item(self, result: ItemFiles, source: str, report: Report) -> None:
        item = self.index.items[result.item]
        target = self.converter.plan.targets[item.id]
        if target.path.startswith(PRIVATE_FOLDER):
            self._ignore_private_folder()
        facts: dict[str, Any] = {"look": list(result.look), "offers": list(result.offered_reblogs)}
        facts["comments"] = {str(number): why for number, why in result.comments.items()}
        facts = {key: value for key, value in facts.items() if value}
        outcome = self.written.write(target.path, result.texts[target.path].encode(), item.id, source, facts)
        comments = result.texts.get(target.path.removesuffix(".md") + SUFFIX, "")
        comments_outcome = None
        owner = f"{item.id} comments"
        if comments and outcome.is_written:
            path = target.path.removesuffix(".md") + SUFFIX
            comments_outcome = self.written.write(path, comments.encode(), owner, source)
        elif comments and (former := self.written.paths_by_owner.get(owner)) and outcome is Outcome.EDITED:
            comments_outcome = self.written.write(former, comments.encode(), owner, source)
        elif outcome.is_written:
            self.written.remove(owner)
        self._record_item(item, outcome, comments_outcome, facts, report)

    def _keep_item(self, item: IndexedItem, report: Report) -> None:
        path = self.written.paths_by_owner[item.id]
        outcome = self.written.keep_unchanged(path)
        former = self.written.paths_by_owner.get(f"{item.id} comments")
        comments_outcome = self.written.keep_unchanged(former) if former else None
        self._record_item(item, outcome, comments_outcome, self.written.entries[path].facts, report)

    def _ignore_private_folder(self) -> None:
        file = self.content / PRIVATE_FOLDER / ".gitignore"
        if not file.exists() and not self.options.dry_run:
            atomic_write(file, b"*\n")

    def _record_item(
        self, item: IndexedItem, outcome: Outcome, comments: Outcome | None, facts: Mapping[str, Any], report: Report
    ) -> None:
        target = self.converter.plan.targets[item.id]
        look = list(facts.get("look", ()))
        if not outcome.is_written:
            look, result = [EXPLANATIONS[outcome]], Result.LOOK if outcome is Outcome.FOREIGN else Result.SKIPPED
        else:
            result = Result.LOOK if look else Result.WRITTEN
        why = look or [item.why]
        path = target.path if outcome.is_written else self.written.paths_by_owner.get(item.id, target.path)
        self.inventory.add(
            Kind.ITEM, item.id, result, *why, name="" if item.fate is Fate.PRIVATE else item.title, path=path
        )
        report.offered_reblogs += [(path, offer) for offer in facts.get("offers", ())]
        skipped = facts.get("comments", {})
        for number in range(item.comments):
            key, reason = f"{item.id}.{number + 1}", skipped.get(str(number), "")
            if not reason and (comments is None or not comments.is_written):
                reason = EXPLANATIONS.get(comments or outcome, "its post did not come along")
            self.inventory.add(Kind.COMMENT, key, Result.SKIPPED if reason else Result.WRITTEN, reason)

    def _write_redirects(self, redirects: Mapping[str, str], before: Any, report: Report) -> None:
        file = self.written.resolve(REDIRECTS)
        if not redirects and not file.exists():
            return
        text = format_redirects(redirects)
        state = self.written.find_state(REDIRECTS, REDIRECTS)
        if state in {Outcome.EDITED, Outcome.FOREIGN}:
            text = merge_redirects(file.read_text("utf-8", "replace"), redirects, before)
            report.remarks.append(f"{REDIRECTS} has lines of yours: they stay")
            if text.encode() != file.read_bytes() and not self.options.dry_run:
                atomic_write(file, text.encode())
            return
        self.written.write(REDIRECTS, text.encode(), REDIRECTS)

    def _list_remarks(self) -> Iterator[str]:
        if self.cleaner.bad_bytes:
            yield f"{pluralize(self.cleaner.bad_bytes, 'damaged byte')}: each is a � now"
        if self.cleaner.control_characters:
            yield f"{pluralize(self.cleaner.control_characters, 'control character')} left out"
        for item_id in self.index.sticky:
            path = self.converter.plan.targets[item_id].path
            yield f"{path} was sticky: lists show the newest posts first, so link to it from the home page if you like"
        private = [item for item in self.index.items.values() if item.fate is Fate.PRIVATE]
        if private and self.options.with_private:
            yield f"{pluralize(len(private), 'private post')} came in as drafts"
        elif private:
            yield f"{pluralize(len(private), 'private post')} in imported-private/: git ignores it, no build reads it"

    def _finish(self, report: Report) -> None:
        if self.options.dry_run:
            self.written.close(finished=False)
            return
        text = "\n".join(report.iter_text()) + "\n"
        atomic_write(self.content / TEXT_REPORT, text.encode())

        def fill(file: Path) -> None:
            with file.open("w", encoding="utf-8") as stream:
                stream.writelines(report.iter_json())

        atomic_write(self.content / REPORT, fill)
        self.written.close(finished=True)
