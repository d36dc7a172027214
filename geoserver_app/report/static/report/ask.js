// Questions to the server: JSON or a part of a page; null where it could not be reached or did not like the question.

export async function askJson(path, parameters) {
  const answer = await get(path, parameters, "application/json");
  return answer && answer.json();
}

export async function askPart(path, parameters) {
  const answer = await get(path, parameters, "text/html");
  if (!answer) return null;
  return new DOMParser().parseFromString(await answer.text(), "text/html").body;
}

async function get(path, parameters, type) {
  const query = new URLSearchParams(parameters);
  const named = new URLSearchParams(location.search).get("jurisdiction");
  if (named) query.set("jurisdiction", named);
  try {
    const answer = await fetch(`${path}?${query}`, { headers: { Accept: type } });
    return answer.ok ? answer : null;
  } catch (error) {
    if (error instanceof TypeError) return null; // fetch's way to say that the network is away
    throw error;
  }
}

/** Calls `work` once it has been quiet for a while; `work` is told whether it is still the latest. */
export function whenQuiet(milliseconds, work) {
  let waiting = null;
  let turn = 0;
  return (...values) => {
    clearTimeout(waiting);
    const mine = ++turn;
    waiting = setTimeout(() => work(() => mine === turn, ...values), milliseconds);
  };
}

export function fill(words, value) {
  return words.replace("{}", value);
}
