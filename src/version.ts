/** The tool's own version. The build and the tests' configuration put it in from package.json; nothing reads a file for it. */
declare const __NECTAR_VERSION__: string;

/** As in package.json, for instance `0.1.0`. */
export const VERSION: string = __NECTAR_VERSION__;
