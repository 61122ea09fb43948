
  // ---- The picture: a Service is followed through all sides ----
  const pictures = [...document.querySelectorAll("svg")].map((svg) => ({
    svg,
    ties: [...svg.querySelectorAll(".tie")],
    services: [...svg.querySelectorAll("[data-box]")],
    ends: [...svg.querySelectorAll("[data-end]")],
  }));
  // The groups of each box.
  const members = [];
  data.groups.forEach((group, index) => (members[group.at] ??= []).push(index));
  const sizes = data.groups.map(() => 0);
  for (const service of data.services) sizes[service[GROUP]] += 1;

  // What is followed: groups of Services; `pinned` stays while another is pointed at.
  let pinned = null;

  const show = (groups) => {
    pictures.forEach(({ svg, ties, services, ends }, side) => {
      const boxes = new Set(groups?.map((group) => data.groups[group].at));
      const there = new Set(groups?.flatMap((group) => data.groups[group].sides[side].ends));
      svg.classList.toggle("following", groups !== null);
      for (const tie of ties) {
        tie.classList.toggle("on", boxes.has(+tie.dataset.from) && there.has(+tie.dataset.to));
      }
      for (const box of services) box.classList.toggle("on", boxes.has(+box.dataset.box));
      for (const box of ends) box.classList.toggle("on", there.has(+box.dataset.end));
    });
  };

  // What stands on the way of these groups, in words.
  const path = (groups, side) => {
    const ends = new Set(groups.flatMap((group) => data.groups[group].sides[side].ends));
    const names = [...ends].sort((a, b) => a - b).map((end) => data.ends[end]);
    return names.length ? names.join(", ") : "nothing";
  };

  const told = (groups, name) => {
    const panel = byId("followed");
    panel.replaceChildren();
    if (!groups) return;
    panel.append(make("strong", name));
    data.titles.forEach((title, side) => panel.append(make("div", `${title}: ${path(groups, side)}`)));
    const list = make("button", "List these Services", { type: "button" });
    list.addEventListener("click", () => onlyOf(groups, name));
    const end = make("button", "Follow nothing", { type: "button" });
    end.addEventListener("click", () => pin(null));
    panel.append(list, end);
  };

  const pin = (groups, name) => {
    pinned = groups;
    show(groups);
    told(groups, name);
    const boxes = new Set(groups?.map((group) => data.groups[group].at));
    for (const { services } of pictures) {
      for (const box of services) box.setAttribute("aria-pressed", boxes.has(+box.dataset.box));
    }
  };

  for (const { services } of pictures) {
    for (const box of services) {
      const groups = members[+box.dataset.box];
      const count = groups.reduce((sum, group) => sum + sizes[group], 0);
      const first = data.services.find((service) => groups.includes(service[GROUP]));
      const name = count === 1 ? first[CELLS][0] : `${counted(count)}: ${first[CELLS][0]}, …`;
      const choose = () => pin(pinned === groups ? null : groups, name);
      box.setAttribute("tabindex", "0");
      box.setAttribute("role", "button");
      box.setAttribute("aria-pressed", "false");
      box.setAttribute("aria-label", `Follow ${name}`);
      box.addEventListener("click", choose);
      box.addEventListener("keydown", (event) => {
        if (event.key === "Enter" || event.key === " ") { event.preventDefault(); choose(); }
        if (event.key === "Escape") pin(null);
      });
      for (const name of ["mouseenter", "focus"]) box.addEventListener(name, () => show(groups));
      for (const name of ["mouseleave", "blur"]) box.addEventListener(name, () => show(pinned));
    }
  }
