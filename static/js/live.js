/* Visitors' pages: the countdown, clocks of holds, local times, copy buttons, redirects.
 *
 * The server's clock is the only clock. Each time it tells it (data-server-ms, a `clock` message of the event stream, a
 * Server-Timing header) we note the distance to the browser's monotonic clock. Latency and cached pages can only make that
 * distance too small, so the largest one seen is the best. Date.now() is never asked.
 *
 * [data-local-time]  a <time> in the visitor's zone; its hidden parent [data-local] appears where that differs from the page's
 * #stage[data-stage] which whole page the last updates fit: when #page-main shows another one, its data-refresh is asked for all
 * [data-unsent]      in a form: shown when what it sent got no answer at all
 * input[data-attempt] gets a random id once, so that a form sent twice counts once */
(() => {
  "use strict";
  const UNITS = { days: 86400, hours: 3600, minutes: 60, seconds: 1 };
  const ANSWER_WITHIN = 2000;
  const MILESTONES = [10, 60, 600];
  let offset = -Infinity;
  let timer = 0;

  const learn = (serverMs, at) => {
    if (serverMs > 0) offset = Math.max(offset, serverMs - at);
  };
  const now = () => performance.now() + offset;
  const each = (selector, visit) => document.querySelectorAll(selector).forEach(visit);
  const put = (element, text) => {
    if (element && element.textContent !== text) element.textContent = text;
  };
  const OURS = "[data-server-ms],[data-local-time],[data-redirect],[data-stage],[data-attempt]";
  const two = (number) => String(number).padStart(2, "0");

  function readArrival() {
    const page = performance.getEntriesByType("navigation")[0];
    if (!page) return;
    for (const entry of page.serverTiming || []) if (entry.name === "clock") learn(entry.duration, page.responseStart);
    each("[data-server-ms]", (element) => noteClock(element, page.responseStart));
  }

  function noteClock(element, at) {
    if (element.dataset.noted === element.dataset.serverMs) return;
    element.dataset.noted = element.dataset.serverMs;
    learn(+element.dataset.serverMs, at);
  }

  // Speaks at whole hours, 10 minutes, 1 minute and 10 seconds, and once at the end.
  function speak(element, seconds) {
    const voice = element.querySelector("[data-countdown-voice]");
    const before = element.lastSecond;
    element.lastSecond = seconds;
    if (!voice || before === undefined || before <= seconds) return;
    if (seconds === 0) return put(voice, element.dataset.over || "");
    const mark = MILESTONES.find((m) => seconds <= m && before > m) || (seconds > 600 && Math.ceil(before / 3600) > Math.ceil(seconds / 3600) && seconds);
    if (mark) put(voice, (element.dataset.say || "{time}").replace("{time}", inWords(seconds)));
  }

  function inWords(seconds) {
    const [unit, size] = Object.entries(UNITS).find(([, length]) => seconds >= length);
    return new Intl.NumberFormat(document.documentElement.lang, { style: "unit", unit: unit.slice(0, -1), unitDisplay: "long" }).format(Math.round(seconds / size));
  }

  function drawCountdown(element) {
    const seconds = Math.max(0, Math.ceil((+element.dataset.deadlineMs - now()) / 1000));
    let rest = seconds;
    for (const [unit, length] of Object.entries(UNITS)) {
      const digits = element.querySelector(`[data-unit="${unit}"]`);
      if (!digits) continue;
      put(digits, two(Math.floor(rest / length)));
      rest %= length;
    }
    element.classList.toggle("soon", seconds <= 60);
    speak(element, seconds);
    if (seconds === 0) askServer(element);
  }

  // At zero the server decides. Its fragment replaces this element; if none comes, ask, politely spread over time.
  function askServer(element) {
    if (element.asking || !element.dataset.refresh || !window.htmx) return;
    element.asking = ANSWER_WITHIN;
    const ask = () => {
      if (!element.isConnected || +element.dataset.deadlineMs > now()) return void (element.asking = 0);
      htmx.ajax("GET", element.dataset.refresh, { source: element, swap: "none" }).catch(() => {});
      element.asking = Math.min(element.asking * 2, 30000);
      setTimeout(ask, element.asking * (0.75 + Math.random() / 2));
    };
    setTimeout(ask, ANSWER_WITHIN + Math.random() * 1000);
  }

  function drawHold(element) {
    const seconds = Math.max(0, Math.ceil((+element.dataset.holdExpiresMs - now()) / 1000));
    put(element, `${two(Math.floor(seconds / 60))}:${two(seconds % 60)}`);
  }

  function tick() {
    clearTimeout(timer);
    if (offset === -Infinity) return;
    each("[data-countdown]", drawCountdown);
    each("[data-hold-expires-ms]", drawHold);
    // Deadlines lie on whole seconds or not: aligning to the first one's own second makes its digits change on time.
    const first = document.querySelector("[data-countdown],[data-hold-expires-ms]");
    if (!first) return;
    const left = +(first.dataset.deadlineMs || first.dataset.holdExpiresMs) - now();
    timer = setTimeout(tick, left > 0 ? (left % 1000) + 5 : 1000);
  }

  function localTimes() {
    const options = { dateStyle: "medium", timeStyle: "short" };
    each("time[data-local-time]", (element) => {
      const local = new Date(element.dateTime);
      const [, sign, hours, minutes] = /([+-])(\d\d):(\d\d)$/.exec(element.dateTime) || [];
      const shown = sign ? (sign + 1) * (hours * 60 + +minutes) : 0;
      put(element, new Intl.DateTimeFormat(document.documentElement.lang, options).format(local).replace(/\u202f/g, "\u00a0"));
      const parent = element.closest("[data-local]");
      if (parent) parent.hidden = shown === -local.getTimezoneOffset();
    });
  }

  // An update that went by while this browser was away: what is shown fits no longer, so ask for everything, once per stage.
  let asked = "";
  function catchUp() {
    const stage = document.getElementById("stage")?.dataset.stage;
    const main = document.querySelector("#page-main[data-refresh]");
    if (!stage || !main || main.dataset.stage === stage || asked === stage || !window.htmx) return;
    asked = stage;
    setTimeout(() => htmx.ajax("GET", main.dataset.refresh, { source: main, swap: "none" }).catch(() => (asked = "")), Math.random() * 500);
  }

  function refresh() {
    each("[data-server-ms]", (element) => noteClock(element, performance.now()));
    localTimes();
    each("[data-attempt]", (input) => (input.value ||= Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("")));
    catchUp();
    const away = document.querySelector("a[data-redirect]");
    if (away) location.replace(away.href);
    tick();
  }

  document.addEventListener("clock", (event) => {
    learn(+event.detail?.data, performance.now());
    tick();
  });
  const unsent = (event, hidden) => event.target.querySelector?.(":scope:is(form) [data-unsent]")?.toggleAttribute("hidden", hidden);
  document.addEventListener("htmx:error", (event) => unsent(event, false));
  document.addEventListener("htmx:before:request", (event) => unsent(event, true));
  document.addEventListener("visibilitychange", () => document.hidden || tick());
  document.addEventListener("click", async (event) => {
    const button = event.target.closest?.("[data-copy]");
    if (!button) return;
    const label = button.querySelector("[data-copy-label]") || button;
    const before = label.textContent;
    try {
      await navigator.clipboard.writeText(button.dataset.copy);
    } catch {
      return void window.prompt(before, button.dataset.copy);
    }
    put(label, button.dataset.copied || "✓");
    setTimeout(() => put(label, before), 1600);
  });

  readArrival();
  refresh();
  new MutationObserver((changes) => {
    const ours = (node) => node.nodeType === 1 && (node.matches(OURS) || node.querySelector(OURS));
    if (changes.some((change) => change.type === "attributes" || [...change.addedNodes].some(ours))) refresh();
  }).observe(document.body, { childList: true, subtree: true, attributes: true, attributeFilter: ["data-stage", "data-server-ms", "data-deadline-ms", "data-hold-expires-ms"] });
})();
