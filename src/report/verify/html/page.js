"use strict";
(() => {
  const PAGE = 200;
  const data = JSON.parse(document.getElementById("data").textContent);
  const [NAME, STATE, FATE, BEFORE, AFTER, GROUP, FOUND] = [0, 1, 2, 3, 4, 5, 6];
  const byId = (id) => document.getElementById(id);
  const [form, search, state, count, table, more] =
    ["filter", "search", "state", "count", "list", "more"].map(byId);
  const body = table.tBodies[0];
  const make = (name, text, attributes = {}) => {
    const element = document.createElement(name);
    if (text !== undefined) element.textContent = text;
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    return element;
  };

  // What is searched in: once for each group, and a short text for each Service.
  const ofGroup = data.groups.map((sides) =>
    sides.flatMap((side) => side.parts.flatMap(([, lines]) => lines.map((line) => data.lines[line])))
      .join("\n").toLowerCase());
  const ofService = data.services.map((row) =>
    [row[NAME], row[BEFORE], row[AFTER]].join("\n").toLowerCase());

  let shown = [];
  let drawn = 0;

  const matching = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const wanted = state.value;
    // A word is looked for in a group once, not for each of its Services.
    const inGroup = words.map((word) => ofGroup.map((text) => text.includes(word)));
    const found = [];
    data.services.forEach((row, index) => {
      if (wanted && row[STATE] !== wanted && row[FATE] !== wanted) return;
      const fits = words.every((word, at) =>
        inGroup[at][row[GROUP]] || ofService[index].includes(word));
      if (fits) found.push(index);
    });
    return found;
  };

  const side = (title, own, other, only) => {
    const box = make("div", undefined, { class: "way" });
    box.append(make("strong", title));
    if (own.ways > 1) box.append(make("div", `in one of ${own.ways} ways`));
    own.parts.forEach(([heading, lines], at) => {
      const there = new Set(other.parts[at][1]);
      const ordered = [...lines].sort((a, b) => there.has(a) - there.has(b));
      box.append(make("h4", heading));
      const list = make("ul");
      for (const line of ordered.slice(0, PAGE)) {
        const differs = !there.has(line);
        const item = make("li", undefined, differs ? { class: only } : {});
        if (differs) item.append(make("span", only, { class: "mark" }), " ");
        item.append(data.lines[line]);
        list.append(item);
      }
      if (ordered.length > PAGE) list.append(make("li", `and ${ordered.length - PAGE} more`));
      box.append(lines.length ? list : make("div", "none"));
    });
    return box;
  };

  // The group that stays marked, while another may be pointed at.
  let pinned = null;

  const follow = (group) => {
    for (const svg of document.querySelectorAll("svg")) {
      svg.classList.toggle("following", group !== null);
      for (const tie of svg.querySelectorAll(".tie")) {
        tie.classList.toggle("on", group !== null && tie.dataset.of === String(group));
      }
      for (const box of svg.querySelectorAll("[data-group]")) {
        box.classList.toggle("on", box.dataset.group === String(group));
      }
    }
  };

  const pin = (group) => {
    pinned = group;
    follow(group);
  };

  const toggle = (button, row, line) => {
    const open = button.getAttribute("aria-expanded") === "true";
    button.setAttribute("aria-expanded", String(!open));
    if (open) {
      line.nextElementSibling.remove();
      pin(null);
      return;
    }
    const [before, after] = data.groups[row[GROUP]];
    const cell = make("td", undefined, { colspan: "5" });
    const sides = make("div", undefined, { class: "sides" });
    sides.append(side(data.titles[0], before, after, "gone"), side(data.titles[1], after, before, "new"));
    cell.append(sides);
    if (row[FOUND].length) {
      const links = make("p", "Differences: ");
      for (const index of row[FOUND]) {
        const title = document.querySelector(`#d${index} h3`);
        links.append(make("a", title ? title.textContent : index, { href: `#d${index}` }), " ");
      }
      cell.append(links);
    }
    const detail = make("tr");
    detail.append(cell);
    line.after(detail);
    pin(Math.min(row[GROUP], data.boxes));
  };

  const draw = (limit) => {
    const rows = document.createDocumentFragment();
    for (const index of shown.slice(drawn, drawn + limit)) {
      const row = data.services[index];
      const line = make("tr", undefined, { class: row[STATE] });
      const name = make("th", undefined, { scope: "row" });
      const button = make("button", row[NAME], { type: "button", class: "name", "aria-expanded": "false" });
      button.addEventListener("click", () => toggle(button, row, line));
      name.append(button);
      line.append(name,
        make("td", row[BEFORE], { "data-of": data.titles[0] }),
        make("td", row[AFTER], { "data-of": data.titles[1] }),
        make("td", row[FATE], { "data-of": "Address" }),
        make("td", row[STATE], { class: "state", "data-of": "Result" }));
      rows.append(line);
    }
    body.append(rows);
    drawn = Math.min(shown.length, drawn + limit);
    more.hidden = drawn >= shown.length;
    more.textContent = `Show ${Math.min(PAGE, shown.length - drawn)} more`;
    count.textContent = `${shown.length} of ${data.services.length} Services`;
  };

  const update = () => {
    shown = matching();
    drawn = 0;
    body.replaceChildren();
    pin(null);
    draw(PAGE);
  };

  byId("before").textContent = data.titles[0];
  byId("after").textContent = data.titles[1];
  form.hidden = table.hidden = false;
  form.addEventListener("submit", (event) => event.preventDefault());
  search.addEventListener("input", update);
  state.addEventListener("change", update);
  more.addEventListener("click", () => draw(PAGE));
  window.addEventListener("beforeprint", () => {
    for (const details of document.querySelectorAll("details")) details.open = true;
    draw(shown.length);
  });

  for (const box of document.querySelectorAll("[data-group]")) {
    const group = Number(box.dataset.group);
    const choose = () => pin(pinned === group ? null : group);
    box.addEventListener("click", choose);
    box.addEventListener("keydown", (event) => {
      if (event.key === "Enter" || event.key === " ") { event.preventDefault(); choose(); }
    });
    box.addEventListener("mouseenter", () => follow(group));
    box.addEventListener("mouseleave", () => follow(pinned));
  }
  update();
})();
