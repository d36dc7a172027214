// The time that is shown and the one it is compared with, as local days ("2026-11-22") and in words.

const DAY_MS = 86_400_000;

export const asDay = (date) => date.toISOString().slice(0, 10);
const parsed = (text) => new Date(`${text}T00:00:00Z`);
const moved = (day, months) => {
  const date = parsed(day);
  const last = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + months + 1, 0)).getUTCDate();
  return asDay(new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + months, Math.min(date.getUTCDate(), last))));
};

/** First and last day of a month ("2026-11"). */
export function monthDays(month) {
  const [year, number] = month.split("-").map(Number);
  return { since: `${month}-01`, until: asDay(new Date(Date.UTC(year, number, 0))) };
}

/** The days up to today that a comparison begins with where none are chosen: twelve months. */
export function lastYear(today) {
  return { since: asDay(new Date(parsed(moved(today, -12)).getTime() + DAY_MS)), until: today };
}

/** The time that another one is compared with: "year" before, or just "before" it. */
export function comparedWith(kind, { since, until }) {
  if (kind === "year") {
    const before = moved(until, -12);
    // The last day of a month stays the last one: February 28 of one year and 29 of another.
    return { since: moved(since, -12), until: isMonthEnd(until) ? monthDays(before.slice(0, 7)).until : before };
  }
  const days = (parsed(until) - parsed(since)) / DAY_MS + 1;
  const last = parsed(since).getTime() - DAY_MS;
  return { since: asDay(new Date(last - (days - 1) * DAY_MS)), until: asDay(new Date(last)) };
}

const isMonthEnd = (day) => monthDays(day.slice(0, 7)).until === day;

/** "November 2026", or from and to. */
export function inWords({ since, until }) {
  const language = document.documentElement.lang;
  const one = (day, options) => parsed(day).toLocaleDateString(language, { timeZone: "UTC", ...options });
  if (since && until && since.endsWith("-01") && monthDays(since.slice(0, 7)).until === until) {
    return one(since, { month: "long", year: "numeric" });
  }
  const short = { day: "numeric", month: "short", year: "numeric" };
  return `${since ? one(since, short) : "…"} – ${until ? one(until, short) : "…"}`;
}
