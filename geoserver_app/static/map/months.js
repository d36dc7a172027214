// The slider through the months: while it moves it says the month, when it rests the map shows it.
import { inWords, monthDays } from "./times.js";

export function followMonths(choose) {
  const slider = () => document.getElementById("filter-month");
  const words = () => document.getElementById("filter-month-words");
  const all = document.querySelector("[data-all-months]");

  function monthAt(number) {
    const [year, month] = slider().dataset.first.split("-").map(Number);
    const at = year * 12 + month - 1 + number;
    return `${Math.floor(at / 12)}-${String((at % 12) + 1).padStart(2, "0")}`;
  }

  /** The slider stands where the days in the form are a month. */
  function follow() {
    const since = document.getElementById("filter-since").value;
    const until = document.getElementById("filter-until").value;
    const days = since && monthDays(since.slice(0, 7));
    const isMonth = days && days.since === since && days.until === until;
    words().textContent = isMonth ? inWords(days) : "";
    if (isMonth) {
      const [year, month] = slider().dataset.first.split("-").map(Number);
      slider().value = Number(since.slice(0, 4)) * 12 + Number(since.slice(5, 7)) - year * 12 - month;
    }
    all.hidden = !since && !until;
  }

  slider().addEventListener("input", () => { words().textContent = inWords(monthDays(monthAt(Number(slider().value)))); });
  slider().addEventListener("change", (event) => {
    event.stopPropagation(); // the form's own way to listen would take the days that it still shows
    const days = monthDays(monthAt(Number(slider().value)));
    document.getElementById("filter-since").value = days.since;
    document.getElementById("filter-until").value = days.until;
    all.hidden = false;
    choose(days);
  });
  all.addEventListener("click", () => {
    document.getElementById("filter-since").value = "";
    document.getElementById("filter-until").value = "";
    follow();
    choose(null);
  });
  document.addEventListener("map-form", follow);
  follow();
}
