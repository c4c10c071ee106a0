// Live reload and problem overlay of the development server; never part of published pages.
(() => {
  const scrollKey = "serve:scroll";
  const saved = JSON.parse(sessionStorage.getItem(scrollKey) || "null");
  sessionStorage.removeItem(scrollKey);
  if (saved && saved.page === location.pathname) {
    history.scrollRestoration = "manual";
    const restoreScroll = () => scrollTo({ left: saved.x, top: saved.y, behavior: "instant" });
    restoreScroll();
    addEventListener("load", restoreScroll);
  }

  function reload() {
    sessionStorage.setItem(scrollKey, JSON.stringify({ page: location.pathname, x: scrollX, y: scrollY }));
    location.reload();
  }

  // Remove the old stylesheet only when the new one has loaded, so that the page is never unstyled.
  function swapStyles() {
    for (const link of document.querySelectorAll('link[rel~="stylesheet"]')) {
      const next = link.cloneNode();
      const url = new URL(link.href);
      url.searchParams.set("serve", Date.now());
      next.href = url;
      next.addEventListener("load", () => link.remove(), { once: true });
      link.after(next);
    }
  }

  function handleChanged(files) {
    const currentPage = decodeURI(location.pathname).replace(/\/$/, "/index.html");
    const isPage = (file) => /\.(html|xml|json|ics|txt)$/.test(file);
    const styles = files.filter((file) => file.endsWith(".css"));
    if (files.some((file) => currentPage === file || !(isPage(file) || file.endsWith(".css")))) reload();
    else if (styles.length) swapStyles();
  }

  let overlay = null;
  function showProblems(problems) {
    overlay?.remove();
    overlay = null;
    if (!problems.length) return;
    overlay = document.createElement("serve-problems");
    const root = overlay.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(`
      section { position: fixed; inset: auto 0 0; max-height: 60vh; overflow: auto; z-index: 2147483647; margin: 0;
        padding: 1rem 1.25rem; background: #2b1111; color: #fff; font: 15px/1.5 ui-monospace, monospace;
        border-top: 4px solid #ff6b6b; }
      h2 { margin: 0 0 .5rem; font-size: 1rem; }
      ol { margin: 0; padding: 0 0 0 1.5rem; }
      b { color: #ffb3b3; }
      i { display: block; color: #ffe2a8; font-style: normal; }`);
    root.adoptedStyleSheets = [sheet];
    const section = document.createElement("section");
    section.setAttribute("role", "alert");
    const title = document.createElement("h2");
    title.textContent = problems.length === 1 ? "One problem" : `${problems.length} problems`;
    const list = document.createElement("ol");
    for (const problem of problems) {
      const item = list.appendChild(document.createElement("li"));
      item.appendChild(document.createElement("b")).textContent =
        problem.line ? `${problem.path}:${problem.line}` : problem.path;
      item.append(` ${problem.message}`);
      if (problem.hint) item.appendChild(document.createElement("i")).textContent = problem.hint;
    }
    section.append(title, list);
    root.append(section);
    document.documentElement.append(overlay);
  }

  let wasOpen = false;
  const events = new EventSource("/_serve/events");
  events.addEventListener("problems", (event) => showProblems(JSON.parse(event.data)));
  events.addEventListener("changed", (event) => handleChanged(JSON.parse(event.data)));
  events.addEventListener("open", () => {
    // The server was restarted: the site may have changed.
    if (wasOpen) reload();
    wasOpen = true;
  });
  addEventListener("pagehide", () => events.close());
})();
