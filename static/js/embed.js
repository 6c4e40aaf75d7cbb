/* One line puts a page on any site:  <script async src="…/embed.js" data-page="SHORT_ID"></script>
 * data-link="…" is the query of a share link: the frame shows what it gives, and leads on by it.
 * It makes a sandboxed frame without cookies behind itself, and gives it the height and the name it asks for. */
(() => {
  "use strict";
  const script = document.currentScript;
  const page = script?.dataset.page;
  if (!page || !/^[0-9A-Za-z]{1,22}$/.test(page)) return;
  const frame = document.createElement("iframe");
  frame.title = "Mayfly";
  frame.loading = "lazy";
  frame.credentialless = true;
  frame.referrerPolicy = "strict-origin";
  frame.allow = "clipboard-write";
  frame.setAttribute("sandbox", "allow-scripts allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation");
  Object.assign(frame.style, { display: "block", width: "100%", maxWidth: "32rem", height: "22rem", border: "0", colorScheme: "auto" });
  const link = script.dataset.link;
  frame.src = `${new URL(script.src).origin}/p/${page}/embed${link ? `?${link}` : ""}`;
  addEventListener("message", (event) => {
    if (event.source !== frame.contentWindow || event.data?.mayfly !== page) return;
    if (typeof event.data.title === "string") frame.title = event.data.title.slice(0, 200);
    const height = Math.ceil(+event.data.height);
    if (height > 0) frame.style.height = `${Math.min(height, 4000)}px`;
  });
  script.after(frame);
})();
