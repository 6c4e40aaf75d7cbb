/* The registration form: solves ALTCHA's puzzle (PBKDF2/SHA-256) while the form is filled in, then lets it go.
 *
 * form[data-puzzle]    the puzzle's address; the solution goes into its field `altcha`, in base64. Where the browser can't
 *                      solve it (no scripts, no secure context) or takes too long over it, the form goes without, and the
 *                      server asks by mail: nobody is ever shown letters to read or pictures to choose.
 *
 * The question for a puzzle tells some coarse traits, by which the server sees a burst of one machine's and makes its
 * puzzles harder (app/registrations/suspecting.py). Thousands share each of them; no other request tells them. */
(() => {
  "use strict";
  const AGAIN = 25 * 60 * 1000;
  const LONGEST_WAIT = 30 * 1000;
  const SOLVING = "solving", SOLVED = "solved", SENT = "sent";
  const solutions = new WeakMap();
  const bytes = (hex) => Uint8Array.from(hex.match(/../g) || [], (pair) => parseInt(pair, 16));
  const hex = (buffer) => Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, "0")).join("");

  async function keyFor({ nonce, salt, cost, keyLength }, counter) {
    const password = new Uint8Array([...bytes(nonce), counter >>> 24, counter >>> 16, counter >>> 8, counter]);
    const key = await crypto.subtle.importKey("raw", password, "PBKDF2", false, ["deriveBits"]);
    return hex(await crypto.subtle.deriveBits({ name: "PBKDF2", hash: "SHA-256", salt: bytes(salt), iterations: cost }, key, keyLength * 8));
  }

  function traits() {
    const { hardwareConcurrency: cores = 0, languages = [], maxTouchPoints } = navigator;
    const width = Math.max(screen.width, screen.height);
    return [
      width < 1000 ? "s" : width < 1800 ? "m" : "l",
      Intl.DateTimeFormat().resolvedOptions().timeZone,
      languages.slice(0, 3).map((language) => language.split("-")[0]),
      cores < 4 ? 2 : cores < 8 ? 4 : 8,
      maxTouchPoints ? "touch" : "",
    ].join(";");
  }

  async function solve(address) {
    const answer = await fetch(address, { headers: { Accept: "application/json", "X-Puzzle-Traits": encodeURIComponent(traits()) } });
    if (!answer.ok) return "";
    const challenge = await answer.json();
    const { parameters } = challenge;
    for (let counter = 0; counter < 1e6; counter++) {
      const derivedKey = await keyFor(parameters, counter);
      if (derivedKey.startsWith(parameters.keyPrefix)) return btoa(JSON.stringify({ challenge, solution: { counter, derivedKey } }));
    }
    return "";
  }

  function solution(form) {
    const known = solutions.get(form);
    if (known && performance.now() - known.at < AGAIN) return known.text;
    const text = crypto.subtle ? solve(form.dataset.puzzle).catch(() => "") : Promise.resolve("");
    solutions.set(form, { text, at: performance.now() });
    return text;
  }

  document.addEventListener("focusin", (event) => {
    const form = event.target.closest?.("form[data-puzzle]");
    if (form) solution(form);
  });
  // Solved, the form goes on its way again: htmx sends it and shows in its place what is wrong, or the browser does where htmx
  // did not load. While the first submit event is still being told, the form can't be submitted again (HTML's "firing submission
  // events"), and a promise that is settled already goes on before that ends. So a task comes between the two.
  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (!form.matches?.("form[data-puzzle]")) return;
    if (form.dataset.sending === SOLVED) return void (form.dataset.sending = SENT);
    event.preventDefault();
    event.stopImmediatePropagation();
    if (form.dataset.sending) return;
    form.dataset.sending = SOLVING;
    form.classList.add("htmx-request");
    const late = new Promise((resolve) => setTimeout(resolve, LONGEST_WAIT, ""));
    form.elements.altcha.value = await Promise.race([solution(form), late]);
    await new Promise((resolve) => setTimeout(resolve));
    form.dataset.sending = SOLVED;
    form.requestSubmit();
  }, true);
  function again(form) {
    delete form.dataset.sending;
    form.classList.remove("htmx-request");
    solutions.delete(form);
  }
  // An answer that leads to no other page, or none: the form may be sent again, with a fresh puzzle.
  document.addEventListener("htmx:finally:request", (event) => {
    const form = event.target;
    if (form.matches?.("form[data-puzzle]") && !event.detail.ctx.keepIndicators) again(form);
  });
  // Back from the next page: likewise.
  addEventListener("pageshow", (event) => {
    if (event.persisted) document.querySelectorAll("form[data-puzzle]").forEach(again);
  });
})();
