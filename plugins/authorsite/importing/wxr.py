"""Reading WordPress's export format, WXR 1.0 to 1.2, as a stream of items.

Source: WordPress's wp-admin/includes/export.php. The names of elements are compared with their usual prefixes, so that
undeclared ones do no harm; a document type is refused, so that no entity can be defined.
"""

from collections.abc import Iterator
from html import unescape
from xml.parsers import expat

from ..problems import CommandError
from .export_files import ExportFile, TextCleaner
from .wxr_model import Channel, RawComment, RawItem

MAX_ITEM_CHARACTERS = 50_000_000
"""The limit of the texts of one post with its comments."""

MAX_DEPTH = 30

_ITEM_FIELDS = {
    "title": "title",
    "link": "link",
    "pubDate": "pub_date",
    "dc:creator": "creator",
    "guid": "guid",
    "content:encoded": "content",
    "excerpt:encoded": "excerpt",
    "wp:post_id": "id",
    "wp:post_date": "date",
    "wp:post_date_gmt": "date_gmt",
    "wp:post_name": "slug",
    "wp:status": "status",
    "wp:post_parent": "parent",
    "wp:menu_order": "menu_order",
    "wp:post_type": "type",
    "wp:post_password": "password",
    "wp:is_sticky": "sticky",
    "wp:attachment_url": "attachment_url",
}
_COMMENT_FIELDS = {
    "wp:comment_id": "id",
    "wp:comment_author": "author",
    "wp:comment_author_url": "url",
    "wp:comment_date": "date",
    "wp:comment_date_gmt": "date_gmt",
    "wp:comment_content": "content",
    "wp:comment_approved": "approved",
    "wp:comment_type": "type",
    "wp:comment_parent": "parent",
}
_CHANNEL_FIELDS = {
    "link": "link",
    "title": "title",
    "wp:base_blog_url": "url",
    "wp:base_site_url": "site_url",
    "pubDate": "pub_date",
    "wp:wxr_version": "version",
}
_RECORDS = frozenset(("wp:author", "wp:category", "wp:tag", "wp:term", "wp:postmeta", "wp:commentmeta", "wp:termmeta"))
"""Elements whose children are collected as a dict."""


def read_items(file: ExportFile, channel: Channel, cleaner: TextCleaner) -> Iterator[RawItem]:
    """Yield the items of one file, and add what it says about the blog to `channel`.

    Memory does not grow with the file. Raises CommandError, with the line, for what is not a WordPress export.
    """
    reader = _Reader(file.name, channel)
    try:
        for text in cleaner.clean(file.read_chunks()):
            reader.parser.Parse(text, False)
            yield from reader.take_items()
        reader.parser.Parse("", True)
    except expat.ExpatError as error:
        message = f"this is not well-formed XML ({expat.ErrorString(error.code)}) - download the export again"
        raise CommandError(message, file.name, error.lineno) from None
    yield from reader.take_items()
    if not reader.is_wxr:
        raise CommandError("this is not a WordPress export - give the file from Tools → Export", file.name)


