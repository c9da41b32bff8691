// The relevance matrix on a canvas: painted once, read cell by cell with pointer or arrow keys.

class Matrix {
  constructor(pair, canvas) {
    Object.assign(this, { pair, canvas, data: pair.data, cell: [0, 0] });
    this.paint();
    for (const query of ["(prefers-color-scheme: dark)", "print"])
      matchMedia(query).addEventListener("change", () => this.paint());
    const [rows, columns] = this.data.order.map((order) => order.length);
    this.canvas.addEventListener("pointermove", (event) => {
      const box = this.canvas.getBoundingClientRect();
      const { size, named } = this.frame;
      const cell = (place, start, length, whole) =>
        Math.floor((((place - start) / length) * whole - named) / size);
      const row = cell(event.clientY, box.top, box.height, this.canvas.height);
      const column = cell(event.clientX, box.left, box.width, this.canvas.width);
      if (row >= 0 && row < rows && column >= 0 && column < columns) this.read(row, column);
    });
    this.canvas.addEventListener("pointerleave", () => this.show(null));
    this.canvas.addEventListener("pointerleave", () => this.pair.hush());
    this.canvas.addEventListener("focus", () => this.read(...this.cell));
    this.canvas.addEventListener("blur", () => this.pair.hush());
    const moves = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
    this.canvas.addEventListener("keydown", (event) => {
      const move = moves[event.key];
      if (!move) return;
      event.preventDefault();
      const [row, column] = [this.cell[0] + move[0], this.cell[1] + move[1]];
      if (row >= 0 && row < rows && column >= 0 && column < columns) this.read(row, column);
    });
  }

  paint() {
    const [rows, columns] = this.data.order;
    const size = Math.max(1, Math.min(26, Math.floor(560 / Math.max(rows.length, columns.length))));
    const named = size >= 14 ? this.room(Math.min(size - 3, 12)) : 0;
    this.frame = { size, named };
    this.canvas.width = named + columns.length * size;
    this.canvas.height = named + rows.length * size;
    this.canvas.style.maxWidth = `${Math.max(this.canvas.width, size === 1 ? 560 : 0)}px`;
    const style = getComputedStyle(document.documentElement);
    const [paper, plus, minus] = ["--paper", "--plus-line", "--minus-line"].map((name) =>
      channels(style.getPropertyValue(name)),
    );
    const limit = this.pair.matrix.full || 1;
    const image = new ImageData(columns.length, rows.length);
    for (let start = 0; start < image.data.length; start += 4)
      image.data.set([...paper, 255], start);
    const [row, column] = [rows, columns].map((order) => {
      const place = new Uint32Array(order.length);
      order.forEach((node, k) => (place[node] = k));
      return place;
    });
    this.pair.matrix.each((query, reference, relevance) => {
      const value = Math.max(-1, Math.min(1, relevance / limit));
      const full = value < 0 ? minus : plus;
      const mixed = paper.map((c, k) => Math.round(c + (full[k] - c) * Math.abs(value)));
      image.data.set(mixed, 4 * (row[query] * columns.length + column[reference]));
    });
    this.image = document.createElement("canvas");
    Object.assign(this.image, { width: columns.length, height: rows.length });
    this.image.getContext("2d").putImageData(image, 0, 0);
    this.ink = style.getPropertyValue("--ink");
    this.show(null);
  }

  // Room for the longest name beside the cells.
  room(letters) {
    const context = this.canvas.getContext("2d");
    context.font = `${letters}px sans-serif`;
    const labels = this.data.sides.flatMap((side) => side.labels);
    return Math.min(Math.max(...labels.map((label) => context.measureText(label).width)) + 8, 160);
  }

  // The matrix with its frame and names, and the cell that is read.
  show(cell) {
    const { size, named } = this.frame;
    const context = this.canvas.getContext("2d");
    const [width, height] = [this.image.width * size, this.image.height * size];
    context.clearRect(0, 0, this.canvas.width, this.canvas.height);
    context.imageSmoothingEnabled = false;
    context.drawImage(this.image, named, named, width, height);
    context.strokeStyle = context.fillStyle = this.ink;
    context.lineWidth = 1;
    context.strokeRect(named + 0.5, named + 0.5, width - 1, height - 1);
    if (named) this.name(context);
    if (!cell) return;
    context.lineWidth = 2;
    const side = Math.max(size, 7);
    const at = (place) => named + (place + 0.5) * size - side / 2;
    context.strokeRect(at(cell[1]), at(cell[0]), side, side);
  }

  // Names of rows and columns beside the cells.
  name(context) {
    const { size, named } = this.frame;
    const [rows, columns] = this.data.order;
    const [query, reference] = this.data.sides.map((side) => side.labels);
    context.font = `${Math.min(size - 3, 12)}px sans-serif`;
    Object.assign(context, { textBaseline: "middle", textAlign: "right" });
    const write = (text, x, y) => context.fillText(text, x, y, named - 6);
    rows.forEach((node, k) => write(query[node], named - 4, named + (k + 0.5) * size));
    context.rotate(-Math.PI / 2);
    context.textAlign = "left";
    columns.forEach((node, k) => write(reference[node], 4 - named, named + (k + 0.5) * size));
    context.resetTransform();
  }

  read(row, column) {
    this.cell = [row, column];
    this.show(this.cell);
    const [query, reference] = [this.data.order[0][row], this.data.order[1][column]];
    const labels = [this.data.sides[0].labels[query], this.data.sides[1].labels[reference]];
    this.pair.lightBoth([query], [reference], this.pair.matrix.at(query, reference), labels);
    this.canvas.setAttribute("aria-label", `Relevance matrix. ${this.pair.said.textContent}`);
  }
}
