/* Rows put in order by dragging, with a mouse, a pen or a finger. Rows are only moved: what their order means, the server says.
 *
 * [data-sort]          holds the rows, as siblings
 * [data-sort-row]      one of them; siblings without it keep their places
 * [data-sort-handle]   in a row: what is taken hold of. Needs `touch-action: none`
 * [data-sort-done]     a button in the list, pressed once the order has changed */
(() => {
  "use strict";
  const EDGE = 80;
  let drag = null;

  const rows = () => [...drag.list.querySelectorAll(":scope > [data-sort-row]")];
  const middle = (row) => row.getBoundingClientRect().top + row.offsetHeight / 2;

  function take(event) {
    const handle = event.target.closest?.("[data-sort-handle]");
    const row = handle?.closest("[data-sort-row]");
    if (!row || event.button || drag) return;
    event.preventDefault();
    // Over the preview's frame it would be lost.
    handle.setPointerCapture(event.pointerId);
    drag = { row, list: row.parentElement, pointer: event.pointerId, y: event.clientY, shift: 0, grip: event.clientY - row.getBoundingClientRect().top };
    drag.first = rows();
    row.classList.add("dragging");
    document.documentElement.classList.add("sorting");
    scroll();
  }

  // The others go around the row that is held: it stays in the document, and so does the finger on it.
  function place() {
    const { row } = drag;
    const all = rows();
    const at = all.indexOf(row);
    const [before, after] = [all[at - 1], all[at + 1]];
    if (after && drag.y > middle(after)) return row.before(after), place();
    if (before && drag.y < middle(before)) return row.after(before), place();
    drag.shift += drag.y - drag.grip - row.getBoundingClientRect().top;
    row.style.translate = `0 ${drag.shift}px`;
  }

  function scroll() {
    if (!drag) return;
    const below = drag.y - (innerHeight - EDGE);
    const by = below > 0 ? below : Math.min(drag.y - EDGE, 0);
    if (by) scrollBy(0, by / 5);
    place();
    requestAnimationFrame(scroll);
  }

  function drop(keep) {
    const { row, list, first } = drag;
    const changed = rows().some((each, index) => each !== first[index]);
    if (!keep && changed) list.prepend(...first);
    row.style.translate = "";
    row.classList.remove("dragging");
    document.documentElement.classList.remove("sorting");
    drag = null;
    if (keep && changed) list.querySelector("[data-sort-done]").click();
  }

  const ours = (event) => drag?.pointer === event.pointerId;
  document.addEventListener("pointerdown", take);
  document.addEventListener("pointermove", (event) => ours(event) && (drag.y = event.clientY));
  document.addEventListener("pointerup", (event) => ours(event) && drop(true));
  document.addEventListener("pointercancel", (event) => ours(event) && drop(false));
  document.addEventListener("keydown", (event) => drag && event.key === "Escape" && drop(false));
})();
