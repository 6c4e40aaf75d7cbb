/* The console: toasts, confirming, dialogs, menus, forms that were changed, passwords, time zone, counters.
 * Everything is delegated from the document, so it holds for swapped fragments too.
 *
 * [data-toast] [data-toast-close]     closes by itself (a .bad one stays) and on its button
 * [data-confirm="question"]           on a button or link: asks in #confirm first
 * [data-dialog-open="id"], [data-dialog-close], [data-menu]
 * form[data-warn-unsaved]             asks before leaving with changes, unless they are kept ("draft:kept")
 * [data-reveal="input id"]            shows and hides a password
 * input[data-own-zone], select[data-own-zone]   filled with the browser's zone while empty
 * [data-counter] with maxlength       "12 / 140" behind the field */
(() => {
  "use strict";
  const TOAST_STAYS = 6000;
  const on = (type, handle, capture = false) => document.addEventListener(type, handle, capture);
  const closest = (event, selector) => event.target.closest?.(selector);

  function dismiss(toast) {
    toast.classList.add("leaving");
    setTimeout(() => toast.remove(), 250);
  }

  function schedule(toast) {
    if (toast.dataset.timed || toast.classList.contains("bad")) return;
    toast.dataset.timed = "1";
    setTimeout(function close() {
      if (toast.matches(":hover, :focus-within")) setTimeout(close, 1500);
      else dismiss(toast);
    }, TOAST_STAYS);
  }

  // Held before htmx or the form hears of the click; the answer "yes" clicks again.
  function confirmClick(event) {
    const asker = closest(event, "[data-confirm]");
    const dialog = document.getElementById("confirm");
    if (!asker || !dialog) return;
    if (asker.dataset.confirmed) return void delete asker.dataset.confirmed;
    event.preventDefault();
    event.stopImmediatePropagation();
    dialog.querySelector("#confirm-text").textContent = asker.dataset.confirm;
    const yes = dialog.querySelector("#confirm-yes");
    const danger = asker.matches(".danger, .danger-quiet");
    yes.textContent = asker.textContent.trim() || yes.textContent;
    yes.classList.toggle("danger", danger);
    yes.classList.toggle("primary", !danger);
    dialog.returnValue = "";
    dialog.addEventListener("close", () => {
      if (dialog.returnValue !== "yes" || !asker.isConnected) return;
      asker.dataset.confirmed = "1";
      asker.click();
    }, { once: true });
    dialog.showModal();
  }

  function dialogs(event) {
    const opener = closest(event, "[data-dialog-open]");
    if (opener) document.getElementById(opener.dataset.dialogOpen)?.showModal();
    if (closest(event, "[data-dialog-close]")) closest(event, "dialog").close();
    if (event.target.matches?.("dialog.dialog") && event.target.open && outside(event)) event.target.close();
  }

  function outside(event) {
    const box = event.target.getBoundingClientRect();
    return event.clientX < box.left || event.clientX > box.right || event.clientY < box.top || event.clientY > box.bottom;
  }

  function menus(event) {
    document.querySelectorAll("details[data-menu][open]").forEach((menu) => {
      if (!menu.contains(event.target) || closest(event, ".menu-list a, .menu-list button")) menu.open = false;
    });
  }

  function reveal(event) {
    const button = closest(event, "[data-reveal]");
    if (!button) return;
    const input = document.getElementById(button.dataset.reveal);
    const shown = input.type === "password";
    button.dataset.hidden ??= button.textContent;
    input.type = shown ? "text" : "password";
    button.textContent = shown ? button.dataset.shown : button.dataset.hidden;
  }

  // Zones that browsers still call by an old name. A test holds this table against the time zone database.
  const renamed = {
    "Africa/Asmera": "Africa/Asmara",
    "America/Buenos_Aires": "America/Argentina/Buenos_Aires",
    "America/Catamarca": "America/Argentina/Catamarca",
    "America/Coral_Harbour": "America/Atikokan",
    "America/Cordoba": "America/Argentina/Cordoba",
    "America/Godthab": "America/Nuuk",
    "America/Indianapolis": "America/Indiana/Indianapolis",
    "America/Jujuy": "America/Argentina/Jujuy",
    "America/Louisville": "America/Kentucky/Louisville",
    "America/Mendoza": "America/Argentina/Mendoza",
    "Asia/Calcutta": "Asia/Kolkata",
    "Asia/Katmandu": "Asia/Kathmandu",
    "Asia/Rangoon": "Asia/Yangon",
    "Asia/Saigon": "Asia/Ho_Chi_Minh",
    "Atlantic/Faeroe": "Atlantic/Faroe",
    "Etc/UTC": "UTC",
    "Europe/Kiev": "Europe/Kyiv",
    "Pacific/Ponape": "Pacific/Pohnpei",
    "Pacific/Truk": "Pacific/Chuuk",
  };

  function count(input) {
    const id = `${input.id}-count`;
    let counter = document.getElementById(id);
    if (!counter) {
      counter = Object.assign(document.createElement("p"), { id, className: "hint" });
      input.closest(".field").append(counter);
    }
    const text = `${input.value.length} / ${input.maxLength}`;
    if (counter.textContent !== text) counter.textContent = text;
  }

  function enhance() {
    const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
    const zone = renamed[own] || own;
    document.querySelectorAll("[data-toast]").forEach(schedule);
    document.querySelectorAll("[data-reveal][hidden]").forEach((button) => (button.hidden = false));
    document.querySelectorAll("[data-counter]").forEach(count);
    document.querySelectorAll("[data-own-zone]:not([data-zoned])").forEach((input) => {
      input.dataset.zoned = "1";
      const untouched = input.dataset.ownZone === "always" || !input.value;
      const known = input.tagName !== "SELECT" || [...input.options].some((option) => option.value === zone);
      if (untouched && known && zone) input.value = zone;
    });
  }

  const changed = new Set();
  on("click", confirmClick, true);
  on("click", (event) => {
    const close = closest(event, "[data-toast-close]");
    if (close) dismiss(close.closest("[data-toast]"));
    dialogs(event);
    menus(event);
    reveal(event);
  });
  on("keydown", (event) => {
    const menu = event.key === "Escape" && document.querySelector("details[data-menu][open]");
    if (!menu) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
  on("input", (event) => {
    if (closest(event, "[data-counter]")) count(event.target);
    const form = closest(event, "form[data-warn-unsaved]");
    if (form) changed.add(form);
  });
  on("submit", (event) => changed.delete(event.target));
  on("draft:kept", (event) => changed.delete(event.target));
  window.addEventListener("beforeunload", (event) => {
    if ([...changed].some((form) => form.isConnected)) event.preventDefault();
  });

  document.querySelectorAll(".side nav [aria-current], .tabs [aria-current]").forEach((here) => {
    here.parentElement.scrollLeft = here.offsetLeft - (here.parentElement.clientWidth - here.offsetWidth) / 2;
  });
  enhance();
  new MutationObserver((changes) => {
    if (changes.some((change) => [...change.addedNodes].some((node) => node.nodeType === 1))) enhance();
  }).observe(document.body, { childList: true, subtree: true });
})();
