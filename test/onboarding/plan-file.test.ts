/** Plan files: three forms, one result, and every mistake at once. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { UsageError } from "../../src/errors.ts";
import { type FileEntry, readPlanFile, withoutPassword } from "../../src/onboarding/plan-file.ts";

/** The error for a file with mistakes. */
async function refused(text: string, name = "plan.yaml"): Promise<UsageError> {
  const error = await readPlanFile(text, name).then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof UsageError)) throw new Error("no UsageError", { cause: error });
  return error;
}

/** The lines of a file's mistakes. */
async function mistakes(text: string, name?: string): Promise<readonly string[]> {
  return (await refused(text, name)).lines;
}

/** A plan file in YAML with these lines for its companies. */
const yaml = (...companies: string[]) => ["version: 1", "companies:", ...companies, ""].join("\n");
const SITE = "    sites: [{ name: Plant }]";

const EXAMPLE = `version: 1
defaults: { country: US }
companies:
  - name: Acme Foods
    externalId: acme
    sites:
      - { name: Plant, address: "123 Main St, Austin, TX", externalId: acme-plant }
      - { name: Cold Store }
  - name: Other Ltd
    externalId: other
    sites: [{ name: Office }]
    connection: { url: https://utility.example.com, username: someone, passwordEnv: OTHER_PASSWORD }
`;

const HEADER =
  "company,company_external_id,site,site_address,site_external_id,country,url,username,password_env";
const csv = (...lines: string[]) => [HEADER, ...lines, ""].join("\n");

const EXAMPLE_CSV = csv(
  'Acme Foods,acme,Plant,"123 Main St, Austin, TX",acme-plant,US,,,',
  ",,Cold Store,,,,,,",
  "Other Ltd,other,Office,,,US,https://utility.example.com,someone,OTHER_PASSWORD",
);

const ENTRIES: readonly FileEntry[] = [
  {
    key: "acme",
    line: 4,
    plan: {
      company: { name: "Acme Foods", externalId: "acme", isDerived: false },
      sites: [
        { name: "Plant", address: "123 Main St, Austin, TX", externalId: "acme-plant" },
        { name: "Cold Store", address: null, externalId: null },
      ],
      connection: {
        url: "https://nectarclimate.com",
        username: "nectar-sandbox-username",
        country: "US",
      },
    },
    passwordEnv: null,
  },
  {
    key: "other",
    line: 9,
    plan: {
      company: { name: "Other Ltd", externalId: "other", isDerived: false },
      sites: [{ name: "Office", address: null, externalId: null }],
      connection: { url: "https://utility.example.com", username: "someone", country: "US" },
    },
    passwordEnv: "OTHER_PASSWORD",
  },
];

const withLines = (...lines: number[]) =>
  ENTRIES.map((entry, index) => ({ ...entry, line: lines[index] }));

