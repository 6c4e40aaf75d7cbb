/* The page editor's live preview: every change of form[data-preview-url] is posted, unsaved, and what the server renders is put
 * into #preview-frame without reloading it, so that it keeps its place. Nothing is computed here. */
(() => {
  "use strict";
  const PAUSE = 300;
  let timer = 0;
  let running = null;

  async function show(form) {
    running?.abort();
    running = new AbortController();
    try {
      const answer = await fetch(form.dataset.previewUrl, { method: "POST", body: new URLSearchParams(new FormData(form)), signal: running.signal });
      if (answer.status === 200) put(new DOMParser().parseFromString(await answer.text(), "text/html"));
    } catch (error) {
      if (error.name !== "AbortError") throw error;
    }
  }

  function put(next) {
    const shown = document.getElementById("preview-frame")?.contentDocument;
    const main = shown?.querySelector("main");
    if (!main) return;
    shown.documentElement.lang = next.documentElement.lang;
    const link = (page) => page.querySelector('link[href^="/p/theme/"]');
    if (link(shown) && link(next) && link(shown).getAttribute("href") !== link(next).getAttribute("href")) link(shown).href = link(next).getAttribute("href");
    main.replaceWith(shown.adoptNode(next.querySelector("main")));
  }

  function later(form) {
    clearTimeout(timer);
    timer = setTimeout(() => form.isConnected && show(form), PAUSE);
  }

  const form = () => document.querySelector("form[data-preview-url]");
  for (const kind of ["input", "change"]) {
    document.addEventListener(kind, (event) => {
      const changed = event.target.closest?.("form[data-preview-url]");
      if (changed) later(changed);
    });
  }
  // Fragments swapped into the form change what it says too: the product list, a preset, the form after saving.
  for (const kind of ["htmx:after:swap", "upload:done"]) document.addEventListener(kind, () => form() && later(form()));
})();
