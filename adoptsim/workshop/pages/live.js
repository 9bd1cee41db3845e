/** The line to the server: views come in by themselves, actions go out once, and both survive a lost connection. */

const AGAIN = 1500;
const POLL = 20000;
const PATIENCE = 8000;

/** Return an identity for one action: sent again after a lost answer, it still counts once. */
export function identity() {
  // crypto.randomUUID is missing on plain http, which a room without the internet uses
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `a${hex.slice(17, 20)}`, hex.slice(20)].join("-");
}

async function ask(path, body) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), PATIENCE);
  try {
    const answer = await fetch(path, {
      method: body ? "POST" : "GET",
      headers: body ? { "Content-Type": "application/json" } : {},
      body: body && JSON.stringify(body),
      signal: stop.signal,
      cache: "no-store",
    });
    const said = await answer.json().catch(() => ({}));
    return { ok: answer.ok, status: answer.status, said };
  } finally {
    clearTimeout(timer);
  }
}

const soon = () => AGAIN * (0.8 + 0.4 * Math.random());
const wait = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

/**
 * Send an action until the server has answered: {ok, status, said}.
 * Without an answer, or one that nothing was kept, the same action goes again under the same identity; `waiting` says so.
 */
export async function send(path, body, waiting = () => {}) {
  const whole = { id: identity(), ...body };
  for (;;) {
    let words = "Not sent yet: no connection. It is tried again by itself.";
    try {
      const answer = await ask(path, whole);
      if (answer.status < 500) return answer;
      words = answer.said.error ?? words;
    } catch {
      // what was lost is sent again
    }
    waiting(words);
    await wait(soon());
  }
}

/** Follow the room as a role: `onView` gets each new view, `onLine` whether there is a connection, `onRefused` a refusal. */
export function follow(role, onView, onLine, onRefused = () => {}) {
  const query = `?role=${role}`;
  let [stream, newest, retry, stopped, room] = [null, -1, 0, false, null];

  const take = (view) => {
    if (stopped) return;
    onLine(true);
    room ??= view.workshop.id;
    if (view.workshop.id !== room) return location.replace(location.pathname); // another room at this address
    if (view.version < newest) return;
    newest = view.version;
    onView(view);
  };
  const look = async () => {
    try {
      const answer = await ask(`/api/view${query}`);
      if (stopped) return;
      if (!answer.ok) {
        if (answer.status < 500) onRefused(answer.said.error ?? "");
        return;
      }
      const behind = newest >= 0 && answer.said.version > newest;
      take(answer.said);
      if (behind && stream.readyState !== EventSource.CONNECTING) open(); // the stream went deaf without saying so
    } catch {
      if (!stopped) onLine(false);
    }
  };
  function open() {
    clearTimeout(retry);
    stream?.close();
    if (stopped) return;
    stream = new EventSource(`/api/stream${query}`);
    stream.addEventListener("view", (event) => take(JSON.parse(event.data)));
    stream.addEventListener("error", () => {
      look();
      if (stream.readyState === EventSource.CLOSED) retry = setTimeout(open, soon());
    });
  }
  const back = () => {
    if (stopped || document.visibilityState !== "visible") return;
    if (stream.readyState !== EventSource.OPEN) open();
    look();
  };
  const poll = setInterval(look, POLL);
  document.addEventListener("visibilitychange", back);
  window.addEventListener("online", back);
  window.addEventListener("pageshow", (event) => event.persisted && back());
  open();
  return {
    look,
    stop() {
      stopped = true;
      clearTimeout(retry);
      clearInterval(poll);
      stream.close();
    },
  };
}

/** Say quietly that the connection is lost, and that it is back; a hiccup is not worth a word. */
export function lineBanner(banner, words = "No connection. It comes back by itself.") {
  let timer = 0;
  let lost = false;
  return (there) => {
    if (there === !lost) return;
    lost = !there;
    clearTimeout(timer);
    if (there) {
      if (!banner.hidden) banner.textContent = "Connected again.";
      timer = setTimeout(() => (banner.hidden = true), 1500);
    } else {
      timer = setTimeout(() => {
        banner.textContent = words;
        banner.hidden = false;
      }, 1200);
    }
  };
}
