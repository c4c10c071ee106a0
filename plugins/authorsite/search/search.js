// The search page: shows its form, loads the index when someone begins to write, lists what is found.
const form = document.getElementById("search");
const input = form.elements.q;
const status = document.getElementById("search-status");
const list = document.getElementById("search-results");
const root = new URL(form.action).pathname.replace(/search\/$/, "");
let engine;
let latest = 0;

form.hidden = false;

function load() {
  engine ??= import(new URL("../pagefind/pagefind.js", import.meta.url).href).then(async (pagefind) => {
    await pagefind.options({ baseUrl: root, excerptLength: 24 });
    await pagefind.init();
    return pagefind;
  });
  return engine;
}

function say(text) {
  status.textContent = text;
}

// Of the excerpt, which is HTML, only text and <mark> are taken over.
function excerpt(html) {
  const paragraph = document.createElement("p");
  paragraph.dir = "auto";
  const parsed = new DOMParser().parseFromString(html, "text/html").body;
  for (const node of parsed.childNodes) {
    const marked = node.nodeName === "MARK";
    const piece = marked ? document.createElement("mark") : document.createTextNode(node.textContent);
    if (marked) piece.textContent = node.textContent;
    paragraph.append(piece);
  }
  return paragraph;
}

function item(found) {
  const element = document.createElement("li");
  const link = document.createElement("a");
  const part = found.sub_results?.[0];
  link.href = part?.url ?? found.url;
  link.textContent = found.meta.title;
  link.dir = "auto"; // of a text in another language
  element.append(link, excerpt(part?.excerpt ?? found.excerpt));
  return element;
}

async function search() {
  const words = input.value.trim();
  const turn = ++latest;
  const address = new URL(location.href);
  if (words) address.searchParams.set("q", words);
  else address.searchParams.delete("q");
  history.replaceState(null, "", address);
  if (!words) {
    list.replaceChildren();
    say("");
    return;
  }
  try {
    const answer = await (await load()).search(words);
    const found = await Promise.all(answer.results.slice(0, 20).map((result) => result.data()));
    if (turn !== latest) return;
    list.replaceChildren(...found.map(item));
    const count = answer.results.length;
    say(count ? form.dataset[count === 1 ? "one" : "many"].replace("#", count) : form.dataset.none);
  } catch {
    if (turn === latest) say(form.dataset.failed);
  }
}

let timer;
input.addEventListener("focus", () => load().catch(() => {}), { once: true });
input.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(search, 150);
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  clearTimeout(timer);
  search().then(() => list.querySelector("a")?.focus());
});

// Arrow keys walk through what is found; Escape leads back to the words.
document.addEventListener("keydown", (event) => {
  const links = [...list.querySelectorAll("a")];
  const at = links.indexOf(document.activeElement);
  if (event.target !== input && at < 0) return;
  const next = { ArrowDown: links[at + 1], ArrowUp: at > 0 ? links[at - 1] : input, Escape: input }[event.key];
  if (!next) return;
  event.preventDefault();
  next.focus();
});

const asked = new URL(location.href).searchParams.get("q");
if (asked) {
  input.value = asked;
  search();
}
