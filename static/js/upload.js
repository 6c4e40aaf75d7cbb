/* Uploads straight from the browser to object storage, several files at once, resumable. No dependency.
 *
 * Protocol (the server's side is app/storage):
 *   POST {data-sign-url}   form: name, size, content_type, sha256 (hex; only for files up to 64 MiB)
 *     → 201 JSON {"upload_id": "uuid", "part_size": 8388608, "parts": [{"number": 1, "url": "https…", "done": false}, …],
 *                 "complete_url": "/console/…/completion", "abort_url": "/console/…"}
 *       Posting the same name and size again while that upload is unfinished resumes it: parts that are there already come with
 *       "done": true and their "etag". A part is bytes [(number - 1) * part_size, number * part_size) of the file.
 *     → 4xx with a JSON {"message": "…"} or an HTML error fragment: shown beside the file, not tried again (429, 5xx are).
 *   PUT each part's url with its bytes → its ETag response header (CORS exposes it). 403 means the URL grew old: sign again.
 *   POST {complete_url}    form: etags = JSON list in the order of the parts
 *     → 200 HTML <li id="file-…"> of the list (replaces a row of the same id, else is appended), or 422 with an HTML fragment.
 *   DELETE {abort_url}     when the visitor cancels.
 *
 * Markup: components/uploads.html. Announces itself by "upload:done" (detail: {name}) on the list. */
