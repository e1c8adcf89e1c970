/** The one form of write-file-atomic that is used here; the package brings no types. */
declare module "write-file-atomic" {
  function writeFileAtomic(
    filename: string,
    data: string,
    options: { readonly mode: number; readonly fsync: boolean },
  ): Promise<void>;
  export = writeFileAtomic;
}
