/** Which characters a terminal can display. Pure. */

/**
 * Whether non-ASCII symbols such as ✔ and █ can be displayed: not with `TERM=dumb` or a locale in another encoding
 * (POSIX.1-2017, Base Definitions §8.2: `LC_ALL`, then `LC_CTYPE`, then `LANG`).
 */
export function showsUnicode(
  env: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform,
): boolean {
  if (env["TERM"] === "dumb") return false;
  if (platform === "win32") return env["WT_SESSION"] !== undefined || env["TERM"] !== undefined;
  const locale = env["LC_ALL"] || env["LC_CTYPE"] || env["LANG"];
  return locale === undefined || locale === "" || /utf-?8/i.test(locale);
}
