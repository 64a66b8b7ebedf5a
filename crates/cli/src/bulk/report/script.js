"use strict";
// Sorts and filters the table. Without it the page can be read all the same.
(() => {
  const table = document.getElementById("results");
  const body = table.tBodies[0];
  const rows = Array.from(body.rows);
  const headings = Array.from(table.tHead.rows[0].cells);
  const order = { failed: 0, refused: 1, unlikely: 2, likely: 3 };
  const values = rows.map((row) => Array.from(row.cells, (cell) => cell.textContent));
  const texts = values.map((cells) => cells.join("\n").toLocaleLowerCase());
  const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });

  const compare = (kind, column) => (one, other) => {
    const [a, b] = [values[one][column], values[other][column]];
    if (kind === "verdict") return order[a] - order[b];
    // What is not there comes last.
    if (a === "" || b === "") return (a === "") - (b === "");
    return kind === "number" ? Number(a) - Number(b) : collator.compare(a, b);
  };

  headings.forEach((heading, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = heading.textContent;
    heading.replaceChildren(button);
    button.addEventListener("click", () => {
      const isDescending = heading.getAttribute("aria-sort") === "ascending";
      headings.forEach((other) => other.removeAttribute("aria-sort"));
      heading.setAttribute("aria-sort", isDescending ? "descending" : "ascending");
      const sorted = rows.map((_, index) => index);
      const by = compare(heading.dataset.kind, column);
      sorted.sort((one, other) => (isDescending ? by(other, one) : by(one, other)) || one - other);
      body.append(...sorted.map((index) => rows[index]));
    });
  });

  const form = document.getElementById("filter");
  const find = document.getElementById("find");
  const shown = document.getElementById("shown");
  const filter = () => {
    const words = find.value.toLocaleLowerCase().split(/\s+/).filter(Boolean);
    const boxes = Array.from(form.elements.verdict);
    const verdicts = new Set(boxes.filter((box) => box.checked).map((box) => box.value));
    let count = 0;
    rows.forEach((row, index) => {
      const isShown = verdicts.has(row.className) && words.every((word) => texts[index].includes(word));
      row.hidden = !isShown;
      count += isShown;
    });
    shown.textContent = `${count} of ${rows.length} rows`;
  };
  form.addEventListener("input", filter);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.hidden = false;
  filter();
})();
