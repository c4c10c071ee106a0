"""/go/ short links for print and slides: their URLs, where each leads, and their rules for `_redirects`.

Every book has /go/SLUG/, and /go/SLUG/SHOP/ for every shop that the site knows, so that a printed link never breaks.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from .offer_views import OfferView
from .views import BookView


@dataclass(frozen=True, slots=True)
class GoLink:
    """A short link: `url` below the site's root, the `target` it redirects to, and the offer it is for, if any."""

    url: str
    target: str
    offer: OfferView | None = None


def make_go_url(slug: str, shop: str = "") -> str:
    """Return the short link of a book, or of one shop for it, without a leading slash."""
    return f"go/{slug}/{shop}/" if shop else f"go/{slug}/"


def list_go_links(book: BookView, root: str) -> Iterator[GoLink]:
    """Yield the book's short link, which leads to its purchase page, and one for each of its shops.

    A shop's link leads to the purchase page, too, before publication and while the shop's own link is broken.
    `root` is the path of the site on its host: "" or "/folder".
    """
    purchase_page = f"{root}/{book.buy_url}"
    yield GoLink(book.go_url, purchase_page)
    for offer in book.shop_offers:
        yield GoLink(offer.go_url, purchase_page if offer.broken or book.forthcoming else offer.url, offer)


def list_go_redirects(book: BookView, root: str) -> Iterator[tuple[str, str, int]]:
    """Yield the book's rules for `_redirects` as (from, to, status); the last one catches unlisted shops."""
    for link in list_go_links(book, root):
        yield f"{root}/{link.url}", link.target, 302
    yield f"{root}/{book.go_url}*", f"{root}/{book.buy_url}", 302