describe("a plan file", () => {
  it("is read from YAML", async () => {
    expect(await readPlanFile(EXAMPLE, "plan.yaml")).toEqual(ENTRIES);
    expect(await readPlanFile(EXAMPLE.replaceAll("\n", "\r\n"), "stdin")).toEqual(ENTRIES);
  });

  it("is read from JSON, with and without line ends", async () => {
    const value = {
      version: 1,
      companies: [
        {
          name: "Acme Foods",
          externalId: "acme",
          sites: [
            { name: "Plant", address: "123 Main St, Austin, TX", externalId: "acme-plant" },
            { name: "Cold Store", address: null },
          ],
        },
        {
          name: "Other Ltd",
          externalId: "other",
          sites: [{ name: "Office" }],
          connection: {
            url: "https://utility.example.com/",
            username: "someone",
            passwordEnv: "OTHER_PASSWORD",
            country: "us",
          },
        },
      ],
    };
    const pretty = JSON.stringify(value, null, 2);
    expect(await readPlanFile(pretty, "stdin")).toEqual(withLines(4, 19));
    expect(await readPlanFile(JSON.stringify(value), "stdin")).toEqual(withLines(1, 1));
    // A comma too many is no mistake in YAML, which JSON is a part of.
    const comma = pretty.replace(/\n\}$/, ",\n}");
    expect(await readPlanFile(comma, "plan.json")).toEqual(withLines(4, 19));
  });

  it("is read from CSV: a company begins on one line and goes on below", async () => {
    expect(await readPlanFile(EXAMPLE_CSV, "stdin")).toEqual(withLines(2, 4));
    const repeated = csv(
      "Acme Foods,acme,Plant,,,US,,,",
      "",
      ",,,,,,,,",
      "Other Ltd,other,Office",
      "Acme Foods,acme,Cold Store,,,US,,,",
      "Acme Foods,,Third",
    );
    const [acme, other] = await readPlanFile(repeated.replaceAll("\n", "\r\n"), "stdin");
    expect(acme?.plan.sites.map((site) => "name" in site && site.name)).toEqual([
      "Plant",
      "Cold Store",
      "Third",
    ]);
    expect([acme?.line, other?.line]).toEqual([2, 5]);
  });

  it("takes CSV's columns in any order, and values with quotes, commas and line ends", async () => {
    const text = 'site,company\n"The ""old""\nplant, ""A""",Acme\nB,Acme\nC,Next\n';
    const entries = await readPlanFile(text, "stdin");
    expect(entries.map(({ line }) => line)).toEqual([2, 5]);
    expect(entries[0]?.plan.sites[0]).toMatchObject({ name: 'The "old"\nplant, "A"' });
  });

  it("derives an external ID where none is given, as onboard does", async () => {
    const [cafe, star] = await readPlanFile(
      yaml("  - name: Café Zürich", SITE, "  - name: ★", SITE),
      "stdin",
    );
    expect([cafe?.key, star?.key]).toEqual(["cafe-zurich", "★"]);
    expect(cafe?.plan.company).toEqual({
      name: "Café Zürich",
      externalId: "cafe-zurich",
      isDerived: true,
    });
  });

  it("takes the country of the login, else the file's, else US", async () => {
    const text = `defaults: { country: gb }\n${yaml("  - name: A", SITE, "  - name: B", SITE, "    connection: { country: DE }")}`;
    const countries = (entries: readonly FileEntry[]) =>
      entries.map(({ plan }) => plan.connection.country);
    expect(countries(await readPlanFile(text, "stdin"))).toEqual(["GB", "DE"]);
    expect(countries(await readPlanFile(yaml("  - name: A", SITE), "stdin"))).toEqual(["US"]);
  });

  it("takes more than three sites at a login other than the sandbox's", async () => {
    const sites = "    sites: [{ name: A }, { name: B }, { name: C }, { name: D }]";
    const login = "    connection: { url: http://127.0.0.1:8080/, username: me }";
    const entries = await readPlanFile(yaml("  - name: A", sites, login), "stdin");
    expect(entries[0]?.plan.sites).toHaveLength(4);
    expect(withoutPassword(entries)).toEqual(entries);
    expect(withoutPassword(ENTRIES)).toEqual([]);
  });

  it("may share a login by an anchor, in the order and indentation of YAML", async () => {
    const text = yaml(
      "- sites: [{ name: A }]",
      "  connection: &login { url: https://x.example, username: me, passwordEnv: X }",
      "# a comment",
      "  name: One",
      "",
      ...Array.from(
        { length: 30 },
        (_, index) => `- { name: Next ${index}, sites: [{ name: A }], connection: *login }`,
      ),
    );
    const entries = await readPlanFile(text, "stdin");
    expect(entries).toHaveLength(31);
    expect(entries[30]).toMatchObject({ line: 37, passwordEnv: "X" });
  });
});

