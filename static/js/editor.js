/* Previews. In the editor every change of form[data-preview-url], and of the time machine's controls beside it, is posted, unsaved;
 * on a shared preview form[data-preview] is. What the server renders is put into #preview-frame, or into the document itself,
 * without reloading it, so that it keeps its place. Nothing is computed here.
 *
 * [data-machine-step]    a button that sets the slider */
(() => {
  "use strict";
  const PAUSE = 300;
  const KEEP_PAUSE = 1200;
  const FORMS = "form[data-preview-url], form[data-preview]";
  let timer = 0;
  let keeping = 0;
  let running = null;

  const form = () => document.querySelector(FORMS);
  const theme = (page) => page.querySelector('link[href^="/p/theme/"]');

  async function show(form) {
    running?.abort();
    running = new AbortController();
    try {
      const answer = await fetch(form.dataset.previewUrl || form.action, { method: "POST", body: new URLSearchParams(new FormData(form)), signal: running.signal });
      if (answer.status === 200) put(new DOMParser().parseFromString(await answer.text(), "text/html"));
    } catch (error) {
      if (error.name !== "AbortError") throw error;
    }
  }

  function put(next) {
    const frame = document.getElementById("preview-frame");
    const shown = frame ? frame.contentDocument : document;
    const main = shown?.querySelector("main");
    const style = shown && theme(shown);
    if (!main) return;
    shown.documentElement.lang = next.documentElement.lang;
    if (style && theme(next) && style.getAttribute("href") !== theme(next).getAttribute("href")) style.href = theme(next).getAttribute("href");
    main.replaceWith(shown.adoptNode(next.querySelector("main")));
    state(next.getElementById("machine-state"));
    const noticed = next.getElementById("foreseen");
    if (noticed) document.getElementById("foreseen")?.replaceWith(document.adoptNode(noticed));
  }

  // The slider itself stays, for somebody may be dragging it; a stop that has the focus gives it to the one in its place.
  function state(next) {
    const before = document.getElementById("machine-state");
    const slider = document.getElementById("machine-moment");
    if (!next || !before || !slider) return;
    const stops = (element) => [...element.querySelectorAll("[data-machine-step]")];
    const focused = stops(before).indexOf(document.activeElement);
    slider.max = next.dataset.last;
    slider.disabled = next.dataset.last === "0";
    slider.value = next.dataset.step;
    slider.setAttribute("aria-valuetext", next.querySelector("#machine-words").textContent.trim());
    document.getElementById("machine-stocks").hidden = next.dataset.limited !== "yes";
    before.replaceWith(document.adoptNode(next));
    if (focused >= 0) stops(next)[focused]?.focus();
  }

  // What is typed is kept as it is, right or wrong, so that a closed tab loses nothing. Saving makes it needless.
  async function keep(form) {
    if (!form.isConnected) return;
    const answer = await fetch(form.dataset.draftUrl, { method: "POST", body: new URLSearchParams(new FormData(form)) }).catch(() => null);
    const note = document.getElementById("draft-kept");
    if (!answer?.ok) return void (note.textContent = "");
    note.textContent = note.dataset.words;
    form.dispatchEvent(new CustomEvent("draft:kept", { bubbles: true }));
  }

  function keepLater(form) {
    clearTimeout(keeping);
    if (form?.dataset.draftUrl) keeping = setTimeout(() => keep(form), KEEP_PAUSE);
  }

  function later(form) {
    clearTimeout(timer);
    timer = setTimeout(() => form.isConnected && show(form), PAUSE);
  }

  for (const kind of ["input", "change"]) {
    document.addEventListener(kind, (event) => {
      const changed = event.target.form;
      if (!changed?.matches(FORMS)) return;
      later(changed);
      if (!event.target.closest("#time-machine")) keepLater(changed);
    });
  }
  document.addEventListener("click", (event) => {
    if (event.target.closest?.("[name=pick], [name=row], [name=preset]")) keepLater(form());
    const stop = event.target.closest?.("[data-machine-step]");
    if (!stop || !form()) return;
    document.getElementById("machine-moment").value = stop.dataset.machineStep;
    show(form());
  });
  // What is shown here can't be bought.
  document.addEventListener("submit", (event) => {
    clearTimeout(keeping);
    const note = document.getElementById("draft-kept");
    if (note) note.textContent = "";
    if (document.querySelector("form[data-preview]") && event.target.closest("main")) event.preventDefault();
  });
  // What was kept is in the form and not yet in the frame, which must have loaded to take it.
  window.addEventListener("load", () => document.querySelector("#draft-state > *") && form() && later(form()));
  // Fragments swapped into the form change what it says too: the product list, a preset, the form after saving.
  for (const kind of ["htmx:after:swap", "upload:done"]) document.addEventListener(kind, () => form() && later(form()));
})();
