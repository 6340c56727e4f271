import TEXTS from "./texts.js"; // sentences by language and key, from the service

const PHOTO_AT_FAULT = [413, 415, 422];

const find = (id) => document.getElementById(id);
const drop = find("drop");
const preview = find("preview");
const languages = find("languages");

const preferred = navigator.language.split("-")[0];

const state = {
  language: Object.hasOwn(TEXTS, preferred) ? preferred : "en",
  models: [],
  megabytes: null,
  answers: null,
  problem: null, // {title, message, reason}: message is a text by language, or a function that gives it
  busy: false,
  asked: 0,
};

const text = (key, values = {}, language = state.language) =>
  TEXTS[language][key].replace(/\{(\w+)\}/g, (_, name) => values[name]);

function element(tag, className, content = []) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.append(...[content].flat());
  return made;
}

function render() {
  document.documentElement.lang = state.language;
  languages.setAttribute("aria-label", text("languages"));
  for (const each of document.querySelectorAll("[data-text]")) each.textContent = text(each.dataset.text);
  for (const each of languages.children)
    each.setAttribute("aria-pressed", String(each.dataset.language === state.language));
  drop.classList.toggle("busy", state.busy);
  find("answers").replaceChildren(...cards());
  const models = state.models.map((model) => `${model.model} v${model.version}`).join(" · ");
  find("models").textContent = text("models", { models });
}

function cards() {
  if (state.busy) return [element("div", "card empty", text("working"))];
  if (state.problem) {
    const { title = "failed", message, reason } = state.problem;
    return [refusal(text(title), message, reason)];
  }
  if (!state.answers) return [element("div", "card empty", text("empty"))];
  const refusals = state.answers.map((answer) => answer.refusal);
  if (refusals.every(Boolean) && new Set(refusals.map((each) => each.rule)).size === 1)
    return [refusal(text("refused"), refusals[0].message, refusals[0].reason)];
  return state.answers.map(card);
}

function refusal(title, message, reason) {
  const said = typeof message === "function" ? message() : message[state.language];
  const made = element("article", "card refused", [element("h4", "", title), element("p", "", said)]);
  if (reason) made.append(element("small", "", reason));
  return made;
}

function card(answer) {
  const model = state.models.find((each) => each.task === answer.task);
  const title = model ? model.title[state.language] : answer.task;
  if (answer.refusal) return refusal(title, answer.refusal.message, answer.refusal.reason);
  const made = element("article", "card", [
    element("h4", "", title),
    element("p", "result", answer.names[state.language]),
  ]);
  made.dataset.task = answer.task;
  if (answer.label !== null && answer.years !== null)
    made.append(element("p", "years", text("years", { years: Math.round(answer.years) })));
  if (answer.label !== null) made.append(bars(answer, model));
  const notes = [...answer.notes, model?.tested].filter(Boolean);
  if (notes.length)
    made.append(element("ul", "notes", notes.map((note) => element("li", "", note[state.language]))));
  return made;
}

function bars(answer, model) {
  const names = new Map((model?.classes ?? []).map((each) => [each.label, each.names]));
  const list = element("dl", "bars");
  for (const [label, share] of Object.entries(answer.probabilities)) {
    const best = label === answer.label ? " best" : "";
    const percent = share >= 0.995 || share < 0.0005 ? share * 100 : (share * 100).toFixed(1);
    const fill = element("i");
    fill.style.setProperty("--width", `${share * 100}%`);
    list.append(
      element("dt", best.trim(), names.get(label)?.[state.language] ?? label),
      element("dd", `bar${best}`, fill),
      element("dd", `share${best}`, `${Math.round(percent * 10) / 10}%`),
    );
  }
  return list;
}

async function ask(file) {
  const turn = ++state.asked;
  URL.revokeObjectURL(preview.src);
  preview.src = URL.createObjectURL(file);
  show(true);
  Object.assign(state, { answers: null, problem: null, busy: true });
  render();
  const said = await answers(file);
  if (turn !== state.asked) return; // another photo was chosen meanwhile
  Object.assign(state, said, { busy: false });
  render();
}

function show(shown) {
  preview.hidden = !shown;
  drop.classList.toggle("filled", shown);
}

async function answers(file) {
  if (state.megabytes && file.size > state.megabytes * 1e6)
    return { problem: { title: "refused", message: () => text("large", { megabytes: state.megabytes }) } };
  const form = new FormData();
  form.append("photo", file, "photo"); // a file's name may say who is in it
  try {
    const response = await fetch("/predict", { method: "POST", body: form });
    const said = await response.json();
    if (response.ok) return { answers: said.answers };
    const title = PHOTO_AT_FAULT.includes(response.status) ? "refused" : "failed";
    return { problem: { title, ...said.error } };
  } catch {
    return { problem: { message: () => text("unreachable") } };
  }
}

async function load() {
  try {
    const [models, limits] = await Promise.all(
      ["/models", "/limits"].map(async (path) => (await fetch(path)).json()),
    );
    Object.assign(state, { models, megabytes: limits.megabytes });
  } catch {
    state.problem = { message: () => text("unreachable") };
  }
  render();
}

const video = find("video");
const viewfinder = find("viewfinder");

async function openCamera() {
  try {
    video.srcObject = await navigator.mediaDevices.getUserMedia({
      video: { facingMode: "user", width: { ideal: 1280 }, height: { ideal: 960 } },
    });
    viewfinder.showModal();
  } catch {
    Object.assign(state, { answers: null, problem: { message: () => text("no camera") } });
    render();
  }
}

function shoot() {
  const canvas = document.createElement("canvas");
  canvas.width = video.videoWidth;
  canvas.height = video.videoHeight;
  canvas.getContext("2d").drawImage(video, 0, 0);
  canvas.toBlob((photo) => photo && ask(photo), "image/jpeg", 0.95);
  viewfinder.close();
}

viewfinder.addEventListener("close", () => {
  for (const track of video.srcObject?.getTracks() ?? []) track.stop();
  video.srcObject = null;
});

preview.addEventListener("error", () => show(false)); // what the browser cannot draw

find("file").addEventListener("change", (event) => {
  const [file] = event.target.files;
  if (file) ask(file);
  event.target.value = ""; // the same file may be chosen again
});
find("choose").addEventListener("click", () => find("file").click());
find("camera").addEventListener("click", openCamera);
find("camera").hidden = !navigator.mediaDevices?.getUserMedia;
find("shoot").addEventListener("click", shoot);
find("cancel").addEventListener("click", () => viewfinder.close());

for (const language of Object.keys(TEXTS)) {
  const button = element("button", "", text("own name", {}, language));
  Object.assign(button, { type: "button", lang: language });
  button.dataset.language = language;
  button.addEventListener("click", () => {
    state.language = language;
    render();
  });
  languages.append(button);
}

for (const kind of ["dragenter", "dragover", "dragleave", "drop"])
  document.addEventListener(kind, (event) => {
    event.preventDefault();
    drop.classList.toggle("over", kind === "dragenter" || kind === "dragover");
    const [file] = kind === "drop" ? event.dataTransfer.files : [];
    if (file) ask(file);
  });

render();
load();