describe("a valid plan", () => {
  const word = fc.string({ unit: "grapheme", minLength: 1, maxLength: 20 }).filter(
    // What a text editor keeps: line ends of its own are normalised by YAML and CSV.
    (text) => text.trim() !== "" && !/[\p{C}\u2028\u2029]/u.test(text),
  );
  const name = word.map((text) => text.trim());
  const site = fc.record({ address: fc.option(name, { nil: undefined }), name });
  const login = fc.record({
    url: fc.constantFrom("https://utility.example.com", "https://x.example/login"),
    username: name,
    passwordEnv: fc.constantFrom("A_PASSWORD", "b"),
    country: fc.constantFrom("US", "GB", "DE"),
  });
  const companies = fc.array(
    fc.record({
      name,
      sites: fc.array(site, { minLength: 1, maxLength: 3 }),
      connection: fc.option(login, { nil: undefined }),
    }),
    { minLength: 1, maxLength: 25 },
  );
  const quoted = (value = "") => `"${value.replaceAll('"', '""')}"`;

  it("gives the same entries in JSON, YAML and CSV", async () => {
    await fc.assert(
      fc.asyncProperty(companies, fc.boolean(), async (given, flow) => {
        const numbered = given.map((company, index) => ({
          ...company,
          externalId: `c-${index}`,
          sites: company.sites.map((one, at) => ({ ...one, externalId: `s-${at}` })),
        }));
        const file = { version: 1, companies: numbered };
        const rows = numbered.flatMap(({ name, externalId, sites, connection }) =>
          sites.map((one) =>
            [
              name,
              externalId,
              one.name,
              one.address,
              one.externalId,
              connection?.country,
              connection?.url,
              connection?.username,
              connection?.passwordEnv,
            ]
              .map(quoted)
              .join(","),
          ),
        );
        const withoutLines = async (text: string) =>
          (await readPlanFile(text, "stdin")).map(({ line: _, ...entry }) => entry);
        const fromJson = await withoutLines(JSON.stringify(file));
        expect(fromJson).toHaveLength(given.length);
        const inYaml = stringify(file, flow ? { collectionStyle: "flow" } : {});
        expect(await withoutLines(inYaml)).toEqual(fromJson);
        expect(await withoutLines(csv(...rows))).toEqual(fromJson);
      }),
      { numRuns: 30 },
    );
  });

  it("has the line of each company, whatever is around it", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom("", "# note", "  # note"), { maxLength: 3 }),
        fc.integer({ min: 1, max: 35 }),
        fc.constantFrom("", "  ", "      "),
        async (between, count, indent) => {
          const text = yaml(
            ...Array.from({ length: count }, (_, index) => [
              ...between,
              `${indent}- name: Company ${index}`,
              `${indent}  sites:`,
              `${indent}  - name: |`,
              `${indent}      - Plant ${index}`,
            ]).flat(),
          );
          const lines = text.split("\n");
          const entries = await readPlanFile(text, "stdin");
          expect(entries).toHaveLength(count);
          entries.forEach(({ line }, index) => {
            expect(lines[line - 1]).toBe(`${indent}- name: Company ${index}`);
          });
        },
      ),
      { numRuns: 30 },
    );
  });
});

