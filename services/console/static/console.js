/* Keys, drafts, the lease, and focus. Everything works without it. */
(() => {
  "use strict";
  const send = (url, form) => fetch(url, { method: "POST", body: new URLSearchParams(new FormData(form)), redirect: "manual" });
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
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.form?.dataset.draft) {
      event.target.form.requestSubmit();
      return;
    }
    if (localStorage.getItem("keys") === "off" || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input, textarea, select")) return;
    if (event.key === "j") move(1);
    else if (event.key === "k") move(-1);
    else if (event.key === "n") document.querySelector("[data-key=n]")?.click();
    else if (event.key === "c") document.querySelector("[data-key=c]")?.click();
    else if (event.key === "?") location.assign("/help");
    else if (event.key === "/") document.getElementById("search-box").focus();
    else return;
    event.preventDefault();
  });
  document.getElementById("refusal")?.focus();

  for (const form of document.querySelectorAll("form[data-draft]")) {
    let isChanged = false;
    const keep = async () => {
      if (!isChanged) return;
      isChanged = false;
      const answer = await send(form.dataset.draft, form).catch(() => null);
      const note = form.querySelector("[data-kept]");
      const isKept = answer?.status === 204;
      const time = new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
      if (note) note.textContent = isKept ? `Draft kept ${time}.` : "The draft could not be kept. Copy what you wrote before you leave.";
      isChanged = isChanged || !isKept;
    };
    form.addEventListener("input", () => { isChanged = true; });
    form.addEventListener("submit", () => { isChanged = false; });
    setInterval(keep, 10000);
    document.addEventListener("visibilitychange", () => { if (document.hidden) keep(); });
  }

  const rule = document.getElementById("d-rule");
  rule?.addEventListener("change", () => {
    const taken = [...document.querySelectorAll("#rule-options option")].find((each) => each.value === rule.value);
    if (taken) document.getElementById("d-citation").value = taken.dataset.citation;
  });

  const lease = document.querySelector("form[data-lease]");
  if (lease) {
    const say = document.getElementById("lease");
    const beat = setInterval(async () => {
      const answer = await send(lease.action, lease).catch(() => null);
      if (answer && answer.status !== 204) {
        clearInterval(beat);
        say.hidden = false;
        say.textContent = "Your claim on this item is over. What you wrote is kept; open the page again.";
      }
    }, 300000);
  }
})();
