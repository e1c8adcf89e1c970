import { expect, test } from "vitest";
import { LOCAL, NECTAR } from "../../../src/app/target.ts";
import { equivalentCommand, stoppedCommand } from "../../../src/commands/onboard/equivalent.ts";
import type { OnboardInput } from "../../../src/commands/onboard/fields.ts";

const NOTHING: OnboardInput = {
  ...{ companyName: undefined, companyExternalId: undefined, companyId: undefined, sites: [] },
  ...{ country: undefined, url: undefined, username: undefined, password: undefined },
  ...{ wait: undefined, dryRun: undefined, newConnection: undefined, fresh: undefined },
};
const FLAGS = { apiUrl: null, profile: null, save: true };
const LOCALLY = { target: LOCAL, profileName: "local" };
const SITE = { name: "Plant", address: "1 Main; St", externalId: null };

test("the command that continues has what was answered, and asks for the rest", () => {
  const undecided = { target: null, profileName: "default" };
  expect(stoppedCommand(NOTHING, undecided, FLAGS)).toEqual(["nectar", "onboard"]);
  const half = { ...NOTHING, companyName: "--Acme", sites: [SITE], wait: false, dryRun: true };
  expect(stoppedCommand(half, LOCALLY, { ...FLAGS, save: false })).toEqual([
    ...["nectar", "onboard", "--local", "--company-name=--Acme"],
    '--site={"name":"Plant","address":"1 Main; St"}',
    ...["--no-wait", "--dry-run", "--no-save"],
  ]);
});

test("the command that does the same asks nothing, and reads a password from stdin", () => {
  const input: OnboardInput = {
    ...{ ...NOTHING, companyId: "id-1", sites: [{ id: "id-2" }] },
    ...{ username: "someone", password: "s3cret", newConnection: true, wait: false, fresh: true },
  };
  const place = { target: NECTAR, profileName: "live" };
  const words = [
    ...["nectar", "onboard", "--profile", "live", "--company-id", "id-1", "--site-id", "id-2"],
    ...[
      "--country",
      "US",
      "--username",
      "someone",
      "--new-connection",
      "--no-wait",
      "--password-stdin",
      "--yes",
    ],
  ];
  expect(equivalentCommand(input, place, FLAGS)).toEqual(words);
  expect(stoppedCommand(input, place, FLAGS).join(" ")).not.toMatch(/s3cret|password|--yes/);
});