(() => {
  "use strict";
  const HASH_LIMIT = 64 * 1024 * 1024;
  const PARTS_AT_ONCE = 3;
  const FILES_AT_ONCE = 2;
  const TRIES = 6;

  class Refused extends Error {}
  class Cancelled extends Error {}
  class Stale extends Error {}

  const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  const form = (values) => new URLSearchParams(values);

  function sizeText(bytes) {
    const units = ["byte", "kilobyte", "megabyte", "gigabyte"];
    const step = Math.min(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), 3);
    return new Intl.NumberFormat(document.documentElement.lang, { style: "unit", unit: units[step], unitDisplay: "short", maximumFractionDigits: step > 1 ? 1 : 0 }).format(bytes / 1000 ** step);
  }

  async function sha256(file) {
    if (file.size > HASH_LIMIT || !crypto.subtle) return "";
    const digest = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
    return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  async function reason(response) {
    const text = await response.text();
    if (response.headers.get("content-type")?.includes("json")) {
      const data = JSON.parse(text);
      return data.message || data.detail || response.statusText;
    }
    const page = new DOMParser().parseFromString(text, "text/html");
    return (page.querySelector(".error, .failure p, [role=alert] p, p") || page.body).textContent.trim().slice(0, 300);
  }

  // fetch with retries where trying again can help; what the server refused for good becomes Refused.
  async function ask(job, url, options) {
    for (let attempt = 1; ; attempt++) {
      const response = await fetch(url, { ...options, signal: job.abort.signal, headers: { Accept: "application/json, text/html", "HX-Request": "true" } }).catch((error) => error);
      if (job.abort.signal.aborted) throw new Cancelled();
      if (response.ok) return response;
      const passing = response instanceof Error || response.status === 429 || response.status >= 500;
      if (!passing) throw new Refused(await reason(response));
      if (attempt >= TRIES) throw new Refused(job.text("failed"));
      job.say(job.text("offline"));
      await wait(Math.min(500 * 2 ** attempt, 15000) * (0.75 + Math.random() / 2));
    }
  }

  function put(job, part, blob) {
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      const stop = () => request.abort();
      job.abort.signal.addEventListener("abort", stop, { once: true });
      request.open("PUT", part.url);
      request.upload.onprogress = (event) => job.moved(part, event.loaded);
      request.onabort = () => reject(new Cancelled());
      request.onerror = () => reject(new Error("network"));
      request.onload = () => {
        if (request.status === 403) return reject(new Stale());
        if (request.status < 200 || request.status > 299) return reject(new Error(`status ${request.status}`));
        resolve(request.getResponseHeader("ETag") || "");
      };
      request.onloadend = () => job.abort.signal.removeEventListener("abort", stop);
      request.send(blob);
    });
  }

  async function sendPart(job, part) {
    const start = (part.number - 1) * job.plan.part_size;
    const blob = job.file.slice(start, start + job.plan.part_size);
    for (let attempt = 1; ; attempt++) {
      try {
        part.etag = await put(job, part, blob);
        part.done = true;
        return job.moved(part, blob.size);
      } catch (error) {
        job.moved(part, 0);
        if (error instanceof Cancelled || error instanceof Stale || attempt >= TRIES) throw error;
        job.say(job.text("offline"));
        await wait(Math.min(500 * 2 ** attempt, 15000) * (0.75 + Math.random() / 2));
      }
    }
  }

  class Job {
    constructor(box, file) {
      this.box = box;
      this.file = file;
      this.sent = new Map();
      this.row = this.draw();
      box.querySelector("[data-upload-queue]").append(this.row);
      this.begin();
    }

    begin() {
      this.abort = new AbortController();
      this.row.className = "file-row";
      this.button.textContent = this.text("cancel");
      this.button.onclick = () => this.cancel();
      this.bar.hidden = false;
      this.say(`${this.text("waiting")} · ${sizeText(this.file.size)}`);
      queue.push(this);
      next();
    }

    text(name) {
      return this.box.dataset[`text${name[0].toUpperCase()}${name.slice(1)}`] || "";
    }

    draw() {
      const row = document.createElement("li");
      const name = Object.assign(document.createElement("span"), { className: "name" });
      const title = Object.assign(document.createElement("b"), { textContent: this.file.name });
      this.note = document.createElement("small");
      this.bar = Object.assign(document.createElement("progress"), { max: this.file.size || 1, value: 0 });
      this.bar.setAttribute("aria-label", this.file.name);
      this.button = Object.assign(document.createElement("button"), { type: "button", className: "button quiet small" });
      const actions = Object.assign(document.createElement("span"), { className: "row-actions" });
      name.append(title, this.note);
      actions.append(this.button);
      row.append(name, actions, this.bar);
      return row;
    }

    say(text) {
      this.note.textContent = text;
    }

    moved(part, bytes) {
      this.sent.set(part.number, bytes);
      const total = [...this.sent.values()].reduce((sum, value) => sum + value, 0);
      this.bar.value = total;
      this.say(`${sizeText(total)} / ${sizeText(this.file.size)}${this.remaining(total)}`);
    }

    remaining(total) {
      const seconds = (performance.now() - this.started) / 1000;
      const fresh = total - this.before;
      if (seconds < 2 || fresh <= 0) return "";
      const left = Math.ceil(((this.file.size - total) * seconds) / fresh);
      return ` · ${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")} ${this.text("remaining")}`;
    }

    async sign() {
      const values = { name: this.file.name, size: this.file.size, content_type: this.file.type || "application/octet-stream" };
      if (this.digest) values.sha256 = this.digest;
      const response = await ask(this, this.box.dataset.signUrl, { method: "POST", body: form(values) });
      this.plan = await response.json();
      for (const part of this.plan.parts) {
        const size = Math.min(this.plan.part_size, this.file.size - (part.number - 1) * this.plan.part_size);
        this.sent.set(part.number, part.done ? size : 0);
      }
      this.before = [...this.sent.values()].reduce((sum, value) => sum + value, 0);
      this.started = performance.now();
    }

    async sendAll() {
      const waiting = this.plan.parts.filter((part) => !part.done);
      const lane = async () => {
        for (let part = waiting.shift(); part; part = waiting.shift()) await sendPart(this, part);
      };
      const lanes = Array.from({ length: PARTS_AT_ONCE }, lane);
      await Promise.allSettled(lanes);
      await Promise.all(lanes);
    }

    async run() {
      try {
        this.digest ??= await sha256(this.file);
        for (let round = 1; ; round++) {
          await this.sign();
          try {
            await this.sendAll();
            break;
          } catch (error) {
            if (!(error instanceof Stale) || round >= 3) throw error;
          }
        }
        this.say(this.text("checking"));
        const etags = JSON.stringify(this.plan.parts.map((part) => part.etag));
        const response = await ask(this, this.plan.complete_url, { method: "POST", body: form({ etags }) });
        this.finish(await response.text());
      } catch (error) {
        if (!(error instanceof Cancelled)) this.fail(error instanceof Refused ? error.message : this.text("failed"));
      }
    }

    finish(html) {
      const list = document.getElementById(this.box.dataset.list);
      const fresh = new DOMParser().parseFromString(html, "text/html").body.firstElementChild;
      const old = fresh.id && document.getElementById(fresh.id);
      if (old) old.replaceWith(fresh);
      else if ("uploadSingle" in this.box.dataset) list.replaceChildren(fresh);
      else list.append(fresh);
      window.htmx?.process(fresh);
      this.row.remove();
      list.dispatchEvent(new CustomEvent("upload:done", { bubbles: true, detail: { name: this.file.name } }));
    }

    fail(message) {
      this.row.className = "file-row failed";
      this.bar.hidden = true;
      this.say(message);
      this.button.textContent = this.text("retry");
      this.button.onclick = () => this.begin();
    }

    cancel() {
      this.abort.abort();
      queue = queue.filter((job) => job !== this);
      if (this.plan) fetch(this.plan.abort_url, { method: "DELETE" }).catch(() => {});
      this.row.remove();
    }
  }

  let queue = [];
  let running = 0;

  function next() {
    if (running >= FILES_AT_ONCE || !queue.length) return;
    running++;
    queue.shift().run().finally(() => {
      running--;
      next();
    });
    next();
  }

  function take(box, files) {
    const chosen = "uploadSingle" in box.dataset ? [...files].slice(0, 1) : [...files];
    chosen.forEach((file) => new Job(box, file));
  }

  document.addEventListener("change", (event) => {
    const box = event.target.type === "file" && event.target.closest("[data-upload]");
    if (!box) return;
    take(box, event.target.files);
    event.target.value = "";
  });
  for (const type of ["dragover", "dragleave", "drop"]) {
    document.addEventListener(type, (event) => {
      const drop = event.target.closest?.("[data-upload] .drop");
      if (!drop) return;
      event.preventDefault();
      drop.classList.toggle("over", type === "dragover");
      if (type === "drop") take(drop.closest("[data-upload]"), event.dataTransfer.files);
    });
  }
  window.addEventListener("beforeunload", (event) => {
    if (running) event.preventDefault();
  });
})();
