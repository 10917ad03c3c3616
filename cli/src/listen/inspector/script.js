"use strict";

// Whatever a request holds reaches the page as the text of a node: nothing here writes markup.

const MOST = 500;
const MOST_NODES = 2000;
const DEEPEST = 32;

const main = document.querySelector("main");
const list = document.getElementById("list");
const detail = document.getElementById("detail");
const filter = Object.fromEntries(["verdict", "path", "text"].map((id) => [id, document.getElementById(id)]));

let requests = []; // the newest first
let rows = new Map(); // number → button
let waiting = []; // arrived since the page was last drawn
let recent = []; // arrived since the list was last asked for
let found = null; // numbers that have the text, or null without one
let opened = null; // number
let target = null;

// ---- small things ----

// Characters that a reader would not see, or that reorder a line, are written out.
const HAZARDS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu;

function visible(text) {
  const even = String(text).replace(/\r\n/g, "\n");
  return even.replace(HAZARDS, (character) => `\\u{${character.codePointAt(0).toString(16)}}`);
}

function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key === "click") element.addEventListener("click", value);
    else element.setAttribute(key, value);
  }
  for (const child of children) {
    if (child !== null) element.append(child instanceof Node ? child : visible(child));
  }
  return element;
}

async function ask(path, options) {
  const response = await fetch(path, options);
  if (!response.ok) throw new Error(await response.text());
  return response;
}

const askJson = async (path, options) => (await ask(path, options)).json();

const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);

const clock = (seconds) => new Date(seconds * 1000).toLocaleTimeString([], { hour12: false });

function milliseconds(time) {
  return time < 10 ? `${time.toFixed(1)} ms` : `${Math.round(time)} ms`;
}

// ---- the list ----

const kind = (request) => request.outcome.kind === "failed" ? "failed" : request.verified ? "verified" : "refused";

function verdictOf(request) {
  if (request.verified) return `verified ${request.scheme}`;
  const words = ["refused", request.reason, request.cause === request.reason ? null : request.cause];
  return words.filter(Boolean).join(" · ");
}

function outcomeOf({ outcome, status }) {
  if (outcome.kind === "answered") return `${outcome.status} in ${milliseconds(outcome.milliseconds)}`;
  if (outcome.kind === "failed") return "target failed";
  return String(status);
}

const partiesOf = ({ from, to }) => from || to ? `${from || "?"} → ${to || "?"}` : "";

function badgeOf(request) {
  if (request.again_of) return make("span", { class: "badge" }, `again of ${request.again_of}`);
  if (request.duplicate_of) return make("span", { class: "badge" }, `duplicate of ${request.duplicate_of}`);
  return null;
}

function rowOf(request) {
  const button = make("button", { type: "button", class: kind(request), click: () => open(request.number) },
    make("span", { class: "path" }, `${request.method} ${request.path}`),
    make("span", { class: "side" }, `${request.number} · ${clock(request.seconds)}`),
    make("span", { class: "verdict" }, verdictOf(request)),
    make("span", { class: "side" }, outcomeOf(request)),
    make("span", { class: "parties" }, partiesOf(request)),
    badgeOf(request));
  rows.set(request.number, button);
  return make("li", {}, button);
}

function isShown(request) {
  const verdict = filter.verdict.value;
  const fits = verdict === "" || verdict === kind(request)
    || (verdict === "verified" && request.verified)
    || (verdict === "duplicate" && request.duplicate_of !== null);
  return fits
    && request.path.toLowerCase().includes(filter.path.value.trim().toLowerCase())
    && (found === null || found.has(request.number));
}

// Draws the list from the beginning: after a change of the filter. Whoever is in the list stays there.
function drawAll() {
  const hadFocus = list.contains(document.activeElement);
  const focused = [...rows].find(([, button]) => button === document.activeElement)?.[0];
  rows = new Map();
  list.replaceChildren(...requests.filter(isShown).map(rowOf));
  if (hadFocus) (rows.get(focused) ?? list.querySelector("button"))?.focus({ preventScroll: true });
  finish();
}

// Draws what has arrived, once a frame, however much that is.
function drawNew() {
  const fresh = waiting.splice(0).filter((request) => !requests.some((known) => known.number === request.number));
  if (fresh.length === 0) return;
  fresh.sort((one, other) => other.number - one.number);
  const position = list.scrollTop;
  const height = list.scrollHeight;
  requests.unshift(...fresh);
  for (const old of requests.splice(MOST)) {
    rows.get(old.number)?.parentElement.remove();
    rows.delete(old.number);
  }
  list.prepend(...fresh.filter((request) => requests.includes(request) && isShown(request)).map(rowOf));
  // Whoever reads further down goes on reading there.
  if (position > 0) list.scrollTop = position + list.scrollHeight - height;
  finish();
}