describe("a mistake in a plan file", () => {
  it("is one line with its place, its value and what is allowed; all are listed at once", async () => {
    const error = await refused(
      [
        "version: 2",
        "defaults: { country: UK }",
        "companis: 1",
        "companies:",
        "- name: Acme Foods",
        "  sites:",
        '  - { name: Plant, adress: "1 Main St" }',
        "  - { name: plant }",
        "  - name: ''",
        "  - { name: Fourth, address: 12 }",
        "- name: 4711",
        "  sites: []",
        `- name: ${"x".repeat(201)}`,
        "  externalId:",
        "  sites: a",
        "- just text",
        "- sites: [{ name: A }]",
        "  connection: { username: me }",
        "- name: acme-foods",
        "  sites: [{ name: A }]",
        "  connection: { country: USA, url: http://x.example, username: me }",
      ].join("\n"),
    );
    expect([error.code, error.message]).toEqual([
      "invalid_input",
      "plan.yaml has 18 mistakes; no request was sent",
    ]);
    expect(error.lines).toEqual([
      "line 1: version: 2 is not supported; it takes 1",
      'line 2: defaults.country: "UK" is not an ISO 3166 country; United Kingdom is GB',
      "line 3: companis: is not known here; did you mean companies?",
      "line 7: companies[0].sites[0].adress: is not known here; did you mean address?",
      "line 8: companies[0].sites[1].name: two sites are the same: plant; give each its own name or its own external ID",
      "line 9: companies[0].sites[2].name: is empty",
      "line 10: companies[0].sites[3].address: 12 is a number, not text; put it in quotes",
      "line 10: companies[0].sites[3]: the company has 4 sites; the sandbox login takes 1 to 3",
      "line 11: companies[1].name: 4711 is a number, not text; put it in quotes",
      "line 12: companies[1].sites: is empty; it takes at least one",
      `line 13: companies[2].name: "${"x".repeat(57)}…" is too long; it takes at most 200 characters`,
      "line 15: companies[2].sites: it is text, not a list",
      "line 16: companies[3]: it is text, not an object",
      "line 17: companies[4].name: is missing",
      "line 18: companies[4].connection.url: is missing; url and username come together",
      'line 19: companies[5].name: "acme-foods" gets the same external ID as the company on line 5, "acme-foods"; give one of them another',
      'line 21: companies[5].connection.url: "http://x.example" is not https; it takes an https URL, or http on 127.0.0.1',
      'line 21: companies[5].connection.country: "USA" is not a country; it takes two letters, such as US',
    ]);
    expect(error.next).toEqual([
      { words: ["nectar", "schema", "plan"], why: "what a plan file may hold" },
    ]);
  });

  it("has the same line in JSON and in CSV, by the line's column there", async () => {
    const json = JSON.stringify(
      { version: 1, companies: [{ name: "A", sites: [{ name: "B" }, { nam: "C" }] }] },
      null,
      1,
    );
    expect(await mistakes(json)).toEqual([
      "line 10: companies[0].sites[1].name: is missing",
      "line 11: companies[0].sites[1].nam: is not known here; did you mean name?",
    ]);
    const rows = csv(
      "Acme,acme,Plant,,,US,,,",
      ",,Cold,,,GB,,,",
      "Acme,,plant",
      'Other,other,,"two',
      'lines",,UK',
      "Third,third,Plant,1 Main St, Austin, TX,,US,,,",
      "acme,,X",
      "Fourth,fourth,X,,,,https://x.example,me,not a name",
    );
    expect(await mistakes(rows)).toEqual([
      "line 3: country: is not the same as on line 2, where the company begins; leave it blank here",
      "line 4: site: two sites are the same: plant; give each its own name or its own external ID",
      "line 5: site: is missing",
      'line 5: country: "UK" is not an ISO 3166 country; United Kingdom is GB',
      "line 7: it has 11 values, and the first line 9 columns; a value with a comma needs quotes",
      "line 8: company: is not the same as on line 2, where the company begins; leave it blank here",
      "line 8: site: the company has 4 sites; the sandbox login takes 1 to 3",
      expect.stringMatching(/^line 9: password_env: the value \(not shown.*OTHER_PASSWORD$/),
    ]);
  });

  it.each([
    [
      "a company twice",
      yaml(
        "  - { name: A, externalId: x, sites: [{ name: P }] }",
        "  - name: B",
        "    externalId: x",
        SITE,
      ),
      'line 5: companies[1].externalId: "x" is also the external ID of the company on line 3',
    ],
    [
      "a derived external ID that another company gives",
      yaml("  - { name: A, externalId: b, sites: [{ name: P }] }", "  - name: B", SITE),
      'line 4: companies[1].name: "B" gets the same external ID as the company on line 3, "b"; give one of them another',
    ],
    [
      "a site without an external ID beside one of its name",
      yaml("  - { name: A, sites: [{ name: P, externalId: x }, { name: P }] }"),
      'line 3: companies[0].sites[1].name: two sites have the name "P", one without an external ID; give each its own name or its own external ID',
    ],
    [
      "a variable at the sandbox login",
      yaml("  - name: A", SITE, "    connection: { passwordEnv: X }"),
      "line 5: companies[0].connection.passwordEnv: has no use at the sandbox login; another login has a url and a username",
    ],
    [
      "no version",
      "companies: [{ name: A, sites: [{ name: B }] }]",
      "line 1: version: is missing; it takes 1",
    ],
    [
      "a version as text",
      'version: "1"\ncompanies: [{ name: A, sites: [{ name: B }] }]',
      'line 1: version: "1" is not supported; it takes 1',
    ],
    [
      "no companies",
      "version: 1\ncompanies: []",
      "line 2: companies: is empty; it takes at least one",
    ],
    ["a list", "- name: A", "line 1: it is a list, not an object"],
    ["text alone", "nothing of use", "line 1: it is text, not an object"],
    ["nothing", "null", "line 1: it is empty"],
    [
      "a CSV line that names two companies",
      csv("A,1,p", "A,2,q", "A,,r"),
      "line 4: company_external_id: is missing; several companies above have this name",
    ],
    ["only a line of columns", csv(), "line 1: companies: is empty; it takes at least one"],
  ])("%s", async (_what, text, line) => {
    expect(await mistakes(text)).toEqual([line]);
  });

  it.each([
    [
      "a country, too many sites, and a variable that has no use",
      csv("A,,x,,,UK,,,V", ",,y", ",,z", ",,w"),
      [
        'line 2: country: "UK" is not an ISO 3166 country; United Kingdom is GB',
        "line 2: password_env: has no use at the sandbox login; another login has a url and a username",
        "line 5: site: the company has 4 sites; the sandbox login takes 1 to 3",
      ],
    ],
    [
      "a misspelt column, and what is wrong below it",
      "company,site,contry\nA,x,UK\n,y\n,z\n,w\n,x\n",
      [
        "line 1: contry: is not a column; did you mean country?",
        'line 2: country: "UK" is not an ISO 3166 country; United Kingdom is GB',
        "line 5: site: the company has 5 sites; the sandbox login takes 1 to 3",
        "line 6: site: two sites are the same: x; give each its own name or its own external ID",
      ],
    ],
    [
      "a misspelt key, which may be the one that is missing",
      yaml(
        "  - name: A",
        SITE,
        "    connection: { url: https://x.example, usernam: y, country: UK }",
      ),
      [
        'line 5: companies[0].connection.country: "UK" is not an ISO 3166 country; United Kingdom is GB',
        "line 5: companies[0].connection.usernam: is not known here; did you mean username?",
      ],
    ],
    [
      "an external ID twice beside a name and an address that can't be",
      yaml(
        "  - { name: A, externalId: x, sites: [{ name: P, externalId: s1 }] }",
        "  - { name: '', externalId: x, sites: [{ name: P, externalId: s1, address: 5 }, { name: Q, externalId: s1 }] }",
      ),
      [
        "line 4: companies[1].name: is empty",
        "line 4: companies[1].sites[0].address: 5 is a number, not text; put it in quotes",
        'line 4: companies[1].sites[1].externalId: two sites have the same external ID, "s1"; give each its own',
        'line 4: companies[1].externalId: "x" is also the external ID of the company on line 3',
      ],
    ],
    [
      "a line with a comma too many, which is a site of its company",
      csv(
        "A,a,p",
        ",,q,1 Main St, Austin, TX,,US,,,",
        ",,r",
        ",,s",
        "B,b,x,1 St, A, TX,,US,,,",
        ",,y",
      ),
      [
        "line 3: it has 11 values, and the first line 9 columns; a value with a comma needs quotes",
        "line 5: site: the company has 4 sites; the sandbox login takes 1 to 3",
        "line 6: it has 11 values, and the first line 9 columns; a value with a comma needs quotes",
      ],
    ],
    [
      "a first line with a comma too many, whose login is unknown",
      csv("A,a,p,1 Main St, Austin, TX,,US,,,", ",,q,,,US", ",,r", ",,s", ",,s"),
      [
        "line 2: it has 11 values, and the first line 9 columns; a value with a comma needs quotes",
        "line 6: site: two sites are the same: s; give each its own name or its own external ID",
      ],
    ],
    [
      "an external ID of two sites",
      csv("A,a,p,,s1", ",,q,,s1"),
      ['line 3: site_external_id: two sites have the same external ID, "s1"; give each its own'],
    ],
  ])("hides no other: %s", async (_what, text, lines) => {
    expect(await mistakes(text)).toEqual(lines);
  });

  it("of the columns of a CSV file names those that exist", async () => {
    const all = `the columns are ${HEADER}`;
    expect(await mistakes("company,sites,site,site,password,\nA,B,C\n")).toEqual([
      "line 1: sites: is not a column; did you mean site?",
      "line 1: site: is given twice",
      "line 1: password: a password is never in the file; name the variable that holds it in password_env",
      `line 1: column 6: has no name; ${all}`,
    ]);
    expect(await mistakes("name,plant\nA,B\n", "plan.csv")).toEqual([
      `line 1: name: is not a column; ${all}`,
      `line 1: plant: is not a column; ${all}`,
      `line 1: company: is missing; ${all}`,
      `line 1: site: is missing; ${all}`,
    ]);
    expect(await mistakes("company;site\nA;B\n")).toEqual([
      "line 1: the columns are not separated by commas; save the file as CSV with commas",
    ]);
  });

  it("of syntax has its line and column, and nothing of the text", async () => {
    const cases: [text: string, line: RegExp][] = [
      [
        '{\n  "version": 1,\n  "companies": [{ "name": "A" "hunter2" }]\n}',
        /^line 3, column \d+: /,
      ],
      ["version: 1\ncompanies:\n  - name: a: hunter2\n", /^line 3, column 11: .*quotes/],
      ["version: 1\ncompanies:\n  - name: *hunter2\n", /^line 3, column 11: .*anchor/],
      ['version: 1\ncompanies:\n  - name: "hunter2"hunter2\n', /^line 3, column 20: /],
      ["version: 1\n\tcompanies: hunter2\n", /^line 2, column 1: .*[Tt]abs/],
      ['version: 1\ncompanies:\n  - name: "hunter2\n', /^line [34], column \d+: .*closing/],
      ["version: 1\n---\nversion: hunter2\n", /^line 2, column \d+: a second document/],
      ["version: !hunter2 1\n", /^line 1, column 10: .*tag/],
      [`${HEADER}\nA,,"hunter2\n`, /^line 2: a quote/],
      [`${HEADER}\nA,,hunter2"x"\n`, /^line 2: a quote/],
      [`${HEADER}\nA,,"hunter2" x\n`, /^line 2: a quote/],
    ];
    for (const [text, line] of cases) {
      const error = await refused(text);
      expect([text, error.lines[0]]).toEqual([text, expect.stringMatching(line)]);
      expect([error.message, ...error.lines].join("\n")).not.toContain("hunter2");
    }
  });

  it("may be a key that is given twice, in JSON, too", async () => {
    const twice = yaml("  - name: A", SITE, "    name: ''");
    expect(await mistakes(twice)).toEqual([
      "line 5, column 5: the key is given twice",
      "line 5: companies[0].name: is empty",
    ]);
    const json =
      '{ "version": 1, "companies": [{ "name": "A",\n"name": "B", "sites": [{ "name": "C" }] }] }';
    expect(await mistakes(json)).toEqual(["line 2: companies[0].name: is given twice"]);
  });

  it("never shows a password, however it is written", async () => {
    const logins = [
      "{ url: https://x.example, username: me, password: hunter2 }",
      "{ url: https://x.example, username: me, PassWord: [hunter2] }",
      "{ url: https://x.example, username: me, passwordEnv: hunter2! }",
      "{ url: https://me:hunter2@x.example, username: me }",
      "{ url: https://x.example?hunter2, username: me }",
      "{ url: 'hunter2@x', username: me }",
      "hunter2",
      "[hunter2]",
    ];
    const error = await refused(
      yaml(
        ...logins.flatMap((login, index) => [
          `  - name: A${index}`,
          SITE,
          `    connection: ${login}`,
        ]),
      ),
    );
    expect(error.lines).toHaveLength(logins.length);
    expect(error.lines.join("\n")).not.toContain("hunter2");
    expect(error.lines[0]).toContain("name the variable that holds it in passwordEnv");
  });

  it("is counted, and the first twenty are shown", async () => {
    const error = await refused(
      csv(...Array.from({ length: 10_000 }, (_, index) => `C${index},,,,,XX`)),
    );
    expect(error.message).toBe("plan.yaml has 20000 mistakes; no request was sent");
    expect(error.lines).toHaveLength(21);
    expect(error.lines.at(-1)).toBe("… and 19980 more");
  });

  it("is an empty file", async () => {
    expect((await refused(" \n")).message).toBe("plan.yaml is empty");
  });
});

describe("a hostile file", () => {
  it.each([
    ["lists in lists", "[".repeat(100_000)],
    ["maps in maps", "{a: ".repeat(20_000)],
    ["lists in a company", yaml(`  - name: ${"[".repeat(20_000)}`)],
    ["block lists in block lists", `${"- ".repeat(20_000)}x`],
    ["JSON that is deep", `{"version": ${"[".repeat(50_000)}${"]".repeat(50_000)}}`],
    ["a string that is all escapes", `{"version": "${"\\\\".repeat(200_000)}"}`],
  ])("%s is refused", async (_what, text) => {
    const error = await refused(text);
    expect(error.lines.length).toBeGreaterThan(0);
    expect(error.lines.join("").length).toBeLessThan(1000);
  });

  it("can't multiply by its aliases", async () => {
    const levels = [..."bcdefgh"].map(
      (letter, index) =>
        `${letter}: &${letter} [${Array(10).fill(`*${"abcdefgh"[index]}`).join(", ")}]`,
    );
    const text = ["a: &a [x, x, x, x, x, x, x, x, x, x]", ...levels].join("\n");
    expect(await mistakes(text)).toEqual(["line 1, column 1: its aliases repeat too much"]);
  });

  it("can't set the prototype of anything", async () => {
    const json =
      '{ "version": 1, "companies": [{ "name": "A", "sites": [{ "name": "B" }], "__proto__": {} }] }';
    expect(await mistakes(json)).toEqual([
      "line 1: companies[0].__proto__: is not known here; it takes name, externalId, sites, connection",
    ]);
    expect(await mistakes(yaml("  - name: A", SITE, "    __proto__: { name: B }"))).toHaveLength(1);
    expect(await mistakes("company,site,__proto__\nA,B,C\n")).toHaveLength(1);
  });
});
