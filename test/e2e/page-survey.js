/** What is wrong with a page. Runs in the browser, so it uses nothing from outside; its value is the answer. */
(() => {
  const luminance = (color) => {
    const [red = 0, green = 0, blue = 0] = (color.match(/[\d.]+/g) ?? [])
      .map(Number)
      .map((part) => {
        const share = part / 255;
        return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
      });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const groundOf = (element) => {
    if (element === null) return "rgb(255, 255, 255)";
    const color = getComputedStyle(element).backgroundColor;
    return color === "rgba(0, 0, 0, 0)" ? groundOf(element.parentElement) : color;
  };
  const contrast = (element) => {
    const [one, other] = [getComputedStyle(element).color, groundOf(element)].map(luminance);
    const [light, dark] = [Math.max(one ?? 0, other ?? 0), Math.min(one ?? 0, other ?? 0)];
    return (light + 0.05) / (dark + 0.05);
  };
  const texts = [...document.body.querySelectorAll("*")].filter((element) =>
    [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent?.trim()),
  );
  const targets = [
    ...document.querySelectorAll(
      "button, summary, label.site, input:not([type=checkbox], [type=hidden])",
    ),
  ];
  const fields = [...document.querySelectorAll("input:not([type=hidden])")];
  return {
    overflow: document.documentElement.scrollWidth - window.innerWidth,
    small: targets
      .filter((one) => one.getBoundingClientRect().height < 44)
      .map((one) => one.outerHTML),
    pale: texts
      .filter((one) => contrast(one) < 4.5)
      .map((one) => `${one.outerHTML} ${contrast(one)}`),
    headings: document.querySelectorAll("h1").length,
    unnamed: fields.filter(({ labels }) => labels?.length !== 1).map((one) => one.outerHTML),
  };
})();