function finish() {
  const shown = list.children.length;
  document.getElementById("empty").hidden = shown > 0;
  document.getElementById("empty").textContent = requests.length === 0
    ? "No request has arrived yet. The list grows as they do."
    : "No request fits the filter.";
  document.getElementById("count").textContent = shown === requests.length
    ? `${shown} requests`
    : `${shown} of ${requests.length} requests`;
  markOpened();
}

function markOpened() {
  for (const [number, button] of rows) {
    if (number === opened) button.setAttribute("aria-current", "true");
    else button.removeAttribute("aria-current");
  }
}

// ---- what arrives ----

let frame = null;
function arrived(request) {
  for (const queue of [waiting, recent]) {
    queue.push(request);
    if (queue.length > MOST) queue.shift();
  }
  frame ??= setTimeout(() => { frame = null; drawNew(); }, 50);
  if (found !== null) searchSoon();
}

// What arrives while the answer is under way may be missing in it.
async function readAll() {
  recent = [];
  const all = await askJson("requests");
  target = all.target;
  document.getElementById("target").textContent = target ? `forwarded to ${visible(target)}` : "answered by listen itself";
  requests = all.requests.reverse();
  drawAll();
  waiting = [...recent];
  drawNew();
}

function listen() {
  const connection = document.getElementById("connection");
  const events = new EventSource("events");
  const tell = (state, text) => { connection.className = state; connection.textContent = text; };
  events.addEventListener("open", async () => {
    await readAll();
    if (events.readyState === EventSource.OPEN) tell("live", "live");
  });
  events.addEventListener("error", () => tell("lost", "listen has stopped; waiting for it"));
  events.addEventListener("request", (event) => arrived(JSON.parse(event.data)));
  events.addEventListener("missed", readAll);
}

// ---- the filter ----

let searching = null;
function searchSoon() {
  clearTimeout(searching);
  searching = setTimeout(search, 200);
}

async function search() {
  const text = filter.text.value.trim();
  found = text === "" ? null : new Set(await askJson(`search?${encodeURIComponent(text)}`));
  drawAll();
}

filter.verdict.addEventListener("change", drawAll);
filter.path.addEventListener("input", drawAll);
filter.text.addEventListener("input", searchSoon);
document.getElementById("filter").addEventListener("submit", (event) => event.preventDefault());

// ---- one request ----

async function open(number) {
  opened = number;
  markOpened();
  try {
    show(await askJson(`requests/${number}`));
  } catch (error) {
    detail.replaceChildren(backButton(), make("p", { class: "banner bad" }, error.message));
  }
  detail.hidden = false;
  main.classList.add("open");
  detail.scrollTop = 0;
  if (opened === number) detail.focus({ preventScroll: true });
}

function close() {
  const button = rows.get(opened);
  opened = null;
  detail.hidden = true;
  main.classList.remove("open");
  markOpened();
  (button ?? list.querySelector("button"))?.focus();
}

const backButton = () => make("button", { type: "button", id: "back", click: close }, "← All requests");

function show(it) {
  const { summary } = it;
  detail.replaceChildren(
    backButton(),
    make("h2", { class: "title" }, make("code", {}, `${summary.method} ${it.url}`)),
    make("p", { class: "quiet" }, `Request ${summary.number}, ${new Date(summary.seconds * 1000).toLocaleString()}`),
    buttons(it),
    verdictBanner(it),
    ...notes(summary),
    ...urls(it),
    ...explanation(it.explanation),
    ...parameters(it.parameters),
    ...json(it),
    ...folded("Headers", table(it.headers), true),
    ...rawBody(it),
    ...answer(it));
}

function buttons(it) {
  const path = `requests/${it.summary.number}`;
  const row = make("div", { class: "buttons" });
  const again = make("button", { type: "button", id: "again", click: () => sendAgain(path, again) }, "Send again");
  const curl = make("button", { type: "button", id: "curl" }, "Copy as curl");
  curl.addEventListener("click", async () => copy(await (await ask(`${path}/curl`)).text(), curl));
  const download = make("button", { type: "button", id: "download", click: () => { location.href = `${path}/raw`; } }, "Download");
  row.append(again, curl, download);
  if (!it.target) {
    again.disabled = true;
    again.title = "Start listen with --forward-to to send requests again";
  }
  return row;
}

