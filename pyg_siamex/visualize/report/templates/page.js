// The page: which pair is shown, and paper.

const pairs = new Map();

function show(key) {
  const section = document.getElementById(key);
  if (!section || !section.classList.contains("pair")) return;
  for (const other of document.querySelectorAll("section.pair")) other.hidden = other !== section;
  if (!pairs.has(key)) {
    const block = document.querySelector(`script.pair-data[data-pair="${CSS.escape(key)}"]`);
    if (block) pairs.set(key, new Pair(section, JSON.parse(block.textContent)));
  }
  const chooser = document.getElementById("chooser");
  if (chooser) chooser.value = key;
}

const first = document.querySelector("section.pair");
if (first) show(location.hash ? location.hash.slice(1) : first.id);
if (first && !pairs.size) show(first.id);
document.getElementById("chooser")?.addEventListener("change", (event) => show(event.target.value));
addEventListener("hashchange", () => show(location.hash.slice(1)));
// Shown before the browser follows the link, so that it has a place to scroll to.
addEventListener("click", (event) => {
  const link = event.target.closest('a[href^="#"]');
  if (link) show(link.hash.slice(1));
});
const overview = document.getElementById("overview");
if (overview)
  new Overview(overview, JSON.parse(document.getElementById("overview-data").textContent));

// Paper has no pointer: what is folded is printed unfolded.
matchMedia("print").addEventListener("change", ({ matches }) => {
  for (const details of document.querySelectorAll("details")) {
    if (matches) details.dataset.open = details.open ? "yes" : "";
    details.open = matches || details.dataset.open === "yes";
  }
});
