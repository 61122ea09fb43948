
  form.hidden = table.parentElement.hidden = false;
  form.addEventListener("submit", (event) => event.preventDefault());
  search.addEventListener("input", update);
  only.addEventListener("change", update);
  boxed.addEventListener("click", () => { onlyOf(null); search.focus(); });
  more.addEventListener("click", () => draw(PAGE));
  window.addEventListener("beforeprint", () => {
    for (const details of document.querySelectorAll("details")) details.open = true;
    draw(shown.length);
  });
  update();
})();