async function sendAgain(path, button) {
  button.disabled = true;
  try {
    const sent = await askJson(`${path}/again`, { method: "POST" });
    say(button, `Sent: ${outcomeOf(sent)}`);
  } catch (error) {
    say(button, `Not sent: ${error.message}`);
  }
  button.disabled = false;
}

async function copy(text, button) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Without HTTPS a browser has a clipboard for loopback addresses alone.
    const area = make("textarea");
    area.value = text;
    button.after(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
  say(button, "Copied");
}

function say(button, text) {
  button.dataset.name ??= button.textContent;
  button.textContent = visible(text);
  setTimeout(() => { button.textContent = button.dataset.name; }, 2500);
}

// What to do stands in the explanation, where there is one.
function verdictBanner({ summary, sentence, key, explanation }) {
  if (summary.verified) {
    return make("p", { class: "banner good", id: "banner" },
      make("strong", {}, "Verified: SignalWire signed this request"),
      make("span", {}, `Scheme ${summary.scheme}, with the key ${key}.`));
  }
  return make("p", { class: "banner bad", id: "banner" },
    make("strong", {}, `Refused: ${summary.reason ?? "not verified"}`),
    make("span", {}, sentence ? `${capital(explanation ? sentence.split(": ")[0] : sentence)}.` : ""));
}

function notes(summary) {
  const notes = [];
  if (summary.duplicate_of) notes.push(`A duplicate: the same delivery as request ${summary.duplicate_of}.`);
  if (summary.again_of) notes.push(`Sent again from this page: request ${summary.again_of}.`);
  if (summary.outcome.kind === "failed") notes.push(`Answered with 502: ${summary.outcome.sentence}`);
  return notes.map((note) => make("p", { class: "banner note" }, note));
}

// ---- URLs ----

function urls({ tried, signed }) {
  if (!tried && !signed) return [];
  const box = make("dl", { class: "box urls", id: "urls" });
  const [one, other] = tried && signed ? differences(tried, signed) : [[[tried ?? "", false]], [[signed ?? "", false]]];
  const add = (name, parts) => box.append(make("dt", {}, name),
    make("dd", { class: "url" }, ...parts.map(([text, differs]) => differs ? make("mark", {}, text) : make("span", {}, text))));
  if (tried) add("tried", one);
  if (signed) add("signed", other);
  if (tried && tried === signed) box.append(make("dt", {}, ""), make("dd", { class: "quiet" }, "They are the same."));
  return [make("h2", {}, "URL"), box];
}

