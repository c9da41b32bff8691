// The pair matrix of a pair as its parts read it.

// Relevance of pairs of nodes, of all or of the strongest.
class Relevance {
  constructor(packed, columns) {
    this.values = numbers(packed.values);
    this.cells = packed.cells && places(packed.cells);
    this.columns = columns;
    const sizes = this.values.map(Math.abs).sort();
    // Cells of a pixel are seen only in full colour: the strongest twentieth of a large matrix.
    this.full = sizes.length ? sizes[Math.floor((this.cells ? 0.95 : 1) * (sizes.length - 1))] : 0;
  }

  at(query, reference) {
    const place = query * this.columns + reference;
    if (!this.cells) return this.values[place];
    let [first, last] = [0, this.cells.length];
    while (first < last) {
      const middle = (first + last) >> 1;
      if (this.cells[middle] < place) first = middle + 1;
      else last = middle;
    }
    return this.cells[first] === place ? this.values[first] : 0;
  }

  // Call `read(query, reference, value)` for every pair that is kept.
  each(read) {
    this.values.forEach((value, k) => {
      const place = this.cells ? this.cells[k] : k;
      read(Math.floor(place / this.columns), place % this.columns, value);
    });
  }
}
