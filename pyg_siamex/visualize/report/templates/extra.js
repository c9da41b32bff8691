"use strict";
// What search and data-set pages do besides: files, and the query that two hits are compared on.

addEventListener("DOMContentLoaded", () => {
  for (const button of document.querySelectorAll("[data-file]"))
    button.addEventListener("click", () => {
      const block = document.getElementById(`file-${button.dataset.file}`);
      save(csv(JSON.parse(block.textContent).rows), button.dataset.name, "text/csv");
    });
  for (const section of document.querySelectorAll("section.contrast")) {
    const said = section.querySelector(".said");
    const nodes = [...section.querySelectorAll(".node")];
    const hush = () => (said.textContent = said.dataset.hint);
    for (const node of nodes) {
      on(node, ["pointerenter", "focus"], () => (said.textContent = node.getAttribute("aria-label")));
      on(node, ["pointerleave", "blur"], hush);
    }
    rove(nodes, 1);
    hush();
  }
});
