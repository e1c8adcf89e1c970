import { expect, test } from "vitest";
import { InterruptedError } from "../../src/errors.ts";
import { runWizard, type Step } from "../../src/onboarding/wizard.ts";
import {
  BACK,
  ENTER,
  type ScriptedAnswer,
  scriptedPrompter,
} from "../support/scripted-prompter.ts";

type Draft = Readonly<Record<string, string>>;

function stepFor(name: string, isNeeded: (draft: Draft) => boolean = () => true): Step<Draft> {
  return {
    shown: (draft) => (draft[name] === undefined ? null : [name, draft[name]]),
    isOpen: (draft) => isNeeded(draft) && draft[name] === undefined,
    async ask(draft, ask) {
      return { ...draft, [name]: await ask.text({ message: name, default: draft[name] ?? "x" }) };
    },
  };
}

const silent: Step<Draft> = {
  shown: () => null,
  isOpen: ({ found }) => found === undefined,
  ask: async (draft) => ({ ...draft, found: "yes" }),
};

const STEPS = [
  stepFor("one"),
  silent,
  stepFor("two"),
  stepFor("three", ({ two }) => two === "more"),
];

/** What was asked, what the reviews showed, and the outcome. */
async function run(answers: readonly ScriptedAnswer[], start: Draft = {}) {
  const prompter = scriptedPrompter(answers);
  const reviews: Draft[] = [];
  let latest: Draft = start;
  const ended = runWizard(start, {
    steps: STEPS,
    ask: prompter,
    changed: (draft) => {
      latest = draft;
    },
    review: async (draft) => {
      reviews.push(draft);
    },
  });
  const result = await ended.catch((error: unknown) => error);
  prompter.finish();
  return { asked: prompter.asked, reviews, latest, result };
}

const answer = (question: string, given: ScriptedAnswer["answer"]): ScriptedAnswer => ({
  question,
  answer: given,
});

test("asks what is open, shows every answer, and asks for a yes", async () => {
  const { asked, reviews, result } = await run([
    answer("one", "1"),
    answer("two", "2"),
    answer("Create this", ENTER),
  ]);
  expect(asked).toEqual(["one", "two", "Create this"]);
  expect(reviews).toEqual([{ one: "1", found: "yes", two: "2" }]);
  expect(result).toEqual({ one: "1", found: "yes", two: "2" });
});

test("asks nothing that is known, and stops where that is chosen", async () => {
  const { asked, result } = await run([answer("Create this", "stop")], { one: "1", two: "2" });
  expect(asked).toEqual(["Create this"]);
  expect(result).toBeNull();
});

test("goes back to the question before, past a step that asks nothing, and keeps its answer as default", async () => {
  const { asked, result } = await run([
    answer("one", "1"),
    answer("two", BACK),
    answer("one", ENTER),
    answer("two", "more"),
    answer("three", BACK),
    answer("two", ENTER),
    answer("three", "3"),
    answer("Create this", BACK),
    answer("three", BACK),
    answer("two", "2"),
    answer("Create this", "yes"),
  ]);
  expect(asked.join()).toBe("one,two,one,two,three,two,three,Create this,three,two,Create this");
  expect(result).toMatchObject({ one: "1", two: "2" });
});

test("from the first question no way leads back: it is asked again", async () => {
  const { asked, result } = await run([
    answer("one", BACK),
    answer("one", "1"),
    answer("two", "2"),
    answer("Create this", "yes"),
  ]);
  expect(asked.join()).toBe("one,one,two,Create this");
  expect(result).toMatchObject({ one: "1", two: "2" });
});

test("a changed answer opens what it needs, and is reviewed again", async () => {
  const { asked, reviews } = await run([
    answer("one", "1"),
    answer("two", "2"),
    answer("Create this", "change"),
    answer("Change which answer", "2"),
    answer("two", "more"),
    answer("three", "3"),
    answer("Create this", "change"),
    answer("Change which answer", BACK),
    answer("Create this", "change"),
    answer("Change which answer", "0"),
    answer("one", BACK),
    answer("Create this", "yes"),
  ]);
  expect(asked.filter((message) => message === "Create this")).toHaveLength(4);
  expect(reviews.map(({ three }) => three)).toEqual([undefined, "3", "3", "3"]);
});

test("Ctrl-C leaves with the answers so far", async () => {
  const stopped = new InterruptedError("sigint");
  const { latest, result } = await run([answer("one", "1"), answer("two", stopped)]);
  expect(result).toBe(stopped);
  expect(latest).toEqual({ one: "1", found: "yes" });
});
