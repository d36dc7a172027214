"""How wide a text is in Public Sans, so that names can be placed without a browser."""

# Advance widths at weight 600, in thousandths of the font's size, rounded to ten.
_WIDTHS = {
    230: " ", 250: ".:í·’", 260: "',;i", 270: "!|¡", 280: "j", 300: "IÍ", 320: "()[]l", 370: "/", 390: "-", 400: "Jfrt",
    420: "1", 460: '"', 490: "z", 510: "v", 520: "s", 530: "?¿", 550: "cy", 560: "aá", 570: "+ekoéó", 580: "Lhx–",
    590: "nuúüñ", 600: "Fbdpq", 610: "#7T", 620: "2", 630: "0EgÉ", 640: "469PY", 650: "3Z", 660: "58", 680: "BS",
    690: "RV", 700: "CKX", 710: "DUÚÜ", 720: "AÁ", 750: "&GOÓ", 760: "Q", 770: "HNÑ", 780: "w", 880: "m", 900: "M",
    920: "%", 960: "W",
}  # fmt: skip
_OF = {letter: width for width, letters in _WIDTHS.items() for letter in letters}
_OTHER = 620


def text_width(text: str, size: float, spacing: float = 0) -> float:
    """The width in pixels of a text at a size, with extra pixels between its letters."""
    return sum(_OF.get(letter, _OTHER) for letter in text) / 1000 * size + spacing * max(len(text) - 1, 0)


def broken(text: str, longest: int) -> list[str]:
    """A text in lines of about ``longest`` letters, broken at spaces."""
    lines: list[str] = []
    for word in text.split():
        if lines and len(lines[-1]) + 1 + len(word) <= longest:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines
