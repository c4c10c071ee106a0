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
    var country = select.value, shop = kept("shop"), best = null, rank = 9;
    // How far a shop is from the reader: 0 in the country, 1 worldwide, 2 in others.
    var distance = function (group) {
      var where = group.dataset.countries;
      return !country || where.split(" ").includes(country) ? 0 : where ? 2 : 1;
    };
    all(".edition").forEach(function (edition) {
      var groups = all(".shops", edition);
      var served = groups.some(function (group) { return distance(group) < 2; });
      groups.forEach(function (group) {
        group.hidden = served && distance(group) > 1;
        all("li:not(.dead) > .offer", group).forEach(function (link) {
          var mine = link.dataset.shop === shop, far = distance(group);
          link.classList.toggle("favourite", mine);
          if (mine) link.closest("ul").prepend(link.closest("li"));
          if (mine && far < 2) far = -1;
          if (far < rank) { best = link; rank = far; }
        });
      });
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
