
  // ---- One Service: how it is served on every side, and its differences ----
  const side = (title, own, other, only) => {
    const box = make("div", undefined, { class: "way" });
    box.append(make("h3", title));
    if (own.ways > 1) box.append(make("div", `in one of ${own.ways} ways`));
    own.parts.forEach(([heading, lines], at) => {
      const there = other && new Set(other.parts[at][1]);
      const differs = (line) => there !== undefined && !there.has(line);
      const ordered = [...lines].sort((a, b) => differs(b) - differs(a));
      box.append(make("h4", heading));
      const list = make("ul");
      for (const line of ordered.slice(0, PAGE)) {
        const item = make("li", undefined, differs(line) ? { class: only } : {});
        if (differs(line)) item.append(make("span", only, { class: "mark" }), " ");
        item.append(data.lines[line]);
        list.append(item);
      }
      if (ordered.length > PAGE) list.append(make("li", `and ${ordered.length - PAGE} more`));
      box.append(lines.length ? list : make("div", "none"));
    });
    return box;
  };

  const detail = (service) => {
    const { sides } = data.groups[service[GROUP]];
    const cell = make("td", undefined, { colspan: String(data.heads.length) });
    const both = make("div", undefined, { class: "detail" });
    data.titles.forEach((title, at) =>
      both.append(side(title, sides[at], sides[1 - at], at === 0 ? "gone" : "new")));
    cell.append(both);
    const links = make("p", undefined, { class: "links" });
    links.append(make("a", "Show in the picture", { href: "#picture" }));
    for (const index of service[FOUND]) {
      const card = byId(`d${index}`);
      if (!card) continue;
      const link = make("a", card.querySelector("h3").textContent, { href: `#d${index}` });
      link.addEventListener("click", () => { card.open = true; });
      links.append(" · ", link);
    }
    cell.append(links);
    const line = make("tr", undefined, { class: "detail-row" });
    line.append(cell);
    return line;
  };
