"use strict";
(() => {
  // How many rows are drawn at once.
  const PAGE = 100;
  const byId = (id) => document.getElementById(id);
  const data = JSON.parse(byId("data").textContent);
  const [CELLS, GROUP, FOUND] = [0, 1, 2];
  const make = (name, text, attributes = {}) => {
    const element = document.createElement(name);
    if (text !== undefined) element.textContent = text;
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    return element;
  };
  const counted = (count) => `${count} Service${count === 1 ? "" : "s"}`;
