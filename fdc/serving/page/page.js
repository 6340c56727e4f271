const TEXT = {
  ko: {
    title: "사진 한 장으로 얼굴을 읽습니다",
    lead: "한 사람의 얼굴이 정면으로 밝게 나온 사진을 올려 주세요.",
    photo: "사진",
    drop: "사진을 여기에 끌어다 놓으세요",
    or: "또는 눌러서 고르세요 · JPEG, PNG, WebP",
    choose: "사진 고르기",
    camera: "카메라로 찍기",
    shoot: "찍기",
    cancel: "닫기",
    private: "사진은 답을 계산하는 동안에만 메모리에 머물고, 저장하거나 기록하지 않습니다.",
    results: "결과",
    empty: "사진을 올리면 여기에 결과가 나옵니다.",
    working: "사진을 살펴보는 중입니다…",
    refused: "답할 수 없는 사진입니다",
    failed: "잠시 문제가 생겼습니다",
    unreachable: "서비스에 연결할 수 없습니다. 잠시 뒤에 다시 시도해 주세요.",
    large: (megabytes) => `파일이 너무 큽니다. ${megabytes} MB보다 작은 사진을 올려 주세요.`,
    years: (years) => `확률로 본 나이 약 ${years}세`,
    models: (list) => `모델: ${list}`,
    accuracy: (share) => `학습에 쓰지 않은 시험 사진의 ${Math.round(share * 100)}%를 맞혔습니다.`,
    mae: (error) => `학습에 쓰지 않은 시험 사진에서 평균 ${error.toFixed(1)}만큼 빗나갔습니다.`,
    honest: "결과는 통계적인 추정이며 틀릴 수 있습니다. 사람을 판단하는 근거로 쓰지 마세요.",
    noCamera: "카메라를 열 수 없습니다. 브라우저의 카메라 권한을 확인해 주세요.",
  },
  en: {
    title: "What one photo of a face tells",
    lead: "Use a bright photo of one person who looks into the camera.",
    photo: "Photo",
    drop: "Drop a photo here",
    or: "or click to choose one · JPEG, PNG, WebP",
    choose: "Choose a photo",
    camera: "Use the camera",
    shoot: "Take the photo",
    cancel: "Close",
    private: "The photo stays in memory while it is answered; it is neither stored nor logged.",
    results: "Results",
    empty: "The results appear here once there is a photo.",
    working: "Looking at the photo…",
    refused: "This photo cannot be answered",
    failed: "Something went wrong",
    unreachable: "The service cannot be reached. Please try again in a moment.",
    large: (megabytes) => `The file is too large. Please use a photo of less than ${megabytes} MB.`,
    years: (years) => `about ${years} years, weighed by probability`,
    models: (list) => `Models: ${list}`,
    accuracy: (share) => `Right on ${Math.round(share * 100)}% of test photos that it was not trained on.`,
    mae: (error) => `Off by ${error.toFixed(1)} on average on test photos that it was not trained on.`,
    honest: "Results are statistical estimates and can be wrong. Do not judge people by them.",
    noCamera: "The camera cannot be opened. Please check the browser's permission.",
  },
};

const PHOTO_AT_FAULT = [413, 415, 422];

const find = (id) => document.getElementById(id);
const drop = find("drop");
const preview = find("preview");

const state = {
  language: navigator.language.startsWith("ko") ? "ko" : "en",
  models: [],
  megabytes: null,
  answers: null,
  problem: null, // {title, message, reason}: message is {ko, en}, or a function that says it
  busy: false,
  asked: 0,
};

const text = (key, ...values) => {
  const found = TEXT[state.language][key];
  return typeof found === "function" ? found(...values) : found;
};

function element(tag, className, content = []) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.append(...[content].flat());
  return made;
}

function render() {
  document.documentElement.lang = state.language;
  for (const each of document.querySelectorAll("[data-text]")) each.textContent = text(each.dataset.text);
  for (const each of document.querySelectorAll("[data-language]"))
    each.setAttribute("aria-pressed", String(each.dataset.language === state.language));
  drop.classList.toggle("busy", state.busy);
  find("answers").replaceChildren(...cards());
  find("models").textContent = text(
    "models",
    state.models.map((model) => `${model.model} v${model.version}`).join(" · "),
  );
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
    made.append(element("p", "years", text("years", Math.round(answer.years))));
  if (answer.label !== null) made.append(bars(answer, model));
  const notes = [...answer.notes.map((note) => note[state.language]), ...figures(answer, model)];
  if (notes.length) made.append(element("ul", "notes", notes.map((note) => element("li", "", note))));
  return made;
}

function figures(answer, model) {
  const metric = answer.label === null ? "mae" : "accuracy";
  const figure = model?.metrics[metric];
  return figure === undefined ? [] : [text(metric, figure)];
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
    return { problem: { title: "refused", message: () => text("large", state.megabytes) } };
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
    Object.assign(state, { answers: null, problem: { message: () => text("noCamera") } });
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

for (const each of document.querySelectorAll("[data-language]"))
  each.addEventListener("click", () => {
    state.language = each.dataset.language;
    render();
  });

for (const kind of ["dragenter", "dragover", "dragleave", "drop"])
  document.addEventListener(kind, (event) => {
    event.preventDefault();
    drop.classList.toggle("over", kind === "dragenter" || kind === "dragover");
    const [file] = kind === "drop" ? event.dataTransfer.files : [];
    if (file) ask(file);
  });

render();
load();
