// Files of a pair: its drawing, its numbers as tables, and everything as JSON.

function download(pair, kind) {
  const file = {
    svg: () => [picture(pair.sides, pair.data.sides.map((s) => s.name)), "svg", "image/svg+xml"],
    importance: () => [csv(importanceRows(pair)), "importance.csv", "text/csv"],
    relevance: () => [csv(relevanceRows(pair)), "relevance.csv", "text/csv"],
    curves: () => [csv(curveRows(pair)), "fidelity.csv", "text/csv"],
    json: () => [JSON.stringify(everything(pair), null, 1), "json", "application/json"],
  };
  const [text, ending, type] = file[kind]();
  save(text, `${pair.key}.${ending}`, type);
}

function elementsOf(pair, side) {
  const { ends, per, labels, name, noun } = pair.data.sides[side];
  const nodes = numbers(ends);
  return [...pair.importance[side]].map((value, rank) => {
    const own = [...nodes.slice(rank * per, (rank + 1) * per)];
    return { side: ["query", "reference"][side], graph: name, element: noun,
      nodes: own, labels: own.map((node) => labels[node]), importance: exact(value), rank: rank + 1 };
  });
}

function importanceRows(pair) {
  const rows = [["side", "graph", "element", "nodes", "label", "importance", "rank"]];
  for (const side of [0, 1])
    if (pair.data.sides[side].explained)
      for (const e of elementsOf(pair, side))
        rows.push([e.side, e.graph, e.element, e.nodes.join(" "), e.labels.join("\u2013"),
          e.importance, e.rank]);
  return rows;
}

// A table with a row for each query node, or for each pair of the strongest.
function relevanceRows(pair) {
  if (pair.matrix.cells) {
    const [query, reference] = pair.data.sides.map((side) => side.labels);
    const rows = [["query node", "query", "reference node", "reference", "relevance"]];
    pair.matrix.each((i, j, value) => rows.push([i, query[i], j, reference[j], exact(value)]));
    return rows;
  }
  const [query, reference] = pair.data.sides.map((side) => side.labels);
  const row = (label, i) => [label, ...reference.map((_, j) => exact(pair.matrix.at(i, j)))];
  return [["query \\ reference", ...reference], ...query.map(row)];
}

function curveRows(pair) {
  const names = ["kept", "removed", "fidelity_plus", "fidelity_minus"];
  const rows = [["side", "share", "selected", ...names]];
  for (const [side, curve] of Object.entries(pair.data.trust.curves))
    curve.shares.forEach((share, k) =>
      rows.push([side, share, curve.selected[k], ...names.map((name) => curve[name][k])]),
    );
  return rows;
}

function everything(pair) {
  const { kind, algorithm, prediction, terms, completeness_error, trust, settings } = pair.data;
  const sides = [0, 1].map((side) => ({
    name: pair.data.sides[side].name,
    nodes: pair.data.sides[side].labels,
    groups: pair.data.sides[side].groups,
    node_importance: pair.values[side] && [...pair.values[side]].map(exact),
    elements: elementsOf(pair, side),
  }));
  const whole = pair.matrix && !pair.matrix.cells;
  const relevance = pair.matrix &&
    relevanceRows(pair).slice(1).map((row) => (whole ? row.slice(1) : [row[0], row[2], row[4]]));
  return { kind, algorithm, prediction, query: sides[0], reference: sides[1], relevance, terms,
    completeness_error, trust, settings };
}

// Blanks, and full-width signs, do not keep a spreadsheet from taking a name for a formula.
const BLANK = /^[\s\0-\x20\xad\u200b-\u200f\u2060-\u2064\ufeff]*/;
const FORMULA = /^[=+\-@\uff1d\uff0b\uff0d\uff20\ufe62\ufe63\ufe66\ufe6b\u2212]/;
const NUMBER = /^\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*$/;

// Names that a spreadsheet would take for a formula are marked as text.
function csv(rows) {
  const cell = (value) => {
    if (typeof value === "number") return String(value);
    if (value === null || value === undefined) return "";
    const risky = FORMULA.test(value.replace(BLANK, "")) || /^[\t\r]/.test(value);
    const text = risky && !NUMBER.test(value) ? `'${value}` : value;
    return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return "\ufeff" + rows.map((row) => row.map(cell).join(",")).join("\r\n") + "\r\n";
}

function save(text, name, type) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: `${type};charset=utf-8` }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

// Both drawings in one file, in the colours of paper, that needs no style of this page.
function picture(sides, names) {
  const kept = ["fill", "stroke", "stroke-width", "stroke-dasharray", "stroke-linecap", "opacity",
    "font-size", "font-family", "text-anchor", "paint-order", "stroke-linejoin", "color"];
  document.documentElement.dataset.theme = "light";
  const copies = sides.map((svg) => {
    const copy = svg.cloneNode(true);
    const originals = [svg, ...svg.querySelectorAll("*")];
    [copy, ...copy.querySelectorAll("*")].forEach((element, k) => {
      const style = getComputedStyle(originals[k]);
      element.style.cssText = kept.map((n) => `${n}:${style.getPropertyValue(n)}`).join(";");
      const label = element.getAttribute("aria-label");
      for (const name of ["tabindex", "role", "aria-label", "aria-selected", "aria-hidden"])
        element.removeAttribute(name);
      if (label && element !== copy) {
        const title = document.createElementNS("http://www.w3.org/2000/svg", "title");
        title.textContent = label;
        element.prepend(title);
      }
    });
    return copy;
  });
  delete document.documentElement.dataset.theme;
  return together(copies, names);
}

function together(copies, names) {
  const space = "http://www.w3.org/2000/svg";
  const boxes = copies.map((copy) => copy.viewBox.baseVal);
  const [width, height] = [boxes[0].width + boxes[1].width + 20,
    Math.max(boxes[0].height, boxes[1].height) + 30];
  const whole = document.createElementNS(space, "svg");
  whole.setAttribute("viewBox", `0 0 ${width} ${height}`);
  whole.setAttribute("width", width);
  whole.setAttribute("height", height);
  copies.forEach((copy, side) => {
    const x = side * (boxes[0].width + 20);
    const word = document.createElementNS(space, "text");
    word.setAttribute("x", x + boxes[side].width / 2);
    word.setAttribute("y", 20);
    word.setAttribute("text-anchor", "middle");
    word.setAttribute("font-family", "sans-serif");
    word.setAttribute("font-size", 14);
    word.textContent = names[side];
    for (const [name, value] of Object.entries({ x, y: 30, width: boxes[side].width,
      height: boxes[side].height }))
      copy.setAttribute(name, value);
    whole.append(word, copy);
  });
  return new XMLSerializer().serializeToString(whole);
}