class _Reader:
    """The handlers of one expat parser; `take_items` gives what is complete."""

    def __init__(self, name: str, channel: Channel) -> None:
        self.name, self.channel, self.is_wxr = name, channel, False
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.buffer_size = 2**16
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._add_text
        self.parser.StartDoctypeDeclHandler = self._refuse_document_type
        # HTML's entities are not declared: with a document type to come, expat passes them on instead of stopping.
        self.parser.UseForeignDTD(True)
        self.parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_ALWAYS)
        self.parser.ExternalEntityRefHandler = self._read_document_type
        self.parser.SkippedEntityHandler = self._add_entity
        self.stack: list[str] = []
        self.text: list[str] = []
        self.size = 0
        self.items: list[RawItem] = []
        self.item: RawItem | None = None
        self.comment: RawComment | None = None
        self.record: dict[str, str] = {}
        self.attributes: dict[str, str] = {}

    def take_items(self) -> list[RawItem]:
        items, self.items = self.items, []
        return items

    def _read_document_type(self, context: str | None, *_: str | None) -> int:
        self.parser.ExternalEntityParserCreate(context).Parse("", True)
        return 1

    def _refuse_document_type(self, name: str, _system: str | None, _public: str | None, has_subset: int) -> None:
        if has_subset:  # without one, as UseForeignDTD() makes expat call this, nothing is declared
            line = self.parser.CurrentLineNumber
            raise CommandError(f"the document type `{name}` defines entities - remove it", self.name, line)

    def _add_text(self, text: str) -> None:
        self.size += len(text)
        if self.size > MAX_ITEM_CHARACTERS:
            raise CommandError("a post is too long - remove it from the export", self.name, self._get_line())
        self.text.append(text)

    def _get_line(self) -> int:
        return self.item.line if self.item else self.parser.CurrentLineNumber

    def _add_entity(self, name: str, is_parameter: int) -> None:
        if not is_parameter:
            self._add_text(unescape(f"&{name};"))

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self.text.clear()
        if len(self.stack) >= MAX_DEPTH:
            raise CommandError("elements are nested too deeply", self.name, self.parser.CurrentLineNumber)
        self.stack.append(name)
        if name == "item":
            self.item, self.size = RawItem(self.name, self.parser.CurrentLineNumber), 0
        elif name == "wp:comment" and self.item is not None:
            self.comment = RawComment()
        elif name in _RECORDS:
            self.record = {}
        elif name == "category":
            self.attributes = attributes

    def _end(self, name: str) -> None:
        text = "".join(self.text)
        self.text.clear()
        self.stack.pop()
        parent = self.stack[-1] if self.stack else ""
        if parent in _RECORDS:
            self.record[name] = text
        elif name in _RECORDS:
            self._end_record(name)
        elif self.comment is not None:
            if name == "wp:comment":
                self.item.comments.append(self.comment)  # type: ignore[union-attr]  # a comment begins in an item
                self.comment = None
            elif field_name := _COMMENT_FIELDS.get(name):
                setattr(self.comment, field_name, text)
        elif self.item is not None:
            self._end_in_item(name, text, parent)
        elif parent == "channel" and (field_name := _CHANNEL_FIELDS.get(name)):
            self.is_wxr = self.is_wxr or name.startswith("wp:")
            if not getattr(self.channel, field_name):
                setattr(self.channel, field_name, text.strip())

    def _end_in_item(self, name: str, text: str, parent: str) -> None:
        item = self.item
        if item is None or name == "item":
            self.items += [item] if item else []
            self.item = None
        elif parent == "item" and name == "category":
            taxonomy = self.attributes.get("domain") or "category"
            item.terms.append((taxonomy, self.attributes.get("nicename", ""), text.strip()))
        elif parent == "item" and (field_name := _ITEM_FIELDS.get(name)):
            setattr(item, field_name, text)

    def _end_record(self, name: str) -> None:
        record, channel = self.record, self.channel
        if name == "wp:postmeta":
            if self.item is not None:
                self.item.meta.append((record.get("wp:meta_key", ""), record.get("wp:meta_value", "")))
        elif name in {"wp:commentmeta", "wp:termmeta"}:
            channel.meta_keys[f"{name.removeprefix('wp:')} {record.get('wp:meta_key', '')}"] += 1
        elif name == "wp:author":
            channel.authors.setdefault(
                record.get("wp:author_login", ""), record.get("wp:author_display_name", "").strip()
            )
        elif name == "wp:category":
            parent = record.get("wp:category_parent", "")
            channel.categories.setdefault(
                record.get("wp:category_nicename", ""), (parent, record.get("wp:cat_name", ""))
            )
        elif name == "wp:tag":
            channel.tags.setdefault(record.get("wp:tag_slug", ""), record.get("wp:tag_name", ""))
        elif name == "wp:term":
            self._add_term(record.get("wp:term_taxonomy", ""), record.get("wp:term_slug", ""), record)

    def _add_term(self, taxonomy: str, slug: str, record: dict[str, str]) -> None:
        name = record.get("wp:term_name", "")
        if taxonomy == "category":
            self.channel.categories.setdefault(slug, (record.get("wp:term_parent", ""), name))
        elif taxonomy == "post_tag":
            self.channel.tags.setdefault(slug, name)
        else:
            self.channel.other_terms.setdefault((taxonomy, slug), name)
