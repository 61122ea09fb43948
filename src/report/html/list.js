
  // ---- The list: search and filter ----
  const [form, search, only, boxed, count, table, more] =
    ["filter", "search", "only", "boxed", "count", "list", "more"].map(byId);
  const body = table.tBodies[0];

  // What is searched in: once for each group, and a short text for each Service.
  const ofGroup = data.groups.map(({ sides }) =>
    sides.flatMap((side) => side.parts.flatMap(([, lines]) => lines.map((line) => data.lines[line])))
      .join("\n").toLowerCase());
  const ofService = data.services.map((service) => service[CELLS].join("\n").toLowerCase());

  let shown = [];
  let drawn = 0;
  let within = null;

  const matching = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const [column, value] = only.value.split(/:(.*)/s);
    // A word is looked for in a group once, not for each of its Services.
    const inGroup = words.map((word) => ofGroup.map((text) => text.includes(word)));
    const found = [];
    data.services.forEach((service, index) => {
      if (value && service[CELLS][column] !== value) return;
      if (within && !within.has(service[GROUP])) return;
      const fits = words.every((word, at) =>
        inGroup[at][service[GROUP]] || ofService[index].includes(word));
      if (fits) found.push(index);
    });
    return found;
  };

  const toggle = (button, service, line) => {
    const open = button.getAttribute("aria-expanded") === "true";
    button.setAttribute("aria-expanded", String(!open));
    line.classList.toggle("opened", !open);
    if (open) {
      line.nextElementSibling.remove();
      pin(null);
    } else {
      line.after(detail(service));
      pin({ groups: [service[GROUP]], name: service[CELLS][0] }, button);
    }
  };

  const row = (service) => {
    const line = make("tr", undefined, { class: service[CELLS].at(-1).replaceAll(" ", "-") });
    const name = make("th", undefined, { scope: "row" });
    const button = make("button", service[CELLS][0], { type: "button", class: "name", "aria-expanded": "false" });
    button.addEventListener("click", () => toggle(button, service, line));
    line.addEventListener("mouseenter", () => show({ groups: [service[GROUP]] }));
    line.addEventListener("mouseleave", () => show(pinned));
    button.addEventListener("focus", () => show({ groups: [service[GROUP]] }));
    button.addEventListener("blur", () => show(pinned));
    name.append(button);
    line.append(name);
    service[CELLS].forEach((text, at) => {
      if (at > 0) line.append(make("td", text, { "data-of": data.heads[at] }));
    });
    return line;
  };

  const draw = (limit) => {
    const rows = document.createDocumentFragment();
    for (const index of shown.slice(drawn, drawn + limit)) rows.append(row(data.services[index]));
    body.append(rows);
    drawn = Math.min(shown.length, drawn + limit);
    more.hidden = drawn >= shown.length;
    more.textContent = `Show ${Math.min(PAGE, shown.length - drawn)} more`;
    const all = data.services.length;
    count.textContent = shown.length === all ? counted(all) : `${shown.length} of ${counted(all)}`;
  };

  const update = () => {
    shown = matching();
    drawn = 0;
    body.replaceChildren();
    if (pinned && !within) pin(null);
    draw(PAGE);
  };

  // The Services of some groups only; of all where there are none.
  const onlyOf = (groups, name) => {
    within = groups && new Set(groups);
    boxed.hidden = !groups;
    boxed.textContent = groups ? `Only ${name}` : "";
    update();
    if (groups) { byId("services").scrollIntoView(); search.focus({ preventScroll: true }); }
  };
