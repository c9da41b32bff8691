// All pairs as a table that is sorted, searched and leafed through.

const PAGE = 100; // rows of the table at a time

class Overview {
  constructor(table, data) {
    Object.assign(this, { table, data, order: [...data.rows.keys()], page: 0, words: "" });
    this.sorted = { column: -1, down: false };
    for (const button of table.querySelectorAll(".sort"))
      button.addEventListener("click", () => this.sort(Number(button.dataset.column)));
    const section = table.closest("section");
    this.count = section.querySelector(".count");
    this.place = section.querySelector(".pages span");
    this.turns = [...section.querySelectorAll("[data-turn]")];
    for (const button of this.turns)
      button.addEventListener("click", () => this.turn(Number(button.dataset.turn)));
    const find = section.querySelector("#find");
    find.addEventListener("input", () => this.find(find.value));
    this.draw();
  }

  sort(column) {
    const down = this.sorted.column === column ? !this.sorted.down : column > 2;
    this.sorted = { column, down };
    const compare = (a, b) => {
      const [one, other] = [this.data.rows[a][column], this.data.rows[b][column]];
      if (one === null || other === null) return (one === null) - (other === null) || a - b;
      const order = typeof one === "number" ? one - other : one.localeCompare(other);
      return (down ? -order : order) || a - b;
    };
    this.order.sort(compare);
    [...this.table.querySelectorAll("th")].forEach((th, k) =>
      th.setAttribute("aria-sort", k !== column ? "none" : down ? "descending" : "ascending"),
    );
    this.page = 0;
    this.draw();
  }

  find(words) {
    this.words = words.trim().toLocaleLowerCase();
    this.page = 0;
    this.draw();
  }

  turn(step) {
    this.page += step;
    this.draw();
  }

  draw() {
    const fits = (k) =>
      !this.words || this.data.rows[k].slice(1, 3).join(" ").toLocaleLowerCase().includes(this.words);
    const found = this.order.filter(fits);
    const from = this.page * PAGE;
    const body = this.table.tBodies[0];
    body.replaceChildren(...found.slice(from, from + PAGE).map((k) => this.row(k)));
    const last = Math.min(from + PAGE, found.length);
    this.count.textContent = `${found.length.toLocaleString("en")} found`;
    this.place.textContent = found.length ? `${from + 1} to ${last}` : "none";
    this.turns[0].disabled = this.page === 0;
    this.turns[1].disabled = last >= found.length;
  }

  row(k) {
    const row = document.createElement("tr");
    this.data.rows[k].forEach((value, column) => {
      const cell = row.insertCell();
      const key = this.data.drawn[k];
      if (column === 0 && key) {
        const button = document.createElement("button");
        button.type = "button";
        button.textContent = `show ${value}`;
        button.addEventListener("click", () => {
          show(key);
          document.getElementById(key).scrollIntoView();
        });
        cell.append(button);
      } else cell.textContent = typeof value === "number" && column ? shown(value) : (value ?? "");
    });
    return row;
  }
}
