// A pair of graphs: pointing, keys and the slider. Its section and its data have the same key.

const SHOWN_PARTNERS = 5; // partners that are named
const FAINTEST = 0.15; // share of the strongest partner from which a node lights up

class Pair {
  constructor(section, data) {
    this.section = section;
    this.key = section.id;
    this.data = data;
    this.sides = [...section.querySelectorAll("svg.side")];
    this.said = section.querySelector(".said");
    this.nodes = this.sides.map((svg) => {
      const found = new Map();
      for (const node of svg.querySelectorAll(".node")) found.set(Number(node.dataset.node), node);
      return found;
    });
    this.importance = data.sides.map((side) => numbers(side.importance));
    this.values = data.sides.map((side) => side.values && numbers(side.values));
    this.matrix = data.matrix && new Relevance(data.matrix, data.sides[1].labels.length);
    this.held = null;
    this.hush();
    this.sides.forEach((svg, side) => this.reach(svg, side));
    this.reachGroups();
    this.reachSlider();
    const canvas = section.querySelector("canvas");
    if (canvas) new Matrix(this, canvas);
    for (const button of section.querySelectorAll("[data-download]"))
      button.addEventListener("click", () => download(this, button.dataset.download));
  }

  // --- what goes with what ---------------------------------------------------------------

  // Relevance of all nodes of the other side to these nodes.
  partners(side, nodes) {
    const out = new Float64Array(this.data.sides[1 - side].labels.length);
    const asked = new Set(nodes);
    this.matrix.each((query, reference, value) => {
      const [own, other] = side === 0 ? [query, reference] : [reference, query];
      if (asked.has(own)) out[other] += value;
    });
    return out;
  }

  light(side, nodes, name) {
    this.dim();
    const other = 1 - side;
    for (const node of nodes) this.mark(side, node, 1, ["self"]);
    this.sides.forEach((svg) => svg.classList.add("lit"));
    let words = `${name} of ${this.data.sides[side].name}`;
    if (nodes.length === 1 && this.values[side])
      words += `: importance ${shown(this.values[side][nodes[0]])}`;
    if (this.matrix) words += this.lightPartners(other, this.partners(side, nodes));
    else if (this.data.shared) words += this.lightSame(other, nodes);
    else this.sides[other].classList.remove("lit");
    this.said.textContent = words + ".";
  }

  lightPartners(other, strengths) {
    const largest = strengths.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    if (largest === 0) return "; it goes with nothing on the other side";
    strengths.forEach((value, node) => {
      const strength = Math.abs(value) / largest;
      if (strength >= FAINTEST) this.mark(other, node, strength, goes(value));
    });
    const order = [...strengths.keys()].sort(
      (a, b) => Math.abs(strengths[b]) - Math.abs(strengths[a]) || a - b,
    );
    const named = order
      .slice(0, SHOWN_PARTNERS)
      .filter((node) => strengths[node] !== 0)
      .map((node) => `${this.data.sides[other].labels[node]} (${shown(strengths[node], "+")})`);
    return `; goes most with ${named.join(", ")} of ${this.data.sides[other].name}`;
  }

  lightSame(other, nodes) {
    for (const node of nodes) this.mark(other, node, 1, ["self"]);
    if (nodes.length > 1 || !this.values[other]) return "";
    return `, in ${this.data.sides[other].name} ${shown(this.values[other][nodes[0]])}`;
  }

  mark(side, node, strength, classes) {
    const element = this.nodes[side].get(node);
    if (!element) return;
    element.classList.add("on", ...classes);
    element.style.setProperty("--lit", strength.toFixed(3));
  }

  dim() {
    for (const svg of this.sides) {
      svg.classList.remove("lit");
      for (const element of svg.querySelectorAll(".on"))
        element.classList.remove("on", "self", "with", "against");
    }
  }

  hush() {
    this.dim();
    if (this.held) this.held();
    else this.said.textContent = this.said.dataset.hint;
  }

  hold(show) {
    this.held = show;
    for (const node of this.section.querySelectorAll('.node[aria-selected="true"]'))
      node.setAttribute("aria-selected", "false");
    this.hush();
  }

  // --- pointer and keys ------------------------------------------------------------------

