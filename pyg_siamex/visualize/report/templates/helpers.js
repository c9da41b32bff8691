"use strict";
// What every part of an explanation page uses.

// Numbers that the page packed as base64 of 32-bit floats.
const numbers = (text) =>
  new Float32Array(Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)).buffer);

// Whole numbers that the page packed as base64 of 32 bits.
const places = (text) =>
  new Uint32Array(Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)).buffer);

// A 32-bit float without the digits that it does not have.
const exact = (value) => Number(value.toPrecision(7));

// Three digits and a proper minus sign; `sign` stands before what is not negative.
const shown = (value, sign = "") => {
  const text = value === 0 ? "0" : String(Number(Math.abs(value).toPrecision(3)));
  return (value < 0 ? "\u2212" : sign) + text;
};

function on(element, events, act) {
  for (const event of events) element.addEventListener(event, act);
}

// One stop for Tab; arrow keys, Home and End move among the elements.
function rove(elements, columns) {
  elements.forEach((element, place) => {
    element.addEventListener("keydown", (event) => {
      const steps = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns, ArrowUp: -columns,
        Home: -place, End: elements.length - 1 - place };
      const next = elements[place + steps[event.key]];
      if (!(event.key in steps)) return;
      event.preventDefault();
      if (next) next.focus();
    });
    element.addEventListener("focus", () => {
      for (const one of elements) if (one.tabIndex === 0) one.tabIndex = -1;
      element.tabIndex = 0;
    });
  });
}

const goes = (value) => [value < 0 ? "against" : "with"];

function channels(colour) {
  return [1, 3, 5].map((start) => parseInt(colour.trim().slice(start, start + 2), 16));
}
