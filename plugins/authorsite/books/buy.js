// On pages with books: shows prices in the reader's currency, and shops in the reader's country first.
// Remembers the reader's country and shop on the reader's device.
((currencies) => {
  "use strict";
  const all = (css, where = document) => [...where.querySelectorAll(css)];
  const [form] = all(".country-choice"), [button] = all(".book-hero .buy-button");
  const select = form && form.elements.country;
  const keep = (name, value) => {
    try {
      if (value === undefined) return localStorage.getItem("buy-" + name) || "";
      if (value) localStorage.setItem("buy-" + name, value); else localStorage.removeItem("buy-" + name);
    } catch (refused) { /* a device that keeps nothing still buys */ }
    return "";
  };
  // The country of the browser's language: of en-GB it is GB, and the likeliest one of de is DE.
  let home = keep("country");
  try { home ||= new Intl.Locale(navigator.language).maximize().region; } catch (unknown) { /* none */ }
  const lines = new Set(all("[data-currency]").map((price) => price.parentNode));
  const prices = [...lines].map((line) => [line, [...line.childNodes]]);
  const places = all(".places").map((place) => [place, all(".shops", place).map((group) => [group, all("li", group)])]);
  const sort = (list) => list.sort((a, b) => a.rank - b.rank);
  const show = () => {
    const country = select ? select.value : home, shop = keep("shop");
    // How far an offer is from the reader: 0 in the country, 1 worldwide, 2 in others, 3 broken; -1 in the usual shop.
    const rank = (item, link) => {
      const where = item.dataset.countries, far = !country || where.includes(country) ? 0 : where ? 2 : 1;
      const usual = link.dataset.shop === shop;
      link.classList.toggle("favourite", usual);
      for (const note of all(".country", link)) note.hidden = country && !far;
      return item.className ? 3 : usual && far < 2 ? -1 : far;
    };
    for (const [line, nodes] of prices) {
      const own = nodes.filter((node) => node.dataset && currencies[node.dataset.currency].includes(country || home));
      line.replaceChildren(...(own.length ? own : nodes));
    }
    let best = { rank: 9 };
    for (const [place, groups] of places) {
      const sorted = sort(groups.map(([group, items]) => {
        const offers = sort(items.map((item) => {
          const [link] = all(".offer", item);
          return { item, link, rank: rank(item, link) };
        }));
        for (const { item, rank } of offers) {
          item.parentNode.append(item);
          // Libraries abroad are of no use; the choice of all countries shows them.
          item.hidden = select && rank === 2 && !!place.closest(".borrow");
        }
        return { ...offers[0], group };
      }));
      for (const { group, rank } of sorted) {
        group.open = rank < 2 || sorted[0].rank > 1;
        place.append(group);
      }
      if (sorted[0].rank < best.rank && place.closest(".edition")) best = sorted[0];
    }
    if (button && best.link) {
      button.href = best.link.href;
      button.textContent = [best.link.dataset.label, ...all(".price", best.item).map((e) => e.textContent)].join(" · ");
    }
  };
  if (select) {
    if (all("option", select).some((option) => option.value === home)) select.value = home;
    select.onchange = () => { keep("country", select.value); show(); };
    form.hidden = false;
  }
  document.addEventListener("click", (event) => {
    const link = event.target.closest(".offer");
    if (link) keep("shop", link.dataset.shop);
  });
  show();
})("CURRENCIES");
