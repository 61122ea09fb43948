
  // ---- The picture: what is chosen is followed through all sides ----
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

  // What is followed: groups of Services, or those that lead to one box beside them, then
  // without the others of its column. `pinned` stays while another is pointed at.
  let pinned = null;
  // The box or button that what is pinned was chosen by.
  let chosen = null;
  // Whether the focus comes back to it, and not because somebody points at it.
  let returning = false;

  const isPool = (end) => end < data.pools;
  const on = ({ groups, end }, side) => end === undefined ? groups
    : groups.filter((group) => data.groups[group].sides[side].ends.includes(end));
  const ends = (target, side) => {
    const all = new Set(on(target, side).flatMap((group) => data.groups[group].sides[side].ends));
    const { end } = target;
    const stays = (other) => end === undefined || other === end || isPool(other) !== isPool(end);
    return new Set([...all].filter(stays));
  };

  const show = (target) => {
    pictures.forEach(({ svg, ties, services, ends: beside }, side) => {
      const boxes = new Set(target && on(target, side).map((group) => data.groups[group].at));
      const there = target ? ends(target, side) : new Set();
      svg.classList.toggle("following", target !== null);
      for (const tie of ties) {
        tie.classList.toggle("on", boxes.has(+tie.dataset.from) && there.has(+tie.dataset.to));
      }
      for (const box of services) box.classList.toggle("on", boxes.has(+box.dataset.box));
      for (const box of beside) box.classList.toggle("on", there.has(+box.dataset.end));
    });
  };

  // What stands on the way, in words.
  const path = (target, side) => {
    const others = [...ends(target, side)].filter((end) => end !== target.end);
    const names = others.sort((a, b) => a - b).map((end) => data.ends[end]);
    if (target.end !== undefined) {
      const count = on(target, side).reduce((sum, group) => sum + sizes[group], 0);
      if (!count) return "nothing";
      names.splice(isPool(target.end) ? 0 : others.filter(isPool).length, 0, counted(count));
    }
    return names.length ? names.join(", ") : "nothing";
  };

  const told = (target) => {
    const panel = byId("followed");
    panel.replaceChildren();
    if (!target) return;
    panel.append(make("strong", target.name));
    if (target.within) panel.append(make("div", target.within));
    data.titles.forEach((title, side) =>
      panel.append(make("div", `${title}: ${path(target, side)}`)));
    const list = make("button", "List these Services", { type: "button" });
    list.addEventListener("click", () => onlyOf(target.groups, target.name));
    const end = make("button", "Follow nothing", { type: "button" });
    end.addEventListener("click", () => {
      const back = chosen;
      pin(null);
      returning = true;
      back?.focus();
      returning = false;
    });
    panel.append(list, end);
  };

  const pin = (target, by = null) => {
    pinned = target;
    chosen = by;
    show(target);
    told(target);
    const boxes = new Set(target?.end === undefined
      ? target?.groups.map((group) => data.groups[group].at) : []);
    for (const { services, ends } of pictures) {
      for (const box of services) box.setAttribute("aria-pressed", boxes.has(+box.dataset.box));
      for (const box of ends) box.setAttribute("aria-pressed", +box.dataset.end === target?.end);
    }
  };

  const follows = (box, target) => {
    const isPinned = () => pinned && pinned.end === target.end
      && pinned.groups.join() === target.groups.join();
    const choose = () => pin(isPinned() ? null : target, box);
    box.setAttribute("tabindex", "0");
    box.setAttribute("role", "button");
    box.setAttribute("aria-pressed", "false");
    box.setAttribute("aria-label", `Follow ${target.name}`);
    box.addEventListener("click", choose);
    box.addEventListener("keydown", (event) => {
      if (event.key === "Enter" || event.key === " ") { event.preventDefault(); choose(); }
      if (event.key === "Escape") pin(null);
    });
    for (const name of ["mouseenter", "focus"]) {
      box.addEventListener(name, () => { if (!returning) show(target); });
    }
    for (const name of ["mouseleave", "blur"]) box.addEventListener(name, () => show(pinned));
  };

  for (const { services, ends } of pictures) {
    for (const box of services) {
      const groups = members[+box.dataset.box];
      const count = groups.reduce((sum, group) => sum + sizes[group], 0);
      const first = data.services.find((service) => groups.includes(service[GROUP]));
      const name = count === 1 ? first[CELLS][0] : `${counted(count)}: ${first[CELLS][0]}, …`;
      follows(box, { groups, name });
    }
    for (const box of ends) {
      const end = +box.dataset.end;
      const leads = ({ sides }) => sides.some((side) => side.ends.includes(end));
      const groups = data.groups.flatMap((group, index) => leads(group) ? [index] : []);
      follows(box, { groups, end, name: data.ends[end], within: data.within[end] });
    }
  }