// Part by part, so that a port and a path which both differ do not mark what is between them.
function differences(one, other) {
  const parts = (url) => /^([^:/?#]*:\/\/)?([^/?#:]*)(:\d+)?([^?#]*)(.*)$/s.exec(url).slice(1).map((part) => part ?? "");
  const left = [], right = [];
  const others = parts(other);
  parts(one).forEach((part, index) => {
    const counterpart = others[index];
    if (part === counterpart) {
      left.push([part, false]);
      right.push([part, false]);
      return;
    }
    const shortest = Math.min(part.length, counterpart.length);
    let start = 0, end = 0;
    while (start < shortest && part[start] === counterpart[start]) start += 1;
    while (end < shortest - start && part.at(-1 - end) === counterpart.at(-1 - end)) end += 1;
    for (const [all, text] of [[left, part], [right, counterpart]]) {
      all.push([text.slice(0, start), false], [text.slice(start, text.length - end), true], [text.slice(text.length - end), false]);
    }
  });
  const filled = (all) => all.filter(([text]) => text !== "");
  return [filled(left), filled(right)];
}

// ---- the explanation ----

function explanation(it) {
  if (!it) return [];
  const parts = [make("h2", {}, `Why: ${it.cause}`), make("p", { class: "box", id: "sentence" }, `${capital(it.sentence)}.`)];
  if (it.fixes.length > 0) parts.push(make("h2", {}, it.fixes.length > 1 ? "What to change: all of this" : "What to change"));
  for (const fix of it.fixes) {
    const button = make("button", { type: "button", class: "copy", click: () => copy(fix, button) }, "Copy");
    parts.push(make("div", { class: "box fix" }, make("code", {}, fix), button));
  }
  const lists = [["The likeliest reasons", it.likeliest_reasons, true], ["Ruled out", it.ruled_out, false]];
  for (const [title, entries, isOpen] of lists) {
    if (entries.length === 0) continue;
    const items = make("ol", { class: "box reasons" }, ...entries.map((entry) => make("li", {}, entry)));
    parts.push(...folded(title, items, isOpen));
  }
  return parts;
}

// ---- content ----

function folded(title, content, isOpen) {
  const part = make("details", {}, make("summary", {}, title), content);
  part.open = isOpen;
  return [part];
}

function table(pairs) {
  const body = make("tbody", {}, ...pairs.map(([name, value]) =>
    make("tr", {}, make("th", { scope: "row" }, name), make("td", {}, value))));
  return make("table", {}, body);
}

function parameters(it) {
  if (!it) return [];
  const title = it.is_form ? "Parameters, in the order in which they are signed" : "Parameters of the query, signed with the URL";
  const rest = it.left_out > 0 ? [make("p", { class: "quiet" }, `and ${it.left_out} more`)] : [];
  const shown = table(it.rows);
  shown.id = "parameters";
  return [make("h2", {}, title), shown, ...rest];
}

// A number is shown as it is written: JavaScript would round it.
class Written { constructor(source) { this.source = source; } }

function json({ body }) {
  if (!/^\s*[[{]/.test(body)) return [];
  try {
    const value = JSON.parse(body, (name, value, context) =>
      typeof value === "number" && context?.source ? new Written(context.source) : value);
    const left = { nodes: MOST_NODES };
    return [make("h2", {}, "JSON"), make("div", { class: "box tree", id: "tree" }, tree(value, left, 0))];
  } catch {
    return [];
  }
}

function tree(value, left, depth) {
  left.nodes -= 1;
  if (value instanceof Written) return make("code", {}, value.source);
  if (value === null || typeof value !== "object") return make("code", {}, JSON.stringify(value));
  const entries = Object.entries(value);
  const [opening, closing] = Array.isArray(value) ? ["[", "]"] : ["{", "}"];
  if (entries.length === 0) return make("code", {}, opening + closing);
  const items = make("ul");
  for (const [name, child] of depth < DEEPEST ? entries : []) {
    if (left.nodes <= 0) break;
    items.append(make("li", {}, make("span", { class: "name" }, `${name}: `), tree(child, left, depth + 1)));
  }
  if (items.children.length < entries.length) items.append(make("li", { class: "quiet" }, "… the raw body has the rest"));
  const node = make("details", {}, make("summary", {}, `${opening} ${entries.length} ${closing}`), items);
  node.open = true;
  return node;
}

function rawBody(it) {
  if (it.body_length === 0) return [];
  const kind = it.body_is_text ? "" : ", not UTF-8";
  const shown = make("pre", { class: "box", id: "body" }, it.body);
  const isCut = it.body_is_text && it.body_length > new TextEncoder().encode(it.body).length;
  const box = make("div", {}, shown, isCut ? make("p", { class: "quiet" }, "It goes on: the download has all of it.") : null);
  return folded(`Raw body, ${it.body_length.toLocaleString("en")} bytes${kind}`, box, true);
}

function answer({ answer: it, summary, target }) {
  if (!it) {
    const told = {
      here: "Answered by listen itself, so that the call goes on. Start it with --forward-to to see your program's answer.",
      refused: target ? `Not forwarded, since it is refused: answered with ${summary.status}.` : `Refused: answered with ${summary.status}.`,
      failed: summary.outcome.sentence,
    }[summary.outcome.kind];
    return [make("h2", {}, "Answer"), make("p", { class: "box" }, told)];
  }
  const title = make("p", { class: "box", id: "answer" }, `${it.status} in ${milliseconds(it.milliseconds)}`);
  const parts = [make("h2", {}, "The target’s answer"), title, ...folded("Its headers", table(it.headers), false)];
  if (it.body !== "") parts.push(make("pre", { class: "box" }, it.body));
  if (it.left_out > 0) parts.push(make("p", { class: "quiet" }, `It goes on for ${it.left_out} bytes.`));
  return parts;
}

// ---- the keyboard ----

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const isTyping = event.target.matches("input, select, textarea");
  if (event.key === "Escape") {
    if (isTyping) list.querySelector("button")?.focus();
    else if (opened !== null) close();
  } else if (event.key === "/" && !isTyping) {
    event.preventDefault();
    filter.text.focus();
  } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && !event.target.matches("select") && !detail.contains(event.target)) {
    event.preventDefault();
    move(event.key === "ArrowDown" ? 1 : -1);
  }
});

function move(step) {
  const buttons = [...list.querySelectorAll("button")];
  const now = buttons.indexOf(document.activeElement);
  const next = buttons[now === -1 ? 0 : Math.min(Math.max(now + step, 0), buttons.length - 1)];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
}

listen();
