/** The utilities that the emulator lists by name. Data only. */
import { SANDBOX_LOGIN } from "../../api/resources/connection.ts";

export interface Provider {
  readonly name: string;
  readonly url: string;
  /** What it supplies, as shown to users. */
  readonly supplies: string;
}

/**
 * The vendor's sandbox, and utilities that we made up: the vendor's catalogue is not documented. Their addresses end in
 * `.example`, which nobody can own (RFC 2606). As documented, only the sandbox ever accepts a login.
 */
export const PROVIDERS: readonly Provider[] = [
  { name: "Nectar Sandbox", url: SANDBOX_LOGIN.url, supplies: "Test account for every utility" },
  {
    name: "Elderfen District Heating",
    url: "https://elderfen.example",
    supplies: "Steam and hot water",
  },
  {
    name: "Larkspur Power & Light",
    url: "https://larkspur.example",
    supplies: "Electricity and gas",
  },
  { name: "Mossbrook Water", url: "https://mossbrook.example", supplies: "Water and sewer" },
  {
    name: "Quillwood Electric Cooperative",
    url: "https://quillwood.example",
    supplies: "Electricity",
  },
  { name: "Saltmarsh Solar", url: "https://saltmarsh.example", supplies: "Solar" },
  { name: "Thistledown Gas", url: "https://thistledown.example", supplies: "Gas" },
];
