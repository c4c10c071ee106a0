"""What becomes of the keys of WordPress's post meta."""

from .inventory import Result

_USED = {
    "_thumbnail_id": "as `image`",
    "_wp_old_slug": "as `aliases`",
    "_wp_old_date": "as `aliases`",
    "_wp_attached_file": "the place of a file",
    "_wp_attachment_image_alt": "as alt texts",
    "is_reblog": "as `reblog`",
    "reblog_snapshot": "as `reblog`",
    "footnotes": "as footnotes",
    **dict.fromkeys(("_menu_item_type", "_menu_item_object_id", "_menu_item_url"), "for the lines of the menu"),
}
_OF_REBLOGS = frozenset(("post_id", "blog_id", "reblogged_post_id"))
_OF_PLUGINS = (
    "_",
    "jabber_",
    "email_notification",
    "publicize_",
    "geo_",
    "advanced_seo_description",
    "timeline_notification",
)


def explain_meta_key(key: str) -> tuple[Result, str]:
    """Return what becomes of the values of a key, and why."""
    if key in _USED:
        return Result.WRITTEN, _USED[key]
    if key.startswith(("commentmeta ", "termmeta ")):
        return Result.SKIPPED, "of WordPress's plugins: it is not part of a text"
    if key in _OF_REBLOGS:
        return Result.SKIPPED, "the number of a reblog on WordPress.com"
    if not key or key.startswith(_OF_PLUGINS):
        return Result.SKIPPED, "of WordPress's plugins: it is not part of a text"
    return Result.LOOK, "a custom field: add what you need to the posts by hand"
