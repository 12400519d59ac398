/* Keys, drafts and focus. Everything works without it. */
(() => {
  "use strict";
  const off = document.getElementById("keys-off");
  if (off) {
    off.checked = localStorage.getItem("keys") === "off";
    off.addEventListener("change", () => localStorage.setItem("keys", off.checked ? "off" : "on"));
  }
  const rows = [...document.querySelectorAll("[data-row]")];
  let at = -1;
  const move = (step) => {
    if (!rows.length) return;
    at = Math.min(Math.max(at + step, 0), rows.length - 1);
    rows.forEach((row, number) => row.classList.toggle("cl-here", number === at));
    rows[at].querySelector("th a").focus();
  };
  document.addEventListener("keydown", (event) => {
    if (localStorage.getItem("keys") === "off" || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input, textarea, select")) return;
    if (event.key === "j") move(1);
    else if (event.key === "k") move(-1);
    else if (event.key === "n") document.querySelector("[data-key=n]")?.click();
    else if (event.key === "/") document.getElementById("search-box").focus();
    else return;
    event.preventDefault();
  });
  document.getElementById("refusal")?.focus();
  for (const form of document.querySelectorAll("form[data-draft]")) {
    const key = `draft ${form.dataset.draft}`;
    const fields = [...form.elements].filter((field) => field.name && field.type !== "hidden");
    const kept = JSON.parse(sessionStorage.getItem(key) || "{}");
    for (const field of fields) {
      if (field.type === "radio") { if (kept[field.name] === field.value && ![...form.elements[field.name]].some((each) => each.defaultChecked)) field.checked = true; }
      else if (!field.value && kept[field.name]) field.value = kept[field.name];
    }
    form.addEventListener("input", () => sessionStorage.setItem(key, JSON.stringify(Object.fromEntries(new FormData(form)), (name, value) => (name === "form_key" || name === "token" ? undefined : value))));
  }
})();
