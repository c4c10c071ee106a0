// Filters offers by country, and remembers the reader's country and shop on the reader's device.
(function () {
  "use strict";
  var page = document.querySelector(".purchase");
  var form = page && page.querySelector(".country-choice");
  if (!form) return;
  var select = form.querySelector("select");
  var first = page.querySelector(".book-hero .buy-button");
  var all = function (css, where) { return Array.from((where || page).querySelectorAll(css)); };
  var kept = function (name, value) {
    try {
      if (value === undefined) return localStorage.getItem("buy-" + name) || "";
      if (value) localStorage.setItem("buy-" + name, value); else localStorage.removeItem("buy-" + name);
    } catch (refused) { /* a device that keeps nothing still buys */ }
    return "";
  };
  var show = function () {
    var country = select.value, shop = kept("shop"), best = null;
    all(".edition").forEach(function (edition) {
      var groups = all(".shops", edition);
      var fits = groups.filter(function (group) {
        var where = group.dataset.countries;
        return !country || !where || where.split(" ").includes(country);
      });
      groups.forEach(function (group) { group.hidden = fits.length > 0 && !fits.includes(group); });
      var links = (fits.length ? fits : groups).flatMap(function (group) { return all("li:not(.dead) > .offer", group); });
      links.forEach(function (link) {
        var mine = link.dataset.shop === shop;
        link.classList.toggle("favourite", mine);
        if (mine) link.closest("ul").prepend(link.closest("li"));
      });
      best = best || links.find(function (link) { return link.dataset.shop === shop; }) || links[0];
    });
    if (first && best) { first.href = best.href; first.textContent = best.dataset.short; }
  };
  var guess = kept("country") || (navigator.language || "").split("-")[1] || "";
  if (all("option", select).some(function (option) { return option.value === guess; })) select.value = guess;
  select.addEventListener("change", function () { kept("country", select.value); show(); });
  page.addEventListener("click", function (event) {
    var link = event.target.closest(".offer[data-shop]");
    if (link) kept("shop", link.dataset.shop);
  });
  form.hidden = false;
  show();
})();
