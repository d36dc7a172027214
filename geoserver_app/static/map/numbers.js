// Numbers in the way of the page's language; making a format takes far longer than using it.
const language = document.documentElement.lang;

/** The digits of a number, grouped as the page's language groups them. */
export const inDigits = new Intl.NumberFormat(language).format;

/** A rate, of which three digits say enough. */
export const rounded = new Intl.NumberFormat(language, { maximumSignificantDigits: 3 }).format;
