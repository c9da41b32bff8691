// Pieces of text with a contrast below 4.5 to what lies behind them, by WCAG 2.
() => {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 1;
  const brush = canvas.getContext("2d", { willReadFrequently: true });
  // Any CSS colour, color-mix included, over a colour that is known.
  const over = (colour, below) => {
    brush.fillStyle = `rgb(${below.join(",")})`;
    brush.fillRect(0, 0, 1, 1);
    brush.fillStyle = colour;
    brush.fillRect(0, 0, 1, 1);
    return [...brush.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
  const luminance = (colour) => {
    const [r, g, b] = colour.map((c) => c / 255).map((c) =>
      c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (one, other) => {
    const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
    return (light + 0.05) / (dark + 0.05);
  };
  const behind = (element) => {
    const chain = [];
    for (let e = element; e; e = e.parentElement) chain.unshift(e);
    return chain.reduce((below, e) => over(getComputedStyle(e).backgroundColor, below),
      [255, 255, 255]);
  };
  const found = [];
  for (const element of document.querySelectorAll("body *")) {
    const own = [...element.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
    if (!own || !element.checkVisibility() || element.closest("script, style, title, noscript"))
      continue;
    const inPicture = element.ownerSVGElement;
    const style = getComputedStyle(element);
    const below = behind(inPicture ? element.ownerSVGElement : element);
    const ratio = contrast(over(inPicture ? style.fill : style.color, below), below);
    if (ratio < 4.5)
      found.push(`${element.tagName}.${element.className} "${element.textContent.trim().slice(0, 30)}" ${ratio.toFixed(2)}`);
  }
  // Letters of molecules lie on their atoms' discs.
  for (const disc of document.querySelectorAll(".molecules .node circle, .molecules .edge.bar")) {
    if (!disc.checkVisibility()) continue;
    const style = getComputedStyle(disc);
    const page = behind(disc.ownerSVGElement);
    const below = over(disc.matches("circle") ? style.fill : style.stroke, page);
    const letters = getComputedStyle(disc.ownerSVGElement.querySelector(".molecule")).color;
    const ratio = contrast(over(letters, below), below);
    if (ratio < 4.5) found.push(`letters on ${disc.outerHTML.slice(0, 80)} ${ratio.toFixed(2)}`);
  }
  return found;
}
