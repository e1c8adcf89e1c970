/** The one function of proxy-from-env that a test holds ours against; the package brings no types. */
declare module "proxy-from-env" {
  export function getProxyForUrl(url: string): string;
}
