/* Inside the frame: the same event stream as the page's, read without htmx (a frame without an origin may send no headers of its
 * own), and the frame's height and title told to the site around it. When the page comes to another stage, the frame is read again. */
(() => {
  "use strict";
  const { page, live, frame } = document.body.dataset;
  const stageOf = (root) => root.getElementById("stage")?.dataset.stage;
  const shown = () => document.getElementById("page-embed").dataset.stage;
  let stream = null;
  let asked = "";

  const parse = (text) => new DOMParser().parseFromString(text, "text/html");
  const put = (next) => next && document.getElementById(next.id)?.replaceWith(document.adoptNode(next));

  async function readAgain(stage) {
    if (asked === stage) return;
    asked = stage;
    try {
      const answer = await fetch(frame, { credentials: "omit" });
      if (!answer.ok) return stream.close();
      const next = parse(await answer.text());
      put(next.getElementById("page-embed"));
      document.documentElement.lang = next.documentElement.lang;
    } catch {
      setTimeout(() => readAgain(stage), 5000);
    } finally {
      asked = "";
    }
    if (shown().startsWith("expired")) stream.close();
  }

  function hear(text) {
    const update = parse(text);
    const stage = stageOf(update);
    if (stage && stage !== shown()) return void setTimeout(() => readAgain(stage), Math.random() * 400);
    for (const part of [...update.body.children]) if (document.getElementById("page-embed").querySelector(`#${CSS.escape(part.id || "-")}`)) put(part);
  }

  function listen() {
    if (shown().startsWith("expired")) return;
    stream = new EventSource(live);
    stream.addEventListener("message", (event) => hear(event.data));
    stream.addEventListener("clock", (event) => document.dispatchEvent(new CustomEvent("clock", { detail: { data: event.data } })));
  }

  new ResizeObserver(() => parent.postMessage({ mayfly: page, title: document.title, height: document.body.getBoundingClientRect().height }, "*")).observe(document.body);
  listen();
})();