  reach(svg, side) {
    const lit = (element) => {
      const node = Number(element.dataset.node);
      return () => this.light(side, [node], this.data.sides[side].labels[node]);
    };
    const area = svg.parentElement; // an SVG that listens to focus would be a stop for Tab itself
    const nodeAt = (event) => event.target.closest(".node");
    area.addEventListener("pointerover", (event) => {
      const node = nodeAt(event);
      if (node) lit(node)();
      else if (event.target.dataset.edge) this.tellEdge(side, event.target);
    });
    area.addEventListener("pointerout", () => this.hush());
    area.addEventListener("focusin", (event) => nodeAt(event) && lit(nodeAt(event))());
    area.addEventListener("focusout", () => this.hush());
    const toggle = (node) => {
      const selected = node.getAttribute("aria-selected") === "true";
      this.hold(selected ? null : lit(node));
      if (!selected) node.setAttribute("aria-selected", "true");
    };
    area.addEventListener("click", (event) => {
      const node = nodeAt(event);
      if (node) toggle(node);
      else this.hold(null);
    });
    area.addEventListener("keydown", (event) => {
      const node = nodeAt(event);
      if (node && (event.key === "Enter" || event.key === " ")) {
        event.preventDefault();
        toggle(node);
      } else if (event.key === "Escape") this.hold(null);
    });
    rove([...svg.querySelectorAll(".node")], 1);
  }

  tellEdge(side, path) {
    const { labels, name } = this.data.sides[side];
    const [u, v] = path.dataset.ends.split(" ").map(Number);
    const value = this.importance[side][Number(path.dataset.edge)];
    this.said.textContent = `${labels[u]}\u2013${labels[v]} of ${name}: importance ${shown(value)}.`;
  }

  reachGroups() {
    if (!this.data.parts) return;
    const { names, members } = this.data.parts;
    const show = (element) => {
      const [side, group] = [Number(element.dataset.side), Number(element.dataset.group)];
      this.light(side, members[side][group], names[side][group]);
    };
    for (const element of this.section.querySelectorAll("[data-group]")) {
      on(element, ["pointerenter", "focus"], () => show(element));
      on(element, ["pointerleave", "blur"], () => this.hush());
      if (element.tagName === "BUTTON")
        element.addEventListener("click", () => this.hold(this.held ? null : () => show(element)));
    }
    const cells = [...this.section.querySelectorAll("[data-cell]")];
    for (const cell of cells) {
      const [i, j] = cell.dataset.cell.split(" ").map(Number);
      on(cell, ["pointerenter", "focus"], () => {
        const value = this.data.parts.values[i][j];
        this.lightBoth(members[0][i], members[1][j], value, [names[0][i], names[1][j]]);
      });
      on(cell, ["pointerleave", "blur"], () => this.hush());
    }
    const grid = this.section.querySelectorAll("table.groups th, table.groups td");
    if (cells.length) rove([...grid], names[1].length + 1);
  }

  lightBoth(query, reference, value, names) {
    this.dim();
    [query, reference].forEach((nodes, side) => {
      this.sides[side].classList.add("lit");
      for (const node of nodes) this.mark(side, node, 0.7, goes(value));
    });
    const [one, other] = this.data.sides.map((side) => side.name);
    this.said.textContent =
      `${names[0]} of ${one} with ${names[1]} of ${other}: ${shown(value, "+")}.`;
  }

  // --- the share that is kept ------------------------------------------------------------

  reachSlider() {
    this.slider = this.section.querySelector('input[type="range"]');
    this.ranked = this.sides.map((svg) =>
      [...svg.querySelectorAll("[data-rank]")].map((e) => [e, Number(e.dataset.rank)]),
    );
    this.slider.addEventListener("input", () => this.keep(Number(this.slider.value)));
    this.keep(Number(this.slider.value));
  }

  keep(step) {
    const share = this.data.shares[step];
    const words = `${shown(100 * share)} %`;
    this.slider.setAttribute("aria-valuetext", words);
    this.section.querySelector(".slider output").textContent = words;
    this.sides.forEach((svg, side) => {
      const count = this.importance[side].length;
      const ranked = this.data.sides[side].explained && share < 1;
      const kept = ranked ? Math.ceil(share * count - 1e-6) : Infinity;
      for (const [element, rank] of this.ranked[side]) element.classList.toggle("off", rank >= kept);
    });
    for (const [side, points] of Object.entries(this.data.points)) {
      const cells = this.section.querySelectorAll(`tr[data-curve="${side}"] td`);
      points[step].forEach((text, k) => (cells[k].textContent = text));
    }
    for (const figure of this.section.querySelectorAll(".charts figure")) {
      const [start, end] = [Number(figure.dataset.start), Number(figure.dataset.end)];
      const here = figure.querySelector(".here");
      const x = (start + share * (end - start)).toFixed(1);
      here.setAttribute("x1", x);
      here.setAttribute("x2", x);
    }
  }
}
